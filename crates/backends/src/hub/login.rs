//! Signing in: from address, login and password to a token.

use super::{HubAddress, tls};
use otklik_model::Operator;
use otklik_wire::{
    HubCard, LoginAnswer, LoginFailure, LoginFailureCode, LoginRequest, LogoutRequest, VersionMismatch, VersionRange,
    agree,
};
use reqwest::{Client, Response, StatusCode, redirect::Policy};
use std::{error::Error, time::Duration};
use thiserror::Error;
use url::Url;
use zeroize::Zeroizing;

/// How long a hub may take to answer before it counts as unreachable.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Larger answers are not a hub's.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Why signing in failed; each has words of its own on the sign-in screen.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LoginError {
    /// The name does not resolve.
    #[error("the host is unknown")]
    UnknownHost,
    /// Nobody answers.
    #[error("nobody answers at this address")]
    Unreachable,
    /// The certificate is not trusted.
    #[error("the certificate was refused: {detail}")]
    Certificate {
        /// In the library's words.
        detail: String,
    },
    /// Something answers, but not a hub.
    #[error("what answers is not a hub")]
    NotAHub,
    /// Login or password is wrong.
    #[error("login or password is wrong")]
    WrongPassword,
    /// Too many tries.
    #[error("too many tries; wait {retry_after_s} s")]
    TooManyTries {
        /// Seconds to wait.
        retry_after_s: u32,
    },
    /// The hub speaks only older protocol versions.
    #[error("the hub is too old")]
    HubTooOld,
    /// The hub speaks only newer protocol versions.
    #[error("the hub is too new")]
    HubTooNew,
    /// The hub cannot answer now.
    #[error("the hub cannot answer now")]
    Unavailable,
}

/// Signs in: asks who answers, then says login and password.
///
/// # Errors
/// [`LoginError`]; the password is said only to something that presented itself as a hub of a known version.
pub async fn login(
    address: &HubAddress,
    login: &str,
    password: &Zeroizing<String>,
    device: &str,
) -> Result<(Zeroizing<String>, Operator), LoginError> {
    let client = client()?;
    check_version(&client, address.http("api/v1/hub").map_err(|_| LoginError::NotAHub)?).await?;
    let request = LoginRequest {
        workspace: None,
        login: login.to_owned(),
        password: password.to_string(),
        device: device.to_owned(),
    };
    let url = address.http("api/v1/login").map_err(|_| LoginError::NotAHub)?;
    let response = client.post(url).json(&request).send().await.map_err(|error| classify(&error))?;
    let status = response.status();
    let body = body(response).await?;
    if status == StatusCode::OK {
        let answer: LoginAnswer = serde_json::from_slice(&body).map_err(|_| LoginError::NotAHub)?;
        return Ok((Zeroizing::new(answer.token), answer.operator));
    }
    let failure: LoginFailure = serde_json::from_slice(&body).map_err(|_| match status.is_server_error() {
        true => LoginError::Unavailable,
        false => LoginError::NotAHub,
    })?;
    Err(match failure.code {
        LoginFailureCode::WrongPassword => LoginError::WrongPassword,
        LoginFailureCode::TooManyTries => LoginError::TooManyTries {
            retry_after_s: u32::try_from(failure.retry_after_ms.unwrap_or(60_000).div_ceil(1000)).unwrap_or(u32::MAX),
        },
        LoginFailureCode::Malformed => LoginError::NotAHub,
        LoginFailureCode::Unavailable => LoginError::Unavailable,
    })
}

/// Signs out: the token is good for nothing afterwards, and the hub sets the status.
///
/// # Errors
/// [`LoginError`]; the session may go on at the hub until it ends by itself.
pub async fn logout(address: &HubAddress, token: &Zeroizing<String>, keep_online: bool) -> Result<(), LoginError> {
    let url = address.http("api/v1/logout").map_err(|_| LoginError::NotAHub)?;
    let asked = client()?.post(url).bearer_auth(token.as_str()).json(&LogoutRequest { keep_online });
    let response = asked.send().await.map_err(|error| classify(&error))?;
    match response.status() {
        StatusCode::NO_CONTENT => Ok(()),
        status if status.is_server_error() => Err(LoginError::Unavailable),
        _ => Err(LoginError::NotAHub),
    }
}

fn client() -> Result<Client, LoginError> {
    Client::builder()
        .tls_backend_preconfigured((*tls::client_config()).clone())
        .timeout(ANSWER_WITHIN)
        // A hub never redirects; following one would hand the password to somebody else.
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| {
            tracing::error!(%error, "no HTTP client");
            LoginError::Unreachable
        })
}

async fn check_version(client: &Client, url: Url) -> Result<(), LoginError> {
    let response = client.get(url).send().await.map_err(|error| classify(&error))?;
    if response.status() != StatusCode::OK {
        return Err(match response.status().is_server_error() {
            true => LoginError::Unavailable,
            false => LoginError::NotAHub,
        });
    }
    let card: HubCard = serde_json::from_slice(&body(response).await?).map_err(|_| LoginError::NotAHub)?;
    if card.product != "otklik-hub" {
        return Err(LoginError::NotAHub);
    }
    match agree(VersionRange::OURS, card.protocol) {
        Ok(_) => Ok(()),
        Err(VersionMismatch::PeerTooOld) => Err(LoginError::HubTooOld),
        Err(VersionMismatch::PeerTooNew) => Err(LoginError::HubTooNew),
    }
}

/// Reads an answer piece by piece, so that an endless one ends at the limit.
async fn body(mut response: Response) -> Result<Vec<u8>, LoginError> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| classify(&error))? {
        if bytes.len() + piece.len() > MAX_ANSWER_BYTES {
            return Err(LoginError::NotAHub);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn classify(error: &reqwest::Error) -> LoginError {
    if let Some(detail) = tls::certificate_fault(error) {
        return LoginError::Certificate { detail };
    }
    if tls::is_foreign_speech(error) {
        return LoginError::NotAHub;
    }
    if error.is_connect() && is_resolution(error) {
        return LoginError::UnknownHost;
    }
    if error.is_connect() || error.is_timeout() {
        return LoginError::Unreachable;
    }
    LoginError::NotAHub
}

/// Whether the name did not resolve. The HTTP library says it only in words.
fn is_resolution(error: &reqwest::Error) -> bool {
    let mut next: Option<&dyn Error> = error.source();
    while let Some(error) = next {
        if error.to_string().starts_with("dns error") {
            return true;
        }
        next = error.source();
    }
    false
}
