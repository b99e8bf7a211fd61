//! Before the program ends, its pages hand over what is being written in them: the last third of a second of typing is
//! not yet on its way to the disk.

use std::time::Duration;
use tauri::{AppHandle, Manager, WebviewWindow};
use tokio::{sync::oneshot, time::timeout};

/// How long all pages may take. One that hangs has nothing more to say.
const PATIENCE: Duration = Duration::from_secs(1);
/// How soon a page is asked again.
const AGAIN: Duration = Duration::from_millis(10);
/// Answers whether everything is handed over.
const ASK: &str = include_str!("leaving.js");

/// Ends when what is being written in the windows is with the engine.
pub async fn settle(app: &AppHandle) {
    let windows = app.webview_windows();
    let all = async {
        for window in windows.values() {
            while matches!(ask(window).await, Some(false)) {
                tokio::time::sleep(AGAIN).await;
            }
        }
    };
    if timeout(PATIENCE, all).await.is_err() {
        tracing::warn!("a page does not say that what was being written in it is kept");
    }
}

/// Nothing, if the window is gone.
async fn ask(window: &WebviewWindow) -> Option<bool> {
    let (said, answer) = oneshot::channel();
    let said = parking_lot::Mutex::new(Some(said));
    let asked = window.eval_with_callback(ASK, move |answer| {
        // Nobody waits any more once patience is over.
        said.lock().take().map(|said| said.send(answer.trim() == "true").ok());
    });
    asked.ok()?;
    answer.await.ok()
}
