//! Every statement on cache.db, in one place so that a test can look at each plan.

/// A query for messages, in the order of columns that [`crate::columns::message`] reads.
macro_rules! messages {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.dialog, m.seq, m.rev, m.at, m.kind, m.author, m.author_id, m.author_name, m.client_id, m.text, m.details
    FROM messages m ",
            $rest
        )
    };
}

/// A query for search results, in the order of columns that [`super::search`] reads; `more` stands behind them.
macro_rules! hits {
    ($more:literal, $from:literal, $dialogs:literal, $rest:literal) => {
        concat!(
            "SELECT m.dialog, d.number, d.customer_name, d.customer_number, m.seq, m.at, m.author, m.author_id,
        m.author_name, m.text, m.details",
            $more,
            "
    FROM ",
            $from,
            " JOIN ",
            $dialogs,
            " ON d.id = m.dialog
    ",
            $rest
        )
    };
}

statements! {
    PUT_DIALOG = "INSERT INTO dialogs
        (id, number, customer_number, customer_name, held_from, held_upto, json) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (id) DO UPDATE SET number = excluded.number, customer_number = excluded.customer_number,
        customer_name = excluded.customer_name, held_from = excluded.held_from, held_upto = excluded.held_upto,
        json = excluded.json";
    DROP_DIALOG = "DELETE FROM dialogs WHERE id = ?1";

    INSERT_MESSAGE = "INSERT INTO messages
        (slot, id, dialog, seq, rev, at, kind, author, author_id, author_name, client_id, text, details)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING";
    RIVAL_BY_ID = "SELECT slot, rev, kind, text, details FROM messages WHERE id = ?1";
    RIVAL_BY_NUMBER = "SELECT slot, rev, kind, text, details FROM messages WHERE dialog = ?1 AND seq = ?2";
    SLOTS = "SELECT slot FROM messages WHERE slot BETWEEN ?1 AND ?2 ORDER BY slot";
    DELETE_MESSAGE = "DELETE FROM messages WHERE slot = ?1";
    MESSAGES_OF_DIALOG = "SELECT slot, rev, kind, text, details FROM messages WHERE dialog = ?1";
    DELETE_MESSAGES_OF_DIALOG = "DELETE FROM messages WHERE dialog = ?1";
    ADD_WORDS = "INSERT INTO search (rowid, words) VALUES (?1, ?2)";
    TAKE_WORDS = "INSERT INTO search (search, rowid, words) VALUES ('delete', ?1, ?2)";
    JOIN_WORDS = "INSERT INTO search (search, rank) VALUES ('merge', ?1)";

    PUT_OPERATOR = "INSERT INTO operators (id, json) VALUES (?1, ?2)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json";
    PUT_CHANNEL = "INSERT INTO channels (id, json) VALUES (?1, ?2)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json";
    PUT_PROFILE = "INSERT INTO profile (id, json) VALUES (1, ?1)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json";
    PUT_HANDBOOK = "INSERT INTO handbook (id, json) VALUES (1, ?1)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json";
    PUT_CURSOR = "INSERT INTO cursor (id, stream, after) VALUES (1, ?1, ?2)
    ON CONFLICT (id) DO UPDATE SET stream = excluded.stream, after = excluded.after";
    DROP_CURSOR = "DELETE FROM cursor WHERE id = 1";

    LOAD_DIALOGS = "SELECT json, held_from, held_upto FROM dialogs";
    LOAD_OPERATORS = "SELECT json FROM operators ORDER BY id";
    LOAD_CHANNELS = "SELECT json FROM channels ORDER BY id";
    LOAD_PROFILE = "SELECT json FROM profile WHERE id = 1";
    LOAD_HANDBOOK = "SELECT json FROM handbook WHERE id = 1";
    LOAD_CURSOR = "SELECT stream, after FROM cursor WHERE id = 1";

    BELOW = messages!("WHERE m.dialog = ?1 AND m.seq < ?2 ORDER BY m.seq DESC LIMIT ?3");
    FROM = messages!("WHERE m.dialog = ?1 AND m.seq >= ?2 ORDER BY m.seq LIMIT ?3");
    HELD_BELOW = "SELECT max(seq) FROM messages WHERE dialog = ?1 AND seq < ?2";
    HELD_FROM = "SELECT EXISTS (SELECT 1 FROM messages WHERE dialog = ?1 AND seq >= ?2)";

    SEARCH = hits!("", "search s JOIN messages m ON m.slot = s.rowid", "dialogs d INDEXED BY dialogs_shown",
        "WHERE s.words MATCH ?1 AND s.rowid BETWEEN ?2 AND ?3 ORDER BY s.rowid DESC LIMIT ?4");
    SEARCH_DIALOGS = hits!(", d.json", "search s JOIN messages m ON m.slot = s.rowid", "dialogs d",
        "WHERE s.words MATCH ?1 AND s.rowid BETWEEN ?2 AND ?3 ORDER BY s.rowid DESC LIMIT ?4");
    FINALIST = hits!("", "messages m", "dialogs d INDEXED BY dialogs_shown", "WHERE m.slot = ?1");
    FINALIST_DIALOG = hits!(", d.json", "messages m", "dialogs d", "WHERE m.slot = ?1");
    SLOTS_SAYING = "SELECT s.rowid FROM search s WHERE s.words MATCH ?1 AND s.rowid BETWEEN ?2 AND ?3
    ORDER BY s.rowid DESC LIMIT ?4";
    LENGTHS_SAYING = "SELECT s.rowid, z.sz FROM search s JOIN search_docsize z ON z.id = s.rowid
    WHERE s.words MATCH ?1 AND s.rowid BETWEEN ?2 AND ?3 ORDER BY s.rowid DESC LIMIT ?4";
    LINES_SAYING = "SELECT m.text, m.details FROM search s JOIN messages m ON m.slot = s.rowid
    WHERE s.words MATCH ?1 ORDER BY s.rowid DESC LIMIT ?2";
}
