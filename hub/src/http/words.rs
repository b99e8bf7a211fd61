//! How any address says no: a stable code, words in both languages, the name of the request, and nothing of the hub's
//! insides. What an address has said itself (a code, numbers) stays; what is missing is added.

use crate::admin::{Fault, FaultCode};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use otklik_wire::UploadFailureCode;
use serde_json::{Map, Value};
use uuid::Uuid;

/// The header with the name of the request.
const REQUEST: HeaderName = HeaderName::from_static("x-request-id");
/// The longest refusal, in bytes: everything that is wrong with a configuration.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// What machines ask is answered in their way.
const FOR_MACHINES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Names every request, and gives every refusal its words.
pub(super) async fn in_words(request: Request, next: Next) -> Response {
    let for_machines = FOR_MACHINES.contains(&request.uri().path());
    let id = Uuid::now_v7().to_string();
    let mut response = next.run(request).await;
    let status = response.status();
    if status.is_server_error() {
        tracing::warn!(request = id, %status, "a request failed");
    }
    if (status.is_client_error() || status.is_server_error()) && !for_machines {
        response = worded(response, &id).await;
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST, id);
    }
    response
}

/// The refusal with everything that belongs to one.
async fn worded(response: Response, id: &str) -> Response {
    let (mut head, body) = response.into_parts();
    let is_json = head.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    // Anything but our own JSON comes from a library, in its own words: nobody reads them here.
    let said = if is_json { to_bytes(body, MOST_BYTES).await.ok() } else { None };
    let mut told: Map<String, Value> = said.and_then(|said| serde_json::from_slice(&said).ok()).unwrap_or_default();
    let (code, ru, en) = meant(told.get("code"), head.status);
    for (name, value) in [("code", code), ("ru", ru.into()), ("en", en.into())] {
        told.entry(name).or_insert(value);
    }
    told.insert("request".to_owned(), id.into());
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    head.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Response::from_parts(head, Body::from(Value::Object(told).to_string()))
}

/// The code, and its words: of the code that was said, or of the status.
fn meant(code: Option<&Value>, status: StatusCode) -> (Value, &'static str, &'static str) {
    let of_fault = |fault: FaultCode| {
        let Fault { ru, en, .. } = Fault::new(fault);
        (serde_json::to_value(fault).unwrap_or_default(), ru, en)
    };
    let Some(code) = code else { return of_fault(FaultCode::of_status(status)) };
    if let Ok(fault) = serde_json::from_value(code.clone()) {
        return of_fault(fault);
    }
    let upload = serde_json::from_value(code.clone()).unwrap_or(UploadFailureCode::Unknown);
    let (ru, en) = words_of(upload).unwrap_or_else(|| {
        let (_, ru, en) = of_fault(FaultCode::of_status(status));
        (ru, en)
    });
    (code.clone(), ru, en)
}

/// Words for what only an upload is refused for.
fn words_of(code: UploadFailureCode) -> Option<(&'static str, &'static str)> {
    match code {
        UploadFailureCode::Empty => Some(("Файл пуст. Выберите другой.", "The file is empty. Choose another one.")),
        UploadFailureCode::Media => Some((
            "Файлы такого вида здесь не принимают. Отправьте файл другого вида.",
            "Files of this kind are not taken here. Send one of another kind.",
        )),
        UploadFailureCode::TooFast => Some((
            "Слишком много файлов за короткое время. Подождите немного и отправьте файл снова.",
            "Too many files in too short a time. Wait a little and send the file again.",
        )),
        UploadFailureCode::Broken => {
            Some(("Файл пришёл не целиком. Отправьте его снова.", "The file did not arrive whole. Send it again."))
        }
        UploadFailureCode::Offset => Some((
            "Часть файла не на своём месте. Спросите, сколько уже пришло, и продолжите оттуда.",
            "A part of the file is out of place. Ask how much has come, and go on from there.",
        )),
        UploadFailureCode::SignIn
        | UploadFailureCode::Forbidden
        | UploadFailureCode::TooLarge
        | UploadFailureCode::Unavailable
        | UploadFailureCode::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_wire::{LoginFailure, LoginFailureCode, UploadFailure, encode};

    async fn told(status: u16, kind: &str, body: String) -> Value {
        let response = Response::builder().status(status).header(header::CONTENT_TYPE, kind).body(body.into()).unwrap();
        let answer = worded(response, "7").await;
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/json");
        serde_json::from_slice(&to_bytes(answer.into_body(), MOST_BYTES).await.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn s_h14_what_was_said_stays_and_what_is_missing_is_added() {
        let failure = LoginFailure { code: LoginFailureCode::TooManyTries, retry_after_ms: Some(9) };
        let login = told(429, "application/json", encode(&failure)).await;
        assert_eq!((&login["code"], &login["retry_after_ms"]), (&"too_many_tries".into(), &9.into()));
        assert_eq!(login["en"], Fault::new(FaultCode::TooManyTries).en);
        let failure = UploadFailure::new(UploadFailureCode::Media);
        let upload = told(415, "application/json", encode(&failure)).await;
        assert!(upload["code"] == "media" && upload["ru"].as_str().unwrap().starts_with("Файлы такого вида"));
        let library = told(400, "text/plain", "thread 'main' panicked at src/main.rs:7".to_owned()).await;
        assert_eq!(library["code"], "malformed");
        for answer in [login, upload, library] {
            assert_eq!(answer["request"], "7");
            assert!(!answer.to_string().contains("panicked"));
        }
    }

    #[test]
    fn s_h14_every_code_of_a_login_and_an_upload_has_words() {
        use {LoginFailureCode as Login, UploadFailureCode as Upload};
        let codes = [
            (serde_json::to_value(Login::WrongPassword), 401),
            (serde_json::to_value(Login::TooManyTries), 429),
            (serde_json::to_value(Login::Malformed), 400),
            (serde_json::to_value(Login::Unavailable), 503),
            (serde_json::to_value(Upload::SignIn), 401),
            (serde_json::to_value(Upload::Forbidden), 403),
            (serde_json::to_value(Upload::Empty), 400),
            (serde_json::to_value(Upload::TooLarge), 413),
            (serde_json::to_value(Upload::Media), 415),
            (serde_json::to_value(Upload::TooFast), 429),
            (serde_json::to_value(Upload::Broken), 400),
            (serde_json::to_value(Upload::Offset), 409),
            (serde_json::to_value(Upload::Unavailable), 503),
        ];
        for (code, status) in codes {
            let code = code.unwrap();
            let (said, ru, en) = meant(Some(&code), StatusCode::from_u16(status).unwrap());
            assert_eq!(said, code);
            assert!(ru.chars().any(|c| ('а'..='я').contains(&c)) && ru.ends_with('.'), "{code}: {ru}");
            assert!(en.is_ascii() && en.ends_with('.'), "{code}: {en}");
        }
    }
}
