//! Hands the configuration, the page and the list of commands to tauri.

use std::error::Error;
use std::{fs, path::Path};

/// What stands in the page's place until it is built, so that the Rust code can be checked without Node.
const EMPTY_PAGE: &str = "<!doctype html><title>Otklik</title><p>The page is not built: cargo xtask run</p>\n";

/// The commands that exist. Each needs its permission in capabilities/main.json.
const COMMANDS: &[&str] = &["subscribe", "command", "query", "quit", "watch_seats"];

fn main() -> Result<(), Box<dyn Error>> {
    let page = Path::new("ui/dist/index.html");
    if !page.exists() {
        fs::create_dir_all("ui/dist")?;
        fs::write(page, EMPTY_PAGE)?;
    }
    let commands = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(commands);
    tauri_build::try_build(attributes)?;
    Ok(())
}
