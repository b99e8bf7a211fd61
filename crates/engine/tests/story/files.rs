//! Files through everything but a window: staged, killed, sent, fetched, shown and saved, with the real hub.

use crate::kit::{Customer, Desk, MemoryKeychain, PASSWORD, hub_with_ira, sign_in};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use otklik_core::{
    Answer, Command, FileTrouble, LinkView, Query, SendState, StagedFile, UiError, UiErrorCode, ViewEvent,
};
use otklik_engine::{FileAnswer, FileCommand, FileRange, PageAnswer, PageCommand, PageQuery};
use otklik_hub::{Hub, HubConfig, RunningHub};
use otklik_model::{DialogId, FileId, Section, StagedId};
use std::{net::SocketAddr, path::Path, sync::Arc};
use uuid::Uuid;

/// A photograph of two by two pixels, with a place in words behind its pixels.
const DOT: &[u8] = include_bytes!("../../../../hub/widget/test/support/dot.png");

struct Scene {
    folder: tempfile::TempDir,
    hub: Option<RunningHub>,
    address: SocketAddr,
    keychain: Arc<MemoryKeychain>,
    ira: Desk,
    maria: Customer,
    dialog: DialogId,
}

/// Мария writes, and Ира accepts.
async fn scene() -> Scene {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with_ira(&folder.path().join("hub")).await;
    let address = hub.address();
    let keychain = Arc::new(MemoryKeychain::default());
    let mut ira = Desk::remote(&folder.path().join("ira"), &format!("http://{address}"), keychain.clone());
    sign_in(&mut ira, &format!("http://{address}"), PASSWORD).await;
    ira.live().await;
    let mut maria = Customer::come(address, None).await;
    maria.write("Здравствуйте!").await;
    let dialog = ira.row("the new dialog", |row| row.section == Section::Waiting).await.id;
    ira.session(Command::Accept { dialog }).await.unwrap();
    ira.row("my dialog", |row| row.section == Section::Mine).await;
    ira.session(Command::Open { dialog: Some(dialog) }).await.unwrap();
    Scene { folder, hub: Some(hub), address, keychain, ira, maria, dialog }
}

impl Scene {
    async fn hub_stops(&mut self) {
        self.hub.take().expect("the hub runs").stop().await;
    }

    /// The hub is there again, at the same address.
    async fn hub_returns(&mut self) {
        let mut config = HubConfig::embedded(self.folder.path().join("hub"), None);
        config.listen = self.address;
        self.hub = Some(Hub::start(config).await.unwrap());
        self.ira.session(Command::Reconnect).await.unwrap();
    }

    async fn ends(mut self) {
        self.ira.workplace.stop().await;
        self.hub_stops().await;
    }
}

impl Desk {
    async fn lost_the_hub(&mut self) {
        self.event("the lost connection", |event| match event {
            ViewEvent::Link { link: LinkView::Down { .. } } => Some(()),
            _ => None,
        })
        .await;
    }

    async fn file(&self, command: FileCommand) -> Result<otklik_core::Receipt, UiError> {
        self.workplace.command(PageCommand::File { command }).await
    }

    /// Stages a file in parts, as the page does.
    async fn stages(&self, content: &[u8]) -> StagedId {
        let file = StagedId(Uuid::new_v4());
        let mut at = 0;
        for part in content.chunks(100_000) {
            let part_of_it = BASE64_STANDARD.encode(part);
            self.file(FileCommand::Stage { file, at, part: part_of_it }).await.unwrap();
            at += part.len() as u64;
        }
        file
    }

    async fn attaches(&self, dialog: DialogId, name: &str, content: &[u8]) -> StagedId {
        let file = self.stages(content).await;
        self.file(FileCommand::Attach { file, dialog, name: name.into() }).await.unwrap();
        file
    }

