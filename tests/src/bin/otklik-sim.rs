//! Plays simulated schedules: many, one, or one that was saved; hunts mutants; compares runs.
#![allow(clippy::print_stdout, reason = "a command-line program")]

use anyhow::{Context as _, bail};
use clap::Parser;
use otklik_hub::centre::Sharing;
use otklik_tests::{
    race::{self, Scene},
    sim::{
        batch, gaps, generate, mutants,
        plan::{Mishap, Plan},
        shrink::shrink,
        trace::Trace,
        world::Broken,
    },
};
use std::path::{Path, PathBuf};

/// The operator's side in virtual time, against a faulty hub.
#[derive(Debug, Parser)]
#[command(name = "otklik-sim", version)]
struct Args {
    /// Play so many schedules.
    #[arg(long)]
    seeds: Option<u64>,
    /// The first seed; the time of day if absent.
    #[arg(long)]
    first: Option<u64>,
    /// On so many threads; as many as there are cores if absent.
    #[arg(long)]
    threads: Option<usize>,
    /// Play one schedule and print what happens.
    #[arg(long)]
    seed: Option<u64>,
    /// Play a saved plan and print what happens.
    #[arg(long)]
    replay: Option<PathBuf>,
    /// Check that each built-in mistake is noticed.
    #[arg(long)]
    mutants: bool,
    /// Play so many schedules twice and compare.
    #[arg(long)]
    check_determinism: Option<u64>,
    /// Drop, double and displace an event at each of so many positions of a log.
    #[arg(long)]
    gaps: Option<u64>,
    /// Let many want one dialog at once, so often.
    #[arg(long)]
    races: Option<u64>,
    /// Pause the process that gives out dialogs, in so many runs.
    #[arg(long)]
    failovers: Option<u64>,
    /// Where failing plans are saved.
    #[arg(long, default_value = "target/sim")]
    out: PathBuf,
    /// Say only how it ended.
    #[arg(long)]
    quiet: bool,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let threads =
        args.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get));
    if let Some(path) = &args.replay {
        return show(&Plan::load(path)?, args.quiet);
    }
    if let Some(seed) = args.seed {
        return show(&generate::plan(seed), args.quiet);
    }
    let first = args.first.map_or_else(fresh_seed, Ok)?;
    if args.races.is_some() || args.failovers.is_some() {
        return contend(first, args.races.unwrap_or(0), args.failovers.unwrap_or(0), &args.out);
    }
    if let Some(positions) = args.gaps {
        return miss(positions);
    }
    if args.mutants {
        return hunt(first, threads);
    }
    if let Some(count) = args.check_determinism {
        return compare(first, count);
    }
    many(first, args.seeds.unwrap_or(1_000), threads, &args.out)
}

/// A seed nobody chose.
fn fresh_seed() -> anyhow::Result<u64> {
    let since =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).context("the clock is before 1970")?;
    Ok(since.as_secs() * 1_000)
}

fn show(plan: &Plan, quiet: bool) -> anyhow::Result<()> {
    let (result, trace) = batch::play_traced(plan, if quiet { Trace::Silent } else { Trace::Lines(Vec::new()) });
    if let Trace::Lines(lines) = trace {
        println!("{}", lines.join("\n"));
    }
    match result {
        Ok(report) => {
            println!("well: {report:?}");
            Ok(())
        }
        Err(broken) => bail!("{broken}"),
    }
}

fn many(first: u64, count: u64, threads: usize, out: &Path) -> anyhow::Result<()> {
    let batch = batch::run(first, count, threads, None, 1);
    let speed = (batch.passed as f64) / batch.took.as_secs_f64().max(0.001);
    println!(
        "sim: {} schedules from seed {first} in {:.1} s, {speed:.0}/s on {threads} threads; {} texts entered, {} on the \
         hub, {} parked, {} crashes, {} sounds, {:.0} simulated hours",
        batch.passed,
        batch.took.as_secs_f64(),
        batch.sums.entered,
        batch.sums.arrived,
        batch.sums.parked,
        batch.sums.crashes,
        batch.sums.sounds,
        batch.sums.simulated_ms as f64 / 3_600_000.0
    );
    match batch.failed.first() {
        None => Ok(()),
        Some((seed, broken)) => {
            let path = save(&generate::plan(*seed), broken, out)?;
            bail!("seed {seed}: {broken}\nreplay with: cargo xtask sim --replay {}", path.display())
        }
    }
}

/// Shortens a failing plan and saves it.
fn save(plan: &Plan, broken: &Broken, out: &Path) -> anyhow::Result<PathBuf> {
    let (mut short, how) = shrink(plan, broken);
    short.comment = how.to_string();
    let path = out.join(format!("{}.json", plan.seed));
    short.save(&path)?;
    println!("shortened from {} to {} steps: {}", plan.steps.len(), short.steps.len(), path.display());
    Ok(path)
}

fn hunt(first: u64, threads: usize) -> anyhow::Result<()> {
    let mut missed = 0;
    for mutant in mutants::all() {
        let caught = mutants::hunt(mutant, first, threads);
        let name = serde_json::to_value(mutant)?;
        let name = format!("{}/{}", name["in"].as_str().unwrap_or("?"), name["which"].as_str().unwrap_or("?"));
        match caught.by {
            Some((after, broken)) => {
                let what: String = broken.what.chars().take(100).collect();
                println!("{name:<32} caught after {after:>4} schedules by {}: {what}", broken.rule);
            }
            None => {
                missed += 1;
                println!("{name:<32} NOT caught within {} schedules", mutants::WITHIN);
            }
        }
    }
    if missed > 0 {
        bail!("{missed} mutants were not noticed: the checks have gaps");
    }
    Ok(())
}

fn miss(positions: u64) -> anyhow::Result<()> {
    for mishap in [Mishap::Drop, Mishap::Double, Mishap::Swap] {
        let seen = gaps::run(positions, mishap)?;
        println!(
            "gaps: {mishap:?} at each of {} positions of a log, {} times: {} repaired, {} harmless, 0 silent",
            seen.places.len(),
            seen.mishaps,
            seen.repaired,
            seen.ignored
        );
    }
    Ok(())
}

/// Plays races and failovers in stores of their own.
fn contend(first: u64, races: u64, failovers: u64, out: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(out)?;
    // Its own, for two that run at once; what a broken rule has left is kept.
    let folder = tempfile::Builder::new().prefix("race-").tempdir_in(out)?.keep();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let began = std::time::Instant::now();
    runtime.block_on(async {
        if races > 0 {
            let scene = Scene::open(&folder, Sharing::LeastLoaded).await?;
            let sums = race::races(&scene, first, races).await?;
            println!("races from seed {first} in {:.1} s: {sums:?}", began.elapsed().as_secs_f64());
        }
        if failovers > 0 {
            let sums = race::failovers(&folder, first, failovers).await?;
            println!("failovers from seed {first}, {:.1} s in all: {sums:?}", began.elapsed().as_secs_f64());
        }
        anyhow::Ok(())
    })?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn compare(first: u64, count: u64) -> anyhow::Result<()> {
    for seed in first..first + count {
        let plan = generate::plan(seed);
        let one = batch::play_traced(&plan, Trace::Hash(Default::default())).0;
        let two = batch::play_traced(&plan, Trace::Hash(Default::default())).0;
        if one != two {
            bail!("seed {seed} ended differently the second time: {one:?}, {two:?}");
        }
    }
    println!("determinism: {count} schedules from seed {first} played twice, each the same both times");
    Ok(())
}
