//! A cache of a large desk, made from a seed: ten thousand dialogs, a million messages, words by Zipf's law.

use super::{Figures, latency::own_work};
use anyhow::{Result, anyhow};
use otklik_core::{CacheWrite, DiskFault, Held, Profile, SavedDialog};
use otklik_model::{
    Author, Awaiting, Channel, ChannelId, Cursor, Customer, CustomerId, Details, Dialog, DialogId, DialogState, Limits,
    Message, MessageId, MessageKind, Operator, OperatorId, OperatorStatus, Particulars, Preview, Rights, Seq, Stamp,
    Transport, excerpt,
};
use otklik_store::{CacheDb, OwnDb, StoreKey, StoreKeys};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rusqlite::{Connection, OpenFlags};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use zeroize::Zeroizing;

/// The one dialog that is very long.
pub const LONG: u32 = 100_000;
/// The first dialogs are the operator's own; the others wait.
pub const MINE: u32 = 60;
/// Rows of one commit, as a backlog brings them.
const BATCH: usize = 1_000;
/// The first message's time.
const START_MS: i64 = 1_760_000_000_000;

/// How large.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Dialogs.
    pub dialogs: u32,
    /// Messages in all; the long dialog holds [`LONG`] of them, or a tenth if that is less.
    pub messages: u32,
}

impl Size {
    /// The long dialog's messages.
    #[must_use]
    pub fn long(self) -> u32 {
        LONG.min(self.messages / 10)
    }
}

/// A store on disk.
pub struct Fixture {
    /// Its folder.
    pub folder: PathBuf,
    /// Its keys.
    pub keys: StoreKeys,
    /// How large it is.
    pub size: Size,
}

impl Fixture {
    /// The keys of every fixture.
    #[must_use]
    pub fn keys() -> StoreKeys {
        let [own, cache] = [7, 9].map(|byte| StoreKey::new(Zeroizing::new([byte; 32])));
        StoreKeys { own, cache }
    }

    /// Builds it and reports how fast a backlog goes in (P-D1).
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn build(size: Size, folder: &Path, figures: &mut Figures) -> Result<Self> {
        fs::remove_dir_all(folder).ok();
        fs::create_dir_all(folder)?;
        let keys = Self::keys();
        OwnDb::open(&folder.join("own.db"), &keys.own)?;
        let floor = bare_table(size)?;
        let mut cache = CacheDb::open(&folder.join("cache.db"), &keys.cache)?;
        let desk = Desk::small();
        cache.apply(&desk.directory()).map_err(refused)?;
        let Spent { wall, work } = fill(&mut cache, &desk, size)?;
        // What the product does in the first quiet moments after a backlog.
        let quiet = Instant::now();
        while cache.rest().map_err(refused)? {}
        figures.say("P-D1_rest_after_it", quiet.elapsed().as_secs_f64(), "s");
        drop(cache);
        let messages = f64::from(size.messages);
        figures.say_with_floor("P-D1_ingest_encrypted_with_search", messages / wall.as_secs_f64(), "messages/s", floor);
        // What a busy machine does not stretch.
        figures.say("P-D1_ingest_processor", work.as_secs_f64() * 1e6 / messages, "us/message");
        let bytes = fs::metadata(folder.join("cache.db"))?.len();
        #[expect(clippy::cast_precision_loss, reason = "a size for reading")]
        figures.say("P-D11_disk_per_message", bytes as f64 / f64::from(size.messages), "bytes");
        figures.say("P-D8_index_share_of_text", index_share(&folder.join("cache.db"))? * 100.0, "%");
        Ok(Self { folder: folder.to_owned(), keys, size })
    }
}

/// What storing took: time, and processor time of the thread that stored.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent {
    wall: Duration,
    work: Duration,
}

