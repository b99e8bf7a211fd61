//! A message bus with nobody on it but the program under test and whoever plays the desktop to it. One bus serves as the
//! session's and as the system's.

use crate::e2e::alone;
use crate::e2e::patience::{SOON, START, until};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::Child;
use zbus::Connection;
use zbus::connection::Builder;

/// As in the rig: everybody may say everything, for nobody is here whom it could harm.
const CONFIG: &str = include_str!("../../../../xtask/src/rig/bus.conf");

/// A running bus, and the keychain on it.
pub struct Bus {
    address: String,
    runtime: PathBuf,
    _programs: [Child; 2],
}

impl Bus {
    /// Starts both below a folder. Sockets have short names: the folder itself may be deep.
    ///
    /// # Errors
    /// They do not start.
    pub async fn start(folder: &Path) -> Result<Self> {
        let runtime = std::env::temp_dir().join(format!("otklik-bus-{}", std::process::id()));
        fs::create_dir_all(&runtime)?;
        let (socket, config) = (runtime.join("bus"), runtime.join("bus.conf"));
        fs::write(&config, CONFIG.replace("@SOCKET@", &socket.display().to_string()))?;
        let mut command = alone::command("dbus-daemon", &folder.join("bus.log"))?;
        command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--nopidfile"]);
        let daemon = alone::start(command)?;
        let address = format!("unix:path={}", socket.display());
        let asked = until("the message bus answers", START, || async { Ok(Some(connect(&address).await?)) }).await?;
        let keychain = keychain(&address, &runtime, &folder.join("keychain.log")).await?;
        let bus = Self { address, runtime, _programs: [daemon, keychain] };
        let names = zbus::fdo::DBusProxy::new(&asked).await?;
        until("the keychain answers", SOON, || async {
            Ok(names.name_has_owner("org.freedesktop.secrets".try_into()?).await?.then_some(()))
        })
        .await?;
        Ok(bus)
    }

    /// What a program needs to know to be on it.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DBUS_SESSION_BUS_ADDRESS", self.address.clone()),
            ("DBUS_SYSTEM_BUS_ADDRESS", self.address.clone()),
            ("XDG_RUNTIME_DIR", self.runtime.display().to_string()),
        ]
    }

    /// Somebody who is going to be on it.
    ///
    /// # Errors
    /// It is gone.
    pub fn somebody(&self) -> Result<Builder<'static>> {
        Ok(Builder::address(self.address.as_str())?)
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        // What stays behind is a socket that nobody serves.
        fs::remove_dir_all(&self.runtime).ok();
    }
}

async fn connect(address: &str) -> Result<Connection> {
    Ok(Builder::address(address)?.build().await?)
}

async fn keychain(address: &str, runtime: &Path, log: &Path) -> Result<Child> {
    let mut command = alone::command("gnome-keyring-daemon", log)?;
    command.args(["--foreground", "--unlock", "--components=secrets"]).stdin(Stdio::piped());
    command.env("DBUS_SESSION_BUS_ADDRESS", address).env("XDG_RUNTIME_DIR", runtime);
    command.env("XDG_DATA_HOME", runtime.join("keys")).env("HOME", runtime);
    let mut daemon = alone::start(command)?;
    daemon.stdin.take().context("the keychain takes no password")?.write_all(b"around").await?;
    Ok(daemon)
}
