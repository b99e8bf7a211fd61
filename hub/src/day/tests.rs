//! Errands and working hours against a real store, with a clock moved by hand.
//!
//! Invariant 18.

use super::{
    Duty, Watch,
    errands::{Carried, Carrier, Errands},
};
use crate::{
    bot::Reach,
    bus::InProcess,
    centre::{Centre, Day, Hours, Span},
    clock::{Clock, Hands, later},
    desk::Event,
    files::{Files, FilesConfig},
    office::{Door, EntryPoint, Limits, Office, OfficeSettings, Timing},
    store::{
        Commit, DialogChange, Errand, ErrandKind, FenceToken, OperatorRow, SetBy, Store, Work, sqlite::SqliteStore,
    },
};
use async_trait::async_trait;
use otklik_model::{
    Channel, ChannelId, DialogId, DialogState, OperatorId, OperatorStatus, Outcome, Seq, Stamp, Transport,
};
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
    let store: Arc<dyn Store> =
        Arc::new(SqliteStore::open(&folder.join("hub.sqlite"), None, Box::new(|_| {})).unwrap());
    let workspace = store.open_workspace("main").await.unwrap();
    for work in done {
        let outcome = Outcome::Done { at_seq: Seq(0), message: None };
        store.commit(Commit::new(workspace.id, Stamp(1), work, outcome)).await.unwrap();
    }
    (office_over(folder, store, clock).await, hands)
}

/// An office that is opened on a store.
async fn office_over(folder: &Path, store: Arc<dyn Store>, clock: Clock) -> Arc<Office> {
    let workspace = store.open_workspace("main").await.unwrap();
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
    let bus = Arc::new(InProcess::default());
    Office::open(store, bus, workspace, channel, settings, Arc::default()).await.unwrap()
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

/// Somebody at work who leads a dialog.
struct Leads {
    folder: tempfile::TempDir,
    office: Arc<Office>,
    hands: Hands,
    ira: OperatorId,
    dialog: DialogId,
    /// The customer is here: nothing happens by his leaving.
    _door: Door,
}

impl Leads {
    async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut row = OperatorRow::new(OperatorId(Uuid::from_u128(1)), "ira".into(), "Ира".into());
        (row.status, row.status_code) = (OperatorStatus::Online, "online".parse().unwrap());
        let ira = row.id;
        let hired = Work::Operator { row: Box::new(row), rights_changed: false };
        let (office, hands) = office_with(folder.path(), vec![hired]).await;
        let (dialog, door) = begun(&office).await;
        led(&office, dialog, ira).await;
        Self { folder, office, hands, ira, dialog, _door: door }
    }

    async fn stands(&self) -> (DialogState, Option<OperatorId>) {
        let found = self.office.store.dialog(self.office.workspace.id, self.dialog).await.unwrap().unwrap();
        (found.row.state, found.row.assignee)
    }

    /// She is lost, and what she leads cannot be given back. Returns who watched.
    async fn lost_while_the_store_fails(&self) -> Watch {
        let mut watch = Watch::new(self.office.clone());
        watch.turn().await.unwrap();
        self.refuse_dialogs(true);
        self.hands.forward(Duration::from_secs(60));
        watch.turn().await.unwrap();
        let face = self.office.face(self.ira).unwrap();
        assert_eq!((face.status, face.set_by), (OperatorStatus::Offline, SetBy::SessionLost));
        watch
    }

    /// Has the database refuse every change of a dialog, or take them again.
    fn refuse_dialogs(&self, on: bool) {
        let db = rusqlite::Connection::open(self.folder.path().join("hub.sqlite")).unwrap();
        db.busy_timeout(DEADLINE).unwrap();
        db.execute_batch(if on {
            "CREATE TRIGGER refuses BEFORE UPDATE ON dialog BEGIN SELECT RAISE(ABORT, 'no room'); END"
        } else {
            "DROP TRIGGER refuses"
        })
        .unwrap();
    }
}

/// A dialog that waits, of a customer whose page is open.
async fn begun(office: &Arc<Office>) -> (DialogId, Door) {
    let (customer, _) = office.welcome_customer(None, None, || true).await.unwrap().unwrap();
    let id = otklik_model::ClientId(Uuid::now_v7());
    let door = office.open_door(customer.id).await.unwrap();
    office.customer_writes(&customer, &EntryPoint::default(), id, "?").await.unwrap();
    (office.store.dialog_of(office.workspace.id, customer.id).await.unwrap().unwrap().row.id, door)
}

/// Somebody who does not know better gives it to an operator. Known to the office when this returns.
async fn led(office: &Office, dialog: DialogId, by: OperatorId) {
    let found = office.store.dialog(office.workspace.id, dialog).await.unwrap().unwrap();
    let accepted = Event::Accepted { by, name: "Ира".into(), at: office.now() };
    let work = Work::Dialog(Box::new(DialogChange::new(&found, vec![accepted])));
    let done = Outcome::Done { at_seq: Seq(0), message: None };
    let head = office.store.commit(Commit::new(office.workspace.id, office.now(), work, done)).await.unwrap().head;
    let known = async {
        while !office.is_with_somebody(dialog, head) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(DEADLINE, known).await.unwrap();
}

#[tokio::test]
async fn what_could_not_be_given_back_when_she_was_lost_is_given_back_by_the_next_turn() {
    let at_work = Leads::set().await;
    let mut watch = at_work.lost_while_the_store_fails().await;
    assert_eq!(at_work.stands().await, (DialogState::Active, Some(at_work.ira)), "the store fails");
    at_work.refuse_dialogs(false);
    watch.turn().await.unwrap();
    assert_eq!(at_work.stands().await, (DialogState::Queue, None));
    // Whoever leads one while off duty may: only what was owed is taken away.
    led(&at_work.office, at_work.dialog, at_work.ira).await;
    watch.turn().await.unwrap();
    assert_eq!(at_work.stands().await, (DialogState::Active, Some(at_work.ira)));
}

#[tokio::test]
async fn what_could_not_be_given_back_is_given_back_after_a_restart_whose_first_look_failed() {
    let at_work = Leads::set().await;
    drop(at_work.lost_while_the_store_fails().await);
    let (store, clock) = (at_work.office.store.clone(), at_work.office.settings.clock.clone());
    let office = office_over(at_work.folder.path(), store, clock).await;
    let mut watch = Watch::new(office);
    watch.turn().await.unwrap();
    assert_eq!(at_work.stands().await, (DialogState::Active, Some(at_work.ira)), "the store fails still");
    at_work.refuse_dialogs(false);
    watch.turn().await.unwrap();
    assert_eq!(at_work.stands().await, (DialogState::Queue, None));
}

#[tokio::test]
async fn what_a_disabled_operator_is_given_later_does_not_stay_with_him() {
    let at_work = Leads::set().await;
    let mut watch = Watch::new(at_work.office.clone());
    let workspace = at_work.office.workspace.id;
    let mut row = at_work.office.store.operator(workspace, at_work.ira).await.unwrap().unwrap();
    row.disabled = true;
    let work = Work::Operator { row: Box::new(row), rights_changed: true };
    let done = Outcome::Done { at_seq: Seq(0), message: None };
    at_work.office.store.commit(Commit::new(workspace, at_work.office.now(), work, done)).await.unwrap();
    // Whatever is given to her, however late, and by whomever.
    for hour in 0..4 {
        led(&at_work.office, at_work.dialog, at_work.ira).await;
        watch.turn().await.unwrap();
        assert_eq!(at_work.stands().await, (DialogState::Queue, None), "hour {hour}");
        at_work.hands.forward(Duration::from_secs(3_600));
    }
}
