//! A program and everything it has started, as the system counts its memory and its work.

use std::{collections::BTreeMap, fs, time::Duration};

/// What each process and each thread of a tree has done so far. Kept apart, because what ends takes its count along.
#[derive(Debug, Default)]
pub(in crate::bench) struct Work {
    /// Clock ticks of a process, a hundred a second.
    ticks: BTreeMap<u32, f64>,
    /// How often a thread was put on a processor.
    switches: BTreeMap<u32, f64>,
}

impl Work {
    /// Processor time in all.
    pub(in crate::bench) fn time(&self) -> Duration {
        Duration::from_secs_f64(self.ticks.values().sum::<f64>() / 100.0)
    }

    /// Ticks and switches since an earlier look.
    pub(in crate::bench) fn since(&self, before: &Self) -> (f64, f64) {
        let grown = |now: &BTreeMap<u32, f64>, then: &BTreeMap<u32, f64>| -> f64 {
            now.iter().map(|(id, count)| (count - then.get(id).unwrap_or(&0.0)).max(0.0)).sum()
        };
        (grown(&self.ticks, &before.ticks), grown(&self.switches, &before.switches))
    }
}

/// The process and its descendants.
pub(in crate::bench) fn of(root: u32) -> Vec<u32> {
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
pub(in crate::bench) fn memory(root: u32) -> f64 {
    memory_by_program(root).values().sum()
}

/// The same for each program of the tree by its name.
pub(in crate::bench) fn memory_by_program(root: u32) -> BTreeMap<String, f64> {
    let mut programs = BTreeMap::new();
    for pid in of(root) {
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        *programs.entry(name.trim().to_owned()).or_default() += number(&rollup, "Pss:") / 1024.0;
    }
    programs
}

/// What the tree has done so far. A process or thread that ends while it is looked at is left out.
pub(in crate::bench) fn work(root: u32) -> Work {
    let mut work = Work::default();
    for pid in of(root) {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let ticks = fields.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>();
        work.ticks.insert(pid, ticks);
        for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            let Some(thread) = task.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
            work.switches.insert(thread, number(&status, "voluntary_ctxt_switches:"));
        }
    }
    work
}

/// The number of a line that begins so.
fn number(text: &str, begins: &str) -> f64 {
    let rest = text.lines().find_map(|line| line.strip_prefix(begins));
    rest.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
}
