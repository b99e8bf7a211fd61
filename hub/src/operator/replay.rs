//! Brings a workplace up to date: by what it missed, or by the whole state in parts.

use super::{
    End, Sink,
    eyes::Eyes,
    hello::Guest,
    outgoing::Outgoing,
    project::{Seen, row_for},
    shown::Waiting,
};
use crate::centre::VisibleLimits;
use crate::desk::{Actor, sees};
use crate::office::{Loads, Office};
use crate::store::{Entry, EntryBody, OperatorRow, SnapshotRead, StoreError};
use otklik_model::{Change, Channel, Cursor, Dialog, GoneReason, Operator, Seq, Stamp};
use otklik_wire::{
    encode,
    operator::{ByeCode, HubFrame},
};
use std::time::Duration;

/// Closed dialogs of the last seven days are in a snapshot.
const CLOSED_MS: i64 = 7 * 24 * 3_600_000;
/// Whoever missed more than this gets a snapshot: it is smaller.
const MISSED: u64 = 5_000;
/// Entries read at once.
const PAGE: u32 = 200;
/// A part of a snapshot ends when its dialogs reach this many bytes.
const PART: usize = 128 * 1024;
/// A part has to be taken within this time.
const TAKE: Duration = Duration::from_secs(20);

/// From where a workplace goes on.
pub(super) struct Resume {
    /// From here.
    pub(super) after: Seq,
    /// So many dialogs at most are shown to him that wait.
    pub(super) waiting: usize,
}

/// Whether the log can bring this workplace up to date, from where it says it is: the log reaches back so far, it was
/// told with the same rights, and nothing was hidden from it since.
pub(super) async fn resume_from(
    office: &Office,
    guest: &Guest,
    me: &Actor,
    limits: VisibleLimits,
    head: Seq,
) -> Result<Option<Resume>, StoreError> {
    let Some(cursor) = guest.resume.filter(|cursor| cursor.stream == office.workspace.stream) else {
        return Ok(None);
    };
    let after = cursor.after;
    if after > head {
        let (after, head) = (after.0, head.0);
        tracing::error!(after, head, "a workplace was told more than this database holds: it is an older copy");
    }
    if after > head || head.0 - after.0 > MISSED || after < guest.operator.rights_at {
        return Ok(None);
    }
    let log = office.store.log_after(office.workspace.id, after, 1).await?;
    if log.start > after {
        return Ok(None);
    }
    let waiting = most_waiting(office, me, limits, after, head).await?;
    Ok(waiting.map(|waiting| Resume { after, waiting }))
}

/// How many dialogs wait at most, if since `after` there were never more than fit: then none was hidden, as a slot that
/// is free is filled at once.
async fn most_waiting(
    office: &Office,
    me: &Actor,
    limits: VisibleLimits,
    after: Seq,
    head: Seq,
) -> Result<Option<usize>, StoreError> {
    let fits = i64::from(limits.online.min(limits.offline));
    let waiting = office.store.waiting(office.workspace.id).await?;
    let now = office.store.head(office.workspace.id).await?;
    // What came between the count and the head may have left the count behind.
    let bound = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let mut at = bound(waiting).saturating_add(bound(now.0 - head.0));
    let known = usize::try_from(at).unwrap_or(usize::MAX);
    if at.saturating_add(bound(now.0 - after.0)) <= fits {
        return Ok(Some(known));
    }
    let entries = read_log(office, after, now).await?;
    // Backwards from now: what waits later waited before, unless it came in between.
    let mut most = at;
    for entry in entries.iter().rev() {
        at -= came(me, entry);
        most = most.max(at);
    }
    Ok((most <= fits).then_some(known))
}

/// By how many an entry made what waits before these eyes more.
fn came(me: &Actor, entry: &Entry) -> i64 {
    let EntryBody::Dialog(dialog) = &entry.body else { return 0 };
    let waits = |standing: &crate::desk::Standing| i64::from(sees(me, standing) && Waiting::waits(standing));
    waits(&dialog.after()) - dialog.before.as_ref().map_or(0, waits)
}

async fn read_log(office: &Office, mut after: Seq, upto: Seq) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    while after < upto {
        let read = office.store.log_after(office.workspace.id, after, PAGE).await?;
        let Some(last) = read.entries.last() else { break };
        after = last.seq;
        entries.extend(read.entries.into_iter().filter(|entry| entry.seq <= upto));
    }
    Ok(entries)
}

