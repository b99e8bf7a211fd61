//! What has to be true of the log, whoever wrote it.

use anyhow::{Context as _, Result, bail, ensure};
use otklik_hub::{
    router::Ground,
    store::{DialogEntry, EntryBody},
};
use otklik_model::{Author, Dialog, DialogId, DialogState, OperatorId, Seq};
use std::collections::BTreeMap;

const PAGE: u32 = 2_000;

/// Who owned what, by the log.
#[derive(Debug, Default)]
pub(super) struct Owners {
    /// For each dialog the owner of each epoch: nobody, somebody who was offered it, somebody who led it.
    of: BTreeMap<DialogId, BTreeMap<u64, Epoch>>,
    position: Seq,
}

/// One epoch of a dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Epoch {
    pub(super) owner: Option<OperatorId>,
    pub(super) name: Option<String>,
    /// He accepted it.
    pub(super) led: bool,
}

impl Owners {
    /// Reads on, and checks each entry.
    pub(super) async fn read(&mut self, ground: &Ground) -> Result<()> {
        loop {
            let read = ground.store.log_after(ground.workspace, self.position, PAGE).await?;
            let full = read.entries.len() == PAGE as usize;
            for entry in read.entries {
                ensure!(entry.seq.0 == self.position.0 + 1, "the log has a gap after {}", self.position.0);
                self.position = entry.seq;
                if let EntryBody::Dialog(dialog) = entry.body {
                    self.take(*dialog)?;
                }
            }
            if !full {
                return Ok(());
            }
        }
    }

    fn take(&mut self, entry: DialogEntry) -> Result<()> {
        let DialogEntry { row, before, events } = entry;
        let epochs = self.of.entry(row.id).or_default();
        let now = epoch(&row);
        let Some((newest, held)) = epochs.last_key_value().map(|(number, held)| (*number, held.clone())) else {
            ensure!(before.is_none(), "a dialog begins in the middle");
            epochs.insert(row.epoch, now);
            return Ok(());
        };
        if row.epoch == newest {
            ensure!(held.owner == now.owner, "epoch {newest} of a dialog has two owners: {held:?}, {now:?}");
        } else {
            ensure!(row.epoch == newest + 1, "a dialog went from epoch {newest} to {}", row.epoch);
        }
        // Words are the owner's of before or after the entry: nobody else's are ever stored.
        for message in events.iter().filter_map(|event| event.message()) {
            if let Author::Operator { id, .. } = message.author {
                ensure!(now.owner == Some(id) && now.led, "words of somebody who did not lead the dialog were stored");
            }
        }
        epochs.insert(row.epoch, now);
        Ok(())
    }

    /// The epochs of a dialog.
    pub(super) fn epochs(&self, id: DialogId) -> Result<&BTreeMap<u64, Epoch>> {
        self.of.get(&id).context("the log does not know a dialog")
    }

    /// Forgets dialogs that are done with.
    pub(super) fn forget(&mut self) {
        self.of.clear();
    }
}

fn epoch(row: &Dialog) -> Epoch {
    Epoch { owner: row.assignee, name: row.assignee_name.clone(), led: row.state == DialogState::Active }
}

/// That a refusal named somebody who truly had it.
pub(super) fn named_truly(epochs: &BTreeMap<u64, Epoch>, name: &str) -> Result<()> {
    if epochs.values().any(|epoch| epoch.name.as_deref() == Some(name)) {
        return Ok(());
    }
    bail!("a loser was told of {name}, who never had it: {epochs:?}")
}
