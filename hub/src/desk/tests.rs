//! The rules as stories in a table, and as properties of any sequence of commands.

#![expect(clippy::wildcard_enum_match_arm, reason = "a table of tries names what it is about, not all else")]

mod flood;
mod life;
mod policy;
mod properties;
mod refusals;
mod shared;
mod stories;
mod table;
mod teleport;
mod tries;

use super::*;
use crate::centre::{Centre, Grants};
use otklik_model::{
    Attachment, ChannelId, ClientId, Customer, CustomerId, DialogId, FileId, FileState, Message, MessageId, OperatorId,
    Particulars, Refusal, Right, Stamp,
};
use uuid::Uuid;

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn operator(number: u128, name: &str, rights: &[Right]) -> Actor {
    Actor {
        id: OperatorId(uuid(number)),
        name: name.to_owned(),
        grants: Grants::everywhere(&rights.iter().copied().collect()),
    }
}

const USUAL: [Right; 5] = [Right::Accept, Right::SeeOthers, Right::CloseOwn, Right::TransferOwn, Right::Note];

fn ira() -> Actor {
    operator(1, "Ира", &USUAL)
}

fn oleg() -> Actor {
    operator(2, "Олег", &USUAL)
}

/// Sees nothing that others lead.
fn newcomer() -> Actor {
    operator(3, "Нина", &[Right::Accept, Right::CloseOwn])
}

/// May do everything.
fn senior() -> Actor {
    let more = [
        Right::TransferOthers,
        Right::Assign,
        Right::ForceAssign,
        Right::CloseOthers,
        Right::AnswerOthers,
        Right::EditOwn,
        Right::DeleteOwn,
        Right::Sort,
        Right::EditCustomer,
        Right::Block,
        Right::Unblock,
        Right::RequestContact,
        Right::SendFile,
        Right::Invite,
        Right::SeeRatings,
        Right::SeeRestricted,
    ];
    operator(4, "Вера", &[USUAL.as_slice(), &more].concat())
}

/// Somebody online who has room.
fn free(who: Actor) -> Colleague {
    Colleague { who: who.into(), available: true, room: u32::MAX }
}

fn colleague(actor: &Actor) -> Target {
    Target::Operator(free(actor.clone()))
}

/// A page that customers are sent to.
const PAY: &str = "https://shop.example.org/pay";

/// A picture that somebody sends.
fn picture(state: FileState) -> Attachment {
    Attachment {
        id: FileId(uuid(80)),
        name: "cat.png".into(),
        media: "image/png".into(),
        size: 1_000,
        state,
        pixels: None,
    }
}

/// A dialog under test, its clock and its messages.
#[derive(Clone)]
struct Desk {
    dialog: DialogAggregate,
    clock: i64,
    messages: Vec<Message>,
    centre: Centre,
    carrier: Carrier,
}

impl Desk {
    fn new() -> Self {
        Self::starting(Start::Queue)
    }

