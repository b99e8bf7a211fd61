//! P-D2: pressing Enter until the words are durable, through the writer thread that the product uses.

use super::{Figures, fixture::Fixture, fixture::dialog_id, latency::Latency};
use anyhow::{Result, anyhow};
use otklik_core::{CommitId, OutboxItem, OutboxOp, OutboxState, OwnWrite, Writes};
use otklik_model::{ClientId, Stamp};
use otklik_store::Store;
use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    sync::mpsc,
};

const RUNS: usize = 2_000;

pub(super) fn measure(folder: &Path, figures: &mut Figures) -> Result<()> {
    let folder = folder.join("commits");
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder)?;
    let floor = plain_sync(&folder.join("floor"))?;
    let (store, _, _) = Store::open(&folder, &Fixture::keys())?;
    let (done, finished) = mpsc::channel();
    let latency = Latency::of(RUNS, |run| {
        let done = done.clone();
        let writes = Writes::Own(vec![OwnWrite::PutOutbox(item(run)), OwnWrite::DropDraft(dialog_id(1))]);
        store.commit(CommitId(run as u64), writes, move |_, result| {
            // The receiver outlives the store.
            let _ = done.send(result);
        });
        finished.recv()?.map_err(|fault| anyhow!("the disk refuses: {fault:?}"))
    })?;
    store.close();
    latency.say("P-D2_enter_to_durable", Some(&floor), figures);
    Ok(())
}

/// The floor: as many bytes appended to a plain file and synchronised.
fn plain_sync(file: &Path) -> Result<Latency> {
    let mut file = File::create(file)?;
    let page = [0_u8; 4096];
    Ok(Latency::of(RUNS, |_| {
        file.write_all(&page)?;
        file.sync_data()
    })?)
}

fn item(run: usize) -> OutboxItem {
    let mut random = [0; 10];
    random[..8].copy_from_slice(&(run as u64).to_le_bytes());
    OutboxItem {
        client_id: ClientId::from_parts(1_760_000_000_000 + run as u64, random),
        dialog: dialog_id(1),
        op: OutboxOp::Text {
            text: "Здравствуйте! Заказ уже в пути, курьер позвонит за час.".into(), quote: None
        },
        created_at: Stamp(1_760_000_000_000),
        order: run as u64 + 1,
        state: OutboxState::Queued,
        attempts: 0,
    }
}
