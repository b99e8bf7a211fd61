//! Search over the local history, newest first.
//!
//! Ranking by relevance has to look at every hit, which takes seconds over ten million messages; newest first stops as
//! soon as the page is full.

use super::messages::first_slot;
use super::sql;
use crate::columns::{author, count, details, id, small};
use crate::fault::Fault;
use otklik_model::{Author, Dialog, DialogId, MessageSearch, SearchHit, Stamp};
use otklik_words::{Query, holds, pieces, said};
use rusqlite::{Connection, Row, params};

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
/// So many messages with the right words are looked at for the other conditions. Past that the answer says that there
/// are more, and the operator names a time.
const LOOKED_AT: u32 = 20_000;

/// The newest `limit` messages, [`MOST`] at most, that are searched for.
pub(crate) fn find(db: &Connection, search: &MessageSearch, limit: u32) -> Result<Hits, Fault> {
    let limit = limit.min(MOST);
    let Some(query) = Query::new(&search.words) else { return Ok(Hits::default()) };
    let since = search.since.map_or(0, first_slot);
    let until = search.until.map_or(i64::MAX, |until| first_slot(until) - 1);
    let plain =
        [search.customer.is_none(), search.person.is_none(), search.operator.is_none(), search.channel.is_none()];
    let plain = plain.iter().all(|none| *none);
    // A dialog's whole row is three pages of the cipher more, and read only where a condition is about it.
    let (statement, looked_at) = if plain { (sql::SEARCH, limit + 1) } else { (sql::SEARCH_DIALOGS, LOOKED_AT) };
    let mut statement = db.prepare_cached(statement)?;
    let mut rows = statement.query(params![query.expression(), since, until, looked_at])?;
    let (mut found, mut seen) = (Hits::default(), 0);
    while let Some(row) = rows.next()? {
        seen += 1;
        if !plain && !is_meant(row, search)? {
            continue;
        }
        if found.hits.len() == limit as usize {
            found.more = true;
            break;
        }
        found.hits.push(hit(row, &query)?);
    }
    found.more |= !plain && seen == looked_at;
    Ok(found)
}

/// Whether the other conditions hold.
fn is_meant(row: &Row<'_>, search: &MessageSearch) -> Result<bool, Fault> {
    let dialog: Dialog = serde_json::from_str(row.get_ref(11)?.as_str().map_err(rusqlite::Error::from)?)?;
    let customer = &dialog.customer;
    let called =
        [Some(customer.name.as_str()).filter(|_| customer.named), customer.email.as_deref(), customer.phone.as_deref()];
    let called: Vec<&str> = called.into_iter().flatten().collect();
    let by_name =
        search.customer.as_ref().is_none_or(|wanted| holds(&called, &[customer.number, customer.person()], wanted));
    let by_person = search.person.is_none_or(|wanted| wanted == customer.person());
    let by_channel = search.channel.is_none_or(|channel| channel == dialog.channel);
    let wrote = author(row, 6)?;
    let by_operator = search.operator.is_none_or(|wanted| {
        dialog.assignee == Some(wanted) || matches!(&wrote, Author::Operator { id, .. } if *id == wanted)
    });
    Ok(by_name && by_person && by_channel && by_operator)
}

fn hit(row: &Row<'_>, query: &Query) -> Result<SearchHit, Fault> {
    let text = row.get_ref(9)?.as_str().map_err(rusqlite::Error::from)?;
    let details = details(row.get_ref(10)?)?;
    Ok(SearchHit {
        dialog: DialogId(id(row, 0)?),
        number: count(row.get(1)?, "number")?,
        name: row.get(2)?,
        customer_number: count(row.get(3)?, "customer_number")?,
        seq: small(row.get(4)?, "seq")?,
        at: Stamp(row.get(5)?),
        author: author(row, 6)?,
        pieces: pieces(&said(text, &details), query),
    })
}
