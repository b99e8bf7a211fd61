//! What an administrator lays down for a machine, and settings as a file: obeyed whatever the page asks for.

use crate::kit::{Desk, MemoryKeychain, PASSWORD, hub_with_ira, sign_in};
use otklik_core::{AlertSound, AppView, Command, Settings, SettingsFileTrouble, SignInError, UiErrorCode, ViewEvent};
use otklik_engine::{AppCommand, PageAnswer, PageQuery, Push};
use std::path::Path;
use std::sync::Arc;

fn settings_of(push: &Push) -> Option<Settings> {
    match push {
        Push::Snapshot { snapshot } => Some(snapshot.settings.clone()),
        Push::Events { events } => events.iter().find_map(|event| match event {
            ViewEvent::Settings { settings } => Some(settings.clone()),
            _ => None,
        }),
        Push::App { .. } | Push::Machine { .. } => None,
    }
}

async fn change(desk: &mut Desk, settings: Settings) -> Settings {
    desk.session(Command::SetSettings { settings: settings.into() }).await.unwrap();
    desk.until("the settings", settings_of).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_cannot_be_read_stops_the_start_and_says_where_until_it_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, "[settings]\npopup_txt = false\n").unwrap();
    let mut desk = Desk::under_policy(&folder.path().join("app"), &policy);
    let told = desk
        .screen("what is wrong", |view| match view {
            AppView::Broken { code, path } if code == "policy" => Some(path.clone()),
            _ => None,
        })
        .await;
    assert!(told.contains("policy.toml") && told.contains("popup_txt"), "{told}");
    assert!(!folder.path().join("app/accounts").exists(), "nothing was opened");
    std::fs::write(&policy, "[settings]\npopup_text = false\n").unwrap();
    desk.app(AppCommand::TryAgain).await.unwrap();
    assert!(!desk.until("the settings", settings_of).await.popup_text);
    desk.workplace.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_changes_nothing_that_is_laid_down() {
    let folder = tempfile::tempdir().unwrap();
    let (policy, data) = (folder.path().join("policy.toml"), folder.path().join("app"));
    std::fs::write(&policy, "contact = \"IT\"\n[settings]\npopup_text = false\n[settings.sound_long]\non = true\n")
        .unwrap();
    let mut desk = Desk::under_policy(&data, &policy);
    let first = desk.until("the settings", settings_of).await;
    let wished = Settings { popup_text: true, volume: 10, ..first };
    let now = change(&mut desk, wished).await;
    assert_eq!((now.popup_text, now.volume), (false, 10));
    let sound = AppCommand::UseSound { sound: AlertSound::Long, name: "x".into(), file: None };
    assert_eq!(desk.app(sound).await.unwrap_err().code, UiErrorCode::SetByAdministrator);
    let muted = desk.session(Command::Mute { on: true }).await;
    assert!(muted.is_ok(), "of silence nothing is laid down: {muted:?}");
    let file = "{\"format\":\"otklik-settings\",\"version\":1,\"settings\":{\"popup_text\":true,\"volume\":20}}";
    desk.app(AppCommand::ImportSettings { file: file.to_owned() }).await.unwrap();
    let now = desk.until("the settings", settings_of).await;
    assert_eq!((now.popup_text, now.volume), (false, 20));
    match desk.workplace.query(PageQuery::Machine).await.unwrap() {
        PageAnswer::Machine { machine: None, policy: Some(policy) } => {
            assert_eq!((policy.contact.as_deref(), policy.locked.len()), (Some("IT"), 2));
        }
        other => panic!("{other:?}"),
    }
    desk.workplace.stop().await;
    // What the operator chose himself counts again when the policy goes.
    std::fs::remove_file(&policy).unwrap();
    let mut desk = Desk::under_policy(&data, &policy);
    desk.screen("a screen", |view| (*view != AppView::Starting).then_some(())).await;
    desk.workplace.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_hubs_that_are_laid_down_can_be_signed_in_at() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with_ira(&folder.path().join("hub")).await;
    let here = format!("http://{}", hub.address());
    let policy = folder.path().join("policy.toml");
    let text = format!(
        "[hub]\nonly_these = true\nlocal_desk = false\nservers = [{{ name = \"Centre\", address = {here:?} }}]\n"
    );
    std::fs::write(&policy, text).unwrap();
    let mut desk = Desk::under_policy(&folder.path().join("app"), &policy);
    let offered = desk
        .screen("the sign-in screen", |view| match view {
            AppView::SignIn { address, servers, only_these, local_desk, .. } => {
                Some((address.clone(), servers.len(), *only_these, *local_desk))
            }
            _ => None,
        })
        .await;
    assert_eq!(offered, (Some(here.clone()), 1, true, false));
    desk.app(AppCommand::UseLocalDesk).await.unwrap();
    desk.screen("the sign-in screen again", |view| matches!(view, AppView::SignIn { .. }).then_some(())).await;
    sign_in(&mut desk, "http://127.0.0.1:1", PASSWORD).await;
    desk.screen("a refusal", |view| match view {
        AppView::SignIn { error: Some(SignInError::NotAllowed), .. } => Some(()),
        _ => None,
    })
    .await;
    sign_in(&mut desk, &here, PASSWORD).await;
    desk.live().await;
    desk.workplace.stop().await;
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_go_from_one_machine_to_another_in_a_file_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (folder.path().join("one"), folder.path().join("other"));
    let mut desk = Desk::local(&one, Arc::new(MemoryKeychain::default()));
    let first = desk.until("the settings", settings_of).await;
    change(&mut desk, Settings { volume: 35, popup_text: false, ..first }).await;
    let sound =
        AppCommand::UseSound {
            sound: AlertSound::Long, name: "колокол.wav".into(), file: Some("UklGRg==".into())
        };
    desk.app(sound).await.unwrap();
    let path = desk.app(AppCommand::ExportSettings).await.unwrap().text.unwrap();
    desk.workplace.stop().await;
    assert_eq!(Path::new(&path).parent(), Some(one.join("downloads").as_path()));
    let file = std::fs::read_to_string(&path).unwrap();
    for secret in ["token", "account", "Ира", "127.0.0.1"] {
        assert!(!file.contains(secret), "the file says {secret}");
    }
    let mut desk = Desk::local(&other, Arc::new(MemoryKeychain::default()));
    let before = desk.until("the settings", settings_of).await;
    for (text, why) in [
        ("{".to_owned(), SettingsFileTrouble::NotOne),
        (file.replace("\"volume\": 35", "\"volume\": 350"), SettingsFileTrouble::Value { name: "volume".into() }),
        (file.replace("UklGRg==", "AAAA"), SettingsFileTrouble::Sound { name: "колокол.wav".into() }),
    ] {
        let refused = desk.app(AppCommand::ImportSettings { file: text }).await.unwrap_err().code;
        assert_eq!(refused, UiErrorCode::SettingsFile { why });
    }
    assert!(!other.join("sounds").exists(), "a sound of a refused file is kept");
    desk.app(AppCommand::ImportSettings { file }).await.unwrap();
    let now = desk.until("the settings", settings_of).await;
    assert_eq!((now.volume, now.popup_text), (35, false));
    assert_eq!(now.sound_long.own.as_ref().map(|own| own.name.as_str()), Some("колокол.wav"));
    assert_ne!(now, before);
    desk.workplace.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_sounds_are_laid_down_nobody_mutes_them() {
    for laid_down in ["sounds = true", "do_not_disturb = false"] {
        let folder = tempfile::tempdir().unwrap();
        let (policy, data) = (folder.path().join("policy.toml"), folder.path().join("app"));
        std::fs::write(&policy, format!("[settings]\n{laid_down}\n")).unwrap();
        let mut desk = Desk::under_policy(&data, &policy);
        desk.until("the settings", settings_of).await;
        let muted = desk.session(Command::Mute { on: true }).await;
        assert_eq!(muted.unwrap_err().code, UiErrorCode::SetByAdministrator, "{laid_down}");
        desk.workplace.stop().await;
    }
}
