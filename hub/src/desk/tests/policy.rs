//! S-H5: who may do what with which dialog, as one table, and every cell of it asked of the rules.
//!
//! The table says what is allowed, in which state and in whose hands; everything else is refused. How far a right
//! reaches and who sees what is told here a second time, naively. What nobody may see is answered as if it were not.

use super::*;
use crate::centre::{Grants, Scope};
use otklik_model::{Author, CustomerEdit, DepartmentKey, DialogState, DialogState::*, MessageKind, Op, TransferTarget};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Everything that an operator can do with a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    Accept,
    Decline,
    GiveBack,
    GiveToDepartment,
    GiveToTeam,
    GiveToColleague,
    GiveByForce,
    GiveToBot,
    Hold,
    Unhold,
    Write,
    SendFile,
    AskContacts,
    Teleport,
    Note,
    MarkRead,
    Close,
    Sort,
    EditMessage,
    DeleteMessage,
    Block,
    EditCustomer,
}

/// In whose hands a dialog is, to whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hand {
    Mine,
    Others,
    Nobody,
}

/// What an act takes, beside seeing the dialog.
#[derive(Clone, Copy, Debug)]
enum Need {
    /// Nothing more.
    Sight,
    /// All of these rights, for this dialog.
    Rights(&'static [Right]),
    /// It is refused, and openly so: whoever asks has seen it before somebody else was faster.
    Overtaken,
}

use Hand::{Mine, Nobody, Others};
use Need::{Overtaken, Rights, Sight};

const ANY: &[Hand] = &[Mine, Others, Nobody];
const NOT_MINE: &[Hand] = &[Others, Nobody];
const GIVEN: &[DialogState] = &[Offered, Active, DialogState::Hold];
const AT_WORK: &[DialogState] = &[Active, DialogState::Hold];
const LED: &[DialogState] = &[Active, DialogState::Hold, Invitation, ClosedSoft];
const OPEN: &[DialogState] = &[Active, DialogState::Hold, Invitation];
const NOT_FINAL: &[DialogState] =
    &[Routing, DialogState::Bot, Queue, Offered, Active, DialogState::Hold, Invitation, ClosedSoft];
const NOT_DELETED: &[DialogState] =
    &[Routing, DialogState::Bot, Queue, Offered, Active, DialogState::Hold, Invitation, ClosedSoft, Closed];

type Row = (&'static [Act], &'static [DialogState], &'static [Hand], Need);

/// The policy. What is in no row is refused to everybody.
const POLICY: &[Row] = &[
    (&[Act::Accept], &[Offered, Active, DialogState::Hold, Invitation], &[Mine], Sight),
    (&[Act::Accept], &[Active, DialogState::Hold, Invitation], &[Others], Overtaken),
    (&[Act::Accept], &[Queue, DialogState::Bot, ClosedSoft], NOT_MINE, Rights(&[Right::Accept])),
    (&[Act::Decline], &[Offered], &[Mine], Sight),
    (GIVING, &[Offered], &[Mine], Sight),
    (GIVING, AT_WORK, &[Mine], Rights(&[Right::TransferOwn])),
    (GIVING, &[Queue], &[Nobody], Rights(&[Right::Assign])),
    (GIVING, GIVEN, &[Others], Rights(&[Right::TransferOthers])),
    (&[Act::GiveByForce], &[Offered], &[Mine], Rights(&[Right::ForceAssign])),
    (&[Act::GiveByForce], AT_WORK, &[Mine], Rights(&[Right::TransferOwn, Right::ForceAssign])),
    (&[Act::GiveByForce], &[Queue], &[Nobody], Rights(&[Right::Assign, Right::ForceAssign])),
    (&[Act::GiveByForce], GIVEN, &[Others], Rights(&[Right::TransferOthers, Right::ForceAssign])),
    (&[Act::GiveToBot], AT_WORK, &[Mine], Rights(&[Right::TransferOwn])),
    (&[Act::GiveToBot], AT_WORK, &[Others], Rights(&[Right::TransferOthers])),
    (&[Act::Hold, Act::Unhold], AT_WORK, &[Mine], Sight),
    (&[Act::Hold, Act::Unhold], AT_WORK, &[Others], Rights(&[Right::AnswerOthers])),
    (&[Act::Write], LED, &[Mine], Sight),
    (&[Act::Write], LED, &[Others], Rights(&[Right::AnswerOthers])),
    (&[Act::SendFile], LED, &[Mine], Rights(&[Right::SendFile])),
    (&[Act::SendFile], LED, &[Others], Rights(&[Right::AnswerOthers, Right::SendFile])),
    (&[Act::AskContacts], LED, &[Mine], Rights(&[Right::RequestContact])),
    (&[Act::AskContacts], LED, &[Others], Rights(&[Right::AnswerOthers, Right::RequestContact])),
    (&[Act::Teleport], OPEN, &[Mine], Rights(&[Right::RequestContact])),
    (&[Act::Teleport], OPEN, &[Others], Rights(&[Right::AnswerOthers, Right::RequestContact])),
    (&[Act::Note], NOT_FINAL, ANY, Rights(&[Right::Note])),
    (&[Act::MarkRead], NOT_DELETED, ANY, Sight),
    (&[Act::Close], &[Offered, Active, DialogState::Hold, Invitation, ClosedSoft], &[Mine], Rights(&[Right::CloseOwn])),
    (
        &[Act::Close],
        &[Queue, Offered, Active, DialogState::Hold, Invitation, ClosedSoft],
        NOT_MINE,
        Rights(&[Right::CloseOthers]),
    ),
    (&[Act::Sort], NOT_FINAL, ANY, Rights(&[Right::Sort])),
    (&[Act::EditMessage], NOT_FINAL, ANY, Rights(&[Right::EditOwn])),
    (&[Act::DeleteMessage], NOT_FINAL, ANY, Rights(&[Right::DeleteOwn])),
    (&[Act::Block], NOT_DELETED, ANY, Rights(&[Right::Block])),
    (&[Act::EditCustomer], NOT_DELETED, ANY, Rights(&[Right::EditCustomer])),
];

const GIVING: &[Act] = &[Act::GiveBack, Act::GiveToDepartment, Act::GiveToTeam, Act::GiveToColleague];

/// Where the people of this table find a dialog. All of them work in sales, supervise tech and lead Олег's team; how
/// much of that counts is a matter of their roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// His own, in sales.
    Own,
    /// Nobody's, in sales; in tech; in support; among restricted customers.
    InSales,
    InTech,
    InSupport,
    InVip,
    /// Led by Олег in support; by a stranger in tech, sales, support; among restricted customers.
    OfTeam,
    OfTech,
    OfSales,
    OfSupport,
    OfVip,
}

use Place::{InSales, InSupport, InTech, InVip, OfSales, OfSupport, OfTeam, OfTech, OfVip, Own};

const PLACES: [Place; 10] = [Own, InSales, InTech, InSupport, InVip, OfTeam, OfTech, OfSales, OfSupport, OfVip];

const STATES: [DialogState; 10] =
    [Routing, DialogState::Bot, Queue, Offered, Active, DialogState::Hold, Invitation, ClosedSoft, Closed, Deleted];

impl Place {
    fn hand(self) -> Hand {
        match self {
            Own => Mine,
            InSales | InTech | InSupport | InVip => Nobody,
            OfTeam | OfTech | OfSales | OfSupport | OfVip => Others,
        }
    }

