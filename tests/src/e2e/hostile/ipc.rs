//! S-C3: what a script that got into the page could ask of the machine. Everything that is not one of the page's own
//! calls is refused, and those refuse what makes no sense; the log says so, and no file comes or goes.

use super::Scene;
use crate::e2e::patience::{START, until};
use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Asks everything at once and leaves the answers on the page.
const ASK: &str = r#"
const calls = arguments[0];
window.__answers = calls.map(() => null);
const said = (thrown) => (typeof thrown === "string" ? thrown : JSON.stringify(thrown) ?? String(thrown));
calls.forEach(([name, args], i) => {
  let asked;
  try {
    asked = window.__TAURI_INTERNALS__.invoke(name, args);
  } catch (thrown) {
    asked = Promise.reject(thrown);
  }
  asked.then(
    (value) => (window.__answers[i] = { ok: true, said: said(value) }),
    (thrown) => (window.__answers[i] = { ok: false, said: said(thrown) }),
  );
});
return true;
"#;

/// Asks below the bridge: the same addresses, without the key that only the page's own scripts were given.
const ASK_BELOW: &str = r#"
window.__below = [];
const addresses = ["ipc://localhost/quit", "ipc://localhost/command", "http://ipc.localhost/quit", "tauri://localhost/../../etc/passwd"];
const headers = [{}, { "Tauri-Invoke-Key": "guess", "Tauri-Callback": "1", "Tauri-Error": "2" }];
for (const address of addresses) {
  for (const head of headers) {
    fetch(address, { method: "POST", headers: head, body: "{}" }).then(
      async (answer) => window.__below.push({ ok: answer.ok, said: (await answer.text()).slice(0, 300) }),
      (thrown) => window.__below.push({ ok: false, said: String(thrown) }),
    );
  }
}
return addresses.length * headers.length;
"#;

/// What came of one call.
#[derive(Clone, Debug, Deserialize)]
struct Answer {
    ok: bool,
    said: String,
}

impl Scene {
    /// Two hundred calls that no page of ours makes.
    pub(super) async fn ipc_refuses(&self) -> Result<()> {
        let calls = calls();
        ensure!(calls.len() >= 200, "only {} calls", calls.len());
        let files = self.files_around()?;
        let noted = self.noted()?;
        let answers = self.asked(&calls).await?;
        let wrong: Vec<String> = calls
            .iter()
            .zip(&answers)
            .filter(|(_, answer)| answer.ok || !is_typed(&answer.said))
            .map(|(call, answer)| format!("{call:.100} → {answer:?}"))
            .collect();
        ensure!(wrong.is_empty(), "carried out, or refused in no known way: {wrong:#?}");
        self.page()?.ask::<u32>(ASK_BELOW, Vec::new()).await?;
        let below: Vec<Answer> = until("all calls below the bridge are answered", START, || async {
            let answers: Vec<Answer> = self.page()?.ask("return window.__below", Vec::new()).await?;
            Ok((answers.len() == 8).then_some(answers))
        })
        .await?;
        for answer in below {
            ensure!(!answer.ok && !answer.said.contains("root:"), "an unsigned call was carried out: {}", answer.said);
        }
        ensure!(self.ira.app()?.is_running(), "the app is gone");
        let now = self.files_around()?;
        ensure!(now == files, "files came or went: {:?}", now.symmetric_difference(&files).collect::<Vec<_>>());
        // Its own calls are read by the app; plugins and unsigned calls are refused before they reach it.
        let own = malformed().len() + UNKNOWN.len();
        let noted = self.noted()? - noted;
        ensure!(noted >= own / 2, "{noted} refusals are written down, of {own}");
        Ok(())
    }

    /// The files that are there, below the folder of this run and beside whoever runs it; not those of the web view
    /// itself, which keeps its own.
    fn files_around(&self) -> Result<BTreeSet<PathBuf>> {
        let mut found = BTreeSet::new();
        below(&self.out, usize::MAX, &mut found)?;
        if let Some(home) = std::env::var_os("HOME") {
            below(Path::new(&home), 1, &mut found)?;
        }
        Ok(found)
    }

    /// How many refusals the app's log holds.
    fn noted(&self) -> Result<usize> {
        let log = fs::read_to_string(self.out.join("ira-app.log"))?;
        Ok(log.lines().filter(|line| line.contains("refused: a call")).count())
    }

    async fn asked(&self, calls: &[Value]) -> Result<Vec<Answer>> {
        self.page()?.ask::<bool>(ASK, vec![json!(calls)]).await?;
        until("all calls are answered", START, || async {
            let answers: Vec<Option<Answer>> = self.page()?.ask("return window.__answers", Vec::new()).await?;
            let missing = answers.iter().position(Option::is_none);
            ensure!(missing.is_none(), "no answer to {}", calls[missing.unwrap_or_default()]);
            Ok(answers.into_iter().collect::<Option<Vec<_>>>())
        })
        .await
    }
}

/// The bridge's own words for what it does not know, does not allow, or cannot read; or one of ours.
fn is_typed(said: &str) -> bool {
    let bridge = [
        "not allowed",
        "not found",
        "invalid args",
        "invalid channel",
        "missing required key",
        "invalid type",
        "plugin",
    ];
    let ours =
        ["malformed", "not_found", "empty", "too_long", "too_late", "denied", "not_ready", "refused", "no_connection"];
    bridge.iter().any(|word| said.to_lowercase().contains(word))
        || ours.iter().any(|word| said.contains(&format!("\"error\":\"{word}\"")))
}

