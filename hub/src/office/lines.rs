//! Whether somebody is there for the customers of a site, and whether they can begin a conversation: by the hours of the
//! department that its line of the widget leads to, by who of that department is online, and by how many wait in it.

use super::{EntryPoint, Office};
use crate::centre::{Centre, QueueLimits};
use crate::desk::{availability, has_room};
use otklik_model::{Availability, Customer, DepartmentKey, DialogId, OnlineState, Refusal, Stamp};
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::watch;

/// The departments whose queues are full, for when somebody is there and for when nobody is.
type Full = BTreeSet<(Option<DepartmentKey>, bool)>;

/// How things stand for one customer on his site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteLine {
    /// The site's own line. Whose dialog goes on is kept out by no limit.
    pub own: Availability,
    /// Every department that takes dialogs, if the page wants to hear of them.
    pub departments: BTreeMap<DepartmentKey, Availability>,
}

/// Rung whenever the state of any line may be another one. Whoever looks late looks once.
#[derive(Debug)]
pub(super) struct Lines {
    bell: watch::Sender<()>,
    /// Of which version of the configuration the hours were looked at, and when they next begin or end.
    hours: Mutex<Option<(u64, Option<Stamp>)>>,
    /// As it was when the bell last rang for it.
    full: Mutex<Full>,
}

impl Default for Lines {
    fn default() -> Self {
        Self { bell: watch::channel(()).0, hours: Mutex::default(), full: Mutex::default() }
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
        let there = self.is_there_for(self.department_of_line(named).as_ref(), language);
        if there { OnlineState::Online } else { OnlineState::Offline }
    }

    /// Whether somebody is there for customers of a department who speak this language: it is open, and one who answers
    /// them is online. What a site shows, how a dialog begins and which requests are told as left go by this alone.
    pub(super) fn is_there_for(&self, department: Option<&DepartmentKey>, language: Option<&str>) -> bool {
        self.centre().hours_at(department, self.now()).open && self.is_staffed_for(department, language)
    }

    /// How the line stands of the site that a customer is on, for him: whether he has a dialog that `goes_on`, which no limit
    /// keeps him out of. `all` departments are told to whoever asks.
    pub fn site_line(&self, at: &EntryPoint, customer: &Customer, goes_on: bool, all: bool) -> SiteLine {
        let language = customer.language.as_deref();
        let own = if goes_on {
            availability(self.line(at.department.as_ref(), language) == OnlineState::Online, 0, QueueLimits::default())
        } else {
            self.availability(at.department.as_ref(), language)
        };
        let departments = if all { self.availabilities(language) } else { BTreeMap::new() };
        SiteLine { own, departments }
    }

    /// Whether a conversation can begin on a site that names this department.
    fn availability(&self, named: Option<&DepartmentKey>, language: Option<&str>) -> Availability {
        let there = self.line(named, language) == OnlineState::Online;
        let (waiting, limits) = self.queue_of_line(named);
        availability(there, waiting, limits)
    }

    /// How many wait where the line of a site leads to, and how many may.
    fn queue_of_line(&self, named: Option<&DepartmentKey>) -> (u32, QueueLimits) {
        let department = self.department_of_line(named);
        let waiting = self.directory.read().waits.of(department.as_ref());
        (waiting, self.centre().queue_limits_of(department.as_ref()))
    }

    /// The same of every department that takes dialogs, in one walk over the operators.
    fn availabilities(&self, language: Option<&str>) -> BTreeMap<DepartmentKey, Availability> {
        let (centre, now, directory) = (self.centre(), self.now(), self.directory.read());
        let staffed = directory.staffed(language);
        // Many departments have the same hours.
        let mut open: BTreeMap<Option<&String>, bool> = BTreeMap::new();
        let departments = centre.departments.iter().filter(|(_, department)| !department.disabled);
        let stand = departments.map(|(key, department)| {
            let hours = department.hours.as_ref().or(centre.default_hours.as_ref());
            let open = *open.entry(hours).or_insert_with(|| centre.hours_at(Some(key), now).open);
            let limits = centre.queue_limits_of(Some(key));
            let stands = availability(open && staffed.has(key), directory.waits.of(Some(key)), limits);
            (key.clone(), stands)
        });
        stand.collect()
    }

    /// Whether there is no room for a conversation of this customer that would begin now.
    pub(super) fn is_full_for(&self, at: &EntryPoint, customer: &Customer) -> bool {
        let (waiting, limits) = self.queue_of_line(at.department.as_ref());
        // Asked for each message: who is there is looked up only where it matters.
        let may_be = [true, false].into_iter().any(|there| limits.is_reached(there, waiting));
        may_be && self.availability(at.department.as_ref(), customer.language.as_deref()).is_busy()
    }

    /// Takes the place of a dialog that begins: it counts until [`Coming`] is dropped, by when the log tells of it or it has
    /// not begun. Of two who come at once to this process the second knows of the first.
    pub(super) fn take_place(
        &self,
        dialog: DialogId,
        at: &EntryPoint,
        customer: &Customer,
    ) -> Result<Option<Coming<'_>>, Refusal> {
        let department = self.department_of_line(at.department.as_ref());
        let there = self.line(at.department.as_ref(), customer.language.as_deref()) == OnlineState::Online;
        let limits = self.centre().queue_limits_of(department.as_ref());
        if limits.limit(there).is_none() {
            return Ok(None);
        }
        let mut directory = self.directory.write();
        has_room(availability(there, directory.waits.of(department.as_ref()), limits))?;
        directory.waits.expect(dialog, department);
        Ok(Some(Coming { office: self, dialog }))
    }

    /// The department that a new dialog of a site goes to, which may name one.
    pub(super) fn department_of_line(&self, named: Option<&DepartmentKey>) -> Option<DepartmentKey> {
        self.centre().department_of_new(named, self.rule_key())
    }

    /// Rings from now on.
    pub fn line_changes(&self) -> watch::Receiver<()> {
        self.lines.bell.subscribe()
    }

    /// Rings if other queues are full than at the last look. A queue that goes up and down at its limit rings no oftener
    /// than this looks, and not at all if it is as it was.
    pub(super) fn watch_queues(&self) {
        let centre = self.centre();
        let mut full = Full::new();
        for (department, waiting) in self.directory.read().waits.all() {
            let limits = centre.queue_limits_of(department);
            let reached = [true, false].into_iter().filter(|there| limits.is_reached(*there, waiting));
            full.extend(reached.map(|there| (department.cloned(), there)));
        }
        if std::mem::replace(&mut *self.lines.full.lock(), full.clone()) != full {
            self.lines.ring();
        }
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

/// A dialog that begins, and counts among those that wait.
pub(super) struct Coming<'a> {
    office: &'a Office,
    dialog: DialogId,
}

impl Drop for Coming<'_> {
    fn drop(&mut self) {
        self.office.directory.write().waits.forget(self.dialog);
    }
}

/// When any of the centre's hours next begin or end.
fn next_change(centre: &Centre, now: Stamp) -> Option<Stamp> {
    let schedules = centre.hours.values().filter_map(|hours| hours.check().ok());
    schedules.filter_map(|schedule| schedule.state_at(now).changes_at).min()
}
