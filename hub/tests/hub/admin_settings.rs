//! Settings one by one, statuses of others, the trail by its filters.

use crate::kit::{ADMIN_PASSWORD, Desk};
use otklik_model::OperatorStatus;
use serde_json::{Value, json};

#[tokio::test]
async fn every_setting_of_the_document_can_be_listed_shown_and_set() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let all = anna.get("centre/settings").await;
    let names: Vec<_> = all["settings"].as_object().unwrap().keys().cloned().collect();
    for wanted in ["category_required", "distribution", "files", "survey", "time_outs", "visible", "words"] {
        assert!(names.iter().any(|name| name == wanted), "{wanted} in {names:?}");
    }
    for name in &names {
        let shown = anna.get(&format!("centre/settings/{name}")).await;
        assert_eq!(shown["value"], all["settings"][name], "{name}");
        let same = anna.put(&format!("centre/settings/{name}"), json!({ "value": shown["value"] })).await;
        // What is not there is put back to nothing, which it is.
        let nothing = shown["value"].is_null();
        assert!(same.status == 200 && same.body["changes"] == json!([]) || nothing, "{name}: {same:?}");
    }
    let set = anna.put("centre/settings/time_outs.offer_s", json!({ "value": 75, "note": "calm" })).await.good();
    assert_eq!(set["changes"], json!([{ "at": "time_outs.offer_s", "what": "60 becomes 75" }]));
    let dry = anna.put("centre/settings/survey", json!({ "value": { "stars": true }, "dry_run": true })).await.good();
    assert_eq!((&dry["version"], &dry["dry_run"]), (&json!(1), &json!(true)));
    for (name, value, code) in [
        ("time_outs.offer_s", json!("soon"), "malformed"),
        ("time_outs.offer_s", json!(99_999_999), "problems"),
        ("time_outs.colour", json!(1), "malformed"),
        ("login_status", json!({ "this": "nothing" }), "problems"),
        ("roles", json!({}), "not_found"),
        ("weather", json!(1), "malformed"),
    ] {
        let refused = anna.put(&format!("centre/settings/{name}"), json!({ "value": value })).await;
        assert_eq!(refused.code(), code, "{name}: {refused:?}");
    }
    let late = anna.put("centre/settings/mask_cards", json!({ "version": 0, "value": true })).await;
    assert_eq!(late.code(), "changed");
    anna.put("centre/settings/time_outs.offer_s", json!({ "value": null })).await.good();
    assert_eq!(anna.get("centre/settings/time_outs.offer_s").await["value"], 60, "as a new centre begins");
}

#[tokio::test]
async fn the_command_line_sets_numbers_words_and_whole_files() {
    let desk = Desk::start().await;
    let _anna = desk.administrator().await;
    let terminal = desk.terminal();
    assert_eq!(
        terminal.does("setting set time_outs.offer_s 75").await,
        "time_outs.offer_s\t60 becomes 75\nin force: version 1\n"
    );
    terminal.does("setting set mask_cards true").await;
    terminal.does("setting set distribution.sharing least_loaded").await;
    terminal.does("setting set name Лавка").await;
    let words = "[all.new_open]\nru = \"Здравствуйте, {customer|друг}!\"\n";
    terminal.does(&format!("setting set words --file {}", terminal.file("words.toml", words))).await;
    let shown: Value = serde_json::from_str(&terminal.does("setting show words").await).unwrap();
    assert_eq!(shown["all"]["new_open"]["ru"], "Здравствуйте, {customer|друг}!");
    assert_eq!(terminal.does("setting show distribution.sharing").await, "\"least_loaded\"\n");
    let list = terminal.does("setting list").await;
    assert!(list.contains("mask_cards\ttrue\n") && list.contains("name\t\"Лавка\"\n"), "{list}");
    let complaint = terminal.refused("setting set distribution.sharing fastest").await;
    assert!(complaint.contains("(malformed)") && complaint.contains("distribution.sharing"), "{complaint}");
    assert!(terminal.refused("setting show weather").await.contains("(not_found)"));
}

