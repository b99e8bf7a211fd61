//! What all connections of one hub process share: the store, the log as it grows, who is connected.
//!
//! Knows the desk's rules, the store and the bus. Must not know sockets or frames.

mod directory;
mod doors;
mod feed;
mod people;
mod settle;

pub use directory::Directory;
pub use doors::{Door, DoorNews};
pub use people::PeopleError;
pub use settle::{Later, Retried};

use crate::{
    bucket::Rate,
    bus::{Bus, Whisper},
    metrics::Metrics,
    store::{Entry, Store, StoreError, Workspace},
};
use doors::Doors;
use otklik_model::{Channel, Stamp};
use parking_lot::RwLock;
use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::sync::broadcast;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How many entries a workplace's task may be behind before it reads the log itself.
const FEED: usize = 1024;
/// How many whispers it may be behind before it misses some.
const WHISPERS: usize = 256;

/// How often and how fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Frames of a workplace.
    pub operator_frames: Rate,
    /// Frames of a customer's page.
    pub customer_frames: Rate,
    /// Messages of a customer.
    pub customer_messages: Rate,
    /// Sign-in failures of an account in fifteen minutes, before it has to wait.
    pub account_tries: u32,
    /// Sign-in failures of an address in fifteen minutes, before it has to wait.
    pub address_tries: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            operator_frames: Rate { burst: 2000, per_second: 1000.0 },
            customer_frames: Rate { burst: 60, per_second: 20.0 },
            customer_messages: Rate { burst: 10, per_second: 1.0 },
            account_tries: 10,
            address_tries: 100,
        }
    }
}

/// The times the hub keeps. Shorter ones make tests fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// The first frame comes within.
    pub hello: Duration,
    /// A beat comes at least this often.
    pub beat: Duration,
    /// An exchange waits at most.
    pub exchange_wait: Duration,
    /// A session of exchanges lives for, after the last of them.
    pub exchange_idle: Duration,
    /// A customer counts as gone after.
    pub customer_grace: Duration,
    /// The log is looked at even without a notice, every.
    pub look: Duration,
    /// Whoever is told that the hub stops comes back within.
    pub drain_spread: Duration,
    /// A last word has to get through within.
    pub goodbye: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            hello: Duration::from_secs(5),
            beat: Duration::from_secs(15),
            exchange_wait: Duration::from_secs(20),
            exchange_idle: Duration::from_secs(45),
            customer_grace: Duration::from_secs(10),
            look: Duration::from_secs(1),
            drain_spread: Duration::from_secs(5),
            goodbye: Duration::from_secs(5),
        }
    }
}

/// What an office is opened with.
pub struct OfficeSettings {
    /// The centre's name.
    pub desk: String,
    /// How long a sign-in is good, in days.
    pub session_days: u32,
    /// How often and how fast.
    pub limits: Limits,
    /// The times.
    pub timing: Timing,
}

/// What all connections share.
pub struct Office {
    /// The database.
    pub store: Arc<dyn Store>,
    /// The other processes.
    pub bus: Arc<dyn Bus>,
    /// The tenant.
    pub workspace: Workspace,
    /// What it was opened with.
    pub settings: OfficeSettings,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Cancelled when the hub stops: every connection says goodbye.
    pub draining: CancellationToken,
    /// Tasks that the hub waits for when it stops.
    pub tasks: TaskTracker,
    directory: RwLock<Directory>,
    channel: RwLock<Channel>,
    doors: Doors,
    entries: broadcast::Sender<Arc<Entry>>,
    whispers: broadcast::Sender<Arc<Whisper>>,
}

impl Office {
    /// Opens the office: reads who is who, and follows the log from here on.
    ///
    /// # Errors
    /// The store fails.
    pub async fn open(
        store: Arc<dyn Store>,
        bus: Arc<dyn Bus>,
        workspace: Workspace,
        channel: Channel,
        settings: OfficeSettings,
        metrics: Arc<Metrics>,
    ) -> Result<Arc<Self>, StoreError> {
        // Listening begins before reading, so nothing falls in between.
        let notices = bus.subscribe();
        let head = store.head(workspace.id).await?;
        let directory = Directory::new(store.operators(workspace.id).await?);
        let office = Arc::new(Self {
            store,
            bus,
            workspace,
            settings,
            metrics,
            draining: CancellationToken::new(),
            tasks: TaskTracker::new(),
            directory: RwLock::new(directory),
            channel: RwLock::new(channel),
            doors: Doors::default(),
            entries: broadcast::channel(FEED).0,
            whispers: broadcast::channel(WHISPERS).0,
        });
        feed::start(&office, notices, head);
        office.watch_the_absent().await?;
        Ok(office)
    }

    /// The log as it grows from now on. Whoever falls behind is told, and reads the log itself.
    pub fn entries(&self) -> broadcast::Receiver<Arc<Entry>> {
        self.entries.subscribe()
    }

    /// Whispers from now on.
    pub fn whispers(&self) -> broadcast::Receiver<Arc<Whisper>> {
        self.whispers.subscribe()
    }

    /// The channel of the hub's own widget.
    pub fn channel(&self) -> Channel {
        self.channel.read().clone()
    }

    /// Whether an operator is online now.
    pub fn is_staffed(&self) -> bool {
        self.directory.read().is_staffed()
    }
}

/// The wall clock.
#[must_use]
pub fn now() -> Stamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
