//! Files both ways: who may send and fetch what, and what a hostile file cannot do.

use crate::kit::{CustomerPage, Desk, Workplace, hire, hire_elsewhere, http, set_centre, within};
use otklik_hub::{HubConfig, centre::ChannelRules};
use otklik_model::{Attachment, FileId, FileState, MessageKind, Op, Outcome, Refusal};
use otklik_wire::{FileLink, UploadFailure, UploadFailureCode};
use reqwest::{Response, StatusCode};
use std::time::Duration;

pub const PNG: &[u8] = include_bytes!("../../widget/test/support/dot.png");

/// A desk with Ира and Олег, and rules for files.
async fn desk_with(adjust: impl FnOnce(&mut HubConfig), most_bytes: u64, media: &[&str], link_s: u32) -> Desk {
    let media = media.iter().map(|media| (*media).to_owned()).collect();
    Desk::start_prepared(adjust, async |config| {
        set_centre(config, |centre| {
            (centre.files.most_bytes, centre.files.media, centre.files.link_s) = (most_bytes, media, link_s);
        })
        .await;
        hire(config, "ira", "Ира").await;
        hire(config, "oleg", "Олег").await;
    })
    .await
}

async fn desk() -> Desk {
    desk_with(|_| {}, 200_000, &[], 3_600).await
}

async fn upload(address: &str, token: &str, name: &str, content: impl Into<reqwest::Body>) -> Response {
    let address = url::Url::parse_with_params(address, [("name", name)]).unwrap();
    let request = http().post(address).bearer_auth(token).body(content);
    within("an upload", request.send()).await.unwrap()
}

impl Desk {
    pub async fn upload(&self, token: &str, name: &str, content: &[u8]) -> Attachment {
        let answer = upload(&self.http("/api/v1/files"), token, name, content.to_vec()).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    pub async fn customer_uploads(&self, page: &CustomerPage, name: &str, content: &[u8]) -> Response {
        let token = page.shows.token.as_deref().unwrap();
        upload(&self.http("/widget/v1/files"), token, name, content.to_vec()).await
    }

    /// Asks for a link as an operator.
    pub async fn link(&self, token: &str, file: FileId) -> Result<FileLink, StatusCode> {
        let request = http().post(self.http(&format!("/api/v1/files/{file}/link"))).bearer_auth(token);
        let answer = within("a link", request.send()).await.unwrap();
        match answer.status() {
            StatusCode::OK => Ok(answer.json().await.unwrap()),
            refused => Err(refused),
        }
    }

    pub async fn fetch(&self, address: &str) -> Response {
        within("a file", http().get(self.http(&format!("/{address}"))).send()).await.unwrap()
    }
}

async fn failure(answer: Response) -> (u16, UploadFailureCode) {
    let status = answer.status().as_u16();
    (status, answer.json::<UploadFailure>().await.unwrap().code)
}

/// Мария writes, and Ира accepts.
async fn talk(desk: &Desk) -> (CustomerPage, Workplace, String, otklik_model::DialogId) {
    let token = desk.sign_in("ira").await;
    let mut ira = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    maria.write("Где мой заказ?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    (maria, ira, token, dialog)
}

#[tokio::test]
async fn files_go_both_ways_and_are_only_ever_saved() {
    let desk = desk().await;
    let (mut maria, mut ira, token, dialog) = talk(&desk).await;
    assert_eq!(maria.shows.files.as_ref().unwrap().most_bytes, 200_000);
    let photo: Attachment = desk.customer_uploads(&maria, "фото.png", PNG).await.json().await.unwrap();
    assert_eq!((photo.media.as_str(), photo.state, photo.pixels), ("image/png", FileState::Ready, Some((2, 2))));
    assert_eq!(desk.link(&token, photo.id).await, Err(StatusCode::NOT_FOUND), "not sent yet: nobody else's");
    assert_eq!(maria.send_file(&photo).await.1, None);
    ira.until("the photo", |ira| ira.messages.values().any(|message| message.kind == MessageKind::File)).await;
    let link = desk.link(&token, photo.id).await.unwrap();
    let answer = desk.fetch(&link.address).await;
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers()["content-security-policy"], "default-src 'none'; sandbox");
    let disposition = answer.headers()["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment; ") && disposition.contains("%D1%84%D0%BE%D1%82%D0%BE.png"));
    assert_eq!(answer.bytes().await.unwrap(), PNG);
    let small = desk.fetch(&link.thumbnail.unwrap()).await;
    assert!(["image/png", "image/jpeg"].contains(&small.headers()["content-type"].to_str().unwrap()));
    let bill = desk.upload(&token, "счёт.txt", "Итого: 100 ₽".as_bytes()).await;
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::SendFile { dialog, epoch, file: bill.id, text: "Вот счёт".into() }).await;
    maria.until("the bill", |page| page.messages.iter().any(|message| message.text == "Вот счёт")).await;
    let message = maria.shows.messages.last().unwrap().clone();
    assert_eq!((message.kind.as_deref(), message.from.as_str()), (Some("file"), "operator"));
    assert_eq!(message.file.as_ref().unwrap().name, "счёт.txt");
    let (address, thumbnail) = maria.link(bill.id).await;
    assert_eq!(thumbnail, None);
    assert_eq!(desk.fetch(&address.unwrap()).await.text().await.unwrap(), "Итого: 100 ₽");
    let again = ira.command(Op::SendFile { dialog, epoch, file: bill.id, text: String::new() }).await;
    assert_eq!(again, Outcome::Refused { reason: Refusal::FileUnusable }, "a file is sent once");
}

