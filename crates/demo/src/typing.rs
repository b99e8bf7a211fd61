//! How a text comes into being under somebody's fingers. Pure: chance is an argument, time is a result.

use rand::Rng;
use std::time::Duration;

/// What stands in the field, and how long it took since the state before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stroke {
    /// Since the last stroke, at a human pace.
    pub after: Duration,
    /// The field.
    pub field: String,
}

/// The strokes by which a person types `text` into an empty field, slips and corrections included. The last one leaves
/// exactly `text`.
pub(crate) fn type_text(text: &str, chance: &mut impl Rng) -> Vec<Stroke> {
    let mut strokes = Vec::new();
    let mut field = String::new();
    for c in text.chars() {
        if c.is_alphabetic() && chance.random_bool(0.015) {
            slip(c, &field, &mut strokes, chance);
        }
        field.push(c);
        strokes.push(Stroke { after: time_for(c, chance), field: field.clone() });
    }
    strokes
}

/// The strokes by which it is rubbed out again, after a moment's thought.
pub(crate) fn rub_out(text: &str, chance: &mut impl Rng) -> Vec<Stroke> {
    let mut strokes = Vec::new();
    let mut field = text.to_owned();
    let mut after = Duration::from_millis(chance.random_range(1_200..3_000));
    while field.pop().is_some() {
        strokes.push(Stroke { after, field: field.clone() });
        after = Duration::from_millis(chance.random_range(25..55));
    }
    strokes
}

/// A wrong key, noticed a moment later.
fn slip(meant: char, field: &str, strokes: &mut Vec<Stroke>, chance: &mut impl Rng) {
    let wrong = neighbour(meant);
    strokes.push(Stroke { after: time_for(meant, chance), field: format!("{field}{wrong}") });
    let noticed = Duration::from_millis(chance.random_range(250..600));
    strokes.push(Stroke { after: noticed, field: field.to_owned() });
}

/// The key beside the one that was meant, on the keyboard the letter is from.
fn neighbour(meant: char) -> char {
    const ROWS: [&str; 6] = ["йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "qwertyuiop", "asdfghjkl", "zxcvbnm"];
    let Some(lower) = meant.to_lowercase().next() else { return meant };
    for row in ROWS {
        if let Some(at) = row.chars().position(|key| key == lower) {
            let beside = if at == 0 { 1 } else { at - 1 };
            return row.chars().nth(beside).unwrap_or(meant);
        }
    }
    meant
}

/// People stop between words and longer between sentences.
fn time_for(c: char, chance: &mut impl Rng) -> Duration {
    let ms = chance.random_range(55..150);
    let rest = match c {
        '.' | '?' | '!' | '\n' => chance.random_range(200..700),
        ',' | ':' => chance.random_range(80..250),
        ' ' => chance.random_range(0..120),
        _ => 0,
    };
    Duration::from_millis(ms + rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    const TEXT: &str = "Здравствуйте! Подскажите, пожалуйста, когда приедет мой заказ? Order 1184, thank you.";

    #[test]
    fn the_field_ends_with_the_text_and_changes_by_one_character_at_a_time() {
        for seed in 0..200 {
            let strokes = type_text(TEXT, &mut ChaCha8Rng::seed_from_u64(seed));
            assert_eq!(strokes.last().unwrap().field, TEXT);
            let mut length = 0;
            for stroke in &strokes {
                let now = stroke.field.chars().count();
                assert_eq!(now.abs_diff(length), 1, "{:?}", stroke.field);
                length = now;
            }
        }
    }

    #[test]
    fn rubbing_out_leaves_nothing() {
        let strokes = rub_out("Верните деньги", &mut ChaCha8Rng::seed_from_u64(3));
        assert_eq!(strokes.len(), 14);
        assert_eq!(strokes.last().unwrap().field, "");
        assert!(strokes[0].after > Duration::from_secs(1), "there is a moment's thought first");
    }

    #[test]
    fn some_slip_and_correct_themselves() {
        let with_slips = (0..100)
            .filter(|seed| {
                type_text(TEXT, &mut ChaCha8Rng::seed_from_u64(*seed))
                    .iter()
                    .any(|stroke| !TEXT.starts_with(&stroke.field))
            })
            .count();
        assert!((40..100).contains(&with_slips), "{with_slips}");
    }

    #[test]
    fn a_person_types_two_to_nine_characters_a_second() {
        let strokes = type_text(TEXT, &mut ChaCha8Rng::seed_from_u64(7));
        let seconds = strokes.iter().map(|stroke| stroke.after).sum::<Duration>().as_secs_f64();
        let speed = TEXT.chars().count() as f64 / seconds;
        assert!((2.0..9.0).contains(&speed), "{speed}");
    }

    #[test]
    fn the_same_seed_types_in_the_same_way() {
        let [one, two] = [5, 5].map(|seed| type_text(TEXT, &mut ChaCha8Rng::seed_from_u64(seed)));
        assert_eq!(one, two);
    }
}