/// Sends what happened after `position`, and returns the new position. `token` is what the viewer was let in with.
pub(super) async fn replay(
    office: &Office,
    eyes: &mut Eyes,
    token: &str,
    mut position: Seq,
    out: &mut Outgoing,
    sink: &mut Sink,
) -> Result<Seq, End> {
    loop {
        let read = office
            .store
            .log_after(office.workspace.id, position, PAGE)
            .await
            .map_err(|error| failed(office, &error))?;
        if read.start > position {
            // Forgotten in the meantime: the next hello gets a snapshot.
            return Err(End::draining(office));
        }
        let full = read.entries.len() == PAGE as usize;
        for entry in &read.entries {
            position = entry.seq;
            match eyes.look(office, entry).await.map_err(|error| failed(office, &error))? {
                Seen::Changes(changes) if changes.is_empty() => {}
                Seen::Changes(changes) => out.changes(position, &changes)?,
                // Sessions of before, mostly: this one was begun with the new password.
                Seen::SignedOut if is_good(office, token).await? => {}
                Seen::SignedOut => return Err(End::bye(ByeCode::SignIn)),
                Seen::OtherRights => return Err(End::draining(office)),
            }
            if !out.has_room() {
                take(out, sink).await?;
            }
        }
        out.skip_to(position)?;
        tell_hidden(eyes, out)?;
        take(out, sink).await?;
        if !full {
            return Ok(position);
        }
    }
}

async fn is_good(office: &Office, token: &str) -> Result<bool, End> {
    office.is_let_in(token).await.map_err(|error| failed(office, &error))
}

/// Sends the whole visible state, and returns the position it stands for.
pub(super) async fn snapshot(
    office: &Office,
    eyes: &mut Eyes,
    read: SnapshotRead,
    out: &mut Outgoing,
    sink: &mut Sink,
) -> Result<Seq, End> {
    let at = read.at;
    for part in parts(eyes, read) {
        out.frame(&part)?;
        take(out, sink).await?;
    }
    tell_hidden(eyes, out)?;
    tracing::debug!(operator = %eyes.viewer.me.id, at = at.0, desk = office.settings.desk, "snapshot sent");
    Ok(at)
}

/// Tells a workplace that gets a snapshot what was erased since it was last here: its own history may reach back
/// further than a snapshot, which says nothing of what was closed long ago.
pub(super) async fn erased(
    office: &Office,
    resume: Option<Cursor>,
    at: Seq,
    out: &mut Outgoing,
    sink: &mut Sink,
) -> Result<(), End> {
    let mut after =
        resume.filter(|cursor| cursor.stream == office.workspace.stream).map_or(Seq(0), |cursor| cursor.after);
    loop {
        let read = office.store.erased_after(office.workspace.id, after, PAGE).await;
        let read = read.map_err(|error| failed(office, &error))?;
        let Some((last, _)) = read.last() else { return Ok(()) };
        after = *last;
        // What came after the snapshot is told by the log.
        let gone = read.iter().filter(|(seq, _)| *seq <= at).map(|(_, dialog)| Change::DialogGone {
            dialog: *dialog,
            reason: GoneReason::Erased,
            to: None,
        });
        out.changes(at, &gone.collect::<Vec<_>>())?;
        take(out, sink).await?;
    }
}

/// Reads what a snapshot is made of.
pub(super) async fn read(office: &Office) -> Result<SnapshotRead, End> {
    let closed_since = Stamp(office.now().0 - CLOSED_MS);
    office.store.snapshot(office.workspace.id, closed_since).await.map_err(|error| failed(office, &error))
}

/// Tells how many dialogs are hidden, if that is news.
pub(super) fn tell_hidden(eyes: &mut Eyes, out: &mut Outgoing) -> Result<(), End> {
    eyes.hidden().map_or(Ok(()), |frame| out.frame(&frame))
}

fn parts(eyes: &mut Eyes, mut read: SnapshotRead) -> impl Iterator<Item = HubFrame> {
    let mut loads = Loads::default();
    for dialog in &read.dialogs {
        loads.learn(&dialog.row);
    }
    eyes.open(&mut read.dialogs);
    let viewer = eyes.viewer.clone();
    let at = read.at;
    let colleague = |row: &OperatorRow| {
        let face = row.face(false);
        viewer.colleague(&face, loads.of(face.id, face.post.most))
    };
    let mut people: Option<(Vec<Operator>, Vec<Channel>)> =
        Some((read.operators.iter().filter_map(colleague).collect(), read.channels));
    let mut dialogs = read.dialogs.into_iter().map(move |dialog| row_for(&viewer, &dialog.row)).peekable();
    let mut part = 0;
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let rows = fill(&mut dialogs);
        ended = dialogs.peek().is_none();
        let (operators, channels) = people.take().unwrap_or_default();
        part += 1;
        Some(HubFrame::Snapshot { at, part: part - 1, last: ended, dialogs: rows, operators, channels })
    })
}

fn fill(dialogs: &mut impl Iterator<Item = Dialog>) -> Vec<Dialog> {
    let (mut rows, mut bytes) = (Vec::new(), 0);
    while bytes < PART {
        let Some(row) = dialogs.next() else { break };
        bytes += encode(&row).len();
        rows.push(row);
    }
    rows
}

/// Waits until the peer has taken what is queued.
async fn take(out: &mut Outgoing, sink: &mut Sink) -> Result<(), End> {
    tokio::time::timeout(TAKE, out.pump(sink)).await.map_err(|_| End::bye(ByeCode::TooSlow))?
}

fn failed(office: &Office, error: &StoreError) -> End {
    tracing::warn!(%error, "a workplace cannot be brought up to date");
    End::draining(office)
}
