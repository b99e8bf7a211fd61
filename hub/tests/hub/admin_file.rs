//! A whole centre as one file: out, in, and out again; whole or not at all; and never a way up.
//!
//! Invariant 21.

use crate::kit::{ADMIN_PASSWORD, Admin, Desk, centres, own_address, within};
use otklik_hub::centre::exchange::{Syntax, Whole};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use std::{process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

/// Centres that go through a hub; each makes a few passwords.
const THROUGH_A_HUB: u32 = 12;

proptest! {
    #![proptest_config(Config::with_cases(200))]

    #[test]
    fn any_centre_survives_its_file((centre, people) in centres()) {
        let whole = Whole::new(&centre, people);
        for syntax in [Syntax::Toml, Syntax::Json] {
            let text = whole.write(syntax).unwrap();
            let read = Whole::read(&text, syntax).unwrap();
            prop_assert_eq!(&read, &whole);
            prop_assert_eq!(read.write(syntax).unwrap(), text);
        }
    }
}

#[tokio::test]
async fn what_is_imported_is_what_is_exported_whatever_was_there_before() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let mut runner = TestRunner::deterministic();
    for round in 0..THROUGH_A_HUB {
        let (centre, mut people) = centres().new_tree(&mut runner).unwrap().current();
        // Whoever is not in the file stays as he is, and has to fit what comes.
        for login in ["ira", "oleg", "robot"] {
            let post = otklik_hub::centre::Post { is_bot: login == "robot", ..Default::default() };
            let person = otklik_hub::centre::exchange::Person { name: login.to_owned(), disabled: false, post };
            people.entry(login.to_owned()).or_insert(person);
        }
        let file = Whole::new(&centre, people).write(Syntax::Toml).unwrap();
        let taken = anna.import("", &file).await.good();
        assert_eq!(taken["version"], round + 1, "{taken}");
        assert_eq!(anna.export().await, file, "round {round}");
        let again = anna.import("", &anna.export().await).await.good();
        assert_eq!((&again["changes"], &again["version"]), (&json!([]), &json!(round + 1)), "round {round}");
        assert_eq!(anna.get("centre/check").await, json!([]));
    }
}

/// A file with this department, everybody working in it, and a role of its own.
fn file(name: &str, people: u32) -> String {
    let mut text = format!(
        "form = 1\n[centre]\nname = \"{name}\"\n[centre.departments.{name}.names]\nru = \"{name}\"\n\
         [centre.teams.{name}.names]\nru = \"{name}\"\n[centre.roles.{name}.names]\nru = \"{name}\"\n\
         [centre.roles.{name}.rights]\naccept = \"own\"\n[centre.roles.administrator.names]\nru = \"Администратор\"\n\
         [centre.roles.administrator.rights]\n"
    );
    for right in administering() {
        text += &format!("{right} = \"all\"\n");
    }
    text += "[operators.anna]\nname = \"anna\"\n[operators.anna.post]\nrole = \"administrator\"\n";
    for number in 0..people {
        text += &format!("[operators.o{number}]\nname = \"{name} {number}\"\n[operators.o{number}.post]\n");
        text +=
            &format!("role = \"{name}\"\ndepartments = [\"{name}\"]\n[operators.o{number}.post.teams]\n{name} = 7\n");
    }
    text
}

fn administering() -> Vec<String> {
    let centre = serde_json::to_value(otklik_hub::centre::Centre::default()).unwrap();
    centre["roles"]["administrator"]["rights"].as_object().unwrap().keys().cloned().collect()
}

