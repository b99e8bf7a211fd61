//! A small hub for stories: it keeps dialogs, numbers events, and remembers its answers.

use crate::{Fetched, LinkInput, Profile, SessionInfo};
use otklik_model::*;
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) const IRA: u128 = 0x11;
pub(super) const OLEG: u128 = 0x12;
const BOT: u128 = 0x13;

pub(super) fn operator(id: u128) -> OperatorId {
    OperatorId(Uuid::from_u128(id))
}

pub(super) fn dialog_id(n: u128) -> DialogId {
    DialogId(Uuid::from_u128(0xD000 + n))
}

pub(super) struct Hub {
    pub(super) stream: Uuid,
    pub(super) log: Vec<Change>,
    pub(super) dialogs: BTreeMap<DialogId, Dialog>,
    pub(super) messages: BTreeMap<DialogId, Vec<Message>>,
    pub(super) results: BTreeMap<ClientId, Outcome>,
    pub(super) profile: Profile,
    /// Events below this are forgotten: a cursor there is refused.
    pub(super) oldest: u64,
    /// What operators submitted, in order of arrival.
    pub(super) submitted: Vec<(ClientId, Op)>,
    pub(super) fetches: u32,
    pub(super) page: u32,
    /// By how much its clock is ahead of the workplace's, in milliseconds.
    pub(super) ahead_ms: i64,
    /// Files that came and are in no message yet.
    pub(super) files: BTreeMap<FileId, Attachment>,
    /// How many files came in all.
    pub(super) uploaded: u128,
}

impl Hub {
    pub(super) fn new() -> Self {
        let me = Operator::new(operator(IRA), "Ира", OperatorStatus::Online);
        Self {
            stream: Uuid::from_u128(1),
            log: Vec::new(),
            dialogs: BTreeMap::new(),
            messages: BTreeMap::new(),
            results: BTreeMap::new(),
            profile: Profile {
                me,
                desk: "Лавка".into(),
                rights: [Right::Accept, Right::SeeQueue].into(),
                limits: Limits::default(),
            },
            oldest: 0,
            submitted: Vec::new(),
            fetches: 0,
            page: 100,
            ahead_ms: 0,
            files: BTreeMap::new(),
            uploaded: 0,
        }
    }

    pub(super) fn head(&self) -> Seq {
        Seq(self.log.len() as u64)
    }

    fn next(&self) -> Seq {
        Seq(self.head().0 + 1)
    }

    /// A file comes, and is in no message yet.
    pub(super) fn takes_file(&mut self, file: &crate::StagedFile) -> Attachment {
        let id = FileId(Uuid::from_u128(0xF11E_0000 + self.uploaded));
        self.uploaded += 1;
        let attachment = Attachment { id, state: FileState::Ready, ..file.attachment() };
        self.files.insert(id, attachment.clone());
        attachment
    }

    /// A customer's first message: a dialog in the queue.
    pub(super) fn customer_comes(&mut self, n: u128, text: &str, at: Stamp) -> DialogId {
        self.customer_leaves_word(n, text, OnlineState::Online, at)
    }

    /// A customer's first message; he waits on the line or not.
    pub(super) fn customer_leaves_word(&mut self, n: u128, text: &str, line: OnlineState, at: Stamp) -> DialogId {
        let id = dialog_id(n);
        let mut dialog = crate::mirror::blank(id);
        dialog.number = n as u64;
        dialog.customer.id = CustomerId(Uuid::from_u128(0xC000 + n));
        dialog.customer.name = format!("Покупатель {n}");
        dialog.customer.named = true;
        dialog.state = DialogState::Queue;
        dialog.current_state = line;
        dialog.created_at = at;
        dialog.can = Can { accept: None, write: Some(Denied::NotAccepted), note: None, ..dialog.can };
        self.dialogs.insert(id, dialog);
        self.customer_writes(n, text, at);
        id
    }

    pub(super) fn customer_writes(&mut self, n: u128, text: &str, at: Stamp) -> MessageId {
        self.customer_says(n, MessageKind::Text, text, at)
    }

    /// The customer says something, in words or without.
    pub(super) fn customer_says(&mut self, n: u128, kind: MessageKind, text: &str, at: Stamp) -> MessageId {
        self.store(dialog_id(n), Author::Customer, kind, text, None, at).id
    }

