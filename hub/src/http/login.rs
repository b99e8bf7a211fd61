//! Signing in and out.

use super::{Front, json};
use crate::{
    office::now,
    secret::fingerprint,
    store::{AddressKey, TryLimits},
};
use axum::{
    body::Bytes,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use otklik_wire::{HubCard, LoginAnswer, LoginFailure, LoginFailureCode, LoginRequest, VersionRange, decode, encode};
use std::{
    fmt::Display,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, atomic::Ordering::Relaxed},
};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

const WORKSPACE: &str = crate::start::WORKSPACE;

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
        return failure(StatusCode::BAD_REQUEST, LoginFailureCode::Malformed, None);
    };
    match try_login(&front, address_of(&front, peer, &headers), request).await {
        Ok(answer) => json(StatusCode::OK, encode(&answer)),
        Err(response) => response,
    }
}

async fn try_login(front: &Front, address: AddressKey, request: LoginRequest) -> Result<LoginAnswer, Response> {
    let LoginRequest { workspace, login, password, device } = request;
    let (office, password) = (&front.office, Zeroizing::new(password));
    let login = login_key(&login);
    let account = fingerprint("account", &login);
    let limits = &office.settings.limits;
    let limits = TryLimits { account: limits.account_tries, address: limits.address_tries };
    let wait = office.store.begin_try(account, address, limits, now()).await.map_err(unavailable)?;
    if let Some(wait) = wait {
        return Err(failure(StatusCode::TOO_MANY_REQUESTS, LoginFailureCode::TooManyTries, Some(wait)));
    }
    let here = workspace.is_none_or(|workspace| workspace == WORKSPACE);
    let found = office.store.operator_by_login(office.workspace.id, &login).await.map_err(unavailable)?;
    let found = found.filter(|row| here && !row.disabled);
    let stored = found.as_ref().and_then(|row| row.password.clone());
    // Without a stored hash it checks against nobody's, so that the time tells nothing.
    let right = front.checker.check(password, stored).await;
    let Some(row) = found.filter(|_| right) else {
        office.metrics.failed_logins.fetch_add(1, Relaxed);
        return Err(failure(StatusCode::UNAUTHORIZED, LoginFailureCode::WrongPassword, None));
    };
    office.store.forgive(account, address).await.map_err(unavailable)?;
    let token = office.sign_in(row.id, &device).await.map_err(unavailable)?;
    let operator = otklik_model::Operator { status: otklik_model::OperatorStatus::Online, ..row.operator() };
    Ok(LoginAnswer { token: token.to_string(), operator })
}

pub(super) async fn logout(State(front): State<Arc<Front>>, headers: HeaderMap) -> Response {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match token {
        Some(token) => match front.office.sign_out(token).await {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(error) => unavailable(error),
        },
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// The same login, however it was typed.
pub(crate) fn login_key(login: &str) -> String {
    login.trim().nfkc().flat_map(char::to_lowercase).take(200).collect()
}

/// The peer's address. Behind a proxy it is the last one the proxy added; the ones before may be made up.
fn address_of(front: &Front, peer: SocketAddr, headers: &HeaderMap) -> AddressKey {
    let told = headers.get("x-forwarded-for").filter(|_| front.behind_proxy);
    let told = told.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    AddressKey(fingerprint("address", &network(told.unwrap_or(peer.ip())).to_string()))
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

fn failure(status: StatusCode, code: LoginFailureCode, retry_after_ms: Option<u64>) -> Response {
    json(status, encode(&LoginFailure { code, retry_after_ms }))
}

fn unavailable(error: impl Display) -> Response {
    tracing::warn!(%error, "signing in or out failed");
    failure(StatusCode::SERVICE_UNAVAILABLE, LoginFailureCode::Unavailable, Some(1000))
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
