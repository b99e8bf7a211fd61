//! Who is let in, and who is not any more.

use crate::kit::{Desk, Direct, Exchanger, PASSWORD, Workplace, http, post};
use otklik_model::{Op, Outcome, Refusal};
use otklik_wire::{HubCard, LoginFailure, LoginFailureCode, operator::ByeCode};
use std::time::{Duration, Instant};

async fn try_login(desk: &Desk, login: &str, password: &str) -> Result<(), (u16, LoginFailure)> {
    let body = serde_json::json!({ "login": login, "password": password }).to_string();
    let answer = post(&desk.http("/api/v1/login"), body).await;
    let status = answer.status().as_u16();
    if status == 200 { Ok(()) } else { Err((status, answer.json().await.unwrap())) }
}

fn wrong() -> Result<(), (u16, LoginFailure)> {
    Err((401, LoginFailure { code: LoginFailureCode::WrongPassword, retry_after_ms: None }))
}

#[tokio::test]
async fn the_card_and_the_ways_a_login_fails() {
    let desk = Desk::start().await;
    desk.operator("ira", "Ира", None).await;
    let card: HubCard = http().get(desk.http("/api/v1/hub")).send().await.unwrap().json().await.unwrap();
    assert_eq!((card.product.as_str(), card.protocol.min), ("otklik-hub", 1));
    assert_eq!(try_login(&desk, "IRA ", PASSWORD).await, Ok(()));
    assert_eq!(try_login(&desk, "ira", "wrong password").await, wrong());
    assert_eq!(try_login(&desk, "nobody", PASSWORD).await, wrong());
    assert_eq!(try_login(&desk, "ira", "").await, wrong());
    assert_eq!(try_login(&desk, "ira\0' OR 1=1 --", &"x".repeat(4_000)).await, wrong());
    for body in ["", "{", "[]", r#"{"login":7,"password":"x"}"#, r#"{"login":"ira"}"#] {
        let answer = post(&desk.http("/api/v1/login"), body).await;
        assert_eq!(answer.status(), 400);
        assert_eq!(answer.json::<LoginFailure>().await.unwrap().code, LoginFailureCode::Malformed);
    }
    let huge = format!(r#"{{"login":"ira","password":"{}"}}"#, "x".repeat(20_000));
    assert_eq!(post(&desk.http("/api/v1/login"), huge).await.status(), 413);
    let elsewhere = format!(r#"{{"workspace":"other","login":"ira","password":"{PASSWORD}"}}"#);
    assert_eq!(post(&desk.http("/api/v1/login"), elsewhere).await.status(), 401);
}

#[tokio::test]
async fn guessing_has_to_wait_and_the_owner_of_another_account_has_not() {
    let desk = Desk::start_with(|config| config.limits.account_tries = 3).await;
    desk.operator("ira", "Ира", None).await;
    desk.operator("oleg", "Олег", None).await;
    for _ in 0..3 {
        assert_eq!(try_login(&desk, "ira", "guess guess guess").await, wrong());
    }
    let (status, failure) = try_login(&desk, "ira", PASSWORD).await.unwrap_err();
    assert_eq!((status, failure.code), (429, LoginFailureCode::TooManyTries));
    assert!((1..=30_000).contains(&failure.retry_after_ms.unwrap()), "{failure:?}");
    assert_eq!(try_login(&desk, "oleg", PASSWORD).await, Ok(()));
}

#[tokio::test]
async fn guessing_from_one_address_has_to_wait_too() {
    let desk = Desk::start_with(|config| config.limits.address_tries = 4).await;
    desk.operator("ira", "Ира", None).await;
    for number in 0..4 {
        assert_eq!(try_login(&desk, &format!("guess{number}"), "password of many").await, wrong());
    }
    assert_eq!(try_login(&desk, "ira", PASSWORD).await.unwrap_err().0, 429);
}

#[tokio::test]
async fn an_unknown_login_takes_as_long_as_a_known_one() {
    let desk = Desk::start_with(|config| {
        (config.limits.account_tries, config.limits.address_tries) = (1_000, 1_000);
    })
    .await;
    desk.operator("ira", "Ира", None).await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        for (login, times) in [("ira", &mut known), ("nobody", &mut unknown)] {
            let began = Instant::now();
            assert_eq!(try_login(&desk, login, "wrong password").await, wrong());
            times.push(began.elapsed());
        }
    }
    known.sort();
    unknown.sort();
    let (known, unknown) = (known[3], unknown[3]);
    // A hash takes some 20 ms: an answer without one would be many times faster.
    assert!(unknown * 2 > known && known * 2 > unknown, "{known:?} {unknown:?}");
}

#[tokio::test]
async fn a_token_that_is_no_good_is_sent_away() {
    let desk = Desk::start().await;
    for token in ["", "x", "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &"y".repeat(100_000)] {
        assert_eq!(desk.connect(token, None).await.err(), Some(ByeCode::SignIn));
    }
}

#[tokio::test]
async fn signing_out_ends_the_sockets_of_that_session_only() {
    let desk = Desk::start().await;
    let first = desk.operator("ira", "Ира", None).await;
    let second = desk.sign_in("ira").await;
    let (mut here, mut there) = (desk.workplace(&first).await, desk.workplace(&second).await);
    let logout = |token: &str| http().post(desk.http("/api/v1/logout")).bearer_auth(token).send();
    assert_eq!(logout(&first).await.unwrap().status(), 204);
    assert_eq!(here.goodbye().await, (ByeCode::SignIn, None, Some(4401)));
    assert_eq!(desk.connect(&first, None).await.err(), Some(ByeCode::SignIn));
    assert_eq!(logout(&first).await.unwrap().status(), 204, "once more is no error");
    assert_eq!(http().post(desk.http("/api/v1/logout")).send().await.unwrap().status(), 204);
    there
        .until("offline", |there| {
            there.state.operators.values().all(|row| row.status == otklik_model::OperatorStatus::Offline)
        })
        .await;
}

#[tokio::test]
async fn another_process_disables_an_operator_and_the_socket_ends_within_a_second_or_two() {
    let desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    let mut ira = desk.workplace(&token).await;
    let began = Instant::now();
    desk.users().await.disable("ira").await.unwrap();
    assert_eq!(ira.goodbye().await.0, ByeCode::SignIn);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(desk.connect(&token, None).await.err(), Some(ByeCode::SignIn));
    assert_eq!(try_login(&desk, "ira", PASSWORD).await, wrong());
}

#[tokio::test]
async fn another_password_ends_all_sessions() {
    let desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    let users = desk.users().await;
    let made = users.set_password("ira", None).await.unwrap().unwrap();
    assert_eq!(desk.connect(&token, None).await.err(), Some(ByeCode::SignIn));
    assert_eq!(try_login(&desk, "ira", PASSWORD).await, wrong());
    assert_eq!(try_login(&desk, "ira", &made).await, Ok(()));
    let password = || Some(zeroize::Zeroizing::new(PASSWORD.to_owned()));
    for (login, name, expected) in [("ira", "Ира", "already"), (" ", "x", "needed"), ("x", "\u{202e}", "needed")] {
        let error = users.add(login, name, password(), None).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(users.disable("nobody").await.unwrap_err().to_string().contains("no operator"));
}

#[tokio::test]
async fn a_new_session_goes_on_from_where_the_ended_ones_were() {
    let desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    let mut ira = desk.workplace(&token).await;
    let password = zeroize::Zeroizing::new(PASSWORD.to_owned());
    desk.users().await.set_password("ira", Some(password)).await.unwrap();
    assert_eq!(ira.goodbye().await.0, ByeCode::SignIn);
    // Her cursor is older than the word that ended her sessions.
    let fresh = desk.sign_in("ira").await;
    let ira = Workplace::resume(&desk.ws("/api/v1/operator"), &fresh, ira).await.unwrap();
    assert!(ira.welcome.resumed);
    assert_eq!(desk.connect(&token, Some(ira.cursor())).await.err(), Some(ByeCode::SignIn));
}

#[tokio::test]
async fn other_rights_are_another_world_that_starts_with_a_snapshot() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let token = desk.operator("nina", "Нина", Some(&["accept"])).await;
    let mut nina = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    nina.until("gone", |nina| !nina.gone.is_empty()).await;
    desk.users().await.set_rights("nina", &["see_others".to_owned()]).await.unwrap();
    assert_eq!(nina.goodbye().await.0, ByeCode::Draining);
    let mut nina = Workplace::resume(&desk.ws("/api/v1/operator"), &token, nina).await.unwrap();
    assert!(!nina.welcome.resumed);
    assert_eq!(nina.row(dialog).assignee_name.as_deref(), Some("Ира"));
    assert_eq!(nina.row(dialog).can.note, Some(otklik_model::Denied::NoRight));
    let epoch = nina.row(dialog).epoch;
    let refused = nina.command(Op::Close { dialog, epoch }).await;
    assert!(matches!(refused, Outcome::Refused { reason: Refusal::NotYourDialog { .. } }), "{refused:?}");
    let again = Workplace::resume(&desk.ws("/api/v1/operator"), &token, nina).await.unwrap();
    assert!(again.welcome.resumed, "from there on it resumes as ever");
}

#[tokio::test]
async fn a_session_that_has_run_out_ends_on_the_socket_too() {
    let desk = Desk::start_with(|config| config.timing.beat = Duration::from_millis(100)).await;
    let token = desk.operator("ira", "Ира", None).await;
    let soon = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap() + Duration::from_secs(2);
    let database = Direct::open(&desk.config).await;
    database.run(&format!("UPDATE session SET expires_at = {}", soon.as_millis())).await;
    let mut ira = desk.workplace(&token).await;
    assert_eq!(ira.goodbye().await.0, ByeCode::SignIn);
    assert_eq!(desk.connect(&token, None).await.err(), Some(ByeCode::SignIn));
}

#[tokio::test]
async fn the_local_operator_needs_no_password_and_has_none() {
    let desk = Desk::start().await;
    let token = desk.hub().local_operator_token("Оператор").await.unwrap();
    let again = desk.hub().local_operator_token("Another name").await.unwrap();
    assert_ne!(token, again);
    let ira = desk.workplace(&token).await;
    assert_eq!(ira.welcome.me.name, "Оператор");
    assert_eq!(ira.state.operators.len(), 1);
    assert!(ira.state.channels.values().next().unwrap().page.as_ref().unwrap().starts_with("http://127.0.0.1:"));
    assert_eq!(try_login(&desk, "local", "").await, wrong());
    assert_eq!(desk.workplace(&again).await.welcome.me.id, ira.welcome.me.id);
}

#[tokio::test]
async fn a_page_of_another_site_may_not_open_an_operators_socket() {
    let desk = Desk::start().await;
    let ask = |origin: String| {
        http()
            .get(desk.http("/api/v1/operator"))
            .header("origin", origin)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .send()
    };
    assert_eq!(ask("https://evil.example".into()).await.unwrap().status(), 403);
    assert_eq!(ask(format!("http://{}", desk.hub().address())).await.unwrap().status(), 101);
    // A customer's page may come from any site.
    let mut page = Exchanger::new(desk.http("/widget/v1/exchange"));
    page.hello().await;
    assert!(page.shows.token.is_some());
}
