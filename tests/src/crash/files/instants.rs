//! The program is killed before one write of own.db after the other while it sends files, so also between the moment in
//! which the hub has the last part of a file and the one in which own.db says so.

use super::{Death, Said, judge, live};
use crate::{
    crash::{Length, line::office},
    e2e::wire::WireCustomer,
    shim,
};
use anyhow::{Context as _, ensure};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};

/// The last write before which a life ends: several files are sent by then.
const LAST: u64 = 390;

/// Lives in one folder, each killed later than the one before it: by one write, or in a short run by a few.
///
/// # Errors
/// The first promise that was broken; or the moment that counts was never hit.
pub(super) async fn sweep(length: Length) -> anyhow::Result<String> {
    if !cfg!(target_os = "linux") {
        return Ok("kills before a write left out: they need a Linux loader variable".to_owned());
    }
    let step = match length {
        Length::Short => 26,
        Length::Full => 1,
    };
    let shim = shim::compiled("ioshim")?;
    let folder = tempfile::tempdir()?;
    let papers = folder.path().join("hub");
    let hub = office::open_for_files(&papers).await?;
    let address = format!("http://{}", hub.address());
    let mut customer = WireCustomer::come(&address, "ru", "https://shop.example/", "Лавка").await?;
    customer.write("Пришлите, пожалуйста, бумаги").await?;
    let desk = folder.path().join("desk");
    let mut said = Said::default();
    live(&desk, &address, 0, &Death::None, &mut said).await.context("the first life")?;
    let own = own_db(&desk)?;
    let (mut kills, mut between) = (0, 0);
    for at in (1..=LAST).step_by(step) {
        kills += 1;
        let told = vec![
            ("LD_PRELOAD", shim.clone().into_os_string()),
            ("OTKLIK_IO_DIR", own.clone().into_os_string()),
            ("OTKLIK_IO_AT", at.to_string().into()),
            ("OTKLIK_IO_HOW", "die".into()),
        ];
        live(&desk, &address, at, &Death::Within(told), &mut said).await.with_context(|| format!("write {at}"))?;
        between += u32::from(waits_for_message(&papers)?);
    }
    live(&desk, &address, 0, &Death::None, &mut said).await.context("the last life")?;
    ensure!(said.left == Some(0), "the shelf keeps {:?} files that nobody waits for", said.left);
    judge(&said, &mut customer).await?;
    hub.stop().await;
    // Of a few lives none may have hit it.
    ensure!(between > 0 || length == Length::Short, "no life ended with a file at the hub that was in no message");
    Ok(format!(
        "{kills} kills before one write of own.db or another, {between} of them with a whole file at the hub that no message \
         named yet"
    ))
}

/// The one account's.
fn own_db(desk: &Path) -> anyhow::Result<PathBuf> {
    let account = std::fs::read_dir(desk.join("accounts"))?.next().context("no account")??;
    let own = account.path().join("own.db");
    ensure!(own.exists(), "{} is not there", own.display());
    Ok(own)
}

/// Whether the hub has a whole file that no message names.
fn waits_for_message(hub: &Path) -> anyhow::Result<bool> {
    let db = Connection::open_with_flags(hub.join("hub.sqlite"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    Ok(db.query_one("SELECT EXISTS (SELECT 1 FROM file WHERE dialog IS NULL)", (), |row| row.get(0))?)
}
