//! Every state, every owner, every right: where the dialog stands.

use super::*;
use crate::mirror::blank;
use DialogState::*;
use otklik_model::{DialogId, OperatorId};
use uuid::Uuid;

const ME: OperatorId = OperatorId(Uuid::from_u128(1));
const OLEG: OperatorId = OperatorId(Uuid::from_u128(2));

/// Of nobody, where dialogs are taken by hand, where they are offered, and without the right to look into the queue;
/// each with the customer there and gone. Then mine, then a colleague's.
const TABLE: [(DialogState, &str); 11] = [
    (Queue, "waiting offline | queue offline | open open | waiting | open"),
    (Offered, "open open | open open | open open | waiting | open"),
    (Active, "open open | open open | open open | mine | open"),
    (Hold, "open open | open open | open open | mine | open"),
    (Invitation, "open open | open open | open open | mine | open"),
    (Routing, "open open | open open | open open | open | open"),
    (Bot, "open open | open open | open open | open | open"),
    (ClosedSoft, "all all | all all | all all | all | all"),
    (Closed, "all all | all all | all all | all | all"),
    (Deleted, "all all | all all | all all | all | all"),
    (Unknown, "all all | all all | all all | all | all"),
];

const VIEWS: [(bool, bool); 3] = [(false, true), (true, true), (true, false)];
const THERE_OR_GONE: [OnlineState; 2] = [OnlineState::Online, OnlineState::Offline];

fn word(section: Section) -> &'static str {
    match section {
        Section::Waiting => "waiting",
        Section::Mine => "mine",
        Section::Queue => "queue",
        Section::OfflineRequests => "offline",
        Section::Open => "open",
        Section::All => "all",
    }
}

fn stands(state: DialogState, owner: Option<OperatorId>, customer: OnlineState, view: (bool, bool)) -> &'static str {
    let mut dialog = blank(DialogId::from_parts(1, [1; 10]));
    (dialog.state, dialog.assignee, dialog.current_state) = (state, owner, customer);
    let (offers, sees_queue) = view;
    word(Standpoint { me: ME, offers, sees_queue }.section(&dialog))
}

#[test]
fn every_state_of_every_owner_under_every_right_has_its_section() {
    for (state, expected) in TABLE {
        let nobodys = VIEWS.map(|view| THERE_OR_GONE.map(|customer| stands(state, None, customer, view)).join(" "));
        // Neither the customer's presence nor the queue matters to what somebody has.
        let owned = [ME, OLEG].map(|owner| {
            let mut all: Vec<_> = VIEWS
                .into_iter()
                .flat_map(|view| THERE_OR_GONE.map(|customer| stands(state, Some(owner), customer, view)))
                .collect();
            all.dedup();
            all.join(" or ")
        });
        let found = nobodys.into_iter().chain(owned).collect::<Vec<_>>().join(" | ");
        assert_eq!(found, expected, "{state:?}");
    }
}

#[test]
fn a_presence_that_is_not_known_counts_as_there() {
    for (view, expected) in [((false, true), "waiting"), ((true, true), "queue"), ((true, false), "open")] {
        assert_eq!(stands(Queue, None, OnlineState::Unknown, view), expected);
    }
}

#[test]
fn who_may_not_look_into_the_queue_does_not_where_dialogs_are_taken_by_hand_either() {
    for customer in THERE_OR_GONE {
        assert_eq!(stands(Queue, None, customer, (false, false)), "open");
    }
}
