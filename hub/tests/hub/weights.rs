//! What a channel's dialogs weigh, from the document to the operator who has no room for one more.

use crate::kit::Desk;
use otklik_hub::centre::Sharing;
use otklik_model::{DialogState, Op};

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
