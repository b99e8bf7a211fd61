//! Lists, offers and clocks: where a dialog stands, what became of an offer, what time it is at the hub.

use super::{
    hub::{IRA, OLEG, dialog_id},
    world::World,
};
use crate::*;
use otklik_model::*;

fn offers(world: &mut World, offers: bool) {
    let handbook = Handbook { digest: format!("{offers}"), offers, ..Handbook::default() };
    world.give(Input::Link(LinkInput::Handbook(Box::new(handbook))));
}

fn toasts(world: &mut World) -> Vec<Toast> {
    let told = world.events().into_iter();
    told.filter_map(|event| if let ViewEvent::Toast { toast } = event { Some(toast) } else { None }).collect()
}

/// A dialog that is offered to Ира.
fn offered(world: &mut World, n: u128) -> DialogId {
    let id = world.hub.customer_comes(n, "я здесь", world.now.stamp);
    let until = Stamp(world.now.stamp.0 + 60_000);
    world.hub.change(id, |row| row.offer_until = Some(until));
    world.hub.give(id, IRA, DialogState::Offered);
    world.settle();
    world.seen.clear();
    id
}

#[test]
fn where_dialogs_are_offered_what_nobody_has_stands_in_the_general_queue() {
    let mut world = World::new();
    let here = world.hub.customer_comes(1, "жду", world.now.stamp);
    let gone = world.hub.customer_comes(2, "ушёл", world.now.stamp);
    world.hub.change(gone, |row| row.current_state = OnlineState::Offline);
    world.settle();
    let stand = |world: &World| (world.row(here).section, world.row(gone).section);
    assert_eq!(stand(&world), (Section::Waiting, Section::OfflineRequests));
    offers(&mut world, true);
    assert_eq!(stand(&world), (Section::Queue, Section::OfflineRequests));
    let counts = world.session.snapshot().counts;
    assert_eq!((counts.waiting, counts.queue, counts.offline_requests, counts.open, counts.badge), (0, 1, 1, 2, 0));
    world.seen.clear();
    offers(&mut world, false);
    assert!(world.events().iter().any(|event| matches!(event, ViewEvent::Rows { .. })), "the page is told");
    assert_eq!(stand(&world), (Section::Waiting, Section::OfflineRequests));
}

#[test]
fn who_loses_the_right_to_the_queue_finds_it_among_what_goes_on_elsewhere() {
    let mut world = World::new();
    let dialog = world.hub.customer_comes(1, "жду", world.now.stamp);
    world.hub.log.push(Change::RightsChanged([Right::Accept].into()));
    world.settle();
    let row = world.row(dialog);
    assert_eq!((row.section, row.tone), (Section::Open, RowTone::Waiting));
}

#[test]
fn sums_agree_with_the_rows_in_every_section() {
    let mut world = World::new();
    offers(&mut world, true);
    for n in 1..=8 {
        world.hub.customer_comes(n, "вопрос", world.now.stamp);
    }
    world.hub.change(dialog_id(2), |row| row.current_state = OnlineState::Offline);
    world.hub.give(dialog_id(3), OLEG, DialogState::Active);
    world.hub.give(dialog_id(4), IRA, DialogState::Offered);
    world.hub.give(dialog_id(5), IRA, DialogState::Active);
    world.hub.change(dialog_id(6), |row| row.state = DialogState::Bot);
    world.hub.change(dialog_id(7), |row| row.state = DialogState::ClosedSoft);
    world.settle();
    let counts = world.session.snapshot().counts;
    let sums = [counts.waiting, counts.mine, counts.queue, counts.offline_requests, counts.open, counts.all];
    assert_eq!(sums, [1, 1, 2, 1, 7, 8]);
}

