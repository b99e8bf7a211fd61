//! docs/protocol.md and the types agree: every example is a frame, comes back unchanged, and no frame lacks one.

use otklik_model::{Change, GoneReason, Op, Outcome};
use otklik_wire::customer::{CustomerFrame, Exchange, ExchangeAnswer, HubCustomerFrame};
use otklik_wire::operator::{ByeCode, ClientFrame, Fetch, HubFrame};
use otklik_wire::{
    FileLink, HubCard, LoginAnswer, LoginFailure, LoginRequest, UploadFailure, UploadProgress, decode, encode,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeSet, fmt::Debug};

const PAGE: &str = include_str!("../../../docs/protocol.md");

/// The examples of the page: the kind named behind "json", and the text.
fn examples() -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in PAGE.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(fence)) => open = Some((fence.strip_prefix("json ").unwrap_or(fence), String::new())),
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some((_, text)), None) => text.push_str(line),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is left open");
    found
}

/// Parses an example, and checks that nothing of it was dropped or added on the way back.
fn there_and_back<F: DeserializeOwned + Serialize + PartialEq + Debug>(text: &str) -> F {
    let frame: F = decode(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let written: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let again: serde_json::Value = serde_json::from_str(&encode(&frame)).expect("JSON");
    assert_eq!(again, written);
    assert_eq!(decode::<F>(&encode(&frame)).expect("a frame"), frame);
    frame
}

fn of_workplace(frame: &ClientFrame) -> &'static str {
    match frame {
        ClientFrame::Hello(_) => "hello",
        ClientFrame::Command { op, .. } => match op {
            Op::Accept { .. } => "accept",
            Op::SendText { .. } => "send_text",
            Op::SendNote { .. } => "send_note",
            Op::MarkRead { .. } => "mark_read",
            Op::Close { .. } => "close",
            Op::Transfer { .. } => "transfer",
            Op::SetStatus { .. } => "set_status",
            Op::ChooseStatus { .. } => "choose_status",
            Op::Decline { .. } => "decline",
            Op::Hold { .. } => "hold",
            Op::Unhold { .. } => "unhold",
            Op::SortDialog { .. } => "sort_dialog",
            Op::EditMessage { .. } => "edit_message",
            Op::DeleteMessage { .. } => "delete_message",
            Op::SendFile { .. } => "send_file",
            Op::RequestContact { .. } => "request_contact",
            Op::Teleport { .. } => "teleport",
            Op::Block { .. } => "block",
            Op::Unblock { .. } => "unblock",
            Op::EditCustomer { .. } => "edit_customer",
            Op::SendTranscript { .. } => "send_transcript",
            Op::Invite { .. } => "invite",
            Op::JoinCustomers { .. } => "join_customers",
            Op::SeparateCustomer { .. } => "separate_customer",
            Op::KeepTemplate { .. } => "keep_template",
            Op::DropTemplate { .. } => "drop_template",
            Op::Unknown => "unknown",
        },
        ClientFrame::Fetch { what: Fetch::History { .. }, .. } => "history",
        ClientFrame::Fetch { what: Fetch::Search { .. }, .. } => "search",
        ClientFrame::Fetch { what: Fetch::DialogsOf { .. }, .. } => "dialogs_of",
        ClientFrame::Fetch { what: Fetch::Dialog { .. }, .. } => "dialog",
        ClientFrame::Fetch { what: Fetch::Journey { .. }, .. } => "journey",
        ClientFrame::Fetch { what: Fetch::Identities { .. }, .. } => "identities",
        ClientFrame::Fetch { what: Fetch::Candidates { .. }, .. } => "candidates",
        ClientFrame::Fetch { what: Fetch::Unknown, .. } | ClientFrame::Unknown => "unknown",
        ClientFrame::Typing { .. } => "typing",
        ClientFrame::Looks { .. } => "looks",
        ClientFrame::Focus { .. } => "focus",
        ClientFrame::Here => "here",
        ClientFrame::Renewed { .. } => "renewed",
        ClientFrame::Beat => "beat",
    }
}

fn of_change(change: &Change) -> &'static str {
    match change {
        Change::DialogUpserted(_) => "dialog_upserted",
        Change::DialogGone { .. } => "dialog_gone",
        Change::MessageAdded(_) => "message_added",
        Change::OperatorUpserted(_) => "operator_upserted",
        Change::ChannelUpserted(_) => "channel_upserted",
        Change::RightsChanged(_) => "rights_changed",
        Change::Unknown(_) => "unknown",
    }
}

