//! Spelling in WebKitGTK, which checks with whatever dictionaries the system has.

use crate::window;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::AppHandle;
use webkit2gtk::{WebContextExt, WebViewExt};

/// One for each language.
const WANTED: [&str; 2] = ["ru_RU", "en_US"];

/// Asks on the window's own thread.
pub fn ask(app: &AppHandle, by_view: Arc<AtomicBool>) {
    let Some(window) = window::main(app) else { return };
    let asked = window.with_webview(move |view| {
        let Some(context) = view.inner().context() else { return };
        context.set_spell_checking_languages(&WANTED);
        let has = context.spell_checking_languages();
        let all = WANTED.iter().all(|wanted| has.iter().any(|one| one.as_str() == *wanted));
        // With one of the two languages it would underline every word of the other.
        context.set_spell_checking_enabled(all);
        by_view.store(all, Ordering::Relaxed);
        tracing::debug!(by_view = all, "spelling");
    });
    if let Err(error) = asked {
        tracing::debug!(%error, "the web view was not asked for its spelling; the engine checks");
    }
}