    /// A new dialog that a bot leads, with the bot's first words.
    pub(super) fn bot_greets(&mut self, n: u128, text: &str, at: Stamp) {
        let id = self.customer_comes(n, "привет", at);
        self.change(id, |dialog| (dialog.state, dialog.bot) = (DialogState::Bot, Some(operator(BOT))));
        self.bot_says(n, text, at);
    }

    /// A bot says something.
    pub(super) fn bot_says(&mut self, n: u128, text: &str, at: Stamp) {
        let author = Author::Bot { id: operator(BOT), name: "Робот".into() };
        self.store(dialog_id(n), author, MessageKind::Text, text, None, at);
    }

    /// The operator says something on another machine.
    pub(super) fn says_elsewhere(&mut self, n: u128, kind: MessageKind, text: &str, at: Stamp) {
        let author = Author::Operator { id: operator(IRA), name: "Ира".into() };
        self.store(dialog_id(n), author, kind, text, None, at);
    }

    /// The operator's status is another one now.
    pub(super) fn set_status(&mut self, status: OperatorStatus) {
        self.profile.me.status = status;
        self.log.push(Change::OperatorUpserted(self.profile.me.clone()));
    }

    /// The operator leads the dialog from now on, as one that he accepted, or as one put into his hands.
    pub(super) fn given_at_once(&mut self, n: u128, accepted: bool, at: Stamp) {
        self.give(dialog_id(n), IRA, DialogState::Active);
        let (line, says) = if accepted { ("accepted Ира", None) } else { ("assigned Ира", Some(Says::Assigned)) };
        self.store_line(n, line, says, at);
    }

    /// The operator leads the dialog from now on, and the hub says so in these words and with this mark.
    pub(super) fn given_saying(&mut self, n: u128, line: &str, says: Option<Says>, at: Stamp) {
        self.give(dialog_id(n), IRA, DialogState::Active);
        self.store_line(n, line, says, at);
    }

    fn store_line(&mut self, n: u128, line: &str, says: Option<Says>, at: Stamp) {
        let details = Details { says, ..Details::default() };
        self.store_with(dialog_id(n), (Author::System, MessageKind::System, line), details, None, at);
    }

    /// A colleague's words for operators only.
    pub(super) fn noted(&mut self, n: u128, text: &str, at: Stamp) {
        let author = Author::Operator { id: operator(OLEG), name: "Олег".into() };
        self.store(dialog_id(n), author, MessageKind::Note, text, None, at);
    }

    /// Something about the newest message of a dialog changes, and it comes again.
    pub(super) fn comes_again(&mut self, n: u128, change: impl FnOnce(&mut Message)) {
        let rev = self.next();
        let message = self.messages.get_mut(&dialog_id(n)).unwrap().last_mut().unwrap();
        change(message);
        message.rev = rev;
        let message = message.clone();
        self.log.push(Change::MessageAdded(Box::new(message)));
    }

    fn store(
        &mut self,
        id: DialogId,
        author: Author,
        kind: MessageKind,
        text: &str,
        client_id: Option<ClientId>,
        at: Stamp,
    ) -> Stored {
        self.store_with(id, (author, kind, text), Details::default(), client_id, at)
    }

    fn store_with(
        &mut self,
        id: DialogId,
        (author, kind, text): (Author, MessageKind, &str),
        details: Details,
        client_id: Option<ClientId>,
        at: Stamp,
    ) -> Stored {
        let rev = self.next();
        let thread = self.messages.entry(id).or_default();
        let seq = thread.len() as u32 + 1;
        let message = Message {
            id: MessageId(Uuid::from_u128(0xA0000 + u128::from(rev.0))),
            client_id,
            dialog: id,
            seq,
            kind,
            author: author.clone(),
            text: text.into(),
            at,
            rev,
            details,
        };
        thread.push(message.clone());
        let stored = Stored { id: message.id, seq, at };
        self.log.push(Change::MessageAdded(Box::new(message)));
        self.change(id, |dialog| {
            dialog.last_seq = seq;
            dialog.last = Some(Preview { kind, author: author.clone(), text: text.into(), at });
            match author {
                Author::Customer => {
                    dialog.unread += 1;
                    if dialog.awaiting != Awaiting::Operator {
                        dialog.awaiting = Awaiting::Operator;
                        dialog.awaiting_since = Some(at);
                    }
                }
                Author::Operator { .. } if kind == MessageKind::Text => {
                    dialog.awaiting = Awaiting::Customer;
                    dialog.awaiting_since = Some(at);
                }
                _ => {}
            }
        });
        stored
    }

