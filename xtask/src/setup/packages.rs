//! The system's packages: which are wanted, which are missing, and how each system installs them.

use super::Wanted;
use super::system::System;
use crate::program::{Program, exists};
use anyhow::{Result, bail};

/// What building needs, by Debian's names.
const BUILD: &[&str] = &[
    "libwebkit2gtk-4.1-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libasound2-dev",
    "libdbus-1-dev",
    "libssl-dev",
    "libxdo-dev",
    "pkg-config",
    "build-essential",
];

/// What testing needs on top: a display, a window manager, a bus, notifications, sound, a keychain, a browser, a
/// database server, a virus scanner and a mail server.
const TESTS: &[&str] = &[
    "webkit2gtk-driver",
    "xvfb",
    "openbox",
    "xdotool",
    "x11-utils",
    "dbus",
    "dbus-x11",
    "dunst",
    "pulseaudio",
    "pulseaudio-utils",
    "libasound2-plugins",
    "gnome-keyring",
    "chromium",
    "chromium-driver",
    "chromium-headless-shell",
    "fonts-dejavu-core",
    "fonts-noto-color-emoji",
    "imagemagick",
    "postgresql",
    "clamav-daemon",
    "python3-aiosmtpd",
];

/// Libraries that `pkg-config` must know, where packages cannot be asked about by name.
const LIBRARIES: &[&str] = &["webkit2gtk-4.1", "librsvg-2.0", "alsa", "dbus-1", "libcrypto"];

/// Programs that the tests start.
const PROGRAMS: &[&str] =
    &["WebKitWebDriver", "Xvfb", "openbox", "xdotool", "dunst", "pulseaudio", "gnome-keyring-daemon"];

/// Installs missing packages where that is allowed; elsewhere stops with the command to type.
pub fn ensure(wanted: Wanted) -> Result<()> {
    let system = System::here();
    let missing = missing(system, wanted)?;
    if missing.is_empty() {
        return Ok(());
    }
    if system == System::Debian && may_install() {
        return install(&missing);
    }
    let hint = hint(system, wanted, &missing);
    bail!("missing: {}\nInstall it with:\n\n    {hint}\n\nand start the same command again", missing.join(" "));
}

fn missing(system: System, wanted: Wanted) -> Result<Vec<&'static str>> {
    match system {
        System::Debian => missing_debian(wanted),
        System::Fedora | System::Arch | System::Suse | System::Alpine | System::OtherUnix => Ok(missing_unix(wanted)),
        System::MacOs => {
            let compiler = Program::new("xcode-select").args(["-p"]).succeeds();
            Ok(if compiler { Vec::new() } else { vec!["the command line tools of Xcode"] })
        }
        System::Windows => Ok(missing_windows()),
    }
}

fn missing_debian(wanted: Wanted) -> Result<Vec<&'static str>> {
    let all: Vec<_> = names(wanted);
    let said = Program::new("dpkg-query").args(["-W", "-f", "${db:Status-Abbrev} ${Package}\n"]).args(&all).output()?;
    let said = String::from_utf8_lossy(&said.stdout);
    let installed: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("ii ")).map(str::trim).collect();
    Ok(all.into_iter().filter(|name| !installed.contains(name)).collect())
}

fn names(wanted: Wanted) -> Vec<&'static str> {
    match wanted {
        Wanted::Build => BUILD.to_vec(),
        Wanted::Tests => BUILD.iter().chain(TESTS).copied().collect(),
    }
}

fn missing_unix(wanted: Wanted) -> Vec<&'static str> {
    let pkg_config = exists("pkg-config");
    let known = |name: &&&str| pkg_config && Program::new("pkg-config").args(["--exists", name]).succeeds();
    let mut missing: Vec<_> = LIBRARIES.iter().filter(|name| !known(name)).copied().collect();
    missing.extend(["cc", "make"].into_iter().filter(|name| !exists(name)));
    if wanted == Wanted::Tests {
        missing.extend(PROGRAMS.iter().filter(|name| !exists(name)));
        if !exists("chromium") && !exists("chromium-browser") {
            missing.push("chromium");
        }
    }
    missing
}

