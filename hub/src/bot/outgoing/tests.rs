//! Requests to servers on loopback that are slow, die in the middle, lie, or are not what their name says.

use super::*;
use crate::bot::{address::Found, external::*, signature::verify, *};
use parking_lot::Mutex;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

const SECRET: &str = "a secret of the bot's own";
const NOW: Stamp = Stamp(1_789_000_000_500);

/// How a server of these tests treats whoever asks it.
#[derive(Clone)]
enum Manner {
    /// Answers with this, whatever it is.
    Says(Vec<u8>),
    /// Takes the question and never answers.
    Silent,
    /// Says this, then hangs up.
    HangsUp(&'static [u8]),
    /// Sends the beginning of an answer, then a byte now and then, for ever.
    Trickles,
}

fn http(status: &str, body: &str) -> Manner {
    Manner::Says(format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes())
}

/// A server, and the requests that came to it.
struct Server {
    address: SocketAddr,
    requests: mpsc::UnboundedReceiver<String>,
}

impl Server {
    async fn start(manners: Vec<Manner>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, requests) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut manners = manners.into_iter().cycle();
            while let Ok((socket, _)) = listener.accept().await {
                let manner = manners.next().unwrap();
                let sender = sender.clone();
                tokio::spawn(async move { serve(socket, manner, sender).await });
            }
        });
        Self { address, requests }
    }

    fn url(&self) -> String {
        format!("http://{}/ask", self.address)
    }
}

