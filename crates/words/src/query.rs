//! What the operator typed, as a question to the search index and as a way to mark what was found.
//!
//! Nothing typed ever reaches a database's query language: the question is put together from words, and a word holds only
//! letters and digits.

use crate::forms::entries;
use crate::words::{Word, is_russian_word, phone_words, phones, stem, with_stem, words};
use std::{collections::BTreeSet, ops::Range};

/// More words than this narrow nothing down and cost time.
pub(crate) const MOST: usize = 12;

/// The shortest unfinished word that is completed: fewer letters begin half of all words.
const SHORTEST_PREFIX: usize = 3;

/// A search: every part must be found.
#[derive(Clone, Debug)]
pub struct Query {
    parts: Vec<Part>,
}

/// One thing to be found: any of these entries of the index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    /// The word, in its normal form, or the digits of the phone number.
    pub typed: String,
    /// Whole entries.
    pub exact: BTreeSet<String>,
    /// Beginnings of entries.
    pub prefix: Vec<String>,
}

/// A part and where it was typed.
pub(crate) struct Asked {
    /// Bytes of the text.
    pub span: Range<usize>,
    pub part: Part,
}

/// What a text asks for, in its order.
pub(crate) fn asked(text: &str) -> Vec<Asked> {
    let words = words(text);
    let phones = phones(text, &words);
    let unfinished = text.chars().next_back().is_some_and(|c| !c.is_whitespace());
    let numbers = phones.iter().map(|phone| Asked {
        span: words[phone.words.start].span.start..words[phone.words.end - 1].span.end,
        part: Part::entries(&phone.digits, [phone.digits.clone()].into()),
    });
    let free = |(index, _): &(usize, &Word)| phones.iter().all(|phone| !phone.words.contains(index));
    let single = words.iter().enumerate().filter(free).map(|(index, word)| Asked {
        span: word.span.clone(),
        part: Part::of(&word.normal, unfinished && index + 1 == words.len()),
    });
    let mut asked: Vec<Asked> = numbers.take(MOST).chain(single.take(MOST)).collect();
    asked.sort_by_key(|asked| asked.span.start);
    asked.truncate(MOST);
    asked
}

impl Query {
    /// Reads what was typed; `None` if there is no word in it.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let parts: Vec<Part> = asked(text).into_iter().map(|asked| asked.part).collect();
        if parts.is_empty() { None } else { Some(Self { parts }) }
    }

    /// Everything that any of these asks for must be found.
    pub(crate) fn all(parts: Vec<Part>) -> Self {
        Self { parts }
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The question in the language of FTS5.
    #[must_use]
    pub fn expression(&self) -> String {
        let parts: Vec<String> = self.parts.iter().map(Part::expression).collect();
        parts.join(" AND ")
    }

    /// The question as a `tsquery` of PostgreSQL, of lexemes that stand as they are.
    #[must_use]
    pub fn tsquery(&self) -> String {
        let parts: Vec<String> = self.parts.iter().map(Part::tsquery).collect();
        parts.join(" & ")
    }

    /// Where in a text the words asked for stand, in order, not overlapping.
    #[must_use]
    pub fn spans(&self, text: &str) -> Vec<Range<usize>> {
        let words = words(text);
        let mut spans: Vec<Range<usize>> = phones(text, &words)
            .iter()
            .filter(|phone| phone_words(&phone.digits).iter().any(|digits| self.finds(digits)))
            .map(|phone| words[phone.words.start].span.start..words[phone.words.end - 1].span.end)
            .collect();
        let free = |word: &&Word, spans: &[Range<usize>]| spans.iter().all(|span| !span.contains(&word.span.start));
        let single: Vec<Range<usize>> = words
            .iter()
            .filter(|word| free(word, &spans) && with_stem(&word.normal, |stem| self.finds(stem)))
            .map(|word| word.span.clone())
            .collect();
        spans.extend(single);
        spans.sort_by_key(|span| span.start);
        spans
    }

    fn finds(&self, entry: &str) -> bool {
        self.parts.iter().any(|part| part.finds(entry))
    }
}

impl Part {
    /// A word, in all of its forms.
    pub(crate) fn of(normal: &str, unfinished: bool) -> Self {
        let forms = if is_russian_word(normal) { entries(normal) } else { BTreeSet::from([stem(normal).into_owned()]) };
        let mut part = Self::entries(normal, forms);
        if unfinished && normal.chars().count() >= SHORTEST_PREFIX {
            part.prefix.push(normal.to_owned());
        }
        part
    }

    /// Any of these entries.
    pub(crate) fn entries(typed: &str, exact: BTreeSet<String>) -> Self {
        Self { typed: typed.to_owned(), exact, prefix: Vec::new() }
    }

    pub(crate) fn finds(&self, entry: &str) -> bool {
        self.exact.contains(entry) || self.prefix.iter().any(|prefix| entry.starts_with(prefix.as_str()))
    }

    fn expression(&self) -> String {
        let exact = self.exact.iter().map(|entry| format!("\"{entry}\""));
        let prefix = self.prefix.iter().map(|entry| format!("\"{entry}\" *"));
        let any: Vec<String> = exact.chain(prefix).collect();
        format!("({})", any.join(" OR "))
    }

    fn tsquery(&self) -> String {
        let exact = self.exact.iter().map(|entry| format!("'{entry}'"));
        let prefix = self.prefix.iter().map(|entry| format!("'{entry}':*"));
        let any: Vec<String> = exact.chain(prefix).collect();
        format!("({})", any.join(" | "))
    }
}
