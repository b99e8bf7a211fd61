//! Whatever happens, in whatever order, over however many connections: what a workplace built from events is what a
//! newcomer is told.
//!
//! Invariant 7.

use crate::kit::{CustomerPage, Desk, Workplace, client_id};
use otklik_model::{DialogId, Op, OperatorStatus, TransferTarget};
use otklik_wire::customer::CustomerFrame;

/// A small generator, so that a seed is a story.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

#[tokio::test]
async fn events_and_snapshot_tell_the_same() {
    for seed in [1, 7, 20, 84] {
        play(seed).await;
    }
}

async fn play(seed: u64) {
    let desk = Desk::start_with(|config| config.timing.customer_grace = std::time::Duration::from_millis(5)).await;
    let mut dice = Dice(seed);
    let everything: Option<&[&str]> = None;
    let mut tokens = Vec::new();
    for (login, rights) in [
        ("ira", everything),
        ("oleg", Some(&["accept", "close_own", "transfer_own", "note"][..])),
        ("zoya", Some(&["see_others"])),
    ] {
        tokens.push(desk.operator(login, login, rights).await);
    }
    let mut workplaces = Vec::new();
    for token in &tokens {
        workplaces.push(Some(desk.workplace(token).await));
    }
    let mut customers = Vec::new();
    for _ in 0..4 {
        customers.push(desk.customer().await);
    }
    for _ in 0..120 {
        if dice.roll(3) == 0 {
            let chosen = dice.roll(customers.len());
            customer_acts(&desk, &mut customers[chosen], &mut dice).await;
        } else {
            let chosen = dice.roll(workplaces.len());
            let mut workplace = workplaces[chosen].take().unwrap();
            if dice.roll(8) == 0 {
                let address = desk.ws("/api/v1/operator");
                workplace = Workplace::resume(&address, &tokens[chosen], workplace).await.unwrap();
                assert!(workplace.welcome.resumed, "seed {seed}");
            } else {
                operator_acts(&mut workplace, &mut dice).await;
            }
            workplaces[chosen] = Some(workplace);
        }
    }
    drop(customers);
    for (token, workplace) in tokens.iter().zip(workplaces) {
        let mut workplace = workplace.unwrap();
        loop {
            let newcomer = desk.workplace(token).await;
            let at = newcomer.position;
            workplace.until("caught up", |me| me.position >= at).await;
            // The customers' leaving may come in between; then once more.
            if workplace.position == at {
                assert_eq!(workplace.state, newcomer.state, "seed {seed}");
                break;
            }
        }
    }
}

async fn customer_acts(desk: &Desk, page: &mut CustomerPage, dice: &mut Dice) {
    match dice.roll(6) {
        0 => *page = desk.customer_again(page).await,
        1 => page.send(&CustomerFrame::Seen { delivered: dice.roll(9) as u32, read: dice.roll(9) as u32 }).await,
        2 => {
            let page_of =
                otklik_model::Page { url: format!("https://x.example/{}", dice.roll(3)), title: String::new() };
            page.send(&CustomerFrame::Page(page_of)).await;
        }
        _ => drop(page.write("words").await),
    }
}

async fn operator_acts(workplace: &mut Workplace, dice: &mut Dice) {
    // It has to know what it acts on; a beat comes after everything that was sent before.
    workplace.socket.send(&otklik_wire::operator::ClientFrame::Beat).await;
    while !matches!(workplace.next().await, otklik_wire::operator::HubFrame::Beat { .. }) {}
    let dialogs: Vec<DialogId> = workplace.state.dialogs.keys().copied().collect();
    if dialogs.is_empty() || dice.roll(12) == 0 {
        let status = if dice.roll(4) == 0 { OperatorStatus::Offline } else { OperatorStatus::Online };
        workplace.command(Op::SetStatus { status }).await;
        return;
    }
    let dialog = dialogs[dice.roll(dialogs.len())];
    let epoch = workplace.row(dialog).epoch;
    let op = match dice.roll(7) {
        0 => Op::Close { dialog, epoch },
        1 => Op::SendNote { dialog, text: "note".into() },
        2 => Op::MarkRead { dialog, upto: dice.roll(9) as u32 },
        3 => {
            let operators: Vec<_> = workplace.state.operators.keys().copied().collect();
            let to = match dice.roll(operators.len() + 1) {
                0 => TransferTarget::Queue,
                chosen => TransferTarget::Operator { id: operators[chosen - 1], force: false },
            };
            Op::Transfer { dialog, epoch, to }
        }
        4 => Op::SendText { dialog, epoch, text: "words".into(), quote: None },
        _ => Op::Accept { dialog, epoch },
    };
    // Refused or done: both are fine here.
    workplace.command_as(client_id(), op).await;
}
