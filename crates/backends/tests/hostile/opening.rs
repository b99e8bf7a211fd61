//! What can go wrong before a hub has said a word: nobody speaks, somebody speaks slowly, or it is not a hub at all.

use crate::script::{End, PATIENCE, TOKEN, backend, hear, listen, welcome};
use futures_util::{StreamExt, future::join_all};
use otklik_backends::{Backend, Failure, Request};
use otklik_model::{ClientId, DialogId, Op};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{accept_async, tungstenite::handshake::derive_accept_key};
use uuid::Uuid;

async fn bound() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    (listener, at)
}

/// Reads a request's head.
async fn head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

/// Answers one request for the socket with these bytes, and hands over the request and how it ended.
async fn answered(with: Vec<u8>) -> (String, End) {
    let (listener, at) = bound().await;
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let asked = head(&mut stream).await;
        stream.write_all(&with).await.ok();
        asked
    };
    let hub = backend(at);
    timeout(PATIENCE, async { tokio::join!(server, listen(&hub)) }).await.expect("the backend waits for ever")
}

fn plain(status: &str, more: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\n{more}content-length: 5\r\n\r\nhello").into_bytes()
}

#[tokio::test]
async fn what_answers_is_no_hub() {
    let switching = "101 Switching Protocols";
    let forged = "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n";
    for (name, bytes, failure) in [
        ("a page", plain("200 OK", "content-type: text/html\r\n"), Failure::Lost),
        ("a proxy that wants a password", plain("401 Unauthorized", ""), Failure::Lost),
        ("forbidden", plain("403 Forbidden", ""), Failure::Lost),
        ("not found", plain("404 Not Found", ""), Failure::Lost),
        ("broken", plain("500 Internal Server Error", ""), Failure::Lost),
        ("overloaded", plain("503 Service Unavailable", "retry-after: 5\r\n"), Failure::Lost),
        ("a handshake that proves nothing", plain(switching, forged), Failure::Lost),
        ("a handshake without its headers", plain(switching, ""), Failure::Lost),
        ("mail", b"220 mail.example ESMTP\r\n".to_vec(), Failure::Lost),
        ("noise", (0..2_000_u32).map(|n| (n * 7 + 3) as u8).collect(), Failure::Lost),
        ("nothing", Vec::new(), Failure::Lost),
    ] {
        let (asked, end) = answered(bytes).await;
        assert_eq!(end, End::Refused(failure), "{name}");
        assert!(!asked.contains(TOKEN), "the token is said to anybody who answers");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let (elsewhere, there) = bound().await;
        let (_, end) = answered(plain(status, &format!("location: http://{there}/api/v1/operator\r\n"))).await;
        assert_eq!(end, End::Refused(Failure::Lost), "{status}");
        // The backend is done: whoever had been called would stand in the queue by now.
        let called = timeout(Duration::from_millis(50), elsewhere.accept()).await;
        assert!(called.is_err(), "{status} was followed");
    }
}

#[tokio::test]
async fn nobody_listens() {
    let (listener, at) = bound().await;
    drop(listener);
    assert_eq!(listen(&backend(at)).await, End::Refused(Failure::Lost));
}

/// Headers, or a message, that never end: they are cut off long before they fill the memory.
#[tokio::test]
async fn endless_answers_are_cut_off() {
    let endless_header = b"HTTP/1.1 101 Switching Protocols\r\nx: ".to_vec();
    let endless_headers = b"HTTP/1.1 101 Switching Protocols\r\n".to_vec();
    for (begin, repeat) in
        [(endless_header, b"xxxxxxxxxxxxxxxx".repeat(512)), (endless_headers, b"a: b\r\n".repeat(2_000))]
    {
        let (listener, at) = bound().await;
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            head(&mut stream).await;
            stream.write_all(&begin).await.ok();
            let mut written = 0;
            while stream.write_all(&repeat).await.is_ok() {
                written += repeat.len();
            }
            written
        };
        let hub = backend(at);
        let (written, end) = timeout(PATIENCE, async { tokio::join!(server, listen(&hub)) }).await.unwrap();
        assert!(matches!(end, End::Refused(Failure::Resync | Failure::Lost)), "{end:?}");
        // What the sockets' own buffers take is counted here as well.
        assert!(written < 32 * 1024 * 1024, "{written} bytes were taken");
    }
}

