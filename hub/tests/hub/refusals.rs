//! Every no has a code of a closed list, words in both languages, and a test that brings it about.
//!
//! The lists come from the types; a code without words, or without a line in the tables of proofs, fails here. A proof
//! names a test, and what stands there is read: the test has to exist and to speak of the code.

use crate::kit::{ADMIN_PASSWORD, Desk, Direct, within};
use otklik_hub::admin::FaultCode;
use otklik_model::Refusal;
use reqwest::Method;
use serde_json::json;
use std::{collections::BTreeSet, path::Path};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Who brings about which refusal of an operation: the variant, the file beside hub/, the test.
const OF_OPERATIONS: &[(&str, &str, &str)] = &[
    ("AlreadyAccepted", "tests/hub/conversation.rs", "two_operators_accept_at_once_and_the_loser_is_told_whom"),
    ("NotYourDialog", "tests/hub/life.rs", "oleg_declines_what_he_was_offered"),
    ("DialogClosed", "tests/hub/life.rs", "a_dialog_is_sorted_before_it_is_closed"),
    ("NotFound", "tests/hub/workspaces.rs", "an_id_of_another_workspace_is_an_id_that_never_was"),
    ("Forbidden", "tests/hub/statuses.rs", "a_status_of_the_dictionary_is_chosen_and_by_right_for_others"),
    ("Empty", "tests/hub/conversation.rs", "an_answer_that_was_lost_is_given_again_and_nothing_is_done_twice"),
    ("TooLong", "tests/hub/bad_frames.rs", "texts_at_the_edges"),
    ("TargetUnavailable", "tests/hub/conversation.rs", "transferred_declined_closed_and_reopened"),
    ("LimitReached", "src/desk/tests/life.rs", "a_dialog_given_to_somebody_who_is_full_waits_for_him_or_is_refused"),
    ("WrongStatus", "src/desk/tests/refusals.rs", "every_code_is_given_for_a_reason"),
    ("CategoryRequired", "tests/hub/life.rs", "a_dialog_is_sorted_before_it_is_closed"),
    ("NoSuchKey", "tests/hub/statuses.rs", "a_status_of_the_dictionary_is_chosen_and_by_right_for_others"),
    ("ChannelCannot", "src/desk/tests/refusals.rs", "what_a_channel_cannot_carry_is_not_sent"),
    ("WindowClosed", "src/desk/tests/refusals.rs", "what_a_channel_cannot_carry_is_not_sent"),
    ("NotOnSite", "src/desk/tests/teleport.rs", "each_no_says_which_it_is"),
    ("BadAddress", "src/desk/tests/teleport.rs", "each_no_says_which_it_is"),
    ("AddressNotAllowed", "src/desk/tests/teleport.rs", "each_no_says_which_it_is"),
    ("NotYourMessage", "tests/hub/life.rs", "ira_changes_and_takes_back_what_she_wrote_and_quotes_the_customer"),
    ("TooLate", "tests/hub/time_outs.rs", "an_own_message_can_be_changed_for_a_while"),
    ("CustomerBlocked", "tests/hub/life.rs", "a_blocked_customer_is_refused_until_somebody_lifts_it"),
    ("WrongState", "src/desk/tests/refusals.rs", "every_code_is_given_for_a_reason"),
    ("DialogOpen", "tests/hub/life.rs", "what_ira_learns_of_the_customer_stays_with_him"),
    ("Conflict", "tests/hub/cards.rs", "of_two_who_change_one_card_the_later_one_is_told_what_stands_there"),
    ("SamePerson", "tests/hub/identities.rs", "of_two_operators_who_say_it_at_once_one_is_heard_and_the_other_is_told"),
    ("Regrouped", "tests/hub/identities.rs", "a_mistake_is_undone_and_each_has_his_own_again"),
    ("TooMany", "src/desk/person/tests.rs", "sets_become_one_set_and_nobody_is_in_two"),
    ("FileUnusable", "tests/hub/files.rs", "files_go_both_ways_and_are_only_ever_saved"),
    ("NoMailbox", "tests/hub/mail.rs", "without_a_mail_server_there_is_no_mail"),
    ("ContactField", "src/desk/tests/refusals.rs", "contacts_keep_to_the_form_that_was_asked"),
    ("QueueFull", "src/desk/availability.rs", "who_is_there_says_which_limit_holds"),
    ("Unsupported", "tests/hub/bad_frames.rs", "an_operation_of_a_newer_workplace_is_refused_for_good"),
];