#[tokio::test]
async fn nobody_else_is_told_of_a_file() {
    let desk = Desk::start_prepared(
        |_| {},
        async |config| {
            hire(config, "ira", "Ира").await;
            hire_elsewhere(config, "shop", "ira").await;
        },
    )
    .await;
    let (mut maria, mut ira, token, dialog) = talk(&desk).await;
    let file = desk.upload(&token, "a.txt", b"only for Maria").await;
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::SendFile { dialog, epoch, file: file.id, text: String::new() }).await;
    maria.until("the file", |page| page.messages.iter().any(|message| message.file.is_some())).await;
    let mut pavel = desk.customer().await;
    assert_eq!(pavel.link(file.id).await, (None, None));
    assert_eq!(pavel.send_file(&file).await.1.as_deref(), Some("file"), "nor can he send it");
    let body = format!(r#"{{"workspace":"shop","login":"ira","password":"{}"}}"#, crate::kit::PASSWORD);
    let elsewhere: otklik_wire::LoginAnswer =
        crate::kit::post(&desk.http("/api/v1/login"), body).await.json().await.unwrap();
    assert_eq!(desk.link(&elsewhere.token, file.id).await, Err(StatusCode::NOT_FOUND), "of another workspace");
    assert_eq!(desk.link("nobody's token", file.id).await, Err(StatusCode::UNAUTHORIZED));
    let link = desk.link(&token, file.id).await.unwrap();
    assert_eq!(desk.fetch(&format!("w/shop/{}", link.address)).await.status(), 404, "a link of another workspace");
    assert_eq!(desk.fetch(&link.address).await.status(), 200);
    let stranger = upload(&desk.http("/w/shop/widget/v1/files"), maria.shows.token.as_deref().unwrap(), "x", "x").await;
    assert_eq!(failure(stranger).await, (401, UploadFailureCode::SignIn), "a customer of another workspace");
}

#[tokio::test]
async fn a_link_is_for_one_file_and_one_part_and_comes_to_an_end() {
    let (clock, hands) = otklik_hub::Clock::by_hand(otklik_model::Stamp(1_766_000_000_000));
    let desk = desk_with(|config| config.clock = clock, 200_000, &[], 60).await;
    let token = desk.sign_in("ira").await;
    let [one, other] = [desk.upload(&token, "a.png", PNG).await, desk.upload(&token, "b.txt", b"other").await];
    let link = desk.link(&token, one.id).await.unwrap();
    let swapped = link.address.replace(&one.id.to_string(), &other.id.to_string());
    let longer = link.address.replace(&link.until.0.to_string(), &(link.until.0 + 1).to_string());
    let unsigned = link.address.split('?').next().unwrap().to_owned();
    let thumbnail = link.address.replace('?', "/thumbnail?");
    let malformed = link.address.replace(&one.id.to_string(), "..%2f..%2flinks.key");
    for forged in [&swapped, &longer, &unsigned, &thumbnail, &malformed] {
        assert_eq!(desk.fetch(forged).await.status(), 404, "{forged}");
    }
    hands.forward(Duration::from_secs(59));
    assert_eq!(desk.fetch(&link.address).await.status(), 200);
    hands.forward(Duration::from_secs(1));
    assert_eq!(desk.fetch(&link.address).await.status(), 410);
    assert_eq!(desk.fetch(&longer).await.status(), 404, "over or not, forged is forged");
}

