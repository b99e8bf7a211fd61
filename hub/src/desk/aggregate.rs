//! One dialog with all that its rules need.

use otklik_model::{
    ChannelId, CloseReason, Customer, DepartmentKey, Dialog, DialogId, DialogState, OnlineState, OperatorId, Page,
    Presence, Stamp, TeamKey,
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
    /// When something happens in it by time, if nothing else does before: what [`super::deadline`] says.
    #[serde(default)]
    pub due_at: Option<Stamp>,
    /// What the rules remember beside the row.
    #[serde(default)]
    pub life: Life,
}

/// What the rules remember of a dialog beside its row: no operator is shown it as such.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Life {
    /// The customer had a dialog before this one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub wrote_before: bool,
    /// For which department the customer began it, before any script chose one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begun_for: Option<DepartmentKey>,
    /// The number of the customer's last message, if it ends in digits that the next one may go on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digits_at: Option<u32>,
    /// When the customer last said something: some channels carry nothing to whoever has been silent for long.
    pub customer_at: Option<Stamp>,
    /// Since when it has been nobody's, or only offered: the wait that distribution orders by.
    pub waiting_since: Option<Stamp>,
    /// Operators who were offered it and let it pass, or led it in silence, since it was last accepted.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub passed_by: BTreeSet<OperatorId>,
    /// How often it was missed in all: an offer let pass, or lost to another by silence.
    pub missed: u32,
    /// The operator who leads it has been silent for too long: distribution may offer it to somebody else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
    /// The hub has said that all are busy: once in a dialog.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub busy_said: bool,
    /// The hub has said that somebody will come: once in a wait.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub wait_said: bool,
    /// The dialog tells that the customer has left the site.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub left_said: bool,
    /// When anything last happened that puts off the close of an inactive dialog.
    pub active_at: Stamp,
    /// When it was last taken up again after it had been put off: what was put off was not silence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_up_at: Option<Stamp>,
    /// An operator asked for contacts, and none were given since.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub contacts_asked: bool,
    /// Since when a router or a bot has owed its answer.
    pub asked_at: Option<Stamp>,
    /// Where the bot's script goes on.
    pub scenario: Option<String>,
    /// The customer called for a person: no bot speaks in this dialog any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bot_silenced: bool,
    /// The operator who led it last.
    pub last_operator: Option<OperatorId>,
    /// It was re-opened: distribution gives it to this operator, who had it, before others.
    pub prefers: Option<OperatorId>,
    /// It was given to this operator, who is full: distribution keeps it for him.
    pub waits_for: Option<OperatorId>,
    /// It was given to this team: distribution gives it to others only while nobody of the team could be given it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_team: Option<TeamKey>,
    /// Whom a rating is about; nobody, after the dialog went back to everybody.
    pub rated_operator: Option<OperatorId>,
    /// The customer's mobile application can be reached by a push: the dialog is always online.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_push: bool,
}

/// Who answers a new dialog first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// An outside router says where it goes.
    Router,
    /// A bot, whatever it carries.
    Bot {
        /// Which.
        id: OperatorId,
    },
    /// Whoever takes it.
    Queue,
    /// The operator who begins it himself.
    Invitation,
}

/// How its customer is reached when a dialog begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A page of his is connected.
    Here,
    /// By a push to his mobile application, wherever he is.
    ByPush,
    /// Not at all, until he comes.
    Away,
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
    /// Whether an operator is online for its department and language: fixes the start state.
    pub operator_online: bool,
    /// Whether the customer had a dialog before.
    pub wrote_before: bool,
    /// When he last said something, in whichever dialog.
    pub customer_at: Option<Stamp>,
    /// The department it is for.
    pub department: Option<DepartmentKey>,
    /// What it weighs, in hundredths of an ordinary dialog.
    pub weight: u32,
    /// Who answers first.
    pub start: Start,
    /// It is one of a flood: see [`Dialog::suspicious`].
    pub suspicious: bool,
    /// How its customer is reached.
    pub reach: Reach,
    /// Now.
    pub at: Stamp,
}

