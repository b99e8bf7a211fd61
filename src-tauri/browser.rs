//! The workplaces without a window: the same engine, served to a browser on this machine.

use crate::bundle;
use crate::desk::Desk;
use crate::desktop::{config, told_to_end};
use crate::flags::Flags;
use crate::keychain::SystemKeychain;
use crate::shell::{Alerts, BrowserShell, Later};
use anyhow::{Context, Result};
use otklik_engine::browser::{Assets, serve};
use otklik_engine::{SeatShells, Seats, Shell};
use std::path::Path;
use std::sync::Arc;
use tauri::utils::assets::AssetKey;

/// Serves until it is told to end.
///
/// # Errors
/// If nothing can be served on loopback.
pub fn run(flags: &Flags, data: &Path) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("the system gives no threads")?;
    runtime.block_on(attend(flags, data))
}

#[allow(clippy::print_stdout, reason = "the address is for the person at the terminal")]
async fn attend(flags: &Flags, data: &Path) -> Result<()> {
    let later = Later::default();
    // At a terminal the end comes as a signal.
    let alerts = Alerts::start(tokio::runtime::Handle::current(), Arc::clone(&later), || {});
    let shells: SeatShells = Arc::new(move |seat| Arc::new(BrowserShell::of(&alerts, seat)) as Arc<dyn Shell>);
    let desk = Arc::new(Desk::new(data, flags.demo));
    let seats = Seats::start(config(flags, data), shells, Arc::new(SystemKeychain), Some(desk));
    later.set(seats.clone()).ok();
    let served = serve(seats.clone(), page(), 0).await.context("no port on loopback can be served")?;
    println!("The workplace is open for one browser on this machine:\n\n    {}\n\nCtrl+C ends it.", served.url);
    told_to_end().await.context("the system sends no signals")?;
    seats.stop().await;
    Ok(())
}

/// The page as it is bundled for the window.
fn page() -> Assets {
    // Once for the whole program, which reads from it until it ends.
    let bundled = Box::leak(Box::new(bundle::context())).assets();
    Arc::new(move |path| bundled.get(&AssetKey::from(path)))
}
