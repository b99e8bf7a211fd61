//! The page's four calls. Each is one line; what they mean is the engine's.

use otklik_core::{Receipt, UiError};
use otklik_engine::{AppCommand, PageAnswer, PageCommand, PageQuery, Push, Workplace};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

type Answered<T> = Result<T, UiError>;

/// The workplace as the window's page reaches it.
pub struct Bridge {
    workplace: Workplace,
    /// Counts subscriptions: a page that was loaded anew leaves its old channel behind, and nothing else tells.
    newest: Arc<AtomicU64>,
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

    fn subscribe(&self, channel: Channel<Push>) {
        let mine = self.newest.fetch_add(1, Ordering::SeqCst) + 1;
        let newest = Arc::clone(&self.newest);
        self.workplace.subscribe(move |push| newest.load(Ordering::SeqCst) == mine && channel.send(push).is_ok());
    }

    async fn command(&self, command: PageCommand) -> Answered<Receipt> {
        match command {
            // The shell knows the window's state better than the page in it.
            PageCommand::App { command: AppCommand::Window { .. } } => Ok(Receipt::default()),
            command @ (PageCommand::App { .. } | PageCommand::Session { .. } | PageCommand::File { .. }) => {
                self.workplace.command(command).await
            }
        }
    }
}

/// Tells the page everything from here on.
#[tauri::command(async)]
pub fn subscribe(bridge: State<'_, Bridge>, channel: Channel<Push>) {
    bridge.subscribe(channel);
}

/// Carries out a command.
#[tauri::command]
pub async fn command(bridge: State<'_, Bridge>, command: PageCommand) -> Answered<Receipt> {
    bridge.command(command).await
}

/// Answers a question.
#[tauri::command]
pub async fn query(bridge: State<'_, Bridge>, query: PageQuery) -> Answered<PageAnswer> {
    bridge.workplace.query(query).await
}

/// Ends the program; everything written is on disk before it does.
#[tauri::command]
pub fn quit(app: AppHandle) {
    crate::desktop::quit(&app);
}
