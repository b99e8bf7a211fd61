//! Whether a configuration hangs together: every reference leads somewhere, every value makes sense.
//!
//! Pure. A centre is only put into force without problems, so whoever reads one need not doubt it.

mod bots;
mod forms;
mod letters;
mod people;
mod retention;
mod times;
mod words;

pub use people::{BY_HAND, Colleague, check_people, is_administrator};

use super::{
    CHANNEL_KEYS, Centre, Department, FileRules, FloodRules, QueueLimits, RoutingScript, SessionTerms, Teleport,
    TimeOuts, teleport::origin,
};
use otklik_model::{MAX_TEXT_CHARS, MessageKind, OperatorStatus};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The longest name of anything, in characters.
const NAME_CHARS: usize = 100;
/// The longest time-out: a year.
const LONGEST_S: u32 = 366 * 24 * 3_600;
/// The most new dialogs of an address that can be waited for.
const MOST_UNANSWERED: u32 = 10_000;
/// The longest queue that can be allowed.
const MOST_WAITING: u32 = 100_000;
/// The longest that they are remembered: a day.
const LONGEST_FLOOD_S: u32 = 24 * 3_600;
/// The longest script, in bytes.
const SCRIPT_BYTES: usize = 64 * 1024;
/// The largest file that can be allowed, in bytes.
const FILE_BYTES: u64 = 1024 * 1024 * 1024;

/// The most sites that customers can be sent to.
const MOST_ORIGINS: usize = 100;

/// Something in a configuration that cannot stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Where in the document, such as `departments.sales.hours`.
    pub at: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

/// Collects problems.
#[derive(Default)]
struct Report(Vec<Problem>);

impl Report {
    fn add(&mut self, at: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) {
        self.0.push(Problem { at: at.into(), what: what.into(), remedy: remedy.into() });
    }

    fn need(&mut self, good: bool, at: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) {
        if !good {
            self.add(at, what, remedy);
        }
    }

    /// A reference has to lead somewhere.
    fn resolves(&mut self, known: bool, at: impl Into<String>, kind: &str, key: &str) {
        self.need(known, at, format!("there is no {kind} {key:?}"), format!("add the {kind}, or name another"));
    }

    /// Rules for a channel stand under its key. What it is called is no key: it changes with the centre's name.
    fn channel(&mut self, at: &str, key: &str) {
        let what = format!("{key:?} is no channel, and nothing would go by it");
        let remedy = format!("write {} in its place, or take it out", CHANNEL_KEYS.join(" or "));
        self.need(CHANNEL_KEYS.contains(&key), at, what, remedy);
    }
}

impl Centre {
    /// Everything that is wrong with the document, in its order. `compiles` tells why a script does not.
    #[must_use]
    pub fn check(&self, compiles: impl Fn(&str) -> Result<(), String>) -> Vec<Problem> {
        let mut report = Report::default();
        self.check_face(&mut report);
        self.check_statuses(&mut report);
        people::check_roles(self, &mut report);
        for (key, department) in &self.departments {
            self.check_department(&format!("departments.{key}"), department, &mut report);
        }
        if let Some(key) = &self.default_department {
            report.resolves(self.departments.contains_key(key), "default_department", "department", key.as_str());
        }
        for (channel, rules) in &self.channels {
            let stranger = rules.quote_kinds.iter().any(|kind| !MessageKind::QUOTED.contains(kind));
            let remedy = "name text, file, contacts, keyboard, place or sticker";
            report.need(!stranger, format!("channels.{channel}.quote_kinds"), "no answer names such messages", remedy);
            report.channel(&format!("channels.{channel}"), channel);
            for (name, chars) in [("operator_chars", rules.operator_chars), ("customer_chars", rules.customer_chars)] {
                let at = format!("channels.{channel}.{name}");
                let todo = format!("put at most {MAX_TEXT_CHARS}, or 0 for no limit of its own");
                report.need(chars <= MAX_TEXT_CHARS, at, "no text is that long", todo);
            }
            let Some(key) = &rules.department else { continue };
            let at = format!("channels.{channel}.department");
            report.resolves(self.departments.contains_key(key), at, "department", key.as_str());
        }
        for (key, team) in &self.teams {
            check_names(&format!("teams.{key}"), &team.names, &mut report);
        }
        self.check_categories(&mut report);
        check_time_outs("time_outs", &self.time_outs, &mut report);
        check_sessions(self.sessions, &mut report);
        check_queue_limits("queue_limits", self.queue_limits, &mut report);
        check_flood(self.flood, &mut report);
        times::check_hours(self, &mut report);
        words::check_words(self, &mut report);
        letters::check_letters(self, &mut report);
        bots::check_bots(self, &mut report);
        if let Some(script) = &self.script {
            check_script(script, compiles, &mut report);
        }
        check_files(&self.files, &mut report);
        check_teleport(&self.teleport, &mut report);
        forms::check_forms(self, &mut report);
        retention::check_retention(self, &mut report);
        report.0
    }

