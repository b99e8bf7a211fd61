//! The operator: the real program in a window of its own, worked on through its page.

use super::app::{App, Installed};
use super::browser::{Browser, Named};
use super::patience::{SOON, until, until_true};
use super::windows::Window;
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;

/// Reads the list off the page.
const READ_ROWS: &str = r#"
const text = (row, what) => row.querySelector(what)?.innerText.trim() ?? "";
return [...document.querySelectorAll("[role=option]")].filter((row) => row.querySelector(".who")).map((row) => ({
  name: text(row, ".who"),
  last: text(row, ".last"),
  tone: text(row, ".tone"),
}));
"#;

/// Reads the open thread off the page.
const READ_THREAD: &str = r#"
return [...document.querySelectorAll(".message")].map((message) => ({
  mine: message.classList.contains("mine"),
  text: message.querySelector(".text")?.textContent.trim() ?? "",
  state: message.querySelector("[data-send]")?.dataset.send ?? "",
}));
"#;

/// Presses a button of the page at a moment of the machine's clock.
const PRESS_AT: &str = r#"
const [name, at] = arguments;
const button = [...document.querySelectorAll("header button")].find((one) => one.innerText.trim() === name);
if (!button) return false;
setTimeout(() => button.click(), at - Date.now());
return true;
"#;

/// Where the operator writes.
pub(super) const FIELD: Named<'static> = Named::field(".composer");

/// A row of the list as it is on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// The customer's name.
    pub name: String,
    /// The last line, or what the customer is typing.
    pub last: String,
    /// Where it stands, in the page's words.
    pub tone: String,
}

/// A message of the open thread as it is on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Bubble {
    /// Written by this operator.
    pub mine: bool,
    /// The words.
    pub text: String,
    /// How far it has come (`queued`, `sent`, `read` …), empty for others' messages.
    pub state: String,
}

/// Somebody who works with the app, whether it runs or not.
pub struct Operator {
    /// The name colleagues and customers see.
    pub name: &'static str,
    password: &'static str,
    installed: Installed,
    app: Option<App>,
}

impl Operator {
    /// Has the app installed; it does not run yet.
    #[must_use]
    pub fn new(name: &'static str, password: &'static str, installed: Installed) -> Self {
        Self { name, password, installed, app: None }
    }

