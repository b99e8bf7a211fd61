//! An administrator's day, over HTTP and on the command line.

use crate::kit::Desk;
use reqwest::Method;
use serde_json::{Value, json};

fn sales() -> Value {
    json!({ "value": { "names": { "ru": "Продажи" } }, "note": "for the spring" })
}

#[tokio::test]
async fn a_department_is_added_changed_and_removed_and_all_of_it_is_in_the_trail() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let added = anna.put("centre/parts/departments/sales", sales()).await.good();
    assert_eq!((&added["version"], &added["changes"][0]["at"]), (&json!(1), &json!("departments.sales")));
    assert_eq!(anna.get("centre/parts/departments").await["entries"]["sales"]["names"]["ru"], "Продажи");
    let again = anna.put("centre/parts/departments/sales", sales()).await.good();
    assert_eq!((&again["version"], &again["changes"]), (&json!(1), &json!([])), "nothing changes, nothing is stored");
    let told = anna.delete("centre/parts/departments/sales?dry_run=true").await.good();
    assert_eq!((&told["version"], &told["dry_run"]), (&json!(1), &json!(true)));
    assert_eq!(anna.delete("centre/parts/departments/sales").await.good()["version"], 2);
    assert_eq!(anna.delete("centre/parts/departments/sales").await.code(), "not_found");
    assert_eq!(anna.delete("centre/parts/weather/sales").await.code(), "not_found");
    let versions = anna.get("centre/versions").await;
    assert_eq!((versions.as_array().unwrap().len(), &versions[1]["note"]), (2, &json!("for the spring")));
    assert_eq!(anna.post("centre/versions/1/switch-back", json!({})).await.good()["version"], 3);
    assert_eq!(anna.get("centre/parts/departments").await["entries"]["sales"]["names"]["ru"], "Продажи");
    assert_eq!(anna.trail().await[2..], ["centre.changed", "centre.changed", "centre.changed"]);
    assert_eq!(anna.get("centre/check").await, json!([]));
}

#[tokio::test]
async fn of_two_who_change_the_same_one_is_told_what_the_other_did() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let read = anna.get("centre").await;
    anna.put("centre/parts/departments/sales", sales()).await.good();
    let mut centre = read["centre"].clone();
    centre["time_outs"]["offer_s"] = json!(90);
    let late = anna.put("centre", json!({ "version": read["version"], "centre": centre })).await;
    assert_eq!((late.status, late.code()), (409, "changed"));
    assert_eq!((&late.body["version"], &late.body["changes"][0]["at"]), (&json!(1), &json!("departments.sales")));
    centre["departments"]["sales"] = json!({ "names": { "ru": "Продажи" } });
    let done = anna.put("centre", json!({ "version": 1, "centre": centre })).await.good();
    assert_eq!(done["changes"], json!([{ "at": "time_outs.offer_s", "what": "60 becomes 90" }]));
}

#[tokio::test]
async fn a_centre_with_a_fault_is_refused_with_the_place_and_what_to_do() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let broken = json!({ "value": { "names": { "ru": "Продажи" }, "hours": "never" } });
    let refused = anna.put("centre/parts/departments/sales", broken).await;
    assert_eq!((refused.status, refused.code()), (422, "problems"));
    assert_eq!(refused.body["problems"][0]["at"], "departments.sales.hours");
    let unknown = anna.put("centre/parts/departments/sales", json!({ "value": { "colour": "red" } })).await;
    assert!(unknown.code() == "malformed" && unknown.body["what"].as_str().unwrap().contains("colour"));
    assert_eq!(anna.get("centre").await["version"], 0);
}

