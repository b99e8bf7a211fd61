//! Without a display and without a keychain, as on a server: the program says so, a browser is the window, a passphrase
//! the lock, and the demonstration's customers come by themselves.

use super::Stage;
use crate::e2e::alone;
use crate::e2e::browser::{Browser, Named};
use crate::e2e::chromium;
use crate::e2e::operator::{FIELD, thread_of};
use crate::e2e::patience::{SOON, START, until, until_true};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use tokio::process::Child;

const PASSPHRASE: &str = "тихий сад за старой стеной";
const ANSWER: &str = "Здравствуйте! Сейчас посмотрю.";
const ROW: &str = "[role=option]";

/// The program while it serves.
struct Serving {
    child: Child,
    address: String,
}

impl Stage<'_> {
    pub(super) async fn without_a_display(&mut self) -> Result<()> {
        let (profile, log) = (self.data.join("browser"), self.programs.out.join("browser.log"));
        let mut serving = self.serve("the demonstration says that there is no display, and where it is served").await?;
        let page = self.report.step("a browser opens it, and chooses a passphrase", enter(&serving, &profile, &log));
        let page = page.await?;
        self.report.step("a scripted customer comes by himself", comes(&page)).await?;
        self.pictures.take_page("served-waiting", &page).await?;
        self.report.step("he is accepted and answered, and the hub has the answer", answer(&page)).await?;
        self.pictures.take_page("served-thread", &page).await?;
        let stranger = (self.data.join("stranger"), self.programs.out.join("stranger.log"));
        let refused = refused(&serving, &stranger.0, &stranger.1);
        self.report.step("the address works once: another browser is refused", refused).await?;
        self.report.step("it ends when it is told to", ends(&mut serving)).await?;
        page.close().await;

        let mut serving = self.serve("the next start serves the same desk").await?;
        let kept = kept(&serving, &profile, &log);
        let page = self.report.step("the passphrase opens it, and what was said is there", kept).await?;
        self.pictures.take_page("served-again", &page).await?;
        page.close().await;
        ends(&mut serving).await
    }

    async fn serve(&mut self, step: &str) -> Result<Serving> {
        let log = self.programs.out.join("served.log");
        // What an earlier start has said is not this one's.
        fs::remove_file(&log).ok();
        let mut command = alone::command(&self.programs.app, &log)?;
        command.arg("--demo").arg("--data").arg(self.data.join("served"));
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env("OTKLIK_LOG", "error");
        command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", self.data.join("no-bus").display()));
        self.report.step(step, served(alone::start(command), log)).await
    }
}

async fn served(child: Result<Child>, log: PathBuf) -> Result<Serving> {
    let child = child?;
    let address = until("it prints an address", START, || async {
        let said = fs::read_to_string(&log)?;
        let address = said.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:")).map(str::to_owned);
        Ok(address.filter(|_| said.contains("Ctrl+C")))
    });
    let address = address.await?;
    let said = fs::read_to_string(&log)?;
    ensure!(said.contains("no display"), "it does not say why: {said}");
    Ok(Serving { child, address })
}

async fn enter(serving: &Serving, profile: &Path, log: &Path) -> Result<Browser> {
    let page = chromium::open(profile, log).await?;
    page.goto(&serving.address).await?;
    page.fill(Named::new("textbox", "Парольная фраза"), PASSPHRASE).await?;
    page.fill(Named::new("textbox", "Ещё раз"), PASSPHRASE).await?;
    page.click(Named::new("button", "Защитить и продолжить")).await?;
    page.find(Named::new("tab", "Ожидают")).await?;
    Ok(page)
}

async fn comes(page: &Browser) -> Result<()> {
    // People come when they like, and type at their own speed.
    until_true("somebody waits", START * 2, || page.has(Named::first(ROW))).await
}

async fn answer(page: &Browser) -> Result<()> {
    page.click(Named::first(ROW)).await?;
    page.click(Named::new("button", "Принять")).await?;
    page.type_into(FIELD, ANSWER).await?;
    page.enter(FIELD).await?;
    until("the answer is with the hub", SOON * 2, || async {
        let thread = thread_of(page).await?;
        let with_hub = |state: &str| ["sent", "delivered", "read"].contains(&state);
        let mine = thread.iter().any(|bubble| bubble.mine && bubble.text == ANSWER && with_hub(&bubble.state));
        ensure!(mine, "the thread shows {thread:?}");
        Ok(Some(()))
    })
    .await
}

async fn refused(serving: &Serving, profile: &Path, log: &Path) -> Result<()> {
    let stranger = chromium::open(profile, log).await?;
    stranger.goto(&serving.address).await?;
    let said: String = stranger.ask("return document.body.innerText", Vec::new()).await?;
    stranger.close().await;
    ensure!(said.contains("was used already"), "another browser sees {said:?}");
    Ok(())
}

async fn ends(serving: &mut Serving) -> Result<()> {
    let pid = serving.child.id().context("it has ended already")?;
    alone::ask("kill", ["-TERM".to_owned(), pid.to_string()]).await?;
    let ended = tokio::time::timeout(START, serving.child.wait()).await.context("it stays")??;
    ensure!(ended.success(), "it ends with {ended}");
    Ok(())
}

async fn kept(serving: &Serving, profile: &Path, log: &Path) -> Result<Browser> {
    let page = chromium::open(profile, log).await?;
    page.goto(&serving.address).await?;
    page.fill(Named::new("textbox", "Парольная фраза"), PASSPHRASE).await?;
    page.click(Named::new("button", "Открыть")).await?;
    page.click(Named::new("tab", "Мои")).await?;
    page.click(Named::first(ROW)).await?;
    let seen = "return document.querySelector('.thread, main')?.innerText.includes(arguments[0]) ?? false";
    until_true("what was said stands in the thread", SOON, || page.ask(seen, vec![json!(ANSWER)])).await?;
    Ok(page)
}
