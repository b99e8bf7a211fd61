//! The npm packages of the page and of the customers' widget.

use crate::program::{Program, exists, root};
use anyhow::{Context, Result, bail};
use std::fs;

/// The folders with a package of their own.
const FOLDERS: [&str; 2] = ["ui", "hub/widget"];

/// The oldest Node the page's tools run on.
const OLDEST_NODE: u32 = 20;

/// Installs each folder's packages if its lock changed since the last time.
pub fn ensure() -> Result<()> {
    let locked = |folder: &&str| root().join(folder).join("package-lock.json").exists();
    let stale: Vec<_> = FOLDERS.into_iter().filter(locked).filter(|folder| !is_installed(folder)).collect();
    if stale.is_empty() {
        return Ok(());
    }
    check_node()?;
    for folder in stale {
        println!("setup: npm packages of {folder}");
        Program::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).in_folder(folder).run()?;
        fs::copy(root().join(folder).join("package-lock.json"), stamp(folder))
            .with_context(|| format!("{folder}: cannot note what was installed"))?;
    }
    Ok(())
}

/// The lock as it was when its packages were installed: what the stamp says is compared, not when it was written,
/// so that switching branches back and forth installs nothing.
fn stamp(folder: &str) -> std::path::PathBuf {
    root().join(folder).join("node_modules/.installed-lock.json")
}

fn is_installed(folder: &str) -> bool {
    let lock = root().join(folder).join("package-lock.json");
    matches!((fs::read(lock), fs::read(stamp(folder))), (Ok(lock), Ok(stamp)) if lock == stamp)
}

fn check_node() -> Result<()> {
    if !exists("node") || !exists("npm") {
        bail!(
            "Node is missing: the page is built with it. Install Node {OLDEST_NODE} or newer with npm \
             (from nodejs.org or your system's packages) and try again"
        );
    }
    let said = Program::new("node").args(["--version"]).output()?;
    let version = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major < OLDEST_NODE) {
        bail!("Node {version} is too old: the page's tools want {OLDEST_NODE} or newer");
    }
    Ok(())
}
