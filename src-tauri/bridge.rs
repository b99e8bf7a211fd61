//! The page's five calls. Each is one line; what they mean is the engine's, but for what is asked of the windows.

use crate::asked::Asked;
use crate::own_windows::{Own, OwnWindows};
use crate::strip::Strip;
use otklik_core::{Receipt, UiError, UiErrorCode};
use otklik_engine::{
    AppCommand, CoverCommand, PageAnswer, PageCommand, PageQuery, Push, SeatId, Seats, SeatsView, WindowsView,
};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State, WebviewWindow};

type Answered<T> = Result<T, UiError>;

/// The accounts as the windows' pages reach them.
pub struct Bridge {
    seats: Seats,
    /// Counts each window's subscriptions: a page that was loaded anew leaves its old channel behind, and nothing else
    /// tells.
    newest: Arc<Mutex<BTreeMap<String, u64>>>,
}

impl Bridge {
    /// To these accounts.
    pub fn new(seats: Seats) -> Self {
        Self { seats, newest: Arc::default() }
    }

    /// The accounts themselves.
    pub fn seats(&self) -> &Seats {
        &self.seats
    }

    fn subscribe(&self, window: &WebviewWindow, seat: SeatId, channel: Channel<Push>) -> Answered<()> {
        let workplace = self.seats.at(seat).filter(|_| sees(window.label(), seat)).ok_or_else(refused)?;
        let label = window.label().to_owned();
        let mine = {
            let mut newest = self.newest.lock();
            let number = newest.entry(label.clone()).or_default();
            *number += 1;
            *number
        };
        let (newest, app) = (Arc::clone(&self.newest), window.app_handle().clone());
        workplace.subscribe(move |push| {
            let current = newest.lock().get(&label) == Some(&mine);
            // A closed window's channel takes everything and delivers nothing.
            current && app.get_webview_window(&label).is_some() && channel.send(push).is_ok()
        });
        Ok(())
    }

    async fn command(&self, window: &WebviewWindow, seat: SeatId, command: PageCommand) -> Answered<Receipt> {
        if !may(window.label(), seat, &command) {
            return Err(refused());
        }
        match command {
            // The shell knows the windows' state better than the pages in them.
            PageCommand::App { command: AppCommand::Window { .. } } => Ok(Receipt::default()),
            PageCommand::App { command: AppCommand::OpenOwnWindow { dialog } } => {
                done(window.state::<OwnWindows>().open(window.app_handle(), Own { seat, dialog }))
            }
            PageCommand::App { command: AppCommand::CloseOwnWindow { dialog } } => {
                done(window.state::<OwnWindows>().close(window.app_handle(), Own { seat, dialog }, window.label()))
            }
            PageCommand::App { command: AppCommand::Compact { on } } => {
                done(window.state::<Strip>().turn(window.app_handle(), on))
            }
            command @ (PageCommand::App { .. }
            | PageCommand::Session { .. }
            | PageCommand::File { .. }
            | PageCommand::Seats { .. }) => self.seats.command(seat, command).await,
        }
    }
}

