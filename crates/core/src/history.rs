//! Fetching messages that the hub has and the cache does not.
//!
//! One fetch at a time per dialog, a few in all; a full page is never the end, so each page leads to the next until
//! nothing is missing. Knows numbers of messages; must not know who reads them.

use crate::{
    Fetched, Held,
    batch::Work,
    mirror::{Mirror, is_remains},
    mutants::{Mutant, Mutants},
};
use otklik_model::{DialogId, Message, Now, Tick};
use std::collections::{BTreeMap, BTreeSet};

/// Messages of one page.
pub(crate) const PAGE: u32 = 100;
/// Fetches in flight at a time.
const AT_ONCE: usize = 4;
/// Stretches asked for by the page that may wait.
const FILLS_MAX: usize = 64;
/// The pauses after a passing failure.
const PAUSE_MIN_MS: u64 = 1_000;
const PAUSE_MAX_MS: u64 = 30_000;

/// A fetch to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Want {
    /// Numbers the fetch.
    pub(crate) req: u64,
    /// Of this dialog.
    pub(crate) dialog: DialogId,
    /// First number.
    pub(crate) from: u32,
    /// Last number.
    pub(crate) upto: u32,
}

/// The history that is being fetched.
#[derive(Debug)]
pub(crate) struct History {
    last_req: u64,
    flying: BTreeMap<u64, Want>,
    /// Dialogs with a fetch in flight, or a page on its way to the disk.
    busy: BTreeSet<DialogId>,
    /// Dialogs whose newest block is to be made whole.
    chased: BTreeSet<DialogId>,
    /// Stretches the page asked for: gaps below the newest block.
    fills: BTreeSet<(DialogId, u32, u32)>,
    /// Dialogs of which the hub gives no more, until the next connection.
    barred: BTreeSet<DialogId>,
    retry_at: Option<Tick>,
    pause_ms: u64,
    mutants: Mutants,
}

impl History {
    /// Nothing to fetch.
    pub(crate) fn new() -> Self {
        Self {
            last_req: 0,
            flying: BTreeMap::new(),
            busy: BTreeSet::new(),
            chased: BTreeSet::new(),
            fills: BTreeSet::new(),
            barred: BTreeSet::new(),
            retry_at: None,
            pause_ms: PAUSE_MIN_MS,
            mutants: Mutants::default(),
        }
    }

    /// Builds in a fault.
    #[cfg(feature = "mutants")]
    pub(crate) fn set_mutants(&mut self, mutants: Mutants) {
        self.mutants = mutants;
    }

    /// The connection is gone, and all fetches with it. A page on its way to the disk still arrives.
    pub(crate) fn closed(&mut self) {
        for want in std::mem::take(&mut self.flying).into_values() {
            self.busy.remove(&want.dialog);
        }
        self.fills.clear();
        self.barred.clear();
        self.retry_at = None;
        self.pause_ms = PAUSE_MIN_MS;
    }

    /// Pages on their way to the disk were given up.
    pub(crate) fn pages_lost(&mut self) {
        self.busy = self.flying.values().map(|want| want.dialog).collect();
    }

    /// This dialog's history is to be whole.
    pub(crate) fn chase(&mut self, dialog: DialogId) {
        self.chased.insert(dialog);
    }

    /// The page asks for a stretch. False if it asks for too many.
    pub(crate) fn fill(&mut self, dialog: DialogId, from: u32, upto: u32) -> bool {
        let room = self.fills.len() < FILLS_MAX;
        if room {
            self.fills.insert((dialog, from, upto));
        }
        room
    }

    /// The next number of a fetch; whatever else is asked of the hub takes its number here too.
    pub(crate) fn next_req(&mut self) -> u64 {
        self.last_req += 1;
        self.last_req
    }

    /// The next fetch, if one is due.
    pub(crate) fn next(&mut self, mirror: &Mirror, shown: &BTreeSet<DialogId>, now: Now) -> Option<Want> {
        if self.flying.len() >= AT_ONCE || self.retry_at.is_some_and(|at| at > now.tick) {
            return None;
        }
        self.retry_at = None;
        let (dialog, from, upto) =
            shown.iter().find_map(|id| self.next_chased(*id, mirror)).or_else(|| self.next_fill(mirror)).or_else(
                || {
                    // Whole histories are kept of what one leads or has open; the chase after others ends.
                    self.chased.retain(|dialog| shown.contains(dialog) || is_led(mirror, *dialog));
                    let chased: Vec<DialogId> = self.chased.iter().copied().collect();
                    chased.into_iter().find_map(|dialog| self.next_chased(dialog, mirror))
                },
            )?;
        let want = Want { req: self.next_req(), dialog, from, upto };
        self.flying.insert(want.req, want);
        self.busy.insert(dialog);
        Some(want)
    }

