//! Every statement on own.db, in one place so that a test can look at each plan.

pub(crate) const PUT_OUTBOX: &str = "INSERT INTO outbox (client_id, dialog, position, created_at, attempts, op, state)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (client_id) DO UPDATE SET dialog = excluded.dialog, position = excluded.position,
        created_at = excluded.created_at, attempts = excluded.attempts, op = excluded.op, state = excluded.state";
pub(crate) const RAISE_MARK: &str = "INSERT INTO outbox_mark (id, last_position) VALUES (1, ?1)
    ON CONFLICT (id) DO UPDATE SET last_position = max(last_position, excluded.last_position)";
pub(crate) const DROP_OUTBOX: &str = "DELETE FROM outbox WHERE client_id = ?1";
pub(crate) const PUT_DRAFT: &str = "INSERT INTO drafts (dialog, text, note, at) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (dialog) DO UPDATE SET text = excluded.text, note = excluded.note, at = excluded.at";
pub(crate) const DROP_DRAFT: &str = "DELETE FROM drafts WHERE dialog = ?1";
pub(crate) const PUT_SETTINGS: &str = "INSERT INTO settings (id, json) VALUES (1, ?1)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json";
pub(crate) const PUT_ALERTED: &str = "INSERT INTO alerted (message, at) VALUES (?1, ?2)
    ON CONFLICT (message) DO UPDATE SET at = excluded.at";
pub(crate) const FORGET_ALERTS: &str = "DELETE FROM alerted WHERE at < ?1";

pub(crate) const LOAD_OUTBOX: &str =
    "SELECT client_id, dialog, position, created_at, attempts, op, state FROM outbox ORDER BY position";
pub(crate) const LOAD_MARK: &str = "SELECT last_position FROM outbox_mark WHERE id = 1";
pub(crate) const LOAD_DRAFTS: &str = "SELECT dialog, text, note, at FROM drafts ORDER BY dialog";
pub(crate) const LOAD_SETTINGS: &str = "SELECT json FROM settings WHERE id = 1";
pub(crate) const LOAD_ALERTED: &str = "SELECT message, at FROM alerted ORDER BY message";

pub(crate) const RESCUE_OUTBOX_UP: &str = "SELECT client_id, dialog, position, created_at, attempts, op, state, rowid
    FROM outbox WHERE rowid >= ?1 ORDER BY rowid LIMIT 1";
pub(crate) const RESCUE_OUTBOX_DOWN: &str = "SELECT client_id, dialog, position, created_at, attempts, op, state, rowid
    FROM outbox WHERE rowid <= ?1 ORDER BY rowid DESC LIMIT 1";
pub(crate) const RESCUE_DRAFT_UP: &str =
    "SELECT dialog, text, note, at, rowid FROM drafts WHERE rowid >= ?1 ORDER BY rowid LIMIT 1";
pub(crate) const RESCUE_DRAFT_DOWN: &str =
    "SELECT dialog, text, note, at, rowid FROM drafts WHERE rowid <= ?1 ORDER BY rowid DESC LIMIT 1";
