//! Hubs of other versions, and one that breaks off and contradicts itself, before a whole workplace.

use crate::kit::{Desk, MemoryKeychain, PASSWORD, sign_in};
use axum::{
    Json, Router,
    extract::{
        State,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    routing::{any, get, post},
};
use otklik_core::{AppView, Command, Notice, Settings, SignInError, ViewEvent};
use otklik_engine::Push;
use otklik_model::{Operator, OperatorStatus};
use serde_json::{Value, json};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::mpsc;

const STREAM: &str = "0198c0de-0000-7000-8000-0000000000ff";

/// A hub by script: which versions it names, and what it says on each connection, one after the other; the last
/// script is played again and again.
#[derive(Clone)]
struct FakeHub {
    versions: (u16, u16),
    scripts: Arc<Vec<Vec<Value>>>,
    calls: Arc<AtomicUsize>,
    hellos: mpsc::UnboundedSender<Value>,
}

/// In a script: says nothing more before the workplace has asked something.
const PAUSE: &str = "pause";

async fn fake(versions: (u16, u16), scripts: Vec<Vec<Value>>) -> (String, mpsc::UnboundedReceiver<Value>) {
    let (hellos, heard) = mpsc::unbounded_channel();
    let hub = FakeHub { versions, scripts: Arc::new(scripts), calls: Arc::default(), hellos };
    let router = Router::new()
        .route("/api/v1/hub", get(card))
        .route("/api/v1/login", post(login))
        .route("/api/v1/operator", any(socket))
        .with_state(hub);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, heard)
}

async fn card(State(hub): State<FakeHub>) -> Json<Value> {
    let (min, max) = hub.versions;
    Json(json!({"product": "otklik-hub", "version": "0", "protocol": {"min": min, "max": max}}))
}

fn ira() -> Value {
    json!({"id": "0198c0de-0000-7000-8000-00000000000a", "name": "Ира", "status": "online"})
}

async fn login() -> Json<Value> {
    Json(json!({"token": "any", "operator": ira()}))
}

async fn socket(State(hub): State<FakeHub>, upgrade: WebSocketUpgrade) -> axum::response::Response {
    upgrade.on_upgrade(move |socket| play(socket, hub))
}

async fn play(mut socket: WebSocket, hub: FakeHub) {
    let Some(Ok(Message::Text(hello))) = socket.recv().await else { return };
    let _ = hub.hellos.send(serde_json::from_str(&hello).unwrap());
    let call = hub.calls.fetch_add(1, Ordering::SeqCst);
    for frame in &hub.scripts[call.min(hub.scripts.len() - 1)] {
        if frame == PAUSE {
            socket.recv().await;
            continue;
        }
        if socket.send(Message::text(frame.to_string())).await.is_err() {
            return;
        }
    }
    while let Some(Ok(_)) = socket.recv().await {}
}

fn welcome(head: u64, resumed: bool) -> Value {
    json!({
        "t": "welcome", "protocol": 1, "hub": "0", "session": "0198c0de-0000-7000-8000-000000000005", "stream": STREAM,
        "resumed": resumed, "head": head, "me": ira(), "desk": "Otklik", "rights": ["accept"],
        "limits": {"text_chars": 32000}, "beat_ms": 15000, "server_at": 0
    })
}

fn snapshot(at: u64) -> Value {
    json!({"t": "snapshot", "at": at, "part": 0, "last": true, "dialogs": [], "operators": [ira()], "channels": []})
}

fn events(after: u64, upto: u64) -> Value {
    json!({"t": "events", "after": after, "upto": upto, "changes": []})
}

/// Everything heard so far is on disk, and the hub of a script goes on.
async fn settle(desk: &mut Desk) {
    desk.live().await;
    // Commits are carried out in order.
    desk.session(Command::SetSettings { settings: Settings::default().into() }).await.unwrap();
    desk.session(Command::SetStatus { status: OperatorStatus::Online }).await.unwrap_err();
}

