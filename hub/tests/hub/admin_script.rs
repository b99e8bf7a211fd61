//! A routing script: tried before it goes live, listed, switched back; by addresses and by commands.

use crate::kit::{CustomerPage, Desk, Workplace};
use otklik_hub::centre::{Department, RoutingScript};
use otklik_model::Op;
use serde_json::{Value, json};

const TO_VERA: &str = "const vera = operators.find((one) => one.name === 'Вера');
if (vera && dialog.text.includes('срочно')) lead.assignDialogToOperator(vera.id); else lead.leaveInQueue();";

/// Вера at work, and a dialog of each of these words.
async fn day(desk: &Desk, words: &[&str]) -> Workplace {
    let token = desk.posted("vera", "Вера", |post| post.role = "administrator".parse().unwrap()).await;
    let mut vera = desk.workplace(&token).await;
    for (count, words) in words.iter().enumerate() {
        desk.customer().await.write(words).await;
        vera.until("the dialog", |me| me.state.dialogs.len() == count + 1).await;
    }
    vera
}

fn said(line: &Value) -> (u64, &str, &str) {
    let to = |side: &str| line[side]["to"].as_str().unwrap();
    (line["number"].as_u64().unwrap(), to("old"), to("new"))
}

#[tokio::test]
async fn a_script_is_tried_on_real_dialogs_and_nothing_happens() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let vera = day(&desk, &["Здравствуйте", "Это срочно"]).await;
    let before = vera.state.dialogs.clone();
    let task = "lead.createTask('https://crm.invalid/', { words: dialog.text });\n";
    let trial = anna.post("script/try", json!({ "source": format!("{task}{TO_VERA}") })).await.good();
    assert_eq!((&trial["tried"], &trial["differ"], &trial["fail"]), (&json!(2), &json!(2), &json!(0)), "{trial}");
    let mut lines: Vec<_> = trial["lines"].as_array().unwrap().iter().map(said).collect();
    lines.sort_unstable();
    assert_eq!(lines, [(1, "built-in", "queue"), (2, "built-in", "operator vera")]);
    assert_eq!(trial["lines"][0]["new"]["tasks"], 1);
    assert!(!trial.to_string().contains("срочно"), "what a customer wrote is not shown: {trial}");
    assert_eq!(anna.get("script").await["source"], Value::Null, "nothing is in force");
    assert_eq!(anna.get("centre").await["version"], 0);
    let (store, workspace) = desk.books().await;
    let errands = store.errands_due(workspace, otklik_model::Stamp(i64::MAX), 10).await.unwrap();
    assert!(errands.is_empty(), "no task is sent: {errands:?}");
    assert_eq!(vera.state.dialogs, before);
    assert!(anna.trail().await.contains(&"script.tried".to_owned()));
}

/// What a trial shows of a dialog is what live would have shown of it when it began: not what has become of it.
#[tokio::test]
async fn a_trial_shows_a_dialog_as_it_began() {
    let live = "if (dialog.department === 'sales') lead.assignDialogToDepartment('home'); else lead.leaveInQueue();";
    let (desk, _hands) = Desk::ruled(|centre| {
        for key in ["sales", "home"] {
            centre.departments.insert(key.parse().unwrap(), Department::default());
        }
        centre.default_department = Some("home".parse().unwrap());
        centre.script = Some(RoutingScript { source: live.to_owned(), limit_ms: 1_000 });
    })
    .await;
    let anna = desk.administrator().await;
    let token = desk.posted("vera", "Вера", |post| post.role = "administrator".parse().unwrap()).await;
    let mut vera = desk.workplace(&token).await;
    let mut pages = Vec::new();
    for (named, words) in [(None, "Хочу купить"), (Some("sales"), "Где заказ?")] {
        let mut page = CustomerPage::from_site(&desk.ws("/widget/v1/socket"), named).await;
        assert_eq!(page.write(words).await.1, None);
        pages.push(page);
        vera.until("the dialog", |me| me.state.dialogs.len() == pages.len()).await;
    }
    let department = |row: &otklik_model::Dialog| row.department.as_ref().map(ToString::to_string);
    assert!(vera.state.dialogs.values().all(|row| department(row).as_deref() == Some("home")), "by the script");
    // One goes on and is closed, in the other the customer says more.
    let first = vera.state.dialogs.values().find(|row| row.number == 1).unwrap().id;
    vera.accept(first).await;
    vera.say(first, "Смотрю.").await;
    let epoch = vera.row(first).epoch;
    vera.done(Op::Close { dialog: first, epoch }).await;
    assert_eq!(pages[1].write("Ау?").await.1, None);
    let source = "const began = [dialog.department, dialog.text].join();
        if (began === 'home,Хочу купить') lead.assignDialogToDepartment('sales');
        else if (began === 'sales,Где заказ?') lead.assignDialogToOperator(operators[0].id);
        else throw new Error();";
    let trial = anna.post("script/try", json!({ "source": source, "limit_ms": 1_000 })).await.good();
    assert_eq!((&trial["tried"], &trial["fail"]), (&json!(2), &json!(0)), "{trial}");
    let mut lines: Vec<_> = trial["lines"].as_array().unwrap().iter().map(said).collect();
    lines.sort_unstable();
    let (number, old, new) = lines[1];
    assert_eq!((number, old), (2, "department home"), "as it was live");
    assert!(new.starts_with("operator "), "{new}");
    assert_eq!(lines[0], (1, "queue", "department sales"));
}

