//! Search over the local history: newest first, or the best answers first; and what may have been meant by words that
//! find nothing.
//!
//! Newest first stops as soon as the page is full, however large the history is.

mod best;
mod entries;

use super::messages::first_slot;
use super::sql;
use crate::columns::{author, count, details, id, small};
use crate::fault::Fault;
use entries::Entries;
use otklik_core::SearchOrder;
use otklik_model::{Alike, Author, Dialog, DialogId, MessageSearch, SearchHit, Stamp};
use otklik_words::{FEW, Query, holds, mend, pieces, said};
use rusqlite::{Connection, Row, params};

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// In the order asked for.
    pub hits: Vec<SearchHit>,
    /// There are more.
    pub more: bool,
    /// What is found by words like these, where they themselves find next to nothing.
    pub alike: Option<Alike>,
}

/// More hits than this are never returned.
const MOST: u32 = 100;
/// So many messages with the right words are looked at for the other conditions, and for the best. Past that the answer
/// says that there are more, and the operator names a time.
const LOOKED_AT: u32 = 20_000;

/// A question with its conditions.
struct Wanted<'a> {
    search: &'a MessageSearch,
    query: &'a Query,
    since: i64,
    until: i64,
    /// There is no condition but words and time.
    plain: bool,
}

/// The first `limit` messages, [`MOST`] at most, that are searched for; and what is found by words like these, if
/// nothing much is found by these.
pub(crate) fn find(db: &Connection, search: &MessageSearch, order: SearchOrder, limit: u32) -> Result<Hits, Fault> {
    let limit = limit.min(MOST);
    let Some(query) = Query::new(&search.words) else { return Ok(Hits::default()) };
    let mut found = ask(db, search, &query, order, limit)?;
    if !found.more && found.hits.len() < FEW as usize {
        found.alike = alike(db, search, &found.hits, order, limit)?;
    }
    Ok(found)
}

fn ask(db: &Connection, search: &MessageSearch, query: &Query, order: SearchOrder, limit: u32) -> Result<Hits, Fault> {
    let wanted = Wanted {
        search,
        query,
        since: search.since.map_or(0, first_slot),
        until: search.until.map_or(i64::MAX, |until| first_slot(until) - 1),
        plain: search.customer.is_none()
            && search.person.is_none()
            && search.operator.is_none()
            && search.channel.is_none(),
    };
    match order {
        SearchOrder::Newest => newest(db, &wanted, limit),
        SearchOrder::Best => best::best(db, &wanted, limit),
    }
}

/// What is found by what may have been meant, without what was found by what was typed.
fn alike(
    db: &Connection,
    search: &MessageSearch,
    found: &[SearchHit],
    order: SearchOrder,
    limit: u32,
) -> Result<Option<Alike>, Fault> {
    let Some(mended) = mend(&search.words, &Entries(db))? else { return Ok(None) };
    let Hits { mut hits, more, .. } = ask(db, search, &mended.query, order, limit)?;
    let known = |hit: &SearchHit| found.iter().any(|other| (other.dialog, other.seq) == (hit.dialog, hit.seq));
    hits.retain(|hit| !known(hit));
    Ok((!hits.is_empty()).then_some(Alike { slips: mended.slips, words: mended.words, hits, more }))
}

fn newest(db: &Connection, wanted: &Wanted<'_>, limit: u32) -> Result<Hits, Fault> {
    // A dialog's whole row is three pages of the cipher more, and read only where a condition is about it.
    let (statement, looked_at) = if wanted.plain { (sql::SEARCH, limit + 1) } else { (sql::SEARCH_DIALOGS, LOOKED_AT) };
    let mut statement = db.prepare_cached(statement)?;
    let mut rows = statement.query(params![wanted.query.expression(), wanted.since, wanted.until, looked_at])?;
    let (mut found, mut seen) = (Hits::default(), 0);
    while let Some(row) = rows.next()? {
        seen += 1;
        if !wanted.plain && !is_meant(row, wanted.search)? {
            continue;
        }
        if found.hits.len() == limit as usize {
            found.more = true;
            break;
        }
        found.hits.push(hit(row, wanted.query)?);
    }
    found.more |= !wanted.plain && seen == looked_at;
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
    Ok(SearchHit {
        dialog: DialogId(id(row, 0)?),
        number: count(row.get(1)?, "number")?,
        name: row.get(2)?,
        customer_number: count(row.get(3)?, "customer_number")?,
        seq: small(row.get(4)?, "seq")?,
        at: Stamp(row.get(5)?),
        author: author(row, 6)?,
        pieces: pieces(&line(row, 9)?, query),
    })
}

/// What was searched of a message whose text and details stand here.
fn line(row: &Row<'_>, text: usize) -> Result<String, Fault> {
    let details = details(row.get_ref(text + 1)?)?;
    Ok(said(row.get_ref(text)?.as_str().map_err(rusqlite::Error::from)?, &details).into_owned())
}
