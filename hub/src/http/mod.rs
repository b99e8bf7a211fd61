//! The hub's addresses: sign-in, the two sockets, the exchange, the demonstration page, what machines ask.

mod desk_page;
mod login;
mod machines;

pub(crate) use login::login_key;

use crate::{
    customer::{
        self,
        exchange::{Exchanges, NoExchange},
    },
    office::Office,
    operator,
    password::PasswordChecker,
    socket,
};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, WebSocketUpgrade},
    http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use otklik_wire::{customer::Exchange, decode, encode};
use std::{sync::Arc, time::Duration};

const LOGIN_BYTES: usize = 16 * 1024;
const EXCHANGE_BYTES: usize = 256 * 1024;
/// A request is answered within this time, whatever its body does.
const PATIENCE: Duration = Duration::from_secs(40);

/// What every address needs.
pub(crate) struct Front {
    pub(crate) office: Arc<Office>,
    pub(crate) checker: PasswordChecker,
    pub(crate) exchanges: Exchanges,
    /// Whether a proxy in front tells the peer's address.
    pub(crate) behind_proxy: bool,
}

/// All addresses.
pub(crate) fn router(front: Arc<Front>) -> Router {
    let api = Router::new()
        .route("/api/v1/hub", get(login::card))
        .route("/api/v1/login", post(login::login).layer(DefaultBodyLimit::max(LOGIN_BYTES)))
        .route("/api/v1/logout", post(login::logout).layer(DefaultBodyLimit::max(LOGIN_BYTES)))
        .route("/api/v1/operator", get(operator_socket));
    let widget = Router::new()
        .route("/widget/v1/socket", get(customer_socket))
        .route(
            "/widget/v1/exchange",
            post(exchange).options(|| async { StatusCode::NO_CONTENT }).layer(DefaultBodyLimit::max(EXCHANGE_BYTES)),
        )
        .route("/widget.js", get(desk_page::widget))
        .layer(middleware::map_response(any_origin));
    let machines = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(machines::ready))
        .route("/metrics", get(machines::metrics));
    Router::new()
        .route("/", get(desk_page::page))
        .route("/widget/demo.js", get(desk_page::script))
        .route("/widget/demo.css", get(desk_page::style))
        .merge(api)
        .merge(widget)
        .merge(machines)
        .layer(middleware::from_fn(in_time))
        .layer(middleware::map_response(no_sniffing))
        .with_state(front)
}

async fn operator_socket(State(front): State<Arc<Front>>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    // A workplace is a program and sends no origin; a page of another site has no business here.
    if headers.get(header::ORIGIN).is_some_and(|origin| !same_host(origin, headers.get(header::HOST))) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let office = front.office.clone();
    socket::tune(upgrade).on_upgrade(move |socket| office.tasks.clone().track_future(operator::serve(socket, office)))
}

async fn customer_socket(State(front): State<Arc<Front>>, upgrade: WebSocketUpgrade) -> Response {
    let office = front.office.clone();
    socket::tune(upgrade)
        .on_upgrade(move |socket| office.tasks.clone().track_future(customer::websocket::serve(socket, office)))
}

async fn exchange(State(front): State<Arc<Front>>, body: Bytes) -> Response {
    let Some(exchange) = std::str::from_utf8(&body).ok().and_then(|text| decode::<Exchange>(text).ok()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match front.exchanges.exchange(&front.office, exchange).await {
        Ok(answer) => json(StatusCode::OK, encode(&answer)),
        Err(NoExchange::Malformed) => StatusCode::BAD_REQUEST.into_response(),
        Err(NoExchange::Busy) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn json(status: StatusCode, body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}

fn same_host(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let origin = origin.to_str().unwrap_or_default();
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    origin.split_once("://").is_some_and(|(_, origin)| origin == host)
}

/// Any site may embed the widget; there are no cookies to protect.
async fn any_origin(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    const POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(POLICY, HeaderValue::from_static("cross-origin"));
    response
}

async fn no_sniffing(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn in_time(request: Request<axum::body::Body>, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}
