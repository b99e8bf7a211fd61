//! Where each dialog stands in the lists, and the sums over them.
//!
//! Ordered indexes and running sums: one changed dialog costs a few steps down a tree, whatever the length of the
//! list. Knows places, no rows.

use crate::Counts;
use otklik_model::{DialogId, Section, Stamp};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// Rows of each section on a first screen: more than the highest window shows. What else there is follows it.
const FIRST_SCREEN: usize = 60;

/// Where a dialog stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// In which list.
    pub(crate) section: Section,
    /// Order in its section, ascending.
    pub(crate) sort: i64,
    /// Order in Open and All, descending.
    pub(crate) active_at: Stamp,
    /// Whether something is unread.
    pub(crate) unread: bool,
    /// Whether nobody is called for it, though it waits.
    pub(crate) suspicious: bool,
}

/// The lists.
#[derive(Debug, Default)]
pub(crate) struct Board {
    places: BTreeMap<DialogId, (Place, u64)>,
    waiting: BTreeSet<(i64, DialogId)>,
    mine: BTreeSet<(i64, DialogId)>,
    queue: BTreeSet<(i64, DialogId)>,
    offline_requests: BTreeSet<(i64, DialogId)>,
    /// How many of those that wait, and of the queue, call nobody.
    suspicious: [usize; 2],
    /// How many go on without one.
    elsewhere: usize,
    all: BTreeSet<(Reverse<Stamp>, DialogId)>,
    mine_unread: u32,
    rev: u64,
}

impl Board {
    /// A new revision of anything shown; growing.
    pub(crate) fn next_rev(&mut self) -> u64 {
        self.rev = self.rev.saturating_add(1);
        self.rev
    }

    /// The newest revision given out.
    pub(crate) fn rev(&self) -> u64 {
        self.rev
    }

    /// The revision of a row as it was last shown.
    pub(crate) fn rev_of(&self, id: DialogId) -> u64 {
        self.places.get(&id).map_or(0, |(_, rev)| *rev)
    }

    /// Puts a dialog where it belongs now. Returns the revision of its new row.
    pub(crate) fn put(&mut self, id: DialogId, place: Place) -> u64 {
        let rev = self.next_rev();
        match self.places.insert(id, (place, rev)) {
            Some((earlier, _)) if earlier == place => {}
            earlier => {
                if let Some((earlier, _)) = earlier {
                    self.unlist(id, earlier);
                }
                self.list(id, place);
            }
        }
        rev
    }

    /// Takes a dialog away. True if it was there.
    pub(crate) fn remove(&mut self, id: DialogId) -> bool {
        let place = self.places.remove(&id);
        if let Some((place, _)) = place {
            self.unlist(id, place);
        }
        place.is_some()
    }

    fn list(&mut self, id: DialogId, place: Place) {
        self.all.insert((Reverse(place.active_at), id));
        self.mine_unread += u32::from(place.section == Section::Mine && place.unread);
        self.elsewhere += usize::from(place.section == Section::Open);
        if let Some(suspicious) = self.suspicious_in(place) {
            *suspicious += 1;
        }
        if let Some(list) = self.list_of(place.section) {
            list.insert((place.sort, id));
        }
    }

    fn unlist(&mut self, id: DialogId, place: Place) {
        self.all.remove(&(Reverse(place.active_at), id));
        self.mine_unread -= u32::from(place.section == Section::Mine && place.unread);
        self.elsewhere -= usize::from(place.section == Section::Open);
        if let Some(suspicious) = self.suspicious_in(place) {
            *suspicious -= 1;
        }
        if let Some(list) = self.list_of(place.section) {
            list.remove(&(place.sort, id));
        }
    }

    /// The sum that such a dialog is in, if it calls nobody.
    fn suspicious_in(&mut self, place: Place) -> Option<&mut usize> {
        let [waiting, queue] = &mut self.suspicious;
        match place.section {
            Section::Waiting if place.suspicious => Some(waiting),
            Section::Queue if place.suspicious => Some(queue),
            Section::Waiting
            | Section::Queue
            | Section::Mine
            | Section::OfflineRequests
            | Section::Open
            | Section::All => None,
        }
    }

    /// The list of a section with an order of its own.
    fn list_of(&mut self, section: Section) -> Option<&mut BTreeSet<(i64, DialogId)>> {
        match section {
            Section::Waiting => Some(&mut self.waiting),
            Section::Mine => Some(&mut self.mine),
            Section::Queue => Some(&mut self.queue),
            Section::OfflineRequests => Some(&mut self.offline_requests),
            Section::Open | Section::All => None,
        }
    }

    /// The dialogs one leads.
    pub(crate) fn mine(&self) -> impl Iterator<Item = DialogId> {
        self.mine.iter().map(|(_, id)| *id)
    }

    /// The dialog that has waited longest, of those that call.
    pub(crate) fn first_waiting(&self) -> Option<DialogId> {
        // Those that call nobody stand behind all that do.
        let calls = |id: &DialogId| self.places.get(id).is_some_and(|(place, _)| !place.suspicious);
        self.waiting.first().map(|(_, id)| *id).filter(calls)
    }

    /// The first of one's own dialogs with something unread.
    pub(crate) fn first_unread(&self) -> Option<DialogId> {
        let unread = |id: &DialogId| self.places.get(id).is_some_and(|(place, _)| place.unread);
        if self.mine_unread == 0 { None } else { self.mine().find(unread) }
    }

    /// The sums, but for what is unsent or hidden.
    pub(crate) fn counts(&self) -> Counts {
        let (waiting, mine) = (count(self.waiting.len()), count(self.mine.len()));
        let [waiting_suspicious, queue_suspicious] = self.suspicious.map(count);
        let taken_or_not = [&self.waiting, &self.mine, &self.queue, &self.offline_requests];
        let counts = Counts {
            waiting,
            waiting_suspicious,
            mine,
            mine_unread: self.mine_unread,
            queue: count(self.queue.len()),
            queue_suspicious,
            offline_requests: count(self.offline_requests.len()),
            open: count(taken_or_not.into_iter().map(BTreeSet::len).sum::<usize>() + self.elsewhere),
            all: count(self.all.len()),
            hidden: 0,
            hidden_offline: 0,
            unsent: 0,
            badge: 0,
        };
        Counts { badge: self.mine_unread.saturating_add(counts.waiting_calls()), ..counts }
    }

    /// The dialogs of a first screen.
    pub(crate) fn first_screen(&self, shown: &BTreeSet<DialogId>) -> BTreeSet<DialogId> {
        let sections = [&self.waiting, &self.mine, &self.queue, &self.offline_requests];
        let first = sections.into_iter().flat_map(|list| list.iter().take(FIRST_SCREEN).map(|(_, id)| *id));
        let newest = self.all.iter().take(FIRST_SCREEN).map(|(_, id)| *id);
        let shown = shown.iter().copied().filter(|id| self.places.contains_key(id));
        first.chain(newest).chain(shown).collect()
    }

    /// All dialogs, those where something happened last first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = DialogId> {
        self.all.iter().map(|(_, id)| *id)
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
