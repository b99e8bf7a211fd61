//! Anything anybody may try on a dialog, with epochs that may be old ones.

use super::*;
use crate::centre::Scope;
use otklik_model::{Block, CustomerEdit, DepartmentKey, FileState, Page, Spot};
use proptest::prelude::*;

/// What somebody tries. Numbers name people of [`people`], messages, ages of an epoch.
#[derive(Clone, Debug)]
pub(super) enum Try {
    Accept(usize, u64),
    Decline(usize, u64),
    Say(usize, u64, Option<u32>),
    Note(usize),
    File(usize, u64, bool),
    Contact(usize, u64),
    Teleport(usize, u64),
    Read(usize, u32),
    Close(usize, u64),
    Give(usize, u64, To),
    Hold(usize, u64, Option<i64>),
    Unhold(usize, u64),
    Sort(usize, u8),
    Edit(usize, u32),
    Erase(usize, u32),
    Block(usize),
    /// The customer is blocked in another dialog of the same person.
    BlockedElsewhere,
    EditCustomer(usize),
    Customer,
    CustomerFile,
    Sticker,
    Place,
    Contacts,
    CustomerCloses,
    Rates(u8),
    Saw(u32, u32),
    Presence(bool),
    Push(bool),
    Page(u8),
    BotSays(u64),
    BotHandsOver(u64, To, bool),
    BotCloses(u64),
    Distribute(u64, To),
    Release(usize, bool),
    Remove(usize),
    Settle(u32, bool),
    /// Time passes until the next time-out, which fires.
    Time,
    /// Some time passes, and some time-out is tried that may not be due.
    TimeOut(usize, i64),
    Reckon,
    /// The customer becomes one whom not everybody may see, or one like others.
    Restrict(bool),
}

/// Where it is given.
#[derive(Clone, Copy, Debug)]
pub(super) enum To {
    Queue,
    One(usize),
    Full(usize),
    Forced(usize),
    Department(bool),
    Team(bool),
    Bot(bool),
    Stranger,
}

/// Of these the second and the last may see every customer.
pub(super) fn people() -> [Actor; 4] {
    let mut trusted = oleg();
    trusted.grants.rights.insert(Right::SeeRestricted, Scope::All);
    [ira(), trusted, newcomer(), senior()]
}

pub(super) fn robot() -> BotFace {
    BotFace { id: OperatorId(uuid(90)), name: "Робот".into() }
}

/// The configurations in which sequences are tried.
pub(super) fn centres() -> impl Strategy<Value = Centre> {
    (any::<[bool; 5]>(), 0..2_u32).prop_map(|(flags, on)| {
        let [category_required, close_at_once, return_to_queue, wait_for_full, routing] = flags;
        let mut centre = Centre { category_required, close_at_once, ..Centre::default() };
        centre.distribution.return_to_queue = return_to_queue;
        centre.distribution.wait_for_full = wait_for_full;
        centre.time_outs.silent_s = on * 60;
        centre.time_outs.inactive_close_s = on * 900;
        centre.time_outs.wait_words_s = on * 30;
        centre.categories.insert("delivery".parse().unwrap(), Default::default());
        let sales = crate::centre::Department { routing, ..Default::default() };
        centre.departments.insert("sales".parse().unwrap(), sales);
        centre.teams.insert("cards".parse().unwrap(), Default::default());
        centre
    })
}

