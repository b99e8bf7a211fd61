//! What has to be done outside of the database, and files.
//!
//! An errand is stored by the same commit that makes it necessary and carried out afterwards, so it is neither lost nor
//! invented. It may be carried out twice if the hub dies in between: whoever does it has to bear that, by a key of
//! idempotency made from the errand's id.

use otklik_model::{CustomerId, DialogId, FileId, FileState, OperatorId, Rating, Seq, Stamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something to do outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Made by whoever decides it.
    pub id: Uuid,
    /// What.
    pub kind: ErrandKind,
    /// Not before.
    pub due_at: Stamp,
    /// How often it was tried in vain.
    pub attempts: u32,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "errand", rename_all = "snake_case")]
pub enum ErrandKind {
    /// Ask a bot what it says to the customer's words.
    AskBot {
        /// Where.
        dialog: DialogId,
        /// Which bot.
        bot: OperatorId,
        /// The message it is to answer.
        upto: u32,
    },
    /// Ask the outside router where a dialog goes.
    AskRouter {
        /// Which.
        dialog: DialogId,
        /// At which epoch it was sent to the router: by another one it has gone on.
        epoch: u64,
    },
    /// Send a conversation by mail.
    Transcript {
        /// Which.
        dialog: DialogId,
        /// To whom.
        to: String,
        /// In which language.
        language: String,
        /// Who asked for it. Nobody, if a hub of before stored it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<OperatorId>,
    },
    /// Tell an administrator by mail that the routing script or the outside router fails.
    TellOfScript {
        /// His mailbox.
        to: String,
        /// The code under which it stands in the trail.
        code: String,
        /// What the log says of it. Holds no word of a customer.
        why: String,
        /// When.
        at: Stamp,
    },
    /// Tell somebody by mail that a customer gave one or two stars.
    TellOfRating {
        /// Where.
        dialog: DialogId,
        /// His mailbox.
        to: String,
        /// In which language.
        language: String,
        /// What the customer thought then, as it was stored.
        rating: Rating,
    },
    /// Tell somebody by mail of a request that was left while nobody was online for it.
    TellOfRequest {
        /// Which.
        dialog: DialogId,
        /// His mailbox.
        to: String,
        /// In which language.
        language: String,
    },
    /// Tell another system.
    Webhook {
        /// Its address.
        address: String,
        /// What is told.
        body: serde_json::Value,
    },
    /// Look for viruses.
    ScanFile {
        /// Which.
        file: FileId,
    },
    /// A file was sent: tell in its dialog whether it can be fetched.
    FileSent {
        /// Which.
        file: FileId,
        /// Where.
        dialog: DialogId,
        /// The number of the message it hangs on.
        seq: u32,
    },
    /// Take what people wrote out of the entries of the log about what was erased.
    Scrub {
        /// About this customer.
        customer: Option<CustomerId>,
        /// And about these dialogs.
        dialogs: Vec<DialogId>,
        /// Nothing is about them after this position but what was written empty.
        upto: Seq,
        /// Whether what was deleted is then taken out of the database's files, too: older hubs wrote this only by
        /// naming a customer.
        #[serde(default)]
        scour: bool,
    },
    /// Take the earlier words of a message out of the log: they held a part of a card number.
    ForgetWords {
        /// Where.
        dialog: DialogId,
        /// The message's number.
        seq: u32,
        /// The earlier words were told at this position.
        from: Seq,
    },
    /// Remove a file's content.
    DropFile {
        /// Which.
        file: FileId,
        /// Also if it was sent.
        always: bool,
    },
}

/// How an errand went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrandEnd {
    /// Done.
    Done,
    /// Not yet; to be tried again.
    Again {
        /// Not before.
        at: Stamp,
    },
    /// Given up.
    Failed {
        /// When.
        at: Stamp,
        /// Why, for administrators.
        why: String,
    },
}

/// What is known of a file. Its content is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Its id.
    pub id: FileId,
    /// Where.
    pub workspace: WorkspaceId,
    /// The dialog it was sent in; nothing while it is only uploaded.
    pub dialog: Option<DialogId>,
    /// The operator or customer who uploaded it.
    pub by: Uuid,
    /// Its name, cleaned.
    pub name: String,
    /// Its media type, as the hub found it.
    pub media: String,
    /// Bytes.
    pub size: u64,
    /// Of its content.
    pub sha256: [u8; 32],
    /// Whether it can be fetched.
    pub state: FileState,
    /// Width and height, of an image that has a thumbnail.
    pub pixels: Option<(u32, u32)>,
    /// When it was uploaded.
    pub at: Stamp,
}
