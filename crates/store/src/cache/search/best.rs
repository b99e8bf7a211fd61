//! The best answers first.
//!
//! To read the texts of all hits of a frequent word takes seconds. So of the newest [`LOOKED_AT`] the index alone says
//! which are short, and which have the words near each other; the texts of the first few hundred of these are read, and
//! compared by what stands in them.

use super::{Hits, LOOKED_AT, Wanted, hit, is_meant, line};
use crate::cache::sql;
use crate::fault::Fault;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// So many texts are read.
const FINALISTS: usize = 400;

/// So many of them are there because their words stand together in the order asked for, and as many near each other.
const CLOSE: u32 = 100;

/// Messages up to here are as good as each other, so the newer ones are taken.
const SHORT: u64 = 12;

pub(super) fn best(db: &Connection, wanted: &Wanted<'_>, limit: u32) -> Result<Hits, Fault> {
    let mut candidates = candidates(db, wanted)?;
    let Some((oldest, _)) = candidates.last().copied() else { return Ok(Hits::default()) };
    let close = close(db, wanted, oldest)?;
    let mut more = candidates.len() == LOOKED_AT as usize;
    candidates.sort_by_key(|(slot, length)| ((*length).max(SHORT), Reverse(*slot)));
    let (mut seen, mut finalists) = (BTreeSet::new(), Vec::new());
    for slot in close.into_iter().chain(candidates.into_iter().map(|(slot, _)| slot)) {
        if !seen.insert(slot) {
            continue;
        }
        if finalists.len() == FINALISTS {
            more = true;
            break;
        }
        if let Some(likeness) = likeness(db, wanted, slot)? {
            finalists.push((likeness, slot));
        }
    }
    finalists.sort_by(|(one, older), (other, newer)| other.total_cmp(one).then(newer.cmp(older)));
    more |= finalists.len() > limit as usize;
    finalists.truncate(limit as usize);
    let shown = |(_, slot): &(f64, i64)| finalist(db, sql::FINALIST, *slot, |row| hit(row, wanted.query));
    let hits: Result<Vec<_>, Fault> = finalists.iter().filter_map(|finalist| shown(finalist).transpose()).collect();
    Ok(Hits { hits: hits?, more, alike: None })
}

/// The newest messages in which the words stand together, none older than the candidates: where frequent words seldom
/// meet, the index would be walked to its end.
fn close(db: &Connection, wanted: &Wanted<'_>, oldest: i64) -> Result<Vec<i64>, Fault> {
    let mut statement = db.prepare_cached(sql::SLOTS_SAYING)?;
    let mut close = Vec::new();
    for question in wanted.query.closer() {
        let rows = statement.query_map(params![question, oldest, wanted.until, CLOSE], |row| row.get::<_, i64>(0))?;
        for row in rows {
            close.push(row?);
        }
    }
    Ok(close)
}

/// The newest messages with the words, and how many words each has.
fn candidates(db: &Connection, wanted: &Wanted<'_>) -> Result<Vec<(i64, u64)>, Fault> {
    let mut statement = db.prepare_cached(sql::LENGTHS_SAYING)?;
    let mut rows = statement.query(params![wanted.query.expression(), wanted.since, wanted.until, LOOKED_AT])?;
    let mut candidates = Vec::new();
    while let Some(row) = rows.next()? {
        candidates.push((row.get(0)?, length(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)));
    }
    Ok(candidates)
}

/// FTS5 keeps how many words a row has as a number of seven bits a byte, the highest first.
fn length(kept: &[u8]) -> u64 {
    let last = kept.iter().position(|byte| *byte < 0x80).map_or(kept.len(), |last| last + 1);
    kept[..last].iter().fold(0, |length, byte| length << 7 | u64::from(byte & 0x7f))
}

/// How well a message answers; `None`: the other conditions do not hold, or it is gone.
fn likeness(db: &Connection, wanted: &Wanted<'_>, slot: i64) -> Result<Option<f64>, Fault> {
    let statement = if wanted.plain { sql::FINALIST } else { sql::FINALIST_DIALOG };
    let likeness = finalist(db, statement, slot, |row| {
        let meant = wanted.plain || is_meant(row, wanted.search)?;
        if meant { line(row, 9).map(|line| Some(wanted.query.likeness(&line))) } else { Ok(None) }
    })?;
    Ok(likeness.flatten())
}

fn finalist<T>(
    db: &Connection,
    statement: &str,
    slot: i64,
    read: impl FnOnce(&Row<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    let found = db.prepare_cached(statement)?.query_row([slot], |row| Ok(read(row))).optional()?;
    found.transpose()
}

#[cfg(test)]
mod tests {
    use super::length;

    #[test]
    fn the_length_of_a_message_is_read_as_the_index_writes_it() {
        for (kept, words) in [(&[][..], 0), (&[0], 0), (&[127], 127), (&[0x81, 0], 128), (&[0x82, 0x03, 9], 259)] {
            assert_eq!(length(kept), words, "{kept:?}");
        }
    }
}
