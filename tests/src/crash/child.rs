//! The program that is killed, or whose disk fails: it talks to its parent on a pipe, one line a fact.
//!
//! `found TEXT`, `promised TEXT`, `refused TEXT WHY`, `drafted DIALOG TEXT`, `full WHEN`, `live`, `done`, `cannot open
//! WHY`. A line is written at once and whole, because whoever promised something and is killed has still promised it.

use super::{desk::Desk, ledger::LedgerHub};
use anyhow::Context as _;
use otklik_core::{Command, Receipt, ReqId, UiError, UiErrorCode};
use otklik_model::DialogId;
use std::{io::Write, path::Path, time::Duration};

/// What the child is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Play {
    /// Send as fast as it goes, until killed.
    Send,
    /// A short story with every kind of write, then end in order.
    Story,
    /// Send what is left and end in order.
    Finish,
    /// Write into the outbox, without a hub, until the disk is full; go on when it is freed; then send everything.
    Fill,
    /// Send weighty texts with a hub, in a first life, until the disk is full.
    Cram,
}

/// Where and how.
#[derive(Clone, Debug)]
pub struct Stage<'a> {
    /// The store's folder.
    pub folder: &'a Path,
    /// The hub's memory.
    pub ledger: &'a Path,
    /// Makes texts and ids different from those of other runs.
    pub run: u64,
    /// The file whose presence fills the disk, for [`Play::Fill`].
    pub ballast: Option<&'a Path>,
}

/// Plays, telling what happens on standard output.
///
/// # Errors
/// When something takes too long, or the parent is gone.
pub fn play(play: Play, stage: &Stage<'_>) -> anyhow::Result<()> {
    let hub = LedgerHub::open(stage.ledger)?;
    let dialogs = hub.dialogs();
    let hub = if play == Play::Fill { None } else { Some(hub) };
    let mut desk = match Desk::open(stage.folder, hub, stage.run) {
        Ok(desk) => desk,
        Err(error) => {
            say(&format!("cannot open {error}"))?;
            return Ok(());
        }
    };
    for item in &desk.found {
        if let Some(text) = item.op.text() {
            say(&format!("found {}", head(text)))?;
        }
    }
    match play {
        Play::Send => send(&mut desk, &dialogs, stage.run)?,
        Play::Story => story(&mut desk, &dialogs, stage.run)?,
        Play::Finish => {
            desk.go_live()?;
            desk.send_everything()?;
        }
        Play::Fill => fill(&mut desk, stage)?,
        Play::Cram => cram(&mut desk, &dialogs, stage.run)?,
    }
    desk.close();
    say("done")
}

fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes())?;
    out.flush().context("the parent is gone")
}

/// The first word of a text is its name; what follows is weight.
fn head(text: &str) -> &str {
    text.split_once(' ').map_or(text, |(name, _)| name)
}

/// Ира takes every dialog she has not.
fn accept_all(desk: &mut Desk, dialogs: &[DialogId]) -> anyhow::Result<()> {
    desk.go_live()?;
    say("live")?;
    for dialog in dialogs {
        let req = desk.ask(Command::Accept { dialog: *dialog });
        // "Already taken" by herself after a restart, or a failing disk: what follows will tell.
        let _any = desk.answer(req)?;
    }
    Ok(())
}

fn send(desk: &mut Desk, dialogs: &[DialogId], run: u64) -> anyhow::Result<()> {
    accept_all(desk, dialogs)?;
    let mut sent = 0_u64;
    loop {
        let mut texts = Vec::new();
        let mut drafts = Vec::new();
        for dialog in dialogs {
            let text = format!("{run}-{} Заказ уже в пути.", sent + 1);
            let draft = format!("{run}-{} Ещё кое-что", sent + 2);
            sent += 2;
            texts.push((text.clone(), desk.ask(Command::SendText { dialog: *dialog, text, quote: None })));
            drafts.push((*dialog, draft.clone(), ask_draft(desk, *dialog, draft)));
        }
        for (text, req) in texts {
            tell_text(head(&text), &desk.answer(req)?)?;
        }
        for (dialog, draft, req) in drafts {
            tell_draft(dialog, &draft, &desk.answer(req)?)?;
        }
    }
}

fn ask_draft(desk: &mut Desk, dialog: DialogId, text: String) -> ReqId {
    desk.ask(Command::SaveDraft { dialog, text, note: false, quote: None })
}

