//! S-C19: what was read here goes with the session, whoever ends it; what was written here stays and goes out once.
//!
//! Invariant 14.

use crate::kit::{
    Customer, Desk, MemoryKeychain, PASSWORD, hub_with_ira,
    leaving::{account, assert_erased, cached, secret, unsent},
    sign_in,
};
use otklik_core::{Answer, Command, Query};
use otklik_engine::{AppCommand, FileCommand, PageAnswer, PageCommand, PageQuery};
use otklik_hub::{Hub, HubConfig, RunningHub, users::Users};
use otklik_model::{DialogId, Section};
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};
use zeroize::Zeroizing;

const NEW_PASSWORD: &str = "совсем другой пароль";

/// Ира has read what Мария wrote, has looked at her file, and has written while the hub was away.
struct Scene {
    folder: tempfile::TempDir,
    at: SocketAddr,
    keychain: MemoryKeychain,
    ira: Desk,
    marias_token: String,
    dialog: DialogId,
}

impl Scene {
    async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hub = hub_with_ira(&folder.path().join("hub")).await;
        let at = hub.address();
        let keychain = MemoryKeychain::default();
        let mut ira = Desk::remote(&folder.path().join("ira"), &format!("http://{at}"), Arc::new(keychain.clone()));
        sign_in(&mut ira, &format!("http://{at}"), PASSWORD).await;
        ira.live().await;
        let mut maria = Customer::come(at, None).await;
        maria.write("Здравствуйте!").await;
        let dialog = ira.row("the new dialog", |row| row.section == Section::Waiting).await.id;
        ira.session(Command::Accept { dialog }).await.unwrap();
        ira.row("my dialog", |row| row.section == Section::Mine).await;
        ira.session(Command::Open { dialog: Some(dialog) }).await.unwrap();
        let file = maria.send_file(at, "заказ.txt", "прочитано".as_bytes()).await.id;
        ira.row("the file", |row| row.last_seq >= 3).await;
        let command = FileCommand::Save { file, name: "заказ.txt".into(), sure: false };
        ira.workplace.command(PageCommand::File { command }).await.unwrap();

