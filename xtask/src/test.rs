//! `cargo xtask test`: one step after the other, each with its time, until one fails.

use crate::ahead::Ahead;
use crate::lanes;
use crate::program::{Program, root};
use crate::run::{SILENT, build, built};
use crate::setup::{Wanted, ensure};
use crate::steps::{RUST_TESTS, STEPS, Step, THREADS, Work};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Which steps to take.
#[derive(Args)]
pub struct Test {
    /// Only this step; may be given more than once.
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Leave out what opens a window or runs for minutes.
    #[arg(long)]
    fast: bool,
    /// Show the steps and take none.
    #[arg(long)]
    list: bool,
}

impl Test {
    /// Takes the steps.
    pub fn run(self) -> Result<()> {
        let steps = self.chosen()?;
        if self.list {
            for step in steps {
                println!("{:13} {}{}", step.name, step.proves, if step.slow { " (slow)" } else { "" });
            }
            return Ok(());
        }
        let begun = Instant::now();
        let mut ahead = Ahead::default();
        if let [first, rest @ ..] = &steps[..] {
            ahead.of(first, rest)?;
        }
        ensure(if steps.iter().any(|step| step.slow) { Wanted::Tests } else { Wanted::Build })?;
        let mut passed = 0;
        while let Some(step) = steps.get(passed) {
            ahead.of(step, &steps[passed + 1..])?;
            let row = steps[passed..].iter().take_while(|step| step.beside).count();
            let taken = if row > 1 { lanes::take(&steps[passed..passed + row]) } else { take(step) };
            if let Err(Failed { step, passed: of_these, error }) = taken {
                passed += of_these;
                println!("{passed} passed, 1 failed, {} skipped", steps.len() - passed - 1);
                return Err(error.context(format!("step `{step}` failed")));
            }
            passed += row.max(1);
        }
        println!("took {:.0} s", begun.elapsed().as_secs_f64());
        println!("{passed} passed, 0 failed");
        Ok(())
    }

    fn chosen(&self) -> Result<Vec<&'static Step>> {
        if let Some(unknown) = self.only.iter().find(|name| !STEPS.iter().any(|step| step.name == **name)) {
            bail!("there is no step `{unknown}`; `cargo xtask test --list` shows them");
        }
        let wanted = |step: &&Step| {
            if self.only.is_empty() {
                !(self.fast && step.slow)
            } else {
                self.only.iter().any(|name| name == step.name)
            }
        };
        Ok(STEPS.iter().filter(wanted).collect())
    }
}

/// A step that failed, and how many were taken well before or beside it.
pub struct Failed {
    /// Its name.
    pub step: &'static str,
    /// Of the same row.
    pub passed: usize,
    /// Why.
    pub error: anyhow::Error,
}

/// Takes one step.
fn take(step: &Step) -> Result<(), Failed> {
    // Said before, so that one sees what is going on.
    print!("{:13} ", step.name);
    io::stdout().flush().ok();
    Taken::of(step).tell("").map_err(|error| Failed { step: step.name, passed: 0, error })
}

/// What came of a step.
pub struct Taken {
    /// Its name.
    pub step: &'static str,
    proves: &'static str,
    seconds: f64,
    result: Result<()>,
}

impl Taken {
    /// Takes it; all it says goes to a file, which is shown only if it fails.
    pub fn of(step: &Step) -> Self {
        let begun = Instant::now();
        let result = log_path(step.name).and_then(|path| {
            let mut log = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
            work(step, &mut log)
        });
        Self { step: step.name, proves: step.proves, seconds: begun.elapsed().as_secs_f64(), result }
    }

    /// Tells it in the rest of a line.
    pub fn tell(self, before: &str) -> Result<()> {
        let Self { step, proves, seconds, result } = self;
        match &result {
            Ok(()) => println!("{before}ok      {seconds:6.1} s  {proves}"),
            Err(_) => {
                println!("{before}FAILED  {seconds:6.1} s  {proves}\n");
                show(&log_path(step)?)?;
            }
        }
        result
    }
}

fn log_path(step: &str) -> Result<PathBuf> {
    let folder = root().join("target/xtask/log");
    fs::create_dir_all(&folder)?;
    Ok(folder.join(format!("{step}.log")))
}

fn show(path: &Path) -> Result<()> {
    io::copy(&mut File::open(path)?, &mut io::stdout())?;
    println!();
    Ok(())
}

fn work(step: &Step, log: &mut File) -> Result<()> {
    let program = match &step.work {
        Work::Cargo(line) if *line == RUST_TESTS && has_nextest() => Program::new("cargo").args(NEXTEST),
        Work::Cargo(line) => Program::new("cargo").args(*line),
        Work::Built(name, args) => {
            build(SILENT, &[name])?;
            Program::new(built("debug", name)).args(*args)
        }
        Work::BesidePostgres(name, args) => {
            build(SILENT, &[name])?;
            this_program().args(["postgres"]).args([built("debug", name)]).args(*args)
        }
        Work::Npm(folder, script) => Program::new("npm").args(["run", "--silent", script]).in_folder(folder),
        Work::Xtask(line) => this_program().args(*line),
        Work::Own(check) => return check(log),
    };
    program.into_log(log)?.run()
}

/// This program by its place, not by what runs: a step that builds the whole workspace puts a new file there, and the
/// running one has no name any more.
fn this_program() -> Program {
    Program::new(built("debug", "xtask"))
}

const NEXTEST: [&str; 8] =
    ["nextest", "run", "--workspace", "--test-threads", THREADS, "--status-level", "fail", "--hide-progress-bar"];

fn has_nextest() -> bool {
    Program::new("cargo").args(["nextest", "--version"]).succeeds()
}
