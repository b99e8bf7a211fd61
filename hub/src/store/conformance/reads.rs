//! What is read, and by which workspace.
//!
//! Invariant 20.

use super::*;
use crate::store::{EntryBody, LOG_KEPT_MS};
use otklik_model::{Channel, CloseReason, Presence, Transport};

pub(crate) async fn a_workspace_is_the_same_each_time(store: Arc<dyn Store>) {
    let first = store.open_workspace("main").await.unwrap();
    let again = store.open_workspace("main").await.unwrap();
    let other = store.open_workspace("other").await.unwrap();
    assert_eq!(first, again);
    assert!(first.id != other.id && first.stream != other.stream);
    assert_eq!(store.head(first.id).await.unwrap(), Seq(0));
    store.check().await.unwrap();
}

async fn talk(desk: &Fixture, dialog: u128, messages: u128) {
    desk.say(&desk.begin(dialog, &desk.customer), None, dialog * 1_000).await.unwrap();
    for turn in 1..messages {
        desk.say(&desk.stored(dialog).await, None, dialog * 1_000 + turn).await.unwrap();
    }
}

pub(crate) async fn the_log_is_read_in_pages_and_says_where_it_starts(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let empty = desk.store.log_after(desk.workspace.id, Seq(0), 10).await.unwrap();
    assert_eq!((empty.start, empty.entries.len()), (Seq(0), 0));
    talk(&desk, 100, 25).await;
    let read = |after, limit| desk.store.log_after(desk.workspace.id, Seq(after), limit);
    for (after, limit, first, count) in [(0, 10, 1, 10), (10, 10, 11, 10), (20, 10, 21, 5), (24, 10, 25, 1)] {
        let page = read(after, limit).await.unwrap();
        assert_eq!((page.entries[0].seq, page.entries.len(), page.start), (Seq(first), count, Seq(0)));
    }
    assert_eq!(read(25, 10).await.unwrap().entries.len(), 0);
    assert_eq!(read(900, 10).await.unwrap().entries.len(), 0);
    desk.store.sweep(Stamp(20 + LOG_KEPT_MS + 1)).await.unwrap();
    assert_eq!(read(25, 10).await.unwrap().start, Seq(25), "all is forgotten, the position is not");
    assert_eq!(desk.store.head(desk.workspace.id).await.unwrap(), Seq(25));
    desk.say(&desk.stored(100).await, None, 900_000).await.unwrap();
    let page = read(3, 10).await.unwrap();
    assert_eq!((page.start, page.entries[0].seq), (Seq(25), Seq(26)), "whoever stands at 3 sees the hole");
}

pub(crate) async fn messages_are_the_newest_of_a_range_oldest_first(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    talk(&desk, 100, 30).await;
    for (from, to, limit, expected) in
        [(1, 30, 100, 1..=30), (0, u32::MAX, 5, 26..=30), (5, 20, 3, 18..=20), (7, 7, 10, 7..=7)]
    {
        let messages = desk.store.messages(desk.workspace.id, DialogId(id(100)), from, to, limit).await.unwrap();
        let seqs: Vec<u32> = messages.iter().map(|message| message.seq).collect();
        assert_eq!(seqs, expected.collect::<Vec<u32>>(), "{from} {to} {limit}");
    }
    for (from, to) in [(31, 40), (9, 8)] {
        assert!(desk.store.messages(desk.workspace.id, DialogId(id(100)), from, to, 10).await.unwrap().is_empty());
    }
}

pub(crate) async fn a_snapshot_holds_the_open_and_the_recently_closed(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    talk(&desk, 100, 1).await;
    for (number, closed_at) in [(2, Stamp(100)), (3, Stamp(200))] {
        let customer = add_customer(&desk.store, &desk.workspace, number, Stamp(0)).await;
        let dialog = 100 + u128::from(number);
        desk.say(&desk.begin(dialog, &customer), None, dialog).await.unwrap();
        let closed = Event::Closed { reason: CloseReason::Operator, at: closed_at };
        let change = DialogChange::new(&desk.stored(dialog).await, vec![closed]);
        desk.commit(Work::Dialog(Box::new(change))).await.unwrap();
    }
    for (since, expected) in
        [(0, vec![100, 102, 103]), (100, vec![100, 102, 103]), (101, vec![100, 103]), (999, vec![100])]
    {
        let snapshot = desk.store.snapshot(desk.workspace.id, Stamp(since)).await.unwrap();
        let found: Vec<u128> = snapshot.dialogs.iter().map(|dialog| dialog.row.id.0.as_u128()).collect();
        assert_eq!((snapshot.at, found), (Seq(5), expected));
    }
    let snapshot = desk.store.snapshot(desk.workspace.id, Stamp(0)).await.unwrap();
    assert_eq!(snapshot.dialogs[0], desk.stored(100).await);
}

