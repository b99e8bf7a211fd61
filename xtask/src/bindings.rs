//! The page's TypeScript types are generated from the Rust types; here they are written and compared.

use crate::program::{Program, root};
use crate::run::{SILENT, build, built};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;

fn file() -> PathBuf {
    root().join("ui/src/backend/types.ts")
}

fn generate() -> Result<String> {
    build(SILENT, &["page-types"])?;
    let made = Program::new(built("debug", "page-types")).output()?;
    if !made.status.success() {
        bail!("the types cannot be generated:\n{}", String::from_utf8_lossy(&made.stderr));
    }
    String::from_utf8(made.stdout).context("the generated types are not UTF-8")
}

/// Writes the types anew.
pub fn write() -> Result<()> {
    fs::write(file(), generate()?).with_context(|| format!("cannot write {}", file().display()))
}

/// Compares the committed types with the Rust types.
pub fn check(_log: &mut dyn std::io::Write) -> Result<()> {
    // A checkout on Windows may have changed the line ends.
    let committed = fs::read_to_string(file()).with_context(|| format!("cannot read {}", file().display()))?;
    if committed.replace("\r\n", "\n") != generate()? {
        bail!("ui/src/backend/types.ts is not what the Rust types say; `cargo xtask bindings` writes it anew");
    }
    Ok(())
}
