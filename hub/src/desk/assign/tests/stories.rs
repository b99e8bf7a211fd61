//! Who gets what, told with names.

use super::*;

const IRA: u128 = 1;
const OLEG: u128 = 2;
const VERA: u128 = 3;

fn key<K: std::str::FromStr>(text: &str) -> K
where
    K::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

/// Ира and Олег are online, and Вера is away.
fn shift(sharing: Sharing) -> Board {
    let mut board = Board::new(rule(sharing));
    board.introduce(candidate(operator(IRA)));
    board.introduce(candidate(operator(OLEG)));
    board.introduce(Candidate { status: OperatorStatus::Break, ..candidate(operator(VERA)) });
    board
}

fn waits(board: &mut Board, number: u128, waiting: Waiting) {
    board.tell(told(dialog(number), 1, Place::Waiting(waiting)));
}

fn leads(board: &mut Board, number: u128, who: u128, accepted: i64) {
    let place = Place::With { operator: operator(who), weight: 100, accepted: Some(Stamp(accepted)), leaves: None };
    board.tell(told(dialog(number), 9, place));
}

fn pairs(board: &mut Board) -> Vec<(u128, u128)> {
    placements(board).iter().map(|one| (one.dialog.0.as_u128() - 1000, one.to.0.as_u128())).collect()
}

#[test]
fn the_least_loaded_gets_it_and_of_those_whoever_accepted_longest_ago() {
    let mut board = shift(Sharing::LeastLoaded);
    leads(&mut board, 100, IRA, 50);
    waits(&mut board, 1, waiting(10, need()));
    assert_eq!(pairs(&mut board), [(1, OLEG)]);
    leads(&mut board, 1, OLEG, 60);
    // Both carry one; Ира accepted before Олег.
    waits(&mut board, 2, waiting(20, need()));
    assert_eq!(pairs(&mut board), [(2, IRA)]);
}

#[test]
fn the_oldest_of_all_queues_goes_first() {
    let mut board = shift(Sharing::LeastLoaded);
    board.introduce(Candidate { most: 100, ..candidate(operator(IRA)) });
    board.introduce(Candidate { most: 0, ..candidate(operator(OLEG)) });
    let sales = Need { department: Some(key("sales")), ..need() };
    waits(&mut board, 1, waiting(30, need()));
    waits(&mut board, 2, waiting(20, sales));
    assert_eq!(pairs(&mut board), [(2, IRA)]);
    board.tell(told(dialog(2), 9, Place::Aside));
    assert_eq!(pairs(&mut board), [(1, IRA)]);
}

#[test]
fn what_finds_nobody_does_not_hold_up_what_waits_behind_it() {
    let mut board = shift(Sharing::LeastLoaded);
    board.introduce(of(candidate(operator(IRA)), &["support"]));
    board.introduce(of(candidate(operator(OLEG)), &["support"]));
    waits(&mut board, 1, waiting(1, Need { department: Some(key("sales")), ..need() }));
    waits(&mut board, 2, waiting(2, need()));
    assert_eq!(pairs(&mut board), [(2, IRA)]);
    // Вера of sales comes online.
    board.introduce(of(candidate(operator(VERA)), &["sales"]));
    assert_eq!(pairs(&mut board), [(1, VERA)]);
}

#[test]
fn skill_goes_before_load_in_the_team_it_waits_for() {
    let mut board = shift(Sharing::MostSkilled);
    let skilled = |id, skill| Candidate { teams: [(key("cards"), skill)].into(), most: 200, ..candidate(id) };
    board.introduce(skilled(operator(IRA), 90));
    board.introduce(skilled(operator(OLEG), 40));
    let cards = Need { team: Some(key("cards")), ..need() };
    for number in 1..=3 {
        waits(&mut board, number, waiting(i64::try_from(number).unwrap(), cards.clone()));
    }
    assert_eq!(pairs(&mut board), [(1, IRA), (2, IRA), (3, OLEG)]);
}

#[test]
fn weights_count_against_the_limit() {
    let mut board = shift(Sharing::LeastLoaded);
    board.introduce(Candidate { most: 0, ..candidate(operator(OLEG)) });
    board.introduce(Candidate { most: 250, ..candidate(operator(IRA)) });
    waits(&mut board, 1, waiting(1, Need { weight: 200, ..need() }));
    waits(&mut board, 2, waiting(2, need()));
    waits(&mut board, 3, waiting(3, Need { weight: 50, ..need() }));
    assert_eq!(pairs(&mut board), [(1, IRA), (3, IRA)]);
    assert_eq!(board.carried(operator(IRA)), 250);
}

