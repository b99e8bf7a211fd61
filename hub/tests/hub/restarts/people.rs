//! Those who work and write, whatever becomes of the hub: they come back, and repeat what was not answered.

use super::hubs::Hubs;
use crate::kit::{CustomerPage, PASSWORD, Workplace, client_id, post, seconds, within};
use otklik_model::{Author, Dialog, DialogId, DialogState, Op, OperatorId, OperatorStatus, Outcome, Seq, Stamp};
use otklik_wire::{
    LoginAnswer,
    customer::CustomerFrame,
    operator::{ClientFrame, HubFrame},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

const LOOK: Duration = Duration::from_millis(2);
/// Time passes in pieces of so many seconds where it is not known when the hub begins to count.
const PIECE: u64 = 5;

/// Somebody who works.
struct Worker {
    token: String,
    id: OperatorId,
    place: Option<Workplace>,
}

/// Somebody who writes.
#[derive(Default)]
struct Writer {
    token: Option<String>,
    department: Option<&'static str>,
    page: Option<CustomerPage>,
    /// He is not on the site.
    away: bool,
}

/// Everybody, and what the log tells of their dialogs.
pub struct Story {
    hubs: Arc<Hubs>,
    workers: BTreeMap<String, Worker>,
    writers: BTreeMap<&'static str, Writer>,
    rows: BTreeMap<DialogId, Dialog>,
    /// How each dialog stood, one after the other.
    trails: BTreeMap<u64, Vec<String>>,
    position: Seq,
}

impl Worker {
    /// Sees to it that he is connected. The hub must not be torn away meanwhile: hold it.
    async fn here(&mut self, hubs: &Hubs) -> &mut Workplace {
        if let Some(place) = &mut self.place {
            place.socket.send(&ClientFrame::Beat).await;
            loop {
                match place.try_next().await {
                    Some(HubFrame::Beat { .. }) => break,
                    Some(_) => {}
                    None => {
                        self.place = None;
                        break;
                    }
                }
            }
        }
        if self.place.is_none() {
            let address = hubs.address("ws", "/api/v1/operator");
            self.place = Some(Workplace::connect(&address, &self.token, None).await.expect("let in"));
        }
        self.place.as_mut().unwrap()
    }

    /// Asks until there is an answer.
    async fn ask(&mut self, hubs: &Hubs, op: Op) -> Outcome {
        let id = client_id();
        loop {
            let held = hubs.hold().await;
            self.here(hubs).await;
            drop(held);
            let Some(place) = &mut self.place else { continue };
            place.socket.send(&ClientFrame::Command { id, op: op.clone() }).await;
            loop {
                match place.try_next().await {
                    Some(HubFrame::Result { id: of, outcome }) if of == id => return outcome,
                    Some(HubFrame::Retry { id: of, .. }) if of == id => break,
                    Some(_) => {}
                    None => {
                        self.place = None;
                        break;
                    }
                }
            }
        }
    }
}

impl Writer {
    /// The same as [`Worker::here`].
    async fn here(&mut self, hubs: &Hubs) {
        if let Some(page) = &mut self.page {
            page.send(&CustomerFrame::Beat).await;
            loop {
                match page.next().await {
                    Some(otklik_wire::customer::HubCustomerFrame::Beat) => break,
                    Some(_) => {}
                    None => {
                        self.page = None;
                        break;
                    }
                }
            }
        }
        if self.page.is_none() {
            let address = hubs.address("ws", "/widget/v1/socket");
            let page = CustomerPage::from_site_as(&address, self.token.clone(), self.department).await;
            self.token.clone_from(&page.shows.token);
            self.page = Some(page);
        }
    }

    async fn write(&mut self, hubs: &Hubs, text: &str) {
        let id = client_id();
        loop {
            let held = hubs.hold().await;
            self.here(hubs).await;
            drop(held);
            let Some(page) = &mut self.page else { continue };
            page.send(&CustomerFrame::Send { id, text: text.to_owned() }).await;
            while page.next().await.is_some() {
                match page.shows.results.remove(&id) {
                    Some((Some(_), None)) => return,
                    // Passing: the same again.
                    Some((None, Some(why))) if why == "too_fast" => break,
                    Some(other) => panic!("{text}: {other:?}"),
                    None => {}
                }
            }
        }
    }
}

impl Story {
    /// What was prepared before anybody came is none of the story's.
    pub async fn begin(hubs: Arc<Hubs>) -> Self {
        let (workers, writers, rows, trails) = Default::default();
        let position = Seq(hubs.head().await);
        Self { hubs, workers, writers, rows, trails, position }
    }

    /// Somebody signs in; a bot needs no workplace.
    pub async fn comes(&mut self, login: &str) {
        let held = self.hubs.hold().await;
        let body = format!(r#"{{"login":"{login}","password":"{PASSWORD}","device":"test"}}"#);
        let answer = post(&self.hubs.address("http", "/api/v1/login"), body).await;
        assert_eq!(answer.status(), 200);
        let LoginAnswer { token, operator } = answer.json().await.unwrap();
        let mut worker = Worker { token, id: operator.id, place: None };
        if login != "robot" {
            worker.here(&self.hubs).await;
            self.workers.insert(login.to_owned(), worker);
        }
        drop(held);
        self.until_status(login, OperatorStatus::Online).await;
    }

    pub async fn writes(&mut self, name: &'static str, department: Option<&'static str>, text: &str) {
        let writer = self.writers.entry(name).or_insert_with(|| Writer { department, ..Writer::default() });
        writer.write(&self.hubs, text).await;
        self.read().await;
    }

    pub fn leaves(&mut self, name: &'static str) {
        let writer = self.writers.get_mut(name).unwrap();
        (writer.page, writer.away) = (None, true);
    }

    pub async fn returns(&mut self, name: &'static str) {
        let held = self.hubs.hold().await;
        let writer = self.writers.get_mut(name).unwrap();
        writer.away = false;
        writer.here(&self.hubs).await;
        drop(held);
    }

    pub fn dies(&mut self, login: &str) {
        self.workers.remove(login).expect("somebody who works");
    }

    /// Lets time pass, with everybody at his place.
    pub async fn wait(&mut self, s: u64) {
        let held = self.hubs.hold().await;
        for worker in self.workers.values_mut() {
            worker.here(&self.hubs).await;
        }
        for writer in self.writers.values_mut().filter(|writer| !writer.away) {
            writer.here(&self.hubs).await;
        }
        self.hubs.hands.forward(seconds(s));
        drop(held);
    }

    async fn read(&mut self) {
        loop {
            let read = self.hubs.books.log_after(self.hubs.workspace, self.position, 500).await.unwrap();
            if read.entries.is_empty() {
                return;
            }
            for entry in read.entries {
                assert_eq!(entry.seq.0, self.position.0 + 1, "the log has a gap");
                self.position = entry.seq;
                if let otklik_hub::store::EntryBody::Dialog(dialog) = entry.body {
                    let row = dialog.row;
                    let stands = format!(
                        "№{} {:?} of {} in epoch {}, {:?}, {:?}",
                        row.number,
                        row.state,
                        row.assignee_name.as_deref().unwrap_or("nobody"),
                        row.epoch,
                        row.presence,
                        row.close_reason
                    );
                    let trail = self.trails.entry(row.number).or_default();
                    if trail.last() != Some(&stands) {
                        trail.push(stands);
                    }
                    self.rows.insert(row.id, row);
                }
            }
        }
    }

    /// A dialog, as it was read last.
    pub fn row(&self, number: u64) -> &Dialog {
        self.rows.values().find(|row| row.number == number).expect("a dialog of this number")
    }

    pub async fn until_row(&mut self, number: u64, what: &str, so: impl Fn(&Dialog) -> bool) {
        within(&format!("№{number}: {what}"), async {
            loop {
                self.read().await;
                if self.rows.values().any(|row| row.number == number && so(row)) {
                    return;
                }
                tokio::time::sleep(LOOK).await;
            }
        })
        .await;
    }

    /// Lets time pass until a dialog is like that.
    pub async fn wait_until_row(&mut self, number: u64, what: &str, so: impl Fn(&Dialog) -> bool) {
        within(&format!("№{number}: {what}"), async {
            while !so(self.row(number)) {
                self.wait(PIECE).await;
                tokio::time::sleep(LOOK * 20).await;
                self.read().await;
            }
        })
        .await;
    }

    pub async fn until_said(&mut self, number: u64, text: &str) {
        within(&format!("№{number}: {text}"), async {
            loop {
                self.read().await;
                let found = self.rows.values().find(|row| row.number == number).map(|row| row.id);
                if let Some(dialog) = found
                    && self.words(dialog).await.iter().any(|line| line.ends_with(&format!(": {text}")))
                {
                    return;
                }
                tokio::time::sleep(LOOK).await;
            }
        })
        .await;
    }

    async fn status(&self, login: &str) -> OperatorStatus {
        self.hubs.books.operator_by_login(self.hubs.workspace, login).await.unwrap().unwrap().status
    }

    async fn until_status(&self, login: &str, status: OperatorStatus) {
        within(login, async {
            while self.status(login).await != status {
                tokio::time::sleep(LOOK).await;
            }
        })
        .await;
    }

    pub async fn wait_until_status(&mut self, login: &str, status: OperatorStatus) {
        within(login, async {
            while self.status(login).await != status {
                self.wait(PIECE).await;
                tokio::time::sleep(LOOK * 20).await;
            }
        })
        .await;
    }

    /// The login of whoever has a dialog.
    pub fn leader(&self, number: u64) -> String {
        let id = self.row(number).assignee.expect("somebody has it");
        self.workers.iter().find(|(_, worker)| worker.id == id).expect("somebody who works").0.clone()
    }

    /// Whoever has a dialog asks for something that has to be done.
    pub async fn asks(&mut self, number: u64, op: Op) {
        let login = self.leader(number);
        let worker = self.workers.get_mut(&login).unwrap();
        let outcome = worker.ask(&self.hubs, op.clone()).await;
        assert!(matches!(outcome, Outcome::Done { .. }), "{login}: {op:?}: {outcome:?}");
        self.read().await;
    }

    pub async fn accepts(&mut self, number: u64) {
        let (dialog, epoch) = (self.row(number).id, self.row(number).epoch);
        self.asks(number, Op::Accept { dialog, epoch }).await;
        self.until_row(number, "accepted", |row| row.state == DialogState::Active).await;
    }

    pub async fn says(&mut self, number: u64, text: &str) {
        let (dialog, epoch) = (self.row(number).id, self.row(number).epoch);
        self.asks(number, Op::SendText { dialog, epoch, text: text.to_owned(), quote: None }).await;
    }

    pub async fn closes(&mut self, number: u64) {
        let (dialog, epoch) = (self.row(number).id, self.row(number).epoch);
        self.asks(number, Op::Close { dialog, epoch }).await;
        self.until_row(number, "closed", |row| row.state == DialogState::ClosedSoft).await;
    }

    /// What was said in a dialog, by anybody.
    async fn words(&self, dialog: DialogId) -> Vec<String> {
        let read = self.hubs.books.messages(self.hubs.workspace, dialog, 1, u32::MAX, 1_000).await.unwrap();
        read.iter()
            .map(|message| {
                let who = match &message.author {
                    Author::Operator { name, .. } | Author::Bot { name, .. } => name,
                    Author::Customer => "the customer",
                    Author::System | Author::Unknown => "the hub",
                };
                format!("{} {:?} {who}: {}", message.seq, message.kind, message.text)
            })
            .collect()
    }

    /// What every dialog and every operator went through.
    pub async fn told(&mut self) -> Vec<String> {
        self.read().await;
        let mut told: Vec<String> = self.trails.values().flatten().cloned().collect();
        let mut rows: Vec<_> = self.rows.values().map(|row| (row.number, row.id)).collect();
        rows.sort_unstable();
        for (number, id) in rows {
            told.extend(self.words(id).await.into_iter().map(|line| format!("№{number} {line}")));
        }
        for row in self.hubs.books.operators(self.hubs.workspace).await.unwrap() {
            let changes = self.hubs.books.status_changes(self.hubs.workspace, row.id, Stamp(0)).await.unwrap();
            told.extend(changes.iter().map(|change| format!("{} {} by {:?}", row.login, change.code, change.set_by)));
        }
        told
    }
}
