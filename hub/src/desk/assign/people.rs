//! Operators in the order in which they get dialogs, one ordered pool for each need.

use super::{Candidate, Need};
use crate::centre::Sharing;
use otklik_model::{OperatorId, Stamp, TeamKey};
use std::collections::{BTreeMap, BTreeSet};

/// A need by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NeedId(usize);

/// Place in a pool: the least one is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// 100 less his skill; 0 where skill does not count.
    unskilled: u8,
    carried: u32,
    last_accepted: Stamp,
    id: OperatorId,
}

/// One operator.
#[derive(Debug, Default)]
struct Person {
    /// Unknown for as long as only his dialogs were seen.
    candidate: Option<Candidate>,
    carried: u32,
    last_accepted: Stamp,
    /// The needs he fits, whether he has room or not.
    fits: Vec<NeedId>,
}

impl Person {
    fn rank(&self, sharing: Sharing, need: &Need) -> Option<Rank> {
        let candidate = self.candidate.as_ref().filter(|one| one.has_room(self.carried, need.weight))?;
        let unskilled = match sharing {
            Sharing::Everyone | Sharing::LeastLoaded => 0,
            Sharing::MostSkilled => 100_u8.saturating_sub(candidate.skill(need)),
        };
        let last_accepted = self.last_accepted.max(candidate.last_accepted);
        Some(Rank { unskilled, carried: self.carried, last_accepted, id: candidate.id() })
    }
}

#[derive(Debug)]
struct Pool {
    need: Need,
    free: BTreeSet<Rank>,
}

/// All operators.
#[derive(Debug)]
pub(super) struct People {
    sharing: Sharing,
    people: BTreeMap<OperatorId, Person>,
    ids: BTreeMap<Need, NeedId>,
    pools: Vec<Pool>,
    /// How many operators name each language.
    languages: BTreeMap<String, u32>,
}

/// What a change opened: queues that found nobody are worth another look.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Opened {
    /// Needs that have somebody more.
    pub needs: Vec<NeedId>,
    /// The languages that operators name are others now: needs have to be read anew.
    pub languages: bool,
}

impl People {
    pub(super) fn new(sharing: Sharing) -> Self {
        let (people, ids, pools, languages) = (BTreeMap::new(), BTreeMap::new(), Vec::new(), BTreeMap::new());
        Self { sharing, people, ids, pools, languages }
    }

    /// Whether he is known, and a dialog that was given to him waits for him.
    pub(super) fn is_waited_for(&self, id: OperatorId) -> bool {
        self.people.get(&id).and_then(|person| person.candidate.as_ref()).is_some_and(Candidate::is_waited_for)
    }

    /// Whether somebody of a team is at work who could be given a dialog of this need.
    pub(super) fn has_at_work(&self, team: &TeamKey, need: &Need) -> bool {
        self.candidates().any(|candidate| candidate.is_waited_for_in(team, need))
    }

    /// The teams he is in.
    pub(super) fn teams_of(&self, id: OperatorId) -> BTreeSet<TeamKey> {
        let candidate = self.people.get(&id).and_then(|person| person.candidate.as_ref());
        candidate.into_iter().flat_map(|candidate| candidate.teams.keys().cloned()).collect()
    }

    /// What he carries.
    pub(super) fn carried(&self, id: OperatorId) -> u32 {
        self.people.get(&id).map_or(0, |person| person.carried)
    }

    /// When each accepted last, as far as dialogs have told.
    pub(super) fn acceptances(&self) -> impl Iterator<Item = (OperatorId, Stamp)> {
        self.people.iter().map(|(id, person)| (*id, person.last_accepted))
    }

    /// All candidates.
    pub(super) fn candidates(&self) -> impl Iterator<Item = &Candidate> {
        self.people.values().filter_map(|person| person.candidate.as_ref())
    }

    /// Whether any operator names this language.
    pub(super) fn names_language(&self, language: &str) -> bool {
        self.languages.contains_key(language)
    }

    /// The need's number. The first time it is met, everybody is asked whether he fits it: there are as many needs as
    /// departments, languages, teams and weights make, however many dialogs there are.
    pub(super) fn need(&mut self, need: &Need) -> NeedId {
        if let Some(id) = self.ids.get(need) {
            return *id;
        }
        let id = NeedId(self.pools.len());
        let mut free = BTreeSet::new();
        for person in self.people.values_mut() {
            if person.candidate.as_ref().is_some_and(|candidate| candidate.fits(need)) {
                person.fits.push(id);
                free.extend(person.rank(self.sharing, need));
            }
        }
        self.ids.insert(need.clone(), id);
        self.pools.push(Pool { need: need.clone(), free });
        id
    }

