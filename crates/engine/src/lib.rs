//! Tokio around core, store and backend: the API that a page talks to.

mod page;
mod shell;

pub use page::{AppCommand, LinkCheck, PageAnswer, PageCommand, PageQuery, Push};
pub use shell::{Keychain, KeychainError, LocalDesk, LocalDeskHost, Shell};