    fn department(self) -> &'static str {
        match self {
            Own | InSales | OfSales => "sales",
            InTech | OfTech => "tech",
            InSupport | OfTeam | OfSupport => "support",
            InVip | OfVip => "vip",
        }
    }

    /// Whether a dialog can be so.
    fn has(self, state: DialogState) -> bool {
        match state {
            Routing | DialogState::Bot | Queue => self.hand() == Nobody,
            Offered | Active | DialogState::Hold | Invitation => self.hand() != Nobody,
            ClosedSoft | Closed | Deleted => true,
            DialogState::Unknown => false,
        }
    }
}

/// How far a scope reaches.
fn reaches(scope: Scope, place: Place) -> bool {
    let places: &[Place] = match scope {
        Scope::Own => &[Own, InSales],
        Scope::Team => &[Own, InSales, OfTeam],
        Scope::Department => &[Own, InSales, OfTeam, InTech, OfTech],
        Scope::All => &PLACES,
    };
    places.contains(&place)
}

/// Somebody, and his role.
struct Person {
    name: String,
    me: Actor,
}

impl Person {
    fn may(&self, right: Right, place: Place) -> bool {
        self.me.grants.rights.get(&right).is_some_and(|scope| reaches(*scope, place))
    }

    fn admitted(&self, place: Place) -> bool {
        !matches!(place, InVip | OfVip) || self.may(Right::SeeRestricted, place)
    }

