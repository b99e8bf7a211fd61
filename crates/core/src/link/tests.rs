use super::*;

fn at(tick: u64) -> Now {
    Now { tick: Tick(tick), stamp: Stamp(1_700_000_000_000 + tick as i64) }
}

fn retry_at(link: &Link) -> Option<u64> {
    match link.phase {
        Phase::Down { retry_at } => retry_at.map(|at| at.0),
        Phase::Due | Phase::Calling { .. } | Phase::Open { .. } => panic!("{:?}", link.phase),
    }
}

fn open(link: &mut Link, now: Now) {
    link.called(now);
    assert!(link.opened(15_000, now));
}

#[test]
fn pauses_grow_with_full_jitter_and_stay_under_their_ceilings() {
    for (tries, ceiling) in [(0, 500), (1, 4_000), (2, 8_000), (3, 10_000), (4, 10_000), (60, 10_000)] {
        let mut longest = 0;
        for seed in 0..300 {
            let mut link = Link::new(at(0));
            link.tries = tries;
            link.called(at(0));
            link.closed(CloseCause::Lost, &mut Chance::new(seed), at(0));
            longest = longest.max(retry_at(&link).unwrap());
        }
        assert!(longest <= ceiling, "try {tries}: {longest} ms is over {ceiling}");
        assert!(longest > ceiling * 9 / 10, "try {tries}: {longest} ms does not use the whole range");
    }
}

#[test]
fn each_cause_has_its_pause() {
    let table = [
        (CloseCause::RetryAfter { ms: 7_000 }, Some(7_000)),
        (CloseCause::RetryAfter { ms: u64::MAX }, Some(300_000)),
        (CloseCause::SignIn, None),
        (CloseCause::HubTooOld, Some(60_000)),
        (CloseCause::HubTooNew, Some(60_000)),
        (CloseCause::Certificate, Some(60_000)),
    ];
    for (cause, pause) in table {
        let mut link = Link::new(at(0));
        link.called(at(0));
        link.closed(cause, &mut Chance::new(1), at(1_000));
        assert_eq!(retry_at(&link), pause.map(|ms| ms + 1_000), "{cause:?}");
    }
}

#[test]
fn a_connection_that_held_starts_the_pauses_anew_and_a_short_one_does_not() {
    let mut chance = Chance::new(3);
    let mut link = Link::new(at(0));
    link.tries = 5;
    open(&mut link, at(0));
    link.went_live(at(0));
    link.closed(CloseCause::Lost, &mut chance, at(9_999));
    assert_eq!(link.tries, 6, "a hub that breaks at once is in trouble");
    open(&mut link, at(20_000));
    link.went_live(at(20_000));
    link.closed(CloseCause::Lost, &mut chance, at(30_000));
    assert_eq!(link.tries, 1);
}

#[test]
fn silence_is_noticed_step_by_step() {
    let mut chance = Chance::new(1);
    let mut link = Link::new(at(0));
    open(&mut link, at(0));
    assert_eq!(link.deadline(), Some((Tick(25_000), WakeReason::BeatDeadline)), "a beat of 15 s that is 10 s late");
    link.ask(Asked::Fetch(1), 0, at(1_000));
    assert_eq!(link.deadline(), Some((Tick(6_000), WakeReason::Probe)));
    assert_eq!(link.step(&mut chance, at(5_999)), None);
    assert_eq!(link.step(&mut chance, at(6_000)), Some(LinkStep::Probe));
    assert_eq!(link.deadline(), Some((Tick(16_000), WakeReason::AnswerDeadline)));
    link.heard(at(7_000));
    assert_eq!(link.deadline(), Some((Tick(31_000), WakeReason::AnswerDeadline)), "alive, but the answer is missing");
    link.answered(Asked::Fetch(1));
    assert_eq!(link.deadline(), Some((Tick(32_000), WakeReason::BeatDeadline)));
    assert_eq!(link.step(&mut chance, at(32_000)), Some(LinkStep::Dead));
    assert!(!link.is_engaged());
}

#[test]
fn words_that_meet_silence_are_noticed_within_six_seconds() {
    let mut chance = Chance::new(1);
    let mut link = Link::new(at(0));
    open(&mut link, at(0));
    let words = Asked::Op(ClientId::from_parts(1, [1; 10]));
    link.ask(words, 80, at(1_000));
    assert_eq!(link.deadline(), Some((Tick(3_010), WakeReason::Probe)), "ten milliseconds for eighty bytes");
    assert_eq!(link.step(&mut chance, at(3_010)), Some(LinkStep::Probe));
    assert_eq!(link.deadline(), Some((Tick(6_510), WakeReason::AnswerDeadline)));
    // A page of history on the same line needs its time, and with it what stands behind it.
    link.ask(Asked::Fetch(1), 0, at(3_020));
    assert_eq!(link.deadline(), Some((Tick(13_010), WakeReason::AnswerDeadline)));
    link.answered(Asked::Fetch(1));
    assert_eq!(link.step(&mut chance, at(6_510)), Some(LinkStep::Dead));
}

#[test]
fn an_absurd_beat_is_taken_within_reason() {
    for (said, deadline) in [(0, 2_000), (u64::MAX, 130_000)] {
        let mut link = Link::new(at(0));
        link.called(at(0));
        link.opened(said, at(0));
        assert_eq!(link.deadline(), Some((Tick(deadline), WakeReason::BeatDeadline)));
    }
}

#[test]
fn nobody_answers_a_call_that_was_not_made() {
    let mut link = Link::new(at(0));
    assert!(!link.opened(15_000, at(0)));
    assert!(!link.is_open());
}
