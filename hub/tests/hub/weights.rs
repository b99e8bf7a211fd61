//! What a channel's dialogs weigh, from the document to the operator who has no room for one more.

use crate::kit::Desk;
use otklik_hub::centre::Sharing;
use otklik_model::{DialogState, Op, TransferTarget};

#[tokio::test]
async fn dialogs_of_a_heavy_channel_fill_an_operator_sooner() {
    let (desk, _hands) = Desk::ruled(|centre| {
        centre.distribution.sharing = Sharing::LeastLoaded;
        centre.distribution.weights = [("Otklik".to_owned(), 200)].into();
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
        centre.distribution.weights = [("Otklik".to_owned(), 200)].into();
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
