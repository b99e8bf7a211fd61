//! Brings a workplace up to date: by what it missed, or by the whole state in parts.

use super::{
    End, Sink,
    hello::Guest,
    outgoing::Outgoing,
    project::{Seen, Viewer, look, row_for},
};
use crate::office::{Office, now};
use crate::store::{SnapshotRead, StoreError};
use otklik_model::{Channel, Dialog, Operator, Seq, Stamp};
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

/// Whether the log can bring this workplace up to date, from where it says it is.
pub(super) async fn resume_from(office: &Office, guest: &Guest, head: Seq) -> Result<Option<Seq>, StoreError> {
    let Some(cursor) = guest.resume.filter(|cursor| cursor.stream == office.workspace.stream) else {
        return Ok(None);
    };
    let after = cursor.after;
    if after > head || head.0 - after.0 > MISSED || after < guest.operator.rights_at {
        return Ok(None);
    }
    let log = office.store.log_after(office.workspace.id, after, 1).await?;
    Ok((log.start <= after).then_some(after))
}

/// Sends what happened after `position`, and returns the new position. `token` is what the viewer was let in with.
pub(super) async fn replay(
    office: &Office,
    viewer: &Viewer,
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
            match look(viewer, entry) {
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
        take(out, sink).await?;
        if !full {
            return Ok(position);
        }
    }
}

async fn is_good(office: &Office, token: &str) -> Result<bool, End> {
    Ok(office.session(token).await.map_err(|error| failed(office, &error))?.is_some())
}

/// Sends the whole visible state, and returns the position it stands for.
pub(super) async fn snapshot(
    office: &Office,
    viewer: &Viewer,
    read: SnapshotRead,
    out: &mut Outgoing,
    sink: &mut Sink,
) -> Result<Seq, End> {
    let at = read.at;
    for part in parts(viewer, read) {
        out.frame(&part)?;
        take(out, sink).await?;
    }
    tracing::debug!(operator = %viewer.id, at = at.0, desk = office.settings.desk, "snapshot sent");
    Ok(at)
}

/// Reads what a snapshot is made of.
pub(super) async fn read(office: &Office) -> Result<SnapshotRead, End> {
    let closed_since = Stamp(now().0 - CLOSED_MS);
    office.store.snapshot(office.workspace.id, closed_since).await.map_err(|error| failed(office, &error))
}

fn parts(viewer: &Viewer, read: SnapshotRead) -> impl Iterator<Item = HubFrame> {
    let viewer = viewer.clone();
    let at = read.at;
    let mut people: Option<(Vec<Operator>, Vec<Channel>)> =
        Some((read.operators.iter().map(|row| row.operator()).collect(), read.channels));
    let visible = move |dialog: &crate::desk::DialogAggregate| {
        crate::desk::sees(viewer.id, &viewer.rights, dialog.standing()).then(|| row_for(&viewer, &dialog.row))
    };
    let mut dialogs = read.dialogs.into_iter().filter_map(move |dialog| visible(&dialog)).peekable();
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