/// Adds the files of a folder, and of those in it, so many folders deep.
fn below(folder: &Path, deep: usize, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() && deep > 1 && entry.file_name() != "webview" {
            below(&path, deep - 1, found)?;
        }
        found.insert(path);
    }
    Ok(())
}

/// Names of no call.
const UNKNOWN: [&str; 13] = [
    "",
    "eval",
    "exec",
    "open",
    "read_file",
    "__proto__",
    "constructor",
    "../command",
    "command\0",
    "Command",
    "subscribe ",
    "quit;",
    "🙂",
];

fn calls() -> Vec<Value> {
    let plugins = [
        "fs|read_text_file",
        "fs|write_file",
        "shell|execute",
        "shell|open",
        "http|fetch",
        "opener|open_url",
        "opener|open_path",
        "opener|reveal_item_in_dir",
        "process|exit",
        "process|restart",
        "updater|check",
        "dialog|open",
        "dialog|save",
        "clipboard-manager|read_text",
        "notification|notify",
        "global-shortcut|register",
        "os|platform",
        "sql|execute",
        "store|load",
        "upload|upload",
        "websocket|connect",
        "window|close",
        "window|create",
        "window|set_title",
        "webview|create_webview_window",
        "webview|internal_toggle_devtools",
        "event|listen",
        "event|emit",
        "app|version",
        "app|app_hide",
        "path|resolve_directory",
        "resources|close",
        "menu|new",
        "tray|new",
        "image|from_path",
        "single-instance|x",
        "nothing|at_all",
    ];
    let args = [
        json!({}),
        json!({"path": "/etc/passwd", "url": "file:///etc/passwd", "program": "sh", "args": ["-c", "id"]}),
        json!({"label": "main", "options": {"url": "https://evil.example"}, "event": "x", "payload": {}, "value": "x"}),
    ];
    let mut calls: Vec<Value> = UNKNOWN.iter().map(|name| json!([name, {}])).collect();
    calls.extend(plugins.iter().flat_map(|name| args.iter().map(move |args| json!([format!("plugin:{name}"), args]))));
    calls.extend(malformed());
    calls.extend(senseless());
    calls
}

/// The page's own calls with arguments of every wrong kind.
fn malformed() -> Vec<Value> {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let wrong = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("command"),
        json!([]),
        json!({}),
        deep,
        json!({"kind": null}),
        json!({"kind": "root"}),
        json!({"kind": "session"}),
        json!({"kind": "app"}),
        json!({"kind": "session", "command": {}}),
        json!({"kind": "session", "command": {"do": "format_disk"}}),
        json!({"kind": "session", "query": {"get": "everything"}}),
        json!({"kind": "app", "command": {"do": "open_link"}}),
        json!({"kind": "app", "command": {"do": "open_link", "url": 7}}),
        json!({"kind": "link"}),
        json!({"kind": "session", "command": {"do": "open", "dialog": "../../etc/passwd"}}),
        json!({"kind": "session", "command": {"do": "send_text", "dialog": "x", "text": "x"}}),
        json!({"kind": "session", "command": {"do": "seen", "dialog": "0198c0de-0000-7000-8000-0000000000d1", "upto": -1}}),
        json!({"kind": "session", "command": {"do": "set_settings", "settings": {"volume": 4_000}}}),
    ];
    let mut calls =
        vec![json!(["subscribe", {}]), json!(["watch_seats", {}]), json!(["command", {}]), json!(["query", {}])];
    for value in wrong {
        calls.push(json!(["command", {"seat": 1, "command": value}]));
        calls.push(json!(["query", {"seat": 1, "query": value}]));
        calls.push(json!(["subscribe", {"seat": 1, "channel": value}]));
        calls.push(json!(["watch_seats", {"channel": value}]));
        calls.push(json!(["query", {"seat": value, "query": {"kind": "windows"}}]));
    }
    calls
}

/// Well-formed, and about what is not there, not allowed, or never opened.
fn senseless() -> Vec<Value> {
    let nobody = "0198c0de-0000-7000-8000-0000000000d1";
    let session = |command: Value| json!(["command", {"seat": 1, "command": {"kind": "session", "command": command}}]);
    let mut calls = Vec::new();
    for url in [
        "file:///etc/passwd",
        "javascript:canary()",
        "data:text/html,x",
        "smb://host/share",
        "\\\\host\\share",
        "ms-msdt:/id",
        "ftp://host/",
        "tauri://localhost/",
        "ipc://localhost/quit",
        "",
        "x",
    ] {
        calls.push(
            json!(["command", {"seat": 1, "command": {"kind": "app", "command": {"do": "open_link", "url": url}}}]),
        );
    }
    for (what, text) in [("send_text", "words"), ("send_note", "words"), ("send_text", ""), ("send_text", "\u{200b}")] {
        calls.push(session(json!({"do": what, "dialog": nobody, "text": text})));
    }
    for what in ["accept", "close"] {
        calls.push(session(json!({"do": what, "dialog": nobody})));
    }
    for what in ["resend", "edit", "cancel", "as_note"] {
        calls.push(session(json!({"do": what, "message": nobody})));
    }
    calls.push(session(json!({"do": "transfer", "dialog": nobody, "target": {"to": "operator", "id": nobody}})));
    calls.push(session(json!({"do": "send_text", "dialog": nobody, "text": "x".repeat(32_001)})));
    calls
}
