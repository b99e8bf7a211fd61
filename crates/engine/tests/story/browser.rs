//! The dev socket: one browser, one token, loopback only.

use crate::kit::{MemoryKeychain, PATIENCE, computer::Computer};
use futures_util::{SinkExt, StreamExt};
use otklik_engine::browser::{Served, serve};
use reqwest::{Client, StatusCode, header, redirect::Policy};
use serde_json::{Value, json};
use std::{borrow::Cow, sync::Arc};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

async fn served() -> (tempfile::TempDir, Computer, Served) {
    let data = tempfile::tempdir().unwrap();
    let computer = Computer::with_desk(data.path(), Arc::new(MemoryKeychain::default()));
    let assets = Arc::new(|path: &str| (path == "index.html").then_some(Cow::Borrowed(&b"<!doctype html>"[..])));
    let served = serve(computer.seats.clone(), assets, 0).await.unwrap();
    (data, computer, served)
}

fn client() -> Client {
    Client::builder().redirect(Policy::none()).no_proxy().build().unwrap()
}

fn origin(served: &Served) -> String {
    served.url.split_once("/?").unwrap().0.to_owned()
}

/// Opens the printed address as a browser would and returns the cookie.
async fn enter(served: &Served) -> String {
    let answer = client().get(&served.url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
    cookie.split_once(';').unwrap().0.to_owned()
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn open(served: &Served, cookie: &str) -> Socket {
    let mut request = format!("{}/page", origin(served).replace("http", "ws")).into_client_request().unwrap();
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    request.headers_mut().insert("origin", origin(served).parse().unwrap());
    connect_async(request).await.unwrap().0
}

/// Asks, and returns the answer.
async fn ask(socket: &mut Socket, call: &Value) -> Value {
    socket.send(Message::text(call.to_string())).await.unwrap();
    loop {
        let frame = tokio::time::timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap();
        let said: Value = serde_json::from_str(frame.to_text().unwrap()).unwrap();
        if said["id"] == call["id"] {
            return said;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_works_once_and_nothing_works_without() {
    let (_data, computer, served) = served().await;
    let home = format!("{}/", origin(&served));
    assert_eq!(client().get(&home).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let cookie = enter(&served).await;
    assert_eq!(client().get(&served.url).send().await.unwrap().status(), StatusCode::FORBIDDEN);

    let page = client().get(&home).header(header::COOKIE, &cookie).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"));
    assert_eq!(page.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");

    let foreign =
        client().get(&home).header(header::COOKIE, &cookie).header(header::HOST, "evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), StatusCode::MISDIRECTED_REQUEST);
    let outside = client().get(format!("{home}../../etc/passwd")).header(header::COOKIE, &cookie).send().await.unwrap();
    assert_eq!(outside.status(), StatusCode::NOT_FOUND);
    computer.seats.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_needs_cookie_and_origin() {
    let (_data, computer, served) = served().await;
    let cookie = enter(&served).await;
    let ours = origin(&served);
    for (cookie, origin, allowed) in [
        (Some(cookie.as_str()), Some(ours.as_str()), true),
        (None, Some(ours.as_str()), false),
        (Some(cookie.as_str()), None, false),
        (Some(cookie.as_str()), Some("http://evil.example"), false),
        (Some("otklik=guess"), Some(ours.as_str()), false),
    ] {
        let mut request = format!("{}/page", ours.replace("http", "ws")).into_client_request().unwrap();
        if let Some(cookie) = cookie {
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
        }
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        assert_eq!(connect_async(request).await.is_ok(), allowed, "{cookie:?} {origin:?}");
    }
    computer.seats.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_socket_carries_pushes_answers_and_errors() {
    let (_data, computer, served) = served().await;
    let cookie = enter(&served).await;
    let mut socket = open(&served, &cookie).await;
    let calls = [
        "это не вызов".to_owned(),
        json!({"id": 1, "seat": 1, "subscribe": {}}).to_string(),
        json!({"id": 2, "query": {"kind": "link", "url": "javascript:alert(1)"}}).to_string(),
        json!({"id": 3, "command": {"kind": "app", "command": {"do": "open_link", "url": "file:///etc/passwd"}}})
            .to_string(),
        json!({"id": 4, "seats": {}}).to_string(),
        json!({"id": 5, "seat": 7, "subscribe": {}}).to_string(),
        json!({"id": 6, "seat": 7, "query": {"kind": "windows"}}).to_string(),
    ];
    for call in calls {
        socket.send(Message::text(call)).await.unwrap();
    }
    let (mut screen, mut accounts, mut answers) = (false, false, Vec::new());
    while !screen || !accounts || answers.len() < 6 {
        let frame = tokio::time::timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap();
        let said: Value = serde_json::from_str(frame.to_text().unwrap()).unwrap();
        match said.get("id").and_then(Value::as_u64) {
            Some(id) => answers.push((id, said)),
            None => {
                screen |= said["seat"] == 1 && said["push"]["push"] == "app";
                accounts |= said["seats"]["front"] == 1;
            }
        }
    }
    answers.sort_by_key(|(id, _)| *id);
    assert_eq!(answers[1].1["ok"], json!({"kind": "link", "check": null}));
    assert_eq!(answers[2].1["error"], json!({"error": "malformed"}));
    assert_eq!(answers[4].1["error"], json!({"error": "not_found"}), "there is no such seat");
    assert_eq!(answers[5].1["error"], json!({"error": "not_found"}), "there is no such seat");
    assert!(computer.shell.opened.lock().unwrap().is_empty());
    computer.seats.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_too_long_is_refused_and_the_socket_stays() {
    let (_data, computer, served) = served().await;
    let cookie = enter(&served).await;
    let mut socket = open(&served, &cookie).await;
    let link = |id: u64, url: &str| json!({"id": id, "query": {"kind": "link", "url": url}});
    let long = ask(&mut socket, &link(1, &"ж".repeat(300 * 1024))).await;
    assert_eq!(long["error"], json!({"error": "too_much"}));
    assert_eq!(ask(&mut socket, &link(2, "nowhere")).await["ok"]["kind"], "link");
    computer.seats.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_again_on_the_next_socket_is_not_done_again() {
    let (_data, computer, served) = served().await;
    let cookie = enter(&served).await;
    let link = |id: u64, name: &str| {
        let command = json!({"kind": "app", "command": {"do": "open_link", "url": "https://shop.example/"}});
        json!({"id": id, "once": name, "command": command})
    };
    let (one, two) = ("018f0000-0000-7000-8000-000000000001", "018f0000-0000-7000-8000-000000000002");
    for _ in 0..2 {
        let mut socket = open(&served, &cookie).await;
        assert!(ask(&mut socket, &link(1, one)).await.get("ok").is_some());
    }
    assert_eq!(computer.shell.opened.lock().unwrap().len(), 1);
    let mut socket = open(&served, &cookie).await;
    ask(&mut socket, &link(2, two)).await;
    assert_eq!(computer.shell.opened.lock().unwrap().len(), 2, "another name is another wish");
    computer.seats.stop().await;
}
