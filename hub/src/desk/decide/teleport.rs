//! An operator sends a customer who is on the site to another page of it.

use super::guards::{leads_or, need, text_within};
use crate::centre::mask_address;
use crate::desk::draft::{Draft, Words};
use crate::desk::lines::Line;
use crate::desk::{Actor, DialogAggregate, Event, Moment};
use otklik_model::{Author, Details, DialogState, MessageKind, Presence, Refusal, Right, Transport};
use url::Url;

/// The longest address, in Unicode scalar values: as long as that of a page that a customer is on.
const ADDRESS_CHARS: u32 = 2_000;

pub(super) fn send(
    dialog: &DialogAggregate,
    by: &Actor,
    epoch: u64,
    address: &str,
    moment: &Moment<'_>,
) -> Result<Vec<Event>, Refusal> {
    leads_or(dialog, by, epoch, Right::AnswerOthers)?;
    need(dialog, by, Right::RequestContact)?;
    // Nothing that is only seen goes on with what was closed: words do.
    if dialog.row.state == DialogState::ClosedSoft {
        return Err(Refusal::DialogClosed);
    }
    match moment.carrier.transport {
        Transport::Widget => {}
        Transport::Unknown => return Err(Refusal::ChannelCannot),
    }
    match dialog.row.presence {
        Presence::OnSite => {}
        Presence::LeftSite | Presence::Offline | Presence::Unknown => return Err(Refusal::NotOnSite),
    }
    let address = allowed(&text_within(address, ADDRESS_CHARS)?, moment)?;
    let words = Words {
        details: Details { address: Some(address), ..Details::default() },
        ..Words::new(MessageKind::System, Author::System, Line::SentTo(&by.name).text())
    };
    Ok(Draft::new(dialog, moment).words(words).done())
}

/// The address as a browser reads it, if customers may be sent there.
fn allowed(text: &str, moment: &Moment<'_>) -> Result<String, Refusal> {
    let url = Url::parse(text).map_err(|_| Refusal::BadAddress)?;
    let of_web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    let without_secret = url.username().is_empty() && url.password().is_none();
    let address = url.to_string();
    // Masked it would lead elsewhere, and as it is it must not be kept.
    let without_card = !moment.centre.mask_cards || mask_address(&address) == address;
    if !of_web || !without_secret || !without_card {
        return Err(Refusal::BadAddress);
    }
    // What a name of another alphabet becomes is longer than what was written.
    if address.chars().count() > ADDRESS_CHARS as usize {
        return Err(Refusal::TooLong { max: ADDRESS_CHARS });
    }
    if moment.centre.teleport.allows(&url) { Ok(address) } else { Err(Refusal::AddressNotAllowed) }
}
