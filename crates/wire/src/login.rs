//! Signing in, over HTTP, before there is a socket.

use crate::VersionRange;
use otklik_model::Operator;
use serde::{Deserialize, Serialize};

/// `GET /api/v1/hub`: who answers here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubCard {
    /// Always `otklik-hub`.
    pub product: String,
    /// The hub's version.
    pub version: String,
    /// The protocol versions it speaks.
    pub protocol: VersionRange,
}

/// `POST /api/v1/login`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginRequest {
    /// The workspace's short name; the hub's only one if absent.
    #[serde(default)]
    pub workspace: Option<String>,
    /// The operator's login.
    pub login: String,
    /// The password.
    pub password: String,
    /// A name for the device, shown in the list of sessions.
    #[serde(default)]
    pub device: String,
}

/// The answer 200 to a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginAnswer {
    /// The secret to say in `hello`; 256 random bits in base64url.
    pub token: String,
    /// Who signed in.
    pub operator: Operator,
}

/// The body of `POST /api/v1/logout`; without one it is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogoutRequest {
    /// Stay in the present status, and do not be switched off for being away; offline otherwise.
    pub keep_online: bool,
}

/// Why a login failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginFailureCode {
    /// 401: the login or the password is wrong; which of them is not said.
    WrongPassword,
    /// 429: wait `retry_after_ms`.
    TooManyTries,
    /// 400: not a login request.
    Malformed,
    /// 503: the hub cannot answer now.
    #[serde(other)]
    Unavailable,
}

/// The body of every answer to a login other than 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginFailure {
    /// Why.
    pub code: LoginFailureCode,
    /// How long to wait, if waiting helps.
    #[serde(default)]
    pub retry_after_ms: Option<u64>,
}
