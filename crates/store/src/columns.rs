//! How values stand in columns: ids as 16 bytes, counts as integers, enums as small numbers.

use crate::fault::Fault;
use otklik_model::{Author, Details, Message, MessageKind, OperatorId, Seq, Stamp};
use rusqlite::{Connection, Row, types::ValueRef};
use uuid::Uuid;

/// A count as SQLite holds it. Its integers end at 2^63; no honest count comes near, and a hub that sends a larger one
/// fools only its own rows, so it is cut off rather than refused.
pub(crate) fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The other way round.
pub(crate) fn count(column: i64, name: &'static str) -> Result<u64, Fault> {
    u64::try_from(column).map_err(|_| Fault::Value(name))
}

/// A number of a message, or of tries.
pub(crate) fn small(column: i64, name: &'static str) -> Result<u32, Fault> {
    u32::try_from(column).map_err(|_| Fault::Value(name))
}

/// An id from its 16 bytes.
pub(crate) fn id(row: &Row<'_>, index: usize) -> Result<Uuid, Fault> {
    Ok(Uuid::from_bytes(row.get(index)?))
}

/// All rows of a query.
pub(crate) fn rows<T>(
    db: &Connection,
    sql: &str,
    read: impl Fn(&Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(row)?);
    }
    Ok(all)
}

/// A message from a row that begins with id, dialog, seq, rev, at, kind, author, author_id, author_name, client_id, text, details.
pub(crate) fn message(row: &Row<'_>) -> Result<Message, Fault> {
    let client_id: Option<[u8; 16]> = row.get(9)?;
    Ok(Message {
        id: otklik_model::MessageId(id(row, 0)?),
        dialog: otklik_model::DialogId(id(row, 1)?),
        seq: small(row.get(2)?, "seq")?,
        rev: Seq(count(row.get(3)?, "rev")?),
        at: Stamp(row.get(4)?),
        kind: kind_of(row.get(5)?)?,
        author: author(row, 6)?,
        client_id: client_id.map(|bytes| otklik_model::ClientId(Uuid::from_bytes(bytes))),
        text: row.get(10)?,
        details: details(row.get_ref(11)?)?,
    })
}

/// What only some messages have; nothing stands for what most have, nothing.
pub(crate) fn details(column: ValueRef<'_>) -> Result<Details, Fault> {
    match column.as_str_or_null().map_err(rusqlite::Error::from)? {
        None => Ok(Details::default()),
        Some(json) => Ok(serde_json::from_str(json)?),
    }
}

/// The number of a kind.
pub(crate) fn kind_code(kind: MessageKind) -> i64 {
    match kind {
        MessageKind::Unknown => 0,
        MessageKind::Text => 1,
        MessageKind::Note => 2,
        MessageKind::System => 3,
        MessageKind::AutoReply => 4,
        MessageKind::File => 5,
        MessageKind::ContactRequest => 6,
        MessageKind::Contacts => 7,
        MessageKind::Keyboard => 8,
        MessageKind::Place => 9,
        MessageKind::Sticker => 10,
    }
}

pub(crate) fn kind_of(code: i64) -> Result<MessageKind, Fault> {
    match code {
        0 => Ok(MessageKind::Unknown),
        1 => Ok(MessageKind::Text),
        2 => Ok(MessageKind::Note),
        3 => Ok(MessageKind::System),
        4 => Ok(MessageKind::AutoReply),
        5 => Ok(MessageKind::File),
        6 => Ok(MessageKind::ContactRequest),
        7 => Ok(MessageKind::Contacts),
        8 => Ok(MessageKind::Keyboard),
        9 => Ok(MessageKind::Place),
        10 => Ok(MessageKind::Sticker),
        _ => Err(Fault::Value("kind")),
    }
}

/// The number of an author, and an operator's id and name.
pub(crate) fn author_parts(author: &Author) -> (i64, Option<&[u8; 16]>, Option<&str>) {
    match author {
        Author::Unknown => (0, None, None),
        Author::Customer => (1, None, None),
        Author::Operator { id, name } => (2, Some(id.0.as_bytes()), Some(name)),
        Author::System => (3, None, None),
        Author::Bot { id, name } => (4, Some(id.0.as_bytes()), Some(name)),
    }
}

/// The author from the columns author, author_id, author_name, the first of them at `index`.
pub(crate) fn author(row: &Row<'_>, index: usize) -> Result<Author, Fault> {
    match row.get(index)? {
        0 => Ok(Author::Unknown),
        1 => Ok(Author::Customer),
        2 => Ok(Author::Operator { id: OperatorId(id(row, index + 1)?), name: row.get(index + 2)? }),
        3 => Ok(Author::System),
        4 => Ok(Author::Bot { id: OperatorId(id(row, index + 1)?), name: row.get(index + 2)? }),
        _ => Err(Fault::Value("author")),
    }
}
