//! The main job from beginning to end: a customer writes, an operator answers, and whatever dies in between, nothing is
//! lost, doubled or reordered. Each file is a chapter, and each step leaves a photograph.

mod accept;
mod alarm;
mod by_post;
mod look;
mod offline;
mod opening;
mod talk;
mod tray;

use super::app::Installed;
use super::browser::Browser;
use super::customer::Customer;
use super::ears::Ears;
use super::hub_process::HubProcess;
use super::operator::Operator;
use super::pictures::Pictures;
use super::report::Report;
use super::windows::Elsewhere;
use anyhow::{Context, Result};
use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};

/// The programs under test, and where the run leaves what it saw.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The desktop app.
    pub app: PathBuf,
    /// The hub.
    pub hub: PathBuf,
    /// The folder for photographs, logs and data.
    pub out: PathBuf,
}

/// How the page calls the first customer, who has given no name.
const MARIA: &str = "Клиент 1";
/// And the second.
const PAVEL: &str = "Клиент 2";
/// And the third.
const NINA: &str = "Клиент 3";

/// Everybody and everything in the story.
struct Scene {
    out: PathBuf,
    hub: HubProcess,
    ears: Ears,
    elsewhere: Elsewhere,
    ira: Operator,
    oleg: Operator,
    maria: Option<Customer>,
    pavel: Option<Customer>,
    nina: Option<Customer>,
    /// Who has the contested dialog: Ира, if true.
    ira_leads: bool,
    /// What was said in the contested dialog, in the order in which it has to stand everywhere.
    said: Vec<Said>,
}

/// A message of the contested dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    by_customer: bool,
    text: String,
}

/// Plays the whole story; true if every step passed.
///
/// # Errors
/// The run could not begin: no display, no sound, a folder that cannot be written.
pub async fn play(programs: &Programs) -> Result<bool> {
    let mut report = Report::default();
    let mut pictures = Pictures::new(&programs.out);
    let mut scene = Scene::set(programs).await?;
    if let Err(_already_told) = scene.play(&mut report, &mut pictures).await {
        pictures.take("failure").await?;
        scene.keep_evidence().await;
    }
    Ok(report.sum())
}

impl Scene {
    async fn set(programs: &Programs) -> Result<Self> {
        let out = &programs.out;
        let data = out.join("data");
        for folder in [out, &data] {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let hub = HubProcess::prepare(&programs.hub, &data.join("hub"), &out.join("hub.log"))?;
        let operator = |name, login: &str, password| {
            let installed = Installed {
                program: programs.app.clone(),
                data: data.join(login),
                hub: Some(hub.address()),
                logs: out.clone(),
                login: login.to_owned(),
                surroundings: Vec::new(),
                flags: Vec::new(),
            };
            Operator::new(name, password, installed)
        };
        Ok(Self {
            ears: Ears::open(&out.join("ears.log")).await?,
            elsewhere: Elsewhere::open(&out.join("elsewhere.log")).await?,
            ira: operator("Ира", "ira", "крепкий чай и тихое утро"),
            oleg: operator("Олег", "oleg", "сорок две дождливые среды"),
            maria: None,
            pavel: None,
            nina: None,
            ira_leads: true,
            said: Vec::new(),
            out: out.clone(),
            hub,
        })
    }

    async fn play(&mut self, report: &mut Report, pictures: &mut Pictures) -> Result<()> {
        let mut steps = Steps { report, pictures };
        self.opening(&mut steps).await?;
        self.alarm(&mut steps).await?;
        self.accept(&mut steps).await?;
        self.talk(&mut steps).await?;
        self.offline(&mut steps).await?;
        self.tray(&mut steps).await?;
        self.by_post(&mut steps).await?;
        self.look(&mut steps).await
    }

    /// The customer whose dialog both operators wanted.
    fn pavel(&self) -> Result<&Customer> {
        self.pavel.as_ref().context("Павел has no browser open")
    }

    fn maria(&self) -> Result<&Customer> {
        self.maria.as_ref().context("Мария has no browser open")
    }

    /// Who leads the contested dialog.
    fn leader(&self) -> &Operator {
        if self.ira_leads { &self.ira } else { &self.oleg }
    }

    fn leader_mut(&mut self) -> &mut Operator {
        if self.ira_leads { &mut self.ira } else { &mut self.oleg }
    }

    /// Who came second.
    fn other(&self) -> &Operator {
        if self.ira_leads { &self.oleg } else { &self.ira }
    }

    async fn customer_opens(&self, name: &str) -> Result<Customer> {
        let (profile, log) = self.room_of(name);
        Customer::open(&self.hub.address(), &profile, &log).await
    }

    /// Where a customer's browser keeps what it has, and where it writes what it has to say.
    fn room_of(&self, name: &str) -> (PathBuf, PathBuf) {
        (self.out.join("data").join(name), self.out.join(format!("{name}-browser.log")))
    }

    fn note_said(&mut self, by_customer: bool, text: &str) {
        self.said.push(Said { by_customer, text: text.to_owned() });
    }

    /// Leaves the pages beside the logs and photographs.
    async fn keep_evidence(&self) {
        for operator in [&self.ira, &self.oleg] {
            if let Ok(page) = operator.page() {
                keep(&self.out, operator.login(), page.source().await);
            }
        }
        for (name, customer) in [("maria", &self.maria), ("pavel", &self.pavel), ("nina", &self.nina)] {
            if let Some(customer) = customer {
                keep(&self.out, name, customer.page().source().await);
            }
        }
        keep_logs(&self.out);
    }
}

/// What a failed run leaves must not fail itself: what cannot be read is said in its place.
fn keep(out: &Path, name: &str, source: Result<String>) {
    let text = source.unwrap_or_else(|why| format!("the page says nothing: {why:#}"));
    fs::write(out.join(format!("{name}-page.html")), text).ok();
}

/// The logs of what the display is made of, which go with it.
fn keep_logs(out: &Path) {
    let Some(rig) = std::env::var_os("OTKLIK_RIG") else { return };
    for entry in fs::read_dir(rig).into_iter().flatten().flatten() {
        if entry.path().extension().is_some_and(|ending| ending == "log") {
            fs::copy(entry.path(), out.join(entry.file_name())).ok();
        }
    }
}

/// Takes steps and photographs their ends.
struct Steps<'a> {
    report: &'a mut Report,
    pictures: &'a mut Pictures,
}

impl Steps<'_> {
    async fn step<T>(&mut self, name: &str, picture: &str, step: impl Future<Output = Result<T>>) -> Result<T> {
        let done = self.report.step(name, step).await?;
        self.pictures.take(picture).await?;
        Ok(done)
    }

    /// Photographs a page that the last step left hidden behind another, or that has no window.
    async fn also(&self, picture: &str, page: &Browser) -> Result<()> {
        self.pictures.take_page(picture, page).await
    }
}
