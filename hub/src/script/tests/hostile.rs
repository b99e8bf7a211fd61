//! Scripts that do not end, eat, dig, throw, lie, wait, or look for a way out.

use super::*;
use crate::script::sandbox;
use futures_util::future::{join, join_all};
use std::time::{Duration, Instant};

/// No machine is so busy that what comes to an end at all has not come to it after so long.
const NO_LIMIT: Duration = Duration::from_secs(24 * 3_600);

/// What a script comes to that does not hit the limit of time, however slow the machine is.
fn trouble(source: &str) -> ScriptTrouble {
    let text = source.to_owned();
    let thread = std::thread::Builder::new().stack_size(sandbox::THREAD_STACK);
    let run = thread.spawn(move || sandbox::run(&text, NO_LIMIT, &scene())).unwrap();
    run.join().unwrap().err().unwrap_or_else(|| panic!("{source}: got through"))
}

/// What a script comes to within its limit of 200 ms and little more.
async fn trouble_in_time(source: &str) -> ScriptTrouble {
    let script = RoutingScript { source: source.into(), limit_ms: 200 };
    let started = Instant::now();
    let answer = ScriptWorker::default().route(&script, scene()).await;
    // Little more is 50 ms; a machine with other work gets to it later.
    assert!(started.elapsed() < Duration::from_secs(30), "{source}");
    answer.err().unwrap_or_else(|| panic!("{source}: got through"))
}

#[tokio::test]
async fn what_does_not_end_is_cut() {
    let endless = [
        "for (;;);",
        "while (true) { try { for (;;); } catch (e) {} finally { continue } }",
        "const f = () => { try { for (;;); } finally { f() } }; f()",
        "lead.leaveInQueue(); do {} while (1)",
        // A regular expression that tries everything, with no step of the script in between.
        "/^(a+)+$/.test('a'.repeat(40) + '!')",
        "/(x+x+)+y/.exec('x'.repeat(60))",
        "[...(function* () { for (;;) yield 1 })()].length && 0; for (;;);",
        "JSON.stringify({ toJSON() { for (;;); } })",
        "Object.prototype.toJSON = function () { for (;;); }; lead.leaveInQueue()",
        "operators.sort(() => { for (;;); })",
        "new Proxy({}, { get() { for (;;); } }).x",
        "eval('for (;;);')",
        // Single steps of the engine that take very long: the thread is left behind.
        "Array.prototype.indexOf.call({ length: 2 ** 29 }, 1)",
    ];
    for source in endless {
        let trouble = trouble_in_time(source).await;
        // A generator may run out of memory before it runs out of time.
        let memory = source.starts_with("[...") && trouble == ScriptTrouble::TooMuchMemory;
        assert!(trouble == ScriptTrouble::TooLong { limit_ms: 200 } || memory, "{source}: {trouble}");
    }
}

#[test]
fn what_eats_memory_or_digs_is_cut() {
    for source in [
        "const all = []; for (;;) all.push(new Array(10000).fill(all.length))",
        "let text = 'x'; for (;;) text += text + 'y'",
        "new Uint8Array(1e9)",
        "'x'.repeat(2 ** 28)",
        "new Array(2 ** 26).fill(1)",
    ] {
        // A string that cannot be as long at all is a range error of the language.
        let trouble = trouble(source);
        let lengthy = matches!(trouble, ScriptTrouble::Threw { fault: Fault::RangeError | Fault::InternalError, .. });
        assert!(trouble == ScriptTrouble::TooMuchMemory || lengthy, "{source}: {trouble:?}");
    }
    for source in [
        "const f = () => 1 + f(); f()",
        "const a = []; let b = a; for (let i = 0; i < 1e5; i++) { const c = []; b.push(c); b = c } JSON.stringify(a)",
        "new RegExp('('.repeat(50000) + ')'.repeat(50000))",
    ] {
        let trouble = trouble(source);
        let dug =
            matches!(trouble, ScriptTrouble::TooDeep | ScriptTrouble::TooMuchMemory | ScriptTrouble::Threw { .. });
        assert!(dug, "{source}: {trouble:?}");
    }
    assert_eq!(trouble("const f = () => 1 + f(); f()"), ScriptTrouble::TooDeep);
}

