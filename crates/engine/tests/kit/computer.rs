//! A machine with all its accounts.

use super::{Desk, EmbeddedHub, PATIENCE, QuietShell, config, hub::sign_in_as};
use otklik_core::{Receipt, UiError};
use otklik_engine::{Keychain, LocalDeskHost, PageCommand, SeatId, SeatShells, Seats, SeatsCommand, SeatsView, Shell};
use std::{path::Path, sync::Arc};
use tokio::sync::watch;

/// The accounts of a machine, with one shell under all of them.
pub struct Computer {
    pub seats: Seats,
    pub shell: Arc<QuietShell>,
    told: watch::Receiver<SeatsView>,
}

impl Computer {
    /// One that asks for a hub.
    pub fn start(data: &Path, keychain: Arc<dyn Keychain>) -> Self {
        Self::begin(data, keychain, None)
    }

    /// One with a desk of its own.
    pub fn with_desk(data: &Path, keychain: Arc<dyn Keychain>) -> Self {
        Self::begin(data, keychain, Some(EmbeddedHub::new(data)))
    }

    fn begin(data: &Path, keychain: Arc<dyn Keychain>, desk: Option<Arc<dyn LocalDeskHost>>) -> Self {
        let shell = Arc::new(QuietShell::default());
        let shared = shell.clone();
        let shells: SeatShells = Arc::new(move |_| shared.clone() as Arc<dyn Shell>);
        let seats = Seats::start(config(data, None, None), shells, keychain, desk);
        let told = seats.watch();
        Self { seats, shell, told }
    }

    /// One of the accounts, as its pages see it.
    pub fn desk(&self, seat: SeatId) -> Desk {
        let workplace = self.seats.at(seat).expect("a seat of this number");
        let watch = workplace.watch();
        Desk { workplace, watch, shell: self.shell.clone() }
    }

    /// Asks for something to be done with the accounts.
    pub async fn arrange(&self, command: SeatsCommand) -> Result<Receipt, UiError> {
        self.seats.command(self.seats.front(), PageCommand::Seats { command }).await
    }

    /// Signs in at a seat, and waits until everything is there.
    pub async fn sign_in(&self, seat: SeatId, address: &str, password: &str) -> Desk {
        let mut desk = self.desk(seat);
        sign_in_as(&mut desk, address, "ira", password).await;
        desk.live().await;
        desk
    }

    /// Waits until the accounts stand as wanted.
    pub async fn until(&mut self, what: &str, wanted: impl Fn(&SeatsView) -> bool) -> SeatsView {
        let waiting = tokio::time::timeout(PATIENCE, self.told.wait_for(|view| wanted(view)));
        let view = waiting.await.unwrap_or_else(|_| panic!("waited in vain for {what}"));
        view.expect("the accounts are there").clone()
    }
}