async fn desk_at(address: &str, data: &std::path::Path) -> Desk {
    let mut desk = Desk::remote(data, address, Arc::new(MemoryKeychain::default()));
    sign_in(&mut desk, address, PASSWORD).await;
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_of_another_version_is_told_apart_before_the_password_is_said() {
    for (versions, expected) in [((0, 0), SignInError::HubTooOld), ((2, 9), SignInError::HubTooNew)] {
        let data = tempfile::tempdir().unwrap();
        let (address, _hellos) = fake(versions, vec![Vec::new()]).await;
        let mut desk = desk_at(&address, data.path()).await;
        let told = desk.screen("the refusal", |view| match view {
            AppView::SignIn { error, busy: false, .. } => error.clone(),
            AppView::SignIn { .. }
            | AppView::Starting
            | AppView::Passphrase { .. }
            | AppView::Broken { .. }
            | AppView::Workplace
            | AppView::Covered { .. } => None,
        });
        assert_eq!(told.await, expected);
        desk.workplace.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_was_replaced_by_another_version_is_a_notice_that_stays() {
    for (code, expected) in [("client_too_old", Notice::HubTooNew), ("client_too_new", Notice::HubTooOld)] {
        let data = tempfile::tempdir().unwrap();
        let (address, _hellos) = fake((1, 1), vec![vec![json!({"t": "bye", "code": code})]]).await;
        let mut desk = desk_at(&address, data.path()).await;
        desk.notice("the notice", |notice| *notice == expected).await;
        desk.workplace.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_frame_makes_the_workplace_ask_for_everything_anew() {
    for wrong in
        [json!("здравствуйте"), json!({"t": "events", "after": "x"}), welcome(5, false), events(7, 9), events(3, 9)]
    {
        let data = tempfile::tempdir().unwrap();
        let (address, mut hellos) =
            fake((1, 1), vec![vec![welcome(5, false), snapshot(5), wrong], vec![welcome(5, false), snapshot(5)]]).await;
        let mut desk = desk_at(&address, data.path()).await;
        hellos.recv().await.unwrap();
        let again = tokio::time::timeout(crate::kit::PATIENCE, hellos.recv()).await.unwrap().unwrap();
        assert_eq!(again["resume"], Value::Null, "a position of a broken stream is not believed");
        desk.live().await;
        desk.workplace.stop().await;
    }
}

/// Each of them is nonsense that could be a frame; the workplace stays alive and says what it does.
#[tokio::test(flavor = "multi_thread")]
async fn nonsense_that_could_be_a_frame_stops_nothing() {
    let dialog = "0198c0de-0000-7000-8000-0000000000d1";
    let id = "0198c0de-0000-7000-8000-000000000701";
    let nonsense = vec![
        json!({"t": "result", "id": id, "outcome": "done", "at_seq": 1, "message": null}),
        json!({"t": "retry", "id": id, "after_ms": u64::MAX}),
        json!({"t": "history", "req": u64::MAX, "dialog": dialog, "messages": []}),
        json!({"t": "fetch_failed", "req": 0, "retry": true}),
        json!({"t": "draft", "dialog": dialog, "text": "x".repeat(100_000)}),
        json!({"t": "fireworks"}),
        events(5, 5),
        json!({"t": "events", "after": 5, "upto": 6, "changes": [
            {"change": "dialog_gone", "of": {"dialog": dialog, "reason": "accepted", "to": null}},
            {"change": "weather", "of": {}}, {"change": "rights_changed", "of": []},
            {"change": "operator_upserted", "of": {"id": dialog, "name": "Последний", "status": "of tomorrow"}},
        ]}),
        json!({"t": "beat", "head": 6}),
    ];
    let data = tempfile::tempdir().unwrap();
    let script = [vec![welcome(5, false), snapshot(5)], nonsense].concat();
    let (address, mut hellos) = fake((1, 1), vec![script]).await;
    let mut desk = desk_at(&address, data.path()).await;
    hellos.recv().await.unwrap();
    desk.until("the last of the nonsense", |push| {
        let named = |operators: &[Operator]| operators.iter().any(|one| one.name == "Последний").then_some(());
        match push {
            Push::Snapshot { snapshot } => named(&snapshot.operators),
            Push::Events { events } => events.iter().find_map(|event| match event {
                ViewEvent::Directory { operators, .. } => named(operators),
                _ => None,
            }),
            Push::App { .. } | Push::Machine { .. } => None,
        }
    })
    .await;
    assert!(hellos.try_recv().is_err(), "the connection was given up for nonsense");
    desk.workplace.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_another_one_is_taken_whole() {
    let data = tempfile::tempdir().unwrap();
    let other = |frame: Value| -> Value {
        serde_json::from_str(&frame.to_string().replace(STREAM, "0198c0de-0000-7000-8000-0000000000ee")).unwrap()
    };
    let bye = json!({"t": "bye", "code": "draining", "retry_after_ms": 1});
    let seen: Arc<Mutex<Vec<Value>>> = Arc::default();
    let (address, mut hellos) = fake(
        (1, 1),
        vec![
            vec![welcome(50, false), snapshot(50), json!(PAUSE), bye.clone()],
            vec![other(welcome(3, false)), snapshot(3), json!(PAUSE), bye],
            vec![other(welcome(3, true))],
        ],
    )
    .await;
    let mut desk = desk_at(&address, data.path()).await;
    for call in 0..3 {
        if call > 0 {
            settle(&mut desk).await;
        }
        let hello = tokio::time::timeout(crate::kit::PATIENCE, hellos.recv()).await.unwrap().unwrap();
        seen.lock().unwrap().push(hello["resume"].clone());
    }
    desk.live().await;
    let positions: Vec<Value> = seen.lock().unwrap().iter().map(|resume| resume["after"].clone()).collect();
    assert_eq!(positions, [Value::Null, json!(50), json!(3)]);
    desk.workplace.stop().await;
}