#[test]
fn everyone_takes_by_hand_but_the_reopened_goes_to_whoever_had_it() {
    let mut board = shift(Sharing::Everyone);
    waits(&mut board, 1, waiting(1, need()));
    waits(&mut board, 2, Waiting { prefer: Some(operator(OLEG)), ..waiting(2, need()) });
    waits(&mut board, 3, Waiting { prefer: Some(operator(VERA)), ..waiting(3, need()) });
    assert_eq!(pairs(&mut board), [(2, OLEG)]);
    board.introduce(candidate(operator(VERA)));
    assert_eq!(pairs(&mut board), [(3, VERA)]);
}

#[test]
fn the_reopened_goes_to_somebody_else_if_its_operator_is_full() {
    let mut board = shift(Sharing::LeastLoaded);
    board.introduce(Candidate { most: 100, ..candidate(operator(OLEG)) });
    let reopened = |since| Waiting { prefer: Some(operator(OLEG)), ..waiting(since, need()) };
    waits(&mut board, 1, reopened(1));
    waits(&mut board, 2, reopened(2));
    assert_eq!(pairs(&mut board), [(1, OLEG), (2, IRA)]);
}

#[test]
fn a_transfer_to_a_full_colleague_waits_for_her_until_she_goes_home() {
    let mut board = shift(Sharing::LeastLoaded);
    let full = Candidate { most: 100, ..of(candidate(operator(VERA)), &["sales"]) };
    board.introduce(full.clone());
    leads(&mut board, 100, VERA, 5);
    let given = |since| Waiting { only: Some(operator(VERA)), ..waiting(since, need()) };
    waits(&mut board, 1, given(1));
    waits(&mut board, 2, given(2));
    assert_eq!(pairs(&mut board), []);
    board.tell(told(dialog(100), 10, Place::Aside));
    assert_eq!(pairs(&mut board), [(1, VERA)]);
    // At lunch she is still waited for; at home she is not.
    board.introduce(Candidate { status: OperatorStatus::Break, ..full.clone() });
    assert_eq!(pairs(&mut board), []);
    board.introduce(Candidate { status: OperatorStatus::Offline, ..full });
    assert_eq!(pairs(&mut board), [(2, IRA)]);
}

#[test]
fn what_is_given_to_a_team_waits_for_the_team_while_one_of_it_is_at_work() {
    for sharing in [Sharing::Everyone, Sharing::LeastLoaded, Sharing::MostSkilled] {
        let mut board = shift(sharing);
        let cards: otklik_model::TeamKey = "cards".parse().unwrap();
        let teams = BTreeMap::from([(cards.clone(), 70)]);
        let expert = Candidate { most: 100, teams, ..candidate(operator(VERA)) };
        board.introduce(expert.clone());
        leads(&mut board, 100, VERA, 5);
        let given = |since| Waiting { team: Some(cards.clone()), ..waiting(since, need()) };
        (1..=2).for_each(|number| waits(&mut board, number, given(i64::try_from(number).unwrap())));
        assert_eq!(pairs(&mut board), [], "{sharing:?}: the others are free, and are not asked");
        board.tell(told(dialog(100), 10, Place::Aside));
        assert_eq!(pairs(&mut board), [(1, VERA)], "{sharing:?}");
        // At lunch she is still waited for; from home, or where she may not have it, she is not.
        board.introduce(Candidate { status: OperatorStatus::Break, ..expert.clone() });
        assert_eq!(pairs(&mut board), [], "{sharing:?}");
        board.introduce(of(expert.clone(), &["sales"]));
        assert_eq!(pairs(&mut board), [], "{sharing:?}: what is no department's is everybody's");
        board.introduce(Candidate { status: OperatorStatus::Offline, ..expert });
        let others = if sharing == Sharing::Everyone { vec![] } else { vec![(2, IRA)] };
        assert_eq!(pairs(&mut board), others, "{sharing:?}");
    }
}

#[test]
fn whoever_is_silent_loses_it_to_somebody_who_has_room() {
    let mut board = shift(Sharing::LeastLoaded);
    board.introduce(Candidate { most: 0, ..candidate(operator(OLEG)) });
    leads(&mut board, 1, IRA, 5);
    let leaves = Some(waiting(7, need()));
    let silent = Place::With { operator: operator(IRA), weight: 100, accepted: Some(Stamp(5)), leaves };
    board.tell(told(dialog(1), 10, silent));
    board.pass(dialog(1), operator(IRA), Stamp(1_000));
    assert_eq!(pairs(&mut board), [], "nobody else has room: it stays with her");
    assert_eq!(board.carried(operator(IRA)), 100);
    board.introduce(candidate(operator(OLEG)));
    assert_eq!(pairs(&mut board), [(1, OLEG)]);
    assert_eq!((board.carried(operator(IRA)), board.carried(operator(OLEG))), (0, 100));
}

