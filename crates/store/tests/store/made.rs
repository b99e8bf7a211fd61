//! Rows for tests, told apart by numbers, and a folder that is removed afterwards.

use otklik_core::{CacheWrite, Draft, Held, OutboxItem, OutboxOp, OutboxState, OwnWrite, SavedDialog, StagedFile};
use otklik_model::*;
use otklik_store::{StoreKey, StoreKeys};
use zeroize::Zeroizing;

pub fn key(byte: u8) -> StoreKey {
    StoreKey::new(Zeroizing::new([byte; 32]))
}

/// Two that differ in every store.
pub fn keys(byte: u8) -> StoreKeys {
    StoreKeys { own: key(byte), cache: key(byte | 0x80) }
}

pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn bytes(n: u32) -> [u8; 10] {
    let [a, b, c, d] = n.to_be_bytes();
    [0, 0, 0, 0, 0, 0, a, b, c, d]
}

pub fn dialog_id(n: u32) -> DialogId {
    DialogId::from_parts(1_700_000_000_000, bytes(n))
}

pub fn message_id(dialog: u32, seq: u32) -> MessageId {
    let mut random = bytes(seq);
    random[0] = 1;
    random[2..6].copy_from_slice(&dialog.to_be_bytes());
    MessageId::from_parts(1_700_000_000_000 + u64::from(seq), random)
}

pub fn client_id(n: u32) -> ClientId {
    ClientId::from_parts(1_700_000_000_000 + u64::from(n), bytes(n))
}

pub fn staged(n: u32, name: &str) -> StagedFile {
    StagedFile {
        id: StagedId::from_parts(1, bytes(n)),
        name: name.to_owned(),
        media: "image/png".to_owned(),
        size: u64::from(n),
        pixels: n.is_multiple_of(2).then_some((8, 6)),
    }
}

pub fn operator(n: u32, name: &str) -> Operator {
    Operator::new(OperatorId::from_parts(1, bytes(n)), name.to_owned(), OperatorStatus::Online)
}

pub fn channel(n: u32) -> Channel {
    Channel {
        id: ChannelId::from_parts(1, bytes(n)),
        name: format!("Сайт {n}"),
        transport: Transport::Widget,
        text_chars: 32_000,
        page: None,
    }
}

/// Ирина's dialog number `n`.
pub fn dialog(n: u32) -> Dialog {
    let channel = ChannelId::from_parts(1, bytes(1));
    let customer = Customer {
        id: CustomerId::from_parts(1, bytes(n)),
        name: "Ирина".to_owned(),
        number: 368_000 + u64::from(n),
        named: n.is_multiple_of(2),
        email: Some("irina@example.org".to_owned()),
        phone: None,
        language: Some("ru".to_owned()),
        particulars: Particulars::default(),
    };
    Dialog {
        number: u64::from(n),
        state: DialogState::Active,
        epoch: 1,
        rev: Seq(1),
        ..Dialog::new(dialog_id(n), channel, customer, Stamp(1_700_000_000_000))
    }
}

pub fn put_dialog(n: u32) -> CacheWrite {
    CacheWrite::PutDialog(Box::new(SavedDialog { dialog: dialog(n), held: Held { from: 1, upto: 5 } }))
}

/// The customer's message number `seq` in dialog `n`, a second after the one before.
pub fn message(n: u32, seq: u32, text: &str) -> Message {
    Message {
        id: message_id(n, seq),
        client_id: None,
        dialog: dialog_id(n),
        seq,
        kind: MessageKind::Text,
        author: Author::Customer,
        text: text.to_owned(),
        at: Stamp(1_700_000_000_000 + i64::from(seq) * 1_000),
        rev: Seq(u64::from(seq)),
        details: Details::default(),
    }
}

pub fn put_message(n: u32, seq: u32, text: &str) -> CacheWrite {
    CacheWrite::PutMessage(Box::new(message(n, seq, text)))
}

/// What Олег wrote as number `n` of this machine.
pub fn outbox_item(n: u32, text: &str) -> OutboxItem {
    OutboxItem {
        client_id: client_id(n),
        dialog: dialog_id(n % 7),
        op: OutboxOp::Text { text: text.to_owned(), quote: None },
        created_at: Stamp(1_700_000_000_000 + i64::from(n)),
        order: u64::from(n),
        state: OutboxState::Queued,
        attempts: 0,
    }
}

pub fn put_outbox(n: u32, text: &str) -> OwnWrite {
    OwnWrite::PutOutbox(outbox_item(n, text))
}

pub fn draft(n: u32, text: &str) -> Draft {
    Draft {
        dialog: dialog_id(n),
        text: text.to_owned(),
        note: n.is_multiple_of(2),
        quote: None,
        at: Stamp(i64::from(n)),
    }
}

/// A small reproducible source of choices (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}
