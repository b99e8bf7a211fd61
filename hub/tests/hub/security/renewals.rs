//! S-H3: the tokens of those who administer over HTTP.

use crate::kit::{ADMIN_PASSWORD, Admin, Desk, within};
use reqwest::{Method, StatusCode};
use std::time::Duration;
use tokio::process::Command;

const HALF_AN_HOUR: Duration = Duration::from_secs(30 * 60);
/// Just within the term for doing nothing.
const A_LITTLE_LESS: Duration = Duration::from_secs(29 * 60);

async fn session_of(admin: &Admin) -> u16 {
    admin.ask(Method::GET, "session", None).await.status
}

#[tokio::test]
async fn s_h3_tokens_of_the_administration_follow_one_another() {
    let (desk, hands) = Desk::ruled(|_| {}).await;
    let mut anna = desk.administrator().await;
    assert_eq!(anna.renews().await, None, "it is new");
    hands.forward(A_LITTLE_LESS);
    anna.get("session").await;
    hands.forward(Duration::from_secs(60));
    // Whoever does not say that he keeps another one is offered none, and his is good for as long as before.
    let plain = crate::kit::http().get(desk.http("/api/v1/admin/session")).bearer_auth(&anna.token);
    assert!(plain.send().await.unwrap().headers().get("otklik-token").is_none());
    let (one, two) = (anna.renews().await.unwrap(), anna.renews().await.unwrap());
    assert!(one.len() == 43 && one != two && one != anna.token, "256 bits, new each time");
    assert_eq!(session_of(&anna).await, 200, "the old one is good until the next is used");
    let old = std::mem::replace(&mut anna.token, two.clone());
    assert_eq!(session_of(&anna).await, 200);
    assert_eq!(anna.renews().await, None, "it is new");
    // Both the replaced one and the one that was never taken show that somebody has a copy.
    for stolen in [old, one] {
        let mut desk_of_a_thief = desk.stranger();
        desk_of_a_thief.token = stolen;
        assert_eq!(session_of(&desk_of_a_thief).await, 401);
        assert_eq!(session_of(&anna).await, 401, "nobody can tell which of the two asked");
    }
    let anna = desk.admin(None, "anna", ADMIN_PASSWORD).await;
    assert!(anna.trail().await.contains(&"session.stolen".to_owned()));
}

/// A command line with the token of a file goes on for a day in which no token is good for longer than half an hour of
/// work.
#[tokio::test]
async fn s_h3_a_token_file_holds_the_token_that_is_in_use() {
    let (desk, hands) = Desk::ruled(|_| {}).await;
    let anna = desk.administrator().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, format!("{}\n", anna.token)).unwrap();
    let run = async || {
        let line = ["admin", "--hub", &desk.http("/"), "--token-file", file.to_str().unwrap(), "status"];
        let running = Command::new(env!("CARGO_BIN_EXE_otklik-hub")).args(line).output();
        within("the end", running).await.unwrap().status.success()
    };
    let mut seen = Vec::new();
    for _ in 0..4 {
        for _ in 0..2 {
            hands.forward(HALF_AN_HOUR / 2);
            assert!(run().await);
        }
        seen.push(std::fs::read_to_string(&file).unwrap());
    }
    seen.dedup();
    assert_eq!(seen.len(), 3, "another one after half an hour of use");
    // The first one, which somebody copied, ends it.
    let copied = crate::kit::http().get(desk.http("/api/v1/admin/session")).bearer_auth(&anna.token);
    assert_eq!(copied.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert!(!run().await);
}
