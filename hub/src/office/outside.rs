//! What a change of a dialog makes necessary outside of the hub: written with it, carried out afterwards.

use super::{Office, Retried, settle::done};
use crate::desk::{Actor, Event, Standing, allows, masked_address, sees};
use crate::store::{AuditLine, Commit, CommitError, DialogChange, Errand, ErrandKind, Key, StoreError, Work};
use otklik_model::{Author, DialogId, DialogState, Message, OperatorId, Outcome, Refusal, Right, Stamp};
use serde_json::json;
use uuid::Uuid;

/// The errands of a change. `named` is the message that the command named, as it was before.
pub(super) fn errands(change: &DialogChange, named: Option<&Message>, now: Stamp) -> Vec<Errand> {
    let bot = ask_bot(change).or_else(|| ask_router(change)).into_iter();
    let words = half_a_card(change, named);
    bot.chain(files_sent(change))
        .chain(file_taken_back(change, named))
        .chain(words)
        .map(|kind| errand(kind, now))
        .collect()
}

/// A file that is sent is looked at, and its message told whether it can be fetched.
fn files_sent(change: &DialogChange) -> impl Iterator<Item = ErrandKind> + '_ {
    change.events.iter().filter_map(|event| {
        let (file, message) = (event.file_sent()?, event.message()?);
        Some(ErrandKind::FileSent { file, dialog: message.dialog, seq: message.seq })
    })
}

/// The content of a file goes with the message it hung on.
fn file_taken_back(change: &DialogChange, named: Option<&Message>) -> Option<ErrandKind> {
    let named = named?;
    let file = named.details.file.as_ref()?.id;
    let gone = |event: &Event| {
        matches!(event, Event::MessageChanged(message)
            if message.seq == named.seq && message.details.deleted_at.is_some())
    };
    change.events.iter().any(gone).then_some(ErrandKind::DropFile { file, always: true })
}

/// The customer's earlier message was masked because the next one went on with its number: the log forgets it, too.
fn half_a_card(change: &DialogChange, named: Option<&Message>) -> Option<ErrandKind> {
    let named = named.filter(|named| named.author == Author::Customer)?;
    let masked = |event: &Event| matches!(event, Event::MessageChanged(message) if message.seq == named.seq && message.text != named.text);
    let forget = ErrandKind::ForgetWords { dialog: named.dialog, seq: named.seq, from: named.rev };
    change.events.iter().any(masked).then_some(forget)
}

pub(super) fn errand(kind: ErrandKind, due_at: Stamp) -> Errand {
    Errand { id: Uuid::now_v7(), kind, due_at, attempts: 0 }
}

/// A bot that leads the dialog is asked when the customer has said something, or when it is given one in which
/// something was said.
fn ask_bot(change: &DialogChange) -> Option<ErrandKind> {
    let row = &change.dialog.row;
    let bot = row.bot.filter(|_| row.state == DialogState::Bot)?;
    let heard = |event: &Event| {
        let said = matches!(event, Event::MessageAdded(message) if message.author == Author::Customer);
        said || matches!(event, Event::GivenToBot { .. })
    };
    let heard = change.events.iter().any(heard);
    heard.then_some(ErrandKind::AskBot { dialog: row.id, bot, upto: row.last_seq })
}

/// A router is asked once for each time that a dialog is sent to it.
fn ask_router(change: &DialogChange) -> Option<ErrandKind> {
    let row = &change.dialog.row;
    let began = change.before.is_none();
    let sent = began || change.events.iter().any(|event| matches!(event, Event::SentToRouter { .. }));
    let asks = sent && row.state == DialogState::Routing;
    asks.then_some(ErrandKind::AskRouter { dialog: row.id, epoch: row.epoch })
}

/// A conversation that goes by mail, and the line that tells who had it sent, and where to.
struct Letter {
    kind: ErrandKind,
    audit: AuditLine,
}

/// Whether somebody may have a conversation sent that stands so.
fn may_have_transcript(by: &Actor, standing: &Standing) -> bool {
    sees(by, standing) && allows(by, Right::Transcript, standing)
}

impl Office {
    /// Whoever asked for a conversation, if he still may have it.
    pub(crate) fn reader_of_transcript(&self, by: OperatorId, standing: &Standing) -> Option<Actor> {
        self.directory.read().actor(by).filter(|actor| may_have_transcript(actor, standing))
    }

    /// Has a conversation sent to the asker's own mailbox.
    pub(super) async fn send_transcript(&self, key: Key, by: OperatorId, dialog: DialogId) -> Retried {
        if let Some(first) = self.store.first_answer(key).await? {
            return Ok(first);
        }
        let Letter { kind, audit } = match self.transcript(by, dialog).await? {
            Ok(letter) => letter,
            Err(reason) => return self.keep(key, Err(reason)).await,
        };
        let now = self.now();
        let commit = Commit::new(self.workspace.id, now, Work::Nothing, done(None));
        let commit = Commit { key: Some(key), errands: vec![errand(kind, now)], audit: Some(audit), ..commit };
        match self.commit_whole(commit).await {
            Ok(committed) => Ok(committed.outcome),
            Err(CommitError::Conflict | CommitError::Fenced) => Ok(Outcome::Refused { reason: Refusal::NotFound }),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    async fn transcript(&self, by: OperatorId, dialog: DialogId) -> Result<Result<Letter, Refusal>, StoreError> {
        let Some(actor) = self.directory.read().actor(by) else { return Ok(Err(Refusal::Forbidden)) };
        let found = self.store.dialog(self.workspace.id, dialog).await?;
        let Some(found) = found.filter(|found| sees(&actor, &found.standing())) else {
            return Ok(Err(Refusal::NotFound));
        };
        let standing = found.standing();
        if !may_have_transcript(&actor, &standing) {
            return Ok(Err(Refusal::Forbidden));
        }
        if self.settings.mailer.is_none() {
            return Ok(Err(Refusal::NoMailbox));
        }
        let row = self.store.operator(self.workspace.id, by).await?;
        let Some(to) = row.and_then(|row| row.post.email) else { return Ok(Err(Refusal::NoMailbox)) };
        // The trail tells of an address what whoever asked may see of addresses.
        let shown = if allows(&actor, Right::SeeContacts, &standing) { to.clone() } else { masked_address(&to) };
        let audit = AuditLine {
            by: Some(by),
            what: "dialog.transcript".to_owned(),
            subject: dialog.to_string(),
            detail: json!({ "number": found.row.number, "to": shown }),
        };
        let language = self.centre().language.clone();
        Ok(Ok(Letter { kind: ErrandKind::Transcript { dialog, to, language, by: Some(by) }, audit }))
    }
}
