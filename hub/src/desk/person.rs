//! Customers who are one person: what is known of them becomes one, changes together, and comes apart again.
//!
//! A person is a set of customers, named by the least of their numbers. There is no chain to follow and none to close
//! into a ring: two persons become one set, and whoever is taken out of a set is in none. Each customer keeps what was
//! known of him alone, so that a mistake can be undone.

use super::decide::{COMMENT_CHARS, MOST_TAGS, MOST_VARIABLES};
use super::{Actor, DialogAggregate, allows, sees};
use otklik_model::{Block, Customer, CustomerId, MOST_IDENTITIES, Particulars, Refusal, Right, Side, Stamp, Union};
use std::collections::{BTreeMap, BTreeSet};

/// One of the customers who are one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// What is known of him: but for his id, number and language what is known of all of them.
    pub customer: Customer,
    /// How often that was stored.
    pub version: u64,
    /// What was known of him alone; nothing, if he is one person with nobody.
    pub own: Option<Customer>,
}

impl Alias {
    fn own(&self) -> &Customer {
        self.own.as_ref().unwrap_or(&self.customer)
    }
}

/// Refuses whoever may not change what is known of the customer of this dialog.
///
/// # Errors
/// [`Refusal::NotFound`] of whoever does not see it, [`Refusal::Forbidden`] without the right.
pub fn may_regroup(dialog: &DialogAggregate, by: &Actor) -> Result<(), Refusal> {
    let standing = dialog.standing();
    if !sees(by, &standing) {
        return Err(Refusal::NotFound);
    }
    if allows(by, Right::EditCustomer, &standing) { Ok(()) } else { Err(Refusal::Forbidden) }
}

/// Two persons become one: all their customers as they are afterwards.
///
/// # Errors
/// [`Refusal::SamePerson`], [`Refusal::TooMany`], and what is wrong with what is to stay.
pub fn join(these: &[Alias], others: &[Alias], union: &Union) -> Result<Vec<Alias>, Refusal> {
    let (Some(this), Some(other)) = (these.first(), others.first()) else { return Err(Refusal::NotFound) };
    if this.customer.person() == other.customer.person() {
        return Err(Refusal::SamePerson);
    }
    if these.len() + others.len() > MOST_IDENTITIES as usize {
        return Err(Refusal::TooMany { max: MOST_IDENTITIES });
    }
    let facts = united(&this.customer, &other.customer, union)?;
    let all = || these.iter().chain(others);
    let person = all().map(|alias| alias.customer.number).min();
    let joined = |alias: &Alias| Alias {
        customer: shared(&facts, &alias.customer, person),
        version: alias.version,
        own: Some(alias.own().clone()),
    };
    Ok(all().map(joined).collect())
}

/// One of a person's customers is somebody of his own again: he goes as he came, and takes along what came with him
/// alone. What was changed meanwhile stays with the others.
///
/// # Errors
/// [`Refusal::Regrouped`], if he is not one of several.
pub fn separate(people: &[Alias], who: CustomerId) -> Result<Vec<Alias>, Refusal> {
    let gone = people.iter().find(|alias| alias.customer.id == who).filter(|alias| alias.own.is_some());
    let gone = gone.ok_or(Refusal::Regrouped)?;
    let stay: Vec<&Alias> = people.iter().filter(|alias| alias.customer.id != who).collect();
    let (Some(first), left) = (stay.first(), stay.iter().map(|alias| alias.own()).collect::<Vec<_>>()) else {
        return Err(Refusal::Regrouped);
    };
    let facts = without(&first.customer, gone.own(), &left);
    let person = stay.iter().map(|alias| alias.customer.number).min().filter(|_| stay.len() > 1);
    let leaver = Alias { customer: as_he_came(gone, &left), version: gone.version, own: None };
    let staying = stay.iter().map(|alias| Alias {
        customer: shared(&facts, &alias.customer, person),
        version: alias.version,
        own: person.map(|_| alias.own().clone()),
    });
    Ok(std::iter::once(leaver).chain(staying).collect())
}

