//! A centre with a real store, a clock that is moved by hand, and people with names.

use crate::{
    centre::{Centre, Distribution, Grants, Post, Scope, Sharing},
    clock::{Clock, Hands},
    desk::{
        Actor, Beginning, Carrier, Colleague, Command, DialogAggregate, Moment, Reach, Start, Taking, Target, decide,
    },
    router::{Dispatcher, Ground},
    store::{
        Commit, CommitError, DialogChange, Lease, NewCustomer, OperatorRow, Store, TokenHash, Work, Workspace,
        sqlite::SqliteStore,
    },
};
use otklik_model::{
    Channel, ChannelId, ClientId, CustomerId, Dialog, DialogId, DialogState, MessageId, OperatorId, OperatorStatus,
    Outcome, Refusal, Right, Seq, Stamp, Transport,
};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

/// How long a lease lasts, in milliseconds.
pub(super) const LEASE_MS: i64 = 4_000;

/// A centre at work.
pub(super) struct Scene {
    pub(super) ground: Ground,
    pub(super) hands: Hands,
    pub(super) centre: Centre,
    workspace: Workspace,
    names: BTreeMap<OperatorId, String>,
    next: u128,
    _folder: tempfile::TempDir,
}

/// A centre that offers each dialog to whoever carries least.
pub(super) fn least_loaded() -> Centre {
    let distribution = Distribution { sharing: Sharing::LeastLoaded, ..Distribution::default() };
    Centre { distribution, ..Centre::default() }
}

