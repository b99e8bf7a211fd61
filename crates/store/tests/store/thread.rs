//! Pages of a thread and the gaps in them.
//!
//! Invariant 8.

use crate::made::*;
use otklik_core::{CacheWrite, Gap};
use otklik_model::{Message, MessageId, Seq};
use otklik_store::{Block, CacheDb};

/// A dialog of which these numbers are in the cache.
fn holding(numbers: impl IntoIterator<Item = u32>) -> CacheDb {
    let mut cache = CacheDb::open_in_memory().unwrap();
    cache.apply(&[put_dialog(1), put_message(2, 7, "другой диалог")]).unwrap();
    let writes: Vec<CacheWrite> = numbers.into_iter().map(|seq| put_message(1, seq, "слово")).collect();
    cache.apply(&writes).unwrap();
    cache
}

fn numbers(block: &Block) -> Vec<u32> {
    block.messages.iter().map(|message| message.seq).collect()
}

#[test]
fn pages_follow_one_another_without_holes_or_repeats() {
    let cache = holding(1..=1000);
    let mut before = None;
    let mut seen = Vec::new();
    loop {
        let block = cache.thread(dialog_id(1), before, 37).unwrap();
        assert_eq!(block.gaps, []);
        assert_eq!(block.newer, before.is_some());
        let mut page = numbers(&block);
        before = page.first().copied();
        page.extend(seen);
        seen = page;
        assert_eq!(block.older, before != Some(1));
        if !block.older {
            break;
        }
    }
    assert_eq!(seen, (1..=1000).collect::<Vec<_>>());
}

#[test]
fn what_is_missing_is_a_gap_with_exact_edges() {
    let cache = holding([3, 4, 7, 12, 13, 14]);
    let gap = |from, to| Gap { from, to };
    for (before, limit, shown, gaps, older, newer) in [
        (None, 3, vec![12, 13, 14], vec![gap(8, 11)], true, false),
        (None, 2, vec![13, 14], vec![], true, false),
        (None, 4, vec![7, 12, 13, 14], vec![gap(5, 6), gap(8, 11)], true, false),
        (None, 50, vec![3, 4, 7, 12, 13, 14], vec![gap(1, 2), gap(5, 6), gap(8, 11)], false, false),
        (Some(12), 1, vec![7], vec![gap(5, 6)], true, true),
        (Some(4), 5, vec![3], vec![gap(1, 2)], false, true),
        (Some(3), 5, vec![], vec![], false, true),
        (None, 0, vec![], vec![], true, false),
    ] {
        let block = cache.thread(dialog_id(1), before, limit).unwrap();
        let found = (numbers(&block), block.gaps, block.older, block.newer);
        assert_eq!(found, (shown, gaps, older, newer), "before {before:?}, {limit}");
    }
}

#[test]
fn around_a_number_stand_its_neighbours() {
    let cache = holding((1..=20).chain(30..=40));
    for (seq, limit, shown, older, newer) in [
        (10, 4, (8..=11).collect::<Vec<_>>(), true, true),
        (1, 4, vec![1, 2], false, true),
        (40, 4, vec![37, 38, 39, 40], true, false),
        (25, 4, vec![19, 20, 30, 31], true, true),
        (99, 3, vec![38, 39, 40], true, false),
        (10, 1, vec![10], true, true),
    ] {
        let block = cache.around(dialog_id(1), seq, limit).unwrap();
        assert_eq!((numbers(&block), block.older, block.newer), (shown, older, newer), "{seq}, {limit}");
    }
    assert_eq!(cache.around(dialog_id(1), 25, 4).unwrap().gaps, [Gap { from: 21, to: 29 }]);
    assert_eq!(cache.around(dialog_id(9), 25, 4).unwrap(), Block::default());
}

#[test]
fn of_two_versions_the_higher_one_is_kept_by_id_and_by_number() {
    let mut cache = holding([1, 2, 3]);
    let put = |message: &Message| CacheWrite::PutMessage(Box::new(message.clone()));
    let older = Message { text: "старое".to_owned(), rev: Seq(1), ..message(1, 2, "") };
    let newer = Message { text: "новое".to_owned(), rev: Seq(9), ..message(1, 2, "") };
    let other_id =
        Message { id: MessageId(client_id(77).0), text: "иное".to_owned(), rev: Seq(10), ..message(1, 2, "") };
    // The id of number 3 and the place of number 1: stands in the way of both.
    let both = Message { id: message(1, 3, "").id, text: "оба".to_owned(), rev: Seq(11), ..message(1, 1, "") };
    for (write, texts) in [
        (&older, vec!["слово", "слово", "слово"]),
        (&newer, vec!["слово", "новое", "слово"]),
        (&older, vec!["слово", "новое", "слово"]),
        (&other_id, vec!["слово", "иное", "слово"]),
        (&newer, vec!["слово", "иное", "слово"]),
        (&both, vec!["оба", "иное"]),
    ] {
        cache.apply(&[put(write)]).unwrap();
        let block = cache.thread(dialog_id(1), None, 10).unwrap();
        assert_eq!(block.messages.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(), texts);
    }
    for (word, hits) in [("старое", 0), ("новое", 0), ("иное", 1), ("оба", 1), ("слово", 0)] {
        assert_eq!(
            cache
                .search(&otklik_model::MessageSearch::of(word), otklik_core::SearchOrder::Newest, 10)
                .unwrap()
                .hits
                .len(),
            hits,
            "{word}"
        );
    }
}

#[test]
fn many_messages_of_one_millisecond_keep_their_own_places() {
    let mut cache = holding([]);
    let at = message(1, 1, "").at;
    let mut writes = Vec::new();
    for n in 3..=40 {
        for seq in [1, 2, 1_048_576, 1_048_577, u32::MAX] {
            writes.push(CacheWrite::PutMessage(Box::new(Message { at, ..message(n, seq, "миг") })));
        }
    }
    cache.apply(&writes).unwrap();
    for n in 3..=40 {
        assert_eq!(cache.thread(dialog_id(n), None, 10).unwrap().messages.len(), 5, "{n}");
    }
}
