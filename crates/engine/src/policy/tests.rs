//! What a policy lays down, and what is no policy.

use super::*;
use otklik_core::{Language, Theme};

fn refused(text: &str) -> String {
    Policy::parse(text).expect_err(text)
}

#[test]
fn the_example_of_the_documentation_is_a_policy() {
    let policy = Policy::parse(include_str!("../../../../docs/policy.example.toml")).unwrap();
    assert!(policy.only_these && policy.no_local_desk);
    assert_eq!(policy.servers[0].address, "https://hub.example.org");
    assert!(policy.locks("popup_text"));
    assert_eq!((policy.with_system, policy.hotkey), (Some(true), Some(false)));
    assert!(policy.updates.endpoint.is_some() && !policy.updates.off);
}

#[test]
fn no_file_lays_nothing_down() {
    let folder = tempfile::tempdir().unwrap();
    let policy = Policy::load(&folder.path().join("policy.toml")).unwrap();
    assert!(!policy.is_there());
    assert!(policy.allows_hub("https://anywhere.example"));
    let chosen = Settings { language: Language::Ru, ..Settings::default() };
    assert_eq!(policy.over(chosen.clone()), chosen);
}

#[test]
fn what_is_laid_down_lies_over_what_was_chosen_and_nothing_else_does() {
    let policy = Policy::parse("[settings]\npopup_text = false\nvolume = 40\ntheme = \"dark\"\n").unwrap();
    let chosen = Settings { popup_text: true, volume: 100, language: Language::Ru, ..Settings::default() };
    let obeyed = policy.over(chosen.clone());
    assert_eq!((obeyed.popup_text, obeyed.volume, obeyed.theme), (false, 40, Theme::Dark));
    assert_eq!(obeyed, Settings { popup_text: false, volume: 40, theme: Theme::Dark, ..chosen });
    assert_eq!(policy.locked(), ["popup_text", "theme", "volume"]);
}

#[test]
fn a_hub_is_the_same_however_its_address_is_typed() {
    let text = "[hub]\nonly_these = true\nservers = [{ name = \"Centre\", address = \"https://hub.example\" }]\n";
    let policy = Policy::parse(text).unwrap();
    assert!(policy.allows_hub("hub.example/"));
    assert!(!policy.allows_hub("https://hub.example.evil.test"));
    assert!(!policy.allows_hub("nonsense://"));
}

#[test]
fn a_mistake_is_told_with_its_line_or_its_name() {
    for (text, told) in [
        ("[updates]\non = \"no\"\n", "line 2: "),
        ("contact = 1", "line 1: "),
        ("[hub\n", "line 1: "),
        ("[update]\non = false\n", "unknown field `update`"),
        ("[hub]\nonly = true\n", "unknown field `only`"),
        ("[hub]\nonly_these = true\n", "would let nobody sign in"),
        ("[hub]\nservers = [{ name = \"x\", address = \"http://hub.example\" }]\n", "is no address of a hub"),
        ("[settings]\npopup_txt = true\n", "settings.popup_txt: there is no setting of this name"),
        ("[settings]\npopup_text = \"no\"\n", "settings.popup_text: "),
        ("[settings]\nvolume = 101\n", "settings.volume: "),
        ("[settings]\nreminder_s = 3\n", "settings.reminder_s: the value is out of bounds"),
        ("[updates]\nendpoint = \"http://updates.example/o.json\"\n", "has to begin with https"),
        ("[updates]\nendpoint = \"nowhere\"\n", "is no address"),
    ] {
        let said = refused(text);
        assert!(said.contains(told), "{text:?} says {said:?}");
    }
}

#[test]
fn a_file_that_is_no_text_or_too_large_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.toml");
    std::fs::write(&file, [0xff, 0xfe, 0x00]).unwrap();
    assert!(Policy::load(&file).unwrap_err().to_string().contains("cannot be read"));
    std::fs::write(&file, "#".repeat(300_000)).unwrap();
    assert!(Policy::load(&file).unwrap_err().what.contains("has 300000 bytes"));
    std::fs::write(&file, "[updates]\non = false\n").unwrap();
    let policy = Policy::load(&file).unwrap();
    assert!(policy.is_there() && policy.updates.off);
}

#[test]
fn only_encryption_or_this_machine_is_private() {
    for (address, private) in [
        ("https://updates.example/", true),
        ("http://127.0.0.1:9/", true),
        ("http://[::1]:9/", true),
        ("http://localhost.evil.test/", false),
        ("http://updates.example/", false),
        ("ftp://127.0.0.1/", false),
    ] {
        assert_eq!(is_private(&address.parse().unwrap()), private, "{address}");
    }
}