#[test]
fn a_page_can_count_up_to_every_key_whatever_times_a_hub_says() {
    let mut world = World::new();
    let times = [i64::MIN, 0, world.now.stamp.0, i64::MAX].map(Stamp);
    let [mut waiting, mut suspicious, mut unanswered, mut answered] = [(); 4].map(|()| Vec::new());
    let lists = [&mut waiting, &mut suspicious, &mut unanswered, &mut answered];
    for (list, n) in lists.into_iter().zip([10, 20, 30, 40]) {
        for (at, n) in times.into_iter().zip(n..) {
            let id = world.hub.customer_comes(n, "жду", at);
            world.hub.change(id, |row| row.suspicious = n / 10 == 2);
            if n >= 30 {
                world.hub.give(id, IRA, DialogState::Active);
            }
            if n >= 40 {
                world.hub.change(id, |row| row.awaiting = Awaiting::Customer);
            }
            list.push(id);
        }
    }
    world.settle();
    let keys = |ids: &[DialogId]| ids.iter().map(|id| world.row(*id).sort).collect::<Vec<_>>();
    let [waiting, suspicious, unanswered, answered] = [waiting, suspicious, unanswered, answered].map(|ids| keys(&ids));
    assert!(waiting.is_sorted() && waiting.last() < suspicious.first() && suspicious.is_sorted());
    assert!(unanswered.is_sorted() && unanswered.last() < answered.last(), "{unanswered:?} {answered:?}");
    assert!(answered.iter().rev().is_sorted(), "the newest first");
    let all = [waiting, suspicious, unanswered, answered].concat();
    assert!(all.iter().all(|key| (0..1 << 53).contains(key)), "{all:?}");
}

#[test]
fn s_h11_what_is_suspicious_stands_behind_all_others_and_claims_nobody() {
    for offering in [false, true] {
        let mut world = World::new();
        offers(&mut world, offering);
        let suspicious = world.hub.customer_comes(1, "купите", world.now.stamp);
        world.hub.change(suspicious, |row| row.suspicious = true);
        let alone = |world: &World| (world.session.standing().waiting, world.session.standing().next.is_none());
        world.settle();
        assert_eq!(alone(&world), (0, true), "{offering}");
        let later = world.hub.customer_comes(2, "жду", Stamp(world.now.stamp.0 + 60_000));
        world.settle();
        let (first, last) = (world.row(later), world.row(suspicious));
        assert!(last.suspicious && !first.suspicious, "{offering}");
        assert!(first.section == last.section && first.sort < last.sort, "{offering}: though it has waited longer");
        let Counts { waiting, waiting_suspicious, queue, queue_suspicious, badge, .. } =
            world.session.snapshot().counts;
        let calls = u32::from(!offering);
        let sums = (waiting, waiting_suspicious, queue, queue_suspicious, badge);
        assert_eq!(sums, if offering { (0, 0, 2, 1, 0) } else { (2, 1, 0, 0, 1) });
        assert_eq!(world.session.standing().waiting, calls);
        assert_eq!(world.session.standing().next.map(|next| next.dialog), (!offering).then_some(later));
        // Taken, it is as any other.
        world.hub.change(suspicious, |row| row.suspicious = false);
        world.hub.give(suspicious, IRA, DialogState::Active);
        world.settle();
        let counts = world.session.snapshot().counts;
        assert_eq!((counts.waiting_suspicious, counts.queue_suspicious, counts.mine), (0, 0, 1), "{offering}");
    }
}

#[test]
fn what_the_hub_does_not_show_is_counted_until_the_next_connection() {
    let mut world = World::new();
    world.give(Input::Link(LinkInput::Hidden { online: 12, offline: 3 }));
    let hidden = |counts: Counts| (counts.hidden, counts.hidden_offline);
    let told = world.events().into_iter().rev().find_map(|event| match event {
        ViewEvent::Counts { counts } => Some(hidden(counts)),
        _ => None,
    });
    assert_eq!(told, Some((12, 3)));
    world.hub_dies();
    assert_eq!(hidden(world.session.snapshot().counts), (12, 3), "as far as is known");
    world.hub_returns();
    assert_eq!(hidden(world.session.snapshot().counts), (0, 0), "the hub has told nothing of the kind yet");
}

