//! The addresses of files: where they come in, where one asks for a link, where a link leads.

use super::{
    link::{NoLink, Part},
    name::disposition,
    upload::{NoUpload, Upload},
};
use crate::{
    http::{Front, address_of, any_origin, bearer, json, workspace},
    office::{Office, attachment},
    secret::token_hash,
    store::FileRow,
};
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use otklik_files::{media::given_as, picture::media_of_made};
use otklik_model::{FileId, FileState, Right, Stamp};
use otklik_wire::{FileLink, UploadFailure, UploadFailureCode, encode};
use serde::Deserialize;
use std::{net::SocketAddr, sync::Arc};
use uuid::Uuid;

/// How long a browser may keep a small picture.
const KEEP: &str = "private, max-age=300";

/// All addresses of files. They bound their own time: a file takes longer than any other answer.
pub(crate) fn router() -> Router<Arc<Front>> {
    let of_customers =
        Router::new().merge(folder("")).merge(folder("/w/{workspace}")).layer(middleware::map_response(any_origin));
    Router::new()
        .merge(super::http_parts::router())
        .route("/api/v1/files", post(operator_uploads))
        .route("/api/v1/files/{file}/link", post(operator_asks))
        .merge(of_customers)
}

fn folder(folder: &str) -> Router<Arc<Front>> {
    let uploads = post(customer_uploads).options(|| async { StatusCode::NO_CONTENT });
    Router::new()
        .route(&format!("{folder}/widget/v1/files"), uploads)
        .route(&format!("{folder}/files/{{file}}"), get(content))
        .route(&format!("{folder}/files/{{file}}/thumbnail"), get(thumbnail))
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Signed {
    until: i64,
    sign: String,
}

#[derive(Deserialize)]
struct Address {
    #[serde(default)]
    workspace: Option<String>,
    file: String,
}

async fn operator_uploads(
    State(front): State<Arc<Front>>,
    headers: HeaderMap,
    Query(named): Query<Named>,
    body: Body,
) -> Result<Response, Response> {
    let (office, by) = sender(&front, &headers).await?;
    take_in(office, Upload { by, senders: vec![by], name: named.name }, &headers, body).await
}

/// The operator who asks, if he may send files, and where.
pub(super) async fn sender(front: &Front, headers: &HeaderMap) -> Result<(Arc<Office>, Uuid), Response> {
    let token = bearer(headers).ok_or_else(|| failure(UploadFailureCode::SignIn))?;
    let found = front.offices.session(token).await.map_err(unavailable)?;
    let (open, session, row) = found.ok_or_else(|| failure(UploadFailureCode::SignIn))?;
    open.office.note_request(&session, &row).await.map_err(unavailable)?;
    let may = row.grants.rights.contains_key(&Right::SendFile);
    if may { Ok((open.office, row.id.0)) } else { Err(failure(UploadFailureCode::Forbidden)) }
}

async fn customer_uploads(
    State(front): State<Arc<Front>>,
    folder: Option<Path<String>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Query(named): Query<Named>,
    body: Body,
) -> Result<Response, Response> {
    let office = workspace(&front, folder).await?.office;
    let token = bearer(&headers).ok_or_else(|| failure(UploadFailureCode::SignIn))?;
    let found = office.store.customer_of(office.workspace.id, token_hash(token)).await.map_err(unavailable)?;
    let customer = found.ok_or_else(|| failure(UploadFailureCode::SignIn))?;
    if !office.centre().takes_files(office.rule_key()) || office.is_blocked(&customer) {
        return Err(failure(UploadFailureCode::Forbidden));
    }
    // A stranger can be many customers, but is rarely at many addresses.
    let senders = vec![customer.id.0, address_of(&front, peer, &headers).0];
    take_in(office, Upload { by: customer.id.0, senders, name: named.name }, &headers, body).await
}

async fn take_in(office: Arc<Office>, upload: Upload, headers: &HeaderMap, body: Body) -> Result<Response, Response> {
    let most = office.centre().files.most_bytes;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > most.saturating_mul(2)) {
        return Err(refusal(NoUpload::TooLarge(most)));
    }
    // In a task of its own: if the connection ends, what came so far is still cleared away.
    let tasks = office.tasks.clone();
    let taking = tasks.spawn(async move {
        let files = office.settings.files.clone();
        files.take_in(&office, upload, body.into_data_stream()).await
    });
    match taking.await {
        Ok(Ok(row)) => Ok(json(StatusCode::OK, encode(&attachment(&row)))),
        Ok(Err(why)) => Err(refusal(why)),
        Err(error) => Err(unavailable(error)),
    }
}

