//! Conversations by mail over aiosmtpd, an SMTP server that others wrote, with a login and its own checks.

use super::{Running, free_port};
use crate::{
    kit::{CustomerPage, Desk, MORNING, Workplace, hire, seconds, within},
    mail::readable,
};
use otklik_hub::{Clock, HubConfig, MailConfig, Security};
use otklik_model::{DialogId, Op};
use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// The server as a process.
struct Server {
    folder: TempDir,
    security: Security,
    port: u16,
    process: Option<Running>,
}

impl Server {
    fn start(security: Security) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(folder.path().join("cert.pem"), made.cert.pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        let mut server = Self { folder, security, port: free_port(), process: None };
        server.start_again();
        server
    }

    /// Starts it, and returns when it listens.
    fn start_again(&mut self) {
        let how = match self.security {
            Security::None => "none",
            Security::Starttls => "starttls",
            Security::Tls => "tls",
        };
        let place = |name: &str| self.folder.path().join(name);
        // The system's own: it has the system's packages.
        let mut process = Command::new("/usr/bin/python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hub/neighbours/smtp_server.py"))
            .args([how, &self.port.to_string()])
            .args([place("mail"), place("cert.pem"), place("key.pem")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // It warns of what is meant: a login without TLS, on this machine.
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        self.process = Some(Running(process));
        assert_eq!(line, "ready\n", "needs aiosmtpd: the package python3-aiosmtpd");
    }

    fn kill(&mut self) {
        self.process = None;
    }

    fn config(&self, password: &str) -> MailConfig {
        MailConfig {
            server: "localhost".into(),
            port: self.port,
            security: self.security,
            credentials: Some(("desk".into(), Zeroizing::new(password.to_owned()))),
            from: "Чай и глина <desk@example.org>".into(),
            certificates: Some(std::fs::read(self.folder.path().join("cert.pem")).unwrap()),
        }
    }

    /// The letters it took, in no order.
    fn letters(&self) -> Vec<String> {
        let kept = std::fs::read_dir(self.folder.path().join("mail/new")).unwrap();
        kept.map(|letter| std::fs::read_to_string(letter.unwrap().path()).unwrap()).collect()
    }

    async fn until_letters(&self, count: usize) -> Vec<String> {
        within("letters", async {
            while self.letters().len() < count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
        self.letters()
    }
}

async fn desk(mail: MailConfig, clock: Option<Clock>) -> (Desk, Workplace, CustomerPage, DialogId) {
    let adjust = |config: &mut HubConfig| {
        config.mail = Some(mail);
        config.timing.look = Duration::from_millis(20);
        if let Some(clock) = clock {
            config.clock = clock;
        }
    };
    let desk = Desk::start_prepared(adjust, async |config| hire(config, "ira", "Ира").await).await;
    let mut ira = desk.workplace(&desk.sign_in("ira").await).await;
    let mut maria = desk.customer().await;
    maria.write("<b>Где</b> мой заказ?\n.\nТочка на своей строке.").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    (desk, ira, maria, dialog)
}

#[tokio::test]
#[ignore = "needs aiosmtpd: cargo xtask test --only neighbours"]
async fn a_conversation_comes_by_mail_over_a_server_with_a_login() {
    for security in [Security::Starttls, Security::Tls, Security::None] {
        let server = Server::start(security);
        let (_desk, mut ira, _maria, dialog) = desk(server.config("Password 1"), None).await;
        ira.done(Op::SendNote { dialog, text: "canary: между нами".into() }).await;
        ira.say(dialog, "Уже в пути.").await;
        ira.done(Op::SendTranscript { dialog }).await;
        let letter = server.until_letters(1).await.remove(0);
        assert!(
            letter.contains("X-MailFrom: desk@example.org") && letter.contains("X-RcptTo: ira@example.org"),
            "{letter}"
        );
        let text = readable(&letter);
        assert!(text.contains("<b>Где</b> мой заказ?") && text.contains("&lt;b&gt;Где&lt;/b&gt;"), "{text}");
        assert!(text.contains("Точка на своей строке.") && text.contains("Уже в пути."), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

/// The letter is the same whenever it goes, and goes once.
#[tokio::test]
#[ignore = "needs aiosmtpd: cargo xtask test --only neighbours"]
async fn a_letter_waits_for_a_server_that_is_down() {
    let mut server = Server::start(Security::Starttls);
    let (clock, hands) = Clock::by_hand(MORNING);
    let (_desk, mut ira, _maria, dialog) = desk(server.config("Password 1"), Some(clock)).await;
    server.kill();
    ira.done(Op::SendTranscript { dialog }).await;
    server.start_again();
    within("a letter", async {
        while server.letters().is_empty() {
            // However late the last try in vain came to its end, the next one is due a minute after it.
            hands.forward(seconds(60));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    hands.forward(seconds(3_600));
    ira.done(Op::SendTranscript { dialog }).await;
    let ids = |letters: &[String]| {
        let lines = letters.iter().flat_map(|letter| letter.lines()).filter(|line| line.starts_with("Message-ID: "));
        lines.map(str::to_owned).collect::<std::collections::BTreeSet<_>>()
    };
    let letters = server.until_letters(2).await;
    assert_eq!((letters.len(), ids(&letters).len()), (2, 2), "one letter for each time it was asked for");
}

/// What a server refuses for good is given up: nobody knocks for a day.
#[tokio::test]
#[ignore = "needs aiosmtpd: cargo xtask test --only neighbours"]
async fn a_letter_that_is_refused_for_good_is_given_up() {
    let server = Server::start(Security::Starttls);
    let (clock, hands) = Clock::by_hand(MORNING);
    let (desk, mut ira, _maria, dialog) = desk(server.config("another password"), Some(clock)).await;
    ira.done(Op::SendTranscript { dialog }).await;
    let (store, workspace) = desk.books().await;
    within("given up", async {
        while !store.errands_due(workspace, otklik_model::Stamp(i64::MAX), 9).await.unwrap().is_empty() {
            hands.forward(seconds(60));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert!(server.letters().is_empty());
}
