//! What all connections of one hub process share: the store, the log as it grows, who is connected.
//!
//! Knows the desk's rules, the store and the bus. Must not know sockets or frames.

mod asked;
mod blocks;
mod bots;
mod customers;
mod decrees;
mod directory;
mod doors;
mod duty;
mod feed;
mod files;
mod grants;
mod handbook;
mod identities;
mod letters;
mod lines;
mod loads;
mod looks;
mod operate;
mod outside;
mod people;
mod returned;
mod router;
mod scripted;
mod sessions;
mod settle;
mod statuses;
mod troubles;
mod turns;
mod waits;
mod ways;

pub use asked::attachment;
pub use bots::{Granted, Wishes};
pub use customers::EntryPoint;
pub use decrees::Decree;
pub use directory::Directory;
pub use doors::{Door, DoorNews};
pub use files::Sent;
pub use grants::{by_hand, granted, regrant};
pub use handbook::OwnTemplates;
pub use lines::SiteLine;
pub use loads::Loads;
pub use people::PeopleError;
pub(crate) use settle::fresh_ids;
pub use settle::{Later, Retried};
pub use troubles::Trouble;
pub(crate) use turns::candidate;

use crate::{
    bot::Reach,
    bucket::Rate,
    bus::{Bus, Notice, Whisper},
    centre::{Centre, rule_key},
    clock::Clock,
    customer::{Crowd, CrowdLimits, Floods},
    day::Attending,
    files::Files,
    mail::Mailer,
    metrics::Metrics,
    script::ScriptWorker,
    store::{Entry, Lease, OperatorFace, Store, StoreError, Workspace},
};
use doors::Doors;
use lines::Lines;
use looks::Looks;
use otklik_model::{Channel, DepartmentKey, DialogId, Load, OperatorId, Seq, Stamp};
use parking_lot::{Mutex, RwLock};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::sync::{Notify, broadcast};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;
use ways::Ways;

/// How many entries a workplace's task may be behind before it reads the log itself.
const FEED: usize = 8_192;
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
    /// What customers of one address may do.
    pub address: CrowdLimits,
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
            address: CrowdLimits::default(),
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
    /// A request over HTTP is answered within this time, whatever its body does.
    pub patience: Duration,
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
    /// A workplace is offered another token when the one it has is older than this.
    pub renew: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            hello: Duration::from_secs(5),
            patience: Duration::from_secs(40),
            beat: Duration::from_secs(15),
            exchange_wait: Duration::from_secs(20),
            exchange_idle: Duration::from_secs(45),
            customer_grace: Duration::from_secs(3),
            look: Duration::from_secs(1),
            drain_spread: Duration::from_secs(5),
            goodbye: Duration::from_secs(5),
            renew: Duration::from_secs(30 * 60),
        }
    }
}

/// What an office is opened with.
pub struct OfficeSettings {
    /// The centre's name, until administrators give it another.
    pub desk: String,
    /// How long a sign-in is good, in days.
    pub session_days: u32,
    /// How often and how fast.
    pub limits: Limits,
    /// The times.
    pub timing: Timing,
    /// What time it is.
    pub clock: Clock,
    /// No other process shares the database.
    pub alone: bool,
    /// What takes in files and gives them out.
    pub(crate) files: Arc<Files>,
    /// What sends mail, if anything does.
    pub(crate) mailer: Option<Arc<Mailer>>,
    /// How far requests to bots and webhooks may reach.
    pub reach: Reach,
}

