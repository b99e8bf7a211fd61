//! A dialog as the list shows it: everything decided, nothing left to infer.
//!
//! Reads the sub-machines, changes none.

use crate::{
    CardEdit, DialogRow, OutboxOp, OutboxState, RowTone, SendState,
    batch::PREVIEW_CHARS,
    board::Place,
    local::Local,
    mirror::Mirror,
    outbox::{Entry, Outbox},
    section::Standpoint,
};
use otklik_model::{
    Author, Awaiting, Can, ChannelEntry, Denied, Dialog, DialogId, DialogState, Preview, Section, Stamp, clean_name,
    excerpt,
};

/// Below what waits stands what does not: in Mine what was answered, among what nobody has the suspicious.
///
/// A page counts exactly up to 2^53, so a key is made of two parts that stay below it together: a time of at most
/// [`LATEST`] and this. What waits has its time alone, below 2^51; answered ones are from here down to 2^51, the newest
/// above the older; suspicious ones from here up to less than 2^52 + 2^51.
const BELOW: i64 = 1 << 52;
/// No time counts as later in a key: some seventy thousand years from now, in milliseconds. A hub may say anything.
const LATEST: i64 = (1 << 51) - 1;
/// Characters of a name.
const NAME_CHARS: usize = 200;

/// What rows are made from.
#[derive(Clone, Copy)]
pub(crate) struct RowSource<'a> {
    /// The durable rows.
    pub(crate) mirror: &'a Mirror,
    /// What is unsent.
    pub(crate) outbox: &'a Outbox,
    /// What only this machine knows.
    pub(crate) local: &'a Local,
    /// Whether racy things may be done now.
    pub(crate) live: bool,
}

impl RowSource<'_> {
    /// Where a dialog stands.
    pub(crate) fn place(&self, dialog: &Dialog) -> Place {
        let section = Standpoint::of(self.mirror).section(dialog);
        let active_at = self.active_at(dialog, self.outbox.unsent_of(dialog.id).next_back());
        let waits = (dialog.awaiting == Awaiting::Operator).then_some(dialog.awaiting_since).flatten();
        let sort = match (section, waits) {
            (Section::Mine, None) => BELOW - in_key(active_at),
            (Section::Mine, Some(since)) => in_key(since),
            (Section::Waiting | Section::Queue | Section::OfflineRequests, since) if dialog.suspicious => {
                BELOW + in_key(since.unwrap_or(dialog.created_at))
            }
            (Section::Waiting | Section::Queue | Section::OfflineRequests | Section::Open | Section::All, since) => {
                in_key(since.unwrap_or(dialog.created_at))
            }
        };
        let unread = self.local.unread_of(dialog) > 0;
        Place { section, sort, active_at, unread, suspicious: dialog.suspicious }
    }

    /// The row, in this revision.
    pub(crate) fn row(&self, id: DialogId, rev: u64) -> Option<DialogRow> {
        let dialog = self.mirror.row(id)?;
        let place = self.place(dialog);
        let (unsent, trouble) = self
            .outbox
            .unsent_of(id)
            .fold((0_u32, false), |(count, trouble), entry| (count.saturating_add(1), trouble || entry.is_trouble()));
        let last = match self.outbox.unsent_of(id).next_back() {
            Some(entry) => Some(self.preview(entry)),
            None => dialog.last.clone(),
        };
        let carried = self.carried(dialog);
        Some(DialogRow {
            id,
            rev,
            number: dialog.number,
            name: name_of(dialog),
            customer_number: dialog.customer.number,
            email: dialog.customer.email.clone(),
            phone: dialog.customer.phone.clone(),
            language: dialog.customer.language.clone(),
            channel: self.mirror.channels.get(&dialog.channel).map(|channel| channel.name.clone()).unwrap_or_default(),
            state: dialog.state,
            tone: self.tone(dialog, place.section),
            section: place.section,
            sort: place.sort,
            active_at: place.active_at,
            waiting_since: (dialog.awaiting == Awaiting::Operator).then_some(dialog.awaiting_since).flatten(),
            unread: self.local.unread_of(dialog),
            last_mine: last.as_ref().is_some_and(|last| self.is_mine(&last.author)),
            last,
            typing: self.local.typing_in(id).cloned(),
            presence: dialog.presence,
            assignee: dialog.assignee_name.clone(),
            draft: self.local.has_draft(id),
            unsent,
            unsent_trouble: trouble,
            page: dialog.page.clone(),
            created_at: dialog.created_at,
            last_seq: dialog.last_seq,
            read_upto: self.local.read_upto(dialog),
            offer_until: dialog.offer_until,
            hold: dialog.hold.clone(),
            department: dialog.department.clone(),
            category: dialog.category.clone(),
            subject: dialog.subject.clone(),
            tags: dialog.tags.clone(),
            suspicious: dialog.suspicious,
            particulars: dialog.customer.particulars.clone(),
            card: self.outbox.cards_of(id).filter_map(card_edit).collect(),
            bot: dialog.bot.and_then(|bot| self.mirror.operators.get(&bot)).map(|bot| bot.name.clone()),
            rating: dialog.rating.clone(),
            closed_at: dialog.closed_at,
            led_by_me: dialog.assignee == Some(self.mirror.me()),
            can: self.can(dialog),
            rewords: carried.edit,
            takes_back: carried.delete,
            quotes: carried.quotes,
        })
    }

    /// What may be done now: by the hub's word for the dialog, and for the channel.
    pub(crate) fn can(&self, dialog: &Dialog) -> Can {
        let carried = self.carried(dialog);
        let by_channel = |carries: bool| (!carries).then_some(Denied::Channel);
        let can = can_now(&dialog.can, self.live);
        Can {
            quote: can.quote.or(by_channel(!carried.quotes.is_empty())),
            send_file: can.send_file.or(by_channel(carried.files)),
            contacts: can.contacts.or(by_channel(carried.contacts)),
            ..can
        }
    }

    /// What the dialog's channel carries.
    fn carried(&self, dialog: &Dialog) -> ChannelEntry {
        let name = self.mirror.channels.get(&dialog.channel).map(|channel| channel.name.as_str());
        self.mirror.handbook.carried_by(name.unwrap_or_default())
    }

    fn tone(&self, dialog: &Dialog, section: Section) -> RowTone {
        match section {
            Section::OfflineRequests => RowTone::Offline,
            Section::Waiting | Section::Queue => RowTone::Waiting,
            Section::Mine if dialog.awaiting == Awaiting::Operator => RowTone::MineUnanswered,
            Section::Mine => RowTone::MineAnswered,
            // Waits for somebody, though not in a list of his.
            Section::Open if dialog.state == DialogState::Queue => RowTone::Waiting,
            Section::Open => RowTone::Others,
            Section::All if dialog.state.is_closed() => RowTone::Closed,
            Section::All => RowTone::Others,
        }
    }

    fn active_at(&self, dialog: &Dialog, newest: Option<&Entry>) -> Stamp {
        let times = [
            Some(dialog.created_at),
            dialog.last.as_ref().map(|last| last.at),
            dialog.accepted_at,
            dialog.closed_at,
            newest.map(|entry| entry.item.created_at),
        ];
        times.into_iter().flatten().max().unwrap_or(dialog.created_at)
    }

    /// The newest unsent message as the hub would shorten it.
    fn preview(&self, entry: &Entry) -> Preview {
        let me = &self.mirror.profile.me;
        Preview {
            kind: entry.kind(),
            author: Author::Operator { id: me.id, name: me.name.clone() },
            text: excerpt(entry.item.op.text().unwrap_or_default(), PREVIEW_CHARS),
            at: entry.item.created_at,
        }
    }

    fn is_mine(&self, author: &Author) -> bool {
        matches!(author, Author::Operator { id, .. } if *id == self.mirror.me())
    }
}