/// Fills a cache with a desk's dialogs, through the statements that the product uses, and tells what that took.
///
/// # Errors
/// If the disk refuses.
pub(super) fn fill(cache: &mut CacheDb, desk: &Desk, size: Size) -> Result<Spent> {
    let mut make = Maker::new(1);
    let long = size.long();
    let rest = (size.messages - long) / size.dialogs.max(2).saturating_sub(1);
    let mut writes = Vec::with_capacity(BATCH + 1);
    let mut spent = Spent::default();
    for number in 1..=size.dialogs {
        let count = if number == 1 { long } else { rest.max(1) };
        for seq in 1..=count {
            writes.push(CacheWrite::PutMessage(Box::new(make.message(desk, number, seq))));
            if writes.len() >= BATCH {
                apply(cache, &mut writes, &mut spent)?;
            }
        }
        let dialog = make.row(desk, number, count);
        writes.push(CacheWrite::PutDialog(Box::new(SavedDialog { dialog, held: Held { from: 1, upto: count } })));
    }
    apply(cache, &mut writes, &mut spent)?;
    Ok(spent)
}

/// How large the search index is beside the words that it is an index of.
fn index_share(file: &Path) -> Result<f64> {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    // The key of every cache here, as SQLCipher takes it.
    db.execute_batch(&format!("PRAGMA key = \"x'{}'\"", "09".repeat(32)))?;
    let sum = |sql: &str| db.query_row(sql, [], |row| row.get::<_, f64>(0));
    let index = sum("SELECT CAST(sum(length(block)) AS REAL) FROM search_data")?;
    Ok(index / sum("SELECT CAST(sum(length(CAST(text AS BLOB))) AS REAL) FROM messages")?)
}

fn apply(cache: &mut CacheDb, writes: &mut Vec<CacheWrite>, spent: &mut Spent) -> Result<()> {
    let (start, before) = (Instant::now(), own_work());
    cache.apply(writes).map_err(refused)?;
    spent.wall += start.elapsed();
    spent.work += before.zip(own_work()).map_or(Duration::ZERO, |(before, after)| after.saturating_sub(before));
    writes.clear();
    Ok(())
}

fn refused(fault: DiskFault) -> anyhow::Error {
    anyhow!("the disk refuses: {fault:?}")
}

