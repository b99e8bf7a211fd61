//! What was typed in the wrong keyboard layout.

const LATIN: &str = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>";
const RUSSIAN: &str = "ёйцукенгшщзхъфывапролджэячсмитьбюЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ";

/// The rows of letters of both.
const KEYS: [[&str; 3]; 2] = [["йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"], ["qwertyuiop", "asdfghjkl", "zxcvbnm"]];

/// What the same keys write in the other layout: `ghbdtn` is `привет`, `щквук` is `order`.
pub(crate) fn in_other_layout(text: &str) -> String {
    let (from, to) = if text.contains(is_russian) { (RUSSIAN, LATIN) } else { (LATIN, RUSSIAN) };
    text.chars().map(|c| key(c, from, to).unwrap_or(c)).collect()
}

/// Whether the keys of two letters are side by side, or one above the other.
pub(crate) fn are_neighbours(one: char, other: char) -> bool {
    KEYS.iter().any(|rows| {
        let [one, other] = [one, other].map(|letter| place(rows, letter));
        one.zip(other).is_some_and(|(one, other)| one.0.abs_diff(other.0) <= 1 && one.1.abs_diff(other.1) <= 1)
    })
}

fn key(c: char, from: &str, to: &str) -> Option<char> {
    to.chars().nth(from.chars().position(|other| other == c)?)
}

fn is_russian(c: char) -> bool {
    matches!(c, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё')
}

/// Row and column of a small letter's key.
fn place(rows: &[&str], letter: char) -> Option<(usize, usize)> {
    rows.iter().enumerate().find_map(|(row, keys)| Some((row, keys.chars().position(|key| key == letter)?)))
}

#[cfg(test)]
mod tests {
    use super::{are_neighbours, in_other_layout};

    #[test]
    fn the_same_keys_write_the_other_alphabet_and_back() {
        for (typed, meant) in
            [("ghbdtn", "привет"), ("Ljcnfdrf", "Доставка"), ("[jxe", "хочу"), ("`krf 5", "ёлка 5"), ("фззду", "apple")]
        {
            assert_eq!(in_other_layout(typed), meant);
            assert_eq!(in_other_layout(meant), typed);
        }
    }

    #[test]
    fn neighbours_are_told_from_strangers() {
        for (one, other, are) in
            [('а', 'п', true), ('а', 'м', true), ('а', 'о', false), ('q', 'p', false), ('q', 'й', false)]
        {
            assert_eq!(are_neighbours(one, other), are, "{one}{other}");
        }
    }
}