/// Who brings about which refusal over HTTP.
const OVER_HTTP: &[(&str, &str, &str)] = &[
    ("sign_in", "tests/hub/admin.rs", "a_new_post_is_another_world_and_a_disabled_operator_is_out"),
    ("wrong_password", "tests/hub/refusals.rs", "whoever_cannot_prove_himself_is_told_so_and_then_has_to_wait"),
    ("too_many_tries", "tests/hub/refusals.rs", "whoever_cannot_prove_himself_is_told_so_and_then_has_to_wait"),
    (
        "too_many",
        "tests/hub/security/customers.rs",
        "s_h11_a_crowd_of_one_address_is_kept_within_its_limits_and_no_other_feels_it",
    ),
    ("forbidden", "tests/hub/admin.rs", "a_new_post_is_another_world_and_a_disabled_operator_is_out"),
    ("beyond_yours", "tests/hub/security.rs", "s_h13_nobody_lifts_himself_up_and_the_last_administrator_stays"),
    ("not_found", "tests/hub/admin.rs", "a_department_is_added_changed_and_removed_and_all_of_it_is_in_the_trail"),
    ("wrong_method", "tests/hub/refusals.rs", "a_request_of_the_wrong_kind_or_size_is_named"),
    ("malformed", "tests/hub/admin.rs", "a_centre_with_a_fault_is_refused_with_the_place_and_what_to_do"),
    ("too_large", "tests/hub/refusals.rs", "a_request_of_the_wrong_kind_or_size_is_named"),
    ("too_slow", "tests/hub/refusals.rs", "a_request_that_never_comes_to_its_end_is_given_up"),
    ("changed", "tests/hub/admin.rs", "of_two_who_change_the_same_one_is_told_what_the_other_did"),
    ("taken", "tests/hub/admin.rs", "a_new_post_is_another_world_and_a_disabled_operator_is_out"),
    ("problems", "tests/hub/admin.rs", "a_centre_with_a_fault_is_refused_with_the_place_and_what_to_do"),
    (
        "last_administrator",
        "tests/hub/admin_file.rs",
        "s_h13_a_file_gives_nobody_what_its_importer_has_not_and_keeps_an_administrator",
    ),
    ("weak_password", "tests/hub/security.rs", "s_h13_weak_passwords_are_refused"),
    ("unavailable", "tests/hub/refusals.rs", "a_database_that_cannot_answer_is_told_and_nothing_is_changed"),
];

/// Who brings about which refusal of a customer's words. `too_fast` is never shown: the page sends the same again.
const OF_CUSTOMERS: &[(&str, &str, &str)] = &[
    ("empty", "tests/hub/bad_frames.rs", "texts_at_the_edges"),
    ("too_long", "tests/hub/bad_frames.rs", "texts_at_the_edges"),
    ("blocked", "tests/hub/life.rs", "a_blocked_customer_is_refused_until_somebody_lifts_it"),
    ("file", "tests/hub/files.rs", "files_go_both_ways_and_are_only_ever_saved"),
    ("queue_full", "src/customer/refused.rs", "nobody_is_told_that_he_is_blocked_who_is_not_and_every_code_is_in_the_page"),
    ("contacts", "tests/hub/forms.rs", "whoever_finds_nobody_leaves_a_phone_and_a_page_that_lies_is_refused"),
    ("malformed", "tests/hub/refusals.rs", "contacts_that_make_no_sense_are_refused"),
    ("other", "src/customer/refused.rs", "nobody_is_told_that_he_is_blocked_who_is_not_and_every_code_is_in_the_page"),
    ("place", "tests/hub/shared.rs", "what_is_no_place_is_refused_by_its_name_and_harms_nothing"),
];

/// One of each. [`variant`] does not compile without a decision about a new one, which has to stand here too.
fn refusals() -> Vec<Refusal> {
    use Refusal::*;
    let (by, owner) = ("Ира".to_owned(), Some("Ира".to_owned()));
    vec![
        AlreadyAccepted { by },
        NotYourDialog { owner },
        DialogClosed,
        NotFound,
        Forbidden,
        Empty,
        TooLong { max: 1 },
        TargetUnavailable,
        LimitReached,
        WrongStatus,
        CategoryRequired,
        NoSuchKey,
        ChannelCannot,
        WindowClosed,
        NotOnSite,
        BadAddress,
        AddressNotAllowed,
        NotYourMessage,
        TooLate,
        CustomerBlocked,
        WrongState,
        DialogOpen,
        Conflict { now: Box::default() },
        SamePerson,
        Regrouped,
        TooMany { max: 20 },
        FileUnusable,
        NoMailbox,
        ContactField { field: otklik_model::ContactField::Name, fault: otklik_model::FieldFault::Required },
        QueueFull,
        Unsupported,
    ]
}

