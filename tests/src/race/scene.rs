//! A centre with a real store and people in it.

use anyhow::{Context as _, Result, bail};
use otklik_hub::{
    Clock, Hands,
    centre::{Centre, Distribution, Grants, Post, Scope, Sharing},
    desk::{Actor, Beginning, Carrier, Colleague, Command, DialogAggregate, Moment, Reach, Start, Target, decide},
    router::Ground,
    store::{
        Commit, CommitError, Committed, DialogChange, FenceToken, Lease, NewCustomer, OperatorRow, Store, TokenHash,
        Work, sqlite::SqliteStore,
    },
};
use otklik_model::{
    Channel, ChannelId, ClientId, CustomerId, DialogId, MessageId, OperatorId, OperatorStatus, Outcome, Refusal, Right,
    Seq, Stamp, Transport,
};
use std::{path::Path, sync::Arc};
use uuid::Uuid;

const RIGHTS: [Right; 6] =
    [Right::Accept, Right::SeeQueue, Right::SeeOthers, Right::Assign, Right::TransferOthers, Right::CloseOwn];
/// How long a lease lasts, in milliseconds.
pub const LEASE_MS: i64 = 4_000;
const START: Stamp = Stamp(1_760_000_000_000);

/// A centre at work.
pub struct Scene {
    /// Where its processes work.
    pub ground: Ground,
    /// Moves its clock.
    pub hands: Hands,
    /// Its configuration.
    pub centre: Centre,
    channel: Channel,
}

impl Scene {
    /// A new centre in a folder.
    ///
    /// # Errors
    /// The store cannot be used.
    pub async fn open(folder: &Path, sharing: Sharing) -> Result<Self> {
        let store = SqliteStore::open(&folder.join("hub.sqlite"), None, Box::new(|_| ()))?;
        Self::on(Arc::new(store), "main", sharing).await
    }

    /// A new centre in a workspace of a store, which has to be empty.
    ///
    /// # Errors
    /// The store cannot be used.
    pub async fn on(store: Arc<dyn Store>, workspace: &str, sharing: Sharing) -> Result<Self> {
        let workspace = store.open_workspace(workspace).await?.id;
        let (clock, hands) = Clock::by_hand(START);
        let channel = Channel {
            id: ChannelId(Uuid::from_u128(7)),
            name: "site".into(),
            transport: Transport::Widget,
            text_chars: 1_000,
            page: None,
        };
        let distribution = Distribution { sharing, ..Distribution::default() };
        let centre = Centre { distribution, ..Centre::default() };
        let scene = Self { ground: Ground { store, workspace, clock }, hands, centre, channel };
        scene.commit(Work::Channel(scene.channel.clone())).await?;
        let (centre, note) = (Box::new(scene.centre.clone()), String::new());
        scene.commit(Work::Centre { version: 0, centre, by: None, note }).await?;
        Ok(scene)
    }

    /// Stores something of the centre's own.
    ///
    /// # Errors
    /// The store refuses.
    pub async fn commit(&self, work: Work) -> Result<Committed, CommitError> {
        self.ground.store.commit(self.piece(work, None)).await
    }

    fn piece(&self, work: Work, fence: Option<FenceToken>) -> Commit {
        let outcome = Outcome::Done { at_seq: Seq(0), message: None };
        let commit = Commit::new(self.ground.workspace, self.ground.clock.now(), work, outcome);
        Commit { fence, ..commit }
    }

    /// An operator, by number, who may have so many dialogs.
    ///
    /// # Errors
    /// The store refuses.
    pub async fn hire(&self, number: u32, most: u32, status: OperatorStatus) -> Result<OperatorId> {
        let Actor { id, name, grants } = actor(number);
        let post = Post { most: most * 100, ..Post::default() };
        let row = OperatorRow { status, grants, post, ..OperatorRow::new(id, name.clone(), name) };
        self.commit(Work::Operator { row: Box::new(row), rights_changed: true }).await?;
        Ok(id)
    }

    /// An operator's status changes.
    ///
    /// # Errors
    /// The store refuses.
    pub async fn set_status(&self, number: u32, status: OperatorStatus) -> Result<()> {
        let found = self.ground.store.operator(self.ground.workspace, operator(number)).await?;
        let row = OperatorRow { status, ..found.context("nobody of that number")? };
        self.commit(Work::Operator { row: Box::new(row), rights_changed: false }).await?;
        Ok(())
    }