async fn operator_asks(
    State(front): State<Arc<Front>>,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Response> {
    let unknown = || StatusCode::UNAUTHORIZED.into_response();
    let token = bearer(&headers).ok_or_else(unknown)?;
    let found = front.offices.session(token).await.map_err(unavailable)?;
    let (open, session, row) = found.ok_or_else(unknown)?;
    open.office.note_request(&session, &row).await.map_err(unavailable)?;
    let id = file.parse::<FileId>().map_err(|_| not_found())?;
    let found = open.office.operators_file(row.id, session.id, id).await.map_err(unavailable)?;
    let link = found.and_then(|file| open.office.link_to(&file)).ok_or_else(not_found)?;
    // From the hub's address, whichever workspace it is.
    let folder = |address: String| if open.is_main() { address } else { format!("w/{}/{address}", open.short) };
    let FileLink { address, thumbnail, until } = link;
    let link = FileLink { address: folder(address), thumbnail: thumbnail.map(folder), until };
    Ok(json(StatusCode::OK, encode(&link)))
}

async fn content(
    state: State<Arc<Front>>,
    address: Path<Address>,
    signed: Result<Query<Signed>, QueryRejection>,
) -> Result<Response, Response> {
    let (office, row) = follow(state, address, signed, Part::Content).await?;
    let of = (office.workspace.id, row.id);
    let read = office.settings.files.contents.read(of, Part::Content).await.map_err(unavailable)?;
    let stream = read.ok_or_else(not_found)?;
    let headers = [
        (header::CONTENT_TYPE, given_as(&row.media).to_owned()),
        (header::CONTENT_LENGTH, row.size.to_string()),
        (header::CONTENT_DISPOSITION, disposition(&row.name)),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok(inert((headers, Body::from_stream(stream)).into_response()))
}

async fn thumbnail(
    state: State<Arc<Front>>,
    address: Path<Address>,
    signed: Result<Query<Signed>, QueryRejection>,
) -> Result<Response, Response> {
    let (office, row) = follow(state, address, signed, Part::Thumbnail).await?;
    let of = (office.workspace.id, row.id);
    let read = office.settings.files.contents.whole(of, Part::Thumbnail).await.map_err(unavailable)?;
    let picture = read.ok_or_else(not_found)?;
    let headers = [(header::CONTENT_TYPE, media_of_made(&picture)), (header::CACHE_CONTROL, KEEP)];
    Ok(inert((headers, picture).into_response()))
}

/// The file a link leads to. What is forged, of another workspace, not there or not to be had is all the same answer.
async fn follow(
    State(front): State<Arc<Front>>,
    Path(Address { workspace: short, file }): Path<Address>,
    signed: Result<Query<Signed>, QueryRejection>,
    part: Part,
) -> Result<(Arc<Office>, FileRow), Response> {
    let office = workspace(&front, short.map(Path)).await?.office;
    let Query(Signed { until, sign }) = signed.map_err(|_| not_found())?;
    let id = file.parse::<FileId>().map_err(|_| not_found())?;
    let of = (office.workspace.id, id, part);
    match office.settings.files.links.check(of, Stamp(until), &sign, office.now()) {
        Ok(()) => {}
        Err(NoLink::Forged) => return Err(not_found()),
        Err(NoLink::Over) => return Err(StatusCode::GONE.into_response()),
    }
    let row = office.store.file(office.workspace.id, id).await.map_err(unavailable)?;
    let row = row.filter(|row| row.state == FileState::Ready).ok_or_else(not_found)?;
    Ok((office, row))
}

/// Whatever a browser thinks of it, it runs nothing.
fn inert(mut response: Response) -> Response {
    const SANDBOX: HeaderName = HeaderName::from_static("content-security-policy");
    response.headers_mut().insert(SANDBOX, HeaderValue::from_static("default-src 'none'; sandbox"));
    response
}

pub(super) fn refusal(why: NoUpload) -> Response {
    match why {
        NoUpload::Empty => failure(UploadFailureCode::Empty),
        NoUpload::TooLarge(most) => {
            let failure = UploadFailure { most_bytes: Some(most), ..UploadFailure::new(UploadFailureCode::TooLarge) };
            json(StatusCode::PAYLOAD_TOO_LARGE, encode(&failure))
        }
        NoUpload::Media => failure(UploadFailureCode::Media),
        NoUpload::TooFast => failure(UploadFailureCode::TooFast),
        NoUpload::Broken => failure(UploadFailureCode::Broken),
        NoUpload::Offset(at) => {
            let failure = UploadFailure { at: Some(at), ..UploadFailure::new(UploadFailureCode::Offset) };
            json(StatusCode::CONFLICT, encode(&failure))
        }
        NoUpload::Unavailable => failure(UploadFailureCode::Unavailable),
    }
}

pub(super) fn failure(code: UploadFailureCode) -> Response {
    let (status, retry_after_ms) = match code {
        UploadFailureCode::SignIn => (StatusCode::UNAUTHORIZED, None),
        UploadFailureCode::Forbidden => (StatusCode::FORBIDDEN, None),
        UploadFailureCode::Empty | UploadFailureCode::Broken => (StatusCode::BAD_REQUEST, None),
        UploadFailureCode::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, None),
        UploadFailureCode::Offset => (StatusCode::CONFLICT, None),
        UploadFailureCode::Media => (StatusCode::UNSUPPORTED_MEDIA_TYPE, None),
        UploadFailureCode::TooFast => (StatusCode::TOO_MANY_REQUESTS, Some(10_000)),
        UploadFailureCode::Unavailable | UploadFailureCode::Unknown => (StatusCode::SERVICE_UNAVAILABLE, Some(1_000)),
    };
    json(status, encode(&UploadFailure { retry_after_ms, ..UploadFailure::new(code) }))
}

fn not_found() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

pub(super) fn unavailable(error: impl std::fmt::Display) -> Response {
    tracing::warn!(%error, "a file cannot be had");
    failure(UploadFailureCode::Unavailable)
}
