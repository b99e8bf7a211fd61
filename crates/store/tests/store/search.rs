//! What is found, in which order, and how it is shown.

use crate::made::*;
use otklik_core::{CacheWrite, SearchOrder};
use otklik_model::{
    Attachment, Author, Details, FileId, FileState, Message, MessageKind, MessageSearch, SearchHit, Seq, Stamp,
};
use otklik_store::CacheDb;
use std::collections::BTreeMap;

/// One dialog with these messages, numbered from 1.
fn saying(texts: &[&str]) -> CacheDb {
    let mut cache = CacheDb::open_in_memory().unwrap();
    let mut writes = vec![put_dialog(2)];
    writes.extend((1..).zip(texts).map(|(seq, text)| put_message(2, seq, text)));
    cache.apply(&writes).unwrap();
    cache
}

fn found(cache: &CacheDb, text: &str) -> Vec<u32> {
    let hits = cache.search(&MessageSearch::of(text), SearchOrder::Newest, 100).unwrap().hits;
    hits.iter().map(|hit| hit.seq).collect()
}

/// Words that operators search for, each with its forms.
fn word_list() -> Vec<Vec<&'static str>> {
    let lines = include_str!("../../../../tests/queries/words.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split(' ').collect()).collect()
}

/// A cache in which each form of each word is one message, and whose form each message is.
fn one_message_per_form(words: &[Vec<&'static str>]) -> (CacheDb, BTreeMap<u32, usize>) {
    let forms: Vec<(usize, &str)> =
        words.iter().enumerate().flat_map(|(word, forms)| forms.iter().map(move |form| (word, *form))).collect();
    let texts: Vec<String> = forms.iter().map(|(_, form)| format!("– {form}, 7!")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    (saying(&texts), (1..).zip(forms.iter().map(|(word, _)| *word)).collect())
}

#[test]
fn ninety_nine_of_a_hundred_russian_forms_are_found_by_the_dictionary_form() {
    let words = word_list();
    let (cache, word_of) = one_message_per_form(&words);
    let (mut right, mut all, mut shown) = (0, 0, 0);
    for (word, forms) in words.iter().enumerate() {
        let hits = found(&cache, &format!("{} ", forms[0]));
        let own = hits.iter().filter(|seq| word_of[seq] == word).count();
        assert!(own > 0, "{} does not find itself", forms[0]);
        (right, all, shown) = (right + own, all + forms.len(), shown + hits.len());
    }
    println!("recall {right} of {all}, precision {right} of {shown}");
    assert!(right * 100 >= all * 99, "{right} of {all} forms found");
    // A related word (заказать for заказывать) counts as wrong here.
    assert!(right * 100 >= shown * 85, "{right} of {shown} hits are right");
}

#[test]
fn ninety_five_of_a_hundred_russian_forms_are_found_by_any_other_form() {
    let words = word_list();
    let (cache, word_of) = one_message_per_form(&words);
    let (mut right, mut all) = (0, 0);
    for (word, forms) in words.iter().enumerate() {
        for form in forms {
            let own = found(&cache, &format!("{form} ")).iter().filter(|seq| word_of[seq] == word).count();
            (right, all) = (right + own, all + forms.len());
        }
    }
    println!("recall {right} of {all}");
    assert!(right * 100 >= all * 95, "{right} of {all} forms found");
}

#[test]
fn newest_first_even_if_older_history_arrives_later() {
    let mut cache = CacheDb::open_in_memory().unwrap();
    cache.apply(&[put_dialog(1), put_dialog(2)]).unwrap();
    for seq in [50, 51, 20, 21, 1, 2] {
        cache.apply(&[put_message(1, seq, "чек"), put_message(2, seq + 5, "чеки")]).unwrap();
    }
    let hits = cache.search(&MessageSearch::of("чек"), SearchOrder::Newest, 100).unwrap().hits;
    let times: Vec<i64> = hits.iter().map(|hit| hit.at.0).collect();
    let mut sorted = times.clone();
    sorted.sort_by(|a, b| b.cmp(a));
    assert_eq!((times.len(), &times), (12, &sorted));
}

#[test]
fn a_limit_is_kept_and_says_if_there_is_more() {
    let cache = saying(&["чек"; 150]);
    for (limit, shown, more) in [(1, 1, true), (100, 100, true), (5_000, 100, true), (0, 0, true)] {
        let hits = cache.search(&MessageSearch::of("чек"), SearchOrder::Newest, limit).unwrap();
        assert_eq!((hits.hits.len(), hits.more), (shown, more), "{limit}");
    }
    let cache = saying(&["чек"; 100]);
    assert!(!cache.search(&MessageSearch::of("чек"), SearchOrder::Newest, 100).unwrap().more);
}

#[test]
fn all_words_must_occur_and_the_last_may_be_unfinished() {
    let cache = saying(&[
        "Где мой заказ? Обещали доставку завтра",
        "Заказ отменён",
        "Доставка бесплатная",
        "My orders were delivered",
        "ЁЛКА 120 см",
    ]);
    for (text, numbers) in [
        ("заказ доставка", vec![1]),
        ("доставка заказа", vec![1]),
        ("доставк", vec![3, 1]),
        ("дост", vec![3, 1]),
        ("дос ", vec![]),
        ("заказ дос", vec![1]),
        ("елка", vec![5]),
        ("ёлки", vec![5]),
        ("order", vec![4]),
        ("delivering", vec![4]),
        ("deliv", vec![4]),
        ("120", vec![5]),
        ("12", vec![]),
        ("120см", vec![]),
    ] {
        assert_eq!(found(&cache, text), numbers, "{text:?}");
    }
}

#[test]
fn a_phone_is_found_however_it_was_written_and_however_it_is_asked_for() {
    let cache =
        saying(&["Перезвоните: 8 (912) 345-67-89", "+79123456789", "номер 9123456789.", "89123456780", "заказ 6789"]);
    for text in ["+7 912 345-67-89", "89123456789", "9123456789", "8(912)345 67 89"] {
        assert_eq!(found(&cache, text), [3, 2, 1], "{text:?}");
    }
    assert_eq!(found(&cache, "3456789"), [3, 2, 1]);
    assert_eq!(found(&cache, "6789"), [5, 3, 2, 1]);
    assert_eq!(found(&cache, "345-67-89"), [1]);
}

#[test]
fn nothing_typed_is_understood_as_a_query_language() {
    let cache = saying(&["обычный текст", "or not near and"]);
    for text in [
        "\"",
        "'",
        "*",
        "a*",
        "\"a",
        "a\"b",
        "NOT",
        "OR",
        "AND",
        "NEAR(",
        "NEAR/2",
        "words:текст",
        "^текст",
        "-текст",
        "текст OR",
        "(текст",
        "текст)",
        "{words} : текст",
        "текст\0",
        "\u{0}",
        ";DROP TABLE messages",
        "%",
        "_",
        "\\",
        "+",
        "т\u{301}е\u{301}",
        "🙂",
        "\u{202e}тскет",
        "\"\"\"",
        "' OR 1=1 --",
        "текст\" OR \"обычный",
    ] {
        cache.search(&MessageSearch::of(text), SearchOrder::Newest, 10).unwrap();
    }
    assert_eq!(found(&cache, "words:текст"), Vec::<u32>::new());
    assert_eq!(found(&cache, "обычный OR текст"), Vec::<u32>::new());
    assert_eq!(found(&cache, "текст OR "), Vec::<u32>::new());
    assert_eq!(found(&cache, "near "), [2]);
    assert_eq!(found(&cache, ""), Vec::<u32>::new());
    assert_eq!(found(&cache, "!?"), Vec::<u32>::new());
    cache.search(&MessageSearch::of("слово ".repeat(10_000)), SearchOrder::Newest, 10).unwrap();
    cache.search(&MessageSearch::of("ж".repeat(100_000)), SearchOrder::Newest, 10).unwrap();
}

#[test]
fn a_file_is_found_by_its_name_and_not_any_more_when_it_is_taken_back() {
    let mut cache = saying(&[]);
    let file = Attachment {
        id: FileId::from_parts(1, [1; 10]),
        name: "договор поставки.pdf".into(),
        media: "application/pdf".into(),
        size: 10,
        state: FileState::Ready,
        pixels: None,
    };
    let details = Details { file: Some(file), ..Details::default() };
    let sent = Message { kind: MessageKind::File, details, ..message(2, 1, "вот") };
    cache.apply(&[CacheWrite::PutMessage(Box::new(sent.clone()))]).unwrap();
    for words in ["договоры", "поставк", "вот"] {
        let hits = cache.search(&MessageSearch::of(words), SearchOrder::Newest, 10).unwrap().hits;
        assert_eq!(hits.len(), 1, "{words}");
        assert_eq!(hits[0].pieces.concat(), "вот договор поставки.pdf");
    }
    let gone = Details { deleted_at: Some(Stamp(5)), ..Details::default() };
    let back = Message { text: String::new(), rev: Seq(sent.rev.0 + 1), details: gone.clone(), ..sent };
    cache.apply(&[CacheWrite::PutMessage(Box::new(back))]).unwrap();
    assert!(cache.search(&MessageSearch::of("договор"), SearchOrder::Newest, 10).unwrap().hits.is_empty());
    assert_eq!(cache.thread(dialog_id(2), None, 10).unwrap().messages[0].details, gone);
}

#[test]
fn what_people_wrote_is_searched_and_what_the_hub_noted_is_not() {
    let mut cache = saying(&[]);
    for (seq, kind) in
        [(1, MessageKind::Text), (2, MessageKind::Note), (3, MessageKind::System), (4, MessageKind::Unknown)]
    {
        let message = Message { kind, ..message(2, seq, "accepted Олег") };
        cache.apply(&[CacheWrite::PutMessage(Box::new(message))]).unwrap();
    }
    assert_eq!(found(&cache, "олег"), [2, 1]);
}

#[test]
fn a_hit_has_all_that_its_row_shows() {
    let cache = saying(&["Где мой заказ?"]);
    let hits = cache.search(&MessageSearch::of("заказы"), SearchOrder::Newest, 10).unwrap().hits;
    let expected = SearchHit {
        dialog: dialog_id(2),
        number: 2,
        name: Some("Ирина".to_owned()),
        customer_number: 368_002,
        seq: 1,
        author: Author::Customer,
        at: Stamp(1_700_000_001_000),
        pieces: vec!["Где мой ".to_owned(), "заказ".to_owned(), "?".to_owned()],
    };
    assert_eq!(hits, [expected]);
}

#[test]
fn pieces_are_the_original_words_around_the_first_hit() {
    let filler = "очень ".repeat(50);
    for (text, query, pieces) in [
        ("Заказ", "заказ", vec!["", "Заказ", ""]),
        ("<b>Заказ</b> &amp;", "заказ", vec!["<b>", "Заказ", "</b> &amp;"]),
        ("ЗАКА\u{301}З\nи заказы", "заказ", vec!["", "ЗАКА\u{301}З", " и ", "заказы", ""]),
        ("тел. +7 (912) 345-67-89 вечером", "89123456789", vec!["тел. +", "7 (912) 345-67-89", " вечером"]),
    ] {
        let hits = saying(&[text]).search(&MessageSearch::of(query), SearchOrder::Newest, 1).unwrap().hits;
        assert_eq!(hits[0].pieces, pieces, "{text:?}");
    }
    let long = format!("{filler}заказ {filler}");
    let hits = saying(&[&long]).search(&MessageSearch::of("заказ"), SearchOrder::Newest, 1).unwrap().hits;
    let [before, hit, after] = hits[0].pieces.as_slice() else { panic!("{:?}", hits[0].pieces) };
    assert!(before.starts_with('…') && before.chars().count() == 41, "{before:?}");
    assert_eq!(hit, "заказ");
    assert!(after.ends_with('…') && after.chars().count() < 170, "{after:?}");
}

#[test]
fn a_dropped_dialog_is_found_no_more_and_others_still_are() {
    let mut cache = CacheDb::open_in_memory().unwrap();
    for n in 1..=3 {
        cache.apply(&[put_dialog(n)]).unwrap();
        for seq in 1..=50 {
            cache.apply(&[put_message(n, seq, "Здравствуйте, где мой заказ 12345?")]).unwrap();
        }
    }
    cache.apply(&[CacheWrite::DropDialog(dialog_id(2))]).unwrap();
    let hits = cache.search(&MessageSearch::of("заказ"), SearchOrder::Newest, 100).unwrap().hits;
    assert_eq!(hits.len(), 100);
    assert!(hits.iter().all(|hit| hit.dialog != dialog_id(2)));
    assert_eq!(cache.thread(dialog_id(2), None, 10).unwrap(), otklik_store::Block::default());
    assert_eq!(cache.load().unwrap().dialogs.len(), 2);
    cache.apply(&[put_dialog(2), put_message(2, 1, "заказ")]).unwrap();
    assert_eq!(cache.search(&MessageSearch::of("заказ"), SearchOrder::Newest, 3).unwrap().hits.len(), 3);
}
