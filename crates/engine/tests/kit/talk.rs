//! What an operator does at a desk, and what stands on it.

use super::Desk;
use otklik_core::{Answer, Command, DialogRow, Query, SendState, ThreadItem, ViewEvent};
use otklik_engine::{PageAnswer, PageQuery};
use otklik_model::DialogId;

impl Desk {
    /// Waits for a row that is as wanted.
    pub async fn row(&mut self, what: &str, wanted: impl Fn(&DialogRow) -> bool) -> DialogRow {
        self.until(what, |push| {
            let rows = match push {
                otklik_engine::Push::Snapshot { snapshot } => snapshot.rows.clone(),
                otklik_engine::Push::Events { events } => events
                    .iter()
                    .flat_map(|event| match event {
                        ViewEvent::Rows { rows } => rows.clone(),
                        _ => Vec::new(),
                    })
                    .collect(),
                otklik_engine::Push::App { .. } | otklik_engine::Push::Machine { .. } => Vec::new(),
            };
            rows.into_iter().find(&wanted)
        })
        .await
    }

    pub async fn texts(&self, dialog: DialogId) -> Vec<(String, Option<SendState>)> {
        let query = Query::Thread { dialog, before: None, limit: 200 };
        let answer = self.workplace.query(PageQuery::Session { query }).await.unwrap();
        let PageAnswer::Session { answer: Answer::Thread { page } } = answer else {
            panic!("not a thread: {answer:?}")
        };
        assert!(page.gaps.is_empty(), "{:?}", page.gaps);
        let words = |item: &ThreadItem| !matches!(item.author, otklik_model::Author::System);
        page.items.into_iter().filter(words).map(|item| (item.text, item.send)).collect()
    }

    /// Waits until at least so much of what was said in a dialog is here, and nothing is missing in between.
    pub async fn has_all(&mut self, dialog: DialogId, count: usize) {
        loop {
            let query = Query::Thread { dialog, before: None, limit: 200 };
            let answer = self.workplace.query(PageQuery::Session { query }).await.unwrap();
            let PageAnswer::Session { answer: Answer::Thread { page } } = answer else { panic!("{answer:?}") };
            if page.gaps.is_empty() && page.items.len() >= count {
                return;
            }
            tokio::time::timeout(super::PATIENCE, self.watch.next()).await.expect("the history comes");
        }
    }

    pub async fn write(&self, dialog: DialogId, text: &str) {
        self.session(Command::SendText { dialog, text: text.to_owned(), quote: None }).await.unwrap();
    }
}
