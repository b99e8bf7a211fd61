//! The ways of customers, and what counts in operators' work.

use super::*;
use crate::store::{JOURNEYS_KEPT_MS, Tally};
use otklik_model::{CloseReason, Journey, Page, PageVisit, Place};

fn step(number: i64) -> Journey {
    let page = Page { url: format!("https://shop.example.org/{number}?ё=<b>"), title: "Заказ".into() };
    Journey { pages: vec![PageVisit { page, at: Stamp(number) }], ..Journey::default() }
}

impl Fixture {
    /// The customer writes the first word of a dialog.
    async fn begun(&self, number: u128) -> DialogAggregate {
        self.say(&self.begin(number, &self.customer), None, number).await.unwrap();
        self.stored(number).await
    }

    async fn happens(&self, number: u128, event: Event) {
        let dialog = self.stored(number).await;
        self.commit(Work::Dialog(Box::new(DialogChange::new(&dialog, vec![event])))).await.unwrap();
    }

    async fn counted(&self, operator: u128, since: i64) -> Tally {
        self.store.tally(self.workspace.id, OperatorId(id(operator)), Stamp(since)).await.unwrap()
    }
}

pub(crate) async fn a_way_is_kept_of_whoever_has_written(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let (workspace, his) = (desk.workspace.id, desk.customer.id);
    let go_on = |at, later| desk.store.go_on(workspace, his, Stamp(at), later);
    assert!(!go_on(1, step(1)).await.unwrap(), "not of a stranger");
    assert!(desk.store.journey(workspace, his).await.unwrap().is_empty());
    desk.begun(100).await;
    assert!(go_on(1, step(1)).await.unwrap());
    let place = Some(Place { country: Some("RU".into()), ..Place::default() });
    let here = Journey { place: place.clone(), zone: Some("Europe/Moscow".into()), ..step(2) };
    assert!(go_on(2, here).await.unwrap());
    let expected = Journey {
        pages: vec![step(1).pages.remove(0), step(2).pages.remove(0)],
        place,
        zone: Some("Europe/Moscow".into()),
    };
    assert_eq!(desk.store.journey(workspace, his).await.unwrap(), expected);
    assert_eq!(desk.store.subject(workspace, his).await.unwrap().unwrap().journey, expected);
    let other = desk.store.open_workspace("other").await.unwrap().id;
    assert!(desk.store.journey(other, his).await.unwrap().is_empty());
    assert!(!desk.store.go_on(other, his, Stamp(3), step(3)).await.unwrap());
    desk.store.sweep(Stamp(JOURNEYS_KEPT_MS + 2)).await.unwrap();
    assert_eq!(desk.store.journey(workspace, his).await.unwrap(), expected, "so long");
    desk.store.sweep(Stamp(JOURNEYS_KEPT_MS + 3)).await.unwrap();
    assert!(desk.store.journey(workspace, his).await.unwrap().is_empty(), "and no longer");
}

pub(crate) async fn of_many_steps_at_once_none_is_lost(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    desk.begun(100).await;
    let steps =
        (1..=20).map(|number| desk.store.go_on(desk.workspace.id, desk.customer.id, Stamp(number), step(number)));
    assert!(futures_util::future::join_all(steps).await.into_iter().all(|kept| kept.unwrap()));
    let mut seen: Vec<_> = desk.store.journey(desk.workspace.id, desk.customer.id).await.unwrap().pages;
    seen.sort_by_key(|visit| visit.at);
    assert_eq!(seen, (1..=20).flat_map(|number| step(number).pages).collect::<Vec<_>>());
}

pub(crate) async fn what_counts_for_an_operator_is_counted_with_its_commit(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let (ira, oleg) = (OperatorId(id(11)), OperatorId(id(12)));
    let accepted = |by| Event::Accepted { by, name: "X".into(), at: Stamp(20) };
    let closed = || Event::Closed { reason: CloseReason::Operator, at: Stamp(20) };
    let returned = Event::Returned {
        by: None,
        why: crate::desk::ReturnedWhy::Expired,
        department: None,
        team: None,
        at: Stamp(20),
    };
    let tally = |closed, missed| Tally { closed, missed };
    desk.begun(100).await;
    desk.happens(100, accepted(ira)).await;
    desk.happens(100, closed()).await;
    assert_eq!((desk.counted(11, 20).await, desk.counted(12, 20).await), (tally(1, 0), tally(0, 0)));
    desk.happens(100, accepted(oleg)).await;
    let offered = Event::Offered { to: ira, name: "X".into(), by: Some(oleg), until: None, at: Stamp(20) };
    desk.happens(100, offered).await;
    desk.happens(100, returned).await;
    desk.happens(100, accepted(oleg)).await;
    desk.happens(100, closed()).await;
    assert_eq!((desk.counted(11, 20).await, desk.counted(12, 20).await), (tally(0, 1), tally(1, 0)));
    assert_eq!(desk.counted(12, 21).await, tally(0, 0), "only from then on");
    let other = desk.store.open_workspace("other").await.unwrap().id;
    assert_eq!(desk.store.tally(other, oleg, Stamp(0)).await.unwrap(), tally(0, 0));
    let stale = DialogAggregate { version: 1, ..desk.stored(100).await };
    let work = Work::Dialog(Box::new(DialogChange::new(&stale, vec![accepted(ira)])));
    assert_eq!(desk.commit(work).await, Err(CommitError::Conflict));
    assert_eq!(desk.counted(12, 20).await, tally(1, 0), "what is not stored does not count");
}