pub(crate) async fn another_workspace_sees_nothing(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    talk(&desk, 100, 3).await;
    let other = desk.store.open_workspace("other").await.unwrap().id;
    let (dialog, customer) = (DialogId(id(100)), desk.customer.id);
    assert_eq!(desk.store.dialog(other, dialog).await.unwrap(), None);
    assert_eq!(desk.store.dialog_of(other, customer).await.unwrap(), None);
    assert_eq!(desk.store.customer_of(other, TokenHash([1; 32])).await.unwrap(), None);
    assert!(desk.store.log_after(other, Seq(0), 10).await.unwrap().entries.is_empty());
    assert!(desk.store.snapshot(other, Stamp(0)).await.unwrap().dialogs.is_empty());
    assert_eq!(desk.store.waiting(other).await.unwrap(), 0);
}

pub(crate) async fn who_is_on_the_site_and_who_waits(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    talk(&desk, 100, 1).await;
    assert_eq!(desk.store.customers_on_site(desk.workspace.id).await.unwrap(), [desk.customer.id]);
    assert_eq!(desk.store.waiting(desk.workspace.id).await.unwrap(), 1);
    let left = Event::PresenceChanged { presence: Presence::LeftSite, at: Stamp(20) };
    let taken = Event::Accepted { by: OperatorId(id(11)), name: "Ира".into(), at: Stamp(20) };
    let change = DialogChange::new(&desk.stored(100).await, vec![left, taken]);
    desk.commit(Work::Dialog(Box::new(change))).await.unwrap();
    assert!(desk.store.customers_on_site(desk.workspace.id).await.unwrap().is_empty());
    assert_eq!(desk.store.waiting(desk.workspace.id).await.unwrap(), 0);
}

pub(crate) async fn what_is_not_there_is_nothing(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let workspace = desk.workspace.id;
    assert_eq!(desk.store.dialog(workspace, DialogId(id(1))).await.unwrap(), None);
    assert_eq!(desk.store.dialog_of(workspace, desk.customer.id).await.unwrap(), None);
    assert_eq!(desk.store.first_answer(Key { writer: id(1), id: ClientId(id(1)) }).await.unwrap(), None);
    assert_eq!(desk.store.operator(workspace, OperatorId(id(1))).await.unwrap(), None);
    assert_eq!(desk.store.operator_by_login(workspace, "' OR 1=1 --").await.unwrap(), None);
    assert_eq!(desk.store.session_of(TokenHash([9; 32])).await.unwrap(), None);
}

pub(crate) async fn channels_replace_each_other(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let channel = |name: &str| Channel {
        id: ChannelId(id(7)),
        name: name.into(),
        transport: Transport::Widget,
        text_chars: 100,
        page: None,
    };
    for name in ["Site", "Shop"] {
        desk.commit(Work::Channel(channel(name))).await.unwrap();
        assert_eq!(desk.store.channels(desk.workspace.id).await.unwrap(), [channel(name)]);
    }
    let log = desk.log(1).await;
    assert_eq!(log[0].body, EntryBody::Channel(channel("Shop")));
}

pub(crate) async fn a_dialog_is_suspicious_until_it_is_not(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let mut flooded = desk.begin(100, &desk.customer);
    flooded.row.suspicious = true;
    desk.say(&flooded, None, 1).await.unwrap();
    let is_suspicious = |entry: &Entry| matches!(&entry.body, EntryBody::Dialog(dialog) if dialog.row.suspicious);
    assert!(desk.stored(100).await.row.suspicious);
    assert!(desk.log(0).await.iter().all(is_suspicious));
    let open = desk.store.open_dialogs(desk.workspace.id).await.unwrap();
    assert!(open.iter().all(|dialog| dialog.row.suspicious) && open.len() == 1);
    assert_eq!(desk.store.waiting(desk.workspace.id).await.unwrap(), 1, "it waits as any other");
    let suspicious = async || desk.store.waiting_suspicious(desk.workspace.id).await.unwrap();
    assert_eq!(suspicious().await, 1);
    let away = Event::PresenceChanged { presence: Presence::LeftSite, at: Stamp(25) };
    desk.commit(Work::Dialog(Box::new(DialogChange::new(&desk.stored(100).await, vec![away])))).await.unwrap();
    assert_eq!(suspicious().await, 1, "until somebody has a hand in it");
    // Sent where it waits already: it is an ordinary one, and waits on.
    let sent = Event::QueuedFor { to: OperatorId(id(1)), by: None, at: Stamp(28) };
    desk.commit(Work::Dialog(Box::new(DialogChange::new(&desk.stored(100).await, vec![sent])))).await.unwrap();
    assert_eq!((suspicious().await, desk.store.waiting(desk.workspace.id).await.unwrap()), (0, 1));
    let accepted = Event::Accepted { by: OperatorId(id(1)), name: "Ира".into(), at: Stamp(30) };
    let change = DialogChange::new(&desk.stored(100).await, vec![accepted]);
    desk.commit(Work::Dialog(Box::new(change))).await.unwrap();
    assert!(!desk.stored(100).await.row.suspicious);
    assert_eq!((suspicious().await, desk.store.waiting(desk.workspace.id).await.unwrap()), (0, 0));
    assert!(!desk.log(2).await.iter().any(is_suspicious));
}
