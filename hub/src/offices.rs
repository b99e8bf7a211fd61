//! The workspaces of one hub process: one office each, opened when somebody comes for it.
//!
//! Knows who asks for which workspace, and nothing of what happens in one. Nothing is shared between two offices but
//! the database, the counters and the limits of the process.

mod waking;

use crate::{
    bot::Reach,
    bus::Bus,
    centre::{Centre, rule_key},
    config::HubConfig,
    customer::exchange::Exchanges,
    files::Files,
    mail::Mailer,
    metrics::Metrics,
    office::{Office, OfficeSettings},
    secret::{fingerprint, token_hash},
    start::commit,
    store::{CommitError, OperatorRow, SessionRow, Store, StoreAddress, StoreError, Work, Workspace},
};
use otklik_model::{Channel, ChannelId, Transport, WorkspaceId};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::Mutex;

/// The short name of the first workspace, which every hub has.
pub const WORKSPACE: &str = "main";
/// The longest short name, in characters.
const SHORT_CHARS: usize = 32;

/// One workspace that is open in this process.
#[derive(Clone)]
pub(crate) struct Open {
    /// Its short name.
    pub(crate) short: String,
    /// What happens in it.
    pub(crate) office: Arc<Office>,
    /// Its customers' sessions over POST.
    pub(crate) exchanges: Exchanges,
}

impl Open {
    /// Whether it is the first one, whose addresses are in no folder.
    pub(crate) fn is_main(&self) -> bool {
        self.short == WORKSPACE
    }
}

/// What every office of the process is opened with.
pub(crate) struct Premises {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) config: HubConfig,
    pub(crate) files: Arc<Files>,
    pub(crate) mailer: Option<Arc<Mailer>>,
    /// The address customers know the hub by.
    pub(crate) public: String,
    /// Starts what an office does by itself, whoever is connected.
    pub(crate) duties: fn(&Arc<Office>),
}

/// All workspaces.
pub(crate) struct Offices {
    premises: Premises,
    main: Open,
    /// The others that are open.
    others: Mutex<BTreeMap<WorkspaceId, Open>>,
}

impl Offices {
    /// Opens the first workspace, and those in which something happens by itself.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) async fn open(premises: Premises) -> Result<Arc<Self>, StoreError> {
        let workspace = premises.store.open_workspace(WORKSPACE).await?;
        let main = premises.enter(WORKSPACE, workspace).await?;
        let offices = Arc::new(Self { premises, main, others: Mutex::default() });
        offices.wake().await?;
        offices.keep_waking();
        Ok(offices)
    }

    /// The first workspace.
    pub(crate) fn main(&self) -> &Arc<Office> {
        &self.main.office
    }

    /// The workspace of this short name, if there is one; the first one, if none is named.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) async fn named(&self, short: Option<&str>) -> Result<Option<Open>, StoreError> {
        match short {
            None | Some(WORKSPACE) => Ok(Some(self.main.clone())),
            Some(short) => {
                let all = self.premises.store.workspaces().await?;
                match all.into_iter().find(|(name, _)| name == short) {
                    Some((short, workspace)) => self.enter(&short, workspace).await.map(Some),
                    None => Ok(None),
                }
            }
        }
    }

    /// Whose token this is, and where, if it is good.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) async fn session(&self, token: &str) -> Result<Option<(Open, SessionRow, OperatorRow)>, StoreError> {
        let Some(session) = self.premises.store.session_of(token_hash(token)).await? else { return Ok(None) };
        let Some(open) = self.of(session.workspace).await? else { return Ok(None) };
        let found = open.office.session(token).await?;
        Ok(found.map(|(session, row)| (open, session, row)))
    }

    async fn of(&self, id: WorkspaceId) -> Result<Option<Open>, StoreError> {
        if id == self.main.office.workspace.id {
            return Ok(Some(self.main.clone()));
        }
        if let Some(open) = self.others.lock().await.get(&id) {
            return Ok(Some(open.clone()));
        }
        let all = self.premises.store.workspaces().await?;
        match all.into_iter().find(|(_, workspace)| workspace.id == id) {
            Some((short, workspace)) => self.enter(&short, workspace).await.map(Some),
            None => Ok(None),
        }
    }

    /// Makes a workspace. Nothing, if the short name is taken.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) async fn add(&self, short: &str) -> Result<Option<Open>, StoreError> {
        if self.names().await?.iter().any(|name| name == short) {
            return Ok(None);
        }
        let workspace = self.premises.store.open_workspace(short).await?;
        self.enter(short, workspace).await.map(Some)
    }

    /// The short names of all workspaces, sorted.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) async fn names(&self) -> Result<Vec<String>, StoreError> {
        let mut names: Vec<_> = self.premises.store.workspaces().await?.into_iter().map(|(short, _)| short).collect();
        names.sort();
        Ok(names)
    }

    /// Everything that is open.
    pub(crate) async fn all(&self) -> Vec<Arc<Office>> {
        let others = self.others.lock().await;
        std::iter::once(&self.main).chain(others.values()).map(|open| open.office.clone()).collect()
    }

    async fn is_open(&self, id: WorkspaceId) -> bool {
        id == self.main.office.workspace.id || self.others.lock().await.contains_key(&id)
    }

    /// Opens a workspace, unless it is open. One after the other, so that none is opened twice.
    async fn enter(&self, short: &str, workspace: Workspace) -> Result<Open, StoreError> {
        if workspace.id == self.main.office.workspace.id {
            return Ok(self.main.clone());
        }
        let mut others = self.others.lock().await;
        if let Some(open) = others.get(&workspace.id) {
            return Ok(open.clone());
        }
        if self.main.office.draining.is_cancelled() {
            return Err(StoreError::Unavailable("the hub stops".to_owned()));
        }
        let open = self.premises.enter(short, workspace.clone()).await?;
        others.insert(workspace.id, open.clone());
        Ok(open)
    }

    /// Says goodbye to everybody, everywhere, and waits until they have heard it.
    pub(crate) async fn close(&self) {
        // Cancelled under the lock, so that none is opened after it.
        let offices = {
            let others = self.others.lock().await;
            let offices: Vec<_> =
                std::iter::once(&self.main).chain(others.values()).map(|open| open.office.clone()).collect();
            offices.iter().for_each(|office| office.draining.cancel());
            offices
        };
        for office in offices {
            office.tasks.close();
            office.tasks.wait().await;
        }
    }
}