/// A time as a part of a key: 0 to [`LATEST`].
fn in_key(time: Stamp) -> i64 {
    time.0.clamp(0, LATEST)
}

/// A change of a card as it is shown. What the hub has and the row does not is still on its way here.
fn card_edit(entry: &Entry) -> Option<CardEdit> {
    let OutboxOp::EditCustomer { edit, .. } = &entry.item.op else { return None };
    let send = match &entry.item.state {
        OutboxState::Held { reason } => SendState::Held { reason: reason.clone() },
        OutboxState::Stuck { reason } => SendState::Failed { reason: reason.clone() },
        OutboxState::NotTaken { why } => SendState::NotTaken { why: *why },
        OutboxState::Queued => SendState::Queued,
        OutboxState::Sending => SendState::Sending,
    };
    Some(CardEdit { id: entry.item.client_id, edit: (**edit).clone(), send })
}

/// The customer's name as one clean line; `None` if the hub made it up.
pub(crate) fn name_of(dialog: &Dialog) -> Option<String> {
    dialog.customer.named.then(|| clean_name(&dialog.customer.name, NAME_CHARS)).filter(|name| !name.is_empty())
}

/// As the hub says, and nothing racy without a live connection. Words, notes and files wait in the outbox.
fn can_now(can: &Can, live: bool) -> Can {
    let racy = |denied: Option<Denied>| denied.or((!live).then_some(Denied::Offline));
    Can {
        accept: racy(can.accept),
        write: can.write,
        note: can.note,
        close: racy(can.close),
        transfer: racy(can.transfer),
        hold: racy(can.hold),
        sort: racy(can.sort),
        block: racy(can.block),
        edit: racy(can.edit),
        // A hub that tells them not apart tells of both.
        reword: racy(can.edit.or(can.reword)),
        delete: racy(can.edit.or(can.delete)),
        quote: can.write.or(can.quote),
        send_file: can.send_file,
        contacts: racy(can.write.or(can.contacts)),
        teleport: racy(can.teleport),
        rating: can.rating,
    }
}

/// Whether the connection makes a difference to what may be done.
pub(crate) fn depends_on_link(dialog: &Dialog) -> bool {
    can_now(&dialog.can, true) != can_now(&dialog.can, false)
}
