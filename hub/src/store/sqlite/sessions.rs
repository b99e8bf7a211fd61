//! Operators' sessions and their tokens.

use super::{
    SqliteStore, fault,
    read::{blob, uuid},
};
use crate::store::{NewSession, OFFERS, SessionRow, SessionStore, StoreError, TokenHash, TokenState};
use async_trait::async_trait;
use otklik_model::{OperatorId, SessionId, Stamp, WorkspaceId};
use rusqlite::{Connection, OptionalExtension as _, ToSql, params};

#[async_trait]
impl SessionStore for SqliteStore {
    async fn add_session(&self, session: NewSession) -> Result<(), StoreError> {
        self.write(move |db| add(db, &session)).await
    }

    async fn session_of(&self, token: TokenHash) -> Result<Option<SessionRow>, StoreError> {
        self.read(move |db| of_token(db, token)).await
    }

    async fn offer_token(
        &self,
        workspace: WorkspaceId,
        session: SessionId,
        in_use: TokenHash,
        offered: TokenHash,
    ) -> Result<bool, StoreError> {
        self.write(move |db| offer(db, workspace, session, in_use, offered)).await
    }

    async fn take_token(
        &self,
        workspace: WorkspaceId,
        session: SessionId,
        token: TokenHash,
        now: Stamp,
    ) -> Result<bool, StoreError> {
        self.write(move |db| take(db, workspace, session, token, now)).await
    }

    async fn note_act(&self, workspace: WorkspaceId, session: SessionId, at: Stamp) -> Result<(), StoreError> {
        self.write(move |db| note_act(db, workspace, session, at)).await
    }
}

fn add(db: &Connection, session: &NewSession) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO session (id, workspace, operator, token, device, created_at, expires_at, token_since, acted_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?6, ?6)",
        params![
            blob(session.id.0),
            blob(session.workspace.0),
            blob(session.operator.0),
            session.token.0,
            session.device,
            session.created_at.0,
            session.expires_at.0,
        ],
    )
    .map(drop)
    .map_err(fault)
}

/// A token is in use, or stands among the others: one of both finds it.
fn of_token(db: &Connection, token: TokenHash) -> Result<Option<SessionRow>, StoreError> {
    let mut statement = db
        .prepare_cached(
            "SELECT id, workspace, operator, created_at, expires_at, acted_at, token_since, NULL
             FROM session WHERE token = ?1 AND ended_at IS NULL
             UNION ALL
             SELECT id, workspace, operator, created_at, expires_at, acted_at, token_since, replaced
             FROM session_token JOIN session ON session.id = session_token.session
             WHERE session_token.token = ?1 AND ended_at IS NULL",
        )
        .map_err(fault)?;
    let found = statement.query_row([token.0], |row| {
        Ok(SessionRow {
            id: SessionId(uuid(row, 0)?),
            workspace: WorkspaceId(uuid(row, 1)?),
            operator: OperatorId(uuid(row, 2)?),
            created_at: Stamp(row.get(3)?),
            expires_at: Stamp(row.get(4)?),
            acted_at: Stamp(row.get(5)?),
            token_since: Stamp(row.get(6)?),
            token: match row.get::<_, Option<bool>>(7)? {
                None => TokenState::InUse,
                Some(false) => TokenState::Offered,
                Some(true) => TokenState::Replaced,
            },
        })
    });
    found.optional().map_err(fault)
}

fn offer(
    db: &Connection,
    workspace: WorkspaceId,
    session: SessionId,
    in_use: TokenHash,
    offered: TokenHash,
) -> Result<bool, StoreError> {
    let added = db
        .prepare_cached(
            "INSERT INTO session_token (token, session, replaced)
             SELECT ?4, id, 0 FROM session
             WHERE id = ?2 AND workspace = ?1 AND token = ?3 AND ended_at IS NULL
               AND (SELECT count(*) FROM session_token WHERE session = ?2 AND replaced = 0) < ?5",
        )
        .and_then(|mut statement| {
            statement.execute(params![blob(workspace.0), blob(session.0), in_use.0, offered.0, OFFERS])
        });
    added.map(|rows| rows == 1).map_err(fault)
}

fn take(
    db: &Connection,
    workspace: WorkspaceId,
    session: SessionId,
    token: TokenHash,
    now: Stamp,
) -> Result<bool, StoreError> {
    let in_use: Option<[u8; 32]> = db
        .prepare_cached("SELECT token FROM session WHERE id = ?1 AND workspace = ?2 AND ended_at IS NULL")
        .and_then(|mut found| found.query_row([blob(session.0), blob(workspace.0)], |row| row.get(0)).optional())
        .map_err(fault)?;
    let Some(in_use) = in_use else { return Ok(false) };
    if in_use == token.0 {
        return Ok(true);
    }
    let mut offered = db
        .prepare_cached("DELETE FROM session_token WHERE token = ?1 AND session = ?2 AND replaced = 0")
        .map_err(fault)?;
    if offered.execute(params![token.0, blob(session.0)]).map_err(fault)? == 0 {
        return Ok(false);
    }
    let steps: [(&str, &[&dyn ToSql]); 3] = [
        ("UPDATE session_token SET replaced = 1 WHERE session = ?1", &[&blob(session.0)]),
        ("INSERT INTO session_token (token, session, replaced) VALUES (?1, ?2, 1)", &[&in_use, &blob(session.0)]),
        ("UPDATE session SET token = ?2, token_since = ?3 WHERE id = ?1", &[&blob(session.0), &token.0, &now.0]),
    ];
    for (sql, values) in steps {
        db.prepare_cached(sql).and_then(|mut statement| statement.execute(values)).map_err(fault)?;
    }
    Ok(true)
}

fn note_act(db: &Connection, workspace: WorkspaceId, session: SessionId, at: Stamp) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE session SET acted_at = max(acted_at, ?3) WHERE id = ?1 AND workspace = ?2")
        .and_then(|mut statement| statement.execute(params![blob(session.0), blob(workspace.0), at.0]))
        .map(drop)
        .map_err(fault)
}
