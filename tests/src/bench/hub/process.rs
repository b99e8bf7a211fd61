//! The hub as a process, with limits that a crowd from one machine does not reach, and its memory and work as the
//! system counts them.

use crate::e2e::{
    alone::{self, free_port},
    patience::{START, until_true},
};
use anyhow::{Context, Result, ensure};
use otklik_wire::{LoginAnswer, LoginRequest};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Child,
};

/// The password of every operator here.
pub(in crate::bench) const PASSWORD: &str = "a long password for measuring";

/// Kernel clock ticks in a second, as `/proc` counts them on Linux.
const TICKS: f64 = 100.0;

/// A running hub.
pub(in crate::bench) struct BenchHub {
    process: Child,
    pid: u32,
    port: u16,
    program: PathBuf,
    config: PathBuf,
    log: PathBuf,
}

impl BenchHub {
    /// Starts one with an empty database in a folder and waits until it is ready.
    pub(in crate::bench) async fn start(program: &Path, folder: &Path) -> Result<Self> {
        fs::remove_dir_all(folder).ok();
        fs::create_dir_all(folder)?;
        let port = free_port()?;
        let config = folder.join("hub.toml");
        let plenty = "{ burst = 1000000, per_second = 1000000.0 }";
        let limits = format!(
            "[limits]\noperator_frames = {plenty}\ncustomer_frames = {plenty}\ncustomer_messages = {plenty}\naccount_tries = 100000\naddress_tries = 100000\n"
        );
        fs::write(
            &config,
            format!("listen = \"127.0.0.1:{port}\"\ndata = \"data\"\n[log]\nlevel = \"warn\"\n{limits}"),
        )?;
        let log = folder.join("hub.log");
        let mut command = alone::command(program, &log)?;
        command.args(["serve", "--config"]).arg(&config);
        let process = alone::start(command)?;
        let pid = process.id().context("the hub has ended")?;
        let hub = Self { process, pid, port, program: program.to_owned(), config, log };
        until_true("the hub is ready", START, || async {
            Ok(hub.ask("GET /readyz", "").await?.starts_with("HTTP/1.1 200"))
        })
        .await
        .with_context(|| format!("its log is {}", hub.log.display()))?;
        Ok(hub)
    }

    /// Its address.
    pub(in crate::bench) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its port on loopback.
    pub(in crate::bench) fn port(&self) -> u16 {
        self.port
    }

    /// Its number among the processes.
    pub(in crate::bench) fn pid(&self) -> u32 {
        self.pid
    }

    /// Adds an operator, with these rights or all.
    pub(in crate::bench) async fn add_operator(&self, login: &str, name: &str, rights: Option<&str>) -> Result<()> {
        self.add(login, name, rights.map(|rights| format!("--rights={rights}"))).await
    }

    /// Adds one who may change settings.
    pub(in crate::bench) async fn add_administrator(&self, login: &str, name: &str) -> Result<()> {
        self.add(login, name, Some("--role=administrator".to_owned())).await
    }

    async fn add(&self, login: &str, name: &str, more: Option<String>) -> Result<()> {
        let mut command = alone::command(&self.program, &self.log)?;
        command.args(["user", "add", "--config"]).arg(&self.config);
        command.args(["--login", login, "--name", name, "--password-stdin"]).stdin(Stdio::piped());
        command.args(more);
        let mut adding = alone::start(command)?;
        let mut input = adding.stdin.take().context("the hub's command reads no password")?;
        input.write_all(format!("{PASSWORD}\n").as_bytes()).await?;
        drop(input);
        let status = tokio::time::timeout(START, adding.wait()).await.context("the hub's command does not end")??;
        ensure!(status.success(), "{login} could not be added: see {}", self.log.display());
        Ok(())
    }

    /// Changes a setting of the centre, as this operator.
    pub(in crate::bench) async fn set(&self, login: &str, setting: &str, value: &str) -> Result<()> {
        let password = self.config.with_file_name("password");
        fs::write(&password, PASSWORD)?;
        let mut command = alone::command(&self.program, &self.log)?;
        command.args(["admin", "--hub", &self.address(), "--login", login, "--password-file"]).arg(&password);
        command.args(["setting", "set", setting, value]);
        let mut changing = alone::start(command)?;
        let status = tokio::time::timeout(START, changing.wait()).await.context("the hub's command does not end")??;
        ensure!(status.success(), "{setting} could not be changed: see {}", self.log.display());
        Ok(())
    }

    /// Signs an operator in and hands over the token for his sockets.
    pub(in crate::bench) async fn sign_in(&self, login: &str) -> Result<String> {
        let request = LoginRequest {
            workspace: None,
            login: login.to_owned(),
            password: PASSWORD.to_owned(),
            device: "bench".to_owned(),
        };
        let answer = self.ask("POST /api/v1/login", &serde_json::to_string(&request)?).await?;
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body).context("the hub answers nothing")?;
        let answer: LoginAnswer = serde_json::from_str(body).context("the hub refuses the sign-in")?;
        Ok(answer.token)
    }

    /// Tries a wrong password. Returns how long the refusal took.
    pub(in crate::bench) async fn guess(&self, login: &str) -> Result<Duration> {
        let request = LoginRequest {
            workspace: None,
            login: login.to_owned(),
            password: "guess guess guess".to_owned(),
            device: "bench".to_owned(),
        };
        let body = serde_json::to_string(&request)?;
        let began = Instant::now();
        let answer = self.ask("POST /api/v1/login", &body).await?;
        let took = began.elapsed();
        ensure!(
            answer.starts_with("HTTP/1.1 401"),
            "a guess was not refused: {}",
            answer.lines().next().unwrap_or_default()
        );
        Ok(took)
    }

    /// Resident memory, in KiB.
    pub(in crate::bench) fn memory(&self) -> Result<f64> {
        resident(self.pid)
    }

    /// Processor time spent so far.
    pub(in crate::bench) fn work(&self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        let fields = stat.rsplit_once(") ").map(|(_, rest)| rest).context("an unreadable /proc")?;
        let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
        Ok(Duration::from_secs_f64(f64::from(ticks) / TICKS))
    }

    /// Ends it.
    pub(in crate::bench) async fn stop(mut self) -> Result<()> {
        self.process.kill().await.context("the hub cannot be stopped")
    }

    async fn ask(&self, what: &str, body: &str) -> Result<String> {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).await?;
        let head =
            format!("{what} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\n");
        socket.write_all(format!("{head}content-length: {}\r\n\r\n{body}", body.len()).as_bytes()).await?;
        let mut said = String::new();
        socket.read_to_string(&mut said).await?;
        Ok(said)
    }
}

/// Resident memory of a process, in KiB.
pub(super) fn resident(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no memory in /proc")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
