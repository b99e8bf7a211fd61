//! The index of words: written with the messages, erased with them.

use super::{
    PostgresStore, fault,
    value::{get, int, parse, uint},
};
use crate::desk::DialogAggregate;
use crate::store::{SearchStore, StoreError};
use async_trait::async_trait;
use deadpool_postgres::GenericClient;
use otklik_model::{CustomerId, DialogId, Message, Stamp, WorkspaceId};
use otklik_words::{Query, searched};
use std::ops::Range;
use tokio_postgres::Transaction;
use uuid::Uuid;

/// Messages of one step of making the index anew.
const STEP: i64 = 1_000;

/// Words are lexemes already: no parser of the server's sees them.
pub(super) const PUT: &str = "INSERT INTO spoken (workspace, dialog, seq, at, words)
    SELECT $1, dialog, seq, at, array_to_tsvector(string_to_array(words, ' '))
    FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::text[]) AS said (dialog, seq, at, words)
    ON CONFLICT (dialog, seq) DO UPDATE SET words = excluded.words";

/// Messages as columns of [`PUT`].
#[derive(Default)]
pub(super) struct Said {
    pub(super) dialog: Vec<Uuid>,
    pub(super) seq: Vec<i64>,
    pub(super) at: Vec<i64>,
    pub(super) words: Vec<String>,
}

impl Said {
    pub(super) fn push(&mut self, dialog: DialogId, seq: u32, at: Stamp, words: String) {
        self.dialog.push(dialog.0);
        self.seq.push(i64::from(seq));
        self.at.push(at.0);
        self.words.push(words);
    }
}

/// Makes the index of all that was said before there was one.
pub(super) async fn make(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let mut after = (Uuid::nil(), 0_i64);
    loop {
        // Joined, the server may read all dialogs anew for each step.
        let sql = "SELECT dialog, seq, body, (SELECT workspace FROM dialog WHERE dialog.id = message.dialog)
                   FROM message WHERE (dialog, seq) > ($1, $2) ORDER BY dialog, seq LIMIT $3";
        let rows = transaction.query(sql, &[&after.0, &after.1, &STEP]).await.map_err(fault)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (get(last, 0)?, get(last, 1)?);
        for row in &rows {
            let mut said = Said::default();
            let message: Message = parse(get(row, 2)?)?;
            let Some(words) = searched(message.kind, &message.text, &message.details) else { continue };
            said.push(message.dialog, message.seq, message.at, words);
            let workspace: Uuid = get(row, 3)?;
            let values: super::Values<'_> = &[&workspace, &said.dialog, &said.seq, &said.at, &said.words];
            transaction.execute(PUT, values).await.map_err(fault)?;
        }
    }
}

/// All of a dialog goes.
pub(super) async fn erase(client: &impl GenericClient, dialog: Uuid) -> Result<(), StoreError> {
    super::privacy::run(client, "DELETE FROM spoken WHERE dialog = $1", &[&dialog]).await.map(drop)
}

#[async_trait]
impl SearchStore for PostgresStore {
    async fn messages_saying(
        &self,
        workspace: WorkspaceId,
        query: &Query,
        time: Range<Stamp>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, Message)>, StoreError> {
        let sql = "SELECT spoken.place, message.body
                   FROM spoken JOIN message ON message.dialog = spoken.dialog AND message.seq = spoken.seq
                   WHERE spoken.words @@ $1::text::tsquery AND spoken.workspace = $2 AND spoken.place < $3
                       AND spoken.at >= $4 AND spoken.at < $5
                   ORDER BY spoken.place DESC LIMIT $6";
        let (asked, before, limit) = (query.tsquery(), before.map_or(i64::MAX, int), i64::from(limit));
        let values: super::Values<'_> = &[&asked, &workspace.0, &before, &time.start.0, &time.end.0, &limit];
        let rows = self.rows(sql, values).await?;
        rows.iter().map(|row| Ok((uint(get(row, 0)?), parse(get(row, 1)?)?))).collect()
    }

    async fn dialogs_of(
        &self,
        workspace: WorkspaceId,
        customer: CustomerId,
        before: Option<DialogId>,
        limit: u32,
    ) -> Result<Vec<DialogAggregate>, StoreError> {
        let sql =
            "SELECT body FROM dialog WHERE customer = $1 AND workspace = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
        let before = before.map_or(Uuid::max(), |before| before.0);
        let rows = self.rows(sql, &[&customer.0, &workspace.0, &before, &i64::from(limit)]).await?;
        rows.iter().map(|row| parse(get(row, 0)?)).collect()
    }
}