    fn starting(start: Start) -> Self {
        let customer = Customer {
            id: CustomerId(uuid(50)),
            name: "Customer 1".into(),
            number: 1,
            named: false,
            email: None,
            phone: None,
            language: None,
            particulars: Particulars::default(),
        };
        let dialog = DialogAggregate::begin(Beginning {
            id: DialogId(uuid(60)),
            channel: ChannelId(uuid(70)),
            customer,
            page: None,
            operator_online: true,
            wrote_before: false,
            customer_at: None,
            department: None,
            weight: otklik_model::ORDINARY_WEIGHT,
            start,
            suspicious: false,
            reach: Reach::Here,
            at: Stamp(0),
        });
        let carrier = Carrier { key: crate::centre::SITE, text_chars: 100, transport: otklik_model::Transport::Widget };
        Self { dialog, clock: 0, messages: Vec::new(), centre: Centre::default(), carrier }
    }

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        let id = |nth: usize| MessageId(uuid(1000 + 4 * u128::from(self.clock.unsigned_abs()) + nth as u128));
        let named = match &command {
            Command::SendText { quote, .. } => *quote,
            Command::EditMessage { seq, .. } | Command::DeleteMessage { seq, .. } | Command::SettleFile { seq, .. } => {
                Some(*seq)
            }
            Command::CustomerWrites { .. } => self.dialog.life.digits_at,
            _ => None,
        };
        let moment = Moment {
            now: Stamp(self.clock),
            ids: std::array::from_fn(id),
            centre: &self.centre,
            carrier: &self.carrier,
            named: named.and_then(|seq| self.messages.iter().find(|message| message.seq == seq)),
        };
        decide(&self.dialog, command, &moment)
    }

    /// Decides and applies. Returns how many events came of it.
    fn run(&mut self, command: Command) -> Result<usize, Refusal> {
        self.clock += 1;
        let events = self.decide(command)?;
        for event in &events {
            match event {
                Event::MessageAdded(message) => self.messages.push((**message).clone()),
                Event::MessageChanged(message) => {
                    let old = self.messages.iter_mut().find(|old| old.seq == message.seq).expect("it was written");
                    *old = (**message).clone();
                }
                _ => {}
            }
            self.dialog.apply(event);
        }
        self.dialog.due_at = deadline(&self.dialog, &self.centre).map(|(at, _)| at);
        self.dialog.version += u64::from(!events.is_empty());
        Ok(events.len())
    }

    /// Lets time pass until the next time-out, which has to be this one, and lets it fire.
    fn wait_until_due(&mut self, expected: Timer) {
        let (at, timer) = deadline(&self.dialog, &self.centre).expect("something happens by time");
        assert_eq!(timer, expected);
        self.clock = at.0 - 1;
        assert_ne!(self.run(Command::TimeOut(timer)), Ok(0), "it fires when it is due");
        let again = self.dialog.clone();
        assert_eq!(self.run(Command::TimeOut(timer)), Ok(0), "and once");
        assert_eq!(again, self.dialog);
    }

    /// Customers may be sent to these sites.
    fn sends_to(&mut self, origins: &[&str]) {
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        self.centre.teleport = crate::centre::Teleport { on: true, origins };
    }

    fn epoch(&self) -> u64 {
        self.dialog.row.epoch
    }

    fn accept(&mut self, by: &Actor) -> Result<usize, Refusal> {
        self.run(Command::Accept { by: by.clone(), epoch: self.epoch(), taking: Taking::All })
    }

    fn say(&mut self, by: &Actor, text: &str) -> Result<usize, Refusal> {
        let client = ClientId(uuid(self.clock.unsigned_abs().into()));
        self.run(Command::SendText { by: by.clone(), epoch: self.epoch(), text: text.into(), client, quote: None })
    }

    fn note(&mut self, by: &Actor, text: &str) -> Result<usize, Refusal> {
        let client = ClientId(uuid(self.clock.unsigned_abs().into()));
        self.run(Command::SendNote { by: by.clone(), text: text.into(), client })
    }

    fn close(&mut self, by: &Actor) -> Result<usize, Refusal> {
        self.run(Command::Close { by: by.clone(), epoch: self.epoch() })
    }

    fn give(&mut self, by: &Actor, to: Target) -> Result<usize, Refusal> {
        self.run(Command::Transfer { by: by.clone(), epoch: self.epoch(), to })
    }

    fn customer_says(&mut self, text: &str) -> Result<usize, Refusal> {
        let client = ClientId(uuid(self.clock.unsigned_abs().into()));
        self.run(Command::CustomerWrites { text: text.into(), client })
    }

    fn texts(&self) -> Vec<&str> {
        self.messages.iter().map(|message| message.text.as_str()).collect()
    }
}

fn not_yours(owner: Option<&str>) -> Refusal {
    Refusal::NotYourDialog { owner: owner.map(str::to_owned) }
}