    async fn tray(&self, dialog: DialogId) -> Vec<StagedFile> {
        let query = PageQuery::Session { query: Query::Draft { dialog } };
        match self.workplace.query(query).await.unwrap() {
            PageAnswer::Session { answer: Answer::Draft { files, .. } } => files,
            other => panic!("not a draft: {other:?}"),
        }
    }

    async fn sends(&self, dialog: DialogId, files: &[StagedId], text: &str) {
        let files = files.to_vec();
        self.session(Command::SendFiles { dialog, files, text: text.into() }).await.unwrap();
    }

    async fn shows(&self, whose: &str, id: impl std::fmt::Display, what: &str) -> Result<FileAnswer, UiError> {
        self.workplace.file(&format!("/{whose}/{id}/{what}"), None).await
    }
}

/// Every file below a folder.
fn count_files(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, |entries| entries.count())
}

fn outgoing(scene: &Scene) -> std::path::PathBuf {
    let accounts = scene.folder.path().join("ira/accounts");
    let account = std::fs::read_dir(accounts).unwrap().next().unwrap().unwrap();
    account.path().join("outgoing")
}

/// Bytes that differ everywhere, and are no text.
fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|n| (n / 251 + n) as u8).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_chosen_and_sent_without_a_hub_survives_two_restarts_and_arrives_once() {
    let mut scene = scene().await;
    let content = bytes(1_700_000);
    let token = scene.maria.token.clone();
    scene.hub_stops().await;
    scene.ira.lost_the_hub().await;
    let file = scene.ira.attaches(scene.dialog, "../отчёт.bin", &content).await;
    let staged = StagedFile {
        id: file,
        name: "отчёт.bin".into(),
        media: "application/octet-stream".into(),
        size: content.len() as u64,
        pixels: None,
    };
    assert_eq!(scene.ira.tray(scene.dialog).await, std::slice::from_ref(&staged));
    // The program ends and starts again; the tray is there.
    scene.ira.workplace.stop().await;
    let data = scene.folder.path().join("ira");
    let hub = format!("http://{}", scene.address);
    scene.ira = Desk::remote(&data, &hub, scene.keychain.clone());
    scene.ira.row("my dialog with a draft", |row| row.draft).await;
    assert_eq!(scene.ira.tray(scene.dialog).await, [staged]);
    scene.ira.write(scene.dialog, "раз").await;
    scene.ira.sends(scene.dialog, &[file], "вот он").await;
    scene.ira.write(scene.dialog, "два").await;
    scene.ira.workplace.stop().await;
    scene.ira = Desk::remote(&data, &hub, scene.keychain.clone());
    scene.ira.row("three unsent messages", |row| row.unsent == 3).await;
    assert_eq!(count_files(&outgoing_of(&data)), 1, "the bytes wait with their message");

    scene.hub_returns().await;
    let mut maria = Customer::come(scene.address, Some(token)).await;
    maria.reads(&["раз", "вот он", "два"]).await;
    let (names, fetched) = maria.fetches(scene.address, 1).await;
    assert_eq!(names, ["отчёт.bin"]);
    assert!(fetched == content, "every byte of it");
    scene.ira.row("an empty outbox", |row| row.unsent == 0).await;
    scene.ira.workplace.stop().await;
    scene.hub_stops().await;
    assert_eq!(count_files(&outgoing_of(&data)), 0, "and go with it");
}

