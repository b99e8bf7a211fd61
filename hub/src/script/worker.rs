//! The threads on which scripts run.

use super::{Decision, Scene, ScriptTrouble, sandbox};
use crate::centre::RoutingScript;
use parking_lot::Mutex;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{
    sync::{Semaphore, oneshot},
    time::timeout,
};

/// Calls that run at once. The others wait: their time begins when they run.
const AT_ONCE: usize = 4;
/// Calls that were given up and have not ended yet; from so many on no script is asked.
const GIVEN_UP: usize = 4;
/// How long a call waits until it runs.
const PATIENCE: Duration = Duration::from_secs(5);
/// How much later than the engine the caller loses patience.
const GRACE: Duration = Duration::from_millis(50);

/// Runs scripts. Clones share their places, and their count of calls that do not end.
#[derive(Clone, Debug)]
pub struct ScriptWorker {
    places: Arc<Semaphore>,
    /// Calls that were given up and have not ended. Those that are only under way are none of them.
    given_up: Arc<AtomicUsize>,
}

impl Default for ScriptWorker {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), given_up: Arc::default() }
    }
}

/// How a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    UnderWay,
    GivenUp,
    Ended,
}

/// What the thread of a call and whoever waits for it have in common.
struct Call {
    stands: Mutex<Stands>,
    given_up: Arc<AtomicUsize>,
}

/// Whoever waits for a call. Gone before it has ended, the call is given up.
struct Caller(Arc<Call>);

impl Drop for Caller {
    fn drop(&mut self) {
        let mut stands = self.0.stands.lock();
        if *stands == Stands::UnderWay {
            *stands = Stands::GivenUp;
            self.0.given_up.fetch_add(1, Relaxed);
        }
    }
}

/// The thread of a call. Gone, the call has ended.
struct Runner(Arc<Call>);

impl Drop for Runner {
    fn drop(&mut self) {
        let mut stands = self.0.stands.lock();
        if *stands == Stands::GivenUp {
            self.0.given_up.fetch_sub(1, Relaxed);
        }
        *stands = Stands::Ended;
    }
}

impl ScriptWorker {
    /// Asks a script where a dialog goes. Once it runs, this returns soon after the script's limit whatever it does.
    ///
    /// # Errors
    /// [`ScriptTrouble`]: the built-in rule is to be used, and administrators are to be told.
    pub async fn route(&self, script: &RoutingScript, scene: Scene) -> Result<Decision, ScriptTrouble> {
        let place = timeout(PATIENCE, self.places.acquire()).await.map_err(|_| ScriptTrouble::Busy)?;
        let _place = place.map_err(|_| ScriptTrouble::Engine)?;
        if self.given_up.load(Relaxed) >= GIVEN_UP {
            return Err(ScriptTrouble::Stuck);
        }
        let limit = Duration::from_millis(script.limit_ms.into());
        let source = script.source.clone();
        let (begins, begun) = oneshot::channel();
        let (sender, answer) = oneshot::channel();
        let call = Arc::new(Call { stands: Mutex::new(Stands::UnderWay), given_up: self.given_up.clone() });
        // Gone before the place is: whoever has it next finds the call counted.
        let _caller = Caller(call.clone());
        let runner = Runner(call);
        // A thread for each call: it has a stack of a known size, and one that does not end takes nothing along.
        let work = move || {
            // Whoever asked may have lost patience, here and below.
            let _ = begins.send(());
            let said = sandbox::run(&source, limit, &scene);
            // It has ended before its answer is known.
            drop(runner);
            let _ = sender.send(said);
        };
        let thread = std::thread::Builder::new().name("routing script".to_owned()).stack_size(sandbox::THREAD_STACK);
        thread.spawn(work).map_err(|_| ScriptTrouble::Engine)?;
        timeout(PATIENCE, begun).await.map_err(|_| ScriptTrouble::Busy)?.map_err(|_| ScriptTrouble::Engine)?;
        match timeout(limit + GRACE, answer).await {
            Ok(answer) => answer.unwrap_or(Err(ScriptTrouble::Engine)),
            Err(_) => Err(ScriptTrouble::TooLong { limit_ms: script.limit_ms }),
        }
    }
}
