//! Keeping no longer than the centre says: what is due goes in small slices, one a turn, and a pass through everything
//! begins every few hours.

use crate::{
    centre::{Retention, rule_key},
    clock::later,
    desk::Command,
    office::Office,
    privacy,
    store::{AuditLine, FileRow, LOG_KEPT_MS, Mark, StoreError, Trail, Whose},
};
use otklik_model::{ChannelId, DepartmentKey, DialogId, FileId, FileState, Message, Stamp};
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};

/// From the beginning of one pass to the next. With the time a pass takes it stays far below a day.
const EVERY: Duration = Duration::from_secs(4 * 3_600);
/// Looked at in one turn.
const SLICE: u32 = 200;
/// Messages read at once to find the one that carries a file.
const MESSAGES: u32 = 100;
const DAY_MS: i64 = 24 * 3_600_000;

/// How far the present pass has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Dialogs(Mark),
    Files(Mark),
    Log,
    Audit,
    Rest,
}

/// The passes of one process that is in charge.
#[derive(Debug)]
pub(super) struct Keeping {
    step: Step,
    began: Option<Stamp>,
}

impl Keeping {
    /// Before the first pass.
    pub(super) const fn new() -> Self {
        Self { step: Step::Rest, began: None }
    }

    /// Does one slice of what is due.
    ///
    /// # Errors
    /// The store fails; the slice is done again.
    pub(super) async fn turn(&mut self, office: &Office) -> Result<(), StoreError> {
        let now = office.now();
        if self.step == Step::Rest {
            if self.began.is_some_and(|began| now < later(began, EVERY)) {
                return Ok(());
            }
            (self.began, self.step) = (Some(now), Step::Dialogs(Mark::START));
        }
        let retention = office.centre().retention.clone();
        // What there is nothing of costs no turn of its own.
        while self.step != Step::Rest {
            let (next, worked) = self.slice(office, &retention, now).await?;
            self.step = next;
            if worked {
                break;
            }
        }
        Ok(())
    }

    /// Does the next slice. Returns where to go on, and whether there was something to look at.
    async fn slice(&self, office: &Office, retention: &Retention, now: Stamp) -> Result<(Step, bool), StoreError> {
        Ok(match self.step {
            Step::Dialogs(from) => match dialogs(office, retention, from, now).await? {
                Some(mark) => (Step::Dialogs(mark), true),
                None => (Step::Files(Mark::START), false),
            },
            Step::Files(from) => match files(office, retention, from, now).await? {
                Some(mark) => (Step::Files(mark), true),
                None => (Step::Log, false),
            },
            // The log tells of what is erased as of everything else.
            Step::Log => match retention.shortest_messages().map(ms).filter(|kept| *kept < LOG_KEPT_MS) {
                Some(kept) if forget(office, Trail::Log, now, kept).await? => (Step::Log, true),
                Some(_) | None => (Step::Audit, false),
            },
            Step::Audit if forget(office, Trail::Audit, now, ms(retention.audit_days)).await? => (Step::Audit, true),
            Step::Audit | Step::Rest => (Step::Rest, false),
        })
    }
}

fn ms(days: u32) -> i64 {
    i64::from(days) * DAY_MS
}

/// Whether something that ended or came then is over its term now.
fn is_due(at: Stamp, days: Option<u32>, now: Stamp) -> bool {
    days.is_some_and(|days| at.0.saturating_add(ms(days)) <= now.0)
}

fn line(what: &str, subject: &str) -> AuditLine {
    AuditLine { by: None, what: what.to_owned(), subject: subject.to_owned(), detail: json!({}) }
}

/// The keys of channels, by which terms are given.
async fn keys(office: &Office) -> Result<BTreeMap<ChannelId, &'static str>, StoreError> {
    let channels = office.store.channels(office.workspace.id).await?;
    Ok(channels.into_iter().map(|channel| (channel.id, rule_key(channel.transport))).collect())
}

