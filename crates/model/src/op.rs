//! What an operator asks of the hub, and how the hub answers.

use crate::{
    ContactField, Customer, CustomerId, DepartmentKey, DialogId, FieldFault, FileId, MessageId, OperatorId,
    OperatorStatus, OwnTemplate, Seq, Stamp, StatusKey, TeamKey, Union,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An operation. Each travels with a [`crate::ClientId`]; the hub keeps the answer for that id, so a repeat gets the
/// first answer and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    /// Become the operator of a dialog. Compare-and-set on `epoch`.
    Accept {
        /// Which.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
    },
    /// Write to the customer.
    SendText {
        /// Where.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
        /// The words.
        text: String,
        /// The number of the message they answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quote: Option<u32>,
    },
    /// Write for operators only.
    SendNote {
        /// Where.
        dialog: DialogId,
        /// The words.
        text: String,
    },
    /// Everything up to this message was read. Moves forward only.
    MarkRead {
        /// Where.
        dialog: DialogId,
        /// The number of the last message read.
        upto: u32,
    },
    /// Close softly: writing re-opens.
    Close {
        /// Which.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
    },
    /// Give away.
    Transfer {
        /// Which.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
        /// To whom.
        to: TransferTarget,
    },
    /// Change one's own status to the first of this kind in the centre's dictionary.
    SetStatus {
        /// To this.
        status: OperatorStatus,
    },
    /// Change a status, one's own or, by right, somebody else's.
    ChooseStatus {
        /// To this one of the centre's dictionary.
        code: StatusKey,
        /// Whose; one's own if nobody is named.
        #[serde(default)]
        of: Option<OperatorId>,
    },
    /// Do not take an offered dialog: it goes to somebody else.
    Decline {
        /// Which.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
    },
    /// Put a dialog off.
    Hold {
        /// Which.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
        /// It wakes by itself then.
        #[serde(default)]
        until: Option<Stamp>,
        /// Why; at most 200 characters.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Take a dialog up again that was put off.
    Unhold {
        /// Which.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
    },
    /// Say what a dialog is about. Compare-and-set on nothing: the last word counts.
    SortDialog {
        /// Which.
        dialog: DialogId,
        /// The category's key; empty: none; absent: leave it as it is.
        #[serde(default)]
        category: Option<String>,
        /// The subject, at most 200 characters; absent: leave it.
        #[serde(default)]
        subject: Option<String>,
        /// The tags, all of them; absent: leave them.
        #[serde(default)]
        tags: Option<Vec<String>>,
    },
    /// Change the words of one's own message.
    EditMessage {
        /// Where.
        dialog: DialogId,
        /// The message's number.
        seq: u32,
        /// The new words.
        text: String,
    },
    /// Take back one's own message.
    DeleteMessage {
        /// Where.
        dialog: DialogId,
        /// The message's number.
        seq: u32,
    },
    /// Send a file that was uploaded before.
    SendFile {
        /// Where.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
        /// The uploaded file.
        file: FileId,
        /// A caption.
        #[serde(default)]
        text: String,
    },
    /// Ask the customer for contacts.
    RequestContact {
        /// Where.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
    },
    /// Send the customer, who is on the site now, to another page of it. Never done later: whoever comes back is where he
    /// wants to be.
    Teleport {
        /// Where.
        dialog: DialogId,
        /// The ownership epoch the operator saw.
        epoch: u64,
        /// The address of the page, at most 2,000 characters.
        address: String,
    },
    /// The customer may not write any more; his dialog is closed.
    Block {
        /// In which dialog it happened.
        dialog: DialogId,
        /// Until when; for ever, if it has no end.
        #[serde(default)]
        until: Option<Stamp>,
        /// Why; at most 200 characters.
        reason: String,
    },
    /// The customer may write again.
    Unblock {
        /// Who.
        customer: CustomerId,
    },
    /// Change what is known of the customer of a dialog. Fields that are absent stay as they are. Compare-and-set on
    /// the values that the operator saw, field by field.
    EditCustomer {
        /// In which dialog.
        dialog: DialogId,
        /// The new values.
        edit: CustomerEdit,
        /// What stood in their place when they were written; of a field that is absent here the last word counts.
        #[serde(default, skip_serializing_if = "CustomerEdit::is_empty")]
        was: Box<CustomerEdit>,
    },
    /// Have the conversation sent to one's own mailbox.
    SendTranscript {
        /// Which.
        dialog: DialogId,
    },
    /// Begin a dialog with a customer who is known.
    Invite {
        /// Whom.
        customer: CustomerId,
        /// The first words.
        text: String,
        /// The department it is for; the operator's own, if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        department: Option<DepartmentKey>,
    },
    /// Say that the customers of two dialogs are one person. Compare-and-set on the persons that the operator saw.
    JoinCustomers {
        /// A dialog of the one.
        dialog: DialogId,
        /// A dialog of the other.
        other: DialogId,
        /// Which values stay.
        union: Box<Union>,
        /// Whom the one was, as [`Customer::person`] has it.
        person: u64,
        /// Whom the other was.
        other_person: u64,
    },
    /// Undo that: a customer is somebody of his own again. Compare-and-set on the person that the operator saw.
    SeparateCustomer {
        /// A dialog of the person.
        dialog: DialogId,
        /// Who is somebody else.
        customer: CustomerId,
        /// Whom he was taken for, as [`Customer::person`] has it.
        person: u64,
    },
    /// Keep a ready answer of one's own, whatever stood under this name before.
    KeepTemplate {
        /// Its name, at most 100 characters.
        name: String,
        /// What it says.
        template: OwnTemplate,
    },
    /// Forget a ready answer of one's own.
    DropTemplate {
        /// Its name.
        name: String,
    },
    /// An operation of a newer client.
    #[serde(other)]
    Unknown,
}

impl Op {
    /// The dialog it concerns, if one.
    #[must_use]
    pub fn dialog(&self) -> Option<DialogId> {
        match self {
            Self::Accept { dialog, .. }
            | Self::SendText { dialog, .. }
            | Self::SendNote { dialog, .. }
            | Self::MarkRead { dialog, .. }
            | Self::Close { dialog, .. }
            | Self::Transfer { dialog, .. }
            | Self::Decline { dialog, .. }
            | Self::Hold { dialog, .. }
            | Self::Unhold { dialog, .. }
            | Self::SortDialog { dialog, .. }
            | Self::EditMessage { dialog, .. }
            | Self::DeleteMessage { dialog, .. }
            | Self::SendFile { dialog, .. }
            | Self::RequestContact { dialog, .. }
            | Self::Teleport { dialog, .. }
            | Self::Block { dialog, .. }
            | Self::EditCustomer { dialog, .. }
            | Self::JoinCustomers { dialog, .. }
            | Self::SeparateCustomer { dialog, .. }
            | Self::SendTranscript { dialog } => Some(*dialog),
            Self::SetStatus { .. }
            | Self::ChooseStatus { .. }
            | Self::Unblock { .. }
            | Self::Invite { .. }
            | Self::KeepTemplate { .. }
            | Self::DropTemplate { .. }
            | Self::Unknown => None,
        }
    }
}

/// New values of what is known of a customer; absent ones stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(default)]
pub struct CustomerEdit {
    /// The name, at most 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// E-mail; empty: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone; empty: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What operators wrote about the customer, at most 2,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The tags, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Values by name: those that change; empty: the value goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variables: Option<BTreeMap<String, String>>,
}

impl CustomerEdit {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This, and over it what is written later.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        let variables = match (self.variables, later.variables) {
            (Some(earlier), Some(later)) => Some(earlier.into_iter().chain(later).collect()),
            (earlier, later) => later.or(earlier),
        };
        Self {
            name: later.name.or(self.name),
            email: later.email.or(self.email),
            phone: later.phone.or(self.phone),
            comment: later.comment.or(self.comment),
            tags: later.tags.or(self.tags),
            variables,
        }
    }

    /// What stands in a customer in the place of the values of this; what is not there is empty, and so is a name that
    /// nobody gave.
    #[must_use]
    pub fn present(&self, customer: &Customer) -> Self {
        let known = &customer.particulars;
        let given = || if customer.named { customer.name.clone() } else { String::new() };
        let variable = |name: &String| (name.clone(), known.variables.get(name).cloned().unwrap_or_default());
        Self {
            name: self.name.as_ref().map(|_| given()),
            email: self.email.as_ref().map(|_| customer.email.clone().unwrap_or_default()),
            phone: self.phone.as_ref().map(|_| customer.phone.clone().unwrap_or_default()),
            comment: self.comment.as_ref().map(|_| known.comment.clone()),
            tags: self.tags.as_ref().map(|_| known.tags.clone()),
            variables: self.variables.as_ref().map(|values| values.keys().map(variable).collect()),
        }
    }

    /// Those of the present values that neither stood there when this was written nor are what it wants.
    #[must_use]
    pub fn overtaken(&self, was: &Self, present: Self) -> Self {
        let values = |wanted: &Option<BTreeMap<String, String>>, name: &String| {
            wanted.as_ref().and_then(|values| values.get(name).cloned())
        };
        let variables = present.variables.map(|mut present| {
            present.retain(|name, value| {
                let (saw, wants) = (values(&was.variables, name), values(&self.variables, name));
                saw.is_some_and(|saw| saw != *value) && wants.as_ref() != Some(value)
            });
            present
        });
        Self {
            name: overtaken(&self.name, &was.name, present.name),
            email: overtaken(&self.email, &was.email, present.email),
            phone: overtaken(&self.phone, &was.phone, present.phone),
            comment: overtaken(&self.comment, &was.comment, present.comment),
            tags: overtaken(&self.tags, &was.tags, present.tags),
            variables: variables.filter(|variables| !variables.is_empty()),
        }
    }
}

