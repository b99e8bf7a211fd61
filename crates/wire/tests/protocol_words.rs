//! docs/protocol.md names every word that travels as a value, and no other: its tables are compared with the types.

#[path = "words/fields.rs"]
mod fields;
#[path = "words/page.rs"]
mod page;

use otklik_model::{
    Author, Availability, Awaiting, CloseReason, ContactField, CustomerEdit, Denied, DepartmentKey, DialogState,
    FieldFault, FieldKind, FileState, GoneReason, MessageKind, OnlineState, OperatorId, OperatorStatus, Outcome,
    Presence, Refusal, Right, Says, Seq, SetBy, Side, TeamKey, TransferTarget, Transport,
};
use otklik_wire::operator::ByeCode;
use otklik_wire::{LoginFailureCode, UploadFailureCode};
use page::{examples_with, words_under};
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The word by which a value travels: the value itself, or the field that says which it is.
fn word(value: &impl Serialize, tag: &str) -> String {
    let value = serde_json::to_value(value).expect("JSON");
    let word = value.as_str().or_else(|| value.get(tag)?.as_str());
    word.unwrap_or_else(|| panic!("{value} is no word, and has none in {tag}")).to_owned()
}

/// Compares a table, by the beginning of its head, with every value of a type. What stands behind `but` never travels. The
/// match has no other arms, so that a new value does not compile before it is here, and is not green before it is in the
/// page.
macro_rules! every {
    ($of:ident $(.$tag:ident)?, $head:literal: $($value:ident $({ $($field:ident: $with:expr),* })?)+ $(, but $($unsaid:ident)+)?) => {{
        fn _all(value: &$of) {
            match value {
                $($of::$value { .. } => (),)+
                $($($of::$unsaid { .. } => (),)+)?
            }
        }
        let tag = concat!($(stringify!($tag))?);
        let wanted: BTreeSet<_> = [$(word(&$of::$value $({ $($field: $with),* })?, tag)),+].into();
        assert_eq!(words_under($head), wanted, "the table {} is not {}", $head, stringify!($of));
    }};
}

#[test]
fn the_words_of_dialogs_are_in_the_page() {
    every!(DialogState, "| `state` | Means |":
        Routing Bot Queue Offered Active Hold Invitation ClosedSoft Closed Deleted, but Unknown);
    every!(OnlineState, "| `start_state`, `current_state` |": Online Offline, but Unknown);
    every!(Presence, "| `presence` |": OnSite LeftSite Offline, but Unknown);
    every!(Awaiting, "| `awaiting` |": Operator Customer Nobody);
    every!(CloseReason, "| `close_reason` |":
        Operator Customer WithoutTaking NoAnswer Bot TimeOut Blocked OperatorRemoved, but Unknown);
    every!(Denied, "| A word of `can` |":
        NoRight NotYours NotAccepted AlreadyTaken Closed Offline Status LimitReached Channel WithBot NotOnSite,
        but Unknown);
    every!(GoneReason, "| `reason` of `dialog_gone` |": Accepted Transferred Closed Erased Hidden);
}

#[test]
fn the_words_of_messages_are_in_the_page() {
    let who = || (OperatorId(Uuid::nil()), "Ира".to_owned());
    every!(MessageKind, "| `kind` of a message |":
        Text Note System AutoReply File ContactRequest Contacts Keyboard Place Sticker, but Unknown);
    every!(Author.by, "| `by` of an author |":
        Customer Operator { id: who().0, name: who().1 } Bot { id: who().0, name: who().1 } System, but Unknown);
    every!(Says, "| `details.says` |": Assigned, but Unknown);
    every!(FileState, "| `state` of a file |": Checking Ready Rejected Expired, but Unknown);
}

#[test]
fn the_words_of_people_are_in_the_page() {
    every!(OperatorStatus, "| `status`, `kind` of a status |": Online Break OfflineRequests Offline);
    every!(SetBy.by, "| `set_by.by` |":
        Himself Operator { id: OperatorId(Uuid::nil()) } Login Logout Idle Schedule SessionLost Hub, but Unknown);
    every!(Right, "| Right |":
        Accept SeeOthers CloseOwn TransferOwn TransferOthers Note SeeQueue AnswerOthers Assign ForceAssign CloseOthers
        EditOwn DeleteOwn Sort EditCustomer Block Unblock Transcript RequestContact SendFile Invite SeeRatings
        SeeRestricted SeeContacts SetOwnStatus SeeStatuses SetOthersStatus SetBotStatus EditTemplates
        EditSharedTemplates EditOperators EditDepartments EditSchedule EditSettings SeeReports SeeAudit, but Unknown);
    every!(Side, "| A side of `union` |": This Other Both, but Unknown);
    every!(Transport, "| `transport` |": Widget, but Unknown);
}

#[test]
fn the_words_of_commands_are_in_the_page() {
    every!(Outcome.outcome, "| `outcome` |":
        Done { at_seq: Seq(1), message: None } Refused { reason: Refusal::NotFound });
    every!(Refusal.code, "| `code` | Means |":
        AlreadyAccepted { by: String::new() } NotYourDialog { owner: None } DialogClosed NotFound Forbidden Empty
        TooLong { max: 1 } TargetUnavailable LimitReached WrongStatus CategoryRequired NoSuchKey ChannelCannot
        WindowClosed NotOnSite BadAddress AddressNotAllowed NotYourMessage TooLate CustomerBlocked WrongState DialogOpen
        Conflict { now: Box::<CustomerEdit>::default() } SamePerson Regrouped TooMany { max: 1 } FileUnusable NoMailbox
        ContactField { field: ContactField::Name, fault: FieldFault::Kind } QueueFull Unsupported, but Unknown);
    every!(TransferTarget.to, "| `to` of `to` |":
        Queue Operator { id: OperatorId(Uuid::nil()), force: false }
        Department { key: "sales".parse::<DepartmentKey>().unwrap() } Team { key: "cards".parse::<TeamKey>().unwrap() }
        Bot { id: OperatorId(Uuid::nil()), scenario: None });
    // Of the operations and of where a dialog can be given there are examples, one at least of each.
    assert_eq!(words_under("| Operation |"), examples_with(r#""op": ""#));
    assert_eq!(words_under("| `to` of `to` |"), examples_with(r#"{"to": ""#));
}

#[test]
fn the_words_of_pages_are_in_the_page() {
    every!(OnlineState, "| `line`, `state` of `line` |": Online Offline, but Unknown);
    every!(Availability, "| `availability`, a department of `departments` |":
        Online BusyOnline Offline BusyOffline, but Unknown);
    every!(ContactField, "| `field` of a form |": Name Email Phone);
    every!(FieldKind, "| `kind` of a field |": Any Letters Digits Phone, but Unknown);
    every!(FieldFault, "| `fault` of a field |": Required Hidden TooLong Kind Mask, but Unknown);
}

#[test]
fn the_words_of_connections_are_in_the_page() {
    every!(ByeCode, "| `code` | WebSocket close code |":
        SignIn ClientTooOld ClientTooNew Draining TooSlow Protocol, but Unknown);
    every!(LoginFailureCode, "| `code` of a login |": WrongPassword TooManyTries Malformed Unavailable);
    every!(UploadFailureCode, "| `code` of an upload |":
        SignIn Forbidden Empty TooLarge Media TooFast Broken Offset Unavailable, but Unknown);
}
