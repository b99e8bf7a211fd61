//! Files that a virus scanner looks at: a small server that speaks ClamAV's INSTREAM.

use crate::kit::{Desk, hire, within};
use otklik_hub::{HubConfig, ScannerAddress};
use otklik_model::{Attachment, FileState, Op};
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

/// The harmless file that every scanner knows, in two halves so that this source is not taken for it.
pub fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD", r"-ANTIVIRUS-TEST-FILE!$H+H*"].concat().into_bytes()
}

/// A scanner that answers as often as it is let.
struct FakeClam {
    address: ScannerAddress,
    turns: Arc<Semaphore>,
}

impl FakeClam {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = ScannerAddress::Tcp(listener.local_addr().unwrap().to_string());
        let turns = Arc::new(Semaphore::new(0));
        let let_in = turns.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let turns = let_in.clone();
                tokio::spawn(async move {
                    turns.acquire().await.unwrap().forget();
                    let _ = answer(socket).await;
                });
            }
        });
        Self { address, turns }
    }

    fn let_answer(&self, times: usize) {
        self.turns.add_permits(times);
    }
}

/// Whoever asked may have gone.
async fn answer(mut socket: TcpStream) -> Option<()> {
    let mut command = [0; 10];
    socket.read_exact(&mut command).await.ok()?;
    assert_eq!(&command, b"zINSTREAM\0");
    let mut content = Vec::new();
    loop {
        let length = socket.read_u32().await.ok()?;
        if length == 0 {
            break;
        }
        let begin = content.len();
        content.resize(begin + length as usize, 0);
        socket.read_exact(&mut content[begin..]).await.ok()?;
    }
    let found = content.windows(eicar().len()).any(|window| window == eicar());
    let said = if found { &b"stream: Win.Test.EICAR_HDB-1 FOUND\0"[..] } else { b"stream: OK\0" };
    socket.write_all(said).await.ok()
}

async fn desk(clam: &FakeClam) -> Desk {
    let scanner = Some(clam.address.clone());
    Desk::start_prepared(
        |config: &mut HubConfig| config.files.scanner = scanner,
        async |config| {
            hire(config, "ira", "Ира").await;
        },
    )
    .await
}

#[tokio::test]
async fn a_file_waits_for_the_scanner_and_both_sides_are_told() {
    let clam = FakeClam::start().await;
    let desk = desk(&clam).await;
    let token = desk.sign_in("ira").await;
    let mut ira = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    let good: Attachment = desk.customer_uploads(&maria, "a.txt", b"harmless").await.json().await.unwrap();
    assert_eq!(good.state, FileState::Checking);
    assert_eq!(maria.send_file(&good).await.1, None, "it can be sent meanwhile");
    let dialog = ira.only_dialog().await;
    ira.until("the file", |ira| ira.messages.contains_key(&(dialog, 1))).await;
    assert!(desk.link(&token, good.id).await.is_err(), "and not fetched");
    assert_eq!(maria.link(good.id).await, (None, None));
    // Asked when it was uploaded, and when it was sent.
    clam.let_answer(2);
    let ready = |state: Option<&otklik_model::Message>| {
        state.and_then(|message| message.details.file.as_ref()).is_some_and(|file| file.state == FileState::Ready)
    };
    ira.until("ready", |ira| ready(ira.messages.get(&(dialog, 1)))).await;
    maria
        .until("ready", |page| {
            page.messages
                .first()
                .and_then(|message| message.file.as_ref())
                .is_some_and(|file| file.state == FileState::Ready)
        })
        .await;
    let (address, _) = maria.link(good.id).await;
    assert_eq!(desk.fetch(&address.unwrap()).await.text().await.unwrap(), "harmless");
}

#[tokio::test]
async fn a_bad_file_is_gone_before_anybody_can_fetch_it() {
    let clam = FakeClam::start().await;
    let desk = desk(&clam).await;
    let token = desk.sign_in("ira").await;
    let mut ira = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    let bad: Attachment = desk.customer_uploads(&maria, "прайс.txt", &eicar()).await.json().await.unwrap();
    maria.send_file(&bad).await;
    let dialog = ira.only_dialog().await;
    clam.let_answer(2);
    maria
        .until("refused", |page| {
            page.messages
                .first()
                .and_then(|message| message.file.as_ref())
                .is_some_and(|file| file.state == FileState::Rejected)
        })
        .await;
    assert!(desk.link(&token, bad.id).await.is_err());
    assert_eq!(maria.link(bad.id).await, (None, None));
    let kept = std::fs::read_dir(desk.config.data.join("files")).unwrap();
    let kept: Vec<_> = kept.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap()).collect();
    assert!(kept.is_empty(), "{kept:?}");
    ira.accept(dialog).await;
}

#[tokio::test]
async fn a_scanner_that_was_away_is_asked_again_after_a_restart() {
    let clam = FakeClam::start().await;
    let mut desk = desk(&clam).await;
    let token = desk.sign_in("ira").await;
    let file = desk.upload(&token, "a.txt", b"harmless").await;
    assert_eq!(file.state, FileState::Checking);
    desk.stop().await;
    desk.start_again().await;
    clam.let_answer(10);
    within("ready", async { while desk.link(&token, file.id).await.is_err() {} }).await;
    let mut ira = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::SendFile { dialog, epoch, file: file.id, text: String::new() }).await;
    maria.until("the file", |page| page.messages.iter().any(|message| message.file.is_some())).await;
}
