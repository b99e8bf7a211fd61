//! A conversation in the operator's own mailbox, over a mail server that speaks what mail servers speak.

use crate::kit::{Desk, client_id, hire, within};
use otklik_hub::{HubConfig, MailConfig, Security, centre::RoutingScript};
use otklik_model::{Op, Outcome, Refusal, Right};
use otklik_wire::customer::CustomerFrame;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream},
    net::TcpListener,
    sync::mpsc,
};

/// A letter as it came over the line.
#[derive(Debug)]
pub struct Letter {
    from: String,
    pub to: String,
    pub content: String,
}

/// A mail server. `busy`: so many letters are put off first.
pub struct MailServer {
    port: u16,
    pub letters: mpsc::UnboundedReceiver<Letter>,
    certificate: Vec<u8>,
}

impl MailServer {
    pub async fn start(security: Security, busy: usize) -> Self {
        // The second of two tests finds it installed: either way it is there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, letters) = mpsc::unbounded_channel();
        let busy = Arc::new(AtomicUsize::new(busy));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, sender, busy) = (acceptor.clone(), sender.clone(), busy.clone());
                tokio::spawn(async move {
                    match security {
                        Security::None => drop(converse(BufStream::new(socket), true, false, &sender, &busy).await),
                        Security::Tls => {
                            let tls = acceptor.accept(socket).await.unwrap();
                            converse(BufStream::new(tls), true, false, &sender, &busy).await;
                        }
                        Security::Starttls => {
                            let stream = converse(BufStream::new(socket), true, true, &sender, &busy).await;
                            let tls = acceptor.accept(stream.unwrap()).await.unwrap();
                            converse(BufStream::new(tls), false, false, &sender, &busy).await;
                        }
                    }
                });
            }
        });
        Self { port, letters, certificate: made.cert.pem().into_bytes() }
    }

    pub fn config(&self, security: Security) -> MailConfig {
        MailConfig {
            server: "localhost".into(),
            port: self.port,
            security,
            credentials: None,
            from: "Чай и глина <desk@example.org>".into(),
            certificates: Some(self.certificate.clone()),
        }
    }

    pub async fn letter(&mut self) -> Letter {
        within("a letter", self.letters.recv()).await.unwrap()
    }
}

/// Speaks until the end; gives the stream back where TLS begins.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: BufStream<S>,
    greets: bool,
    offers_tls: bool,
    letters: &mpsc::UnboundedSender<Letter>,
    busy: &AtomicUsize,
) -> Option<S> {
    let (mut from, mut to) = (String::new(), String::new());
    if greets {
        say(&mut stream, "220 mail.example.org").await;
    }
    loop {
        let line = hear(&mut stream).await?;
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match word.as_str() {
            "EHLO" if offers_tls => say(&mut stream, "250-mail.example.org\r\n250 STARTTLS").await,
            "EHLO" => say(&mut stream, "250-mail.example.org\r\n250 8BITMIME").await,
            "STARTTLS" => {
                say(&mut stream, "220 go on").await;
                return Some(stream.into_inner());
            }
            "MAIL" if offers_tls => say(&mut stream, "530 not in the open").await,
            "MAIL" if busy.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() => {
                say(&mut stream, "451 later").await;
            }
            "MAIL" => {
                from = line;
                say(&mut stream, "250 ok").await;
            }
            "RCPT" => {
                to = line;
                say(&mut stream, "250 ok").await;
            }
            "DATA" => {
                say(&mut stream, "354 go on").await;
                let mut content = String::new();
                loop {
                    let line = hear(&mut stream).await?;
                    if line == "." {
                        break;
                    }
                    content.push_str(&line);
                    content.push('\n');
                }
                letters.send(Letter { from: from.clone(), to: to.clone(), content }).unwrap();
                say(&mut stream, "250 kept").await;
            }
            "QUIT" => {
                say(&mut stream, "221 bye").await;
                return None;
            }
            _ => say(&mut stream, "250 ok").await,
        }
    }
}

async fn say(stream: &mut BufStream<impl AsyncRead + AsyncWrite + Unpin>, line: &str) {
    // Whoever has gone hears no more.
    let _ = stream.write_all(format!("{line}\r\n").as_bytes()).await;
    let _ = stream.flush().await;
}

