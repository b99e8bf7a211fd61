//! The shell of the workplace: a window, a tray, sounds, notifications and the keychain around the engine. Decides
//! nothing about dialogs; knows the machine. The only package that knows tauri.

mod asked;
mod bridge;
mod browser;
mod bundle;
mod desk;
mod desktop;
mod display;
mod flags;
mod geometry;
mod keychain;
mod leaving;
mod links;
mod machine;
mod own_windows;
mod policy;
mod popups;
mod quiet;
mod remains;
mod seat;
mod shell;
mod sound;
mod spelling;
mod strip;
mod tray;
mod window;
mod words;

use anyhow::{Context, Result};
use clap::Parser;
use flags::Flags;
use otklik_hub::log_filter;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    // Before anything else: a helper has no windows, no flags and no log.
    if let Some(ended) = otklik_files::helper::run_if_asked(std::env::args().skip(1)) {
        return ended;
    }
    let flags = Flags::parse();
    let wanted = std::env::var("OTKLIK_LOG").ok().and_then(|wanted| log_filter(&wanted).ok());
    let filter = wanted.unwrap_or_else(|| EnvFilter::new("info,zbus=warn,tao=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    remains::leave_none();
    match start(flags) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(flags: Flags) -> Result<()> {
    let data =
        flags.data_folder().context("this system has no home folder to keep anything in; name one with --data")?;
    // Twice is the only way this fails, and then it is done.
    rustls::crypto::ring::default_provider().install_default().ok();
    if flags.browser {
        return browser::run(&flags, &data);
    }
    if !display::exists() {
        say_why();
        return browser::run(&flags, &data);
    }
    display::prepare();
    desktop::run(flags, data)
}

/// For the person at the terminal, whatever the log is set to.
#[allow(clippy::print_stdout, reason = "it is said beside the address, which is printed too")]
fn say_why() {
    println!("There is no display to open a window on; the workplace is served to a browser instead.");
}
