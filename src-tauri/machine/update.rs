//! The program's own updates: looked for now and then, fetched beside the work, checked, and put in place when the
//! operator says so and never before. Checking and installing are the updater plugin's; what it would take too easily (a
//! body without end, a way in the clear, a version that nobody signed for) is refused before it gets there.

use super::fetch::fetch;
use super::signed::{for_updater, key_for};
use crate::display;
use otklik_engine::{UpdatePolicy, UpdateTrouble, UpdateView, UpdatesOff, is_private};
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tauri::AppHandle;
use tauri_plugin_updater::{Update, UpdaterExt as _};
use url::Url;

/// What the program was built with: where releases are announced, and the keys they may be signed with, between commas.
const BUILT_ENDPOINT: Option<&str> = option_env!("OTKLIK_UPDATE_ENDPOINT");
const BUILT_KEYS: Option<&str> = option_env!("OTKLIK_UPDATE_KEYS");

/// The first look: a start has better things to do.
const FIRST: Duration = Duration::from_secs(60);
/// Every next one.
const EVERY: Duration = Duration::from_secs(6 * 3600);

/// The most that a release may announce, and the most that it may be.
const LARGEST_WORDS: usize = 256 * 1024;
const LARGEST_PACKAGE: usize = 512 * 1024 * 1024;

/// Updates, as far as this machine and its administrator want any.
#[derive(Clone)]
pub struct Updates {
    app: AppHandle,
    folder: PathBuf,
    state: Arc<Mutex<State>>,
}

struct State {
    view: UpdateView,
    source: Option<Source>,
    ready: Option<Ready>,
    changed: Option<Arc<dyn Fn() + Send + Sync>>,
    /// Looks from time to time already.
    watches: bool,
}

/// Where releases are announced, and who may sign them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    endpoint: Url,
    keys: Vec<String>,
}

/// A release that is here and checked.
pub struct Ready {
    update: Update,
    package: PathBuf,
}

impl Ready {
    /// Puts it in this program's place. The updater checks it once more: files can change.
    ///
    /// # Errors
    /// In words for the log; the program that is there stays.
    pub fn install(&self) -> Result<(), String> {
        let package = std::fs::read(&self.package).map_err(|error| error.to_string())?;
        self.update.install(package).map_err(|error| error.to_string())
    }
}

impl Updates {
    /// None is looked for yet.
    pub fn new(app: &AppHandle, data: &Path) -> Self {
        let view = UpdateView::Off { why: UpdatesOff::NotSetUp };
        let state = State { view, source: None, ready: None, changed: None, watches: false };
        Self { app: app.clone(), folder: data.join("updates"), state: Arc::new(Mutex::new(state)) }
    }

    /// Looks for them from now on as this lays down.
    pub fn obey(&self, policy: &UpdatePolicy, changed: Arc<dyn Fn() + Send + Sync>) {
        let source = source(policy, BUILT_ENDPOINT, BUILT_KEYS, display::can_replace_itself());
        let watch = {
            let mut state = self.state.lock();
            state.changed = Some(changed);
            match source {
                Ok(source) => {
                    if matches!(state.view, UpdateView::Off { .. }) {
                        state.view = UpdateView::Current;
                    }
                    state.source = Some(source);
                }
                Err(why) => {
                    state.view = UpdateView::Off { why };
                    state.source = None;
                    state.ready = None;
                }
            }
            state.source.is_some() && !std::mem::replace(&mut state.watches, true)
        };
        if watch {
            let updates = self.clone();
            tauri::async_runtime::spawn(async move { updates.watch().await });
        }
    }

    /// How they stand.
    pub fn view(&self) -> UpdateView {
        self.state.lock().view.clone()
    }

    /// Looks once, now.
    pub fn look_now(&self) {
        let updates = self.clone();
        tauri::async_runtime::spawn(async move { updates.look().await });
    }

    /// The release that is ready, for whoever installs it.
    pub fn take_ready(&self) -> Option<Ready> {
        self.state.lock().ready.take()
    }

    async fn watch(&self) {
        // What an earlier run fetched and did not install is fetched again: it may be old by now.
        if let Err(error) = tokio::fs::remove_dir_all(&self.folder).await {
            tracing::debug!(%error, "no old packages");
        }
        tokio::time::sleep(FIRST).await;
        loop {
            self.look().await;
            tokio::time::sleep(EVERY).await;
        }
    }

    /// One look: while another one goes on, or something is ready, there is nothing to look for.
    async fn look(&self) {
        let source = {
            let mut state = self.state.lock();
            let busy = matches!(
                state.view,
                UpdateView::Looking | UpdateView::Fetching { .. } | UpdateView::Ready { .. } | UpdateView::Off { .. }
            );
            let Some(source) = state.source.clone().filter(|_| !busy) else { return };
            state.view = UpdateView::Looking;
            source
        };
        self.tell();
        let (view, ready) = match self.bring(&source).await {
            Ok(Some(ready)) => (UpdateView::Ready { version: ready.update.version.clone() }, Some(ready)),
            Ok(None) => (UpdateView::Current, None),
            Err(why) => (UpdateView::Failed { why }, None),
        };
        {
            let mut state = self.state.lock();
            // Switched off meanwhile: then it stays so.
            if !matches!(state.view, UpdateView::Off { .. }) {
                (state.view, state.ready) = (view, ready);
            }
        }
        self.tell();
    }

