//! The board: who waits, who has room, and who gets what next.

use super::{
    Candidate, Rule, Waiting,
    people::People,
    queues::{QueueId, QueueKey, Queues, Whom},
};
use crate::centre::Sharing;
use otklik_model::{DialogId, OperatorId, Seq, Stamp, TeamKey};
use std::collections::{BTreeMap, BTreeSet};

/// Where an open dialog is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nobody has it.
    Waiting(Waiting),
    /// An operator leads it or is offered it, and it takes room.
    With {
        /// Who.
        operator: OperatorId,
        /// How much, in hundredths of an ordinary dialog.
        weight: u32,
        /// When he accepted; `None`: it is only offered.
        accepted: Option<Stamp>,
        /// He has been silent for too long: it goes to somebody else as soon as there is one.
        leaves: Option<Waiting>,
    },
    /// It neither waits nor takes room: closed, held, with a bot.
    Aside,
}

/// What is known of a dialog, and how new that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Which.
    pub id: DialogId,
    /// Its epoch of ownership.
    pub epoch: u64,
    /// The position of the log at which it stood so.
    pub rev: Seq,
    /// Where it is.
    pub place: Place,
}

/// A decision: this dialog is offered to this operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placement {
    /// Which.
    pub dialog: DialogId,
    /// To whom.
    pub to: OperatorId,
}

#[derive(Debug)]
struct Case {
    epoch: u64,
    rev: Seq,
    place: Place,
    /// Those who did not take it, and until when they are not asked again.
    passes: BTreeMap<OperatorId, Stamp>,
    queue: Option<QueueId>,
}

impl Case {
    /// One of which nothing is known yet.
    fn new() -> Self {
        Self { epoch: 0, rev: Seq(0), place: Place::Aside, passes: BTreeMap::new(), queue: None }
    }
}

/// All open dialogs and all operators of a workspace, as far as distribution goes.
#[derive(Debug)]
pub struct Board {
    rule: Rule,
    people: People,
    queues: Queues,
    cases: BTreeMap<DialogId, Case>,
    /// When each pass ends.
    ends: BTreeSet<(Stamp, DialogId, OperatorId)>,
    /// What was given to a colleague by name and waits for him.
    given: BTreeMap<OperatorId, BTreeSet<DialogId>>,
    /// What was given to a team.
    of_team: BTreeMap<TeamKey, BTreeSet<DialogId>>,
}

impl Board {
    /// An empty board.
    #[must_use]
    pub fn new(rule: Rule) -> Self {
        Self {
            rule,
            people: People::new(rule.sharing),
            queues: Queues::default(),
            cases: BTreeMap::new(),
            ends: BTreeSet::new(),
            given: BTreeMap::new(),
            of_team: BTreeMap::new(),
        }
    }

    /// How dialogs are given out from now on.
    pub fn set_rule(&mut self, rule: Rule) {
        if self.rule == rule {
            return;
        }
        let old = std::mem::replace(self, Self::new(rule));
        // Also of those who are not introduced yet: when they come, they are not those who have waited longest.
        for (operator, at) in old.people.acceptances() {
            self.people.accepted(operator, at);
        }
        for candidate in old.people.candidates() {
            self.introduce(candidate.clone());
        }
        for (id, case) in old.cases {
            let Case { epoch, rev, place, passes, .. } = case;
            self.tell(Known { id, epoch, rev, place });
            for (operator, until) in passes {
                self.pass(id, operator, until);
            }
        }
    }

    /// Introduces an operator, or what is new about him.
    pub fn introduce(&mut self, candidate: Candidate) {
        self.change_person(candidate.id(), Some(candidate));
    }

    /// An operator who does not exist any more.
    pub fn dismiss(&mut self, id: OperatorId) {
        self.change_person(id, None);
    }

    fn change_person(&mut self, id: OperatorId, candidate: Option<Candidate>) {
        let waited_for = self.people.is_waited_for(id);
        let mut teams = self.people.teams_of(id);
        let opened = self.people.introduce(id, candidate);
        teams.append(&mut self.people.teams_of(id));
        if opened.languages {
            let looking = self.cases.iter().filter(|(_, case)| case.place.looking().is_some());
            self.requeue(looking.map(|(id, _)| *id).collect());
        } else {
            if waited_for != self.people.is_waited_for(id) {
                self.requeue(self.given.get(&id).into_iter().flatten().copied().collect());
            }
            // His team may have somebody at work now, or nobody any more.
            let of_teams = teams.iter().filter_map(|team| self.of_team.get(team)).flatten();
            self.requeue(of_teams.copied().collect());
        }
        self.queues.wake_needs(&opened.needs);
        self.queues.wake_person(id);
    }

