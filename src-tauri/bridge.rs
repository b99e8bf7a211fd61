//! The page's four calls. Each is one line; what they mean is the engine's, but for what is asked of the windows.

use crate::own_windows::{self, OwnWindows};
use crate::strip::Strip;
use otklik_core::{Receipt, UiError, UiErrorCode};
use otklik_engine::{AppCommand, PageAnswer, PageCommand, PageQuery, Push, WindowsView, Workplace};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State, WebviewWindow};

type Answered<T> = Result<T, UiError>;

/// The workplace as the windows' pages reach it.
pub struct Bridge {
    workplace: Workplace,
    /// Counts each window's subscriptions: a page that was loaded anew leaves its old channel behind, and nothing else
    /// tells.
    newest: Arc<Mutex<BTreeMap<String, u64>>>,
}

impl Bridge {
    /// To this workplace.
    pub fn new(workplace: Workplace) -> Self {
        Self { workplace, newest: Arc::default() }
    }

    /// The workplace itself.
    pub fn workplace(&self) -> &Workplace {
        &self.workplace
    }

    fn subscribe(&self, window: &WebviewWindow, channel: Channel<Push>) {
        let label = window.label().to_owned();
        let mine = {
            let mut newest = self.newest.lock();
            let number = newest.entry(label.clone()).or_default();
            *number += 1;
            *number
        };
        let (newest, app) = (Arc::clone(&self.newest), window.app_handle().clone());
        self.workplace.subscribe(move |push| {
            let current = newest.lock().get(&label) == Some(&mine);
            // A closed window's channel takes everything and delivers nothing.
            current && app.get_webview_window(&label).is_some() && channel.send(push).is_ok()
        });
    }

    async fn command(&self, window: &WebviewWindow, command: PageCommand) -> Answered<Receipt> {
        if !may(window.label(), &command) {
            return Err(refused());
        }
        match command {
            // The shell knows the windows' state better than the pages in them.
            PageCommand::App { command: AppCommand::Window { .. } } => Ok(Receipt::default()),
            PageCommand::App { command: AppCommand::OpenOwnWindow { dialog } } => {
                done(window.state::<OwnWindows>().open(window.app_handle(), dialog))
            }
            PageCommand::App { command: AppCommand::CloseOwnWindow { dialog } } => {
                done(window.state::<OwnWindows>().close(window.app_handle(), dialog, window.label()))
            }
            PageCommand::App { command: AppCommand::Compact { on } } => {
                done(window.state::<Strip>().turn(window.app_handle(), on))
            }
            command @ (PageCommand::App { .. } | PageCommand::Session { .. } | PageCommand::File { .. }) => {
                self.workplace.command(command).await
            }
        }
    }
}

/// Whether a window's page may ask for this. A dialog's own window works on its dialog and closes itself; everything
/// about the workplace is the main window's.
fn may(label: &str, command: &PageCommand) -> bool {
    let Some(own) = own_windows::dialog_of(label) else { return true };
    match command {
        PageCommand::Session { .. } | PageCommand::File { .. } => true,
        PageCommand::App { command } => match command {
            AppCommand::OpenLink { .. } | AppCommand::Window { .. } => true,
            AppCommand::CloseOwnWindow { dialog } => *dialog == own,
            AppCommand::Unlock { .. }
            | AppCommand::SignIn { .. }
            | AppCommand::UseLocalDesk
            | AppCommand::SignOut { .. }
            | AppCommand::TryAgain
            | AppCommand::UseSound { .. }
            | AppCommand::OpenCustomerPage
            | AppCommand::OpenOwnWindow { .. }
            | AppCommand::Compact { .. }
            | AppCommand::Machine { .. }
            | AppCommand::ExportSettings
            | AppCommand::ImportSettings { .. } => false,
        },
    }
}

fn refused() -> UiError {
    UiError { code: UiErrorCode::NotFound }
}

fn done(result: tauri::Result<()>) -> Answered<Receipt> {
    result.map(|()| Receipt::default()).map_err(|error| {
        tracing::warn!(%error, "a window did not do what it was asked for");
        UiError { code: UiErrorCode::NotReady }
    })
}

/// Tells the page everything from here on.
#[tauri::command(async)]
pub fn subscribe(bridge: State<'_, Bridge>, window: WebviewWindow, channel: Channel<Push>) {
    bridge.subscribe(&window, channel);
}

/// Carries out a command.
#[tauri::command]
pub async fn command(bridge: State<'_, Bridge>, window: WebviewWindow, command: PageCommand) -> Answered<Receipt> {
    bridge.command(&window, command).await
}

/// Answers a question.
#[tauri::command]
pub async fn query(bridge: State<'_, Bridge>, strip: State<'_, Strip>, query: PageQuery) -> Answered<PageAnswer> {
    if query == PageQuery::Windows {
        return Ok(PageAnswer::Windows { windows: Some(WindowsView { compact: strip.is_on() }) });
    }
    bridge.workplace.query(query).await
}

/// Ends the program; everything written is on disk before it does.
#[tauri::command]
pub fn quit(app: AppHandle) {
    crate::desktop::quit(&app);
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_core::Command;
    use otklik_model::DialogId;

    #[test]
    fn a_dialogs_own_window_does_nothing_with_the_workplace_around_it() {
        let (mine, other) = (DialogId::from_parts(1, [1; 10]), DialogId::from_parts(2, [2; 10]));
        let label = format!("dialog-{mine}");
        let app = |command| PageCommand::App { command };
        assert!(may(&label, &PageCommand::Session { command: Command::Reconnect }));
        assert!(may(&label, &app(AppCommand::CloseOwnWindow { dialog: mine })));
        for command in [
            AppCommand::SignOut { stay_online: false },
            AppCommand::CloseOwnWindow { dialog: other },
            AppCommand::OpenOwnWindow { dialog: other },
            AppCommand::Compact { on: true },
        ] {
            assert!(!may(&label, &app(command.clone())), "{command:?}");
            assert!(may("main", &app(command.clone())), "{command:?}");
        }
    }
}