#[test]
fn what_is_thrown_is_named_without_its_words() {
    let threw = |fault, line| ScriptTrouble::Threw { fault, line };
    let table = [
        ("throw new Error(lead.name)", threw(Fault::Error, 1)),
        ("\n\nnothing.at.all", threw(Fault::ReferenceError, 3)),
        ("// first\nnull.x", threw(Fault::TypeError, 2)),
        ("const f = () => {\n  lead.assignDialogToOperator('nobody');\n};\nf()", threw(Fault::RangeError, 2)),
        ("lead.assignDialogToDepartment('moon')", threw(Fault::RangeError, 1)),
        ("throw lead.name", threw(Fault::Value, 0)),
        ("throw { name: lead.name, message: lead.name, stack: lead.name }", threw(Fault::Value, 0)),
        ("const e = new Error(lead.name); e.name = lead.name; e.stack = lead.name; throw e", threw(Fault::Error, 0)),
        ("throw null", threw(Fault::Value, 0)),
    ];
    for (source, expected) in table {
        let trouble = trouble(source);
        let told = format!("{trouble} {trouble:?} {}", serde_json::to_string(&trouble).unwrap());
        assert!(!told.contains("Мария") && !told.contains("nobody"), "{told}");
        assert_eq!(trouble, expected, "{source}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_before_it_goes_live() {
    for source in ["if (", "lead.leaveInQueue(;", "for (;;", "await 1", "import x from 'x'", "\u{0}"] {
        let said = compiles(source).unwrap_err();
        assert!(said.contains("SyntaxError"), "{source}: {said}");
        assert!(matches!(trouble(source), ScriptTrouble::Unreadable { fault: Fault::SyntaxError, .. }));
    }
    assert_eq!(trouble("\n\nif ("), ScriptTrouble::Unreadable { fault: Fault::SyntaxError, line: 3 });
    assert_eq!(compiles("for (;;);"), Ok(()), "it is only read");
}

#[test]
fn what_is_left_for_later_is_told() {
    for source in [
        "return Promise.resolve().then(() => lead.leaveInQueue())",
        "Promise.resolve().then(() => lead.leaveInQueue())",
        "(async () => { await null; lead.leaveInQueue() })()",
        "return new Promise(() => {})",
        "(async () => { throw new Error('x') })()",
    ] {
        assert_eq!(trouble(source), ScriptTrouble::Pending, "{source}");
    }
}

#[test]
fn a_wrong_answer_is_not_believed() {
    use WrongAnswer::{Shape, Task};
    let bend =
        |with: &str| format!("Array.prototype.some = () => true; Array.prototype.push = Array.prototype.push; {with}");
    let table = [
        (bend("lead.assignDialogToOperator('01900000-0000-7000-8000-000000000000')"), WrongAnswer::Operator),
        (bend("lead.assignDialogToOperator('nobody')"), Shape),
        (bend("lead.assignDialogToDepartment('moon')"), WrongAnswer::Department),
        (bend("lead.assignDialogToBot('nobody')"), WrongAnswer::Bot),
        ("lead.assignDialogToNextOperator('sales', true, true, false)".into(), WrongAnswer::Unlocked),
        ("lead.createTask('http://example.org')".into(), Task),
        ("lead.createTask('file:///etc/passwd')".into(), Task),
        ("for (let i = 0; i < 6; i++) lead.createTask('https://example.org')".into(), Task),
        ("lead.createTask('https://example.org', 'x'.repeat(20000))".into(), Task),
        ("lead.createTask(1)".into(), Shape),
        (
            "JSON.stringify = () => '{}'; Object.prototype.toJSON = function () { return this.tasks ? { route: { to: 'moon' }, tasks: [] } : this }".into(),
            Shape,
        ),
        ("Object.prototype.toJSON = () => undefined".into(), Shape),
        ("Object.prototype.toJSON = () => 'x'.repeat(100)".into(), Shape),
    ];
    for (source, why) in table {
        assert_eq!(trouble(&source), ScriptTrouble::WrongAnswer { why }, "{source}");
    }
}

#[tokio::test]
async fn there_is_no_way_out_and_nothing_stays_behind() {
    let scene = scene();
    let names =
        "['require', 'process', 'std', 'os', 'fetch', 'XMLHttpRequest', 'setTimeout', 'console', 'print', 'scriptArgs',
        'WebAssembly', 'performance', 'globalThis.std', 'Deno', 'bjson']";
    let look = format!(
        "for (const name of {names}) if (globalThis[name] !== undefined) throw new Error(name); lead.leaveInQueue()"
    );
    assert_eq!(route(&look, &scene).await, Some(Route::Queue));
    let import = trouble("return import('std')");
    assert!(
        matches!(import, ScriptTrouble::Pending | ScriptTrouble::Threw { .. } | ScriptTrouble::Unreadable { .. }),
        "{import}"
    );
    // The same worker, a bent world, and the next call.
    let (worker, script) =
        (ScriptWorker::default(), |source: &str| RoutingScript { source: source.into(), limit_ms: 60_000 });
    let bent = "globalThis.left = 1; Array.prototype.filter = () => [operators[0]]; Object.prototype.evil = 1; lead.leaveInQueue()";
    assert!(worker.route(&script(bent), scene.clone()).await.is_ok());
    let next = "if (globalThis.left || ({}).evil) throw 1; lead.assignDialogToNextOperator()";
    assert_eq!(worker.route(&script(next), scene.clone()).await.unwrap().route, to(OLEG));
}

/// One step of the engine that takes minutes, so that it outlasts the test on the slowest machine: its thread is left
/// behind.
const ENDLESS: &str = "'a'.repeat(4e6).indexOf('a'.repeat(2e6) + 'b')";

fn script(source: &str, limit_ms: u32) -> RoutingScript {
    RoutingScript { source: source.into(), limit_ms }
}

/// Asks until no script is asked any more. Returns how many calls were given up before. On a machine that is busy
/// with other things a call may be over before it has reached its endless step: it is not left behind then.
async fn until_stuck(worker: &ScriptWorker) -> usize {
    for given_up in 0..1_000 {
        match worker.route(&script(ENDLESS, 20), scene()).await {
            Err(ScriptTrouble::TooLong { limit_ms: 20 }) => {}
            Err(ScriptTrouble::Stuck) => return given_up,
            other => panic!("{other:?}"),
        }
    }
    panic!("a thousand calls that do not end, and the next one is asked")
}

#[tokio::test]
async fn calls_that_do_not_end_are_left_behind_until_there_are_too_many() {
    let worker = ScriptWorker::default();
    assert!(until_stuck(&worker).await >= 4);
    let healthy = script(FIRST_SCRIPT, 60_000);
    assert_eq!(worker.route(&healthy, scene()).await, Err(ScriptTrouble::Stuck));
}

/// Calls that are only under way are not stuck, however many they are, and whatever runs beside them.
#[tokio::test]
async fn many_calls_at_once_are_all_answered_beside_some_that_do_not_end() {
    let worker = ScriptWorker::default();
    let (endless, healthy) = (script(ENDLESS, 20), script(FIRST_SCRIPT, 60_000));
    let stuck = join_all((0..3).map(|_| worker.route(&endless, scene())));
    let answers = join_all((0..50).map(|_| worker.route(&healthy, scene())));
    let (stuck, answers) = join(stuck, answers).await;
    for answer in answers {
        assert_eq!(answer.map(|decision| decision.route), Ok(to(OLEG)));
    }
    let too_long = ScriptTrouble::TooLong { limit_ms: 20 };
    assert!(stuck.iter().all(|answer| answer.as_ref() == Err(&too_long)), "{stuck:?}");
    assert!(until_stuck(&worker).await >= 1, "the fourth");
    assert_eq!(worker.route(&healthy, scene()).await, Err(ScriptTrouble::Stuck));
}
