//! A page under a WebDriver: what is on it, and the hands that work on it. Shared by the customer's browser and the
//! operator's window; knows neither.

use super::alone::{self, free_port};
use super::patience::{SOON, START, until};
use anyhow::{Context, Result, bail, ensure};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::{WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::future::Future;
use std::path::Path;
use std::str::FromStr;
use tokio::process::{Child, Command};

/// How a page's elements are handed over by a WebDriver.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A session with a page, and the driver that keeps it.
pub struct Browser {
    client: Client,
    driver: Child,
}

/// What to look for: a role, the beginning of its name, and the part of the page.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    role: &'a str,
    name: Option<&'a str>,
    within: Option<&'a str>,
}

impl<'a> Named<'a> {
    /// A part of the page by its role (`button`, `textbox`, `tab` …, or a CSS selector) and its name.
    #[must_use]
    pub fn new(role: &'a str, name: &'a str) -> Self {
        Self { role, name: Some(name), within: None }
    }

    /// The first of a role, whatever its name.
    #[must_use]
    pub fn first(role: &'a str) -> Self {
        Self { role, name: None, within: None }
    }

    /// The writing field of a part of the page.
    #[must_use]
    pub const fn field(within: &'a str) -> Self {
        Self { role: "textbox", name: None, within: Some(within) }
    }

    /// Only inside what this CSS selector finds.
    #[must_use]
    pub fn within(self, selector: &'a str) -> Self {
        Self { within: Some(selector), ..self }
    }
}

impl Browser {
    /// Starts a driver by its command line (its port is added) and a session with these capabilities.
    ///
    /// # Errors
    /// One of them does not start.
    pub async fn open(mut driver: Command, capabilities: Map<String, Value>) -> Result<Self> {
        let port = free_port()?;
        driver.arg(format!("--port={port}"));
        let driver = alone::start(driver)?;
        let address = format!("http://127.0.0.1:{port}");
        let client = until("the driver opens a session", START, || async {
            tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
            let mut builder = ClientBuilder::new(HttpConnector::new());
            Ok(Some(builder.capabilities(capabilities.clone()).connect(&address).await?))
        })
        .await?;
        Ok(Self { client, driver })
    }

    /// The driver's process, whose child the browser is.
    #[must_use]
    pub fn driver_pid(&self) -> Option<u32> {
        self.driver.id()
    }

    /// Goes to an address.
    ///
    /// # Errors
    /// It cannot be loaded.
    pub async fn goto(&self, address: &str) -> Result<()> {
        within_reason(self.client.goto(address)).await
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// It cannot be loaded.
    pub async fn reload(&self) -> Result<()> {
        within_reason(self.client.refresh()).await
    }

    /// Has each page that is loaded from here on run this before any script of its own. Chromium's driver alone does.
    ///
    /// # Errors
    /// The driver does not.
    pub async fn before_each_page(&self, script: &str) -> Result<()> {
        let first = OfChromium("Page.addScriptToEvaluateOnNewDocument", json!({"source": script}));
        within_reason(self.client.issue_cmd(first)).await.map(drop)
    }

    /// Runs a function's body on the page and hands over what it returns.
    ///
    /// # Errors
    /// It throws, or returns something else.
    pub async fn ask<T: DeserializeOwned>(&self, body: &str, args: Vec<Value>) -> Result<T> {
        let said = within_reason(self.client.execute(body, args)).await?;
        serde_json::from_value(said.clone()).with_context(|| format!("an unexpected answer of the page: {said}"))
    }

    /// Runs a function's body that answers later, by calling the last of its arguments, and hands over what it says.
    ///
    /// # Errors
    /// It throws, says nothing for too long, or something else.
    pub async fn ask_later<T: DeserializeOwned>(&self, body: &str, args: Vec<Value>) -> Result<T> {
        let said = within_reason(self.client.execute_async(body, args)).await?;
        serde_json::from_value(said.clone()).with_context(|| format!("an unexpected answer of the page: {said}"))
    }

    /// The page that is worked on, by the driver's name of it.
    ///
    /// # Errors
    /// It is gone.
    pub async fn here(&self) -> Result<WindowHandle> {
        within_reason(self.client.window()).await
    }

    /// The pages of all windows, by the driver's names of them.
    ///
    /// # Errors
    /// The driver does not answer.
    pub async fn pages(&self) -> Result<Vec<WindowHandle>> {
        within_reason(self.client.windows()).await
    }

    /// Works on another page from here on.
    ///
    /// # Errors
    /// There is none of that name.
    pub async fn turn_to(&self, page: WindowHandle) -> Result<()> {
        within_reason(self.client.switch_to_window(page)).await
    }

    /// The whole page as it is now.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn source(&self) -> Result<String> {
        within_reason(self.client.source()).await
    }

