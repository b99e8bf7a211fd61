//! What every store has to do. Run with a function that opens a fresh, empty store.

mod commits;
mod people;
mod reads;

use super::{Commit, CommitError, Committed, DialogChange, Entry, Key, NewCustomer, Store, TokenHash, Work, Workspace};
use crate::desk::{Beginning, DialogAggregate, Event};
use otklik_model::{
    Author, ChannelId, ClientId, Customer, CustomerId, DialogId, Message, MessageId, MessageKind, OperatorId, Outcome,
    Seq, Stamp, Stored,
};
use std::{future::Future, sync::Arc};
use uuid::Uuid;

/// Runs the suite. Each test gets a store of its own.
pub async fn run<F: Future<Output = Arc<dyn Store>>>(fresh: impl Fn() -> F) {
    commits::run(&fresh).await;
    people::run(&fresh).await;
    reads::run(&fresh).await;
}

/// A store with a workspace and one customer.
struct Fixture {
    store: Arc<dyn Store>,
    workspace: Workspace,
    customer: Customer,
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn done(stored: Option<Stored>) -> Outcome {
    Outcome::Done { at_seq: Seq(0), message: stored }
}

impl Fixture {
    async fn new(store: Arc<dyn Store>) -> Self {
        let workspace = store.open_workspace("main").await.unwrap();
        let customer = add_customer(&store, &workspace, 1, Stamp(0)).await;
        Self { store, workspace, customer }
    }

    fn begin(&self, number: u128, customer: &Customer) -> DialogAggregate {
        DialogAggregate::begin(Beginning {
            id: DialogId(id(number)),
            channel: ChannelId(id(7)),
            customer: customer.clone(),
            page: None,
            operator_online: true,
            at: Stamp(10),
        })
    }

    /// Commits an operator's (or, without one, the customer's) words.
    async fn say(&self, dialog: &DialogAggregate, by: Option<u128>, client: u128) -> Result<Committed, CommitError> {
        let message = words(dialog, by, client);
        let stored = Stored { id: message.id, seq: message.seq, at: message.at };
        let writer = by.map_or(dialog.row.customer.id.0, id);
        self.commit_keyed(
            Key { writer, id: ClientId(id(client)) },
            Work::Dialog(Box::new(DialogChange::new(dialog, vec![Event::MessageAdded(Box::new(message))]))),
            done(Some(stored)),
        )
        .await
    }

    async fn commit_keyed(&self, key: Key, work: Work, outcome: Outcome) -> Result<Committed, CommitError> {
        let commit = Commit { workspace: self.workspace.id, at: Stamp(20), key: Some(key), work, outcome };
        self.store.commit(commit).await
    }

    async fn commit(&self, work: Work) -> Result<Committed, CommitError> {
        let commit = Commit { workspace: self.workspace.id, at: Stamp(20), key: None, work, outcome: done(None) };
        self.store.commit(commit).await
    }

    async fn stored(&self, number: u128) -> DialogAggregate {
        self.store.dialog(self.workspace.id, DialogId(id(number))).await.unwrap().expect("it is stored")
    }

    async fn log(&self, after: u64) -> Vec<Entry> {
        self.store.log_after(self.workspace.id, Seq(after), 1000).await.unwrap().entries
    }
}

async fn add_customer(store: &Arc<dyn Store>, workspace: &Workspace, number: u8, at: Stamp) -> Customer {
    let new = NewCustomer {
        id: CustomerId(id(5_000 + u128::from(number))),
        workspace: workspace.id,
        token: TokenHash([number; 32]),
        language: Some("ru".into()),
        at,
    };
    store.add_customer(new).await.unwrap()
}

fn words(dialog: &DialogAggregate, by: Option<u128>, client: u128) -> Message {
    let author = match by {
        Some(operator) => Author::Operator { id: OperatorId(id(operator)), name: "Ира".into() },
        None => Author::Customer,
    };
    Message {
        id: MessageId(id(client + 1_000_000)),
        client_id: Some(ClientId(id(client))),
        dialog: dialog.row.id,
        seq: dialog.row.last_seq + 1,
        kind: MessageKind::Text,
        author,
        text: format!("words {client} <b>ё</b>"),
        at: Stamp(20),
        rev: Seq(0),
    }
}
