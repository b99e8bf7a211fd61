//! docs/protocol.md, read as tables.

use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../../docs/protocol.md");

/// What stands between backticks in the first column of the one table whose head begins so.
pub fn words_under(head: &str) -> BTreeSet<String> {
    let heads: Vec<_> = PAGE.match_indices(&format!("\n\n{head}")).collect();
    let [(at, _)] = heads[..] else { panic!("{} tables begin with {head}", heads.len()) };
    let rows = PAGE[at + 2..].lines().skip(2).take_while(|line| line.starts_with('|'));
    let first = rows.filter_map(|row| row.split('|').nth(1));
    let mut words = BTreeSet::new();
    for word in first.flat_map(|cell| cell.split('`').skip(1).step_by(2)) {
        assert!(words.insert(word.to_owned()), "`{word}` stands twice under {head}");
    }
    assert!(!words.is_empty(), "nothing stands under {head}");
    words
}

/// What stands between such a beginning and the next quotation mark, wherever the page has it.
pub fn examples_with(beginning: &str) -> BTreeSet<String> {
    let words = PAGE.split(beginning).skip(1).filter_map(|rest| rest.split('"').next());
    words.map(str::to_owned).collect()
}

/// The one line of the page that begins so.
pub fn line_of(beginning: &str) -> &'static str {
    let lines: Vec<_> = PAGE.lines().filter(|line| line.starts_with(beginning)).collect();
    let [line] = lines[..] else { panic!("{} lines begin with {beginning}", lines.len()) };
    line
}
