//! What hubs of earlier steps left in a database, as the hub of today finds it: on every engine the same, whichever
//! step it was brought up from. Each engine plants it in the form its own steps had.

use super::*;
use crate::desk::Alias;
use crate::store::{Attendance, AuditLine, Errand, ErrandKind, OFFERS, SessionRow, TokenState};
use otklik_model::{FileId, FileState, OperatorStatus, Right, SessionId};

/// The operators, the customer with his dialog, the session, the answers and the log of the first step.
pub(crate) async fn what_the_first_step_left_is_there(store: &dyn Store) {
    let workspace = store.open_workspace("main").await.unwrap();
    assert_eq!(workspace.id, otklik_model::WorkspaceId(id(1)));
    let rows = store.operators(workspace.id).await.unwrap();
    let seen: Vec<_> =
        rows.iter().map(|row| (row.login.as_str(), row.post.role.as_str(), row.status_code.as_str())).collect();
    assert_eq!(seen, [("ira", "colleague", "online"), ("oleg", "operator", "offline-requests")]);
    let (ira, oleg) = (&rows[0], &rows[1]);
    assert_eq!((ira.status, oleg.status), (OperatorStatus::Online, OperatorStatus::OfflineRequests));
    use Right::{Accept, Note, SeeOthers, SeeQueue, SetOwnStatus};
    assert_eq!(ira.rights(), [Accept, SeeQueue, SeeOthers, SetOwnStatus].into());
    assert_eq!((oleg.rights(), oleg.version, oleg.rights_at), ([Note, SetOwnStatus].into(), 3, Seq(2)));
    assert_eq!((ira.password.as_deref(), oleg.password.as_deref()), (None, Some("$argon2id$")));
    let (customer, version) = store.customer(workspace.id, CustomerId(id(0x15))).await.unwrap().unwrap();
    assert_eq!((customer.name.as_str(), version), ("Customer 1", 1));
    assert_eq!(store.customer_by_number(workspace.id, 1).await.unwrap().map(|(found, _)| found.id), Some(customer.id));
    assert!(store.has_written(workspace.id, customer.id).await.unwrap());
    let dialog = store.dialog_of(workspace.id, customer.id).await.unwrap().unwrap();
    assert_eq!((dialog.version, dialog.due_at), (1, None));
    assert_eq!(store.open_dialogs(workspace.id).await.unwrap().len(), 1);
    assert_eq!(store.unfinished_dialogs(workspace.id).await.unwrap().len(), 1);
    assert_eq!(store.customers_on_site(workspace.id).await.unwrap(), [customer.id]);
    assert_eq!(store.waiting(workspace.id).await.unwrap(), 1);
    let messages = store.messages(workspace.id, dialog.row.id, 1, 9, 9).await.unwrap();
    assert_eq!(messages[0].text, "Здравствуйте");
    assert!(messages[0].details.is_plain());
    let key = Key { writer: customer.id.0, id: ClientId(id(0x12c)) };
    let stored = Stored { id: MessageId(id(0xc8)), seq: 1, at: Stamp(1_000) };
    let first = Outcome::Done { at_seq: Seq(2), message: Some(stored) };
    assert_eq!(store.first_answer(key).await.unwrap(), Some(first));
    assert_eq!(store.channels(workspace.id).await.unwrap()[0].name, "Site");
    assert_eq!(store.log_after(workspace.id, Seq(0), 9).await.unwrap().entries.len(), 2);
    a_session_of_then_goes_on(store, &workspace).await;
    let work = Work::Operator { row: Box::new(oleg.clone()), rights_changed: false };
    assert_eq!(store.commit(Commit::new(workspace.id, Stamp(9), work, done(None))).await.unwrap().head, Seq(3));
}

/// Nobody is signed out by an update, and the token of then can be followed by another.
async fn a_session_of_then_goes_on(store: &dyn Store, workspace: &Workspace) {
    let (token, next) = (TokenHash([0x53; 32]), TokenHash([0x54; 32]));
    let session = SessionRow {
        id: SessionId(id(0x33)),
        workspace: workspace.id,
        operator: OperatorId(id(0x0b)),
        created_at: Stamp(500),
        expires_at: Stamp(9_000_000_000_000),
        acted_at: Stamp(500),
        token_since: Stamp(500),
        token: TokenState::InUse,
    };
    assert_eq!(store.session_of(token).await.unwrap(), Some(session));
    assert!(OFFERS > 0 && store.offer_token(workspace.id, session.id, token, next).await.unwrap());
    assert!(store.take_token(workspace.id, session.id, next, Stamp(600)).await.unwrap());
    let replaced = store.session_of(token).await.unwrap().map(|row| row.token);
    assert_eq!(replaced, Some(TokenState::Replaced));
}

