//! Distribution against a real store, with named people and a clock moved by hand; and every order of events there is.
//!
//! Invariant 18.

mod model;
mod scene;

use super::{Dispatcher, Given, Stop};
use crate::{
    centre::{Centre, Distribution, Sharing},
    desk::{Command, Target, Timer},
    store::CommitError,
};
use otklik_model::{
    ClientId, DialogState,
    OperatorStatus::{Break, Offline, Online},
    Refusal, Stamp,
};
use scene::{LEASE_MS, Scene, least_loaded};
use std::time::Duration;
use uuid::Uuid;

async fn turn(dispatcher: &mut Dispatcher) -> usize {
    dispatcher.follow().await.unwrap();
    dispatcher.give_out(|_| ()).await.unwrap().placed
}

#[tokio::test]
async fn what_waits_is_offered_when_somebody_comes_online() {
    let mut scene = Scene::open(least_loaded()).await;
    let ira = scene.hire("Ира", 2, Offline).await;
    let first = scene.customer_writes().await;
    let mut hub = scene.dispatcher(1).await;
    assert_eq!(turn(&mut hub).await, 0);
    let others = [scene.customer_writes().await, scene.customer_writes().await];
    scene.set_status(ira, Online).await;
    assert_eq!(turn(&mut hub).await, 2, "she may have two");
    assert_eq!(scene.offered_to(first).await.as_deref(), Some("Ира"));
    assert_eq!(scene.at(others[1]).await, (DialogState::Queue, None));
    // She gets room: the next one follows.
    scene.accept(first, ira).await.unwrap();
    assert_eq!(turn(&mut hub).await, 0);
    scene.close(first, ira).await.unwrap();
    assert_eq!(turn(&mut hub).await, 1);
    assert_eq!(scene.offered_to(others[1]).await.as_deref(), Some("Ира"));
}

#[tokio::test]
async fn s_h11_a_flood_takes_nobody_s_room_and_holds_nobody_up_until_somebody_has_looked() {
    let mut scene = Scene::open(least_loaded()).await;
    let ira = scene.hire("Ира", 2, Online).await;
    let mut floods = [scene.flooder_writes().await, scene.flooder_writes().await, scene.flooder_writes().await];
    let mut hub = scene.dispatcher(1).await;
    assert_eq!(turn(&mut hub).await, 0, "what was there before");
    floods[2] = scene.flooder_writes().await;
    let maria = scene.customer_writes().await;
    assert_eq!((turn(&mut hub).await, scene.offered_to(maria).await.as_deref()), (1, Some("Ира")));
    scene.transfer(floods[2], ira, Target::Queue).await.unwrap();
    assert_eq!((turn(&mut hub).await, scene.offered_to(floods[2]).await.as_deref()), (1, Some("Ира")));
    for dialog in &floods[..2] {
        assert_eq!(scene.at(*dialog).await, (DialogState::Queue, None));
    }
    // Taken by hand it takes room.
    scene.accept(floods[0], ira).await.unwrap();
    assert_eq!(turn(&mut hub).await, 0);
    assert_eq!(hub.carried(ira), 300);
}

#[tokio::test]
async fn an_offer_that_is_declined_or_expires_goes_to_the_next() {
    let mut scene = Scene::open(least_loaded()).await;
    let ira = scene.hire("Ира", 5, Online).await;
    scene.hire("Олег", 5, Online).await;
    let dialog = scene.customer_writes().await;
    let mut hub = scene.dispatcher(1).await;
    assert_eq!((turn(&mut hub).await, scene.offered_to(dialog).await.as_deref()), (1, Some("Ира")));
    scene.decline(dialog, ira).await.unwrap();
    assert_eq!((turn(&mut hub).await, scene.offered_to(dialog).await.as_deref()), (1, Some("Олег")));
    scene.hands.forward(Duration::from_secs(30));
    assert_eq!(turn(&mut hub).await, 0);
    scene.hands.forward(Duration::from_secs(31));
    scene.act(dialog, |_| Command::TimeOut(Timer::Offer)).await.unwrap();
    hub.follow().await.unwrap();
    // Ира declined a minute ago, and may be asked again; Олег may not.
    assert_eq!((turn(&mut hub).await, scene.offered_to(dialog).await.as_deref()), (1, Some("Ира")));
    let missed = scene.ground.store.dialog(scene.ground.workspace, dialog).await.unwrap().unwrap().life.missed;
    assert_eq!(missed, 2);
}

