//! People without a window: a customer and a colleague who speak what docs/protocol.md says, over sockets of their
//! own. They can be many, they start at once, and they can say what no page would.

use super::patience::{SOON, until};
use anyhow::{Context, Result, bail, ensure};
use futures_util::stream::SplitSink;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long a page waits before it says again what came too fast.
const AGAIN: Duration = Duration::from_secs(1);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A socket that is read from beginning to end, so that the hub's life signs are answered while nobody asks.
struct Wire {
    to: SplitSink<Socket, Message>,
    heard: Arc<Mutex<Vec<Value>>>,
    reader: JoinHandle<()>,
}

impl Wire {
    async fn open(hub: &str, path: &str) -> Result<Self> {
        let address = format!("{}{path}", hub.replacen("http", "ws", 1));
        let (socket, _) = timeout(SOON, connect_async(address)).await.context("the hub opens no socket")??;
        let (to, mut from) = socket.split();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&heard);
        let reader = tokio::spawn(async move {
            while let Some(Ok(message)) = from.next().await {
                let Message::Text(text) = message else { continue };
                let Ok(frame) = serde_json::from_str(&text) else { continue };
                keep.lock().unwrap_or_else(PoisonError::into_inner).push(frame);
            }
        });
        Ok(Self { to, heard, reader })
    }

    async fn say(&mut self, frame: Value) -> Result<()> {
        Ok(self.to.send(Message::text(frame.to_string())).await?)
    }

    fn heard(&self) -> MutexGuard<'_, Vec<Value>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for what the newest fitting frame tells.
    async fn wait<T>(&self, wanted: &str, pick: impl Fn(&Value) -> Option<T>) -> Result<T> {
        until(wanted, SOON * 2, || async { Ok(self.heard().iter().rev().find_map(&pick)) }).await
    }

    /// Waits for the answer to what carried this id.
    async fn result(&self, id: &str) -> Result<Value> {
        self.wait("the hub's answer", |frame| (frame["t"] == "result" && frame["id"] == id).then(|| frame.clone()))
            .await
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Where the customers of the stories sit, ten hours east of Greenwich.
const ZONE: &str = "Asia/Vladivostok";

/// A customer's page without a browser. Dropped, the page is closed.
pub struct WireCustomer {
    wire: Wire,
    hub: String,
    token: String,
}

impl WireCustomer {
    /// Comes from a page with this address and title; `language` is what his browser says, and his clock is [`ZONE`]'s.
    ///
    /// # Errors
    /// The hub does not let him in.
    pub async fn come(hub: &str, language: &str, url: &str, title: &str) -> Result<Self> {
        let mut wire = Wire::open(hub, "/widget/v1/socket").await?;
        let page = json!({"url": url, "title": title});
        wire.say(json!({"t": "hello", "protocol": 1, "language": language, "zone": ZONE, "page": page})).await?;
        let token = wire
            .wait("the hub's welcome", |frame| {
                (frame["t"] == "welcome").then(|| frame["token"].as_str().unwrap_or_default().to_owned())
            })
            .await?;
        Ok(Self { wire, hub: hub.to_owned(), token })
    }

    /// Writes a message, and waits until the hub has it.
    ///
    /// # Errors
    /// The hub does not take it.
    pub async fn write(&mut self, text: &str) -> Result<()> {
        self.give(json!({"t": "send", "id": new_id(), "text": text})).await
    }

    /// Says who he is; what is empty is not said.
    ///
    /// # Errors
    /// The hub does not take it.
    pub async fn introduce(&mut self, name: &str, email: &str, phone: &str) -> Result<()> {
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let contacts =
            json!({"t": "contacts", "id": new_id(), "name": said(name), "email": said(email), "phone": said(phone)});
        self.give(contacts).await
    }

    /// Sends a file.
    ///
    /// # Errors
    /// The hub does not take it.
    pub async fn send_file(&mut self, name: &str, bytes: &[u8], text: &str) -> Result<()> {
        let mut address = reqwest::Url::parse(&format!("{}/widget/v1/files", self.hub))?;
        address.query_pairs_mut().append_pair("name", name);
        let request = client()?.post(address).bearer_auth(&self.token).body(bytes.to_owned());
        let answer: Value = request.send().await?.json().await?;
        let file = answer["id"].as_str().with_context(|| format!("the hub refused {name}: {answer}"))?;
        self.give(json!({"t": "send_file", "id": new_id(), "file": file, "text": text})).await
    }

    /// Goes to another page.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn go(&mut self, url: &str, title: &str) -> Result<()> {
        self.wire.say(json!({"t": "page", "url": url, "title": title})).await
    }

    /// Has typed this much.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn draft(&mut self, text: &str) -> Result<()> {
        self.wire.say(json!({"t": "draft", "text": text})).await
    }

    /// Waits until a message with these words is there for him to read.
    ///
    /// # Errors
    /// None comes.
    pub async fn reads(&self, text: &str) -> Result<()> {
        let is_it = |frame: &Value| {
            let items = frame["items"].as_array().filter(|_| frame["t"] == "messages" || frame["t"] == "changed")?;
            items.iter().any(|item| item["text"] == text).then_some(())
        };
        self.wire.wait(&format!("the customer reads “{text}”"), is_it).await
    }

    /// Waits until a message of this kind (`file`, `contact_request` …) has come.
    ///
    /// # Errors
    /// None comes.
    pub async fn gets(&self, kind: &str) -> Result<Value> {
        let is_it = |frame: &Value| frame["items"].as_array()?.iter().find(|item| item["kind"] == kind).cloned();
        self.wire.wait(&format!("the customer gets a {kind}"), is_it).await
    }

    /// The files that have come, by name, with the ids by which they are fetched.
    #[must_use]
    pub fn files(&self) -> Vec<(String, String)> {
        let heard = self.wire.heard();
        let items = heard.iter().filter(|frame| frame["t"] == "messages").flat_map(|frame| frame["items"].as_array());
        let word = |of: &Value| of.as_str().unwrap_or_default().to_owned();
        let files = items.flatten().filter(|item| item["kind"] == "file" && item["from"] != "customer");
        files.map(|item| (word(&item["file"]["name"]), word(&item["file"]["id"]))).collect()
    }

    /// Fetches a file.
    ///
    /// # Errors
    /// It cannot be had.
    pub async fn fetch(&mut self, file: &str) -> Result<Vec<u8>> {
        self.wire.say(json!({"t": "link", "file": file})).await?;
        let is_it = |frame: &Value| {
            (frame["t"] == "link" && frame["file"] == file).then(|| frame["address"].as_str().map(str::to_owned))
        };
        let address = self.wire.wait("the file's address", is_it).await?.context("the file cannot be fetched")?;
        let answer = client()?.get(format!("{}/{address}", self.hub)).send().await?.error_for_status()?;
        Ok(answer.bytes().await?.to_vec())
    }

    /// Says something that is answered. Told that it was too fast he says the same again a little later, as pages do.
    async fn give(&mut self, frame: Value) -> Result<()> {
        let id = frame["id"].as_str().unwrap_or_default().to_owned();
        loop {
            self.wire.say(frame.clone()).await?;
            let result = self.wire.result(&id).await?;
            if result["refused"] != "too_fast" {
                ensure!(result["refused"].is_null(), "the hub refused what a customer sent: {}", result["refused"]);
                return Ok(());
            }
            self.wire.heard().retain(|heard| heard["id"] != id.as_str());
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// A colleague's workplace without a window.
pub struct Colleague {
    wire: Wire,
    id: String,
    /// The dialogs he knows of, while he works them off.
    rows: BTreeMap<String, Value>,
}

impl Colleague {
    /// Signs in, and waits for the desk.
    ///
    /// # Errors
    /// The hub does not let him in.
    pub async fn come(hub: &str, login: &str, password: &str) -> Result<Self> {
        let asked = json!({"workspace": null, "login": login, "password": password, "device": "a test"});
        let answer: Value = client()?.post(format!("{hub}/api/v1/login")).json(&asked).send().await?.json().await?;
        let token = answer["token"].as_str().with_context(|| format!("{login} may not sign in: {answer}"))?;
        let mut wire = Wire::open(hub, "/api/v1/operator").await?;
        let versions = json!({"min": 1, "max": 1});
        wire.say(json!({"t": "hello", "protocol": versions, "token": token, "client": "a test"})).await?;
        let desk = |frame: &Value| (frame["t"] == "snapshot" && frame["last"] == true).then_some(());
        wire.wait("the desk", desk).await?;
        let id = answer["operator"]["id"].as_str().context("an operator without an id")?.to_owned();
        Ok(Self { wire, id, rows: BTreeMap::new() })
    }

    /// Does something with the newest dialog of a customer, in the hub's words for it.
    ///
    /// # Errors
    /// He does not see the dialog, or the hub refuses.
    pub async fn act(&mut self, customer: &str, op: &str, more: Value) -> Result<()> {
        let row = self.row(customer).await?;
        let epoch = row["epoch"].as_i64().context("a dialog without an epoch")?;
        let result = self.ask(op, &row["id"], epoch, more).await?;
        ensure!(result["outcome"] == "done", "{op} in {customer}'s dialog was refused: {}", result["reason"]);
        Ok(())
    }

    /// Gives a dialog of a customer to an operator by name, who has to accept it.
    ///
    /// # Errors
    /// As [`Colleague::act`], or there is no such operator.
    pub async fn give(&mut self, customer: &str, to: &str) -> Result<()> {
        let of_snapshot = |frame: &Value| {
            let operators = frame["operators"].as_array()?;
            operators.iter().find(|one| one["name"] == to).map(|one| one["id"].clone())
        };
        let id = self.wire.wait(&format!("{to} among the colleagues"), of_snapshot).await?;
        self.act(customer, "transfer", json!({"to": {"to": "operator", "id": id}})).await
    }

    /// Has the newest dialog of a customer before him, or none, and writes in it or only reads.
    ///
    /// # Errors
    /// He does not see the dialog, or the connection is gone.
    pub async fn looks(&mut self, customer: Option<&str>, writes: bool) -> Result<()> {
        let dialog = match customer {
            Some(customer) => self.row(customer).await?["id"].clone(),
            None => Value::Null,
        };
        self.wire.say(json!({"t": "looks", "dialog": dialog, "writes": writes})).await
    }

    /// Says that he is here for new dialogs.
    ///
    /// # Errors
    /// The hub refuses.
    pub async fn go_online(&mut self) -> Result<()> {
        let id = new_id();
        self.wire.say(json!({"t": "command", "id": id, "op": "set_status", "status": "online"})).await?;
        let result = self.wire.result(&id).await?;
        ensure!(result["outcome"] == "done", "he may not be online: {}", result["reason"]);
        Ok(())
    }

    /// Waits until a note with these words has come.
    ///
    /// # Errors
    /// None does.
    pub async fn reads_note(&self, text: &str) -> Result<()> {
        let is_it = |frame: &Value| {
            let mut changes = frame["changes"].as_array()?.iter().filter(|of| of["change"] == "message_added");
            changes.any(|of| of["of"]["kind"] == "note" && of["of"]["text"] == text).then_some(())
        };
        self.wire.wait(&format!("the colleague reads the note “{text}”"), is_it).await
    }

    /// Waits until a dialog of this customer is offered to him, and takes it.
    ///
    /// # Errors
    /// None is.
    pub async fn take_offered(&mut self, customer: &str) -> Result<()> {
        until(&format!("{customer} is offered to the colleague"), SOON * 2, || async {
            let row = self.row(customer).await?;
            Ok((row["state"] == "offered" && row["assignee"] == self.id.as_str()).then_some(()))
        })
        .await?;
        self.act(customer, "accept", json!({})).await?;
        until(&format!("{customer} is the colleague's"), SOON * 2, || async {
            let row = self.row(customer).await?;
            Ok((row["state"] == "active" && row["assignee"] == self.id.as_str()).then_some(()))
        })
        .await
    }

    /// Accepts, answers and closes whoever waits, the longest first, until so many are left. What somebody else was
    /// faster with is passed over.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn work_off(&mut self, left: usize) -> Result<()> {
        let mut rows = self.newest_rows();
        rows.retain(|row| row["state"] == "queue");
        rows.sort_by_key(|row| row["awaiting_since"].as_i64());
        rows.truncate(rows.len().saturating_sub(left));
        for row in rows {
            let taken = self.ask("accept", &row["id"], row["epoch"].as_i64().unwrap_or(0), json!({})).await?;
            if taken["outcome"] != "done" {
                continue;
            }
            // Accepting made him its owner: that is one epoch on.
            let epoch = row["epoch"].as_i64().unwrap_or(0) + 1;
            self.ask("send_text", &row["id"], epoch, json!({"text": "Сейчас посмотрю."})).await?;
            self.ask("close", &row["id"], epoch, json!({})).await?;
        }
        Ok(())
    }

    /// Closes whatever he has, so that nobody waits for him.
    ///
    /// # Errors
    /// The connection is gone, or the hub refuses.
    pub async fn close_own(&mut self) -> Result<()> {
        let mut rows = self.newest_rows();
        rows.retain(|row| row["state"] == "active" && row["assignee"] == self.id.as_str());
        for row in rows {
            let closed = self.ask("close", &row["id"], row["epoch"].as_i64().unwrap_or(0), json!({})).await?;
            ensure!(closed["outcome"] == "done", "a dialog of his stays open: {}", closed["reason"]);
        }
        Ok(())
    }

    /// Gives a command, and hands over what the hub says to it.
    async fn ask(&mut self, op: &str, dialog: &Value, epoch: i64, more: Value) -> Result<Value> {
        let id = new_id();
        let mut frame = json!({"t": "command", "id": id, "op": op, "dialog": dialog, "epoch": epoch});
        if let (Some(frame), Value::Object(more)) = (frame.as_object_mut(), more) {
            frame.extend(more);
        }
        self.wire.say(frame).await?;
        self.wire.result(&id).await
    }

    /// Each dialog as it was told last. What was heard before is forgotten: a day is long.
    fn newest_rows(&mut self) -> Vec<Value> {
        for frame in self.wire.heard().drain(..) {
            for of in frame["changes"].as_array().into_iter().flatten() {
                if let Some(id) = of["of"]["dialog"].as_str().filter(|_| of["change"] == "dialog_gone") {
                    self.rows.remove(id);
                }
            }
            for row in rows_of(&frame) {
                self.rows.insert(row["id"].as_str().unwrap_or_default().to_owned(), row.clone());
            }
        }
        self.rows.values().cloned().collect()
    }

    /// The newest row of a customer's dialog, by the name in it.
    async fn row(&self, customer: &str) -> Result<Value> {
        self.wire
            .wait(&format!("a dialog of {customer}"), |frame| {
                rows_of(frame).filter(|row| row["customer"]["name"] == customer).last().cloned()
            })
            .await
    }
}

/// The dialogs in a frame, of a snapshot or of events.
fn rows_of(frame: &Value) -> impl Iterator<Item = &Value> {
    let changed = frame["changes"].as_array().into_iter().flatten();
    let changed = changed.filter(|of| of["change"] == "dialog_upserted").map(|of| &of["of"]);
    frame["dialogs"].as_array().into_iter().flatten().chain(changed)
}

fn client() -> Result<reqwest::Client> {
    // Somebody else in this process may have chosen already.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    // Everything here is on this machine: no proxy of the environment has a say.
    match reqwest::Client::builder().no_proxy().build() {
        Ok(client) => Ok(client),
        Err(why) => bail!("no client for HTTP: {why}"),
    }
}
