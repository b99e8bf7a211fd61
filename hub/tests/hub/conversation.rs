//! The main job, over real sockets.
//!
//! Invariants 2 and 10.

use crate::kit::{Desk, client_id, within};
use otklik_model::{Change, DialogState, GoneReason, MessageKind, Op, Outcome, Presence, Refusal, TransferTarget};
use otklik_wire::customer::CustomerFrame;

#[tokio::test]
async fn a_customer_writes_and_ira_answers() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    assert_eq!(maria.shows.dialog, None, "an open page without a word makes no dialog");
    assert_eq!(maria.write("Где мой заказ?").await, (Some(1), None));
    let dialog = ira.only_dialog().await;
    let row = ira.row(dialog);
    assert_eq!((row.number, row.state, row.unread, row.presence), (1, DialogState::Queue, 1, Presence::OnSite));
    assert_eq!(row.page.as_ref().unwrap().title, "Shop");
    assert_eq!(row.customer.language.as_deref(), Some("ru"));
    ira.accept(dialog).await;
    ira.say(dialog, "Сейчас посмотрю.").await;
    maria.until("the answer", |page| page.texts().contains(&"Сейчас посмотрю.")).await;
    let answer = maria.shows.messages.last().unwrap().clone();
    assert_eq!((answer.from.as_str(), answer.name.as_deref(), answer.seq), ("operator", Some("Ира"), 3));
    assert_eq!(maria.shows.texts(), ["Где мой заказ?", "accepted Ира", "Сейчас посмотрю."]);
    assert_eq!(maria.shows.dialog.as_ref().unwrap().operator.as_deref(), Some("Ира"));

    maria.send(&CustomerFrame::Seen { delivered: 3, read: 2 }).await;
    ira.until("the marks", |ira| ira.row(dialog).delivered_to_customer == 3).await;
    assert_eq!(ira.row(dialog).read_by_customer, 2);
    ira.done(Op::MarkRead { dialog, upto: 1 }).await;
    assert_eq!(ira.row(dialog).unread, 0);
    maria.until("read", |page| page.dialog.as_ref().unwrap().read_by_operator == 1).await;
}

#[tokio::test]
async fn notes_never_leave_towards_the_customer() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    ira.done(Op::SendNote { dialog, text: "secret note".into() }).await;
    ira.say(dialog, "after the note").await;
    maria.until("the answer", |page| page.texts().contains(&"after the note")).await;
    assert_eq!(maria.shows.texts(), ["?", "accepted Ира", "after the note"]);
    assert_eq!(maria.shows.shown.unwrap().upto, 4, "the position counts what is skipped");
    assert_eq!(ira.messages[&(dialog, 3)].kind, MessageKind::Note);
    let again = desk.customer_again(&maria).await;
    assert!(!again.shows.texts().contains(&"secret note"));
}