    fn tell(&self) {
        let changed = self.state.lock().changed.clone();
        if let Some(changed) = changed {
            changed();
        }
    }

    /// The newest release, if it is newer than this program: fetched and checked.
    async fn bring(&self, source: &Source) -> Result<Option<Ready>, UpdateTrouble> {
        let words = fetch(&source.endpoint, LARGEST_WORDS).await?;
        let told: serde_json::Value = serde_json::from_slice(&words).map_err(|_| UpdateTrouble::Malformed)?;
        let any = source.keys.first().ok_or(UpdateTrouble::Signature)?;
        let Some(announced) = self.announced(source, &for_updater(any), told.clone())? else { return Ok(None) };
        // Before a byte of it is fetched: whether the key it names is one of ours.
        let key = key_for(&announced.signature, &source.keys).ok_or(UpdateTrouble::Signature)?;
        let Some(update) = self.announced(source, &key, told)? else { return Ok(None) };
        let (from, to) = (&update.download_url, &source.endpoint);
        if !is_private(from) || (to.scheme() == "https" && from.scheme() != "https") {
            return Err(UpdateTrouble::NotEncrypted);
        }
        self.state.lock().view = UpdateView::Fetching { version: update.version.clone() };
        self.tell();
        let package = fetch(from, LARGEST_PACKAGE).await?;
        let folder = self.folder.clone();
        let kept = tokio::task::spawn_blocking(move || keep(update, &package, &folder));
        kept.await.unwrap_or(Err(UpdateTrouble::Install)).map(Some)
    }

    /// What is announced, if it is newer: read the way the updater reads what it has kept, which insists on a signature
    /// for this very version.
    fn announced(&self, source: &Source, key: &str, told: serde_json::Value) -> Result<Option<Update>, UpdateTrouble> {
        let updater = self.app.updater_builder().pubkey(key).endpoints(vec![source.endpoint.clone()]);
        let updater = updater.and_then(|updater| updater.build()).map_err(|error| malformed(&error))?;
        updater.restore_update(told).map_err(|error| malformed(&error))
    }
}

/// Checks a package and keeps it until it is wanted.
fn keep(update: Update, package: &[u8], folder: &Path) -> Result<Ready, UpdateTrouble> {
    update.verify(package).map_err(|error| {
        tracing::warn!(%error, "an update was refused");
        UpdateTrouble::Signature
    })?;
    let file = folder.join("package");
    let kept = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, package));
    kept.map_err(|error| {
        tracing::warn!(%error, "an update could not be kept");
        UpdateTrouble::Install
    })?;
    Ok(Ready { update, package: file })
}

fn malformed(error: &tauri_plugin_updater::Error) -> UpdateTrouble {
    tracing::warn!(%error, "what is announced cannot be understood");
    UpdateTrouble::Malformed
}

/// Where to look, or why nowhere.
fn source(
    policy: &UpdatePolicy,
    built_endpoint: Option<&str>,
    built_keys: Option<&str>,
    can_replace_itself: bool,
) -> Result<Source, UpdatesOff> {
    if policy.off {
        return Err(UpdatesOff::Administrator);
    }
    if !can_replace_itself {
        return Err(UpdatesOff::Packaged);
    }
    let built = || built_endpoint.and_then(|address| Url::parse(address).ok()).filter(is_private);
    let endpoint = policy.endpoint.clone().or_else(built).ok_or(UpdatesOff::NotSetUp)?;
    let built = || built_keys.unwrap_or_default().split(',').map(str::to_owned).collect();
    let keys: Vec<String> = policy.keys.clone().unwrap_or_else(built);
    let keys: Vec<_> = keys.into_iter().filter(|key| !key.trim().is_empty()).collect();
    if keys.is_empty() { Err(UpdatesOff::NotSetUp) } else { Ok(Source { endpoint, keys }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Option<&str> = Some("https://updates.example/latest.json");

    #[test]
    fn the_administrators_no_comes_before_everything() {
        let off = UpdatePolicy { off: true, ..UpdatePolicy::default() };
        assert_eq!(source(&off, PLACE, Some("key"), true), Err(UpdatesOff::Administrator));
    }

    #[test]
    fn what_the_program_was_built_with_gives_way_to_the_policy() {
        let built = source(&UpdatePolicy::default(), PLACE, Some("one,two"), true).unwrap();
        assert_eq!(built.keys, ["one", "two"]);
        let endpoint = Some("https://inside.example/latest.json".parse().unwrap());
        let policy = UpdatePolicy { endpoint, keys: Some(vec!["ours".to_owned()]), ..UpdatePolicy::default() };
        let laid_down = source(&policy, PLACE, Some("one,two"), true).unwrap();
        assert_eq!((laid_down.endpoint.host_str(), laid_down.keys), (Some("inside.example"), vec!["ours".to_owned()]));
    }

    #[test]
    fn without_a_place_a_key_or_a_file_of_its_own_nothing_is_looked_for() {
        let none = UpdatePolicy::default();
        assert_eq!(source(&none, None, Some("key"), true), Err(UpdatesOff::NotSetUp));
        assert_eq!(source(&none, PLACE, None, true), Err(UpdatesOff::NotSetUp));
        assert_eq!(source(&none, Some("http://updates.example/"), Some("key"), true), Err(UpdatesOff::NotSetUp));
        assert_eq!(source(&none, PLACE, Some("key"), false), Err(UpdatesOff::Packaged));
    }
}
