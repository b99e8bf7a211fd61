//! Identifiers: UUID version 7, so that they sort by time and index four to five times faster than random ones.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Builds an id from the milliseconds since the Unix epoch and ten random bytes; the caller owns both
            /// clock and randomness.
            #[must_use]
            pub fn from_parts(unix_ms: u64, random: [u8; 10]) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id!(
    /// One tenant of a hub; everything else belongs to exactly one.
    WorkspaceId
);
id!(
    /// A conversation of one customer, from the first message to the final close.
    DialogId
);
id!(
    /// A message as the hub numbered it.
    MessageId
);
id!(
    /// The person who writes to the centre.
    CustomerId
);
id!(
    /// The person (or bot) who answers.
    OperatorId
);
id!(
    /// Where customers come from: a site's widget, a messenger's account.
    ChannelId
);
id!(
    /// One signed-in device of an operator.
    SessionId
);
id!(
    /// Made by the writer once per Enter; the same id on a repeat means the same message.
    ClientId
);