fn variant(refusal: &Refusal) -> Option<&'static str> {
    use Refusal::*;
    Some(match refusal {
        AlreadyAccepted { .. } => "AlreadyAccepted",
        NotYourDialog { .. } => "NotYourDialog",
        DialogClosed => "DialogClosed",
        NotFound => "NotFound",
        Forbidden => "Forbidden",
        Empty => "Empty",
        TooLong { .. } => "TooLong",
        TargetUnavailable => "TargetUnavailable",
        LimitReached => "LimitReached",
        WrongStatus => "WrongStatus",
        CategoryRequired => "CategoryRequired",
        NoSuchKey => "NoSuchKey",
        ChannelCannot => "ChannelCannot",
        WindowClosed => "WindowClosed",
        NotOnSite => "NotOnSite",
        BadAddress => "BadAddress",
        AddressNotAllowed => "AddressNotAllowed",
        NotYourMessage => "NotYourMessage",
        TooLate => "TooLate",
        CustomerBlocked => "CustomerBlocked",
        WrongState => "WrongState",
        DialogOpen => "DialogOpen",
        Conflict { .. } => "Conflict",
        SamePerson => "SamePerson",
        Regrouped => "Regrouped",
        TooMany { .. } => "TooMany",
        FileUnusable => "FileUnusable",
        NoMailbox => "NoMailbox",
        ContactField { .. } => "ContactField",
        QueueFull => "QueueFull",
        Unsupported => "Unsupported",
        // No hub says this: it stands for what a newer one says.
        Unknown => return None,
    })
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The words of a test, which has to be one.
fn test_of(file: &str, name: &str) -> String {
    let source = read(file);
    let at = source.find(&format!("fn {name}(")).unwrap_or_else(|| panic!("{file} has no {name}"));
    let (before, from) = source.split_at(at);
    let marked = before.rsplit("\n}\n").next().unwrap().contains("test]");
    assert!(marked, "{file}: {name} is no test");
    from.split("\n}\n").next().unwrap().to_owned()
}

fn proven(codes: BTreeSet<String>, proofs: &[(&str, &str, &str)], spoken: impl Fn(&str) -> String) {
    let proofs_of: BTreeSet<String> = proofs.iter().map(|(code, ..)| (*code).to_owned()).collect();
    assert_eq!(codes, proofs_of, "each code has one line in the table");
    for (code, file, name) in proofs {
        let words = spoken(code);
        assert!(test_of(file, name).contains(&words), "{file}: {name} does not speak of {words}");
    }
}

fn is_russian(text: &str) -> bool {
    text.chars().any(|c| ('а'..='я').contains(&c.to_ascii_lowercase()))
}

#[test]
fn every_refusal_of_an_operation_has_words_at_the_workplace_and_a_test() {
    let (ru, en) = (read("../ui/src/i18n/ru.ts"), read("../ui/src/i18n/en.ts"));
    let text = |page: &str, code: &str| {
        let line = format!("\"refusal.{code}\":");
        let (_, rest) = page.split_once(&line).unwrap_or_else(|| panic!("no words for {code}"));
        rest.trim_start().split('"').nth(1).unwrap_or_default().to_owned()
    };
    let mut variants = BTreeSet::new();
    for refusal in refusals() {
        let code = serde_json::to_value(&refusal).unwrap()["code"].as_str().unwrap().to_owned();
        assert!(is_russian(&text(&ru, &code)), "{code}");
        let english = text(&en, &code);
        assert!(!english.is_empty() && !is_russian(&english), "{code}");
        variants.insert(variant(&refusal).unwrap().to_owned());
    }
    assert_eq!(variants.len(), refusals().len(), "one of each");
    proven(variants, OF_OPERATIONS, |variant| format!("Refusal::{variant}"));
}

#[test]
fn every_refusal_over_http_has_words_and_a_test() {
    let mut codes = BTreeSet::new();
    for code in FaultCode::ALL {
        let (_, ru, en) = code.row();
        assert!(is_russian(ru) && !is_russian(en) && !en.is_empty(), "{code:?}");
        codes.insert(serde_json::to_value(code).unwrap().as_str().unwrap().to_owned());
    }
    proven(codes, OVER_HTTP, str::to_owned);
}

