//! The operators as the log last told: names, statuses, rights, what they carry.

use super::{loads::Loads, waits::Waits};
use crate::centre::Centre;
use crate::desk::{Actor, BotFace, Colleague, Taking, Target};
use crate::store::{OperatorFace, OperatorRow};
use otklik_model::{DepartmentKey, Dialog, DialogId, Load, OperatorId, OperatorStatus, Seq};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Who is who.
#[derive(Debug, Default)]
pub struct Directory {
    faces: BTreeMap<OperatorId, (Seq, OperatorFace)>,
    loads: Loads,
    /// What waits in which department.
    pub(super) waits: Waits,
    /// The log was learned up to here.
    position: Seq,
}

impl Directory {
    /// From the stored rows.
    #[must_use]
    pub fn new(rows: Vec<OperatorRow>) -> Self {
        let faces = rows.into_iter().map(|row| (row.id, (Seq(0), row.face(false)))).collect();
        Self { faces, loads: Loads::default(), waits: Waits::default(), position: Seq(0) }
    }

    /// Learns of a change, as the log tells it. What is older than what is known is ignored. Returns whether other
    /// customers have somebody there now.
    pub fn learn(&mut self, at: Seq, face: &OperatorFace) -> bool {
        self.faces.get(&face.id).is_none_or(|(known, _)| *known <= at) && self.put(at, face)
    }

    /// Learns of a change from whoever committed it, most often before the log tells. What the store fills in, such as
    /// since when a status holds, is missing from it: it never replaces what the log has told of the same change.
    /// Returns what [`Self::learn`] returns.
    pub fn foretell(&mut self, at: Seq, face: &OperatorFace) -> bool {
        self.faces.get(&face.id).is_none_or(|(known, _)| *known < at) && self.put(at, face)
    }

    fn put(&mut self, at: Seq, face: &OperatorFace) -> bool {
        // A hub of before, beside this one, tells nothing of a bot's login.
        let known = self.faces.get(&face.id).and_then(|(_, known)| known.bot_login.clone());
        let bot_login = face.bot_login.clone().or(known).filter(|_| face.post.is_bot);
        let before = self.faces.insert(face.id, (at, OperatorFace { bot_login, ..face.clone() }));
        before.as_ref().and_then(|(_, before)| there_for(before)) != there_for(face)
    }

    /// Learns how a dialog stands.
    pub fn learn_dialog(&mut self, row: &Dialog) {
        self.loads.learn(row);
        self.waits.learn(row);
    }

    /// All of the log up to here was learned.
    pub fn reach(&mut self, position: Seq) {
        self.position = position;
    }

    /// How far of the log was learned.
    #[must_use]
    pub fn position(&self) -> Seq {
        self.position
    }

    /// Whether it is known that somebody has a dialog or is offered it, as of this position of the log or a later one.
    #[must_use]
    pub fn is_with_somebody(&self, dialog: DialogId, at: Seq) -> bool {
        self.position >= at && self.loads.weighs(dialog)
    }

    /// One of them.
    #[must_use]
    pub fn face(&self, id: OperatorId) -> Option<OperatorFace> {
        self.faces.get(&id).map(|(_, face)| face.clone())
    }

    /// All of them.
    #[must_use]
    pub fn faces(&self) -> Vec<OperatorFace> {
        self.faces.values().map(|(_, face)| face.clone()).collect()
    }

    /// What an operator carries.
    #[must_use]
    pub fn load(&self, id: OperatorId) -> Load {
        self.loads.of(id, self.faces.get(&id).map_or(0, |(_, face)| face.post.most))
    }

    /// Whether an operator has a dialog that is not closed, or is offered one.
    #[must_use]
    pub fn holds_any(&self, id: OperatorId) -> bool {
        self.loads.holds_any(id)
    }

    /// What an operator still may carry.
    fn room(&self, id: OperatorId) -> u32 {
        let load = self.load(id);
        load.most.saturating_sub(load.weight)
    }

    /// Whoever acts, unless unknown or disabled.
    #[must_use]
    pub fn actor(&self, id: OperatorId) -> Option<Actor> {
        let (_, face) = self.faces.get(&id).filter(|(_, face)| !face.disabled)?;
        Some(Actor { id, name: face.name.clone(), grants: face.grants.clone() })
    }

    /// Somebody to give a dialog to.
    #[must_use]
    pub fn target(&self, id: OperatorId) -> Target {
        self.colleague(id).map_or(Target::Stranger, Target::Operator)
    }

    /// Somebody who works here.
    #[must_use]
    pub fn colleague(&self, id: OperatorId) -> Option<Colleague> {
        let (_, face) = self.faces.get(&id).filter(|(_, face)| !face.disabled && !face.post.is_bot)?;
        let who = Arc::new(Actor { id, name: face.name.clone(), grants: face.grants.clone() });
        Some(Colleague { who, available: face.status == OperatorStatus::Online, room: self.room(id) })
    }

    /// A program that answers under an account of this office.
    #[must_use]
    pub fn bot(&self, id: OperatorId) -> Option<BotFace> {
        let (_, face) = self.faces.get(&id).filter(|(_, face)| !face.disabled && face.post.is_bot)?;
        Some(BotFace { id, name: face.name.clone() })
    }

    /// Whether a bot of this office takes no dialogs now: it is switched off, or stands in no configuration.
    #[must_use]
    pub fn is_off(&self, id: OperatorId, centre: &Centre) -> bool {
        let bot = self.faces.get(&id).filter(|(_, face)| !face.disabled && face.post.is_bot);
        bot.is_some_and(|(_, face)| bot_is_off(face, centre))
    }