/// Silence in every stage, all at once, because each of them lasts as long as a deadline.
#[tokio::test(flavor = "multi_thread")]
async fn silence_and_slowness_end_with_the_deadline() {
    let began = Instant::now();
    let ends = join_all([
        tokio::spawn(no_handshake()),
        tokio::spawn(handshake_by_the_letter()),
        tokio::spawn(no_welcome()),
        tokio::spawn(welcome_by_the_letter()),
        tokio::spawn(no_reader()),
    ])
    .await;
    let ends: Vec<End> = ends.into_iter().map(Result::unwrap).collect();
    let lost = || End::Refused(Failure::Lost);
    assert_eq!(ends, [lost(), lost(), lost(), lost(), End::Closed(Failure::Lost)]);
    let took = began.elapsed();
    assert!((Duration::from_secs(9)..Duration::from_secs(20)).contains(&took), "{took:?}");
}

async fn no_handshake() -> End {
    let (listener, at) = bound().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        head(&mut stream).await;
        stream.read_u8().await.ok();
    });
    let end = listen(&backend(at)).await;
    server.await.unwrap();
    end
}

/// Says bytes one by one, a few a second, until nobody listens any more.
async fn drip(stream: &mut TcpStream, bytes: impl IntoIterator<Item = u8>) {
    for byte in bytes {
        if stream.write_all(&[byte]).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

async fn handshake_by_the_letter() -> End {
    let (listener, at) = bound().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        head(&mut stream).await;
        drip(&mut stream, plain("101 Switching Protocols", &format!("x: {}\r\n", "y".repeat(200)))).await;
    });
    let end = listen(&backend(at)).await;
    server.abort();
    end
}

/// A half-open connection: the handshake is done, and `hello` falls into a hole.
async fn no_welcome() -> End {
    let (listener, at) = bound().await;
    let server = tokio::spawn(async move {
        let mut socket = accept_async(listener.accept().await.unwrap().0).await.unwrap();
        while let Some(Ok(_)) = socket.next().await {}
    });
    let end = listen(&backend(at)).await;
    server.await.unwrap();
    end
}

async fn welcome_by_the_letter() -> End {
    let (listener, at) = bound().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let asked = head(&mut stream).await;
        let key = asked.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).unwrap();
        let accepted = format!(
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: {}\r\n\r\n",
            derive_accept_key(key.as_bytes())
        );
        stream.write_all(accepted.as_bytes()).await.unwrap();
        let text = welcome().to_string();
        let length = u16::try_from(text.len()).unwrap().to_be_bytes();
        drip(&mut stream, [vec![0x81, 126], length.to_vec(), text.into_bytes()].concat()).await;
    });
    let end = listen(&backend(at)).await;
    server.abort();
    end
}

/// A hub that greets and then takes nothing any more, not even off the wire.
async fn no_reader() -> End {
    let (listener, at) = bound().await;
    let server = tokio::spawn(async move {
        let mut socket = accept_async(listener.accept().await.unwrap().0).await.unwrap();
        socket.next().await.unwrap().unwrap();
        let greeting = tokio_tungstenite::tungstenite::Message::text(welcome().to_string());
        futures_util::SinkExt::send(&mut socket, greeting).await.unwrap();
        tokio::time::sleep(PATIENCE).await;
    });
    let connection = backend(at).connect(None, None).await.unwrap();
    let requests = connection.requests.clone();
    let text = "x".repeat(900_000);
    let writer = tokio::spawn(async move {
        let submit = |text: &str| Request::Submit {
            id: ClientId(Uuid::now_v7()),
            op: Op::SendNote { dialog: DialogId(Uuid::now_v7()), text: text.to_owned() },
        };
        while requests.send(submit(&text)).await.is_ok() {}
    });
    let end = hear(connection).await;
    writer.await.unwrap();
    server.abort();
    end
}
