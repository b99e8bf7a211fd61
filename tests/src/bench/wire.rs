//! P-W1: how many bytes an event costs on the wire, over the mix of a working day.

use super::{
    Figures,
    fixture::{Desk, Maker, dialog_id},
};
use otklik_model::{Change, ClientId, Seq};
use otklik_wire::operator::HubFrame;

const EVENTS: u32 = 5_000;

pub(super) fn measure(figures: &mut Figures) {
    let (mut make, desk) = (Maker::new(2), Desk::small());
    let mut bytes = 0;
    for number in 0..EVENTS {
        let after = u64::from(number);
        // Nine in twenty are messages, four are typing, the rest are rows and beats; a row is by far the largest.
        let frame = match number % 20 {
            0..9 => {
                let changes = vec![Change::MessageAdded(Box::new(make.message(&desk, 1 + number % 50, number + 1)))];
                HubFrame::Events { after: Seq(after), upto: Seq(after + 1), changes }
            }
            9..13 => HubFrame::Draft { dialog: dialog_id(1), text: Some(make.text()) },
            13..17 => {
                let changes = vec![Change::DialogUpserted(Box::new(make.row(&desk, 1 + number % 50, number)))];
                HubFrame::Events { after: Seq(after), upto: Seq(after + 1), changes }
            }
            17..19 => HubFrame::Beat { head: Seq(after) },
            _ => HubFrame::Retry { id: ClientId::from_parts(after, [0; 10]), after_ms: 1_000 },
        };
        bytes += otklik_wire::encode(&frame).len();
    }
    #[expect(clippy::cast_precision_loss, reason = "a mean for reading")]
    figures.say("P-W1_bytes_per_event_uncompressed", bytes as f64 / f64::from(EVENTS), "bytes");
}