#[tokio::test]
async fn the_whole_centre_goes_out_as_a_file_and_comes_back() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    anna.put("centre/parts/departments/sales", sales()).await.good();
    let file = anna.export().await;
    assert_eq!(anna.import("", &file).await.good()["changes"], json!([]), "what went out is what is there");
    let changed = file.replace("offer_s = 60", "offer_s = 75")
        + "\n[operators.ira]\nname = \"Ира\"\n[operators.ira.post]\nrole = \"operator\"\ndepartments = [\"sales\"]\n";
    let told = anna.import("?dry_run=true", &changed).await.good();
    let places: Vec<_> = told["changes"].as_array().unwrap().iter().map(|change| change["at"].clone()).collect();
    assert_eq!(places, ["centre.time_outs.offer_s", "operators.ira"]);
    assert_eq!(anna.get("centre").await["version"], 1, "only told");
    let done = anna.import("?note=git", &changed).await.good();
    let password = done["passwords"]["ira"].as_str().unwrap();
    let ira = desk.admin(None, "ira", password).await;
    assert_eq!(ira.get("session").await["rights"]["accept"], "own");
    assert_eq!(anna.import("", &changed).await.good()["passwords"], json!({}), "a second time it is all there");
    let unknown = anna.import("", &changed.replace("[centre]", "[centre]\ncolour = 1")).await;
    assert!(unknown.code() == "malformed" && unknown.body["line"].is_u64(), "{unknown:?}");
    assert!(!file.contains("password"));
}

#[tokio::test]
async fn a_new_post_is_another_world_and_a_disabled_operator_is_out() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let made = anna.post("operators", json!({ "login": "Oleg", "name": "Олег" })).await.good();
    let password = made["password"].as_str().unwrap().to_owned();
    let oleg = desk.admin(None, "oleg", &password).await;
    assert_eq!(oleg.ask(Method::GET, "centre", None).await.code(), "forbidden");
    let supervisor = json!({ "post": { "role": "supervisor" } });
    let row = anna.put("operators/oleg/post", supervisor.clone()).await.good();
    assert_eq!(row["rights"]["edit_schedule"], "department");
    assert_eq!(oleg.get("centre").await["version"], 0, "the session goes on with the new rights");
    let stale = anna.put("operators/oleg/post", json!({ "version": 1, "post": { "role": "operator" } })).await;
    assert_eq!(stale.code(), "changed");
    anna.post("operators/oleg/disable", json!({})).await.good();
    assert_eq!(oleg.ask(Method::GET, "centre", None).await.code(), "sign_in");
    anna.post("operators/oleg/enable", json!({})).await.good();
    let made = anna.post("operators/oleg/password", json!({})).await.good();
    desk.admin(None, "oleg", made["password"].as_str().unwrap()).await;
    anna.delete("operators/oleg").await.good();
    assert_eq!(anna.ask(Method::GET, "operators/oleg", None).await.code(), "not_found");
    assert_eq!(anna.post("operators", json!({ "login": "oleg", "name": "Другой Олег" })).await.status, 200);
    let taken = anna.post("operators", json!({ "login": "oleg", "name": "Третий" })).await;
    assert_eq!((taken.status, taken.code()), (409, "taken"));
}

#[tokio::test]
async fn a_changed_role_changes_what_its_people_may() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    desk.user("oleg", "operator").await;
    let mut role = anna.get("centre/parts/roles").await["entries"]["operator"].clone();
    role["rights"]["see_ratings"] = json!("all");
    anna.put("centre/parts/roles/operator", json!({ "value": role })).await.good();
    assert_eq!(anna.get("operators/oleg").await["rights"]["see_ratings"], "all");
}

#[tokio::test]
async fn a_script_is_put_and_switched_back_without_anything_else() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let put = |source: &str| json!({ "source": source });
    let nothing = anna.post("script/back", json!({})).await;
    assert_eq!(nothing.code(), "not_found", "{nothing:?}");
    let [one, two] = ["({ operator: null })", "({ queue: true })"];
    anna.put("script", put(one)).await.good();
    anna.put("centre/parts/departments/sales", sales()).await.good();
    anna.put("script", put(two)).await.good();
    anna.post("script/back", json!({})).await.good();
    assert_eq!(anna.get("script").await["source"], one);
    assert!(anna.get("centre/parts/departments").await["entries"]["sales"].is_object(), "the rest stays");
}

#[tokio::test]
async fn queues_tell_how_long_somebody_waits_and_who_is_there() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    assert_eq!(anna.get("queues").await, json!([]));
    let _ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    maria.write("Здравствуйте").await;
    let queues = anna.get("queues").await;
    let queue = &queues[0];
    assert_eq!(
        (queues.as_array().unwrap().len(), &queue["length"], &queue["free"]),
        (1, &json!(1), &json!(1)),
        "{queue}"
    );
    assert!(queue["oldest_ms"].as_i64().unwrap() >= 0 && queue["department"].is_null());
    let status = anna.get("status").await;
    assert_eq!((&status["workspace"], &status["waiting"]), (&json!("main"), &json!(1)));
}