fn outgoing_of(data: &Path) -> std::path::PathBuf {
    let account = std::fs::read_dir(data.join("accounts")).unwrap().next().unwrap().unwrap();
    account.path().join("outgoing")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_both_ways_is_made_anew_and_played_by_nobody() {
    let mut scene = scene().await;
    let dialog = scene.dialog;
    let photo = [DOT, b"canary: 55.7558 N"].concat();
    let sent = scene.maria.send_file(scene.address, "фото.png", &photo).await;
    scene.ira.row("the photo", |row| row.last_seq >= 2).await;
    for size in ["small", "large"] {
        let shown = scene.ira.shows("file", sent.id, size).await.unwrap();
        assert!(["image/png", "image/jpeg"].contains(&shown.media.as_str()), "{}", shown.media);
        assert!(!shown.content.windows(6).any(|window| window == b"canary"), "nothing but its pixels");
        assert_eq!(scene.ira.shows("file", sent.id, size).await.unwrap(), shown, "kept for the next time");
    }
    let not_found = UiError { code: UiErrorCode::NotFound };
    assert_eq!(scene.ira.shows("file", sent.id, "play").await, Err(not_found.clone()), "no sound");
    assert_eq!(scene.ira.shows("file", FileId(Uuid::now_v7()), "small").await, Err(not_found.clone()));

    let file = scene.ira.attaches(dialog, "ответ.png", DOT).await;
    assert_eq!(scene.ira.tray(dialog).await[0].pixels, Some((2, 2)));
    scene.ira.shows("staged", file, "small").await.unwrap();
    scene.ira.sends(dialog, &[file], "").await;
    let (names, content) = scene.maria.fetches(scene.address, 1).await;
    assert_eq!((names, content.as_slice()), (vec!["ответ.png".to_owned()], DOT));

    let page = scene.maria.send_file(scene.address, "снимок.png", b"<html><script>alert(1)</script>").await;
    scene.ira.row("the page", |row| row.last_seq >= 4).await;
    assert_eq!(scene.ira.shows("file", page.id, "small").await, Err(not_found), "no picture, whatever it is called");
    scene.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_is_given_out_piece_by_piece() {
    let mut scene = scene().await;
    let mut sound = b"RIFF\xff\xff\xff\0WAVEfmt ".to_vec();
    sound.extend(bytes(3_000_000));
    let sent = scene.maria.send_file(scene.address, "голос.wav", &sound).await;
    scene.ira.row("the sound", |row| row.last_seq >= 2).await;
    let play = async |range| scene.ira.workplace.file(&format!("file/{}/play", sent.id), range).await.unwrap();
    let whole = play(None).await;
    let size = sound.len() as u64;
    assert!(whole.media.starts_with("audio/"), "{}", whole.media);
    assert_eq!(whole.part.map(|(from, _, of)| (from, of)), Some((0, size)), "no more than a piece at once");
    let piece = play(Some(FileRange { from: 100, to: Some(199) })).await;
    assert_eq!((piece.part, piece.content.as_slice()), (Some((100, 199, size)), &sound[100..200]));
    let end = play(Some(FileRange { from: size - 5, to: None })).await;
    assert_eq!(end.content, sound[sound.len() - 5..]);
    // The same for a view that plays nothing from addresses: part by part, until it has all.
    let mut brought = Vec::new();
    while (brought.len() as u64) < size {
        let asked = PageQuery::Played { file: format!("file/{}", sent.id), from: brought.len() as u64 };
        let PageAnswer::Played { media, part, size: of } = scene.ira.workplace.query(asked).await.unwrap() else {
            panic!("no part of a sound");
        };
        assert_eq!((media.as_str(), of), (whole.media.as_str(), size));
        brought.extend(BASE64_STANDARD.decode(part).unwrap());
    }
    assert_eq!(brought, sound);
    scene.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_saved_beside_the_others_and_a_dangerous_one_only_if_that_is_meant() {
    let mut scene = scene().await;
    let bill = scene.maria.send_file(scene.address, "счёт.txt", "Итого: 100 ₽".as_bytes()).await;
    let program = scene.maria.send_file(scene.address, "счёт.pdf", b"MZ\x90\0\x03\0\0\0").await;
    scene.ira.row("both", |row| row.last_seq >= 3).await;
    let downloads = scene.folder.path().join("ira/downloads");
    let save = async |file, name: &str, sure| {
        let saved = scene.ira.file(FileCommand::Save { file, name: name.into(), sure }).await?;
        Ok::<_, UiError>(saved.text.unwrap())
    };
    assert_eq!(save(bill.id, "счёт.txt", false).await.unwrap(), downloads.join("счёт.txt").display().to_string());
    assert_eq!(
        save(bill.id, "../счёт.txt", false).await.unwrap(),
        downloads.join("счёт (2).txt").display().to_string()
    );
    assert_eq!(std::fs::read_to_string(downloads.join("счёт.txt")).unwrap(), "Итого: 100 ₽");
    let dangerous = UiError { code: UiErrorCode::File { why: FileTrouble::Dangerous } };
    assert_eq!(save(program.id, "счёт.pdf", false).await, Err(dangerous.clone()), "by what is in it");
    assert_eq!(save(bill.id, "счёт.txt.exe", false).await, Err(dangerous), "by what it is called");
    assert!(!downloads.join("счёт.pdf").exists());
    save(program.id, "счёт.pdf", true).await.unwrap();
    let missing = save(FileId(Uuid::now_v7()), "x", false).await;
    assert_eq!(missing, Err(UiError { code: UiErrorCode::NotFound }));
    scene.hub.take().expect("the hub runs").stop().await;
    save(bill.id, "снова.txt", false).await.expect("it is here already");
    scene.ira.workplace.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_whole_or_not_wanted_leaves_nothing_behind() {
    let scene = scene().await;
    let dialog = scene.dialog;
    let malformed = UiError { code: UiErrorCode::Malformed };
    let file = scene.ira.stages(&bytes(150_000)).await;
    let again = FileCommand::Stage { file, at: 7, part: "AAAA".into() };
    assert_eq!(scene.ira.file(again).await, Err(malformed.clone()), "out of place");
    let nonsense = FileCommand::Stage { file, at: 150_000, part: "!".into() };
    assert_eq!(scene.ira.file(nonsense).await, Err(malformed.clone()));
    scene.ira.file(FileCommand::Forget { file }).await.unwrap();
    let attach = |file| FileCommand::Attach { file, dialog, name: "x".into() };
    assert_eq!(scene.ira.file(attach(file)).await, Err(UiError { code: UiErrorCode::NotFound }));
    let empty = scene.ira.file(FileCommand::Stage { file, at: 0, part: String::new() }).await;
    assert_eq!(empty, Ok(otklik_core::Receipt::default()));
    let refused = scene.ira.file(attach(file)).await.unwrap_err();
    assert_eq!(refused.code, UiErrorCode::File { why: FileTrouble::Empty });
    assert_eq!(count_files(&outgoing(&scene)), 0, "what is refused goes at once");
    let kept = scene.ira.attaches(dialog, "x.bin", &bytes(10)).await;
    let over = FileCommand::Stage { file: kept, at: 0, part: "AAAA".into() };
    assert_eq!(scene.ira.file(over).await, Err(malformed), "what is kept is not written over");
    scene.ira.session(Command::Detach { file: kept }).await.unwrap();
    scene.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_bytes_are_gone_says_so_and_holds_up_nobody() {
    let mut scene = scene().await;
    let (dialog, token) = (scene.dialog, scene.maria.token.clone());
    scene.hub_stops().await;
    scene.ira.lost_the_hub().await;
    let file = scene.ira.attaches(dialog, "x.bin", &bytes(1_000)).await;
    scene.ira.sends(dialog, &[file], "подпись").await;
    scene.ira.write(dialog, "дальше").await;
    for entry in std::fs::read_dir(outgoing(&scene)).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    scene.hub_returns().await;
    let mut maria = Customer::come(scene.address, Some(token)).await;
    maria.reads(&["дальше"]).await;
    scene.ira.row("trouble with one message", |row| row.unsent == 1 && row.unsent_trouble).await;
    let lost = Some(SendState::NotTaken { why: FileTrouble::Lost });
    assert!(scene.ira.texts(dialog).await.contains(&("подпись".to_owned(), lost)));
    scene.ends().await;
}
