//! Where a customer is: told at once, in the dialog after two minutes, offline later, and back in an instant.

use crate::kit::{CustomerPage, Desk, Workplace, seconds};
use otklik_hub::{
    desk::Event,
    store::{Commit, DialogChange, Work},
};
use otklik_model::{DialogId, DialogState, OnlineState, Op, Outcome, Presence, Seq};
use otklik_wire::customer::CustomerFrame;

#[tokio::test]
async fn the_customer_leaves_step_by_step_and_is_back_at_once() {
    let (desk, hands) = Desk::ruled(|_| {}).await;
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    let token = maria.shows.token.clone();
    drop(maria);
    ira.until_row("the label", dialog, |row| row.presence == Presence::LeftSite).await;
    assert_eq!(ira.row(dialog).last_seq, 1, "only a label");
    hands.forward(seconds(120));
    ira.until_line(dialog, "left_site").await;
    assert_eq!(ira.row(dialog).current_state, OnlineState::Online);
    hands.forward(seconds(480));
    ira.until_row("offline", dialog, |row| row.presence == Presence::Offline).await;
    let row = ira.row(dialog);
    assert_eq!((row.current_state, row.start_state), (OnlineState::Offline, OnlineState::Online));
    assert_eq!((row.state, row.assignee), (DialogState::Queue, None), "an offline request now");
    let _maria = crate::kit::CustomerPage::connect(&desk.ws("/widget/v1/socket"), token, None).await;
    ira.until_row("back", dialog, |row| row.presence == Presence::OnSite).await;
    assert_eq!(ira.row(dialog).current_state, OnlineState::Online);
    ira.until_line(dialog, "came_back").await;
}

/// Also in the conversation after the one in which the application said so.
#[tokio::test]
async fn whoever_is_reached_by_a_push_is_always_online_until_he_is_not() {
    let (desk, hands) = Desk::ruled(|centre| centre.close_at_once = true).await;
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    let (mut maria, mut pavel) = (desk.customer().await, desk.customer().await);
    maria.send(&CustomerFrame::Push { on: true }).await;
    let first = begins(&mut maria, &mut ira, 1).await;
    ira.accept(first).await;
    let epoch = ira.row(first).epoch;
    ira.done(Op::Close { dialog: first, epoch }).await;
    let second = begins(&mut maria, &mut ira, 2).await;
    let other = begins(&mut pavel, &mut ira, 3).await;
    let token = maria.shows.token.clone();
    drop(maria);
    drop(pavel);
    ira.until_row("who is not reached has left", other, |row| row.presence == Presence::LeftSite).await;
    hands.forward(seconds(3_600));
    ira.until_row("and is offline", other, |row| row.presence == Presence::Offline).await;
    let row = ira.row(second);
    assert_eq!((row.presence, row.current_state, row.last_seq), (Presence::OnSite, OnlineState::Online, 1));
    let mut maria = crate::kit::CustomerPage::connect(&desk.ws("/widget/v1/socket"), token, None).await;
    maria.send(&CustomerFrame::Push { on: false }).await;
    drop(maria);
    ira.until_row("nothing reaches her now", second, |row| row.presence == Presence::LeftSite).await;
}

/// A customer writes; the number of his dialog is known.
async fn begins(page: &mut CustomerPage, ira: &mut Workplace, number: u64) -> DialogId {
    assert_eq!(page.write("?").await.1, None);
    let of = |ira: &Workplace| ira.state.dialogs.values().find(|row| row.number == number).map(|row| row.id);
    ira.until("a dialog", |ira| of(ira).is_some()).await;
    of(ira).unwrap()
}

