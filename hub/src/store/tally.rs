//! What a change of a dialog counts for in the work of the operator who had it. Pure.
//!
//! A dialog counts as closed for one operator at most, and only while it is closed: for whoever led it when it ended,
//! by whomever or whatever it was ended. Opened again it does not count for him any more, and will for whoever leads it
//! when it ends the next time.

use super::StoreError;
use crate::desk::{Event, ReturnedWhy, Standing};
use async_trait::async_trait;
use otklik_model::{DialogState, OperatorId, Stamp, WorkspaceId};

/// What one change counts for, or many together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Dialogs that ended while he led them; below zero: that were opened again.
    pub closed: i64,
    /// Dialogs that he let pass.
    pub missed: i64,
}

/// Whose work a change counts for, and as what; nobody's, if it is nothing that counts.
#[must_use]
pub fn counted(before: Option<&Standing>, after: DialogState, events: &[Event]) -> Option<(OperatorId, Tally)> {
    let before = before?;
    let led = matches!(before.state, DialogState::Active | DialogState::Hold);
    let ended = led && matches!(after, DialogState::ClosedSoft | DialogState::Closed);
    let reopened = before.state == DialogState::ClosedSoft && !after.is_closed();
    let missed = i64::from(events.iter().any(|event| is_miss(before, event)));
    let tally = Tally { closed: i64::from(ended) - i64::from(reopened), missed };
    before.assignee.filter(|_| tally != Tally::default()).map(|operator| (operator, tally))
}

/// Whether whoever had a dialog let it pass: an offer, or what he led in silence until distribution offered it to
/// another. From one who leads a dialog distribution takes it for nothing else.
fn is_miss(before: &Standing, event: &Event) -> bool {
    let led = before.state == DialogState::Active;
    match event {
        Event::Returned { why: ReturnedWhy::Declined | ReturnedWhy::Expired, .. } => true,
        Event::Offered { by: None, to, .. } => led && before.assignee.is_some_and(|operator| operator != *to),
        Event::Returned {
            why:
                ReturnedWhy::Given
                | ReturnedWhy::WentOffline
                | ReturnedWhy::SessionLost
                | ReturnedWhy::OperatorRemoved
                | ReturnedWhy::BotGaveUp
                | ReturnedWhy::Routed
                | ReturnedWhy::Reopened,
            ..
        }
        | Event::Offered { by: Some(_), .. }
        | Event::MessageAdded(_)
        | Event::MessageChanged(_)
        | Event::Accepted { .. }
        | Event::QueuedFor { .. }
        | Event::GivenToBot { .. }
        | Event::SentToRouter { .. }
        | Event::Invited { .. }
        | Event::Answered { .. }
        | Event::Held { .. }
        | Event::Unheld { .. }
        | Event::Closed { .. }
        | Event::Finished { .. }
        | Event::Deleted { .. }
        | Event::Resumed
        | Event::Sorted { .. }
        | Event::CustomerChanged { .. }
        | Event::Rated { .. }
        | Event::ReadByOperator { .. }
        | Event::SeenByCustomer { .. }
        | Event::PresenceChanged { .. }
        | Event::PageChanged { .. }
        | Event::PushChanged { .. }
        | Event::Marked { .. }
        | Event::Reckoned { .. } => false,
    }
}

/// What came of operators' work, as a question to the database: counted with each commit of a dialog.
#[async_trait]
pub trait TallyStore: Send + Sync + 'static {
    /// What counts for an operator from a time on.
    async fn tally(&self, workspace: WorkspaceId, operator: OperatorId, since: Stamp) -> Result<Tally, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Mark;
    use otklik_model::CloseReason;
    use uuid::Uuid;

    const IRA: OperatorId = OperatorId(Uuid::from_u128(1));

    fn standing(state: DialogState, assignee: Option<OperatorId>) -> Standing {
        Standing {
            state,
            assignee,
            department: None,
            language: None,
            restricted: false,
            offline: false,
            left: false,
            on_site: false,
        }
    }

    #[test]
    fn an_end_counts_for_whoever_led_it_and_a_new_beginning_takes_it_back() {
        use DialogState::{Active, Bot, Closed, ClosedSoft, Deleted, Hold, Offered, Queue};
        let closed = Event::Closed { reason: CloseReason::TimeOut, at: Stamp(1) };
        for (before, had, after, counts) in [
            (Active, Some(IRA), ClosedSoft, 1),
            (Active, Some(IRA), Closed, 1),
            (Hold, Some(IRA), ClosedSoft, 1),
            (ClosedSoft, Some(IRA), Closed, 0),
            (ClosedSoft, Some(IRA), Active, -1),
            (ClosedSoft, Some(IRA), Queue, -1),
            (Active, Some(IRA), Queue, 0),
            (Active, Some(IRA), Deleted, 0),
            (Offered, Some(IRA), ClosedSoft, 0),
            (Queue, None, ClosedSoft, 0),
            (Bot, None, Closed, 0),
            (ClosedSoft, None, Active, 0),
        ] {
            let found = counted(Some(&standing(before, had)), after, std::slice::from_ref(&closed));
            let expected = (counts != 0).then_some((IRA, Tally { closed: counts, missed: 0 }));
            assert_eq!(found, expected, "{before:?} {after:?}");
        }
        assert_eq!(counted(None, Queue, &[]), None, "a new one");
    }

    #[test]
    fn what_was_let_pass_is_missed() {
        let returned = |why| Event::Returned { by: None, why, department: None, team: None, at: Stamp(1) };
        let silent = Event::Marked { mark: Mark::Silent };
        let offered = standing(DialogState::Offered, Some(IRA));
        let led = standing(DialogState::Active, Some(IRA));
        let to_oleg = |by| {
            let (to, name) = (OperatorId(Uuid::from_u128(2)), "Олег".to_owned());
            Event::Offered { to, name, by, until: None, at: Stamp(1) }
        };
        for (before, event, missed) in [
            (&offered, returned(ReturnedWhy::Expired), 1),
            (&offered, returned(ReturnedWhy::Declined), 1),
            (&offered, returned(ReturnedWhy::WentOffline), 0),
            (&led, silent, 0),
            (&led, to_oleg(None), 1),
            (&led, to_oleg(Some(IRA)), 0),
            (&standing(DialogState::Queue, None), to_oleg(None), 0),
            (&led, returned(ReturnedWhy::Given), 0),
        ] {
            let found = counted(Some(before), DialogState::Queue, &[event]);
            assert_eq!(found.map_or(0, |(_, tally)| tally.missed), missed, "{before:?}");
        }
    }
}
