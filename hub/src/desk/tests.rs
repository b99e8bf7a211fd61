//! The rules as stories in a table, and as properties of any sequence of commands.

mod properties;
mod stories;

use super::*;
use otklik_model::{ChannelId, ClientId, Customer, CustomerId, DialogId, MessageId, OperatorId, Refusal, Right, Stamp};
use uuid::Uuid;

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn operator(number: u128, name: &str, rights: &[Right]) -> Actor {
    Actor { id: OperatorId(uuid(number)), name: name.to_owned(), rights: rights.iter().copied().collect() }
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
    operator(4, "Вера", &[USUAL.as_slice(), &[Right::TransferOthers]].concat())
}

fn colleague(actor: &Actor) -> Target {
    Target::Operator(Colleague { id: actor.id, name: actor.name.clone(), available: true })
}

/// A dialog under test, its clock and its messages.
struct Desk {
    dialog: DialogAggregate,
    clock: i64,
    messages: Vec<otklik_model::Message>,
}

impl Desk {
    fn new() -> Self {
        let customer = Customer {
            id: CustomerId(uuid(50)),
            name: "Customer 1".into(),
            number: 1,
            named: false,
            email: None,
            phone: None,
            language: None,
        };
        let dialog = DialogAggregate::begin(Beginning {
            id: DialogId(uuid(60)),
            channel: ChannelId(uuid(70)),
            customer,
            page: None,
            operator_online: true,
            at: Stamp(0),
        });
        Self { dialog, clock: 0, messages: Vec::new() }
    }

    fn moment(&self) -> Moment {
        let id = |nth| MessageId(uuid(1000 + 2 * u128::from(self.clock.unsigned_abs()) + nth));
        Moment { now: Stamp(self.clock), ids: [id(0), id(1)], text_chars: 100 }
    }

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        decide(&self.dialog, command, &self.moment())
    }

    /// Decides and applies. Returns how many events came of it.
    fn run(&mut self, command: Command) -> Result<usize, Refusal> {
        self.clock += 1;
        let events = self.decide(command)?;
        for event in &events {
            if let Event::MessageAdded(message) = event {
                self.messages.push((**message).clone());
            }
            self.dialog.apply(event);
        }
        Ok(events.len())
    }

    fn epoch(&self) -> u64 {
        self.dialog.row.epoch
    }

    fn accept(&mut self, by: &Actor) -> Result<usize, Refusal> {
        self.run(Command::Accept { by: by.clone(), epoch: self.epoch() })
    }

    fn say(&mut self, by: &Actor, text: &str) -> Result<usize, Refusal> {
        let client = ClientId(uuid(self.clock.unsigned_abs().into()));
        self.run(Command::SendText { by: by.clone(), epoch: self.epoch(), text: text.into(), client })
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
