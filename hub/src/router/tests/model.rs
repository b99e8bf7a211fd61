//! Every order of events there is: three operators, two processes, two dialogs.
//!
//! The desk's own `decide` and the board's own choice are searched; the store is its contract: a version is compared,
//! a lease is compared. Between a decision and its commit anything may happen. A store that breaks its contract is
//! found out by the same search, so the search can fail.
//!
//! Invariant 10.

use crate::{
    centre::{Centre, Distribution, Grants, Post, Scope, Sharing},
    desk::{
        Actor, Beginning, Carrier, Colleague, Command, DialogAggregate, Moment, Reach, Start, Taking, Target,
        assign::{Board, Candidate, Rule},
        decide,
    },
    router::view::known,
};
use otklik_model::{
    ChannelId, Customer, CustomerId, DialogId, DialogState, MessageId, OperatorId, OperatorStatus, Particulars, Right,
    Stamp,
};
use stateright::{Checker, HasDiscoveries, Model, Property};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const OPERATORS: u8 = 3;
const NODES: usize = 2;
const DIALOGS: usize = 2;
/// The search ends where a dialog changes hands more often.
const EPOCHS: u64 = 2;
/// Or where the lease does.
const LEASES: u8 = 2;

/// A dialog, as far as ownership goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Row {
    stage: Stage,
    epoch: u64,
    version: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Stage {
    Queue,
    Offered(u8),
    Active(u8),
}

/// What somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Deed {
    Accept(u8),
    Decline(u8),
    /// A supervisor gives it to somebody.
    Transfer(u8),
    /// Distribution does.
    Distribute(u8),
}

/// Decided, and on its way to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Flight {
    dialog: usize,
    on: Row,
    becomes: Row,
    fence: Option<u8>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Node {
    /// The lease it believes to have.
    lease: Option<u8>,
    flight: Option<Flight>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    rows: [Row; DIALOGS],
    /// The newest lease, and whether it still runs.
    lease: (u8, bool),
    nodes: [Node; NODES],
    /// An epoch got a second owner, or none.
    torn: bool,
    /// Something was stored that was decided under an old lease.
    late: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    /// The lease runs out: its holder is paused, or slow.
    LeaseEnds,
    Lease(usize),
    /// A process reads a dialog and decides for somebody.
    Decide(usize, usize, Deed),
    /// The process with the lease decides what is next.
    GiveOut(usize),
    Commit(usize),
    Crash(usize),
}

/// What the store holds to.
#[derive(Clone, Copy)]
struct Contract {
    compares_versions: bool,
    compares_leases: bool,
}

struct Search {
    contract: Contract,
    /// What `decide` makes of a row, for each row and deed there can be.
    decided: BTreeMap<(Row, Deed), Row>,
    /// What the board gives out next, for each pair of rows.
    placed: BTreeMap<[Row; DIALOGS], (usize, u8)>,
}

fn operator(number: u8) -> OperatorId {
    OperatorId(Uuid::from_u128(u128::from(number) + 1))
}

fn number_of(id: OperatorId) -> u8 {
    u8::try_from(id.0.as_u128() - 1).unwrap()
}

fn actor(number: u8) -> Actor {
    let rights = [Right::Accept, Right::SeeQueue, Right::SeeOthers, Right::Assign, Right::TransferOthers];
    let grants = Grants { rights: rights.map(|right| (right, Scope::All)).into(), ..Grants::default() };
    Actor { id: operator(number), name: format!("operator {number}"), grants }
}

fn colleague(number: u8) -> Target {
    Target::Operator(Colleague { who: actor(number).into(), available: true, room: u32::MAX })
}

fn centre() -> Centre {
    let distribution = Distribution { sharing: Sharing::LeastLoaded, ..Distribution::default() };
    Centre { distribution, ..Centre::default() }
}

fn dialog(number: usize, row: Row) -> DialogAggregate {
    let customer = Customer {
        id: CustomerId(Uuid::from_u128(50 + number as u128)),
        name: "Customer".into(),
        number: 1,
        named: false,
        email: None,
        phone: None,
        language: None,
        particulars: Particulars::default(),
    };
    let mut dialog = DialogAggregate::begin(Beginning {
        id: DialogId(Uuid::from_u128(60 + number as u128)),
        channel: ChannelId(Uuid::from_u128(70)),
        customer,
        page: None,
        operator_online: true,
        wrote_before: false,
        customer_at: None,
        department: None,
        weight: 100,
        start: Start::Queue,
        suspicious: false,
        reach: Reach::Here,
        at: Stamp(i64::try_from(number).unwrap()),
    });
    (dialog.row.state, dialog.row.assignee) = match row.stage {
        Stage::Queue => (DialogState::Queue, None),
        Stage::Offered(who) => (DialogState::Offered, Some(operator(who))),
        Stage::Active(who) => (DialogState::Active, Some(operator(who))),
    };
    dialog.row.assignee_name = dialog.row.assignee.map(|id| actor(number_of(id)).name);
    dialog.row.accepted_at = matches!(row.stage, Stage::Active(_)).then_some(Stamp(1));
    dialog.row.epoch = row.epoch;
    dialog.version = row.version;
    dialog
}