/// What came with the centre's rules: the configuration, the trail, a lease, errands, files, ready answers, blocks.
pub(crate) async fn what_the_rules_left_is_there(store: &dyn Store) {
    let workspace = store.open_workspace("main").await.unwrap().id;
    let ira = OperatorId(id(0x0b));
    let centre = store.centre(workspace).await.unwrap();
    assert_eq!((centre.version, centre.note.as_str(), centre.centre.name.as_str()), (1, "first", "Чай и глина"));
    let line = AuditLine {
        by: Some(ira),
        what: "centre.changed".into(),
        subject: "centre".into(),
        detail: serde_json::json!({ "version": 1 }),
    };
    let audit = store.audit(workspace, None, 9).await.unwrap();
    assert_eq!(audit.iter().map(|row| (row.number, &row.line)).collect::<Vec<_>>(), [(1, &line)]);
    let file = FileId(id(0x51));
    let errand = Errand { id: id(0x41), kind: ErrandKind::ScanFile { file }, due_at: Stamp(1_500), attempts: 2 };
    assert_eq!(store.errands_due(workspace, Stamp(2_000), 9).await.unwrap(), [errand]);
    let file = store.file(workspace, file).await.unwrap().unwrap();
    assert_eq!((file.name.as_str(), file.state, file.dialog), ("фото.png", FileState::Ready, Some(DialogId(id(0x64)))));
    let template = store.templates_of(workspace, ira).await.unwrap().remove("hello").unwrap();
    assert_eq!(template.texts["ru"], "Добрый день");
    let blocked = store.blocked_customers(workspace, 0, 9).await.unwrap();
    assert_eq!(blocked.iter().map(|customer| customer.number).collect::<Vec<_>>(), [2]);
    let changes = store.status_changes(workspace, ira, Stamp(0)).await.unwrap();
    assert_eq!(
        changes.iter().map(|change| (change.at, change.status)).collect::<Vec<_>>(),
        [(Stamp(900), OperatorStatus::Online)]
    );
    // The lease of then has run out, and its number goes on.
    let lease = store.take_lease(workspace, id(0x62), Stamp(5_000), 1_000).await.unwrap().unwrap();
    assert_eq!(lease.token.0, 5);
}

/// Where an operator's workplace was.
pub(crate) async fn what_attendance_left_is_there(store: &dyn Store) {
    let workspace = store.open_workspace("main").await.unwrap().id;
    let operator = OperatorId(id(0x0b));
    let was = Attendance { operator, seen_at: Stamp(1_010), active_at: Stamp(1_005), left_at: Some(Stamp(1_020)) };
    assert_eq!(store.attendance(workspace).await.unwrap(), [was]);
}

/// What workplaces are to forget that were away.
pub(crate) async fn what_an_erasure_left_is_there(store: &dyn Store) {
    let workspace = store.open_workspace("main").await.unwrap().id;
    assert_eq!(store.erased_after(workspace, Seq(0), 9).await.unwrap(), [(Seq(2), DialogId(id(0x66)))]);
}

/// A token that was replaced before the update is still one that nobody may come with.
pub(crate) async fn what_an_exchange_of_tokens_left_is_there(store: &dyn Store) {
    let found = store.session_of(TokenHash([0x55; 32])).await.unwrap();
    assert_eq!(found.map(|row| (row.id, row.token)), Some((SessionId(id(0x33)), TokenState::Replaced)));
}

/// The way of a customer, and what came of an operator's work.
pub(crate) async fn what_journeys_left_is_there(store: &dyn Store) {
    let workspace = store.open_workspace("main").await.unwrap().id;
    let journey = store.journey(workspace, CustomerId(id(0x15))).await.unwrap();
    assert_eq!((journey.pages.len(), journey.zone.as_deref()), (1, Some("Europe/Moscow")));
    assert_eq!(journey.pages[0].page.title, "Shop");
    let tally = store.tally(workspace, OperatorId(id(0x0b)), Stamp(0)).await.unwrap();
    assert_eq!((tally.closed, tally.missed), (1, 1));
}

/// Two customers who are one person.
pub(crate) async fn what_a_union_left_is_there(store: &dyn Store) {
    let workspace = store.open_workspace("main").await.unwrap().id;
    let found = store.identities(workspace, CustomerId(id(0x15))).await.unwrap();
    let own = |alias: &Alias| alias.own.as_ref().map(|own| own.name.clone());
    let seen: Vec<_> = found.iter().map(|alias| (alias.customer.number, own(alias))).collect();
    assert_eq!(seen, [(1, Some("Customer 1".to_owned())), (2, Some("Customer 2".to_owned()))]);
}

/// Hubs of then left what was over of a restricted customer open to everybody.
pub(crate) async fn what_is_over_of_whoever_is_restricted_is_restricted(store: &dyn Store) {
    let workspace = store.open_workspace("main").await.unwrap().id;
    let found = store.dialog(workspace, DialogId(id(0x67))).await.unwrap().unwrap();
    assert!(found.row.customer.particulars.restricted && found.standing().restricted);
    let other = store.dialog(workspace, DialogId(id(0x64))).await.unwrap().unwrap();
    assert!(!other.row.customer.particulars.restricted);
}

/// Makes what waits in a hub of then one of a flood: its mark stood in the row alone.
pub(crate) const OF_A_FLOOD: &str =
    "UPDATE dialog SET body = replace(body, '\"state\":\"queue\"', '\"state\":\"queue\",\"suspicious\":true')";

/// How many of what waited then are one of a flood.
pub(crate) async fn what_waits_in_the_shadow_is_counted(store: &dyn Store, count: u64) {
    let workspace = store.open_workspace("main").await.unwrap().id;
    assert_eq!(store.waiting_suspicious(workspace).await.unwrap(), count);
}
