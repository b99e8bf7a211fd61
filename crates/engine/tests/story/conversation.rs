//! A customer and operators through everything but a window: the real hub, the real store, the real engine.

use crate::kit::{Customer, Desk, MemoryKeychain, PASSWORD, hub_with_ira, sign_in};
use otklik_core::{Answer, Command, DialogRow, Query, SendState, UiErrorCode, ViewEvent};
use otklik_engine::{PageAnswer, PageQuery};
use otklik_hub::{Hub, HubConfig, users::Users};
use otklik_model::{Refusal, Section};
use std::{path::Path, sync::Arc};

async fn operator(data: &Path, address: &str) -> Desk {
    let mut desk = Desk::remote(data, address, Arc::new(MemoryKeychain::default()));
    sign_in(&mut desk, address, PASSWORD).await;
    desk.live().await;
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_while_the_hub_is_away_arrives_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with_ira(&folder.path().join("hub")).await;
    let address = hub.address();
    let mut ira = operator(&folder.path().join("ira"), &format!("http://{address}")).await;

    let mut customer = Customer::come(address, None).await;
    customer.write("Здравствуйте, где мой заказ?").await;
    let row = ira.row("the new dialog", |row| row.section == Section::Waiting && row.unread == 1).await;
    ira.session(Command::Accept { dialog: row.id }).await.unwrap();
    ira.row("my dialog", |row| row.section == Section::Mine).await;
    ira.session(Command::Open { dialog: Some(row.id) }).await.unwrap();
    ira.write(row.id, "Смотрю").await;
    customer.reads(&["Смотрю"]).await;

    let token = customer.token.clone();
    drop(customer);
    hub.stop().await;
    ira.event("the lost connection", |event| match event {
        ViewEvent::Link { link: otklik_core::LinkView::Down { .. } } => Some(()),
        _ => None,
    })
    .await;
    for text in ["Первое", "Второе", "Третье"] {
        ira.write(row.id, text).await;
    }
    let refused = ira.session(Command::Close { dialog: row.id }).await.unwrap_err();
    assert_eq!(refused.code, UiErrorCode::Denied { why: otklik_model::Denied::Offline });
    let shown = ira.texts(row.id).await;
    assert_eq!(shown.len(), 5, "{shown:?}");
    assert!(shown[2..].iter().all(|(_, state)| *state == Some(SendState::Queued)), "{shown:?}");

    let mut config = HubConfig::embedded(folder.path().join("hub"), None);
    config.listen = address;
    let hub = Hub::start(config).await.unwrap();
    ira.session(Command::Reconnect).await.unwrap();
    let mut customer = Customer::come(address, Some(token)).await;
    customer.reads(&["Смотрю", "Первое", "Второе", "Третье"]).await;
    ira.row("an empty outbox", |row| row.unsent == 0 && row.last_seq >= 5).await;
    ira.workplace.stop().await;
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_accept_at_once_and_the_loser_is_told_who_won() {
    let folder = tempfile::tempdir().unwrap();
    let hub_folder = folder.path().join("hub");
    let config = HubConfig::embedded(hub_folder.clone(), None);
    let password = || Some(zeroize::Zeroizing::new(PASSWORD.to_owned()));
    Users::open(&config).await.unwrap().add("oleg", "Олег", password(), None).await.unwrap();
    let hub = hub_with_ira(&hub_folder).await;
    let address = format!("http://{}", hub.address());
    let mut ira = operator(&folder.path().join("ira"), &address).await;
    let mut oleg = Desk::remote(&folder.path().join("oleg"), &address, Arc::new(MemoryKeychain::default()));
    let command = otklik_engine::AppCommand::SignIn { address, login: "oleg".into(), password: PASSWORD.into() };
    oleg.app(command).await.unwrap();
    oleg.live().await;

    let mut customer = Customer::come(hub.address(), None).await;
    customer.write("Hello?").await;
    let waiting = |row: &DialogRow| row.section == Section::Waiting;
    let dialog = ira.row("the new dialog", waiting).await.id;
    oleg.row("the new dialog", waiting).await;
    let (first, second) =
        tokio::join!(ira.session(Command::Accept { dialog }), oleg.session(Command::Accept { dialog }));
    let (lost, winner) = match (first, second) {
        (Ok(_), Err(lost)) => (lost, "Ира"),
        (Err(lost), Ok(_)) => (lost, "Олег"),
        both => panic!("one must win: {both:?}"),
    };
    let told = match lost.code {
        UiErrorCode::Refused { reason: Refusal::AlreadyAccepted { by } } => by,
        // The winner's event may overtake the loser's click.
        UiErrorCode::Denied { .. } => winner.to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(told, winner);
    ira.workplace.stop().await;
    oleg.workplace.stop().await;
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_a_notification_that_cannot_go_is_kept_and_told_to_the_open_field_before_the_window_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with_ira(&folder.path().join("hub")).await;
    let address = hub.address();
    let mut ira = operator(&folder.path().join("ira"), &format!("http://{address}")).await;
    let mut customer = Customer::come(address, None).await;
    customer.write("Где мой заказ?").await;
    let dialog = ira.row("the new dialog", |row| row.section == Section::Waiting).await.id;
    ira.session(Command::Open { dialog: Some(dialog) }).await.unwrap();
    ira.session(Command::SaveDraft { dialog, text: "Половина".into(), note: false, quote: None }).await.unwrap();

    // She has not accepted it, so nothing of hers may go to the customer.
    ira.workplace.popup_replied(dialog, "Уже едет".into(), true).await;
    let first = ira.event("the words or the window", |event| match event {
        ViewEvent::DraftChanged { added, .. } => Some(Some(added.clone())),
        ViewEvent::OpenDialog { .. } => Some(None),
        _ => None,
    });
    assert_eq!(first.await.as_deref(), Some("Уже едет"));
    let kept = ira.workplace.query(PageQuery::Session { query: Query::Draft { dialog } }).await.unwrap();
    let PageAnswer::Session { answer: Answer::Draft { text, .. } } = kept else { panic!("{kept:?}") };
    assert_eq!(text, "Половина\nУже едет");
    hub.stop().await;
}