/// What all connections share.
pub struct Office {
    /// The database.
    pub store: Arc<dyn Store>,
    /// The other processes.
    pub bus: Arc<dyn Bus>,
    /// The tenant.
    pub workspace: Workspace,
    /// This process among those that share the database.
    pub node: Uuid,
    /// What it was opened with.
    pub settings: OfficeSettings,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Cancelled when the hub stops: every connection says goodbye.
    pub draining: CancellationToken,
    /// Tasks that the hub waits for when it stops.
    pub tasks: TaskTracker,
    /// The operators who have a workplace open at this process.
    pub attending: Attending,
    /// Held while it is noted who is here, so that an older note never overtakes a newer one.
    pub noting: tokio::sync::Mutex<()>,
    /// Rung when an errand was stored here.
    pub errand_bell: Notify,
    /// Rung when another configuration is in force.
    pub rules_bell: Notify,
    scripts: ScriptWorker,
    /// Held by whoever gives dialogs out, from his look at who has room until it is stored.
    turns: Arc<tokio::sync::Mutex<()>>,
    /// Held for reading while the wake of a dialog that was put off is decided and stored; whoever takes a lost
    /// operator's dialogs away waits for it.
    wakes: tokio::sync::RwLock<()>,
    /// Who went off duty while his dialogs could not be given back: a process that stops before it can leaves that to
    /// the next one in charge.
    owed: Mutex<BTreeSet<OperatorId>>,
    /// When administrators were last told of each kind of trouble with the script.
    script_troubles: Mutex<troubles::Told>,
    /// Held while it is asked for, so that nobody takes it while it is given back.
    lease: tokio::sync::Mutex<Option<Lease>>,
    /// Who has looked into whose dialog.
    pub looks: Looks,
    ways: Ways,
    /// How much customers and their addresses may do.
    pub crowd: Arc<Crowd>,
    /// Their new dialogs that nobody has answered.
    pub floods: Floods,
    directory: RwLock<Directory>,
    channel: RwLock<Channel>,
    /// The configuration in force and its version, as last read.
    centre: RwLock<(u64, Arc<Centre>)>,
    doors: Doors,
    lines: Lines,
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
        // Whoever changed the configuration last may have stopped halfway.
        regrant(&*store, workspace.id, settings.clock.now()).await?;
        let head = store.head(workspace.id).await?;
        let mut directory = Directory::new(store.operators(workspace.id).await?);
        store.open_dialogs(workspace.id).await?.iter().for_each(|dialog| directory.learn_dialog(&dialog.row));
        directory.reach(head);
        let row = store.centre(workspace.id).await?.called(&settings.desk);
        let centre = (row.version, Arc::new(row.centre));
        let crowd = Crowd::new(settings.limits.address, settings.limits.customer_messages);
        let node = if settings.alone { workspace.id.0 } else { Uuid::now_v7() };
        let office = Arc::new(Self {
            store,
            bus,
            workspace,
            node,
            settings,
            metrics,
            draining: CancellationToken::new(),
            tasks: TaskTracker::new(),
            attending: Attending::default(),
            noting: tokio::sync::Mutex::default(),
            errand_bell: Notify::new(),
            rules_bell: Notify::new(),
            scripts: ScriptWorker::default(),
            turns: Arc::default(),
            wakes: tokio::sync::RwLock::default(),
            owed: Mutex::default(),
            script_troubles: Mutex::default(),
            lease: tokio::sync::Mutex::new(None),
            looks: Looks::default(),
            ways: Ways::default(),
            crowd,
            floods: Floods::default(),
            directory: RwLock::new(directory),
            channel: RwLock::new(channel),
            centre: RwLock::new(centre),
            doors: Doors::default(),
            lines: Lines::default(),
            entries: broadcast::channel(FEED).0,
            whispers: broadcast::channel(WHISPERS).0,
        });
        feed::start(&office, notices, head);
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

    /// The key of the rules for that channel in the centre's document.
    pub fn rule_key(&self) -> &'static str {
        rule_key(self.channel.read().transport)
    }

    /// The name customers see.
    pub fn desk(&self) -> String {
        self.centre.read().1.name.clone()
    }

    /// The configuration in force, as this process last read it.
    pub fn centre(&self) -> Arc<Centre> {
        self.centre.read().1.clone()
    }

    /// The configuration of this version, or of a later one. Whoever reads the log may be ahead of what this process
    /// has learned: only then the store is asked.
    ///
    /// # Errors
    /// The store fails.
    pub async fn centre_since(&self, version: u64) -> Result<Arc<Centre>, StoreError> {
        let (known, centre) = self.centre.read().clone();
        if known >= version {
            return Ok(centre);
        }
        let row = self.store.centre(self.workspace.id).await?;
        Ok(Arc::new(row.called(&self.settings.desk).centre))
    }

    /// Reads the configuration in force again.
    async fn learn_centre(&self) -> Result<(), StoreError> {
        let row = self.store.centre(self.workspace.id).await?;
        let row = row.called(&self.settings.desk);
        *self.centre.write() = (row.version, Arc::new(row.centre));
        self.rules_bell.notify_one();
        self.lines.ring();
        // Whoever changed it may have stopped halfway; most often there is nothing left to do.
        let changed = regrant(&*self.store, self.workspace.id, self.now()).await?;
        if changed > 0 {
            self.bus.publish(Notice::Reached(self.workspace.id, self.store.head(self.workspace.id).await?));
        }
        Ok(())
    }

    /// All operators as the log last told.
    pub fn faces(&self) -> Vec<OperatorFace> {
        self.directory.read().faces()
    }

    /// Now.
    pub fn now(&self) -> Stamp {
        self.settings.clock.now()
    }

    /// Whether a person is online who answers in this department and language: fixes how a dialog starts.
    pub fn is_staffed_for(&self, department: Option<&DepartmentKey>, language: Option<&str>) -> bool {
        self.directory.read().is_staffed_for(department, language)
    }

    /// What an operator carries, as far as the log has told.
    pub fn load(&self, operator: OperatorId) -> Load {
        self.directory.read().load(operator)
    }

    /// Whether it is known that somebody has a dialog or is offered it, as of this position of the log or a later one.
    pub fn is_with_somebody(&self, dialog: DialogId, at: Seq) -> bool {
        self.directory.read().is_with_somebody(dialog, at)
    }

    /// An operator as the log last told.
    pub fn face(&self, id: OperatorId) -> Option<OperatorFace> {
        self.directory.read().face(id)
    }
}
