//! A place to run the real window in: a display with a window manager, a message bus of its own, notifications, an
//! unlocked keychain and a sound server whose only speaker is a recording. All of it lives in one temporary folder,
//! touches nothing of the person's own session, and is gone when the [`Rig`] is.

mod parts;

use crate::program::Program;
use crate::setup::{Wanted, ensure_packages};
use anyhow::{Context, Result, bail};
use clap::Args;
use parts::Part;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a part may take until it answers.
const PATIENCE: Duration = Duration::from_secs(20);

/// What to start inside.
#[derive(Args)]
pub struct Start {
    /// Leave the keychain out, as on a system without one.
    #[arg(long)]
    no_keychain: bool,
    /// The program and its arguments, after `--`.
    #[arg(last = true, required = true)]
    line: Vec<String>,
}

impl Start {
    /// Runs the program in a rig.
    pub fn run(self) -> Result<()> {
        ensure_packages(Wanted::Tests)?;
        let rig = if self.no_keychain { Rig::start_without_keychain()? } else { Rig::start()? };
        let mut line = self.line.into_iter();
        let Some(name) = line.next() else { bail!("which program?") };
        rig.furnish(Program::new(name).args(line)).run()
    }
}

/// The running parts. Dropping it stops them, last started first, and removes their folder.
pub struct Rig {
    folder: PathBuf,
    display: String,
    parts: Vec<Part>,
}

impl Rig {
    /// Starts everything and waits until each part answers.
    pub fn start() -> Result<Self> {
        let mut rig = Self::start_without_keychain()?;
        rig.part("keychain", Part::keychain)?;
        rig.wait("the keychain", &rig.asks_bus("org.freedesktop.secrets"))?;
        Ok(rig)
    }

    /// Starts everything but the keychain.
    pub fn start_without_keychain() -> Result<Self> {
        if !cfg!(target_os = "linux") {
            bail!("the display for end-to-end tests is built from Linux programs; run them there");
        }
        let folder = std::env::temp_dir().join(format!("otklik-rig-{}", std::process::id()));
        let mut rig = Self { folder, display: String::new(), parts: Vec::new() };
        rig.write_files()?;
        let (display, number) = Part::display(&rig)?;
        rig.parts.push(display);
        rig.display = format!(":{number}");
        rig.part("bus", Part::bus)?;
        rig.wait("the message bus", &rig.asks_bus("org.freedesktop.DBus"))?;
        rig.part("window manager", Part::window_manager)?;
        rig.part("notifications", Part::notifications)?;
        rig.part("sound", Part::sound)?;
        rig.wait("the window manager", &|rig| rig.furnish(Program::new("xdotool").args(["get_desktop"])))?;
        rig.wait("the notification server", &rig.asks_bus("org.freedesktop.Notifications"))?;
        rig.wait("the sound server", &|rig| rig.furnish(Program::new("pactl").args(["info"])))?;
        Ok(rig)
    }

    /// Gives a program this display, bus, sound and home.
    pub fn furnish(&self, program: Program) -> Program {
        self.environment().into_iter().fold(program, |program, (name, value)| program.env(name, value))
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let at = |name: &str| self.folder.join(name).display().to_string();
        let mut all = vec![
            ("DISPLAY", self.display.clone()),
            ("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", at("runtime/bus"))),
            ("PULSE_SERVER", format!("unix:{}", at("runtime/pulse"))),
            ("PULSE_RUNTIME_PATH", at("runtime/pulse-state")),
            ("HOME", at("home")),
            ("XDG_RUNTIME_DIR", at("runtime")),
            ("XDG_CONFIG_HOME", at("home/.config")),
            ("XDG_DATA_HOME", at("home/.local/share")),
            ("XDG_CACHE_HOME", at("home/.cache")),
            ("XDG_SESSION_TYPE", "x11".to_owned()),
            ("XDG_CURRENT_DESKTOP", "openbox".to_owned()),
            ("GDK_BACKEND", "x11".to_owned()),
            ("WAYLAND_DISPLAY", String::new()),
            // No bus for assistive programs: asking for one costs seconds where there is none.
            ("NO_AT_BRIDGE", "1".to_owned()),
            ("GTK_A11Y", "none".to_owned()),
            ("OTKLIK_RIG", at("")),
        ];
        // Cargo and rustup look for their own things below HOME, which is not the real one here.
        let real_home = std::env::var("HOME").unwrap_or_default();
        for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            if std::env::var_os(name).is_none() {
                all.push((name, format!("{real_home}/{folder}")));
            }
        }
        all
    }

    fn write_files(&self) -> Result<()> {
        for folder in ["home/.config", "home/.local/share", "home/.cache", "runtime/pulse-state"] {
            fs::create_dir_all(self.folder.join(folder))
                .with_context(|| format!("cannot make {}", self.folder.display()))?;
        }
        private(&self.folder)?;
        private(&self.folder.join("runtime"))?;
        let bus = parts::BUS_CONFIG.replace("@SOCKET@", &self.folder.join("runtime/bus").display().to_string());
        for (name, text) in
            [("bus.conf", bus.as_str()), ("dunstrc", parts::DUNST_CONFIG), ("home/.asoundrc", parts::ALSA_CONFIG)]
        {
            fs::write(self.folder.join(name), text)?;
        }
        Ok(())
    }

    fn part(&mut self, name: &str, start: impl Fn(&Self) -> Result<Part>) -> Result<()> {
        let part = start(self).with_context(|| format!("the rig's {name} does not start"))?;
        self.parts.push(part);
        Ok(())
    }

    /// A program that succeeds once somebody on the bus has this name.
    fn asks_bus(&self, name: &str) -> impl Fn(&Self) -> Program + use<> {
        let name = format!("string:{name}");
        move |rig| {
            let owner = ["--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetNameOwner"];
            rig.furnish(Program::new("dbus-send").args(["--session"]).args(owner).args([&name]))
        }
    }

    fn wait(&self, who: &str, question: &dyn Fn(&Self) -> Program) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !question(self).succeeds() {
            if Instant::now() > deadline {
                bail!("{who} does not answer after {} s", PATIENCE.as_secs());
            }
            // These programs tell nobody that they are ready; asking again is all one can do.
            std::thread::sleep(Duration::from_millis(30));
        }
        Ok(())
    }

    fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        while let Some(part) = self.parts.pop() {
            part.stop();
        }
        // A leftover folder in the temporary folder hurts nobody.
        fs::remove_dir_all(&self.folder).ok();
    }
}

#[cfg(unix)]
fn private(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?)
}

#[cfg(not(unix))]
fn private(_folder: &Path) -> Result<()> {
    Ok(())
}
