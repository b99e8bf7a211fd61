//! Two centres on one hub know nothing of each other.
//!
//! Invariant 20.

use crate::kit::{ADMIN_PASSWORD, Admin, CustomerPage, Desk, MORNING, Workplace, client_id, http, seconds, within};
use otklik_hub::{
    later,
    store::{Commit, Errand, ErrandKind, SetBy, Work},
};
use otklik_model::{FileId, Op, OperatorId, OperatorStatus, Outcome, Refusal, Seq, TransferTarget};
use reqwest::Method;
use serde_json::json;

/// The other workspace with an administrator of the same login and password.
async fn other(desk: &Desk, anna: &Admin) -> Admin {
    let new = json!({
        "short": "shop", "name": "Лавка", "login": "anna", "administrator": "Анна", "password": ADMIN_PASSWORD,
    });
    let made = anna.post("workspaces", new.clone()).await.good();
    assert!(made["page"].as_str().unwrap().ends_with("/w/shop/"));
    assert_eq!(anna.post("workspaces", new).await.code(), "taken");
    desk.admin(Some("shop"), "anna", ADMIN_PASSWORD).await
}

async fn workplace(desk: &Desk, workspace: &str, login: &str) -> Workplace {
    let body = json!({ "workspace": workspace, "login": login, "password": ADMIN_PASSWORD, "device": "test" });
    let answer = http().post(desk.http("/api/v1/login")).json(&body).send().await.unwrap();
    let token = answer.json::<serde_json::Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
    desk.workplace(&token).await
}

#[tokio::test]
async fn the_same_login_in_two_workspaces_is_two_people_with_two_worlds() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let her_namesake = other(&desk, &anna).await;
    let (mut here, mut there) = (workplace(&desk, "main", "anna").await, workplace(&desk, "shop", "anna").await);
    assert_ne!(here.welcome.me.id, there.welcome.me.id);
    assert_ne!(here.welcome.stream, there.welcome.stream);
    let mut maria = desk.customer().await;
    let mut pavel = CustomerPage::connect(&desk.ws("/w/shop/widget/v1/socket"), None, None).await;
    maria.write("canary of main").await;
    pavel.write("canary of shop").await;
    let (one, two) = (here.only_dialog().await, there.only_dialog().await);
    assert_ne!(one, two);
    assert_eq!((here.state.dialogs.len(), there.state.dialogs.len()), (1, 1));
    let said = |workplace: &Workplace| format!("{:?}{:?}", workplace.state, workplace.messages);
    assert!(!said(&here).contains("canary of shop") && !said(&there).contains("canary of main"));
    assert_eq!((here.state.operators.len(), there.state.operators.len()), (1, 1));
    for (admin, dialogs) in [(&anna, 1), (&her_namesake, 1)] {
        assert_eq!(admin.get("status").await["open"], dialogs);
    }
    assert_eq!(anna.get("status").await["workspace"], "main");
    assert_eq!(her_namesake.get("status").await["workspace"], "shop");
}

/// What a workplace is answered about an id.
async fn asked(workplace: &mut Workplace, dialog: otklik_model::DialogId, operator: OperatorId) -> Vec<Outcome> {
    let ops = [
        Op::Accept { dialog, epoch: 0 },
        Op::SendText { dialog, epoch: 1, text: "x".into(), quote: None },
        Op::SendNote { dialog, text: "x".into() },
        Op::MarkRead { dialog, upto: 1 },
        Op::Close { dialog, epoch: 1 },
        Op::Transfer { dialog, epoch: 1, to: TransferTarget::Operator { id: operator, force: false } },
    ];
    let mut answers = Vec::new();
    for op in ops {
        answers.push(workplace.command_as(client_id(), op).await);
    }
    answers
}

#[tokio::test]
async fn an_id_of_another_workspace_is_an_id_that_never_was() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let her_namesake = other(&desk, &anna).await;
    let mut here = workplace(&desk, "main", "anna").await;
    let mut there = workplace(&desk, "shop", "anna").await;
    let mut maria = desk.customer().await;
    maria.write("canary of main").await;
    let (foreign, operator) = (here.only_dialog().await, here.welcome.me.id);
    let nobody = otklik_model::DialogId(uuid::Uuid::now_v7());
    let (foreign, unknown) = (asked(&mut there, foreign, operator).await, asked(&mut there, nobody, operator).await);
    assert_eq!(foreign, unknown);
    assert!(foreign.iter().all(|outcome| *outcome == Outcome::Refused { reason: Refusal::NotFound }), "{foreign:?}");
    // By name: an operator of main, asked for in the shop.
    desk.user("oleg", "operator").await;
    let paths = ["operators/{}", "centre/versions/{}", "centre/parts/departments/{}"];
    anna.put("centre/parts/departments/oleg", json!({ "value": { "names": { "ru": "Продажи" } } })).await.good();
    for path in paths {
        for method in [Method::GET, Method::DELETE] {
            let (known, never) = (path.replace("{}", "oleg"), path.replace("{}", "ogel"));
            let foreign = her_namesake.ask(method.clone(), &known, None).await;
            assert_eq!(foreign, her_namesake.ask(method, &never, None).await, "{path}");
            assert!(foreign.status >= 400);
        }
    }
    assert!(her_namesake.trail().await.iter().all(|what| what != "workspace.added"), "a trail of its own");
    assert_eq!(her_namesake.get("centre/versions").await.as_array().unwrap().len(), 1);
    for method in [Method::GET, Method::POST] {
        assert_eq!(
            her_namesake.ask(method, "workspaces", None).await.code(),
            "forbidden",
            "they do not know of each other"
        );
    }
}