fn tell_draft(dialog: DialogId, text: &str, answer: &Result<Receipt, UiError>) -> anyhow::Result<()> {
    match answer {
        Ok(_) => say(&format!("drafted {dialog} {}", head(text))),
        // The page has it still, and saves it again with the next letter.
        Err(_) => Ok(()),
    }
}

/// True if the text was taken.
fn tell_text(name: &str, answer: &Result<Receipt, UiError>) -> anyhow::Result<bool> {
    match answer {
        Ok(_) => say(&format!("promised {name}")).map(|()| true),
        Err(error) => {
            let clear =
                matches!(error.code, UiErrorCode::Disk { .. } | UiErrorCode::NotFound | UiErrorCode::Denied { .. });
            say(&format!("refused {name} {} {:?}", if clear { "clearly" } else { "oddly" }, error.code)).map(|()| false)
        }
    }
}

fn story(desk: &mut Desk, dialogs: &[DialogId], run: u64) -> anyhow::Result<()> {
    accept_all(desk, dialogs)?;
    for round in 0..3 {
        for (nth, dialog) in dialogs.iter().enumerate() {
            let text = format!("{run}-{round}-{nth} Сейчас посмотрю.");
            let req = ask_draft(desk, *dialog, text.clone());
            let answer = desk.answer(req)?;
            tell_draft(*dialog, &text, &answer)?;
            promise(desk, *dialog, text)?;
        }
    }
    // Whatever failed has failed by now; the disk is well again, and so must the desk be.
    desk.work(Duration::from_millis(20));
    for (nth, dialog) in dialogs.iter().enumerate() {
        promise_soon(desk, *dialog, &format!("{run}-after-{nth} Всё в порядке."))?;
    }
    desk.go_live()?;
    desk.send_everything()
}

fn promise(desk: &mut Desk, dialog: DialogId, text: String) -> anyhow::Result<bool> {
    let name = head(&text).to_owned();
    tell_text(&name, &desk.command(Command::SendText { dialog, text, quote: None })?)
}

/// Sends a text that must be taken: the disk works, and a reconnect at most stands in the way.
fn promise_soon(desk: &mut Desk, dialog: DialogId, text: &str) -> anyhow::Result<()> {
    for _ in 0..40 {
        if promise(desk, dialog, text.to_owned())? {
            return Ok(());
        }
        desk.command(Command::Accept { dialog })?.ok();
        desk.work(Duration::from_millis(100));
    }
    anyhow::bail!("the desk did not recover: {text} was never taken")
}

fn fill(desk: &mut Desk, stage: &Stage<'_>) -> anyhow::Result<()> {
    let weight = "Ы".repeat(3_500);
    let dialogs = desk.rows();
    let dialog = *dialogs.first().context("the store was to be prepared with dialogs")?;
    let mut refused = 0;
    let mut sent = 0;
    while refused < 3 && sent < 30_000 {
        sent += 1;
        let taken = promise(desk, dialog, format!("{}-{sent} {weight}", stage.run))?;
        refused += u32::from(!taken);
    }
    if let Some(ballast) = stage.ballast {
        std::fs::remove_file(ballast)?;
    }
    say(&format!("full after {sent}"))?;
    desk.work(Duration::from_millis(50));
    for nth in 0..3 {
        promise_soon(desk, dialog, &format!("{}-after-{nth} Снова есть место.", stage.run))?;
    }
    desk.plug_in(LedgerHub::open(stage.ledger)?);
    desk.go_live()?;
    desk.send_everything()
}

/// A first life on a disk that may have no room for one.
fn cram(desk: &mut Desk, dialogs: &[DialogId], run: u64) -> anyhow::Result<()> {
    desk.work_until("a connection or a full disk", |desk| desk.is_live() || desk.is_full())?;
    if desk.is_live() {
        accept_all(desk, dialogs)?;
    }
    let weight = "Ы".repeat(3_500);
    let (mut refused, mut full) = (0, desk.is_full());
    for sent in 1..30_000 {
        let Some(dialog) = dialogs.get(sent % dialogs.len()) else { break };
        let taken = promise(desk, *dialog, format!("{run}-{sent} {weight}"))?;
        refused += u32::from(!taken);
        full |= desk.is_full();
        // A text for a dialog that had no room in the cache is refused, too: that alone says nothing of own.db.
        if full && refused >= 3 {
            return say(&format!("full after {sent}"));
        }
    }
    Ok(())
}
