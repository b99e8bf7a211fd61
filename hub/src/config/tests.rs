use super::*;
use std::collections::BTreeSet;

const EXAMPLE: &str = include_str!("../../otklik-hub.example.toml");

/// The example with its commented-out keys switched on.
fn complete_example() -> String {
    let key = |line: &str| line.starts_with(|c: char| c.is_ascii_lowercase()) && line.contains(" = ");
    let on = |line: &str| match line.strip_prefix('#') {
        Some(off) if key(off) || off.starts_with('[') => off.to_owned(),
        Some(_) | None => line.to_owned(),
    };
    EXAMPLE.lines().map(on).collect::<Vec<_>>().join("\n")
}

fn keys(table: &toml::Table, prefix: &str, into: &mut BTreeSet<String>) {
    for (key, value) in table {
        let name = format!("{prefix}{key}");
        if let Some(table) = value.as_table() {
            keys(table, &format!("{name}."), into);
        }
        into.insert(name);
    }
}

#[test]
fn the_example_parses_and_its_values_are_the_defaults() {
    let file: ConfigFile = toml::from_str(EXAMPLE).unwrap();
    assert_eq!(file.limits, LimitsFile::default());
    assert_eq!(file.log, LogFile::default());
    assert_eq!(file.files, FilesFile::default());
    assert_eq!((file.desk, file.session_days, file.behind_proxy), (default_desk(), default_session_days(), false));
}

#[test]
fn the_example_shows_every_key_there_is() {
    let everything: ConfigFile = toml::from_str(&complete_example()).unwrap();
    assert!(everything.mail.is_some() && everything.files.bucket.is_some());
    assert!(everything.tls.is_some() && everything.key_file.is_some() && everything.public_address.is_some());
    let (mut shown, mut known) = (BTreeSet::new(), BTreeSet::new());
    keys(&toml::from_str(&complete_example()).unwrap(), "", &mut shown);
    keys(&toml::Table::try_from(&everything).unwrap(), "", &mut known);
    assert_eq!(shown, known);
}

#[test]
fn mistakes_are_named_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.toml");
    for (text, expected) in [
        ("listen = \"127.0.0.1:1\"\ndata = \"d\"\nlissten = 1\n", "line 3"),
        ("listen = \"nowhere\"\ndata = \"d\"\n", "line 1"),
        ("data = \"d\"\n", "missing field `listen`"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = ConfigFile::read(&path).unwrap_err().to_string();
        assert!(error.contains(expected) && error.contains("hub.toml"), "{error}");
    }
    let missing = ConfigFile::read(&folder.path().join("none.toml")).unwrap_err().to_string();
    assert!(missing.contains("none.toml cannot be read"), "{missing}");
}

#[test]
fn values_are_checked_and_paths_start_at_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.toml");
    std::fs::write(folder.path().join("key"), format!("{}\n", "a7".repeat(32))).unwrap();
    std::fs::write(folder.path().join("short"), "a7").unwrap();
    let hub = |more: &str| {
        let text = format!("listen = \"127.0.0.1:1\"\ndata = \"d\"\n{more}\n");
        toml::from_str::<ConfigFile>(&text).unwrap().hub(&path)
    };
    let config = hub("key_file = \"key\"").unwrap();
    assert_eq!((config.data, config.key), (folder.path().join("d"), Some([0xa7; 32])));
    for (more, expected) in [
        ("key_file = \"short\"", "64 hexadecimal digits"),
        ("key_file = \"none\"", "cannot be read"),
        ("session_days = 0", "session_days"),
        ("outgoing_networks = [\"10.0.0.0\"]", "is no network"),
        ("outgoing_networks = [\"169.254.169.254/32\"]", "never opened"),
        ("public_address = \"ftp://x\"", "public_address"),
        ("[files]\nscanner = \"/run/clamd\"", "scanner must be"),
        ("[files]\nuploads = { burst = 0, per_second = 1.0 }", "burst"),
        ("[mail]\nserver = \"mail.example.org\"\nsecurity = \"none\"\nfrom = \"a@example.org\"", "without TLS"),
        ("[limits.address]\npages = 0", "limits.address.pages"),
        ("[limits.address]\ndialogs = { burst = 1, per_second = 0.0 }", "per_second"),
        ("[limits]\ncustomer_messages = { burst = 0, per_second = 1.0 }", "burst"),
    ] {
        let error = hub(more).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
