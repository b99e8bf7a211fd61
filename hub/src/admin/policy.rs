//! Who may use which address. The one table: an address that is not in it is closed to everybody.

use otklik_model::Right;

/// What an address asks for. How far a right has to reach is the act's own question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: the address is how one signs in, or tells nothing of anybody.
    Nothing,
    /// A session.
    Session,
    /// A session with at least one of these rights.
    One(&'static [Right]),
    /// A session of an administrator of the workspace.
    Administrator,
    /// A session of an administrator of the first workspace: whoever keeps the hub itself.
    Keeper,
}

/// One address.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// In lower case.
    pub method: &'static str,
    /// As the router knows it.
    pub path: &'static str,
    /// What it asks for.
    pub need: Need,
}

const fn row(method: &'static str, path: &'static str, need: Need) -> Row {
    Row { method, path, need }
}

/// Whoever changes any part of the document may read it.
const EDITORS: Need =
    Need::One(&[Right::EditSettings, Right::EditDepartments, Right::EditSchedule, Right::EditSharedTemplates]);
const SETTINGS: Need = Need::One(&[Right::EditSettings]);
const OPERATORS: Need = Need::One(&[Right::EditOperators]);
/// Operators block in their dialogs; the list of all of them is for whoever may free them.
const BLOCKS: Need = Need::One(&[Right::Unblock]);
const WHOLE: Need = Need::One(&[Right::EditSettings]);

/// All addresses.
pub const POLICY: &[Row] = &[
    row("get", "/api/v1/admin/openapi.json", Need::Nothing),
    row("post", "/api/v1/admin/session", Need::Nothing),
    row("delete", "/api/v1/admin/session", Need::Session),
    row("get", "/api/v1/admin/session", Need::Session),
    row("get", "/api/v1/admin/centre", EDITORS),
    row("put", "/api/v1/admin/centre", EDITORS),
    row("get", "/api/v1/admin/centre/check", EDITORS),
    row("get", "/api/v1/admin/centre/file", WHOLE),
    row("post", "/api/v1/admin/centre/file", WHOLE),
    row("get", "/api/v1/admin/centre/versions", EDITORS),
    row("get", "/api/v1/admin/centre/versions/{version}", EDITORS),
    row("post", "/api/v1/admin/centre/versions/{version}/switch-back", EDITORS),
    row("get", "/api/v1/admin/centre/parts/{part}", EDITORS),
    row("get", "/api/v1/admin/centre/parts/{part}/{key}", EDITORS),
    row("put", "/api/v1/admin/centre/parts/{part}/{key}", EDITORS),
    row("delete", "/api/v1/admin/centre/parts/{part}/{key}", EDITORS),
    row("get", "/api/v1/admin/centre/settings", EDITORS),
    row("get", "/api/v1/admin/centre/settings/{name}", EDITORS),
    row("put", "/api/v1/admin/centre/settings/{name}", EDITORS),
    row("get", "/api/v1/admin/script", SETTINGS),
    row("put", "/api/v1/admin/script", SETTINGS),
    row("post", "/api/v1/admin/script/back", SETTINGS),
    row("get", "/api/v1/admin/script/versions", SETTINGS),
    row("get", "/api/v1/admin/script/versions/{version}", SETTINGS),
    row("post", "/api/v1/admin/script/versions/{version}/switch", SETTINGS),
    row("post", "/api/v1/admin/script/try", SETTINGS),
    row("get", "/api/v1/admin/operators", OPERATORS),
    row("post", "/api/v1/admin/operators", OPERATORS),
    row("get", "/api/v1/admin/operators/{login}", OPERATORS),
    row("delete", "/api/v1/admin/operators/{login}", OPERATORS),
    row("put", "/api/v1/admin/operators/{login}/post", OPERATORS),
    row("post", "/api/v1/admin/operators/{login}/password", OPERATORS),
    row("post", "/api/v1/admin/operators/{login}/disable", OPERATORS),
    row("post", "/api/v1/admin/operators/{login}/enable", OPERATORS),
    row("put", "/api/v1/admin/operators/{login}/status", Need::One(&[Right::SetOthersStatus, Right::SetBotStatus])),
    row("get", "/api/v1/admin/operators/{login}/statuses", Need::One(&[Right::SeeStatuses])),
    row("get", "/api/v1/admin/blocks", BLOCKS),
    row("get", "/api/v1/admin/customers/{customer}", BLOCKS),
    row("put", "/api/v1/admin/customers/{customer}/block", BLOCKS),
    row("delete", "/api/v1/admin/customers/{customer}/block", BLOCKS),
    row("put", "/api/v1/admin/customers/{customer}/restricted", Need::One(&[Right::SeeRestricted])),
    row("get", "/api/v1/admin/customers/{customer}/export", Need::Administrator),
    row("post", "/api/v1/admin/customers/{customer}/erase", Need::Administrator),
    row("delete", "/api/v1/admin/dialogs/{dialog}", Need::Administrator),
    row("get", "/api/v1/admin/queues", Need::One(&[Right::SeeStatuses])),
    row("get", "/api/v1/admin/audit", Need::One(&[Right::SeeAudit])),
    row("get", "/api/v1/admin/status", EDITORS),
    row("get", "/api/v1/admin/workspaces", Need::Keeper),
    row("post", "/api/v1/admin/workspaces", Need::Keeper),
];

/// What an address asks for; nothing, if it is not in the table.
#[must_use]
pub fn need(method: &str, path: &str) -> Option<Need> {
    POLICY.iter().find(|row| row.path == path && row.method.eq_ignore_ascii_case(method)).map(|row| row.need)
}