#[tokio::test]
async fn the_outside_router_is_set_shown_without_its_secret_and_taken_out() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let terminal = desk.terminal();
    assert_eq!(terminal.does("setting show router").await, "null\n");
    let router = |address: &str, secret: &str| {
        let text = format!("address = \"{address}\"\n{secret}\nanswer_ms = 2000\n");
        format!("setting set router --file {}", terminal.file("router.toml", &text))
    };
    let (here, secret) = ("https://crm.example.org/route", "secret = \"a secret of the router's\"");
    terminal.does(&router(here, secret)).await;
    let shown = anna.get("centre/settings/router").await["value"].clone();
    let whole = json!({ "address": here, "secret": "", "answer_ms": 2000, "retries": 1, "everywhere": false });
    assert_eq!(shown, whole);
    let kept = async || {
        let (store, workspace) = desk.books().await;
        store.centre(workspace).await.unwrap().centre.router.map(|router| router.secret)
    };
    terminal.does(&router(here, "retries = 3")).await;
    assert_eq!(kept().await.as_deref(), Some("a secret of the router's"), "a file without it keeps it");
    for (address, with, at) in [
        ("https://thief.example.org/", "", "router.secret"),
        ("http://crm.example.org/route", secret, "router.address"),
        ("https://anna:pass@crm.example.org/", secret, "router.address"),
        (here, "secret = \"short\"", "router.secret"),
        (here, "retries = 11", "router.retries"),
    ] {
        let complaint = terminal.refused(&router(address, with)).await;
        assert!(complaint.contains("(problems)") && complaint.contains(at), "{address} {with}: {complaint}");
    }
    terminal.does("setting set router null").await;
    assert_eq!(kept().await, None);
}

#[tokio::test]
async fn an_administrator_gives_another_status_and_sees_who_set_which() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let token = desk.posted("vera", "Вера", |_| {}).await;
    let mut vera = desk.workplace(&token).await;
    anna.put("operators/vera/status", json!({ "status": "lunch" })).await.good();
    vera.until_status("Вера", OperatorStatus::Break).await;
    for (path, status, code) in [
        ("operators/vera/status", "weather", "not_found"),
        ("operators/nobody/status", "lunch", "not_found"),
        ("operators/vera/status", "Не ключ", "not_found"),
    ] {
        assert_eq!(anna.put(path, json!({ "status": status })).await.code(), code, "{path} {status}");
    }
    desk.user("boris", "team-lead").await;
    let boris = desk.admin(None, "boris", ADMIN_PASSWORD).await;
    assert_eq!(boris.put("operators/vera/status", json!({ "status": "online" })).await.code(), "forbidden");
    let statuses = anna.get("operators/vera/statuses").await;
    let last = statuses.as_array().unwrap().last().unwrap();
    assert_eq!((&last["status"], &last["kind"]), (&json!("lunch"), &json!("break")));
    assert_eq!((&last["set_by"], &last["login"]), (&json!("operator"), &json!("anna")));
    let terminal = desk.terminal();
    assert_eq!(terminal.does("operator status vera online").await, "done\n");
    vera.until_status("Вера", OperatorStatus::Online).await;
    let out = terminal.does("operator statuses vera --since 2020-01-01T00:00:00Z").await;
    assert!(out.ends_with("\tonline\toperator\tanna\n"), "{out}");
    assert!(anna.trail().await.iter().filter(|what| *what == "operator.status").count() == 2);
}

