//! The customer's side over both transports.

use crate::kit::{CustomerPage, Desk, client_id};
use otklik_wire::customer::{CustomerFrame, HubCustomerFrame};
use std::time::Duration;

#[tokio::test]
async fn both_transports_show_the_same_conversation() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut poller = desk.exchanger();
    poller.hello().await;
    let id = client_id();
    let send = CustomerFrame::Send { id, text: "over POST".into() };
    let answer = poller.exchange(vec![send.clone()], false).await;
    let result = |frame: &HubCustomerFrame| matches!(frame, HubCustomerFrame::Result { seq: Some(1), .. });
    assert!(answer.iter().any(result), "the result is in the same answer: {answer:?}");
    let dialog = ira.only_dialog().await;
    let token = poller.shows.token.clone();
    let mut socket = CustomerPage::connect(&desk.ws("/widget/v1/socket"), token, None).await;
    socket.write("over the socket").await;
    ira.accept(dialog).await;
    ira.done(otklik_model::Op::SendNote { dialog, text: "between us".into() }).await;
    ira.say(dialog, "to both").await;
    let all = |page: &[&str]| page == ["over POST", "over the socket", "accepted Ира", "to both"];
    poller.until("all", |page| all(&page.texts())).await;
    socket.until("all", |page| all(&page.texts())).await;
    assert_eq!(poller.shows.messages, socket.shows.messages);
    assert_eq!(poller.shows.dialog, socket.shows.dialog);
    assert_eq!(poller.shows.shown, socket.shows.shown);
    poller.exchange(vec![send], false).await;
    assert_eq!(poller.shows.results[&id], (Some(1), None), "sent again, stored once");
    assert_eq!(ira.row(dialog).last_seq, 5);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_made_good_by_a_new_session() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut poller = desk.exchanger();
    poller.hello().await;
    poller.exchange(vec![CustomerFrame::Send { id: client_id(), text: "?".into() }], false).await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    poller.until("accepted", |page| page.texts().len() == 2).await;
    let before = poller.shows.clone();
    ira.say(dialog, "lost on the way").await;
    poller.until("answered", |page| page.texts().len() == 3).await;
    // As if that answer had never arrived.
    poller.shows = before;
    poller.hello().await;
    poller.until("made good", |page| page.texts().len() == 3).await;
    assert_eq!(poller.shows.texts(), ["?", "accepted Ира", "lost on the way"]);
}

#[tokio::test]
async fn a_waiting_exchange_is_answered_when_there_is_news_and_let_go_by_a_later_one() {
    let desk = Desk::start_with(|config| config.timing.beat = Duration::from_secs(3600)).await;
    let mut poller = desk.exchanger();
    poller.hello().await;
    let mut second = desk.exchanger();
    second.session.clone_from(&poller.session);
    let waiting = tokio::spawn(async move {
        let frames = poller.exchange(Vec::new(), true).await;
        (poller, frames)
    });
    // Whichever comes first: the later one ends the wait, or finds nobody waiting and the message ends it.
    let send = CustomerFrame::Send { id: client_id(), text: "!".into() };
    second.exchange(vec![send], false).await;
    let (mut poller, _) = crate::kit::within("let go", waiting).await.unwrap();
    for frame in second.shows.messages.drain(..) {
        poller.shows.messages.push(frame);
    }
    let began = std::time::Instant::now();
    poller.shows.shown = second.shows.shown.or(poller.shows.shown);
    poller.until("the message", |page| !page.messages.is_empty()).await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_session_without_exchanges_ends_and_the_customer_has_left() {
    let desk = Desk::start_with(|config| {
        config.timing.exchange_idle = Duration::from_millis(300);
        config.timing.customer_grace = Duration::from_millis(50);
        config.timing.goodbye = Duration::from_millis(50);
    })
    .await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut poller = desk.exchanger();
    poller.hello().await;
    poller.exchange(vec![CustomerFrame::Send { id: client_id(), text: "?".into() }], false).await;
    let dialog = ira.only_dialog().await;
    ira.until("left", |ira| ira.row(dialog).presence == otklik_model::Presence::LeftSite).await;
    poller.exchange(Vec::new(), false).await;
    assert_eq!(poller.shows.bye.as_deref(), Some("session"));
    poller.hello().await;
    ira.until("back", |ira| ira.row(dialog).presence == otklik_model::Presence::OnSite).await;
}

#[tokio::test]
async fn who_was_here_when_the_hub_stopped_and_does_not_come_back_has_left() {
    let mut desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    drop(maria);
    desk.stop().await;
    desk.start_again().await;
    let mut ira = desk.workplace(&token).await;
    let dialog = ira.only_dialog().await;
    ira.until("left", |ira| ira.row(dialog).presence == otklik_model::Presence::LeftSite).await;
}

#[tokio::test]
async fn a_page_that_shows_something_is_told_only_what_is_new() {
    let desk = Desk::start().await;
    let mut maria = desk.customer().await;
    for number in 1..=250 {
        maria.write(&number.to_string()).await;
    }
    maria.until("all", |page| page.messages.len() == 250).await;
    let (token, shown) = (maria.shows.token.clone(), maria.shows.shown.unwrap());
    let after = Some(otklik_wire::customer::Shown { upto: 248, ..shown });
    let mut again = CustomerPage::connect(&desk.ws("/widget/v1/socket"), token, after).await;
    again.until("the rest", |page| page.messages.len() == 2).await;
    assert_eq!(again.shows.texts(), ["249", "250"]);
    let mut fresh = desk.customer_again(&maria).await;
    fresh.until("all", |page| page.messages.len() == 250).await;
    assert_eq!(fresh.shows.messages, maria.shows.messages);
}

#[tokio::test]
async fn any_site_may_embed_the_widget() {
    let desk = Desk::start().await;
    for path in ["/widget.js", "/widget/v1/exchange"] {
        let answer = crate::kit::http().request(reqwest::Method::OPTIONS, desk.http(path)).send().await.unwrap();
        assert_eq!(answer.headers()["access-control-allow-origin"], "*", "{path}");
        assert!(!answer.headers().contains_key("access-control-allow-credentials"));
    }
    let login = crate::kit::post(&desk.http("/api/v1/login"), "{}").await;
    assert!(!login.headers().contains_key("access-control-allow-origin"), "and nothing else");
}
