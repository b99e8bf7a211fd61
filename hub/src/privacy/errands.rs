//! What is done about an erasure after its rows are gone: the log's older entries are emptied, and the database's files
//! are cleaned of what was deleted.

use crate::{
    day::errands::{Carried, Carrier},
    office::Office,
    store::{Entry, Errand, ErrandKind, StoreError, concerns, scrubbed, without_earlier},
};
use async_trait::async_trait;
use otklik_model::{DialogId, Seq};
use std::sync::Arc;

/// Entries read at once.
const PAGE: u32 = 200;

/// Carries out what concerns erasures.
pub(crate) struct PrivacyErrands;

#[async_trait]
impl Carrier for PrivacyErrands {
    fn carries(&self, kind: &ErrandKind) -> bool {
        matches!(kind, ErrandKind::Scrub { .. } | ErrandKind::ForgetWords { .. })
    }

    async fn carry(&self, office: &Arc<Office>, errand: &Errand) -> Carried {
        let carried = match &errand.kind {
            ErrandKind::Scrub { customer, dialogs, upto, scour } => {
                let scrub = |entry: Entry| {
                    let body = concerns(&entry.body, *customer, dialogs).then(|| scrubbed(entry.body))?;
                    Some(Entry { body, ..entry })
                };
                let cleaned = clean(office, Seq(0), *upto, scrub).await;
                if *scour || customer.is_some() { then_scour(office, cleaned).await } else { cleaned }
            }
            ErrandKind::ForgetWords { dialog, seq, from } => forget_words(office, *dialog, *seq, *from).await,
            ErrandKind::AskBot { .. }
            | ErrandKind::AskRouter { .. }
            | ErrandKind::Transcript { .. }
            | ErrandKind::TellOfScript { .. }
            | ErrandKind::TellOfRating { .. }
            | ErrandKind::TellOfRequest { .. }
            | ErrandKind::Webhook { .. }
            | ErrandKind::ScanFile { .. }
            | ErrandKind::FileSent { .. }
            | ErrandKind::DropFile { .. } => Ok(()),
        };
        match carried {
            Ok(()) => Carried::Done,
            Err(error) => Carried::Again { after: None, why: error.to_string() },
        }
    }
}

async fn forget_words(office: &Office, dialog: DialogId, seq: u32, from: Seq) -> Result<(), StoreError> {
    let workspace = office.workspace.id;
    let Some(now) = office.store.messages(workspace, dialog, seq, seq, 1).await?.pop() else { return Ok(()) };
    let head = office.store.head(workspace).await?;
    let forget = |entry: Entry| {
        let body = without_earlier(&entry.body, &now)?;
        Some(Entry { body, ..entry })
    };
    let cleaned = clean(office, Seq(from.0.saturating_sub(1)), head, forget).await;
    then_scour(office, cleaned).await
}

async fn then_scour(office: &Office, cleaned: Result<(), StoreError>) -> Result<(), StoreError> {
    cleaned?;
    office.store.scour().await
}

/// Puts other entries in the place of those for which there are others, after one position and up to another.
async fn clean(
    office: &Office,
    mut after: Seq,
    upto: Seq,
    other: impl Fn(Entry) -> Option<Entry> + Send,
) -> Result<(), StoreError> {
    let workspace = office.workspace.id;
    while after < upto {
        let read = office.store.log_after(workspace, after, PAGE).await?;
        let Some(last) = read.entries.last() else { break };
        after = last.seq;
        let others: Vec<Entry> = read.entries.into_iter().filter_map(&other).collect();
        if !others.is_empty() {
            office.store.rewrite(workspace, others).await?;
        }
    }
    Ok(())
}
