//! Where a customer is, and how far messages have come to him.

use crate::desk::draft::Draft;
use crate::desk::lines::Line;
use crate::desk::{DialogAggregate, Event, Moment};
use otklik_model::{OnlineState, Page, Presence};

pub(super) fn saw(dialog: &DialogAggregate, delivered: u32, read: u32) -> Vec<Event> {
    let row = &dialog.row;
    let read = read.min(row.last_seq).max(row.read_by_customer);
    // What was seen has arrived.
    let delivered = delivered.min(row.last_seq).max(row.delivered_to_customer).max(read);
    if (delivered, read) == (row.delivered_to_customer, row.read_by_customer) {
        return Vec::new();
    }
    vec![Event::SeenByCustomer { delivered, read }]
}

pub(super) fn came(dialog: &DialogAggregate, moment: &Moment<'_>) -> Vec<Event> {
    if dialog.row.presence == Presence::OnSite {
        return Vec::new();
    }
    let draft = Draft::new(dialog, moment);
    // Only what was told is taken back.
    let told = dialog.life.left_said && !dialog.row.state.is_closed();
    let draft = if told { draft.line(Line::CameBack) } else { draft };
    draft.event(Event::PresenceChanged { presence: Presence::OnSite, at: moment.now }).done()
}

pub(super) fn left(dialog: &DialogAggregate, moment: &Moment<'_>) -> Vec<Event> {
    let here = dialog.row.presence == Presence::OnSite;
    // A push reaches the customer wherever he is.
    if here && !dialog.life.has_push {
        vec![Event::PresenceChanged { presence: Presence::LeftSite, at: moment.now }]
    } else {
        Vec::new()
    }
}

pub(super) fn moved(dialog: &DialogAggregate, page: Page) -> Vec<Event> {
    if dialog.row.page.as_ref() == Some(&page) { Vec::new() } else { vec![Event::PageChanged { page }] }
}

pub(super) fn push(dialog: &DialogAggregate, on: bool, moment: &Moment<'_>) -> Vec<Event> {
    if dialog.life.has_push == on {
        return Vec::new();
    }
    let back = on && dialog.row.current_state == OnlineState::Offline;
    let online = Event::PresenceChanged { presence: Presence::OnSite, at: moment.now };
    Draft::new(dialog, moment).event(Event::PushChanged { on }).event_if(back, online).done()
}