#[tokio::test]
async fn a_file_with_many_kinds_of_rows_is_taken_over_whole_or_not_at_all() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    anna.import("", &file("sales", 3)).await.good();
    let (before, trail) = (anna.export().await, anna.trail().await);
    let broken = file("support", 3).replace("[operators.o2]\nname = \"support 2\"", "[operators.o2]\nname = \"\"");
    let stray = file("support", 3) + "[operators.vera]\nname = \"Вера\"\n[operators.vera.post]\nrole = \"nobody\"\n";
    for (file, code) in [(broken, "malformed"), (stray, "problems")] {
        let refused = anna.import("", &file).await;
        assert_eq!(refused.code(), code, "{refused:?}");
        assert_eq!(anna.export().await, before);
    }
    assert_eq!(anna.import("?version=7", &file("support", 3)).await.code(), "changed");
    assert_eq!(anna.get("centre").await["version"], 1);
    let taken = anna.import("", &file("support", 3)).await.good();
    assert_eq!((&taken["version"], &taken["passwords"]), (&json!(2), &json!({})));
    let o1 = anna.get("operators/o1").await;
    assert_eq!((&o1["post"]["departments"], &o1["rights"]), (&json!(["support"]), &json!({ "accept": "own" })));
    let written = anna.trail().await.split_off(trail.len());
    let wanted = ["centre.exported", "centre.exported", "centre.imported"];
    assert_eq!(written, wanted, "what was refused leaves no line, and one act leaves one");
    let line = anna.get("audit?subject=o1&limit=1").await[0].clone();
    assert_eq!(
        (&line["what"], &line["login"], &line["subject"]),
        (&json!("centre.imported"), &json!("anna"), &json!("file"))
    );
    assert_eq!(line["detail"]["whom"], json!(["o0", "o1", "o2"]));
    let changes = line["detail"]["changes"].as_array().unwrap();
    let moved = changes.iter().filter_map(|change| change.as_str()).find(|change| change.starts_with("operators.o1."));
    assert!(moved.is_some_and(|moved| moved.contains("sales") && moved.contains("support")), "{changes:?}");
}

#[tokio::test]
async fn of_two_files_at_once_one_is_taken_over_and_the_other_told() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    anna.import("", &file("sales", 2)).await.good();
    let (north, south) = (file("north", 2), file("south", 2));
    let (one, other) = tokio::join!(anna.import("?version=1", &north), anna.import("?version=1", &south));
    let mut codes = [one.code(), other.code()];
    codes.sort_unstable();
    assert_eq!(codes, ["", "changed"]);
    let exported = anna.export().await;
    let winner = if one.code().is_empty() { "north" } else { "south" };
    assert_eq!(exported.matches(&format!("departments = [\"{winner}\"]")).count(), 2, "all of it is of one");
}

/// The real program; it dies with the test.
async fn serve(config: &std::path::Path) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_otklik-hub"))
        .args(["serve", "--config"])
        .arg(config)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = within("the first line", lines.next_line()).await.unwrap().unwrap();
    (child, line.strip_prefix("listening on ").unwrap().to_owned())
}

#[tokio::test]
async fn a_hub_that_is_killed_in_the_middle_has_the_old_centre_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("hub.toml");
    let store = own_address().await;
    std::fs::write(&config, format!("listen = \"127.0.0.1:0\"\ndata = \"data\"\nstore = \"{store}\"\n")).unwrap();
    let password = folder.path().join("password");
    std::fs::write(&password, ADMIN_PASSWORD).unwrap();
    let added = Command::new(env!("CARGO_BIN_EXE_otklik-hub"))
        .args(["user", "add", "--login", "anna", "--name", "anna", "--role", "administrator", "--password-stdin"])
        .arg("--config")
        .arg(&config)
        .stdin(std::fs::File::open(&password).unwrap())
        .status();
    assert!(within("the first administrator", added).await.unwrap().success());
    let (files, mut wholes) = ([file("sales", 6), file("support", 6)], Vec::new());
    let (mut child, hub) = serve(&config).await;
    let anna = Admin::at(&hub, "anna", ADMIN_PASSWORD).await;
    for file in &files {
        anna.import("", file).await.good();
        wholes.push(anna.export().await);
    }
    child.kill().await.unwrap();
    let mut now = 1;
    for round in 0..8 {
        let (mut child, hub) = serve(&config).await;
        let anna = Admin::at(&hub, "anna", ADMIN_PASSWORD).await;
        let next = 1 - now;
        // Killed somewhere between the first byte and the answer.
        let moment = tokio::time::sleep(Duration::from_millis(round * 4));
        tokio::select! {
            () = moment => {}
            answer = anna.try_import(&files[next]) => drop(answer),
        }
        child.kill().await.unwrap();
        let (mut child, hub) = serve(&config).await;
        let anna = Admin::at(&hub, "anna", ADMIN_PASSWORD).await;
        let whole = anna.export().await;
        now = wholes.iter().position(|known| *known == whole).unwrap_or_else(|| panic!("neither: {whole}"));
        let operators = anna.get("operators").await;
        let role = ["sales", "support"][now];
        for row in operators.as_array().unwrap().iter().filter(|row| row["login"] != "anna") {
            assert_eq!((&row["post"]["role"], &row["rights"]), (&json!(role), &json!({ "accept": "own" })));
        }
        assert_eq!(anna.get("centre/check").await, json!([]));
        child.kill().await.unwrap();
    }
}