    /// Changes a dialog's row and tells it.
    pub(super) fn change(&mut self, id: DialogId, change: impl FnOnce(&mut Dialog)) {
        let rev = self.next();
        let dialog = self.dialogs.get_mut(&id).unwrap();
        change(dialog);
        dialog.rev = rev;
        let row = dialog.clone();
        self.log.push(Change::DialogUpserted(Box::new(row)));
    }

    /// Somebody leads the dialog now.
    pub(super) fn give(&mut self, id: DialogId, owner: u128, state: DialogState) {
        let mine = owner == IRA;
        self.change(id, |dialog| {
            dialog.state = state;
            dialog.assignee = Some(operator(owner));
            dialog.assignee_name = Some(if mine { "Ира".into() } else { "Олег".into() });
            dialog.epoch += 1;
            let not = (!mine).then_some(Denied::NotYours);
            let accepted = (state == DialogState::Active).then_some(Denied::AlreadyTaken);
            let write = not.or((state == DialogState::Offered).then_some(Denied::NotAccepted));
            dialog.can = Can { accept: not.or(accepted), write, close: not, transfer: not, ..Can::default() };
        });
    }

    pub(super) fn hide(&mut self, id: DialogId, reason: GoneReason, to: &str) {
        self.dialogs.remove(&id);
        self.log.push(Change::DialogGone { dialog: id, reason, to: Some(to.into()) });
    }

    pub(super) fn info(&self, resumed: bool, now: Stamp) -> SessionInfo {
        let profile = self.profile.clone();
        let server_at = Stamp(now.0 + self.ahead_ms);
        SessionInfo { profile, stream: self.stream, resumed, head: self.head(), beat_ms: 15_000, server_at }
    }

    /// The first frames of a connection.
    pub(super) fn welcome(&self, cursor: Option<Cursor>, now: Stamp) -> Vec<LinkInput> {
        let resumable =
            cursor.filter(|c| c.stream == self.stream && c.after <= self.head() && c.after.0 >= self.oldest);
        let opened = LinkInput::Opened(Box::new(self.info(resumable.is_some(), now)));
        let state = match resumable {
            Some(cursor) => self.events(cursor.after),
            None => Some(LinkInput::Snapshot {
                at: self.head(),
                dialogs: self.dialogs.values().cloned().collect(),
                operators: vec![self.profile.me.clone(), Operator::new(operator(OLEG), "Олег", OperatorStatus::Online)],
                channels: Vec::new(),
            }),
        };
        [Some(opened), state].into_iter().flatten().collect()
    }

    /// Everything after a position, if there is anything.
    pub(super) fn events(&self, after: Seq) -> Option<LinkInput> {
        let changes = self.log.get(usize::try_from(after.0).unwrap()..)?.to_vec();
        (!changes.is_empty()).then(|| LinkInput::Events { after, upto: self.head(), changes })
    }

    /// Carries out an operation, once.
    pub(super) fn submit(&mut self, id: ClientId, op: Op, at: Stamp) -> Outcome {
        self.submitted.push((id, op.clone()));
        if let Some(outcome) = self.results.get(&id) {
            return outcome.clone();
        }
        let outcome = self.decide(id, op, at);
        self.results.insert(id, outcome.clone());
        outcome
    }

