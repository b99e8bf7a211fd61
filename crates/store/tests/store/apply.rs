//! Random writes against the plainest model there is: whatever was written is what is loaded, also after reopening.

use crate::made::*;
use otklik_core::{
    CacheWrite, Draft, Held, HeldReason, OutboxItem, OutboxOp, OutboxState, OwnWrite, Profile, SavedDialog, Settings,
    TrayFile,
};
use otklik_model::{
    Author, Channel, Cursor, Details, Dialog, DialogId, Handbook, Limits, Message, MessageKind, Operator, Quote,
    Refusal, Rights, Spot,
};
use otklik_model::{OperatorId, Seq, StagedId, Stamp};
use otklik_store::{CacheDb, CacheSaved, OwnDb, OwnSaved};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// own.db, naively.
#[derive(Default)]
struct OwnModel {
    outbox: BTreeMap<otklik_model::ClientId, OutboxItem>,
    drafts: BTreeMap<DialogId, Draft>,
    tray: BTreeMap<StagedId, TrayFile>,
    settings: Settings,
    last_order: u64,
    alerted: BTreeMap<otklik_model::MessageId, Stamp>,
}

impl OwnModel {
    fn apply(&mut self, write: &OwnWrite) {
        match write.clone() {
            OwnWrite::PutOutbox(item) => {
                self.last_order = self.last_order.max(item.order);
                self.outbox.insert(item.client_id, item);
            }
            OwnWrite::DropOutbox(id) => drop(self.outbox.remove(&id)),
            OwnWrite::PutDraft(draft) => drop(self.drafts.insert(draft.dialog, draft)),
            OwnWrite::DropDraft(dialog) => drop(self.drafts.remove(&dialog)),
            OwnWrite::PutTray(tray) => drop(self.tray.insert(tray.file.id, tray)),
            OwnWrite::DropTray(file) => drop(self.tray.remove(&file)),
            OwnWrite::PutSettings(settings) => self.settings = settings,
            OwnWrite::Alerted(message, at) => drop(self.alerted.insert(message, at)),
            OwnWrite::ForgetAlerts(before) => self.alerted.retain(|_, at| *at >= before),
        }
    }

    fn saved(&self) -> OwnSaved {
        let mut outbox: Vec<OutboxItem> = self.outbox.values().cloned().collect();
        outbox.sort_by_key(|item| item.order);
        OwnSaved {
            outbox,
            drafts: self.drafts.values().cloned().collect(),
            tray: self.tray.values().cloned().collect(),
            settings: self.settings.clone(),
            last_order: self.last_order,
            alerted: self.alerted.iter().map(|(message, at)| (*message, *at)).collect(),
        }
    }
}

/// cache.db, naively.
#[derive(Default)]
struct CacheModel {
    saved: CacheSaved,
    messages: Vec<Message>,
}

impl CacheModel {
    fn apply(&mut self, write: &CacheWrite) {
        match write.clone() {
            CacheWrite::PutDialog(row) => {
                self.saved.dialogs.retain(|other| other.dialog.id != row.dialog.id);
                self.saved.dialogs.push(*row);
            }
            CacheWrite::DropDialog(dialog) => {
                self.saved.dialogs.retain(|other| other.dialog.id != dialog);
                self.messages.retain(|message| message.dialog != dialog);
            }
            CacheWrite::PutMessage(new) => {
                let rivals = |old: &Message| old.id == new.id || (old.dialog, old.seq) == (new.dialog, new.seq);
                if self.messages.iter().filter(|old| rivals(old)).all(|old| old.rev < new.rev) {
                    self.messages.retain(|old| !rivals(old));
                    self.messages.push(*new);
                }
            }
            CacheWrite::PutOperator(row) => {
                self.saved.operators.retain(|other| other.id != row.id);
                self.saved.operators.push(row);
                self.saved.operators.sort_by_key(|row| row.id);
            }
            CacheWrite::PutChannel(row) => {
                self.saved.channels.retain(|other| other.id != row.id);
                self.saved.channels.push(row);
                self.saved.channels.sort_by_key(|row| row.id);
            }
            CacheWrite::PutProfile(profile) => self.saved.profile = Some(profile),
            CacheWrite::PutHandbook(handbook) => self.saved.handbook = Some(*handbook),
            CacheWrite::PutCursor(cursor) => self.saved.cursor = Some(cursor),
            CacheWrite::DropCursor => self.saved.cursor = None,
        }
    }

    fn saved(&self) -> CacheSaved {
        let mut saved = self.saved.clone();
        saved.dialogs.sort_by_key(|row| row.dialog.id);
        saved
    }

