//! The customer: a real browser on the demonstration page, and the widget on it.

use super::browser::{Browser, Named};
use super::chromium;
use super::patience::{SOON, until, until_true};
use anyhow::Result;
use serde::Deserialize;
use std::path::Path;

/// Reads the conversation off the page.
const READ: &str = r#"
const host = [...document.querySelectorAll("*")].find((element) => element.shadowRoot?.querySelector("[role=log]"));
if (!host) return [];
return [...host.shadowRoot.querySelectorAll(".row")].map((row) => ({
  own: row.classList.contains("own"),
  text: row.querySelector(".bubble")?.textContent ?? "",
  state: row.querySelector(".state")?.title ?? "",
}));
"#;

/// Asks the browser itself how the page has spoken with the hub.
const WAYS: &str = r#"
const fetched = performance.getEntriesByType("resource").filter((one) => one.responseStatus === 200);
const exchanges = fetched.filter((one) => new URL(one.name).pathname === "/widget/v1/exchange");
return { sockets: "WebSocket" in globalThis, exchanges: exchanges.length };
"#;

/// A line of the conversation on the customer's page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Line {
    /// Written by the customer.
    pub own: bool,
    /// The words.
    pub text: String,
    /// How far it has come, for own ones, in the page's words.
    pub state: String,
}

/// How a page speaks with the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Ways {
    /// It could open a WebSocket.
    pub sockets: bool,
    /// So many exchanges by POST were answered.
    pub exchanges: u32,
}

/// The widget's writing field.
const FIELD: Named<'static> = Named::field(".panel");

/// A customer with a browser and a profile of his own.
pub struct Customer {
    browser: Browser,
}

impl Customer {
    /// Opens the browser on a page, in Russian.
    ///
    /// # Errors
    /// The browser does not start, or the page does not load.
    pub async fn open(page: &str, profile: &Path, log: &Path) -> Result<Self> {
        let customer = Self::start(profile, log).await?;
        customer.browser.goto(page).await?;
        Ok(customer)
    }

    /// The same with a browser whose pages have no WebSocket.
    ///
    /// # Errors
    /// As [`Customer::open`].
    pub async fn open_without_sockets(page: &str, profile: &Path, log: &Path) -> Result<Self> {
        let customer = Self::start(profile, log).await?;
        customer.browser.before_each_page("delete globalThis.WebSocket").await?;
        customer.browser.goto(page).await?;
        Ok(customer)
    }

    async fn start(profile: &Path, log: &Path) -> Result<Self> {
        Ok(Self { browser: chromium::open(profile, log).await? })
    }

    /// The page.
    #[must_use]
    pub fn page(&self) -> &Browser {
        &self.browser
    }

    /// Closes the widget.
    ///
    /// # Errors
    /// It is closed already.
    pub async fn close_chat(&self) -> Result<()> {
        self.browser.click(Named::new("button", "Закрыть чат").within(".panel")).await
    }

    /// Waits until the page says this somewhere.
    ///
    /// # Errors
    /// It does not.
    pub async fn wait_for_words(&self, role: &str, words: &str) -> Result<()> {
        self.browser.find(Named::new(role, words)).await.map(drop)
    }

    /// Opens the widget and waits until one can write in it.
    ///
    /// # Errors
    /// There is none.
    pub async fn open_chat(&self) -> Result<()> {
        self.browser.click(Named::new("button", "Открыть чат")).await?;
        self.browser.find(FIELD).await.map(drop)
    }

    /// Types without sending.
    ///
    /// # Errors
    /// The widget is closed.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        self.browser.type_into(FIELD, text).await
    }

    /// Takes back what is typed.
    ///
    /// # Errors
    /// The widget is closed.
    pub async fn clear(&self) -> Result<()> {
        self.browser.clear(FIELD).await
    }

    /// Sends what is typed.
    ///
    /// # Errors
    /// The widget is closed.
    pub async fn send(&self) -> Result<()> {
        self.browser.enter(FIELD).await
    }

    /// Types and sends.
    ///
    /// # Errors
    /// The widget is closed.
    pub async fn say(&self, text: &str) -> Result<()> {
        self.type_text(text).await?;
        self.send().await
    }

    /// The conversation as it is on the page.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn lines(&self) -> Result<Vec<Line>> {
        self.browser.ask(READ, Vec::new()).await
    }

    /// The operators' words on the page, in order.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn heard(&self) -> Result<Vec<String>> {
        Ok(self.lines().await?.into_iter().filter(|line| !line.own).map(|line| line.text).collect())
    }

    /// Waits for a line of an operator.
    ///
    /// # Errors
    /// It does not come.
    pub async fn wait_for(&self, text: &str) -> Result<()> {
        until_true(&format!("the customer reads “{text}”"), SOON * 2, || async {
            Ok(self.heard().await?.iter().any(|heard| heard == text))
        })
        .await
    }

    /// Waits until an own line has come this far.
    ///
    /// # Errors
    /// It does not.
    pub async fn wait_for_state(&self, text: &str, state: &str) -> Result<()> {
        until(&format!("the customer's “{text}” is marked “{state}”"), SOON, || async {
            let lines = self.lines().await?;
            Ok(lines.iter().any(|line| line.own && line.text == text && line.state == state).then_some(()))
        })
        .await
    }

    /// By which ways the page can reach the hub, and does.
    ///
    /// # Errors
    /// The page does not answer.
    pub async fn ways(&self) -> Result<Ways> {
        self.browser.ask(WAYS, Vec::new()).await
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// It does not load.
    pub async fn reload(&self) -> Result<()> {
        self.browser.reload().await
    }

    /// Closes the browser.
    pub async fn close(self) {
        self.browser.close().await;
    }
}
