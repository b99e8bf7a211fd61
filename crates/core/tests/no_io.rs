//! The core does no IO: it depends on nothing that could, and names nothing of the standard library that does. Time, ids
//! and answers come in as arguments.
//!
//! Invariant 15.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What it may rest on: words, ids, and how they are written down. None of them reads a clock unless asked to.
const DEPENDENCIES: [&str; 4] = ["otklik-model", "serde", "ts-rs", "uuid"];
/// Parts of the standard library that reach outside.
const OUTSIDE: [&str; 8] = ["env", "fs", "io", "net", "os", "process", "thread", "time"];
/// Calls that read a clock or draw a random number wherever they come from.
const CALLS: [&str; 5] = ["now_v7(", "new_v4(", "Instant::now(", "SystemTime::now(", "Timestamp::now("];

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source, but the tests.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The parts of the standard library that a source names: `std::fs`, or `fs` in `std::{fmt, fs}`.
fn named(source: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for rest in source.split("std::").skip(1) {
        let ends = |c: char| if rest.starts_with('{') { c == ';' } else { !c.is_alphanumeric() && c != '_' };
        let said = rest.split(ends).next().unwrap_or_default();
        names.extend(said.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|name| !name.is_empty()));
    }
    names
}

#[test]
fn the_core_names_nothing_that_reaches_outside() {
    let mut files = Vec::new();
    sources(&folder().join("src"), &mut files);
    assert!(files.len() > 40, "only {} sources are found", files.len());
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code = lines.collect::<Vec<_>>().join("\n");
        for name in named(&code) {
            assert!(!OUTSIDE.contains(&name), "{} names std::{name}", file.display());
        }
        for call in CALLS {
            assert!(!code.contains(call), "{} calls {call}", file.display());
        }
    }
}

#[test]
fn the_core_rests_on_nothing_that_reaches_outside() {
    let text = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    let mut part = "";
    for line in text.lines() {
        if let Some(head) = line.strip_prefix('[') {
            part = head.trim_end_matches(']');
            if let Some(name) = part.strip_prefix("dependencies.") {
                assert!(DEPENDENCIES.contains(&name), "{name}");
            }
        } else if part == "dependencies" && !line.trim().is_empty() {
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            assert!(DEPENDENCIES.contains(&name), "{name}");
        }
    }
}

#[test]
fn what_reaches_outside_is_seen_however_it_is_named() {
    assert_eq!(named("use std::fs;"), ["fs"]);
    assert_eq!(
        named("use std::{collections::BTreeMap, fmt, time::Duration};"),
        ["collections", "BTreeMap", "fmt", "time", "Duration"]
    );
    assert_eq!(named("fn a() -> std::io::Result<()> { net() }"), ["io"]);
}
