//! Signing in at a hub: each way it fails has a word of its own, and nothing is lost by signing out.

use crate::{
    kit::{
        Desk, MemoryKeychain, PASSWORD,
        hub::{hub_with, sign_in_as},
        hub_with_ira, sign_in,
    },
    secrets::workplace,
};
use otklik_core::{AppView, Command, SignInError, ViewEvent};
use otklik_engine::AppCommand;
use otklik_hub::{Hub, HubConfig, TlsFiles};
use otklik_model::OperatorStatus;
use std::sync::Arc;

fn failure(view: &AppView) -> Option<SignInError> {
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
async fn each_failure_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with_ira(&folder.path().join("hub")).await;
    let here = format!("http://{}", hub.address());
    // Bound and never accepted from: a port at which nobody answers as a hub is found by closing it again.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut desk = Desk::remote(&folder.path().join("app"), &here, Arc::new(MemoryKeychain::default()));
    desk.screen("the sign-in screen", |view| matches!(view, AppView::SignIn { .. }).then_some(())).await;
    for (address, password, expected) in [
        ("ha ha".to_owned(), PASSWORD, SignInError::BadAddress),
        ("http://hub.example".to_owned(), PASSWORD, SignInError::NotEncrypted),
        ("https://no-such-host.invalid".to_owned(), PASSWORD, SignInError::UnknownHost),
        (format!("http://{nobody}"), PASSWORD, SignInError::Unreachable),
        (format!("{here}/elsewhere"), PASSWORD, SignInError::NotAHub),
        (here.clone(), "не тот", SignInError::WrongPassword),
    ] {
        sign_in(&mut desk, &address, password).await;
        assert_eq!(desk.screen(&address, failure).await, expected, "{address}");
    }
    sign_in(&mut desk, &here, PASSWORD).await;
    desk.screen("the workplace", workplace).await;
    desk.live().await;
    desk.workplace.stop().await;
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_tries_are_told_with_the_time_to_wait() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with_ira(&folder.path().join("hub")).await;
    let here = format!("http://{}", hub.address());
    let mut desk = Desk::remote(&folder.path().join("app"), &here, Arc::new(MemoryKeychain::default()));
    let mut seen = None;
    for _ in 0..30 {
        sign_in(&mut desk, &here, "не тот").await;
        match desk.screen("an answer", failure).await {
            SignInError::WrongPassword => {}
            SignInError::TooManyTries { retry_after_s } => {
                seen = Some(retry_after_s);
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(seen.is_some_and(|seconds| seconds > 0));
    desk.workplace.stop().await;
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_nobody_vouches_for_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("hub.pem"), folder.path().join("hub.key"));
    std::fs::write(&certificate, own.cert.pem()).unwrap();
    std::fs::write(&key, own.signing_key.serialize_pem()).unwrap();
    let mut config = HubConfig::embedded(folder.path().join("hub"), None);
    config.tls = Some(TlsFiles { certificate, key });
    let hub = Hub::start(config).await.unwrap();
    let here = format!("https://localhost:{}", hub.address().port());
    let mut desk = Desk::remote(&folder.path().join("app"), &here, Arc::new(MemoryKeychain::default()));
    sign_in(&mut desk, &here, PASSWORD).await;
    let refused = desk.screen("the refusal", failure).await;
    assert!(matches!(refused, SignInError::Certificate { .. }), "{refused:?}");
    desk.workplace.stop().await;
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_is_asked_once_and_signing_out_forgets_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with_ira(&folder.path().join("hub")).await;
    let here = format!("http://{}", hub.address());
    let keychain = MemoryKeychain::default();
    let data = folder.path().join("app");
    let start = || Desk::remote(&data, &here, Arc::new(keychain.clone()));

    let mut desk = start();
    desk.screen("the sign-in screen", |view| matches!(view, AppView::SignIn { .. }).then_some(())).await;
    sign_in(&mut desk, &here, PASSWORD).await;
    desk.live().await;
    desk.workplace.stop().await;

    let mut desk = start();
    desk.live().await;
    desk.app(AppCommand::SignOut { stay_online: false }).await.unwrap();
    desk.screen("the sign-in screen", |view| matches!(view, AppView::SignIn { .. }).then_some(())).await;
    assert!(!keychain.0.lock().unwrap().keys().any(|name| name.contains("token")));
    desk.workplace.stop().await;
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_is_offline_for_his_colleagues_or_stays_as_he_wishes() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(&folder.path().join("hub"), &[("ira", "Ира"), ("oleg", "Олег")]).await;
    let here = format!("http://{}", hub.address());
    let start = |who: &str| Desk::remote(&folder.path().join(who), &here, Arc::new(MemoryKeychain::default()));
    let mut oleg = start("oleg");
    sign_in_as(&mut oleg, &here, "oleg", PASSWORD).await;
    oleg.live().await;

    let mut ira = start("ira");
    for stay_online in [false, true] {
        sign_in(&mut ira, &here, PASSWORD).await;
        oleg.event("Ира online", |event| of_ira(event).filter(|status| *status == OperatorStatus::Online)).await;
        ira.live().await;
        ira.app(AppCommand::SignOut { stay_online }).await.unwrap();
        if stay_online {
            // What the hub tells after Олег's own change it has told after whatever became of Ира.
            oleg.session(Command::SetStatus { status: OperatorStatus::Break }).await.unwrap();
            let mut left = false;
            oleg.event("Олег on a break", |event| {
                left |= of_ira(event) == Some(OperatorStatus::Offline);
                matches!(event, ViewEvent::Me { me, .. } if me.status == OperatorStatus::Break).then_some(())
            })
            .await;
            assert!(!left, "she stays, as she wished");
        } else {
            oleg.event("Ира offline", |event| of_ira(event).filter(|status| *status == OperatorStatus::Offline)).await;
        }
    }
    ira.workplace.stop().await;
    oleg.workplace.stop().await;
    hub.stop().await;
}

fn of_ira(event: &ViewEvent) -> Option<OperatorStatus> {
    let ViewEvent::Directory { operators, .. } = event else { return None };
    operators.iter().find(|operator| operator.name == "Ира").map(|operator| operator.status)
}