    fn check_face(&self, report: &mut Report) {
        check_name("name", &self.name, report);
        let known = matches!(self.language.as_str(), "ru" | "en");
        report.need(known, "language", format!("{:?} is not a language of the hub", self.language), "put ru or en");
        for (channel, weight) in &self.distribution.weights {
            let at = format!("distribution.weights.{channel}");
            report.channel(&at, channel);
            report.need(*weight <= 100_000, at, "it weighs more than a thousand dialogs", "put at most 100000");
        }
    }

    fn check_statuses(&self, report: &mut Report) {
        let mut seen = BTreeSet::new();
        for status in &self.statuses {
            let at = format!("statuses.{}", status.key);
            report.need(seen.insert(&status.key), &at, "the key stands there twice", "give one of them another key");
            check_names(&at, &status.names, report);
        }
        let kinds = [
            (OperatorStatus::Online, "online"),
            (OperatorStatus::Break, "break"),
            (OperatorStatus::OfflineRequests, "offline_requests"),
            (OperatorStatus::Offline, "offline"),
        ];
        for (kind, word) in kinds {
            let there = self.statuses.iter().any(|status| status.kind == kind);
            report.need(there, "statuses", format!("none is of the kind {word}"), "add one of that kind");
        }
        if let super::LoginStatus::This(key) = &self.login_status {
            report.resolves(self.status(key).is_some(), "login_status", "status", key.as_str());
        }
    }

    fn check_department(&self, at: &str, department: &Department, report: &mut Report) {
        check_names(at, &department.names, report);
        if let Some(hours) = &department.hours {
            report.resolves(self.hours.contains_key(hours), format!("{at}.hours"), "schedule", hours);
        }
        if let Some(team) = &department.team {
            report.resolves(self.teams.contains_key(team), format!("{at}.team"), "team", team.as_str());
        }
        if let Some(limits) = department.queue_limits {
            check_queue_limits(&format!("{at}.queue_limits"), limits.over(QueueLimits::default()), report);
        }
        if let Some(time_outs) = &department.time_outs {
            // What a new centre begins with is good: only what the department names can be found.
            check_time_outs(&format!("{at}.time_outs"), &time_outs.over(&TimeOuts::default()), report);
        }
    }

    fn check_categories(&self, report: &mut Report) {
        for (key, category) in &self.categories {
            let at = format!("categories.{key}");
            check_names(&at, &category.names, report);
            if let Some((parent, _)) = key.as_str().rsplit_once('/') {
                let known = self.categories.keys().any(|key| key.as_str() == parent);
                report.resolves(known, &at, "category", parent);
            }
        }
        let choosable = self.categories.values().any(|category| !category.retired);
        let mut need = |required: bool, at: String| {
            let what = "a category has to be chosen, and there is none to choose";
            report.need(choosable || !required, at, what, "add categories, or put false");
        };
        need(self.category_required, "category_required".to_owned());
        for (key, department) in &self.departments {
            let at = format!("departments.{key}.category_required");
            need(department.category_required == Some(true), at);
        }
    }
}

/// A name that people read.
fn check_name(at: &str, name: &str, report: &mut Report) {
    let chars = name.trim().chars().count();
    let what = format!("a name has 1 to {NAME_CHARS} characters");
    report.need((1..=NAME_CHARS).contains(&chars), at, what, "write a name");
}

/// Names by language.
fn check_names(at: &str, names: &BTreeMap<String, String>, report: &mut Report) {
    report.need(!names.is_empty(), format!("{at}.names"), "it has no name", "write names.ru, names.en or both");
    for (language, name) in names {
        let at = format!("{at}.names.{language}");
        check_language(&at, language, report);
        check_name(&at, name, report);
    }
}

/// The first part of a BCP 47 tag.
fn check_language(at: &str, language: &str, report: &mut Report) {
    let good = (2..=3).contains(&language.len()) && language.chars().all(|c| c.is_ascii_lowercase());
    report.need(good, at, format!("{language:?} is not a language"), "write it as in ru or en");
}

