//! Looking for what a workplace does not have: messages by their words, and what else a customer came with. Every answer
//! is what its asker may see, and a look into somebody else's dialog leaves its line before anything is shown.

use super::project::{Viewer, row_for};
use super::shown::Waiting;
use crate::desk::{DialogAggregate, sees};
use crate::office::Office;
use crate::store::StoreError;
use otklik_model::{Author, Dialog, DialogId, Message, MessageSearch, SearchHit, Stamp};
use otklik_wire::operator::HubFrame;
use otklik_words::{Query, holds, pieces, said};
use std::collections::BTreeMap;

/// Hits of one answer.
const MOST_HITS: u32 = 100;
/// Dialogs of one answer.
const MOST_DIALOGS: u32 = 50;
/// Messages with the right words that are read at a time, and for one answer: past these the asker asks on.
const STEP: u32 = 200;
const LOOKED_AT: u32 = 1_000;

/// The newest messages that are searched for. What waits for anybody is not among them: what of it this operator is
/// shown he has.
pub(super) async fn messages(
    office: &Office,
    viewer: &Viewer,
    req: u64,
    search: &MessageSearch,
    before: Option<u64>,
    limit: u32,
) -> Result<HubFrame, StoreError> {
    let Some(query) = Query::new(&search.words) else {
        return Ok(HubFrame::Found { req, hits: Vec::new(), before: None });
    };
    let time = search.since.unwrap_or(Stamp(i64::MIN))..search.until.unwrap_or(Stamp(i64::MAX));
    let limit = limit.clamp(1, MOST_HITS) as usize;
    let mut sight = Sight { office, viewer, dialogs: BTreeMap::new() };
    let (mut hits, mut place, mut looked_at) = (Vec::new(), before, 0);
    while looked_at < LOOKED_AT {
        let workspace = office.workspace.id;
        let step = office.store.messages_saying(workspace, &query, time.clone(), place, STEP).await?;
        let is_last = step.len() < STEP as usize;
        looked_at += STEP;
        for (at, message) in step {
            if hits.len() == limit {
                return Ok(HubFrame::Found { req, hits, before: place });
            }
            place = Some(at);
            hits.extend(sight.hit(&message, search, &query).await?);
        }
        if is_last {
            return Ok(HubFrame::Found { req, hits, before: None });
        }
    }
    Ok(HubFrame::Found { req, hits, before: place })
}

/// The dialogs of the person of a dialog that is seen.
pub(super) async fn dialogs_of(
    office: &Office,
    viewer: &Viewer,
    req: u64,
    dialog: DialogId,
    before: Option<DialogId>,
    limit: u32,
) -> Result<HubFrame, StoreError> {
    let limit = limit.clamp(1, MOST_DIALOGS);
    let Some(of) = office.store.dialog(office.workspace.id, dialog).await?.filter(|of| is_for(viewer, of)) else {
        return Ok(HubFrame::FetchFailed { req, retry: false });
    };
    let mut found = Vec::new();
    for customer in office.store.identities(office.workspace.id, of.row.customer.id).await? {
        found.extend(office.store.dialogs_of(office.workspace.id, customer.customer.id, before, limit).await?);
    }
    // Ids sort by time.
    found.sort_unstable_by_key(|dialog| std::cmp::Reverse(dialog.row.id));
    found.truncate(limit as usize);
    let more = found.len() == limit as usize;
    let mut dialogs = Vec::new();
    for dialog in found.iter().filter(|dialog| is_for(viewer, dialog)) {
        office.note_row(viewer.me.id, viewer.session, &dialog.row).await?;
        dialogs.push(row_for(viewer, &dialog.row));
    }
    Ok(HubFrame::Dialogs { req, dialogs, more })
}

/// One dialog.
pub(super) async fn dialog(
    office: &Office,
    viewer: &Viewer,
    req: u64,
    dialog: DialogId,
) -> Result<HubFrame, StoreError> {
    let found = office.store.dialog(office.workspace.id, dialog).await?;
    let Some(found) = found.filter(|found| is_for(viewer, found)) else {
        return Ok(HubFrame::FetchFailed { req, retry: false });
    };
    office.note_row(viewer.me.id, viewer.session, &found.row).await?;
    Ok(HubFrame::Dialogs { req, dialogs: vec![row_for(viewer, &found.row)], more: false })
}

/// Whether an operator may be told of a dialog that he did not have: he sees it, and it is not one of those that wait,
/// of which he is shown as many as the centre wants.
pub(super) fn is_for(viewer: &Viewer, dialog: &DialogAggregate) -> bool {
    let standing = dialog.standing();
    sees(&viewer.me, &standing) && !Waiting::waits(&standing)
}

/// One search with an operator's eyes.
struct Sight<'a> {
    office: &'a Office,
    viewer: &'a Viewer,
    /// Dialogs that were looked at: as he sees them, if he does.
    dialogs: BTreeMap<DialogId, Option<Dialog>>,
}

impl Sight<'_> {
    async fn hit(
        &mut self,
        message: &Message,
        search: &MessageSearch,
        query: &Query,
    ) -> Result<Option<SearchHit>, StoreError> {
        let Some(row) = self.row(message.dialog).await? else { return Ok(None) };
        if !is_meant(&row, message, search) {
            return Ok(None);
        }
        self.office.note_look(self.viewer.me.id, self.viewer.session, &row).await?;
        Ok(Some(SearchHit {
            dialog: message.dialog,
            number: row.number,
            name: row.customer.named.then(|| row.customer.name.clone()),
            customer_number: row.customer.number,
            seq: message.seq,
            author: message.author.clone(),
            at: message.at,
            pieces: pieces(&said(&message.text, &message.details), query),
        }))
    }

    async fn row(&mut self, dialog: DialogId) -> Result<Option<Dialog>, StoreError> {
        if let Some(known) = self.dialogs.get(&dialog) {
            return Ok(known.clone());
        }
        let found = self.office.store.dialog(self.office.workspace.id, dialog).await?;
        let row = found.filter(|found| is_for(self.viewer, found)).map(|found| row_for(self.viewer, &found.row));
        self.dialogs.insert(dialog, row.clone());
        Ok(row)
    }
}

/// Whether what is asked of the dialog and the writer holds, of the row as the asker sees it: what is masked for him is
/// not found by him.
fn is_meant(row: &Dialog, message: &Message, search: &MessageSearch) -> bool {
    let customer = &row.customer;
    let name = customer.named.then_some(customer.name.as_str());
    let called: Vec<&str> =
        [name, customer.email.as_deref(), customer.phone.as_deref()].into_iter().flatten().collect();
    let by_name =
        search.customer.as_ref().is_none_or(|wanted| holds(&called, &[customer.number, customer.person()], wanted));
    let by_person = search.person.is_none_or(|wanted| wanted == customer.person());
    let by_operator = search.operator.is_none_or(|wanted| {
        row.assignee == Some(wanted) || matches!(&message.author, Author::Operator { id, .. } if *id == wanted)
    });
    by_name && by_person && by_operator && search.channel.is_none_or(|channel| channel == row.channel)
}
