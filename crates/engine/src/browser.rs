//! The dev socket: the same accounts, from the same engine, for a browser on this machine.
//!
//! Loopback only. The address that is printed holds a token that works once: it is exchanged for a cookie, and only
//! a request with that cookie, to a loopback host, from our own origin, gets anything. The page is served under the
//! same content policy as in the desktop window.

mod asked;
mod session;
mod socket;

use crate::{FileAnswer, FileRange, Seats};
use asked::Asked;
use axum::{
    Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use session::Door;
use std::{borrow::Cow, io, net::Ipv4Addr, sync::Arc};
use tokio::{net::TcpListener, task::AbortHandle};

/// The page's files, by path without a leading slash.
pub type Assets = Arc<dyn Fn(&str) -> Option<Cow<'static, [u8]>> + Send + Sync>;

/// The content policy of the page; `ws:` to ourselves is its only network.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; \
                      font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/// Accounts that are served. Dropping it stops serving.
pub struct Served {
    /// The address to open once, with its token.
    pub url: String,
    task: AbortHandle,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Desk {
    seats: Seats,
    assets: Assets,
    door: Arc<Door>,
    asked: Arc<Asked>,
}

/// Serves this machine's accounts on a loopback port; 0 means any free one.
///
/// # Errors
/// If the port cannot be taken or the system has no randomness.
pub async fn serve(seats: Seats, assets: Assets, port: u16) -> io::Result<Served> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    let (door, token) = Door::new(address.port())?;
    let desk = Desk { seats, assets, door: Arc::new(door), asked: Arc::default() };
    let router = Router::new()
        .route("/page", get(socket::upgrade))
        .route("/files/{*path}", get(shown))
        .fallback(file)
        .with_state(desk);
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the browser's workplace is no longer served");
        }
    });
    Ok(Served { url: format!("http://{address}/?token={token}"), task: task.abort_handle() })
}

#[derive(Deserialize)]
struct Entry {
    token: Option<String>,
}

async fn file(State(desk): State<Desk>, Query(entry): Query<Entry>, uri: Uri, headers: HeaderMap) -> Response {
    if !desk.door.is_our_host(&headers) {
        return (StatusCode::MISDIRECTED_REQUEST, "this address serves loopback only").into_response();
    }
    if let Some(token) = entry.token {
        return match desk.door.exchange(&token) {
            Some(cookie) => (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, "/".to_owned())])
                .into_response(),
            None => refuse("this address was used already; start the program again for a new one"),
        };
    }
    if !desk.door.knows(&headers) {
        return refuse("open the address that the program printed");
    }
    let path = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    match (desk.assets)(path) {
        Some(content) => with_headers(path, content),
        None => (StatusCode::NOT_FOUND, "no such file").into_response(),
    }
}

/// A picture, a sound or a film of a message of one of the accounts.
async fn shown(State(desk): State<Desk>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    if !(desk.door.is_our_host(&headers) && desk.door.knows(&headers)) {
        return refuse("open the address that the program printed");
    }
    let range = headers.get(header::RANGE).and_then(|range| FileRange::parse(range.to_str().ok()?));
    match desk.seats.file(&path, range).await {
        Ok(FileAnswer { media, content, part }) => {
            let mut response = Response::new(Body::from(content));
            let headers = response.headers_mut();
            let kind = HeaderValue::from_str(&media).unwrap_or(HeaderValue::from_static("application/octet-stream"));
            headers.insert(header::CONTENT_TYPE, kind);
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            // A browser would keep it on the disk as it is.
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
            if let Some((from, last, size)) = part
                && let Ok(part) = HeaderValue::from_str(&format!("bytes {from}-{last}/{size}"))
            {
                headers.insert(header::CONTENT_RANGE, part);
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            }
            response
        }
        Err(_) => (StatusCode::NOT_FOUND, "nothing to be shown").into_response(),
    }
}

fn refuse(why: &'static str) -> Response {
    (StatusCode::FORBIDDEN, why).into_response()
}

fn with_headers(path: &str, content: Cow<'static, [u8]>) -> Response {
    let mut response = Response::new(Body::from(content.into_owned()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some(_) | None => "application/octet-stream",
    }
}
