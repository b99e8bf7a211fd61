//! Any sequence of events, against a rule that is written down as plainly as it can be.

use super::*;
use otklik_model::TeamKey;
use proptest::prelude::*;
use std::cmp::Reverse;

/// What the board was told, kept as plainly as possible.
#[derive(Clone, Debug)]
struct World {
    rule: Rule,
    people: BTreeMap<OperatorId, Candidate>,
    dialogs: BTreeMap<DialogId, (u64, Place)>,
    passes: BTreeMap<(DialogId, OperatorId), Stamp>,
    accepted: BTreeMap<OperatorId, Stamp>,
    rev: u64,
}

impl World {
    fn carried(&self, id: OperatorId) -> u32 {
        let of = |place: &Place| match place {
            Place::With { operator, weight, .. } if *operator == id => *weight,
            Place::With { .. } | Place::Waiting(_) | Place::Aside => 0,
        };
        self.dialogs.values().map(|(_, place)| of(place)).sum()
    }

    fn accepted(&self, one: &Candidate) -> Stamp {
        one.last_accepted.max(self.accepted.get(&one.id()).copied().unwrap_or(Stamp(0)))
    }

    /// Everybody who may get the dialog and has room, in the order of choice.
    fn eligible(&self, id: DialogId, waiting: &Waiting) -> Vec<OperatorId> {
        let named = |language: &String| {
            let names = |one: &Candidate| one.actor.grants.languages.as_ref().is_some_and(|all| all.contains(language));
            self.people.values().any(names)
        };
        let language = waiting.need.language.clone().filter(named);
        let need = Need { language, ..waiting.need.clone() };
        let could = |team: &TeamKey| self.people.values().any(|one| one.is_waited_for_in(team, &need));
        let to_team = waiting.team.clone().filter(could);
        let need = Need { team: to_team.clone().or_else(|| need.team.clone()), ..need.clone() };
        let only = waiting.only.filter(|only| self.people.get(only).is_some_and(Candidate::is_waited_for));
        let prefer = waiting.prefer.filter(|_| self.rule.same_operator);
        let by_hand = self.rule.sharing == Sharing::Everyone && self.dialogs[&id].1.operator().is_none();
        let mut found: Vec<_> = self
            .people
            .values()
            .filter(|one| match only {
                Some(only) => one.id() == only && one.fits_in_person(&need),
                None if to_team.is_some() => one.fits(&need),
                None if need.offline && !self.rule.offer_offline => false,
                None => one.fits(&need) && (!by_hand || prefer == Some(one.id())),
            })
            .filter(|one| one.has_room(self.carried(one.id()), need.weight))
            .filter(|one| !self.passes.contains_key(&(id, one.id())))
            .filter(|one| self.dialogs[&id].1.operator() != Some(one.id()))
            .collect();
        found.sort_by_key(|one| {
            let skill = if self.rule.sharing == Sharing::MostSkilled { one.skill(&need) } else { 0 };
            (prefer != Some(one.id()), Reverse(skill), self.carried(one.id()), self.accepted(one), one.id())
        });
        found.into_iter().map(Candidate::id).collect()
    }

    /// The oldest dialog that can go to somebody, and to whom.
    fn next(&self) -> Option<Placement> {
        let mut waiting: Vec<_> = self.waiting().collect();
        waiting.sort_by_key(|(id, waiting)| (waiting.since, *id));
        waiting.into_iter().find_map(|(dialog, waiting)| {
            let to = *self.eligible(dialog, waiting).first()?;
            Some(Placement { dialog, to })
        })
    }

    fn waiting(&self) -> impl Iterator<Item = (DialogId, &Waiting)> {
        self.dialogs.iter().filter_map(|(id, (_, place))| Some((*id, place.looking()?)))
    }

    fn apply(&mut self, placement: Placement) {
        if let Some((_, place)) = self.dialogs.get_mut(&placement.dialog)
            && let Some(weight) = place.looking().map(|waiting| waiting.need.weight)
        {
            *place = Place::With { operator: placement.to, weight, accepted: None, leaves: None };
        }
    }

