//! A reader who does not read harms nobody but himself.
//!
//! Invariant 16.

use crate::kit::{Desk, Direct, Workplace, client_id};
use otklik_model::{Op, Outcome};
use otklik_wire::{
    customer::CustomerFrame,
    operator::{ByeCode, ClientFrame, HubFrame},
};
use std::{
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_reader_is_sent_away_and_the_others_go_on() {
    let desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    let stalled = desk.workplace(&desk.operator("oleg", "Олег", None).await).await;
    let mut ira = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    maria.write("first").await;
    let dialog = ira.only_dialog().await;
    let long = "x".repeat(30_000);
    let mut slowest = Duration::ZERO;
    let mut written = 1_u32;
    // More than any buffer of the system holds.
    while desk.hub().metrics().too_slow.load(Relaxed) == 0 {
        assert!(written < 3_000, "the stalled reader was never sent away");
        let sent = Instant::now();
        maria.send(&CustomerFrame::Send { id: client_id(), text: long.clone() }).await;
        maria.until("stored", |page| page.results.len() as u32 > written).await;
        written += 1;
        ira.until("told", |ira| ira.row(dialog).last_seq == written).await;
        slowest = slowest.max(sent.elapsed());
        ira.messages.clear();
        maria.shows.messages.clear();
    }
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    let mut stalled: Workplace = stalled;
    assert_eq!(stalled.goodbye().await.0, ByeCode::TooSlow);
    let oleg = desk.sign_in("oleg").await;
    let address = desk.ws("/api/v1/operator");
    let back = Workplace::resume(&address, &oleg, stalled).await.unwrap();
    assert!(back.welcome.resumed, "he goes on where he was");
    assert_eq!(back.row(dialog).last_seq, written);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_new_dialogs_are_in_the_list_at_once() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut customers = Vec::new();
    for _ in 0..50 {
        customers.push(desk.customer().await);
    }
    let mut times = Vec::new();
    for (number, customer) in customers.iter_mut().enumerate() {
        let sent = Instant::now();
        customer.send(&CustomerFrame::Send { id: client_id(), text: "?".into() }).await;
        ira.until("listed", |ira| ira.state.dialogs.len() == number + 1).await;
        times.push(sent.elapsed());
    }
    times.sort();
    assert!(times[48] < Duration::from_millis(500), "{:?}", times[48]);
}

#[tokio::test]
async fn beats_come_and_a_dead_peer_is_dropped() {
    let desk = Desk::start_with(|config| config.timing.beat = Duration::from_millis(200)).await;
    // The silent one first: from here on nobody but Ира has to be quick.
    let dead = desk.workplace(&desk.operator("oleg", "Олег", None).await).await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let connected = || desk.hub().metrics().operators.load(Relaxed);
    // Reading answers the pings; whoever does not read does not answer.
    crate::kit::within("dropped", async {
        while connected() > 1 {
            ira.next().await;
        }
    })
    .await;
    // On a busy machine the silent one may have been dropped before Ира had heard all that a newcomer is told.
    let mut beats = 0;
    while beats < 10 {
        beats += u32::from(matches!(ira.next().await, otklik_wire::operator::HubFrame::Beat { .. }));
    }
    assert_eq!(connected(), 1);
    drop(dead);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_cannot_answer_puts_off_and_loses_nothing() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    let epoch = ira.row(dialog).epoch;
    // Another program holds the database for longer than the hub waits.
    let other = Direct::open(&desk.config).await;
    other.hold().await;
    let (id, op) = (client_id(), Op::SendText { dialog, epoch, text: "patience".into(), quote: None });
    ira.socket.send(&ClientFrame::Command { id, op: op.clone() }).await;
    let words = client_id();
    assert_eq!(maria.write_as(words, "me too").await, (None, Some("too_fast".to_owned())));
    while ira.next().await != (HubFrame::Retry { id, after_ms: 1000 }) {}
    other.let_go().await;
    assert!(matches!(ira.command_as(id, op).await, Outcome::Done { message: Some(_), .. }));
    assert!(maria.write_as(words, "me too").await.0.is_some());
    maria.until("both", |page| page.texts().len() == 4).await;
}