fn row(dialog: &DialogAggregate) -> Row {
    let stage = match (dialog.row.state, dialog.row.assignee.map(number_of)) {
        (DialogState::Queue, None) => Stage::Queue,
        (DialogState::Offered, Some(who)) => Stage::Offered(who),
        (DialogState::Active, Some(who)) => Stage::Active(who),
        other => panic!("a dialog is lost: {other:?}"),
    };
    Row { stage, epoch: dialog.row.epoch, version: dialog.version }
}

/// What the desk makes of a deed; nothing, if it refuses or there is nothing to do.
fn decided(from: Row, deed: Deed) -> Option<Row> {
    let mut dialog = dialog(0, from);
    let epoch = from.epoch;
    let command = match deed {
        Deed::Accept(who) => Command::Accept { by: actor(who), epoch, taking: Taking::All },
        Deed::Decline(who) => Command::Decline { by: actor(who), epoch },
        Deed::Transfer(to) => Command::Transfer { by: actor(OPERATORS), epoch, to: colleague(to) },
        Deed::Distribute(to) => Command::Distribute { epoch, to: colleague(to) },
    };
    let (centre, carrier) =
        (centre(), Carrier { key: crate::centre::SITE, text_chars: 100, transport: otklik_model::Transport::Widget });
    let ids = std::array::from_fn(|nth| MessageId(Uuid::from_u128(nth as u128)));
    let moment = Moment { now: Stamp(9), ids, centre: &centre, carrier: &carrier, named: None };
    let events = decide(&dialog, command, &moment).ok().filter(|events| !events.is_empty())?;
    events.iter().for_each(|event| dialog.apply(event));
    dialog.version += 1;
    Some(row(&dialog))
}

/// What the board gives out next, if each operator may have one dialog.
fn placed(rows: [Row; DIALOGS]) -> Option<(usize, u8)> {
    let centre = centre();
    let mut board = Board::new(Rule::from(&centre.distribution));
    let post = Post { most: 100, ..Post::default() };
    for number in 0..OPERATORS {
        board.introduce(Candidate::of(actor(number), &post, OperatorStatus::Online, false, None));
    }
    let mut ids = BTreeMap::new();
    for (number, row) in rows.into_iter().enumerate() {
        let dialog = dialog(number, row);
        ids.insert(dialog.row.id, number);
        board.tell(known(&dialog, &centre));
    }
    board.place_next().map(|placement| (ids[&placement.dialog], number_of(placement.to)))
}

fn deeds() -> impl Iterator<Item = Deed> {
    let each = |deed: fn(u8) -> Deed| (0..OPERATORS).map(deed);
    each(Deed::Accept).chain(each(Deed::Decline)).chain(each(Deed::Transfer)).chain(each(Deed::Distribute))
}

impl Search {
    fn new(contract: Contract) -> Self {
        let begin = Row { stage: Stage::Queue, epoch: 0, version: 1 };
        let (mut rows, mut fresh) = (BTreeSet::from([begin]), vec![begin]);
        let mut made = BTreeMap::new();
        while let Some(from) = fresh.pop() {
            for deed in deeds() {
                let Some(to) = decided(from, deed) else { continue };
                made.insert((from, deed), to);
                if to.epoch <= EPOCHS && rows.insert(to) {
                    fresh.push(to);
                }
            }
        }
        let pairs = rows.iter().flat_map(|one| rows.iter().map(move |other| [*one, *other]));
        let chosen = pairs.filter_map(|pair| Some((pair, placed(pair)?))).collect();
        Self { contract, decided: made, placed: chosen }
    }

    fn flight(&self, world: &World, dialog: usize, deed: Deed, fence: Option<u8>) -> Option<Flight> {
        let on = world.rows[dialog];
        let becomes = *self.decided.get(&(on, deed))?;
        Some(Flight { dialog, on, becomes, fence })
    }

