//! A hub that dies at any position of its log, and a day that goes on as if it had not.
//!
//! The same story is played once undisturbed, and then with a hub that is torn away as soon as its log has come to a
//! position, and started again: every task of it stops where it waits, and what was being written is written or not.
//! Whoever was connected comes back and repeats what was not answered. In the end every dialog and every operator has
//! gone through the same, word for word: nothing was lost, and nothing happened twice. What falls due while no hub runs
//! is another story, in time_outs.rs. Where several hubs share a database, time goes on until the lease of the dead one
//! is over, by far less than anything in this day waits for.

mod hubs;
mod people;

use hubs::Hubs;
use otklik_hub::centre::{Bot, BotKind, Centre, KeywordGroup, Occasion, Sharing};
use otklik_model::{CloseReason, Dialog, DialogState, Op, OperatorStatus, Presence};
use people::Story;
use std::collections::BTreeMap;

/// Of the positions one in so many is tried; with `OTKLIK_RESTARTS=1` each.
const ONE_IN: u64 = 9;
/// Days played beside each other.
const BESIDE: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_dies_anywhere_goes_on_as_if_it_had_not() {
    let undisturbed = played(None).await;
    assert!(undisturbed.head > 30 && undisturbed.told.len() > 50, "{undisturbed:#?}");
    let one_in = std::env::var("OTKLIK_RESTARTS").map_or(ONE_IN, |one_in| one_in.parse().unwrap());
    // The last ones first: they are the longest stories.
    let mut positions: Vec<u64> = (1..=undisturbed.head).rev().step_by(usize::try_from(one_in).unwrap()).collect();
    while !positions.is_empty() {
        let some: Vec<u64> = positions.drain(..positions.len().min(BESIDE)).collect();
        let days = some.iter().map(|at| tokio::spawn(played(Some(*at)))).collect::<Vec<_>>();
        for (at, day) in some.into_iter().zip(days) {
            let day = day.await.unwrap_or_else(|error| panic!("torn away at {at}: {error}"));
            assert_eq!(day.told, undisturbed.told, "torn away at {at}");
        }
    }
}

/// What a day came to.
#[derive(Debug)]
struct Day {
    /// What every dialog and every operator went through.
    told: Vec<String>,
    head: u64,
}

async fn played(torn_at: Option<u64>) -> Day {
    let hubs = Hubs::open(centre).await;
    let doom = torn_at.map(|at| tokio::spawn(hubs.clone().tear_at(at)));
    let mut story = Story::begin(hubs.clone()).await;
    day(&mut story).await;
    if let Some(doom) = doom {
        doom.await.unwrap();
    }
    let day = Day { told: story.told().await, head: hubs.head().await };
    hubs.close().await;
    day
}

fn centre(centre: &mut Centre) {
    centre.distribution.sharing = Sharing::LeastLoaded;
    let times = &mut centre.time_outs;
    (times.offer_s, times.wait_words_s, times.silent_s, times.final_close_s) = (60, 90, 300, 600);
    for (occasion, words) in [
        (Occasion::NewOpen, "Здравствуйте!"),
        (Occasion::Waiting, "Кто-нибудь придёт."),
        (Occasion::Busy, "Все заняты."),
        (Occasion::Closed, "Спасибо."),
    ] {
        centre.words.all.insert(occasion, BTreeMap::from([("ru".to_owned(), words.to_owned())]));
    }
    let hours = KeywordGroup {
        scenario: None,
        words: vec!["часы".into()],
        answers: vec!["С девяти.".into()],
        hand_over: false,
    };
    let kind = BotKind::Keyword {
        greeting: Some("Я бот.".into()),
        groups: vec![hours],
        stop_words: vec!["оператор".into()],
        tries: 2,
    };
    centre.departments.insert("shop".parse().unwrap(), Default::default());
    centre.bots.insert("robot".into(), Bot { departments: ["shop".parse().unwrap()].into(), kind });
}

fn is_offered(row: &Dialog) -> bool {
    row.state == DialogState::Offered
}

async fn day(story: &mut Story) {
    offers(story).await;
    silence(story).await;
    closing(story).await;
    bot(story).await;
    leaving(story).await;
    lost(story).await;
}

/// An offer runs out, words are said once, the next operator takes it.
async fn offers(story: &mut Story) {
    story.comes("ira").await;
    story.writes("maria", None, "Где заказ?").await;
    story.until_row(1, "offered", is_offered).await;
    story.wait(60).await;
    story.until_row(1, "nobody is left", |row| row.state == DialogState::Queue).await;
    // Not for so long that Ира is asked again: nothing falls due beside anything else in this story.
    story.wait(30).await;
    story.until_said(1, "Кто-нибудь придёт.").await;
    story.comes("oleg").await;
    story.until_row(1, "offered again", is_offered).await;
    story.accepts(1).await;
    story.says(1, "Уже смотрю.").await;
}

/// Who does not answer loses it to somebody else.
async fn silence(story: &mut Story) {
    story.writes("maria", None, "Ну что?").await;
    let silent = story.row(1).assignee;
    story.comes("vera").await;
    story.wait(300).await;
    story.until_row(1, "to somebody else", |row| is_offered(row) && row.assignee != silent).await;
    story.accepts(1).await;
}

/// Closed, opened again by its customer, closed for good by time.
async fn closing(story: &mut Story) {
    story.closes(1).await;
    story.writes("maria", None, "Ещё вопрос").await;
    story.until_row(1, "offered to whoever had it", is_offered).await;
    story.accepts(1).await;
    story.closes(1).await;
    story.wait(600).await;
    story.until_row(1, "final", |row| row.state == DialogState::Closed).await;
    assert_eq!(story.row(1).close_reason, Some(CloseReason::Operator));
}

/// A bot answers, is not understood, gives up.
async fn bot(story: &mut Story) {
    story.comes("robot").await;
    story.writes("pavel", Some("shop"), "часы").await;
    story.until_said(2, "С девяти.").await;
    story.writes("pavel", Some("shop"), "оператор").await;
    story.until_row(2, "for people", is_offered).await;
    story.accepts(2).await;
    story.says(2, "Слушаю.").await;
}

/// A customer leaves, is told of, and is back.
async fn leaving(story: &mut Story) {
    story.leaves("pavel");
    story.wait_until_row(2, "left", |row| row.presence == Presence::LeftSite).await;
    story.wait(120).await;
    story.until_said(2, "left_site").await;
    story.wait(480).await;
    story.until_row(2, "offline", |row| row.presence == Presence::Offline).await;
    story.returns("pavel").await;
    story.until_said(2, "came_back").await;
}

/// An operator's laptop dies, and his dialog goes to somebody else.
async fn lost(story: &mut Story) {
    let lost = story.leader(2);
    story.dies(&lost);
    story.wait_until_status(&lost, OperatorStatus::Offline).await;
    story.until_row(2, "somebody else's", is_offered).await;
    story.accepts(2).await;
    let (dialog, epoch) = (story.row(2).id, story.row(2).epoch);
    story.asks(2, Op::SendNote { dialog, text: "Дальше я.".into() }).await;
    story.asks(2, Op::Close { dialog, epoch }).await;
    story.until_row(2, "closed", |row| row.state == DialogState::ClosedSoft).await;
}
