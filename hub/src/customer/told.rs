//! What of a dialog a customer is told.

use crate::centre::{Centre, FileRules, Survey, in_language};
use crate::desk::is_for_customer;
use crate::office::SiteLine;
use crate::store::DialogEntry;
use otklik_model::{Author, Dialog, Message, MessageKind, Stamp};
use otklik_wire::customer::{CustomerDialog, CustomerMessage, FilesAllowed, HubCustomerFrame, Questions};
use std::collections::BTreeSet;

/// The head of the conversation.
pub(super) fn head_of(row: &Dialog) -> CustomerDialog {
    CustomerDialog {
        id: row.id,
        number: row.number,
        // Whoever is only offered the dialog has not spoken for it yet.
        operator: row.accepted_at.and_then(|_| row.assignee_name.clone()),
        closed: row.state.is_closed(),
        read_by_operator: row.read_by_operator,
        last_seq: row.last_seq,
        stars: row.rating.as_ref().map(|rating| rating.stars),
    }
}

/// How a site's line stands now, with the departments that stand otherwise than the page was told.
pub(super) fn line_news(told: &SiteLine, now: &SiteLine) -> HubCustomerFrame {
    let keys: BTreeSet<_> = told.departments.keys().chain(now.departments.keys()).collect();
    let others = keys.into_iter().filter(|key| told.departments.get(*key) != now.departments.get(*key));
    let departments = others.map(|key| (key.clone(), now.departments.get(key).copied())).collect();
    HubCustomerFrame::Line { state: now.own.presence(), availability: Some(now.own), departments }
}

/// A message, unless it is for operators only.
pub(super) fn message_of(message: &Message) -> Option<CustomerMessage> {
    let (from, name) = match (message.kind, &message.author) {
        (MessageKind::Note | MessageKind::Unknown, _) | (_, Author::Unknown) => return None,
        (MessageKind::System, _) if !is_for_customer(&message.text) => return None,
        (MessageKind::System, _) | (MessageKind::Text, Author::System) => ("system", None),
        (_, Author::Customer) => ("customer", None),
        (_, Author::Operator { name, .. } | Author::Bot { name, .. }) => ("operator", Some(name.clone())),
        (_, Author::System) => ("hub", None),
    };
    Some(CustomerMessage {
        id: message.id,
        client_id: message.client_id.filter(|_| message.author == Author::Customer),
        seq: message.seq,
        from: from.to_owned(),
        name,
        text: message.text.clone(),
        at: message.at,
        kind: kind_of(message.kind).map(str::to_owned),
        file: message.details.file.clone(),
        place: message.details.place,
        address: message.details.address.clone(),
        quote: message.details.quote.clone(),
        edited: message.details.edited_at.is_some(),
        deleted: message.details.deleted_at.is_some(),
    })
}

/// How long after its line a page is still sent on: what comes later finds the customer somewhere else.
const GOES_WITHIN_MS: i64 = 10_000;

/// Where an operator sends the customer, if this entry says so and is of this moment.
pub(super) fn way_of(entry: &DialogEntry, now: Stamp) -> Option<String> {
    let fresh = |message: &&Message| now.0.saturating_sub(message.at.0) < GOES_WITHIN_MS;
    let mut sent = entry.added().filter(|message| message.kind == MessageKind::System).filter(fresh);
    sent.find_map(|message| message.details.address.clone())
}

/// What a message is besides words.
fn kind_of(kind: MessageKind) -> Option<&'static str> {
    match kind {
        MessageKind::File => Some("file"),
        MessageKind::ContactRequest => Some("contact_request"),
        MessageKind::Contacts => Some("contacts"),
        MessageKind::Keyboard => Some("keyboard"),
        MessageKind::Place => Some("place"),
        MessageKind::Sticker => Some("sticker"),
        MessageKind::Text | MessageKind::AutoReply | MessageKind::Note | MessageKind::System | MessageKind::Unknown => {
            None
        }
    }
}

/// What may be sent as a file over this channel; nothing, if none may.
pub(super) fn files_of(centre: &Centre, channel: &str) -> Option<FilesAllowed> {
    let FileRules { most_bytes, media, .. } = centre.files.clone();
    centre.takes_files(channel).then_some(FilesAllowed { most_bytes, media })
}

/// What is asked when a conversation is over; nothing, if nothing is.
pub(super) fn survey_of(centre: &Centre, language: Option<&str>) -> Option<Questions> {
    let Survey { stars, questions } = &centre.survey;
    let languages = questions.keys().map(|tag| (tag.clone(), String::new())).collect();
    let tag = in_language(&languages, language, &centre.language).map(|(tag, _)| tag);
    let questions = tag.and_then(|tag| questions.get(tag)).cloned().unwrap_or_default();
    (*stars || !questions.is_empty()).then_some(Questions { stars: *stars, questions })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::centre::ChannelRules;
    use otklik_model::{ClientId, DialogId, MessageId, OperatorId, Seq, Stamp};
    use uuid::Uuid;

    fn message(kind: MessageKind, author: Author) -> Message {
        let client_id = Some(ClientId(Uuid::nil()));
        let (id, dialog) = (MessageId(Uuid::nil()), DialogId(Uuid::nil()));
        Message {
            id,
            client_id,
            dialog,
            seq: 1,
            kind,
            author,
            text: "accepted Ира".into(),
            at: Stamp(0),
            rev: Seq(1),
            details: otklik_model::Details::default(),
        }
    }

    #[test]
    fn files_are_offered_where_the_centre_and_the_channel_take_them() {
        let mut centre = Centre::default();
        let none = ChannelRules { files: false, ..ChannelRules::default() };
        centre.channels.insert("Letters".into(), none);
        assert!(files_of(&centre, "Site").is_some() && files_of(&centre, "Letters").is_none());
        centre.files.from_customers = false;
        assert!(files_of(&centre, "Site").is_none());
    }

    #[test]
    fn a_note_never_leaves_and_ids_of_operators_stay_here() {
        let ira = || Author::Operator { id: OperatorId(Uuid::nil()), name: "Ира".into() };
        for (kind, author, expected) in [
            (MessageKind::Text, Author::Customer, Some(("customer", None, true))),
            (MessageKind::Text, ira(), Some(("operator", Some("Ира"), false))),
            (MessageKind::System, Author::System, Some(("system", None, false))),
            (MessageKind::Note, ira(), None),
            (MessageKind::Note, Author::System, None),
            (MessageKind::Unknown, Author::Customer, None),
            (MessageKind::Text, Author::Unknown, None),
        ] {
            let told = message_of(&message(kind, author));
            let found = told.as_ref().map(|told| (told.from.as_str(), told.name.as_deref(), told.client_id.is_some()));
            assert_eq!(found, expected);
        }
    }
}