/// What visibility and rights depend on. Kept in the log: only add to it, with a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Where the dialog stands.
    pub state: DialogState,
    /// Who has it.
    pub assignee: Option<OperatorId>,
    /// Whose department's it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentKey>,
    /// The customer's language, as the first part of a BCP 47 tag in small letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The customer is one whom not everybody sees.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restricted: bool,
    /// The customer is away: an unassigned dialog waits among the offline requests.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub offline: bool,
    /// Its customer closed it himself, softly: he may go on with it, and nobody else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// A page of its customer's is connected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_site: bool,
}

impl Standing {
    /// Of a dialog's row.
    #[must_use]
    pub fn of(row: &Dialog) -> Self {
        let primary = |tag: &String| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Self {
            state: row.state,
            assignee: row.assignee,
            department: row.department.clone(),
            language: row.customer.language.as_ref().map(primary),
            restricted: row.customer.particulars.restricted,
            offline: row.current_state == OnlineState::Offline,
            left: row.state == DialogState::ClosedSoft && row.close_reason == Some(CloseReason::Customer),
            on_site: row.presence == Presence::OnSite,
        }
    }

    /// Whether nobody has it yet: it waits for anybody, or a program leads it.
    #[must_use]
    pub fn is_untaken(&self) -> bool {
        match self.state {
            DialogState::Queue | DialogState::Routing | DialogState::Bot => self.assignee.is_none(),
            DialogState::Offered
            | DialogState::Active
            | DialogState::Hold
            | DialogState::Invitation
            | DialogState::ClosedSoft
            | DialogState::Closed
            | DialogState::Deleted
            | DialogState::Unknown => false,
        }
    }
}

impl DialogAggregate {
    /// A dialog before its first message. It gets its number when it is stored.
    #[must_use]
    pub fn begin(beginning: Beginning) -> Self {
        let Beginning {
            id,
            channel,
            customer,
            page,
            operator_online,
            wrote_before,
            customer_at,
            department,
            weight,
            start,
            suspicious,
            reach,
            at,
        } = beginning;
        let start_state = if operator_online { OnlineState::Online } else { OnlineState::Offline };
        let (state, bot) = match start {
            Start::Router => (DialogState::Routing, None),
            Start::Bot { id } => (DialogState::Bot, Some(id)),
            Start::Queue => (DialogState::Queue, None),
            Start::Invitation => (DialogState::Invitation, None),
        };
        let new = Dialog::new(id, channel, customer, at);
        // Whoever a push reaches counts as being here.
        let (presence, current_state) = match reach {
            Reach::Here | Reach::ByPush => (new.presence, new.current_state),
            Reach::Away => (Presence::Offline, OnlineState::Offline),
        };
        let new = Dialog { presence, current_state, ..new };
        let row = Dialog { state, bot, start_state, page, department, weight, suspicious, ..new };
        let life = Life {
            wrote_before,
            customer_at,
            waiting_since: (state == DialogState::Queue).then_some(at),
            asked_at: matches!(state, DialogState::Routing | DialogState::Bot).then_some(at),
            active_at: at,
            has_push: reach == Reach::ByPush,
            ..Life::default()
        };
        Self { row, version: 0, unread_runs: Vec::new(), led_by: BTreeSet::new(), due_at: None, life }
    }

    /// Whose it is or who is offered it, while it is open.
    #[must_use]
    pub fn open_with(&self) -> Option<OperatorId> {
        self.row.assignee.filter(|_| self.row.closed_at.is_none())
    }

    /// Whether it waits in the queue for somebody who is called for it.
    #[must_use]
    pub fn calls(&self) -> bool {
        self.row.state == DialogState::Queue && !self.row.suspicious
    }

    /// Whether it waits in the shadow: in the queue, and one of a flood.
    #[must_use]
    pub fn waits_suspicious(&self) -> bool {
        self.row.state == DialogState::Queue && self.row.suspicious
    }

    /// What visibility depends on.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing::of(&self.row)
    }
}
