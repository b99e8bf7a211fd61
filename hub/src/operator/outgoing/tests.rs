//! What waits for a workplace: gathered into frames, and never more than it may be.
//!
//! Invariant 16.

use super::*;
use otklik_model::{DialogId, GoneReason};
use uuid::Uuid;

fn gone(to: &str) -> Change {
    Change::DialogGone { dialog: DialogId(Uuid::nil()), reason: GoneReason::Accepted, to: Some(to.to_owned()) }
}

fn frames(out: &mut Outgoing) -> Vec<HubFrame> {
    std::iter::from_fn(|| out.pop()).map(|message| otklik_wire::decode(message.to_text().unwrap()).unwrap()).collect()
}

#[test]
fn what_waits_shares_a_frame_and_skipped_positions_show_in_it() {
    let mut out = Outgoing::new(Seq(3));
    out.changes(Seq(4), &[gone("a"), gone("b")]).unwrap();
    out.changes(Seq(7), &[gone("c")]).unwrap();
    out.skip_to(Seq(9)).unwrap();
    out.skip_to(Seq(9)).unwrap();
    out.frame(&HubFrame::Beat { head: Seq(9) }).unwrap();
    out.changes(Seq(10), &[gone("d")]).unwrap();
    let events = |after, upto, changes| HubFrame::Events { after: Seq(after), upto: Seq(upto), changes };
    let expected = [
        events(3, 9, vec![gone("a"), gone("b"), gone("c")]),
        HubFrame::Beat { head: Seq(9) },
        events(9, 10, vec![gone("d")]),
    ];
    assert_eq!(frames(&mut out), expected);
    assert_eq!((out.bytes, out.events), (0, 0));
}

#[test]
fn a_reader_who_takes_nothing_is_too_slow_after_so_many_events() {
    let mut out = Outgoing::new(Seq(0));
    let taken = (1..).take_while(|seq| out.changes(Seq(*seq), &[gone("x")]).is_ok()).count();
    assert_eq!(taken, EVENTS);
    assert_eq!(out.changes(Seq(999), &[]), Err(End::bye(ByeCode::TooSlow)));
}

#[test]
fn or_after_so_many_bytes_and_no_frame_is_over_the_limit() {
    let mut out = Outgoing::new(Seq(0));
    let long = "x".repeat(60_000);
    let taken = (1..).take_while(|seq| out.changes(Seq(*seq), &[gone(&long)]).is_ok()).count();
    assert!((BYTES / 61_000..=BYTES / 60_000).contains(&taken), "{taken}");
    while let Some(message) = out.pop() {
        assert!(message.into_text().unwrap().len() < otklik_wire::MAX_FRAME_BYTES / 2);
    }
    assert_eq!((out.bytes, out.events), (0, 0));
    assert_eq!(out.changes(Seq(1000), &[gone("x")]), Ok(()), "room again");
}