fn overtaken<T: PartialEq>(wants: &Option<T>, saw: &Option<T>, present: Option<T>) -> Option<T> {
    let changed = |present: &T| saw.as_ref().is_some_and(|saw| saw != present) && wants.as_ref() != Some(present);
    present.filter(changed)
}

/// Where a dialog is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum TransferTarget {
    /// Back to everybody.
    Queue,
    /// To one person, who has to accept.
    Operator {
        /// Whom.
        id: OperatorId,
        /// Without asking him, and whatever his limit and status say; needs a right of its own.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        force: bool,
    },
    /// To everybody of a department.
    Department {
        /// Which.
        key: DepartmentKey,
    },
    /// To everybody of a team.
    Team {
        /// Which.
        key: TeamKey,
    },
    /// To a bot, from this scenario on.
    Bot {
        /// Which.
        id: OperatorId,
        /// Where its script goes on; from the beginning, if it is not named.
        #[serde(default)]
        scenario: Option<String>,
    },
}

/// The hub's final answer to an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Done, and durable.
    Done {
        /// The event sequence at which it took effect (the workspace's head if nothing changed).
        at_seq: Seq,
        /// The message that was stored, for the operations that store one.
        message: Option<Stored>,
    },
    /// Not done, and will not be done for this id.
    Refused {
        /// Why.
        reason: Refusal,
    },
}

