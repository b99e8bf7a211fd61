//! What waits, and who is there to take it.

use super::{admit::Admin, fault::Fault};
use crate::{
    centre::{CHANNEL_KEYS, Scope},
    desk::{DialogAggregate, weighs_on},
    office::Trouble,
    store::OperatorRow,
};
use axum::{Extension, Json};
use otklik_model::{DepartmentKey, DialogState, OnlineState, OperatorId, OperatorStatus, Right};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use uuid::Uuid;

/// One queue: dialogs of one department and language, online or offline, that nobody has taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Queue {
    /// The department; nothing: of none.
    department: Option<String>,
    /// The language, as the first part of a BCP 47 tag; nothing: not known.
    language: Option<String>,
    /// Whether these are offline requests.
    offline: bool,
    /// How many wait.
    length: u32,
    /// How long the first one has waited, in milliseconds.
    oldest_ms: i64,
    /// Operators for it who are online and have room.
    free: u32,
    /// Operators for it who are online and carry as much as they may.
    busy: u32,
}

/// The hub and this workspace at a glance.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Status {
    /// The hub's version.
    hub: String,
    /// The short name of the workspace.
    workspace: String,
    /// The version of the configuration.
    version: u64,
    /// The position of the log.
    head: u64,
    /// This process among those on the same database.
    node: Uuid,
    /// Operators who are online.
    online: u32,
    /// Dialogs that are not closed.
    open: u32,
    /// Dialogs that nobody has taken.
    waiting: u32,
    /// Those among them that are one of a flood: nobody is called for them, and no queue counts them.
    suspicious: u32,
    /// The keys of the channels, under which the document has rules for them.
    channels: [&'static str; 1],
    /// The newest trouble of each kind with scripts, routers and bots, as far as this process has seen it since it runs.
    troubles: Vec<Trouble>,
    /// Whether the hub sends mail: its own configuration says over which server.
    mail: bool,
    /// Whether a virus scanner looks at files: the hub's own configuration says where it listens.
    scanner: bool,
}

/// Which queue a dialog is in.
type Key = (Option<DepartmentKey>, Option<String>, bool);

/// The queues that you may see.
#[utoipa::path(get, path = "/api/v1/admin/queues", tag = "day",
    responses((status = 200, body = [Queue]), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn queues(Extension(admin): Extension<Arc<Admin>>) -> Result<Json<Vec<Queue>>, Fault> {
    let office = &admin.open.office;
    let dialogs = office.store.open_dialogs(office.workspace.id).await?;
    let seen = seen(&admin);
    let queues = count(&dialogs, &admin.people().await?, office.now().0);
    let in_sight = |queue: &Queue| match (&seen, &queue.department) {
        (None, _) => true,
        (Some(seen), Some(department)) => seen.iter().any(|key| key.as_str() == department),
        (Some(_), None) => false,
    };
    Ok(Json(queues.into_iter().filter(in_sight).collect()))
}

/// The departments whose queues he may see; nothing: all of them.
fn seen(admin: &Admin) -> Option<BTreeSet<DepartmentKey>> {
    match admin.grants().rights.get(&Right::SeeStatuses) {
        Some(Scope::All) => None,
        Some(Scope::Department) => Some(admin.grants().supervises.clone()),
        Some(Scope::Team | Scope::Own) => admin.grants().departments.clone(),
        None => Some(BTreeSet::new()),
    }
}

fn count(dialogs: &[DialogAggregate], people: &[OperatorRow], now: i64) -> Vec<Queue> {
    let mut waiting: BTreeMap<Key, (u32, i64)> = BTreeMap::new();
    let mut carried: BTreeMap<OperatorId, u32> = BTreeMap::new();
    for aggregate in dialogs {
        let (dialog, standing) = (&aggregate.row, aggregate.standing());
        if let Some((operator, weight)) = weighs_on(dialog) {
            *carried.entry(operator).or_default() += weight;
        }
        match dialog.state {
            DialogState::Queue if dialog.suspicious => {}
            DialogState::Queue => {
                let offline = dialog.current_state == OnlineState::Offline;
                let queue = waiting.entry((standing.department, standing.language, offline)).or_default();
                queue.0 += 1;
                let since = aggregate.life.waiting_since.unwrap_or(dialog.created_at);
                queue.1 = queue.1.max(now - since.0);
            }
            DialogState::Offered
            | DialogState::Active
            | DialogState::Routing
            | DialogState::Bot
            | DialogState::Hold
            | DialogState::Invitation
            | DialogState::ClosedSoft
            | DialogState::Closed
            | DialogState::Deleted
            | DialogState::Unknown => {}
        }
    }
    waiting
        .into_iter()
        .map(|(key, (length, oldest_ms))| {
            let (free, busy) = staff(&key, people, &carried);
            let (department, language, offline) = key;
            Queue { department: department.map(String::from), language, offline, length, oldest_ms, free, busy }
        })
        .collect()
}

/// How many are online for a queue: with room, and without.
fn staff(key: &Key, people: &[OperatorRow], carried: &BTreeMap<OperatorId, u32>) -> (u32, u32) {
    let (department, language, offline) = key;
    let works = |row: &&OperatorRow| {
        let kind = if *offline { OperatorStatus::OfflineRequests } else { OperatorStatus::Online };
        let there = row.status == OperatorStatus::Online || row.status == kind;
        let of = |his: &Option<BTreeSet<DepartmentKey>>| {
            his.as_ref().zip(department.as_ref()).is_none_or(|(his, of)| his.contains(of))
        };
        let speaks = |his: &Option<BTreeSet<String>>| {
            his.as_ref().zip(language.as_ref()).is_none_or(|(his, of)| his.contains(of))
        };
        there
            && !row.disabled
            && !row.post.is_bot
            && row.post.most > 0
            && of(&row.grants.departments)
            && speaks(&row.grants.languages)
    };
    people.iter().filter(works).fold((0, 0), |(free, busy), row| {
        let full = carried.get(&row.id).copied().unwrap_or_default() + 100 > row.post.most;
        if full { (free, busy + 1) } else { (free + 1, busy) }
    })
}

/// The hub and this workspace at a glance.
#[utoipa::path(get, path = "/api/v1/admin/status", tag = "day",
    responses((status = 200, body = Status), (status = "4XX", body = Fault), (status = "5XX", body = Fault)))]
pub(super) async fn status(Extension(admin): Extension<Arc<Admin>>) -> Result<Json<Status>, Fault> {
    let office = &admin.open.office;
    let online = |row: &&OperatorRow| !row.disabled && row.status == OperatorStatus::Online;
    let size = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let open = office.store.open_dialogs(office.workspace.id).await?;
    Ok(Json(Status {
        hub: env!("CARGO_PKG_VERSION").to_owned(),
        workspace: admin.open.short.clone(),
        version: admin.centre().await?.version,
        head: office.store.head(office.workspace.id).await?.0,
        node: office.node,
        online: size(admin.people().await?.iter().filter(online).count()),
        open: size(open.len()),
        waiting: u32::try_from(office.store.waiting(office.workspace.id).await?).unwrap_or(u32::MAX),
        suspicious: size(open.iter().filter(|dialog| dialog.row.suspicious).count()),
        channels: CHANNEL_KEYS,
        troubles: office.last_troubles(),
        mail: office.settings.mailer.is_some(),
        scanner: office.settings.files.scans(),
    }))
}
