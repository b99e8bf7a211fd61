//! Signing in and out.

use super::{Front, json};
use crate::{
    customer::Whence,
    office::Office,
    offices::WORKSPACE,
    password::Checked,
    secret::fingerprint,
    start::commit,
    store::{AddressKey, OperatorRow, TryLimits, Work},
};
use axum::{
    body::Bytes,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use otklik_wire::{
    HubCard, LoginAnswer, LoginFailure, LoginFailureCode, LoginRequest, LogoutRequest, VersionRange, decode, encode,
};
use std::{
    fmt::Display,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, atomic::Ordering::Relaxed},
};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

pub(super) async fn card() -> Response {
    let card = HubCard {
        product: "otklik-hub".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: VersionRange::OURS,
    };
    json(StatusCode::OK, encode(&card))
}

pub(super) async fn login(
    State(front): State<Arc<Front>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(request) = std::str::from_utf8(&body).ok().and_then(|text| decode::<LoginRequest>(text).ok()) else {
        return failed(LoginFailure { code: LoginFailureCode::Malformed, retry_after_ms: None });
    };
    match try_login(&front, address_of(&front, peer, &headers), request).await {
        Ok(answer) => json(StatusCode::OK, encode(&answer)),
        Err(response) => response,
    }
}

async fn try_login(front: &Front, address: AddressKey, request: LoginRequest) -> Result<LoginAnswer, Response> {
    let LoginRequest { workspace, login, password, device } = request;
    let (office, row) = prove(front, address, workspace, &login, password).await.map_err(failed)?;
    let token = office.sign_in(row.id, &device).await.map_err(unavailable)?;
    // With the status that signing in has set.
    let row = office.store.operator(office.workspace.id, row.id).await.map_err(unavailable)?.unwrap_or(row);
    Ok(LoginAnswer { token: token.to_string(), operator: row.operator() })
}

/// Who it is that knows this password. The answer, and the time it takes, is the same for a workspace or login that
/// is not there, a wrong password and an account that may not sign in.
///
/// # Errors
/// What to answer.
pub(crate) async fn prove(
    front: &Front,
    address: AddressKey,
    workspace: Option<String>,
    login: &str,
    password: String,
) -> Result<(Arc<Office>, OperatorRow), LoginFailure> {
    let (main, password) = (front.offices.main(), Zeroizing::new(password));
    let login = login_key(login);
    let account = match workspace.as_deref().filter(|short| *short != WORKSPACE) {
        None => fingerprint("account", &login),
        Some(short) => fingerprint("account", &format!("{short}\0{login}")),
    };
    let limits = &main.settings.limits;
    let limits = TryLimits { account: limits.account_tries, address: limits.address_tries };
    let wait = main.store.begin_try(account, address, limits, main.now()).await.map_err(later)?;
    if let Some(wait) = wait {
        main.metrics.logins_put_off.fetch_add(1, Relaxed);
        return Err(LoginFailure { code: LoginFailureCode::TooManyTries, retry_after_ms: Some(wait) });
    }
    let open = front.offices.named(workspace.as_deref()).await.map_err(later)?;
    let office = open.as_ref().map_or(main, |open| &open.office);
    let found = office.store.operator_by_login(office.workspace.id, &login).await.map_err(later)?;
    let found = found.filter(|row| open.is_some() && !row.disabled);
    let stored = found.as_ref().and_then(|row| row.password.clone());
    // Without a stored hash it checks against nobody's, so that the time tells nothing.
    let checked = front.checker.check(password, stored).await;
    let Some(row) = found.filter(|_| checked != Checked::Wrong) else {
        office.metrics.failed_logins.fetch_add(1, Relaxed);
        return Err(LoginFailure { code: LoginFailureCode::WrongPassword, retry_after_ms: None });
    };
    if let Checked::Outdated(hash) = checked {
        strengthen(office, &row, hash).await;
    }
    office.store.forgive(account, address).await.map_err(later)?;
    Ok((office.clone(), row))
}

/// Keeps a password under a hash of today's cost. If somebody else changes the row meanwhile, the next sign-in does it.
async fn strengthen(office: &Office, row: &OperatorRow, hash: String) {
    let row = OperatorRow { password: Some(hash), ..row.clone() };
    let work = Work::Operator { row: Box::new(row), rights_changed: false };
    if let Err(error) = commit(&*office.store, &office.workspace, office.now(), work).await {
        tracing::warn!(%error, "a password keeps its old hash until the next sign-in");
    }
}

pub(super) async fn logout(State(front): State<Arc<Front>>, headers: HeaderMap, body: Bytes) -> Response {
    // Without a body, as from an earlier workplace, he goes offline.
    let LogoutRequest { keep_online } =
        std::str::from_utf8(&body).ok().and_then(|text| decode(text).ok()).unwrap_or_default();
    let Some(token) = bearer(&headers) else { return StatusCode::NO_CONTENT.into_response() };
    let ended = async {
        match front.offices.session(token).await? {
            Some((open, ..)) => open.office.sign_out(token, keep_online).await,
            None => Ok(()),
        }
    };
    match ended.await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => unavailable(error),
    }
}

/// The token of a request.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The same login, however it was typed.
pub(crate) fn login_key(login: &str) -> String {
    login.trim().nfkc().flat_map(char::to_lowercase).take(200).collect()
}

/// The peer's address. Behind a proxy it is the last one the proxy added; the ones before may be made up.
pub(crate) fn address_of(front: &Front, peer: SocketAddr, headers: &HeaderMap) -> AddressKey {
    AddressKey(fingerprint("address", &network(told(front, peer, headers)).to_string()))
}

/// Where a customer comes from: what stands for his address, nothing for this machine's own, and where it is.
pub(super) fn whence(front: &Front, peer: SocketAddr, headers: &HeaderMap) -> Whence {
    let address = told(front, peer, headers);
    let own = address.to_canonical().is_loopback();
    let located = front.places.as_ref().map(|places| places.find(address)).unwrap_or_default();
    Whence { address: (!own).then(|| address_of(front, peer, headers).0), located }
}

fn told(front: &Front, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    let told = headers.get("x-forwarded-for").filter(|_| front.behind_proxy);
    told.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()).unwrap_or(peer.ip())
}

/// One customer of a provider has a whole network of IPv6 addresses.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

fn failed(failure: LoginFailure) -> Response {
    let status = match failure.code {
        LoginFailureCode::WrongPassword => StatusCode::UNAUTHORIZED,
        LoginFailureCode::TooManyTries => StatusCode::TOO_MANY_REQUESTS,
        LoginFailureCode::Malformed => StatusCode::BAD_REQUEST,
        LoginFailureCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    json(status, encode(&failure))
}

fn later(error: impl Display) -> LoginFailure {
    tracing::warn!(%error, "signing in or out failed");
    LoginFailure { code: LoginFailureCode::Unavailable, retry_after_ms: Some(1000) }
}

fn unavailable(error: impl Display) -> Response {
    failed(later(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_login_has_many_spellings() {
        for spelling in ["Ira", " ira ", "IRA", "ｉｒａ"] {
            assert_eq!(login_key(spelling), "ira");
        }
    }

    #[test]
    fn neighbours_in_a_network_count_together() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