/// What somebody may who changes settings and operators, and nothing else.
fn helper() -> Value {
    let rights = json!({ "edit_operators": "all", "edit_settings": "all" });
    json!({ "value": { "names": { "ru": "Помощник" }, "rights": rights } })
}

#[tokio::test]
async fn s_h13_a_file_gives_nobody_what_its_importer_has_not_and_keeps_an_administrator() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    anna.put("centre/parts/roles/helper", helper()).await.good();
    desk.user("oleg", "helper").await;
    desk.user("vera", "helper").await;
    let oleg = desk.admin(None, "oleg", ADMIN_PASSWORD).await;
    let file = oleg.export().await;
    let person = |login: &str| format!("[operators.{login}]\nname = \"{login}\"\n");
    let flag = |login: &str, on: bool| format!("{}disabled = {on}\n", person(login));
    let disabled = |login: &str| file.replace(&flag(login, false), &flag(login, true));
    let of_anna = file.split("[operators.anna.post]").nth(1).unwrap().split("[operators").next().unwrap();
    let demoted = file.replace(of_anna, &of_anna.replace("role = \"administrator\"", "role = \"operator\""));
    let renamed = file.replace("name = \"anna\"", "name = \"Не Анна\"");
    for (what, changed) in [
        ("disables who may do more", disabled("anna")),
        ("demotes who may do more", demoted),
        ("renames who may do more", renamed),
        (
            "makes an administrator",
            file.clone() + "[operators.x]\nname = \"x\"\n[operators.x.post]\nrole = \"administrator\"\n",
        ),
        ("lifts a colleague", file.replace("role = \"helper\"", "role = \"administrator\"")),
        (
            "gives his own role more",
            file.replace("[centre.roles.helper.rights]", "[centre.roles.helper.rights]\nsee_audit = \"all\""),
        ),
        (
            "gives rights by hand",
            file.clone() + "[operators.y]\nname = \"y\"\n[operators.y.post]\nrole = \"by-hand\"\n",
        ),
    ] {
        assert_ne!(changed, file, "{what}");
        let refused = oleg.import("", &changed).await;
        assert_eq!(refused.code(), "beyond_yours", "{what}: {refused:?}");
        assert_eq!(oleg.export().await, file, "{what}");
    }
    // Whom he may change he changes.
    oleg.import("", &disabled("vera")).await.good();
    assert_eq!(anna.get("operators/vera").await["disabled"], true);
    // An account that was given up does not come back.
    let gone = anna.get("operators/vera").await["id"].as_str().unwrap().to_owned();
    anna.delete("operators/vera").await.good();
    let revived =
        format!("[operators.\"~{gone}\"]\nname = \"vera\"\n[operators.\"~{gone}\".post]\nrole = \"operator\"\n");
    assert_eq!(anna.import("", &(anna.export().await + &revived)).await.code(), "malformed");
    // The last administrators stay, whoever asks.
    anna.delete("operators/oleg").await.good();
    let alone = anna.export().await;
    let out = alone.replace(&flag("anna", false), &flag("anna", true));
    assert_ne!(out, alone);
    assert_eq!(anna.import("", &out).await.code(), "last_administrator");
    let less = alone.replace("role = \"administrator\"", "role = \"operator\"");
    assert_eq!(anna.import("", &less).await.code(), "last_administrator");
    let successor = less + "[operators.zoya]\nname = \"Зоя\"\n[operators.zoya.post]\nrole = \"administrator\"\n";
    let taken = anna.import("", &successor).await.good();
    let zoya = desk.admin(None, "zoya", taken["passwords"]["zoya"].as_str().unwrap()).await;
    assert_eq!(zoya.get("operators/anna").await["post"]["role"], "operator", "a successor in the same file will do");
}

#[tokio::test]
async fn whoever_is_disabled_by_a_file_is_out_at_once() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    desk.user("vera", "administrator").await;
    let vera = desk.admin(None, "vera", ADMIN_PASSWORD).await;
    let file = anna.export().await;
    let out = file.replace(
        "[operators.vera]\nname = \"vera\"\ndisabled = false",
        "[operators.vera]\nname = \"vera\"\ndisabled = true",
    );
    assert_ne!(out, file);
    anna.import("", &out).await.good();
    assert_eq!(vera.ask(reqwest::Method::GET, "session", None).await.code(), "sign_in");
}
