//! Why a customer's words were not stored, as his page is told.

use otklik_model::{ClientId, FieldFault, Refusal};
use otklik_wire::customer::{HubCustomerFrame, WrongField};

/// Words that were not stored.
pub(super) fn refused_as(id: ClientId, code: &str) -> HubCustomerFrame {
    refused_at(id, code, None)
}

fn refused_at(id: ClientId, code: &str, wrong: Option<WrongField>) -> HubCustomerFrame {
    HubCustomerFrame::Result { id, seq: None, at: None, refused: Some(code.to_owned()), wrong }
}

/// The same, for what the desk's rules said.
pub(super) fn refused_for(id: ClientId, reason: &Refusal) -> HubCustomerFrame {
    let refused = |code: &str| refused_as(id, code);
    match reason {
        Refusal::Empty => refused("empty"),
        Refusal::TooLong { .. } => refused("too_long"),
        Refusal::CustomerBlocked => refused("blocked"),
        Refusal::QueueFull => refused("queue_full"),
        Refusal::FileUnusable | Refusal::Forbidden | Refusal::ChannelCannot => refused("file"),
        Refusal::Unsupported => refused("malformed"),
        Refusal::ContactField { field, fault } => {
            let wrong = WrongField { field: *field, fault: *fault };
            let refused = |code: &str| refused_at(id, code, Some(wrong));
            if *fault == FieldFault::Required { refused("contacts") } else { refused("malformed") }
        }
        // No rule says any of these of a customer's words today: nobody is told that he is blocked who is not.
        Refusal::AlreadyAccepted { .. }
        | Refusal::NotYourDialog { .. }
        | Refusal::DialogClosed
        | Refusal::NotFound
        | Refusal::TargetUnavailable
        | Refusal::LimitReached
        | Refusal::WrongStatus
        | Refusal::CategoryRequired
        | Refusal::NoSuchKey
        | Refusal::WindowClosed
        | Refusal::NotOnSite
        | Refusal::BadAddress
        | Refusal::AddressNotAllowed
        | Refusal::NotYourMessage
        | Refusal::TooLate
        | Refusal::WrongState
        | Refusal::DialogOpen
        | Refusal::Conflict { .. }
        | Refusal::SamePerson
        | Refusal::Regrouped
        | Refusal::TooMany { .. }
        | Refusal::NoMailbox
        | Refusal::Unknown => refused("other"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::ContactField;
    use uuid::Uuid;

    /// The table of these codes in the protocol's page.
    fn told_in_the_page(code: &str) -> bool {
        let page = include_str!("../../../docs/protocol.md");
        let (_, table) = page.split_once("\n| `refused` of a page's `result` |").expect("the table");
        table.lines().take_while(|line| !line.is_empty()).any(|line| line.starts_with(&format!("| `{code}` |")))
    }

    #[test]
    fn nobody_is_told_that_he_is_blocked_who_is_not_and_every_code_is_in_the_page() {
        let told = |reason: &Refusal| {
            let answer = refused_for(ClientId(Uuid::nil()), reason);
            let HubCustomerFrame::Result { refused, .. } = answer else { panic!("{answer:?}") };
            refused.unwrap()
        };
        for (reason, code) in [
            (Refusal::Empty, "empty"),
            (Refusal::TooLong { max: 1 }, "too_long"),
            (Refusal::CustomerBlocked, "blocked"),
            (Refusal::Unsupported, "malformed"),
            (Refusal::QueueFull, "queue_full"),
            (Refusal::ChannelCannot, "file"),
            (Refusal::Forbidden, "file"),
            (Refusal::ContactField { field: ContactField::Email, fault: FieldFault::Required }, "contacts"),
            (Refusal::ContactField { field: ContactField::Email, fault: FieldFault::Mask }, "malformed"),
            (Refusal::DialogClosed, "other"),
            (Refusal::WindowClosed, "other"),
            (Refusal::Unknown, "other"),
        ] {
            assert_eq!(told(&reason), code, "{reason:?}");
            assert!(told_in_the_page(code), "{code}");
        }
    }
}
