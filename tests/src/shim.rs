//! What is preloaded into a program to see what it asks of the system, or to refuse it: C sources in faults/.

use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles one of them, by its name without an ending; returns the library's place.
///
/// # Errors
/// When there is no C compiler, or it finds a fault.
pub fn compiled(name: &str) -> Result<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults").join(name).with_extension("c");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/faults");
    fs::create_dir_all(&folder)?;
    let shim = folder.join(name).with_extension("so");
    // Whoever preloads it already keeps the old file.
    let fresh = folder.join(format!("{name}-{}.so", std::process::id()));
    let status = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-o"])
        .arg(&fresh)
        .arg(&source)
        .arg("-ldl")
        .status()
        .context("no C compiler: install one, for example the package gcc")?;
    if !status.success() {
        bail!("{} does not compile", source.display());
    }
    fs::rename(&fresh, &shim)?;
    Ok(fs::canonicalize(shim)?)
}
