//! A scripted story, cut by a crash after every single effect. The end is the same each time.
//!
//! No chance is involved: commits and frames arrive at once, in order. What differs between two tellings is only the
//! effect after which the program dies. Ира remembers what she typed and was not told of; what is then not there
//! she types again.

use super::Summary;
use crate::sim::{direct::Direct, hub::Habits};
use anyhow::{bail, ensure};
use otklik_core::Command;
use otklik_model::{Author, DialogId, DialogState, TransferTarget};
use std::collections::BTreeMap;

/// Where a story stands at its end, as far as anybody can tell from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
struct End {
    /// Ира's words on the hub, in order, by dialog.
    said: BTreeMap<DialogId, Vec<String>>,
    /// Drafts.
    drafts: BTreeMap<DialogId, String>,
    /// What the cache holds: dialog, newest message, unread.
    cache: Vec<(DialogId, u32, u32)>,
    /// What the list shows: waiting, mine, badge.
    counts: (u32, u32, u32),
}

/// Tells the story once whole, then once for each effect.
///
/// # Errors
/// The first cut that leads to another end.
pub fn run() -> anyhow::Result<Summary> {
    let began = std::time::Instant::now();
    let (whole, effects) = tell(None)?;
    ensure!(whole.said.values().map(Vec::len).sum::<usize>() == 8, "the story itself goes wrong: {whole:?}");
    for cut in 0..effects {
        match tell(Some(cut)) {
            Ok((end, _)) if end == whole => {}
            Ok((end, _)) => bail!("cut after effect {cut} the story ends with {end:#?} instead of {whole:#?}"),
            Err(error) => bail!("cut after effect {cut}: {error}"),
        }
    }
    Ok(Summary(format!(
        "cuts: a story of {effects} effects, cut after each of them, ends the same every time; {:.0} s",
        began.elapsed().as_secs_f64()
    )))
}

/// The story.
fn tell(cut: Option<u64>) -> anyhow::Result<(End, u64)> {
    let mut story = Story::begin(cut)?;
    story.customer_writes(0, "Где мой заказ?")?;
    story.customer_writes(1, "Можно вернуть чайник?")?;
    let (first, second) = (story.dialog(0)?, story.dialog(1)?);
    story.until_done(Command::Accept { dialog: first })?;
    story.until_done(Command::Accept { dialog: second })?;
    story.say(first, "Сейчас посмотрю")?;
    story.say(second, "Конечно, в течение недели")?;
    story.until_done(Command::SaveDraft {
        dialog: second, text: "Чек сохра".to_owned(), note: false, quote: None
    })?;
    story.customer_writes(0, "Жду")?;
    story.until_done(Command::Seen { dialog: first, upto: 4 })?;
    story.pull_the_plug()?;
    story.say(first, "Он в пути")?;
    story.say(first, "Будет завтра")?;
    story.note(second, "Постоянный покупатель")?;
    story.plug_in()?;
    story.desk.lose_answer = true;
    story.say(first, "До обеда")?;
    story.customer_writes(1, "Спасибо")?;
    story.say(second, "Всегда рады")?;
    story.say(first, "Хорошего дня")?;
    story.desk.calm()?;
    story.until_done(Command::Transfer { dialog: second, target: TransferTarget::Queue })?;
    story.desk.calm()?;
    let end = story.end();
    Ok((end, story.desk.effects))
}

struct Story {
    desk: Direct,
}

impl Story {
    fn begin(cut: Option<u64>) -> anyhow::Result<Self> {
        let habits = Habits { sees_others: false, joint: true, row_first: true, reopens_to_last: true };
        Ok(Self { desk: Direct::begin(habits, cut)? })
    }

    fn customer_writes(&mut self, customer: u8, text: &str) -> anyhow::Result<()> {
        self.desk.hub.customer_writes(customer, text);
        self.desk.pump();
        self.desk.work()
    }

    fn pull_the_plug(&mut self) -> anyhow::Result<()> {
        self.desk.plugged = false;
        self.desk.hang_up();
        self.desk.work()
    }

    fn plug_in(&mut self) -> anyhow::Result<()> {
        self.desk.plugged = true;
        self.desk.ask(Command::Reconnect)?;
        self.desk.calm()
    }

    fn dialog(&self, customer: u8) -> anyhow::Result<DialogId> {
        self.desk.hub.dialog_of(customer).ok_or_else(|| anyhow::anyhow!("customer {customer} has not written"))
    }

    /// Gives a command until it was carried out; a program that died over it is asked again, unless it can be seen
    /// that it was carried out.
    fn until_done(&mut self, command: Command) -> anyhow::Result<()> {
        for _ in 0..50 {
            if let Some(Ok(_)) = self.desk.ask(command.clone())? {
                return Ok(());
            }
            self.desk.pass_time()?;
            if self.shows(&command) {
                return Ok(());
            }
        }
        bail!("{command:?} is never carried out")
    }

    /// Whether Ира sees that a command was carried out.
    fn shows(&self, command: &Command) -> bool {
        let row = |dialog: &DialogId| self.desk.machine.kept.dialogs.get(dialog).map(|saved| &saved.dialog);
        if let Command::Accept { dialog } = command {
            return row(dialog).is_some_and(|row| row.state == DialogState::Active);
        }
        if let Command::Transfer { dialog, .. } = command {
            return row(dialog).is_some_and(|row| row.state == DialogState::Queue);
        }
        false
    }

    fn say(&mut self, dialog: DialogId, text: &str) -> anyhow::Result<()> {
        self.write(Command::SendText { dialog, text: text.to_owned(), quote: None }, text)
    }

    fn note(&mut self, dialog: DialogId, text: &str) -> anyhow::Result<()> {
        self.write(Command::SendNote { dialog, text: text.to_owned() }, text)
    }

    /// Types a text, and types it again if the program died and it is nowhere.
    fn write(&mut self, command: Command, text: &str) -> anyhow::Result<()> {
        for _ in 0..50 {
            if let Some(Ok(_)) = self.desk.ask(command.clone())? {
                return Ok(());
            }
            if self.is_somewhere(text) {
                return Ok(());
            }
            self.desk.pass_time()?;
        }
        bail!("{text:?} is never taken")
    }

    fn is_somewhere(&self, text: &str) -> bool {
        self.desk.machine.kept.outbox.values().any(|item| item.op.text() == Some(text))
            || self.desk.hub.all_messages().any(|message| message.text == text)
    }

    fn end(&self) -> End {
        let mut said: BTreeMap<DialogId, Vec<String>> = BTreeMap::new();
        for message in self.desk.hub.all_messages() {
            if matches!(message.author, Author::Operator { .. }) {
                said.entry(message.dialog).or_default().push(message.text.clone());
            }
        }
        let kept = &self.desk.machine.kept;
        let counts = self.desk.machine.session.as_ref().map(|session| session.snapshot().counts).unwrap_or_default();
        End {
            said,
            drafts: kept.drafts.values().map(|draft| (draft.dialog, draft.text.clone())).collect(),
            cache: kept
                .dialogs
                .values()
                .map(|saved| (saved.dialog.id, saved.dialog.last_seq, saved.dialog.unread))
                .collect(),
            counts: (counts.waiting, counts.mine, counts.badge),
        }
    }
}