fn of_hub(frame: &HubFrame) -> &'static str {
    match frame {
        HubFrame::Welcome(_) => "welcome",
        HubFrame::Snapshot { .. } => "snapshot",
        HubFrame::Events { .. } => "events",
        HubFrame::Result { outcome: Outcome::Done { .. }, .. } => "done",
        HubFrame::Result { outcome: Outcome::Refused { .. }, .. } => "refused",
        HubFrame::Retry { .. } => "retry",
        HubFrame::History { .. } => "history",
        HubFrame::Found { .. } => "found",
        HubFrame::Dialogs { .. } => "dialogs",
        HubFrame::Journey { .. } => "journey",
        HubFrame::Identities { .. } => "identities",
        HubFrame::Candidates { .. } => "candidates",
        HubFrame::FetchFailed { .. } => "fetch_failed",
        HubFrame::Draft { .. } => "draft",
        HubFrame::Colleague { .. } => "colleague",
        HubFrame::FocusElsewhere { .. } => "focus_elsewhere",
        HubFrame::Hidden { .. } => "hidden",
        HubFrame::Handbook(_) => "handbook",
        HubFrame::Renew { .. } => "renew",
        HubFrame::Beat { .. } => "beat",
        HubFrame::Bye { .. } => "bye",
        HubFrame::Unknown => "unknown",
    }
}

fn of_page(frame: &CustomerFrame) -> &'static str {
    match frame {
        CustomerFrame::Hello(_) => "hello",
        CustomerFrame::Send { .. } => "send",
        CustomerFrame::SendFile { .. } => "send_file",
        CustomerFrame::SendPlace { .. } => "send_place",
        CustomerFrame::SendSticker { .. } => "send_sticker",
        CustomerFrame::Link { .. } => "link",
        CustomerFrame::Contacts { .. } => "contacts",
        CustomerFrame::Close => "close",
        CustomerFrame::Rate { .. } => "rate",
        CustomerFrame::Draft { .. } => "draft",
        CustomerFrame::Seen { .. } => "seen",
        CustomerFrame::Page(_) => "page",
        CustomerFrame::Push { .. } => "push",
        CustomerFrame::Beat => "beat",
        CustomerFrame::Unknown => "unknown",
    }
}

fn of_hub_to_page(frame: &HubCustomerFrame) -> &'static str {
    match frame {
        HubCustomerFrame::Welcome { .. } => "welcome",
        HubCustomerFrame::Forms(_) => "forms",
        HubCustomerFrame::Messages { .. } => "messages",
        HubCustomerFrame::Changed { .. } => "changed",
        HubCustomerFrame::Blocked { .. } => "blocked",
        HubCustomerFrame::Desk { .. } => "desk",
        HubCustomerFrame::Line { .. } => "line",
        HubCustomerFrame::Link { .. } => "link",
        HubCustomerFrame::Dialog(_) => "dialog",
        HubCustomerFrame::Go { .. } => "go",
        HubCustomerFrame::Typing { .. } => "typing",
        HubCustomerFrame::Result { .. } => "result",
        HubCustomerFrame::Beat => "beat",
        HubCustomerFrame::Bye { .. } => "bye",
        HubCustomerFrame::Unknown => "unknown",
    }
}

