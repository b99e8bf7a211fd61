//! own.db: what only this machine has. Rows are few; all of them are read at start.

mod reseal;
mod salvage;
pub(crate) mod sql;
mod witness;

pub(crate) use reseal::{PAGE, reseal};
pub(crate) use salvage::Salvaged;
pub(crate) use witness::{Witness, confirmed, missing};

use crate::columns::{count, id, int, rows, small};
use crate::connection;
use crate::fault::{Fault, OpenError};
use crate::schema::OWN;
use crate::{OwnSaved, StoreKey};
use otklik_core::{DiskFault, Draft, OutboxItem, OwnWrite, Settings, TrayFile};
use otklik_model::{ClientId, DialogId, MessageId, Stamp};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use std::path::Path;

/// The outbox, drafts, settings and seen alerts of one account.
pub struct OwnDb {
    db: Connection,
    /// `None`: in memory.
    witness: Option<Witness>,
}

impl OwnDb {
    /// Opens the file, makes it if it is missing, brings it to the newest version.
    ///
    /// # Errors
    /// See [`OpenError`]; a damaged first page is reported as [`OpenError::WrongKey`], because this file alone cannot
    /// tell the two apart.
    pub fn open(path: &Path, key: &StoreKey) -> Result<Self, OpenError> {
        Ok(Self { db: connection::open_file(&OWN, path, key)?, witness: Some(Witness::of(path)) })
    }

    /// The same tables and statements in memory, not encrypted.
    ///
    /// # Errors
    /// [`OpenError::Io`] if there is no memory.
    pub fn open_in_memory() -> Result<Self, OpenError> {
        Ok(Self { db: connection::open_in_memory(&OWN)?, witness: None })
    }

    /// Carries out all writes in one transaction, or none of them.
    ///
    /// # Errors
    /// The class of the failure; nothing of `writes` is stored.
    pub fn apply(&mut self, writes: &[OwnWrite]) -> Result<(), DiskFault> {
        self.apply_all([writes].into_iter()).map_err(|fault| fault.told())
    }

    /// Everything in the file.
    ///
    /// # Errors
    /// The class of the failure.
    pub fn load(&self) -> Result<OwnSaved, DiskFault> {
        self.load_all().map_err(|fault| fault.told())
    }

    /// Several groups of writes in one transaction.
    pub(crate) fn apply_all<'a>(&mut self, groups: impl Iterator<Item = &'a [OwnWrite]>) -> Result<(), Fault> {
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for write in groups.flatten() {
            apply_one(&transaction, write)?;
        }
        let commits: i64 = transaction.query_row(sql::COUNT_COMMIT, [], |row| row.get(0))?;
        transaction.commit()?;
        if let Some(witness) = &mut self.witness {
            witness.note(count(commits, "number")?);
        }
        Ok(())
    }

    /// Fails if a page of the file is damaged.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let verdict: String = self.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if verdict == "ok" { Ok(()) } else { Err(Fault::Value("integrity_check")) }
    }

    /// Empties the log into the file, and makes the spare copy of it: the file is whole then.
    pub(crate) fn empty_log(&self) -> Result<(), Fault> {
        if connection::empty_log(&self.db)?
            && let Some(witness) = &self.witness
        {
            witness.copy();
        }
        Ok(())
    }

    pub(crate) fn load_all(&self) -> Result<OwnSaved, Fault> {
        let mark: Option<i64> = self.db.query_row(sql::LOAD_MARK, [], |row| row.get(0)).optional()?;
        Ok(OwnSaved {
            outbox: rows(&self.db, sql::LOAD_OUTBOX, outbox_item)?,
            drafts: rows(&self.db, sql::LOAD_DRAFTS, draft)?,
            tray: rows(&self.db, sql::LOAD_TRAY, tray_file)?,
            settings: settings(&self.db)?,
            last_order: count(mark.unwrap_or(0), "last_position")?,
            alerted: rows(&self.db, sql::LOAD_ALERTED, |row| Ok((MessageId(id(row, 0)?), Stamp(row.get(1)?))))?,
        })
    }
}

