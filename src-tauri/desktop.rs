//! The desktop program: tauri's loop around the accounts' workplaces, from the first start to an orderly end.

use crate::asked;
use crate::bridge::{self, Bridge};
use crate::bundle;
use crate::desk::Desk;
use crate::flags::Flags;
use crate::keychain::SystemKeychain;
use crate::leaving;
use crate::links;
use crate::machine::{DesktopMachine, Ready};
use crate::own_windows::OwnWindows;
use crate::shell::{Desktop, DesktopShell, Later};
use crate::strip::Strip;
use crate::window::{self, Watcher};
use anyhow::{Context, Result};
use directories::UserDirs;
use otklik_engine::{FileAnswer, FileRange, PictureMaker, SeatShells, Seats, Shell, WorkplaceConfig};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tauri::http::{Request, Response};
use tauri::plugin::TauriPlugin;
use tauri::{App, AppHandle, Manager, RunEvent, Wry};

/// The scheme of the addresses under which the page finds files.
const FILES: &str = "otklik-file";

/// How long an orderly end may take. What was accepted is on disk before; this is for goodbyes.
const FAREWELL: Duration = Duration::from_secs(5);

/// Runs the program until it is quit.
///
/// # Errors
/// If the system gives no window.
pub fn run(flags: Flags, data: PathBuf) -> Result<()> {
    let mut builder = tauri::Builder::default();
    // First of all plugins: a second start ends in it.
    if let Some(plugin) = single_instance(&flags, &data) {
        builder = builder.plugin(plugin);
    }
    builder
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_updater::Builder::new().build())
        .invoke_handler(asked::only(tauri::generate_handler![
            bridge::subscribe,
            bridge::watch_seats,
            bridge::command,
            bridge::query,
            bridge::quit
        ]))
        .register_asynchronous_uri_scheme_protocol(FILES, |context, request, answer| {
            let asked = context.app_handle().try_state::<Bridge>().map(|bridge| bridge.seats().clone());
            tauri::async_runtime::spawn(async move { answer.respond(shown(asked, &request).await) });
        })
        .setup(move |app| Ok(set_up(app, &flags, &data)?))
        .on_window_event(|window, event| {
            window::happened(window.app_handle(), window.label(), event);
        })
        .build(bundle::context())
        .context("the window could not be opened")?
        .run(|app, event| {
            // Without a code it was the last window that closed, not somebody who wants to quit.
            if let RunEvent::ExitRequested { code: None, api, .. } = event {
                api.prevent_exit();
                quit(app);
            }
        });
    Ok(())
}

/// A picture, a sound or a film of a message, for our page alone: no window of ours shows another address.
async fn shown(seats: Option<Seats>, request: &Request<Vec<u8>>) -> Response<Cow<'static, [u8]>> {
    let range = request.headers().get("range").and_then(|range| FileRange::parse(range.to_str().ok()?));
    let found = match seats {
        Some(seats) => seats.file(request.uri().path(), range).await.ok(),
        None => None,
    };
    let answer = Response::builder()
        .header("x-content-type-options", "nosniff")
        .header("cache-control", "no-store")
        .header("accept-ranges", "bytes");
    let made = match found {
        Some(FileAnswer { media, content, part: Some((from, last, size)) }) => answer
            .status(206)
            .header("content-type", media)
            .header("content-range", format!("bytes {from}-{last}/{size}"))
            .body(content.into()),
        Some(FileAnswer { media, content, part: None }) => answer.header("content-type", media).body(content.into()),
        None => answer.status(404).body(Cow::Borrowed(&[][..])),
    };
    made.unwrap_or_default()
}

/// One program for each data folder: a second start shows the first one's window, and hands over the link that it was
/// started with. With a folder of its own it is a workplace of its own.
fn single_instance(flags: &Flags, data: &Path) -> Option<TauriPlugin<Wry>> {
    let plugin = tauri_plugin_single_instance::Builder::new().callback(|app, arguments, _| {
        match links::among(arguments.iter().map(String::as_str)) {
            Some(link) => links::follow(app, link),
            None => window::show(app),
        }
    });
    if flags.data.is_none() && !flags.demo {
        return Some(plugin.build());
    }
    // Elsewhere the plugin knows one name only; there the data folder's lock alone tells a second start.
    let digest = Sha256::digest(data.as_os_str().as_encoded_bytes());
    let name = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>();
    cfg!(target_os = "linux").then(|| plugin.dbus_id(format!("org.otklik.workplace.x{name}")).build())
}