fn missing_windows() -> Vec<&'static str> {
    // The linker is found by the compiler itself, not on PATH; its installer leaves this folder behind.
    let studio = ["ProgramFiles", "ProgramFiles(x86)"]
        .into_iter()
        .filter_map(std::env::var_os)
        .any(|folder| std::path::Path::new(&folder).join("Microsoft Visual Studio").is_dir());
    if studio { Vec::new() } else { vec!["the C++ build tools of Visual Studio"] }
}

/// The line that installs everything on a system where it cannot be done from here.
fn hint(system: System, wanted: Wanted, missing: &[&str]) -> String {
    let tests = wanted == Wanted::Tests;
    let line = |build: &str, more: &str| if tests { format!("{build} {more}") } else { build.to_owned() };
    match system {
        System::Debian => format!("sudo apt-get install --no-install-recommends {}", missing.join(" ")),
        System::Fedora => line(
            "sudo dnf install webkit2gtk4.1-devel libappindicator-gtk3-devel librsvg2-devel alsa-lib-devel \
             dbus-devel openssl-devel libxdo-devel pkgconf-pkg-config gcc gcc-c++ make",
            "webkit2gtk-driver xorg-x11-server-Xvfb openbox xdotool dbus-daemon dunst pulseaudio pulseaudio-utils \
             alsa-plugins-pulseaudio gnome-keyring chromium chromedriver dejavu-sans-fonts ImageMagick postgresql-server \
             clamd python3-aiosmtpd",
        ),
        System::Arch => line(
            "sudo pacman -S --needed webkit2gtk-4.1 libappindicator-gtk3 librsvg alsa-lib dbus openssl xdotool \
             pkgconf base-devel",
            "xorg-server-xvfb openbox dunst pulseaudio alsa-plugins gnome-keyring chromium ttf-dejavu \
             noto-fonts-emoji imagemagick postgresql clamav python-aiosmtpd",
        ),
        System::Suse => line(
            "sudo zypper install webkit2gtk3-devel libayatana-appindicator3-devel librsvg-devel alsa-devel \
             dbus-1-devel libopenssl-devel xdotool-devel pkg-config gcc gcc-c++ make",
            "webkit2gtk-4_1-injected-bundles webkit2gtk3-minibrowser xorg-x11-server-Xvfb openbox xdotool dunst \
             pulseaudio pulseaudio-utils alsa-plugins-pulse gnome-keyring chromium chromedriver dejavu-fonts ImageMagick postgresql-server \
             clamav python3-aiosmtpd",
        ),
        System::Alpine => line(
            "sudo apk add webkit2gtk-4.1-dev libayatana-appindicator-dev librsvg-dev alsa-lib-dev dbus-dev \
             openssl-dev xdotool-dev pkgconf build-base",
            "webkit2gtk-4.1-driver xvfb openbox xdotool dbus dbus-x11 dunst pulseaudio pulseaudio-utils \
             alsa-plugins-pulse gnome-keyring chromium chromium-chromedriver font-dejavu imagemagick postgresql clamav-daemon \
             py3-aiosmtpd",
        ),
        System::OtherUnix => format!("your system's packages for: {}", missing.join(" ")),
        System::MacOs => "xcode-select --install    (and, for Node: brew install node)".to_owned(),
        System::Windows => "winget install Microsoft.VisualStudio.2022.BuildTools --override \"--wait --passive --add \
             Microsoft.VisualStudio.Workload.VCTools --includeRecommended\"    \
             (and, before Windows 11: winget install Microsoft.EdgeWebView2Runtime)"
            .to_owned(),
    }
}

fn is_root() -> bool {
    Program::new("id").args(["-u"]).output().is_ok_and(|said| said.stdout.trim_ascii() == b"0")
}

fn may_install() -> bool {
    is_root() || Program::new("sudo").args(["-n", "true"]).succeeds()
}

fn install(missing: &[&str]) -> Result<()> {
    println!("setup: apt-get install {}", missing.join(" "));
    let apt = |args: &[&str]| {
        let quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
        let program = if is_root() { Program::new("env").args(&quiet[1..]) } else { sudo(&quiet) };
        program.args(args).run()
    };
    apt(&["update"])?;
    apt(&["install", "-y", "--no-install-recommends"].iter().chain(missing).copied().collect::<Vec<_>>())
}

fn sudo(line: &[&str]) -> Program {
    Program::new("sudo").args(["-n"]).args(line)
}