#[tokio::test]
async fn whoever_was_here_when_the_hub_stopped_and_does_not_come_back_has_left() {
    let (mut desk, hands) = Desk::ruled(|_| {}).await;
    let token = desk.posted("ira", "Ира", |_| {}).await;
    let (mut maria, mut pavel) = (desk.customer().await, desk.customer().await);
    maria.write("1").await;
    pavel.write("2").await;
    desk.stop().await;
    desk.config.timing.customer_grace = seconds(10);
    desk.start_again().await;
    let _pavel = desk.customer_again(&pavel).await;
    let mut ira = desk.workplace(&token).await;
    let of = |ira: &crate::kit::Workplace, number| {
        ira.state.dialogs.values().find(|row| row.number == number).map(|row| row.presence)
    };
    assert_eq!((of(&ira, 1), of(&ira, 2)), (Some(Presence::OnSite), Some(Presence::OnSite)));
    // Whether the hub counts already is not to be seen from here: a second more until it does.
    crate::kit::within("gone", async {
        while of(&ira, 1) != Some(Presence::LeftSite) {
            hands.forward(seconds(1));
            tokio::select! {
                _ = ira.next() => {}
                () = tokio::time::sleep(std::time::Duration::from_millis(20)) => {}
            }
        }
    })
    .await;
    assert_eq!(of(&ira, 2), Some(Presence::OnSite));
}

#[tokio::test]
async fn a_customer_whom_another_process_takes_for_gone_is_back_in_an_instant() {
    let (desk, _hands) = Desk::ruled(|_| {}).await;
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    let (store, workspace) = desk.books().await;
    let found = store.dialog(workspace, dialog).await.unwrap().unwrap();
    let now = desk.config.clock.now();
    let left = Event::PresenceChanged { presence: Presence::LeftSite, at: now };
    let work = Work::Dialog(Box::new(DialogChange::new(&found, vec![left])));
    let done = Outcome::Done { at_seq: Seq(0), message: None };
    store.commit(Commit::new(workspace, now, work, done)).await.unwrap();
    ira.until_row("gone", dialog, |row| row.presence == Presence::LeftSite).await;
    ira.until_row("back", dialog, |row| row.presence == Presence::OnSite).await;
}

/// An operator begins a dialog: the customer is where he is.
#[tokio::test]
async fn whoever_is_invited_is_shown_where_he_is() {
    let (desk, _hands) = Desk::ruled(|centre| centre.close_at_once = true).await;
    let mut ira =
        desk.workplace(&desk.posted("ira", "Ира", |post| post.role = "supervisor".parse().unwrap()).await).await;
    let (mut here, mut away, mut reached) = (desk.customer().await, desk.customer().await, desk.customer().await);
    reached.send(&CustomerFrame::Push { on: true }).await;
    let mut dialogs = Vec::new();
    for (number, page) in (1..).zip([&mut here, &mut away, &mut reached]) {
        let dialog = begins(page, &mut ira, number).await;
        ira.accept(dialog).await;
        dialogs.push(dialog);
    }
    let token = away.shows.token.clone();
    drop((away, reached));
    ira.until_row("away", dialogs[1], |row| row.presence == Presence::LeftSite).await;
    let mut invited = Vec::new();
    for dialog in dialogs {
        let (epoch, customer) = (ira.row(dialog).epoch, ira.row(dialog).customer.id);
        ira.done(Op::Close { dialog, epoch }).await;
        ira.done(Op::Invite { customer, text: "Ваш заказ приехал.".into(), department: None }).await;
        let of = |ira: &Workplace| {
            let mut rows = ira.state.dialogs.values();
            rows.find(|row| row.customer.id == customer && row.state == DialogState::Invitation).map(|row| row.id)
        };
        ira.until("the invitation", |ira| of(ira).is_some()).await;
        invited.push(of(&ira).unwrap());
    }
    let stands = |dialog: DialogId| (ira.row(dialog).presence, ira.row(dialog).current_state);
    let (online, offline) = ((Presence::OnSite, OnlineState::Online), (Presence::Offline, OnlineState::Offline));
    assert_eq!(invited.iter().map(|dialog| stands(*dialog)).collect::<Vec<_>>(), [online, offline, online]);
    let (store, workspace) = desk.books().await;
    let life = store.dialog(workspace, invited[2]).await.unwrap().unwrap().life;
    assert!(life.has_push, "also the words after these reach him");
    // Whoever comes is back.
    let _away = CustomerPage::connect(&desk.ws("/widget/v1/socket"), token, None).await;
    ira.until_row("back", invited[1], |row| row.presence == Presence::OnSite).await;
}
