//! One call of a script in an engine of its own.
//!
//! The engine gets two texts, the scene and the script, and gives one back. No function of the hub can be called from
//! inside. Time is watched by the engine itself; where it does not look (within one long step of its own), the thread
//! is given up: see [`super::ScriptWorker`].

use super::{Decision, Fault, Scene, ScriptTrouble, answer};
use rquickjs::{
    CatchResultExt, CaughtError, Context, Ctx, Error, Function, Runtime, Value, context::intrinsic,
    function::Constructor,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// Memory of one call, in bytes.
const MEMORY: usize = 16 * 1024 * 1024;
/// Stack of the script, in bytes; the thread has four times as much.
const STACK: usize = 256 * 1024;
/// Stack of the thread.
pub(super) const THREAD_STACK: usize = 4 * STACK;
/// Lines that the engine puts before the script.
const LINES_BEFORE: u32 = 2;

const PRELUDE: &str = include_str!("prelude.js");

/// The parts of the language a script has: all that compute. Nothing of what the engine offers beyond the language.
type Language = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
);

/// An engine that stops at a time.
struct Sandbox {
    context: Context,
    stopped: Arc<AtomicBool>,
    /// A promise failed, and nobody looked.
    rejected: Arc<AtomicBool>,
    limit: Duration,
}

/// Whether a script can be read; in words for administrators, if it cannot.
///
/// # Errors
/// What is wrong, and where.
pub fn compiles(source: &str) -> Result<(), String> {
    let source = source.to_owned();
    let check = move || {
        let sandbox = Sandbox::new(Duration::from_secs(1)).map_err(|_| ScriptTrouble::Engine)?;
        sandbox.context.with(|ctx| sandbox.read(&ctx, &source).map(|_| ()))
    };
    let thread = std::thread::Builder::new().stack_size(THREAD_STACK).spawn(check);
    let checked = thread.ok().and_then(|thread| thread.join().ok()).unwrap_or(Err(ScriptTrouble::Engine));
    checked.map_err(|trouble| trouble.to_string())
}

/// Runs a script once, on this thread.
pub(super) fn run(source: &str, limit: Duration, scene: &Scene) -> Result<Decision, ScriptTrouble> {
    let json = serde_json::to_string(scene).map_err(|_| ScriptTrouble::Engine)?;
    let sandbox = Sandbox::new(limit).map_err(|_| ScriptTrouble::Engine)?;
    let said = sandbox.context.with(|ctx| {
        let answer = sandbox.prepare(&ctx, &json)?;
        let script = sandbox.read(&ctx, source)?;
        let returned: Value<'_> = sandbox.judge(&ctx, script.call(()), thrown)?;
        if returned.is_promise() {
            return Err(ScriptTrouble::Pending);
        }
        let answer: Value<'_> = sandbox.judge(&ctx, answer.call(()), thrown)?;
        let said = sandbox.judge(&ctx, ctx.json_stringify(answer), thrown)?;
        let said = said.ok_or(ScriptTrouble::WrongAnswer { why: super::trouble::WrongAnswer::Shape })?;
        said.to_string().map_err(|_| ScriptTrouble::Engine)
    })?;
    if sandbox.context.runtime().is_job_pending() || sandbox.rejected.load(Relaxed) {
        return Err(ScriptTrouble::Pending);
    }
    answer::read(&said, scene)
}

impl Sandbox {
    fn new(limit: Duration) -> Result<Self, Error> {
        let runtime = Runtime::new()?;
        runtime.set_memory_limit(MEMORY);
        runtime.set_max_stack_size(STACK);
        let context = Context::custom::<Language>(&runtime)?;
        let stopped = Arc::new(AtomicBool::new(false));
        let (until, flag) = (Instant::now() + limit, stopped.clone());
        runtime.set_interrupt_handler(Some(Box::new(move || {
            let over = Instant::now() >= until;
            flag.fetch_or(over, Relaxed);
            over
        })));
        let rejected = Arc::new(AtomicBool::new(false));
        let flag = rejected.clone();
        runtime.set_host_promise_rejection_tracker(Some(Box::new(move |_, _, _, handled| {
            flag.fetch_or(!handled, Relaxed);
        })));
        Ok(Self { context, stopped, rejected, limit })
    }

