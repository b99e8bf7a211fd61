//! Links between the repository's own pages.

use super::Page;
use crate::program::root;
use std::path::Path;

/// Complains about each link of a Markdown page to a file that is not there.
pub fn check(page: &Page) -> Vec<String> {
    if !page.path.ends_with(".md") {
        return Vec::new();
    }
    let folder = root().join(Path::new(&page.path).parent().unwrap_or(Path::new("")));
    let mut complaints = Vec::new();
    let mut in_code = false;
    for (at, line) in page.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for target in targets(line) {
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !folder.join(file).exists() {
                complaints.push(format!("{}:{}: the link `{target}` leads nowhere", page.path, at + 1));
            }
        }
    }
    complaints
}

/// What stands between the round brackets of `[text](target)`, unless it leads out of the repository.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let after = line.split("](").skip(1);
    after
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target.trim()))
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:") && !target.starts_with('#'))
}
