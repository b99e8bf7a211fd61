//! What the sources of both engines ask their databases: in every question about a workspace's table the workspace is
//! named (S-H6), and no value is ever part of its text (S-H9). New files are found by themselves.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// What a statement begins with, or the rest of one.
const VERBS: [&str; 6] = ["SELECT", "UPDATE", "DELETE", "INSERT", "WITH", "WHERE"];
/// Names of texts that stand in others: constants of the sources.
const CONSTANTS: [&str; 1] = ["{OPERATOR}"];

/// Statements on a workspace's table that do not name the workspace, by how they begin, and why that is in order.
const WITHOUT: &[(&str, &[&str])] = &[
    (
        "the hub's own terms, which are the same everywhere",
        &[
            "DELETE FROM audit WHERE at < ?",
            "DELETE FROM customer WHERE NOT wrote AND created_at < ?",
            "DELETE FROM customer WHERE wrote = 0 AND created_at < ?",
            "DELETE FROM door WHERE node = ANY (ARRAY(SELECT id FROM node WHERE seen_at < ?))",
            "DELETE FROM door WHERE node IN (SELECT id FROM node WHERE seen_at < ?)",
            "DELETE FROM entry WHERE at < ?",
            "DELETE FROM erased WHERE at < ?",
            "DELETE FROM errand WHERE failed_at < ?",
            "DELETE FROM journey WHERE at < ?",
            "DELETE FROM node WHERE seen_at < ?",
            "DELETE FROM session WHERE expires_at < ?",
            "DELETE FROM session_token WHERE session = ANY (ARRAY(SELECT id FROM session WHERE expires_at < ?))",
            "DELETE FROM session_token WHERE session IN (SELECT id FROM session WHERE expires_at < ?)",
            "DELETE FROM status_change WHERE at < ?",
            "DELETE FROM tally WHERE at < ?",
        ],
    ),
    (
        "by the id of a row that was found in its workspace before, in the same transaction or by its errand or token",
        &[
            "DELETE FROM called WHERE customer = ?",
            "DELETE FROM dialog WHERE id = ?",
            "DELETE FROM door WHERE customer = ?",
            "DELETE FROM errand WHERE id = ?",
            "DELETE FROM file WHERE id = ?",
            "DELETE FROM identity WHERE customer = ?",
            "DELETE FROM journey WHERE customer = ?",
            "DELETE FROM spoken WHERE dialog = ?",
            "SELECT 1 FROM dialog WHERE customer = ?",
            "SELECT customer FROM dialog WHERE customer = ANY(?) AND NOT final",
            "SELECT m.seq, m.id, m.client, m.kind, m.author, m.writer, m.name, m.text, m.at, m.rev, m.details, s.place",
            "SELECT seq FROM spoken WHERE dialog = ?",
            "UPDATE customer SET wrote = 1 WHERE id = ?",
            "UPDATE customer SET wrote = TRUE WHERE id = ANY(?)",
            "UPDATE dialog SET version = ?, on_site = ?, body = ? WHERE rowid = ?",
            "UPDATE dialog SET version = ?, on_site = ?, body = ?, due_at = ?",
            "UPDATE errand SET due_at = ",
            "UPDATE session SET token = ?, token_since = ? WHERE id = ?",
        ],
    ),
    (
        "by the id of a process in its workspace, which it gave itself",
        &["DELETE FROM door WHERE node = ? AND number = ?", "UPDATE node SET seen_at = 0 WHERE id = ?"],
    ),
    (
        "tells whose the rows are, so that a stranger's is refused",
        &["SELECT id, workspace, version FROM dialog WHERE id = ANY(?)", "WHERE id = ?"],
    ),
    (
        "an index that is filled when the database is opened, workspace by workspace",
        &[
            "SELECT EXISTS (SELECT 1 FROM customer",
            "SELECT EXISTS (SELECT 1 FROM message)",
            "SELECT body, workspace FROM customer",
            "SELECT dialog, seq, body, (SELECT workspace FROM dialog",
            "SELECT m.seq, m.id, m.client, m.kind, m.author, m.writer, m.name, m.text, m.at, m.rev, m.details, m.dialog, d.workspace",
        ],
    ),
    (
        "what the process has yet to place, of all workspaces",
        &["SELECT 1 FROM backlog", "SELECT workspace, seq FROM backlog"],
    ),
    (
        "a beginning that each question completes",
        &["SELECT id, login, name, password, status, status_code, status_since, set_by, keep_online"],
    ),
];

fn store() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store")
}

/// The files of a folder with this ending, and those of its folders.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found
}

/// Whether a file holds tests, which ask a database of their own.
fn tests(path: &Path) -> bool {
    path.components().any(|part| ["tests", "tests.rs", "conformance"].iter().any(|name| part.as_os_str() == *name))
}

/// A string of a source, its line breaks mended, and what follows it.
struct Text {
    said: String,
    then: String,
}

/// The strings of a source, in one line each; comments and tests at its end are left out.
fn texts(source: &str) -> Vec<Text> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        rest = &rest[at..];
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("'\"'") {
            rest = &rest[3..];
        } else if let Some(inside) = rest.strip_prefix('"') {
            let mut escaped = false;
            let end = inside.find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            let end = end.unwrap_or(inside.len());
            let words: Vec<_> = inside[..end].split(|c: char| c.is_whitespace() || c == '\\').collect();
            let said = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            rest = inside.get(end + 1..).unwrap_or_default();
            found.push(Text { said, then: rest.chars().take(12).collect() });
        } else {
            rest = &rest[1..];
        }
    }
    found
}

/// A statement with `?` for each value, as both engines would write it.
fn plain(said: &str) -> String {
    let mut plain = String::new();
    for c in said.chars() {
        let numbered = c.is_ascii_digit() && plain.ends_with('?');
        if !numbered {
            plain.push(if c == '$' { '?' } else { c });
        }
    }
    plain
}

