//! What is never stored: drafts towards operators, typing towards customers, and which dialog an operator has before
//! him, towards his colleagues.

use crate::kit::Desk;
use otklik_wire::{customer::CustomerFrame, operator::ClientFrame};

#[tokio::test]
async fn operators_see_what_is_being_written_if_they_may_see_the_dialog() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut nina = desk.workplace(&desk.operator("nina", "Нина", Some(&["accept"])).await).await;
    let mut maria = desk.customer().await;
    maria.send(&CustomerFrame::Draft { text: Some("before the first word nobody listens".into()) }).await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    maria.until("accepted", |page| page.dialog.as_ref().is_some_and(|dialog| dialog.operator.is_some())).await;
    let long = "я".repeat(3_000);
    maria.send(&CustomerFrame::Draft { text: Some(long) }).await;
    ira.until("a draft", |ira| !ira.drafts.is_empty()).await;
    assert_eq!(ira.drafts[0].as_ref().unwrap().chars().count(), otklik_model::MAX_DRAFT_CHARS);
    maria.write("sent").await;
    ira.until("cleared", |ira| ira.drafts.len() == 2).await;
    assert_eq!(ira.drafts[1], None);
    nina.until("up to date", |nina| nina.position >= ira.position || !nina.gone.is_empty()).await;
    assert!(nina.drafts.is_empty(), "{:?}", nina.drafts);
}

#[tokio::test]
async fn the_customer_sees_who_is_typing_and_only_the_leader_types() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut oleg = desk.workplace(&desk.operator("oleg", "Олег", None).await).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    oleg.socket.send(&ClientFrame::Typing { dialog, on: true }).await;
    // Answered after the typing before it was read.
    oleg.history(dialog, 1, 1, 1).await;
    ira.socket.send(&ClientFrame::Typing { dialog, on: true }).await;
    maria.until("typing", |page| !page.typing.is_empty()).await;
    ira.socket.send(&ClientFrame::Typing { dialog, on: false }).await;
    maria.until("stopped", |page| page.typing.len() == 2).await;
    assert_eq!(maria.shows.typing, [(true, "Ира".to_owned()), (false, "Ира".to_owned())]);
}

#[tokio::test]
async fn nobody_watches_a_card_number_being_typed() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    maria.write("моя карта 4111 1111").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    maria.send(&CustomerFrame::Draft { text: Some("1111 11".into()) }).await;
    ira.until("a draft", |ira| !ira.drafts.is_empty()).await;
    assert_eq!(ira.drafts[0].as_deref(), Some("•••• ••"));
    maria.write("1111 1111").await;
    ira.until("sent", |ira| ira.texts(dialog).last().is_some_and(|text| *text == "•••• 1111")).await;
    assert!(ira.texts(dialog).contains(&"моя карта •••• ••••"), "{:?}", ira.texts(dialog));
}

#[tokio::test]
async fn colleagues_know_who_has_a_dialog_open_and_the_customer_never_does() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut oleg = desk.workplace(&desk.operator("oleg", "Олег", None).await).await;
    let mut nina = desk.workplace(&desk.operator("nina", "Нина", Some(&["accept"])).await).await;
    let (ira_id, oleg_id) = (ira.welcome.me.id, oleg.welcome.me.id);
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    ira.socket.send(&ClientFrame::Looks { dialog: Some(dialog), writes: false }).await;
    oleg.until("Ира reads", |oleg| oleg.colleagues == [(dialog, ira_id, true, false)]).await;
    // Whoever comes later is told who is there already.
    oleg.socket.send(&ClientFrame::Looks { dialog: Some(dialog), writes: true }).await;
    ira.until("Олег writes", |ira| ira.colleagues == [(dialog, oleg_id, true, true)]).await;
    oleg.until("Ира is there still", |oleg| oleg.colleagues.len() == 2).await;
    assert_eq!(oleg.colleagues[1], (dialog, ira_id, true, false));
    oleg.socket.send(&ClientFrame::Looks { dialog: None, writes: false }).await;
    ira.until("Олег left", |ira| ira.colleagues.len() == 2).await;
    assert_eq!(ira.colleagues[1], (dialog, oleg_id, false, false));
    // A connection that breaks takes its operator along.
    drop(ira);
    oleg.until("Ира is gone", |oleg| oleg.colleagues.len() == 3).await;
    assert_eq!(oleg.colleagues[2], (dialog, ira_id, false, false));
    nina.history(dialog, 1, 1, 1).await;
    assert_eq!(nina.colleagues, [], "of a dialog that is not hers");
    // He had been told its messages as they came and asked for none: the trail hears of his look all the same, once.
    let looks = anna.trail().await.iter().filter(|what| *what == "dialog.read").count();
    assert_eq!(looks, 1, "Олег's; one's own leaves no line");
    maria.write("Вы здесь?").await;
    maria.until("stored", |page| page.texts().len() == 2).await;
    assert_eq!(maria.shows.typing, [], "nothing of it reaches the customer");
}