    fn store(&self, world: &mut World, flight: Flight) -> bool {
        let old = flight.fence.is_some_and(|fence| fence < world.lease.0);
        let row = &mut world.rows[flight.dialog];
        if old && self.contract.compares_leases || self.contract.compares_versions && row.version != flight.on.version {
            return false;
        }
        world.late |= old;
        world.torn |= flight.becomes.epoch != row.epoch + 1;
        *row = flight.becomes;
        true
    }
}

impl Model for Search {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        let row = Row { stage: Stage::Queue, epoch: 0, version: 1 };
        let nodes = [Node::default(), Node::default()];
        vec![World { rows: [row; DIALOGS], lease: (0, false), nodes, torn: false, late: false }]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        if world.lease.1 {
            steps.push(Step::LeaseEnds);
        }
        for (node, of) in world.nodes.iter().enumerate() {
            if !world.lease.1 {
                steps.push(Step::Lease(node));
            }
            if of.flight.is_some() {
                steps.extend([Step::Commit(node), Step::Crash(node)]);
                continue;
            }
            if of.lease.is_some() {
                steps.push(Step::GiveOut(node));
            }
            let by_hand = |deed: &Deed| !matches!(deed, Deed::Distribute(_));
            for deed in deeds().filter(by_hand) {
                let does = |dialog: &usize| self.decided.contains_key(&(world.rows[*dialog], deed));
                steps.extend((0..DIALOGS).filter(does).map(|dialog| Step::Decide(node, dialog, deed)));
            }
        }
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut next = world.clone();
        match step {
            Step::LeaseEnds => next.lease.1 = false,
            Step::Lease(node) => {
                next.lease = (world.lease.0 + 1, true);
                next.nodes[node].lease = Some(next.lease.0);
            }
            Step::Decide(node, dialog, deed) => {
                next.nodes[node].flight = Some(self.flight(world, dialog, deed, None)?);
            }
            Step::GiveOut(node) => {
                let (dialog, to) = *self.placed.get(&world.rows)?;
                let fence = world.nodes[node].lease;
                next.nodes[node].flight = Some(self.flight(world, dialog, Deed::Distribute(to), fence)?);
            }
            Step::Commit(node) => {
                let flight = next.nodes[node].flight.take()?;
                if !self.store(&mut next, flight) && flight.fence.is_some_and(|fence| fence < world.lease.0) {
                    next.nodes[node].lease = None;
                }
            }
            Step::Crash(node) => next.nodes[node] = Node::default(),
        }
        // Processes are alike: which one is called the first makes no other world.
        next.nodes.sort_unstable();
        Some(next)
    }

    fn within_boundary(&self, world: &World) -> bool {
        world.lease.0 <= LEASES && world.rows.iter().all(|row| row.epoch <= EPOCHS)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("each epoch has exactly one owner", |_, world: &World| !world.torn),
            Property::always("nothing is stored under an old lease", |_, world: &World| !world.late),
            Property::always("what waits is given out if somebody has room", |search: &Self, world: &World| {
                let waits = world.rows.iter().any(|row| row.stage == Stage::Queue);
                let has = |who: u8| {
                    world.rows.iter().any(|row| row.stage == Stage::Offered(who) || row.stage == Stage::Active(who))
                };
                let free = (0..OPERATORS).any(|who| !has(who));
                !(waits && free) || search.placed.contains_key(&world.rows)
            }),
            Property::sometimes("both have an owner", |_, world: &World| {
                world.rows.iter().all(|row| matches!(row.stage, Stage::Active(_)))
            }),
            Property::sometimes("a decision is out of date", |_, world: &World| {
                world.nodes.iter().filter_map(|node| node.flight).any(|one| world.rows[one.dialog] != one.on)
            }),
            Property::sometimes("a decision is of an old lease", |_, world: &World| {
                world.nodes.iter().filter_map(|node| node.flight?.fence).any(|fence| fence < world.lease.0)
            }),
        ]
    }
}

#[test]
fn whatever_happens_each_epoch_has_one_owner_and_nothing_is_lost() {
    let search = Search::new(Contract { compares_versions: true, compares_leases: true });
    let checker = search.checker().threads(2).spawn_bfs().join();
    assert!(checker.is_done() && checker.unique_state_count() > 10_000, "{}", checker.unique_state_count());
    checker.assert_properties();
}

#[test]
fn a_store_that_does_not_compare_is_found_out() {
    for (compares_versions, compares_leases, broken) in
        [(false, true, "each epoch has exactly one owner"), (true, false, "nothing is stored under an old lease")]
    {
        let search = Search::new(Contract { compares_versions, compares_leases });
        let checker = search.checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
        checker.assert_any_discovery(broken);
    }
}