fn settings(db: &Connection) -> Result<Settings, Fault> {
    let json: Option<String> = db.query_row(sql::LOAD_SETTINGS, [], |row| row.get(0)).optional()?;
    let Some(json) = json else { return Ok(Settings::default()) };
    // A choice that only a newer program knows must not keep the operator from the outbox.
    Ok(serde_json::from_str(&json).unwrap_or_else(|_| {
        tracing::warn!("the stored settings do not decode; the default ones are used");
        Settings::default()
    }))
}

fn apply_one(db: &Connection, write: &OwnWrite) -> Result<(), Fault> {
    match write {
        OwnWrite::PutOutbox(item) => put_outbox(db, item)?,
        OwnWrite::DropOutbox(client_id) => {
            db.prepare_cached(sql::DROP_OUTBOX)?.execute([client_id.0.as_bytes()])?;
        }
        OwnWrite::PutDraft(draft) => put_draft(db, draft)?,
        OwnWrite::DropDraft(dialog) => {
            db.prepare_cached(sql::DROP_DRAFT)?.execute([dialog.0.as_bytes()])?;
        }
        OwnWrite::PutTray(tray) => put_tray(db, tray)?,
        OwnWrite::DropTray(file) => {
            db.prepare_cached(sql::DROP_TRAY)?.execute([file.0.as_bytes()])?;
        }
        OwnWrite::PutSettings(settings) => {
            db.prepare_cached(sql::PUT_SETTINGS)?.execute([serde_json::to_string(settings)?])?;
        }
        OwnWrite::Alerted(message, at) => {
            db.prepare_cached(sql::PUT_ALERTED)?.execute(params![message.0.as_bytes(), at.0])?;
        }
        OwnWrite::ForgetAlerts(before) => {
            db.prepare_cached(sql::FORGET_ALERTS)?.execute([before.0])?;
        }
    }
    Ok(())
}

fn put_outbox(db: &Connection, item: &OutboxItem) -> Result<(), Fault> {
    db.prepare_cached(sql::PUT_OUTBOX)?.execute(params![
        item.client_id.0.as_bytes(),
        item.dialog.0.as_bytes(),
        int(item.order),
        item.created_at.0,
        item.attempts,
        serde_json::to_string(&item.op)?,
        serde_json::to_string(&item.state)?,
    ])?;
    db.prepare_cached(sql::RAISE_MARK)?.execute([int(item.order)])?;
    Ok(())
}

fn put_draft(db: &Connection, draft: &Draft) -> Result<(), Fault> {
    db.prepare_cached(sql::PUT_DRAFT)?.execute(params![
        draft.dialog.0.as_bytes(),
        draft.text,
        draft.note,
        draft.quote.as_ref().map(serde_json::to_string).transpose()?,
        draft.at.0
    ])?;
    Ok(())
}

fn put_tray(db: &Connection, tray: &TrayFile) -> Result<(), Fault> {
    db.prepare_cached(sql::PUT_TRAY)?.execute(params![
        tray.file.id.0.as_bytes(),
        tray.dialog.0.as_bytes(),
        int(tray.order),
        serde_json::to_string(&tray.file)?,
    ])?;
    Ok(())
}

fn tray_file(row: &Row<'_>) -> Result<TrayFile, Fault> {
    Ok(TrayFile {
        dialog: DialogId(id(row, 0)?),
        order: count(row.get(1)?, "position")?,
        file: serde_json::from_str(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)?,
    })
}

fn outbox_item(row: &Row<'_>) -> Result<OutboxItem, Fault> {
    Ok(OutboxItem {
        client_id: ClientId(id(row, 0)?),
        dialog: DialogId(id(row, 1)?),
        order: count(row.get(2)?, "position")?,
        created_at: Stamp(row.get(3)?),
        attempts: small(row.get(4)?, "attempts")?,
        op: serde_json::from_str(row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?)?,
        state: serde_json::from_str(row.get_ref(6)?.as_str().map_err(rusqlite::Error::from)?)?,
    })
}

fn draft(row: &Row<'_>) -> Result<Draft, Fault> {
    let quote: Option<String> = row.get(3)?;
    Ok(Draft {
        dialog: DialogId(id(row, 0)?),
        text: row.get(1)?,
        note: row.get(2)?,
        quote: quote.map(|json| serde_json::from_str(&json)).transpose()?,
        at: Stamp(row.get(4)?),
    })
}

#[cfg(test)]
mod tests;
