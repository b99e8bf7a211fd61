//! Customers against a hub in the test: a real socket, the real frames, and a record of everything that was said.

mod fake_hub;

use crate::customer::{Customer, Ending};
use crate::{Pace, Script, Step, run};
use fake_hub::{FakeHub, Manners};
use otklik_wire::customer::CustomerFrame;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const SCRIPT: &str = r#"
place = "shop"
language = "ru-RU"
page = { url = "https://clay.example/", title = "Чай и глина" }

[[step]]
do = "write"
text = "Здравствуйте, где мой заказ?"
instead_of = "Эй"

[[step]]
do = "wait"
remind = ["Есть кто?"]

[[step]]
do = "visit"
url = "https://clay.example/orders"
title = "Заказы"

[[step]]
do = "leave"
seconds = 1

[[step]]
do = "write"
text = "Спасибо!"
"#;

fn script() -> Script {
    Script::parse("test", SCRIPT).unwrap()
}

/// Fast, and patient for as long as the test may take.
fn pace() -> Pace {
    Pace::fast()
}

async fn visit(hub: &FakeHub, pace: Pace) -> Ending {
    let customer = Customer::new(script(), hub.socket(), pace, 7, CancellationToken::new());
    tokio::time::timeout(Duration::from_secs(30), customer.visit()).await.expect("the visit ends")
}

#[tokio::test]
async fn a_customer_who_is_answered_plays_the_script_to_its_end() {
    let hub = FakeHub::start(Manners::default()).await;
    assert_eq!(visit(&hub, pace()).await, Ending::Done);
    assert_eq!(hub.stored(), ["Здравствуйте, где мой заказ?", "Спасибо!"]);
    let hellos = hub.hellos();
    assert_eq!(hellos.len(), 2, "came, left, came back");
    assert_eq!(hellos[0].language.as_deref(), Some("ru-RU"));
    assert_eq!((&hellos[0].token, hellos[0].after), (&None, None));
    assert_eq!(hellos[0].page.as_ref().unwrap().url, "https://clay.example/");
    assert!(hellos[1].token.is_some() && hellos[1].after.unwrap().upto >= 2);
    assert_eq!(hellos[1].page.as_ref().unwrap().url, "https://clay.example/orders");
    let pages = hub.said(|frame| matches!(frame, CustomerFrame::Page(page) if page.title == "Заказы"));
    assert_eq!(pages, 1);
}

#[tokio::test]
async fn a_customer_shares_a_place_and_sends_a_sticker() {
    let more = r#"
[[step]]
do = "share"
latitude = 55.5
longitude = 37.25
accuracy = 12.0
title = "У входа"

[[step]]
do = "sticker"
picture = "cup"
emoji = "☕"
"#;
    let hub = FakeHub::start(Manners { answers_to_lose: 3, ..Manners::default() }).await;
    let script = Script::parse("test", &format!("{SCRIPT}{more}")).unwrap();
    let customer = Customer::new(script, hub.socket(), pace(), 7, CancellationToken::new());
    let ending = tokio::time::timeout(Duration::from_secs(30), customer.visit()).await.expect("the visit ends");
    assert_eq!(ending, Ending::Done);
    assert_eq!(hub.stored(), ["Здравствуйте, где мой заказ?", "Спасибо!", "У входа", "☕"], "each once");
    assert_eq!(hub.files(), [crate::stickers::picture("cup").unwrap()]);
    let place = |frame: &CustomerFrame| {
        matches!(frame, CustomerFrame::SendPlace { latitude: 55.5, longitude: 37.25, accuracy: Some(12.0), .. })
    };
    assert!(hub.said(place) >= 1);
}

#[tokio::test]
async fn the_draft_grows_is_rubbed_out_and_ends_before_the_message() {
    let hub = FakeHub::start(Manners::default()).await;
    visit(&hub, Pace { draft_every: Duration::ZERO, ..pace() }).await;
    let frames = hub.frames();
    let sent = frames.iter().position(|frame| matches!(frame, CustomerFrame::Send { .. })).unwrap();
    let drafts: Vec<_> = frames[..sent]
        .iter()
        .filter_map(|frame| {
            if let CustomerFrame::Draft { text } = frame { Some(text.clone().unwrap_or_default()) } else { None }
        })
        .collect();
    assert_eq!(drafts.iter().filter(|text| *text == "Эй").count(), 1, "{drafts:?}");
    assert!(drafts.iter().any(|text| text == "Здравствуйте, где мой заказ?"));
    assert!(
        drafts
            .windows(2)
            .all(|pair| pair[0].chars().count().abs_diff(pair[1].chars().count()) <= 1 || pair[1].is_empty()),
        "{drafts:?}"
    );
    assert_eq!(drafts.last().map(String::as_str), Some(""));
}