    /// Whether this is on the page and can be seen.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn has(&self, named: Named<'_>) -> Result<bool> {
        Ok(self.look(named).await?.is_some())
    }

    /// Waits for it.
    ///
    /// # Errors
    /// It does not appear.
    pub async fn find(&self, named: Named<'_>) -> Result<Element> {
        until(&format!("{named:?} is on the page"), SOON, || self.look(named)).await
    }

    /// Waits for it and clicks it.
    ///
    /// # Errors
    /// It does not appear or cannot be clicked: disabled, covered.
    pub async fn click(&self, named: Named<'_>) -> Result<()> {
        until(&format!("{named:?} can be clicked"), SOON, || self.try_click(named)).await
    }

    /// Waits for what closes its own window and clicks it. The window may be gone before its driver can say that it
    /// clicked: then there is no such window, which is what was wanted.
    ///
    /// # Errors
    /// As [`Browser::click`].
    pub async fn click_away(&self, named: Named<'_>) -> Result<()> {
        self.find(named).await?;
        until(&format!("{named:?} can be clicked and takes its window away"), SOON, || async {
            match self.try_click(named).await {
                Err(why) if is_of_no_window(&why) => Ok(Some(())),
                clicked => clicked,
            }
        })
        .await
    }

    /// Waits for a field and types over what is in it, as a person does: select all, then type.
    ///
    /// # Errors
    /// It does not appear, or does not hold the text then.
    pub async fn fill(&self, named: Named<'_>, text: &str) -> Result<()> {
        let field = self.find(named).await?;
        let select_all = [char::from(Key::Control), 'a', char::from(Key::Null)];
        within_reason(field.send_keys(&select_all.iter().collect::<String>())).await?;
        within_reason(field.send_keys(text)).await?;
        let holds = self.value(named).await?;
        ensure!(holds == text, "{named:?} holds “{holds}” instead of “{text}”");
        Ok(())
    }

    /// Waits for a field and hands over what is in it.
    ///
    /// # Errors
    /// It does not appear.
    pub async fn value(&self, named: Named<'_>) -> Result<String> {
        Ok(within_reason(self.find(named).await?.prop("value")).await?.unwrap_or_default())
    }

    /// Waits for a field and empties it.
    ///
    /// # Errors
    /// It does not appear.
    pub async fn clear(&self, named: Named<'_>) -> Result<()> {
        within_reason(self.find(named).await?.clear()).await
    }

    /// Types after what is in a field already.
    ///
    /// # Errors
    /// It does not appear or takes no text.
    pub async fn type_into(&self, named: Named<'_>, text: &str) -> Result<()> {
        within_reason(self.find(named).await?.send_keys(text)).await
    }

    /// Presses Enter in a field.
    ///
    /// # Errors
    /// The field does not appear.
    pub async fn enter(&self, named: Named<'_>) -> Result<()> {
        self.type_into(named, &char::from(Key::Enter).to_string()).await
    }

    /// A photograph of the page alone, as PNG.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn photograph(&self) -> Result<Vec<u8>> {
        within_reason(self.client.screenshot()).await
    }

    /// Ends the session and the driver; the browser may be gone already.
    pub async fn close(mut self) {
        // A driver whose browser was killed has nothing left to say.
        within_reason(self.client.close()).await.ok();
        self.driver.kill().await.ok();
    }

    /// Drops the session without a word to the browser: it was killed, or stays.
    pub async fn abandon(mut self) {
        // It fails only if the driver is gone.
        self.driver.kill().await.ok();
    }

    /// Clicks it if it is there.
    async fn try_click(&self, named: Named<'_>) -> Result<Option<()>> {
        let Some(element) = self.look(named).await? else { return Ok(None) };
        within_reason(element.click()).await.map(Some)
    }

    async fn look(&self, named: Named<'_>) -> Result<Option<Element>> {
        let args = vec![json!(named.role), json!(named.name), json!(named.within)];
        let found: Value = self.ask(include_str!("find.js"), args).await?;
        let Some(id) = found[ELEMENT].as_str() else { return Ok(None) };
        Ok(Some(Element::from_element_id(self.client.clone(), ElementRef::from(id.to_owned()))))
    }
}

fn is_of_no_window(why: &anyhow::Error) -> bool {
    why.downcast_ref::<CmdError>().is_some_and(CmdError::is_no_such_window)
}

/// A method of the protocol that Chromium's own tools speak with it, and what goes with it.
#[derive(Debug)]
struct OfChromium(&'static str, Value);

impl WebDriverCompatibleCommand for OfChromium {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _endpoint: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({"cmd": self.0, "params": self.1}).to_string()))
    }
}

/// A driver that says nothing any more must not hold up the report of it.
async fn within_reason<T, E: Into<anyhow::Error>>(answer: impl Future<Output = Result<T, E>>) -> Result<T> {
    match tokio::time::timeout(START, answer).await {
        Ok(answer) => answer.map_err(Into::into),
        Err(_) => bail!("the page's driver says nothing for {} s", START.as_secs()),
    }
}

/// A driver's command, its words going to a log.
///
/// # Errors
/// The log cannot be written.
pub fn driver(program: &str, log: &Path) -> Result<Command> {
    alone::command(program, log)
}