#[tokio::test]
async fn a_token_a_session_and_a_cursor_are_good_where_they_were_given() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    other(&desk, &anna).await;
    let mut maria = desk.customer().await;
    maria.write("canary of main").await;
    let token = maria.shows.token.clone();
    let elsewhere = CustomerPage::connect(&desk.ws("/w/shop/widget/v1/socket"), token.clone(), None).await;
    assert!(elsewhere.shows.dialog.is_none() && elsewhere.shows.messages.is_empty());
    assert_ne!(elsewhere.shows.token, token, "there she is somebody new");
    let here = workplace(&desk, "main", "anna").await;
    let there = workplace(&desk, "shop", "anna").await;
    let body = json!({ "workspace": "shop", "login": "anna", "password": ADMIN_PASSWORD });
    let answer = http().post(desk.http("/api/v1/login")).json(&body).send().await.unwrap();
    let token = answer.json::<serde_json::Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
    let resumed = desk.connect(&token, Some(here.cursor())).await.unwrap();
    assert!(!resumed.welcome.resumed, "a cursor of another log is none");
    assert_eq!(resumed.state.operators, there.state.operators);
    let mut exchanger = desk.exchanger();
    exchanger.hello().await;
    let session = json!({ "session": exchanger.session, "wait": false, "frames": [] });
    let foreign = http().post(desk.http("/w/shop/widget/v1/exchange")).json(&session).send().await.unwrap();
    let foreign = foreign.text().await.unwrap();
    assert!(foreign.contains("\"bye\"") && foreign.contains("session"), "{foreign}");
    for path in ["/w/none/widget/v1/exchange", "/w/none/", "/w/none/widget/v1/socket"] {
        let answer = http().post(desk.http(path)).json(&session).send().await.unwrap();
        assert!(matches!(answer.status().as_u16(), 404 | 405), "{path}");
    }
}

#[tokio::test]
async fn counts_tell_of_no_workspace_and_a_restart_finds_them_all() {
    let mut desk = Desk::start().await;
    let anna = desk.administrator().await;
    other(&desk, &anna).await;
    let mut pavel = CustomerPage::connect(&desk.ws("/w/shop/widget/v1/socket"), None, None).await;
    pavel.write("canary of shop").await;
    let metrics = http().get(desk.http("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("otklik_hub_dialogs_waiting 1\n"));
    for word in ["shop", "Лавка", "anna", "canary", "main"] {
        assert!(!metrics.contains(word), "{word}");
    }
    desk.stop().await;
    desk.start_again().await;
    let mut there = workplace(&desk, "shop", "anna").await;
    there.only_dialog().await;
    assert_eq!(desk.admin(Some("shop"), "anna", ADMIN_PASSWORD).await.get("centre").await["centre"]["name"], "Лавка");
}

/// Somebody online whose hub was stopped, and an errand: nobody comes for these workspaces.
#[tokio::test]
async fn what_happens_by_itself_happens_in_every_workspace_after_a_restart() {
    let (mut desk, hands) = Desk::ruled(|_| {}).await;
    let anna = desk.administrator().await;
    other(&desk, &anna).await;
    let there = workplace(&desk, "shop", "anna").await;
    let lost = there.welcome.me.id;
    desk.stop().await;
    drop(there);
    let (store, _) = desk.books().await;
    let shop = store.open_workspace("shop").await.unwrap().id;
    let stall = store.open_workspace("stall").await.unwrap().id;
    let kind = ErrandKind::ScanFile { file: FileId(uuid::Uuid::now_v7()) };
    let errand = Errand { id: uuid::Uuid::now_v7(), kind, due_at: later(MORNING, seconds(50)), attempts: 0 };
    let done = Outcome::Done { at_seq: Seq(0), message: None };
    let commit = Commit::new(stall, MORNING, Work::Nothing, done);
    store.commit(Commit { errands: vec![errand], ..commit }).await.unwrap();
    desk.start_again().await;
    let ever = otklik_model::Stamp(i64::MAX);
    within("the errand is carried out and Анна counts as lost", async {
        loop {
            let errands = store.errands_due(stall, ever, 1).await.unwrap();
            let row = store.operator(shop, lost).await.unwrap().unwrap();
            if errands.is_empty() && (row.status, row.set_by) == (OperatorStatus::Offline, SetBy::SessionLost) {
                return;
            }
            // How long it is watched before is the hub's own affair.
            hands.forward(seconds(20));
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
}

/// A workspace of another process that has died is found while this one runs.
#[tokio::test]
async fn what_another_process_left_is_taken_up() {
    let (desk, hands) = Desk::ruled(|_| {}).await;
    let (store, _) = desk.books().await;
    let stall = store.open_workspace("stall").await.unwrap().id;
    let kind = ErrandKind::ScanFile { file: FileId(uuid::Uuid::now_v7()) };
    let errand = Errand { id: uuid::Uuid::now_v7(), kind, due_at: MORNING, attempts: 0 };
    let done = Outcome::Done { at_seq: Seq(0), message: None };
    let commit = Commit::new(stall, MORNING, Work::Nothing, done);
    store.commit(Commit { errands: vec![errand], ..commit }).await.unwrap();
    hands.forward(seconds(30));
    within("the errand is carried out", async {
        while !store.errands_due(stall, otklik_model::Stamp(i64::MAX), 1).await.unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
}