#[tokio::test]
async fn hostile_files_are_refused_or_only_bytes() {
    let desk = desk_with(|_| {}, 10_000, &["image/*", "text/plain"], 3_600).await;
    let token = desk.sign_in("ira").await;
    let address = desk.http("/api/v1/files");
    for (name, content, expected) in [
        ("empty.txt", Vec::new(), (400, UploadFailureCode::Empty)),
        ("large.txt", vec![b'x'; 10_001], (413, UploadFailureCode::TooLarge)),
        ("huge.txt", vec![b'x'; 3_000_000], (413, UploadFailureCode::TooLarge)),
        ("page.png", b"<!doctype html><script>alert(1)</script>".to_vec(), (415, UploadFailureCode::Media)),
        ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), (415, UploadFailureCode::Media)),
        ("program.jpg", b"MZ\x90\0\x03\0\0\0\x04".to_vec(), (415, UploadFailureCode::Media)),
    ] {
        assert_eq!(failure(upload(&address, &token, name, content).await).await, expected, "{name}");
    }
    let polyglot = [&b"GIF89a\x01\0\x01\0\0\0\0;"[..], b"<script>alert(1)</script>"].concat();
    let file = desk.upload(&token, "../../x\u{202e}gnp.html", &polyglot).await;
    assert_eq!((file.name.as_str(), file.media.as_str(), file.pixels), ("xgnp.html", "image/gif", None));
    let answer = desk.fetch(&desk.link(&token, file.id).await.unwrap().address).await;
    assert_eq!(answer.headers()["content-type"], "image/gif");
    assert!(
        answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"xgnp.html\"")
    );
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let chunked = reqwest::Body::wrap_stream(futures_util::stream::iter(
        (0..20).map(|_| Ok::<_, std::io::Error>(vec![b'y'; 1_000])),
    ));
    assert_eq!(failure(upload(&address, &token, "endless.txt", chunked).await).await.0, 413, "whatever it says");
    let kept = std::fs::read_dir(desk.config.data.join("files")).unwrap();
    let kept: Vec<_> = kept.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap()).collect();
    assert_eq!(kept.len(), 1, "of what was refused nothing is left: {kept:?}");
}

#[tokio::test]
async fn a_flood_of_files_has_to_wait() {
    let slow = |config: &mut HubConfig| config.files.uploads = otklik_hub::Rate { burst: 3, per_second: 0.001 };
    let desk = desk_with(slow, 200_000, &[], 3_600).await;
    let (ira, oleg) = (desk.sign_in("ira").await, desk.sign_in("oleg").await);
    for _ in 0..3 {
        desk.upload(&ira, "a.txt", b"a").await;
    }
    let refused = upload(&desk.http("/api/v1/files"), &ira, "a.txt", "a").await;
    assert_eq!(failure(refused).await, (429, UploadFailureCode::TooFast));
    desk.upload(&oleg, "a.txt", b"a").await;
}

#[tokio::test]
async fn a_file_goes_with_its_message() {
    let desk = desk().await;
    let (mut maria, mut ira, token, dialog) = talk(&desk).await;
    let file = desk.upload(&token, "wrong.txt", b"not for you").await;
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::SendFile { dialog, epoch, file: file.id, text: String::new() }).await;
    maria.until("the file", |page| page.messages.iter().any(|message| message.file.is_some())).await;
    let seq = maria.shows.messages.last().unwrap().seq;
    let link = desk.link(&token, file.id).await.unwrap();
    ira.done(Op::DeleteMessage { dialog, seq }).await;
    maria.until("taken back", |page| page.messages.last().is_some_and(|message| message.deleted)).await;
    within("gone", async { while desk.fetch(&link.address).await.status() != 404 {} }).await;
    assert_eq!(maria.link(file.id).await, (None, None));
}

#[tokio::test]
async fn over_a_channel_without_files_a_customer_sends_none_and_is_told_why() {
    let (desk, _hands) = Desk::ruled(|_| {}).await;
    let mut maria = desk.customer().await;
    assert!(maria.shows.files.is_some());
    let file: Attachment = desk.customer_uploads(&maria, "dot.png", PNG).await.json().await.unwrap();
    let (store, workspace) = desk.books().await;
    let channel = store.channels(workspace).await.unwrap().remove(0).name;
    let none = ChannelRules { files: false, ..ChannelRules::default() };
    desk.rule(|centre| drop(centre.channels.insert(channel, none))).await;
    within("the rule is known", async {
        while desk.customer_uploads(&maria, "dot.png", PNG).await.status() != StatusCode::FORBIDDEN {}
    })
    .await;
    assert_eq!(maria.send_file(&file).await.1.as_deref(), Some("file"));
    assert!(!maria.shows.blocked && maria.write("Здравствуйте").await.1.is_none());
    assert_eq!(desk.customer_again(&maria).await.shows.files, None);
}