    fn sees(&self, state: DialogState, place: Place) -> bool {
        let waits = matches!(state, Routing | DialogState::Bot | Queue);
        let open = self.admitted(place);
        let reached = waits && self.may(Right::SeeQueue, place) || self.may(Right::SeeOthers, place);
        state != Deleted && (place == Own || open && reached)
    }

    /// `+` done; `-` refused, and told why; `.` there is no such dialog for him.
    fn expected(&self, act: Act, state: DialogState, place: Place) -> char {
        let row = POLICY.iter().find(|(acts, states, hands, _)| {
            acts.contains(&act) && states.contains(&state) && hands.contains(&place.hand())
        });
        match (row.map(|(.., need)| *need), self.sees(state, place)) {
            // Whoever asks has seen it waiting, unless it is none that may be shown to him.
            (Some(Overtaken), _) if self.admitted(place) => '-',
            (Some(Overtaken) | None, true) => '-',
            (_, false) => '.',
            (Some(Sight), true) => '+',
            (Some(Rights(rights)), true) if rights.iter().all(|right| self.may(*right, place)) => '+',
            (Some(Rights(_)), true) => '-',
        }
    }
}

fn department(key: &str) -> DepartmentKey {
    key.parse().unwrap()
}

fn stranger() -> OperatorId {
    OperatorId(uuid(9))
}

/// Whom dialogs are given to: one of the team, and admitted everywhere.
fn pavel() -> Actor {
    operator(33, "Павел", &[Right::SeeRestricted])
}

/// The presets; roles of a centre's own, among them rights that reach further than sight; and somebody without a role.
fn people() -> Vec<Person> {
    use Scope::{All, Own as Mine, Team};
    let mut roles: BTreeMap<String, BTreeMap<Right, Scope>> =
        Centre::default().roles.into_iter().map(|(key, role)| (key.as_str().to_owned(), role.rights)).collect();
    let custom: [(&str, &[(Right, Scope)]); 5] = [
        ("auditor", &[(Right::SeeOthers, All), (Right::SeeQueue, All), (Right::SeeAudit, All)]),
        ("blind taker", &[(Right::Accept, All), (Right::CloseOthers, All), (Right::Assign, All)]),
        (
            "long arm",
            &[
                (Right::SeeQueue, Mine),
                (Right::SeeOthers, Team),
                (Right::AnswerOthers, All),
                (Right::TransferOthers, All),
                (Right::Note, All),
                (Right::Block, All),
                (Right::SendFile, All),
            ],
        ),
        ("watcher of the restricted", &[(Right::SeeRestricted, All), (Right::SeeQueue, All), (Right::Accept, Mine)]),
        ("nobody", &[]),
    ];
    roles.extend(custom.map(|(name, rights)| (name.to_owned(), rights.iter().copied().collect())));
    let person = |(name, rights): (String, BTreeMap<Right, Scope>)| {
        let grants = Grants {
            rights,
            departments: Some([department("sales")].into()),
            supervises: [department("tech")].into(),
            led: [oleg().id, pavel().id].into(),
            languages: None,
            restricted: [department("vip")].into(),
        };
        Person { me: Actor { id: OperatorId(uuid(1)), name: name.clone(), grants }, name }
    };
    roles.into_iter().map(person).collect()
}

/// A dialog that stands so, with a message of the person's own.
fn desk(person: &Person, state: DialogState, place: Place) -> Desk {
    let mut desk = Desk::new();
    desk.centre.departments.insert(department("sales"), Default::default());
    desk.centre.teams.insert("cards".parse().unwrap(), Default::default());
    desk.customer_says("Где заказ?").unwrap();
    desk.sends_to(&["https://shop.example.org"]);
    let row = &mut desk.dialog.row;
    (row.state, row.department) = (state, Some(department(place.department())));
    row.assignee = match place.hand() {
        Mine => Some(person.me.id),
        Others if place == OfTeam => Some(oleg().id),
        Others => Some(stranger()),
        Nobody => None,
    };
    row.assignee_name = row.assignee.map(|_| "кто-то".to_owned());
    row.bot = (state == DialogState::Bot).then(|| OperatorId(uuid(8)));
    let own = Message {
        author: Author::Operator { id: person.me.id, name: person.name.clone() },
        ..desk.messages[0].clone()
    };
    desk.messages[0] = Message { kind: MessageKind::Text, ..own };
    desk
}

