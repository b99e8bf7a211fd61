//! The words that may have been meant where a finger slipped once: a wrong, a missing, a superfluous or a swapped letter.
//!
//! They are made, not looked for: some hundreds of them, most of which are no words. The index is asked which are there,
//! in one question. So nothing has to be kept for it beside the index, and no word of the index is gone through.

use crate::layout::are_neighbours;
use crate::words::stem;
use std::collections::BTreeMap;

/// Shorter words have too many words around them.
const SHORTEST: usize = 6;
/// Longer ones are no words.
const LONGEST: usize = 24;

const RUSSIAN: &str = "абвгдежзийклмнопрстуфхцчшщъыьэюя";
const LATIN: &str = "abcdefghijklmnopqrstuvwxyz";

/// Letters that are heard alike, and so written for each other.
const ALIKE: &[&str] = &["оа", "еи", "еэ", "тд", "сз", "шщ", "шж", "бп", "вф", "гк", "ьъ", "ыи", "цс"];

/// How likely a slip is: the first are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likely {
    /// Two letters swapped, one of a pair left out, one written twice.
    Very,
    /// A letter for one that sounds alike or is on the next key; one left out or too many.
    Quite,
    /// Any other letter.
    Hardly,
}

/// A word that may have been meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Guess {
    pub likely: Likely,
    pub word: String,
}

/// What may have been meant by a normal word, by the entry that the index would have; the likeliest of each first.
/// Nothing for what is too short, too long, or not of the letters of one language.
pub(crate) fn guesses(normal: &str) -> BTreeMap<String, Vec<Guess>> {
    let letters: Vec<char> = normal.chars().collect();
    let alphabet = [RUSSIAN, LATIN].into_iter().find(|alphabet| letters.iter().all(|c| alphabet.contains(*c)));
    let Some(alphabet) = alphabet.filter(|_| (SHORTEST..=LONGEST).contains(&letters.len())) else {
        return BTreeMap::new();
    };
    let mut words: BTreeMap<String, Likely> = BTreeMap::new();
    let mut put = |word: String, likely: Likely| {
        if word != normal {
            let known = words.entry(word).or_insert(likely);
            *known = likely.min(*known);
        }
    };
    too_many(&letters, &mut put);
    swapped(&letters, &mut put);
    wrong(&letters, alphabet, &mut put);
    missing(&letters, alphabet, &mut put);
    let mut by_entry: BTreeMap<String, Vec<Guess>> = BTreeMap::new();
    for (word, likely) in words {
        by_entry.entry(stem(&word).into_owned()).or_default().push(Guess { likely, word });
    }
    for guesses in by_entry.values_mut() {
        guesses.sort();
    }
    by_entry
}

fn too_many(letters: &[char], put: &mut impl FnMut(String, Likely)) {
    for at in 0..letters.len() {
        let twice = at > 0 && letters[at - 1] == letters[at];
        put(spelt(&[&letters[..at], &letters[at + 1..]]), if twice { Likely::Very } else { Likely::Quite });
    }
}

fn swapped(letters: &[char], put: &mut impl FnMut(String, Likely)) {
    for at in 1..letters.len() {
        let pair = [letters[at], letters[at - 1]];
        put(spelt(&[&letters[..at - 1], &pair, &letters[at + 1..]]), Likely::Very);
    }
}

fn wrong(letters: &[char], alphabet: &str, put: &mut impl FnMut(String, Likely)) {
    for (at, typed) in letters.iter().enumerate() {
        for meant in alphabet.chars() {
            let likely = if sound_alike(*typed, meant) || are_neighbours(*typed, meant) {
                Likely::Quite
            } else {
                Likely::Hardly
            };
            put(spelt(&[&letters[..at], &[meant], &letters[at + 1..]]), likely);
        }
    }
}

fn missing(letters: &[char], alphabet: &str, put: &mut impl FnMut(String, Likely)) {
    for at in 0..=letters.len() {
        for meant in alphabet.chars() {
            let pair = at > 0 && letters[at - 1] == meant;
            put(spelt(&[&letters[..at], &[meant], &letters[at..]]), if pair { Likely::Very } else { Likely::Quite });
        }
    }
}

fn sound_alike(one: char, other: char) -> bool {
    ALIKE.iter().any(|pair| pair.contains(one) && pair.contains(other))
}

fn spelt(parts: &[&[char]]) -> String {
    parts.iter().flat_map(|part| part.iter()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Guess, Likely, guesses};

    fn guess(typed: &str, meant: &str) -> Option<Likely> {
        let all = guesses(typed);
        all.values().flatten().find(|guess| guess.word == meant).map(|guess| guess.likely)
    }

    #[test]
    fn every_slip_of_one_letter_is_thought_of() {
        for (typed, meant, likely) in [
            ("достваки", "доставки", Likely::Very),
            ("доставвка", "доставка", Likely::Very),
            ("касета", "кассета", Likely::Very),
            ("доставкя", "доставка", Likely::Hardly),
            ("даставка", "доставка", Likely::Quite),
            ("достаука", "доставка", Likely::Quite),
            ("дотавка", "доставка", Likely::Quite),
            ("оставка", "доставка", Likely::Quite),
            ("доставк", "доставка", Likely::Quite),
            ("докставка", "доставка", Likely::Quite),
            ("delivrey", "delivery", Likely::Very),
        ] {
            assert_eq!(guess(typed, meant), Some(likely), "{typed}");
        }
    }

    #[test]
    fn two_slips_short_words_and_what_is_no_word_are_left_alone() {
        assert_eq!(guess("дстваки", "доставки"), None);
        assert_eq!(guess("доставка", "доставка"), None);
        for typed in ["заказ", "заказ5", "заkаzы", "9123456789", "", &"ж".repeat(25)] {
            assert!(guesses(typed).is_empty(), "{typed}");
        }
    }

    #[test]
    fn the_likeliest_of_an_entry_comes_first_and_there_are_some_hundreds() {
        let all = guesses("доставвка");
        let first = all["доставк"].first();
        assert_eq!(first, Some(&Guess { likely: Likely::Very, word: "доставка".to_owned() }));
        let longest = guesses(&"абвгдежзиклм".repeat(2));
        let count: usize = longest.values().map(Vec::len).sum();
        assert!((500..1_700).contains(&count), "{count}");
    }
}
