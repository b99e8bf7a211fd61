//! Names of types that say what a thing is called instead of what it is.

use super::Page;

/// Endings that fit everything.
const VAGUE: [&str; 9] = ["Manager", "Service", "Helper", "Helpers", "Util", "Utils", "Handler", "Processor", "Data"];

/// What comes before the name of a new type.
const KEYWORDS: [&str; 6] = ["struct", "enum", "trait", "class", "interface", "type"];

/// Complains about each vague type.
pub fn check(page: &Page) -> Vec<String> {
    if !page.is_source() {
        return Vec::new();
    }
    let lines = page.text.lines().enumerate();
    lines
        .filter_map(|(at, line)| {
            let name = declared(line)?;
            let vague = VAGUE.iter().any(|ending| name.ends_with(ending));
            vague.then(|| format!("{}:{}: `{name}` says nothing about what it is", page.path, at + 1))
        })
        .collect()
}

/// The type that a line declares.
fn declared(line: &str) -> Option<&str> {
    if line.trim_start().starts_with(['*', '/']) {
        return None;
    }
    let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let modifiers = ["pub", "crate", "super", "export", "default", "abstract", "declare"];
    let keyword = words.find(|word| !modifiers.contains(word))?;
    KEYWORDS.contains(&keyword).then(|| words.next()).flatten()
}