/// A customer with what is known of another who is one person with him.
#[must_use]
pub fn shared(facts: &Customer, onto: &Customer, person: Option<u64>) -> Customer {
    let name = if facts.named { facts.name.clone() } else { format!("Customer {}", onto.number) };
    Customer {
        id: onto.id,
        number: onto.number,
        language: onto.language.clone(),
        name,
        particulars: Particulars { person, ..facts.particulars.clone() },
        ..facts.clone()
    }
}

fn united(this: &Customer, other: &Customer, union: &Union) -> Result<Customer, Refusal> {
    let (known, theirs) = (&this.particulars, &other.particulars);
    let name = chosen(given(this), given(other), union.name)?;
    let particulars = Particulars {
        tags: within(known.tags.iter().chain(&theirs.tags).cloned().collect::<BTreeSet<_>>(), MOST_TAGS)?,
        comment: comments(&known.comment, &theirs.comment, union.comment)?,
        variables: variables(&known.variables, &theirs.variables, &union.variables)?,
        restricted: known.restricted || theirs.restricted,
        block: stricter(known.block.clone(), theirs.block.clone()),
        ..known.clone()
    };
    Ok(Customer {
        named: name.is_some(),
        name: name.unwrap_or_default(),
        email: chosen(this.email.clone(), other.email.clone(), union.email)?,
        phone: chosen(this.phone.clone(), other.phone.clone(), union.phone)?,
        particulars,
        ..this.clone()
    })
}

/// The name, if anybody gave one.
fn given(customer: &Customer) -> Option<String> {
    customer.named.then(|| customer.name.clone())
}

/// The only value there is, or the one that was chosen.
fn chosen(this: Option<String>, other: Option<String>, side: Side) -> Result<Option<String>, Refusal> {
    match side {
        Side::This => Ok(this.or(other)),
        Side::Other => Ok(other.or(this)),
        Side::Both | Side::Unknown => Err(Refusal::Unsupported),
    }
}

fn comments(this: &str, other: &str, side: Side) -> Result<String, Refusal> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let both = !this.is_empty() && !other.is_empty() && this != other;
    if side == Side::Both && both {
        let joined = format!("{this}\n{other}");
        let fits = joined.chars().count() <= COMMENT_CHARS as usize;
        return if fits { Ok(joined) } else { Err(Refusal::TooLong { max: COMMENT_CHARS }) };
    }
    let side = if side == Side::Both { Side::This } else { side };
    Ok(chosen(text(this), text(other), side)?.unwrap_or_default())
}

fn variables(
    this: &BTreeMap<String, String>,
    other: &BTreeMap<String, String>,
    sides: &BTreeMap<String, Side>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut all = BTreeMap::new();
    for name in this.keys().chain(other.keys()) {
        let side = sides.get(name).copied().unwrap_or_default();
        let value = chosen(this.get(name).cloned(), other.get(name).cloned(), side)?;
        all.extend(value.map(|value| (name.clone(), value)));
    }
    if all.len() > MOST_VARIABLES { Err(too_many(MOST_VARIABLES)) } else { Ok(all) }
}

fn within(all: BTreeSet<String>, most: usize) -> Result<Vec<String>, Refusal> {
    if all.len() > most { Err(too_many(most)) } else { Ok(all.into_iter().collect()) }
}

fn too_many(most: usize) -> Refusal {
    Refusal::TooMany { max: u32::try_from(most).unwrap_or(u32::MAX) }
}

/// Of two blocks the one that holds longer.
fn stricter(this: Option<Block>, other: Option<Block>) -> Option<Block> {
    let end = |block: &Block| block.until.unwrap_or(Stamp(i64::MAX));
    match (this, other) {
        (Some(this), Some(other)) => Some(if end(&other) > end(&this) { other } else { this }),
        (this, other) => this.or(other),
    }
}

