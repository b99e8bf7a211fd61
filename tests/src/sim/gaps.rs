//! any one event is dropped, doubled, or changes places with the next, at every position of a long log.
//!
//! It has to be noticed at the next frame (an event or a beat), repaired from the durable position, and the state has to
//! be the hub's again. Nothing is ever lost in silence.
//!
//! Invariant 8.

use super::{cast, check, direct::Direct, hub::Habits, plan::Mishap};
use anyhow::{Context as _, ensure};
use otklik_model::{Op, Seq};
use std::collections::BTreeSet;

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Mishaps: at some positions one in each of the logs.
    pub mishaps: u64,
    /// Positions at which there was one.
    pub places: BTreeSet<Seq>,
    /// Noticed, and repaired over a new connection.
    pub repaired: u64,
    /// Harmless: the event came twice.
    pub ignored: u64,
}

/// Plays logs of at least so many positions, with a mishap at each of them, all of one kind.
///
/// # Errors
/// The first position at which something was missed.
pub fn run(positions: u64, mishap: Mishap) -> anyhow::Result<Seen> {
    let mut all = Seen::default();
    // A repair brings the rest of a turn at once; so each further place of a turn is hit in a log of its own, until no
    // turn is long enough to have one.
    for place in 0.. {
        let seen = log(positions, place, mishap)?;
        if seen.mishaps == 0 {
            break;
        }
        all.mishaps += seen.mishaps;
        all.places.extend(seen.places);
        all.repaired += seen.repaired;
        all.ignored += seen.ignored;
    }
    let spared = (1..=positions).map(Seq).find(|at| !all.places.contains(at));
    ensure!(spared.is_none(), "no mishap fell on {spared:?}");
    Ok(all)
}

/// Plays a log in which the mishap falls on this place of each turn.
///
/// # Errors
/// The first position at which something was missed.
fn log(positions: u64, place: u64, mishap: Mishap) -> anyhow::Result<Seen> {
    let habits = Habits { sees_others: false, joint: false, row_first: false, reopens_to_last: true };
    let mut desk = Direct::begin(habits, None)?;
    desk.flowing = false;
    let mut seen = Seen::default();
    let mut turn = 0;
    while desk.hub.head().0 < positions {
        // Two frames at least, so that each has a neighbour to change places with.
        while !has_two(&desk) {
            happen(&mut desk, turn);
            turn += 1;
        }
        for frame in (0..place).filter_map(|_| desk.next_frame(1)).collect::<Vec<_>>() {
            desk.hear(frame);
        }
        desk.work()?;
        while let Some(at) = desk.sent.filter(|sent| *sent < desk.hub.head()) {
            one(&mut desk, mishap, &mut seen).with_context(|| format!("{mishap:?} at position {}", at.0 + 1))?;
        }
    }
    Ok(seen)
}

/// Whether two frames wait to be sent.
fn has_two(desk: &Direct) -> bool {
    let next = desk.sent.and_then(|sent| desk.hub.events(sent, 1));
    next.is_some_and(|(upto, _)| desk.hub.events(upto, 1).is_some())
}

/// Something happens at the hub: a few events.
fn happen(desk: &mut Direct, turn: u64) {
    let customer = u8::try_from(turn % 5).unwrap_or(0);
    let hub = &mut desk.hub;
    let dialog = hub.dialog_of(customer);
    let epoch = dialog.map_or(0, |dialog| hub.epoch(dialog));
    match (turn % 11, dialog) {
        (3, Some(dialog)) => hub.oleg(&Op::Accept { dialog, epoch }),
        (4, Some(dialog)) => {
            hub.oleg(&Op::SendText { dialog, epoch, text: "Олег: ответ".to_owned(), quote: None })
        }
        (5, Some(dialog)) => hub.oleg(&Op::Close { dialog, epoch }),
        (6, Some(_)) => hub.customer_receives(customer, true),
        (7, Some(_)) => hub.say_unknown(),
        (9, Some(dialog)) => {
            if let Some(seq) = hub.newest_of(cast::OLEG, dialog) {
                hub.oleg(&Op::EditMessage { dialog, seq, text: format!("Олег: иначе {turn}") });
            }
            hub.customer_writes(customer, &format!("вопрос {turn}"));
        }
        (8, Some(dialog)) if turn.is_multiple_of(3) => hub.close_for_good(dialog),
        _ => hub.customer_writes(customer, &format!("вопрос {turn}")),
    }
}

/// One mishap: the next position is hit, and then a beat comes.
fn one(desk: &mut Direct, mishap: Mishap, seen: &mut Seen) -> anyhow::Result<()> {
    let calls = desk.calls;
    let before = desk.sent.map_or(0, |sent| sent.0);
    let Some(hit) = desk.next_frame(1) else { return Ok(()) };
    match mishap {
        Mishap::Drop => {}
        Mishap::Double => {
            desk.hear(hit.clone());
            desk.hear(hit);
        }
        Mishap::Swap | Mishap::Delay { .. } => {
            let Some(next) = desk.next_frame(1) else {
                // The last of its turn: it changes places in the log in which the one before it is hit.
                desk.hear(hit);
                return desk.work();
            };
            desk.hear(next);
            desk.hear(hit);
        }
    }
    // A frame also passes over what this operator may not see.
    seen.places.extend((before + 1..=desk.sent.map_or(before, |sent| sent.0)).map(Seq));
    desk.beat();
    desk.work()?;
    seen.mishaps += 1;
    let position = desk.machine.kept.cursor.map(|cursor| cursor.after);
    let complete = position == desk.sent;
    // Noticed at the latest by the beat: the connection was given up, or nothing is missing.
    ensure!(complete || desk.sent.is_none() || desk.calls > calls, "the gap was not noticed: {position:?}");
    let mut passed = 0;
    while desk.sent.is_none() || desk.machine.kept.cursor.map(|cursor| cursor.after) != desk.sent {
        ensure!(passed < 100, "the gap was not repaired: {:?} of {:?}", desk.machine.kept.cursor, desk.hub.head());
        passed += 1;
        desk.pass_time()?;
    }
    if desk.calls > calls {
        seen.repaired += 1;
    } else {
        seen.ignored += 1;
    }
    if desk.sent == Some(desk.hub.head()) {
        ensure!(desk.sent >= Some(Seq(0)), "the log is never empty");
        check::same_as_hub(&desk.hub, &desk.machine).map_err(|(rule, what)| anyhow::anyhow!("{rule}: {what}"))?;
    }
    Ok(())
}