    /// The best who has room for a need and is none of these.
    pub(super) fn best(&self, need: NeedId, but: &BTreeSet<OperatorId>) -> Option<OperatorId> {
        self.pools[need.0].free.iter().map(|rank| rank.id).find(|id| !but.contains(id))
    }

    /// Whether he may get a dialog of this need now.
    pub(super) fn is_free(&self, id: OperatorId, need: NeedId) -> bool {
        let Some(person) = self.people.get(&id) else { return false };
        let need = &self.pools[need.0].need;
        person.candidate.as_ref().is_some_and(|one| one.fits(need) && one.has_room(person.carried, need.weight))
    }

    /// Whether he may get a dialog of this need now that was given to him by name.
    pub(super) fn is_free_in_person(&self, id: OperatorId, need: NeedId) -> bool {
        let Some(person) = self.people.get(&id) else { return false };
        let need = &self.pools[need.0].need;
        let free = |one: &Candidate| one.fits_in_person(need) && one.has_room(person.carried, need.weight);
        person.candidate.as_ref().is_some_and(free)
    }

    /// Introduces an operator, or what is new about him; `None`: he is gone.
    pub(super) fn introduce(&mut self, id: OperatorId, candidate: Option<Candidate>) -> Opened {
        let person = self.people.entry(id).or_default();
        if person.candidate == candidate {
            return Opened::default();
        }
        for need in std::mem::take(&mut person.fits) {
            let pool = &mut self.pools[need.0];
            if let Some(rank) = person.rank(self.sharing, &pool.need) {
                pool.free.remove(&rank);
            }
        }
        let before = person.candidate.take();
        person.candidate.clone_from(&candidate);
        let mut opened = Opened::default();
        for (number, pool) in self.pools.iter_mut().enumerate() {
            if person.candidate.as_ref().is_some_and(|candidate| candidate.fits(&pool.need)) {
                person.fits.push(NeedId(number));
                if let Some(rank) = person.rank(self.sharing, &pool.need) {
                    pool.free.insert(rank);
                    opened.needs.push(NeedId(number));
                }
            }
        }
        opened.languages = self.count_languages(before.as_ref(), candidate.as_ref());
        opened
    }

    /// Whether a language is named for the first or no longer for any.
    fn count_languages(&mut self, before: Option<&Candidate>, after: Option<&Candidate>) -> bool {
        fn named(one: Option<&Candidate>) -> impl Iterator<Item = &String> {
            one.and_then(|candidate| candidate.actor.grants.languages.as_ref()).into_iter().flatten()
        }
        let mut changed = false;
        for language in named(after) {
            let count = self.languages.entry(language.clone()).or_default();
            *count += 1;
            changed |= *count == 1;
        }
        for language in named(before) {
            if let Some(count) = self.languages.get_mut(language) {
                *count -= 1;
                if *count == 0 {
                    self.languages.remove(language);
                    changed = true;
                }
            }
        }
        changed
    }

    /// He carries more or less. Returns the needs that found room with him and had none before.
    pub(super) fn carry(&mut self, id: OperatorId, change: impl FnOnce(u32) -> u32) -> Vec<NeedId> {
        self.change(id, |person| person.carried = change(person.carried))
    }

    /// He accepted something then.
    pub(super) fn accepted(&mut self, id: OperatorId, at: Stamp) {
        self.change(id, |person| person.last_accepted = person.last_accepted.max(at));
    }

    fn change(&mut self, id: OperatorId, change: impl FnOnce(&mut Person)) -> Vec<NeedId> {
        let person = self.people.entry(id).or_default();
        let before = (person.carried, person.last_accepted);
        change(person);
        let after = (person.carried, person.last_accepted);
        let mut opened = Vec::new();
        if before == after {
            return opened;
        }
        for need in &person.fits {
            let pool = &mut self.pools[need.0];
            let new = person.rank(self.sharing, &pool.need);
            (person.carried, person.last_accepted) = before;
            let old = person.rank(self.sharing, &pool.need);
            (person.carried, person.last_accepted) = after;
            if let Some(old) = old {
                pool.free.remove(&old);
            }
            if let Some(new) = new {
                pool.free.insert(new);
                if old.is_none() {
                    opened.push(*need);
                }
            }
        }
        opened
    }
}