    fn agrees_with(&self, cache: &CacheDb) {
        let mut loaded = cache.load().unwrap();
        loaded.dialogs.sort_by_key(|row| row.dialog.id);
        assert_eq!(loaded, self.saved());
        for n in 0..4 {
            let mut expected: Vec<Message> =
                self.messages.iter().filter(|message| message.dialog == dialog_id(n)).cloned().collect();
            expected.sort_by_key(|message| message.seq);
            assert_eq!(cache.thread(dialog_id(n), None, 1_000).unwrap().messages, expected);
        }
        for word in WORDS {
            let shown = |message: &&Message| {
                matches!(message.kind, MessageKind::Text | MessageKind::Note | MessageKind::Place)
                    && message.text.contains(word)
                    && self.saved.dialogs.iter().any(|row| row.dialog.id == message.dialog)
            };
            let hits = cache
                .search(&otklik_model::MessageSearch::of(format!("{word} ")), otklik_core::SearchOrder::Newest, 100)
                .unwrap()
                .hits;
            assert_eq!(hits.len(), self.messages.iter().filter(shown).count(), "{word}");
        }
    }
}

const WORDS: [&str; 3] = ["заказ", "кредит", "подъезд"];

fn state() -> impl Strategy<Value = OutboxState> {
    prop_oneof![
        Just(OutboxState::Queued),
        Just(OutboxState::Sending),
        Just(OutboxState::Held { reason: HeldReason::TooOld }),
        Just(OutboxState::Held { reason: HeldReason::NotMine { owner: Some("Олег".to_owned()) } }),
        Just(OutboxState::Stuck { reason: Refusal::TooLong { max: 5 } }),
        Just(OutboxState::Stuck { reason: Refusal::DialogClosed }),
    ]
}

fn quote() -> impl Strategy<Value = Option<Quote>> {
    proptest::option::of((1..9_u32, ".{0,9}").prop_map(|(seq, excerpt)| Quote { seq, excerpt }))
}

fn outbox_op() -> impl Strategy<Value = OutboxOp> {
    prop_oneof![
        (".{0,40}", quote()).prop_map(|(text, quote)| OutboxOp::Text { text, quote }),
        ".{0,40}".prop_map(|text| OutboxOp::Note { text }),
        any::<u32>().prop_map(|upto| OutboxOp::MarkRead { upto }),
        (0..9_u32, ".{0,40}").prop_map(|(n, text)| OutboxOp::File { file: staged(n, "чек"), text, uploaded: None }),
    ]
}

fn own_write() -> impl Strategy<Value = OwnWrite> {
    prop_oneof![
        // The position follows from the id: two items never share one.
        (0..20_u32, outbox_op(), state(), any::<u32>()).prop_map(|(n, op, state, attempts)| {
            OwnWrite::PutOutbox(OutboxItem { op, state, attempts, ..outbox_item(n, "") })
        }),
        (0..20_u32).prop_map(|n| OwnWrite::DropOutbox(client_id(n))),
        (0..5_u32, ".{0,40}", quote())
            .prop_map(|(n, text, quote)| OwnWrite::PutDraft(Draft { quote, ..draft(n, &text) })),
        (0..5_u32).prop_map(|n| OwnWrite::DropDraft(dialog_id(n))),
        (0..5_u32, 0..5_u32, ".{0,40}", any::<u32>()).prop_map(|(n, dialog, name, order)| {
            OwnWrite::PutTray(TrayFile { dialog: dialog_id(dialog), order: order.into(), file: staged(n, &name) })
        }),
        (0..5_u32).prop_map(|n| OwnWrite::DropTray(staged(n, "").id)),
        any::<u8>().prop_map(|volume| OwnWrite::PutSettings(Settings { volume, ..Settings::default() })),
        (0..9_u32, 0..100_i64).prop_map(|(n, at)| OwnWrite::Alerted(message_id(1, n), Stamp(at))),
        (0..100_i64).prop_map(|at| OwnWrite::ForgetAlerts(Stamp(at))),
    ]
}

fn author() -> impl Strategy<Value = Author> {
    prop_oneof![
        Just(Author::Customer),
        Just(Author::System),
        Just(Author::Unknown),
        ".{0,9}".prop_map(|name| Author::Operator { id: OperatorId(client_id(1).0), name }),
    ]
}

fn any_message() -> impl Strategy<Value = Message> {
    let kind = prop_oneof![
        3 => Just(MessageKind::Text),
        1 => Just(MessageKind::Note),
        1 => Just(MessageKind::Place),
        1 => Just(MessageKind::Sticker),
        1 => Just(MessageKind::System),
        1 => Just(MessageKind::Unknown)
    ];
    let text = proptest::sample::subsequence(WORDS.to_vec(), 0..=3).prop_map(|words| words.join(" "));
    let details = prop_oneof![
        3 => Just(Details::default()),
        1 => any::<i64>().prop_map(|at| Details { edited_at: Some(Stamp(at)), ..Details::default() }),
        1 => (1..9_u32, ".{0,9}").prop_map(|(seq, excerpt)| {
            Details { quote: Some(Quote { seq, excerpt }), ..Details::default() }
        }),
        1 => (-90.0..=90.0, -180.0..=180.0, proptest::option::of(0.0..=9_000.0)).prop_map(|(latitude, longitude, accuracy)| {
            Details { place: Spot::new(latitude, longitude, accuracy).ok(), ..Details::default() }
        }),
    ];
    // Few ids, numbers and times: nearly every message meets another.
    (0..4_u32, 1..9_u32, 0..20_u32, kind, author(), text, 0..3_i64, 0..6_u64, (any::<bool>(), details)).prop_map(
        |(n, seq, id, kind, author, text, at, rev, (sent, details))| Message {
            id: otklik_model::MessageId(client_id(id).0),
            client_id: sent.then(|| client_id(id)),
            kind,
            author,
            at: Stamp(at),
            rev: Seq(rev),
            details,
            ..message(n, seq, &text)
        },
    )
}

