//! Which words of a text are spelt wrong, and what may have been meant: Russian and English, mixed as operators mix
//! them.
//!
//! Knows two hunspell dictionaries; must not know who writes, nor where his own words are kept.

mod keys;
mod words;

use spellbook::Dictionary;
use std::collections::BTreeSet;
use thiserror::Error;
use words::{Language, Piece, Word};

/// More suggestions than this are not suggestions any more.
const MOST: usize = 6;
/// Longer words are of nobody's dictionary, in characters.
const LONGEST: usize = 60;

/// What Russian joins with a hyphen to words that a dictionary has alone.
const PARTICLES: [&str; 8] = ["то", "либо", "нибудь", "таки", "ка", "кое", "по", "де"];

/// A dictionary of ours cannot be read.
#[derive(Debug, Error)]
#[error("the {language} dictionary: {reason}")]
pub struct Unreadable {
    language: &'static str,
    reason: String,
}

/// A word that is not in the dictionary: where it stands, in UTF-16 units as pages count, from its first one up to the
/// one behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misspelt {
    /// Its first unit.
    pub from: u32,
    /// The unit behind it.
    pub to: u32,
}

/// Both dictionaries, ready. Some sixteen megabytes; reading them takes about a tenth of a second.
pub struct Speller {
    russian: Dictionary,
    english: Dictionary,
}

impl Speller {
    /// Reads the dictionaries.
    ///
    /// # Errors
    /// [`Unreadable`], which is a mistake of this program's making.
    pub fn load() -> Result<Self, Unreadable> {
        let (aff, dic) = (include_str!("../dictionaries/ru/index.aff"), include_str!("../dictionaries/ru/index.dic"));
        let russian = read("Russian", aff, dic)?;
        let (aff, dic) = (include_str!("../dictionaries/en/index.aff"), include_str!("../dictionaries/en/index.dic"));
        Ok(Self { russian, english: read("English", aff, dic)? })
    }

    /// The words of a text that are spelt wrong, in order. `own`: words that are right all the same, in small letters.
    #[must_use]
    pub fn misspelt(&self, text: &str, own: &BTreeSet<String>) -> Vec<Misspelt> {
        words::of(text)
            .filter(|word| self.is_wrong(word, own))
            .map(|Word { from, to, .. }| Misspelt { from, to })
            .collect()
    }

    /// What may have been meant by a word, the likeliest first. Takes up to a few tenths of a second.
    #[must_use]
    pub fn suggestions(&self, word: &str) -> Vec<String> {
        if word.chars().count() > LONGEST {
            return Vec::new();
        }
        let mut all: Vec<String> = [keys::other_layout(word), keys::one_alphabet(word)]
            .into_iter()
            .flatten()
            .filter(|meant| self.knows(meant))
            .collect();
        // The library empties what it fills.
        let mut alike = Vec::new();
        match words::language(word) {
            Piece::Of(Language::Russian) => self.russian.suggest(word, &mut alike),
            Piece::Of(Language::English) => self.english.suggest(word, &mut alike),
            Piece::Mixed | Piece::Neither => {}
        }
        all.append(&mut alike);
        let mut seen = BTreeSet::new();
        all.retain(|one| one != word && seen.insert(one.clone()));
        all.truncate(MOST);
        all
    }

    fn is_wrong(&self, word: &Word<'_>, own: &BTreeSet<String>) -> bool {
        let text = word.text;
        if text.chars().count() > LONGEST || own.contains(&text.to_lowercase()) || self.knows(text) {
            return false;
        }
        // Neither language has the whole, but it may be made of words that they have: "SMS-рассылка", "кто-нибудь".
        text.split(words::HYPHENS).any(|part| !own.contains(&part.to_lowercase()) && self.is_wrong_part(part))
    }

    fn is_wrong_part(&self, part: &str) -> bool {
        if words::is_passed_over(part) || PARTICLES.contains(&part.to_lowercase().as_str()) {
            return false;
        }
        match words::language(part) {
            // Letters of both alphabets in one word look right and are not found by anybody who searches.
            Piece::Mixed => true,
            Piece::Of(_) => !self.knows(part),
            Piece::Neither => false,
        }
    }

    fn knows(&self, word: &str) -> bool {
        match words::language(word) {
            Piece::Of(Language::Russian) => self.russian.check(word),
            Piece::Of(Language::English) => self.english.check(word),
            Piece::Mixed | Piece::Neither => false,
        }
    }
}

fn read(language: &'static str, aff: &str, dic: &str) -> Result<Dictionary, Unreadable> {
    Dictionary::new(aff, dic).map_err(|error| Unreadable { language, reason: error.to_string() })
}

#[cfg(test)]
mod tests;
