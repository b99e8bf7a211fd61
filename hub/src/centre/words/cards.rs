//! Card numbers in what people write: found as they are really written, and hidden but for the last four digits.
//!
//! A number is hidden if it could be a card's: 13 to 19 digits in any script's figures, with spaces, dashes, dots or a
//! line break between groups, beginning as some issuer's cards do, and with the last digit right by Luhn's rule. Every
//! such number goes, also where several overlap: one order number hidden too much is better than one card shown.

mod issuers;

use issuers::{could_begin, is_card};

/// Digits of the longest card number.
const LONGEST: usize = 19;
/// Digits of the shortest.
const SHORTEST: usize = 13;
/// Digits that stay, so that people can tell which card is meant.
const KEPT: usize = 4;
/// So many digits may be typed before they are hidden: a phone number without its country's code is as long, and of a
/// card's sixteen digits twelve may be seen.
const TYPED: usize = 10;
/// So many characters may stand between two groups of digits.
const GAP: usize = 4;
/// What stands for a digit that is hidden.
const HIDDEN: char = '•';

/// Replaces the digits of card numbers by '•' but for the last four. Everything else is untouched.
#[must_use]
pub fn mask_cards(text: &str) -> String {
    // Hardly any text has so many digits.
    if text.chars().filter(|c| digit(*c).is_some()).count() < SHORTEST {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    hide(&chars, &hidden_in(&chars))
}

/// The same in an address of the web, where a space may stand as "+" or "%20" and a dash as "%2D".
#[must_use]
pub fn mask_address(address: &str) -> String {
    // As long as what they stand for, so that places are the same in both.
    let plain = address.replace('+', " ").replace("%20", "   ").replace("%2D", "---").replace("%2d", "---");
    let masked = mask_cards(&plain);
    address.chars().zip(masked.chars()).map(|(c, masked)| if masked == HIDDEN { HIDDEN } else { c }).collect()
}

/// The same for two texts of which the second follows the first: also hides a number that begins in one and ends in
/// the other. Nothing, if there is no such number.
#[must_use]
pub fn mask_split(earlier: &str, later: &str) -> Option<(String, String)> {
    let (whole, first) = joined(earlier, later);
    let crosses = |card: &&[usize]| card.first() < Some(&first) && card.last() > Some(&first);
    cards_in(&whole).iter().map(Vec::as_slice).find(crosses)?;
    let masked: Vec<char> = hide(&whole, &hidden_in(&whole)).chars().collect();
    Some((masked[..first].iter().collect(), masked[first + 1..].iter().collect()))
}

/// Hides what may become a card number in a text that is still being typed after another one: a number that begins as
/// cards do is hidden but for its first four digits as soon as it is longer than a phone number.
#[must_use]
pub fn mask_typed(earlier: &str, typed: &str) -> String {
    let (whole, first) = joined(earlier, typed);
    let mut hidden = hidden_in(&whole);
    for run in runs(&whole) {
        for start in group_starts(&whole, &run) {
            let digits: Vec<u8> = run[start..].iter().filter_map(|place| digit(whole[*place])).collect();
            if digits.len() > TYPED && could_begin(&digits) {
                hidden.extend(&run[start + KEPT..]);
            }
        }
    }
    hide(&whole, &hidden).chars().skip(first + 1).collect()
}

/// Whether a text ends in digits that the next text may go on with.
#[must_use]
pub fn ends_in_digits(text: &str) -> bool {
    text.trim_end_matches(is_gap).chars().next_back().is_some_and(|last| digit(last).is_some())
}

/// Both texts as one, and where the line break between them stands.
fn joined(earlier: &str, later: &str) -> (Vec<char>, usize) {
    let mut whole: Vec<char> = earlier.chars().collect();
    let first = whole.len();
    whole.push('\n');
    whole.extend(later.chars());
    (whole, first)
}

fn hide(chars: &[char], hidden: &[usize]) -> String {
    let mut shown = chars.to_vec();
    for place in hidden {
        if let Some(c) = shown.get_mut(*place) {
            *c = HIDDEN;
        }
    }
    shown.into_iter().collect()
}

/// The places of the digits to hide.
fn hidden_in(chars: &[char]) -> Vec<usize> {
    cards_in(chars).iter().flat_map(|card| &card[..card.len() - KEPT]).copied().collect()
}

/// The card numbers of a text, as the places of their digits. They may overlap.
fn cards_in(chars: &[char]) -> Vec<Vec<usize>> {
    let mut cards = Vec::new();
    for run in runs(chars).filter(|run| run.len() >= SHORTEST) {
        let digits: Vec<u8> = run.iter().filter_map(|place| digit(chars[*place])).collect();
        for start in group_starts(chars, &run) {
            let ends = start + SHORTEST..=run.len().min(start + LONGEST);
            let cards_here = ends.filter(|end| is_group_end(&run, *end) && is_card(&digits[start..*end]));
            cards.extend(cards_here.map(|end| run[start..end].to_vec()));
        }
    }
    cards
}

/// The runs of digits with no more than a gap between two of them: the places of their digits.
fn runs(chars: &[char]) -> impl Iterator<Item = Vec<usize>> + '_ {
    let mut places = chars.iter().enumerate().filter(|(_, c)| digit(**c).is_some()).map(|(place, _)| place).peekable();
    std::iter::from_fn(move || {
        let mut run = vec![places.next()?];
        while let Some(next) = places.next_if(|next| run.last().is_some_and(|last| joins(&chars[last + 1..*next]))) {
            run.push(next);
        }
        Some(run)
    })
}

/// Whether what stands between two digits leaves them one number.
fn joins(between: &[char]) -> bool {
    between.len() <= GAP && between.iter().all(|c| is_gap(*c))
}

/// White space, dashes, dots and what cannot be seen: whatever people put between the groups of a card number.
fn is_gap(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '.' | '_' | '·' | '\u{ad}' | '\u{2010}'
                ..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
        )
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Where a number can begin within a run: at its groups. Words and numbers before a card ("2 4111 1111 1111 1111") are
/// no part of it; nor is what a hidden digit stands before.
fn group_starts<'a>(chars: &'a [char], run: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
    (0..run.len()).filter(|at| {
        let begins = *at == 0 || run[*at] != run[at - 1] + 1;
        begins && run[*at].checked_sub(1).is_none_or(|before| chars[before] != HIDDEN)
    })
}

/// Whether a number can end before the digit of this index.
fn is_group_end(run: &[usize], end: usize) -> bool {
    run.get(end).is_none_or(|next| *next != run[end - 1] + 1)
}

/// The value of a digit: European, full-width, Arabic-Indic, or its eastern form.
fn digit(c: char) -> Option<u8> {
    let zero = match c {
        '0'..='9' => '0',
        '０'..='９' => '０',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        _ => return None,
    };
    u8::try_from(u32::from(c) - u32::from(zero)).ok()
}

#[cfg(test)]
mod tests;
