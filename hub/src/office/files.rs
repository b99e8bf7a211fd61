//! Whose files are whose: who may fetch one, how one gets into a dialog, and when one goes.

use super::{EntryPoint, Office, Retried, outside::errand};
use crate::clock::later;
use crate::desk::{Command, sees};
use crate::store::{Commit, CommitError, ErrandKind, FileRow, StoreError, Work};
use otklik_model::{ClientId, Customer, CustomerId, FileId, FileState, OperatorId, SessionId, Stamp};
use otklik_wire::FileLink;
use std::time::Duration;

/// A file that nobody has sent for so long goes.
const UNSENT: Duration = Duration::from_secs(24 * 3_600);

/// What a customer means a file to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// A file, with a caption.
    File(String),
    /// A sticker, with the emoji it stands for.
    Sticker(String),
}

impl Office {
    /// A file begins to come: if it is not sent within a day, or never comes, it goes.
    ///
    /// # Errors
    /// The store fails.
    pub async fn file_begins(&self, file: FileId) -> Result<(), StoreError> {
        self.note_errand(ErrandKind::DropFile { file, always: false }, later(self.now(), UNSENT)).await
    }

    /// Whether a file came so lately that it may still be sent.
    pub fn is_fresh(&self, row: &FileRow) -> bool {
        later(row.at, UNSENT) > self.now()
    }

    /// A file has come.
    ///
    /// # Errors
    /// The store fails.
    pub async fn file_came(&self, row: FileRow) -> Result<(), StoreError> {
        let (file, waits) = (row.id, row.state == FileState::Checking);
        self.store.add_file(row).await?;
        if waits { self.note_errand(ErrandKind::ScanFile { file }, self.now()).await } else { Ok(()) }
    }

    async fn note_errand(&self, kind: ErrandKind, at: Stamp) -> Result<(), StoreError> {
        let commit = Commit::new(self.workspace.id, self.now(), Work::Nothing, super::settle::done(None));
        match self.commit_whole(Commit { errands: vec![errand(kind, at)], ..commit }).await {
            Ok(_) => Ok(()),
            Err(CommitError::Store(error)) => Err(error),
            Err(error @ (CommitError::Conflict | CommitError::Fenced)) => {
                Err(StoreError::Unavailable(error.to_string()))
            }
        }
    }

    /// A file that an operator may fetch: one he has just uploaded, or one of a dialog he sees.
    ///
    /// # Errors
    /// The store fails.
    pub async fn operators_file(
        &self,
        by: OperatorId,
        session: SessionId,
        file: FileId,
    ) -> Result<Option<FileRow>, StoreError> {
        let Some(row) = self.store.file(self.workspace.id, file).await? else { return Ok(None) };
        let Some(dialog) = row.dialog else { return Ok(Some(row).filter(|row| row.by == by.0)) };
        let Some(actor) = self.directory.read().actor(by) else { return Ok(None) };
        let found = self.store.dialog(self.workspace.id, dialog).await?;
        let Some(found) = found.filter(|found| sees(&actor, &found.standing())) else { return Ok(None) };
        self.note_look(by, session, &found.row).await?;
        Ok(Some(row))
    }

    /// A file that a customer may fetch: his own, and what was sent to him.
    ///
    /// # Errors
    /// The store fails.
    pub async fn customers_file(&self, customer: CustomerId, file: FileId) -> Result<Option<FileRow>, StoreError> {
        let Some(row) = self.store.file(self.workspace.id, file).await? else { return Ok(None) };
        let Some(dialog) = row.dialog else { return Ok(Some(row).filter(|row| row.by == customer.0)) };
        let found = self.store.dialog(self.workspace.id, dialog).await?;
        Ok(found.filter(|found| found.row.customer.id == customer).map(|_| row))
    }

    /// Where a file can be fetched from now on for a while, from the folder of the workspace; nothing, if it cannot.
    pub fn link_to(&self, row: &FileRow) -> Option<FileLink> {
        if row.state != FileState::Ready {
            return None;
        }
        let good = Duration::from_secs(u64::from(self.centre().files.link_s));
        let until = later(self.now(), good);
        Some(self.settings.files.link(self.workspace.id, row.id, row.pixels.is_some(), until))
    }

    /// Sends a file that a customer has uploaded, as what he means it, once per `id`.
    ///
    /// # Errors
    /// [`super::Later`], if it could not be tried.
    pub async fn customer_sends_file(
        &self,
        from: &Customer,
        at: &EntryPoint,
        id: ClientId,
        sent: Sent,
        file: FileId,
    ) -> Retried {
        let row = self.store.file(self.workspace.id, file).await?;
        let row = row.filter(|row| row.by == from.id.0 && row.dialog.is_none() && row.state != FileState::Rejected);
        let file = row.as_ref().map(|row| Box::new(super::attachment(row)));
        let command = match sent {
            Sent::File(text) => Command::CustomerSendsFile { file, text, client: id },
            Sent::Sticker(emoji) => Command::CustomerSendsSticker { file, emoji, client: id },
        };
        self.customer_says(from, at, id, command).await
    }

    /// Whether a customer may not write now, as his row was read.
    pub fn is_blocked(&self, customer: &Customer) -> bool {
        let block = customer.particulars.block.as_ref();
        block.is_some_and(|block| block.until.is_none_or(|until| until > self.now()))
    }
}