/// Where a sent message landed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The hub's id of it.
    pub id: MessageId,
    /// Its number in the dialog.
    pub seq: u32,
    /// When the hub stored it.
    pub at: Stamp,
}

/// Why the hub says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// Somebody was first.
    AlreadyAccepted {
        /// The winner's name.
        by: String,
    },
    /// Somebody else leads the dialog now, or nobody does.
    NotYourDialog {
        /// The present owner's name.
        owner: Option<String>,
    },
    /// The dialog is closed for good.
    DialogClosed,
    /// No such dialog, or not visible to this operator: the same answer, so that ids cannot be probed.
    NotFound,
    /// The rights do not cover it.
    Forbidden,
    /// The text has nothing to read in it.
    Empty,
    /// The text is too long.
    TooLong {
        /// The limit, in Unicode scalar values.
        max: u32,
    },
    /// The target of a transfer cannot take it.
    TargetUnavailable,
    /// He has as many dialogs as he may.
    LimitReached,
    /// His status does not allow it.
    WrongStatus,
    /// A category has to be chosen first.
    CategoryRequired,
    /// There is no such category, status, department or bot in the centre's configuration.
    NoSuchKey,
    /// The channel cannot carry it.
    ChannelCannot,
    /// The channel takes no words of ours any more: the customer wrote too long ago.
    WindowClosed,
    /// The customer is not on the site now.
    NotOnSite,
    /// It is no address of a page, or one with a password or a card number in it.
    BadAddress,
    /// The centre sends nobody to pages of this site, or to none at all.
    AddressNotAllowed,
    /// It is not his message, or not one that can be changed.
    NotYourMessage,
    /// Too long ago: it cannot be changed any more.
    TooLate,
    /// The customer is blocked.
    CustomerBlocked,
    /// The dialog is not in a state in which this makes sense.
    WrongState,
    /// The customer has an open dialog already.
    DialogOpen,
    /// Somebody changed the same meanwhile.
    Conflict {
        /// What stands there now, of the fields concerned.
        now: Box<CustomerEdit>,
    },
    /// The customers are one person already.
    SamePerson,
    /// Somebody joined or separated one of the customers meanwhile.
    Regrouped,
    /// There would be too many of something: customers of a person, tags, values.
    TooMany {
        /// The limit.
        max: u32,
    },
    /// The file is unknown, not uploaded by him, or was refused by the virus scanner.
    FileUnusable,
    /// He has no mailbox, or the hub cannot send mail.
    NoMailbox,
    /// A field of the form for contacts: a customer's, never an operator's.
    ContactField {
        /// Which.
        field: ContactField,
        /// What is wrong with it.
        fault: FieldFault,
    },
    /// As many wait in the department as may: no new dialog begins there now. A customer's, never an operator's.
    QueueFull,
    /// The operation is not one this hub knows, or its fields make no sense.
    Unsupported,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}