#[tokio::test]
async fn whoever_is_silent_loses_it_and_it_counts_as_missed() {
    let mut centre = least_loaded();
    centre.time_outs.silent_s = 60;
    let mut scene = Scene::open(centre).await;
    let ira = scene.hire("Ира", 5, Online).await;
    let dialog = scene.customer_writes().await;
    let mut hub = scene.dispatcher(1).await;
    assert_eq!(turn(&mut hub).await, 1);
    scene.accept(dialog, ira).await.unwrap();
    scene.hands.forward(Duration::from_secs(61));
    scene.act(dialog, |_| Command::TimeOut(Timer::Silent)).await.unwrap();
    assert_eq!(turn(&mut hub).await, 0, "there is nobody else");
    assert_eq!(scene.at(dialog).await, (DialogState::Active, Some("Ира".into())));
    let missed = async |scene: &Scene| {
        let (store, workspace) = (&scene.ground.store, scene.ground.workspace);
        let found = store.dialog(workspace, dialog).await.unwrap().unwrap().life.missed;
        (found, store.tally(workspace, ira, Stamp(0)).await.unwrap().missed)
    };
    assert_eq!(missed(&scene).await, (0, 0), "nobody could have spoken in her place");
    scene.hire("Олег", 5, Online).await;
    assert_eq!((turn(&mut hub).await, scene.offered_to(dialog).await.as_deref()), (1, Some("Олег")));
    assert_eq!(missed(&scene).await, (1, 1));
    assert_eq!(hub.carried(ira), 0);
}

#[tokio::test]
async fn a_transfer_to_a_full_colleague_waits_for_her_or_is_refused() {
    let mut scene = Scene::open(least_loaded()).await;
    let ira = scene.hire("Ира", 5, Online).await;
    let vera = scene.hire("Вера", 1, Break).await;
    let (hers, given) = (scene.customer_writes().await, scene.customer_writes().await);
    let mut hub = scene.dispatcher(1).await;
    assert_eq!(turn(&mut hub).await, 2);
    scene.accept(given, ira).await.unwrap();
    scene.transfer(hers, ira, scene.colleague(vera, false)).await.unwrap();
    scene.accept(hers, vera).await.unwrap();
    scene.set_status(vera, Online).await;
    scene.transfer(given, ira, scene.colleague(vera, true)).await.unwrap();
    assert_eq!(
        (turn(&mut hub).await, scene.at(given).await.0),
        (0, DialogState::Queue),
        "Ира is free, and is not asked"
    );
    scene.close(hers, vera).await.unwrap();
    assert_eq!((turn(&mut hub).await, scene.offered_to(given).await.as_deref()), (1, Some("Вера")));
    scene.centre.distribution.wait_for_full = false;
    let refused = scene.transfer(given, vera, scene.colleague(ira, true)).await;
    assert_eq!(refused, Err(Refusal::LimitReached));
}

#[tokio::test]
async fn the_reopened_goes_to_whoever_had_it() {
    let centre = Centre {
        distribution: Distribution { sharing: Sharing::Everyone, ..Distribution::default() },
        ..Centre::default()
    };
    let mut scene = Scene::open(centre).await;
    scene.hire("Ира", 5, Online).await;
    let oleg = scene.hire("Олег", 5, Online).await;
    let dialog = scene.customer_writes().await;
    let mut hub = scene.dispatcher(1).await;
    assert_eq!(turn(&mut hub).await, 0, "everybody sees it, and the first to accept wins");
    scene.accept(dialog, oleg).await.unwrap();
    scene.close(dialog, oleg).await.unwrap();
    let again = Command::CustomerWrites { text: "И ещё".into(), client: ClientId(Uuid::from_u128(9_000)) };
    scene.act(dialog, |_| again.clone()).await.unwrap();
    assert_eq!((turn(&mut hub).await, scene.offered_to(dialog).await.as_deref()), (1, Some("Олег")));
}

