//! The log: workspaces, commits, answers, entries, snapshots.

use super::{
    PostgresStore,
    batch::Failure,
    desk, fault, people, ruled,
    value::{get, parse, plain, uint},
};
use crate::store::{
    Commit, CommitError, Committed, Entry, EntryBody, Key, Lease, LogRead, LogStore, SnapshotRead, StoreError,
    Workspace,
};
use async_trait::async_trait;
use deadpool_postgres::{GenericClient, Transaction};
use otklik_model::{ClientId, Message, Outcome, Seq, Stamp, Stored, WorkspaceId};
use std::collections::BTreeMap;
use tokio_postgres::IsolationLevel;
use uuid::Uuid;

#[async_trait]
impl LogStore for PostgresStore {
    async fn open_workspace(&self, short: &str) -> Result<Workspace, StoreError> {
        let short = plain(short);
        let make = "INSERT INTO workspace (id, short, stream) VALUES ($1, $2, $3) ON CONFLICT (short) DO NOTHING";
        self.run(make, &[&Uuid::now_v7(), &short, &Uuid::new_v4()]).await?;
        let found = self.row("SELECT id, stream FROM workspace WHERE short = $1", &[&short]).await?;
        let row = found.ok_or_else(|| StoreError::Unavailable("the workspace is gone".into()))?;
        Ok(Workspace { id: WorkspaceId(get(&row, 0)?), stream: get(&row, 1)? })
    }

    async fn workspaces(&self) -> Result<Vec<(String, Workspace)>, StoreError> {
        let rows = self.rows("SELECT short, id, stream FROM workspace ORDER BY short", &[]).await?;
        let read = |row| Ok((get(row, 0)?, Workspace { id: WorkspaceId(get(row, 1)?), stream: get(row, 2)? }));
        rows.iter().map(read).collect()
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let lost = || Err(StoreError::Unavailable("the writer has stopped".into()).into());
        self.lanes.commit(commit.workspace, vec![commit]).await.pop().unwrap_or_else(lost)
    }

    async fn commit_all(&self, commits: Vec<Commit>) -> Vec<Result<Committed, CommitError>> {
        match commits.first() {
            Some(first) => self.lanes.commit(first.workspace, commits).await,
            None => Vec::new(),
        }
    }

    async fn first_answer(&self, key: Key) -> Result<Option<Outcome>, StoreError> {
        let client = self.client().await?;
        Ok(answers_of(&client, &[key]).await?.remove(&key))
    }

    async fn head(&self, workspace: WorkspaceId) -> Result<Seq, StoreError> {
        head(&self.client().await?, workspace).await
    }

    async fn log_after(&self, workspace: WorkspaceId, after: Seq, limit: u32) -> Result<LogRead, StoreError> {
        let mut client = self.client().await?;
        let reading = read_only(&mut client).await?;
        let oldest = "SELECT seq FROM entry WHERE workspace = $1 ORDER BY seq LIMIT 1";
        let page = "SELECT seq, at, body FROM entry WHERE workspace = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let (oldest, page) =
            tokio::try_join!(reading.prepare_cached(oldest), reading.prepare_cached(page)).map_err(fault)?;
        let after = super::value::int(after.0);
        let limit = i64::from(limit);
        let page_values: super::Values<'_> = &[&workspace.0, &after, &limit];
        let oldest_values: super::Values<'_> = &[&workspace.0];
        let (oldest, rows) =
            tokio::try_join!(reading.query_opt(&oldest, oldest_values), reading.query(&page, page_values))
                .map_err(fault)?;
        let start = match oldest {
            Some(row) => Seq(uint(get(&row, 0)?).saturating_sub(1)),
            None => head(&reading, workspace).await?,
        };
        let entry = |row| -> Result<Entry, StoreError> {
            let body = parse::<EntryBody>(get(row, 2)?)?;
            Ok(Entry { seq: Seq(uint(get(row, 0)?)), at: Stamp(get(row, 1)?), body })
        };
        let entries = rows.iter().map(entry).collect::<Result<_, _>>()?;
        reading.commit().await.map_err(fault)?;
        Ok(LogRead { start, entries })
    }

