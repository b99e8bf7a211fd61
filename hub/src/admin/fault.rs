//! How the administration says no: a closed list of codes, each with words in both languages.

use crate::{
    centre::{Problem, diff::Difference},
    store::{CommitError, StoreError},
};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

/// Every reason. A new one needs its words in [`FaultCode::row`], and a line in docs/admin.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// No token, or one that is not good.
    SignIn,
    /// Login or password is wrong, or the account may not sign in.
    WrongPassword,
    /// Too many failed attempts.
    TooManyTries,
    /// Too much comes from one address of the network.
    TooMany,
    /// The rights do not cover it.
    Forbidden,
    /// It would give away rights that the asker does not have himself.
    BeyondYours,
    /// There is no such thing, or not in this workspace.
    NotFound,
    /// The address knows other methods.
    WrongMethod,
    /// The request is not understood.
    Malformed,
    /// The request is too large.
    TooLarge,
    /// The request took too long to arrive.
    TooSlow,
    /// Somebody else changed it meanwhile.
    Changed,
    /// The login or name is taken.
    Taken,
    /// The configuration does not hang together.
    Problems,
    /// Nobody could administer any more.
    LastAdministrator,
    /// The password is not taken.
    WeakPassword,
    /// The hub cannot answer now.
    Unavailable,
}

impl FaultCode {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::SignIn,
        Self::WrongPassword,
        Self::TooManyTries,
        Self::TooMany,
        Self::Forbidden,
        Self::BeyondYours,
        Self::NotFound,
        Self::WrongMethod,
        Self::Malformed,
        Self::TooLarge,
        Self::TooSlow,
        Self::Changed,
        Self::Taken,
        Self::Problems,
        Self::LastAdministrator,
        Self::WeakPassword,
        Self::Unavailable,
    ];

    /// The status, and the words in Russian and in English.
    #[must_use]
    pub fn row(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::SignIn => (
                StatusCode::UNAUTHORIZED,
                "Нужно войти: токена нет, или он больше не действует.",
                "Sign in: there is no token, or it is not good any more.",
            ),
            Self::WrongPassword => {
                (StatusCode::UNAUTHORIZED, "Неверный логин или пароль.", "The login or the password is wrong.")
            }
            Self::TooManyTries => (
                StatusCode::TOO_MANY_REQUESTS,
                "Слишком много неудачных попыток. Подождите и попробуйте снова.",
                "Too many failed attempts. Wait, and try again.",
            ),
            Self::TooMany => (
                StatusCode::TOO_MANY_REQUESTS,
                "С этого адреса сети приходит слишком много. Подождите минуту и попробуйте снова.",
                "Too much comes from this address of the network. Wait a minute, and try again.",
            ),
            Self::Forbidden => (
                StatusCode::FORBIDDEN,
                "Ваших прав на это недостаточно. Ничего не изменено.",
                "Your rights do not cover this. Nothing was changed.",
            ),
            Self::BeyondYours => (
                StatusCode::FORBIDDEN,
                "Нельзя дать права, которых нет у вас самих. Ничего не изменено.",
                "You cannot give rights that you do not have yourself. Nothing was changed.",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, "Такого здесь нет.", "There is no such thing here."),
            Self::WrongMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                "Этот адрес не знает такого действия.",
                "This address does not know such an act.",
            ),
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                "Запрос не понят. Ничего не изменено.",
                "The request is not understood. Nothing was changed.",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "Запрос слишком велик. Ничего не изменено.",
                "The request is too large. Nothing was changed.",
            ),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "Запрос шёл слишком долго. Попробуйте снова.",
                "The request took too long. Try again.",
            ),
            Self::Changed => (
                StatusCode::CONFLICT,
                "Это уже изменил кто-то другой. Ничего не изменено: прочитайте заново и повторите.",
                "Somebody else has changed this. Nothing was changed: read it again and repeat.",
            ),
            Self::Taken => (
                StatusCode::CONFLICT,
                "Такое имя уже занято. Выберите другое.",
                "The name is taken. Choose another one.",
            ),
            Self::Problems => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "В настройках есть ошибки. Ничего не изменено: исправьте их и повторите.",
                "The configuration has faults. Nothing was changed: mend them and repeat.",
            ),
            Self::LastAdministrator => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "После этого некому было бы управлять центром. Ничего не изменено: сначала назначьте другого администратора.",
                "Nobody could administer the centre afterwards. Nothing was changed: appoint another administrator first.",
            ),
            Self::WeakPassword => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Такой пароль не подходит: он слишком короткий, слишком длинный или слишком известный.",
                "This password will not do: it is too short, too long or too well known.",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Сейчас ответить не получается. Ничего не изменено: попробуйте чуть позже.",
                "The hub cannot answer now. Nothing was changed: try again a little later.",
            ),
        }
    }

    /// What an answer that has a status and no words of its own means.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::SignIn,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND | StatusCode::GONE => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::WrongMethod,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::REQUEST_TIMEOUT => Self::TooSlow,
            StatusCode::CONFLICT => Self::Changed,
            StatusCode::TOO_MANY_REQUESTS => Self::TooManyTries,
            other if other.is_server_error() => Self::Unavailable,
            _ => Self::Malformed,
        }
    }
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Fault {
    /// The reason, for programs.
    pub code: FaultCode,
    /// The reason, for people who read Russian.
    pub ru: &'static str,
    /// The reason, for people who read English.
    pub en: &'static str,
    /// Where and why, if there is more to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// The line of a file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The version that is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// What was changed meanwhile, or what is not allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Difference>,
    /// What is wrong with a configuration.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// When to come back, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The name of the request, as in the header `x-request-id`. Set when the answer leaves the hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

impl Fault {
    /// Without details.
    #[must_use]
    pub fn new(code: FaultCode) -> Self {
        let (_, ru, en) = code.row();
        Self {
            code,
            ru,
            en,
            what: None,
            line: None,
            version: None,
            changes: Vec::new(),
            problems: Vec::new(),
            retry_after_ms: None,
            request: None,
        }
    }

    pub(super) fn malformed(what: impl Into<String>) -> Self {
        Self { what: Some(what.into()), ..Self::new(FaultCode::Malformed) }
    }

    pub(super) fn problems(problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::new(FaultCode::Problems) }
    }
}

