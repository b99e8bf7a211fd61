//! Customers who are one person.

use super::{
    SqliteStore, called, customers,
    desk::{dialog_to_change, has_dialog, store_change},
    fault,
    read::{blob, int, json, parse, uint, uuid},
    turn::Turn,
};
use crate::desk::{Alias, shared};
use crate::store::identities::{Followers, told};
use crate::store::{CommitError, DialogChange, EntryBody, IdentityStore, Regroup, StoreError};
use async_trait::async_trait;
use otklik_model::{Customer, CustomerId, DialogId, OperatorId, WorkspaceId};
use rusqlite::{Connection, OptionalExtension as _, params};

/// The dialogs of a customer that are not closed for good.
const GOING_ON: &str = "SELECT id FROM dialog WHERE customer = ?1 AND workspace = ?2 AND final = 0";
/// All of them.
const ALL: &str = "SELECT id FROM dialog WHERE customer = ?1 AND workspace = ?2 ORDER BY id";

#[async_trait]
impl IdentityStore for SqliteStore {
    async fn identities(&self, workspace: WorkspaceId, customer: CustomerId) -> Result<Vec<Alias>, StoreError> {
        self.read(move |db| identities(db, workspace, customer)).await
    }

    async fn customers_called(
        &self,
        workspace: WorkspaceId,
        beginning: &str,
        limit: u32,
    ) -> Result<Vec<Customer>, StoreError> {
        let beginning = beginning.to_owned();
        self.read(move |db| called::beginning(db, workspace, &beginning, limit)).await
    }
}

/// The person that a customer is with others, if he is.
pub(super) fn person_of(
    db: &Connection,
    workspace: WorkspaceId,
    customer: CustomerId,
) -> Result<Option<u64>, StoreError> {
    db.prepare_cached("SELECT person FROM identity WHERE customer = ?1 AND workspace = ?2")
        .and_then(|mut statement| {
            statement.query_row([blob(customer.0), blob(workspace.0)], |row| row.get::<_, i64>(0)).optional()
        })
        .map(|person| person.map(uint))
        .map_err(fault)
}

/// All who are one person with a customer, himself among them, by number.
pub(super) fn identities(
    db: &Connection,
    workspace: WorkspaceId,
    customer: CustomerId,
) -> Result<Vec<Alias>, StoreError> {
    let Some(person) = person_of(db, workspace, customer)? else {
        let found = customers::customer(db, workspace, customer)?;
        return Ok(found.map(|(customer, version)| Alias { customer, version, own: None }).into_iter().collect());
    };
    let sql = "SELECT c.body, c.version, i.own FROM identity i JOIN customer c ON c.id = i.customer
               WHERE i.workspace = ?1 AND i.person = ?2";
    let mut statement = db.prepare_cached(sql).map_err(fault)?;
    let rows = statement
        .query_map(params![blob(workspace.0), int(person)], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?))
        })
        .map_err(fault)?;
    let mut people = Vec::new();
    for row in rows {
        let (body, version, own) = row.map_err(fault)?;
        people.push(Alias { customer: parse(&body)?, version: uint(version), own: Some(parse(&own)?) });
    }
    people.sort_unstable_by_key(|alias| alias.customer.number);
    Ok(people)
}

pub(super) fn commit_regroup(turn: &mut Turn<'_>, regroup: &Regroup) -> Result<(), CommitError> {
    // All that can conflict is asked before anything is changed.
    for Alias { customer, version, .. } in &regroup.people {
        let stored = customers::customer(turn.db, turn.workspace, customer.id)?;
        if stored.is_none_or(|(_, stored)| stored != *version) {
            return Err(CommitError::Conflict);
        }
    }
    for alias in &regroup.people {
        customers::write(turn.db, turn.workspace, &alias.customer)?;
        keep(turn, alias)?;
        tell_dialogs(turn, Followers::All, &alias.customer, regroup.by)?;
    }
    Ok(())
}

fn keep(turn: &Turn<'_>, alias: &Alias) -> Result<(), StoreError> {
    forget(turn.db, alias.customer.id)?;
    let Some((person, own)) = alias.customer.particulars.person.zip(alias.own.as_ref()) else { return Ok(()) };
    let sql = "INSERT INTO identity (customer, workspace, person, own) VALUES (?1, ?2, ?3, ?4)";
    let (id, workspace) = (blob(alias.customer.id.0), blob(turn.workspace.0));
    turn.db
        .prepare_cached(sql)
        .and_then(|mut statement| statement.execute(params![id, workspace, int(person), json(own)]))
        .map(drop)
        .map_err(fault)
}

/// A customer is erased, or somebody of his own again.
pub(super) fn forget(db: &Connection, customer: CustomerId) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM identity WHERE customer = ?1")
        .and_then(|mut statement| statement.execute([blob(customer.0)]))
        .map(drop)
        .map_err(fault)
}

/// What changed of a customer changes of all who are one person with him.
pub(super) fn spread(turn: &mut Turn<'_>, customer: CustomerId) -> Result<(), StoreError> {
    let Some(person) = person_of(turn.db, turn.workspace, customer)? else { return Ok(()) };
    let people = identities(turn.db, turn.workspace, customer)?;
    let Some(changed) = people.iter().find(|alias| alias.customer.id == customer) else { return Ok(()) };
    for other in people.iter().filter(|alias| alias.customer.id != customer) {
        let now = shared(&changed.customer, &other.customer, Some(person));
        if now == other.customer {
            continue;
        }
        customers::write(turn.db, turn.workspace, &now)?;
        tell_dialogs(turn, Followers::of(&other.customer, &now), &now, None)?;
    }
    Ok(())
}

/// The dialogs of a customer that are not closed for good.
pub(super) fn going_on(turn: &Turn<'_>, customer: CustomerId) -> Result<Vec<DialogId>, StoreError> {
    ids(turn, GOING_ON, customer)
}

/// The copies of a customer in these dialogs follow his row; and his page hears of it, if none goes on.
fn tell_dialogs(
    turn: &mut Turn<'_>,
    which: Followers,
    customer: &Customer,
    by: Option<OperatorId>,
) -> Result<(), StoreError> {
    follow(turn, which, customer, by)?;
    if !has_dialog(turn.db, customer.id)? {
        turn.tell(&EntryBody::Customer(Box::new(customer.clone())))?;
    }
    Ok(())
}

/// The copies of a customer in these dialogs follow his row.
pub(super) fn follow(
    turn: &mut Turn<'_>,
    which: Followers,
    customer: &Customer,
    by: Option<OperatorId>,
) -> Result<(), StoreError> {
    let sql = match which {
        Followers::GoingOn => GOING_ON,
        Followers::All => ALL,
    };
    for id in ids(turn, sql, customer.id)? {
        let Some((stored, dialog)) = dialog_to_change(turn.db, turn.workspace, id)? else { continue };
        let Some(event) = told(&dialog, customer, by) else { continue };
        let mut change = DialogChange::of(dialog, vec![event]);
        // The row is written already.
        change.customer_before = None;
        let seq = turn.next_seq();
        change.stamp(seq, None);
        store_change(turn, seq, &stored, &change)?;
    }
    Ok(())
}

fn ids(turn: &Turn<'_>, which: &str, customer: CustomerId) -> Result<Vec<DialogId>, StoreError> {
    let mut statement = turn.db.prepare_cached(which).map_err(fault)?;
    let key = [blob(customer.0), blob(turn.workspace.0)];
    let rows = statement.query_map(key, |row| uuid(row, 0).map(DialogId)).map_err(fault)?;
    rows.map(|row| row.map_err(fault)).collect()
}