fn command(act: Act, desk: &Desk, person: &Person) -> Command {
    let (by, epoch, client) = (person.me.clone(), desk.epoch(), ClientId(uuid(7)));
    let give = |to| Command::Transfer { by: person.me.clone(), epoch, to };
    let whom = Colleague { who: Arc::new(pavel()), available: true, room: u32::MAX };
    match act {
        Act::Accept => Command::Accept { by, epoch, taking: Taking::All },
        Act::Decline => Command::Decline { by, epoch },
        Act::GiveBack => give(Target::Queue),
        Act::GiveToDepartment => give(Target::Department(department("sales"))),
        Act::GiveToTeam => give(Target::Team("cards".parse().unwrap())),
        Act::GiveToColleague => give(Target::Operator(whom)),
        Act::GiveByForce => give(Target::Forced(whom)),
        Act::GiveToBot => {
            let bot = Some(BotFace { id: OperatorId(uuid(8)), name: "Робот".into() });
            give(Target::Bot { bot, scenario: None })
        }
        Act::Hold => Command::Hold { by, epoch, until: None, reason: Some("ждём склад".into()) },
        Act::Unhold => Command::Unhold { by, epoch },
        Act::Write => Command::SendText { by, epoch, text: "Да".into(), client, quote: None },
        Act::SendFile => {
            let file = Some(Box::new(picture(FileState::Ready)));
            Command::SendFile { by, epoch, file, text: String::new(), client }
        }
        Act::AskContacts => Command::RequestContact { by, epoch, client },
        Act::Teleport => Command::Teleport { by, epoch, address: PAY.into() },
        Act::Note => Command::SendNote { by, text: "тайна".into(), client },
        Act::MarkRead => Command::MarkRead { by, upto: 1 },
        Act::Close => Command::Close { by, epoch },
        Act::Sort => Command::Sort { by, category: None, subject: Some("Заказ".into()), tags: None },
        Act::EditMessage => Command::EditMessage { by, seq: 1, text: "Нет".into() },
        Act::DeleteMessage => Command::DeleteMessage { by, seq: 1 },
        Act::Block => Command::Block { by, until: None, reason: "брань".into() },
        Act::EditCustomer => Command::EditCustomer {
            by,
            edit: CustomerEdit { comment: Some("вежливый".into()), ..Default::default() },
            was: Box::default(),
        },
    }
}

/// Who asks for a command. A command that is not in here does not compile; an operator's has an act, and so its rows.
fn acts_of(command: &Command) -> &'static [Act] {
    match command {
        Command::Accept { .. } => &[Act::Accept],
        Command::Decline { .. } => &[Act::Decline],
        Command::Transfer { .. } => &[
            Act::GiveBack,
            Act::GiveToDepartment,
            Act::GiveToTeam,
            Act::GiveToColleague,
            Act::GiveByForce,
            Act::GiveToBot,
        ],
        Command::Hold { .. } => &[Act::Hold],
        Command::Unhold { .. } => &[Act::Unhold],
        Command::SendText { .. } => &[Act::Write],
        Command::SendFile { .. } => &[Act::SendFile],
        Command::RequestContact { .. } => &[Act::AskContacts],
        Command::Teleport { .. } => &[Act::Teleport],
        Command::SendNote { .. } => &[Act::Note],
        Command::MarkRead { .. } => &[Act::MarkRead],
        Command::Close { .. } => &[Act::Close],
        Command::Sort { .. } => &[Act::Sort],
        Command::EditMessage { .. } => &[Act::EditMessage],
        Command::DeleteMessage { .. } => &[Act::DeleteMessage],
        Command::Block { .. } => &[Act::Block],
        Command::EditCustomer { .. } => &[Act::EditCustomer],
        // Asked of a dialog that is not there yet: a test of its own.
        Command::Invite { .. } => &[],
        // The customer's own, which name no operator.
        Command::CustomerWrites { .. }
        | Command::CustomerSendsFile { .. }
        | Command::CustomerSendsSticker { .. }
        | Command::CustomerSendsPlace { .. }
        | Command::CustomerGivesContacts { .. }
        | Command::CustomerCloses
        | Command::CustomerRates { .. }
        | Command::CustomerSaw { .. }
        | Command::CustomerCame
        | Command::CustomerLeft
        | Command::CustomerMoved(_)
        | Command::CustomerPush { .. } => &[],
        // A bot's: a test of its own.
        Command::BotSays { .. } | Command::BotHandsOver { .. } | Command::BotCloses { .. } => &[],
        // The hub's own.
        Command::Distribute { .. }
        | Command::Release { .. }
        | Command::OperatorRemoved { .. }
        | Command::BlockedElsewhere { .. }
        | Command::LearnCustomer(_)
        | Command::SettleFile { .. }
        | Command::TimeOut(_)
        | Command::Reckon => &[],
    }
}

