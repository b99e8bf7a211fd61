//! The index as whoever mends a question asks it: whether words are there at all, whatever the conditions.

use super::line;
use crate::cache::sql;
use crate::fault::Fault;
use otklik_words::{Index, Query};
use rusqlite::{Connection, params};

/// The search index of a cache.
pub(super) struct Entries<'a>(pub &'a Connection);

impl Index for Entries<'_> {
    type Fault = Fault;

    fn count(&self, query: &Query, upto: u32) -> Result<u32, Fault> {
        let mut statement = self.0.prepare_cached(sql::SLOTS_SAYING)?;
        let mut rows = statement.query(params![query.expression(), 0, i64::MAX, upto])?;
        let mut count = 0;
        while rows.next()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    fn newest(&self, query: &Query, limit: u32) -> Result<Vec<String>, Fault> {
        let mut statement = self.0.prepare_cached(sql::LINES_SAYING)?;
        let mut rows = statement.query(params![query.expression(), limit])?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            lines.push(line(row, 0)?);
        }
        Ok(lines)
    }
}
