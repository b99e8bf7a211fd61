//! The daily commands: set up, run, test, simulate, measure. Knows which programs to start and in what order; what
//! they prove is theirs. Must stay quick to compile: it stands before everything else.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to whoever runs it")]

mod ahead;
mod assets;
mod bindings;
mod lanes;
mod postgres;
mod program;
mod rig;
mod run;
mod setup;
mod steps;
mod test;
mod through;
mod tidy;

use anyhow::Result;
use clap::{Parser, Subcommand};
use program::Program;
use setup::Wanted;
use std::process::ExitCode;

/// Otklik's daily commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing: system packages and the page's npm packages.
    Setup {
        /// Also what the tests need: a display, a sound server, a browser.
        #[arg(long)]
        tests: bool,
    },
    /// Build and start the app with its own hub.
    Run(run::Run),
    /// Check everything, fast steps first.
    Test(test::Test),
    /// Simulated schedules of the operator's side: `--seeds N`, `--mutants`, `--replay FILE`.
    Sim(through::Passed),
    /// At full size what `test` plays in part: 100 000 races for a dialog, 1 000 paused processes, 100 000 requests for
    /// what is another workspace's. Takes minutes.
    Races,
    /// Kill, fail and fill the disk under the operator's side.
    Crash(through::Passed),
    /// Measure, and print `name value unit (floor, ratio)` lines.
    Bench(through::Passed),
    /// A day's traffic compressed into minutes before the real window, its memory and its rest: `--minutes N`.
    Soak(through::Passed),
    /// The real window, a real hub and a real browser, in a display of their own: `main-job`, `workplace`, `morning`,
    /// `hostile`; or the hub alone, and a day at the centre: `centre`.
    E2e(through::Passed),
    /// Start a PostgreSQL server of its own, run a command with its address, stop it.
    Postgres(postgres::Beside),
    /// Start a program in the display, sound and message bus that end-to-end tests use.
    Rig(rig::Start),
    /// Write the page's TypeScript types anew.
    Bindings,
    /// Look for what no compiler sees: long files, vague names, paths of one machine, dead links.
    Tidy,
    /// Format all Rust code.
    Fmt,
    /// Draw the icons and play the sounds into their files anew.
    Assets,
}

fn main() -> ExitCode {
    match obey(Line::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn obey(command: Command) -> Result<()> {
    match command {
        Command::Setup { tests } => setup::ensure(if tests { Wanted::Tests } else { Wanted::Build }),
        Command::Run(run) => run.start(),
        Command::Test(test) => test.run(),
        Command::Sim(passed) => passed.release("otklik-sim"),
        Command::Races => through::races(),
        Command::Crash(passed) => passed.release("otklik-crash"),
        Command::Bench(passed) => passed.bench(),
        Command::Soak(passed) => passed.soak(),
        Command::E2e(passed) => passed.e2e(),
        Command::Postgres(beside) => beside.run(),
        Command::Rig(start) => start.run(),
        Command::Bindings => bindings::write(),
        Command::Tidy => tidy::check(&mut std::io::stdout()),
        Command::Fmt => Program::new("cargo").args(["fmt", "--all"]).run(),
        Command::Assets => assets::write(),
    }
}
