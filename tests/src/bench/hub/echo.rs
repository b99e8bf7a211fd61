//! The floor of the hub's figures: a server that keeps WebSockets open and does nothing else, and a plain echo.
//! It runs as a process of its own, started by the bench itself, so that its memory can be told apart.

use super::process::resident;
use crate::e2e::{alone, patience::START};
use anyhow::{Context, Result};
use futures_util::StreamExt as _;
use std::{path::Path, process::Stdio};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    process::Child,
};
use tokio_tungstenite::{accept_async_with_config, tungstenite::protocol::WebSocketConfig};

/// Buffers as small as the hub's own.
pub(super) fn small_buffers() -> WebSocketConfig {
    WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(0)
}

/// Serves until it is killed. Says its two ports first: WebSockets that are only kept, bytes that are sent back.
///
/// # Errors
/// If there is no port.
#[allow(clippy::print_stdout, reason = "the ports are what the starter reads")]
pub async fn serve() -> Result<()> {
    let (sockets, bytes) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
    println!("{} {}", sockets.local_addr()?.port(), bytes.local_addr()?.port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = bytes.accept().await {
            stream.set_nodelay(true).ok();
            tokio::spawn(send_back(stream));
        }
    });
    loop {
        let (stream, _) = sockets.accept().await?;
        tokio::spawn(async move {
            let Ok(mut socket) = accept_async_with_config(stream, Some(small_buffers())).await else { return };
            while let Some(Ok(_)) = socket.next().await {}
        });
    }
}

async fn send_back(mut stream: TcpStream) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        if stream.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

/// The floor as a process.
pub(super) struct Echo {
    _process: Child,
    pid: u32,
    /// Where WebSockets are kept.
    pub(super) sockets: u16,
    /// Where bytes come back.
    pub(super) bytes: u16,
}

impl Echo {
    /// Starts it.
    pub(super) async fn start(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut command = alone::command(std::env::current_exe()?, &folder.join("echo.log"))?;
        command.arg("echo").stdout(Stdio::piped());
        let mut process = alone::start(command)?;
        let pid = process.id().context("the echo has ended")?;
        let mut line = String::new();
        let mut said = BufReader::new(process.stdout.take().context("the echo says nothing")?);
        tokio::time::timeout(START, said.read_line(&mut line)).await.context("the echo does not start")??;
        let (sockets, bytes) = line.trim().split_once(' ').context("the echo names no ports")?;
        Ok(Self { _process: process, pid, sockets: sockets.parse()?, bytes: bytes.parse()? })
    }

    /// Resident memory, in KiB.
    pub(super) fn memory(&self) -> Result<f64> {
        resident(self.pid)
    }
}
