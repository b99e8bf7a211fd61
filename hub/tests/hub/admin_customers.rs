//! Who may not write, and whose dialogs only some may see: by addresses and by commands.

use crate::kit::{ADMIN_PASSWORD, Desk, MORNING, seconds};
use otklik_model::DialogState;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_customer_with_a_dialog_is_blocked_listed_and_freed() {
    let (desk, hands) = Desk::ruled(|_| {}).await;
    let anna = desk.administrator().await;
    let token = desk.posted("vera", "Вера", |post| post.role = "administrator".parse().unwrap()).await;
    let mut vera = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    maria.write("!!!").await;
    let dialog = vera.only_dialog().await;
    let number = vera.row(dialog).customer.number;
    let until = MORNING.0 + 3_600_000;
    let path = format!("customers/{number}/block");
    let blocked = anna.put(&path, json!({ "until": until, "reason": "брань" })).await.good();
    assert_eq!((&blocked["block"]["login"], &blocked["block"]["until"]), (&json!("anna"), &json!(until)));
    vera.until_row("closed", dialog, |row| row.state == DialogState::Closed).await;
    maria.until("told", |page| page.blocked).await;
    assert_eq!(maria.write("!!!").await.1.as_deref(), Some("blocked"));
    let list = anna.get("blocks").await;
    assert_eq!(list, json!([blocked]));
    assert_eq!(list[0]["block"]["reason"], "брань");
    assert_eq!(anna.get(&format!("blocks?after={number}")).await, json!([]));
    assert_eq!(anna.get(&format!("customers/{}", blocked["id"].as_str().unwrap())).await, blocked, "by id too");
    anna.delete(&path).await.good();
    maria.until("freed", |page| !page.blocked).await;
    assert_eq!(maria.write("Извините").await.1, None);
    assert_eq!(anna.get("blocks").await, json!([]));
    assert_eq!(anna.delete(&path).await.code(), "not_found", "there is no block to lift");
    let trail = anna.get("audit?what=customer").await;
    let what: Vec<_> = trail.as_array().unwrap().iter().map(|line| (&line["what"], &line["subject"])).collect();
    let (unblocked, blocked_line, id) = (json!("customer.unblocked"), json!("customer.blocked"), &blocked["id"]);
    assert_eq!(what, [(&unblocked, id), (&blocked_line, id)], "one line for each, and none for what was refused");
    // A block whose term is over is none.
    anna.put(&path, json!({ "until": until, "reason": "брань" })).await.good();
    hands.forward(seconds(3_601));
    // After half an hour of nothing she has to sign in again.
    let anna = desk.admin(None, "anna", ADMIN_PASSWORD).await;
    assert_eq!(anna.get("blocks").await, json!([]));
}

#[tokio::test]
async fn a_customer_without_a_dialog_can_be_blocked_by_whoever_may_block_everybody() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let boss = json!({ "value": { "names": { "ru": "Старший" }, "rights": { "block": "team", "unblock": "all" } } });
    anna.put("centre/parts/roles/boss", boss).await.good();
    desk.user("boris", "boss").await;
    let boris = desk.admin(None, "boris", ADMIN_PASSWORD).await;
    let mut maria = desk.customer().await;
    let number = 1;
    let path = format!("customers/{number}/block");
    assert_eq!(boris.put(&path, json!({ "reason": "брань" })).await.code(), "forbidden");
    for (body, code) in [
        (json!({ "reason": " " }), "malformed"),
        (json!({ "reason": "x".repeat(201) }), "malformed"),
        (json!({ "reason": "брань", "until": 1 }), "malformed"),
        (json!({ "reason": "брань", "colour": 1 }), "malformed"),
        (json!({}), "malformed"),
    ] {
        assert_eq!(anna.put(&path, body.clone()).await.code(), code, "{body}");
    }
    for nobody in ["77", "nobody", "0198f5a0-0000-7000-8000-000000000001"] {
        let path = format!("customers/{nobody}/block");
        assert_eq!(anna.put(&path, json!({ "reason": "брань" })).await.code(), "not_found", "{nobody}");
    }
    anna.put(&path, json!({ "reason": "брань" })).await.good();
    maria.until("told", |page| page.blocked).await;
    assert_eq!(boris.get("blocks").await.as_array().unwrap().len(), 1);
    boris.delete(&path).await.good();
    maria.until("freed", |page| !page.blocked).await;
}

