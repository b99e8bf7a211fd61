//! The desktop program as a process: installed somewhere, started under the webview's driver, killed.

use super::alone::{self, is_alive};
use super::browser::{Browser, driver};
use super::patience::{SOON, START, until, until_true};
use super::windows::{self, Window};
use anyhow::{Context, Result};
use fantoccini::wd::WindowHandle;
use serde_json::{Map, Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What is started, and with what.
#[derive(Clone, Debug)]
pub struct Installed {
    /// The program.
    pub program: PathBuf,
    /// The folder that keeps what the app keeps; one per operator.
    pub data: PathBuf,
    /// The hub's address; without one the app has a desk of its own.
    pub hub: Option<String>,
    /// Where the app and its driver write what they have to say.
    pub logs: PathBuf,
    /// The operator's login; names the logs.
    pub login: String,
    /// What of its surroundings is another than this run's, by the names of variables.
    pub surroundings: Vec<(&'static str, String)>,
    /// What else stands on its command line.
    pub flags: Vec<String>,
}

/// A running app.
pub struct App {
    page: Browser,
    pid: u32,
    window: Window,
    /// The main window and its page, while another one is worked in.
    main: Option<(Window, WindowHandle)>,
}

impl Installed {
    /// Starts the app and waits for its window.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start(&self) -> Result<App> {
        let pid_file = self.logs.join(format!("{}.pid", self.login));
        // An old number must not be taken for the new one; the first time there is none.
        fs::remove_file(&pid_file).ok();
        let options = json!({"binary": self.launcher(&pid_file)?, "args": self.args()});
        let mut capabilities = Map::<String, Value>::new();
        capabilities.insert("webkitgtk:browserOptions".to_owned(), options);
        let mut command = driver("WebKitWebDriver", &self.logs.join(format!("{}-driver.log", self.login)))?;
        command.arg("--host=127.0.0.1").env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.envs(self.surroundings.iter().cloned());
        // The one language that every machine has.
        command.env("LC_ALL", "C.UTF-8").env("LANGUAGE", "en");
        let page = Browser::open(command, capabilities).await?;
        let pid = until("the app runs", START, || async { Ok(Some(fs::read_to_string(&pid_file)?.trim().parse()?)) });
        let pid = pid.await?;
        Ok(App { page, pid, window: windows::of(pid).await?, main: None })
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

    fn args(&self) -> Vec<String> {
        let mut args = vec!["--data".to_owned(), self.data.display().to_string()];
        args.extend(self.hub.iter().flat_map(|hub| ["--hub".to_owned(), hub.clone()]));
        args.extend(self.flags.iter().cloned());
        args
    }

    /// A script that leaves the app's number and its words behind: the driver, which starts it, tells neither.
    fn launcher(&self, pid_file: &Path) -> Result<PathBuf> {
        let quoted = |path: &Path| format!("'{}'", path.display());
        let log = self.logs.join(format!("{}-app.log", self.login));
        let program = quoted(&self.program);
        let script =
            format!("#!/bin/sh\necho $$ >{}\nexec {program} \"$@\" >>{} 2>&1\n", quoted(pid_file), quoted(&log));
        let path = self.logs.join(format!("{}-start.sh", self.login));
        fs::write(&path, script)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
        Ok(path)
    }
}

impl App {
    /// Waits until the app has opened another window beside the main one, and works in that from here on.
    ///
    /// # Errors
    /// It opens none.
    pub async fn turn_to_other(&mut self) -> Result<()> {
        let here = self.page.here().await?;
        let page = until("another window has a page", SOON, || async {
            Ok(self.page.pages().await?.into_iter().find(|page| *page != here))
        });
        let page = page.await?;
        let other = self.other_window().await?;
        self.page.turn_to(page).await?;
        self.main = Some((std::mem::replace(&mut self.window, other), here));
        Ok(())
    }

    /// Works in the main window again, whether the other one is still there or not.
    ///
    /// # Errors
    /// It is worked in already.
    pub async fn turn_back(&mut self) -> Result<()> {
        let (window, page) = self.main.take().context("it is worked in the main window")?;
        self.window = window;
        self.page.turn_to(page).await
    }

    /// The window beside the one that is worked in.
    ///
    /// # Errors
    /// There is none.
    pub async fn other_window(&self) -> Result<Window> {
        windows::beside(self.pid, self.window).await
    }

    /// Waits until there is one window.
    ///
    /// # Errors
    /// Another one stays.
    pub async fn is_alone(&self) -> Result<()> {
        until_true("there is one window", SOON, || async { Ok(self.page.pages().await?.len() == 1) }).await
    }

    /// What is on the page.
    #[must_use]
    pub fn page(&self) -> &Browser {
        &self.page
    }

    /// The window that is worked in, wherever it is.
    #[must_use]
    pub fn window(&self) -> Window {
        self.window
    }

    /// The process's number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The most memory that the process ever had, KiB.
    ///
    /// # Errors
    /// It does not run.
    pub fn most_memory(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no line of memory")?;
        line.trim().trim_end_matches(" kB").parse().context("an odd line of memory")
    }

    /// Whether the process is there.
    #[must_use]
    pub fn is_running(&self) -> bool {
        is_alive(self.pid)
    }

    /// Lets go of the driver of an app that has ended by itself.
    pub async fn leave(self) {
        self.page.abandon().await;
    }

    /// Kills it with SIGKILL, and lets go of its driver.
    ///
    /// # Errors
    /// It does not run.
    pub async fn kill(self) -> Result<()> {
        alone::kill_hard(self.pid).await?;
        until_true("the app is gone", SOON, || async { Ok(!is_alive(self.pid)) }).await?;
        self.page.abandon().await;
        Ok(())
    }
}