/// Whether a window's page may ask for this. A dialog's own window works on its dialog and closes itself; everything
/// about the workplace is the main window's.
fn may(label: &str, seat: SeatId, command: &PageCommand) -> bool {
    let Some(own) = Own::of(label) else { return true };
    if own.seat != seat {
        return false;
    }
    match command {
        PageCommand::Session { .. } | PageCommand::File { .. } => true,
        PageCommand::Seats { .. } => false,
        PageCommand::App { command } => match command {
            AppCommand::OpenLink { .. } | AppCommand::Window { .. } => true,
            AppCommand::CloseOwnWindow { dialog } => *dialog == own.dialog,
            // The cover is over all windows alike; what opens it is set in the main one.
            AppCommand::Cover { command } => !matches!(command, CoverCommand::SetCode { .. }),
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

/// Whether a window's page has to do with this account: a dialog's own window with its own one alone.
fn sees(label: &str, seat: SeatId) -> bool {
    Own::of(label).is_none_or(|own| own.seat == seat)
}

fn refused() -> UiError {
    tracing::warn!("refused: a window's page asked for what is another's");
    UiError { code: UiErrorCode::NotFound }
}

fn done(result: tauri::Result<()>) -> Answered<Receipt> {
    result.map(|()| Receipt::default()).map_err(|error| {
        tracing::warn!(%error, "a window did not do what it was asked for");
        UiError { code: UiErrorCode::NotReady }
    })
}

/// Tells the page everything of an account from here on.
#[tauri::command(async)]
pub fn subscribe(
    bridge: State<'_, Bridge>,
    window: WebviewWindow,
    seat: Asked<SeatId>,
    channel: Channel<Push>,
) -> Answered<()> {
    bridge.subscribe(&window, seat.0, channel)
}

/// Tells the page which accounts there are, now and whenever that changes.
#[tauri::command(async)]
pub fn watch_seats(bridge: State<'_, Bridge>, channel: Channel<SeatsView>) {
    let mut seats = bridge.seats.watch();
    seats.mark_changed();
    tauri::async_runtime::spawn(async move {
        while seats.changed().await.is_ok() {
            let view = seats.borrow_and_update().clone();
            if channel.send(view).is_err() {
                return;
            }
        }
    });
}

/// Carries out a command.
#[tauri::command]
pub async fn command(
    bridge: State<'_, Bridge>,
    window: WebviewWindow,
    seat: Asked<SeatId>,
    command: Asked<PageCommand>,
) -> Answered<Receipt> {
    bridge.command(&window, seat.0, command.0).await
}

/// Answers a question.
#[tauri::command]
pub async fn query(
    bridge: State<'_, Bridge>,
    strip: State<'_, Strip>,
    window: WebviewWindow,
    seat: Asked<SeatId>,
    query: Asked<PageQuery>,
) -> Answered<PageAnswer> {
    let (Asked(seat), Asked(query)) = (seat, query);
    if !sees(window.label(), seat) {
        return Err(refused());
    }
    if query == PageQuery::Windows {
        return Ok(PageAnswer::Windows { windows: Some(WindowsView { compact: strip.is_on() }) });
    }
    bridge.seats.query(seat, query).await
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
    use otklik_engine::SeatsCommand;
    use otklik_model::DialogId;

    #[test]
    fn a_dialogs_own_window_does_nothing_with_the_workplace_around_it() {
        let (mine, other) = (DialogId::from_parts(1, [1; 10]), DialogId::from_parts(2, [2; 10]));
        let (label, here, there) = (format!("dialog-2-{mine}"), SeatId(2), SeatId(1));
        let app = |command| PageCommand::App { command };
        assert!(may(&label, here, &PageCommand::Session { command: Command::Reconnect }));
        assert!(may(&label, here, &app(AppCommand::CloseOwnWindow { dialog: mine })));
        assert!(may(&label, here, &app(AppCommand::Cover { command: CoverCommand::Now })));
        assert!(!may(&label, there, &PageCommand::Session { command: Command::Reconnect }), "another account");
        assert!(!may(&label, there, &app(AppCommand::CloseOwnWindow { dialog: mine })), "another account");
        assert!((sees(&label, here), sees(&label, there), sees("main", there)) == (true, false, true));
        assert!(!may(&label, here, &PageCommand::Seats { command: SeatsCommand::Add }));
        for command in [
            AppCommand::SignOut { stay_online: false },
            AppCommand::CloseOwnWindow { dialog: other },
            AppCommand::OpenOwnWindow { dialog: other },
            AppCommand::Compact { on: true },
            AppCommand::Cover { command: CoverCommand::SetCode { now: None, code: None } },
        ] {
            assert!(!may(&label, here, &app(command.clone())), "{command:?}");
            assert!(may("main", here, &app(command.clone())), "{command:?}");
        }
    }
}
