//! Signing in at what is no hub, at an old or new one, and at one that means harm: each has its word, and the password
//! is said to nobody who did not present himself as a hub of a known version.

use crate::script::PATIENCE;
use otklik_backends::{HubAddress, LoginError, login};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

const PASSWORD: &str = "canary-password-51c2";

/// What a scripted server answers to one request: bytes, then perhaps more of them for ever.
#[derive(Clone)]
enum Answer {
    Bytes(Vec<u8>),
    Endless,
    Silence,
}

fn http(status: &str, more: &str, body: &str) -> Answer {
    let length = body.len();
    Answer::Bytes(format!("HTTP/1.1 {status}\r\n{more}content-length: {length}\r\n\r\n{body}").into_bytes())
}

fn ok(body: &Value) -> Answer {
    http("200 OK", "", &body.to_string())
}

fn card() -> Answer {
    ok(&json!({"product": "otklik-hub", "version": "0.1.0", "protocol": {"min": 1, "max": 1}}))
}

/// What came of signing in at a server that answers the card and the login like this; and all it was told.
async fn try_at(card: Answer, answer: Answer) -> (LoginError, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let told = Arc::new(Mutex::new(String::new()));
    let noted = told.clone();
    let server = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(speak(stream, card.clone(), answer.clone(), noted.clone()));
        }
    });
    let error = sign_in(at).await.unwrap_err();
    server.abort();
    let told = told.lock().unwrap().clone();
    (error, told)
}

async fn sign_in(at: SocketAddr) -> Result<(), LoginError> {
    let address = HubAddress::parse(&format!("http://{at}")).unwrap();
    let password = PASSWORD.to_owned().into();
    timeout(PATIENCE, login(&address, "ira", &password, "test")).await.expect("waits for ever").map(drop)
}

async fn speak(mut stream: TcpStream, card: Answer, answer: Answer, told: Arc<Mutex<String>>) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(read @ 1..) = stream.read(&mut buffer).await else { return };
        let asked = String::from_utf8_lossy(&buffer[..read]).into_owned();
        told.lock().unwrap().push_str(&asked);
        match if asked.starts_with("GET /api/v1/hub ") { &card } else { &answer } {
            Answer::Bytes(bytes) => stream.write_all(bytes).await.unwrap_or_default(),
            Answer::Endless => {
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap_or_default();
                while stream.write_all(&[b' '; 4096]).await.is_ok() {}
                return;
            }
            Answer::Silence => {}
        }
    }
}

#[tokio::test]
async fn the_password_is_kept_from_what_is_no_hub_of_ours() {
    let version = |min: i64, max: i64| {
        ok(&json!({"product": "otklik-hub", "version": "9", "protocol": {"min": min, "max": max}}))
    };
    for (name, card, expected) in [
        ("a page", http("200 OK", "", "<!doctype html><title>Welcome</title>"), LoginError::NotAHub),
        ("nothing", http("200 OK", "", ""), LoginError::NotAHub),
        (
            "another product",
            ok(&json!({"product": "chat", "version": "1", "protocol": {"min": 1, "max": 1}})),
            LoginError::NotAHub,
        ),
        ("no version", ok(&json!({"product": "otklik-hub", "version": "1"})), LoginError::NotAHub),
        ("a version below zero", version(-1, 1), LoginError::NotAHub),
        ("a version beyond numbers", version(1, 70_000), LoginError::NotAHub),
        ("an old hub", version(0, 0), LoginError::HubTooOld),
        ("a new hub", version(2, 9), LoginError::HubTooNew),
        ("elsewhere", http("404 Not Found", "", ""), LoginError::NotAHub),
        (
            "a password asked by a proxy",
            http("401 Unauthorized", "www-authenticate: Basic\r\n", ""),
            LoginError::NotAHub,
        ),
        ("out of order", http("500 Internal Server Error", "", "oops"), LoginError::Unavailable),
        ("stopping", http("503 Service Unavailable", "", ""), LoginError::Unavailable),
        ("mail", Answer::Bytes(b"220 mail.example ESMTP\r\n".to_vec()), LoginError::NotAHub),
        ("an answer without end", Answer::Endless, LoginError::NotAHub),
    ] {
        let (error, told) = try_at(card, ok(&json!({}))).await;
        assert_eq!(error, expected, "{name}");
        assert!(!told.contains(PASSWORD) && !told.contains("POST"), "{name} was told the password");
    }
}

#[tokio::test]
async fn a_hub_that_answers_oddly() {
    let coded = |status: &str, body: Value| http(status, "", &body.to_string());
    for (name, answer, expected) in [
        ("wrong", coded("401 Unauthorized", json!({"code": "wrong_password"})), LoginError::WrongPassword),
        (
            "later",
            coded("429 Too Many Requests", json!({"code": "too_many_tries", "retry_after_ms": 1_500})),
            LoginError::TooManyTries { retry_after_s: 2 },
        ),
        (
            "later, no time said",
            coded("429 Too Many Requests", json!({"code": "too_many_tries"})),
            LoginError::TooManyTries { retry_after_s: 60 },
        ),
        (
            "in a thousand years",
            coded("429 Too Many Requests", json!({"code": "too_many_tries", "retry_after_ms": u64::MAX})),
            LoginError::TooManyTries { retry_after_s: u32::MAX },
        ),
        ("a code of tomorrow", coded("418 Teapot", json!({"code": "full_moon"})), LoginError::Unavailable),
        ("not understood", coded("400 Bad Request", json!({"code": "malformed"})), LoginError::NotAHub),
        ("a page instead", http("200 OK", "", "<html>"), LoginError::NotAHub),
        (
            "no token",
            coded(
                "200 OK",
                json!({"operator": {"id": "0198c0de-0000-7000-8000-00000000000a", "name": "Ира", "status": "online"}}),
            ),
            LoginError::NotAHub,
        ),
        ("a token that is a number", coded("200 OK", json!({"token": 7, "operator": {}})), LoginError::NotAHub),
        ("an error page", http("502 Bad Gateway", "", "<html>"), LoginError::Unavailable),
        ("an answer without end", Answer::Endless, LoginError::NotAHub),
    ] {
        assert_eq!(try_at(card(), answer).await.0, expected, "{name}");
    }
}

#[tokio::test]
async fn a_redirect_takes_the_password_nowhere() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let location = format!("location: http://{}/api/v1/login\r\n", elsewhere.local_addr().unwrap());
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        assert_eq!(try_at(card(), http(status, &location, "")).await.0, LoginError::NotAHub, "{status}");
        assert_eq!(try_at(http(status, &location, ""), card()).await.0, LoginError::NotAHub, "{status}");
    }
    assert!(timeout(Duration::from_millis(50), elsewhere.accept()).await.is_err(), "a redirect was followed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_nothing_is_given_up() {
    let (one, other) = tokio::join!(try_at(Answer::Silence, Answer::Silence), try_at(card(), Answer::Silence));
    assert_eq!((one.0, other.0), (LoginError::Unreachable, LoginError::Unreachable));
}
