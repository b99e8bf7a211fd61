//! The thread on which scripts run.

use super::{Decision, Scene, ScriptTrouble, sandbox};
use crate::centre::RoutingScript;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{sync::oneshot, time::timeout};

/// Calls that were given up and have not ended yet; beyond this no script is asked.
const GIVEN_UP: usize = 4;
/// How much later than the engine the caller loses patience.
const GRACE: Duration = Duration::from_millis(50);

/// Runs scripts. Clones share their count of calls that do not end.
#[derive(Clone, Debug, Default)]
pub struct ScriptWorker {
    /// Calls whose caller has gone, or may go.
    running: Arc<AtomicUsize>,
}

/// Counted until the thread really ends.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl ScriptWorker {
    /// Asks a script where a dialog goes. Returns soon after the script's limit whatever it does.
    ///
    /// # Errors
    /// [`ScriptTrouble`]: the built-in rule is to be used, and administrators are to be told.
    pub async fn route(&self, script: &RoutingScript, scene: Scene) -> Result<Decision, ScriptTrouble> {
        let limit = Duration::from_millis(script.limit_ms.into());
        let source = script.source.clone();
        let (sender, answer) = oneshot::channel();
        if self.running.fetch_add(1, Relaxed) >= GIVEN_UP {
            self.running.fetch_sub(1, Relaxed);
            return Err(ScriptTrouble::Stuck);
        }
        let running = Running(self.running.clone());
        // A thread for each call: it has a stack of a known size, and one that does not end takes nothing along.
        let call = move || {
            let _running = running;
            // Whoever asked may have lost patience.
            let _ = sender.send(sandbox::run(&source, limit, &scene));
        };
        let thread = std::thread::Builder::new().name("routing script".to_owned()).stack_size(sandbox::THREAD_STACK);
        thread.spawn(call).map_err(|_| ScriptTrouble::Engine)?;
        match timeout(limit + GRACE, answer).await {
            Ok(answer) => answer.unwrap_or(Err(ScriptTrouble::Engine)),
            Err(_) => Err(ScriptTrouble::TooLong { limit_ms: script.limit_ms }),
        }
    }
}
