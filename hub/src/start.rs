//! Starts and stops a hub.

use crate::{
    bus::InProcess,
    config::HubConfig,
    customer::exchange::Exchanges,
    http::{Front, router},
    listen::{self, ListenError},
    metrics::Metrics,
    office::{Office, OfficeSettings, PeopleError, now},
    password::PasswordChecker,
    secret::fingerprint,
    store::{
        Commit, CommitError, OperatorRow, Store, StoreError, Work, Workspace,
        sqlite::{DatabaseKey, SqliteStore},
    },
};
use otklik_model::{
    Channel, ChannelId, MAX_TEXT_CHARS, OperatorId, OperatorStatus, Outcome, Right, Rights, Seq, Transport, clean_name,
};
use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use thiserror::Error;
use tokio::task::JoinHandle;
use uuid::Uuid;
use zeroize::Zeroizing;

/// The short name of a hub's only workspace.
pub const WORKSPACE: &str = "main";
/// The login of the one operator of a desk of one's own.
const LOCAL_LOGIN: &str = "local";
/// The longest name of an operator, in Unicode scalar values.
const NAME_CHARS: usize = 100;
/// Old rows are forgotten this often.
const SWEEP: Duration = Duration::from_secs(3600);
/// Connections have this long to finish when the hub stops.
const STOP: Duration = Duration::from_secs(10);
/// Passwords checked at once.
const CHECKS: usize = 2;

/// Why a hub does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The folder cannot be made or written.
    #[error("the data folder {} cannot be used: {source}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database cannot be opened.
    #[error("the database in {}: {source}", path.display())]
    Store {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: StoreError,
    },
    /// It cannot listen.
    #[error(transparent)]
    Listen(#[from] ListenError),
}

/// Starts hubs.
#[derive(Debug)]
pub struct Hub;

impl Hub {
    /// Starts a hub, and returns when it listens.
    ///
    /// # Errors
    /// [`StartError`], in words that say what to do.
    pub async fn start(config: HubConfig) -> Result<RunningHub, StartError> {
        let metrics = Arc::new(Metrics::default());
        let counted = metrics.clone();
        let store = open_store(&config, move |time| counted.commit_took(time)).await?;
        let failed = |source| StartError::Store { path: config.data.clone(), source };
        let workspace = store.open_workspace(WORKSPACE).await.map_err(failed)?;
        let (listener, address) = listen::bind(&config)?;
        let public = config.public_address.clone().unwrap_or_else(|| own_address(&config, address));
        let channel = open_channel(&store, &workspace, &config, &public).await.map_err(failed)?;
        let settings = OfficeSettings {
            desk: config.desk.clone(),
            session_days: config.session_days,
            limits: config.limits,
            timing: config.timing,
        };
        let bus = Arc::new(InProcess::default());
        let office = Office::open(store, bus, workspace, channel, settings, metrics).await.map_err(failed)?;
        spawn_sweeper(&office);
        let front = Front {
            office: office.clone(),
            checker: PasswordChecker::new(CHECKS),
            exchanges: Exchanges::default(),
            behind_proxy: config.behind_proxy,
        };
        let (server, serving) = listen::serve(listener, config.tls.as_ref(), router(Arc::new(front)))?;
        tracing::info!(%address, public, data = %config.data.display(), "hub started");
        Ok(RunningHub { address, public, office, server, serving })
    }
}

/// The address to open a page at, if nobody gave one: on all interfaces, at least this machine's own.
fn own_address(config: &HubConfig, mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    }
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{address}")
}

/// A hub that runs.
pub struct RunningHub {
    address: SocketAddr,
    public: String,
    office: Arc<Office>,
    server: listen::Server,
    serving: JoinHandle<()>,
}

impl std::fmt::Debug for RunningHub {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("RunningHub").field("address", &self.address).finish_non_exhaustive()
    }
}

impl RunningHub {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as customers and operators know it, such as `http://127.0.0.1:41327`.
    #[must_use]
    pub fn public_address(&self) -> &str {
        &self.public
    }

    /// What it counts.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.office.metrics
    }

    /// A new token for the one operator of a desk of one's own, who is made if he is not there yet. `name` is what
    /// customers see of a new one.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn local_operator_token(&self, name: &str) -> Result<String, PeopleError> {
        let store = &*self.office.store;
        let workspace = self.office.workspace.id;
        let id = match store.operator_by_login(workspace, LOCAL_LOGIN).await? {
            Some(row) => row.id,
            None => {
                let row = new_operator(LOCAL_LOGIN, name, None, all_rights());
                match add_operator(store, &self.office.workspace, row).await {
                    Ok(id) => id,
                    Err(CommitError::Conflict) => return Err(PeopleError::Contended),
                    Err(CommitError::Store(error)) => return Err(error.into()),
                }
            }
        };
        Ok(self.office.sign_in(id, "this computer").await?.to_string())
    }

    /// Says goodbye to everybody, finishes what is under way, and closes the database.
    pub async fn stop(self) {
        let Self { office, server, serving, .. } = self;
        office.draining.cancel();
        office.tasks.close();
        if tokio::time::timeout(STOP, office.tasks.wait()).await.is_err() {
            tracing::warn!("some connections did not finish in time");
        }
        server.shutdown();
        // It ends at once, or it panicked and has ended.
        let _ = serving.await;
        tracing::info!("hub stopped");
    }
}

