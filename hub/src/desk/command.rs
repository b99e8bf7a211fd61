//! What is asked of a dialog.

use super::Timer;
use crate::centre::{Centre, Grants, rule_key};
use otklik_model::{
    Attachment, Block, Channel, ClientId, Customer, CustomerEdit, DepartmentKey, FileState, MAX_TEXT_CHARS, Message,
    MessageId, OperatorId, Page, Spot, Stamp, TeamKey, Transport,
};
use std::sync::Arc;

/// The operator who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub id: OperatorId,
    /// The name that is written into messages.
    pub name: String,
    /// What he may do, and how far it reaches.
    pub grants: Grants,
}

/// Somebody to give a dialog to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Who, and what he may see. Shared: distribution gives out thousands of dialogs at once.
    pub who: Arc<Actor>,
    /// Online, and not disabled.
    pub available: bool,
    /// What he still may carry; [`otklik_model::ORDINARY_WEIGHT`] is one ordinary dialog.
    pub room: u32,
}

/// A program that answers under an operator's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotFace {
    /// The account.
    pub id: OperatorId,
    /// The name.
    pub name: String,
}

/// Where a dialog is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Back to everybody.
    Queue,
    /// To this person, who has to accept.
    Operator(Colleague),
    /// To this person, whatever his limit and status say and without asking him.
    Forced(Colleague),
    /// To somebody who does not exist, or does not work here any more.
    Stranger,
    /// To everybody of a department.
    Department(DepartmentKey),
    /// To everybody of a team, for as long as one of them could be given it.
    Team(TeamKey),
    /// To a bot.
    Bot {
        /// Which; nothing, if it is none of the centre's.
        bot: Option<BotFace>,
        /// Where its script goes on; from the beginning, if it is not named.
        scenario: Option<String>,
    },
}

/// What an operator's status lets him take from the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    /// Everything.
    All,
    /// Offline requests only.
    OfflineRequests,
    /// Only what was offered to him before.
    Nothing,
}

/// Why an operator cannot go on with his dialogs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// He takes no new ones: what he is offered goes back.
    WentOffline,
    /// The same by his own doing, or by doing nothing: what waits for nobody is closed as well, if the centre wants it.
    WentByHimself,
    /// He did nothing for too long and is on a break: what waits for nobody is closed, if the centre wants it.
    Idle,
    /// His connection was lost for longer than the grace: what he leads goes back as well.
    SessionLost,
}