    /// Shows the scene. Returns the function that tells the answer.
    fn prepare<'js>(&self, ctx: &Ctx<'js>, scene: &str) -> Result<Function<'js>, ScriptTrouble> {
        let prelude: Function<'js> = self.judge(ctx, ctx.eval(PRELUDE), thrown)?;
        let scene = self.judge(ctx, ctx.json_parse(scene), thrown)?;
        self.judge(ctx, prelude.call((scene,)), thrown)
    }

    /// Reads the script as the body of a function: it may return early, and its own names stay its own.
    fn read<'js>(&self, ctx: &Ctx<'js>, source: &str) -> Result<Function<'js>, ScriptTrouble> {
        let build: Constructor<'js> = self.judge(ctx, ctx.globals().get("Function"), unreadable)?;
        self.judge(ctx, build.construct((source,)), unreadable).map_err(|trouble| match trouble {
            // What is missing at the end is missed after it, where the engine's own lines stand.
            ScriptTrouble::Unreadable { fault, line } => {
                let lines = u32::try_from(source.lines().count()).unwrap_or(u32::MAX);
                ScriptTrouble::Unreadable { fault, line: line.min(lines.max(1)) }
            }
            ScriptTrouble::TooLong { .. }
            | ScriptTrouble::TooMuchMemory
            | ScriptTrouble::TooDeep
            | ScriptTrouble::Threw { .. }
            | ScriptTrouble::Pending
            | ScriptTrouble::WrongAnswer { .. }
            | ScriptTrouble::Stuck
            | ScriptTrouble::Busy
            | ScriptTrouble::Engine => trouble,
        })
    }

    /// What an error of the engine means.
    fn judge<'js, T>(
        &self,
        ctx: &Ctx<'js>,
        result: Result<T, Error>,
        otherwise: fn(Fault, u32) -> ScriptTrouble,
    ) -> Result<T, ScriptTrouble> {
        result.catch(ctx).map_err(|error| {
            if self.stopped.load(Relaxed) {
                let limit_ms = u32::try_from(self.limit.as_millis()).unwrap_or(u32::MAX);
                return ScriptTrouble::TooLong { limit_ms };
            }
            match error {
                CaughtError::Error(Error::Allocation) => ScriptTrouble::TooMuchMemory,
                CaughtError::Error(_) => ScriptTrouble::Engine,
                CaughtError::Value(_) => otherwise(Fault::Value, 0),
                CaughtError::Exception(exception) => {
                    let message = exception.message().unwrap_or_default();
                    // The engine's own words for its own limits.
                    if message == "out of memory" {
                        return ScriptTrouble::TooMuchMemory;
                    }
                    if message == "Maximum call stack size exceeded" || message == "stack overflow" {
                        return ScriptTrouble::TooDeep;
                    }
                    let name: String = exception.as_object().get("name").unwrap_or_default();
                    otherwise(Fault::named(&name), line_of(&exception.stack().unwrap_or_default()))
                }
            }
        })
    }
}

fn thrown(fault: Fault, line: u32) -> ScriptTrouble {
    ScriptTrouble::Threw { fault, line }
}

fn unreadable(fault: Fault, line: u32) -> ScriptTrouble {
    ScriptTrouble::Unreadable { fault, line }
}

/// The line of the script in which an error arose: the innermost of a stack such as `at f (<input>:5:7)`.
fn line_of(stack: &str) -> u32 {
    let numbered = stack.lines().filter(|line| line.contains("<input>") || line.contains("<anonymous>"));
    let line = numbered.filter_map(|line| {
        let mut parts = line.trim_end_matches(')').rsplit(':');
        let _column = parts.next()?;
        parts.next()?.parse::<u32>().ok()
    });
    line.map(|line| line.saturating_sub(LINES_BEFORE)).next().unwrap_or(0)
}