fn any_dialog() -> impl Strategy<Value = Dialog> {
    (0..4_u32, any::<bool>(), any::<u64>(), ".{0,20}").prop_map(|(n, named, rev, name)| {
        let mut dialog = dialog(n);
        dialog.customer.named = named;
        dialog.customer.name = name;
        dialog.rev = Seq(rev);
        dialog
    })
}

fn cache_write() -> impl Strategy<Value = CacheWrite> {
    let profile = |n: u32| Profile {
        me: operator(n, "Ира"),
        desk: "Магазин".to_owned(),
        rights: Rights::new(),
        limits: Limits { text_chars: n, ..Limits::default() },
    };
    prop_oneof![
        2 => (any_dialog(), 0..9_u32, 0..9_u32)
            .prop_map(|(dialog, from, upto)| CacheWrite::PutDialog(Box::new(SavedDialog { dialog, held: Held { from, upto } }))),
        1 => (0..4_u32).prop_map(|n| CacheWrite::DropDialog(dialog_id(n))),
        9 => any_message().prop_map(|message| CacheWrite::PutMessage(Box::new(message))),
        1 => (0..4_u32, ".{0,9}").prop_map(|(n, name)| CacheWrite::PutOperator(Operator { ..operator(n, &name) })),
        1 => (0..4_u32, 0..9_u32).prop_map(|(n, text_chars)| CacheWrite::PutChannel(Channel { text_chars, ..channel(n) })),
        1 => (0..4_u32).prop_map(move |n| CacheWrite::PutProfile(profile(n))),
        1 => any::<bool>().prop_map(|category_required| {
            CacheWrite::PutHandbook(Box::new(Handbook { category_required, ..Handbook::default() }))
        }),
        1 => (0..4_u32, 0..=i64::MAX as u64)
            .prop_map(|(n, after)| CacheWrite::PutCursor(Cursor { stream: client_id(n).0, after: Seq(after) })),
        1 => Just(CacheWrite::DropCursor),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn own_db_is_its_model(groups in prop::collection::vec(prop::collection::vec(own_write(), 0..8), 0..12)) {
        let (mut own, mut model) = (OwnDb::open_in_memory().unwrap(), OwnModel::default());
        for group in &groups {
            own.apply(group).unwrap();
            group.iter().for_each(|write| model.apply(write));
            prop_assert_eq!(own.load().unwrap(), model.saved());
        }
    }

    #[test]
    fn cache_db_is_its_model(groups in prop::collection::vec(prop::collection::vec(cache_write(), 0..16), 0..12)) {
        let (mut cache, mut model) = (CacheDb::open_in_memory().unwrap(), CacheModel::default());
        for group in &groups {
            cache.apply(group).unwrap();
            group.iter().for_each(|write| model.apply(write));
            model.agrees_with(&cache);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]

    #[test]
    fn both_files_are_their_models_after_reopening(
        own_writes in prop::collection::vec(own_write(), 0..60),
        cache_writes in prop::collection::vec(cache_write(), 0..120),
        cuts in prop::collection::vec(any::<bool>(), 120),
    ) {
        let folder = folder();
        let (own_path, cache_path) = (folder.path().join("own.db"), folder.path().join("cache.db"));
        let (mut own_model, mut cache_model) = (OwnModel::default(), CacheModel::default());
        let mut own = OwnDb::open(&own_path, &key(1)).unwrap();
        for (write, cut) in own_writes.iter().zip(&cuts) {
            own.apply(std::slice::from_ref(write)).unwrap();
            own_model.apply(write);
            if *cut {
                drop(own);
                own = OwnDb::open(&own_path, &key(1)).unwrap();
            }
        }
        drop(own);
        let mut cache = CacheDb::open(&cache_path, &key(1)).unwrap();
        for (writes, cut) in cache_writes.chunks(9).zip(&cuts) {
            cache.apply(writes).unwrap();
            writes.iter().for_each(|write| cache_model.apply(write));
            if *cut {
                drop(cache);
                cache = CacheDb::open(&cache_path, &key(1)).unwrap();
            }
        }
        drop(cache);
        prop_assert_eq!(OwnDb::open(&own_path, &key(1)).unwrap().load().unwrap(), own_model.saved());
        cache_model.agrees_with(&CacheDb::open(&cache_path, &key(1)).unwrap());
    }
}