/// Erases dialogs that are due. Returns where to go on, if there may be more.
async fn dialogs(office: &Office, retention: &Retention, from: Mark, now: Stamp) -> Result<Option<Mark>, StoreError> {
    let Some(shortest) = retention.shortest_messages() else { return Ok(None) };
    let before = Stamp(now.0 - ms(shortest) + 1);
    let read = office.store.ended_before(office.workspace.id, before, from, SLICE).await?;
    let Some(last) = read.last().map(Mark::of) else { return Ok(None) };
    let keys = keys(office).await?;
    let term = |channel: &ChannelId, department: Option<&DepartmentKey>| {
        retention.messages_of(keys.get(channel).copied().unwrap_or_default(), department)
    };
    let due: Vec<DialogId> = read
        .iter()
        .map(|dialog| &dialog.row)
        .filter(|row| is_due(row.closed_at.unwrap_or(now), term(&row.channel, row.department.as_ref()), now))
        .map(|row| row.id)
        .collect();
    if !due.is_empty() {
        privacy::erase(office, Whose::Dialogs(due), line("retention.erased", "dialogs")).await?;
    }
    Ok(Some(last))
}

/// Erases files that are due. Returns where to go on, if there may be more.
async fn files(office: &Office, retention: &Retention, from: Mark, now: Stamp) -> Result<Option<Mark>, StoreError> {
    let Some(shortest) = retention.shortest_files() else { return Ok(None) };
    let before = Stamp(now.0 - ms(shortest) + 1);
    let read = office.store.files_before(office.workspace.id, before, from, SLICE).await?;
    let Some(last) = read.last().map(|(file, _)| Mark { at: file.at, id: file.id.0 }) else { return Ok(None) };
    let keys = keys(office).await?;
    let mut due = Vec::new();
    for (FileRow { id, at, .. }, dialog) in &read {
        let found = office.store.dialog(office.workspace.id, *dialog).await?;
        let term = found.map(|found| {
            let channel = keys.get(&found.row.channel).copied().unwrap_or_default();
            retention.files_of(channel, found.row.department.as_ref())
        });
        // A file of no dialog is nobody's to keep.
        if is_due(*at, term.unwrap_or(Some(shortest)), now) {
            // Told before it is done: what was told and is not done yet is done by the next pass.
            tell_expired(office, *id, *dialog).await?;
            due.push(*id);
        }
    }
    if !due.is_empty() {
        let line = AuditLine { detail: json!({ "files": due.len() }), ..line("retention.erased", "files") };
        office.store.erase_files(office.workspace.id, now, due, line).await?;
        office.errand_bell.notify_one();
    }
    Ok(Some(last))
}

/// Tells everybody who sees a file's message that the file is not kept any more.
async fn tell_expired(office: &Office, file: FileId, dialog: DialogId) -> Result<(), StoreError> {
    let carries = |message: &Message| message.details.file.as_ref().is_some_and(|attached| attached.id == file);
    let mut upto = u32::MAX;
    while upto > 0 {
        let page = office.store.messages(office.workspace.id, dialog, 1, upto, MESSAGES).await?;
        if let Some(message) = page.iter().find(|message| carries(message)) {
            let expired = Command::SettleFile { seq: message.seq, state: FileState::Expired, pixels: None };
            let told = office.carry_out(dialog, expired, None, Some(message.seq), None).await;
            return told.map(drop).map_err(|later| StoreError::Unavailable(later.to_string()));
        }
        upto = page.first().map_or(0, |oldest| oldest.seq - 1);
    }
    // Its message was taken back.
    Ok(())
}

/// Forgets the oldest rows of a trail. Returns whether there may be more.
async fn forget(office: &Office, trail: Trail, now: Stamp, kept: i64) -> Result<bool, StoreError> {
    let gone = office.store.forget_before(office.workspace.id, trail, Stamp(now.0 - kept), SLICE).await?;
    Ok(gone == u64::from(SLICE))
}
