//! What was written and is not yet known to be on the hub.

use crate::{FileTrouble, StagedFile};
use otklik_model::{Attachment, ClientId, CustomerEdit, DialogId, Quote, Refusal, Stamp};
use serde::{Deserialize, Serialize};

/// One row of the outbox: the intent and, for messages, the bubble. It is stored before the network hears of it and
/// leaves the store only after the hub's answer is in the cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxItem {
    /// Made once per Enter; a repeat carries the same.
    pub client_id: ClientId,
    /// Where it goes.
    pub dialog: DialogId,
    /// What.
    pub op: OutboxOp,
    /// When Enter was pressed.
    pub created_at: Stamp,
    /// Position in the order of pressing Enter, over all dialogs of this machine; strictly growing.
    pub order: u64,
    /// Where it stands.
    pub state: OutboxState,
    /// How often it was handed to the network; counted before the try.
    pub attempts: u32,
}

/// What may wait for a connection: words, read marks, and what was put right in a customer's card. Everything else (accept, close, transfer, status) is racy and never queued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum OutboxOp {
    /// Words for the customer.
    Text {
        /// The words.
        text: String,
        /// The message that they answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quote: Option<Quote>,
    },
    /// Words for operators only.
    Note {
        /// The words.
        text: String,
    },
    /// A file for the customer. Its bytes are in the staging folder until this leaves the outbox.
    File {
        /// Which.
        file: StagedFile,
        /// Its caption; may be empty.
        text: String,
        /// What the hub made of it, once it has the bytes.
        #[serde(default)]
        uploaded: Option<Uploaded>,
    },
    /// Read up to here; a later one replaces an earlier one.
    MarkRead {
        /// The number of the last message read.
        upto: u32,
    },
    /// What is known of the customer, put right.
    EditCustomer {
        /// The new values.
        edit: Box<CustomerEdit>,
        /// What stood in their place when they were written.
        was: Box<CustomerEdit>,
    },
}

/// A file whose bytes the hub has, and that is in no message yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// What the hub calls it.
    pub attachment: Attachment,
    /// When it came to be there: the hub drops what nobody sends.
    pub at: Stamp,
}

/// How long an upload is good for, in milliseconds: the hub keeps for a day what nobody sends.
const UPLOAD_GOOD_MS: i64 = 20 * 3_600_000;

impl OutboxOp {
    /// The words, if it is a message.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } | Self::Note { text } | Self::File { text, .. } => Some(text),
            Self::MarkRead { .. } | Self::EditCustomer { .. } => None,
        }
    }

    /// The message that it answers.
    #[must_use]
    pub fn quote(&self) -> Option<&Quote> {
        match self {
            Self::Text { quote, .. } => quote.as_ref(),
            Self::Note { .. } | Self::File { .. } | Self::MarkRead { .. } | Self::EditCustomer { .. } => None,
        }
    }

    /// Whether it is a read mark, which nobody wrote and nobody misses.
    #[must_use]
    pub fn is_read(&self) -> bool {
        match self {
            Self::MarkRead { .. } => true,
            Self::Text { .. } | Self::Note { .. } | Self::File { .. } | Self::EditCustomer { .. } => false,
        }
    }

    /// The file whose bytes wait on this machine, if it is one.
    #[must_use]
    pub fn staged(&self) -> Option<&StagedFile> {
        match self {
            Self::File { file, .. } => Some(file),
            Self::Text { .. } | Self::Note { .. } | Self::MarkRead { .. } | Self::EditCustomer { .. } => None,
        }
    }

    /// Whether the hub has to be given the bytes before it can be asked to send them.
    pub(crate) fn needs_upload(&self) -> bool {
        match self {
            Self::File { uploaded, .. } => uploaded.is_none(),
            Self::Text { .. } | Self::Note { .. } | Self::MarkRead { .. } | Self::EditCustomer { .. } => false,
        }
    }

    /// Whether the hub had the bytes once and has dropped them, or is about to.
    pub(crate) fn is_stale(&self, now: Stamp) -> bool {
        match self {
            Self::File { uploaded: Some(uploaded), .. } => now.0.saturating_sub(uploaded.at.0) > UPLOAD_GOOD_MS,
            Self::File { uploaded: None, .. }
            | Self::Text { .. }
            | Self::Note { .. }
            | Self::MarkRead { .. }
            | Self::EditCustomer { .. } => false,
        }
    }
}

/// Where an outbox item stands on disk. What a temporary failure adds (waiting until a moment of the monotonic
/// clock) is kept in memory only: after a restart it is `Queued` again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OutboxState {
    /// Will go when the link is live and it is the head of its dialog.
    Queued,
    /// Was handed to the network; found so after a restart or a lost connection it is in doubt, and is sent again
    /// under the same id.
    Sending,
    /// The operator has to decide.
    Held {
        /// Why.
        reason: HeldReason,
    },
    /// The hub refused it; it steps aside and later messages go on.
    Stuck {
        /// Why.
        reason: Refusal,
    },
    /// Its file cannot be sent; it steps aside and later messages go on.
    NotTaken {
        /// Why.
        why: FileTrouble,
    },
}

/// Why a message waits for the operator's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum HeldReason {
    /// Written longer ago than the setting allows to send without asking.
    TooOld,
    /// The dialog belongs to somebody else now, or to nobody.
    NotMine {
        /// The present owner's name.
        owner: Option<String>,
    },
    /// The dialog is closed for good or has left this operator's sight.
    Gone,
    /// The file it was in was damaged, and a copy of before still had it: it may have been sent or taken back since.
    FromCopy,
}