/// What is asked. A closed list: what operators ask over their protocol, what customers' pages and bots do, what the
/// centre does by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Become its operator; take over from a bot; take up one that was closed softly.
    Accept {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
        /// What his status lets him take.
        taking: Taking,
    },
    /// Do not take what was offered.
    Decline {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
    },
    /// Write to the customer.
    SendText {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
        /// The words.
        text: String,
        /// His id of the message.
        client: ClientId,
        /// The number of the message they answer; [`Moment::named`] is that message.
        quote: Option<u32>,
    },
    /// Write for operators.
    SendNote {
        /// Who asks.
        by: Actor,
        /// The words.
        text: String,
        /// His id of the message.
        client: ClientId,
    },
    /// Send a file.
    SendFile {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
        /// The file; nothing, if he may not use it.
        file: Option<Box<Attachment>>,
        /// The caption; may be empty.
        text: String,
        /// His id of the message.
        client: ClientId,
    },
    /// Ask for contacts.
    RequestContact {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
        /// His id of the message.
        client: ClientId,
    },
    /// Send the customer to another page.
    Teleport {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
        /// The page's address.
        address: String,
    },
    /// Everything up to here was read.
    MarkRead {
        /// Who asks.
        by: Actor,
        /// Number of the message.
        upto: u32,
    },
    /// Close softly; what the customer closed, for good.
    Close {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
    },
    /// Give away.
    Transfer {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
        /// To whom.
        to: Target,
    },
    /// Put off.
    Hold {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
        /// It wakes by itself then.
        until: Option<Stamp>,
        /// Why.
        reason: Option<String>,
    },
    /// Take up again what was put off.
    Unhold {
        /// Who asks.
        by: Actor,
        /// The epoch he saw.
        epoch: u64,
    },
    /// Say what it is about.
    Sort {
        /// Who asks.
        by: Actor,
        /// The category's key; empty: none; absent: as it is.
        category: Option<String>,
        /// The subject; absent: as it is.
        subject: Option<String>,
        /// The tags, all of them; absent: as they are.
        tags: Option<Vec<String>>,
    },
    /// Change the words of one's own message: [`Moment::named`].
    EditMessage {
        /// Who asks.
        by: Actor,
        /// The message's number.
        seq: u32,
        /// The new words.
        text: String,
    },
    /// Take back one's own message: [`Moment::named`].
    DeleteMessage {
        /// Who asks.
        by: Actor,
        /// The message's number.
        seq: u32,
    },
    /// The customer may not write any more.
    Block {
        /// Who asks.
        by: Actor,
        /// Until when; for ever, if it has no end.
        until: Option<Stamp>,
        /// Why.
        reason: String,
    },
    /// Change what is known of the customer.
    EditCustomer {
        /// Who asks.
        by: Actor,
        /// The new values.
        edit: CustomerEdit,
        /// What he saw in their place.
        was: Box<CustomerEdit>,
    },
    /// Begin a dialog with a customer: asked of a new one that starts as an invitation.
    Invite {
        /// Who asks.
        by: Actor,
        /// The first words.
        text: String,
        /// His id of the message.
        client: ClientId,
    },

    /// The customer writes.
    CustomerWrites {
        /// The words.
        text: String,
        /// The page's id of the message.
        client: ClientId,
    },
    /// The customer sends a file.
    CustomerSendsFile {
        /// The file; nothing, if he may not use it.
        file: Option<Box<Attachment>>,
        /// The caption; may be empty.
        text: String,
        /// The page's id of the message.
        client: ClientId,
    },
    /// The customer sends a picture in the place of words.
    CustomerSendsSticker {
        /// The picture; nothing, if he may not use it.
        file: Option<Box<Attachment>>,
        /// What it stands for; may be empty.
        emoji: String,
        /// The page's id of the message.
        client: ClientId,
    },
    /// The customer shares a place.
    CustomerSendsPlace {
        /// Where it is.
        spot: Spot,
        /// What it is called; may be empty.
        title: String,
        /// The page's id of the message.
        client: ClientId,
    },
    /// The customer leaves contacts.
    CustomerGivesContacts {
        /// Name, e-mail and phone; the rest is not looked at.
        contacts: CustomerEdit,
        /// The page's id of the message.
        client: ClientId,
    },
    /// The customer ends it.
    CustomerCloses,
    /// The customer rates it. The last rating counts.
    CustomerRates {
        /// 1 to 5.
        stars: u8,
        /// In the customer's words.
        note: Option<String>,
        /// Answers of the survey.
        answers: Vec<String>,
    },
    /// How far messages have come to the customer.
    CustomerSaw {
        /// Received by the page.
        delivered: u32,
        /// Seen by the person.
        read: u32,
    },
    /// The customer's page is connected.
    CustomerCame,
    /// It no longer is, for longer than a reload takes.
    CustomerLeft,
    /// The customer went to another page.
    CustomerMoved(Page),
    /// The customer's mobile application can be reached by a push, or no longer.
    CustomerPush {
        /// Whether it can.
        on: bool,
    },

    /// A bot says something to the customer.
    BotSays {
        /// Which.
        bot: BotFace,
        /// The epoch it saw.
        epoch: u64,
        /// The words.
        text: String,
        /// Answers to choose from; none: plain words.
        answers: Vec<String>,
    },
    /// A bot calls for people.
    BotHandsOver {
        /// Which.
        bot: BotFace,
        /// The epoch it saw.
        epoch: u64,
        /// Where to.
        to: Target,
        /// The customer does not want bots: none speaks in this dialog any more.
        silenced: bool,
    },
    /// A bot has done its work.
    BotCloses {
        /// Which.
        bot: BotFace,
        /// The epoch it saw.
        epoch: u64,
    },

    /// The centre's distribution gives it: one that is nobody's, or whose operator is silent ([`super::Life::silent`]).
    Distribute {
        /// The epoch it saw.
        epoch: u64,
        /// To whom.
        to: Target,
    },
    /// An operator cannot go on.
    Release {
        /// Who.
        operator: OperatorId,
        /// Why.
        why: Leaving,
    },
    /// An operator's account was removed.
    OperatorRemoved {
        /// Whose.
        operator: OperatorId,
    },
    /// The customer was blocked elsewhere, in another dialog of the same person or in none: this one is closed as well.
    BlockedElsewhere {
        /// The name of whoever blocked him.
        by: String,
        /// The block.
        block: Block,
    },
    /// What is known of the customer was changed elsewhere: his copy in this dialog follows.
    LearnCustomer(Box<Customer>),
    /// The virus scanner has answered, or the term of keeping is over: about the file of [`Moment::named`].
    SettleFile {
        /// The message's number.
        seq: u32,
        /// What it is from now on.
        state: FileState,
        /// Width and height, of an image that has a thumbnail.
        pixels: Option<(u32, u32)>,
    },
    /// A time-out: does what is due, and nothing if it no longer is.
    TimeOut(Timer),
    /// The centre's time-outs may have changed: reckon anew when something happens by time.
    Reckon,
}

/// What the channel of a dialog can carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// The key of its rules in the centre's document.
    pub key: &'static str,
    /// The longest text that it carries, in Unicode scalar values; the centre's rules may want shorter ones.
    pub text_chars: u32,
    /// How it carries messages.
    pub transport: Transport,
}

impl Carrier {
    /// What a channel can carry.
    #[must_use]
    pub fn of(channel: &Channel) -> Self {
        let Channel { transport, .. } = channel;
        Self { key: rule_key(*transport), text_chars: MAX_TEXT_CHARS, transport: *transport }
    }
}

/// What a decision takes from outside.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Now.
    pub now: Stamp,
    /// Fresh ids: one decision writes so many messages at most.
    pub ids: [MessageId; 4],
    /// The centre's configuration.
    pub centre: &'a Centre,
    /// The dialog's channel.
    pub carrier: &'a Carrier,
    /// The message that the command names, as it is stored; nothing, if there is none or no such one. Of a customer's
    /// words it is [`super::Life::digits_at`].
    pub named: Option<&'a Message>,
}
