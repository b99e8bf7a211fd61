//! Programs with a window, started plainly: the app itself, and the smallest window with a web page in it, which is
//! the floor of everything that the app's window does.

use super::{
    screen::{Area, Screen},
    tree,
};
use crate::e2e::alone::{self, is_alive};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tokio::process::Child;
use x11rb::protocol::xproto::Window;

/// How long a window may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The floor's page: one colour, and a field to write in that has the keyboard.
const FLOOR_PAGE: &str = "<!doctype html><meta charset=utf-8><title>floor</title>\
    <style>html{background:#204060}textarea{position:fixed;left:0;right:0;bottom:0;height:250px;border:0;padding:0;font:20px/40px sans-serif}\
    div{position:fixed;left:400px;top:100px;width:600px;height:350px;background:#fff;color:#000;font:16px sans-serif;overflow:hidden}</style>\
    <textarea autofocus></textarea><div>0</div>\
    <script>let n=0;document.querySelector('div').onclick=e=>{n+=1;e.target.textContent=('message '+n+' ').repeat(200)}</script>";

/// The colour of [`FLOOR_PAGE`], blue first.
pub(super) const FLOOR_COLOUR: [u8; 3] = [0x60, 0x40, 0x20];
/// Where [`FLOOR_PAGE`] has what changes when it is clicked.
pub(super) const FLOOR_TEXT: Area = Area { x: 420, y: 170, width: 500, height: 200 };
/// Where [`FLOOR_PAGE`] has nothing but its colour.
pub(super) const FLOOR_GROUND: Area = Area { x: 20, y: 300, width: 8, height: 8 };

/// Where [`FLOOR_PAGE`] has the first line of its field. It hangs at the lower edge, because a tool bar of unknown
/// height stands above the page.
pub(super) fn floor_field(window_height: u16) -> Area {
    Area { x: 0, y: (window_height.saturating_sub(250)).cast_signed(), width: 300, height: 60 }
}

/// What can be started.
pub(super) struct Startable {
    program: PathBuf,
    args: Vec<String>,
    log: PathBuf,
}

impl Startable {
    /// The app with this data folder and hub.
    pub(super) fn app(program: &Path, data: &Path, hub: &str, log: &Path) -> Self {
        let args = ["--data".to_owned(), data.display().to_string(), "--hub".to_owned(), hub.to_owned()];
        Self { program: program.to_owned(), args: args.into(), log: log.to_owned() }
    }

    /// The smallest browser window of the same web view, if the system has it.
    pub(super) fn floor(folder: &Path) -> Result<Option<Self>> {
        let page = folder.join("floor.html");
        fs::write(&page, FLOOR_PAGE)?;
        let libraries =
            fs::read_dir("/usr/lib")?.flatten().map(|entry| entry.path().join("webkit2gtk-4.1/MiniBrowser"));
        let Some(program) = libraries.into_iter().find(|program| program.exists()) else { return Ok(None) };
        let args = vec!["--geometry=1280x800".to_owned(), format!("file://{}", page.display())];
        Ok(Some(Self { program, args, log: folder.join("floor.log") }))
    }

    /// Starts it.
    pub(super) fn start(&self) -> Result<Started> {
        let mut command = alone::command(&self.program, &self.log)?;
        command.args(&self.args).env("LC_ALL", "C.UTF-8").env("LANGUAGE", "en");
        // The app chooses this by itself; the floor has to be told.
        command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        let at = Instant::now();
        let child = alone::start(command)?;
        let pid = child.id().context("it has ended at once")?;
        Ok(Started { child, pid, at })
    }
}

/// A running program.
pub(super) struct Started {
    child: Child,
    pub(super) pid: u32,
    pub(super) at: Instant,
}

impl Started {
    /// Waits for its window.
    pub(super) fn window(&self, screen: &Screen) -> Result<Window> {
        while self.at.elapsed() < PATIENCE {
            if let Some(window) = screen.window_of(self.pid)? {
                return Ok(window);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("no window after {} s", PATIENCE.as_secs())
    }

    /// Kills it and waits until everything it has started is gone too.
    pub(super) async fn stop(mut self) -> Result<()> {
        let tree = tree::of(self.pid);
        self.child.kill().await?;
        let deadline = Instant::now() + PATIENCE;
        while tree.iter().any(|pid| is_alive(*pid)) {
            if Instant::now() > deadline {
                bail!("a process of it stays");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}
