//! Files of a newer program, damaged ones, and folders that cannot be written.

use crate::{
    kit::{Desk, MemoryKeychain, NoKeychain},
    texts::{Scene, draft},
};
use otklik_core::{AppView, Command, Notice};
use otklik_engine::{AppCommand, KeychainError};
use rusqlite::Connection;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

impl Desk {
    /// Waits for the screen that says what is broken: its code, and the path it names.
    async fn broken(&mut self) -> (String, PathBuf) {
        self.screen("the broken screen", |view| match view {
            AppView::Broken { code, path } => Some((code.clone(), PathBuf::from(path))),
            AppView::Starting
            | AppView::Passphrase { .. }
            | AppView::SignIn { .. }
            | AppView::Workplace
            | AppView::Covered { .. } => None,
        })
        .await
    }
}

impl Scene {
    /// Ира's app is closed, with an unsent message and a draft; the hub runs on.
    async fn closed_with_work() -> Self {
        let mut scene = Self::set().await;
        scene
            .ira
            .session(Command::SaveDraft {
                dialog: scene.dialog, text: "Черновик".into(), note: false, quote: None
            })
            .await
            .unwrap();
        scene.ira.write(scene.dialog, "Отправлено").await;
        scene.customer.reads(&["Отправлено"]).await;
        scene
            .ira
            .session(Command::SaveDraft {
                dialog: scene.dialog, text: "Черновик".into(), note: false, quote: None
            })
            .await
            .unwrap();
        scene.ira.workplace.stop().await;
        scene
    }

    fn file(&self, name: &str) -> PathBuf {
        let accounts = self.folder.path().join("ira/accounts");
        let account = fs::read_dir(accounts).unwrap().next().unwrap().unwrap().path();
        account.join(name)
    }

    fn start_again(&mut self) {
        let data = self.folder.path().join("ira");
        self.ira = Desk::remote(&data, &self.address, Arc::new(self.keychain.clone()));
    }

    /// Makes a file look as a program of the year after next would leave it.
    fn make_newer(&self, name: &str) {
        let secrets = self.keychain.0.lock().unwrap();
        let of = if name == "own.db" { "store-key" } else { "cache-key:" };
        let (_, key) = secrets.iter().find(|(name, _)| name.contains(of)).unwrap();
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let db = Connection::open(self.file(name)).unwrap();
        db.execute_batch(&format!("PRAGMA key = \"x'{hex}'\"; PRAGMA user_version = 99;")).unwrap();
        db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)).unwrap();
    }

    /// Everything is as it was before the start: the history is read, the draft stands, a new message goes out.
    async fn goes_on(mut self) {
        self.ira.live().await;
        let dialog = self.dialog;
        self.ira.session(Command::Open { dialog: Some(dialog) }).await.unwrap();
        self.ira.write(dialog, "Дальше").await;
        self.customer.reads(&["Отправлено", "Дальше"]).await;
        self.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_db_of_a_newer_program_is_said_so_and_not_touched() {
    let mut scene = Scene::closed_with_work().await;
    scene.make_newer("own.db");
    let before = fs::read(scene.file("own.db")).unwrap();
    scene.start_again();
    let (code, path) = scene.ira.broken().await;
    assert_eq!(code, "newer_version");
    assert!(scene.file("own.db").starts_with(&path), "{}", path.display());
    scene.ira.app(AppCommand::TryAgain).await.unwrap();
    assert_eq!(scene.ira.broken().await.0, "newer_version");
    assert_eq!(fs::read(scene.file("own.db")).unwrap(), before);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_db_of_a_newer_program_is_set_aside_and_fetched_again() {
    let mut scene = Scene::closed_with_work().await;
    scene.make_newer("cache.db");
    scene.start_again();
    scene.ira.notice("the notice", |notice| *notice == Notice::CacheRebuilt).await;
    assert!(scene.file("cache.db.aside").exists());
    assert_eq!(draft(&scene.ira, scene.dialog).await, "Черновик");
    scene.goes_on().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_cache_db_is_set_aside_and_fetched_again() {
    let mut scene = Scene::closed_with_work().await;
    fs::write(scene.file("cache.db"), vec![0x5a; 20_000]).unwrap();
    scene.start_again();
    scene.ira.notice("the notice", |notice| *notice == Notice::CacheRebuilt).await;
    assert_eq!(draft(&scene.ira, scene.dialog).await, "Черновик");
    scene.goes_on().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_own_db_is_salvaged_and_said_so() {
    let mut scene = Scene::closed_with_work().await;
    let path = scene.file("own.db");
    let mut bytes = fs::read(&path).unwrap();
    let last_page = bytes.len() - 4096;
    bytes[last_page..].fill(0);
    fs::write(&path, bytes).unwrap();
    scene.start_again();
    let notice = scene.ira.notice("the notice", |notice| matches!(notice, Notice::OwnSalvaged { .. })).await;
    let Notice::OwnSalvaged { kept: Some(kept), .. } = notice else { panic!("{notice:?}") };
    assert!(Path::new(&kept).exists(), "the damaged file is gone");
    scene.goes_on().await;
}

/// Where even root cannot write: below a file.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_made_is_said_so_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("data");
    fs::write(&blocked, "a file").unwrap();
    let mut desk = Desk::local(&blocked.join("otklik"), Arc::new(MemoryKeychain::default()));
    assert_eq!(desk.broken().await, ("read_only".to_owned(), blocked.join("otklik")));
    fs::remove_file(&blocked).unwrap();
    desk.app(AppCommand::TryAgain).await.unwrap();
    desk.live().await;
    desk.workplace.stop().await;
}

/// As on a disk that the system has turned read-only. There is one such on every Linux, for root as well.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_disk_is_said_so() {
    let mut desk = Desk::local(Path::new("/sys/kernel"), Arc::new(MemoryKeychain::default()));
    assert_eq!(desk.broken().await.0, "read_only");
    desk.workplace.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_vault_is_said_so_and_kept() {
    let data = tempfile::tempdir().unwrap();
    let vault = data.path().join("secrets.vault");
    fs::write(&vault, "не хранилище").unwrap();
    let mut desk = Desk::local(data.path(), Arc::new(NoKeychain(KeychainError::Absent)));
    desk.screen("the passphrase screen", |view| matches!(view, AppView::Passphrase { new: false, .. }).then_some(()))
        .await;
    desk.app(AppCommand::Unlock { passphrase: "верная лошадь".into() }).await.unwrap();
    assert_eq!(desk.broken().await, ("damaged".to_owned(), vault.clone()));
    assert_eq!(fs::read_to_string(&vault).unwrap(), "не хранилище");
    desk.workplace.stop().await;
}
