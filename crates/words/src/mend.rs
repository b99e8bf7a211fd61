//! What was meant by a question that finds nothing, or next to nothing: the other keyboard layout, or a slip of a finger.
//!
//! Only a word that the index hardly has is doubted. What is not found because its words do not meet stays not found.

use crate::layout::in_other_layout;
use crate::query::{Asked, MOST, Part, Query, asked};
use crate::slips::{Guess, Likely, guesses};
use crate::words::{with_stem, words};
use otklik_model::Slip;
use std::collections::{BTreeMap, BTreeSet};

/// Fewer hits than this are next to nothing.
pub const FEW: u32 = 3;

/// So many messages are looked into for what stands there instead.
const LOOKED_INTO: u32 = 100;

/// More words than this are not doubted in one question.
const DOUBTED: usize = 3;

/// What can be asked of an index.
pub trait Index {
    /// Why it cannot answer.
    type Fault;

    /// How many messages are found, counted to `upto` at most.
    ///
    /// # Errors
    /// If the index does not answer.
    fn count(&self, query: &Query, upto: u32) -> Result<u32, Self::Fault>;

    /// The lines of the newest `limit` messages that are found.
    ///
    /// # Errors
    /// If the index does not answer.
    fn newest(&self, query: &Query, limit: u32) -> Result<Vec<String>, Self::Fault>;
}

/// What was meant, and in which words it differs from what was typed.
#[derive(Clone, Debug)]
pub struct Mended {
    /// To be asked.
    pub query: Query,
    /// The whole text as it should have been typed.
    pub words: String,
    /// One at least.
    pub slips: Vec<Slip>,
}

/// What may have been meant by a text; `None` if its words are there, or nothing like them.
///
/// # Errors
/// Those of the index.
pub fn mend<I: Index>(text: &str, index: &I) -> Result<Option<Mended>, I::Fault> {
    let (mut words, mut slips) = relaid(text, index)?;
    let (mut known, mut doubted) = (Vec::new(), Vec::new());
    for asked in asked(&words) {
        let alone = Query::all(vec![asked.part.clone()]);
        if index.count(&alone, FEW)? >= FEW { known.push(asked.part) } else { doubted.push(asked) }
    }
    let mut meant = Vec::new();
    for Asked { span, part } in doubted.into_iter().take(DOUBTED) {
        if let Some(word) = guessed(&part, &known, index)? {
            known.push(Part::of(&word, false));
            slips.push(Slip { typed: words[span.clone()].to_owned(), meant: word.clone() });
            meant.push((span, word));
        }
    }
    // From the end, so that the places before it stay right.
    meant.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    for (span, word) in meant {
        words.replace_range(span, &word);
    }
    let query = if slips.is_empty() { None } else { Query::new(&words) };
    Ok(query.map(|query| Mended { query, words, slips }))
}

/// The text with those words put into the other layout that are there in it, and not here.
fn relaid<I: Index>(text: &str, index: &I) -> Result<(String, Vec<Slip>), I::Fault> {
    let (mut words, mut slips) = (String::new(), Vec::new());
    for (turn, written) in text.split_inclusive(char::is_whitespace).enumerate() {
        let (typed, space) = written.split_at(written.trim_end().len());
        let meant = if turn < MOST { in_the_other(typed, space, index)? } else { None };
        words.push_str(meant.as_deref().unwrap_or(typed));
        words.push_str(space);
        slips.extend(meant.map(|meant| Slip { typed: typed.to_owned(), meant }));
    }
    Ok((words, slips))
}

/// A word in the other layout, if the index rather has that. Its last sign may be a letter there, or what it looks like.
fn in_the_other<I: Index>(typed: &str, space: &str, index: &I) -> Result<Option<String>, I::Fault> {
    let count = |word: &str| match Query::new(&format!("{word}{space}")) {
        Some(query) => index.count(&query, FEW),
        None => Ok(0),
    };
    if !typed.contains(char::is_alphabetic) {
        return Ok(None);
    }
    let here = count(typed)?;
    let bare = typed.trim_end_matches([',', '.', ';', ':', '?', '!']);
    for typed in [Some(typed), Some(bare).filter(|bare| *bare != typed)].into_iter().flatten() {
        let meant = in_other_layout(typed);
        if here < FEW && count(&meant)? > here {
            return Ok(Some(meant));
        }
    }
    Ok(None)
}

/// The likeliest word that is one slip away and that stands in messages together with what else was asked for.
fn guessed<I: Index>(part: &Part, known: &[Part], index: &I) -> Result<Option<String>, I::Fault> {
    let mut guesses = guesses(&part.typed);
    guesses.retain(|entry, _| !part.finds(entry));
    if guesses.is_empty() {
        return Ok(None);
    }
    let mut parts = known.to_vec();
    parts.push(Part::entries(&part.typed, guesses.keys().cloned().collect()));
    let found = index.newest(&Query::all(parts), LOOKED_INTO)?;
    Ok(likeliest(&guesses, &found))
}

/// The word of the likeliest entry: many messages have it, and the slip that leads to it is made often.
fn likeliest(guesses: &BTreeMap<String, Vec<Guess>>, found: &[String]) -> Option<String> {
    let mut written: BTreeMap<&str, (u32, BTreeSet<String>)> = BTreeMap::new();
    for line in found {
        let mut here: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for word in words(line) {
            let entry = with_stem(&word.normal, |stem| guesses.get_key_value(stem).map(|(entry, _)| entry.as_str()));
            if let Some(entry) = entry {
                here.entry(entry).or_default().insert(word.normal);
            }
        }
        for (entry, forms) in here {
            let known = written.entry(entry).or_default();
            known.0 += 1;
            known.1.extend(forms);
        }
    }
    let mut best: Option<(f64, &Guess)> = None;
    for (entry, (count, forms)) in &written {
        let of_entry = &guesses[*entry];
        let as_written = of_entry.iter().find(|guess| forms.contains(&guess.word));
        let Some(guess) = as_written.or(of_entry.first()) else { continue };
        let score = f64::from(*count).ln_1p() + worth(guess.likely) + if as_written.is_some() { WRITTEN } else { 0.0 };
        if best.is_none_or(|(known, _)| score > known) {
            best = Some((score, guess));
        }
    }
    best.map(|(_, guess)| guess.word.clone())
}

/// What it weighs that the very form stands in a message: of the others, many do not exist.
const WRITTEN: f64 = 2.0;

/// What a likely slip weighs against a frequent word.
fn worth(likely: Likely) -> f64 {
    match likely {
        Likely::Very => 3.0,
        Likely::Quite => 1.5,
        Likely::Hardly => 0.0,
    }
}

#[cfg(test)]
mod tests;