#[test]
fn whoever_passed_is_not_asked_again_at_once() {
    let mut board = shift(Sharing::LeastLoaded);
    waits(&mut board, 1, waiting(1, need()));
    assert_eq!(pairs(&mut board), [(1, IRA)]);
    let back = Place::Waiting(waiting(1, need()));
    board.tell(told(dialog(1), 2, back.clone()));
    board.pass(dialog(1), operator(IRA), Stamp(100));
    assert_eq!(pairs(&mut board), [(1, OLEG)]);
    board.tell(told(dialog(1), 3, back));
    board.pass(dialog(1), operator(OLEG), Stamp(120));
    assert_eq!(pairs(&mut board), [], "both have passed, and the first pass counts while it was offered again");
    assert_eq!(board.next_end(), Some(Stamp(100)));
    board.advance(Stamp(99));
    assert_eq!(pairs(&mut board), []);
    board.advance(Stamp(100));
    assert_eq!(pairs(&mut board), [(1, IRA)]);
}

#[test]
fn a_language_that_nobody_names_is_no_wish() {
    let mut board = shift(Sharing::LeastLoaded);
    board.introduce(speaking(candidate(operator(IRA)), &["ru"]));
    board.introduce(speaking(candidate(operator(OLEG)), &["en"]));
    let wish = |tag: &str| Need { language: Some(tag.to_owned()), ..need() };
    waits(&mut board, 1, waiting(1, wish("en")));
    waits(&mut board, 2, waiting(2, wish("fi")));
    assert_eq!(pairs(&mut board), [(1, OLEG), (2, IRA)]);
    // As soon as somebody answers in Finnish, it is one: and she waits for that person to come.
    let vera = speaking(candidate(operator(VERA)), &["fi"]);
    board.introduce(Candidate { status: OperatorStatus::Offline, ..vera.clone() });
    waits(&mut board, 3, waiting(3, wish("fi")));
    assert_eq!(pairs(&mut board), []);
    board.introduce(vera);
    assert_eq!(pairs(&mut board), [(3, VERA)]);
}

#[test]
fn offline_requests_go_to_those_who_work_through_them() {
    let mut board = shift(Sharing::LeastLoaded);
    board.introduce(Candidate { status: OperatorStatus::OfflineRequests, ..candidate(operator(VERA)) });
    board.introduce(Candidate { status: OperatorStatus::Offline, ..candidate(operator(IRA)) });
    board.introduce(Candidate { status: OperatorStatus::Offline, ..candidate(operator(OLEG)) });
    waits(&mut board, 1, waiting(1, need()));
    waits(&mut board, 2, waiting(2, Need { offline: true, ..need() }));
    assert_eq!(pairs(&mut board), [(2, VERA)]);
    let mut by_hand = Board::new(Rule { offer_offline: false, ..rule(Sharing::LeastLoaded) });
    by_hand.introduce(candidate(operator(VERA)));
    waits(&mut by_hand, 2, waiting(2, Need { offline: true, ..need() }));
    assert_eq!(pairs(&mut by_hand), []);
}

#[test]
fn restricted_customers_are_for_those_who_may_see_them() {
    let mut board = shift(Sharing::LeastLoaded);
    waits(&mut board, 1, waiting(1, Need { restricted: true, ..need() }));
    assert_eq!(pairs(&mut board), []);
    let mut oleg = candidate(operator(OLEG));
    oleg.actor.grants.rights.insert(Right::SeeRestricted, Scope::All);
    board.introduce(oleg);
    assert_eq!(pairs(&mut board), [(1, OLEG)]);
}

#[test]
fn the_log_followed_behind_ones_own_decision_changes_nothing() {
    let mut board = shift(Sharing::LeastLoaded);
    board.tell(told(dialog(1), 5, Place::Waiting(waiting(1, need()))));
    assert_eq!(pairs(&mut board), [(1, IRA)]);
    // The customer wrote once more before it was offered.
    let Known { id, epoch, place, .. } = told(dialog(1), 5, Place::Waiting(waiting(1, need())));
    board.tell(Known { id, epoch, rev: Seq(6), place });
    assert_eq!(pairs(&mut board), []);
    assert_eq!(board.carried(operator(IRA)), 100);
}

#[test]
fn another_rule_holds_from_the_next_decision_on() {
    let mut board = shift(Sharing::Everyone);
    waits(&mut board, 1, waiting(1, need()));
    leads(&mut board, 100, IRA, 5);
    assert_eq!(pairs(&mut board), []);
    board.set_rule(rule(Sharing::LeastLoaded));
    assert_eq!(pairs(&mut board), [(1, OLEG)]);
    assert_eq!(board.carried(operator(IRA)), 100);
}