impl From<FaultCode> for Fault {
    fn from(code: FaultCode) -> Self {
        Self::new(code)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "an administrator has to wait");
        Self { retry_after_ms: Some(1_000), ..Self::new(FaultCode::Unavailable) }
    }
}

impl From<CommitError> for Fault {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict => Self::new(FaultCode::Changed),
            CommitError::Fenced => Self::new(FaultCode::Unavailable),
            CommitError::Store(error) => error.into(),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, ..) = self.code.row();
        let body = serde_json::to_string(&self).unwrap_or_default();
        let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
        (status, headers, body).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_fault_has_a_code_a_status_and_words_in_both_languages() {
        let mut codes = BTreeSet::new();
        let page = include_str!("../../../docs/admin.md");
        for code in FaultCode::ALL {
            let (status, ru, en) = code.row();
            assert!(status.is_client_error() || status.is_server_error());
            assert!(ru.chars().any(|c| ('а'..='я').contains(&c)) && ru.ends_with('.'), "{ru}");
            assert!(en.is_ascii() && en.ends_with('.'), "{en}");
            let word = serde_json::to_value(code).unwrap().as_str().unwrap().to_owned();
            assert!(page.contains(&format!("| `{word}` | {} |", status.as_u16())), "{word} is not in docs/admin.md");
            codes.insert(word);
        }
        assert_eq!(codes.len(), FaultCode::ALL.len());
    }

    #[test]
    fn what_a_fault_tells_is_what_is_known() {
        let plain = serde_json::to_value(Fault::new(FaultCode::NotFound)).unwrap();
        assert_eq!(plain.as_object().unwrap().len(), 3, "{plain}");
        let told = serde_json::to_value(Fault::malformed("no such key")).unwrap();
        assert_eq!(told["what"], "no such key");
    }
}
