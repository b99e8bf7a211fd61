//! Errands and working hours against a real store, with a clock moved by hand.

use super::{
    Duty, Watch,
    errands::{Carried, Carrier, Errands},
};
use crate::{
    bot::Reach,
    bus::InProcess,
    centre::{Centre, Day, Hours, Span},
    clock::{Clock, Hands, later},
    files::{Files, FilesConfig},
    office::{Limits, Office, OfficeSettings, Timing},
    store::{Commit, Errand, ErrandKind, FenceToken, LogStore as _, OperatorRow, SetBy, Work, sqlite::SqliteStore},
};
use async_trait::async_trait;
use otklik_model::{Channel, ChannelId, OperatorId, OperatorStatus, Outcome, Seq, Stamp, Transport};
use std::{path::Path, sync::Arc, time::Duration};
use tokio::sync::mpsc;
use uuid::Uuid;

const DEADLINE: Duration = Duration::from_secs(20);

/// Tells what it was given, and does with it as it was told to.
struct Courier {
    given: mpsc::UnboundedSender<(Uuid, u32)>,
    answers: Vec<Carried>,
}

#[async_trait]
impl Carrier for Courier {
    fn carries(&self, kind: &ErrandKind) -> bool {
        matches!(kind, ErrandKind::Webhook { .. })
    }

    async fn carry(&self, _office: &Arc<Office>, errand: &Errand) -> Carried {
        self.given.send((errand.id, errand.attempts)).unwrap();
        self.answers.get(errand.attempts as usize).cloned().unwrap_or(Carried::Done)
    }
}

/// Falls over the first time.
struct Clumsy(mpsc::UnboundedSender<(Uuid, u32)>);

#[async_trait]
impl Carrier for Clumsy {
    fn carries(&self, _kind: &ErrandKind) -> bool {
        true
    }

    async fn carry(&self, _office: &Arc<Office>, errand: &Errand) -> Carried {
        self.0.send((errand.id, errand.attempts)).unwrap();
        assert!(errand.attempts > 0, "an errand that breaks off");
        Carried::Done
    }
}

async fn office(folder: &Path) -> (Arc<Office>, Hands) {
    office_with(folder, Vec::new()).await
}

/// An office in whose store this was done long ago.
async fn office_with(folder: &Path, done: Vec<Work>) -> (Arc<Office>, Hands) {
    let (clock, hands) = Clock::by_hand(Stamp(1_000_000));
    let store = SqliteStore::open(&folder.join("hub.sqlite"), None, Box::new(|_| {})).unwrap();
    let workspace = store.open_workspace("main").await.unwrap();
    for work in done {
        let outcome = Outcome::Done { at_seq: Seq(0), message: None };
        store.commit(Commit::new(workspace.id, Stamp(1), work, outcome)).await.unwrap();
    }
    let channel = Channel {
        id: ChannelId(Uuid::nil()),
        name: "Site".into(),
        transport: Transport::Widget,
        text_chars: 1_000,
        page: None,
    };
    let timing = Timing { look: Duration::from_millis(10), ..Timing::default() };
    let settings = OfficeSettings {
        desk: "Desk".into(),
        session_days: 1,
        limits: Limits::default(),
        timing,
        clock,
        alone: true,
        files: Arc::new(Files::open(&FilesConfig::default(), folder).unwrap()),
        mailer: None,
        reach: Reach { loopback: true, ..Reach::default() },
    };
    let (store, bus) = (Arc::new(store), Arc::new(InProcess::default()));
    (Office::open(store, bus, workspace, channel, settings, Arc::default()).await.unwrap(), hands)
}

async fn order(office: &Office, kind: ErrandKind) -> Uuid {
    let errand = Errand { id: Uuid::now_v7(), kind, due_at: office.now(), attempts: 0 };
    let id = errand.id;
    let done = Outcome::Done { at_seq: Seq(0), message: None };
    let commit = Commit::new(office.workspace.id, office.now(), Work::Nothing, done);
    office.store.commit(Commit { errands: vec![errand], ..commit }).await.unwrap();
    office.errand_bell.notify_one();
    id
}

fn webhook() -> ErrandKind {
    ErrandKind::Webhook { address: "http://127.0.0.1:9/".into(), body: serde_json::Value::Null }
}