/// Opens the store of a configuration.
///
/// # Errors
/// [`StartError`].
pub async fn open_store(
    config: &HubConfig,
    on_commit: impl Fn(Duration) + Send + 'static,
) -> Result<Arc<dyn Store>, StartError> {
    let (folder, key) = (config.data.clone(), config.key.map(DatabaseKey::new));
    let opening = tokio::task::spawn_blocking(move || {
        prepare_folder(&folder).map_err(|source| StartError::Folder { path: folder.clone(), source })?;
        SqliteStore::open(&folder.join("hub.sqlite"), key.as_ref(), Box::new(on_commit))
            .map_err(|source| StartError::Store { path: folder.clone(), source })
    });
    let failed = |error: tokio::task::JoinError| StartError::Store {
        path: config.data.clone(),
        source: StoreError::Unavailable(error.to_string()),
    };
    Ok(Arc::new(opening.await.map_err(failed)??))
}

fn prepare_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let probe = folder.join("writable");
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(&probe)?;
    restrict(folder)
}

/// What customers write is nobody else's business on this machine.
#[cfg(unix)]
fn restrict(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn restrict(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

/// The channel of the hub's own widget, under an id that is always the same.
async fn open_channel(
    store: &Arc<dyn Store>,
    workspace: &Workspace,
    config: &HubConfig,
    public: &str,
) -> Result<Channel, StoreError> {
    let channel = Channel {
        id: ChannelId(fingerprint("widget channel", &workspace.id.to_string())),
        name: config.desk.clone(),
        transport: Transport::Widget,
        text_chars: MAX_TEXT_CHARS,
        page: Some(format!("{}/", public.trim_end_matches('/'))),
    };
    if !store.channels(workspace.id).await?.contains(&channel) {
        commit(&**store, workspace, Work::Channel(channel.clone())).await.map_err(|error| match error {
            CommitError::Store(error) => error,
            CommitError::Conflict => StoreError::Unavailable("conflict".to_owned()),
        })?;
    }
    Ok(channel)
}

/// A new operator's row.
#[must_use]
pub fn new_operator(login: &str, name: &str, password: Option<String>, rights: Rights) -> OperatorRow {
    OperatorRow {
        id: OperatorId(Uuid::now_v7()),
        login: crate::http::login_key(login),
        name: clean_name(name, NAME_CHARS),
        password,
        status: OperatorStatus::Offline,
        rights,
        disabled: false,
        rights_at: Seq(0),
        version: 0,
    }
}

/// Stores a new operator.
///
/// # Errors
/// [`CommitError::Conflict`] if the login is taken.
pub async fn add_operator(
    store: &dyn Store,
    workspace: &Workspace,
    row: OperatorRow,
) -> Result<OperatorId, CommitError> {
    let id = row.id;
    commit(store, workspace, Work::Operator { row: Box::new(row), rights_changed: true }).await?;
    Ok(id)
}

/// Commits something of the hub's own, which needs no key.
///
/// # Errors
/// [`CommitError`].
pub async fn commit(store: &dyn Store, workspace: &Workspace, work: Work) -> Result<Seq, CommitError> {
    let outcome = Outcome::Done { at_seq: Seq(0), message: None };
    let commit = Commit { workspace: workspace.id, at: now(), key: None, work, outcome };
    Ok(store.commit(commit).await?.head)
}

/// Everything an operator of today may do.
#[must_use]
pub fn all_rights() -> Rights {
    [Right::Accept, Right::SeeOthers, Right::CloseOwn, Right::TransferOwn, Right::TransferOthers, Right::Note].into()
}

fn spawn_sweeper(office: &Arc<Office>) {
    let office = office.clone();
    office.tasks.clone().spawn(async move {
        let mut timer = tokio::time::interval(SWEEP);
        loop {
            tokio::select! {
                () = office.draining.cancelled() => return,
                _ = timer.tick() => {}
            }
            match office.store.sweep(now()).await {
                Ok(rows) => tracing::debug!(rows, "old rows forgotten"),
                Err(error) => tracing::warn!(%error, "old rows could not be forgotten"),
            }
        }
    });
}

/// A password of a kind that nobody has to think up.
///
/// # Errors
/// The system has no randomness to give.
pub fn generated_password() -> Result<Zeroizing<String>, getrandom::Error> {
    let token = crate::secret::new_token()?;
    Ok(Zeroizing::new(token.chars().take(20).collect()))
}
