//! The windows on the screen as their manager has them: which has the focus, which can be seen.

use super::alone::{self, ask};
use super::patience::{SOON, until, until_true};
use anyhow::Result;
use std::ffi::OsStr;
use std::path::Path;
use tokio::process::Child;

/// A window, by the display's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window(u64);

/// Waits for a process to show its window.
///
/// # Errors
/// It shows none.
pub async fn of(pid: u32) -> Result<Window> {
    until("the window is on the screen", SOON, || async {
        let pid = pid.to_string();
        let found = ask("xdotool", ["search", "--all", "--onlyvisible", "--pid", &pid, "--name", "."]).await?;
        Ok(found.lines().next().and_then(|line| line.trim().parse().ok()).map(Window))
    })
    .await
}

/// Waits for a process to show another window beside this one.
///
/// # Errors
/// It shows none.
pub async fn beside(pid: u32, one: Window) -> Result<Window> {
    until("another window is on the screen", SOON, || async {
        let pid = pid.to_string();
        let found = ask("xdotool", ["search", "--all", "--onlyvisible", "--pid", &pid, "--name", "."]).await?;
        let all = found.lines().filter_map(|line| line.trim().parse().ok()).map(Window);
        Ok(all.into_iter().find(|other| *other != one))
    })
    .await
}

impl Window {
    /// Brings it to the front and waits until it has the focus.
    ///
    /// # Errors
    /// It does not get it.
    pub async fn focus(self) -> Result<()> {
        self.tell("windowactivate").await?;
        self.wait_for_focus().await
    }

    /// Waits until it has the focus.
    ///
    /// # Errors
    /// It does not get it.
    pub async fn wait_for_focus(self) -> Result<()> {
        until_true("the window has the focus", SOON, || async { Ok(focused().await == Some(self)) }).await
    }

    /// Minimises it and waits until it is gone from the screen.
    ///
    /// # Errors
    /// It stays.
    pub async fn minimise(self) -> Result<()> {
        self.tell("windowminimize").await?;
        until_true("the window is minimised", SOON, || async { Ok(!self.is_visible().await) }).await
    }

    /// Closes it the way its close button does: asks the window manager, with its own key.
    ///
    /// # Errors
    /// It does not get the focus.
    pub async fn close(self) -> Result<()> {
        self.focus().await?;
        ask("xdotool", ["key", "alt+F4"]).await.map(drop)
    }

    /// Puts it into the screen's first corner, where there is room for any size.
    ///
    /// # Errors
    /// It is gone.
    pub async fn to_corner(self) -> Result<()> {
        ask("xdotool", ["windowmove", &self.0.to_string(), "0", "0"]).await.map(drop)
    }

    /// Gives it a size, in pixels.
    ///
    /// # Errors
    /// It keeps another.
    pub async fn resize(self, width: u32, height: u32) -> Result<()> {
        let size = [width.to_string(), height.to_string()];
        ask("xdotool", ["windowsize", "--sync", &self.0.to_string(), &size[0], &size[1]]).await.map(drop)
    }

    /// Whether it is on the screen.
    pub async fn is_visible(self) -> bool {
        let said = ask("xwininfo", ["-id", &self.0.to_string()]).await.unwrap_or_default();
        said.contains("Map State: IsViewable")
    }

    /// Takes a photograph of it, without its frame.
    ///
    /// # Errors
    /// It is not on the screen.
    pub async fn photograph(self, file: &Path) -> Result<()> {
        let id = self.0.to_string();
        // Little time for packing: there are hundreds of them, and they are looked at once.
        let line = ["-window", &id, "-depth", "8", "-quality", "10"].map(OsStr::new);
        ask("import", line.into_iter().chain([file.as_os_str()])).await.map(drop)
    }

    /// What stands in its title bar.
    ///
    /// # Errors
    /// It is gone.
    pub async fn title(self) -> Result<String> {
        ask("xdotool", ["getwindowname", &self.0.to_string()]).await
    }

    async fn tell(self, what: &str) -> Result<()> {
        ask("xdotool", [what, &self.0.to_string()]).await.map(drop)
    }
}

/// The window that has the focus.
pub async fn focused() -> Option<Window> {
    ask("xdotool", ["getactivewindow"]).await.ok()?.parse().ok().map(Window)
}

/// Another program's window, for the operator to look at instead.
pub struct Elsewhere {
    window: Window,
    _program: Child,
}

impl Elsewhere {
    /// Opens it; it has the focus then.
    ///
    /// # Errors
    /// It does not appear.
    pub async fn open(log: &Path) -> Result<Self> {
        let mut command = alone::command("display", log)?;
        command.args(["-title", "Another program", "-geometry", "+40+700", "-size", "320x90", "xc:#7a8a99"]);
        let program = alone::start(command)?;
        let window = until("another program's window is on the screen", SOON, || async {
            let found = ask("xdotool", ["search", "--onlyvisible", "--name", "^Another program$"]).await?;
            Ok(found.lines().next().and_then(|line| line.parse().ok()).map(Window))
        })
        .await?;
        Ok(Self { window, _program: program })
    }

    /// Looks there.
    ///
    /// # Errors
    /// It does not get the focus.
    pub async fn focus(&self) -> Result<()> {
        self.window.focus().await
    }
}