/// The floor of writing: the same words into one plain table without an index, in memory; rows a second.
fn bare_table(size: Size) -> Result<f64> {
    let mut make = Maker::new(1);
    let texts: Vec<String> = (0..size.messages.min(50_000)).map(|_| make.text()).collect();
    let mut db = Connection::open_in_memory()?;
    db.execute_batch("create table message (id integer primary key, text text)")?;
    let start = Instant::now();
    for batch in texts.chunks(BATCH) {
        let transaction = db.transaction()?;
        for text in batch {
            transaction.prepare_cached("insert into message (text) values (?1)")?.execute([text])?;
        }
        transaction.commit()?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for reading")]
    Ok(texts.len() as f64 / start.elapsed().as_secs_f64())
}

/// Whose dialogs they are, and where they came in.
pub(super) struct Desk {
    pub(super) me: Operator,
    pub(super) channel: ChannelId,
}

impl Desk {
    /// A desk of one operator.
    pub(super) fn small() -> Self {
        let me = Operator::new(OperatorId::from_parts(1, [2; 10]), "Ира", OperatorStatus::Online);
        Self { me, channel: ChannelId::from_parts(1, [4; 10]) }
    }

    /// Who one is there.
    pub(super) fn profile(&self) -> Profile {
        Profile { me: self.me.clone(), desk: "Отклик".into(), rights: Rights::new(), limits: Limits::default() }
    }

    fn directory(&self) -> Vec<CacheWrite> {
        let text_chars = Limits::default().text_chars;
        let channel =
            Channel { id: self.channel, name: "Сайт".into(), transport: Transport::Widget, text_chars, page: None };
        vec![
            CacheWrite::PutOperator(self.me.clone()),
            CacheWrite::PutChannel(channel),
            CacheWrite::PutProfile(self.profile()),
            CacheWrite::PutCursor(Cursor { stream: uuid::Uuid::from_u128(1), after: Seq(1) }),
        ]
    }
}

/// The id of a dialog of the fixture.
#[must_use]
pub fn dialog_id(number: u32) -> DialogId {
    DialogId::from_parts(START_MS.unsigned_abs() + u64::from(number), [1; 10])
}

/// Makes rows from a seed.
pub(super) struct Maker {
    chance: ChaCha8Rng,
    words: Vec<String>,
    at: i64,
    last: String,
}

impl Maker {
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let words = vocabulary(20_000, &mut chance);
        Self { chance, words, at: START_MS, last: String::new() }
    }

    /// A word, the frequent ones often.
    pub(super) fn word(&mut self) -> String {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index"
        )]
        let rank = ((self.words.len() as f64).powf(self.chance.random::<f64>()) - 1.0) as usize;
        self.words[rank.min(self.words.len() - 1)].clone()
    }

    /// Two to twenty-five words.
    pub(super) fn text(&mut self) -> String {
        let count = self.chance.random_range(2..=25);
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn message(&mut self, desk: &Desk, number: u32, seq: u32) -> Message {
        self.at += 7;
        self.last = self.text();
        let author = if seq % 2 == 1 {
            Author::Customer
        } else {
            Author::Operator { id: desk.me.id, name: desk.me.name.clone() }
        };
        Message {
            id: MessageId::from_parts(self.at.unsigned_abs(), self.chance.random()),
            client_id: None,
            dialog: dialog_id(number),
            seq,
            kind: MessageKind::Text,
            author,
            text: self.last.clone(),
            at: Stamp(self.at),
            rev: Seq(1),
            details: Details::default(),
        }
    }

    pub(super) fn row(&mut self, desk: &Desk, number: u32, count: u32) -> Dialog {
        let mine = number <= MINE;
        let customer = Customer {
            id: CustomerId::from_parts(u64::from(number), [3; 10]),
            name: format!("{} {}", self.word(), self.word()),
            number: u64::from(number),
            named: true,
            email: None,
            phone: None,
            language: Some("ru".into()),
            particulars: Particulars::default(),
        };
        Dialog {
            number: u64::from(number),
            state: if mine { DialogState::Active } else { DialogState::Queue },
            assignee: mine.then_some(desk.me.id),
            assignee_name: mine.then(|| desk.me.name.clone()),
            epoch: 1,
            rev: Seq(1),
            last_seq: count,
            last: Some(Preview {
                kind: MessageKind::Text,
                author: Author::Customer,
                text: excerpt(&self.last, 160),
                at: Stamp(self.at),
            }),
            awaiting: Awaiting::Operator,
            awaiting_since: Some(Stamp(self.at)),
            unread: u32::from(!mine),
            read_by_operator: if mine { count } else { count.saturating_sub(1) },
            delivered_to_customer: count,
            read_by_customer: count,
            accepted_at: mine.then_some(Stamp(self.at)),
            ..Dialog::new(dialog_id(number), desk.channel, customer, Stamp(self.at))
        }
    }
}

/// Words of Russian syllables, all different.
fn vocabulary(count: usize, chance: &mut ChaCha8Rng) -> Vec<String> {
    const SYLLABLES: [&str; 40] = [
        "ба", "ве", "го", "до", "жи", "за", "ка", "ко", "ла", "ло", "ма", "ми", "на", "но", "об", "от", "па", "по",
        "ра", "ро", "са", "со", "та", "то", "ти", "уд", "фо", "ха", "це", "ча", "ше", "эт", "юн", "яр", "ние", "ска",
        "сто", "при", "пре", "сть",
    ];
    (0..count)
        .map(|index| {
            let tail: String =
                (0..chance.random_range(1..4)).map(|_| SYLLABLES[chance.random_range(0..SYLLABLES.len())]).collect();
            format!("{}{}{tail}", SYLLABLES[index % 40], SYLLABLES[index / 40 % 40])
        })
        .collect()
}
