//! One program to start, from the repository's root unless told otherwise, and what its failure is called.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Whether a program of this name can be started from `PATH`.
pub fn exists(name: &str) -> bool {
    let Some(paths) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&paths).any(|folder| {
        let found = folder.join(name);
        found.is_file() || found.with_extension("exe").is_file() || found.with_extension("cmd").is_file()
    })
}

/// A program with its arguments.
pub struct Program {
    said: String,
    command: Command,
}

impl Program {
    /// A program by name, or by path.
    pub fn new(name: impl AsRef<OsStr>) -> Self {
        let said = name.as_ref().to_string_lossy().into_owned();
        let mut command = Command::new(real_name(name.as_ref()));
        command.current_dir(root());
        // What cargo told this program about itself: some packages are built anew when it differs, and with them all
        // that rests on them, at each change between `cargo xtask` and cargo called by hand.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(is_about_this_package) {
                command.env_remove(&name);
            }
        }
        if std::env::var_os("CI").is_some() {
            // What is built once needs no notes for the next build: they would be half of the disk it takes.
            command.env("CARGO_INCREMENTAL", "0");
        }
        Self { said, command }
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        for arg in args {
            self.said.push(' ');
            self.said.push_str(&arg.as_ref().to_string_lossy());
            self.command.arg(arg);
        }
        self
    }

    /// Starts it in a folder of the repository.
    pub fn in_folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(root().join(folder));
        self
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sends all it says to a file.
    pub fn into_log(mut self, log: &File) -> Result<Self> {
        self.command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log.try_clone()?);
        Ok(self)
    }

    /// Runs it to its end; anything but success is an error.
    pub fn run(mut self) -> Result<()> {
        let status = self.command.status().with_context(|| format!("cannot start `{}`", self.said))?;
        if !status.success() {
            bail!("`{}` failed: {status}", self.said);
        }
        Ok(())
    }

    /// Starts it, and leaves it to whoever asked.
    pub fn start(mut self) -> Result<Child> {
        self.command.spawn().with_context(|| format!("cannot start `{}`", self.said))
    }

    /// Runs it to its end and hands back what it wrote, whatever its status.
    pub fn output(mut self) -> Result<Output> {
        self.command.output().with_context(|| format!("cannot start `{}`", self.said))
    }

    /// Whether it starts and succeeds, its words thrown away.
    pub fn succeeds(mut self) -> bool {
        let quiet = self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    }
}

fn is_about_this_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// Windows starts `npm` only under its full name.
fn real_name(name: &OsStr) -> PathBuf {
    if cfg!(windows) && name == "npm" { PathBuf::from("npm.cmd") } else { PathBuf::from(name) }
}
