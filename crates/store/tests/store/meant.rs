//! The best answers first, and what may have been meant by words that find nothing.

use crate::made::*;
use otklik_core::SearchOrder;
use otklik_model::{Alike, MessageSearch, Stamp};
use otklik_store::{CacheDb, Hits};
use proptest::prelude::*;

/// Dialog 2 with these messages, numbered from 1, each a second after the one before.
fn saying(texts: &[impl AsRef<str>]) -> CacheDb {
    let mut cache = CacheDb::open_in_memory().unwrap();
    let mut writes = vec![put_dialog(2)];
    writes.extend((1..).zip(texts).map(|(seq, text)| put_message(2, seq, text.as_ref())));
    cache.apply(&writes).unwrap();
    cache
}

fn asked(cache: &CacheDb, words: &str, order: SearchOrder) -> Hits {
    cache.search(&MessageSearch::of(words), order, 100).unwrap()
}

fn best(cache: &CacheDb, words: &str) -> Vec<u32> {
    asked(cache, words, SearchOrder::Best).hits.iter().map(|hit| hit.seq).collect()
}

fn alike(cache: &CacheDb, words: &str) -> Option<Alike> {
    asked(cache, words, SearchOrder::Newest).alike
}

#[test]
fn the_best_answer_comes_first_however_old_it_is() {
    let long = format!("возврат {}денег", "и ещё много слов ".repeat(20));
    let cache = saying(&[
        "Когда возврат денег?",
        "Денег нет, а возврат обещали",
        long.as_str(),
        "Возвраты были, и деньги",
        "Просто возврат",
        "Мой возврат денег",
    ]);
    // Of two that are as good the newer one.
    assert_eq!(best(&cache, "возврат денег "), [6, 1, 2, 4, 3]);
    assert_eq!(best(&cache, "деньги"), [4, 6, 2, 1, 3]);
    assert_eq!(asked(&cache, "возврат денег ", SearchOrder::Newest).hits[0].seq, 6);
}

#[test]
fn a_phrase_is_found_among_many_shorter_messages() {
    let mut texts = vec!["это ".repeat(40) + "акция закончилась вчера вечером"];
    texts.extend((0..1_500).map(|n| format!("закончилась {n} акция")));
    let cache = saying(&texts);
    assert_eq!(best(&cache, "акция закончилась ")[0], 1);
    let all = asked(&cache, "акция закончилась ", SearchOrder::Best);
    assert!(all.hits.len() == 100 && all.more);
}

#[test]
fn conditions_hold_for_the_best_as_for_the_newest() {
    let mut cache = saying(&["чек", "чек ещё раз", "чек"]);
    cache.apply(&[put_dialog(3), put_message(3, 4, "чек")]).unwrap();
    let customer = Some("368003".to_owned());
    let until = Some(Stamp(1_700_000_002_000));
    for (search, numbers) in [
        (MessageSearch { customer, ..MessageSearch::of("чек") }, vec![4]),
        (MessageSearch { until, ..MessageSearch::of("чек") }, vec![1]),
        (MessageSearch::of("чек"), vec![4, 3, 2, 1]),
    ] {
        let hits = cache.search(&search, SearchOrder::Best, 100).unwrap();
        assert_eq!(
            (hits.hits.iter().map(|hit| hit.seq).collect::<Vec<_>>(), hits.more),
            (numbers, false),
            "{search:?}"
        );
    }
    let one = cache.search(&MessageSearch::of("чек"), SearchOrder::Best, 1).unwrap();
    assert_eq!((one.hits.len(), one.more), (1, true));
}

#[test]
fn words_that_find_nothing_are_told_apart_from_what_they_may_have_meant() {
    let cache = saying(&["Где доставка?", "Доставку обещали", "доставкой доволен", "Кроссовки малы", "даставка"]);
    let found = alike(&cache, "доставвка ").unwrap();
    assert_eq!((found.slips[0].typed.as_str(), found.slips[0].meant.as_str()), ("доставвка", "доставка"));
    assert_eq!((found.words.as_str(), found.more), ("доставка ", false));
    assert_eq!(found.hits.iter().map(|hit| hit.seq).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(found.hits[2].pieces, ["Где ", "доставка", "?"]);
    assert_eq!(alike(&cache, "ljcnfdrf ").unwrap().words, "доставка ");
    // Somebody wrote it like this once: that is found, and what was meant stands beside it.
    let both = asked(&cache, "даставка", SearchOrder::Newest);
    assert_eq!((both.hits[0].seq, both.alike.unwrap().hits.len()), (5, 3));
    // Found as typed, too short, not alike, not together.
    for words in ["доставка", "кросы", "холодильник", "доставвка кроссовки", "!", ""]
    {
        assert_eq!(alike(&cache, words), None, "{words}");
    }
}

#[test]
fn what_may_have_been_meant_keeps_the_conditions_and_the_order() {
    let cache = saying(&["Где же наконец доставка", "доставка", "доставка завтра"]);
    let since = Some(Stamp(1_700_000_003_000));
    let late = MessageSearch { since, ..MessageSearch::of("достваки ") };
    let hits = cache.search(&late, SearchOrder::Newest, 10).unwrap().alike.unwrap().hits;
    assert_eq!(hits.iter().map(|hit| hit.seq).collect::<Vec<_>>(), [3]);
    let nobody = MessageSearch { customer: Some("nobody".into()), ..MessageSearch::of("достваки ") };
    assert_eq!(cache.search(&nobody, SearchOrder::Newest, 10).unwrap(), Hits::default());
    let first = asked(&cache, "дставка ", SearchOrder::Best).alike.unwrap().hits[0].seq;
    assert_eq!(first, 3, "the newest of those that are short");
}

proptest! {
    /// Whatever is typed, both orders find the same messages, and nothing typed is understood as a query language.
    #[test]
    fn both_orders_find_the_same(words in "(заказ|чек|возврат|\\PC{0,12})( (заказы|чека|\"|NEAR\\(|\\PC{0,8})){0,3}") {
        let cache = saying(&["заказ и чек", "чек на возврат заказа", "возвраты", "чеки: заказ 5, возврат 7"]);
        let mut newest = asked(&cache, &words, SearchOrder::Newest);
        let mut best = asked(&cache, &words, SearchOrder::Best);
        for found in [&mut newest, &mut best] {
            found.hits.sort_by_key(|hit| hit.seq);
            if let Some(alike) = &mut found.alike {
                alike.hits.sort_by_key(|hit| hit.seq);
            }
        }
        prop_assert_eq!(newest, best);
    }
}