    /// The login.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.installed.login
    }

    /// The password.
    #[must_use]
    pub fn password(&self) -> &'static str {
        self.password
    }

    /// Starts the app.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start(&mut self) -> Result<()> {
        self.app = Some(self.installed.start().await?);
        Ok(())
    }

    /// Starts the app once more while it runs.
    ///
    /// # Errors
    /// The second one stays.
    pub async fn start_again(&self) -> Result<()> {
        self.installed.start_again().await
    }

    /// Kills the app with SIGKILL.
    ///
    /// # Errors
    /// It does not run.
    pub async fn kill(&mut self) -> Result<()> {
        self.app.take().context("the app does not run")?.kill().await
    }

    /// Has done with an app that has ended by itself.
    ///
    /// # Errors
    /// There was none.
    pub async fn leave(&mut self) -> Result<()> {
        self.app.take().context("the app does not run")?.leave().await;
        Ok(())
    }

    /// The running app.
    ///
    /// # Errors
    /// It does not run.
    pub fn app(&self) -> Result<&App> {
        self.app.as_ref().with_context(|| format!("the app of {} does not run", self.name))
    }

    /// The running app, to work in another of its windows.
    ///
    /// # Errors
    /// It does not run.
    pub fn app_mut(&mut self) -> Result<&mut App> {
        self.app.as_mut().with_context(|| format!("the app of {} does not run", self.name))
    }

    /// What is on the page.
    ///
    /// # Errors
    /// The app does not run.
    pub fn page(&self) -> Result<&Browser> {
        Ok(self.app()?.page())
    }

    /// The app's window.
    ///
    /// # Errors
    /// The app does not run.
    pub fn window(&self) -> Result<Window> {
        Ok(self.app()?.window())
    }

    /// Looks at the app's window.
    ///
    /// # Errors
    /// It does not get the focus.
    pub async fn look_here(&self) -> Result<()> {
        self.window()?.focus().await
    }

    /// Fills in the login screen and submits it. The screen is in English: the machine's language is nobody's yet.
    ///
    /// # Errors
    /// There is none.
    pub async fn sign_in(&self, password: &str) -> Result<()> {
        let page = self.page()?;
        let hub = self.installed.hub.as_ref().context("there is no hub to sign in to")?;
        page.fill(Named::new("textbox", "Hub address"), hub).await?;
        self.sign_in_here(password).await
    }

    /// The same where the hub is chosen already.
    ///
    /// # Errors
    /// There is no login screen.
    pub async fn sign_in_here(&self, password: &str) -> Result<()> {
        let page = self.page()?;
        page.fill(Named::new("textbox", "Login"), self.login()).await?;
        page.fill(Named::new("textbox", "Password"), password).await?;
        page.click(Named::new("button", "Sign in")).await
    }

    /// Chooses Russian in the settings, as an operator would on the first day.
    ///
    /// # Errors
    /// There is no workplace.
    pub async fn choose_russian(&self) -> Result<()> {
        let page = self.page()?;
        page.click(Named::new("button", "Settings")).await?;
        page.click(Named::new("label", "Русский")).await?;
        page.click(Named::new("button", "Диалоги")).await
    }

    /// Waits until the workplace itself is on the screen, in Russian, and lives.
    ///
    /// # Errors
    /// Another screen stays, or there is no connection.
    pub async fn wait_for_workplace(&self) -> Result<()> {
        self.page()?.find(Named::new("tab", "Ожидают")).await?;
        self.wait_for_text("На связи").await
    }

    /// Turns to a section of the list.
    ///
    /// # Errors
    /// It is not there.
    pub async fn section(&self, name: &str) -> Result<()> {
        self.page()?.click(Named::new("tab", name)).await
    }

    /// The rows of the list.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn rows(&self) -> Result<Vec<Row>> {
        self.page()?.ask(READ_ROWS, Vec::new()).await
    }

    /// Waits for a row.
    ///
    /// # Errors
    /// None is like that.
    pub async fn wait_for_row(&self, wanted: &str, is: impl Fn(&Row) -> bool) -> Result<Row> {
        until(&format!("a row on the screen of {}: {wanted}", self.name), SOON, || async {
            let rows = self.rows().await?;
            let found = rows.iter().find(|row| is(row)).cloned();
            Ok(Some(found.with_context(|| format!("the list shows {rows:?}"))?))
        })
        .await
    }

    /// Opens the dialog whose row begins with this name.
    ///
    /// # Errors
    /// There is no such row.
    pub async fn open_dialog(&self, name: &str) -> Result<()> {
        let page = self.page()?;
        until(&format!("the dialog of {name} is open"), SOON, || async {
            let script = "const row = [...document.querySelectorAll('[role=option]')]\
                .find((one) => one.querySelector('.who')?.innerText.trim() === arguments[0]); row?.click(); \
                return document.querySelector('h1')?.innerText.trim() === arguments[0];";
            Ok(page.ask::<bool>(script, vec![json!(name)]).await?.then_some(()))
        })
        .await
    }

    /// Opens a dialog unless it is open already, also where list and thread take turns.
    ///
    /// # Errors
    /// There is no such dialog.
    pub async fn open_if_closed(&self, name: &str) -> Result<()> {
        if self.page()?.has(Named::new("h1", name)).await? { Ok(()) } else { self.open_dialog(name).await }
    }

    /// Presses the button that accepts the open dialog, exactly at a moment (milliseconds since the Unix epoch).
    ///
    /// # Errors
    /// There is no such button.
    pub async fn accept_at(&self, moment: u64) -> Result<()> {
        let pressed: bool = self.page()?.ask(PRESS_AT, vec![json!("Принять"), json!(moment)]).await?;
        ensure!(pressed, "{} has no button to accept with", self.name);
        Ok(())
    }

    /// Types without sending.
    ///
    /// # Errors
    /// There is no field to write in.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        self.page()?.type_into(FIELD, text).await
    }

    /// Sends what is typed.
    ///
    /// # Errors
    /// There is no field to write in.
    pub async fn send(&self) -> Result<()> {
        self.page()?.enter(FIELD).await
    }

    /// What stands in the field and is not sent.
    ///
    /// # Errors
    /// There is no field to write in.
    pub async fn unfinished(&self) -> Result<String> {
        self.page()?.value(FIELD).await
    }

    /// Types and sends, and waits until the message stands in the thread.
    ///
    /// # Errors
    /// There is no field to write in, or the message does not appear.
    pub async fn say(&self, text: &str) -> Result<()> {
        self.type_text(text).await?;
        self.send().await?;
        self.wait_for_bubble(text, |_| true).await
    }

    /// The messages of the open thread.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn thread(&self) -> Result<Vec<Bubble>> {
        thread_of(self.page()?).await
    }

    /// Waits until a message with these words is like that.
    ///
    /// # Errors
    /// It is not.
    pub async fn wait_for_bubble(&self, text: &str, is: impl Fn(&Bubble) -> bool) -> Result<()> {
        until(&format!("“{text}” as wanted in the thread of {}", self.name), SOON * 2, || async {
            let thread = self.thread().await?;
            let found = thread.iter().any(|bubble| bubble.text == text && is(bubble));
            ensure!(found, "the thread shows {thread:?}");
            Ok(Some(()))
        })
        .await
    }

    /// Waits until the page shows this text.
    ///
    /// # Errors
    /// It does not.
    pub async fn wait_for_text(&self, text: &str) -> Result<()> {
        until_true(&format!("{} sees “{text}”", self.name), SOON * 2, || self.sees(text)).await
    }

    /// Whether the page shows this text now.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn sees(&self, text: &str) -> Result<bool> {
        self.page()?.ask("return document.body.innerText.includes(arguments[0])", vec![json!(text)]).await
    }
}

/// The messages of the thread that is open on a workplace's page, in whatever window it is.
///
/// # Errors
/// The page does not answer.
pub async fn thread_of(page: &Browser) -> Result<Vec<Bubble>> {
    page.ask(READ_THREAD, Vec::new()).await
}
