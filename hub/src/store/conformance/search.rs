use super::*;
use crate::store::{AuditLine, Erasure, Whose};
use otklik_words::Query;

fn all() -> std::ops::Range<Stamp> {
    Stamp(i64::MIN)..Stamp(i64::MAX)
}

/// Numbers of the messages with these words, newest first.
async fn saying(desk: &Fixture, words: &str, before: Option<u64>, limit: u32) -> Vec<(u64, u32)> {
    let query = Query::new(words).unwrap();
    let found = desk.store.messages_saying(desk.workspace.id, &query, all(), before, limit).await.unwrap();
    found.into_iter().map(|(place, message)| (place, message.seq)).collect()
}

async fn numbers(desk: &Fixture, words: &str) -> Vec<u32> {
    saying(desk, words, None, 100).await.into_iter().map(|(_, seq)| seq).collect()
}

async fn say(desk: &Fixture, dialog: &DialogAggregate, text: &str, client: u128) {
    let message = Message { text: text.into(), ..words(dialog, None, client) };
    let change = DialogChange::new(dialog, vec![Event::MessageAdded(Box::new(message))]);
    desk.commit(Work::Dialog(Box::new(change))).await.unwrap();
}

pub(crate) async fn messages_are_found_by_their_words_newest_first(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    say(&desk, &desk.begin(100, &desk.customer), "Где мой заказ на ёлку?", 1).await;
    for (client, text) in [(2, "Заказы \0 едут"), (3, "ничего"), (4, "заказ: +7 900 123-45-67"), (5, "…")]
    {
        say(&desk, &desk.stored(100).await, text, client).await;
    }
    assert_eq!(numbers(&desk, "заказ").await, [4, 2, 1]);
    assert_eq!(numbers(&desk, "зак").await, [4, 2, 1]);
    assert_eq!(numbers(&desk, "елка заказа ").await, [1]);
    assert_eq!(numbers(&desk, "89001234567").await, [4]);
    assert_eq!(numbers(&desk, "посылка").await, [0_u32; 0]);
    let first = saying(&desk, "заказ", None, 2).await;
    let rest = saying(&desk, "заказ", Some(first[1].0), 2).await;
    assert_eq!((first[0].1, first[1].1, rest[0].1, rest.len()), (4, 2, 1, 1), "in pages");
    let query = Query::new("заказ").unwrap();
    for (time, count) in [(Stamp(0)..Stamp(20), 0), (Stamp(20)..Stamp(21), 3), (Stamp(21)..Stamp(99), 0)] {
        let found = desk.store.messages_saying(desk.workspace.id, &query, time, None, 9).await.unwrap();
        assert_eq!(found.len(), count);
    }
    let elsewhere = desk.store.open_workspace("other").await.unwrap().id;
    assert!(desk.store.messages_saying(elsewhere, &query, all(), None, 9).await.unwrap().is_empty());
}

pub(crate) async fn other_words_are_found_and_the_old_ones_are_not(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    say(&desk, &desk.begin(100, &desk.customer), "старое", 1).await;
    let dialog = desk.stored(100).await;
    let stored = desk.store.messages(desk.workspace.id, dialog.row.id, 1, 1, 1).await.unwrap().remove(0);
    let message = Message { text: "новое".into(), ..stored };
    let change = DialogChange::new(&dialog, vec![Event::MessageChanged(Box::new(message))]);
    desk.commit(Work::Dialog(Box::new(change))).await.unwrap();
    assert_eq!((numbers(&desk, "старое ").await, numbers(&desk, "новое ").await), (vec![], vec![1]));
}

pub(crate) async fn what_was_erased_is_found_no_more(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let other = add_customer(&desk.store, &desk.workspace, 2, Stamp(0)).await;
    say(&desk, &desk.begin(100, &desk.customer), "заказ один", 1).await;
    say(&desk, &desk.begin(200, &other), "заказ два", 2).await;
    assert_eq!(numbers(&desk, "заказ").await.len(), 2);
    let line = AuditLine { by: None, what: "x".into(), subject: "x".into(), detail: serde_json::json!({}) };
    let whose = Whose::Customer(desk.customer.id);
    desk.store.erase(Erasure { workspace: desk.workspace.id, at: Stamp(500), whose, line }).await.unwrap();
    assert_eq!((numbers(&desk, "один").await.len(), numbers(&desk, "заказ").await.len()), (0, 1));
}

pub(crate) async fn a_customers_dialogs_are_found_newest_first(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let other = add_customer(&desk.store, &desk.workspace, 2, Stamp(0)).await;
    for number in [100, 101, 102] {
        let finished = Event::Finished { reason: otklik_model::CloseReason::Customer, at: Stamp(30) };
        let change = DialogChange::new(&desk.begin(number, &desk.customer), vec![finished]);
        desk.commit(Work::Dialog(Box::new(change))).await.unwrap();
    }
    say(&desk, &desk.begin(200, &other), "?", 2).await;
    let of = async |workspace, before: Option<u128>, limit| {
        let before = before.map(|number| DialogId(id(number)));
        let found = desk.store.dialogs_of(workspace, desk.customer.id, before, limit).await.unwrap();
        found.iter().map(|dialog| dialog.row.id.0.as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(of(desk.workspace.id, None, 9).await, [102, 101, 100]);
    assert_eq!(of(desk.workspace.id, Some(102), 1).await, [101]);
    let elsewhere = desk.store.open_workspace("other").await.unwrap().id;
    assert!(of(elsewhere, None, 9).await.is_empty());
}