    /// What is missing of a chased dialog; it is chased no more once nothing is.
    fn next_chased(&mut self, dialog: DialogId, mirror: &Mirror) -> Option<(DialogId, u32, u32)> {
        if self.busy.contains(&dialog) || self.barred.contains(&dialog) || !self.chased.contains(&dialog) {
            return None;
        }
        let missing = mirror
            .dialogs
            .get(&dialog)
            .filter(|known| !is_remains(&known.row))
            .and_then(|known| known.blocks.missing(known.row.last_seq));
        if missing.is_none() {
            self.chased.remove(&dialog);
        }
        missing.map(|(from, upto)| (dialog, from, upto))
    }

    /// The next stretch the page asked for that has not come in the meantime.
    fn next_fill(&mut self, mirror: &Mirror) -> Option<(DialogId, u32, u32)> {
        self.fills.retain(|(dialog, from, upto)| {
            mirror.dialogs.get(dialog).is_some_and(|known| {
                let held = known.blocks.newest;
                !(held.from <= *from && *upto <= held.upto)
            })
        });
        while let Some(next) = self.fills.iter().find(|(dialog, ..)| !self.busy.contains(dialog)).copied() {
            self.fills.remove(&next);
            let (dialog, from, upto) = next;
            // What lies in the newest block is held; only what is below or above it can be missing.
            let held = mirror.dialogs.get(&dialog).map(|known| known.blocks.newest).unwrap_or_default();
            let upto = if held.from <= upto && upto <= held.upto { held.from.saturating_sub(1) } else { upto };
            if from <= upto {
                return Some((dialog, from, upto));
            }
        }
        None
    }

    /// A fetch was answered. A page becomes a work for the cache.
    pub(crate) fn answered(&mut self, req: u64, result: Fetched, now: Now) -> Option<Work> {
        let want = self.flying.remove(&req)?;
        match result {
            Fetched::History(messages) => {
                self.pause_ms = PAUSE_MIN_MS;
                let page = self.page(want, messages);
                if page.is_none() {
                    self.busy.remove(&want.dialog);
                    self.barred.insert(want.dialog);
                }
                page
            }
            Fetched::Retry => {
                self.busy.remove(&want.dialog);
                self.fills.insert((want.dialog, want.from, want.upto));
                self.retry_at = Some(now.tick.plus(self.pause_ms));
                self.pause_ms = self.pause_ms.saturating_mul(2).min(PAUSE_MAX_MS);
                None
            }
            Fetched::Refused => {
                self.busy.remove(&want.dialog);
                self.barred.insert(want.dialog);
                None
            }
        }
    }

    /// Checks a page: only what was asked for, and unbroken from the top. A page that brings nothing of use ends
    /// the chase, else a hub that answers nonsense would be asked for ever.
    fn page(&mut self, want: Want, mut messages: Vec<Message>) -> Option<Work> {
        messages.retain(|message| {
            message.dialog == want.dialog && message.seq >= want.from && message.seq <= want.upto && message.seq > 0
        });
        messages.sort_by_key(|message| message.seq);
        messages.dedup_by_key(|message| message.seq);
        let last = messages.last()?.seq;
        let mut run = Held { from: last, upto: last };
        for message in messages.iter().rev().skip(1) {
            if message.seq + 1 != run.from {
                break;
            }
            run.from = message.seq;
        }
        if run.upto != want.upto {
            return None;
        }
        if self.mutants.is(Mutant::FullPageIsTheEnd) {
            run.from = want.from;
        }
        if run.from > want.from {
            // More is missing below; for what the chase covers this is asked once the page is stored.
            self.fills.insert((want.dialog, want.from, run.from - 1));
        }
        Some(Work::History { dialog: want.dialog, run, messages })
    }

    /// A page is in the cache.
    pub(crate) fn landed(&mut self, dialog: DialogId) {
        if !self.flying.values().any(|want| want.dialog == dialog) {
            self.busy.remove(&dialog);
        }
    }

    /// When to ask again after a passing failure.
    pub(crate) fn deadline(&self) -> Option<Tick> {
        self.retry_at
    }
}

/// Whether one leads this dialog.
fn is_led(mirror: &Mirror, dialog: DialogId) -> bool {
    mirror.row(dialog).is_some_and(|row| row.assignee == Some(mirror.me()) && !row.state.is_closed())
}

#[cfg(test)]
mod tests;