    fn board(&self) -> Board {
        let mut board = Board::new(self.rule);
        for one in self.people.values() {
            board.introduce(Candidate { last_accepted: self.accepted(one), ..one.clone() });
        }
        for (id, (rev, place)) in &self.dialogs {
            board.tell(told(*id, *rev, place.clone()));
        }
        for ((dialog, operator), until) in &self.passes {
            board.pass(*dialog, *operator, *until);
        }
        board
    }

    /// Does one deed here and on the board.
    fn act(&mut self, board: &mut Board, deed: Deed) {
        self.rev += 1;
        match deed {
            Deed::Introduce(candidate) => {
                board.introduce(candidate.clone());
                self.people.insert(candidate.id(), candidate);
            }
            Deed::Dismiss(id) => {
                board.dismiss(id);
                self.people.remove(&id);
            }
            Deed::Tell(id, place) => {
                if let Place::With { operator, accepted: Some(at), .. } = place {
                    let last = self.accepted.entry(operator).or_default();
                    *last = (*last).max(at);
                }
                if place == Place::Aside || place.is_settled() {
                    self.passes.retain(|(dialog, _), _| *dialog != id);
                }
                if place == Place::Aside {
                    self.dialogs.remove(&id);
                } else {
                    self.dialogs.insert(id, (self.rev, place.clone()));
                }
                board.tell(told(id, self.rev, place));
            }
            Deed::Pass(dialog, operator, until) => {
                board.pass(dialog, operator, until);
                if self.dialogs.get(&dialog).is_some_and(|(_, place)| !place.is_settled()) {
                    self.passes.insert((dialog, operator), until);
                }
            }
            Deed::Advance(now) => {
                board.advance(now);
                self.passes.retain(|_, until| *until > now);
            }
            Deed::Rule(rule) => {
                board.set_rule(rule);
                self.rule = rule;
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Deed {
    Introduce(Candidate),
    Dismiss(OperatorId),
    Tell(DialogId, Place),
    Pass(DialogId, OperatorId, Stamp),
    Advance(Stamp),
    Rule(Rule),
}

fn operators() -> impl Strategy<Value = OperatorId> {
    (1_u128..6).prop_map(operator)
}

fn dialogs() -> impl Strategy<Value = DialogId> {
    (1_u128..12).prop_map(dialog)
}

fn departments() -> impl Strategy<Value = DepartmentKey> {
    prop_oneof![Just("sales"), Just("support")].prop_map(|key| key.parse().unwrap())
}

fn languages() -> impl Strategy<Value = String> {
    prop_oneof![Just("ru"), Just("en"), Just("fi")].prop_map(str::to_owned)
}

fn teams() -> impl Strategy<Value = TeamKey> {
    prop_oneof![Just("cards"), Just("loans")].prop_map(|key| key.parse().unwrap())
}

fn statuses() -> impl Strategy<Value = OperatorStatus> {
    prop_oneof![
        4 => Just(OperatorStatus::Online),
        1 => Just(OperatorStatus::OfflineRequests),
        1 => Just(OperatorStatus::Break),
        1 => Just(OperatorStatus::Offline),
    ]
}

prop_compose! {
    fn candidates()(
        id in operators(),
        status in statuses(),
        may_accept in prop::bool::weighted(0.9),
        departments in prop::option::weighted(0.4, prop::collection::btree_set(departments(), 0..=2)),
        languages in prop::option::weighted(0.6, prop::collection::btree_set(languages(), 1..=2)),
        teams in prop::collection::btree_map(teams(), 1_u8..=100, 0..=2),
        sees_restricted in any::<bool>(),
        most in prop::sample::select(vec![0_u32, 100, 150, 300, 500]),
        last_accepted in (0_i64..50).prop_map(Stamp),
    ) -> Candidate {
        let restricted = sees_restricted.then_some((Right::SeeRestricted, Scope::All));
        let rights = [(Right::Accept, Scope::Own)].into_iter().chain(restricted).collect();
        let grants = Grants { rights, departments, languages, ..Grants::default() };
        let actor = Actor { id, name: String::new(), grants };
        Candidate { actor, status, may_accept, teams, most, last_accepted }
    }
}

prop_compose! {
    fn waits()(
        since in (0_i64..40).prop_map(Stamp),
        team in prop::option::weighted(0.2, teams()),
        department in prop::option::weighted(0.4, departments()),
        language in prop::option::weighted(0.3, languages()),
        offline in prop::bool::weighted(0.2),
        restricted in prop::bool::weighted(0.1),
        weight in prop::sample::select(vec![50_u32, 100, 100, 200]),
        only in prop::option::weighted(0.1, operators()),
        given in prop::option::weighted(0.2, teams()),
        prefer in prop::option::weighted(0.2, operators()),
    ) -> Waiting {
        let need = Need { team, department, language, offline, restricted, weight };
        Waiting { since, need, only, team: given, prefer }
    }
}

fn places() -> impl Strategy<Value = Place> {
    let accepted = prop::option::of((0_i64..50).prop_map(Stamp));
    let with = (operators(), accepted, prop::option::weighted(0.2, waits()));
    prop_oneof![
        4 => waits().prop_map(Place::Waiting),
        1 => with.prop_map(|(operator, accepted, leaves)| Place::With { operator, weight: 100, accepted, leaves }),
        2 => Just(Place::Aside),
    ]
}

fn rules() -> impl Strategy<Value = Rule> {
    let sharing = prop_oneof![
        1 => Just(Sharing::Everyone),
        3 => Just(Sharing::LeastLoaded),
        2 => Just(Sharing::MostSkilled),
    ];
    (sharing, any::<bool>(), any::<bool>()).prop_map(|(sharing, same_operator, offer_offline)| Rule {
        sharing,
        same_operator,
        offer_offline,
    })
}

fn deeds() -> impl Strategy<Value = Deed> {
    prop_oneof![
        5 => candidates().prop_map(Deed::Introduce),
        1 => operators().prop_map(Deed::Dismiss),
        10 => (dialogs(), places()).prop_map(|(id, place)| Deed::Tell(id, place)),
        3 => (dialogs(), operators(), 0_i64..100).prop_map(|(one, who, until)| Deed::Pass(one, who, Stamp(until))),
        2 => (0_i64..100).prop_map(|now| Deed::Advance(Stamp(now))),
        1 => rules().prop_map(Deed::Rule),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// After each event the board decides what the plain rule decides, one by one in the same order; a board made
    /// from scratch decides the same; nobody gets more than his limit; and nothing waits that somebody could take.
    #[test]
    fn the_board_decides_as_the_plain_rule_does(
        rule in rules(),
        deeds in prop::collection::vec(deeds(), 1..60),
    ) {
        let mut world = World {
            rule,
            people: BTreeMap::new(),
            dialogs: BTreeMap::new(),
            passes: BTreeMap::new(),
            accepted: BTreeMap::new(),
            rev: 0,
        };
        let mut board = Board::new(rule);
        for deed in deeds {
            world.act(&mut board, deed);
            let mut fresh = world.board();
            loop {
                let decided = board.place_next();
                prop_assert_eq!(decided, world.next());
                prop_assert_eq!(decided, fresh.place_next());
                let Some(placement) = decided else { break };
                world.apply(placement);
                let carried = world.carried(placement.to);
                prop_assert_eq!(carried, board.carried(placement.to));
                prop_assert!(carried <= world.people[&placement.to].most, "above the limit");
            }
            for (id, waiting) in world.waiting() {
                prop_assert!(world.eligible(id, waiting).is_empty(), "somebody could take it");
            }
        }
    }

    /// Among equals nobody has two more than another.
    #[test]
    fn equals_get_equal_shares(people in 1_u128..9, dialogs in 0_u128..40) {
        let mut board = Board::new(rule(Sharing::LeastLoaded));
        for number in 1..=people {
            board.introduce(Candidate { most: 10_000, ..candidate(operator(number)) });
        }
        for number in 0..dialogs {
            board.tell(told(dialog(number), 1, Place::Waiting(waiting(0, need()))));
        }
        placements(&mut board);
        let carried: Vec<_> = (1..=people).map(|number| board.carried(operator(number))).collect();
        let (least, most) = (carried.iter().min(), carried.iter().max());
        prop_assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 100), "{carried:?}");
    }
}
