//! The invariants of ARCHITECTURE.md: each is named at the head of a test that holds it, and no test names one that is not
//! there.

use super::Page;
use std::collections::BTreeSet;

/// The page that has them, and the section.
const PAGE: &str = "ARCHITECTURE.md";
const SECTION: &str = "## Invariants";

/// Complains about each invariant without a test, and about each number without an invariant.
pub fn check(pages: &[Page]) -> Vec<String> {
    let Some(page) = pages.iter().find(|page| page.path == PAGE) else {
        return vec![format!("{PAGE}: is not there")];
    };
    let known = listed(&page.text);
    let mut held = BTreeSet::new();
    let mut complaints = Vec::new();
    for test in pages.iter().filter(|page| is_test(page)) {
        held.extend(test.text.lines().take_while(|line| line.starts_with("//")).flat_map(named));
        for (at, line) in test.text.lines().enumerate() {
            let strange = named(line).into_iter().filter(|number| !known.contains(number));
            complaints
                .extend(strange.map(|number| format!("{}:{}: there is no invariant {number}", test.path, at + 1)));
        }
    }
    let without = known.difference(&held);
    complaints
        .extend(without.map(|number| format!("{PAGE}: no test says at its head that it holds invariant {number}")));
    complaints
}

/// Whether a file is one of the tests: by where it lies.
fn is_test(page: &Page) -> bool {
    let mut parts = page.path.split('/');
    page.is_source() && parts.any(|part| matches!(part, "tests" | "tests.rs" | "conformance" | "conformance.rs"))
}

/// The numbers of the section's list.
fn listed(text: &str) -> BTreeSet<u32> {
    let section = text.lines().skip_while(|line| *line != SECTION).skip(1).take_while(|line| !line.starts_with("## "));
    section.filter_map(|line| line.split_once(". ")?.0.parse().ok()).collect()
}

/// The numbers that a line names: `Invariant 7`, `invariants 1, 2 and 3`.
fn named(line: &str) -> Vec<u32> {
    let line = line.to_lowercase();
    let lists =
        line.split("invariant").skip(1).filter_map(|rest| rest.strip_prefix('s').unwrap_or(rest).strip_prefix(' '));
    lists.flat_map(numbers).collect()
}

fn numbers(mut list: &str) -> Vec<u32> {
    let mut found = Vec::new();
    loop {
        let end = list.find(|c: char| !c.is_ascii_digit()).unwrap_or(list.len());
        let Ok(number) = list[..end].parse() else { return found };
        found.push(number);
        let rest = &list[end..];
        let Some(next) = rest.strip_prefix(", ").or_else(|| rest.strip_prefix(" and ")) else { return found };
        list = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, text: &str) -> Page {
        Page { path: path.to_owned(), text: text.to_owned() }
    }

    fn architecture() -> Page {
        page(PAGE, "1. Not one.\n## Invariants\n\n1. **A.** a\n2. **B.** b. 7. c\n12. **C.**\n## Other\n3. Not one.\n")
    }

    #[test]
    fn an_invariant_without_a_test_is_told() {
        let tests = [
            architecture(),
            page("a/tests/b.rs", "//! Many.\n//!\n//! Invariants 1 and 12.\n\nuse a;\n// Invariant 2.\n"),
            page("a/src/b.rs", "//! Invariant 2.\n"),
        ];
        assert_eq!(check(&tests), ["ARCHITECTURE.md: no test says at its head that it holds invariant 2"]);
    }

    #[test]
    fn a_number_without_an_invariant_is_told() {
        let tests = [
            architecture(),
            page("tests/src/a.rs", "//! Invariants 1, 2 and 12: all.\nfn a() {\n    breaks(\"invariant 13\");\n}\n"),
            page("hub/src/a.rs", "// invariant 14\n"),
        ];
        assert_eq!(check(&tests), ["tests/src/a.rs:3: there is no invariant 13"]);
    }
}
