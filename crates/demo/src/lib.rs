//! Scripted customers who bring a desk to life.
//!
//! They come to the hub over the widget's own socket and say nothing that a page could not say, so what an operator
//! sees of them is what he will see of real ones: drafts as they are typed, messages, a place, a sticker, read marks, other
//! pages, people who leave and come back. The scripts are TOML files in `conversations/`.
//!
//! This crate knows the customers' half of the protocol and a clock. It must not know the hub's code, and nothing of
//! the operator's side.

mod crowd;
mod customer;
mod known;
mod library;
mod link;
mod pace;
mod script;
mod stickers;
#[cfg(test)]
mod tests;
mod typing;

pub use pace::Pace;
pub use script::{Place, Script, ScriptError, Step};

use library::library;
use thiserror::Error;
use tokio_util::sync::CancellationToken;
use url::Url;

/// Why there is no demonstration.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The address is not one that a widget could have been loaded from.
    #[error("{0} is not the address of a hub: it has to begin with http:// or https://")]
    Address(Url),
    /// A conversation that comes with the program is damaged.
    #[error(transparent)]
    Script(#[from] ScriptError),
}

/// Lets customers come to the hub at `hub_address` until `stop` is cancelled.
///
/// A hub that cannot be reached, now or later, is no error: the customers try again, as pages do.
///
/// # Errors
/// [`DemoError`] before the first customer comes, if the address or a script makes no sense.
pub async fn run(hub_address: Url, pace: Pace, stop: CancellationToken) -> Result<(), DemoError> {
    let socket = link::socket_address(&hub_address).ok_or(DemoError::Address(hub_address))?;
    crowd::come(socket, library()?, pace, stop).await;
    Ok(())
}