#[tokio::test]
async fn the_trail_is_read_by_who_what_whom_and_when() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    desk.user("boris", "administrator").await;
    let boris = desk.admin(None, "boris", ADMIN_PASSWORD).await;
    anna.put("centre/settings/mask_cards", json!({ "value": false })).await.good();
    boris.put("centre/settings/close_at_once", json!({ "value": true })).await.good();
    anna.post("operators", json!({ "login": "vera", "name": "Вера" })).await.good();
    anna.post("operators/vera/disable", json!({})).await.good();
    let read = async |query: &str| -> Vec<String> {
        let lines = anna.get(&format!("audit?{query}")).await;
        lines.as_array().unwrap().iter().map(|line| line["what"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(read("what=centre").await, ["centre.changed", "centre.changed"]);
    assert_eq!(read("what=centre.changed&login=boris").await, ["centre.changed"]);
    assert_eq!(read("what=cent").await, Vec::<String>::new(), "whole words");
    assert_eq!(read("subject=vera").await, ["operator.disabled", "operator.added"]);
    assert_eq!(read("subject=vera&limit=1").await, ["operator.disabled"]);
    assert_eq!(read("login=boris&what=session").await, ["session.begun"]);
    let first = anna.get("audit?subject=vera&what=operator.added").await[0].clone();
    let (number, at) = (first["number"].as_u64().unwrap(), first["at"].as_i64().unwrap());
    let earlier = read(&format!("before={number}&what=operator")).await;
    assert_eq!(earlier, ["operator.added", "operator.added"], "on the hub's own machine");
    assert_eq!(read(&format!("until={at}&subject=vera")).await, Vec::<String>::new());
    assert_eq!(read(&format!("since={at}&subject=vera")).await.len(), 2);
    // Before and after, in short; of the hub's own command line nobody's name.
    let post = json!({ "post": { "role": "supervisor" }, "name": "Вера П." });
    anna.post("operators/vera/enable", json!({})).await;
    anna.put("operators/vera/post", post).await.good();
    anna.put("operators/vera/status", json!({ "status": "lunch" })).await;
    let changes = async |query: &str| anna.get(&format!("audit?{query}&limit=1")).await[0]["detail"]["changes"].clone();
    let posted = json!(["name: \"Вера\" becomes \"Вера П.\"", "post.role: \"operator\" becomes \"supervisor\""]);
    assert_eq!(changes("what=operator.posted").await, posted);
    assert_eq!(changes("what=operator.status").await, json!(["status: \"offline\" becomes \"lunch\""]));
    assert_eq!(changes("what=operator.disabled").await, json!(["disabled: false becomes true"]));
    assert_eq!(changes("what=centre.changed&login=anna").await, json!(["mask_cards: true becomes false"]));
    desk.users().await.set_password("boris", None).await.unwrap();
    let line = anna.get("audit?what=operator.password&limit=1").await[0].clone();
    assert_eq!((&line["login"], &line["subject"]), (&json!(null), &json!("boris")));
    let unknown = anna.ask(reqwest::Method::GET, "audit?login=nobody", None).await;
    assert_eq!(unknown.code(), "not_found");
    let out = desk.terminal().does("audit --what centre --by boris").await;
    assert_eq!(out.lines().count(), 1, "{out}");
}

#[tokio::test]
async fn every_list_of_the_document_is_listed_shown_put_and_removed() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let robot = json!({ "login": "robot", "name": "Робот", "post": { "role": "operator", "is_bot": true } });
    anna.post("operators", robot).await.good();
    let terminal = desk.terminal();
    let names = "[names]\nru = \"Имя\"\n";
    for (command, key, toml) in [
        ("department", "sales", names),
        ("team", "north", names),
        ("role", "helper", "[names]\nru = \"Имя\"\n[rights]\naccept = \"own\"\n"),
        ("category", "returns", names),
        ("template", "hello", "command = \"hi\"\n[texts]\nru = \"Здравствуйте\"\n"),
        ("hours", "office", "zone = \"Europe/Moscow\"\n[week]\nmonday = [{ from = \"09:00\", to = \"18:00\" }]\n"),
        ("bot", "robot", "[kind]\nkind = \"keyword\"\n[[kind.groups]]\nwords = [\"цена\"]\nanswers = [\"Сто.\"]\n"),
        ("statuses", "tea", "kind = \"break\"\nmanual_take = false\n[names]\nru = \"Чай\"\n"),
    ] {
        let file = terminal.file("entry.toml", toml);
        let out = terminal.does(&format!("{command} put {key} {file} --note why")).await;
        assert!(out.contains("is added") && out.contains("in force: version"), "{command}: {out}");
        let shown = terminal.does(&format!("{command} show {key}")).await;
        let back = terminal.file("entry.json", &shown);
        let same = terminal.does(&format!("{command} put {key} {back}")).await;
        assert!(same.starts_with("nothing changes"), "{command}: what is shown can be put: {same}");
        let list = terminal.does(&format!("{command} list")).await;
        assert!(list.lines().any(|line| line.starts_with(&format!("{key}\t"))), "{command}: {list}");
        let broken = terminal.file("broken.toml", &format!("colour = \"red\"\n{toml}"));
        let complaint = terminal.refused(&format!("{command} put {key} {broken}")).await;
        assert!(complaint.contains("(malformed)") && complaint.contains("colour"), "{command}: {complaint}");
        terminal.does(&format!("{command} remove {key}")).await;
        assert!(terminal.refused(&format!("{command} show {key}")).await.contains("(not_found)"), "{command}");
    }
    assert_eq!(anna.get("centre/check").await, json!([]));
}
