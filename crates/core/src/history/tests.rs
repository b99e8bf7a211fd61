use super::*;
use crate::blocks::Blocks;
use crate::mirror::{Known, blank, nobody};
use otklik_model::{Author, CustomerId, DialogState, MessageId, MessageKind, Seq, Stamp};
use uuid::Uuid;

const NOW: Now = Now { tick: Tick(0), stamp: Stamp(0) };

fn dialog() -> DialogId {
    DialogId(Uuid::from_u128(7))
}

fn mirror(last_seq: u32, held: Held) -> Mirror {
    let mut row = blank(dialog());
    row.customer.id = CustomerId(Uuid::from_u128(1));
    row.state = DialogState::Active;
    row.assignee = Some(nobody().me.id);
    row.last_seq = last_seq;
    Mirror {
        dialogs: [(dialog(), Known { row, blocks: Blocks::new(held) })].into(),
        operators: BTreeMap::new(),
        channels: BTreeMap::new(),
        profile: nobody(),
        handbook: otklik_model::Handbook::default(),
        cursor: None,
        stream: None,
    }
}

fn message(seq: u32) -> Message {
    Message {
        id: MessageId(Uuid::from_u128(u128::from(seq))),
        client_id: None,
        dialog: dialog(),
        seq,
        kind: MessageKind::Text,
        author: Author::Customer,
        text: String::new(),
        at: Stamp(0),
        rev: Seq(1),
        details: otklik_model::Details::default(),
    }
}

/// Answers a fetch as a hub with pages of `page` would, and stores what came.
fn serve(history: &mut History, mirror: &mut Mirror, want: Want, page: u32) {
    let from = want.from.max(want.upto.saturating_sub(page - 1));
    let messages = (from..=want.upto).map(message).collect();
    let work = history.answered(want.req, Fetched::History(messages), NOW);
    let Some(Work::History { dialog, run, .. }) = work else { panic!("{work:?}") };
    mirror.dialogs.get_mut(&dialog).unwrap().blocks.add(run);
    history.landed(dialog);
}

#[test]
fn page_after_page_until_nothing_is_missing_even_if_the_last_one_was_full() {
    for (last, page) in [(1, 100), (100, 100), (300, 100), (301, 100), (7, 1)] {
        let mut mirror = mirror(last, Held::default());
        let mut history = History::new();
        history.chase(dialog());
        let mut fetches = 0;
        while let Some(want) = history.next(&mirror, &BTreeSet::new(), NOW) {
            assert!(history.next(&mirror, &BTreeSet::new(), NOW).is_none(), "one at a time");
            serve(&mut history, &mut mirror, want, page);
            fetches += 1;
        }
        assert_eq!(mirror.dialogs[&dialog()].blocks.newest, Held { from: 1, upto: last });
        assert_eq!(fetches, last.div_ceil(page), "{last} messages by {page}");
    }
}

#[test]
fn a_hub_that_brings_nothing_is_not_asked_for_ever() {
    let useless = [vec![], vec![message(0)], vec![message(4)], vec![message(900)], vec![message(8), message(6)]];
    for messages in useless {
        let mirror = mirror(10, Held::default());
        let mut history = History::new();
        history.chase(dialog());
        let want = history.next(&mirror, &BTreeSet::new(), NOW).unwrap();
        assert!(history.answered(want.req, Fetched::History(messages), NOW).is_none());
        assert_eq!(history.next(&mirror, &BTreeSet::new(), NOW), None);
        history.closed();
        assert!(history.next(&mirror, &BTreeSet::new(), NOW).is_some(), "a new connection, a new chance");
    }
}

#[test]
fn a_page_with_a_hole_holds_only_what_is_unbroken_from_the_top() {
    let mirror = mirror(10, Held::default());
    let mut history = History::new();
    history.chase(dialog());
    let want = history.next(&mirror, &BTreeSet::new(), NOW).unwrap();
    let page = [10, 9, 7, 6, 9].map(message).to_vec();
    let Some(Work::History { run, messages, .. }) = history.answered(want.req, Fetched::History(page), NOW) else {
        panic!("two messages are of use")
    };
    assert_eq!((run, messages.len()), (Held { from: 9, upto: 10 }, 4));
}

#[test]
fn a_stretch_asked_for_twice_is_fetched_once() {
    let mut mirror = mirror(300, Held { from: 251, upto: 300 });
    let mut history = History::new();
    history.fill(dialog(), 1, 50);
    history.fill(dialog(), 1, 50);
    history.fill(dialog(), 260, 270);
    let want = history.next(&mirror, &BTreeSet::new(), NOW).unwrap();
    assert_eq!((want.from, want.upto), (1, 50));
    serve(&mut history, &mut mirror, want, 100);
    assert_eq!(history.next(&mirror, &BTreeSet::new(), NOW), None, "the other one is held already");
}

#[test]
fn a_passing_failure_is_tried_again_after_growing_pauses() {
    let mirror = mirror(10, Held::default());
    let mut history = History::new();
    history.chase(dialog());
    for pause in [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
        let want = history
            .next(&mirror, &BTreeSet::new(), Now { tick: history.deadline().unwrap_or_default(), ..NOW })
            .unwrap();
        assert!(history.answered(want.req, Fetched::Retry, NOW).is_none());
        assert_eq!(history.deadline(), Some(Tick(pause)));
        assert_eq!(history.next(&mirror, &BTreeSet::new(), NOW), None);
    }
}
