//! S-H8 and S-H10: where the hub's own requests go, and what whoever is asked can rely on.

use crate::kit::{Desk, within};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use hmac::{Hmac, Mac};
use otklik_hub::{
    centre::RoutingScript,
    store::{Commit, Errand, ErrandKind, Work},
};
use otklik_model::{Op, OperatorStatus, Outcome, Seq};
use parking_lot::Mutex;
use sha2::Sha256;
use std::{
    collections::BTreeMap,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{net::TcpListener, sync::mpsc};
use uuid::Uuid;

const SECRET: &str = "a secret of the house itself";

/// Files of the hub that may open connections of their own, and to what. Whatever an administrator of a centre types is
/// none of it: that goes through `bot/outgoing.rs`.
const CONNECTORS: [(&str, &str); 6] = [
    ("bot/outgoing.rs", "bots and webhooks, guarded"),
    ("bot/address.rs", "looks names up for them"),
    ("admin/cli/", "the command line asks its own hub"),
    ("files/scanner.rs", "the virus scanner of the hub's own file of settings"),
    ("files/content.rs", "the bucket of the same"),
    ("store/postgres/connect.rs", "the database of the same"),
];

fn sources(folder: &Path, into: &mut Vec<(String, String)>, root: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into, root);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            into.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn s_h8_no_other_file_of_the_hub_makes_connections() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found, &root);
    assert!(found.len() > 150);
    for (name, text) in found {
        let tests = name.ends_with("tests.rs") || name.contains("/tests/");
        let opens =
            ["reqwest::", "TcpStream::connect", "UnixStream::connect", "lookup_host", "tokio_postgres::connect"];
        if let Some(how) = opens.iter().find(|how| text.contains(**how)).filter(|_| !tests) {
            let listed = CONNECTORS.iter().any(|(file, _)| name.starts_with(*file));
            assert!(listed, "{name} opens connections ({how}): may an administrator choose where to?");
        }
    }
}

/// A listener that answers nothing, and tells of each connection.
async fn trap() -> (u16, mpsc::UnboundedReceiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (caught, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            let _ = caught.send(());
        }
    });
    (port, told)
}

#[tokio::test]
async fn s_h8_a_script_sends_the_hub_nowhere_inside() {
    let (port, mut caught) = trap().await;
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "169.254.169.254"] {
        let source = format!("lead.createTask('https://{host}:{port}/latest/meta-data', {{}}); lead.leaveInQueue()");
        let (desk, _hands) =
            Desk::ruled(move |centre| centre.script = Some(RoutingScript { source, limit_ms: 200 })).await;
        let mut maria = desk.customer().await;
        assert_eq!(maria.write("Где заказ?").await.1, None);
        // Given up at once: what is not an address today is none tomorrow.
        desk.until_nothing_is_due().await;
        assert!(caught.try_recv().is_err(), "{host}");
        let (store, workspace) = desk.books().await;
        let audit = store.audit(workspace, None, 20).await.unwrap();
        assert!(audit.iter().all(|row| row.line.subject != "script"), "the script did ask for it");
    }
}

/// Whoever is told by the hub, written by docs/bots.md alone: looks at the signature and the time, and does each thing
/// once.
#[derive(Clone)]
struct Crm {
    secret: &'static str,
    /// By the request's name: what was answered.
    done: Arc<Mutex<BTreeMap<String, usize>>>,
    /// Everything that came, to be sent again by a thief.
    came: mpsc::UnboundedSender<(HeaderMap, Bytes)>,
    /// So many of the first answers get lost after the work is done.
    losses: Arc<Mutex<usize>>,
}

fn seconds() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

fn is_signed(secret: &str, headers: &HeaderMap, body: &[u8], now: i64) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Ok(time) = text("otklik-timestamp").parse::<i64>() else { return false };
    let digits = text("otklik-signature").strip_prefix("v1=").unwrap_or_default();
    let pairs = (0..digits.len()).step_by(2);
    let code: Option<Vec<u8>> =
        pairs.map(|at| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{time}.").as_bytes());
    mac.update(body);
    // Compares in constant time.
    now.abs_diff(time) <= 300 && code.is_some_and(|code| mac.verify_slice(&code).is_ok())
}

impl Crm {
    /// 200, or why not.
    fn take(&self, headers: &HeaderMap, body: &Bytes, now: i64) -> StatusCode {
        if !is_signed(self.secret, headers, body, now) {
            return StatusCode::UNAUTHORIZED;
        }
        let name = headers["otklik-request"].to_str().unwrap().to_owned();
        let mut done = self.done.lock();
        let next = done.len();
        done.entry(name).or_insert(next);
        StatusCode::OK
    }
}

async fn told(State(crm): State<Crm>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let status = crm.take(&headers, &body, seconds());
    let _ = crm.came.send((headers, body));
    let mut losses = crm.losses.lock();
    if *losses > 0 {
        *losses -= 1;
        return StatusCode::BAD_GATEWAY;
    }
    status
}

