//! The event sequence: gap-free, filtered for one reader, replayed by position, never by time.

use super::{FETCH_CAP, Hub};
use crate::sim::{cast, plan::HubMutant};
use otklik_core::{Fetched, LinkInput};
use otklik_model::{Change, Cursor, DialogId, Seq};

/// From where a connection may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// From its cursor.
    Resumed(Seq),
    /// From a snapshot.
    Afresh,
}

impl Hub {
    pub(super) fn record(&mut self, changes: Vec<Change>) -> Seq {
        self.log.push(changes);
        self.head()
    }

    /// The position the next event will have.
    pub(super) fn next_seq(&self) -> Seq {
        Seq(self.log.len() as u64 + 1)
    }

    /// Decides how a connection with this cursor goes on.
    #[must_use]
    pub fn reach(&self, cursor: Option<Cursor>) -> Reach {
        match cursor {
            Some(cursor)
                if cursor.stream == self.stream && cursor.after.0 >= self.log_from && cursor.after <= self.head() =>
            {
                Reach::Resumed(cursor.after)
            }
            Some(_) | None => Reach::Afresh,
        }
    }

    /// One frame of events after `after`, at most `cap` positions long; `None` at the head.
    #[must_use]
    pub fn events(&self, after: Seq, cap: u64) -> Option<(Seq, LinkInput)> {
        self.frame(after, cap, 0)
    }

    /// The same for a connection that goes on from its cursor.
    #[must_use]
    pub fn events_missed(&self, after: Seq, cap: u64) -> Option<(Seq, LinkInput)> {
        // The classic mistake: "what is newer than your last look", where that look and one event share a millisecond.
        let lost = usize::from(self.mutant == Some(HubMutant::ResumeByTime));
        self.frame(after, cap, lost)
    }

    fn frame(&self, after: Seq, cap: u64, lost: usize) -> Option<(Seq, LinkInput)> {
        let upto = self.head().0.min(after.0 + cap.max(1));
        if upto <= after.0 {
            return None;
        }
        let range = usize::try_from(after.0).ok()?..usize::try_from(upto).ok()?;
        let changes = self.log.get(range)?.iter().skip(lost).flatten().cloned().collect();
        Some((Seq(upto), LinkInput::Events { after, upto: Seq(upto), changes }))
    }

    /// The whole visible state.
    #[must_use]
    pub fn snapshot(&self) -> LinkInput {
        LinkInput::Snapshot {
            at: self.head(),
            dialogs: self.visible(),
            operators: self.operators(),
            channels: self.channels(),
        }
    }

    /// Reads history, the newest `limit` of the range, oldest first.
    #[must_use]
    pub fn fetch(&self, dialog: DialogId, from: u32, to: u32, limit: u32) -> Fetched {
        let Some(row) = self.row(dialog) else { return Fetched::Refused };
        if self.seen(row).is_none() {
            return Fetched::Refused;
        }
        let wanted: Vec<_> =
            self.messages(dialog).iter().filter(|message| (from..=to).contains(&message.seq)).collect();
        let skip = wanted.len().saturating_sub(limit.min(FETCH_CAP) as usize);
        Fetched::History(wanted.into_iter().skip(skip).cloned().collect())
    }

    /// A fact of a newer hub, in the middle of the stream.
    pub fn say_unknown(&mut self) {
        // The content is private to the model, so it comes in the way it would from a socket.
        let unknown = serde_json::from_str("{\"change\":\"weather\",\"of\":{\"rain\":true}}");
        self.record(unknown.into_iter().collect());
    }

    /// Forgets how to replay everything up to the present.
    pub fn truncate_log(&mut self) {
        self.log_from = self.head().0;
    }

    /// Comes back with another event stream: positions start again and every row is renumbered.
    pub fn renumber(&mut self) {
        self.streams += 1;
        self.stream = cast::stream_id(self.streams);
        self.log.clear();
        for row in 0..self.rows.len() {
            self.record(Vec::new());
            let rev = self.head();
            let id = self.rows[row].dialog.id;
            self.rows[row].dialog.rev = rev;
            for message in self.messages.get_mut(&id).into_iter().flatten() {
                message.rev = rev;
            }
        }
        self.log_from = self.head().0;
    }
}
