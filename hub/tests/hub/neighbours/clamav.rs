//! Files before ClamAV's own daemon, over its socket in the file system and over TCP. It knows one signature, that of
//! the harmless file which every scanner knows, so that nothing has to be fetched for it.

use super::{Running, free_port, program};
use crate::{
    files_checked::eicar,
    kit::{Desk, MORNING, hire, seconds, within},
};
use otklik_hub::{Clock, HubConfig, ScannerAddress};
use otklik_model::{Attachment, FileState};
use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
    os::unix::net::UnixStream,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

struct Clamd {
    folder: TempDir,
    port: u16,
    process: Option<Running>,
}

impl Clamd {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("database");
        std::fs::create_dir(&database).unwrap();
        let mut signature = "Otklik.Test:0:*:".to_owned();
        eicar().iter().for_each(|byte| write!(signature, "{byte:02x}").unwrap());
        std::fs::write(database.join("test.ndb"), signature + "\n").unwrap();
        let mut clamd = Self { folder, port: free_port(), process: None };
        let (place, port, socket) = (clamd.folder.path().display(), clamd.port, clamd.socket());
        let config = format!(
            "Foreground yes\nDatabaseDirectory {place}/database\nTemporaryDirectory {place}\nLocalSocket {}\n\
             TCPSocket {port}\nTCPAddr 127.0.0.1\nStreamMaxLength 1M\n",
            socket.display()
        );
        std::fs::write(clamd.config(), config).unwrap();
        clamd.start_again().await;
        clamd
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("clamd.conf")
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("clamd.sock")
    }

    /// Starts it, and returns when it answers.
    async fn start_again(&mut self) {
        let mut daemon = Command::new(program("clamd"));
        daemon.arg("-c").arg(self.config()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(Running(daemon.spawn().unwrap()));
        within("clamd's start", async {
            while !self.answers() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
    }

    fn answers(&self) -> bool {
        let Ok(mut socket) = UnixStream::connect(self.socket()) else { return false };
        let mut said = Vec::new();
        socket.write_all(b"zPING\0").is_ok() && socket.read_to_end(&mut said).is_ok() && said == b"PONG\0"
    }

    /// SIGKILL, at whatever it was.
    fn kill(&mut self) {
        self.process = None;
        assert!(!self.answers());
    }

    fn over_unix(&self) -> ScannerAddress {
        ScannerAddress::Unix(self.socket())
    }

    fn over_tcp(&self) -> ScannerAddress {
        ScannerAddress::Tcp(format!("127.0.0.1:{}", self.port))
    }
}

async fn desk(scanner: ScannerAddress, clock: Option<Clock>) -> Desk {
    Desk::start_prepared(
        |config: &mut HubConfig| {
            config.files.scanner = Some(scanner);
            config.timing.look = Duration::from_millis(20);
            if let Some(clock) = clock {
                config.clock = clock;
            }
        },
        async |config| hire(config, "ira", "Ира").await,
    )
    .await
}

#[tokio::test]
#[ignore = "needs ClamAV: cargo xtask test --only neighbours"]
async fn what_clamav_finds_is_gone_and_the_rest_is_fetched() {
    let clamd = Clamd::start().await;
    // Longer than a piece of INSTREAM, and at the end of what is sent.
    let bad = ["x".repeat(200_000).into_bytes(), eicar()].concat();
    for scanner in [clamd.over_unix(), clamd.over_tcp()] {
        let desk = desk(scanner, None).await;
        let token = desk.sign_in("ira").await;
        let mut ira = desk.workplace(&token).await;
        let mut maria = desk.customer().await;
        for (name, content, state) in
            [("a.txt", b"harmless".to_vec(), FileState::Ready), ("прайс.txt", bad.clone(), FileState::Rejected)]
        {
            let file: Attachment = desk.customer_uploads(&maria, name, &content).await.json().await.unwrap();
            assert_eq!(maria.send_file(&file).await.1, None);
            maria
                .until(name, |page| {
                    let sent = page.messages.iter().filter_map(|message| message.file.as_ref());
                    sent.into_iter().any(|known| known.name == name && known.state == state)
                })
                .await;
            ira.until(name, |ira| {
                let files = ira.messages.values().filter_map(|message| message.details.file.as_ref());
                files.into_iter().any(|known| known.name == name && known.state == state)
            })
            .await;
            match desk.link(&token, file.id).await {
                Ok(link) => assert_eq!(
                    (state, desk.fetch(&link.address).await.bytes().await.unwrap()),
                    (FileState::Ready, content.into())
                ),
                Err(_) => assert_eq!(state, FileState::Rejected),
            }
        }
        let kept = std::fs::read_dir(desk.config.data.join("files")).unwrap();
        let kept: Vec<_> = kept.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap()).collect();
        assert_eq!(kept.len(), 1, "{kept:?}");
    }
}

/// What cannot be looked at is not let through, and nobody waits for ever.
#[tokio::test]
#[ignore = "needs ClamAV: cargo xtask test --only neighbours"]
async fn what_is_too_large_for_clamav_is_refused() {
    let clamd = Clamd::start().await;
    for scanner in [clamd.over_unix(), clamd.over_tcp()] {
        let desk = desk(scanner, None).await;
        let mut maria = desk.customer().await;
        let file: Attachment =
            desk.customer_uploads(&maria, "a.txt", &vec![b'x'; 3_000_000]).await.json().await.unwrap();
        assert_eq!(file.state, FileState::Checking);
        assert_eq!(maria.send_file(&file).await.1, None);
        maria
            .until("refused", |page| {
                let sent = page.messages.iter().filter_map(|message| message.file.as_ref());
                sent.into_iter().any(|known| known.state == FileState::Rejected)
            })
            .await;
    }
}

#[tokio::test]
#[ignore = "needs ClamAV: cargo xtask test --only neighbours"]
async fn a_clamav_that_was_killed_is_asked_when_it_is_back() {
    let mut clamd = Clamd::start().await;
    let (clock, hands) = Clock::by_hand(MORNING);
    let desk = desk(clamd.over_unix(), Some(clock)).await;
    let token = desk.sign_in("ira").await;
    clamd.kill();
    let file = desk.upload(&token, "a.txt", b"harmless").await;
    assert_eq!(file.state, FileState::Checking);
    let maria = desk.customer().await;
    let second: Attachment = desk.customer_uploads(&maria, "b.txt", &eicar()).await.json().await.unwrap();
    clamd.start_again().await;
    within("looked at", async {
        while desk.link(&token, file.id).await.is_err() {
            // However late the last try in vain came to its end, the next one is due a minute after it.
            hands.forward(seconds(60));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert!(desk.link(&token, second.id).await.is_err());
}
