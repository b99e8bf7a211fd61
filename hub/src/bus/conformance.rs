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

/// Runs the part that ends of different processes have to do: what one whispers the other hears, once, and whole but
/// for the end of a very long draft. The line may take a while to come about.
pub async fn whispers_cross(here: &Arc<dyn Bus>, there: &Arc<dyn Bus>) {
    let workspace = WorkspaceId(Uuid::now_v7());
    let of = |name: &str| {
        let whisper = Whisper::Typing { customer: CustomerId(Uuid::from_u128(7)), name: name.into(), on: true };
        Notice::Whisper(workspace, Arc::new(whisper))
    };
    // Another test may be on the same line.
    let heard = async |listener: &mut broadcast::Receiver<Notice>| loop {
        match hear(listener).await.unwrap() {
            Notice::Whisper(of, whisper) if of == workspace => return whisper,
            Notice::Whisper(..) | Notice::Reached(..) => {}
        }
    };
    let (mut ours, mut theirs) = (here.subscribe(), there.subscribe());
    let first = loop {
        here.publish(of("hello"));
        if let Ok(first) = timeout(Duration::from_millis(200), heard(&mut theirs)).await {
            break first;
        }
    };
    assert!(matches!(&*first, Whisper::Typing { .. }));
    let draft = |text: String| {
        let (state, standing) = (otklik_model::DialogState::Queue, "{\"state\":\"queue\",\"assignee\":null}");
        let standing: crate::desk::Standing = serde_json::from_str(standing).unwrap();
        assert_eq!(standing.state, state);
        let dialog = otklik_model::DialogId(Uuid::from_u128(8));
        Notice::Whisper(workspace, Arc::new(Whisper::Draft { dialog, standing, rev: Seq(3), text: Some(text) }))
    };
    let (short, long) = ("Ё\u{1F600}\"".repeat(100), "\u{1F600}".repeat(2_000));
    here.publish(draft(short.clone()));
    here.publish(draft(long.clone()));
    here.publish(of("the end"));
    let (mut drafts, mut ended) = (Vec::new(), false);
    while !ended {
        match &*heard(&mut theirs).await {
            Whisper::Draft { text, .. } => drafts.extend(text.clone()),
            Whisper::Typing { name, .. } => ended = name == "the end",
            other @ (Whisper::Looks(_)
            | Whisper::Focused(_)
            | Whisper::Templates { .. }
            | Whisper::TokenTaken { .. }) => panic!("{other:?}"),
        }
    }
    assert_eq!(drafts.len(), 2);
    assert!(drafts[0] == short && drafts[1].len() > 4_000 && long.starts_with(&drafts[1]));
    // Whoever said it hears it once: as it was said, and not from the line.
    let (mut own, mut ended) = (0, false);
    while !ended {
        match &*heard(&mut ours).await {
            Whisper::Draft { .. } => own += 1,
            Whisper::Typing { name, .. } => ended = name == "the end",
            other @ (Whisper::Looks(_)
            | Whisper::Focused(_)
            | Whisper::Templates { .. }
            | Whisper::TokenTaken { .. }) => panic!("{other:?}"),
        }
    }
    assert_eq!(own, 2);
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
