use super::*;
use crate::connection::open_plain;
use otklik_model::{Author, Message, MessageId, MessageKind, MessageSearch, Stamp};
use std::path::Path;

/// How often a word stands in any file of the folder.
fn traces(folder: &Path, word: &str) -> usize {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.map(|bytes| bytes.windows(word.len()).filter(|window| *window == word.as_bytes()).count()).sum()
}

fn say(dialog: DialogId, seq: u32, text: String) -> CacheWrite {
    let id = u64::from(seq) + (dialog.0.as_u128() & 0xff) as u64 * 100_000;
    CacheWrite::PutMessage(Box::new(Message {
        id: MessageId::from_parts(id, [0; 10]),
        client_id: None,
        dialog,
        seq,
        kind: MessageKind::Text,
        author: Author::Customer,
        text,
        at: Stamp(i64::from(seq)),
        rev: Seq(1),
        details: otklik_model::Details::default(),
    }))
}

#[test]
fn erased_words_leave_no_trace_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut cache = CacheDb { db: open_plain(&CACHE, &folder.path().join("cache.db")) };
    let [kept, erased] = [1, 2].map(|n| DialogId::from_parts(1, [n; 10]));
    for round in 0..20 {
        let writes: Vec<CacheWrite> = (1..=50)
            .flat_map(|n| {
                let seq = round * 50 + n;
                [say(kept, seq, format!("обычные слова {seq}")), say(erased, seq, format!("qzxcanary{seq} кенарейка"))]
            })
            .collect();
        cache.apply(&writes).unwrap();
    }
    while cache.rest().unwrap() {}
    // The text, and the entries of the index made of it; entries share beginnings, so not each stands there in full.
    assert!(traces(folder.path(), "qzxcanary") > 1_000);
    assert!(traces(folder.path(), "канарейк") == 0 && traces(folder.path(), "кенарейк") > 1_000);
    cache.apply(&[CacheWrite::DropDialog(erased)]).unwrap();
    while cache.rest().unwrap() {}
    for word in ["qzxcanary", "кенарейк", "zxcanar"] {
        assert_eq!(traces(folder.path(), word), 0, "{word}");
    }
    assert!(traces(folder.path(), "обычные") >= 1_000);
    assert_eq!(cache.thread(kept, None, 2_000).unwrap().messages.len(), 1_000);
    cache.db.execute_batch("INSERT INTO search (search) VALUES ('integrity-check')").unwrap();
}

#[test]
fn a_replaced_text_leaves_no_trace_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut cache = CacheDb { db: open_plain(&CACHE, &folder.path().join("cache.db")) };
    let dialog = DialogId::from_parts(1, [1; 10]);
    cache.apply(&[say(dialog, 1, "qzxcanary".to_owned())]).unwrap();
    let CacheWrite::PutMessage(mut message) = say(dialog, 1, "другое".to_owned()) else { panic!() };
    message.rev = Seq(2);
    cache.apply(&[CacheWrite::PutMessage(message)]).unwrap();
    while cache.rest().unwrap() {}
    assert_eq!(traces(folder.path(), "qzxcanary"), 0);
}

#[test]
fn in_quiet_moments_the_index_becomes_a_few_parts_that_say_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut cache = CacheDb { db: open_plain(&CACHE, &folder.path().join("cache.db")) };
    let dialog = DialogId::from_parts(1, [1; 10]);
    // What a result shows of its dialog.
    let row =
        "INSERT INTO dialogs (id, number, customer_number, held_from, held_upto, json) VALUES (?1, 1, 1, 1, 300, '')";
    cache.db.execute(row, [dialog.0.as_bytes()]).unwrap();
    for round in 0..60 {
        let texts = (1..=5).map(|n| say(dialog, round * 5 + n, format!("заказ {} слово{n}", round * 5 + n)));
        cache.apply(&texts.collect::<Vec<_>>()).unwrap();
    }
    let parts = |cache: &CacheDb| -> i64 {
        cache.db.query_row("SELECT count(DISTINCT segid) FROM search_idx", [], |row| row.get(0)).unwrap()
    };
    let (scattered, found) =
        (parts(&cache), cache.search(&MessageSearch::of("слово3 заказы"), SearchOrder::Newest, 100).unwrap());
    assert_eq!(found.hits.len(), 60);
    while cache.rest().unwrap() {}
    assert!(parts(&cache) < scattered && parts(&cache) <= 3, "{} of {scattered}", parts(&cache));
    assert_eq!(cache.search(&MessageSearch::of("слово3 заказы"), SearchOrder::Newest, 100).unwrap(), found);
    assert!(!cache.rest().unwrap(), "there is an end of it");
    cache.db.execute_batch("INSERT INTO search (search) VALUES ('integrity-check')").unwrap();
}
