//! The desktop's notification server says it by a property: `Inhibited` of the notifications' own interface (KDE and
//! whoever follows it), `paused` of dunst. Other servers say nothing and hold notifications back by themselves.

use futures_util::StreamExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use zbus::{Connection, Proxy};

const SERVER: &str = "org.freedesktop.Notifications";
const PLACE: &str = "/org/freedesktop/Notifications";

/// Where servers say it: interface and property.
const SIGNS: [(&str, &str); 2] = [("org.freedesktop.Notifications", "Inhibited"), ("org.dunstproject.cmd0", "paused")];

/// Follows the server for as long as there is a message bus.
pub async fn watch(holds: Arc<AtomicBool>) {
    let bus = match Connection::session().await {
        Ok(bus) => bus,
        Err(error) => return tracing::debug!(%error, "no message bus: the system does not say when it is quiet"),
    };
    let said: [Arc<AtomicBool>; SIGNS.len()] = Default::default();
    let follow = |place: usize| follow(bus.clone(), SIGNS[place], place, said.clone(), Arc::clone(&holds));
    tokio::join!(follow(0), follow(1));
}

async fn follow(
    bus: Connection,
    (interface, property): (&'static str, &'static str),
    place: usize,
    said: [Arc<AtomicBool>; SIGNS.len()],
    holds: Arc<AtomicBool>,
) {
    let Ok(proxy) = Proxy::new(&bus, SERVER, PLACE, interface).await else { return };
    let mut changes = proxy.receive_property_changed::<bool>(property).await;
    while let Some(change) = changes.next().await {
        // A server that has no such property says nothing by it.
        said[place].store(change.get().await.unwrap_or(false), Ordering::Relaxed);
        holds.store(said.iter().any(|sign| sign.load(Ordering::Relaxed)), Ordering::Relaxed);
    }
}