#[tokio::test]
async fn a_restricted_customer_goes_out_of_sight_and_comes_back() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let token = desk.posted("vera", "Вера", |_| {}).await;
    let mut vera = desk.workplace(&token).await;
    desk.user("boris", "supervisor").await;
    let boris = desk.admin(None, "boris", ADMIN_PASSWORD).await;
    let mut maria = desk.customer().await;
    maria.write("Здравствуйте").await;
    let dialog = vera.only_dialog().await;
    let number = vera.row(dialog).customer.number;
    assert_eq!(boris.get(&format!("customers/{number}")).await["restricted"], false);
    let path = format!("customers/{number}/restricted");
    let refused = boris.put(&path, json!({ "restricted": true })).await;
    assert_eq!(refused.code(), "forbidden");
    anna.put(&path, json!({ "restricted": true })).await.good();
    vera.until("out of sight", |me| me.state.dialogs.is_empty()).await;
    let hidden = boris.ask(Method::GET, &format!("customers/{number}"), None).await;
    assert_eq!(hidden.code(), "not_found", "as one who never was");
    anna.put(&path, json!({ "restricted": false })).await.good();
    vera.until("in sight", |me| me.state.dialogs.len() == 1).await;
    // What is over as well, for whoever sees what others did.
    let token = desk.posted("oleg", "Олег", |post| post.role = "supervisor".parse().unwrap()).await;
    let mut oleg = desk.workplace(&token).await;
    let dialog = oleg.only_dialog().await;
    anna.put(&format!("customers/{number}/block"), json!({ "reason": "спам" })).await.good();
    oleg.until_row("closed", dialog, |row| row.state.is_final()).await;
    anna.put(&path, json!({ "restricted": true })).await.good();
    oleg.until("out of sight", |me| me.state.dialogs.is_empty()).await;
    anna.put(&path, json!({ "restricted": false })).await.good();
    oleg.until_row("in sight", dialog, |row| row.state.is_final()).await;
    assert!(anna.trail().await.contains(&"customer.restricted".to_owned()));
}

#[tokio::test]
async fn the_command_line_blocks_lists_lifts_and_restricts() {
    let desk = Desk::start().await;
    let _anna = desk.administrator().await;
    let (mut maria, _pavel) = (desk.customer().await, desk.customer().await);
    let terminal = desk.terminal();
    assert_eq!(terminal.does("block list").await, "");
    terminal.does("block add 1 --reason спам --hours 2").await;
    terminal.does("block add 2 --reason брань").await;
    maria.until("told", |page| page.blocked).await;
    let list = terminal.does("block list").await;
    let rows: Vec<Vec<&str>> = list.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!((rows.len(), rows[0][0], rows[0][4], rows[0][5]), (2, "1", "anna", "спам"), "{list}");
    assert!(rows[0][3].starts_with("20") && rows[1][3] == "for ever", "{list}");
    assert_eq!(terminal.does("block lift 1").await, "done\n");
    maria.until("freed", |page| !page.blocked).await;
    assert!(terminal.refused("block lift 1").await.contains("(not_found)"));
    let past = terminal.refused("block add 1 --reason x --until 2020-01-01T00:00:00Z").await;
    assert!(past.contains("until: it is past"), "{past}");
    let shown: Value = serde_json::from_str(&terminal.does("customer restrict 2").await).unwrap();
    assert_eq!((&shown["restricted"], &shown["block"]["reason"]), (&json!(true), &json!("брань")));
    terminal.does("customer unrestrict 2").await;
    let shown: Value = serde_json::from_str(&terminal.does("customer show 2").await).unwrap();
    assert_eq!(shown["restricted"], false);
    assert!(terminal.does("audit --what customer --by anna").await.lines().count() == 5);
}