/// Waits until nothing is due, however late.
async fn until_none_is_left(office: &Office) {
    let none = async {
        while !office.store.errands_due(office.workspace.id, Stamp(i64::MAX), 10).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(DEADLINE, none).await.unwrap();
}

/// Waits until an errand is due then and not before.
async fn until_due_at(office: &Office, at: Stamp) {
    let due = async {
        loop {
            let due = office.store.errands_due(office.workspace.id, Stamp(i64::MAX), 10).await.unwrap();
            if due.iter().any(|errand| errand.due_at == at) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(DEADLINE, due).await.unwrap();
}

#[tokio::test]
async fn an_errand_is_carried_out_until_it_succeeds_and_not_once_more() {
    let folder = tempfile::tempdir().unwrap();
    let (office, hands) = office(folder.path()).await;
    let (given, mut taken) = mpsc::unbounded_channel();
    let again = |after| Carried::Again { after, why: "the other side is silent".into() };
    let answers = vec![again(None), again(Some(Duration::from_secs(60)))];
    let courier: Arc<dyn Carrier> = Arc::new(Courier { given, answers });
    let running = tokio::spawn(Errands::new(vec![courier.clone()]).run(office.clone()));
    let id = order(&office, webhook()).await;
    for (attempt, wait) in [5, 60].into_iter().enumerate() {
        assert_eq!(taken.recv().await, Some((id, attempt as u32)));
        let next = later(office.now(), Duration::from_secs(wait));
        until_due_at(&office, next).await;
        hands.forward_to(next);
    }
    assert_eq!(taken.recv().await, Some((id, 2)));
    until_none_is_left(&office).await;
    // A process that starts afterwards finds nothing to do; what it is given next comes first.
    running.abort();
    tokio::spawn(Errands::new(vec![courier]).run(office.clone()));
    let next = order(&office, webhook()).await;
    assert_eq!(taken.recv().await, Some((next, 0)));
}

#[tokio::test]
async fn an_errand_that_nobody_can_carry_or_that_failed_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let (office, _hands) = office(folder.path()).await;
    let (given, mut taken) = mpsc::unbounded_channel();
    let courier = Courier { given, answers: vec![Carried::Failed { why: "no such address".into() }] };
    tokio::spawn(Errands::new(vec![Arc::new(courier)]).run(office.clone()));
    order(&office, ErrandKind::ScanFile { file: otklik_model::FileId(Uuid::nil()) }).await;
    let failed = order(&office, webhook()).await;
    until_none_is_left(&office).await;
    assert_eq!(taken.recv().await, Some((failed, 0)));
    assert!(taken.try_recv().is_err(), "and nothing else was given to the courier");
}

#[tokio::test]
async fn an_errand_that_breaks_off_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let (office, hands) = office(folder.path()).await;
    let (given, mut taken) = mpsc::unbounded_channel();
    tokio::spawn(Errands::new(vec![Arc::new(Clumsy(given))]).run(office.clone()));
    let id = order(&office, webhook()).await;
    assert_eq!(taken.recv().await, Some((id, 0)));
    let next = later(office.now(), Duration::from_secs(5));
    until_due_at(&office, next).await;
    hands.forward_to(next);
    assert_eq!(tokio::time::timeout(DEADLINE, taken.recv()).await.unwrap(), Some((id, 1)));
    until_none_is_left(&office).await;
}

#[tokio::test]
async fn whoever_could_not_be_sent_home_at_the_end_of_the_day_is_sent_by_the_next_turn() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = ("00:00".to_owned(), "00:10".to_owned());
    let week = [(Day::Thursday, vec![Span { from, to }])].into();
    let hours = Hours { zone: "UTC".into(), week, exceptions: Default::default() };
    let centre = Centre {
        hours: [("usual".to_owned(), hours)].into(),
        default_hours: Some("usual".into()),
        ..Centre::default()
    };
    let id = OperatorId(Uuid::from_u128(1));
    let mut ira = OperatorRow::new(id, "ira".into(), "Ира".into());
    (ira.status, ira.status_code) = (OperatorStatus::Online, "online".parse().unwrap());
    let centre = Work::Centre { version: 0, centre: Box::new(centre), by: None, note: String::new() };
    let ira = Work::Operator { row: Box::new(ira), rights_changed: false };
    // It is a quarter past: her day ended five minutes ago.
    let (office, _hands) = office_with(folder.path(), vec![centre, ira]).await;
    let fence = office.hold_lease().await.unwrap().unwrap().token;
    let mut watch = Watch::new(office.clone());
    watch.duty = Some(Duty { fence, since: office.now() });
    let status = async || {
        let row = office.store.operator(office.workspace.id, id).await.unwrap().unwrap();
        (row.status, row.set_by)
    };
    // Under a lease that is over nothing is stored.
    watch.look_after_people(FenceToken(fence.0 - 1)).await.unwrap();
    assert_eq!(status().await, (OperatorStatus::Online, SetBy::Hub));
    watch.look_after_people(fence).await.unwrap();
    assert_eq!(status().await, (OperatorStatus::Offline, SetBy::Schedule));
}
