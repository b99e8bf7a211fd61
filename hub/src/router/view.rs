//! Dialogs as the board sees them.

use crate::{
    centre::Centre,
    desk::{
        DialogAggregate, Event, ReturnedWhy, Standing,
        assign::{Known, Need, Place, Waiting},
        weighs_on,
    },
};
use otklik_model::{Dialog, DialogState, OperatorId};

/// A dialog, where it is now.
pub(super) fn known(dialog: &DialogAggregate, centre: &Centre) -> Known {
    let row = &dialog.row;
    let place = place_of(row).unwrap_or_else(|| Place::Waiting(waiting(dialog, centre)));
    let place = match place {
        Place::With { operator, weight, accepted: accepted @ Some(_), .. } if dialog.life.silent => {
            Place::With { operator, weight, accepted, leaves: Some(waiting(dialog, centre)) }
        }
        Place::With { .. } | Place::Waiting(_) | Place::Aside => place,
    };
    Known { id: row.id, epoch: row.epoch, rev: row.rev, place }
}

/// Where a dialog is, as far as its row alone tells; nothing, if it looks for somebody.
pub(super) fn place_of(row: &Dialog) -> Option<Place> {
    if let Some((operator, weight)) = weighs_on(row) {
        let accepted = row.accepted_at.filter(|_| row.state == DialogState::Active);
        return Some(Place::With { operator, weight, accepted, leaves: None });
    }
    let looks = row.state == DialogState::Queue && !row.suspicious;
    (!looks).then_some(Place::Aside)
}

fn waiting(dialog: &DialogAggregate, centre: &Centre) -> Waiting {
    let (row, life) = (&dialog.row, &dialog.life);
    let Standing { department, language, restricted, offline, .. } = Standing::of(row);
    let team = department.as_ref().and_then(|key| centre.departments.get(key)).and_then(|found| found.team.clone());
    let need = Need { team, department, language, offline, restricted, weight: row.weight };
    let since = life.waiting_since.or(row.awaiting_since).unwrap_or(row.created_at);
    let given = life.for_team.clone().filter(|team| centre.teams.contains_key(team));
    Waiting { since, need, only: life.waits_for, team: given, prefer: life.prefers }
}

/// Who let it pass by this event, if somebody did: he is not asked again at once.
pub(super) fn passed_by(event: &Event, before: Option<&Standing>) -> Option<OperatorId> {
    let assignee = before.and_then(|before| before.assignee);
    match event {
        Event::Returned { why: ReturnedWhy::Declined | ReturnedWhy::Expired | ReturnedWhy::Given, .. }
        | Event::Marked { mark: crate::desk::Mark::Silent } => assignee,
        Event::Returned {
            why:
                ReturnedWhy::WentOffline
                | ReturnedWhy::SessionLost
                | ReturnedWhy::OperatorRemoved
                | ReturnedWhy::BotGaveUp
                | ReturnedWhy::Routed
                | ReturnedWhy::Reopened,
            ..
        }
        | Event::Marked { .. }
        | Event::MessageAdded(_)
        | Event::MessageChanged(_)
        | Event::Accepted { .. }
        | Event::Offered { .. }
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
        | Event::Reckoned { .. } => None,
    }
}