        let marias_token = maria.token.clone();
        drop(maria);
        hub.stop().await;
        for text in ["Первое", "Второе"] {
            ira.write(dialog, text).await;
        }
        ira.session(Command::SaveDraft { dialog, text: "Недописано".into(), note: false, quote: None }).await.unwrap();
        let scene = Self { folder, at, keychain, ira, marias_token, dialog };
        assert!(fs::read_dir(account(&scene.data()).join("fetched")).unwrap().next().is_some(), "nothing was fetched");
        assert!(cached(&scene.data()).contains(&"cache.db".to_owned()));
        scene
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("ira")
    }

    fn address(&self) -> String {
        format!("http://{}", self.at)
    }

    fn hub_config(&self) -> HubConfig {
        let mut config = HubConfig::embedded(self.folder.path().join("hub"), None);
        config.listen = self.at;
        config
    }

    async fn hub_returns(&self) -> RunningHub {
        Hub::start(self.hub_config()).await.unwrap()
    }

    fn start_again(&mut self) {
        let address = self.address();
        self.ira = Desk::remote(&self.data(), &address, Arc::new(self.keychain.clone()));
    }

    async fn signs_out(&mut self) {
        self.ira.app(AppCommand::SignOut { stay_online: false }).await.unwrap();
        let login = Some("ira".to_owned());
        assert_eq!(self.ira.asked_to_sign_in().await, (Some(self.address()), login, None));
    }

    /// Everything is as it would have been without an end, and what was written goes out once.
    async fn goes_on(&mut self, password: &str) {
        let address = self.address();
        sign_in(&mut self.ira, &address, password).await;
        self.ira.live().await;
        assert_eq!(self.ira.notices().await, []);
        self.ira.row("an empty outbox", |row| row.unsent == 0 && row.last_seq >= 5).await;
        self.ira.session(Command::Open { dialog: Some(self.dialog) }).await.unwrap();
        self.ira.has_all(self.dialog, 5).await;
        let texts: Vec<String> = self.ira.texts(self.dialog).await.into_iter().map(|(text, _)| text).collect();
        assert_eq!(texts, ["Здравствуйте!", "", "Первое", "Второе"], "the history is here again");
        let mut maria = Customer::come(self.at, Some(self.marias_token.clone())).await;
        maria.reads(&["Первое", "Второе"]).await;
    }

    async fn draft(&self) -> String {
        let query = Query::Draft { dialog: self.dialog };
        let answer = self.ira.workplace.query(PageQuery::Session { query }).await.unwrap();
        let PageAnswer::Session { answer: Answer::Draft { text, .. } } = answer else { panic!("{answer:?}") };
        text
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s_c19_signing_out_erases_what_was_read_and_keeps_what_was_written() {
    let mut scene = Scene::set().await;
    let before = secret(&scene.keychain, "cache-key:").unwrap();
    assert_ne!(Some(&before), secret(&scene.keychain, "store-key").as_ref(), "a key of its own");
    scene.signs_out().await;
    assert_erased(&scene.data(), &scene.keychain);
    assert_eq!(unsent(&scene.data(), &scene.keychain), ["Первое", "Второе"]);

    let hub = scene.hub_returns().await;
    scene.goes_on(PASSWORD).await;
    assert_eq!(scene.draft().await, "Недописано");
    assert_ne!(secret(&scene.keychain, "cache-key:").unwrap(), before);
    scene.ira.workplace.stop().await;
    assert!(unsent(&scene.data(), &scene.keychain).is_empty());
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s_c19_the_hubs_end_of_a_session_erases_too_and_takes_the_last_words() {
    let mut scene = Scene::set().await;
    let users = Users::open(&scene.hub_config()).await.unwrap();
    users.set_password("ira", Some(Zeroizing::new(NEW_PASSWORD.to_owned()))).await.unwrap();
    drop(users);
    let hub = scene.hub_returns().await;
    scene.ira.session(Command::Reconnect).await.unwrap();
    scene.ira.leaves_the_workplace().await;
    // As the page does when its screen goes away in the middle of a word.
    let last = Command::SaveDraft {
        dialog: scene.dialog, text: "Недописано, и ещё".into(), note: false, quote: None
    };
    scene.ira.session(last).await.unwrap();
    assert_eq!(scene.ira.ended().await, (Some(scene.address()), Some("ira".to_owned())));
    assert_erased(&scene.data(), &scene.keychain);

    // The next start asks as well, and knows whom.
    scene.ira.workplace.stop().await;
    scene.start_again();
    let login = Some("ira".to_owned());
    assert_eq!(scene.ira.asked_to_sign_in().await, (Some(scene.address()), login, None));
    scene.goes_on(NEW_PASSWORD).await;
    assert_eq!(scene.draft().await, "Недописано, и ещё");
    scene.ira.workplace.stop().await;
    hub.stop().await;
}

/// As after a kill between the key and the files; and with a database that was set aside.
#[tokio::test(flavor = "multi_thread")]
async fn s_c19_what_is_left_without_a_key_is_removed_without_a_word() {
    let mut scene = Scene::set().await;
    scene.ira.workplace.stop().await;
    let (account, aside) = (account(&scene.data()), scene.folder.path().join("aside"));
    copy(&account.join("fetched"), &aside);
    let database = fs::read(account.join("cache.db")).unwrap();
    scene.start_again();
    scene.ira.screen("the workplace", crate::secrets::workplace).await;
    scene.signs_out().await;
    scene.ira.workplace.stop().await;
    copy(&aside, &account.join("fetched"));
    for name in ["cache.db", "cache.db.aside", "cache.db-wal"] {
        fs::write(account.join(name), &database).unwrap();
    }

    let hub = scene.hub_returns().await;
    scene.start_again();
    scene.ira.asked_to_sign_in().await;
    scene.goes_on(PASSWORD).await;
    assert!(!account.join("cache.db.aside").exists());
    assert!(fs::read_dir(account.join("fetched")).unwrap().next().is_none());
    scene.ira.workplace.stop().await;
    assert_ne!(fs::read(account.join("cache.db")).unwrap(), database);
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s_c19_leaving_the_desk_of_this_machine_erases_what_its_hub_can_send_again() {
    let data = tempfile::tempdir().unwrap();
    let keychain = MemoryKeychain::default();
    let mut desk = Desk::local(data.path(), Arc::new(keychain.clone()));
    desk.live().await;
    desk.app(AppCommand::SignOut { stay_online: false }).await.unwrap();
    assert_eq!(desk.asked_to_sign_in().await, (None, None, None));
    assert_erased(data.path(), &keychain);
    desk.app(AppCommand::UseLocalDesk).await.unwrap();
    desk.live().await;
    assert_eq!(desk.notices().await, []);
    desk.workplace.stop().await;
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
