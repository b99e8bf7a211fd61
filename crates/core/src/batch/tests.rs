use super::*;
use crate::mirror::nobody;
use otklik_model::{ClientId, CustomerId, DialogState, MessageId, MessageKind};

const DAY: i64 = 24 * 60 * 60 * 1_000;
const NOW: i64 = 100 * DAY;

fn id(n: u128) -> DialogId {
    DialogId(Uuid::from_u128(n))
}

fn row(n: u128, rev: u64) -> Dialog {
    let mut row = blank(id(n));
    row.customer.id = CustomerId(Uuid::from_u128(1));
    row.state = DialogState::Queue;
    row.rev = Seq(rev);
    row
}

fn message(n: u128, seq: u32, client_id: Option<ClientId>) -> Message {
    Message {
        id: MessageId(Uuid::from_u128(u128::from(seq) + n * 1_000)),
        client_id,
        dialog: id(n),
        seq,
        kind: MessageKind::Text,
        author: Author::Customer,
        text: format!("сообщение {seq}"),
        at: Stamp(0),
        rev: Seq(1),
        details: otklik_model::Details::default(),
    }
}

fn empty() -> Mirror {
    Mirror {
        dialogs: BTreeMap::new(),
        operators: BTreeMap::new(),
        channels: BTreeMap::new(),
        profile: nobody(),
        handbook: otklik_model::Handbook::default(),
        cursor: None,
        stream: None,
    }
}

fn cursor(after: u64) -> Cursor {
    Cursor { stream: Uuid::from_u128(1), after: Seq(after) }
}

/// Stages works, applies them, and returns the writes.
fn take(mirror: &mut Mirror, works: Vec<Work>, keep: &[DialogId]) -> (Vec<CacheWrite>, Applied) {
    let keep = keep.iter().copied().collect();
    let mut batch = Batch::new(Mutants::default(), Stamp(NOW));
    for work in works {
        batch.stage(work, mirror, &keep);
    }
    batch.close(mirror);
    (batch.writes(), batch.apply(mirror))
}

fn events(upto: u64, changes: Vec<Change>) -> Work {
    Work::Events { upto: cursor(upto), changes }
}

fn upsert(row: Dialog) -> Change {
    Change::DialogUpserted(Box::new(row))
}

fn added(message: Message) -> Change {
    Change::MessageAdded(Box::new(message))
}

fn snapshot(at: u64, stream: u128, dialogs: Vec<Dialog>) -> Work {
    let at = Cursor { stream: Uuid::from_u128(stream), after: Seq(at) };
    Work::Snapshot { at, dialogs, operators: Vec::new(), channels: Vec::new() }
}

#[test]
fn a_message_ahead_of_its_dialog_finds_its_place_and_one_without_a_dialog_is_dropped() {
    let mut mirror = empty();
    let changes = vec![added(message(1, 1, None)), added(message(2, 1, None)), upsert(row(1, 2))];
    let (writes, applied) = take(&mut mirror, vec![events(3, changes)], &[]);
    assert_eq!(mirror.dialogs[&id(1)].blocks.newest, Held { from: 1, upto: 1 });
    assert_eq!(applied.arrived.len(), 1);
    assert_eq!(writes.last(), Some(&CacheWrite::PutCursor(cursor(3))), "the position comes with the rows");
    assert_eq!(writes.len(), 3, "one row, one message, one position: {writes:?}");
}

#[test]
fn an_older_row_changes_nothing_and_the_position_still_moves() {
    let mut mirror = empty();
    take(&mut mirror, vec![events(5, vec![upsert(row(1, 5))])], &[]);
    let mut stale = row(1, 4);
    stale.epoch = 77;
    let (writes, applied) = take(&mut mirror, vec![events(6, vec![upsert(stale)])], &[]);
    assert_eq!(writes, [CacheWrite::PutCursor(cursor(6))]);
    assert!(applied.changed.is_empty());
}

#[test]
fn gone_and_back_in_one_commit_starts_with_an_empty_thread() {
    let mut mirror = empty();
    take(&mut mirror, vec![events(2, vec![upsert(row(1, 1)), added(message(1, 1, None))])], &[]);
    let gone = Change::DialogGone { dialog: id(1), reason: GoneReason::Hidden, to: None };
    let works = vec![events(3, vec![gone]), events(4, vec![upsert(row(1, 1))])];
    let (writes, applied) = take(&mut mirror, works, &[]);
    assert!(matches!(writes[..2], [CacheWrite::DropDialog(_), CacheWrite::PutDialog(_)]), "{writes:?}");
    assert_eq!(mirror.dialogs[&id(1)].blocks.newest, Held::default(), "the dropped messages are not held any more");
    assert!(applied.left.is_empty());
}

