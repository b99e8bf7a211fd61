//! What no compiler sees. Most rules are functions from a file to the complaints about it.

mod features;
mod invariants;
mod links;
mod machine;
mod names;

use crate::program::{Program, root};
use anyhow::{Result, bail};
use std::fs;
use std::io::Write;

/// The longest a source file may be.
const LONGEST: usize = 600;

/// Generated, so nobody reads it from top to bottom.
const GENERATED: [&str; 1] = ["ui/src/backend/types.ts"];

/// A file of the repository that is text.
pub struct Page {
    /// From the root, with slashes.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl Page {
    fn is_source(&self) -> bool {
        let endings = [".rs", ".ts", ".js", ".svelte", ".css"];
        endings.iter().any(|ending| self.path.ends_with(ending)) && !GENERATED.contains(&self.path.as_str())
    }
}

/// Complains about every file at once, so that one run shows all there is to do.
pub fn check(log: &mut dyn Write) -> Result<()> {
    let pages = pages()?;
    let rules: [fn(&Page) -> Vec<String>; 4] = [length, names::check, machine::check, links::check];
    let mut complaints: Vec<_> = pages.iter().flat_map(|page| rules.iter().flat_map(|rule| rule(page))).collect();
    complaints.extend(invariants::check(&pages));
    complaints.extend(features::check()?);
    for complaint in &complaints {
        writeln!(log, "{complaint}")?;
    }
    if !complaints.is_empty() {
        bail!("{} things to tidy", complaints.len());
    }
    Ok(())
}

/// Every text file that is, or is about to be, in the repository.
fn pages() -> Result<Vec<Page>> {
    let said = Program::new("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).output()?;
    if !said.status.success() {
        bail!("git does not list the files: {}", String::from_utf8_lossy(&said.stderr));
    }
    let said = String::from_utf8(said.stdout)?;
    let paths = said.split_terminator('\0');
    // What is not text, or was deleted a moment ago, has no lines to complain about.
    Ok(paths
        .filter_map(|path| Some(Page { path: path.to_owned(), text: fs::read_to_string(root().join(path)).ok()? }))
        .collect())
}

fn length(page: &Page) -> Vec<String> {
    let lines = page.text.lines().count();
    if page.is_source() && lines > LONGEST {
        return vec![format!("{}: {lines} lines; {LONGEST} are the most", page.path)];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, text: &str) -> Page {
        Page { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_long_source_is_told_and_a_long_list_is_not() {
        let text = "x\n".repeat(LONGEST + 1);
        assert_eq!(length(&page("a.rs", &text)).len(), 1);
        assert_eq!(length(&page("a.json", &text)).len(), 0);
        assert_eq!(length(&page("a.rs", &"x\n".repeat(LONGEST))).len(), 0);
    }

    #[test]
    fn a_vague_type_name_is_told() {
        let told = names::check(&page("a.rs", "pub struct DialogManager;\nstruct Dialogs;\n"));
        assert_eq!(told, ["a.rs:1: `DialogManager` says nothing about what it is"]);
        assert_eq!(names::check(&page("a.ts", "export class OrderHelper {}")).len(), 1);
        assert_eq!(names::check(&page("a.rs", "enum Update { Data(u8) }")).len(), 0);
    }

    #[test]
    fn a_path_of_one_machine_is_told() {
        let here = root().display().to_string();
        assert_eq!(machine::check(&page("a.md", &format!("see {here}/x"))).len(), 1);
        assert_eq!(machine::check(&page("a.md", "see docs/x and /home")).len(), 0);
    }

    #[test]
    fn a_lock_file_may_not_say_where_it_fetched() {
        let line = r#""resolved": "https://mirror.example/a.tgz","#;
        assert_eq!(machine::check(&page("ui/package-lock.json", line)).len(), 1);
        assert_eq!(machine::check(&page("ui/package-lock.json", r#""version": "1.0.0","#)).len(), 0);
        let public = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        assert_eq!(machine::check(&page("Cargo.lock", public)).len(), 0);
        assert_eq!(machine::check(&page("Cargo.lock", "source = \"registry+https://mirror.example\"")).len(), 1);
        assert_eq!(machine::check(&page(".cargo/config.toml", "[source.mirror]")).len(), 1);
    }

    #[test]
    fn a_dead_link_is_told() {
        let text =
            "[here](Cargo.toml) [web](https://example.org) [part](#part) [part](Cargo.toml#x) [dead](no/such.md)";
        assert_eq!(links::check(&page("a.md", text)), ["a.md:1: the link `no/such.md` leads nowhere"]);
        assert_eq!(links::check(&page("a.rs", "[dead](no/such.md)")).len(), 0);
    }
}