    /// Tells where a dialog is. What is older than what is known changes nothing, so that the log may be followed
    /// behind one's own decisions.
    pub fn tell(&mut self, known: Known) {
        let newer = |case: &Case| (case.epoch, case.rev) <= (known.epoch, known.rev);
        if self.cases.get(&known.id).is_none_or(newer) {
            self.correct(known);
        }
    }

    /// Tells where a dialog truly is, whatever was believed: a decision was not carried out.
    pub fn correct(&mut self, known: Known) {
        let Known { id, epoch, rev, place } = known;
        self.lift(id);
        if matches!(place, Place::Aside) {
            if let Some(case) = self.cases.remove(&id) {
                self.forget_passes(id, &case.passes);
            }
            return;
        }
        if let Place::With { operator, weight, accepted, .. } = place {
            self.people.carry(operator, |carried| carried.saturating_add(weight));
            if let Some(at) = accepted {
                self.people.accepted(operator, at);
            }
        }
        if let Some(person) = place.looking().and_then(|waiting| waiting.only) {
            self.given.entry(person).or_default().insert(id);
        }
        if let Some(team) = place.looking().and_then(|waiting| waiting.team.clone()) {
            self.of_team.entry(team).or_default().insert(id);
        }
        let (settled, looks) = (place.is_settled(), place.looking().is_some());
        // Where it stands among all is not for its place to change: ten thousand dialogs are moved about in a moment.
        let case = self.cases.entry(id).or_insert_with(Case::new);
        (case.epoch, case.rev, case.place) = (epoch, rev, place);
        if settled {
            let passes = std::mem::take(&mut case.passes);
            self.forget_passes(id, &passes);
        }
        if looks {
            self.enqueue(id);
        }
    }

    /// An operator did not take a dialog: he is not asked again before then.
    pub fn pass(&mut self, dialog: DialogId, operator: OperatorId, until: Stamp) {
        self.dequeue(dialog);
        if let Some(case) = self.cases.get_mut(&dialog).filter(|case| !case.place.is_settled()) {
            if let Some(before) = case.passes.insert(operator, until) {
                self.ends.remove(&(before, dialog, operator));
            }
            self.ends.insert((until, dialog, operator));
        }
        self.enqueue(dialog);
    }

    /// Passes that end by now are forgotten.
    pub fn advance(&mut self, now: Stamp) {
        while let Some(&(until, dialog, operator)) = self.ends.first().filter(|(until, ..)| *until <= now) {
            self.ends.remove(&(until, dialog, operator));
            self.dequeue(dialog);
            if let Some(case) = self.cases.get_mut(&dialog) {
                case.passes.remove(&operator);
            }
            self.enqueue(dialog);
        }
    }

    /// When [`Board::advance`] has something to do next.
    #[must_use]
    pub fn next_end(&self) -> Option<Stamp> {
        self.ends.first().map(|(until, ..)| *until)
    }

    /// Decides the next placement, and notes it: the dialog counts as offered from here on.
    pub fn place_next(&mut self) -> Option<Placement> {
        while let Some((dialog, queue)) = self.queues.hottest() {
            let Some(to) = self.choose(dialog, queue) else {
                self.queues.stick(queue);
                continue;
            };
            let Case { epoch, rev, place, .. } = self.cases.get(&dialog)?;
            let (epoch, rev, weight) = (*epoch, *rev, place.looking()?.need.weight);
            let place = Place::With { operator: to, weight, accepted: None, leaves: None };
            self.correct(Known { id: dialog, epoch: epoch + 1, rev, place });
            return Some(Placement { dialog, to });
        }
        None
    }

    /// What an operator carries, in hundredths of an ordinary dialog.
    #[must_use]
    pub fn carried(&self, operator: OperatorId) -> u32 {
        self.people.carried(operator)
    }

    /// Where a dialog is; `None`: aside, or never heard of.
    #[must_use]
    pub fn place(&self, dialog: DialogId) -> Option<&Place> {
        self.cases.get(&dialog).map(|case| &case.place)
    }

