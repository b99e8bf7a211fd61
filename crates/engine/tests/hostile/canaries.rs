//! S-C18, S-C19, S-C21: what is secret stands in no file and in no log, at no level.
//!
//! Invariant 14.

use crate::{
    kit::{Customer, Desk, MemoryKeychain, NoKeychain, hub_with_ira},
    logs,
};
use otklik_core::{AppView, Command, DialogRow, Query};
use otklik_engine::{AppCommand, Keychain, KeychainError, PageQuery};
use otklik_hub::{HubConfig, users::Users};
use otklik_model::Section;
use std::{fs, path::Path, sync::Arc};

const PASSPHRASE: &str = "канарейка-фраза-81";
const PASSWORD: &str = "канарейка-пароль-82";
const FROM_CUSTOMER: &str = "канарейкаклиента83";
const FROM_OPERATOR: &str = "канарейкаоператора84";
const NOTE: &str = "канарейказаметки85";
const DRAFT: &str = "канарейкачерновика86";
const CUSTOMERS_DRAFT: &str = "канарейканабора87";
const SEARCHED: &str = "канарейкапоиска88";

/// Ира's whole day, every secret once; then everything is closed. Returns what it left in her folder.
async fn day(folder: &Path, keychain: Arc<dyn Keychain>) {
    let hub_folder = folder.join("hub");
    let config = HubConfig::embedded(hub_folder.clone(), None);
    let password = || Some(zeroize::Zeroizing::new(PASSWORD.to_owned()));
    Users::open(&config).await.unwrap().add("oleg", "Олег", password(), None).await.unwrap();
    let hub = hub_with_ira(&hub_folder).await;
    let address = format!("http://{}", hub.address());
    let mut desk = Desk::remote(&folder.join("app"), &address, keychain);
    let asks = desk
        .screen("the first screen", |view| match view {
            AppView::Passphrase { .. } => Some(true),
            AppView::SignIn { .. } => Some(false),
            AppView::Starting | AppView::Broken { .. } | AppView::Workplace | AppView::Covered { .. } => None,
        })
        .await;
    if asks {
        desk.app(AppCommand::Unlock { passphrase: PASSPHRASE.into() }).await.unwrap();
        desk.screen("the sign-in screen", |view| matches!(view, AppView::SignIn { .. }).then_some(())).await;
    }
    desk.app(AppCommand::SignIn { address, login: "oleg".into(), password: PASSWORD.into() }).await.unwrap();
    desk.live().await;
    let mut customer = Customer::come(hub.address(), None).await;
    customer.write(FROM_CUSTOMER).await;
    let dialog = desk.row("the new dialog", |row: &DialogRow| row.section == Section::Waiting).await.id;
    desk.session(Command::Accept { dialog }).await.unwrap();
    desk.row("my dialog", |row| row.section == Section::Mine).await;
    desk.session(Command::Open { dialog: Some(dialog) }).await.unwrap();
    customer.draft(CUSTOMERS_DRAFT).await;
    desk.event("the customer's draft", |event| match event {
        otklik_core::ViewEvent::Typing { text: Some(text), .. } if text == CUSTOMERS_DRAFT => Some(()),
        _ => None,
    })
    .await;
    desk.session(Command::SendNote { dialog, text: NOTE.into() }).await.unwrap();
    desk.write(dialog, FROM_OPERATOR).await;
    customer.reads(&[FROM_OPERATOR]).await;
    desk.session(Command::SaveDraft { dialog, text: DRAFT.into(), note: false, quote: None }).await.unwrap();
    let query = Query::Search {
        search: otklik_model::MessageSearch { words: SEARCHED.into(), ..Default::default() },
        order: otklik_core::SearchOrder::Best,
        limit: 10,
    };
    desk.workplace.query(PageQuery::Session { query }).await.unwrap();
    // What makes parts complain: an unknown link, a message too long, a hub that goes away.
    desk.app(AppCommand::OpenLink { url: format!("javascript:{SEARCHED}") }).await.unwrap_err();
    desk.session(Command::SendText { dialog, text: FROM_OPERATOR.repeat(2_000), quote: None }).await.unwrap_err();
    hub.stop().await;
    desk.write(dialog, FROM_OPERATOR).await;
    desk.workplace.stop().await;
}

/// Every file below a folder, with its path.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if let Ok(bytes) = fs::read(&path) {
            // One that is gone by now was a copy on its way to its name.
            found.push((path.display().to_string(), bytes));
        }
    }
    found
}

fn holds(bytes: &[u8], secret: &[u8]) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret)
}

/// A secret as it stands, as base64 would have it, and as hexadecimal digits.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    // The last group depends on what follows.
    let encoded = BASE64_STANDARD.encode(&secret[..secret.len() - secret.len() % 3]);
    vec![secret.to_vec(), encoded.into_bytes(), hex.into_bytes()]
}

fn nothing_is_readable(folder: &Path, more: Vec<Vec<u8>>) {
    let said = [PASSPHRASE, PASSWORD, FROM_CUSTOMER, FROM_OPERATOR, NOTE, DRAFT, CUSTOMERS_DRAFT, SEARCHED]
        .map(|secret| secret.as_bytes().to_vec());
    let left = files(&folder.join("app"));
    assert!(
        left.iter().any(|(path, bytes)| path.ends_with("own.db") && bytes.len() > 8_192),
        "nothing was kept at all"
    );
    let log = logs::said();
    assert!(holds(&log, "hub started".as_bytes()), "nothing was logged at all");
    for secret in said.iter().chain(&more) {
        for form in forms(secret) {
            for (path, bytes) in &left {
                assert!(!holds(bytes, &form), "{:?} is readable in {path}", String::from_utf8_lossy(&form));
            }
            if let Some(at) = log.windows(form.len()).position(|window| window == form) {
                let around = String::from_utf8_lossy(&log[at.saturating_sub(300)..at + form.len()]);
                panic!("a secret was logged: {around}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_stands_in_a_file_or_a_log() {
    // Before the hub speaks its first word.
    logs::begin();
    let folder = tempfile::tempdir().unwrap();
    let keychain = MemoryKeychain::default();
    day(folder.path(), Arc::new(keychain.clone())).await;
    let kept: Vec<Vec<u8>> = keychain.0.lock().unwrap().values().cloned().collect();
    assert!(kept.len() >= 2, "the store's key and the token");
    nothing_is_readable(folder.path(), kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_on_a_machine_without_a_keychain() {
    // Before the hub speaks its first word.
    logs::begin();
    let folder = tempfile::tempdir().unwrap();
    day(folder.path(), Arc::new(NoKeychain(KeychainError::Absent))).await;
    nothing_is_readable(folder.path(), Vec::new());
}
