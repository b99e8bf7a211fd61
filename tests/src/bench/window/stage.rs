//! An operator's data folder as after a year of work: signed in to a real hub, the store's key in the keychain, ten
//! thousand dialogs in the cache.

use super::screen::Area;
use crate::{
    bench::{
        Size,
        fixture::{Desk, fill},
        hub::BenchHub,
        hub::PASSWORD,
    },
    e2e::{app::Installed, operator::Operator},
};
use anyhow::{Context, Result, anyhow};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use otklik_model::{Author, DialogId};
use otklik_store::{CacheDb, StoreKey};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Where something is on the page.
const RECT: &str = "const box = document.querySelector(arguments[0])?.getBoundingClientRect();\
    return box ? {x: Math.round(box.x), y: Math.round(box.y), width: Math.round(box.width), height: Math.round(box.height)} : null;";

/// The hub, the folder, and the programs.
pub(super) struct Stage {
    pub(super) hub: BenchHub,
    pub(super) app: PathBuf,
    pub(super) data: PathBuf,
    pub(super) logs: PathBuf,
}

#[derive(Deserialize)]
struct Rect {
    x: i16,
    y: i16,
    width: u16,
    height: u16,
}

impl Stage {
    /// A hub with one operator, and an empty folder.
    pub(super) async fn prepare(app: &Path, hub: &Path, folder: &Path) -> Result<Self> {
        fs::remove_dir_all(folder).ok();
        let (data, logs) = (folder.join("data"), folder.join("logs"));
        fs::create_dir_all(&data)?;
        fs::create_dir_all(&logs)?;
        let hub = BenchHub::start(hub, &folder.join("hub")).await?;
        hub.add_operator("ira", "Ира", None).await?;
        Ok(Self { hub, app: app.to_owned(), data, logs })
    }

    /// The operator, whose page can be asked.
    pub(super) fn operator(&self) -> Operator {
        let installed = Installed {
            program: self.app.clone(),
            data: self.data.clone(),
            hub: Some(self.hub.address()),
            logs: self.logs.clone(),
            login: "ira".to_owned(),
            surroundings: Vec::new(),
            flags: Vec::new(),
        };
        Operator::new("Ира", PASSWORD, installed)
    }

    /// What the customer of a dialog has said, as far as the app has stored it, in its order. The app must not run.
    pub(super) fn words_of_customer(&self, dialog: DialogId) -> Result<Vec<String>> {
        let block = self.cache()?.thread(dialog, None, u32::MAX);
        let messages = block.map_err(|fault| anyhow!("the disk refuses: {fault:?}"))?.messages;
        Ok(messages.into_iter().filter(|one| one.author == Author::Customer).map(|one| one.text).collect())
    }

    fn cache(&self) -> Result<CacheDb> {
        let mut accounts = fs::read_dir(self.data.join("accounts"))?.flatten();
        let account = accounts.find(|folder| folder.path().join("cache.db").exists());
        let account = account.context("the app has made no store")?;
        let key = self.cache_key(&account.file_name().to_string_lossy())?;
        Ok(CacheDb::open(&account.path().join("cache.db"), &key)?)
    }

    /// Writes the fixture into the cache that the app has made; what the app has written stays, so that it resumes.
    pub(super) fn furnish(&self, size: Size) -> Result<()> {
        let mut cache = self.cache()?;
        let saved = cache.load().map_err(|fault| anyhow!("the disk refuses: {fault:?}"))?;
        let me = saved.profile.context("the app has not been welcomed")?.me;
        let channel = saved.channels.first().context("the app knows no channel")?.id;
        fill(&mut cache, &Desk { me, channel }, size).map(drop)
    }

    /// The key that the app has put into the keychain, under the name that its engine gives it.
    fn cache_key(&self, account: &str) -> Result<StoreKey> {
        let folder = self.data.canonicalize()?;
        let hash = Sha256::digest(folder.as_os_str().as_encoded_bytes());
        let prefix: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let text = keyring::Entry::new("Otklik", &format!("{prefix}/cache-key:{account}"))?.get_password()?;
        let bytes = STANDARD_NO_PAD.decode(text.as_bytes()).context("the key is not ours")?;
        let key = <[u8; 32]>::try_from(bytes.as_slice()).context("the key has another length")?;
        Ok(StoreKey::new(Zeroizing::new(key)))
    }
}

/// Where the page has what a selector finds.
pub(super) async fn area(operator: &Operator, selector: &str) -> Result<Area> {
    let rect: Option<Rect> = operator.page()?.ask(RECT, vec![selector.into()]).await?;
    let Rect { x, y, width, height } = rect.with_context(|| format!("the page has no {selector}"))?;
    Ok(Area { x, y, width, height })
}