    /// How many open dialogs wait or take room.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there is no such dialog.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    fn choose(&self, dialog: DialogId, queue: QueueId) -> Option<OperatorId> {
        let QueueKey { need, whom, passed } = self.queues.key(queue)?;
        let free = |person: &OperatorId| !passed.contains(person) && self.people.is_free(*person, *need);
        match whom {
            Whom::Anybody => {
                let prefer = self.cases.get(&dialog)?.place.looking()?.prefer.filter(|_| self.rule.same_operator);
                prefer.filter(free).or_else(|| self.people.best(*need, passed))
            }
            Whom::Former(person) => Some(*person).filter(free),
            Whom::InPerson(person) => {
                Some(*person).filter(|_| !passed.contains(person) && self.people.is_free_in_person(*person, *need))
            }
        }
    }

    /// Undoes all that depends on the place of a dialog.
    fn lift(&mut self, id: DialogId) {
        self.dequeue(id);
        let Some(case) = self.cases.get(&id) else { return };
        if let Place::With { operator, weight, .. } = case.place {
            let opened = self.people.carry(operator, |carried| carried.saturating_sub(weight));
            self.queues.wake_needs(&opened);
            self.queues.wake_person(operator);
        }
        if let Some(person) = case.place.looking().and_then(|waiting| waiting.only)
            && let Some(given) = self.given.get_mut(&person)
        {
            given.remove(&id);
            if given.is_empty() {
                self.given.remove(&person);
            }
        }
        if let Some(team) = case.place.looking().and_then(|waiting| waiting.team.as_ref())
            && let Some(given) = self.of_team.get_mut(team)
        {
            given.remove(&id);
            if given.is_empty() {
                self.of_team.remove(team);
            }
        }
    }

    fn forget_passes(&mut self, dialog: DialogId, passes: &BTreeMap<OperatorId, Stamp>) {
        for (operator, until) in passes {
            self.ends.remove(&(*until, dialog, *operator));
        }
    }

    /// What they ask, or of whom, is something else now.
    fn requeue(&mut self, dialogs: Vec<DialogId>) {
        for id in dialogs {
            self.dequeue(id);
            self.enqueue(id);
        }
    }

    fn dequeue(&mut self, id: DialogId) {
        if let Some(case) = self.cases.get_mut(&id)
            && let Some(queue) = case.queue.take()
            && let Some(waiting) = case.place.looking()
        {
            self.queues.take(queue, waiting.since, id);
        }
    }

    fn enqueue(&mut self, id: DialogId) {
        let Some(Case { place, passes, .. }) = self.cases.get(&id) else { return };
        let Some(waiting) = place.looking() else { return };
        let mut need = waiting.need.clone();
        // A language that nobody names would never find anybody: those who answer in others have to do.
        need.language = need.language.filter(|tag| self.people.names_language(tag));
        let team = waiting.team.clone().filter(|team| self.people.has_at_work(team, &need));
        let Some(whom) = self.whom(place, waiting, team.is_some()) else { return };
        need.team = team.or(need.team);
        // Whoever has it and is silent is not the one who is looked for.
        let has = place.operator();
        let (since, passed) = (waiting.since, passes.keys().copied().chain(has).collect());
        let need = self.people.need(&need);
        let queue = self.queues.put(QueueKey { need, whom, passed }, since, id);
        if let Some(case) = self.cases.get_mut(&id) {
            case.queue = Some(queue);
        }
    }

    /// Who may be offered it; `None`: operators take it by hand. What was given to somebody by name, or to a team that is
    /// at work, is offered whatever the rule.
    fn whom(&self, place: &Place, waiting: &Waiting, to_team: bool) -> Option<Whom> {
        if let Some(person) = waiting.only.filter(|person| self.people.is_waited_for(*person)) {
            return Some(Whom::InPerson(person));
        }
        if to_team {
            return Some(Whom::Anybody);
        }
        if waiting.need.offline && !self.rule.offer_offline {
            return None;
        }
        match self.rule.sharing {
            // Nobody can take it by hand from whoever is silent.
            Sharing::Everyone if place.operator().is_some() => Some(Whom::Anybody),
            Sharing::Everyone => waiting.prefer.filter(|_| self.rule.same_operator).map(Whom::Former),
            Sharing::LeastLoaded | Sharing::MostSkilled => Some(Whom::Anybody),
        }
    }
}

impl Place {
    /// What it asks, if it is looking for somebody.
    #[must_use]
    pub fn looking(&self) -> Option<&Waiting> {
        match self {
            Self::Waiting(waiting) => Some(waiting),
            Self::With { leaves, .. } => leaves.as_ref(),
            Self::Aside => None,
        }
    }

    /// Who leads it or is offered it.
    #[must_use]
    pub fn operator(&self) -> Option<OperatorId> {
        match self {
            Self::With { operator, .. } => Some(*operator),
            Self::Waiting(_) | Self::Aside => None,
        }
    }

    /// Whether somebody leads it, and is to go on: what was passed before does not count any more.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        match self {
            Self::With { accepted, leaves, .. } => accepted.is_some() && leaves.is_none(),
            Self::Waiting(_) | Self::Aside => false,
        }
    }
}