    /// A new customer's first words, decided and not stored: his number makes all ids.
    ///
    /// # Errors
    /// The store refuses.
    pub async fn begin(&self, number: u64) -> Result<Commit> {
        let now = self.ground.clock.now();
        let id = CustomerId(Uuid::from_u64_pair(2, number));
        let mut token = [0; 32];
        token[..16].copy_from_slice(id.0.as_bytes());
        let workspace = self.ground.workspace;
        let new = NewCustomer { id, workspace, token: TokenHash(token), language: None, at: now };
        let customer = self.ground.store.add_customer(new).await?;
        let dialog = DialogAggregate::begin(Beginning {
            id: dialog_id(number),
            channel: self.channel.id,
            customer,
            page: None,
            reach: Reach::Here,
            operator_online: true,
            department: None,
            weight: 100,
            start: Start::Queue,
            wrote_before: false,
            customer_at: None,
            suspicious: false,
            at: now,
        });
        let words = Command::CustomerWrites {
            text: "Здравствуйте! Подскажите, пожалуйста, где мой заказ?".into(),
            client: ClientId(Uuid::from_u64_pair(3, number)),
        };
        match self.decide(&dialog, words) {
            Ok(Some(change)) => Ok(self.piece(Work::Dialog(Box::new(change)), None)),
            Ok(None) => bail!("a customer's words were nothing"),
            Err(refusal) => bail!("a customer's words were refused: {refusal:?}"),
        }
    }

    /// A new customer writes.
    ///
    /// # Errors
    /// The store refuses.
    pub async fn customer_writes(&self, number: u64) -> Result<DialogId> {
        let commit = self.begin(number).await?;
        self.ground.store.commit(commit).await?;
        Ok(dialog_id(number))
    }

    /// What the desk makes of a command; nothing, if there is nothing to do.
    ///
    /// # Errors
    /// The desk's refusal.
    pub fn decide(&self, dialog: &DialogAggregate, command: Command) -> Result<Option<DialogChange>, Refusal> {
        let carrier = Carrier::of(&self.channel);
        let ids = std::array::from_fn(|_| MessageId(Uuid::now_v7()));
        let now = self.ground.clock.now();
        let moment = Moment { now, ids, centre: &self.centre, carrier: &carrier, named: None };
        let events = decide(dialog, command, &moment)?;
        Ok((!events.is_empty()).then(|| DialogChange::timed(dialog, events, &self.centre)))
    }

    /// A dialog as it is stored.
    ///
    /// # Errors
    /// The store cannot tell, or has none.
    pub async fn read(&self, id: DialogId) -> Result<DialogAggregate> {
        self.ground.store.dialog(self.ground.workspace, id).await?.context("no such dialog")
    }

    /// Stores a decided change.
    ///
    /// # Errors
    /// The store refuses.
    pub async fn store(&self, change: DialogChange, fence: Option<FenceToken>) -> Result<Committed, CommitError> {
        self.ground.store.commit(self.piece(Work::Dialog(Box::new(change)), fence)).await
    }

    /// The lease, if this process can have it.
    ///
    /// # Errors
    /// The store cannot tell.
    pub async fn lease(&self, node: u128) -> Result<Option<Lease>> {
        let (workspace, now) = (self.ground.workspace, self.ground.clock.now());
        Ok(self.ground.store.take_lease(workspace, Uuid::from_u128(node), now, LEASE_MS).await?)
    }
}

/// The operator of a number.
#[must_use]
pub fn operator(number: u32) -> OperatorId {
    OperatorId(Uuid::from_u64_pair(1, u64::from(number)))
}

/// The number of an operator.
#[must_use]
pub fn number_of(id: OperatorId) -> u32 {
    u32::try_from(id.0.as_u64_pair().1).unwrap_or(u32::MAX)
}

/// The same, as somebody who acts.
#[must_use]
pub fn actor(number: u32) -> Actor {
    let grants = Grants { rights: RIGHTS.map(|right| (right, Scope::All)).into(), ..Grants::default() };
    Actor { id: operator(number), name: format!("operator-{number}"), grants }
}

/// The same, as somebody to give a dialog to.
#[must_use]
pub fn colleague(number: u32) -> Target {
    Target::Operator(Colleague { who: actor(number).into(), available: true, room: u32::MAX })
}

/// The dialog of a customer's number.
#[must_use]
pub fn dialog_id(number: u64) -> DialogId {
    DialogId(Uuid::from_u64_pair(4, number))
}