#[tokio::test]
async fn a_decision_that_comes_too_late_is_made_anew() {
    let mut scene = Scene::open(least_loaded()).await;
    let ira = scene.hire("Ира", 1, Online).await;
    let oleg = scene.hire("Олег", 1, Online).await;
    let (taken, other) = (scene.customer_writes().await, scene.customer_writes().await);
    let mut hub = scene.dispatcher(1).await;
    hub.follow().await.unwrap();
    let batch = hub.choose();
    assert_eq!(batch.placements().count(), 2);
    // Олег takes by hand what is just being offered to Ира.
    scene.accept(taken, oleg).await.unwrap();
    let given = hub.settle(batch).await.unwrap();
    assert_eq!(given.placed, 1);
    assert_eq!(scene.at(taken).await, (DialogState::Active, Some("Олег".into())));
    assert_eq!(scene.offered_to(other).await.as_deref(), Some("Олег"));
    // What was decided for Ира is free again.
    let next = scene.customer_writes().await;
    assert_eq!((turn(&mut hub).await, scene.offered_to(next).await.as_deref()), (1, Some("Ира")));
    assert_eq!((hub.carried(ira), hub.carried(oleg)), (100, 200));
}

#[tokio::test]
async fn the_next_process_takes_over_and_what_the_old_one_decided_is_fenced() {
    let mut scene = Scene::open(least_loaded()).await;
    scene.hire("Ира", 5, Online).await;
    let first = scene.customer_writes().await;
    let mut old = scene.dispatcher(1).await;
    assert_eq!(turn(&mut old).await, 1);
    let second = scene.customer_writes().await;
    old.follow().await.unwrap();
    let late = old.choose();
    assert_eq!(late.placements().count(), 1);
    // It is paused for longer than the lease lasts.
    assert!(scene.lease(2).await.is_none(), "the lease is not over");
    scene.hands.forward(Duration::from_millis(u64::try_from(LEASE_MS).unwrap()));
    let mut new = scene.dispatcher(2).await;
    assert!(matches!(old.settle(late).await, Err(Stop::Commit(CommitError::Fenced))));
    assert_eq!(scene.at(second).await, (DialogState::Queue, None));
    assert_eq!((turn(&mut new).await, scene.offered_to(second).await.as_deref()), (1, Some("Ира")));
    assert_eq!(scene.offered_to(first).await.as_deref(), Some("Ира"), "what the old one stored stands");
    assert!(scene.lease(1).await.is_none());
}

#[tokio::test]
async fn another_configuration_holds_at_once() {
    let mut scene = Scene::open(Centre::default()).await;
    scene.hire("Ира", 5, Online).await;
    let dialog = scene.customer_writes().await;
    let mut hub = scene.dispatcher(1).await;
    assert_eq!(turn(&mut hub).await, 0);
    scene.configure(least_loaded()).await;
    assert_eq!((turn(&mut hub).await, scene.offered_to(dialog).await.as_deref()), (1, Some("Ира")));
}

#[tokio::test]
async fn many_are_given_out_in_batches_none_twice_and_nobody_above_the_limit() {
    let mut scene = Scene::open(least_loaded()).await;
    let mut people = Vec::new();
    for number in 0..30 {
        people.push(scene.hire(&format!("Оператор {number}"), 50, Offline).await);
    }
    let mut dialogs = Vec::new();
    for _ in 0..1_200 {
        dialogs.push(scene.customer_writes().await);
    }
    let mut hub = scene.dispatcher(1).await;
    assert_eq!(hub.give_out(|_| ()).await.unwrap(), Given::default());
    for id in &people {
        scene.set_status(*id, Online).await;
    }
    assert_eq!(turn(&mut hub).await, 1_200);
    for id in people {
        assert_eq!(hub.carried(id), 4_000, "each has the same");
    }
    for dialog in dialogs {
        assert!(scene.offered_to(dialog).await.is_some());
    }
}

#[tokio::test]
async fn what_was_chosen_beside_a_batch_that_is_fenced_is_taken_back_too() {
    let mut scene = Scene::open(least_loaded()).await;
    scene.hire("Ира", 2_000, Online).await;
    for _ in 0..1_100 {
        scene.customer_writes().await;
    }
    let mut old = scene.dispatcher(1).await;
    scene.hands.forward(Duration::from_millis(u64::try_from(LEASE_MS).unwrap()));
    assert!(scene.lease(2).await.is_some());
    assert!(matches!(old.give_out(|_| ()).await, Err(Stop::Commit(CommitError::Fenced))));
    assert_eq!(scene.ground.store.waiting(scene.ground.workspace).await.unwrap(), 1_100);
    // They are read anew, as whoever goes on does.
    old.follow().await.unwrap();
    let chosen = [old.choose(), old.choose()].map(|batch| batch.placements().count());
    assert_eq!(chosen, [1_000, 100]);
}