#[tokio::test]
async fn two_operators_accept_at_once_and_the_loser_is_told_whom() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut oleg = desk.workplace(&desk.operator("oleg", "Олег", Some(&["accept", "note"])).await).await;
    for round in 0..20 {
        let mut maria = desk.customer().await;
        maria.write("?").await;
        let newest = |state: &crate::kit::State| state.dialogs.values().map(|row| row.number).max() == Some(round + 1);
        ira.until("the dialog", |ira| newest(&ira.state)).await;
        oleg.until("the dialog", |oleg| oleg.state.dialogs.values().any(|row| row.number == round + 1)).await;
        let dialog = ira.state.dialogs.values().max_by_key(|row| row.number).unwrap().id;
        let accept = Op::Accept { dialog, epoch: 0 };
        let (first, second) = tokio::join!(ira.command(accept.clone()), oleg.command(accept));
        let refused = |by: &str| Outcome::Refused { reason: Refusal::AlreadyAccepted { by: by.into() } };
        match (&first, &second) {
            (Outcome::Done { .. }, lost) => {
                assert_eq!(lost, &refused("Ира"));
                oleg.until("gone", |oleg| !oleg.state.dialogs.contains_key(&dialog)).await;
                let gone = Change::DialogGone { dialog, reason: GoneReason::Accepted, to: Some("Ира".into()) };
                assert_eq!(oleg.gone.last(), Some(&gone));
            }
            (lost, Outcome::Done { .. }) => {
                assert_eq!(lost, &refused("Олег"));
                ira.until("his", |ira| ira.row(dialog).assignee_name.as_deref() == Some("Олег")).await;
            }
            both => panic!("nobody won: {both:?}"),
        }
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again_and_nothing_is_done_twice() {
    let desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    let mut ira = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    let epoch = ira.row(dialog).epoch;
    let say = |text: &str| Op::SendText { dialog, epoch, text: text.into(), quote: None };
    let id = client_id();
    let first = ira.command_as(id, say("once")).await;
    for _ in 0..3 {
        drop(ira);
        ira = desk.workplace(&token).await;
        assert_eq!(ira.command_as(id, say("once")).await, first);
    }
    let refused = ira.command_as(client_id(), say("  ")).await;
    assert_eq!(refused, Outcome::Refused { reason: Refusal::Empty });
    maria.until("the answer", |page| page.texts().contains(&"once")).await;
    ira.say(dialog, "end").await;
    maria.until("the end", |page| page.texts().contains(&"end")).await;
    assert_eq!(maria.shows.texts(), ["?", "accepted Ира", "once", "end"]);
}

#[tokio::test]
async fn a_customers_message_is_stored_once_however_often_it_is_sent() {
    let desk = Desk::start().await;
    let mut maria = desk.customer().await;
    let id = client_id();
    for _ in 0..3 {
        assert_eq!(maria.write_as(id, "only once").await, (Some(1), None));
        maria = desk.customer_again(&maria).await;
    }
    maria.until("shown", |page| !page.messages.is_empty()).await;
    assert_eq!(maria.shows.texts(), ["only once"]);
    assert_eq!(maria.shows.messages[0].client_id, Some(id));
}

#[tokio::test]
async fn transferred_declined_closed_and_reopened() {
    let desk = Desk::start().await;
    let (ira_token, oleg_token) = (desk.operator("ira", "Ира", None).await, desk.operator("oleg", "Олег", None).await);
    let (mut ira, mut oleg) = (desk.workplace(&ira_token).await, desk.workplace(&oleg_token).await);
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    let to = TransferTarget::Operator { id: oleg.welcome.me.id, force: false };
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::Transfer { dialog, epoch, to }).await;
    oleg.until("offered", |oleg| oleg.state.dialogs.get(&dialog).is_some_and(|row| row.state == DialogState::Offered))
        .await;
    assert_eq!((oleg.row(dialog).can.accept, ira.row(dialog).can.write.is_some()), (None, true));
    oleg.accept(dialog).await;
    oleg.say(dialog, "Олег слушает").await;
    let epoch = oleg.row(dialog).epoch;
    oleg.done(Op::Close { dialog, epoch }).await;
    maria.until("closed", |page| page.dialog.as_ref().is_some_and(|dialog| dialog.closed)).await;
    maria.write("ещё вопрос").await;
    // It is offered to Олег, who had it.
    ira.until("reopened", |ira| ira.row(dialog).state == DialogState::Offered).await;
    let row = ira.row(dialog);
    assert_eq!((row.number, row.assignee, row.closed_at), (1, Some(oleg.welcome.me.id), None));
    let offline = TransferTarget::Operator { id: ira.welcome.me.id, force: false };
    ira.done(Op::SetStatus { status: otklik_model::OperatorStatus::Offline }).await;
    oleg.until("reopened", |oleg| oleg.row(dialog).state == DialogState::Offered).await;
    oleg.accept(dialog).await;
    let epoch = oleg.row(dialog).epoch;
    let refused = oleg.command(Op::Transfer { dialog, epoch, to: offline }).await;
    assert_eq!(refused, Outcome::Refused { reason: Refusal::TargetUnavailable });
}

#[tokio::test]
async fn a_reload_is_not_noticed_and_leaving_is() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    maria = desk.customer_again(&maria).await;
    maria.write("still here").await;
    drop(maria);
    ira.until("left", |ira| ira.row(dialog).presence == Presence::LeftSite).await;
    // Nothing between the second message and the leaving: the reload did not show.
    assert_eq!((ira.row(dialog).last_seq, ira.position.0), (2, ira.row(dialog).rev.0));
}

#[tokio::test]
async fn pairs_of_messages_a_few_milliseconds_apart_are_never_late() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    let mut slowest = std::time::Duration::ZERO;
    for pair in 0..24_u32 {
        let sent = std::time::Instant::now();
        for half in ["a", "b"] {
            maria.send(&CustomerFrame::Send { id: client_id(), text: format!("{pair}{half}") }).await;
        }
        within("both", ira.until("both", |ira| ira.messages.len() as u32 == 2 * pair + 2)).await;
        slowest = slowest.max(sent.elapsed());
    }
    assert!(slowest < std::time::Duration::from_secs(1), "{slowest:?}");
}
