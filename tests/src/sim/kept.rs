//! What the two files hold, as plain maps: the naive model of the stores, and the rules about what may leave them.

use otklik_core::{CacheWrite, Draft, OutboxItem, OutboxState, OwnWrite, SavedDialog, Settings};
use otklik_model::{ClientId, Cursor, DialogId, Message, MessageId, StagedId};
use std::collections::{BTreeMap, BTreeSet};

/// The committed state of one workplace.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Outbox rows.
    pub outbox: BTreeMap<ClientId, OutboxItem>,
    /// Drafts.
    pub drafts: BTreeMap<DialogId, Draft>,
    /// Files in trays, and whose tray it is.
    pub tray: BTreeMap<StagedId, DialogId>,
    /// Settings, if any were stored.
    pub settings: Option<Settings>,
    /// Messages that were alerted about.
    pub alerted: BTreeSet<MessageId>,
    /// Dialog rows.
    pub dialogs: BTreeMap<DialogId, SavedDialog>,
    /// Messages by dialog and number.
    pub messages: BTreeMap<(DialogId, u32), Message>,
    /// Writers' ids of messages that were ever in the cache: what the hub has can be had again.
    pub was_cached: BTreeSet<ClientId>,
    /// How far the cache has come.
    pub cursor: Option<Cursor>,
}

impl Kept {
    /// Applies writes to own.db.
    pub fn apply_own(&mut self, writes: &[OwnWrite]) {
        for write in writes {
            match write {
                OwnWrite::PutOutbox(item) => {
                    self.outbox.insert(item.client_id, item.clone());
                }
                OwnWrite::DropOutbox(id) => {
                    self.outbox.remove(id);
                }
                OwnWrite::PutDraft(draft) => {
                    self.drafts.insert(draft.dialog, draft.clone());
                }
                OwnWrite::DropDraft(dialog) => {
                    self.drafts.remove(dialog);
                }
                OwnWrite::PutTray(tray) => {
                    self.tray.insert(tray.file.id, tray.dialog);
                }
                OwnWrite::DropTray(file) => {
                    self.tray.remove(file);
                }
                OwnWrite::PutSettings(settings) => self.settings = Some(settings.clone()),
                OwnWrite::Alerted(message, _) => {
                    self.alerted.insert(*message);
                }
                OwnWrite::ForgetAlerts(_) => {}
            }
        }
    }

    /// cache.db begins anew. What was in it once is on the hub.
    pub fn erase_cache(&mut self) {
        self.dialogs.clear();
        self.messages.clear();
        self.cursor = None;
    }

    /// Applies writes to cache.db.
    pub fn apply_cache(&mut self, writes: &[CacheWrite]) {
        for write in writes {
            match write {
                CacheWrite::PutDialog(saved) => {
                    self.dialogs.insert(saved.dialog.id, (**saved).clone());
                }
                CacheWrite::DropDialog(id) => {
                    self.dialogs.remove(id);
                    self.messages.retain(|(dialog, _), _| dialog != id);
                }
                CacheWrite::PutMessage(message) => {
                    self.was_cached.extend(message.client_id);
                    let place = (message.dialog, message.seq);
                    let newer = self.messages.get(&place).is_none_or(|old| message.rev > old.rev);
                    if newer {
                        self.messages.insert(place, (**message).clone());
                    }
                }
                CacheWrite::PutCursor(cursor) => self.cursor = Some(*cursor),
                CacheWrite::DropCursor => self.cursor = None,
                CacheWrite::PutOperator(_)
                | CacheWrite::PutChannel(_)
                | CacheWrite::PutProfile(_)
                | CacheWrite::PutHandbook(_) => {}
            }
        }
    }

    /// A message with this client id is in the cache.
    #[must_use]
    pub fn has_message_of(&self, dialog: DialogId, id: ClientId) -> bool {
        self.messages.range((dialog, 0)..=(dialog, u32::MAX)).any(|(_, message)| message.client_id == Some(id))
    }

    /// The first item that should be moving: not parked itself, and not behind one of its dialog that waits for the
    /// operator's word.
    #[must_use]
    pub fn on_its_way(&self) -> Option<&OutboxItem> {
        let mut held = BTreeSet::new();
        self.outbox_in_order().into_iter().find(|item| match item.state {
            // Marks of what was read wait for nobody's word.
            OutboxState::Queued | OutboxState::Sending => item.op.text().is_none() || !held.contains(&item.dialog),
            OutboxState::Held { .. } => {
                held.insert(item.dialog);
                false
            }
            OutboxState::Stuck { .. } | OutboxState::NotTaken { .. } => false,
        })
    }

    /// The outbox in the order of pressing Enter.
    #[must_use]
    pub fn outbox_in_order(&self) -> Vec<&OutboxItem> {
        let mut items: Vec<_> = self.outbox.values().collect();
        items.sort_by_key(|item| item.order);
        items
    }
}
