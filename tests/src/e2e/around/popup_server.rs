//! A notification server that can do more than the one of the other stories: a field to answer in, as KDE's has.

use super::bus::Bus;
use crate::e2e::patience::{SOON, until};
use anyhow::{Context, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use zbus::zvariant::OwnedValue;
use zbus::{Connection, interface};

const SERVER: &str = "org.freedesktop.Notifications";
const PLACE: &str = "/org/freedesktop/Notifications";

/// A notification on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The server's number.
    pub id: u32,
    /// Its title.
    pub title: String,
    /// Its words.
    pub body: String,
    /// Its buttons, by their names.
    pub buttons: Vec<String>,
}

/// The notifications on the screen, oldest first.
type Screen = Arc<Mutex<(u32, Vec<Shown>)>>;

/// The server.
pub struct PopupServer {
    bus: Connection,
    screen: Screen,
}

struct Server {
    screen: Screen,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Server {
    #[allow(clippy::too_many_arguments, reason = "the call has so many")]
    fn notify(
        &self,
        _app: &str,
        replaces: u32,
        _icon: &str,
        title: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let mut screen = self.screen.lock().unwrap_or_else(PoisonError::into_inner);
        let id = if replaces == 0 { screen.0 + 1 } else { replaces };
        screen.0 = screen.0.max(id);
        screen.1.retain(|shown| shown.id != id);
        let buttons = actions.into_iter().step_by(2).collect();
        screen.1.push(Shown { id, title, body, buttons });
        id
    }

    fn close_notification(&self, id: u32) {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner).1.retain(|shown| shown.id != id);
    }

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "inline-reply"].map(str::to_owned).into()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("rig".to_owned(), "otklik".to_owned(), "1".to_owned(), "1.2".to_owned())
    }
}

impl PopupServer {
    /// Begins to be there.
    ///
    /// # Errors
    /// There is one already.
    pub async fn open(bus: &Bus) -> Result<Self> {
        let screen = Screen::default();
        let server = Server { screen: Arc::clone(&screen) };
        let bus = bus.somebody()?.serve_at(PLACE, server)?.name(SERVER)?.build().await?;
        Ok(Self { bus, screen })
    }

    /// What is on the screen.
    #[must_use]
    pub fn shown(&self) -> Vec<Shown> {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// Waits until a notification is like that.
    ///
    /// # Errors
    /// None is.
    pub async fn wait_for(&self, wanted: &str, is: impl Fn(&Shown) -> bool) -> Result<Shown> {
        until(&format!("a notification: {wanted}"), SOON, || async {
            let shown = self.shown();
            let found = shown.iter().find(|one| is(one)).cloned();
            Ok(Some(found.with_context(|| format!("shown are {shown:?}"))?))
        })
        .await
    }

    /// Answers in the notification. The server closes it before it tells the words, which is the harder order.
    ///
    /// # Errors
    /// The bus is gone.
    pub async fn reply(&self, shown: &Shown, text: &str) -> Result<()> {
        self.close(shown).await?;
        self.tell("NotificationReplied", &(shown.id, text)).await
    }

    /// Takes every notification off the screen, as the person does who has read them.
    ///
    /// # Errors
    /// The bus is gone.
    pub async fn clear(&self) -> Result<()> {
        for shown in self.shown() {
            self.close(&shown).await?;
        }
        Ok(())
    }

    async fn close(&self, shown: &Shown) -> Result<()> {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner).1.retain(|one| one.id != shown.id);
        self.tell("NotificationClosed", &(shown.id, 2_u32)).await
    }

    async fn tell<B: serde::Serialize + zbus::zvariant::DynamicType>(&self, signal: &str, body: &B) -> Result<()> {
        Ok(self.bus.emit_signal(None::<&str>, PLACE, SERVER, signal, body).await?)
    }
}
