//! What a channel's dialogs weigh, from the document to the operator who has no room for one more.

use crate::kit::Desk;
use otklik_hub::centre::Sharing;
use otklik_model::{DialogState, Op, Outcome, Refusal, TransferTarget};

#[tokio::test]
async fn dialogs_of_a_heavy_channel_fill_an_operator_sooner() {
    let (desk, _hands) = Desk::ruled(|centre| {
        centre.distribution.sharing = Sharing::LeastLoaded;
        centre.distribution.weights = [("Site".to_owned(), 200)].into();
        centre.time_outs.offer_s = 0;
    })
    .await;
    let token = desk.posted("ira", "Ира", |post| post.most = 500).await;
    let mut ira = desk.workplace(&token).await;
    let (store, workspace) = desk.books().await;
    assert_eq!(store.channels(workspace).await.unwrap()[0].name, "Otklik");
    let mut pages = Vec::new();
    for _ in 0..3 {
        let mut page = desk.customer().await;
        assert_eq!(page.write("?").await.1, None);
        pages.push(page);
    }
    let offered = |ira: &crate::kit::Workplace| {
        ira.state.dialogs.values().filter(|row| row.state == DialogState::Offered).map(|row| row.id).collect::<Vec<_>>()
    };
    ira.until("three dialogs, two of them hers", |ira| ira.state.dialogs.len() == 3 && offered(ira).len() == 2).await;
    assert!(ira.state.dialogs.values().all(|row| row.weight == 200));
    let [first, _] = offered(&ira).try_into().unwrap();
    ira.accept(first).await;
    let epoch = ira.row(first).epoch;
    assert_eq!(offered(&ira).len(), 1, "the third waits");
    ira.done(Op::Close { dialog: first, epoch }).await;
    ira.until("the third is hers too", |ira| offered(ira).len() == 2).await;
}

#[tokio::test]
async fn a_heavy_dialog_given_to_whoever_has_no_room_for_it_waits_for_him() {
    let (desk, _hands) = Desk::ruled(|centre| {
        centre.distribution.weights = [("Site".to_owned(), 200)].into();
        centre.time_outs.offer_s = 0;
    })
    .await;
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    let mut oleg = desk.workplace(&desk.posted("oleg", "Олег", |post| post.most = 500).await).await;
    let mut pages = Vec::new();
    for number in 1..=3 {
        let mut page = desk.customer().await;
        page.write("?").await;
        ira.until("it waits", |ira| ira.state.dialogs.values().any(|row| row.number == number)).await;
        let dialog = ira.state.dialogs.values().find(|row| row.number == number).unwrap().id;
        ira.accept(dialog).await;
        let to = TransferTarget::Operator { id: oleg.welcome.me.id, force: false };
        ira.done(Op::Transfer { dialog, epoch: ira.row(dialog).epoch, to }).await;
        // Two fit into five hundred, the third does not, although an ordinary one would.
        let state = if number < 3 { DialogState::Offered } else { DialogState::Queue };
        oleg.until_row("given", dialog, |row| row.state == state).await;
        pages.push(page);
    }
}

/// Each time both find room for one, and one of them is right.
#[tokio::test]
async fn of_two_who_give_to_a_colleague_at_once_only_one_takes_his_last_place() {
    let (desk, _hands) = Desk::ruled(|centre| {
        centre.distribution.wait_for_full = false;
        centre.time_outs.offer_s = 0;
    })
    .await;
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    let mut vera = desk.workplace(&desk.posted("vera", "Вера", |_| {}).await).await;
    let mut pages = Vec::new();
    for round in 0..5 {
        let (login, name) = (format!("oleg{round}"), format!("Олег {round}"));
        let oleg = desk.workplace(&desk.posted(&login, &name, |post| post.most = 100).await).await.welcome.me.id;
        let mut given = Vec::new();
        for (giver, number) in [(&mut ira, 2 * round + 1), (&mut vera, 2 * round + 2)] {
            let mut page = desk.customer().await;
            page.write("?").await;
            giver.until("it waits", |giver| giver.state.dialogs.values().any(|row| row.number == number)).await;
            let dialog = giver.state.dialogs.values().find(|row| row.number == number).unwrap().id;
            giver.accept(dialog).await;
            let to = TransferTarget::Operator { id: oleg, force: false };
            given.push(Op::Transfer { dialog, epoch: giver.row(dialog).epoch, to });
            pages.push(page);
        }
        let [one, other] = given.try_into().unwrap();
        let answers = tokio::join!(ira.command(one), vera.command(other));
        let refused = |answer: &Outcome| *answer == Outcome::Refused { reason: Refusal::LimitReached };
        let refusals = [&answers.0, &answers.1].into_iter().filter(|answer| refused(answer)).count();
        assert_eq!(refusals, 1, "{answers:?}");
    }
}
