//! A program and everything it has started, as the system counts its memory and its work.

use anyhow::Result;
use std::{collections::BTreeMap, fs, path::Path, time::Duration};

/// What a tree of processes has done so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Work {
    /// Clock ticks, a hundred a second.
    pub(super) ticks: f64,
    /// How often one of its threads was put on a processor.
    pub(super) switches: f64,
}

impl Work {
    /// The ticks as time.
    pub(super) fn time(self) -> Duration {
        Duration::from_secs_f64(self.ticks / 100.0)
    }
}

/// The process and its descendants.
pub(super) fn of(root: u32) -> Vec<u32> {
    let mut children = BTreeMap::<u32, Vec<u32>>::new();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let stat = fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok());
        children.entry(parent.unwrap_or(0)).or_default().push(pid);
    }
    let mut tree = vec![root];
    let mut at = 0;
    while let Some(pid) = tree.get(at) {
        tree.extend(children.remove(pid).unwrap_or_default());
        at += 1;
    }
    tree
}

/// Memory of the tree in MiB, what is shared counted once (PSS).
pub(super) fn memory(root: u32) -> f64 {
    let of_one = |pid: u32| {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        number(&rollup, "Pss:")
    };
    of(root).into_iter().map(of_one).sum::<f64>() / 1024.0
}

/// What the tree has done so far.
pub(super) fn work(root: u32) -> Result<Work> {
    let mut work = Work::default();
    for pid in of(root) {
        // A process may end while it is looked at; then it does nothing more.
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        work.ticks += fields.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>();
        work.switches += switches(Path::new(&format!("/proc/{pid}/task")));
    }
    Ok(work)
}

fn switches(tasks: &Path) -> f64 {
    let of_one = |status: String| number(&status, "voluntary_ctxt_switches:");
    let tasks = fs::read_dir(tasks).into_iter().flatten().flatten();
    tasks.filter_map(|task| fs::read_to_string(task.path().join("status")).ok()).map(of_one).sum()
}

/// The number of a line that begins so.
fn number(text: &str, begins: &str) -> f64 {
    let rest = text.lines().find_map(|line| line.strip_prefix(begins));
    rest.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
}