async fn crm(losses: usize) -> (Crm, String, mpsc::UnboundedReceiver<(HeaderMap, Bytes)>) {
    let (came, heard) = mpsc::unbounded_channel();
    let crm = Crm { secret: SECRET, done: Arc::default(), came, losses: Arc::new(Mutex::new(losses)) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/tasks", listener.local_addr().unwrap());
    let router = Router::new().route("/tasks", post(told)).with_state(crm.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (crm, address, heard)
}

async fn order(desk: &Desk, address: &str, body: serde_json::Value) {
    let (store, workspace) = desk.books().await;
    let at = desk.config.clock.now();
    let kind = ErrandKind::Webhook { address: address.to_owned(), body };
    let errand = Errand { id: Uuid::now_v7(), kind, due_at: at, attempts: 0 };
    // Errands come with work: here of a channel that stays as it is.
    let channel = store.channels(workspace).await.unwrap().remove(0);
    let outcome = Outcome::Done { at_seq: Seq(0), message: None };
    let commit = Commit::new(workspace, at, Work::Channel(channel), outcome);
    store.commit(Commit { errands: vec![errand], ..commit }).await.unwrap();
}

#[tokio::test]
async fn s_h10_a_webhook_is_signed_and_what_it_tells_is_done_once_however_often_it_comes() {
    let (crm, address, mut heard) = crm(1).await;
    let desk = Desk::start_with(|config| {
        config.bots_on_loopback = true;
        config.timing.look = Duration::from_millis(20);
    })
    .await;
    desk.users().await.change_centre("webhooks", |centre| centre.webhooks.secret = SECRET.to_owned()).await.unwrap();
    // What she does comes to her after the hub has read what was changed before.
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    ira.done(Op::SetStatus { status: OperatorStatus::Break }).await;
    order(&desk, &address, serde_json::json!({ "task": 1 })).await;
    order(&desk, &address, serde_json::json!({ "task": 2 })).await;
    let mut came = Vec::new();
    within("both, and the first once more", async {
        while came.len() < 3 {
            came.push(heard.recv().await.unwrap());
        }
    })
    .await;
    desk.until_nothing_is_due().await;
    assert_eq!(crm.done.lock().len(), 2, "the one whose answer was lost came again under the same name");

    // A thief on the way has all of it.
    let (headers, body) = came.last().unwrap().clone();
    let now: i64 = headers["otklik-timestamp"].to_str().unwrap().parse().unwrap();
    assert_eq!(crm.take(&headers, &body, now), StatusCode::OK, "replayed at once: nothing is done twice");
    for (headers, body) in came.iter().rev() {
        assert_eq!(crm.take(headers, body, now), StatusCode::OK, "in another order: the same");
    }
    assert_eq!(crm.done.lock().len(), 2);
    assert_eq!(crm.take(&headers, &body, now + 301), StatusCode::UNAUTHORIZED, "replayed later");
    let forged = Bytes::from_static(b"{\"task\":3}");
    assert_eq!(crm.take(&headers, &forged, now), StatusCode::UNAUTHORIZED, "other words");
    let mut later = headers.clone();
    later.insert("otklik-timestamp", (now + 200).into());
    assert_eq!(crm.take(&later, &body, now + 400), StatusCode::UNAUTHORIZED, "another time");
    let elsewhere = Crm { secret: "the secret of another centre", ..crm.clone() };
    assert_eq!(elsewhere.take(&headers, &body, now), StatusCode::UNAUTHORIZED, "another workspace's");
    let mut unsigned = headers;
    unsigned.remove("otklik-signature");
    assert_eq!(crm.take(&unsigned, &body, now), StatusCode::UNAUTHORIZED);
    assert_eq!(crm.done.lock().len(), 2);
}

#[tokio::test]
async fn s_h10_the_secret_of_webhooks_is_told_to_nobody() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let mut document = anna.get("centre").await;
    let new = |document: &serde_json::Value| serde_json::json!({ "version": document["version"], "centre": document["centre"] });
    document["centre"]["webhooks"]["secret"] = "short".into();
    assert_eq!(anna.put("centre", new(&document)).await.code(), "problems");
    document["centre"]["webhooks"]["secret"] = SECRET.into();
    let changed = anna.put("centre", new(&document)).await.good();
    assert!(changed.to_string().contains("webhooks.secret") && !changed.to_string().contains(SECRET), "{changed}");
    for path in ["centre", "centre/file", "centre/versions", "centre/versions/1", "audit"] {
        assert!(!anna.get(path).await.to_string().contains(SECRET), "{path}");
    }
    // A file without it leaves it in force.
    let file = anna.export().await;
    assert_eq!(anna.import("", &file).await.good()["changes"], serde_json::json!([]));
    let (store, workspace) = desk.books().await;
    assert_eq!(store.centre(workspace).await.unwrap().centre.webhooks.secret, SECRET);
}
