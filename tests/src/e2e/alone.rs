//! Programs that are started for a run: their words go to a file, and they do not outlive it.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use tokio::process::{Child, Command};

/// A command that dies with this program, however this one ends, and adds what it says to a log.
///
/// # Errors
/// The log cannot be written.
pub fn command(program: impl AsRef<OsStr>, log: &Path) -> Result<Command> {
    let log = OpenOptions::new().create(true).append(true).open(log).with_context(|| log.display().to_string())?;
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
    Ok(command)
}

/// Starts a command.
///
/// # Errors
/// It does not start; the error names it.
pub fn start(mut command: Command) -> Result<Child> {
    command.spawn().with_context(|| format!("cannot start {:?}", command.as_std()))
}

/// Runs a small program to its end and hands back what it said.
///
/// # Errors
/// It does not start or does not succeed.
pub async fn ask<S: AsRef<OsStr>>(program: &str, args: impl IntoIterator<Item = S>) -> Result<String> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).kill_on_drop(true);
    let said = tokio::time::timeout(super::patience::SOON, command.output())
        .await
        .with_context(|| format!("{program} does not come to an end"))?
        .with_context(|| format!("cannot start {program}"))?;
    if !said.status.success() {
        bail!("{:?} failed: {}", command.as_std(), String::from_utf8_lossy(&said.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

/// Ends a process that is not a child of this one the hard way.
///
/// # Errors
/// There is no such process.
pub async fn kill_hard(pid: u32) -> Result<()> {
    ask("kill", ["-KILL".to_owned(), pid.to_string()]).await.map(drop)
}

/// Whether a process is there and not merely waiting to be buried.
#[must_use]
pub fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// A port on loopback that nobody listens on now.
///
/// # Errors
/// There is none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