/// The acts that an operation over the protocol comes to. One that is not in here does not compile. Those without an
/// act have tests of their own: hub/tests/hub/rights and statuses.rs.
fn acts_of_operation(op: &Op) -> &'static [Act] {
    match op {
        Op::Accept { .. } => &[Act::Accept],
        Op::SendText { .. } => &[Act::Write],
        Op::SendNote { .. } => &[Act::Note],
        Op::MarkRead { .. } => &[Act::MarkRead],
        Op::Close { .. } => &[Act::Close],
        Op::Transfer { to: TransferTarget::Queue, .. } => &[Act::GiveBack],
        Op::Transfer { to: TransferTarget::Operator { force: false, .. }, .. } => &[Act::GiveToColleague],
        Op::Transfer { to: TransferTarget::Operator { force: true, .. }, .. } => &[Act::GiveByForce],
        Op::Transfer { to: TransferTarget::Department { .. }, .. } => &[Act::GiveToDepartment],
        Op::Transfer { to: TransferTarget::Team { .. }, .. } => &[Act::GiveToTeam],
        Op::Transfer { to: TransferTarget::Bot { .. }, .. } => &[Act::GiveToBot],
        Op::Decline { .. } => &[Act::Decline],
        Op::Hold { .. } => &[Act::Hold],
        Op::Unhold { .. } => &[Act::Unhold],
        Op::SortDialog { .. } => &[Act::Sort],
        Op::EditMessage { .. } => &[Act::EditMessage],
        Op::DeleteMessage { .. } => &[Act::DeleteMessage],
        Op::SendFile { .. } => &[Act::SendFile],
        Op::RequestContact { .. } => &[Act::AskContacts],
        Op::Teleport { .. } => &[Act::Teleport],
        Op::Block { .. } => &[Act::Block],
        // Whoever may change what is known of a customer may say who he is: asked of both dialogs.
        Op::EditCustomer { .. } | Op::JoinCustomers { .. } | Op::SeparateCustomer { .. } => &[Act::EditCustomer],
        Op::SetStatus { .. }
        | Op::ChooseStatus { .. }
        | Op::Unblock { .. }
        | Op::SendTranscript { .. }
        | Op::Invite { .. }
        | Op::KeepTemplate { .. }
        | Op::DropTemplate { .. }
        | Op::Unknown => &[],
    }
}

fn found(desk: &Desk, command: Command) -> char {
    match desk.decide(command) {
        Ok(_) => '+',
        Err(Refusal::NotFound) => '.',
        Err(_) => '-',
    }
}

