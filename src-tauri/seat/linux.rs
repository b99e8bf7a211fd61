//! Linux tells it on two buses. On the session's, the screen saver of the desktop says whether it holds the screen; on
//! the system's, logind says whether the session is locked, when the machine sleeps and wakes, and when it goes down,
//! which it puts off for a while on request.

use super::{Seat, SeatChange, Told};
use futures_util::StreamExt;
use parking_lot::Mutex;
use std::sync::Arc;
use zbus::zvariant::{OwnedFd, OwnedObjectPath};
use zbus::{Connection, Proxy};

/// Screen savers: the bus name, the place and the interface. All of them have the same method and the same signal.
const SAVERS: [(&str, &str, &str); 4] = [
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver", "org.cinnamon.ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver", "org.mate.ScreenSaver"),
];

const LOGIND: &str = "org.freedesktop.login1";
const LOGIND_PLACE: &str = "/org/freedesktop/login1";
const LOGIND_MANAGER: &str = "org.freedesktop.login1.Manager";
const LOGIND_SESSION: &str = "org.freedesktop.login1.Session";

/// Who says that the screen is locked: one is enough.
#[derive(Clone)]
struct Signs {
    seat: Seat,
    said: Arc<Mutex<[bool; SAVERS.len() + 1]>>,
    told: Told,
}

impl Signs {
    fn says(&self, place: usize, locked: bool) {
        let any = {
            let mut said = self.said.lock();
            said[place] = locked;
            said.contains(&true)
        };
        if self.seat.set_locked(any) {
            (self.told)(SeatChange::Lock);
        }
    }
}

/// Follows both buses for as long as they are there.
pub async fn watch(seat: Seat, told: Told) {
    let signs = Signs { seat, said: Arc::default(), told };
    tokio::join!(on_session_bus(&signs), on_system_bus(&signs));
}

async fn on_session_bus(signs: &Signs) {
    let bus = match Connection::session().await {
        Ok(bus) => bus,
        Err(error) => return tracing::debug!(%error, "no message bus: no screen saver says that it is on"),
    };
    let savers = (0..SAVERS.len()).map(|place| follow_saver(bus.clone(), place, signs));
    futures_util::future::join_all(savers).await;
}

async fn follow_saver(bus: Connection, place: usize, signs: &Signs) {
    let (name, path, interface) = SAVERS[place];
    let Ok(saver) = Proxy::new(&bus, name, path, interface).await else { return };
    let Ok(mut changes) = saver.receive_signal("ActiveChanged").await else { return };
    // Asked only where there is one already: nobody is started for this.
    if let Ok(true) = has_owner(&bus, name).await {
        signs.says(place, saver.call::<_, _, bool>("GetActive", &()).await.unwrap_or(false));
    }
    while let Some(change) = changes.next().await {
        if let Ok(active) = change.body().deserialize::<bool>() {
            signs.says(place, active);
        }
    }
}

async fn has_owner(bus: &Connection, name: &str) -> zbus::Result<bool> {
    let names = zbus::fdo::DBusProxy::new(bus).await?;
    Ok(names.name_has_owner(name.try_into()?).await?)
}

async fn on_system_bus(signs: &Signs) {
    let bus = match Connection::system().await {
        Ok(bus) => bus,
        Err(error) => return tracing::debug!(%error, "no system bus: nobody says when the machine sleeps"),
    };
    let manager = match Proxy::new(&bus, LOGIND, LOGIND_PLACE, LOGIND_MANAGER).await {
        Ok(manager) => manager,
        Err(error) => return tracing::debug!(%error, "nobody says when the machine sleeps"),
    };
    tokio::join!(
        follow_sleep(&manager, &signs.told),
        follow_end(&manager, &signs.told),
        follow_lock(&bus, &manager, signs)
    );
}

async fn follow_sleep(manager: &Proxy<'_>, told: &Told) {
    let Ok(mut signals) = manager.receive_signal("PrepareForSleep").await else { return };
    while let Some(signal) = signals.next().await {
        // True before it sleeps: whatever was written is on disk already.
        match signal.body().deserialize::<bool>() {
            Ok(true) => told(SeatChange::Sleeps),
            Ok(false) => told(SeatChange::Woke),
            Err(error) => tracing::debug!(%error, "logind says what is no answer"),
        }
    }
}

async fn follow_end(manager: &Proxy<'_>, told: &Told) {
    let Ok(mut signals) = manager.receive_signal("PrepareForShutdown").await else { return };
    // Held for as long as this program runs: its end is what logind waits for.
    let request = ("shutdown", "Otklik", "Sends and keeps what the operator has written", "delay");
    let _delay: Option<OwnedFd> = match manager.call("Inhibit", &request).await {
        Ok(delay) => Some(delay),
        Err(error) => {
            tracing::debug!(%error, "the end of the day is not put off");
            None
        }
    };
    while let Some(signal) = signals.next().await {
        if let Ok(true) = signal.body().deserialize::<bool>() {
            told(SeatChange::GoesDown);
        }
    }
}

async fn follow_lock(bus: &Connection, manager: &Proxy<'_>, signs: &Signs) {
    let Some(session) = own_session(manager).await else { return };
    let Ok(session) = Proxy::new(bus, LOGIND, session, LOGIND_SESSION).await else { return };
    let mut changes = session.receive_property_changed::<bool>("LockedHint").await;
    while let Some(change) = changes.next().await {
        signs.says(SAVERS.len(), change.get().await.unwrap_or(false));
    }
}

/// The session this program shows its window in: `auto` is the user's graphical one, also for a program that a user's
/// service manager started.
async fn own_session(manager: &Proxy<'_>) -> Option<OwnedObjectPath> {
    if let Ok(session) = manager.call::<_, _, OwnedObjectPath>("GetSession", &("auto",)).await {
        return Some(session);
    }
    manager.call("GetSessionByPID", &(std::process::id(),)).await.ok()
}
