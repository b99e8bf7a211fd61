//! A hub as a process of its own: started from a file, asked whether it is ready, killed, started again on the same
//! port and the same data.

use super::alone::{self, free_port};
use super::patience::{START, until};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Child;

/// A hub that may run or not.
pub struct HubProcess {
    program: PathBuf,
    config: PathBuf,
    log: PathBuf,
    port: u16,
    running: Option<Child>,
}

impl HubProcess {
    /// Writes the hub's file into a folder; nothing runs yet.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn prepare(program: &Path, folder: &Path, log: &Path) -> Result<Self> {
        let port = free_port()?;
        let config = folder.join("hub.toml");
        fs::create_dir_all(folder)?;
        let data = folder.join("hub-data");
        fs::create_dir_all(&data)?;
        fs::write(&config, format!("listen = \"127.0.0.1:{port}\"\ndata = {:?}\n", data.display().to_string()))?;
        Ok(Self { program: program.to_owned(), config, log: log.to_owned(), port, running: None })
    }

    /// What runs it.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Its address, also that of the customers' page.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Adds an operator, with the hub's own command.
    ///
    /// # Errors
    /// The command fails; its words are in the hub's log.
    pub async fn add_operator(&self, login: &str, name: &str, password: &str) -> Result<()> {
        self.add(&["--login", login, "--name", name], password).await
    }

    /// Adds the one who sets up the centre.
    ///
    /// # Errors
    /// As [`HubProcess::add_operator`].
    pub async fn add_administrator(&self, login: &str, name: &str, password: &str) -> Result<()> {
        self.add(&["--login", login, "--name", name, "--role", "administrator"], password).await
    }

    /// Has an administrator take over a whole centre, with the hub's own command. The hub has to run.
    ///
    /// # Errors
    /// The command fails; its words are in the hub's log.
    pub async fn take_over(&self, (login, password): (&str, &str), centre: &str) -> Result<()> {
        let file = self.config.with_file_name("centre.toml");
        fs::write(&file, centre)?;
        self.administer((login, password), &["centre", "import", &file.display().to_string()]).await
    }

    /// Has an administrator carry out one of the hub's commands.
    ///
    /// # Errors
    /// The command fails; its words are in the hub's log.
    pub async fn administer(&self, (login, password): (&str, &str), line: &[&str]) -> Result<()> {
        let secret = self.config.with_file_name("password");
        fs::write(&secret, password)?;
        let mut command = alone::command(&self.program, &self.log)?;
        command.args(["admin", "--hub", &self.address(), "--login", login, "--password-file"]).arg(&secret).args(line);
        let mut running = alone::start(command)?;
        let status = tokio::time::timeout(START, running.wait()).await.context("the hub's command does not end")??;
        ensure!(status.success(), "{line:?} failed: see {}", self.log.display());
        Ok(())
    }

    async fn add(&self, whom: &[&str], password: &str) -> Result<()> {
        let mut command = alone::command(&self.program, &self.log)?;
        command.args(["user", "add", "--config"]).arg(&self.config).args(whom).arg("--password-stdin");
        command.stdin(Stdio::piped());
        let mut adding = alone::start(command)?;
        let mut input = adding.stdin.take().context("the hub's command reads no password")?;
        input.write_all(format!("{password}\n").as_bytes()).await?;
        drop(input);
        let status = tokio::time::timeout(START, adding.wait()).await.context("the hub's command does not end")??;
        ensure!(status.success(), "{whom:?} could not be added: see {}", self.log.display());
        Ok(())
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// It does not start, or does not become ready.
    pub async fn start(&mut self) -> Result<()> {
        let mut command = alone::command(&self.program, &self.log)?;
        command.arg("serve").arg("--config").arg(&self.config);
        self.running = Some(alone::start(command)?);
        until("the hub is ready", START, || async {
            Ok((get(self.port, "/readyz").await?.starts_with("HTTP/1.1 200")).then_some(()))
        })
        .await
        .with_context(|| format!("its log is {}", self.log.display()))
    }

    /// Kills it with SIGKILL and waits until it is gone.
    ///
    /// # Errors
    /// It does not run.
    pub async fn kill(&mut self) -> Result<()> {
        let Some(mut running) = self.running.take() else { bail!("the hub does not run") };
        running.kill().await.context("the hub cannot be killed")
    }
}

/// What the hub answers, head and body.
async fn get(port: u16, path: &str) -> Result<String> {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await?;
    socket.write_all(format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n").as_bytes()).await?;
    let mut said = String::new();
    socket.read_to_string(&mut said).await?;
    Ok(said)
}