    async fn snapshot(&self, workspace: WorkspaceId, closed_since: Stamp) -> Result<SnapshotRead, StoreError> {
        let mut client = self.client().await?;
        let reading = read_only(&mut client).await?;
        let at = head(&reading, workspace).await?;
        let mut dialogs = desk::open_dialogs(&reading, workspace).await?;
        dialogs.extend(desk::closed_since(&reading, workspace, closed_since).await?);
        let operators = people::operators(&reading, workspace).await?;
        let channels = desk::channels(&reading, workspace).await?;
        reading.commit().await.map_err(fault)?;
        Ok(SnapshotRead { at, dialogs, operators, channels })
    }

    async fn take_lease(
        &self,
        workspace: WorkspaceId,
        node: Uuid,
        now: Stamp,
        ttl_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        ruled::take_lease(self, workspace, node, now, ttl_ms).await
    }
}

/// A transaction in which everything is seen as of one moment.
pub(super) async fn read_only(client: &mut deadpool_postgres::Client) -> Result<Transaction<'_>, StoreError> {
    let reading = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    reading.start().await.map_err(fault)
}

async fn head(client: &impl GenericClient, workspace: WorkspaceId) -> Result<Seq, StoreError> {
    let statement = client.prepare_cached("SELECT head FROM workspace WHERE id = $1").await.map_err(fault)?;
    let row = client.query_opt(&statement, &[&workspace.0]).await.map_err(fault)?;
    let row = row.ok_or_else(|| StoreError::Unavailable("no such workspace".into()))?;
    Ok(Seq(uint(get(&row, 0)?)))
}

/// The first answers to these keys, inside a batch.
pub(super) async fn answers(transaction: &Transaction<'_>, keys: &[Key]) -> Result<BTreeMap<Key, Outcome>, Failure> {
    if keys.is_empty() { Ok(BTreeMap::new()) } else { Ok(answers_of(transaction, keys).await?) }
}

async fn answers_of(client: &impl GenericClient, keys: &[Key]) -> Result<BTreeMap<Key, Outcome>, StoreError> {
    // One look into the index for each key, whatever the server believes about the size of the tables.
    let kept = "SELECT asked.writer, asked.client, found.outcome
                FROM unnest($1::uuid[], $2::uuid[]) AS asked (writer, client)
                CROSS JOIN LATERAL (SELECT outcome FROM answer
                    WHERE answer.writer = asked.writer AND answer.client = asked.client LIMIT 1) AS found";
    // The answer is forgotten after a week, the message never.
    let said = "SELECT asked.writer, asked.client, found.body
                FROM unnest($1::uuid[], $2::uuid[]) AS asked (writer, client)
                CROSS JOIN LATERAL (SELECT body FROM message
                    WHERE message.writer = asked.writer AND message.client = asked.client LIMIT 1) AS found";
    let (kept, said) = tokio::try_join!(client.prepare_cached(kept), client.prepare_cached(said)).map_err(fault)?;
    let (writers, ids): (Vec<Uuid>, Vec<Uuid>) = keys.iter().map(|key| (key.writer, key.id.0)).unzip();
    let values: super::Values<'_> = &[&writers, &ids];
    let (kept, said) = tokio::try_join!(client.query(&kept, values), client.query(&said, values)).map_err(fault)?;
    let mut answers = BTreeMap::new();
    for row in &said {
        let message = parse::<Message>(get(row, 2)?)?;
        let stored = Stored { id: message.id, seq: message.seq, at: message.at };
        let outcome = Outcome::Done { at_seq: message.rev, message: Some(stored) };
        answers.insert(Key { writer: get(row, 0)?, id: ClientId(get(row, 1)?) }, outcome);
    }
    for row in &kept {
        answers.insert(Key { writer: get(row, 0)?, id: ClientId(get(row, 1)?) }, parse(get(row, 2)?)?);
    }
    Ok(answers)
}