async fn hear(stream: &mut BufStream<impl AsyncRead + AsyncWrite + Unpin>) -> Option<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await.ok()?;
    (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn desk(server: &MailServer, security: Security) -> Desk {
    let mail = Some(server.config(security));
    Desk::start_prepared(|config: &mut HubConfig| config.mail = mail, async |config| hire(config, "ira", "Ира").await)
        .await
}

/// Base64 and quoted-printable undone, as far as these letters need it.
pub fn readable(content: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let (head, body) = content.split_once("\n\n").unwrap();
    let mut text = head.to_owned();
    for part in body.split("\n--") {
        let Some((headers, body)) = part.split_once("\n\n") else { continue };
        if headers.contains("base64") {
            let packed: String = body.split_whitespace().collect();
            text.push_str(&String::from_utf8(STANDARD.decode(packed).unwrap_or_default()).unwrap());
        } else {
            let mut bytes = Vec::new();
            let joined = body.replace("=\n", "");
            let mut rest = joined.as_bytes();
            while let Some((byte, after)) = rest.split_first() {
                let hex = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
                match (byte, hex) {
                    (b'=', Some(value)) => {
                        bytes.push(value);
                        rest = &after[2..];
                    }
                    _ => {
                        bytes.push(*byte);
                        rest = after;
                    }
                }
            }
            text.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    text
}

#[tokio::test]
async fn a_conversation_comes_by_mail_whichever_way_it_is_kept_from_others() {
    for security in [Security::Starttls, Security::Tls, Security::None] {
        let mut server = MailServer::start(security, 0).await;
        let desk = desk(&server, security).await;
        let mut ira = desk.workplace(&desk.sign_in("ira").await).await;
        let mut maria = desk.customer().await;
        maria.write("<b>Где</b> мой заказ?").await;
        let dialog = ira.only_dialog().await;
        ira.accept(dialog).await;
        ira.done(Op::SendNote { dialog, text: "canary: между нами".into() }).await;
        ira.say(dialog, "Уже в пути.").await;
        ira.done(Op::SendTranscript { dialog }).await;
        let letter = server.letter().await;
        assert!(letter.from.contains("<desk@example.org>") && letter.to.contains("<ira@example.org>"), "{letter:?}");
        let text = readable(&letter.content);
        assert!(text.contains("text/plain") || letter.content.contains("text/plain"), "{text}");
        assert!(text.contains("    <b>Где</b> мой заказ?"), "as text: {text}");
        assert!(text.contains("&lt;b&gt;Где&lt;/b&gt; мой заказ?"), "as a page: {text}");
        assert!(text.contains("Уже в пути.") && !text.contains("canary"), "{text}");
        assert!(letter.content.contains("Auto-Submitted: auto-generated"), "{text}");
    }
}

#[tokio::test]
async fn a_letter_that_was_put_off_is_sent_again_as_the_same_letter() {
    let (clock, hands) = otklik_hub::Clock::by_hand(otklik_model::Stamp(1_766_000_000_000));
    let mut server = MailServer::start(Security::None, 1).await;
    let mail = Some(server.config(Security::None));
    let adjust = |config: &mut HubConfig| {
        (config.mail, config.clock) = (mail, clock);
        config.timing.look = std::time::Duration::from_millis(20);
    };
    let desk = Desk::start_prepared(adjust, async |config| hire(config, "ira", "Ира").await).await;
    let mut ira = desk.workplace(&desk.sign_in("ira").await).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.done(Op::SendTranscript { dialog }).await;
    // However late the first try comes to its end, the next one is due within a minute of this clock.
    let letter = within("a letter", async {
        loop {
            tokio::select! {
                letter = server.letters.recv() => break letter.unwrap(),
                () = tokio::time::sleep(std::time::Duration::from_millis(50)) => hands.forward(std::time::Duration::from_secs(1)),
            }
        }
    })
    .await;
    assert!(letter.content.contains("Message-ID: <"), "{}", letter.content);
}

#[tokio::test]
async fn who_had_a_conversation_sent_and_where_to_is_noted() {
    let mut server = MailServer::start(Security::None, 0).await;
    let desk = desk(&server, Security::None).await;
    desk.rule(|centre| {
        let operator = centre.roles.get_mut(&"operator".parse().unwrap()).unwrap();
        operator.rights.remove(&Right::SeeContacts);
    })
    .await;
    let oleg = desk.posted("oleg", "Олег", |post| post.email = Some("oleg@example.org".into())).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let (store, workspace) = desk.books().await;
    for (token, to) in [(desk.sign_in("ira").await, "ira@example.org"), (oleg, "o•••@•••")] {
        let mut workplace = desk.workplace(&token).await;
        let dialog = workplace.only_dialog().await;
        workplace.done(Op::SendTranscript { dialog }).await;
        server.letter().await;
        let newest = store.audit(workspace, None, 1).await.unwrap().remove(0).line;
        assert_eq!((newest.what.as_str(), newest.by), ("dialog.transcript", Some(workplace.welcome.me.id)));
        assert_eq!((newest.subject, newest.detail["to"].as_str()), (dialog.to_string(), Some(to)));
    }
}

/// Administrators hear of a script that fails, once a day, and from nobody what the customer wrote.
#[tokio::test]
async fn administrators_get_a_letter_when_the_script_fails() {
    let mut server = MailServer::start(Security::None, 0).await;
    let mail = Some(server.config(Security::None));
    let (desk, hands) = Desk::ruled_with(
        |config| config.mail = mail,
        |centre| {
            let source = "throw new Error(dialog.text)".to_owned();
            centre.script = Some(RoutingScript { source, limit_ms: 60_000 });
        },
    )
    .await;
    let administrator = "administrator".parse::<otklik_model::RoleKey>().unwrap();
    for (login, role, email) in [
        ("anna", Some(&administrator), Some("anna@example.org")),
        ("boris", Some(&administrator), None),
        ("oleg", None, Some("oleg@example.org")),
    ] {
        desk.posted(login, login, |post| {
            post.email = email.map(str::to_owned);
            if let Some(role) = role {
                post.role = role.clone();
            }
        })
        .await;
    }
    for day in 0..2 {
        for _ in 0..3 {
            let mut page = desk.customer().await;
            assert_eq!(page.write("canary").await.1, None);
            hands.forward(std::time::Duration::from_secs(120));
        }
        let letter = server.letter().await;
        assert!(letter.to.contains("<anna@example.org>"), "{letter:?}");
        let text = readable(&letter.content);
        assert!(text.contains("script.threw") && text.contains("встроенное правило"), "{text}");
        assert!(!letter.content.contains("canary") && !text.contains("canary"), "{text}");
        assert!(server.letters.try_recv().is_err(), "day {day}: one letter, to one");
        hands.forward(std::time::Duration::from_secs(24 * 3_600));
    }
    let (store, workspace) = desk.books().await;
    let lines = store.audit(workspace, None, 99).await.unwrap();
    assert_eq!(lines.iter().filter(|row| row.line.what == "script.threw").count(), 6, "the trail has each");
}

#[tokio::test]
async fn without_a_mail_server_there_is_no_mail() {
    let desk = Desk::start_prepared(|_| {}, async |config| hire(config, "ira", "Ира").await).await;
    let mut ira = desk.workplace(&desk.sign_in("ira").await).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    assert_eq!(ira.command(Op::SendTranscript { dialog }).await, Outcome::Refused { reason: Refusal::NoMailbox });
    // Nor for whoever may have none, whatever there is.
    let mut nina = desk.workplace(&desk.operator("nina", "Нина", Some(&["accept"])).await).await;
    nina.until("it waits", |nina| nina.state.dialogs.contains_key(&dialog)).await;
    assert_eq!(nina.command(Op::SendTranscript { dialog }).await, Outcome::Refused { reason: Refusal::Forbidden });
}

/// Whoever asks has by mail what he may see, and nobody a card number.
#[tokio::test]
async fn a_conversation_by_mail_tells_no_more_than_the_workplace() {
    let mut server = MailServer::start(Security::None, 0).await;
    let desk = desk(&server, Security::None).await;
    desk.rule(|centre| {
        let operator = centre.roles.get_mut(&"operator".parse().unwrap()).unwrap();
        operator.rights.remove(&Right::SeeContacts);
        centre.mask_cards = false;
    })
    .await;
    let oleg = desk.posted("oleg", "Олег", |post| post.email = Some("oleg@example.org".into())).await;
    let mut maria = desk.customer().await;
    maria.write("Моя карта 4111 1111 1111 1111").await;
    let (phone, email) = (Some("+7 900 123-45-67".into()), Some("maria@shop.example".into()));
    let contacts = CustomerFrame::Contacts { id: client_id(), name: None, email, phone };
    maria.send(&contacts).await;
    maria.until("stored", |page| page.messages.len() == 2).await;
    // From now on.
    desk.rule(|centre| centre.mask_cards = true).await;
    for (token, sees) in [(desk.sign_in("ira").await, true), (oleg, false)] {
        let mut workplace = desk.workplace(&token).await;
        let dialog = workplace.only_dialog().await;
        workplace.done(Op::SendTranscript { dialog }).await;
        let text = readable(&server.letter().await.content);
        assert!(text.contains("Моя карта") && !text.contains("4111 1111"), "{text}");
        for contact in ["123-45", "maria@shop.example"] {
            assert_eq!(text.contains(contact), sees, "{contact}: {text}");
        }
    }
}