#[test]
fn every_example_is_a_frame_and_every_frame_has_an_example() {
    let mut seen = BTreeSet::new();
    for (kind, text) in examples() {
        let name = match kind {
            "card" => there_and_back::<HubCard>(&text).product,
            "login" => there_and_back::<LoginRequest>(&text).device,
            "login-answer" => there_and_back::<LoginAnswer>(&text).operator.name,
            "login-failure" => format!("{:?}", there_and_back::<LoginFailure>(&text).code),
            "workplace" => of_workplace(&there_and_back(&text)).to_owned(),
            "hub" => of_hub(&there_and_back(&text)).to_owned(),
            "change" => of_change(&there_and_back(&text)).to_owned(),
            "page" => of_page(&there_and_back(&text)).to_owned(),
            "hub-to-page" => of_hub_to_page(&there_and_back(&text)).to_owned(),
            "attachment" => there_and_back::<otklik_model::Attachment>(&text).media,
            "file-link" => there_and_back::<FileLink>(&text).address,
            "upload-progress" => there_and_back::<UploadProgress>(&text).at.to_string(),
            "upload-failure" => format!("{:?}", there_and_back::<UploadFailure>(&text).code),
            "exchange" => there_and_back::<Exchange>(&text).wait.to_string(),
            "exchange-answer" => there_and_back::<ExchangeAnswer>(&text).session,
            other => panic!("an example of an unknown kind: {other}"),
        };
        assert_ne!(name, "unknown", "{text}");
        seen.insert((kind, name));
    }
    // The functions above name every variant, so a new one does not compile without a decision here.
    let wanted = [
        (
            "workplace",
            "hello accept send_text send_note mark_read close transfer set_status choose_status decline hold unhold sort_dialog edit_message delete_message send_file request_contact teleport block unblock edit_customer send_transcript invite join_customers separate_customer keep_template drop_template history search dialogs_of dialog identities candidates journey typing here looks renewed beat",
        ),
        (
            "hub",
            "welcome snapshot events done refused retry history found dialogs identities candidates journey fetch_failed draft colleague hidden handbook renew beat bye",
        ),
        ("change", "dialog_upserted dialog_gone message_added operator_upserted channel_upserted rights_changed"),
        ("page", "hello send send_file send_place send_sticker link contacts close rate draft seen page push beat"),
        ("hub-to-page", "welcome forms messages changed blocked desk line link dialog go typing result beat bye"),
    ];
    for (kind, names) in wanted {
        for name in names.split(' ') {
            assert!(seen.contains(&(kind, name.to_owned())), "no example of {kind} {name}");
        }
    }
    for kind in [
        "card",
        "login",
        "login-answer",
        "login-failure",
        "attachment",
        "file-link",
        "upload-progress",
        "upload-failure",
        "exchange",
        "exchange-answer",
    ] {
        assert!(seen.iter().any(|(seen, _)| *seen == kind), "no example of {kind}");
    }
}

#[test]
fn the_page_names_every_code_of_bye() {
    for code in [
        ByeCode::SignIn,
        ByeCode::ClientTooOld,
        ByeCode::ClientTooNew,
        ByeCode::Draining,
        ByeCode::TooSlow,
        ByeCode::Protocol,
    ] {
        let word = serde_json::to_value(code).unwrap();
        assert!(PAGE.contains(&format!("| `{}` |", word.as_str().unwrap())), "{word}");
    }
}

#[test]
fn what_a_newer_peer_says_is_understood_as_far_as_possible() {
    assert_eq!(decode::<HubFrame>(r#"{"t":"fireworks","colour":"red"}"#).unwrap(), HubFrame::Unknown);
    assert_eq!(decode::<ClientFrame>(r#"{"t":"fireworks"}"#).unwrap(), ClientFrame::Unknown);
    assert_eq!(decode::<CustomerFrame>(r#"{"t":"fireworks","of":[1]}"#).unwrap(), CustomerFrame::Unknown);
    assert_eq!(decode::<HubCustomerFrame>(r#"{"t":"fireworks"}"#).unwrap(), HubCustomerFrame::Unknown);
    let bye: HubFrame = decode(r#"{"t":"bye","code":"lunch","mood":"good"}"#).unwrap();
    assert_eq!(bye, HubFrame::Bye { code: ByeCode::Unknown, retry_after_ms: None });
    let events: HubFrame =
        decode(r#"{"t":"events","after":1,"upto":3,"changes":[{"change":"rating_added","of":{"stars":5}}]}"#).unwrap();
    assert!(matches!(events, HubFrame::Events { changes, .. } if matches!(changes[..], [Change::Unknown(_)])));
    let gone: Change = decode(
        r#"{"change":"dialog_gone","of":{"dialog":"0198c0de-0000-7000-8000-0000000000d1","reason":"eaten","to":null}}"#,
    )
    .unwrap();
    assert!(matches!(gone, Change::DialogGone { reason: GoneReason::Hidden, .. }));
    let op: ClientFrame =
        decode(r#"{"t":"command","id":"0198c0de-0000-7000-8000-000000000701","op":"sing","song":"x"}"#).unwrap();
    assert!(matches!(op, ClientFrame::Command { op: Op::Unknown, .. }));
}
