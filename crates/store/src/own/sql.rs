//! Every statement on own.db, in one place so that a test can look at each plan.

statements! {
    PUT_OUTBOX = "INSERT INTO outbox (client_id, dialog, position, created_at, attempts, op, state)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (client_id) DO UPDATE SET dialog = excluded.dialog, position = excluded.position,
        created_at = excluded.created_at, attempts = excluded.attempts, op = excluded.op, state = excluded.state";
    RAISE_MARK = "INSERT INTO outbox_mark (id, last_position) VALUES (1, ?1)
    ON CONFLICT (id) DO UPDATE SET last_position = max(last_position, excluded.last_position)";
    DROP_OUTBOX = "DELETE FROM outbox WHERE client_id = ?1";
    PUT_DRAFT = "INSERT INTO drafts (dialog, text, note, quote, at) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (dialog) DO UPDATE SET text = excluded.text, note = excluded.note, quote = excluded.quote,
        at = excluded.at";
    DROP_DRAFT = "DELETE FROM drafts WHERE dialog = ?1";
    PUT_TRAY = "INSERT INTO tray (file, dialog, position, json) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (file) DO UPDATE SET dialog = excluded.dialog, position = excluded.position, json = excluded.json";
    DROP_TRAY = "DELETE FROM tray WHERE file = ?1";
    PUT_SETTINGS = "INSERT INTO settings (id, json) VALUES (1, ?1)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json";
    PUT_ALERTED = "INSERT INTO alerted (message, at) VALUES (?1, ?2)
    ON CONFLICT (message) DO UPDATE SET at = excluded.at";
    FORGET_ALERTS = "DELETE FROM alerted WHERE at < ?1";

    COUNT_COMMIT = "INSERT INTO commits (id, number) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET number = number + 1 RETURNING number";
    PUT_COMMITS = "INSERT INTO commits (id, number) VALUES (1, ?1)
    ON CONFLICT (id) DO UPDATE SET number = excluded.number";
    LOAD_COMMITS = "SELECT number FROM commits WHERE id = 1";

    LOAD_OUTBOX = "SELECT client_id, dialog, position, created_at, attempts, op, state FROM outbox ORDER BY position";
    LOAD_MARK = "SELECT last_position FROM outbox_mark WHERE id = 1";
    LOAD_DRAFTS = "SELECT dialog, text, note, quote, at FROM drafts ORDER BY dialog";
    LOAD_TRAY = "SELECT dialog, position, json FROM tray ORDER BY file";
    LOAD_SETTINGS = "SELECT json FROM settings WHERE id = 1";
    LOAD_ALERTED = "SELECT message, at FROM alerted ORDER BY message";

    RESCUE_OUTBOX_UP = "SELECT client_id, dialog, position, created_at, attempts, op, state, rowid
    FROM outbox WHERE rowid >= ?1 ORDER BY rowid LIMIT 1";
    RESCUE_OUTBOX_DOWN = "SELECT client_id, dialog, position, created_at, attempts, op, state, rowid
    FROM outbox WHERE rowid <= ?1 ORDER BY rowid DESC LIMIT 1";
    RESCUE_DRAFT_UP = "SELECT dialog, text, note, quote, at, rowid
    FROM drafts WHERE rowid >= ?1 ORDER BY rowid LIMIT 1";
    RESCUE_DRAFT_DOWN = "SELECT dialog, text, note, quote, at, rowid
    FROM drafts WHERE rowid <= ?1 ORDER BY rowid DESC LIMIT 1";
    RESCUE_TRAY_UP = "SELECT dialog, position, json, rowid FROM tray WHERE rowid >= ?1 ORDER BY rowid LIMIT 1";
    RESCUE_TRAY_DOWN = "SELECT dialog, position, json, rowid FROM tray WHERE rowid <= ?1 ORDER BY rowid DESC LIMIT 1";
}
