//! Which screen a workplace is on, and the cover over it. Only the workplace itself is ever covered: the screens before
//! it tell nothing of anybody. Under the cover no page is told anything, and nothing is answered (S-C20).

use super::{Shared, Workplace, not_ready};
use crate::{AppCommand, runner::Told};
use otklik_core::{AppView, UiError};
use std::time::{Duration, Instant};

/// For so long a screen that goes still takes what the pages have to say: the text that was being written when it went
/// from under the operator. Erasing a session that has ended is due within five seconds.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(2);

/// Which screen there is, and what lies over it.
pub(crate) struct Screen {
    under: AppView,
    cover: Option<Cover>,
}

struct Cover {
    /// What the pages show instead.
    view: AppView,
    since: Instant,
}

impl Screen {
    pub(super) fn new() -> Self {
        Self { under: AppView::Starting, cover: None }
    }

    /// The screen, covered or not.
    pub(super) fn under(&self) -> &AppView {
        &self.under
    }

    /// What the pages show.
    pub(super) fn shown(&self) -> &AppView {
        self.over().map_or(&self.under, |cover| &cover.view)
    }

    fn over(&self) -> Option<&Cover> {
        self.cover.as_ref().filter(|_| self.under == AppView::Workplace)
    }
}

impl Shared {
    /// Whether a passphrase is what the start waits for.
    pub(super) fn asks_passphrase(&self) -> bool {
        matches!(self.screen.lock().under, AppView::Passphrase { .. })
    }

    /// Shows another screen, under the cover if there is one.
    pub(super) fn show(&self, view: AppView) {
        let mut screen = self.screen.lock();
        screen.under = view;
        self.audience.show(screen.shown(), screen.over().is_some());
    }

    /// Covers the screen, or changes what the cover says.
    fn cover(&self, view: Option<AppView>) {
        let mut screen = self.screen.lock();
        let before = screen.shown().clone();
        let since = screen.cover.as_ref().map_or_else(Instant::now, |cover| cover.since);
        screen.cover = view.map(|view| Cover { view, since });
        if *screen.shown() != before {
            self.audience.show(screen.shown(), screen.over().is_some());
        }
    }

    /// Whether the workplace is under its cover.
    pub(super) fn is_covered(&self) -> bool {
        self.screen.lock().over().is_some()
    }

    /// Refuses a question about what is under the cover.
    pub(super) fn answers(&self) -> Result<(), UiError> {
        if self.is_covered() { Err(not_ready()) } else { Ok(()) }
    }

    /// The same for a command, but for the last words of the pages that were there.
    pub(super) fn obeys(&self) -> Result<(), UiError> {
        let screen = self.screen.lock();
        let late = screen.over().is_some_and(|cover| cover.since.elapsed() > LAST_WORDS);
        if late { Err(not_ready()) } else { Ok(()) }
    }

    /// What can be asked of a covered workplace is what leads out of it.
    pub(super) fn obeys_app(&self, command: &AppCommand) -> Result<(), UiError> {
        match command {
            AppCommand::SignOut { .. }
            | AppCommand::SignIn { .. }
            | AppCommand::Unlock { .. }
            | AppCommand::TryAgain
            | AppCommand::UseLocalDesk
            | AppCommand::Window { .. }
            | AppCommand::OpenOwnWindow { .. }
            | AppCommand::CloseOwnWindow { .. }
            | AppCommand::Compact { .. }
            | AppCommand::Cover { .. }
            | AppCommand::Machine { .. } => Ok(()),
            AppCommand::OpenLink { .. }
            | AppCommand::UseSound { .. }
            | AppCommand::OpenCustomerPage
            | AppCommand::ExportSettings
            | AppCommand::ImportSettings { .. } => self.answers(),
        }
    }
}

impl Workplace {
    /// Covers it with this, or changes what the cover says; `None` takes it away, and the pages are told everything anew.
    pub(crate) fn cover(&self, view: Option<AppView>) {
        self.shared.cover(view);
        if let Some(running) = self.running() {
            running.handle.tell(Told::Around);
            running.handle.tell(Told::Look);
        }
    }

    /// Whether it is under a cover.
    pub(crate) fn is_covered(&self) -> bool {
        self.shared.is_covered()
    }
}
