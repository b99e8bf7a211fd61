//! What is shown of a hit: a line around the first word that was found.

use crate::Query;
use std::ops::Range;

/// How many characters stand around the first hit.
const BEFORE: usize = 40;
const AFTER: usize = 160;

/// The stretch of `text` around the first word that `query` finds, on one line, cut so that the second, fourth... piece
/// is one of the words.
#[must_use]
pub fn pieces(text: &str, query: &Query) -> Vec<String> {
    cut(text, &query.spans(text))
}

fn cut(text: &str, spans: &[Range<usize>]) -> Vec<String> {
    let first = spans.first().map_or(0, |span| span.start);
    let start = text[..first].char_indices().rev().nth(BEFORE).map_or(0, |(at, c)| at + c.len_utf8());
    let end = text[first..].char_indices().nth(AFTER).map_or(text.len(), |(at, _)| first + at);
    let mut pieces = Vec::new();
    let mut done = start;
    for span in spans.iter().filter(|span| span.end <= end) {
        pieces.push(line(&text[done..span.start]));
        pieces.push(line(&text[span.clone()]));
        done = span.end;
    }
    pieces.push(line(&text[done..end]));
    if let Some(opening) = pieces.first_mut().filter(|_| start > 0) {
        opening.insert(0, '…');
    }
    if let Some(closing) = pieces.last_mut().filter(|_| end < text.len()) {
        closing.push('…');
    }
    pieces
}

/// Line breaks as spaces.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}
