//! What is done about files after the fact: looking for viruses, telling their messages, removing them.

use super::{Files, link::Part, scanner::Verdict};
use crate::{
    day::errands::{Carried, Carrier},
    desk::Command,
    office::Office,
    store::{Errand, ErrandKind, FileRow, StoreError},
};
use async_trait::async_trait;
use otklik_model::{DialogId, FileId, FileState, Outcome};
use std::{fmt::Display, sync::Arc};

/// Carries out what concerns files.
pub(crate) struct FileErrands;

#[async_trait]
impl Carrier for FileErrands {
    fn carries(&self, kind: &ErrandKind) -> bool {
        matches!(kind, ErrandKind::ScanFile { .. } | ErrandKind::FileSent { .. } | ErrandKind::DropFile { .. })
    }

    async fn carry(&self, office: &Arc<Office>, errand: &Errand) -> Carried {
        let files = &office.settings.files;
        let carried = match &errand.kind {
            ErrandKind::ScanFile { file } => files.settle(office, *file, None).await,
            ErrandKind::FileSent { file, dialog, seq } => files.settle(office, *file, Some((*dialog, *seq))).await,
            ErrandKind::DropFile { file, always } => files.let_go(office, *file, *always).await,
            ErrandKind::AskBot { .. }
            | ErrandKind::AskRouter { .. }
            | ErrandKind::Transcript { .. }
            | ErrandKind::TellOfScript { .. }
            | ErrandKind::TellOfRating { .. }
            | ErrandKind::TellOfRequest { .. }
            | ErrandKind::Webhook { .. }
            | ErrandKind::Scrub { .. }
            | ErrandKind::ForgetWords { .. } => Ok(()),
        };
        match carried {
            Ok(()) => Carried::Done,
            Err(why) => Carried::Again { after: None, why },
        }
    }
}

fn why(error: impl Display) -> String {
    error.to_string()
}

impl Files {
    /// Brings what is known of a file, and of the message it hangs on, to its end.
    async fn settle(&self, office: &Arc<Office>, file: FileId, sent: Option<(DialogId, u32)>) -> Result<(), String> {
        let Some(row) = office.store.file(office.workspace.id, file).await.map_err(why)? else { return Ok(()) };
        let state = match row.state {
            FileState::Checking => self.check(office, &row).await?,
            FileState::Ready | FileState::Rejected | FileState::Expired | FileState::Unknown => row.state,
        };
        let Some((dialog, seq)) = sent else { return Ok(()) };
        let pixels = row.pixels.filter(|_| state == FileState::Ready);
        let settled = Command::SettleFile { seq, state, pixels };
        match office.carry_out(dialog, settled, None, Some(seq), None).await {
            // A dialog that is gone needs nothing more.
            Ok(Outcome::Done { .. } | Outcome::Refused { .. }) => Ok(()),
            Err(later) => Err(later.to_string()),
        }
    }

    /// Asks the scanner, and notes what it says. A bad file's content goes before anybody is told.
    async fn check(&self, office: &Arc<Office>, row: &FileRow) -> Result<FileState, String> {
        let of = (office.workspace.id, row.id);
        let state = match &self.scanner {
            // Switched off since: what was let in before is let through as all later files are.
            None => FileState::Ready,
            Some(scanner) => match self.contents.read(of, Part::Content).await.map_err(why)? {
                None => FileState::Rejected,
                Some(content) => match scanner.scan(content).await.map_err(why)? {
                    Verdict::Clean => FileState::Ready,
                    Verdict::Found(name) => {
                        tracing::warn!(file = %row.id, name, "a file is refused");
                        FileState::Rejected
                    }
                    Verdict::Unable(said) => {
                        tracing::warn!(file = %row.id, said, "a file cannot be looked at, and is refused");
                        FileState::Rejected
                    }
                },
            },
        };
        if state == FileState::Rejected {
            self.contents.remove(of).await.map_err(why)?;
        }
        let pixels = row.pixels.filter(|_| state == FileState::Ready);
        note(office, FileRow { state, pixels, ..row.clone() }).await.map_err(why)?;
        Ok(state)
    }

    /// Removes a content: of a file that nobody has sent, or whose message was taken back.
    async fn let_go(&self, office: &Arc<Office>, file: FileId, always: bool) -> Result<(), String> {
        let row = office.store.file(office.workspace.id, file).await.map_err(why)?;
        if !always && row.as_ref().is_some_and(|row| row.dialog.is_some() || office.is_fresh(row)) {
            // What came in parts may have begun a day ago and be whole since a minute: its own errand follows.
            return self.contents.remove_parts((office.workspace.id, file)).await.map_err(why);
        }
        // Noted first: a content that is there a little longer than it can be had does no harm.
        if let Some(row) = row {
            note(office, FileRow { state: FileState::Rejected, pixels: None, ..row }).await.map_err(why)?;
        }
        self.contents.remove((office.workspace.id, file)).await.map_err(why)
    }
}

async fn note(office: &Office, row: FileRow) -> Result<(), StoreError> {
    office.store.set_file(office.workspace.id, row).await.map(drop)
}
