//! The protocol of the day: what somebody who sees everything saw, and what others were told, line by line.

use otklik_model::{
    Author, Change, Dialog, DialogId, DialogState, Message, MessageKind, OnlineState, Operator, OperatorId,
    OperatorStatus, Presence, Stamp,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The centre's clock is three hours before that of the world.
const ZONE_MS: i64 = 3 * 3_600_000;
const DAY_MS: i64 = 24 * 3_600_000;

/// The protocol so far.
#[derive(Default)]
pub struct Protocol {
    text: String,
    customers: BTreeMap<DialogId, &'static str>,
    dialogs: BTreeMap<DialogId, Dialog>,
    statuses: BTreeMap<OperatorId, OperatorStatus>,
}

/// A line before it is written down.
struct Line {
    at: Stamp,
    /// Of the dialog it is about; 0: of none.
    number: u64,
    words: String,
}

impl Protocol {
    /// A part of the day begins.
    pub fn chapter(&mut self, title: &str) {
        let gap = if self.text.is_empty() { "" } else { "\n" };
        self.put(format_args!("{gap}{title}\n"));
    }

    /// Somebody did or was told something that the log does not show.
    pub fn note(&mut self, at: Stamp, words: &str) {
        self.put(format_args!("{}      {words}\n", clock(at)));
    }

    /// Who it is that writes in a dialog.
    pub fn introduce(&mut self, dialog: DialogId, name: &'static str) {
        self.customers.insert(dialog, name);
    }

    /// Writes down what changed. What happened `together` to many dialogs at once is told dialog by dialog: who of
    /// them was first is nobody's business.
    pub fn tell(&mut self, at: Stamp, changes: Vec<Change>, together: bool) {
        let mut lines = Vec::new();
        let mut row: Option<Box<Dialog>> = None;
        for change in changes {
            match change {
                Change::DialogUpserted(next) => {
                    lines.extend(row.replace(next).and_then(|row| self.stands(at, *row)));
                }
                Change::MessageAdded(message) => lines.push(self.says(&message, row.as_deref())),
                Change::OperatorUpserted(operator) => {
                    lines.extend(row.take().and_then(|row| self.stands(at, *row)));
                    lines.extend(self.serves(at, &operator));
                }
                _ => {}
            }
        }
        lines.extend(row.and_then(|row| self.stands(at, *row)));
        if together {
            lines.sort_by_key(|line: &Line| line.number);
        }
        for Line { at, number, words } in lines {
            let subject = if number == 0 { String::new() } else { format!("№{number}") };
            self.put(format_args!("{} {subject:<4} {words}\n", clock(at)));
        }
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn put(&mut self, words: std::fmt::Arguments<'_>) {
        // Writing into a string cannot fail.
        let _ = self.text.write_fmt(words);
    }

    fn says(&self, message: &Message, row: Option<&Dialog>) -> Line {
        let row = row.filter(|row| row.id == message.dialog).or_else(|| self.dialogs.get(&message.dialog));
        let number = row.map_or(0, |row| row.number);
        let customer = self.customers.get(&message.dialog).copied().unwrap_or("the customer");
        let (kind, text) = (message.kind, &message.text);
        let words = match &message.author {
            Author::Customer => format!("{customer}: {text}"),
            Author::Operator { name, .. } if kind == MessageKind::Note => format!("{name}, for colleagues: {text}"),
            Author::Operator { name, .. } | Author::Bot { name, .. } => format!("{name}: {text}"),
            Author::System if kind == MessageKind::AutoReply => format!("the centre: {text}"),
            Author::System | Author::Unknown => format!("— {}", line(text)),
        };
        Line { at: message.at, number, words }
    }

    /// Where a dialog stands, if that is another place than before.
    fn stands(&mut self, at: Stamp, row: Dialog) -> Option<Line> {
        let before = self.dialogs.insert(row.id, row.clone());
        let customer = self.customers.get(&row.id).copied().unwrap_or("the customer");
        let mut words = Vec::new();
        if before.as_ref().is_none_or(|before| place(before) != place(&row)) {
            words.push(place(&row));
        }
        if before.as_ref().is_some_and(|before| before.presence != row.presence) {
            words.push(match row.presence {
                Presence::OnSite => format!("{customer} is on the site again"),
                Presence::LeftSite => format!("{customer} left the site"),
                Presence::Offline => format!("{customer} counts as offline"),
                Presence::Unknown => "nobody knows where the customer is".to_owned(),
            });
        }
        if before.is_none() && row.start_state == OnlineState::Offline {
            words.push("began while nobody was at work".to_owned());
        }
        if before.as_ref().is_some_and(|before| before.rating != row.rating)
            && let Some(rating) = &row.rating
        {
            let note = rating.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
            words.push(format!("rated with {} of 5{note}", rating.stars));
        }
        (!words.is_empty()).then(|| Line { at, number: row.number, words: format!("→ {}", words.join("; ")) })
    }

    fn serves(&mut self, at: Stamp, operator: &Operator) -> Option<Line> {
        let before = self.statuses.insert(operator.id, operator.status);
        (before != Some(operator.status)).then(|| {
            let code = operator.day.as_ref().map(|day| format!(" ({})", day.code)).unwrap_or_default();
            let words = match operator.status {
                OperatorStatus::Online => "is online",
                OperatorStatus::Break => "takes a break",
                OperatorStatus::OfflineRequests => "works through offline requests",
                OperatorStatus::Offline => "is offline",
            };
            let at = operator.day.as_ref().map_or(at, |day| day.since);
            Line { at, number: 0, words: format!("{} {words}{code}", operator.name) }
        })
    }
}

/// Where a dialog stands.
fn place(row: &Dialog) -> String {
    let who = row.assignee_name.as_deref().unwrap_or("nobody");
    let queue = match row.current_state {
        OnlineState::Online => "the general queue",
        OnlineState::Offline | OnlineState::Unknown => "the offline requests",
    };
    let of = row.department.as_ref().map(|key| format!(" of {key}")).unwrap_or_default();
    match row.state {
        DialogState::Routing => "with the router".to_owned(),
        DialogState::Bot => "with the bot".to_owned(),
        DialogState::Queue => format!("in {queue}{of}"),
        DialogState::Offered => {
            let until = row.offer_until.map(|until| format!(" until {}", clock(until))).unwrap_or_default();
            format!("offered to {who}{until}")
        }
        DialogState::Active => format!("{who} leads it"),
        DialogState::Hold => format!("put off by {who}"),
        DialogState::Invitation => format!("an invitation of {who}"),
        DialogState::ClosedSoft => "closed for now".to_owned(),
        DialogState::Closed => "closed for good".to_owned(),
        DialogState::Deleted => "removed".to_owned(),
        DialogState::Unknown => "somewhere".to_owned(),
    }
}

/// A code of the hub in words: `offer_expired Олег`.
fn line(text: &str) -> String {
    let (code, name) = text.split_once(' ').unwrap_or((text, ""));
    let code = code.replace('_', " ");
    if name.is_empty() { code } else { format!("{code}: {name}") }
}

/// The time of the day at the centre.
#[must_use]
pub fn clock(at: Stamp) -> String {
    let seconds = (at.0 + ZONE_MS).rem_euclid(DAY_MS) / 1_000;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}
