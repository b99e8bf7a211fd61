//! Files that come in parts: what is there stays, what is out of place is refused, and the end comes once.

use crate::kit::{Desk, hire, http, set_centre, within};
use otklik_model::{Attachment, FileId, Op};
use otklik_wire::{UploadFailure, UploadFailureCode, UploadProgress};
use reqwest::{Method, Response};
use serde::de::DeserializeOwned;
use uuid::Uuid;

async fn desk() -> Desk {
    Desk::start_prepared(
        |_| {},
        async |config| {
            set_centre(config, |centre| centre.files.most_bytes = 5_000).await;
            hire(config, "ira", "Ира").await;
            hire(config, "oleg", "Олег").await;
        },
    )
    .await
}

/// One operator's upload of one file.
struct Sender<'a> {
    desk: &'a Desk,
    token: String,
    file: FileId,
}

impl<'a> Sender<'a> {
    async fn new(desk: &'a Desk, login: &str) -> Self {
        Self { desk, token: desk.sign_in(login).await, file: FileId(Uuid::now_v7()) }
    }

    async fn ask(&self, method: Method, query: &str, body: &[u8]) -> Response {
        let address = self.desk.http(&format!("/api/v1/uploads/{}{query}", self.file));
        let request = http().request(method, address).bearer_auth(&self.token).body(body.to_vec());
        within("an upload", request.send()).await.unwrap()
    }

    async fn part(&self, at: usize, body: &[u8]) -> Response {
        self.ask(Method::PUT, &format!("?at={at}"), body).await
    }

    async fn end(&self, name: &str, size: usize) -> Response {
        self.ask(Method::POST, &format!("?name={name}&size={size}"), b"").await
    }

    async fn here(&self) -> u64 {
        good::<UploadProgress>(self.ask(Method::GET, "", b"").await).await.at
    }
}

async fn good<T: DeserializeOwned>(answer: Response) -> T {
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

async fn refused(answer: Response) -> (u16, UploadFailureCode, Option<u64>) {
    let status = answer.status().as_u16();
    let failure: UploadFailure = answer.json().await.unwrap();
    (status, failure.code, failure.at)
}

#[tokio::test]
async fn a_file_goes_on_where_it_broke_off_over_a_restart_and_is_one_file() {
    let mut desk = desk().await;
    let content: Vec<u8> = (0..4_000_u32).map(|n| (n % 251) as u8).collect();
    let (token, file) = {
        let ira = Sender::new(&desk, "ira").await;
        assert_eq!(ira.here().await, 0);
        assert_eq!(good::<UploadProgress>(ira.part(0, &content[..1_500]).await).await.at, 1_500);
        assert_eq!(refused(ira.part(0, &content[..1_500]).await).await, (409, UploadFailureCode::Offset, Some(1_500)));
        assert_eq!(refused(ira.part(2_000, &content).await).await, (409, UploadFailureCode::Offset, Some(1_500)));
        assert_eq!(refused(ira.end("a.bin", 4_000).await).await, (409, UploadFailureCode::Offset, Some(1_500)));
        (ira.token.clone(), ira.file)
    };
    desk.stop().await;
    desk.start_again().await;
    let ira = Sender { desk: &desk, token, file };
    assert_eq!(ira.here().await, 1_500, "what was acknowledged is kept");
    good::<UploadProgress>(ira.part(1_500, &content[1_500..]).await).await;
    let whole: Attachment = good(ira.end("чек.bin", 4_000).await).await;
    assert_eq!((whole.id, whole.size, whole.name.as_str()), (file, 4_000, "чек.bin"));
    assert_eq!(good::<Attachment>(ira.end("чек.bin", 4_000).await).await, whole, "the answer was lost: the same again");
    assert_eq!(ira.here().await, 4_000);
    let link = desk.link(&ira.token, file).await.unwrap();
    assert_eq!(desk.fetch(&link.address).await.bytes().await.unwrap(), content);
}

#[tokio::test]
async fn a_file_in_parts_is_sent_as_any_other_and_once() {
    let desk = desk().await;
    let sender = Sender::new(&desk, "ira").await;
    let mut ira = desk.workplace(&sender.token).await;
    let mut maria = desk.customer().await;
    maria.write("Где мой заказ?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    good::<UploadProgress>(sender.part(0, "Итого: ".as_bytes()).await).await;
    good::<UploadProgress>(sender.part("Итого: ".len(), "100 ₽".as_bytes()).await).await;
    let bill: Attachment = good(sender.end("bill.txt", "Итого: 100 ₽".len()).await).await;
    assert_eq!(bill.media, "text/plain", "found in the bytes of all parts");
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::SendFile { dialog, epoch, file: bill.id, text: String::new() }).await;
    maria.until("the bill", |page| page.messages.iter().any(|message| message.file.is_some())).await;
    assert_eq!(good::<Attachment>(sender.end("bill.txt", 1).await).await.id, bill.id, "sent, and still the same file");
}

#[tokio::test]
async fn nobody_meets_another_ones_parts() {
    let desk = desk().await;
    let ira = Sender::new(&desk, "ira").await;
    good::<UploadProgress>(ira.part(0, b"hers").await).await;
    let oleg = Sender { file: ira.file, ..Sender::new(&desk, "oleg").await };
    assert_eq!(oleg.here().await, 0);
    assert_eq!(refused(oleg.end("x", 4).await).await, (409, UploadFailureCode::Offset, Some(0)));
    good::<Attachment>(ira.end("x", 4).await).await;
    assert_eq!(refused(oleg.part(0, b"his").await).await.1, UploadFailureCode::Broken);
    assert_eq!(refused(oleg.end("x", 4).await).await.1, UploadFailureCode::Broken);
    let nobody = Sender { desk: &desk, token: "x".into(), file: ira.file };
    assert_eq!(refused(nobody.part(0, b"x").await).await, (401, UploadFailureCode::SignIn, None));
}

#[tokio::test]
async fn what_is_too_large_empty_or_misnamed_is_refused() {
    let desk = desk().await;
    let ira = Sender::new(&desk, "ira").await;
    assert_eq!(refused(ira.part(0, b"").await).await.1, UploadFailureCode::Empty);
    assert_eq!(refused(ira.end("x", 0).await).await.1, UploadFailureCode::Empty);
    assert_eq!(refused(ira.part(0, &[1; 5_001]).await).await, (413, UploadFailureCode::TooLarge, None));
    assert_eq!(refused(ira.part(0, &vec![1; 5 * 1024 * 1024]).await).await.0, 413);
    good::<UploadProgress>(ira.part(0, &[1; 5_000]).await).await;
    assert_eq!(refused(ira.part(5_000, &[1]).await).await.1, UploadFailureCode::TooLarge);
    assert_eq!(refused(ira.ask(Method::PUT, "", b"x").await).await.1, UploadFailureCode::Broken);
    assert_eq!(refused(ira.ask(Method::PUT, "?at=-1", b"x").await).await.1, UploadFailureCode::Broken);
    let chosen = Sender { file: FileId(Uuid::nil()), ..Sender::new(&desk, "ira").await };
    assert_eq!(refused(chosen.part(0, b"x").await).await.1, UploadFailureCode::Broken);
}