#[test]
fn a_snapshot_drops_what_it_should_show_and_lacks_and_keeps_what_was_closed_long_ago() {
    let mut mirror = empty();
    let closed = |n, days: i64| {
        let mut closed = row(n, 2);
        closed.state = DialogState::ClosedSoft;
        closed.closed_at = Some(Stamp(NOW - days * DAY));
        closed
    };
    take(&mut mirror, vec![snapshot(3, 1, vec![row(1, 1), closed(2, 8), row(3, 3), closed(4, 1)])], &[]);
    let (_, applied) = take(&mut mirror, vec![snapshot(9, 1, vec![row(3, 8)])], &[]);
    let left: Vec<DialogId> = applied.left.iter().map(|(row, _)| row.id).collect();
    assert_eq!(left, [id(1), id(4)]);
    assert_eq!(mirror.dialogs.keys().copied().collect::<Vec<_>>(), [id(2), id(3)]);
}

#[test]
fn after_a_snapshot_the_messages_of_a_dialog_that_has_moved_are_read_again() {
    let mut mirror = empty();
    let come = |n| vec![added(message(n, 1, None)), added(message(n, 2, None))];
    take(&mut mirror, vec![snapshot(50, 1, vec![row(1, 7), row(2, 7)])], &[]);
    take(&mut mirror, vec![events(51, come(1)), events(52, come(2))], &[]);
    let (writes, _) = take(&mut mirror, vec![snapshot(90, 1, vec![row(1, 7), row(2, 60)])], &[]);
    assert_eq!(mirror.dialogs[&id(1)].blocks.newest, Held { from: 1, upto: 2 }, "it stands where it stood");
    assert_eq!(mirror.dialogs[&id(2)].blocks.newest, Held::default(), "one of them may have been changed");
    let drops = writes.iter().any(|write| matches!(write, CacheWrite::DropDialog(_)));
    assert!(!drops, "what is there can be read meanwhile");
}

#[test]
fn a_snapshot_of_another_history_forgets_the_numbers_of_the_old_one() {
    let mut mirror = empty();
    let mut held = row(1, 50);
    held.last_seq = 1;
    take(&mut mirror, vec![snapshot(50, 1, vec![held.clone()]), events(51, vec![added(message(1, 1, None))])], &[]);
    assert_eq!(mirror.dialogs[&id(1)].blocks.newest, Held { from: 1, upto: 1 });
    held.rev = Seq(2);
    let (writes, _) = take(&mut mirror, vec![snapshot(2, 9, vec![held])], &[]);
    assert!(writes.contains(&CacheWrite::DropDialog(id(1))), "its messages may be others there");
    assert_eq!((mirror.dialogs[&id(1)].row.rev, mirror.dialogs[&id(1)].blocks.newest), (Seq(2), Held::default()));
}

#[test]
fn ones_own_answer_does_not_hide_what_was_not_seen_yet() {
    let mut mirror = empty();
    let mut dialog = row(1, 1);
    dialog.last_seq = 1;
    take(&mut mirror, vec![events(2, vec![upsert(dialog), added(message(1, 1, None))])], &[]);
    // The customer's second message is on the way; one's own third is answered first.
    take(&mut mirror, vec![Work::Own(Box::new(message(1, 3, Some(ClientId(Uuid::nil())))))], &[]);
    let known = &mirror.dialogs[&id(1)];
    assert_eq!((known.blocks.newest.upto, known.row.last_seq), (1, 1));
    take(&mut mirror, vec![events(3, vec![added(message(1, 2, None))])], &[]);
    take(&mut mirror, vec![events(4, vec![added(message(1, 3, None))])], &[]);
    assert_eq!(mirror.dialogs[&id(1)].blocks.newest, Held { from: 1, upto: 3 });
}

#[test]
fn words_bound_to_an_unknown_dialog_get_a_row_to_be_seen_in() {
    let mut mirror = empty();
    let (writes, _) = take(&mut mirror, vec![snapshot(1, 1, vec![])], &[id(4)]);
    assert!(is_remains(&mirror.dialogs[&id(4)].row));
    assert!(writes.iter().any(|write| matches!(write, CacheWrite::PutDialog(_))), "also after a restart");
}

#[test]
fn ones_own_words_that_came_back_just_before_the_dialog_left_are_not_forgotten() {
    let mut mirror = empty();
    take(&mut mirror, vec![events(1, vec![upsert(row(1, 1))])], &[]);
    let mine = Message {
        author: Author::Operator { id: mirror.me(), name: String::new() },
        ..message(1, 2, Some(ClientId(Uuid::from_u128(9))))
    };
    let gone = Change::DialogGone { dialog: id(1), reason: GoneReason::Transferred, to: None };
    let changes = vec![added(message(1, 1, None)), added(mine.clone()), gone];
    let (writes, applied) = take(&mut mirror, vec![events(4, changes)], &[id(1)]);
    assert_eq!(applied.stored, std::slice::from_ref(&mine), "the outbox learns that the hub has them");
    let puts: Vec<_> = writes.iter().filter(|write| matches!(write, CacheWrite::PutMessage(_))).collect();
    assert_eq!(puts, [&CacheWrite::PutMessage(Box::new(mine))], "and the customer's words are gone");
}
