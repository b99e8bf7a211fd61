//! The program itself: it survives kill -9, and says what is wrong.
//!
//! Invariant 1.

use crate::kit::{CustomerPage, own_address, within};
use std::{path::Path, process::Stdio};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_otklik-hub");

fn config(folder: &TempDir, port: u16) -> std::path::PathBuf {
    config_on("sqlite", folder, port)
}

fn config_on(store: &str, folder: &TempDir, port: u16) -> std::path::PathBuf {
    let path = folder.path().join("hub.toml");
    let text = format!(
        "listen = \"127.0.0.1:{port}\"\ndata = \"data\"\nstore = \"{store}\"\n\
         [limits]\ncustomer_messages = {{ burst = 100000, per_second = 100000.0 }}\n\
         customer_frames = {{ burst = 100000, per_second = 100000.0 }}\n"
    );
    std::fs::write(&path, text).unwrap();
    path
}

async fn serve(config: &Path) -> (Child, String) {
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--config"])
        .arg(config)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = within("the first line", lines.next_line()).await.unwrap().unwrap();
    let address = line.strip_prefix("listening on http://").unwrap().to_owned();
    (child, address)
}

async fn run(arguments: &[&str], config: &Path, input: &str) -> (bool, String, String) {
    let mut child = Command::new(PROGRAM)
        .args(arguments)
        .arg("--config")
        .arg(config)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
    let done = within("the end", child.wait_with_output()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.success(), text(done.stdout), text(done.stderr))
}

#[tokio::test]
async fn what_was_answered_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let path = config_on(&own_address().await, &folder, 0);
    let mut token = None;
    let mut answered = Vec::new();
    for round in 0..5 {
        let (mut child, address) = serve(&path).await;
        let mut page = CustomerPage::connect(&format!("ws://{address}/widget/v1/socket"), token.clone(), None).await;
        page.until("what was answered", |page| page.messages.len() >= answered.len()).await;
        let texts: Vec<String> = page.shows.texts().iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(texts, answered, "nothing lost, nothing doubled, in order");
        token.clone_from(&page.shows.token);
        for number in 0..20 {
            let text = format!("{round}.{number}");
            assert_eq!(page.write(&text).await.1, None);
            answered.push(text);
        }
        // SIGKILL right after the last answer.
        child.kill().await.unwrap();
    }
    assert_eq!(answered.len(), 100);
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_ends_it_with_a_goodbye() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, address) = serve(&config(&folder, 0)).await;
    let mut page = CustomerPage::connect(&format!("ws://{address}/widget/v1/socket"), None, None).await;
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    page.until("goodbye", |page| page.bye.is_some()).await;
    assert_eq!(page.shows.bye.as_deref(), Some("draining"));
    drop(page);
    assert!(within("the end", child.wait()).await.unwrap().success());
}

#[tokio::test]
async fn operators_are_added_listed_and_disabled() {
    let folder = tempfile::tempdir().unwrap();
    let path = config(&folder, 0);
    let add = ["user", "add", "--login", "Ira", "--name", "Ира"];
    let (done, out, _) = run(&add, &path, "").await;
    assert!(done && out.starts_with("password: ") && out.trim().len() == "password: ".len() + 20, "{out}");
    let (done, _, complaint) = run(&add, &path, "").await;
    assert!(!done && complaint.contains("already"), "{complaint}");
    let oleg = ["user", "add", "--login", "oleg", "--name", "Олег", "--password-stdin", "--rights", "accept,note"];
    let (done, out, complaint) = run(&oleg, &path, "a long password\n").await;
    assert!(done && out.is_empty(), "{complaint}");
    let short = ["user", "set-password", "--login", "oleg", "--password-stdin"];
    let (done, _, complaint) = run(&short, &path, "short\n").await;
    assert!(!done && complaint.contains("12 to 256 characters"), "{complaint}");
    let (done, _, _) = run(&["user", "disable", "--login", "oleg"], &path, "").await;
    assert!(done);
    let wrong = ["user", "add", "--login", "x", "--name", "x", "--rights", "fly"];
    let (done, _, complaint) = run(&wrong, &path, "").await;
    assert!(!done && complaint.contains("fly is not a right"), "{complaint}");
    let (_, out, _) = run(&["user", "list"], &path, "").await;
    assert!(out.contains("ira\tИра\taccept,see_others"), "{out}");
    assert!(out.contains("oleg\tОлег (disabled)\taccept,note"), "{out}");
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let (done, _, complaint) = run(&["serve"], &config(&folder, port), "").await;
    assert!(!done && complaint.contains(&format!("127.0.0.1:{port} is in use")), "{complaint}");

    let path = folder.path().join("hub.toml");
    std::fs::write(&path, "listen = \"127.0.0.1:0\"\ndata = \"data\"\ncolour = \"red\"\n").unwrap();
    let (done, _, complaint) = run(&["serve"], &path, "").await;
    assert!(!done && complaint.contains("line 3") && complaint.contains("colour"), "{complaint}");

    let (done, _, complaint) = run(&["serve"], &folder.path().join("none.toml"), "").await;
    assert!(!done && complaint.contains("cannot be read"), "{complaint}");

    std::fs::write(folder.path().join("file"), "").unwrap();
    std::fs::write(&path, "listen = \"127.0.0.1:0\"\ndata = \"file/data\"\n").unwrap();
    let (done, _, complaint) = run(&["serve"], &path, "").await;
    assert!(!done && complaint.contains("the data folder") && complaint.contains("cannot be used"), "{complaint}");

    let path = config(&folder, 0);
    let data = folder.path().join("data");
    std::fs::write(data.join("hub.sqlite"), "scrambled ".repeat(2_000)).unwrap();
    let (done, _, complaint) = run(&["serve"], &path, "").await;
    assert!(!done && complaint.contains("cannot be opened with this key"), "{complaint}");
    assert!(std::fs::read_to_string(data.join("hub.sqlite")).unwrap().starts_with("scrambled"), "left alone");
}