#[tokio::test]
async fn the_command_line_does_what_the_addresses_do() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let terminal = desk.terminal();
    let sales = terminal.file("sales.toml", "[names]\nru = \"Продажи\"\n");
    let broken = terminal.file("broken.toml", "hours = \"never\"\n[names]\nru = \"Продажи\"\n");
    let out = terminal.does(&format!("department put sales {sales}")).await;
    assert_eq!(out, "departments.sales\tis added\nin force: version 1\n");
    let complaint = terminal.refused(&format!("department put sales {broken}")).await;
    assert!(complaint.contains("(problems)") && complaint.contains("departments.sales.hours"), "{complaint}");
    let shown = terminal.does("department show sales").await;
    assert_eq!(serde_json::from_str::<Value>(&shown).unwrap()["names"]["ru"], "Продажи");
    let same = terminal.file("same.json", &shown);
    assert!(terminal.does(&format!("department put sales {same}")).await.starts_with("nothing changes"));
    assert!(terminal.refused("department show nothing").await.contains("(not_found)"));
    let whole = terminal.path("centre.toml");
    terminal.does(&format!("centre export --out {whole}")).await;
    let out = terminal.does(&format!("centre import {whole} --dry-run")).await;
    assert!(out.starts_with("nothing changes"), "{out}");
    assert!(terminal.does("operator add ira --name Ира").await.starts_with("ira\tpassword: "));
    assert_eq!(terminal.does("operator list").await, "anna\tanna\tadministrator\nira\tИра\toperator\n");
    let ira: Value = serde_json::from_str(&terminal.does("operator show ira").await).unwrap();
    assert_eq!((&ira["name"], &ira["rights"]["accept"]), (&json!("Ира"), &json!("own")));
    for command in [
        "department list",
        "centre versions",
        "centre check",
        "audit",
        "queues",
        "status",
        "workspace list",
        "script show",
        "script list",
        "setting list",
        "setting show survey",
    ] {
        assert!(!terminal.does(command).await.is_empty(), "{command}");
    }
    desk.customer().await.write("Забудьте обо мне").await;
    assert!(terminal.does("customer export 1").await.contains("Забудьте обо мне"));
    assert_eq!(terminal.does("customer erase 1").await, "erased\tdialogs: 1\tmessages: 1\tfiles: 0\n");
    assert!(terminal.refused("customer export 1").await.contains("(not_found)"));
    desk.customer().await.write("И меня").await;
    let (store, workspace) = desk.books().await;
    let dialog = store.open_dialogs(workspace).await.unwrap()[0].row.id;
    let deleted = terminal.does(&format!("dialog delete {dialog}")).await;
    assert_eq!(deleted, "erased\tdialogs: 1\tmessages: 1\tfiles: 0\n");
    let complaint = terminal.refused("operator remove anna").await;
    assert!(complaint.contains("(last_administrator)"), "{complaint}");
    let ended = anna.trail().await.iter().filter(|what| *what == "session.ended").count();
    assert_eq!(ended, 26, "each command signs out");
}

#[tokio::test]
async fn the_centre_s_new_name_reaches_customers_without_a_restart() {
    let mut desk = Desk::start_with(|config| config.desk = "Чай".to_owned()).await;
    let anna = desk.administrator().await;
    let mut maria = desk.customer().await;
    let ira = desk.operator("ira", "Ира", None).await;
    let mut ira = desk.workplace(&ira).await;
    assert_eq!((maria.shows.desk.as_str(), ira.welcome.desk.as_str()), ("Чай", "Чай"));
    anna.put("centre/parts/departments/sales", sales()).await.good();
    assert_eq!(anna.get("centre/settings/name").await["value"], "Чай", "a change of something else keeps it");
    let rename = json!({ "value": "Чай и глина" });
    anna.put("centre/settings/name", rename).await.good();
    maria.until("the new name", |page| page.desk == "Чай и глина").await;
    ira.until("the new name", |me| me.state.channels.values().any(|channel| channel.name == "Чай и глина")).await;
    let mut pavel = desk.exchanger();
    pavel.hello().await;
    assert_eq!(pavel.shows.desk, "Чай и глина", "and whoever comes later");
    desk.stop().await;
    desk.start_again().await;
    assert_eq!(desk.customer().await.shows.desk, "Чай и глина", "and after one");
}