fn is_statement(said: &str) -> bool {
    said.split(' ').next().is_some_and(|verb| VERBS.contains(&verb)) && said.contains(' ')
}

/// The tables that have rows of workspaces.
fn tables() -> BTreeSet<String> {
    let mut tables = BTreeSet::new();
    for path in files(&store(), "sql") {
        let sql = fs::read_to_string(path).unwrap();
        for table in sql.split("CREATE TABLE ").skip(1) {
            let (name, columns) = table.split_once(" (").unwrap();
            let columns = columns.split("\n)").next().unwrap_or_default();
            if columns.lines().any(|line| line.trim_start().starts_with("workspace ")) {
                tables.insert(name.to_owned());
            }
        }
    }
    tables
}

/// Whether a statement is about one of these tables and does not say of which workspace.
fn is_of_any_workspace(statement: &str, tables: &BTreeSet<String>) -> bool {
    let words: Vec<_> = statement.split([' ', '(', ')', ',']).filter(|word| !word.is_empty()).collect();
    let leads = |word: &str| ["FROM", "INTO", "UPDATE", "JOIN"].contains(&word);
    let about = words.windows(2).any(|pair| leads(pair[0]) && tables.contains(pair[1])) || words[0] == "WHERE";
    let condition = match words[0] {
        "INSERT" => Some(statement),
        "WHERE" => Some(statement),
        _ => statement.split_once("WHERE").map(|(_, condition)| condition),
    };
    about && !condition.is_some_and(|condition| condition.contains("workspace"))
}

#[test]
fn s_h6_every_statement_on_a_workspaces_table_names_the_workspace() {
    let tables = tables();
    assert!(tables.len() > 15 && tables.contains("dialog") && !tables.contains("attempt"), "{tables:?}");
    for bare in ["SELECT body FROM dialog WHERE id = ?", "DELETE FROM file", "INSERT INTO template (name) VALUES (?)"] {
        assert!(is_of_any_workspace(bare, &tables), "{bare}");
    }
    let mut used = BTreeSet::new();
    for engine in ["sqlite", "postgres"] {
        let mut checked = 0;
        for path in files(&store().join(engine), "rs") {
            // A step of the schema changes all there is.
            if tests(&path) || path.ends_with("schema.rs") {
                continue;
            }
            for text in texts(&fs::read_to_string(&path).unwrap()) {
                let statement = plain(&text.said);
                if !is_statement(&statement) {
                    continue;
                }
                checked += 1;
                if is_of_any_workspace(&statement, &tables) {
                    let all = WITHOUT.iter().flat_map(|(_, beginnings)| beginnings.iter());
                    // "WHERE id = ?" is a whole condition.
                    let covers = |beginning: &&&str| match **beginning {
                        "WHERE id = ?" => statement == "WHERE id = ?",
                        beginning => statement.starts_with(beginning),
                    };
                    let Some(beginning) = all.clone().find(covers) else {
                        panic!("{}: of which workspace? {statement}", path.display());
                    };
                    used.insert(*beginning);
                }
            }
        }
        assert!(checked >= 100, "{engine}: {checked}");
    }
    let unused: Vec<_> = WITHOUT.iter().flat_map(|(_, all)| all.iter()).filter(|one| !used.contains(*one)).collect();
    assert!(unused.is_empty(), "no exception without a statement: {unused:?}");
}

/// Why a text is no statement that may be asked: something is put into it.
fn is_built(text: &Text) -> bool {
    let mut said = text.said.clone();
    for constant in CONSTANTS {
        said = said.replace(constant, "SELECT 1");
    }
    let words: BTreeSet<_> = said.split(' ').collect();
    let of_sql = ["SELECT", "INSERT", "UPDATE", "DELETE", "WHERE", "VALUES", "FROM", "ORDER", "SET"];
    if !of_sql.iter().any(|word| words.contains(word)) {
        return false;
    }
    let then = text.then.trim_start();
    let joined = [".to_owned()", ".to_string()", "+"].iter().any(|join| then.starts_with(join));
    let name = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_:.?#".contains(c));
    let put_in = said.split('{').skip(1).any(|rest| rest.split_once('}').is_some_and(|(inside, _)| name(inside)));
    joined || put_in
}

#[test]
fn s_h9_no_value_is_part_of_a_statements_text() {
    let text = |said: &str, then: &str| Text { said: said.to_owned(), then: then.to_owned() };
    assert!(is_built(&text("SELECT body FROM dialog WHERE id = {id}", ")")));
    assert!(is_built(&text("WHERE name = '{}'", ", name)")));
    assert!(is_built(&text("SELECT body FROM dialog WHERE id = ", ".to_owned() +")));
    assert!(!is_built(&text("{OPERATOR} WHERE workspace = ?1", ")")));
    let mut checked = 0;
    for path in files(&store(), "rs") {
        if tests(&path) || path.ends_with("statements.rs") {
            continue;
        }
        for text in texts(&fs::read_to_string(&path).unwrap()) {
            checked += usize::from(is_statement(&text.said));
            assert!(!is_built(&text), "{}: {}", path.display(), text.said);
        }
    }
    assert!(checked >= 200, "{checked}");
    // Nobody else asks a database.
    for path in files(&store().join(".."), "rs")
        .iter()
        .filter(|path| !path.components().any(|part| part.as_os_str() == "store"))
    {
        for text in texts(&fs::read_to_string(path).unwrap()) {
            let beginnings = ["SELECT ", "INSERT INTO ", "DELETE FROM "];
            assert!(!beginnings.iter().any(|begin| text.said.starts_with(begin)), "{}: {}", path.display(), text.said);
        }
    }
}
