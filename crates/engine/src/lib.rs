//! Tokio around core, store and backend: the API that a page talks to.

mod page;

pub use page::{AppCommand, LinkCheck, PageAnswer, PageCommand, PageQuery, Push};
