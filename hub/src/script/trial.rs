//! Trying a script on dialogs of the past before it goes live.

use super::{Decision, Scene, ScriptTrouble, ScriptWorker};
use crate::centre::RoutingScript;
use otklik_model::DialogId;
use serde::Serialize;
use std::time::{Duration, Instant};

/// A dialog as it stood when it was routed.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Which.
    pub dialog: DialogId,
    /// What a script would have seen.
    pub scene: Scene,
}

/// What a script says to a dialog.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The built-in rule decides: there is no script.
    BuiltIn,
    /// This; without a route the built-in rule decides too.
    Decided(Decision),
    /// It fails, and the built-in rule decides.
    Failed(ScriptTrouble),
}

/// One dialog, and what both scripts say to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tried {
    /// Which.
    pub dialog: DialogId,
    /// The number people say aloud.
    pub number: u64,
    /// By the script in force.
    pub old: Verdict,
    /// By the new one.
    pub new: Verdict,
}

impl Tried {
    /// Whether it makes a difference.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.old != self.new
    }
}

/// What would become of these dialogs by the script in force and by a new one, as many of them as can be tried in this
/// time. Nothing is changed and no task is sent.
pub async fn try_on(
    worker: &ScriptWorker,
    recorded: &[Recorded],
    old: Option<&RoutingScript>,
    new: Option<&RoutingScript>,
    within: Duration,
) -> Vec<Tried> {
    let begun = Instant::now();
    let mut tried = Vec::with_capacity(recorded.len());
    for Recorded { dialog, scene } in recorded {
        if begun.elapsed() > within {
            break;
        }
        let (old, new) = (verdict(worker, old, scene).await, verdict(worker, new, scene).await);
        tried.push(Tried { dialog: *dialog, number: scene.dialog.number, old, new });
    }
    tried
}

async fn verdict(worker: &ScriptWorker, script: Option<&RoutingScript>, scene: &Scene) -> Verdict {
    let Some(script) = script else { return Verdict::BuiltIn };
    match worker.route(script, scene.clone()).await {
        Ok(decision) => Verdict::Decided(decision),
        Err(trouble) => Verdict::Failed(trouble),
    }
}
