//! The simulated hub: the contract of [`otklik_core::LinkInput`] and [`otklik_core::Effect`], and nothing else.
//!
//! It is an implementation of its own, shorter and stricter than the real one, so that a mistake shared by core and
//! hub cannot hide. It is durable: what it answered, it keeps. It sees the world through Ира's eyes, because she is the
//! only one under test.

mod log;
mod ops;
mod rewording;
mod rows;

pub use log::Reach;
pub use rows::Row;

use super::{cast, plan::HubMutant};
use otklik_core::Profile;
use otklik_model::{
    Change, Channel, ClientId, Dialog, DialogId, Limits, Message, MessageId, Operator, OperatorStatus, Outcome, Right,
    Rights, Seq, Stamp, Transport,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The most messages one fetch brings.
pub const FETCH_CAP: u32 = 100;

/// What the protocol leaves open, and hubs therefore do differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Habits {
    /// Ира's rights include seeing other operators' dialogs.
    pub sees_others: bool,
    /// A stored message and its dialog's new row share one position.
    pub joint: bool,
    /// The row comes before the message.
    pub row_first: bool,
    /// A customer's words give a closed dialog back to its last operator; else to the queue.
    pub reopens_to_last: bool,
}

/// Everything the hub knows.
#[derive(Clone, Debug)]
pub struct Hub {
    stream: Uuid,
    streams: u64,
    /// Events before this position can no longer be replayed.
    log_from: u64,
    /// What each position means to Ира; nothing: it concerns others.
    log: Vec<Vec<Change>>,
    rows: Vec<Row>,
    messages: BTreeMap<DialogId, Vec<Message>>,
    /// What messages said before their words were changed, oldest first.
    former: BTreeMap<MessageId, Vec<String>>,
    message_ids: u64,
    /// So many commands are refused whatever they are.
    pub refuses: u8,
    /// The first answer to each command.
    ledger: BTreeMap<ClientId, Outcome>,
    ira_status: OperatorStatus,
    habits: Habits,
    mutant: Option<HubMutant>,
    /// The wall clock of the hub, set before each step.
    pub(super) now: Stamp,
}

impl Hub {
    /// A hub without a single dialog.
    #[must_use]
    pub fn new(habits: Habits, mutant: Option<HubMutant>) -> Self {
        Self {
            stream: cast::stream_id(1),
            streams: 1,
            log_from: 0,
            log: Vec::new(),
            rows: Vec::new(),
            messages: BTreeMap::new(),
            former: BTreeMap::new(),
            message_ids: 0,
            refuses: 0,
            ledger: BTreeMap::new(),
            habits,
            ira_status: OperatorStatus::Online,
            mutant,
            now: Stamp(cast::MORNING),
        }
    }

    /// What time it is here.
    #[must_use]
    pub fn clock(&self) -> Stamp {
        self.now
    }

    /// Who Ира is here.
    #[must_use]
    pub fn profile(&self) -> Profile {
        let mut rights: Rights =
            [Right::Accept, Right::SeeQueue, Right::CloseOwn, Right::TransferOwn, Right::Note].into_iter().collect();
        if self.habits.sees_others {
            rights.insert(Right::SeeOthers);
        }
        Profile { me: self.ira(), desk: "Стол".to_owned(), rights, limits: Limits::default() }
    }

    fn ira(&self) -> Operator {
        Operator::new(cast::IRA, cast::IRA_NAME.to_owned(), self.ira_status)
    }

    /// The directory.
    #[must_use]
    pub fn operators(&self) -> Vec<Operator> {
        let oleg = Operator::new(cast::OLEG, cast::OLEG_NAME.to_owned(), OperatorStatus::Online);
        vec![self.ira(), oleg]
    }

    /// The channels.
    #[must_use]
    pub fn channels(&self) -> Vec<Channel> {
        vec![Channel {
            id: cast::SITE,
            name: "Сайт".to_owned(),
            transport: Transport::Widget,
            text_chars: 4_000,
            page: None,
        }]
    }

    /// Every dialog that Ира may see, by id.
    #[must_use]
    pub fn visible(&self) -> Vec<Dialog> {
        self.rows.iter().filter_map(|row| self.seen(row)).collect()
    }

    /// The messages of a dialog, number 1 first.
    #[must_use]
    pub fn messages(&self, dialog: DialogId) -> &[Message] {
        self.messages.get(&dialog).map_or(&[], Vec::as_slice)
    }

    /// Every message, by dialog.
    pub fn all_messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.values().flatten()
    }

    /// The answer given to a command, if it was ever decided.
    #[must_use]
    pub fn answer(&self, id: ClientId) -> Option<&Outcome> {
        self.ledger.get(&id)
    }

    /// The event stream.
    #[must_use]
    pub fn stream(&self) -> Uuid {
        self.stream
    }

    /// The newest position.
    #[must_use]
    pub fn head(&self) -> Seq {
        Seq(self.log.len() as u64)
    }

    /// A dialog's row as the hub keeps it.
    #[must_use]
    pub fn row(&self, dialog: DialogId) -> Option<&Row> {
        self.rows.iter().find(|row| row.dialog.id == dialog)
    }
}

#[cfg(test)]
mod tests;
