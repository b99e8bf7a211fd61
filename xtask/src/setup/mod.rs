//! Sees to it that a fresh machine can build and test. Says exactly what is missing where it may not install it.

mod node;
mod packages;
mod system;

use anyhow::{Result, bail};
use std::thread;

/// How much has to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Enough to build and run the app.
    Build,
    /// And to test it in a display of its own.
    Tests,
}

/// Installs what is missing, or stops with the command that would. Quick when nothing is.
pub fn ensure(wanted: Wanted) -> Result<()> {
    // Neither needs the other, and both mostly wait.
    thread::scope(|scope| {
        let pages = scope.spawn(node::ensure);
        let packages = packages::ensure(wanted);
        let pages = pages.join().unwrap_or_else(|_| bail!("npm's packages could not be installed"));
        packages.and(pages)
    })
}

/// The system's packages alone.
pub fn ensure_packages(wanted: Wanted) -> Result<()> {
    packages::ensure(wanted)
}
