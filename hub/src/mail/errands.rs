//! Letters that were asked for are written and sent, and tried again while there is hope.

use super::{
    NotSent,
    letter::{Letter, letter, request_letter},
    rating::{Rated, rating_letter},
    trouble::trouble_letter,
};
use crate::{
    centre::Centre,
    day::errands::{Carried, Carrier},
    desk::{Standing, allows, mask_message, message_without_cards, words_without_cards},
    office::Office,
    store::{Errand, ErrandKind, StoreError},
};
use async_trait::async_trait;
use jiff::tz::TimeZone;
use otklik_model::{DepartmentKey, Dialog, DialogId, Message, OperatorId, Rating, Right};
use std::sync::Arc;

/// So often a letter is tried; the waits between grow to ten minutes, so that is most of a day.
const TRIES: u32 = 100;
/// Messages read at once.
const PAGE: u32 = 100;
/// The longest conversation in a letter, in bytes of its texts; of a longer one the newest part.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// Carries letters.
pub(crate) struct MailErrands;

#[async_trait]
impl Carrier for MailErrands {
    fn carries(&self, kind: &ErrandKind) -> bool {
        matches!(
            kind,
            ErrandKind::Transcript { .. }
                | ErrandKind::TellOfScript { .. }
                | ErrandKind::TellOfRating { .. }
                | ErrandKind::TellOfRequest { .. }
        )
    }

    async fn carry(&self, office: &Arc<Office>, errand: &Errand) -> Carried {
        let Some(mailer) = &office.settings.mailer else {
            return Carried::Failed { why: "this hub sends no mail".to_owned() };
        };
        let (to, written) = match &errand.kind {
            ErrandKind::Transcript { dialog, to, language, by } => {
                (to, transcript(office, *dialog, *by, language).await)
            }
            ErrandKind::TellOfScript { to, code, why, at } => {
                let centre = office.centre();
                let letter = trouble_letter(&centre.name, code, why, *at, &centre.language, &zone(&centre, None));
                (to, Ok(Some(letter)))
            }
            ErrandKind::TellOfRating { dialog, to, language, rating } => {
                (to, rated(office, *dialog, rating, language).await)
            }
            ErrandKind::TellOfRequest { dialog, to, language } => (to, request(office, *dialog, language).await),
            ErrandKind::AskBot { .. }
            | ErrandKind::AskRouter { .. }
            | ErrandKind::Webhook { .. }
            | ErrandKind::ScanFile { .. }
            | ErrandKind::FileSent { .. }
            | ErrandKind::Scrub { .. }
            | ErrandKind::ForgetWords { .. }
            | ErrandKind::DropFile { .. } => return Carried::Done,
        };
        let letter = match written {
            Ok(Some(letter)) => letter,
            Ok(None) => {
                return Carried::Failed { why: "the dialog is gone, or not for whoever asked any more".to_owned() };
            }
            Err(error) => return Carried::Again { after: None, why: error.to_string() },
        };
        match mailer.send(errand.id, to, letter).await {
            Ok(()) => Carried::Done,
            Err(NotSent::ForNow(why)) if errand.attempts < TRIES => Carried::Again { after: None, why },
            Err(NotSent::ForNow(why) | NotSent::ForEver(why)) => Carried::Failed { why },
        }
    }
}

/// A conversation as whoever asked for it may see it now: he may have lost sight of it since.
async fn transcript(
    office: &Office,
    dialog: DialogId,
    by: Option<OperatorId>,
    language: &str,
) -> Result<Option<Letter>, StoreError> {
    let Some(Said { row, mut messages, left_out, zone }) = said(office, dialog).await? else { return Ok(None) };
    let standing = Standing::of(&row);
    let reader = by.map(|by| office.reader_of_transcript(by, &standing));
    if reader == Some(None) {
        return Ok(None);
    }
    // A hub of before does not say who asked: he is told what everybody may know.
    let sees_contacts = reader.flatten().is_some_and(|reader| allows(&reader, Right::SeeContacts, &standing));
    if !sees_contacts {
        messages.iter_mut().for_each(mask_message);
    }
    Ok(Some(letter(&row, &messages, left_out, language, &zone)))
}

async fn request(office: &Office, dialog: DialogId, language: &str) -> Result<Option<Letter>, StoreError> {
    let Some(Said { row, messages, left_out, zone }) = said(office, dialog).await? else { return Ok(None) };
    Ok(Some(request_letter(&row, &messages, left_out, language, &zone)))
}

async fn rated(
    office: &Office,
    dialog: DialogId,
    rating: &Rating,
    language: &str,
) -> Result<Option<Letter>, StoreError> {
    let workspace = office.workspace.id;
    let Some(found) = office.store.dialog(workspace, dialog).await? else { return Ok(None) };
    let operator = match rating.operator {
        Some(id) => office.store.operator(workspace, id).await?.map(|row| row.name),
        None => None,
    };
    let centre = office.centre();
    let (desk, number, operator) = (centre.name.as_str(), found.row.number, operator.as_deref());
    let zone = zone(&centre, found.row.department.as_ref());
    Ok(Some(rating_letter(&Rated { desk, dialog, number, operator, rating }, language, &zone)))
}

/// A conversation as it stands.
struct Said {
    row: Dialog,
    messages: Vec<Message>,
    /// The messages are not all of it.
    left_out: bool,
    zone: TimeZone,
}

async fn said(office: &Office, dialog: DialogId) -> Result<Option<Said>, StoreError> {
    let workspace = office.workspace.id;
    let Some(found) = office.store.dialog(workspace, dialog).await? else { return Ok(None) };
    let (mut messages, mut bytes, mut to): (Vec<Message>, usize, u32) = (Vec::new(), 0, found.row.last_seq);
    // Backwards, so that it is the newest part that fits.
    while to > 0 && bytes < MOST_BYTES {
        let from = to.saturating_sub(PAGE - 1).max(1);
        let mut page = office.store.messages(workspace, dialog, from, to, PAGE).await?;
        bytes += page.iter().map(|message| message.text.len()).sum::<usize>();
        page.append(&mut messages);
        messages = page;
        to = from - 1;
    }
    let centre = office.centre();
    let messages = messages.into_iter().map(|message| message_without_cards(message, &centre)).collect();
    let zone = zone(&centre, found.row.department.as_ref());
    let mut row = found.row;
    row.customer.name = words_without_cards(&row.customer.name, &centre);
    Ok(Some(Said { row, messages, left_out: to > 0, zone }))
}

/// The time on the wall of a department, or of the centre.
fn zone(centre: &Centre, department: Option<&DepartmentKey>) -> TimeZone {
    let hours = centre.hours_of(department);
    hours.and_then(|hours| TimeZone::get(&hours.zone).ok()).unwrap_or(TimeZone::UTC)
}
