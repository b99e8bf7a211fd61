//! An operator's morning with the mouse unplugged: signing in, going online, accepting, answering, noting, putting off,
//! giving away, closing, searching, settings and signing out, by keys alone, in the real window. Once in English on the
//! Latin layout, once in Russian on the Russian one. That nothing was pointed at is counted, not promised.

mod hands;
mod play;
mod tongue;

use super::app::Installed;
use super::hub_process::HubProcess;
use super::operator::Operator;
use super::pictures::Pictures;
use super::report::Report;
use super::story::Programs;
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;
use tongue::{TONGUES, Tongue};

const ANNA: (&str, &str) = ("anna", "тихий сад за старой стеной");

/// The hub, and whoever works in the morning that is played.
struct Scene {
    out: PathBuf,
    hub: HubProcess,
    operator: Operator,
    tongue: &'static Tongue,
}

/// Plays both mornings; true if every step passed.
///
/// # Errors
/// The run could not begin: no display, a folder that cannot be written.
pub async fn play(programs: &Programs) -> Result<bool> {
    let mut report = Report::default();
    let mut pictures = Pictures::new(&programs.out);
    let data = programs.out.join("data");
    fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
    let mut hub = HubProcess::prepare(&programs.hub, &data.join("hub"), &programs.out.join("hub.log"))?;
    if let Err(_already_told) = report.step("a centre in which operators begin offline", open(&mut hub)).await {
        return Ok(report.sum());
    }
    for tongue in &TONGUES {
        let installed = Installed {
            program: programs.app.clone(),
            data: data.join(tongue.login),
            hub: Some(hub.address()),
            logs: programs.out.clone(),
            login: tongue.login.to_owned(),
            surroundings: Vec::new(),
            flags: Vec::new(),
        };
        let operator = Operator::new(tongue.name, tongue.password, installed);
        let mut scene = Scene { out: programs.out.clone(), hub, operator, tongue };
        if let Err(_already_told) = scene.morning(&mut report, &mut pictures).await {
            pictures.take("failure").await?;
            scene.keep_evidence().await;
            break;
        }
        scene.operator.kill().await?;
        hub = scene.hub;
    }
    Ok(report.sum())
}

async fn open(hub: &mut HubProcess) -> Result<()> {
    hub.add_administrator(ANNA.0, "Анна", ANNA.1).await?;
    for tongue in &TONGUES {
        hub.add_operator(tongue.login, tongue.name, tongue.password).await?;
        hub.add_operator(tongue.colleague.login, tongue.colleague.name, tongue.colleague.password).await?;
    }
    hub.start().await?;
    hub.take_over(ANNA, include_str!("centre.toml")).await
}

impl Scene {
    /// What a failed run leaves must not fail itself.
    async fn keep_evidence(&self) {
        let source = match self.operator.page() {
            Ok(page) => page.source().await.unwrap_or_else(|why| format!("the page says nothing: {why:#}")),
            Err(why) => format!("{why:#}"),
        };
        fs::write(self.out.join(format!("{}-page.html", self.tongue.login)), source).ok();
    }
}