    fn decide(&mut self, id: ClientId, op: Op, at: Stamp) -> Outcome {
        let refused = |reason| Outcome::Refused { reason };
        let me = Author::Operator { id: operator(IRA), name: "Ира".into() };
        if let Op::SetStatus { status } = op {
            self.set_status(status);
            return Outcome::Done { at_seq: self.head(), message: None };
        }
        // What becomes of it a test says itself: this hub has no dictionary of statuses.
        if let Op::ChooseStatus { of: None, .. } = op {
            return Outcome::Done { at_seq: self.head(), message: None };
        }
        let row = op.dialog().and_then(|dialog| self.dialogs.get(&dialog)).cloned();
        let Some(row) = row else { return refused(Refusal::NotFound) };
        let not_mine = Refusal::NotYourDialog { owner: row.assignee_name.clone() };
        let message = match op {
            Op::SendText { epoch, .. } if row.epoch != epoch || row.assignee != Some(operator(IRA)) => {
                return refused(not_mine);
            }
            Op::SendText { dialog, text, .. } => Some(self.store(dialog, me, MessageKind::Text, &text, Some(id), at)),
            Op::SendFile { epoch, .. } if row.epoch != epoch || row.assignee != Some(operator(IRA)) => {
                return refused(not_mine);
            }
            Op::SendFile { dialog, file, text, .. } => match self.files.remove(&file) {
                Some(attachment) => {
                    let details = Details { file: Some(attachment), ..Details::default() };
                    Some(self.store_with(dialog, (me, MessageKind::File, &text), details, Some(id), at))
                }
                None => return refused(Refusal::FileUnusable),
            },
            Op::SendNote { dialog, text } => Some(self.store(dialog, me, MessageKind::Note, &text, Some(id), at)),
            Op::MarkRead { dialog, upto } => {
                let later = self.messages.get(&dialog).into_iter().flatten().filter(|message| message.seq > upto);
                let left = later.filter(|message| matches!(message.author, Author::Customer)).count();
                self.change(dialog, |row| {
                    row.read_by_operator = upto.max(row.read_by_operator);
                    row.unread = row.unread.min(u32::try_from(left).unwrap());
                });
                None
            }
            Op::Accept { epoch, .. } if row.epoch != epoch => {
                return refused(Refusal::AlreadyAccepted { by: row.assignee_name.unwrap_or_default() });
            }
            Op::Accept { dialog, .. } => {
                self.give(dialog, IRA, DialogState::Active);
                None
            }
            Op::Close { dialog, .. } => {
                self.change(dialog, |row| row.state = DialogState::ClosedSoft);
                None
            }
            Op::Transfer { dialog, .. } => {
                self.give(dialog, OLEG, DialogState::Offered);
                None
            }
            Op::EditCustomer { dialog, edit, was } => {
                let now = edit.overtaken(&was, edit.present(&row.customer));
                if !now.is_empty() {
                    return refused(Refusal::Conflict { now: Box::new(now) });
                }
                self.change(dialog, |row| write_card(&mut row.customer, edit));
                None
            }
            Op::SetStatus { .. }
            | Op::ChooseStatus { .. }
            | Op::Decline { .. }
            | Op::Hold { .. }
            | Op::Unhold { .. }
            | Op::SortDialog { .. }
            | Op::EditMessage { .. }
            | Op::DeleteMessage { .. }
            | Op::RequestContact { .. }
            | Op::Teleport { .. }
            | Op::Block { .. }
            | Op::Unblock { .. }
            | Op::SendTranscript { .. }
            | Op::Invite { .. }
            | Op::JoinCustomers { .. }
            | Op::SeparateCustomer { .. }
            | Op::KeepTemplate { .. }
            | Op::DropTemplate { .. }
            | Op::Unknown => return refused(Refusal::Unsupported),
        };
        Outcome::Done { at_seq: self.head(), message }
    }

    /// Reads history, the newest first as far as a page goes.
    pub(super) fn fetch(&mut self, dialog: DialogId, from: u32, to: u32) -> Fetched {
        self.fetches += 1;
        let all = self.messages.get(&dialog).cloned().unwrap_or_default();
        let mut page: Vec<Message> = all.into_iter().filter(|m| m.seq >= from && m.seq <= to).collect();
        let surplus = page.len().saturating_sub(self.page as usize);
        page.drain(..surplus);
        Fetched::History(page)
    }
}

/// As the real hub does it.
pub(super) fn write_card(customer: &mut Customer, edit: CustomerEdit) {
    if let Some(name) = edit.name {
        (customer.name, customer.named) = (name, true);
    }
    if let Some(phone) = edit.phone {
        customer.phone = Some(phone).filter(|phone| !phone.is_empty());
    }
    if let Some(email) = edit.email {
        customer.email = Some(email).filter(|email| !email.is_empty());
    }
    if let Some(comment) = edit.comment {
        customer.particulars.comment = comment;
    }
    if let Some(tags) = edit.tags {
        customer.particulars.tags = tags;
    }
}
