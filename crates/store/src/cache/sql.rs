//! Every statement on cache.db, in one place so that a test can look at each plan.

/// A query for messages, in the order of columns that [`crate::columns::message`] reads.
macro_rules! messages {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.dialog, m.seq, m.rev, m.at, m.kind, m.author, m.author_id, m.author_name, m.client_id, m.text
    FROM messages m ",
            $rest
        )
    };
}

pub(crate) const PUT_DIALOG: &str = "INSERT INTO dialogs
        (id, number, customer_number, customer_name, held_from, held_upto, json) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (id) DO UPDATE SET number = excluded.number, customer_number = excluded.customer_number,
        customer_name = excluded.customer_name, held_from = excluded.held_from, held_upto = excluded.held_upto,
        json = excluded.json";
pub(crate) const DROP_DIALOG: &str = "DELETE FROM dialogs WHERE id = ?1";

pub(crate) const INSERT_MESSAGE: &str = "INSERT INTO messages
        (slot, id, dialog, seq, rev, at, kind, author, author_id, author_name, client_id, text)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO NOTHING";
pub(crate) const RIVAL_BY_ID: &str = "SELECT slot, rev, kind, text FROM messages WHERE id = ?1";
pub(crate) const RIVAL_BY_NUMBER: &str = "SELECT slot, rev, kind, text FROM messages WHERE dialog = ?1 AND seq = ?2";
pub(crate) const SLOTS: &str = "SELECT slot FROM messages WHERE slot BETWEEN ?1 AND ?2 ORDER BY slot";
pub(crate) const DELETE_MESSAGE: &str = "DELETE FROM messages WHERE slot = ?1";
pub(crate) const MESSAGES_OF_DIALOG: &str = "SELECT slot, rev, kind, text FROM messages WHERE dialog = ?1";
pub(crate) const DELETE_MESSAGES_OF_DIALOG: &str = "DELETE FROM messages WHERE dialog = ?1";
pub(crate) const ADD_WORDS: &str = "INSERT INTO search (rowid, words) VALUES (?1, ?2)";
pub(crate) const TAKE_WORDS: &str = "INSERT INTO search (search, rowid, words) VALUES ('delete', ?1, ?2)";

pub(crate) const PUT_OPERATOR: &str = "INSERT INTO operators (id, json) VALUES (?1, ?2)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json";
pub(crate) const PUT_CHANNEL: &str = "INSERT INTO channels (id, json) VALUES (?1, ?2)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json";
pub(crate) const PUT_PROFILE: &str = "INSERT INTO profile (id, json) VALUES (1, ?1)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json";
pub(crate) const PUT_CURSOR: &str = "INSERT INTO cursor (id, stream, after) VALUES (1, ?1, ?2)
    ON CONFLICT (id) DO UPDATE SET stream = excluded.stream, after = excluded.after";
pub(crate) const DROP_CURSOR: &str = "DELETE FROM cursor WHERE id = 1";

pub(crate) const LOAD_DIALOGS: &str = "SELECT json, held_from, held_upto FROM dialogs";
pub(crate) const LOAD_OPERATORS: &str = "SELECT json FROM operators ORDER BY id";
pub(crate) const LOAD_CHANNELS: &str = "SELECT json FROM channels ORDER BY id";
pub(crate) const LOAD_PROFILE: &str = "SELECT json FROM profile WHERE id = 1";
pub(crate) const LOAD_CURSOR: &str = "SELECT stream, after FROM cursor WHERE id = 1";

pub(crate) const BELOW: &str = messages!("WHERE m.dialog = ?1 AND m.seq < ?2 ORDER BY m.seq DESC LIMIT ?3");
pub(crate) const FROM: &str = messages!("WHERE m.dialog = ?1 AND m.seq >= ?2 ORDER BY m.seq LIMIT ?3");
pub(crate) const HELD_BELOW: &str = "SELECT max(seq) FROM messages WHERE dialog = ?1 AND seq < ?2";
pub(crate) const HELD_FROM: &str = "SELECT EXISTS (SELECT 1 FROM messages WHERE dialog = ?1 AND seq >= ?2)";

pub(crate) const SEARCH: &str =
    "SELECT m.dialog, d.number, d.customer_name, d.customer_number, m.seq, m.at, m.author, m.author_id,
        m.author_name, m.text
    FROM search s JOIN messages m ON m.slot = s.rowid JOIN dialogs d ON d.id = m.dialog
    WHERE s.words MATCH ?1 ORDER BY s.rowid DESC LIMIT ?2";