/// A term that is as long as it can be is none: 0 says so.
fn check_sessions(terms: SessionTerms, report: &mut Report) {
    let SessionTerms { supervisor_hours, supervisor_idle_minutes } = terms;
    for (name, value, most) in
        [("supervisor_hours", supervisor_hours, 720), ("supervisor_idle_minutes", supervisor_idle_minutes, 1_440)]
    {
        let at = format!("sessions.{name}");
        report.need(value <= most, at, "nobody would notice it", format!("put at most {most}, or 0 for no such end"));
    }
}

/// A limit that is never reached is none: 0 says so.
fn check_queue_limits(at: &str, limits: QueueLimits, report: &mut Report) {
    let QueueLimits { online, offline } = limits;
    for (name, limit) in [("online", online), ("offline", offline)] {
        let todo = format!("put at most {MOST_WAITING}, or 0 for no limit");
        report.need(limit <= MOST_WAITING, format!("{at}.{name}"), "nobody would be reached in such a queue", todo);
    }
}

/// What is counted is kept in memory.
fn check_flood(rules: FloodRules, report: &mut Report) {
    let what = "no address begins so many";
    report.need(rules.unanswered <= MOST_UNANSWERED, "flood.unanswered", what, "put at most 10000, or 0 for no bound");
    let good = (1..=LONGEST_FLOOD_S).contains(&rules.within_s);
    report.need(good, "flood.within_s", "it is a second to a day", "put 600; what switches it off is flood.unanswered");
}

fn check_time_outs(at: &str, times: &TimeOuts, report: &mut Report) {
    let TimeOuts {
        offer_s,
        wait_words_s,
        left_line_s,
        left_offline_s,
        final_close_s,
        inactive_close_s,
        invitation_s,
        silent_s,
        bot_s,
        session_lost_s,
        idle_s,
        edit_s,
    } = times;
    for (name, seconds) in [
        ("offer_s", offer_s),
        ("wait_words_s", wait_words_s),
        ("left_line_s", left_line_s),
        ("left_offline_s", left_offline_s),
        ("final_close_s", final_close_s),
        ("inactive_close_s", inactive_close_s),
        ("invitation_s", invitation_s),
        ("silent_s", silent_s),
        ("bot_s", bot_s),
        ("session_lost_s", session_lost_s),
        ("idle_s", idle_s),
        ("edit_s", edit_s),
    ] {
        let at = format!("{at}.{name}");
        report.need(*seconds <= LONGEST_S, at, "it is longer than a year", "put seconds, or 0 for never");
    }
}

fn check_script(script: &RoutingScript, compiles: impl Fn(&str) -> Result<(), String>, report: &mut Report) {
    let at = "script.source";
    if script.source.len() > SCRIPT_BYTES {
        report.add(at, format!("it is longer than {SCRIPT_BYTES} bytes"), "write a shorter one");
    } else if let Err(why) = compiles(&script.source) {
        report.add(at, format!("it does not compile: {why}"), "mend it, and try it before it goes live");
    }
    let good = (1..=1_000).contains(&script.limit_ms);
    report.need(good, "script.limit_ms", "a run has 1 to 1000 milliseconds", "put 50");
}

fn check_teleport(teleport: &Teleport, report: &mut Report) {
    for text in &teleport.origins {
        let Err(instead) = origin(text) else { continue };
        let what = format!("{text:?} is not the scheme, the host and the port of a site");
        let instead = instead.unwrap_or_else(|| "https://shop.example.org".to_owned());
        report.add("teleport.origins", what, format!("write it as {instead}"));
    }
    let few = teleport.origins.len() <= MOST_ORIGINS;
    report.need(few, "teleport.origins", "nobody reads so many", format!("put at most {MOST_ORIGINS}"));
}

fn check_files(files: &FileRules, report: &mut Report) {
    let good = (1..=FILE_BYTES).contains(&files.most_bytes);
    report.need(good, "files.most_bytes", format!("a file has 1 to {FILE_BYTES} bytes"), "put 20971520");
    let linked = (60..=30 * 24 * 3_600).contains(&files.link_s);
    report.need(linked, "files.link_s", "a link is good for a minute to thirty days", "put 3600");
    for media in &files.media {
        let part = |text: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || "+-.0123456789".contains(c))
        };
        let good = media.split_once('/').is_some_and(|(kind, rest)| part(kind) && (rest == "*" || part(rest)));
        report.need(good, "files.media", format!("{media:?} is not a media type"), "write it as image/png or image/*");
    }
}

#[cfg(test)]
mod tests;
