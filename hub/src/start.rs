//! Starts and stops a hub.

use crate::{
    bot::{BotCarrier, Outgoing},
    bus::{Across, Bus, InProcess},
    centre::{Centre, Grants, Post, Teams, colleague},
    config::HubConfig,
    day::{self, errands::Carrier},
    files::{ContentError, Files, errands::FileErrands},
    http::{Front, router},
    listen::{self, ListenError},
    mail::{MailError, Mailer, errands::MailErrands},
    metrics::Metrics,
    office::{Office, PeopleError, by_hand, granted},
    offices::{Offices, Premises},
    password::PasswordChecker,
    places::{Places, PlacesError},
    privacy::PrivacyErrands,
    store::{
        AuditLine, Commit, CommitError, OperatorRow, Store, StoreAddress, StoreError, Work, Workspace,
        postgres::PostgresStore,
        sqlite::{DatabaseKey, SqliteStore},
    },
};
use otklik_model::{OperatorId, Outcome, Right, Rights, Seq, Stamp, clean_name};
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
    #[error("the database {place}: {source}")]
    Store {
        /// Which one.
        place: String,
        /// Why.
        source: StoreError,
    },
    /// It cannot listen.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Files cannot be kept.
    #[error(transparent)]
    Files(#[from] ContentError),
    /// Mail cannot be sent.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// Where customers are cannot be told.
    #[error(transparent)]
    Places(#[from] PlacesError),
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
        let failed = |source| StartError::Store { place: place(&config), source };
        let (listener, address) = listen::bind(&config)?;
        let public = config.public_address.clone().unwrap_or_else(|| own_address(&config, address));
        let places = config.places.as_deref().map(Places::open).transpose()?;
        let mailer = config.mail.as_ref().map(Mailer::new).transpose()?.map(Arc::new);
        let premises = Premises {
            store,
            files: Arc::new(Files::open(&config.files, &config.data)?),
            mailer,
            bus: bus(&config).map_err(|source| StartError::Store { place: place(&config), source })?,
            metrics,
            config: config.clone(),
            public: public.clone(),
            duties: start_duties,
        };
        let offices = Offices::open(premises).await.map_err(failed)?;
        spawn_sweeper(offices.main());
        let front = Front {
            offices: offices.clone(),
            checker: PasswordChecker::new(CHECKS, offices.main().metrics.clone()),
            behind_proxy: config.behind_proxy,
            places,
        };
        let (server, serving) = listen::serve(listener, config.tls.as_ref(), router(Arc::new(front)))?;
        tracing::info!(%address, public, node = %offices.main().node, store = %place(&config), "hub started");
        Ok(RunningHub { address, public, offices, server, serving })
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
    offices: Arc<Offices>,
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
        &self.offices.main().metrics
    }

    /// A new token for the one operator of a desk of one's own, who is made if he is not there yet. `name` is what
    /// customers see of a new one.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn local_operator_token(&self, name: &str) -> Result<String, PeopleError> {
        let office = self.offices.main();
        let store = &*office.store;
        let workspace = office.workspace.id;
        let id = match store.operator_by_login(workspace, LOCAL_LOGIN).await? {
            Some(row) => row.id,
            None => {
                let mut row = new_operator(LOCAL_LOGIN, name, None, &all_rights());
                row.post.role = colleague();
                row.grants = granted(&row, &office.centre(), &Teams::default());
                match add_operator(store, &office.workspace, office.now(), row).await {
                    Ok(id) => id,
                    Err(CommitError::Conflict | CommitError::Fenced) => return Err(PeopleError::Contended),
                    Err(CommitError::Store(error)) => return Err(error.into()),
                }
            }
        };
        Ok(office.sign_in(id, "this computer").await?.to_string())
    }

    /// Says goodbye to everybody, finishes what is under way, and closes the database.
    pub async fn stop(self) {
        let Self { offices, server, serving, .. } = self;
        if tokio::time::timeout(STOP, offices.close()).await.is_err() {
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
    on_commit: impl Fn(Duration) + Send + Sync + 'static,
) -> Result<Arc<dyn Store>, StartError> {
    let folder = config.data.clone();
    prepare_folder(&folder).map_err(|source| StartError::Folder { path: folder.clone(), source })?;
    let failed = |source| StartError::Store { place: place(config), source };
    match &config.store {
        StoreAddress::Sqlite => {
            let key = config.key.map(DatabaseKey::new);
            let open = move || SqliteStore::open(&folder.join("hub.sqlite"), key.as_ref(), Box::new(on_commit));
            let opened = tokio::task::spawn_blocking(open).await;
            let opened = opened.map_err(|error| failed(StoreError::Unavailable(error.to_string())))?;
            Ok(Arc::new(opened.map_err(failed)?))
        }
        StoreAddress::Postgres { address, password } => {
            let password = password.as_ref().map(|password| password.as_str());
            Ok(Arc::new(PostgresStore::open(address, password, Arc::new(on_commit)).await.map_err(failed)?))
        }
    }
}

/// How this process hears of others on the same database.
fn bus(config: &HubConfig) -> Result<Arc<dyn Bus>, StoreError> {
    Ok(match &config.store {
        StoreAddress::Sqlite => Arc::new(InProcess::default()),
        StoreAddress::Postgres { address, password } => {
            Arc::new(Across::open(address, password.as_ref().map(|password| password.as_str()))?)
        }
    })
}

/// Which database it is, in words for whoever started the hub.
fn place(config: &HubConfig) -> String {
    match &config.store {
        StoreAddress::Sqlite => format!("in {}", config.data.display()),
        StoreAddress::Postgres { .. } => format!("at {}", config.store),
    }
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

/// The row of a new operator with rights that were given one by one.
#[must_use]
pub fn new_operator(login: &str, name: &str, password: Option<String>, rights: &Rights) -> OperatorRow {
    let (login, name) = (crate::http::login_key(login), clean_name(name, NAME_CHARS));
    let (grants, post) = (Grants::everywhere(rights), Post { role: by_hand(), ..Post::default() });
    OperatorRow { password, grants, post, ..OperatorRow::new(OperatorId(Uuid::now_v7()), login, name) }
}

/// Stores a new operator.
///
/// # Errors
/// [`CommitError::Conflict`] if the login is taken.
pub async fn add_operator(
    store: &dyn Store,
    workspace: &Workspace,
    at: Stamp,
    row: OperatorRow,
) -> Result<OperatorId, CommitError> {
    let id = row.id;
    commit(store, workspace, at, Work::Operator { row: Box::new(row), rights_changed: true }).await?;
    Ok(id)
}

/// Commits something of the hub's own, which needs no key.
///
/// # Errors
/// [`CommitError`].
pub async fn commit(store: &dyn Store, workspace: &Workspace, at: Stamp, work: Work) -> Result<Seq, CommitError> {
    commit_act(store, workspace, at, work, None).await
}

/// The same of somebody's act, with its line of the trail.
///
/// # Errors
/// [`CommitError`].
pub async fn commit_act(
    store: &dyn Store,
    workspace: &Workspace,
    at: Stamp,
    work: Work,
    audit: Option<AuditLine>,
) -> Result<Seq, CommitError> {
    let outcome = Outcome::Done { at_seq: Seq(0), message: None };
    Ok(store.commit(Commit { audit, ..Commit::new(workspace.id, at, work, outcome) }).await?.head)
}

/// Every right there is: what administrators of a new centre have.
#[must_use]
pub fn all_rights() -> Rights {
    Centre::default().roles.values().flat_map(|role| role.rights.keys().copied()).collect()
}

/// What an operator may do who is added without a word about it.
#[must_use]
pub fn usual_rights() -> Rights {
    [
        Right::Accept,
        Right::SeeOthers,
        Right::CloseOwn,
        Right::TransferOwn,
        Right::TransferOthers,
        Right::Assign,
        Right::Note,
        Right::EditOwn,
        Right::DeleteOwn,
        Right::Sort,
        Right::EditCustomer,
        Right::Block,
        Right::Unblock,
        Right::Transcript,
        Right::RequestContact,
        Right::SendFile,
        Right::Invite,
        Right::SeeContacts,
        Right::SetOwnStatus,
    ]
    .into()
}

/// Starts what a workspace does by itself, whoever is connected. Ends with the office's draining.
fn start_duties(office: &Arc<Office>) {
    // Who carries errands outside.
    let mut carriers: Vec<Arc<dyn Carrier>> =
        vec![Arc::new(FileErrands), Arc::new(MailErrands), Arc::new(PrivacyErrands)];
    match Outgoing::new(office.settings.reach.clone()) {
        Ok(outgoing) => carriers.push(Arc::new(BotCarrier::new(outgoing))),
        // Dialogs with bots come to people by their time-out.
        Err(error) => tracing::error!(%error, "bots and webhooks cannot be reached: TLS cannot be set up"),
    }
    day::start(office, carriers);
    crate::router::start(office);
}

/// One for the whole database.
fn spawn_sweeper(office: &Arc<Office>) {
    let office = office.clone();
    office.tasks.clone().spawn(async move {
        loop {
            match office.store.sweep(office.now()).await {
                Ok(rows) => tracing::debug!(rows, "old rows forgotten"),
                Err(error) => tracing::warn!(%error, "old rows could not be forgotten"),
            }
            tokio::select! {
                () = office.draining.cancelled() => return,
                () = office.settings.clock.sleep(SWEEP) => {}
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
