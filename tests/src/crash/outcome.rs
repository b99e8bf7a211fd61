//! What a child said and what its files hold, compared.

use super::{desk, ledger::LedgerHub};
use anyhow::{Context as _, bail, ensure};
use otklik_model::{Author, DialogId};
use otklik_store::Store;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// What children said, over all their lives.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Names of texts that were promised.
    pub promised: BTreeSet<String>,
    /// Names of texts that were refused in clear words, and never taken afterwards: they stand in the composer, and who
    /// sends one again must not find it sent twice.
    pub refused: BTreeSet<String>,
    /// The newest draft that was said to be kept, by dialog.
    pub drafts: BTreeMap<String, String>,
    /// Refusals that said something else.
    pub odd: Vec<String>,
    /// Why the store did not open.
    pub cannot_open: Option<String>,
    /// The disk was found to be full.
    pub full: bool,
    /// The last line was "done".
    pub done: bool,
}

impl Said {
    /// Reads what a child wrote. A last line without an end was cut off by a kill and counts as not said.
    pub fn hear(&mut self, output: &str) {
        let whole = output.rfind('\n').map_or("", |end| &output[..end]);
        self.done = false;
        for line in whole.lines() {
            match line.split_once(' ') {
                Some(("promised", name)) => {
                    self.refused.remove(name);
                    self.promised.insert(name.to_owned());
                }
                Some(("refused", rest)) => match rest.split_once(" clearly ") {
                    Some((name, why)) => {
                        self.full |= why.contains("Full");
                        self.refused.insert(name.to_owned());
                    }
                    None => self.odd.push(rest.to_owned()),
                },
                Some(("drafted", rest)) => {
                    if let Some((dialog, name)) = rest.split_once(' ') {
                        self.drafts.insert(dialog.to_owned(), name.to_owned());
                    }
                }
                Some(("cannot", why)) => self.cannot_open = Some(why.to_owned()),
                // Said of a cache that takes nothing more, while own.db still does.
                Some(("full", _)) => self.full = true,
                Some(_) => {}
                None => self.done = line == "done",
            }
        }
    }
}

/// What is on the hub and still in own.db, by the texts' names.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// On the hub, in the hub's order per dialog.
    pub on_hub: Vec<(DialogId, String)>,
    /// In the outbox.
    pub unsent: BTreeMap<String, DialogId>,
    /// Unfinished texts.
    pub drafts: BTreeMap<DialogId, String>,
}

/// Reads both.
///
/// # Errors
/// When the store or the ledger does not open.
pub fn look(folder: &Path, ledger: &Path) -> anyhow::Result<Held> {
    let hub = LedgerHub::open(ledger)?;
    let on_hub = hub
        .messages()
        .filter(|message| matches!(message.author, Author::Operator { .. }))
        .map(|message| (message.dialog, name(&message.text)))
        .collect();
    let (store, saved, report) = Store::open(folder, &desk::keys())?;
    store.close();
    ensure!(report.own.is_none(), "own.db counts as damaged after a mere kill: {report:?}");
    let unsent = saved.outbox.iter().filter_map(|item| Some((name(item.op.text()?), item.dialog))).collect();
    let drafts = saved.drafts.iter().map(|draft| (draft.dialog, name(&draft.text))).collect();
    Ok(Held { on_hub, unsent, drafts })
}

fn name(text: &str) -> String {
    text.split_once(' ').map_or(text, |(name, _)| name).to_owned()
}

/// Where a text or a draft stands among those of its dialog: a draft has the number of the text that it becomes, and a
/// text "after" comes after all numbers.
fn place(name: &str) -> Vec<u64> {
    name.split('-').map(|part| part.parse().unwrap_or(u64::MAX)).collect()
}

impl Held {
    /// Nothing promised is lost, nothing is doubled, nothing refused is there, drafts are as they were left.
    ///
    /// # Errors
    /// With the first text that is.
    pub fn judge(&self, said: &Said) -> anyhow::Result<()> {
        let mut times: BTreeMap<&String, u32> = BTreeMap::new();
        for (_, name) in &self.on_hub {
            *times.entry(name).or_default() += 1;
        }
        if let Some((name, count)) = times.iter().find(|(_, count)| **count > 1) {
            bail!("{name} is {count} times on the hub");
        }
        for name in &said.promised {
            if !times.contains_key(name) && !self.unsent.contains_key(name) {
                bail!("{name} was promised and is neither on the hub nor in own.db");
            }
        }
        for name in &said.refused {
            ensure!(!times.contains_key(name), "{name} was refused and is on the hub");
            ensure!(!self.unsent.contains_key(name), "{name} was refused and is in own.db");
        }
        self.judge_drafts(said)?;
        if let Some(odd) = said.odd.first() {
            bail!("a refusal that is no word about the disk: {odd}");
        }
        Ok(())
    }

    /// A draft that was kept is there, or a newer one, or it has become a text. One that has become a text is gone.
    fn judge_drafts(&self, said: &Said) -> anyhow::Result<()> {
        let newest = |dialog: &str| {
            let on_hub = self.on_hub.iter().filter(|(of, _)| of.to_string() == dialog).map(|(_, name)| name);
            let unsent = self.unsent.iter().filter(|(_, of)| of.to_string() == dialog).map(|(name, _)| name);
            on_hub.chain(unsent).map(|name| place(name)).max()
        };
        for (dialog, kept) in &said.drafts {
            let held = self.drafts.iter().find(|(of, _)| of.to_string() == *dialog).map(|(_, name)| place(name));
            let latest = held.max(newest(dialog));
            ensure!(latest >= Some(place(kept)), "the draft {kept} of {dialog} was kept and is gone");
        }
        for (dialog, name) in &self.drafts {
            let text = newest(&dialog.to_string());
            ensure!(text < Some(place(name)), "{name} has gone out of the composer and stands there still");
        }
        Ok(())
    }

    /// Per dialog, texts named `RUN-NUMBER` stand in the order in which they were written.
    ///
    /// # Errors
    /// With the first that does not.
    pub fn judge_order(&self) -> anyhow::Result<()> {
        let mut newest: BTreeMap<DialogId, (u64, u64)> = BTreeMap::new();
        for (dialog, name) in &self.on_hub {
            let place = name.split_once('-').and_then(|(run, number)| Some((run.parse().ok()?, number.parse().ok()?)));
            let Some(place) = place else { continue };
            let last = newest.insert(*dialog, place);
            ensure!(last.is_none_or(|last| last < place), "{name} stands after {last:?}");
        }
        Ok(())
    }

    /// Everything promised is on the hub, and nothing waits.
    ///
    /// # Errors
    /// With the first text that is not.
    pub fn judge_finished(&self, said: &Said) -> anyhow::Result<()> {
        self.judge(said)?;
        if let Some(name) = self.unsent.keys().next() {
            bail!("{name} still waits");
        }
        Ok(())
    }
}

/// SQLite's own opinion of both files.
///
/// # Errors
/// When it is not "ok".
pub fn check_integrity(folder: &Path) -> anyhow::Result<()> {
    for (file, byte) in [("own.db", desk::OWN_KEY), ("cache.db", desk::CACHE_KEY)] {
        let db = rusqlite::Connection::open(folder.join(file))?;
        db.execute_batch(&format!("PRAGMA key = \"x'{}'\"", format!("{byte:02x}").repeat(32)))?;
        let verdict: String = db
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .with_context(|| format!("{file} cannot be checked"))?;
        ensure!(verdict == "ok", "{file}: {verdict}");
    }
    Ok(())
}
