//! What of a dialog a customer is told.

use otklik_model::{Author, Dialog, Message, MessageKind};
use otklik_wire::customer::{CustomerDialog, CustomerMessage};

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
    }
}

/// A message, unless it is for operators only.
pub(super) fn message_of(message: &Message) -> Option<CustomerMessage> {
    let (from, name) = match (message.kind, &message.author) {
        (MessageKind::Note | MessageKind::Unknown, _) | (_, Author::Unknown) => return None,
        (MessageKind::System, _) | (MessageKind::Text, Author::System) => ("system", None),
        (MessageKind::Text, Author::Customer) => ("customer", None),
        (MessageKind::Text, Author::Operator { name, .. }) => ("operator", Some(name.clone())),
    };
    Some(CustomerMessage {
        id: message.id,
        client_id: message.client_id.filter(|_| message.author == Author::Customer),
        seq: message.seq,
        from: from.to_owned(),
        name,
        text: message.text.clone(),
        at: message.at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::{ClientId, DialogId, MessageId, OperatorId, Seq, Stamp};
    use uuid::Uuid;

    fn message(kind: MessageKind, author: Author) -> Message {
        let client_id = Some(ClientId(Uuid::nil()));
        let (id, dialog) = (MessageId(Uuid::nil()), DialogId(Uuid::nil()));
        Message { id, client_id, dialog, seq: 1, kind, author, text: "words".into(), at: Stamp(0), rev: Seq(1) }
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
