//! Which customers are one person with the customer of a dialog, and which may be. Every answer is what its asker may
//! see: a customer of whom he sees no dialog is told to nobody, and what is masked for him finds nobody.

use super::project::{Viewer, row_for};
use super::search::is_for;
use crate::desk::{Alias, DialogAggregate, Standing, allows, may_regroup, sees};
use crate::office::Office;
use crate::store::StoreError;
use otklik_model::{Candidate, Customer, Dialog, DialogId, Identity, Presence, Refusal, Right, Stamp};
use otklik_wire::operator::HubFrame;
use otklik_words::{alike, holds, sought};
use std::collections::BTreeSet;

/// Candidates of one answer.
const MOST: usize = 20;
/// Customers with the right beginning that are looked at for one answer.
const LOOKED_AT: u32 = 200;
/// Newest dialogs of a customer among which one is looked for that the asker sees.
const DIALOGS: u32 = 20;

/// All customers who are one person with the customer of a dialog, as far as they have a dialog that the asker sees.
pub(super) async fn identities(
    office: &Office,
    viewer: &Viewer,
    req: u64,
    dialog: DialogId,
) -> Result<HubFrame, StoreError> {
    let Some(of) = seen(office, viewer, dialog).await? else { return Ok(HubFrame::FetchFailed { req, retry: false }) };
    let mut identities = Vec::new();
    for Alias { customer, .. } in office.store.identities(office.workspace.id, of.row.customer.id).await? {
        let its_own = Some(&of).filter(|of| of.row.customer.id == customer.id);
        let newest = newest(office, viewer, &customer).await?.or_else(|| its_own.map(|of| of.row.clone()));
        let live = office.store.dialog_of(office.workspace.id, customer.id).await?;
        if let Some(row) = newest {
            office.note_row(viewer.me.id, viewer.session, &row).await?;
            identities.push(identity(office, viewer, &customer, &row, live.as_ref()));
        }
    }
    identities.sort_by_key(|identity| (std::cmp::Reverse(identity.seen_at), identity.number));
    Ok(HubFrame::Identities { req, identities })
}

fn identity(
    office: &Office,
    viewer: &Viewer,
    customer: &Customer,
    newest: &Dialog,
    live: Option<&DialogAggregate>,
) -> Identity {
    let blocked = customer.particulars.block.as_ref();
    let blocked = blocked.is_some_and(|block| block.until.is_none_or(|until| until > office.now()));
    Identity {
        customer: customer.id,
        number: customer.number,
        channel: newest.channel,
        dialog: newest.id,
        seen_at: seen_at(newest),
        on_site: office.is_here(customer.id) || live.is_some_and(|live| live.row.presence == Presence::OnSite),
        open: live.filter(|live| sees(&viewer.me, &live.standing())).map(|live| live.row.id),
        unreachable: match live {
            Some(_) => Some(Refusal::DialogOpen),
            None => blocked.then_some(Refusal::CustomerBlocked),
        },
    }
}

/// Customers who may be one person with the customer of a dialog: those who are called so, or, if nobody is asked for,
/// those with the same address or phone number.
pub(super) async fn candidates(
    office: &Office,
    viewer: &Viewer,
    req: u64,
    dialog: DialogId,
    wanted: Option<&str>,
) -> Result<HubFrame, StoreError> {
    let of = seen(office, viewer, dialog).await?.filter(|of| may_regroup(of, &viewer.me).is_ok());
    let Some(of) = of else { return Ok(HubFrame::FetchFailed { req, retry: false }) };
    // Of whoever sees no address it must not be told whose it is.
    let tells = allows(&viewer.me, Right::SeeContacts, &of.standing());
    let his: BTreeSet<String> = alike(&of.row.customer).into_iter().filter(|_| tells).collect();
    let mut known = BTreeSet::new();
    let mut candidates = Vec::new();
    for customer in called(office, &his, wanted).await? {
        if candidates.len() == MOST {
            break;
        }
        if customer.person() == of.row.customer.person() || !known.insert(customer.id) {
            continue;
        }
        let Some(row) = newest(office, viewer, &customer).await? else { continue };
        let named = wanted.is_none_or(|wanted| is_called(&row.customer, wanted));
        let plain = allows(&viewer.me, Right::SeeContacts, &Standing::of(&row));
        let same = plain && alike(&customer).iter().any(|entry| his.contains(entry));
        if named && (same || wanted.is_some()) {
            office.note_row(viewer.me.id, viewer.session, &row).await?;
            let (channel, seen_at) = (row.channel, seen_at(&row));
            candidates.push(Candidate { customer: row.customer, dialog: row.id, channel, seen_at, same });
        }
    }
    candidates.sort_by_key(|candidate| (!candidate.same, std::cmp::Reverse(candidate.seen_at)));
    Ok(HubFrame::Candidates { req, candidates })
}

/// Customers among whom the candidates are.
async fn called(office: &Office, his: &BTreeSet<String>, wanted: Option<&str>) -> Result<Vec<Customer>, StoreError> {
    let (store, workspace) = (&office.store, office.workspace.id);
    let Some(wanted) = wanted else {
        let mut found = Vec::new();
        for entry in his {
            found.extend(store.customers_called(workspace, entry, LOOKED_AT).await?);
        }
        return Ok(found);
    };
    let number = wanted.trim().trim_start_matches(['№', '#', ' ']).parse().ok();
    let by_number = match number {
        Some(number) => store.customer_by_number(workspace, number).await?,
        None => None,
    };
    let mut found: Vec<Customer> = by_number.map(|(customer, _)| customer).into_iter().collect();
    if let Some(beginning) = sought(wanted) {
        found.extend(store.customers_called(workspace, &beginning, LOOKED_AT).await?);
    }
    Ok(found)
}

fn is_called(customer: &Customer, wanted: &str) -> bool {
    let name = customer.named.then_some(customer.name.as_str());
    let names = [name, customer.email.as_deref(), customer.phone.as_deref()];
    let names: Vec<&str> = names.into_iter().flatten().collect();
    holds(&names, &[customer.number], wanted)
}

/// A dialog that the asker has before him.
async fn seen(office: &Office, viewer: &Viewer, dialog: DialogId) -> Result<Option<DialogAggregate>, StoreError> {
    let found = office.store.dialog(office.workspace.id, dialog).await?;
    Ok(found.filter(|found| sees(&viewer.me, &found.standing())))
}

/// A customer's newest dialog that the asker may be told of, with the customer as he is now, as the asker sees him.
async fn newest(office: &Office, viewer: &Viewer, customer: &Customer) -> Result<Option<Dialog>, StoreError> {
    let dialogs = office.store.dialogs_of(office.workspace.id, customer.id, None, DIALOGS).await?;
    let now = |mut dialog: DialogAggregate| {
        dialog.row.customer = customer.clone();
        dialog
    };
    let found = dialogs.into_iter().map(now).find(|dialog| is_for(viewer, dialog));
    Ok(found.map(|found| row_for(viewer, &found.row)))
}

fn seen_at(row: &Dialog) -> Stamp {
    row.last.as_ref().map_or(row.created_at, |last| last.at)
}
