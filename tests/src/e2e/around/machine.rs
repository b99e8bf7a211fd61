//! The machine as logind and a screen saver tell it: a lock, sleep, and an end that waits for whoever asked for that.

use super::bus::Bus;
use crate::e2e::patience::{SOON, until};
use anyhow::{Context, Result};
use std::io::{PipeReader, Read};
use std::os::fd::OwnedFd as StdFd;
use std::sync::{Arc, Mutex, PoisonError};
use zbus::zvariant::{OwnedFd, OwnedObjectPath};
use zbus::{Connection, fdo, interface};

const LOGIND: &str = "org.freedesktop.login1";
const LOGIND_PLACE: &str = "/org/freedesktop/login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "/org/freedesktop/login1/session/_31";
const SAVER: &str = "org.freedesktop.ScreenSaver";
const SAVER_PLACE: &str = "/org/freedesktop/ScreenSaver";

/// Who asked that the machine's end waits.
type Delays = Arc<Mutex<Vec<PipeReader>>>;

/// The machine.
pub struct Machine {
    bus: Connection,
    delays: Delays,
}

struct Logind {
    delays: Delays,
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Logind {
    fn get_session(&self, _id: &str) -> fdo::Result<OwnedObjectPath> {
        OwnedObjectPath::try_from(SESSION).map_err(|error| fdo::Error::Failed(error.to_string()))
    }

    fn inhibit(&self, what: &str, _who: &str, _why: &str, mode: &str) -> fdo::Result<OwnedFd> {
        if (what, mode) != ("shutdown", "delay") {
            return Err(fdo::Error::InvalidArgs(format!("{what} {mode}")));
        }
        let (reader, writer) = std::io::pipe().map_err(|error| fdo::Error::Failed(error.to_string()))?;
        self.delays.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        Ok(StdFd::from(writer).into())
    }
}

struct Session;

#[interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        false
    }
}

struct Saver;

#[interface(name = "org.freedesktop.ScreenSaver")]
impl Saver {
    fn get_active(&self) -> bool {
        false
    }
}

impl Machine {
    /// Begins to be there, awake and unlocked.
    ///
    /// # Errors
    /// There is one already.
    pub async fn open(bus: &Bus) -> Result<Self> {
        let delays = Delays::default();
        let logind = Logind { delays: Arc::clone(&delays) };
        let bus = bus.somebody()?.serve_at(LOGIND_PLACE, logind)?.serve_at(SESSION, Session)?;
        let bus = bus.serve_at(SAVER_PLACE, Saver)?.name(LOGIND)?.name(SAVER)?.build().await?;
        Ok(Self { bus, delays })
    }

    /// Locks or unlocks the screen.
    ///
    /// # Errors
    /// The bus is gone.
    pub async fn lock(&self, on: bool) -> Result<()> {
        Ok(self.bus.emit_signal(None::<&str>, SAVER_PLACE, SAVER, "ActiveChanged", &on).await?)
    }

    /// Sleeps and wakes.
    ///
    /// # Errors
    /// The bus is gone.
    pub async fn sleep(&self) -> Result<()> {
        for asleep in [true, false] {
            self.bus.emit_signal(None::<&str>, LOGIND_PLACE, MANAGER, "PrepareForSleep", &asleep).await?;
        }
        Ok(())
    }

    /// Says that it goes down, and waits until nobody delays it any more.
    ///
    /// # Errors
    /// Nobody asked it to wait, or somebody never lets go.
    pub async fn shut_down(&self) -> Result<()> {
        let delay = until("somebody delays the machine's end", SOON, || async {
            Ok(self.delays.lock().unwrap_or_else(PoisonError::into_inner).pop())
        });
        let mut delay = delay.await?;
        self.bus.emit_signal(None::<&str>, LOGIND_PLACE, MANAGER, "PrepareForShutdown", &true).await?;
        let released = tokio::task::spawn_blocking(move || delay.read(&mut [0]));
        let read = tokio::time::timeout(SOON, released).await.context("the machine's end is delayed for ever")??;
        read.map(drop).context("the delay ended oddly")
    }
}
