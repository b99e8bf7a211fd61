//! The words themselves: too long, nothing to see in them, and every odd shape that letters have.

use crate::kit::{Customer, Desk, MemoryKeychain, PASSWORD, hub_with_ira, sign_in};
use otklik_core::{Answer, Command, DialogRow, Query, UiErrorCode};
use otklik_engine::{PageAnswer, PageQuery};
use otklik_hub::RunningHub;
use otklik_model::{DialogId, Section};
use std::sync::Arc;

/// Ира leads the dialog of one customer.
pub struct Scene {
    pub folder: tempfile::TempDir,
    pub hub: RunningHub,
    pub address: String,
    pub ira: Desk,
    pub customer: Customer,
    pub dialog: DialogId,
    pub keychain: MemoryKeychain,
}

impl Scene {
    pub async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hub = hub_with_ira(&folder.path().join("hub")).await;
        let address = format!("http://{}", hub.address());
        let keychain = MemoryKeychain::default();
        let mut ira = Desk::remote(&folder.path().join("ira"), &address, Arc::new(keychain.clone()));
        sign_in(&mut ira, &address, PASSWORD).await;
        ira.live().await;
        let mut customer = Customer::come(hub.address(), None).await;
        customer.write("Здравствуйте").await;
        let waiting = |row: &DialogRow| row.section == Section::Waiting;
        let dialog = ira.row("the new dialog", waiting).await.id;
        ira.session(Command::Accept { dialog }).await.unwrap();
        ira.row("my dialog", |row| row.section == Section::Mine).await;
        ira.session(Command::Open { dialog: Some(dialog) }).await.unwrap();
        Self { folder, hub, address, ira, customer, dialog, keychain }
    }

    pub async fn end(self) {
        self.ira.workplace.stop().await;
        // The hub waits a while for those who do not hear its goodbye.
        drop(self.customer);
        self.hub.stop().await;
    }
}

pub async fn draft(desk: &Desk, dialog: DialogId) -> String {
    let answer = desk.workplace.query(PageQuery::Session { query: Query::Draft { dialog } }).await.unwrap();
    let PageAnswer::Session { answer: Answer::Draft { text, .. } } = answer else { panic!("no draft: {answer:?}") };
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_too_long_is_refused_with_its_counts_and_stays_in_the_composer() {
    let mut scene = Scene::set().await;
    let dialog = scene.dialog;
    for (sign, chars) in [("я", 32_001), ("🙂", 100_000), ("x", 1_048_576)] {
        let over = sign.repeat(chars);
        scene.ira.session(Command::SaveDraft { dialog, text: over.clone(), note: false, quote: None }).await.unwrap();
        for command in [
            Command::SendText { dialog, text: over.clone(), quote: None },
            Command::SendNote { dialog, text: over.clone() },
        ] {
            let refused = scene.ira.session(command).await.unwrap_err();
            assert_eq!(refused.code, UiErrorCode::TooLong { max: 32_000, chars: chars as u32 });
        }
        assert!(draft(&scene.ira, dialog).await == over, "{chars} times {sign} left the composer");
    }
    let fits = "🙂".repeat(32_000);
    scene.ira.session(Command::SendText { dialog, text: fits.clone(), quote: None }).await.unwrap();
    scene.customer.reads(&[&fits]).await;
    assert_eq!(draft(&scene.ira, dialog).await, "");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_seen_is_no_message() {
    let mut scene = Scene::set().await;
    let dialog = scene.dialog;
    for text in [
        "",
        " ",
        "\n\t\r\n",
        "\u{a0}\u{2003}",
        "\0\0",
        "\u{200b}\u{200d}\u{feff}",
        "\u{202e}\u{2066}",
        "\u{e0041}\u{ad}",
    ] {
        for command in [
            Command::SendText { dialog, text: text.to_owned(), quote: None },
            Command::SendNote { dialog, text: text.to_owned() },
        ] {
            assert_eq!(scene.ira.session(command).await.unwrap_err().code, UiErrorCode::Empty, "{text:?}");
        }
    }
    scene.ira.write(dialog, "видно").await;
    scene.customer.reads(&["видно"]).await;
    scene.end().await;
}

/// As it is written, and as it has to arrive.
fn shapes() -> Vec<(String, String)> {
    let same = |text: &str| (text.to_owned(), text.to_owned());
    vec![
        same("счёт\u{202e}fdp.exe и \u{2067}обратно"),
        same(&format!("З{}а", "\u{0351}\u{0321}\u{0489}\u{036b}".repeat(2_000))),
        same("👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 e\u{301} é"),
        same("\u{200b}не\u{200b}видимое\u{feff}"),
        same("<script>alert(1)</script>{{7*7}}'; DROP TABLE messages; --"),
        same("  отступ\n\nи пустая строка\u{2028}\u{fffd}"),
        ("до\0 и \0после".to_owned(), "до и после".to_owned()),
        ("Windows\r\nMac\rUnix\n".to_owned(), "Windows\nMac\nUnix\n".to_owned()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_letters_arrive_as_they_were_written_in_both_directions() {
    let mut scene = Scene::set().await;
    let (mut from_customer, mut from_ira) = (Vec::new(), Vec::new());
    for (written, arrives) in shapes() {
        scene.customer.write(&written).await;
        from_customer.push(arrives.clone());
        scene.ira.write(scene.dialog, &written).await;
        from_ira.push(arrives);
    }
    scene.customer.reads(&from_ira.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let count = u32::try_from(1 + 2 * shapes().len()).unwrap();
    scene.ira.row("all of it", |row| row.unsent == 0 && row.last_seq > count).await;
    let shown: Vec<String> = scene.ira.texts(scene.dialog).await.into_iter().map(|(text, _)| text).collect();
    for text in from_customer.iter().chain(&from_ira) {
        assert!(shown.contains(text), "{text:?} is not in the thread");
    }
    assert_eq!(shown.len(), count as usize);
    scene.end().await;
}
