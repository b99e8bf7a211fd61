//! Reading back: what an operator may see of a dialog's messages. A look into somebody else's dialog leaves a line in
//! the audit trail before anything is shown.

use super::{identities, project::Viewer, search};
use crate::desk::sees;
use crate::office::Office;
use crate::store::StoreError;
use otklik_model::{DialogId, Message};
use otklik_wire::{
    encode,
    operator::{Fetch, HubFrame},
};

/// Messages in one answer of history.
const HISTORY: u32 = 100;
/// Bytes in one answer of history.
const HISTORY_BYTES: usize = 512 * 1024;

/// Answers a request to read.
pub(super) async fn fetch(office: &Office, viewer: &Viewer, req: u64, what: Fetch) -> HubFrame {
    let answer = match what {
        Fetch::History { dialog, .. } => return history(office, viewer, req, dialog, what).await,
        Fetch::Search { search, before, limit } => search::messages(office, viewer, req, &search, before, limit).await,
        Fetch::DialogsOf { dialog, before, limit } => {
            search::dialogs_of(office, viewer, req, dialog, before, limit).await
        }
        Fetch::Dialog { dialog } => search::dialog(office, viewer, req, dialog).await,
        Fetch::Journey { dialog } => journey(office, viewer, req, dialog).await,
        Fetch::Identities { dialog } => identities::identities(office, viewer, req, dialog).await,
        Fetch::Candidates { dialog, wanted } => {
            identities::candidates(office, viewer, req, dialog, wanted.as_deref()).await
        }
        Fetch::Unknown => Ok(HubFrame::FetchFailed { req, retry: false }),
    };
    answer.unwrap_or_else(|error| {
        tracing::warn!(%error, "what was looked for cannot be read");
        HubFrame::FetchFailed { req, retry: true }
    })
}

async fn history(office: &Office, viewer: &Viewer, req: u64, dialog: DialogId, what: Fetch) -> HubFrame {
    match read(office, viewer, what).await {
        Ok(Some(mut messages)) => {
            // The newest that fit; the asker asks again for the rest.
            let mut bytes = 0;
            let fits = messages.iter().rev().take_while(|message| {
                bytes += encode(*message).len();
                bytes <= HISTORY_BYTES
            });
            let keep = fits.count().max(1).min(messages.len());
            messages.drain(..messages.len() - keep);
            HubFrame::History { req, dialog, messages }
        }
        Ok(None) => HubFrame::FetchFailed { req, retry: false },
        Err(error) => {
            tracing::warn!(%error, "history cannot be read");
            HubFrame::FetchFailed { req, retry: true }
        }
    }
}

async fn read(office: &Office, viewer: &Viewer, what: Fetch) -> Result<Option<Vec<Message>>, StoreError> {
    let Fetch::History { dialog, from, to, limit } = what else { return Ok(None) };
    let workspace = office.workspace.id;
    let Some(found) = office.store.dialog(workspace, dialog).await? else { return Ok(None) };
    let standing = found.standing();
    if !sees(&viewer.me, &standing) {
        return Ok(None);
    }
    office.note_look(viewer.me.id, viewer.session, &found.row).await?;
    // What was said after this look at the dialog may be said where he does not see it any more.
    let to = to.min(found.row.last_seq);
    let mut messages = office.store.messages(workspace, dialog, from, to, limit.clamp(1, HISTORY)).await?;
    messages.iter_mut().for_each(|message| viewer.clean(&standing, message));
    Ok(Some(messages))
}

/// The way of a customer: to whoever sees the dialog, as its messages are.
async fn journey(office: &Office, viewer: &Viewer, req: u64, dialog: DialogId) -> Result<HubFrame, StoreError> {
    let found = office.store.dialog(office.workspace.id, dialog).await?;
    let Some(found) = found.filter(|found| sees(&viewer.me, &found.standing())) else {
        return Ok(HubFrame::FetchFailed { req, retry: false });
    };
    office.note_look(viewer.me.id, viewer.session, &found.row).await?;
    let journey = office.journey(found.row.customer.id).await?;
    Ok(HubFrame::Journey { req, dialog, journey })
}
