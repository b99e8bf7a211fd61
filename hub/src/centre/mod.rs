//! The configuration of one workspace: everything that its rules depend on and that administrators change.
//!
//! One document, so that a centre can be kept in git, compared, and switched back as a whole. Pure: no clock, no
//! database, no sockets. Operators are not in it; each carries a [`Post`] that names its keys.

mod bots;
mod channels;
mod check;
pub mod diff;
pub mod exchange;
mod forms;
mod hours;
mod letters;
mod masks;
mod people;
mod queue_limits;
mod retention;
mod router;
mod rules;
mod sessions;
mod teleport;
mod time_outs;
mod words;

pub use bots::{Bot, BotKind, KeywordGroup};
pub use channels::{CHANNEL_KEYS, SITE, rule_key};
pub use check::{BY_HAND, Colleague, Problem, check_people, is_administrator};
pub use forms::{FieldPresence, FieldRules, Form, FormMode, FormRules, Forms, most_chars};
pub use hours::{Day, Exception, Hours, HoursError, HoursState, Schedule, Span};
pub use letters::Letters;
pub(crate) use masks::check_mask;
pub use people::{Department, Grants, Post, Role, Scope, Status, Team, Teams, colleague, grants_of};
pub use queue_limits::{OwnQueueLimits, QueueLimits};
pub use retention::{OwnTerms, Retention};
pub use router::OutsideRouter;
pub use rules::{
    Category, ChannelRules, Distribution, FileRules, FloodRules, LoginStatus, RoutingScript, Sharing, VisibleLimits,
    Webhooks,
};
pub use sessions::{SessionTerms, is_supervisor};
pub use teleport::Teleport;
pub use time_outs::{OwnTimeOuts, TimeOuts};
pub use words::{
    AutoWords, Occasion, Part, Survey, Template, Variables, ends_in_digits, greeting, in_language, mask_address,
    mask_cards, mask_split, mask_typed, parts, render,
};

use otklik_model::{CategoryKey, DepartmentKey, RoleKey, Stamp, StatusKey, TeamKey};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The configuration of one workspace. [`Centre::default`] is what a desk of one's own begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Centre {
    /// The name customers see.
    pub name: String,
    /// The language of the hub's own words where the customer's is neither: "ru" or "en".
    pub language: String,
    /// How dialogs come to operators.
    pub distribution: Distribution,
    /// What operators may see at once.
    pub visible: VisibleLimits,
    /// How many dialogs may wait for new ones to begin; a department may override either limit.
    pub queue_limits: QueueLimits,
    /// From when on new dialogs of one address are suspicious.
    pub flood: FloodRules,
    /// All time-outs; a department may override any of them.
    pub time_outs: TimeOuts,
    /// Which status a login sets.
    pub login_status: LoginStatus,
    /// What operators are told who go off duty with dialogs of theirs still open, by language; nothing without it.
    pub leaving_words: BTreeMap<String, String>,
    /// How long supervisors stay signed in.
    pub sessions: SessionTerms,
    /// The statuses, in the order of the menu.
    pub statuses: Vec<Status>,
    /// What may be done by whom.
    pub roles: BTreeMap<RoleKey, Role>,
    /// The departments.
    pub departments: BTreeMap<DepartmentKey, Department>,
    /// The department of new dialogs, unless their entry point or their channel names another.
    pub default_department: Option<DepartmentKey>,
    /// The teams.
    pub teams: BTreeMap<TeamKey, Team>,
    /// What dialogs are about.
    pub categories: BTreeMap<CategoryKey, Category>,
    /// A category has to be chosen before a dialog is closed; a department may override it.
    pub category_required: bool,
    /// Closing is final at once: nobody can re-open.
    pub close_at_once: bool,
    /// Working hours by name; departments refer to them. Without any the centre is always open.
    pub hours: BTreeMap<String, Hours>,
    /// The hours of dialogs without a department.
    pub default_hours: Option<String>,
    /// The hub's own words to customers.
    pub words: AutoWords,
    /// Ready answers, by name.
    pub templates: BTreeMap<String, Template>,
    /// What is asked after a close.
    pub survey: Survey,
    /// Whom the hub writes to by itself.
    pub mail: Letters,
    /// The bots, by login of their operator account.
    pub bots: BTreeMap<String, Bot>,
    /// Who is asked first where a dialog goes, over HTTP; nobody without one.
    pub router: Option<OutsideRouter>,
    /// Distribution in JavaScript; the built-in rule without one.
    pub script: Option<RoutingScript>,
    /// What other systems are told by the script's tasks.
    pub webhooks: Webhooks,
    /// What may be sent as a file.
    pub files: FileRules,
    /// The forms that customers give their contacts by; a department may have its own.
    pub forms: Forms,
    /// What channels can carry, by a key of [`CHANNEL_KEYS`].
    pub channels: BTreeMap<String, ChannelRules>,
    /// Where operators may send customers.
    pub teleport: Teleport,
    /// Card numbers are masked in whatever people write, before it is stored.
    pub mask_cards: bool,
    /// How long what customers leave behind is kept.
    pub retention: Retention,
}

