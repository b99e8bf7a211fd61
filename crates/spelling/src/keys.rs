//! Words that were typed on the wrong keyboard layout, or with letters of the other alphabet that look alike.

/// The letters of an English keyboard, and of a Russian one on the same keys.
const ENGLISH: &str = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const RUSSIAN: &str = "йцукенгшщзхъфывапролджэячсмитьбюё";

/// Letters that look alike.
const LATIN: &str = "aceopxyABCEHKMOPTX";
const CYRILLIC: &str = "асеорхуАВСЕНКМОРТХ";

/// The same keys on the other layout.
pub(crate) fn other_layout(word: &str) -> Option<String> {
    on_keys(word, ENGLISH, RUSSIAN).or_else(|| on_keys(word, RUSSIAN, ENGLISH))
}

/// A word of mixed letters, in the alphabet that most of them are of; `None` if it is of one already.
pub(crate) fn one_alphabet(word: &str) -> Option<String> {
    let latin = word.chars().filter(char::is_ascii_alphabetic).count();
    let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
    if latin == 0 || latin == letters {
        return None;
    }
    let (from, to) = if latin * 2 > letters { (CYRILLIC, LATIN) } else { (LATIN, CYRILLIC) };
    Some(word.chars().map(|letter| twin(letter, from, to).unwrap_or(letter)).collect())
}

/// The word with each letter replaced; `None` if one of them is on no key.
fn on_keys(word: &str, from: &str, to: &str) -> Option<String> {
    word.chars()
        .map(|letter| {
            let small = letter.to_lowercase().next()?;
            let other = twin(small, from, to)?;
            if letter.is_uppercase() { other.to_uppercase().next() } else { Some(other) }
        })
        .collect()
}

fn twin(letter: char, from: &str, to: &str) -> Option<char> {
    from.chars().zip(to.chars()).find(|(one, _)| *one == letter).map(|(_, other)| other)
}
