//! One hub after the other on the same database, and whoever tears them away.

use crate::kit::{DEADLINE, MORNING, hire, open_store, own_store, seconds, set_centre, within};
use otklik_hub::{
    Clock, Hands, Hub, HubConfig, RunningHub, StoreAddress,
    centre::{Centre, Post},
    store::{Commit, OperatorRow, Store, Work},
};
use otklik_model::{Outcome, Seq, WorkspaceId};
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::{
    runtime::{Builder, Runtime},
    sync::{RwLock, RwLockReadGuard},
};

/// How often it is looked what the log has come to.
const LOOK: Duration = Duration::from_millis(1);
/// Where several hubs share a database, a dead one is in charge for so many seconds yet.
const LEASE_S: u64 = 4;

/// One hub after the other.
pub struct Hubs {
    config: HubConfig,
    pub hands: Hands,
    pub books: Arc<dyn Store>,
    pub workspace: WorkspaceId,
    running: Mutex<Option<(Runtime, RunningHub)>>,
    /// Held while a hub must not be torn away, and while none runs.
    gate: RwLock<()>,
    _folder: TempDir,
}

impl Hubs {
    pub async fn open(rule: fn(&mut Centre)) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (clock, hands) = Clock::by_hand(MORNING);
        let mut config = HubConfig::embedded(folder.path().join("data"), None);
        config.store = own_store().await;
        config.clock = clock;
        config.timing.look = Duration::from_millis(20);
        config.timing.customer_grace = seconds(10);
        config.limits.customer_messages.burst = 1_000;
        set_centre(&config, rule).await;
        for (login, name) in [("ira", "Ира"), ("oleg", "Олег"), ("vera", "Вера"), ("robot", "Робот")] {
            hire(&config, login, name).await;
        }
        let books = open_store(&config).await;
        let workspace = books.open_workspace("main").await.unwrap().id;
        let row = books.operator_by_login(workspace, "robot").await.unwrap().unwrap();
        let row = Box::new(OperatorRow { post: Post { is_bot: true, ..row.post.clone() }, ..row });
        let done = Outcome::Done { at_seq: Seq(0), message: None };
        let work = Work::Operator { row, rights_changed: false };
        books.commit(Commit::new(workspace, config.clock.now(), work, done)).await.unwrap();
        let (running, gate) = (Mutex::new(None), RwLock::new(()));
        let hubs = Self { config, hands, books, workspace, running, gate, _folder: folder };
        hubs.start().await;
        Arc::new(hubs)
    }

    /// Starts one in a runtime of its own, which can be taken away with everything in it.
    async fn start(&self) {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let hub = runtime.spawn(Hub::start(self.config.clone())).await.unwrap().unwrap();
        *self.running.lock() = Some((runtime, hub));
    }

    /// Tears the hub away as soon as the log has come to a position, and starts the next one.
    pub async fn tear_at(self: Arc<Self>, at: u64) {
        while self.head().await < at {
            tokio::time::sleep(LOOK).await;
        }
        let _gate = within("nobody is just coming", self.gate.write()).await;
        self.tear().await;
        if self.config.store != StoreAddress::Sqlite {
            self.hands.forward(seconds(LEASE_S));
        }
        self.start().await;
    }

    /// No goodbye, no end of what is under way: every task stops where it waits next. Returns when all have: one that
    /// was just running and saw the time after its death would renew the lease.
    async fn tear(&self) {
        let (runtime, hub) = self.running.lock().take().expect("a hub runs");
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(DEADLINE)).await.unwrap();
        drop(hub);
    }

    pub async fn close(&self) {
        self.tear().await;
    }

    pub async fn head(&self) -> u64 {
        self.books.head(self.workspace).await.unwrap().0
    }

    /// As long as this is held, a hub runs, and the same one.
    pub async fn hold(&self) -> RwLockReadGuard<'_, ()> {
        within("a hub that runs", self.gate.read()).await
    }

    pub fn address(&self, scheme: &str, path: &str) -> String {
        let running = self.running.lock();
        let (_, hub) = running.as_ref().expect("a hub runs");
        format!("{scheme}://{}{path}", hub.address())
    }
}
