//! Tokens that are no good any more: the operator is asked to sign in, what he has read goes, and what he wrote goes out
//! once when he has.

use crate::{
    kit::{
        Customer, Desk, MemoryKeychain, PASSWORD, hub_with_ira,
        leaving::{assert_erased, unsent},
        sign_in,
    },
    texts::Scene,
};
use otklik_core::{AppView, Command, Notice, SendState, SignInError, ViewEvent};
use otklik_engine::Push;
use otklik_hub::{Hub, HubConfig, users::Users};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use zeroize::Zeroizing;

const NEW_PASSWORD: &str = "совсем другой пароль";

impl Desk {
    /// Waits for a notice, whether a snapshot or an event brings it.
    pub async fn notice(&mut self, what: &str, wanted: impl Fn(&Notice) -> bool) -> Notice {
        self.until(what, |push| {
            let notices = match push {
                Push::Snapshot { snapshot } => snapshot.notices.clone(),
                Push::Events { events } => events
                    .iter()
                    .flat_map(|event| match event {
                        ViewEvent::Notices { notices } => notices.clone(),
                        _ => Vec::new(),
                    })
                    .collect(),
                Push::App { .. } | Push::Machine { .. } => Vec::new(),
            };
            notices.into_iter().find(&wanted)
        })
        .await
    }
}

/// Why signing in was refused.
fn refusal(view: &AppView) -> Option<SignInError> {
    match view {
        AppView::SignIn { error, busy: false, .. } => error.clone(),
        AppView::SignIn { .. }
        | AppView::Starting
        | AppView::Passphrase { .. }
        | AppView::Broken { .. }
        | AppView::Workplace
        | AppView::Covered { .. } => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_ends_the_session_and_what_was_written_goes_out_once() {
    let mut scene = Scene::set().await;
    let users = Users::open(&HubConfig::embedded(scene.folder.path().join("hub"), None)).await.unwrap();
    users.set_password("ira", Some(Zeroizing::new(NEW_PASSWORD.to_owned()))).await.unwrap();
    scene.ira.leaves_the_workplace().await;
    for text in ["Первое", "Второе"] {
        scene.ira.write(scene.dialog, text).await;
    }
    let waiting = |texts: Vec<(String, Option<SendState>)>| {
        texts
            .into_iter()
            .filter(|(_, state)| *state == Some(SendState::Queued))
            .map(|(text, _)| text)
            .collect::<Vec<_>>()
    };
    assert_eq!(waiting(scene.ira.texts(scene.dialog).await), ["Первое", "Второе"]);
    scene.ira.ended().await;

    sign_in(&mut scene.ira, &scene.address, PASSWORD).await;
    assert_eq!(scene.ira.screen("the refusal", refusal).await, SignInError::WrongPassword);
    sign_in(&mut scene.ira, &scene.address, NEW_PASSWORD).await;
    scene.ira.live().await;
    scene.customer.reads(&["Первое", "Второе"]).await;
    scene.ira.row("an empty outbox", |row| row.unsent == 0 && row.last_seq >= 4).await;
    scene.ira.session(Command::Open { dialog: Some(scene.dialog) }).await.unwrap();
    scene.ira.has_all(scene.dialog, 4).await;
    assert_eq!(waiting(scene.ira.texts(scene.dialog).await), Vec::<String>::new());
    // A page that comes anew reads everything from the first word: nothing stands there twice.
    let mut again = Customer::come(scene.hub.address(), Some(scene.customer.token.clone())).await;
    again.reads(&["Первое", "Второе"]).await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_operator_is_told_and_what_he_wrote_is_kept_and_what_he_read_is_not() {
    let mut scene = Scene::set().await;
    let users = Users::open(&HubConfig::embedded(scene.folder.path().join("hub"), None)).await.unwrap();
    users.disable("ira").await.unwrap();
    scene.ira.leaves_the_workplace().await;
    let began = Instant::now();
    scene.ira.write(scene.dialog, "Осталось здесь").await;
    scene.ira.ended().await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    scene.ira.workplace.stop().await;
    let data = scene.folder.path().join("ira");
    assert_erased(&data, &scene.keychain);

    // The next start asks for the password of whoever was here, and he is not let in.
    scene.ira = Desk::remote(&data, &scene.address, Arc::new(scene.keychain.clone()));
    let login = Some("ira".to_owned());
    assert_eq!(scene.ira.asked_to_sign_in().await, (Some(scene.address.clone()), login, None));
    sign_in(&mut scene.ira, &scene.address, PASSWORD).await;
    assert_eq!(scene.ira.screen("the refusal", refusal).await, SignInError::WrongPassword);
    assert_eq!(unsent(&data, &scene.keychain), ["Осталось здесь"]);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_spoiled_in_the_keychain_is_asked_for_anew() {
    let scene = Scene::set().await;
    scene.ira.workplace.stop().await;
    for spoiled in [b"nonsense".to_vec(), vec![0xff; 40], Vec::new(), b"a\r\nb".to_vec()] {
        for (name, secret) in scene.keychain.0.lock().unwrap().iter_mut() {
            if name.contains("token") {
                secret.clone_from(&spoiled);
            }
        }
        let (data, keychain) = (scene.folder.path().join("ira"), Arc::new(scene.keychain.clone()));
        let mut ira = Desk::remote(&data, &scene.address, keychain);
        // One that cannot even be said is none; of any other the hub says that its session is no more.
        ira.asked_to_sign_in().await;
        sign_in(&mut ira, &scene.address, PASSWORD).await;
        ira.live().await;
        ira.session(Command::Open { dialog: Some(scene.dialog) }).await.unwrap();
        ira.has_all(scene.dialog, 1).await;
        ira.workplace.stop().await;
    }
    scene.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_one_that_is_no_good() {
    let folder = tempfile::tempdir().unwrap();
    hub_with_ira(&folder.path().join("hub")).await.stop().await;
    let mut config = HubConfig::embedded(folder.path().join("hub"), None);
    config.session_days = 0;
    let hub = Hub::start(config).await.unwrap();
    let address = format!("http://{}", hub.address());
    let mut ira = Desk::remote(&folder.path().join("ira"), &address, Arc::new(MemoryKeychain::default()));
    sign_in(&mut ira, &address, PASSWORD).await;
    ira.ended().await;
    ira.workplace.stop().await;
    hub.stop().await;
}
