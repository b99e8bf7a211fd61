//! A hub whose centre has rules of its own, and whose clock is moved by hand.

use super::{Desk, Workplace};
use otklik_hub::{
    Clock, Hands, HubConfig,
    centre::{Centre, Post, Teams, grants_of},
    store::{Commit, OperatorRow, Store, Work},
};
use otklik_model::{Dialog, DialogId, OperatorStatus, Outcome, Seq, Stamp, WorkspaceId};
use std::{sync::Arc, time::Duration};

/// Monday, 2 March 2026, 8:00 in Moscow.
pub const MORNING: Stamp = Stamp(1_772_427_600_000);

pub const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

impl Desk {
    /// A hub with these rules that begins its day in the morning.
    pub async fn ruled(rule: impl FnOnce(&mut Centre)) -> (Self, Hands) {
        Self::ruled_with(|_| {}, rule).await
    }

    pub async fn ruled_with(adjust: impl FnOnce(&mut HubConfig), rule: impl FnOnce(&mut Centre)) -> (Self, Hands) {
        let (clock, hands) = Clock::by_hand(MORNING);
        let mut desk = Self::start_with(|config| {
            config.clock = clock;
            config.timing.look = Duration::from_millis(20);
            config.timing.customer_grace = Duration::ZERO;
            adjust(config);
        })
        .await;
        desk.stop().await;
        desk.rule(rule).await;
        desk.start_again().await;
        (desk, hands)
    }

    /// What an administrator's tools see, beside the hub.
    pub async fn books(&self) -> (Arc<dyn Store>, WorkspaceId) {
        let store = super::open_store(&self.config).await;
        let workspace = store.open_workspace("main").await.unwrap().id;
        (store, workspace)
    }

    /// Waits until every errand was carried out or given up.
    pub async fn until_nothing_is_due(&self) {
        let (store, workspace) = self.books().await;
        super::within("the errands", async {
            while !store.errands_due(workspace, Stamp(i64::MAX), 10).await.unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    }

    /// Changes the rules. A hub that runs learns of it soon.
    pub async fn rule(&self, change: impl FnOnce(&mut Centre)) {
        let (store, workspace) = self.books().await;
        let row = store.centre(workspace).await.unwrap();
        let (version, mut centre) = (row.version, Box::new(row.centre));
        change(&mut centre);
        let work = Work::Centre { version, centre, by: None, note: "test".into() };
        self.book(&store, workspace, work).await;
    }

    /// Adds an operator with a post, and signs him in.
    pub async fn posted(&self, login: &str, name: &str, change: impl FnOnce(&mut Post)) -> String {
        self.users().await.add(login, name, Some(super::PASSWORD.to_owned().into()), None).await.unwrap();
        let (store, workspace) = self.books().await;
        let row = store.operator_by_login(workspace, login).await.unwrap().unwrap();
        let mut post = Post::default();
        change(&mut post);
        let grants = grants_of(&post, &store.centre(workspace).await.unwrap().centre, &Teams::default());
        let row = Box::new(OperatorRow { post, grants, ..row });
        self.book(&store, workspace, Work::Operator { row, rights_changed: true }).await;
        self.sign_in(login).await
    }

    async fn book(&self, store: &Arc<dyn Store>, workspace: WorkspaceId, work: Work) {
        let done = Outcome::Done { at_seq: Seq(0), message: None };
        store.commit(Commit::new(workspace, self.config.clock.now(), work, done)).await.unwrap();
    }
}

impl Workplace {
    /// Waits until a dialog is like that.
    pub async fn until_row(&mut self, what: &str, dialog: DialogId, so: impl Fn(&Dialog) -> bool) {
        self.until(what, |me| me.state.dialogs.get(&dialog).is_some_and(&so)).await;
    }

    /// Waits until a colleague of this name has this status.
    pub async fn until_status(&mut self, name: &str, status: OperatorStatus) {
        let so = |me: &Self| me.state.operators.values().any(|row| row.name == name && row.status == status);
        self.until(&format!("{name} {status:?}"), so).await;
    }

    /// Words of the hub in a dialog.
    pub async fn until_line(&mut self, dialog: DialogId, line: &str) {
        self.until(line, |me| me.texts(dialog).contains(&line)).await;
    }
}
