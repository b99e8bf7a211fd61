//! One dialog with all that its rules need.

use otklik_model::{
    Awaiting, Can, ChannelId, Customer, Dialog, DialogId, DialogState, OnlineState, OperatorId, Page, Presence, Seq,
    Stamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One dialog as the hub keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialogAggregate {
    /// The row, as nobody in particular sees it: `can` is empty, and is computed for each reader.
    pub row: Dialog,
    /// How often it was stored; 0: never. A commit names the version it decided on.
    pub version: u64,
    /// The customer's messages that no operator has read, as runs of numbers, both ends included.
    pub unread_runs: Vec<(u32, u32)>,
    /// Everybody who ever led it: they may be told who leads it now, and leave a note.
    pub led_by: BTreeSet<OperatorId>,
}

/// What a new dialog begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// Its id.
    pub id: DialogId,
    /// Where the customer writes from.
    pub channel: ChannelId,
    /// Who writes.
    pub customer: Customer,
    /// The page the customer is on.
    pub page: Option<Page>,
    /// Whether an operator is online: fixes the start state.
    pub operator_online: bool,
    /// Now.
    pub at: Stamp,
}

/// What visibility depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Where the dialog stands.
    pub state: DialogState,
    /// Who has it.
    pub assignee: Option<OperatorId>,
}

impl DialogAggregate {
    /// A dialog before its first message. It gets its number when it is stored.
    #[must_use]
    pub fn begin(beginning: Beginning) -> Self {
        let Beginning { id, channel, customer, page, operator_online, at } = beginning;
        let start_state = if operator_online { OnlineState::Online } else { OnlineState::Offline };
        let row = Dialog {
            id,
            number: 0,
            channel,
            customer,
            state: DialogState::Queue,
            start_state,
            current_state: OnlineState::Online,
            presence: Presence::OnSite,
            assignee: None,
            assignee_name: None,
            epoch: 0,
            rev: Seq(0),
            last_seq: 0,
            last: None,
            awaiting: Awaiting::Nobody,
            awaiting_since: None,
            unread: 0,
            read_by_operator: 0,
            delivered_to_customer: 0,
            read_by_customer: 0,
            page,
            created_at: at,
            accepted_at: None,
            closed_at: None,
            close_reason: None,
            can: Can::default(),
        };
        Self { row, version: 0, unread_runs: Vec::new(), led_by: BTreeSet::new() }
    }

    /// What visibility depends on.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing { state: self.row.state, assignee: self.row.assignee }
    }
}