impl Default for Centre {
    fn default() -> Self {
        Self {
            name: "Otklik".to_owned(),
            language: "ru".to_owned(),
            distribution: Distribution::default(),
            visible: VisibleLimits::default(),
            queue_limits: QueueLimits::default(),
            flood: FloodRules::default(),
            time_outs: TimeOuts::default(),
            login_status: LoginStatus::Online,
            leaving_words: BTreeMap::new(),
            sessions: SessionTerms::default(),
            statuses: people::usual_statuses(),
            roles: people::usual_roles(),
            departments: BTreeMap::new(),
            default_department: None,
            teams: BTreeMap::new(),
            categories: BTreeMap::new(),
            category_required: false,
            close_at_once: false,
            hours: BTreeMap::new(),
            default_hours: None,
            words: AutoWords::default(),
            templates: BTreeMap::new(),
            survey: Survey::default(),
            mail: Letters::default(),
            bots: BTreeMap::new(),
            router: None,
            script: None,
            webhooks: Webhooks::default(),
            files: FileRules::default(),
            forms: Forms::default(),
            channels: BTreeMap::new(),
            teleport: Teleport::default(),
            mask_cards: true,
            retention: Retention::default(),
        }
    }
}

impl Centre {
    /// A status of the dictionary.
    #[must_use]
    pub fn status(&self, key: &StatusKey) -> Option<&Status> {
        self.statuses.iter().find(|status| status.key == *key)
    }

    /// Whether a category has to be chosen before a dialog of this department is closed.
    #[must_use]
    pub fn requires_category(&self, department: Option<&DepartmentKey>) -> bool {
        department
            .and_then(|key| self.departments.get(key))
            .and_then(|department| department.category_required)
            .unwrap_or(self.category_required)
    }

    /// What a channel can carry.
    #[must_use]
    pub fn channel_rules(&self, key: &str) -> ChannelRules {
        self.channels.get(key).cloned().unwrap_or_default()
    }

    /// Whether customers may send files over a channel.
    #[must_use]
    pub fn takes_files(&self, channel: &str) -> bool {
        self.files.from_customers && self.channel_rules(channel).files
    }

    /// The department of a new dialog: the one its entry point names, else its channel's, else the centre's. What does
    /// not exist, or takes no dialogs, is passed over.
    #[must_use]
    pub fn department_of_new(&self, named: Option<&DepartmentKey>, channel: &str) -> Option<DepartmentKey> {
        let of_channel = self.channels.get(channel).and_then(|rules| rules.department.as_ref());
        let takes = |key: &&DepartmentKey| self.departments.get(*key).is_some_and(|department| !department.disabled);
        [named, of_channel, self.default_department.as_ref()].into_iter().flatten().find(takes).cloned()
    }

    /// The department of a dialog that an operator begins: the one he names, else one that he works for. Of several,
    /// or if he works for all, the one that a customer's dialog would get; of those that do not go with it the first.
    #[must_use]
    pub fn department_of_begun(
        &self,
        named: Option<&DepartmentKey>,
        works_for: Option<&BTreeSet<DepartmentKey>>,
        channel: &str,
    ) -> Option<DepartmentKey> {
        if let Some(named) = named {
            return Some(named.clone());
        }
        let usual = self.department_of_new(None, channel);
        let Some(own) = works_for else { return usual };
        let takes = |key: &&DepartmentKey| self.departments.get(*key).is_some_and(|department| !department.disabled);
        usual.filter(|key| own.contains(key)).or_else(|| own.iter().find(takes).cloned())
    }

