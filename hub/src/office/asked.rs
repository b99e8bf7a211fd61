//! What an operator's operation is to the desk: his own words turned into a command, with what it names looked up.

use super::Office;
use crate::desk::{Command, Target};
use crate::store::{FileRow, StoreError};
use otklik_model::{Attachment, ClientId, FileId, FileState, Op, OperatorId, TransferTarget};

/// What an operation names, besides its dialog.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// A message by its number.
    pub(super) message: Option<u32>,
    /// A file that its asker has uploaded and not sent yet.
    pub(super) file: Option<FileRow>,
}

impl Office {
    /// Looks up what an operation names.
    pub(super) async fn names(&self, by: OperatorId, op: &Op) -> Result<Names, StoreError> {
        let message = match op {
            Op::SendText { quote, .. } => *quote,
            Op::EditMessage { seq, .. } | Op::DeleteMessage { seq, .. } => Some(*seq),
            Op::Accept { .. }
            | Op::SendNote { .. }
            | Op::MarkRead { .. }
            | Op::Close { .. }
            | Op::Transfer { .. }
            | Op::SetStatus { .. }
            | Op::ChooseStatus { .. }
            | Op::Decline { .. }
            | Op::Hold { .. }
            | Op::Unhold { .. }
            | Op::SortDialog { .. }
            | Op::SendFile { .. }
            | Op::RequestContact { .. }
            | Op::Teleport { .. }
            | Op::Block { .. }
            | Op::Unblock { .. }
            | Op::EditCustomer { .. }
            | Op::SendTranscript { .. }
            | Op::Invite { .. }
            | Op::JoinCustomers { .. }
            | Op::SeparateCustomer { .. }
            | Op::KeepTemplate { .. }
            | Op::DropTemplate { .. }
            | Op::Unknown => None,
        };
        let file = if let Op::SendFile { file, .. } = op { self.own_file(by, *file).await? } else { None };
        Ok(Names { message, file })
    }

    async fn own_file(&self, by: OperatorId, file: FileId) -> Result<Option<FileRow>, StoreError> {
        let found = self.store.file(self.workspace.id, file).await?;
        Ok(found.filter(|row| row.by == by.0 && row.dialog.is_none() && row.state != FileState::Rejected))
    }

    /// The command; nothing, if whoever asks does not work here, or it is no operation on a dialog.
    pub(super) fn command(&self, by: OperatorId, client: ClientId, op: &Op, names: &Names) -> Option<Command> {
        let by = self.directory.read().actor(by)?;
        Some(match op {
            Op::Accept { epoch, .. } => {
                let taking = self.directory.read().taking(by.id, &self.centre());
                Command::Accept { by, epoch: *epoch, taking }
            }
            Op::SendText { epoch, text, quote, .. } => {
                Command::SendText { by, epoch: *epoch, text: text.clone(), client, quote: *quote }
            }
            Op::SendNote { text, .. } => Command::SendNote { by, text: text.clone(), client },
            Op::MarkRead { upto, .. } => Command::MarkRead { by, upto: *upto },
            Op::Close { epoch, .. } => Command::Close { by, epoch: *epoch },
            Op::Transfer { epoch, to, .. } => Command::Transfer { by, epoch: *epoch, to: self.target(to) },
            Op::Decline { epoch, .. } => Command::Decline { by, epoch: *epoch },
            Op::Hold { epoch, until, reason, .. } => {
                Command::Hold { by, epoch: *epoch, until: *until, reason: reason.clone() }
            }
            Op::Unhold { epoch, .. } => Command::Unhold { by, epoch: *epoch },
            Op::SortDialog { category, subject, tags, .. } => {
                let (category, subject, tags) = (category.clone(), subject.clone(), tags.clone());
                Command::Sort { by, category, subject, tags }
            }
            Op::EditMessage { seq, text, .. } => Command::EditMessage { by, seq: *seq, text: text.clone() },
            Op::DeleteMessage { seq, .. } => Command::DeleteMessage { by, seq: *seq },
            Op::SendFile { epoch, text, .. } => {
                let file = names.file.as_ref().map(|row| Box::new(attachment(row)));
                Command::SendFile { by, epoch: *epoch, file, text: text.clone(), client }
            }
            Op::RequestContact { epoch, .. } => Command::RequestContact { by, epoch: *epoch, client },
            Op::Teleport { epoch, address, .. } => Command::Teleport { by, epoch: *epoch, address: address.clone() },
            Op::Block { until, reason, .. } => Command::Block { by, until: *until, reason: reason.clone() },
            Op::EditCustomer { edit, was, .. } => Command::EditCustomer { by, edit: edit.clone(), was: was.clone() },
            Op::Invite { text, .. } => Command::Invite { by, text: text.clone(), client },
            Op::SetStatus { .. }
            | Op::ChooseStatus { .. }
            | Op::Unblock { .. }
            | Op::SendTranscript { .. }
            | Op::JoinCustomers { .. }
            | Op::SeparateCustomer { .. }
            | Op::KeepTemplate { .. }
            | Op::DropTemplate { .. }
            | Op::Unknown => return None,
        })
    }

    /// Who or what a transfer names.
    fn target(&self, to: &TransferTarget) -> Target {
        let (centre, directory) = (self.centre(), self.directory.read());
        match to {
            TransferTarget::Queue => Target::Queue,
            TransferTarget::Operator { id, force: false } => directory.target(*id),
            TransferTarget::Operator { id, force: true } => {
                directory.colleague(*id).map_or(Target::Stranger, Target::Forced)
            }
            TransferTarget::Department { key } => Target::Department(key.clone()),
            TransferTarget::Team { key } => Target::Team(key.clone()),
            TransferTarget::Bot { id, .. } if directory.is_off(*id, &centre) => Target::Stranger,
            TransferTarget::Bot { id, scenario } => Target::Bot { bot: directory.bot(*id), scenario: scenario.clone() },
        }
    }
}

/// A file as it hangs on a message.
#[must_use]
pub fn attachment(row: &FileRow) -> Attachment {
    Attachment {
        id: row.id,
        name: row.name.clone(),
        media: row.media.clone(),
        size: row.size,
        state: row.state,
        pixels: row.pixels,
    }
}
