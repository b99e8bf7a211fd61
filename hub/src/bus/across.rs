//! The bus of several processes on one PostgreSQL: whispers cross over the database's line. How far a log has come each
//! process looks up itself, a moment later: the log is the truth.

use super::{Bus, InProcess, Notice, Whisper};
use crate::store::{
    StoreError,
    postgres::{Line, MOST_BYTES, open_line},
};
use otklik_model::WorkspaceId;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, sync::Arc};
use tokio::sync::{broadcast, mpsc};
use uuid::Uuid;

/// A longer draft is cut to this for other processes, in Unicode scalar values: with all else it fits the line.
const DRAFT_CHARS: usize = 1_500;

/// The bus of several processes.
pub struct Across {
    own: Arc<InProcess>,
    /// This process, so that it does not listen to itself.
    node: Uuid,
    say: mpsc::Sender<String>,
}

/// What goes over the line.
#[derive(Serialize, Deserialize)]
struct Said<'a> {
    node: Uuid,
    workspace: WorkspaceId,
    of: Cow<'a, Whisper>,
}

impl Across {
    /// Over the line of a database.
    ///
    /// # Errors
    /// [`StoreError`]: the address is none, or TLS cannot be set up.
    pub fn open(address: &str, password: Option<&str>) -> Result<Self, StoreError> {
        let Line { say, mut heard } = open_line(address, password)?;
        let (own, node) = (Arc::new(InProcess::default()), Uuid::now_v7());
        let told = own.clone();
        tokio::spawn(async move {
            while let Some(text) = heard.recv().await {
                // Of a newer hub, or of somebody else on the same database: nothing for this one.
                let Ok(said) = serde_json::from_str::<Said<'_>>(&text) else { continue };
                if said.node != node {
                    told.publish(Notice::Whisper(said.workspace, Arc::new(said.of.into_owned())));
                }
            }
        });
        Ok(Self { own, node, say })
    }

    /// What goes over the line; nothing, if it does not fit.
    fn text(&self, workspace: WorkspaceId, whisper: &Whisper) -> Option<String> {
        let said = Said { node: self.node, workspace, of: Cow::Borrowed(whisper) };
        serde_json::to_string(&said).ok().filter(|text| text.len() <= MOST_BYTES)
    }
}

/// A draft that is too long for the line, without its end.
fn shortened(whisper: &Whisper) -> Option<Whisper> {
    match whisper {
        Whisper::Draft { dialog, standing, rev, text } => {
            let text = text.as_ref().map(|text| text.chars().take(DRAFT_CHARS).collect());
            Some(Whisper::Draft { dialog: *dialog, standing: standing.clone(), rev: *rev, text })
        }
        Whisper::Looks(_)
        | Whisper::Focused(_)
        | Whisper::Templates { .. }
        | Whisper::TokenTaken { .. }
        | Whisper::Typing { .. } => None,
    }
}

impl Bus for Across {
    fn publish(&self, notice: Notice) {
        if let Notice::Whisper(workspace, whisper) = &notice
            && let Some(text) = self.text(*workspace, whisper).or_else(|| self.text(*workspace, &shortened(whisper)?))
        {
            // Too many wait: a lost whisper is lost.
            let _ = self.say.try_send(text);
        }
        self.own.publish(notice);
    }

    fn subscribe(&self) -> broadcast::Receiver<Notice> {
        self.own.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::conformance;

    fn server() -> String {
        std::env::var("OTKLIK_TEST_POSTGRES").expect("OTKLIK_TEST_POSTGRES: the address of a server for tests")
    }

    #[tokio::test]
    #[ignore = "needs PostgreSQL: cargo xtask test --only postgres-store"]
    async fn conforms() {
        let bus: Arc<dyn Bus> = Arc::new(Across::open(&server(), None).unwrap());
        conformance::run(&bus, &bus).await;
    }

    #[tokio::test]
    #[ignore = "needs PostgreSQL: cargo xtask test --only postgres-store"]
    async fn whispers_cross_and_come_back_to_nobody() {
        let open = || -> Arc<dyn Bus> { Arc::new(Across::open(&server(), None).unwrap()) };
        let (here, there) = (open(), open());
        conformance::whispers_cross(&here, &there).await;
        conformance::whispers_cross(&there, &here).await;
    }
}