impl Premises {
    async fn enter(&self, short: &str, workspace: Workspace) -> Result<Open, StoreError> {
        let centre = self.centre(short, &workspace).await?;
        let channel = self.open_channel(short, &workspace, &centre).await?;
        let settings = OfficeSettings {
            desk: centre.name,
            session_days: self.config.session_days,
            limits: self.config.limits,
            timing: self.config.timing,
            clock: self.config.clock.clone(),
            alone: matches!(self.config.store, StoreAddress::Sqlite),
            files: self.files.clone(),
            mailer: self.mailer.clone(),
            reach: Reach {
                loopback: self.config.bots_on_loopback,
                networks: self.config.outgoing_networks.clone().into(),
            },
        };
        let (store, bus, metrics) = (self.store.clone(), self.bus.clone(), self.metrics.clone());
        let office = Office::open(store, bus, workspace, channel, settings, metrics).await?;
        (self.duties)(&office);
        Ok(Open { short: short.to_owned(), office, exchanges: Exchanges::default() })
    }

    /// The centre, called as administrators wrote it; before that the first one is called as the configuration says.
    async fn centre(&self, short: &str, workspace: &Workspace) -> Result<Centre, StoreError> {
        let row = self.store.centre(workspace.id).await?;
        let name = if short == WORKSPACE { &self.config.desk } else { short };
        Ok(row.called(name).centre)
    }

    /// The channel of the hub's own widget, under an id that is always the same.
    async fn open_channel(&self, short: &str, workspace: &Workspace, centre: &Centre) -> Result<Channel, StoreError> {
        let public = self.public.trim_end_matches('/');
        let page = if short == WORKSPACE { format!("{public}/") } else { format!("{public}/w/{short}/") };
        let channel = Channel {
            id: ChannelId(fingerprint("widget channel", &workspace.id.to_string())),
            name: centre.name.clone(),
            transport: Transport::Widget,
            text_chars: centre.channel_rules(rule_key(Transport::Widget)).most_of_operator(),
            page: Some(page),
        };
        if !self.store.channels(workspace.id).await?.contains(&channel) {
            let work = Work::Channel(channel.clone());
            let done = commit(&*self.store, workspace, self.config.clock.now(), work).await;
            done.map_err(|error| match error {
                CommitError::Store(error) => error,
                CommitError::Conflict | CommitError::Fenced => StoreError::Unavailable("conflict".to_owned()),
            })?;
        }
        Ok(channel)
    }
}

/// Whether a text can be the short name of a workspace: it becomes a part of addresses.
#[must_use]
pub(crate) fn is_short_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (1..=SHORT_CHARS).contains(&text.len()) && text.starts_with(plain) && text.chars().all(|c| plain(c) || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_plain() {
        for good in ["main", "shop-2", "7", &"a".repeat(32)] {
            assert!(is_short_name(good), "{good}");
        }
        for bad in ["", "-a", "Shop", "отдел", "a/b", "a b", "..", &"a".repeat(33)] {
            assert!(!is_short_name(bad), "{bad}");
        }
    }
}
