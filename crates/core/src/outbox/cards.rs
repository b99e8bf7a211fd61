//! Changes of what is known of customers: they wait for a connection as words do, but apart from them.
//!
//! Knows what was put right and what it was made on. Whether somebody else did the same meanwhile is the hub's to say.

use super::{Entry, Outbox, Stage};
use crate::OutboxState;
use otklik_model::{ClientId, DialogId, Seq};

impl Outbox {
    /// Changes of a dialog's customer that are not known to be in its row yet, in the order they were made.
    pub(crate) fn cards_of(&self, dialog: DialogId) -> impl Iterator<Item = &Entry> {
        let lane = self.lanes.get(&dialog).into_iter().flatten();
        let cards = lane.filter_map(|(_, id)| self.entries.get(id)).filter(|entry| entry.is_card());
        cards.filter(|entry| !entry.landed && entry.stage != Stage::New)
    }

    /// The dialog's last change, if it never left this machine: the next one is put into it.
    pub(crate) fn raisable_card(&self, dialog: DialogId) -> Option<&Entry> {
        self.cards_of(dialog).last().filter(|entry| {
            entry.stage == Stage::Resting && entry.item.attempts == 0 && entry.item.state == OutboxState::Queued
        })
    }

    /// The cache has come so far, or is a snapshot: changes that the hub made before are in the rows. Returns where.
    pub(crate) fn settle_cards(&mut self, position: Option<Seq>, is_snapshot: bool) -> Vec<DialogId> {
        let seen = |entry: &Entry| {
            let told = entry.told_at.is_some_and(|at| is_snapshot || position >= Some(at));
            told && entry.stage == Stage::Answered && !entry.landed
        };
        let landed: Vec<ClientId> = self.entries.iter().filter(|(_, entry)| seen(entry)).map(|(id, _)| *id).collect();
        let mut dialogs = Vec::new();
        for id in landed {
            if let Some(entry) = self.entries.get_mut(&id) {
                entry.landed = true;
                dialogs.push(entry.item.dialog);
                self.todo.insert(id);
            }
        }
        dialogs
    }
}