/// What is known of a person, without what came with one who is gone alone.
fn without(now: &Customer, gone: &Customer, left: &[&Customer]) -> Customer {
    let name = remaining(given(now), given(gone), left.iter().map(|own| given(own)));
    let (known, his) = (&now.particulars, &gone.particulars);
    let values =
        |name: &String| left.iter().map(|own| own.particulars.variables.get(name).cloned()).collect::<Vec<_>>();
    let variable = |(name, value): (&String, &String)| {
        let value = remaining(Some(value.clone()), his.variables.get(name).cloned(), values(name));
        value.map(|value| (name.clone(), value))
    };
    let kept = |tag: &&String| !his.tags.contains(*tag) || left.iter().any(|own| own.particulars.tags.contains(*tag));
    let blocks = || left.iter().filter_map(|own| own.particulars.block.clone());
    let his_block = known.block.is_some() && known.block == his.block && !blocks().any(|one| Some(one) == known.block);
    let his_restriction = his.restricted && !left.iter().any(|own| own.particulars.restricted);
    Customer {
        named: name.is_some(),
        name: name.unwrap_or_default(),
        email: remaining(now.email.clone(), gone.email.clone(), left.iter().map(|own| own.email.clone())),
        phone: remaining(now.phone.clone(), gone.phone.clone(), left.iter().map(|own| own.phone.clone())),
        particulars: Particulars {
            tags: known.tags.iter().filter(kept).cloned().collect(),
            comment: comment_without(&known.comment, &his.comment, left),
            variables: known.variables.iter().filter_map(variable).collect(),
            restricted: known.restricted && !his_restriction,
            block: if his_block {
                blocks().fold(None, |held, one| stricter(held, Some(one)))
            } else {
                known.block.clone()
            },
            person: None,
        },
        ..now.clone()
    }
}

/// A value that stays, or what stands in its place if it came with one who is gone alone.
fn remaining(
    now: Option<String>,
    gone: Option<String>,
    left: impl IntoIterator<Item = Option<String>>,
) -> Option<String> {
    let left: Vec<Option<String>> = left.into_iter().collect();
    let his_alone = now.is_some() && now == gone && !left.contains(&now);
    if his_alone { left.into_iter().flatten().next() } else { now }
}

fn comment_without(now: &str, his: &str, left: &[&Customer]) -> String {
    let theirs = || left.iter().map(|own| own.particulars.comment.as_str()).filter(|comment| !comment.is_empty());
    if his.is_empty() || theirs().any(|comment| comment == his) {
        return now.to_owned();
    }
    if now == his {
        return theirs().next().unwrap_or_default().to_owned();
    }
    let before = now.strip_suffix(his).and_then(|rest| rest.strip_suffix('\n'));
    let after = || now.strip_prefix(his).and_then(|rest| rest.strip_prefix('\n'));
    before.or_else(after).unwrap_or(now).to_owned()
}

/// One who is taken out, as he came; but a block or a restriction that was put or lifted meanwhile was meant for him
/// too.
fn as_he_came(gone: &Alias, left: &[&Customer]) -> Customer {
    let (own, now) = (gone.own(), &gone.customer.particulars);
    let of_another = |block: &Block| left.iter().any(|one| one.particulars.block.as_ref() == Some(block));
    let block = match &now.block {
        Some(block) if of_another(block) => own.particulars.block.clone(),
        held => held.clone(),
    };
    let before = own.particulars.restricted || left.iter().any(|one| one.particulars.restricted);
    let restricted = now.restricted && (own.particulars.restricted || !before);
    let particulars = Particulars { block, restricted, person: None, ..own.particulars.clone() };
    Customer { language: gone.customer.language.clone(), particulars, ..own.clone() }
}

#[cfg(test)]
mod tests;