pub(super) fn tries() -> impl Strategy<Value = Try> {
    let who = 0..4_usize;
    // Mostly the present epoch.
    let age = prop_oneof![4 => Just(0_u64), 1 => 1..3_u64];
    let by = (who.clone(), age.clone());
    let to = prop_oneof![
        2 => Just(To::Queue),
        4 => who.clone().prop_map(To::One),
        1 => who.clone().prop_map(To::Full),
        1 => who.clone().prop_map(To::Forced),
        1 => any::<bool>().prop_map(To::Department),
        1 => any::<bool>().prop_map(To::Team),
        2 => any::<bool>().prop_map(To::Bot),
        1 => Just(To::Stranger),
    ];
    let operators = prop_oneof![
        4 => by.clone().prop_map(|(who, age)| Try::Accept(who, age)),
        1 => by.clone().prop_map(|(who, age)| Try::Decline(who, age)),
        3 => (by.clone(), proptest::option::of(0..9_u32)).prop_map(|((who, age), quote)| Try::Say(who, age, quote)),
        1 => who.clone().prop_map(Try::Note),
        1 => (by.clone(), any::<bool>()).prop_map(|((who, age), good)| Try::File(who, age, good)),
        1 => by.clone().prop_map(|(who, age)| Try::Contact(who, age)),
        1 => by.clone().prop_map(|(who, age)| Try::Teleport(who, age)),
        1 => (who.clone(), 0..12_u32).prop_map(|(who, upto)| Try::Read(who, upto)),
        2 => by.clone().prop_map(|(who, age)| Try::Close(who, age)),
        4 => (by.clone(), to.clone()).prop_map(|((who, age), to)| Try::Give(who, age, to)),
        2 => (by.clone(), proptest::option::of(1..90_i64)).prop_map(|((who, age), s)| Try::Hold(who, age, s)),
        1 => by.prop_map(|(who, age)| Try::Unhold(who, age)),
        1 => (who.clone(), 0..3_u8).prop_map(|(who, what)| Try::Sort(who, what)),
        1 => (who.clone(), 0..9_u32).prop_map(|(who, seq)| Try::Edit(who, seq)),
        1 => (who.clone(), 0..9_u32).prop_map(|(who, seq)| Try::Erase(who, seq)),
        1 => who.clone().prop_map(Try::EditCustomer),
    ];
    let customers = prop_oneof![
        6 => Just(Try::Customer),
        1 => Just(Try::CustomerFile),
        1 => Just(Try::Sticker),
        1 => Just(Try::Place),
        1 => Just(Try::Contacts),
        1 => Just(Try::CustomerCloses),
        1 => (0..7_u8).prop_map(Try::Rates),
        1 => (0..12_u32, 0..12_u32).prop_map(|(delivered, read)| Try::Saw(delivered, read)),
        2 => any::<bool>().prop_map(Try::Presence),
        1 => any::<bool>().prop_map(Try::Push),
        1 => (0..3_u8).prop_map(Try::Page),
    ];
    let centre = prop_oneof![
        2 => age.clone().prop_map(Try::BotSays),
        2 => (age.clone(), to.clone(), any::<bool>()).prop_map(|(age, to, end)| Try::BotHandsOver(age, to, end)),
        1 => age.clone().prop_map(Try::BotCloses),
        5 => (age, to).prop_map(|(age, to)| Try::Distribute(age, to)),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, lost)| Try::Release(who, lost)),
        1 => (0..9_u32, any::<bool>()).prop_map(|(seq, good)| Try::Settle(seq, good)),
        6 => Just(Try::Time),
        2 => (0..10_usize, 0..200_i64).prop_map(|(timer, s)| Try::TimeOut(timer, s)),
        1 => Just(Try::Reckon),
        2 => any::<bool>().prop_map(Try::Restrict),
    ];
    let endings = prop_oneof![
        2 => who.clone().prop_map(Try::Remove),
        2 => who.prop_map(Try::Block),
        1 => Just(Try::BlockedElsewhere),
    ];
    prop_oneof![10 => operators, 5 => customers, 6 => centre, 1 => endings]
}

/// How a dialog under test begins.
pub(super) fn starts() -> impl Strategy<Value = Start> {
    prop_oneof![
        3 => Just(Start::Queue),
        1 => Just(Start::Router),
        1 => Just(Start::Bot { id: robot().id }),
        1 => Just(Start::Invitation),
    ]
}

impl Desk {
    /// A dialog that has begun.
    pub(super) fn begun(start: Start, centre: Centre) -> Self {
        let invited = start == Start::Invitation;
        let mut desk = Self { centre, ..Self::starting(start) };
        let client = ClientId(uuid(1));
        let first = if invited {
            Command::Invite { by: senior(), text: "Ваш заказ приехал.".into(), client }
        } else {
            Command::CustomerWrites { text: "the first words".into(), client }
        };
        desk.run(first).expect("it begins");
        desk
    }

    pub(super) fn attempt(&mut self, attempt: &Try) -> Command {
        match attempt {
            Try::Time => {
                let next = deadline(&self.dialog, &self.centre);
                self.clock = next.map_or(self.clock, |(at, _)| self.clock.max(at.0));
                next.map_or(Command::Reckon, |(_, timer)| Command::TimeOut(timer))
            }
            Try::TimeOut(timer, seconds) => {
                self.clock += seconds * 1_000;
                Command::TimeOut(Timer::ALL[*timer])
            }
            other => self.command(other),
        }
    }

