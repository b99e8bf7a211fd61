//! Operators' sessions and their tokens.

use super::{
    PostgresStore, fault,
    value::{get, plain},
};
use crate::store::{NewSession, OFFERS, SessionRow, SessionStore, StoreError, TokenHash, TokenState};
use async_trait::async_trait;
use deadpool_postgres::Transaction;
use otklik_model::{OperatorId, SessionId, Stamp, WorkspaceId};
use tokio_postgres::Row;

#[async_trait]
impl SessionStore for PostgresStore {
    async fn add_session(&self, session: NewSession) -> Result<(), StoreError> {
        let sql = "INSERT INTO session (id, workspace, operator, token, device, created_at, expires_at, token_since,
                                        acted_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $6)";
        let NewSession { id, workspace, operator, token, device, created_at, expires_at } = session;
        let token = token.0.as_slice();
        let values: super::Values<'_> =
            &[&id.0, &workspace.0, &operator.0, &token, &plain(&device), &created_at.0, &expires_at.0];
        self.run(sql, values).await.map(drop)
    }

    /// A token is in use, or stands among the others: one of both finds it.
    async fn session_of(&self, token: TokenHash) -> Result<Option<SessionRow>, StoreError> {
        let sql = "SELECT id, workspace, operator, created_at, expires_at, acted_at, token_since, NULL::boolean
                   FROM session WHERE token = $1 AND ended_at IS NULL
                   UNION ALL
                   SELECT id, workspace, operator, created_at, expires_at, acted_at, token_since, replaced
                   FROM session_token JOIN session ON session.id = session_token.session
                   WHERE session_token.token = $1 AND ended_at IS NULL";
        let row = self.row(sql, &[&token.0.as_slice()]).await?;
        row.as_ref().map(session_row).transpose()
    }

    async fn offer_token(
        &self,
        workspace: WorkspaceId,
        session: SessionId,
        in_use: TokenHash,
        offered: TokenHash,
    ) -> Result<bool, StoreError> {
        let mut client = self.client().await?;
        let offering = client.transaction().await.map_err(fault)?;
        let held = lock(&offering, workspace, session).await?;
        if held.is_none_or(|held| held != in_use.0) {
            return Ok(false);
        }
        let sql = "INSERT INTO session_token (token, session, replaced)
                   SELECT $2::bytea, $1::uuid, false
                   WHERE (SELECT count(*) FROM session_token WHERE session = $1 AND NOT replaced) < $3";
        let statement = offering.prepare_cached(sql).await.map_err(fault)?;
        let values: super::Values<'_> = &[&session.0, &offered.0.as_slice(), &i64::from(OFFERS)];
        let added = offering.execute(&statement, values).await.map_err(fault)?;
        offering.commit().await.map_err(fault)?;
        Ok(added == 1)
    }

    async fn take_token(
        &self,
        workspace: WorkspaceId,
        session: SessionId,
        token: TokenHash,
        now: Stamp,
    ) -> Result<bool, StoreError> {
        let mut client = self.client().await?;
        let taking = client.transaction().await.map_err(fault)?;
        let Some(in_use) = lock(&taking, workspace, session).await? else { return Ok(false) };
        let token = token.0.as_slice();
        if in_use == token {
            return Ok(true);
        }
        let offered = "DELETE FROM session_token WHERE token = $1 AND session = $2 AND NOT replaced";
        if run(&taking, offered, &[&token, &session.0]).await? == 0 {
            return Ok(false);
        }
        let steps: [(&str, super::Values<'_>); 3] = [
            ("UPDATE session_token SET replaced = true WHERE session = $1", &[&session.0]),
            ("INSERT INTO session_token (token, session, replaced) VALUES ($1, $2, true)", &[&in_use, &session.0]),
            ("UPDATE session SET token = $2, token_since = $3 WHERE id = $1", &[&session.0, &token, &now.0]),
        ];
        for (sql, values) in steps {
            run(&taking, sql, values).await?;
        }
        taking.commit().await.map_err(fault)?;
        Ok(true)
    }

    async fn note_act(&self, workspace: WorkspaceId, session: SessionId, at: Stamp) -> Result<(), StoreError> {
        let sql = "UPDATE session SET acted_at = greatest(acted_at, $3) WHERE id = $1 AND workspace = $2";
        self.run(sql, &[&session.0, &workspace.0, &at.0]).await.map(drop)
    }
}

/// The token in use of a session that has not ended; nobody else changes the session until the transaction ends.
async fn lock(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    session: SessionId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT token FROM session WHERE id = $1 AND workspace = $2 AND ended_at IS NULL FOR UPDATE";
    let statement = transaction.prepare_cached(sql).await.map_err(fault)?;
    let row = transaction.query_opt(&statement, &[&session.0, &workspace.0]).await.map_err(fault)?;
    row.map(|row| get(&row, 0)).transpose()
}

async fn run(transaction: &Transaction<'_>, sql: &str, values: super::Values<'_>) -> Result<u64, StoreError> {
    let statement = transaction.prepare_cached(sql).await.map_err(fault)?;
    transaction.execute(&statement, values).await.map_err(fault)
}

fn session_row(row: &Row) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        id: SessionId(get(row, 0)?),
        workspace: WorkspaceId(get(row, 1)?),
        operator: OperatorId(get(row, 2)?),
        created_at: Stamp(get(row, 3)?),
        expires_at: Stamp(get(row, 4)?),
        acted_at: Stamp(get(row, 5)?),
        token_since: Stamp(get(row, 6)?),
        token: match get::<Option<bool>>(row, 7)? {
            None => TokenState::InUse,
            Some(false) => TokenState::Offered,
            Some(true) => TokenState::Replaced,
        },
    })
}