#[test]
fn every_refusal_of_a_customer_s_words_has_words_at_the_widget_and_a_test() {
    let page = read("widget/parts/02-words.js");
    let blocks: Vec<&str> = page.split("  refused: {").skip(1).map(|rest| rest.split("},").next().unwrap()).collect();
    assert_eq!(blocks.len(), 2, "Russian and English");
    // The codes as the hub's own source names them.
    let said = ["session", "refused"].map(|file| read(&format!("src/customer/{file}.rs"))).concat();
    let codes = said.split("refused(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let codes: BTreeSet<String> = codes.filter(|code| code != "too_fast").collect();
    for code in &codes {
        let text = |block: &str| {
            let line = block.lines().find(|line| line.trim_start().starts_with(&format!("{code}:")));
            line.unwrap_or_else(|| panic!("no words for {code}")).to_owned()
        };
        assert!(is_russian(&text(blocks[0])) && !is_russian(&text(blocks[1])), "{code}");
    }
    proven(codes, OF_CUSTOMERS, |code| format!("\"{code}\""));
}

#[tokio::test]
async fn whoever_cannot_prove_himself_is_told_so_and_then_has_to_wait() {
    let desk = Desk::start_with(|config| config.limits.account_tries = 2).await;
    desk.user("anna", "administrator").await;
    let begin =
        async |password: &str| desk.stranger().post("session", json!({ "login": "anna", "password": password })).await;
    for _ in 0..2 {
        assert_eq!(begin("guess guess guess").await.code(), "wrong_password");
    }
    let waits = begin(ADMIN_PASSWORD).await;
    assert_eq!((waits.status, waits.code()), (429, "too_many_tries"));
    assert!(waits.body["retry_after_ms"].as_u64().unwrap() > 0, "{waits:?}");
}

#[tokio::test]
async fn a_request_of_the_wrong_kind_or_size_is_named() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let wrong = anna.ask(Method::PATCH, "status", None).await;
    assert_eq!((wrong.status, wrong.code()), (405, "wrong_method"));
    let large = anna.import("", &"#".repeat(5 * 1024 * 1024)).await;
    assert_eq!((large.status, large.code()), (413, "too_large"));
}

#[tokio::test]
async fn a_request_that_never_comes_to_its_end_is_given_up() {
    let mut desk = Desk::start().await;
    let anna = desk.administrator().await;
    desk.stop().await;
    desk.config.timing.patience = std::time::Duration::from_millis(300);
    desk.start_again().await;
    let mut line = TcpStream::connect(desk.hub().address()).await.unwrap();
    let head = format!(
        "PUT /api/v1/admin/script HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {}\r\ncontent-length: 1000\r\n\r\n{{",
        anna.token
    );
    line.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    within("an answer", line.read_to_end(&mut answer)).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("\"too_slow\""), "{answer}");
}

#[tokio::test]
async fn a_database_that_cannot_answer_is_told_and_nothing_is_changed() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let other = Direct::open(&desk.config).await;
    other.hold().await;
    let refused = anna.put("centre/settings/mask_cards", json!({ "value": false })).await;
    other.let_go().await;
    assert_eq!((refused.status, refused.code()), (503, "unavailable"));
    assert!(refused.body["retry_after_ms"].is_u64(), "{refused:?}");
    assert_eq!(anna.get("centre").await["version"], 0);
}

#[tokio::test]
async fn contacts_that_make_no_sense_are_refused() {
    use otklik_wire::customer::CustomerFrame;
    let desk = Desk::start().await;
    let mut maria = desk.customer().await;
    let id = crate::kit::client_id();
    let contacts = CustomerFrame::Contacts { id, name: None, email: Some("no address".into()), phone: None };
    assert_eq!(maria.ask(id, &contacts).await, (None, Some("malformed".to_owned())));
}

/// docs/admin.md tells for everything that administrators change where it is, and which test shows it.
#[test]
fn the_table_of_the_administration_is_true() {
    let page = read("../docs/admin.md");
    let (_, table) = page.split_once("## Everything, and where it is").unwrap();
    let rows: Vec<Vec<&str>> = table
        .split("\n## ")
        .next()
        .unwrap()
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| what"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() > 25, "{}", rows.len());
    let described = serde_json::to_value(otklik_hub::admin::description()).unwrap();
    let paths: BTreeSet<_> = described["paths"].as_object().unwrap().keys().cloned().collect();
    let commands = otklik_hub::admin::cli::names();
    let quoted = |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    for row in &rows {
        let [what, address, command, test] = row[..] else { panic!("{row:?}") };
        for test in quoted(test) {
            let (module, name) = test.rsplit_once("::").unwrap_or((&test, ""));
            let file = module.replace("::", "/");
            assert!(name.is_empty() || !test_of(&format!("tests/hub/{file}.rs"), name).is_empty());
            assert!(
                Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/hub/{file}.rs")).exists(),
                "{what}: {file}"
            );
        }
        if let Some(first) = quoted(command).first() {
            let word = first.split(' ').next().unwrap();
            assert!(commands.iter().any(|known| known == word), "{what}: no command {word}");
        }
        let below = |path: &str| format!("/api/v1/admin/{path}");
        if let Some(first) = quoted(address).first().filter(|first| !first.ends_with(".toml")) {
            let known = |path: &String| {
                *path == below(first)
                    || first.starts_with("centre/parts/") && path.ends_with("parts/{part}")
                    || first.starts_with("centre/settings/") && path.ends_with("settings/{name}")
            };
            assert!(paths.iter().any(known), "{what}: no address {first}");
        }
    }
    let said = |word: &str| rows.iter().any(|row| row.iter().any(|cell| cell.contains(&format!("`{word}"))));
    for command in commands {
        assert!(said(&command), "the command {command} is not in the table");
    }
}
