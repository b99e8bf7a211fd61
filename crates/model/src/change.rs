//! Facts about the world, in the order the hub made them.

use crate::{Channel, Dialog, DialogId, Message, Operator, Rights};
use opaque::Opaque;
use serde::{Deserialize, Serialize};

/// One fact. Applying the same fact twice changes nothing: each row carries a revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", content = "of", rename_all = "snake_case")]
pub enum Change {
    /// A dialog is new or its row changed; the whole row as this operator may see it.
    DialogUpserted(Box<Dialog>),
    /// A dialog left this operator's sight.
    DialogGone {
        /// Which.
        dialog: DialogId,
        /// Why.
        reason: GoneReason,
        /// Who has it now, if that may be told.
        to: Option<String>,
    },
    /// A message was stored.
    MessageAdded(Box<Message>),
    /// A colleague's (or one's own) row changed.
    OperatorUpserted(Operator),
    /// A channel's row changed.
    ChannelUpserted(Channel),
    /// One's own rights changed.
    RightsChanged(Rights),
    /// A fact of a newer hub: skipped, its position still counts.
    #[serde(untagged)]
    Unknown(Opaque),
}

/// Why a dialog left an operator's sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum GoneReason {
    /// Another operator accepted it.
    Accepted,
    /// It was given to somebody else.
    Transferred,
    /// It was closed.
    Closed,
    /// It was erased, with all that is known of the customer: nothing of it may stay.
    Erased,
    /// Some other reason.
    #[serde(other)]
    Hidden,
}

/// A place for content that is not understood.
mod opaque {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::IgnoredAny};

    /// Whatever it was: accepted and forgotten.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Opaque;

    impl<'de> Deserialize<'de> for Opaque {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            IgnoredAny::deserialize(from).map(|_| Self)
        }
    }

    impl Serialize for Opaque {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            to.serialize_unit()
        }
    }
}
