//! Platforms that the workplace can speak to, behind one trait.
//!
//! The core and the page ask what a platform **can**, never which one it is. A failure is classified once, here at the
//! edge; the rest of the program sees only the class. Knows sockets; knows no database, no window, no core.

mod backend;
mod fake;
mod files;
mod hub;

pub use backend::{Backend, Capabilities, Connection, Failure, Incoming, Opened, Request};
pub use fake::{FakeBackend, FakeConnection, FakeHub};
pub use files::{Bytes, Content, Download, Downloads, NoDownload, NoUpload};
pub use hub::{AddressError, HubAddress, HubBackend, LoginError, NotKept, TokenKeeper, TokenLease, login, logout};
