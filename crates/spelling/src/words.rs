//! A text's words: what a dictionary can be asked about. Addresses, numbers, variables and names of programs are not.

/// What joins the parts of a word.
pub(crate) const HYPHENS: [char; 2] = ['-', '\u{2011}'];
/// What stands within a word: an apostrophe of any make.
const APOSTROPHES: [char; 3] = ['\'', '\u{2019}', '\u{2bc}'];
/// Letters in capitals up to here are an abbreviation.
const ABBREVIATION: usize = 5;

/// A word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    /// It, as it is written.
    pub text: &'a str,
    /// Its first UTF-16 unit.
    pub from: u32,
    /// The unit behind it.
    pub to: u32,
}

/// A language that there is a dictionary of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Russian,
    English,
}

/// What the letters of a word say of its language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// It can be only this.
    Of(Language),
    /// Letters of both.
    Mixed,
    /// Letters of others: no dictionary is asked.
    Neither,
}

/// The words of a text, in order.
pub(crate) fn of(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut from = 0;
    text.split_inclusive(char::is_whitespace).flat_map(move |chunk| {
        let start = from;
        from += units(chunk);
        in_chunk(chunk, start)
    })
}

/// Which language a word's letters are of.
pub(crate) fn language(word: &str) -> Piece {
    let (mut russian, mut english) = (false, false);
    for letter in word.chars().filter(|letter| letter.is_alphabetic()) {
        match letter {
            'а'..='я' | 'А'..='Я' | 'ё' | 'Ё' => russian = true,
            'a'..='z' | 'A'..='Z' => english = true,
            _ => return Piece::Neither,
        }
    }
    match (russian, english) {
        (true, true) => Piece::Mixed,
        (true, false) => Piece::Of(Language::Russian),
        (false, true) => Piece::Of(Language::English),
        (false, false) => Piece::Neither,
    }
}

/// Numbers, single letters, abbreviations and names like JavaScript are in no dictionary and are not wrong.
pub(crate) fn is_passed_over(word: &str) -> bool {
    let letters = word.chars().count();
    let capitals = word.chars().filter(|letter| letter.is_uppercase()).count();
    let first = word.chars().next().is_some_and(char::is_uppercase);
    let camel = capitals > usize::from(first) && capitals < letters;
    letters < 2 || word.chars().any(char::is_numeric) || camel || (capitals == letters && letters <= ABBREVIATION)
}

/// The words between two spaces, with where the chunk begins.
fn in_chunk(chunk: &str, start: u32) -> Vec<Word<'_>> {
    if is_address(chunk) {
        return Vec::new();
    }
    let mut words = Vec::new();
    let mut rest = chunk;
    let mut at = start;
    while let Some(letter) = rest.chars().next() {
        let length = match letter {
            // A variable of a ready answer.
            '{' => rest.find('}').map_or(rest.len(), |end| end + 1),
            letter if letter.is_alphanumeric() => word_length(rest),
            letter => letter.len_utf8(),
        };
        let (text, after) = rest.split_at(length);
        let to = at + units(text);
        if letter.is_alphanumeric() && !text.split(HYPHENS).all(is_passed_over) {
            words.push(Word { text, from: at, to });
        }
        (rest, at) = (after, to);
    }
    words
}

/// How many bytes at the beginning are one word.
fn word_length(text: &str) -> usize {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let joins = HYPHENS.contains(&letter) || APOSTROPHES.contains(&letter);
        let follows = letters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if !(letter.is_alphanumeric() || (joins && follows)) {
            return at;
        }
    }
    text.len()
}

/// Whether it is for machines: a link, a mailbox, a host, a path, a name in a program.
fn is_address(chunk: &str) -> bool {
    let inner_dot = || {
        let ascii = chunk.as_bytes();
        ascii.windows(3).any(|three| three[1] == b'.' && [three[0], three[2]].iter().all(u8::is_ascii_alphanumeric))
    };
    chunk.contains("://") || chunk.contains(['@', '\\', '_']) || chunk.starts_with('#') || inner_dot()
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}
