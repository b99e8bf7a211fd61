//! Traces of one machine: its folders, and the places it happens to fetch packages from.

use super::Page;
use crate::program::root;

/// The one source that a Rust lock file may name.
const PUBLIC_INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Complains about each line with such a trace.
pub fn check(page: &Page) -> Vec<String> {
    let lines = page.text.lines().enumerate();
    lines
        .filter_map(|(at, line)| {
            let trace = path(line).or_else(|| source(page, line))?;
            Some(format!("{}:{}: {trace}", page.path, at + 1))
        })
        .collect()
}

/// A folder of whoever runs this, or of anybody's home.
fn path(line: &str) -> Option<String> {
    let own = [Some(root().display().to_string()), std::env::var("HOME").ok()];
    let own = own.into_iter().flatten().filter(|path| path.matches(['/', '\\']).count() > 1);
    let named = own.chain(["/home/", "/Users/", "\\Users\\"].map(str::to_owned)).find(|path| line.contains(path))?;
    // Only a name behind the folder makes it somebody's.
    let rest = line.split_once(&named)?.1;
    (rest.starts_with(|c: char| c.is_alphanumeric()) || !named.ends_with(['/', '\\']))
        .then(|| format!("names a path of one machine, `{named}`"))
}

/// A place to fetch from.
fn source(page: &Page, line: &str) -> Option<String> {
    let is = |name: &str| page.path == name || page.path.ends_with(&format!("/{name}"));
    let named = if is("package-lock.json") {
        line.contains("\"resolved\"") && line.contains("://")
    } else if is("Cargo.lock") {
        line.starts_with("source =") && !line.contains(PUBLIC_INDEX)
    } else if page.path == ".cargo/config.toml" {
        line.starts_with("[source") || line.starts_with("[registr")
    } else {
        is(".npmrc") && line.trim_start().starts_with("registry")
    };
    named.then(|| "names a place to fetch packages from; each machine has its own".to_owned())
}
