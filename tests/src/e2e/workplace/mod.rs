//! An operator's whole day in the real window, beside the real hub: every list, window and setting that there is, in
//! use, and photographed in both languages, light and dark, wide, common and narrow; each screen is inspected for what
//! keeps people out. Customers and the colleague have no windows. Each file is a chapter.

mod accounts;
mod actions;
mod company;
mod composer;
mod cover;
mod disconnected;
mod leaving;
mod lists;
mod opening;
mod own_window;
mod persons;
mod settings;
mod thread;

use super::album::Album;
use super::app::Installed;
use super::browser::{Browser, Named};
use super::hub_process::HubProcess;
use super::keyboard::{Keyboard, Layout};
use super::operator::Operator;
use super::patience::{SOON, until_true};
use super::pictures::Pictures;
use super::report::Report;
use super::story::Programs;
use super::wire::{Colleague, WireCustomer};
use anyhow::{Context, Result};
use serde_json::json;
use std::fs;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

const ANNA: (&str, &str) = ("anna", "тихий сад за старой стеной");
const IRA: (&str, &str) = ("ira", "крепкий чай и тихое утро");
const OLEG: (&str, &str) = ("oleg", "сорок две дождливые среды");

/// The customers, by the names they give.
const MARIA: &str = "Мария Белова";
const PAVEL: &str = "Павел Седов";
const NINA: &str = "Нина";
const GLEB: &str = "Глеб Ким";
const VERA: &str = "Вера Ильина";

/// Everybody and everything in the story.
struct Scene {
    out: PathBuf,
    hub: HubProcess,
    ira: Operator,
    oleg: Option<Colleague>,
    maria: Option<WireCustomer>,
    pavel: Option<WireCustomer>,
    nina: Option<WireCustomer>,
    vera: Option<WireCustomer>,
    keyboard: Keyboard,
}

/// Plays the whole story; true if every step passed.
///
/// # Errors
/// The run could not begin: no display, a folder that cannot be written.
pub async fn play(programs: &Programs) -> Result<bool> {
    let mut report = Report::default();
    let mut album = Album::new(&programs.out)?;
    let mut scene = Scene::set(programs).await?;
    if let Err(_already_told) = scene.play(&mut Steps { report: &mut report, album: &mut album }).await {
        Pictures::new(&programs.out).take("failure").await?;
        scene.keep_evidence().await;
    }
    Ok(report.sum())
}

impl Scene {
    async fn set(programs: &Programs) -> Result<Self> {
        let data = programs.out.join("data");
        fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
        let hub = HubProcess::prepare(&programs.hub, &data.join("hub"), &programs.out.join("hub.log"))?;
        let installed = Installed {
            program: programs.app.clone(),
            data: data.join("ira"),
            hub: Some(hub.address()),
            logs: programs.out.clone(),
            login: IRA.0.to_owned(),
            // At the finest level: what it logs is looked at in the end.
            surroundings: vec![("OTKLIK_LOG", "debug,zbus=warn,tao=error".to_owned())],
            flags: Vec::new(),
        };
        Ok(Self {
            out: programs.out.clone(),
            hub,
            ira: Operator::new("Ира", IRA.1, installed),
            oleg: None,
            maria: None,
            pavel: None,
            nina: None,
            vera: None,
            keyboard: Keyboard::with(Layout::Latin).await?,
        })
    }

    async fn play(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        self.opening(steps).await?;
        self.lists(steps).await?;
        self.thread(steps).await?;
        self.company(steps).await?;
        self.composer(steps).await?;
        self.cover(steps).await?;
        self.actions(steps).await?;
        self.persons(steps).await?;
        self.own_window(steps).await?;
        self.settings(steps).await?;
        self.accounts(steps).await?;
        self.without_a_connection(steps).await?;
        self.leaving(steps).await
    }

    fn page(&self) -> Result<&Browser> {
        self.ira.page()
    }

    fn oleg(&mut self) -> Result<&mut Colleague> {
        self.oleg.as_mut().context("Олег is not at work")
    }

    /// Presses keys in Ира's window.
    async fn press<const N: usize>(&self, chords: [&str; N]) -> Result<()> {
        self.ira.look_here().await?;
        self.keyboard.press(chords).await
    }

    async fn click(&self, role: &str, name: &str) -> Result<()> {
        self.page()?.click(Named::new(role, name)).await
    }

    /// Clicks inside the open question.
    async fn answer(&self, role: &str, name: &str) -> Result<()> {
        self.page()?.click(Named::new(role, name).within("dialog[open]")).await
    }

    /// Waits for a question by its title.
    async fn asked(&self, title: &str) -> Result<()> {
        self.page()?.find(Named::new("h2", title).within("dialog[open]")).await.map(drop)
    }

    /// Waits until no question is open.
    async fn nothing_asked(&self) -> Result<()> {
        self.vanishes("dialog[open]").await
    }

    /// Waits until a selector finds nothing.
    async fn vanishes(&self, selector: &str) -> Result<()> {
        self.gone(selector, SOON).await
    }

    async fn gone(&self, selector: &str, patience: Duration) -> Result<()> {
        until_true(&format!("no {selector} is left"), patience, || async {
            let script = "return document.querySelector(arguments[0]) === null";
            self.page()?.ask(script, vec![json!(selector)]).await
        })
        .await
    }

    /// One step back with Escape, until a selector finds nothing. The first press may only wave away the words beside
    /// what the mouse was left on.
    async fn escape(&self, selector: &str) -> Result<()> {
        self.press(["Escape"]).await?;
        if self.gone(selector, SOON / 5).await.is_err() {
            self.press(["Escape"]).await?;
        }
        self.vanishes(selector).await
    }

    /// Waits until a selector finds something on the page.
    async fn appears(&self, selector: &str) -> Result<()> {
        self.page()?.find(Named::first(selector)).await.map(drop)
    }

    /// What a failed run leaves must not fail itself.
    async fn keep_evidence(&self) {
        let source = match self.page() {
            Ok(page) => page.source().await.unwrap_or_else(|why| format!("the page says nothing: {why:#}")),
            Err(why) => format!("{why:#}"),
        };
        fs::write(self.out.join("ira-page.html"), source).ok();
    }
}

/// Takes steps, and photographs the screens at their ends.
struct Steps<'a> {
    report: &'a mut Report,
    album: &'a mut Album,
}

impl Steps<'_> {
    async fn step<T>(&mut self, name: &str, step: impl Future<Output = Result<T>>) -> Result<T> {
        self.report.step(name, step).await
    }

    /// Photographs what is open now, in every look.
    async fn screen(&mut self, name: &str, operator: &Operator) -> Result<()> {
        self.report.step(&format!("  in every look: {name}"), self.album.take(name, operator)).await
    }

    /// The same of a window that keeps its size.
    async fn screen_as_large(&mut self, name: &str, operator: &Operator) -> Result<()> {
        self.report.step(&format!("  in its size: {name}"), self.album.take_as_large(name, operator)).await
    }
}
