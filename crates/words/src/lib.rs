//! How text becomes the words of a search index, how a question is put to one, what was meant by a question that finds
//! nothing, how well a text answers one, and what is shown of a hit: the same on an operator's machine and on the hub,
//! so that both find the same.
//!
//! Knows languages and keyboards. Must not know databases beyond the notation of their questions.

mod called;
mod forms;
mod layout;
mod likeness;
mod mend;
mod pieces;
mod query;
mod searched;
mod slips;
mod words;

pub use called::{alike, called, sought};
pub use mend::{FEW, Index, Mended, mend};
pub use pieces::pieces;
pub use query::Query;
pub use searched::{holds, said, searched};
