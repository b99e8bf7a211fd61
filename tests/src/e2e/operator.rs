//! The operator: the real program in a window of its own, driven through its webview.

use super::alone::{self, is_alive};
use super::browser::{Browser, Named, driver};
use super::patience::{SOON, START, until, until_true};
use super::windows::{self, Window};
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Reads the list off the page.
const READ_ROWS: &str = r#"
const text = (row, what) => row.querySelector(what)?.innerText.trim() ?? "";
return [...document.querySelectorAll("[role=option], [role=listitem]")].filter((row) => row.querySelector(".who")).map((row) => ({
  name: text(row, ".who"),
  last: text(row, ".last"),
  tone: text(row, ".tone"),
  unread: text(row, ".unread-count"),
}));
"#;

/// A row of the list as it is on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// The customer's name.
    pub name: String,
    /// The last line, or what the customer is typing.
    pub last: String,
    /// Where it stands, in the page's words.
    pub tone: String,
    /// How many are unread, empty if none.
    pub unread: String,
}

/// What is started, and with what.
#[derive(Clone, Debug)]
pub struct Installed {
    /// The app.
    pub program: PathBuf,
    /// The folder that keeps what the app keeps; one per operator.
    pub data: PathBuf,
    /// The hub's address.
    pub hub: String,
    /// Where the app and its driver write what they have to say.
    pub logs: PathBuf,
    /// The operator's login; names the logs.
    pub login: String,
}

/// A running window.
pub struct Operator {
    installed: Installed,
    browser: Browser,
    pid: u32,
}

impl Installed {
    /// Starts the app and waits for its window.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start(&self) -> Result<Operator> {
        let pid_file = self.logs.join(format!("{}.pid", self.login));
        // An old number must not be taken for the new one.
        fs::remove_file(&pid_file).ok();
        let options = json!({"binary": self.launcher(&pid_file)?, "args": self.args()});
        let mut capabilities = Map::<String, Value>::new();
        capabilities.insert("webkitgtk:browserOptions".to_owned(), options);
        let mut command = driver("WebKitWebDriver", &self.logs.join(format!("{}-driver.log", self.login)))?;
        command.arg("--host=127.0.0.1").env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.env("LANG", "ru_RU.UTF-8").env("LANGUAGE", "ru");
        let browser = Browser::open(command, capabilities).await?;
        let pid = until("the app runs", START, || async { Ok(Some(fs::read_to_string(&pid_file)?.trim().parse()?)) });
        let pid = pid.await?;
        windows::of(pid).await?;
        Ok(Operator { installed: self.clone(), browser, pid })
    }

    /// Starts the app a second time, next to a running one, and waits until this second one has ended.
    ///
    /// # Errors
    /// It stays.
    pub async fn start_again(&self) -> Result<()> {
        let mut command = alone::command(&self.program, &self.logs.join(format!("{}-second.log", self.login)))?;
        command.args(self.args());
        let mut second = alone::start(command)?;
        let ended = tokio::time::timeout(START, second.wait()).await.context("a second start of the app stays")?;
        ended.map(drop).context("the second start cannot be waited for")
    }

    fn args(&self) -> [String; 4] {
        ["--data".to_owned(), self.data.display().to_string(), "--hub".to_owned(), self.hub.clone()]
    }

    /// A script that leaves the app's number and its words behind: the driver, which starts it, tells neither.
    fn launcher(&self, pid_file: &Path) -> Result<PathBuf> {
        let quoted = |path: &Path| format!("'{}'", path.display());
        let log = self.logs.join(format!("{}-app.log", self.login));
        let script = format!(
            "#!/bin/sh\necho $$ >{}\nexec {} \"$@\" >>{} 2>&1\n",
            quoted(pid_file),
            quoted(&self.program),
            quoted(&log)
        );
        let path = self.logs.join(format!("{}-start.sh", self.login));
        fs::write(&path, script)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
        Ok(path)
    }
}

impl Operator {
    /// What is on the page.
    #[must_use]
    pub fn page(&self) -> &Browser {
        &self.browser
    }

    /// The app's window as it is on the screen now.
    ///
    /// # Errors
    /// It shows none.
    pub async fn window(&self) -> Result<Window> {
        windows::of(self.pid).await
    }

    /// Whether the app shows any window.
    pub async fn is_on_screen(&self) -> bool {
        !windows::visible_of(self.pid).await.is_empty()
    }

    /// Whether the process is there.
    #[must_use]
    pub fn is_running(&self) -> bool {
        is_alive(self.pid)
    }

    /// Fills in the login screen and submits it.
    ///
    /// # Errors
    /// There is none.
    pub async fn sign_in(&self, password: &str) -> Result<()> {
        self.browser.fill(Named::new("textbox", "Адрес сервера"), &self.installed.hub).await?;
        self.browser.fill(Named::new("textbox", "Логин"), &self.installed.login).await?;
        self.browser.fill(Named::new("textbox", "Пароль"), password).await?;
        self.browser.click(Named::new("button", "Войти")).await
    }

    /// Waits for the workplace itself.
    ///
    /// # Errors
    /// Another screen stays.
    pub async fn wait_for_workplace(&self) -> Result<()> {
        self.browser.find(Named::new("tab", "Ожидают")).await.map(drop)
    }

    /// Turns to a section of the list.
    ///
    /// # Errors
    /// It is not there.
    pub async fn section(&self, name: &str) -> Result<()> {
        self.browser.click(Named::new("tab", name)).await
    }

    /// The rows of the list.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn rows(&self) -> Result<Vec<Row>> {
        self.browser.ask(READ_ROWS, Vec::new()).await
    }

    /// Waits for a row.
    ///
    /// # Errors
    /// None is like that.
    pub async fn wait_for_row(&self, wanted: &str, is: impl Fn(&Row) -> bool) -> Result<Row> {
        until(&format!("a row of {}: {wanted}", self.installed.login), SOON, || async {
            let rows = self.rows().await?;
            let found = rows.iter().find(|row| is(row)).cloned();
            Ok(Some(found.with_context(|| format!("the list shows {rows:?}"))?))
        })
        .await
    }

    /// Opens the dialog whose row shows this name.
    ///
    /// # Errors
    /// There is no such row.
    pub async fn open_dialog(&self, name: &str) -> Result<()> {
        self.browser.click(Named::new("[role=option]:has(.who)", name)).await
    }

    /// Waits until the page shows this text.
    ///
    /// # Errors
    /// It does not.
    pub async fn wait_for_text(&self, text: &str) -> Result<()> {
        until_true(&format!("{} sees “{text}”", self.installed.login), SOON, || self.sees(text)).await
    }

    /// Whether the page shows this text now.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn sees(&self, text: &str) -> Result<bool> {
        self.browser.ask("return document.body.innerText.includes(arguments[0])", vec![json!(text)]).await
    }

    /// Kills the app with SIGKILL, and lets go of its driver.
    ///
    /// # Errors
    /// It does not run.
    pub async fn kill(self) -> Result<Installed> {
        alone::kill_hard(self.pid).await?;
        until_true("the app is gone", SOON, || async { Ok(!is_alive(self.pid)) }).await?;
        self.browser.abandon().await;
        Ok(self.installed)
    }
}