async fn serve(mut socket: TcpStream, manner: Manner, sender: mpsc::UnboundedSender<String>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = socket.read(&mut buffer).await.unwrap_or(0);
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            length.is_none_or(|length| body.len() >= length.parse::<usize>().unwrap())
        });
        if whole || read == 0 {
            let _ = sender.send(text);
            break;
        }
    }
    match manner {
        Manner::Says(answer) => socket.write_all(&answer).await.unwrap_or(()),
        Manner::HangsUp(answer) => {
            socket.write_all(answer).await.unwrap_or(());
            return;
        }
        Manner::Silent => {}
        Manner::Trickles => {
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n").await;
            while socket.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
    // Open until the other side has enough.
    let _ = socket.read(&mut buffer).await;
}

fn beside() -> Outgoing {
    Outgoing::new(Reach { loopback: true, ..Reach::default() }).unwrap()
}

fn question() -> Question {
    Question {
        request: Uuid::from_u128(7),
        bot: "robot".into(),
        dialog: AskedDialog { id: Uuid::nil(), number: 1, channel: "Site".into(), department: None, scenario: None },
        customer: AskedCustomer { id: Uuid::nil(), name: None, language: None, variables: Default::default() },
        messages: vec![AskedMessage {
            seq: 1, from: "customer", text: "Где заказ?".into(), place: None, at: 1
        }],
    }
}

async fn asked(outgoing: &Outgoing, address: &str, limit_ms: u64) -> Result<Vec<Act>, Unanswered> {
    ask(outgoing, address, SECRET, Duration::from_millis(limit_ms), &question(), NOW).await
}

#[tokio::test]
async fn a_bot_is_asked_with_a_signature_and_its_answer_is_taken() {
    let mut server = Server::start(vec![http("200 OK", r#"{"acts":[{"act":"say","text":"В пути."}]}"#)]).await;
    let outgoing = beside();
    let said = vec![Act::Say { text: "В пути.".into(), answers: Vec::new() }];
    assert_eq!(asked(&outgoing, &server.url(), 5_000).await, Ok(said.clone()));
    let request = server.requests.recv().await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let header = |name: &str| {
        let found = head.lines().find_map(|line| line.strip_prefix(name).and_then(|rest| rest.strip_prefix(": ")));
        found.unwrap_or_else(|| panic!("no {name}"))
    };
    let time: i64 = header("otklik-timestamp").parse().unwrap();
    assert_eq!((time, header("content-type")), (1_789_000_000, "application/json"));
    assert!(verify(SECRET, time, body.as_bytes(), header("otklik-signature"), time));
    let told: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(told["request"], header("otklik-request"));
    assert_eq!(told["messages"][0]["text"], "Где заказ?");
    // Asked again, it is the same question.
    assert_eq!(asked(&outgoing, &server.url(), 5_000).await, Ok(said));
    assert_eq!(server.requests.recv().await.unwrap().split_once("\r\n\r\n").unwrap().1, body);
}

#[tokio::test]
async fn slow_dying_and_lying_bots_are_named_as_such() {
    use OutgoingError::{Slow, Status, TooLong, Unreachable};
    let good = r#"{"acts":[]}"#;
    let large = format!(r#"{{"acts":[],"x":"{}"}}"#, "x".repeat(70_000));
    let endless = {
        let chunk = format!("ffff\r\n{}\r\n", "x".repeat(0xffff));
        Manner::Says(format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}", chunk.repeat(20)).into_bytes())
    };
    let table: Vec<(Manner, Unanswered, bool)> = vec![
        (Manner::Silent, Slow.into(), true),
        (Manner::Trickles, Slow.into(), true),
        (Manner::HangsUp(b""), Unreachable.into(), true),
        (Manner::HangsUp(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"acts\""), Unreachable.into(), true),
        (Manner::HangsUp(b"220 mail.example.org ESMTP\r\n"), Unreachable.into(), true),
        (http("503 Busy", good), Status(503).into(), true),
        (http("429 Slowly", good), Status(429).into(), true),
        (http("404 Not Found", good), Status(404).into(), false),
        (http("200 OK", &large), TooLong.into(), false),
        (endless, TooLong.into(), false),
        (http("200 OK", "<html>hello</html>"), Unanswered::Malformed, false),
    ];
    for (manner, why, passing) in table {
        let server = Server::start(vec![manner]).await;
        assert_eq!(asked(&beside(), &server.url(), 300).await, Err(why));
        assert_eq!(why.is_passing(), passing, "{why}");
    }
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(asked(&beside(), &format!("http://{gone}/"), 300).await, Err(Unreachable.into()));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let mut inner = Server::start(vec![http("200 OK", r#"{"acts":[]}"#)]).await;
    let answer = format!("HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", inner.url());
    let server = Server::start(vec![Manner::Says(answer.into_bytes())]).await;
    assert_eq!(asked(&beside(), &server.url(), 2_000).await, Err(OutgoingError::Status(302).into()));
    assert!(inner.requests.try_recv().is_err(), "nobody was led on");
}

/// Names that lead where the test says, in turn.
struct Sly(Mutex<Vec<Vec<SocketAddr>>>);

impl Names for Sly {
    fn find(&self, _: String) -> Found {
        let mut answers = self.0.lock();
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        Box::pin(std::future::ready(Ok(answer)))
    }
}

#[tokio::test]
async fn a_name_that_leads_to_the_own_network_is_refused_before_anything_is_sent() {
    let mut server = Server::start(vec![http("200 OK", r#"{"acts":[]}"#)]).await;
    let port = server.address.port();
    let at = |address: &str| SocketAddr::new(address.parse().unwrap(), port);
    let traps = [
        vec![at("127.0.0.1")],
        vec![at("::ffff:127.0.0.1")],
        vec![at("10.1.2.3")],
        vec![at("169.254.169.254")],
        // Public and private at once.
        vec![at("93.184.216.34"), at("127.0.0.1")],
        vec![at("fd00::1")],
    ];
    for trap in traps {
        let outgoing = Outgoing::with_names(Reach::default(), Arc::new(Sly(Mutex::new(vec![trap.clone()])))).unwrap();
        let answer = asked(&outgoing, &format!("https://bot.example.org:{port}/"), 2_000).await;
        assert_eq!(answer, Err(OutgoingError::Address.into()), "{trap:?}");
    }
    for address in [
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/",
        "http://a.example/",
    ] {
        let outgoing = Outgoing::new(Reach::default()).unwrap();
        assert_eq!(asked(&outgoing, address, 2_000).await, Err(OutgoingError::Address.into()), "{address}");
    }
    assert!(server.requests.try_recv().is_err(), "nothing was sent");
}

#[tokio::test]
async fn a_name_is_connected_to_where_it_was_looked_up() {
    let mut server = Server::start(vec![http("200 OK", r#"{"acts":[]}"#)]).await;
    let port = server.address.port();
    let elsewhere: SocketAddr = "127.0.0.2:1".parse().unwrap();
    // The second look would lead elsewhere: it is never made.
    let names = Sly(Mutex::new(vec![vec![server.address], vec![elsewhere]]));
    let outgoing = Outgoing::with_names(Reach { loopback: true, ..Reach::default() }, Arc::new(names)).unwrap();
    assert_eq!(asked(&outgoing, &format!("http://bot.localhost:{port}/"), 2_000).await, Ok(Vec::new()));
    assert!(server.requests.recv().await.is_some_and(|request| request.starts_with("POST / HTTP/1.1")));
}
