//! The single programs of a rig and the files they read.

use super::Rig;
use anyhow::{Context, Result};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

/// A bus without services of its own: nothing the person has installed starts in it by itself.
pub const BUS_CONFIG: &str = include_str!("bus.conf");

/// Shows everything long enough to be photographed and keeps it in the history (`dunstctl history`).
pub const DUNST_CONFIG: &str = r#"[global]
    origin = top-right
    offset = 16x16
    width = 360
    history_length = 200
    idle_threshold = 0
    sticky_history = yes
    font = DejaVu Sans 11
    mouse_left_click = do_action, close_current
[urgency_low]
    timeout = 60
[urgency_normal]
    timeout = 60
[urgency_critical]
    timeout = 60
"#;

/// Sends every sound to the rig's own sound server.
pub const ALSA_CONFIG: &str = "pcm.!default { type pulse }\nctl.!default { type pulse }\n";

/// The size of the screen: room for the largest window that is photographed, 1440 by 900, with its frame.
const SCREEN: &str = "1600x1000x24";

/// One running program.
pub struct Part {
    child: Child,
}

impl Part {
    /// An X server on a free display, and its number, which it tells once it answers.
    pub fn display(rig: &Rig) -> Result<(Self, String)> {
        let mut command = rig.command("Xvfb")?;
        command.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]);
        let mut child = command.stdout(Stdio::piped()).spawn().context("Xvfb does not start")?;
        let said = child.stdout.take().context("Xvfb says nothing")?;
        let part = Self { child };
        let mut number = String::new();
        BufReader::new(said).read_line(&mut number).context("Xvfb names no display")?;
        Ok((part, number.trim().to_owned()))
    }

    /// The message bus.
    pub fn bus(rig: &Rig) -> Result<Self> {
        let mut command = rig.command("dbus-daemon")?;
        command.arg(format!("--config-file={}", rig.folder().join("bus.conf").display()));
        Self::spawn(command.args(["--nofork", "--nopidfile"]))
    }

    /// Without it no window ever has the focus.
    pub fn window_manager(rig: &Rig) -> Result<Self> {
        Self::spawn(&mut rig.command("openbox")?)
    }

    /// The notification server.
    pub fn notifications(rig: &Rig) -> Result<Self> {
        let mut command = rig.command("dunst")?;
        Self::spawn(command.arg("-conf").arg(rig.folder().join("dunstrc")))
    }

    /// The sound server; what its speaker plays can be recorded from `test.monitor`.
    pub fn sound(rig: &Rig) -> Result<Self> {
        let mut command = rig.command("pulseaudio")?;
        command.args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"]);
        let socket = rig.folder().join("runtime/pulse");
        command.arg("-L").arg(format!(
            "module-native-protocol-unix auth-anonymous=1 auth-cookie-enabled=0 socket={}",
            socket.display()
        ));
        Self::spawn(command.args(["-L", "module-null-sink sink_name=test"]))
    }

    /// The keychain, unlocked with a password that it reads and nobody needs again.
    pub fn keychain(rig: &Rig) -> Result<Self> {
        let mut command = rig.command("gnome-keyring-daemon")?;
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        child.stdin.take().context("the keychain takes no password")?.write_all(b"rig")?;
        Ok(Self { child })
    }

    /// Ends the program and waits until it is gone.
    pub fn stop(mut self) {
        // Both fail only if it is gone already.
        self.child.kill().ok();
        self.child.wait().ok();
    }

    fn spawn(command: &mut Command) -> Result<Self> {
        let child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        Ok(Self { child })
    }
}

impl Rig {
    /// A program that dies with this one, however this one ends, and says what it has to say to a file.
    fn command(&self, name: &str) -> Result<Command> {
        let log = File::create(self.folder().join(format!("{name}.log")))?;
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--", name]).envs(self.environment());
        if self.display.is_empty() {
            command.env_remove("DISPLAY");
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(command)
    }
}
