//! What every bus has to do. `here` and `there` are two ends of one installation; in one process they are the same.

use super::{Bus, Notice, Whisper};
use otklik_model::{CustomerId, Seq, WorkspaceId};
use std::{sync::Arc, time::Duration};
use tokio::{sync::broadcast, time::timeout};
use uuid::Uuid;

/// Runs the suite.
pub async fn run(here: &Arc<dyn Bus>, there: &Arc<dyn Bus>) {
    nobody_listening_is_no_error(here);
    everybody_hears_in_order(here, there).await;
    whispers_arrive_as_they_were_said(here, there).await;
    a_listener_that_fell_behind_is_told_and_hears_the_newest(here, there).await;
}

fn workspace() -> WorkspaceId {
    WorkspaceId(Uuid::from_u128(1))
}

async fn hear(listener: &mut broadcast::Receiver<Notice>) -> Result<Notice, broadcast::error::RecvError> {
    timeout(Duration::from_secs(10), listener.recv()).await.expect("a notice within ten seconds")
}

fn nobody_listening_is_no_error(bus: &Arc<dyn Bus>) {
    bus.publish(Notice::Reached(workspace(), Seq(1)));
}

async fn everybody_hears_in_order(here: &Arc<dyn Bus>, there: &Arc<dyn Bus>) {
    let mut listeners = [here.subscribe(), there.subscribe(), there.subscribe()];
    for seq in 1..=50 {
        here.publish(Notice::Reached(workspace(), Seq(seq)));
    }
    for listener in &mut listeners {
        for seq in 1..=50 {
            assert_eq!(hear(listener).await.unwrap(), Notice::Reached(workspace(), Seq(seq)));
        }
    }
}

async fn whispers_arrive_as_they_were_said(here: &Arc<dyn Bus>, there: &Arc<dyn Bus>) {
    let mut listener = there.subscribe();
    let whisper = Whisper::Typing { customer: CustomerId(Uuid::from_u128(7)), name: "Ира".into(), on: true };
    let notice = Notice::Whisper(workspace(), Arc::new(whisper));
    here.publish(notice.clone());
    assert_eq!(hear(&mut listener).await.unwrap(), notice);
}

async fn a_listener_that_fell_behind_is_told_and_hears_the_newest(here: &Arc<dyn Bus>, there: &Arc<dyn Bus>) {
    let mut listener = there.subscribe();
    let last = Seq(1_000_000);
    for seq in 1..=last.0 {
        here.publish(Notice::Reached(workspace(), Seq(seq)));
    }
    let (mut told, mut newest) = (false, Seq(0));
    while newest < last {
        match hear(&mut listener).await {
            Ok(Notice::Reached(_, seq)) => newest = seq,
            Ok(other) => panic!("{other:?}"),
            Err(broadcast::error::RecvError::Lagged(_)) => told = true,
            Err(broadcast::error::RecvError::Closed) => panic!("closed"),
        }
    }
    assert!(told, "a million notices fit into no bounded queue");
}
