//! The hub's addresses: sign-in, the two sockets, the exchange, the demonstration page, what machines ask.

mod desk_page;
mod login;
mod machines;
mod words;

use login::whence;
pub(crate) use login::{address_of, bearer, login_key, prove};

use crate::{
    admin::{self, Fault, FaultCode},
    customer::{self, exchange::NoExchange},
    files,
    offices::{Offices, Open},
    operator,
    password::PasswordChecker,
    places::Places,
    socket,
};
use axum::{
    Router,
    body::Bytes,
    extract::{ConnectInfo, DefaultBodyLimit, Path, State, WebSocketUpgrade},
    http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use otklik_wire::{customer::Exchange, decode, encode};
use std::{net::SocketAddr, sync::Arc};

const LOGIN_BYTES: usize = 16 * 1024;
const EXCHANGE_BYTES: usize = 256 * 1024;

/// What every address needs.
pub(crate) struct Front {
    pub(crate) offices: Arc<Offices>,
    pub(crate) checker: PasswordChecker,
    /// Whether a proxy in front tells the peer's address.
    pub(crate) behind_proxy: bool,
    /// Tells where addresses are, if anything does.
    pub(crate) places: Option<Places>,
}

/// All addresses.
pub(crate) fn router(front: Arc<Front>) -> Router {
    let api = Router::new()
        .route("/api/v1/hub", get(login::card))
        .route("/api/v1/login", post(login::login).layer(DefaultBodyLimit::max(LOGIN_BYTES)))
        .route("/api/v1/logout", post(login::logout).layer(DefaultBodyLimit::max(LOGIN_BYTES)))
        .route("/api/v1/operator", get(operator_socket));
    // The widget finds its hub beside its script, so a workspace is a folder of addresses.
    let widget =
        Router::new().merge(widget("")).merge(widget("/w/{workspace}")).layer(middleware::map_response(any_origin));
    let machines = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(machines::ready))
        .route("/metrics", get(machines::metrics));
    Router::new()
        .route("/", get(desk_page::page))
        .route("/w/{workspace}/", get(desk_page::page_of))
        .route("/widget/demo.js", get(desk_page::script))
        .route("/widget/demo.css", get(desk_page::style))
        .merge(api)
        .merge(widget)
        .merge(machines)
        .merge(admin::router(front.clone()))
        .layer(middleware::from_fn_with_state(front.clone(), in_time))
        // A file may take longer than any other request.
        .merge(files::http::router())
        .layer(middleware::from_fn(words::in_words))
        .layer(middleware::map_response(no_sniffing))
        .with_state(front)
}

async fn operator_socket(State(front): State<Arc<Front>>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    // A workplace is a program and sends no origin; a page of another site has no business here.
    if headers.get(header::ORIGIN).is_some_and(|origin| !same_host(origin, headers.get(header::HOST))) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let offices = front.offices.clone();
    let tasks = offices.main().tasks.clone();
    socket::tune(upgrade).on_upgrade(move |socket| tasks.track_future(operator::serve(socket, offices)))
}

/// The customers' addresses of one workspace.
fn widget(folder: &str) -> Router<Arc<Front>> {
    let exchange =
        post(exchange).options(|| async { StatusCode::NO_CONTENT }).layer(DefaultBodyLimit::max(EXCHANGE_BYTES));
    Router::new()
        .route(&format!("{folder}/widget/v1/socket"), get(customer_socket))
        .route(&format!("{folder}/widget/v1/exchange"), exchange)
        .route(&format!("{folder}/widget.js"), get(desk_page::widget))
}

/// The workspace that an address leads to.
pub(crate) async fn workspace(front: &Front, folder: Option<Path<String>>) -> Result<Open, Response> {
    let short = folder.map(|Path(short)| short);
    match front.offices.named(short.as_deref()).await {
        Ok(Some(open)) => Ok(open),
        Ok(None) => Err(StatusCode::NOT_FOUND.into_response()),
        Err(error) => {
            tracing::warn!(%error, "a workspace cannot be opened");
            Err(StatusCode::SERVICE_UNAVAILABLE.into_response())
        }
    }
}

async fn customer_socket(
    State(front): State<Arc<Front>>,
    folder: Option<Path<String>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Response> {
    let office = workspace(&front, folder).await?.office;
    let arrival = whence(&front, peer, &headers).enter(&office.crowd).ok_or_else(crowded)?;
    Ok(socket::tune(upgrade).on_upgrade(move |socket| {
        office.tasks.clone().track_future(customer::websocket::serve(socket, office, arrival))
    }))
}

fn crowded() -> Response {
    Fault::new(FaultCode::TooMany).into_response()
}

async fn exchange(
    State(front): State<Arc<Front>>,
    folder: Option<Path<String>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Response> {
    let open = workspace(&front, folder).await?;
    let Some(exchange) = std::str::from_utf8(&body).ok().and_then(|text| decode::<Exchange>(text).ok()) else {
        return Err(StatusCode::BAD_REQUEST.into_response());
    };
    match open.exchanges.exchange(&open.office, whence(&front, peer, &headers), exchange).await {
        Ok(answer) => Ok(json(StatusCode::OK, encode(&answer))),
        Err(NoExchange::Malformed) => Err(StatusCode::BAD_REQUEST.into_response()),
        Err(NoExchange::Crowded) => Err(crowded()),
        Err(NoExchange::Busy) => Err(StatusCode::SERVICE_UNAVAILABLE.into_response()),
    }
}

pub(crate) fn json(status: StatusCode, body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}

fn same_host(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let origin = origin.to_str().unwrap_or_default();
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    origin.split_once("://").is_some_and(|(_, origin)| origin == host)
}

/// Any site may embed the widget; there are no cookies to protect.
pub(crate) async fn any_origin(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type"));
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

async fn in_time(State(front): State<Arc<Front>>, request: Request<axum::body::Body>, next: Next) -> Response {
    let patience = front.offices.main().settings.timing.patience;
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}
