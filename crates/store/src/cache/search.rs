//! Search over the local history, newest first.
//!
//! Ranking by relevance has to look at every hit, which takes seconds over ten million messages; newest first stops as
//! soon as the page is full.

use super::{messages::caption, sql};
use crate::columns::{author, count, details, id, small};
use crate::fault::Fault;
use crate::query::Query;
use otklik_core::SearchHit;
use otklik_model::{DialogId, Stamp};
use rusqlite::{Connection, Row, params};
use std::{borrow::Cow, ops::Range};

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Newest first.
    pub hits: Vec<SearchHit>,
    /// There are more.
    pub more: bool,
}

/// More hits than this are never returned.
const MOST: u32 = 100;

/// How many characters stand around the first hit.
const BEFORE: usize = 40;
const AFTER: usize = 160;

/// The newest `limit` messages, [`MOST`] at most, in which every word of `text` occurs.
pub(crate) fn find(db: &Connection, text: &str, limit: u32) -> Result<Hits, Fault> {
    let limit = limit.min(MOST);
    let Some(query) = Query::new(text) else { return Ok(Hits::default()) };
    let mut statement = db.prepare_cached(sql::SEARCH)?;
    let mut rows = statement.query(params![query.expression(), limit + 1])?;
    let mut found = Hits::default();
    while let Some(row) = rows.next()? {
        if found.hits.len() == limit as usize {
            found.more = true;
            break;
        }
        found.hits.push(hit(row, &query)?);
    }
    Ok(found)
}

fn hit(row: &Row<'_>, query: &Query) -> Result<SearchHit, Fault> {
    let said = row.get_ref(9)?.as_str().map_err(rusqlite::Error::from)?;
    let file = details(row.get_ref(10)?)?.file;
    let text = file.map_or(Cow::Borrowed(said), |file| Cow::Owned(caption(said, &file.name)));
    Ok(SearchHit {
        dialog: DialogId(id(row, 0)?),
        number: count(row.get(1)?, "number")?,
        name: row.get(2)?,
        customer_number: count(row.get(3)?, "customer_number")?,
        seq: small(row.get(4)?, "seq")?,
        at: Stamp(row.get(5)?),
        author: author(row, 6)?,
        pieces: pieces(&text, &query.spans(&text)),
    })
}

/// The stretch of `text` around the first of `spans` on one line, cut so that the second, fourth... piece is one of
/// them.
fn pieces(text: &str, spans: &[Range<usize>]) -> Vec<String> {
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