impl Scene {
    pub(super) async fn open(centre: Centre) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("hub.sqlite"), None, Box::new(|_| ())).unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let workspace = store.open_workspace("main").await.unwrap();
        let (clock, hands) = Clock::by_hand(Stamp(1_000_000));
        let ground = Ground { store, workspace: workspace.id, clock };
        let (names, next) = (BTreeMap::new(), 1);
        let scene = Self { ground, hands, centre, workspace, names, next, _folder: folder };
        let channel = Channel {
            id: ChannelId(Uuid::from_u128(7)),
            name: "site".into(),
            transport: Transport::Widget,
            text_chars: 1_000,
            page: None,
        };
        scene.commit(Work::Channel(channel)).await.unwrap();
        scene.store_centre(0).await;
        scene
    }

    /// Another configuration, in place of the first.
    pub(super) async fn configure(&mut self, centre: Centre) {
        self.centre = centre;
        self.store_centre(1).await;
    }

    async fn store_centre(&self, version: u64) {
        let (centre, note) = (Box::new(self.centre.clone()), String::new());
        self.commit(Work::Centre { version, centre, by: None, note }).await.unwrap();
    }

    fn fresh(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    async fn commit(&self, work: Work) -> Result<(), CommitError> {
        let outcome = Outcome::Done { at_seq: Seq(0), message: None };
        self.ground.store.commit(Commit::new(self.workspace.id, self.ground.clock.now(), work, outcome)).await.map(drop)
    }

    /// Somebody who may have so many dialogs at once.
    pub(super) async fn hire(&mut self, name: &str, most: u32, status: OperatorStatus) -> OperatorId {
        let id = OperatorId(self.fresh());
        let row = OperatorRow::new(id, name.to_lowercase(), name.to_owned());
        let rights = [Right::Accept, Right::SeeQueue, Right::SeeOthers, Right::TransferOwn, Right::CloseOwn];
        let grants = Grants { rights: rights.map(|right| (right, Scope::All)).into(), ..Grants::default() };
        let post = Post { most: most * 100, ..Post::default() };
        let row = Box::new(OperatorRow { status, grants, post, ..row });
        self.commit(Work::Operator { row, rights_changed: true }).await.unwrap();
        self.names.insert(id, name.to_owned());
        id
    }

    pub(super) async fn set_status(&self, id: OperatorId, status: OperatorStatus) {
        let row = self.ground.store.operator(self.workspace.id, id).await.unwrap().unwrap();
        let row = Box::new(OperatorRow { status, ..row });
        self.commit(Work::Operator { row, rights_changed: false }).await.unwrap();
    }

    /// A new customer writes.
    pub(super) async fn customer_writes(&mut self) -> DialogId {
        self.customer_begins(false).await
    }

    /// One of a flood.
    pub(super) async fn flooder_writes(&mut self) -> DialogId {
        self.customer_begins(true).await
    }

    async fn customer_begins(&mut self, suspicious: bool) -> DialogId {
        let (id, client) = (DialogId(self.fresh()), ClientId(self.fresh()));
        let mut token = [0; 32];
        token[..16].copy_from_slice(id.0.as_bytes());
        let new = NewCustomer {
            id: CustomerId(self.fresh()),
            workspace: self.workspace.id,
            token: TokenHash(token),
            language: Some("ru".into()),
            at: self.ground.clock.now(),
        };
        let customer = self.ground.store.add_customer(new).await.unwrap();
        let dialog = DialogAggregate::begin(Beginning {
            id,
            channel: ChannelId(Uuid::from_u128(7)),
            customer,
            page: None,
            operator_online: true,
            wrote_before: false,
            customer_at: None,
            department: None,
            weight: 100,
            start: Start::Queue,
            suspicious,
            reach: Reach::Here,
            at: self.ground.clock.now(),
        });
        self.decide(&dialog, Command::CustomerWrites { text: "Где заказ?".into(), client }).await.unwrap().unwrap();
        id
    }

    async fn decide(&self, dialog: &DialogAggregate, command: Command) -> Result<Result<(), CommitError>, Refusal> {
        let carrier =
            Carrier { key: crate::centre::SITE, text_chars: 1_000, transport: otklik_model::Transport::Widget };
        let ids = std::array::from_fn(|_| MessageId(Uuid::now_v7()));
        let now = self.ground.clock.now();
        let moment = Moment { now, ids, centre: &self.centre, carrier: &carrier, named: None };
        let events = decide(dialog, command, &moment)?;
        Ok(self.commit(Work::Dialog(Box::new(DialogChange::timed(dialog, events, &self.centre)))).await)
    }

    /// Reads, decides, commits, until nobody was faster.
    pub(super) async fn act(&self, id: DialogId, command: impl Fn(&Dialog) -> Command) -> Result<(), Refusal> {
        loop {
            let dialog = self.ground.store.dialog(self.workspace.id, id).await.unwrap().unwrap();
            match self.decide(&dialog, command(&dialog.row)).await? {
                Ok(()) => return Ok(()),
                Err(CommitError::Conflict) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    pub(super) fn actor(&self, id: OperatorId) -> Actor {
        let rights =
            [Right::Accept, Right::SeeQueue, Right::SeeOthers, Right::TransferOwn, Right::CloseOwn, Right::Assign];
        let grants = Grants { rights: rights.map(|right| (right, Scope::All)).into(), ..Grants::default() };
        Actor { id, name: self.names[&id].clone(), grants }
    }

    pub(super) async fn accept(&self, dialog: DialogId, who: OperatorId) -> Result<(), Refusal> {
        let by = self.actor(who);
        self.act(dialog, |row| Command::Accept { by: by.clone(), epoch: row.epoch, taking: Taking::All }).await
    }

    pub(super) async fn decline(&self, dialog: DialogId, who: OperatorId) -> Result<(), Refusal> {
        let by = self.actor(who);
        self.act(dialog, |row| Command::Decline { by: by.clone(), epoch: row.epoch }).await
    }

    pub(super) async fn transfer(&self, dialog: DialogId, by: OperatorId, to: Target) -> Result<(), Refusal> {
        let by = self.actor(by);
        self.act(dialog, |row| Command::Transfer { by: by.clone(), epoch: row.epoch, to: to.clone() }).await
    }

    pub(super) async fn close(&self, dialog: DialogId, who: OperatorId) -> Result<(), Refusal> {
        let by = self.actor(who);
        self.act(dialog, |row| Command::Close { by: by.clone(), epoch: row.epoch }).await
    }

    pub(super) fn colleague(&self, id: OperatorId, full: bool) -> Target {
        let room = if full { 0 } else { u32::MAX };
        Target::Operator(Colleague { who: self.actor(id).into(), available: true, room })
    }

    /// The lease, if this process can have it.
    pub(super) async fn lease(&self, node: u128) -> Option<Lease> {
        let (store, now) = (&self.ground.store, self.ground.clock.now());
        store.take_lease(self.workspace.id, Uuid::from_u128(node), now, LEASE_MS).await.unwrap()
    }

    /// A process that takes over.
    pub(super) async fn dispatcher(&self, node: u128) -> Dispatcher {
        let lease = self.lease(node).await.expect("the lease is free");
        Dispatcher::begin(self.ground.clone(), lease.token).await.unwrap()
    }

    /// Where a dialog is: its state, and the name of whoever has it.
    pub(super) async fn at(&self, id: DialogId) -> (DialogState, Option<String>) {
        let dialog = self.ground.store.dialog(self.workspace.id, id).await.unwrap().unwrap();
        (dialog.row.state, dialog.row.assignee_name)
    }

    pub(super) async fn offered_to(&self, id: DialogId) -> Option<String> {
        let (state, name) = self.at(id).await;
        name.filter(|_| state == DialogState::Offered)
    }
}
