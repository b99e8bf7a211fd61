//! How well a text answers a question, from the text alone.
//!
//! Every hit has every word, so how rare a word is says nothing about their order: what the usual formula (BM25) has to
//! read the whole index for is left out. What remains is said better by the text: do the words stand together, in this
//! order, as they were typed; how much else is there.

use crate::Query;
use crate::query::Part;
use crate::words::{phone_words, phones, stem, with_stem, words};
use std::collections::BTreeMap;
use std::iter;

/// Words stand near each other with no more others than this between them.
const NEAR: usize = 4;

/// Up to here a message is short: that it is shorter still says nothing.
const SHORT: usize = 12;

/// What it weighs that the words stand together, stand in order, stand there in the very form, repeatedly, and alone.
const TOGETHER: f64 = 3.0;
const IN_ORDER: f64 = 0.5;
const AS_TYPED: f64 = 1.0;
const OFTEN: f64 = 0.5;
const BRIEF: f64 = 1.0;

/// A word of a text that is one of those asked for.
struct Place {
    at: usize,
    part: usize,
    as_typed: bool,
}

impl Query {
    /// How well a text answers it; only to be compared with another text's.
    #[must_use]
    pub fn likeness(&self, text: &str) -> f64 {
        let (places, length) = self.places(text);
        let parts = self.parts().len();
        let of_all = |part: usize| part as f64 / parts.max(1) as f64;
        let found = |wanted: &dyn Fn(&Place) -> bool| {
            (0..parts).filter(|part| places.iter().any(|place| place.part == *part && wanted(place))).count()
        };
        if found(&|_| true) < parts {
            return 0.0;
        }
        let (window, in_order) = closest(&places, parts);
        let repeated = places.len().saturating_sub(parts) as f64;
        TOGETHER * parts as f64 / window.max(parts) as f64
            + if in_order { IN_ORDER } else { 0.0 }
            + AS_TYPED * of_all(found(&|place| place.as_typed))
            + OFTEN * repeated / (repeated + 1.0)
            + BRIEF * SHORT as f64 / length.max(SHORT) as f64
    }

    /// The questions for messages in which the words, as typed or with the same stems, stand together: in this order,
    /// then near each other in any. None if there is one word.
    #[must_use]
    pub fn closer(&self) -> Vec<String> {
        let whole = |part: &Part| format!("\"{}\"", stem(&part.typed));
        let Some((last, others)) = self.parts().split_last().filter(|(_, others)| !others.is_empty()) else {
            return Vec::new();
        };
        let others: Vec<String> = others.iter().map(whole).collect();
        let ends: Vec<String> =
            iter::once(whole(last)).chain(last.prefix.iter().map(|prefix| format!("\"{prefix}\" *"))).collect();
        let any = |join: &dyn Fn(&String) -> String| ends.iter().map(join).collect::<Vec<_>>().join(" OR ");
        let in_order = any(&|end| format!("{} + {end}", others.join(" + ")));
        vec![in_order, any(&|end| format!("NEAR({} {end}, {NEAR})", others.join(" ")))]
    }

    /// Where the words asked for stand in a text, in its order, and how many words it has.
    fn places(&self, text: &str) -> (Vec<Place>, usize) {
        let words = words(text);
        let mut places = Vec::new();
        for (at, word) in words.iter().enumerate() {
            with_stem(&word.normal, |entry| {
                let of = self.parts().iter().enumerate().filter(|(_, part)| part.finds(entry));
                places.extend(of.map(|(part, asked)| Place { at, part, as_typed: asked.typed == word.normal }));
            });
        }
        for phone in phones(text, &words) {
            let is = |part: &Part| phone_words(&phone.digits).iter().any(|digits| part.finds(digits));
            let of = self.parts().iter().enumerate().filter(|(_, part)| is(part));
            places.extend(of.map(|(part, _)| Place { at: phone.words.start, part, as_typed: true }));
        }
        places.sort_by_key(|place| (place.at, place.part));
        (places, words.len())
    }
}

/// The shortest stretch in which each part stands, in words, and whether one as short has them in the order asked for.
fn closest(places: &[Place], parts: usize) -> (usize, bool) {
    let mut inside: BTreeMap<usize, usize> = BTreeMap::new();
    let (mut shortest, mut in_order, mut from) = (usize::MAX, false, 0);
    for (to, place) in places.iter().enumerate() {
        *inside.entry(place.part).or_default() += 1;
        while inside.len() == parts {
            let length = place.at - places[from].at + 1;
            let ordered = places[from..=to].iter().map(|place| place.part).is_sorted();
            if length < shortest {
                (shortest, in_order) = (length, ordered);
            } else if length == shortest {
                in_order |= ordered;
            }
            let first = places[from].part;
            from += 1;
            if let Some(count) = inside.get_mut(&first) {
                *count -= 1;
                if *count == 0 {
                    inside.remove(&first);
                }
            }
        }
    }
    (shortest, in_order)
}

#[cfg(test)]
mod tests {
    use crate::Query;

    /// The texts, the best answer first.
    fn ranked<'a>(asked: &str, texts: &[&'a str]) -> Vec<&'a str> {
        let query = Query::new(asked).unwrap();
        let mut texts = texts.to_vec();
        texts.sort_by(|a, b| query.likeness(b).total_cmp(&query.likeness(a)));
        texts
    }

    #[test]
    fn words_that_stand_together_in_order_and_as_typed_come_first() {
        let long = format!("возврат {} денег", "и ещё много слов ".repeat(10));
        let best_first = [
            "Когда возврат денег?",
            "Когда возвратите деньги",
            "Денег нет, возврат",
            "Возврат обещали, а своих денег так и нет",
            long.as_str(),
            "Возврат товара",
        ];
        let mut shuffled = best_first;
        shuffled.reverse();
        assert_eq!(ranked("возврат денег ", &shuffled), best_first);
    }

    #[test]
    fn of_one_word_the_very_form_comes_first_and_a_short_message() {
        let long = format!("{} гарантия", "слово ".repeat(40));
        let best_first = ["Гарантия есть? Где гарантия?", "Есть гарантия", long.as_str(), "О гарантии"];
        let mut shuffled = best_first;
        shuffled.reverse();
        assert_eq!(ranked("гарантия ", &shuffled), best_first);
    }

    #[test]
    fn a_phone_is_one_word_however_it_is_written() {
        let query = Query::new("заказ 89123456789").unwrap();
        assert!(query.likeness("заказ +7 (912) 345-67-89") > query.likeness("заказ 5, звоните +7 (912) 345-67-89"));
        assert!(query.likeness("заказ 89990001122").abs() < f64::EPSILON);
    }

    #[test]
    fn the_questions_for_words_that_stand_together_hold_stems_and_a_beginning() {
        let closer = |text: &str| Query::new(text).unwrap().closer();
        assert_eq!(closer("возврат "), Vec::<String>::new());
        assert_eq!(closer("возвраты денег "), ["\"возврат\" + \"денег\"", "NEAR(\"возврат\" \"денег\", 4)"]);
        assert_eq!(
            closer("возврата ден"),
            [
                "\"возврат\" + \"ден\" OR \"возврат\" + \"ден\" *",
                "NEAR(\"возврат\" \"ден\", 4) OR NEAR(\"возврат\" \"ден\" *, 4)"
            ]
        );
    }
}