#[tokio::test]
async fn drafts_keep_to_the_rate() {
    let hub = FakeHub::start(Manners::default()).await;
    visit(&hub, Pace { draft_every: Duration::from_secs(60), ..pace() }).await;
    assert_eq!(hub.said(|frame| matches!(frame, CustomerFrame::Draft { text: Some(_) })), 1);
}

#[tokio::test]
async fn an_answer_that_got_lost_is_asked_for_again_with_the_same_id() {
    let hub = FakeHub::start(Manners { answers_to_lose: 2, ..Manners::default() }).await;
    assert_eq!(visit(&hub, pace()).await, Ending::Done);
    assert_eq!(hub.stored(), ["Здравствуйте, где мой заказ?", "Спасибо!"], "stored once, in order");
    assert!(hub.hellos().len() >= 3);
    assert!(hub.hellos()[1].token.is_some());
}

#[tokio::test]
async fn too_fast_is_said_again_a_little_later() {
    let hub = FakeHub::start(Manners { too_fast: 2, ..Manners::default() }).await;
    assert_eq!(visit(&hub, pace()).await, Ending::Done);
    assert_eq!(hub.stored(), ["Здравствуйте, где мой заказ?", "Спасибо!"]);
    assert_eq!(hub.said(|frame| matches!(frame, CustomerFrame::Send { .. })), 4);
}

#[tokio::test]
async fn a_customer_who_is_not_answered_reminds_and_at_last_leaves() {
    let hub = FakeHub::start(Manners { answers: false, ..Manners::default() }).await;
    assert_eq!(visit(&hub, Pace { patience: 0.0005, ..pace() }).await, Ending::GaveUp);
    assert_eq!(hub.stored(), ["Здравствуйте, где мой заказ?", "Есть кто?"]);
}

#[tokio::test]
async fn everything_that_came_is_marked_delivered_and_then_read() {
    let hub = FakeHub::start(Manners::default()).await;
    visit(&hub, pace()).await;
    let (delivered, read) = hub.seen();
    assert_eq!((delivered, read), (hub.messages(), hub.messages()));
}

#[tokio::test]
async fn a_crowd_keeps_within_its_number_and_leaves_when_told() {
    let hub = FakeHub::start(Manners { answers: false, ..Manners::default() }).await;
    let stop = CancellationToken::new();
    let pace = Pace { time: 0.0005, most_at_once: 3, ..pace() };
    let crowd = tokio::spawn(run(hub.address(), pace, stop.clone()));
    hub.until(|hub| hub.most_at_once() == 3 && hub.messages() >= 3).await;
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(10), crowd).await.expect("everybody leaves").unwrap().unwrap();
    hub.until(|hub| hub.present() == 0).await;
    assert_eq!(hub.most_at_once(), 3);
}

#[tokio::test]
async fn customers_come_even_if_the_hub_is_not_there_yet() {
    let late = FakeHub::reserve().await;
    let stop = CancellationToken::new();
    let crowd = tokio::spawn(run(late.address(), pace(), stop.clone()));
    let hub = late.open(Manners::default());
    hub.until(|hub| hub.messages() > 0).await;
    stop.cancel();
    crowd.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_address_that_is_no_hubs_is_refused_at_once() {
    let error = run("ftp://hub.example".parse().unwrap(), pace(), CancellationToken::new()).await.unwrap_err();
    assert!(error.to_string().contains("ftp://hub.example"), "{error}");
}

/// What the hub stores of a step.
fn text_of(step: &Step) -> Option<String> {
    match step {
        Step::Write { text, .. } => Some(text.clone()),
        Step::Share { title, .. } => Some(title.clone()),
        Step::Sticker { emoji, .. } => Some(emoji.clone()),
        Step::Wait { .. } | Step::Pause { .. } | Step::Visit { .. } | Step::Hesitate { .. } | Step::Leave { .. } => {
            None
        }
    }
}

#[tokio::test]
async fn each_conversation_that_comes_with_the_program_can_be_played() {
    let mut visits = tokio::task::JoinSet::new();
    for script in crate::library::library().unwrap() {
        visits.spawn(async move {
            let hub = FakeHub::start(Manners::default()).await;
            let said: Vec<_> = script.steps.iter().filter_map(text_of).collect();
            let name = script.name.clone();
            let customer = Customer::new(script, hub.socket(), pace(), 1, CancellationToken::new());
            let ending = tokio::time::timeout(Duration::from_secs(60), customer.visit()).await.expect("the visit ends");
            assert_eq!(ending, Ending::Done, "{name}");
            assert_eq!(hub.stored(), said, "{name}");
        });
    }
    while let Some(visit) = visits.join_next().await {
        visit.unwrap();
    }
}
