//! Tokens that are no good any more: the operator is asked to sign in, and what he wrote goes out once when he has.

use crate::{
    kit::{Customer, Desk, MemoryKeychain, PASSWORD, hub_with_ira, sign_in},
    texts::Scene,
};
use otklik_core::{AppView, LinkView, Notice, SendState, SignInError, ViewEvent};
use otklik_engine::Push;
use otklik_hub::{Hub, HubConfig, users::Users};
use std::sync::Arc;
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

    /// Waits until the connection is down for good, until the operator acts.
    async fn gives_up(&mut self) {
        self.event("no further try", |event| match event {
            ViewEvent::Link { link: LinkView::Down { retry_at: None, .. } } => Some(()),
            _ => None,
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_ends_the_session_and_what_was_written_goes_out_once() {
    let mut scene = Scene::set().await;
    let users = Users::open(&HubConfig::embedded(scene.folder.path().join("hub"), None)).await.unwrap();
    users.set_password("ira", Some(Zeroizing::new(NEW_PASSWORD.to_owned()))).await.unwrap();
    scene.ira.gives_up().await;
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

    sign_in(&mut scene.ira, &scene.address, PASSWORD).await;
    let refused = scene.ira.screen("the refusal", |view| match view {
        AppView::SignIn { error, busy: false, .. } => error.clone(),
        AppView::SignIn { .. }
        | AppView::Starting
        | AppView::Passphrase { .. }
        | AppView::Broken { .. }
        | AppView::Workplace => None,
    });
    assert_eq!(refused.await, SignInError::WrongPassword);
    sign_in(&mut scene.ira, &scene.address, NEW_PASSWORD).await;
    scene.ira.live().await;
    scene.customer.reads(&["Первое", "Второе"]).await;
    scene.ira.row("an empty outbox", |row| row.unsent == 0 && row.last_seq >= 4).await;
    assert_eq!(waiting(scene.ira.texts(scene.dialog).await), Vec::<String>::new());
    // A page that comes anew reads everything from the first word: nothing stands there twice.
    let mut again = Customer::come(scene.hub.address(), Some(scene.customer.token.clone())).await;
    again.reads(&["Первое", "Второе"]).await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_operator_is_told_and_keeps_what_he_wrote() {
    let mut scene = Scene::set().await;
    let users = Users::open(&HubConfig::embedded(scene.folder.path().join("hub"), None)).await.unwrap();
    users.disable("ira").await.unwrap();
    scene.ira.gives_up().await;
    scene.ira.write(scene.dialog, "Осталось здесь").await;
    scene.ira.workplace.stop().await;

    // The next start has the same word for it, and the same words of hers.
    let (data, keychain) = (scene.folder.path().join("ira"), Arc::new(scene.keychain.clone()));
    scene.ira = Desk::remote(&data, &scene.address, keychain);
    scene.ira.notice("the notice", |notice| *notice == Notice::SignIn).await;
    let texts = scene.ira.texts(scene.dialog).await;
    assert!(
        texts.iter().any(|(text, state)| text == "Осталось здесь" && *state == Some(SendState::Queued)),
        "{texts:?}"
    );
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
        ira.until("a word about it", |push| match push {
            Push::App { view: AppView::SignIn { .. } } => Some(()),
            Push::Snapshot { snapshot } => snapshot.notices.contains(&Notice::SignIn).then_some(()),
            Push::Events { events } => events.iter().find_map(|event| match event {
                ViewEvent::Notices { notices } => notices.contains(&Notice::SignIn).then_some(()),
                _ => None,
            }),
            Push::App { .. } | Push::Machine { .. } => None,
        })
        .await;
        sign_in(&mut ira, &scene.address, PASSWORD).await;
        ira.live().await;
        assert_eq!(ira.texts(scene.dialog).await.len(), 1);
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
    ira.notice("the notice", |notice| *notice == Notice::SignIn).await;
    ira.workplace.stop().await;
    hub.stop().await;
}
