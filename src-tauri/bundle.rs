//! What is bundled into the program: its configuration, its icon and the page.

use tauri::{Context, Wry};

/// The bundle. Made in one place, because each mention of the macro bundles the page once more.
pub fn context() -> Context<Wry> {
    tauri::generate_context!()
}