#[test]
fn s_h5_every_cell_of_the_policy_is_as_the_rules_decide() {
    let acts: BTreeSet<Act> = POLICY.iter().flat_map(|(acts, ..)| acts.iter().copied()).collect();
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for person in people() {
        for act in &acts {
            for (state, place) in STATES.iter().flat_map(|state| PLACES.map(|place| (*state, place))) {
                if !place.has(state) {
                    continue;
                }
                let desk = desk(&person, state, place);
                let command = command(*act, &desk, &person);
                assert!(acts_of(&command).contains(act));
                let (expected, found) = (person.expected(*act, state, place), found(&desk, command));
                *counts.entry(found).or_default() += 1;
                if expected != found {
                    wrong.push(format!("{}: {act:?} {state:?} {place:?}: {found}, not {expected}", person.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} cells:\n{}", wrong.len(), wrong.join("\n"));
    let (allowed, denied) = (counts[&'+'], counts[&'-'] + counts[&'.']);
    assert!(allowed > 1_000 && denied > 5_000 && allowed + denied > 10_000, "{counts:?}");
}

#[test]
fn s_h5_every_act_and_every_operation_on_a_dialog_has_rows() {
    let acts: BTreeSet<Act> = POLICY.iter().flat_map(|(acts, ..)| acts.iter().copied()).collect();
    let (person, dialog) = (&people()[0], DialogId(uuid(60)));
    let desk = desk(person, Active, Own);
    for act in &acts {
        assert!(acts_of(&command(*act, &desk, person)).iter().all(|act| acts.contains(act)), "{act:?}");
    }
    let to = |to| Op::Transfer { dialog, epoch: 0, to };
    let force = |force| TransferTarget::Operator { id: stranger(), force };
    let of_operations: BTreeSet<Act> = [
        Op::Accept { dialog, epoch: 0 },
        Op::SendText { dialog, epoch: 0, text: String::new(), quote: None },
        Op::SendNote { dialog, text: String::new() },
        Op::MarkRead { dialog, upto: 0 },
        Op::Close { dialog, epoch: 0 },
        to(TransferTarget::Queue),
        to(force(false)),
        to(force(true)),
        to(TransferTarget::Department { key: department("sales") }),
        to(TransferTarget::Team { key: "cards".parse().unwrap() }),
        to(TransferTarget::Bot { id: stranger(), scenario: None }),
        Op::Decline { dialog, epoch: 0 },
        Op::Hold { dialog, epoch: 0, until: None, reason: None },
        Op::Unhold { dialog, epoch: 0 },
        Op::SortDialog { dialog, category: None, subject: None, tags: None },
        Op::EditMessage { dialog, seq: 1, text: String::new() },
        Op::DeleteMessage { dialog, seq: 1 },
        Op::SendFile { dialog, epoch: 0, file: FileId(uuid(80)), text: String::new() },
        Op::RequestContact { dialog, epoch: 0 },
        Op::Teleport { dialog, epoch: 0, address: String::new() },
        Op::Block { dialog, until: None, reason: String::new() },
        Op::EditCustomer { dialog, edit: CustomerEdit::default(), was: Box::default() },
        Op::JoinCustomers { dialog, other: dialog, union: Box::default(), person: 1, other_person: 2 },
        Op::SeparateCustomer { dialog, customer: desk.dialog.row.customer.id, person: 1 },
    ]
    .iter()
    .flat_map(acts_of_operation)
    .copied()
    .collect();
    assert_eq!(of_operations, acts);
}

#[test]
fn s_h5_who_is_one_person_with_whom_is_said_by_whoever_may_change_what_is_known_of_him() {
    for person in people() {
        for (state, place) in STATES.iter().flat_map(|state| PLACES.map(|place| (*state, place))) {
            if !place.has(state) {
                continue;
            }
            let found = match may_regroup(&desk(&person, state, place).dialog, &person.me) {
                Ok(()) => '+',
                Err(Refusal::NotFound) => '.',
                Err(_) => '-',
            };
            assert_eq!(found, person.expected(Act::EditCustomer, state, place), "{} {state:?} {place:?}", person.name);
        }
    }
}

#[test]
fn s_h5_a_dialog_is_begun_where_the_right_to_invite_reaches() {
    for person in people() {
        for place in PLACES.into_iter().filter(|place| place.hand() == Nobody) {
            let mut desk = Desk::starting(Start::Invitation);
            desk.dialog.row.department = Some(department(place.department()));
            desk.dialog.version = 0;
            let invite =
                Command::Invite {
                    by: person.me.clone(), text: "Здравствуйте".into(), client: ClientId(uuid(7))
                };
            let expected =
                match (place == InVip && !person.may(Right::SeeRestricted, place), person.may(Right::Invite, place)) {
                    (true, _) => '.',
                    (false, true) => '+',
                    (false, false) => '-',
                };
            // A department that is his by name admits him.
            desk.dialog.version = 0;
            assert_eq!(found(&desk, invite), expected, "{} {place:?}", person.name);
        }
    }
}

#[test]
fn s_h5_a_bot_acts_in_the_dialogs_that_it_leads_and_nowhere_else() {
    let person = &people()[0];
    let face = |number| BotFace { id: OperatorId(uuid(number)), name: "Робот".into() };
    for (state, place) in STATES.iter().flat_map(|state| PLACES.map(|place| (*state, place))) {
        if !place.has(state) {
            continue;
        }
        let desk = desk(person, state, place);
        let epoch = desk.epoch();
        for (bot, its) in [(face(8), true), (face(7), false)] {
            let commands = [
                Command::BotSays { bot: bot.clone(), epoch, text: "Да".into(), answers: Vec::new() },
                Command::BotHandsOver { bot: bot.clone(), epoch, to: Target::Queue, silenced: false },
                Command::BotCloses { bot, epoch },
            ];
            for command in commands {
                let done = desk.decide(command.clone()).is_ok();
                assert_eq!(done, its && state == DialogState::Bot, "{state:?} {place:?} {command:?}");
            }
        }
    }
}
