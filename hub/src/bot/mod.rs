//! Programs that answer customers: one that goes by words, and those of others that are asked over HTTP.
//!
//! Both are told what was said and answer with [`Act`]s; what becomes of these is decided by the desk. Nothing here
//! holds a lock while a program far away thinks: a bot is asked by an errand, after everything is stored.

mod address;
mod carrier;
mod external;
mod keyword;
mod outgoing;
mod plain;
mod routed;
mod router;
mod signature;

pub use address::{Network, Reach};
pub use carrier::BotCarrier;
pub use external::{Question, ask};
pub use keyword::{KeywordBot, Turn};
pub use outgoing::{Outgoing, OutgoingError, Post};
pub use router::{RouterAnswer, RouterTrouble};

use otklik_model::DepartmentKey;

/// Something that a bot wants done, in its order. Nothing follows a [`Act::HandOver`] or [`Act::Close`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Say this to the customer.
    Say {
        /// The words.
        text: String,
        /// Answers to choose from; may be none.
        answers: Vec<String>,
    },
    /// Call a person.
    HandOver {
        /// This one, by his login; whoever is chosen, if none is named or he cannot be given it.
        operator: Option<String>,
        /// To this department; to the dialog's own, if none is named.
        department: Option<DepartmentKey>,
        /// No bot is to speak in this dialog any more.
        silence: bool,
    },
    /// The dialog has come to its end.
    Close,
}
