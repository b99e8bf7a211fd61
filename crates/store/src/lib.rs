//! The operator's local store: two encrypted SQLite files per account.
//!
//! `own.db` holds what only this machine has (outbox, drafts, settings, seen alerts): fully synchronous, never dropped,
//! salvaged row by row if damaged. `cache.db` holds what the hub can send again (dialogs, messages, directories,
//! cursor, search): set aside and fetched again if damaged or of an unknown version, and erased when the session is over.
//! Each half has a key of its own. What they mean together is the core's business; this crate keeps rows, and must not
//! know sockets, windows, clocks or the rules of the desk. Beside them stand shelves of encrypted files: what is to be
//! sent, and what was fetched.

#[macro_use]
mod statements;

mod cache;
mod columns;
mod connection;
mod fault;
mod key;
mod own;
mod saved;
mod schema;
mod shelf;
mod store;

pub use cache::CacheDb;
pub use cache::search::Hits;
pub use cache::thread::Block;
pub use fault::OpenError;
pub use key::{StoreKey, StoreKeys};
pub use own::OwnDb;
pub use saved::{CacheSaved, OwnSaved, into_saved};
pub use shelf::{Shelf, ShelfName, ShelfReader, ShelfWriter, fault_of};
pub use store::{AsideCause, OpenReport, OwnDamage, Reader, SetAside, Store};