    /// The command of a try that needs no time to pass.
    pub(super) fn command(&self, attempt: &Try) -> Command {
        let by = |who: &usize| people()[*who].clone();
        let epoch = |age: &u64| self.epoch().saturating_sub(*age);
        let client = ClientId(uuid(self.clock.unsigned_abs().into()));
        let text = || "words".to_owned();
        match attempt {
            Try::Accept(who, age) => Command::Accept { by: by(who), epoch: epoch(age), taking: Taking::All },
            Try::Decline(who, age) => Command::Decline { by: by(who), epoch: epoch(age) },
            Try::Say(who, age, quote) => {
                Command::SendText { by: by(who), epoch: epoch(age), text: text(), client, quote: *quote }
            }
            Try::Note(who) => Command::SendNote { by: by(who), text: text(), client },
            Try::File(who, age, good) => {
                let file = good.then(|| Box::new(picture(FileState::Checking)));
                Command::SendFile { by: by(who), epoch: epoch(age), file, text: String::new(), client }
            }
            Try::Teleport(who, age) => Command::Teleport { by: by(who), epoch: epoch(age), address: PAY.into() },
            Try::Contact(who, age) => Command::RequestContact { by: by(who), epoch: epoch(age), client },
            Try::Read(who, upto) => Command::MarkRead { by: by(who), upto: *upto },
            Try::Close(who, age) => Command::Close { by: by(who), epoch: epoch(age) },
            Try::Give(who, age, to) => Command::Transfer { by: by(who), epoch: epoch(age), to: target(*to) },
            Try::Hold(who, age, seconds) => {
                let until = seconds.map(|seconds| Stamp(self.clock + 1 + seconds * 1_000));
                Command::Hold { by: by(who), epoch: epoch(age), until, reason: None }
            }
            Try::Unhold(who, age) => Command::Unhold { by: by(who), epoch: epoch(age) },
            Try::Sort(who, what) => {
                let category = Some(["delivery", "", "unheard-of"][usize::from(*what)].to_owned());
                Command::Sort { by: by(who), category, subject: None, tags: None }
            }
            Try::Edit(who, seq) => Command::EditMessage { by: by(who), seq: *seq, text: "other words".into() },
            Try::Erase(who, seq) => Command::DeleteMessage { by: by(who), seq: *seq },
            Try::Block(who) => Command::Block { by: by(who), until: None, reason: "брань".into() },
            Try::BlockedElsewhere => {
                let block = Block { by: ira().id, since: Stamp(self.clock), until: None, reason: "брань".into() };
                Command::BlockedElsewhere { by: ira().name, block }
            }
            Try::EditCustomer(who) => {
                let edit = CustomerEdit { name: Some(format!("Мария {}", self.clock)), ..CustomerEdit::default() };
                Command::EditCustomer { by: by(who), edit, was: Box::default() }
            }
            Try::BotSays(age) => {
                Command::BotSays { bot: robot(), epoch: epoch(age), text: text(), answers: Vec::new() }
            }
            Try::BotHandsOver(age, to, silenced) => {
                Command::BotHandsOver { bot: robot(), epoch: epoch(age), to: target(*to), silenced: *silenced }
            }
            Try::BotCloses(age) => Command::BotCloses { bot: robot(), epoch: epoch(age) },
            Try::Distribute(age, to) => Command::Distribute { epoch: epoch(age), to: target(*to) },
            Try::Release(who, lost) => {
                let why = if *lost { Leaving::SessionLost } else { Leaving::WentOffline };
                Command::Release { operator: by(who).id, why }
            }
            Try::Remove(who) => Command::OperatorRemoved { operator: by(who).id },
            Try::Restrict(restricted) => {
                let mut customer = self.dialog.row.customer.clone();
                customer.particulars.restricted = *restricted;
                Command::LearnCustomer(Box::new(customer))
            }
            other => customers_command(other, client),
        }
    }
}

fn customers_command(attempt: &Try, client: ClientId) -> Command {
    match attempt {
        Try::CustomerFile => {
            let file = Some(Box::new(picture(FileState::Ready)));
            Command::CustomerSendsFile { file, text: String::new(), client }
        }
        Try::Sticker => {
            let file = Some(Box::new(picture(FileState::Ready)));
            Command::CustomerSendsSticker { file, emoji: "🙂".into(), client }
        }
        Try::Place => {
            let spot = Spot::new(55.75, 37.61, None).unwrap();
            Command::CustomerSendsPlace { spot, title: String::new(), client }
        }
        Try::Contacts => {
            let contacts = CustomerEdit { phone: Some("+7 900 000-00-00".into()), ..CustomerEdit::default() };
            Command::CustomerGivesContacts { contacts, client }
        }
        Try::CustomerCloses => Command::CustomerCloses,
        Try::Rates(stars) => Command::CustomerRates { stars: *stars, note: None, answers: Vec::new() },
        Try::Saw(delivered, read) => Command::CustomerSaw { delivered: *delivered, read: *read },
        Try::Presence(true) => Command::CustomerCame,
        Try::Presence(false) => Command::CustomerLeft,
        Try::Push(on) => Command::CustomerPush { on: *on },
        Try::Page(number) => {
            Command::CustomerMoved(Page { url: format!("https://x.example/{number}"), title: String::new() })
        }
        Try::Settle(seq, good) => {
            let state = if *good { FileState::Ready } else { FileState::Rejected };
            Command::SettleFile { seq: *seq, state, pixels: None }
        }
        Try::Reckon => Command::Reckon,
        _ => Command::CustomerWrites { text: "question".into(), client },
    }
}

fn target(to: To) -> Target {
    let person = |who: usize, full| Colleague { room: if full { 0 } else { u32::MAX }, ..free(people()[who].clone()) };
    let department = |known: bool| -> DepartmentKey { if known { "sales" } else { "unheard-of" }.parse().unwrap() };
    match to {
        To::Queue => Target::Queue,
        To::One(who) => Target::Operator(person(who, false)),
        To::Full(who) => Target::Operator(person(who, true)),
        To::Forced(who) => Target::Forced(person(who, true)),
        To::Department(known) => Target::Department(department(known)),
        To::Team(known) => Target::Team(if known { "cards" } else { "unheard-of" }.parse().unwrap()),
        To::Bot(known) => Target::Bot { bot: known.then(robot), scenario: None },
        To::Stranger => Target::Stranger,
    }
}