#[test]
fn the_page_is_told_how_far_the_hubs_clock_is_ahead() {
    let mut world = World::new();
    assert_eq!(world.session.snapshot().ahead_ms, 0);
    world.hub.ahead_ms = -90_000;
    world.hub_dies();
    world.seen.clear();
    world.hub_returns();
    assert!(world.events().contains(&ViewEvent::Clock { ahead_ms: -90_000 }));
    // The wall clock here is put right: the hub's does not move, so that the difference does.
    world.now.stamp.0 -= 90_000;
    world.give(Input::Tick);
    assert!(world.events().contains(&ViewEvent::Clock { ahead_ms: 0 }));
    assert_eq!(world.session.snapshot().ahead_ms, 0);
}

#[test]
fn what_became_of_an_offer_is_told_with_the_name_of_whoever_has_it() {
    let ended = |end| Toast::OfferEnded { name: Some("Покупатель 1".into()), number: 0, end };
    let oleg = || OfferEnd::Taken { to: "Олег".into() };
    let mut world = World::new();
    let dialog = offered(&mut world, 1);
    assert_eq!(world.row(dialog).section, Section::Waiting);
    world.hub.give(dialog, OLEG, DialogState::Active);
    world.settle();
    assert_eq!(toasts(&mut world), [ended(oleg())]);

    let mut world = World::new();
    let dialog = offered(&mut world, 1);
    world.hub.hide(dialog, GoneReason::Transferred, "Олег");
    world.settle();
    assert_eq!(toasts(&mut world), [ended(oleg())], "out of sight, and yet told");

    let mut world = World::new();
    let dialog = offered(&mut world, 1);
    world.hub.change(dialog, |row| {
        (row.state, row.assignee, row.assignee_name) = (DialogState::Queue, None, None);
        row.epoch += 1;
    });
    world.settle();
    assert_eq!(toasts(&mut world), [ended(OfferEnd::Returned)]);

    let mut world = World::new();
    let dialog = offered(&mut world, 1);
    world.hub.change(dialog, |row| (row.state, row.assignee) = (DialogState::Closed, None));
    world.settle();
    assert_eq!(toasts(&mut world), [ended(OfferEnd::Closed)]);
}

#[test]
fn what_i_accept_is_no_news_to_me() {
    let mut world = World::new();
    let dialog = offered(&mut world, 1);
    world.do_it(Command::Accept { dialog });
    assert_eq!(toasts(&mut world), []);
    assert_eq!(world.row(dialog).section, Section::Mine);
}

#[test]
fn a_notifications_button_shows_the_dialog_and_accepts_it() {
    let mut world = World::new();
    let dialog = offered(&mut world, 1);
    world.give(Input::PopupAccepted(dialog));
    let seen = world.take_seen();
    assert!(seen.contains(&Effect::ShowWindow));
    assert!(seen.contains(&Effect::Emit(ViewEvent::OpenDialog { dialog })));
    assert_eq!(world.row(dialog).section, Section::Mine);
    assert!(world.replies.is_empty(), "no page waits for an answer");
}

#[test]
fn why_a_notifications_button_did_nothing_is_told() {
    let mut world = World::new();
    let dialog = offered(&mut world, 1);
    world.hub_dies();
    world.seen.clear();
    world.give(Input::PopupAccepted(dialog));
    let why = UiErrorCode::Denied { why: Denied::Offline };
    assert_eq!(toasts(&mut world), [Toast::NotDone { why }]);

    world.hub_returns();
    world.hub_speaks = false;
    world.give(Input::PopupAccepted(dialog));
    world.seen.clear();
    world.hub_dies();
    assert_eq!(toasts(&mut world), [Toast::NotDone { why: UiErrorCode::NoConnection }]);
}