    /// The working hours that hold for a dialog of this department; `None`: it is always open.
    #[must_use]
    pub fn hours_of(&self, department: Option<&DepartmentKey>) -> Option<&Hours> {
        let own = department.and_then(|key| self.departments.get(key)).and_then(|department| department.hours.as_ref());
        own.or(self.default_hours.as_ref()).and_then(|name| self.hours.get(name))
    }

    /// The day and the hour on a department's wall; `None`, if the centre names no zone.
    #[must_use]
    pub fn shown_at(&self, department: Option<&DepartmentKey>, at: Stamp) -> Option<(Day, u8)> {
        Some(self.hours_of(department)?.check().ok()?.shown_at(at))
    }

    /// A moment for people to read: the day and the time on a department's wall, as this language writes them. Without a
    /// zone it is universal time, and says so.
    #[must_use]
    pub fn written(&self, department: Option<&DepartmentKey>, at: Stamp, language: &str) -> String {
        let schedule = self.hours_of(department).and_then(|hours| hours.check().ok());
        let pattern = if language == "ru" { "%d.%m.%Y %H:%M" } else { "%Y-%m-%d %H:%M" };
        match schedule {
            Some(schedule) => schedule.written(at, pattern),
            None => format!("{} UTC", hours::in_utc(at, pattern)),
        }
    }

    /// Whether a department works at this time, and until when that holds. Hours that make no sense (which are not
    /// let into a centre) count as open: better a customer who waits than one who is sent away.
    #[must_use]
    pub fn hours_at(&self, department: Option<&DepartmentKey>, at: Stamp) -> HoursState {
        let schedule = self.hours_of(department).and_then(|hours| hours.check().ok());
        schedule.map_or(HoursState { open: true, changes_at: None }, |schedule| schedule.state_at(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_that_an_operator_begins_is_of_a_department_of_his() {
        let key = |key: &str| key.parse::<DepartmentKey>().unwrap();
        let mut centre = Centre::default();
        for department in ["sales", "care", "home"] {
            centre.departments.insert(key(department), Department::default());
        }
        centre.departments.insert(key("archive"), Department { disabled: true, ..Department::default() });
        centre.default_department = Some(key("home"));
        let begun = |named: Option<&str>, own: Option<&[&str]>| {
            let own: Option<BTreeSet<_>> = own.map(|own| own.iter().map(|own| key(own)).collect());
            let found = centre.department_of_begun(named.map(key).as_ref(), own.as_ref(), "Site");
            found.map(|key| key.to_string())
        };
        for (named, own, found) in [
            (None, Some(&["care"][..]), "care"),
            (None, Some(&["care", "home"]), "home"),
            (None, Some(&["sales", "care"]), "care"),
            (None, Some(&["archive", "sales"]), "sales"),
            (None, None, "home"),
            (Some("sales"), Some(&["care"]), "sales"),
            (Some("sales"), None, "sales"),
        ] {
            assert_eq!(begun(named, own).as_deref(), Some(found), "{named:?} {own:?}");
        }
        assert_eq!(begun(None, Some(&["archive"])), None);
        assert_eq!(Centre::default().department_of_begun(None, None, "Site"), None);
    }

    #[test]
    fn a_new_dialog_is_of_the_department_that_is_nearest_to_it() {
        let key = |key: &str| Some(key.parse::<DepartmentKey>().unwrap());
        let mut centre = Centre::default();
        for department in ["sales", "care", "home"] {
            centre.departments.insert(key(department).unwrap(), Department::default());
        }
        centre.departments.insert(key("closed").unwrap(), Department { disabled: true, ..Department::default() });
        assert_eq!(centre.department_of_new(None, "Site"), None);
        centre.default_department = key("home");
        centre.channels.insert("Site".to_owned(), ChannelRules { department: key("sales"), ..ChannelRules::default() });
        centre
            .channels
            .insert("Shop".to_owned(), ChannelRules { department: key("closed"), ..ChannelRules::default() });
        for (named, channel, found) in [
            (key("care"), "Site", key("care")),
            (key("closed"), "Site", key("sales")),
            (key("unheard-of"), "Site", key("sales")),
            (None, "Site", key("sales")),
            (None, "Shop", key("home")),
            (None, "Mail", key("home")),
        ] {
            assert_eq!(centre.department_of_new(named.as_ref(), channel), found, "{named:?} {channel}");
        }
    }
}