#[tokio::test]
async fn a_script_that_fails_on_the_past_is_seen_to_and_one_that_cannot_be_read_is_refused() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let _vera = day(&desk, &["Здравствуйте"]).await;
    let trial = anna.post("script/try", json!({ "source": "throw new Error(dialog.text)" })).await.good();
    assert_eq!((&trial["fail"], &trial["lines"][0]["new"]["trouble"]), (&json!(1), &json!("script.threw")));
    assert!(!trial.to_string().contains("Здравствуйте"));
    let refused = anna.post("script/try", json!({ "source": "lead.(" })).await;
    assert_eq!((refused.code(), &refused.body["problems"][0]["at"]), ("problems", &json!("script.source")));
    for dialogs in [0, 1_001] {
        let refused = anna.post("script/try", json!({ "source": "1", "dialogs": dialogs })).await;
        assert_eq!(refused.code(), "malformed", "{dialogs}");
    }
    let none = anna.post("script/try", json!({ "source": null })).await.good();
    assert_eq!((&none["tried"], &none["differ"]), (&json!(1), &json!(0)), "the built-in rule beside itself");
}

#[tokio::test]
async fn scripts_are_listed_and_any_of_them_comes_back_alone() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let sales = json!({ "value": { "names": { "ru": "Продажи" } } });
    anna.put("script", json!({ "source": "lead.leaveInQueue()", "note": "first" })).await.good();
    anna.put("centre/parts/departments/sales", sales).await.good();
    anna.put("script", json!({ "source": TO_VERA, "note": "second" })).await.good();
    let list = anna.get("script/versions").await;
    let lines: Vec<_> = list.as_array().unwrap().iter().map(|line| (&line["version"], &line["note"])).collect();
    let notes = [(&json!(3), &json!("second")), (&json!(1), &json!("first")), (&json!(0), &json!(""))];
    assert_eq!(lines, notes, "only versions that brought another script");
    assert_eq!(
        (&list[0]["login"], &list[0]["in_force"], &list[1]["in_force"]),
        (&json!("anna"), &json!(true), &json!(false))
    );
    assert_eq!(anna.get("script/versions/1").await["source"], "lead.leaveInQueue()");
    let told = anna.post("script/versions/1/switch", json!({ "dry_run": true })).await.good();
    assert_eq!(told["version"], 3);
    assert_eq!(anna.post("script/versions/1/switch", json!({})).await.good()["version"], 4);
    assert_eq!(anna.get("script").await["source"], "lead.leaveInQueue()");
    assert!(anna.get("centre/parts/departments").await["entries"]["sales"].is_object(), "the rest stays");
    anna.post("script/versions/0/switch", json!({})).await.good();
    assert_eq!(anna.get("script").await["source"], Value::Null, "as before the first one");
    assert_eq!(anna.post("script/versions/77/switch", json!({})).await.code(), "not_found");
}

#[tokio::test]
async fn the_command_line_tries_lists_and_switches_in_one_command_each() {
    let desk = Desk::start().await;
    let _anna = desk.administrator().await;
    let _vera = day(&desk, &["Здравствуйте", "Это срочно"]).await;
    let terminal = desk.terminal();
    let script = terminal.file("route.js", TO_VERA);
    let out = terminal.does(&format!("script try {script}")).await;
    assert!(out.contains("2\tbuilt-in\t-> operator vera\n"), "{out}");
    assert!(out.ends_with("of 2 dialogs 2 go elsewhere; it fails for 0. Nothing was changed.\n"), "{out}");
    terminal.does(&format!("script put {script} --note first")).await;
    assert!(terminal.does(&format!("script try {script}")).await.contains("of 2 dialogs 0 go elsewhere"));
    assert_eq!(terminal.does(&format!("script try {script} --all")).await.lines().count(), 3);
    let queue = terminal.file("queue.js", "lead.leaveInQueue()");
    terminal.does(&format!("script put {queue}")).await;
    let list = terminal.does("script list").await;
    let versions: Vec<_> = list.lines().map(|line| line.split('\t').next().unwrap()).collect();
    assert_eq!(versions, ["2", "1", "0"], "{list}");
    assert!(list.lines().next().unwrap().ends_with("\tin force"), "{list}");
    assert_eq!(terminal.does("script show 1").await, TO_VERA);
    assert!(terminal.does("script switch 1").await.ends_with("in force: version 3\n"));
    assert_eq!(terminal.does("script show").await, TO_VERA);
    assert!(terminal.does("script back").await.ends_with("in force: version 4\n"));
    assert_eq!(terminal.does("script show").await, "lead.leaveInQueue()");
    let broken = terminal.file("broken.js", "lead.(");
    for command in ["try", "put"] {
        let complaint = terminal.refused(&format!("script {command} {broken}")).await;
        assert!(complaint.contains("script.source"), "{complaint}");
    }
    assert!(terminal.refused("script switch 77").await.contains("(not_found)"));
}