    /// What an operator's status lets him take from the queue.
    #[must_use]
    pub fn taking(&self, id: OperatorId, centre: &Centre) -> Taking {
        let Some((_, face)) = self.faces.get(&id) else { return Taking::Nothing };
        // A status that the dictionary has lost lets him finish what he has.
        let by_hand = centre.status(&face.status_code).is_some_and(|status| status.manual_take);
        match face.status {
            OperatorStatus::OfflineRequests if by_hand => Taking::OfflineRequests,
            OperatorStatus::Online | OperatorStatus::Break if by_hand => Taking::All,
            OperatorStatus::Online
            | OperatorStatus::Break
            | OperatorStatus::OfflineRequests
            | OperatorStatus::Offline => Taking::Nothing,
        }
    }

    /// Whether a person is online who answers in this department and language, however much he carries.
    #[must_use]
    pub fn is_staffed_for(&self, department: Option<&DepartmentKey>, language: Option<&str>) -> bool {
        self.there(language)
            .any(|departments| department.is_none_or(|key| departments.is_empty() || departments.contains(key)))
    }

    /// The same of every department at once, in one walk over the operators.
    #[must_use]
    pub fn staffed(&self, language: Option<&str>) -> Staffed<'_> {
        let mut staffed = Staffed::default();
        for departments in self.there(language) {
            staffed.all |= departments.is_empty();
            staffed.departments.extend(departments);
        }
        staffed
    }

    /// For which departments those are online who answer in this language.
    fn there(&self, language: Option<&str>) -> impl Iterator<Item = &BTreeSet<DepartmentKey>> {
        let language = language.and_then(|tag| tag.split(['-', '_']).next()).map(str::to_lowercase);
        let there = self.faces.values().filter_map(|(_, face)| there_for(face));
        let speak = there.filter(move |(_, languages)| {
            language.as_ref().is_none_or(|tag| languages.is_empty() || languages.contains(tag))
        });
        speak.map(|(departments, _)| departments)
    }
}

/// Which departments have somebody who is online.
#[derive(Debug, Default)]
pub struct Staffed<'a> {
    /// Somebody answers in all of them.
    all: bool,
    departments: BTreeSet<&'a DepartmentKey>,
}

impl Staffed<'_> {
    /// Whether this one has.
    #[must_use]
    pub fn has(&self, department: &DepartmentKey) -> bool {
        self.all || self.departments.contains(department)
    }
}

/// The departments and languages of a person who is online; of all of them, if none is named.
fn there_for(face: &OperatorFace) -> Option<(&BTreeSet<DepartmentKey>, &BTreeSet<String>)> {
    let at_work = !face.disabled && !face.post.is_bot && face.status == OperatorStatus::Online;
    at_work.then_some((&face.post.departments, &face.post.languages))
}

/// Whether a bot takes no dialogs now.
pub(super) fn bot_is_off(face: &OperatorFace, centre: &Centre) -> bool {
    let named = face.bot_login.as_ref().is_some_and(|login| centre.bots.contains_key(login));
    face.status == OperatorStatus::Offline || !named
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::Stamp;
    use uuid::Uuid;

    #[test]
    fn who_comes_and_goes_is_noticed_and_nothing_else() {
        let row = OperatorRow::new(OperatorId(Uuid::from_u128(1)), "ira".into(), "Ира".into());
        let face = |status, name: &str| OperatorFace { status, name: name.to_owned(), ..row.face(false) };
        let mut directory = Directory::new(vec![row.clone()]);
        let (online, offline, away) = (OperatorStatus::Online, OperatorStatus::Offline, OperatorStatus::Break);
        for (at, status, name, notices) in [
            (1, offline, "Ира", false),
            (2, online, "Ира", true),
            (3, online, "Ирина", false),
            (4, away, "Ирина", true),
            (5, offline, "Ирина", false),
        ] {
            assert_eq!(directory.foretell(Seq(at), &face(status, name)), notices, "{at}");
            assert!(!directory.learn(Seq(at), &face(status, name)), "{at}: known already");
        }
        assert!(!directory.learn(Seq(4), &face(online, "Ира")), "what is older changes nothing");
        let mut sales = face(online, "Ира");
        assert!(directory.learn(Seq(6), &sales));
        sales.post.departments = ["sales".parse().unwrap()].into();
        assert!(directory.learn(Seq(7), &sales), "for other customers");
        sales.disabled = true;
        assert!(directory.learn(Seq(8), &sales));
    }

    #[test]
    fn what_the_log_has_told_is_not_replaced_by_what_was_committed() {
        let row = OperatorRow::new(OperatorId(Uuid::from_u128(1)), "ira".into(), "Ира".into());
        let since = |at| OperatorFace { status_since: Stamp(at), ..row.face(false) };
        let known = |directory: &Directory| directory.face(row.id).map(|face| face.status_since);
        let mut directory = Directory::new(vec![row.clone()]);
        directory.foretell(Seq(7), &since(1));
        assert_eq!(known(&directory), Some(Stamp(1)), "at once");
        directory.learn(Seq(7), &since(20));
        assert_eq!(known(&directory), Some(Stamp(20)), "as it was stored");
        // The log may be faster than the answer to whoever committed.
        directory.foretell(Seq(7), &since(1));
        directory.foretell(Seq(6), &since(2));
        directory.learn(Seq(6), &since(3));
        assert_eq!(known(&directory), Some(Stamp(20)), "what is older, or less");
        directory.foretell(Seq(8), &since(4));
        assert_eq!(known(&directory), Some(Stamp(4)), "what is newer");
    }
}
