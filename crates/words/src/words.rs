//! How text becomes the words of the search index, the same for what is stored and for what is asked.
//!
//! A word is a run of letters and digits: composed (NFC), in lower case, ё as е, stress marks and invisible characters
//! left out, and stemmed by its script (Snowball, Russian or English). Numbers that look like phones get words of their
//! own, so that they are found however they were written. Changing anything here changes what is on disk: in the
//! operator's cache (see the comment at `search` in its schema) and in the hub's databases.

use rust_stemmers::{Algorithm, Stemmer};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longer words are cut: a text without spaces must not become one giant entry of the index.
const LONGEST: usize = 64;

/// Stems that a thread remembers: people use few words, and those often.
const REMEMBERED: usize = 8_192;

thread_local! {
    /// Normal words with their stems.
    static STEMS: RefCell<HashMap<String, Box<str>>> = RefCell::default();
}

/// How many digits a phone number has, with or without the country.
const PHONE: Range<usize> = 10..16;

/// A word and where it stands in the text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Bytes of the original text.
    pub span: Range<usize>,
    /// In its normal form, not stemmed.
    pub normal: String,
}

/// The words of a text, in order.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        // Nearly all are plain, and asking that is quicker.
        let is_part = lowered(c).is_some() || c.is_alphanumeric();
        let goes_on = is_part || (start.is_some() && is_silent(c));
        match (start, goes_on) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                found.push(word(text, from..at));
                start = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    if let Some(from) = start {
        found.push(word(text, from..text.len()));
    }
    found
}

/// What the index stores for a text: stems, then the words of its phone numbers, separated by spaces.
pub(crate) fn indexed(text: &str) -> String {
    let words = words(text);
    let mut line = String::with_capacity(text.len());
    for word in &words {
        with_stem(&word.normal, |stem| push(&mut line, stem));
    }
    for number in phones(text, &words) {
        for digits in phone_words(&number.digits) {
            push(&mut line, digits);
        }
    }
    line
}

/// The part of a normal word that its forms share.
pub(crate) fn stem(normal: &str) -> Cow<'_, str> {
    if normal.chars().all(is_russian) {
        Stemmer::create(Algorithm::Russian).stem(normal)
    } else if normal.bytes().all(|byte| byte.is_ascii_lowercase()) {
        Stemmer::create(Algorithm::English).stem(normal)
    } else {
        Cow::Borrowed(normal)
    }
}

/// The stem of a word that somebody wrote: such words come again and again, and stemming costs more than remembering.
pub(crate) fn with_stem<T>(normal: &str, then: impl FnOnce(&str) -> T) -> T {
    STEMS.with_borrow_mut(|stems| {
        if let Some(stem) = stems.get(normal) {
            return then(stem);
        }
        if stems.len() >= REMEMBERED {
            stems.clear();
        }
        then(stems.entry(normal.to_owned()).or_insert_with(|| stem(normal).into()))
    })
}

/// Whether a normal word is Russian, and so has many forms.
pub(crate) fn is_russian_word(normal: &str) -> bool {
    normal.chars().all(is_russian)
}

/// A phone number in a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Phone {
    /// Which words it was written with.
    pub words: Range<usize>,
    /// Its digits without +7 or 8.
    pub digits: String,
}

/// The phone numbers among the words of a text.
pub(crate) fn phones(text: &str, words: &[Word]) -> Vec<Phone> {
    let mut found = Vec::new();
    for run in digit_runs(text, words) {
        let joined: String = words[run.clone()].iter().map(|word| word.normal.as_str()).collect();
        if PHONE.contains(&joined.len()) {
            found.push(Phone { words: run, digits: national(joined) });
        } else {
            let single = run.filter(|index| PHONE.contains(&words[*index].normal.len()));
            found.extend(
                single.map(|index| Phone { words: index..index + 1, digits: national(words[index].normal.clone()) }),
            );
        }
    }
    found
}

/// Stretches of numbers with nothing between them but what people put into phone numbers.
fn digit_runs(text: &str, words: &[Word]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        if !is_digits(&word.normal) {
            continue;
        }
        match runs.last_mut() {
            Some(run) if run.end == index && is_phone_gap(&text[words[index - 1].span.end..word.span.start]) => {
                run.end = index + 1;
            }
            Some(_) | None => runs.push(index..index + 1),
        }
    }
    runs
}

/// What a phone number is found by: all of it, the seven digits of a town, the last four.
pub(crate) fn phone_words(digits: &str) -> [&str; 3] {
    [digits, &digits[digits.len() - 7..], &digits[digits.len() - 4..]]
}

/// Only the digits 0 to 9: other scripts' digits are longer than a byte and not written in phone numbers here.
fn is_digits(normal: &str) -> bool {
    normal.bytes().all(|byte| byte.is_ascii_digit())
}

/// Russian numbers are written with +7, 8 or nothing in front: the rest is the number.
fn national(digits: String) -> String {
    if digits.len() == 11 && digits.starts_with(['7', '8']) { digits[1..].to_owned() } else { digits }
}

fn is_phone_gap(between: &str) -> bool {
    between.chars().count() <= 3
        && between.chars().all(|c| matches!(c, ' ' | '-' | '(' | ')' | '.' | '+' | '\u{a0}' | '\u{2011}' | '\u{2013}'))
}

fn word(text: &str, span: Range<usize>) -> Word {
    let written = &text[span.clone()];
    Word { normal: plain(written).unwrap_or_else(|| composed(written)), span }
}

/// The normal form of a word of plain letters and digits.
fn plain(written: &str) -> Option<String> {
    let mut normal = String::with_capacity(written.len());
    for (at, c) in written.chars().enumerate() {
        // Also the first that is cut off: it might be a mark that belongs to the last that is not.
        let c = lowered(c)?;
        if at == LONGEST {
            break;
        }
        normal.push(c);
    }
    Some(normal)
}

/// The normal form of a letter or digit that is one character however it is written, as nearly all are.
fn lowered(c: char) -> Option<char> {
    match c {
        'a'..='z' | 'а'..='я' | '0'..='9' => Some(c),
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        'А'..='Я' => char::from_u32(u32::from(c) + 0x20),
        'ё' | 'Ё' => Some('е'),
        _ => None,
    }
}

/// The normal form of any word.
fn composed(written: &str) -> String {
    // Composed after lowering: lowering can take a letter apart (İ).
    let lower = written.nfc().flat_map(char::to_lowercase).nfc();
    lower.filter(|c| !is_silent(*c)).map(|c| if c == 'ё' { 'е' } else { c }).take(LONGEST).collect()
}

/// Marks over letters that did not compose, and characters that draw nothing.
fn is_silent(c: char) -> bool {
    is_combining_mark(c) || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

fn is_russian(c: char) -> bool {
    matches!(c, 'а'..='я')
}

fn push(line: &mut String, word: &str) {
    if !line.is_empty() {
        line.push(' ');
    }
    line.push_str(word);
}

#[cfg(test)]
mod tests;
