//! Whether somebody is there for the customers of a site: by the hours of the department that its line of the widget
//! leads to, and by who of that department is online.

use super::Office;
use crate::centre::Centre;
use otklik_model::{DepartmentKey, OnlineState, Stamp};
use parking_lot::Mutex;
use tokio::sync::watch;

/// Rung whenever the state of any line may be another one. Whoever looks late looks once.
#[derive(Debug)]
pub(super) struct Lines {
    bell: watch::Sender<()>,
    /// Of which version of the configuration the hours were looked at, and when they next begin or end.
    hours: Mutex<Option<(u64, Option<Stamp>)>>,
}

impl Default for Lines {
    fn default() -> Self {
        Self { bell: watch::channel(()).0, hours: Mutex::default() }
    }
}

impl Lines {
    pub(super) fn ring(&self) {
        self.bell.send_replace(());
    }
}

impl Office {
    /// How the line stands that a site has, for a customer of this language. `named` is the department that the site
    /// names, if it names one; what it leads to is where a new dialog from there would go.
    pub fn line(&self, named: Option<&DepartmentKey>, language: Option<&str>) -> OnlineState {
        let centre = self.centre();
        let department = self.department_of_line(named);
        let open = centre.hours_at(department.as_ref(), self.now()).open;
        let there = open && self.is_staffed_for(department.as_ref(), language);
        if there { OnlineState::Online } else { OnlineState::Offline }
    }

    /// The department that a new dialog of a site goes to, which may name one.
    pub(super) fn department_of_line(&self, named: Option<&DepartmentKey>) -> Option<DepartmentKey> {
        self.centre().department_of_new(named, &self.channel.read().name)
    }

    /// Rings from now on.
    pub fn line_changes(&self) -> watch::Receiver<()> {
        self.lines.bell.subscribe()
    }

    /// Rings if working hours have begun or ended since the last look.
    pub(super) fn watch_hours(&self) {
        let (version, centre) = self.centre.read().clone();
        let now = self.now();
        let mut hours = self.lines.hours.lock();
        let known = hours.filter(|(known, _)| *known == version);
        if known.is_some_and(|(_, next)| next.is_none_or(|next| now < next)) {
            return;
        }
        *hours = Some((version, next_change(&centre, now)));
        drop(hours);
        self.lines.ring();
    }
}

/// When any of the centre's hours next begin or end.
fn next_change(centre: &Centre, now: Stamp) -> Option<Stamp> {
    let schedules = centre.hours.values().filter_map(|hours| hours.check().ok());
    schedules.filter_map(|schedule| schedule.state_at(now).changes_at).min()
}
