//! What `cargo xtask test` does, as a table: one row, one step, in the order of how soon it tells the truth.

use crate::{bindings, tidy};
use anyhow::Result;
use std::io::Write;

/// One step.
pub struct Step {
    /// What to call it on the command line.
    pub name: &'static str,
    /// What it proves.
    pub proves: &'static str,
    /// Whether it opens a window or runs for minutes; left out by `--fast`.
    pub slow: bool,
    /// Whether it can be taken while its neighbours that can are: it waits more than it works, and what it needs is
    /// built by the steps before.
    pub beside: bool,
    /// What it does.
    pub work: Work,
}

/// What a step does.
pub enum Work {
    /// One line of cargo.
    Cargo(&'static [&'static str]),
    /// A program of tests/, built as the tests are, and its arguments.
    Built(&'static str, &'static [&'static str]),
    /// The same, beside a PostgreSQL server of its own.
    BesidePostgres(&'static str, &'static [&'static str]),
    /// One script of a folder's package.json.
    Npm(&'static str, &'static str),
    /// Something of our own.
    Own(fn(&mut dyn Write) -> Result<()>),
    /// A command of this very program.
    Xtask(&'static [&'static str]),
}

const fn step(name: &'static str, proves: &'static str, work: Work) -> Step {
    Step { name, proves, slow: false, beside: false, work }
}

const fn slow(name: &'static str, proves: &'static str, work: Work) -> Step {
    Step { name, proves, slow: true, beside: false, work }
}

const fn beside(step: Step) -> Step {
    Step { beside: true, ..step }
}

/// All steps. Those of npm's that stand in a row before one of cargo's are taken while cargo builds for that one; those
/// that stand `beside` each other are taken some at a time, the longest first.
pub const STEPS: &[Step] = &[
    step("fmt", "Rust code is formatted", Work::Cargo(FMT)),
    step("tidy", "no long files, vague names, paths of one machine, dead links", Work::Own(tidy::check)),
    step("ui-check", "the page's types hold", Work::Npm("ui", "check")),
    step("ui-lint", "the page follows its own rules", Work::Npm("ui", "lint")),
    step("ui-unit", "the page's parts do what they say", Work::Npm("ui", "test")),
    step("ui-build", "the page can be bundled", Work::Npm("ui", "build")),
    step("widget-check", "the widget's types hold", Work::Npm("hub/widget", "check")),
    step("widget-unit", "the widget's parts do what they say", Work::Npm("hub/widget", "unit")),
    step("rust", "every crate's own tests", Work::Cargo(RUST_TESTS)),
    step("bindings", "the page's types are those of the Rust code", Work::Own(bindings::check)),
    step("app", "the app and the hub can be built", Work::Cargo(&["build", "--quiet", "--workspace", "--bins"])),
    step("shell", "the shell's own tests", Work::Cargo(&["test", "--quiet", "--workspace", "--bin", "otklik"])),
    slow("ui-browser", "the page in a real browser", Work::Npm("ui", "test:browser")),
    slow("ui-webkit", "the long thread in the engine of the Linux window", Work::Npm("ui", "test:webkit")),
    slow("widget-browser", "the widget in a real browser", Work::Npm("hub/widget", "browser")),
    step("clippy", "no warning anywhere", Work::Cargo(CLIPPY)),
    slow("neighbours", "ClamAV and a mail server that others wrote", Work::Cargo(NEIGHBOURS)),
    slow("postgres", "the hub keeps its word on PostgreSQL too", Work::Xtask(POSTGRES)),
    slow("postgres-store", "the store's own promises hold on PostgreSQL", Work::Xtask(POSTGRES_STORE)),
    slow(
        "e2e-postgres",
        "a day at the centre goes the same way on PostgreSQL",
        Work::BesidePostgres("otklik-e2e", &["centre"]),
    ),
    beside(step("e2e-centre", "a day at the centre goes as it is written down", Work::Xtask(&["e2e", "centre"]))),
    beside(slow(
        "e2e-workplace",
        "every screen of an operator's day, in every look",
        Work::Xtask(&["e2e", "workplace"]),
    )),
    beside(slow("e2e", "a customer and an operator talk, whatever dies in between", Work::Xtask(&["e2e", "main-job"]))),
    beside(slow("sim", "10 000 simulated schedules", Work::Built("otklik-sim", SIM))),
    beside(slow("mutants", "the simulation catches every mistake it is there for", Work::Built("otklik-sim", MUTANTS))),
    beside(slow(
        "e2e-first-start",
        "the program alone: a desk of one's own, a browser where there is no display, the demonstration",
        Work::Xtask(&["e2e", "first-start"]),
    )),
    beside(slow("e2e-morning", "a morning's work by keys alone, on both layouts", Work::Xtask(&["e2e", "morning"]))),
    beside(slow(
        "crash",
        "kills, failing and full disks, injured files, cut stories",
        Work::Built("otklik-crash", &["--short"]),
    )),
    beside(slow(
        "e2e-around",
        "tray, notifications, lock, sleep and shutdown as a desktop has them",
        Work::Xtask(&["e2e", "around"]),
    )),
    beside(slow("e2e-hostile", "hostile words and scripts do nothing to the window", Work::Xtask(&["e2e", "hostile"]))),
];

/// Cargo has nothing to build for it.
pub const FMT: &[&str] = &["fmt", "--all", "--check"];

/// Replaced by cargo-nextest where it is installed. Every line names the whole workspace: what cargo is asked for
/// decides the features of what is shared, and each other choice would build hundreds of packages once more.
pub const RUST_TESTS: &[&str] = &["test", "--quiet", "--workspace", "--", "--test-threads", THREADS];

/// Tests of Rust that run at once. Most stories of the hub wait for sockets: two cores are busy only with many more of
/// them than two (four take 312 s, eight 217 s).
pub const THREADS: &str = "8";

// The hub's tests again, with the address of a server: its stories run on it, and those that need one run at all.
const POSTGRES: &[&str] = &[
    "postgres",
    "cargo",
    "test",
    "--quiet",
    "--workspace",
    "--test",
    "hub",
    "--",
    "--include-ignored",
    "--skip",
    "neighbours::",
    "--test-threads",
    THREADS,
];

// The hub's stories with the programs of others that its database has no part in.
const NEIGHBOURS: &[&str] = &["test", "--quiet", "--workspace", "--test", "hub", "neighbours::", "--", "--ignored"];

const POSTGRES_STORE: &[&str] = &["postgres", "cargo", "test", "--quiet", "--workspace", "--lib", "--", "--ignored"];

// The same schedules each time, so that a red run is the change's doing; fresh ones are hunted with `cargo xtask sim`.
// In the profile of the other tests, which optimises what these two run: a second build of everything would take
// longer than it saves.
const SIM: &[&str] = &["--first", "1", "--seeds", "10000"];

const MUTANTS: &[&str] = &["--first", "1", "--mutants"];

pub const CLIPPY: &[&str] = &["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"];
