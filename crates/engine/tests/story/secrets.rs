//! Invariant 14: keys are in the keychain or under a passphrase, and nothing readable is on disk.

use crate::kit::{Desk, MemoryKeychain, NoKeychain};
use otklik_core::AppView;
use otklik_engine::{AppCommand, KeychainError};
use std::{fs, path::Path, sync::Arc};

#[tokio::test(flavor = "multi_thread")]
async fn with_a_keychain_the_first_start_asks_nothing() {
    let data = tempfile::tempdir().unwrap();
    let keychain = MemoryKeychain::default();
    let mut desk = Desk::local(data.path(), Arc::new(keychain.clone()));
    let asked = desk
        .screen("the workplace", |view| match view {
            AppView::Starting => None,
            AppView::Workplace => Some(false),
            AppView::Passphrase { .. } | AppView::SignIn { .. } | AppView::Broken { .. } | AppView::Covered { .. } => {
                Some(true)
            }
        })
        .await;
    assert!(!asked);
    desk.live().await;
    desk.workplace.stop().await;
    assert_no_secret_on_disk(data.path(), &keychain);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_a_passphrase_is_asked_and_is_needed_again() {
    let data = tempfile::tempdir().unwrap();
    let start = || Desk::local(data.path(), Arc::new(NoKeychain(KeychainError::Absent)));
    let mut desk = start();
    let new = desk.screen("the passphrase screen", passphrase).await;
    assert_eq!(new, (true, false));
    desk.app(AppCommand::Unlock { passphrase: "верная лошадь".into() }).await.unwrap();
    desk.screen("the workplace", workplace).await;
    desk.workplace.stop().await;

    let mut desk = start();
    assert_eq!(desk.screen("the passphrase screen", passphrase).await, (false, false));
    desk.app(AppCommand::Unlock { passphrase: "неверная".into() }).await.unwrap();
    assert_eq!(desk.screen("the passphrase screen again", passphrase).await, (false, true));
    desk.app(AppCommand::Unlock { passphrase: "верная лошадь".into() }).await.unwrap();
    desk.screen("the workplace", workplace).await;
    desk.workplace.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_keychain_is_said_so_and_nothing_is_made() {
    let data = tempfile::tempdir().unwrap();
    let mut desk = Desk::local(data.path(), Arc::new(NoKeychain(KeychainError::Locked)));
    assert_eq!(desk.screen("the broken screen", broken).await, "keychain_locked");
    assert!(fs::read_dir(data.path()).unwrap().next().is_none());
    desk.workplace.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_key_never_overwrites_the_store() {
    let data = tempfile::tempdir().unwrap();
    let mut desk = Desk::local(data.path(), Arc::new(MemoryKeychain::default()));
    desk.screen("the workplace", workplace).await;
    desk.live().await;
    desk.workplace.stop().await;
    let own = data.path().join("accounts/local/own.db");
    let before = fs::read(&own).unwrap();

    let mut desk = Desk::local(data.path(), Arc::new(MemoryKeychain::default()));
    assert_eq!(desk.screen("the broken screen", broken).await, "key_missing");
    desk.workplace.stop().await;
    assert_eq!(fs::read(&own).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_without_the_keychain_that_has_the_keys_makes_nothing_and_takes_nothing() {
    let data = tempfile::tempdir().unwrap();
    let keychain = MemoryKeychain::default();
    let mut desk = Desk::local(data.path(), Arc::new(keychain.clone()));
    desk.screen("the workplace", workplace).await;
    desk.live().await;
    desk.workplace.stop().await;

    let mut desk = Desk::local(data.path(), Arc::new(NoKeychain(KeychainError::Absent)));
    assert_eq!(desk.screen("the broken screen", broken).await, "keychain_absent");
    desk.app(AppCommand::Unlock { passphrase: "верная лошадь".into() }).await.ok();
    desk.workplace.stop().await;

    let mut desk = Desk::local(data.path(), Arc::new(keychain));
    desk.screen("the workplace, by the key that was there all the time", workplace).await;
    desk.live().await;
    desk.workplace.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_on_the_same_folder_is_told_so() {
    let data = tempfile::tempdir().unwrap();
    let keychain = MemoryKeychain::default();
    let mut first = Desk::local(data.path(), Arc::new(keychain.clone()));
    first.screen("the workplace", workplace).await;
    let mut second = Desk::local(data.path(), Arc::new(keychain));
    assert_eq!(second.screen("the broken screen", broken).await, "already_running");
    second.workplace.stop().await;
    first.workplace.stop().await;
}

pub fn workplace(view: &AppView) -> Option<()> {
    matches!(view, AppView::Workplace).then_some(())
}

fn passphrase(view: &AppView) -> Option<(bool, bool)> {
    match view {
        AppView::Passphrase { new, wrong, .. } => Some((*new, *wrong)),
        AppView::Starting
        | AppView::Broken { .. }
        | AppView::SignIn { .. }
        | AppView::Workplace
        | AppView::Covered { .. } => None,
    }
}

fn broken(view: &AppView) -> Option<String> {
    match view {
        AppView::Broken { code, .. } => Some(code.clone()),
        AppView::Starting
        | AppView::Passphrase { .. }
        | AppView::SignIn { .. }
        | AppView::Workplace
        | AppView::Covered { .. } => None,
    }
}

/// No file below the folder holds a secret of the keychain, as bytes or as hexadecimal digits.
fn assert_no_secret_on_disk(folder: &Path, keychain: &MemoryKeychain) {
    let secrets: Vec<Vec<u8>> = keychain.0.lock().unwrap().values().cloned().collect();
    assert!(!secrets.is_empty());
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // One that is gone by now was a copy on its way to its name.
            let Ok(bytes) = fs::read(&path) else { continue };
            for secret in &secrets {
                let hex: Vec<u8> = secret.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
                for needle in [secret, &hex] {
                    let found = bytes.windows(needle.len()).any(|window| window == needle.as_slice());
                    assert!(!found, "a secret lies in {}", path.display());
                }
            }
        }
    }
}
