//! Why a customer's words were not stored, as his page is told.

use otklik_model::{ClientId, Refusal};
use otklik_wire::customer::HubCustomerFrame;

/// Words that were not stored.
pub(super) fn refused_as(id: ClientId, code: &str) -> HubCustomerFrame {
    HubCustomerFrame::Result { id, seq: None, at: None, refused: Some(code.to_owned()) }
}

/// The same, for what the desk's rules said.
pub(super) fn refused_for(id: ClientId, reason: &Refusal) -> HubCustomerFrame {
    let refused = |code: &str| refused_as(id, code);
    match reason {
        Refusal::Empty => refused("empty"),
        Refusal::TooLong { .. } => refused("too_long"),
        Refusal::CustomerBlocked => refused("blocked"),
        Refusal::FileUnusable | Refusal::Forbidden | Refusal::ChannelCannot => refused("file"),
        Refusal::Unsupported => refused("malformed"),
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
    use uuid::Uuid;

    #[test]
    fn nobody_is_told_that_he_is_blocked_who_is_not() {
        let told = |reason: &Refusal| {
            let answer = refused_for(ClientId(Uuid::nil()), reason);
            let HubCustomerFrame::Result { refused, .. } = answer else { panic!("{answer:?}") };
            refused.unwrap()
        };
        for (reason, code) in [
            (Refusal::CustomerBlocked, "blocked"),
            (Refusal::ChannelCannot, "file"),
            (Refusal::Forbidden, "file"),
            (Refusal::DialogClosed, "other"),
            (Refusal::WindowClosed, "other"),
            (Refusal::Unknown, "other"),
        ] {
            assert_eq!(told(&reason), code, "{reason:?}");
        }
    }
}