fn set_up(app: &App, flags: &Flags, data: &Path) -> Result<()> {
    let app = app.handle();
    let window = window::open(app, data)?;
    let later = Later::default();
    let runtime = tauri::async_runtime::handle().inner().clone();
    let _inside = runtime.enter();
    let machine = Arc::new(DesktopMachine::new(app, data));
    let desktop = Arc::new(Desktop::start(app, runtime.clone(), Arc::clone(&later), machine));
    let shells: SeatShells = Arc::new(move |seat| Arc::new(DesktopShell::of(&desktop, seat)) as Arc<dyn Shell>);
    let desk = Arc::new(Desk::new(data, flags.demo));
    let seats = Seats::start(config(flags, data), shells, Arc::new(SystemKeychain), Some(desk));
    later.set(seats.clone()).ok();
    let strip = Strip::load(data);
    strip.restore(&window)?;
    app.manage(strip);
    app.manage(OwnWindows::new(data.to_owned(), seats.clone()));
    let told = seats.clone();
    app.manage(Watcher::new(data.to_owned(), move |state| told.window(state)));
    app.manage(Bridge::new(seats.clone()));
    app.manage(Ending { seats, begun: AtomicBool::new(false) });
    end_on_signal(app);
    follow_links(app, flags);
    if flags.hidden { Ok(()) } else { Ok(window.show().and_then(|()| window.set_focus())?) }
}

/// A program with a data folder of its own takes no links of the system: those belong to the installed one.
fn follow_links(app: &AppHandle, flags: &Flags) {
    if flags.data.is_none() && !flags.demo {
        links::register(app);
    }
    if let Some(link) = links::among(flags.link.as_deref()) {
        links::follow(app, link);
    }
}

/// What the workplace is started with, the same in a window and in a browser.
pub fn config(flags: &Flags, data: &Path) -> WorkplaceConfig {
    WorkplaceConfig {
        data: data.to_owned(),
        hub: flags.hub.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        downloads: UserDirs::new().and_then(|folders| folders.download_dir().map(Path::to_owned)),
        // This very program, started again to do nothing else.
        pictures: std::env::current_exe().ok().map(PictureMaker),
        policy: crate::policy::file(flags.policy.as_deref()),
        asks_first: false,
    }
}

/// The orderly end, which begins once.
struct Ending {
    seats: Seats,
    begun: AtomicBool,
}

/// Ends the program: the window goes at once, each workplace finishes what it has accepted, then the process ends.
pub fn quit(app: &AppHandle) {
    end(app, |app| app.exit(0));
}

/// Ends the program the same way, puts an update in its place and starts that; this version again, if it could not be
/// put there.
pub fn update(app: &AppHandle, ready: Ready) {
    end(app, move |app| {
        if let Err(error) = ready.install() {
            tracing::error!(error, "the update could not be put in place; this version goes on");
        }
        app.request_restart();
    });
}

fn end(app: &AppHandle, then: impl FnOnce(&AppHandle) + Send + 'static) {
    let Some(ending) = app.try_state::<Ending>() else { return app.exit(0) };
    if ending.begun.swap(true, Ordering::SeqCst) {
        return;
    }
    if let Some(watcher) = app.try_state::<Watcher>() {
        watcher.keep_place(app);
    }
    if let Some(own) = app.try_state::<OwnWindows>() {
        own.hide_all(app);
    }
    if let Some(Err(error)) = window::main(app).map(|window| window.hide()) {
        tracing::debug!(%error, "the window was gone already");
    }
    let (app, seats) = (app.clone(), ending.seats.clone());
    tauri::async_runtime::spawn(async move {
        leaving::settle(&app).await;
        if tokio::time::timeout(FAREWELL, seats.stop()).await.is_err() {
            tracing::warn!("the workplace took too long to end; what was accepted is on disk");
        }
        // It may read and write files.
        if tokio::task::spawn_blocking(move || then(&app)).await.is_err() {
            tracing::error!("the program could not end in good order");
            std::process::exit(1);
        }
    });
}

/// The end of the session, or of patience at a terminal, is an orderly end too.
fn end_on_signal(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if told_to_end().await.is_ok() {
            quit(&app);
        }
    });
}

/// Waits until the system asks this program to end.
///
/// # Errors
/// If the system has no such requests.
pub async fn told_to_end() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
