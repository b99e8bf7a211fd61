//! What was put right in a customer's card and is not on the hub yet.

use crate::SendState;
use otklik_model::{ClientId, CustomerEdit};
use serde::{Deserialize, Serialize};

/// A change of a card that the row does not have yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CardEdit {
    /// For trying again and for giving up.
    pub id: ClientId,
    /// The values that were written here.
    pub edit: CustomerEdit,
    /// How far they have come. A failure whose reason is a conflict says what somebody else wrote.
    pub send: SendState,
}
