//! Who takes part, and the ids they go by. Ids are numbers in disguise, so that a trace can be read.

use otklik_model::{ChannelId, ClientId, CustomerId, DialogId, MessageId, OperatorId};
use uuid::Uuid;

/// The wall clock at the start of every run: 2026-11-20, 06:00 UTC.
pub const MORNING: i64 = 1_795_154_400_000;

/// The operator under test.
pub const IRA: OperatorId = OperatorId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
/// The second operator, scripted.
pub const OLEG: OperatorId = OperatorId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002));
/// The only channel.
pub const SITE: ChannelId = ChannelId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0003));
/// Ира's name.
pub const IRA_NAME: &str = "Ира";
/// Олег's name.
pub const OLEG_NAME: &str = "Олег";

/// The `number`th dialog.
#[must_use]
pub fn dialog_id(number: u64) -> DialogId {
    DialogId(numbered(0xd, number))
}

/// The customer in this place.
#[must_use]
pub fn customer_id(number: u64) -> CustomerId {
    CustomerId(numbered(0xc, number))
}

/// The `number`th message of a hub.
#[must_use]
pub fn message_id(number: u64) -> MessageId {
    MessageId(numbered(0xa, number))
}

/// An id under which somebody other than the operator under test writes.
#[must_use]
pub fn foreign_client_id(number: u64) -> ClientId {
    ClientId(numbered(0xf, number))
}

/// The `number`th event stream.
#[must_use]
pub fn stream_id(number: u64) -> Uuid {
    numbered(0xe, number)
}

/// A version 7 id whose time part grows with the number, as real ones do.
fn numbered(kind: u128, number: u64) -> Uuid {
    let time = u128::from(MORNING.unsigned_abs() + number) << 80;
    Uuid::from_u128(time | (7 << 76) | (2 << 62) | (kind << 48) | u128::from(number))
}
