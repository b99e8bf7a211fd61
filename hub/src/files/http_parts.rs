//! The addresses of files that come in parts.

use super::{
    http::{failure, refusal, sender, unavailable},
    parts::{MOST_PART, Of},
    upload::NoUpload,
};
use crate::{
    http::{Front, json},
    office::{Office, attachment},
};
use axum::{
    Router,
    body::{Body, HttpBody as _},
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::put,
};
use otklik_model::FileId;
use otklik_wire::{UploadFailureCode, UploadProgress, encode};
use serde::Deserialize;
use std::{future::Future, sync::Arc};

pub(super) fn router() -> Router<Arc<Front>> {
    Router::new().route("/api/v1/uploads/{file}", put(part).get(asks).post(ends))
}

#[derive(Deserialize)]
struct Place {
    at: u64,
}

#[derive(Deserialize)]
struct Whole {
    #[serde(default)]
    name: String,
    size: u64,
}

async fn part(
    State(front): State<Arc<Front>>,
    headers: HeaderMap,
    Path(file): Path<String>,
    place: Result<Query<Place>, QueryRejection>,
    body: Body,
) -> Result<Response, Response> {
    let (office, of) = whose(&front, &headers, &file).await?;
    let Query(Place { at }) = place.map_err(|_| failure(UploadFailureCode::Broken))?;
    // Without a length a part that broke off cannot be told from one that is whole.
    let length = body.size_hint().exact().ok_or_else(|| failure(UploadFailureCode::Broken))?;
    if length > MOST_PART {
        return Err(refusal(NoUpload::TooLarge(office.centre().files.most_bytes)));
    }
    let taken = in_task(&office, |office| async move {
        let files = office.settings.files.clone();
        files.take_part(&office, of, at, &mut body.into_data_stream()).await
    });
    progress(taken.await?)
}

async fn asks(
    State(front): State<Arc<Front>>,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Response> {
    let (office, of) = whose(&front, &headers, &file).await?;
    progress(office.settings.files.come_so_far(&office, of).await)
}

async fn ends(
    State(front): State<Arc<Front>>,
    headers: HeaderMap,
    Path(file): Path<String>,
    whole: Result<Query<Whole>, QueryRejection>,
) -> Result<Response, Response> {
    let (office, of) = whose(&front, &headers, &file).await?;
    let Query(Whole { name, size }) = whole.map_err(|_| failure(UploadFailureCode::Broken))?;
    let taken = in_task(&office, |office| async move {
        let files = office.settings.files.clone();
        files.put_together(&office, of, name, size).await
    });
    match taken.await? {
        Ok(row) => Ok(json(StatusCode::OK, encode(&attachment(&row)))),
        Err(why) => Err(refusal(why)),
    }
}

async fn whose(front: &Front, headers: &HeaderMap, file: &str) -> Result<(Arc<Office>, Of), Response> {
    let (office, by) = sender(front, headers).await?;
    let file = file.parse::<FileId>().map_err(|_| failure(UploadFailureCode::Broken))?;
    // A random id would be as good; one of another kind is a mistake of the peer.
    if file.0.get_version_num() != 7 {
        return Err(failure(UploadFailureCode::Broken));
    }
    Ok((office, Of { file, by }))
}

/// In a task of its own: if the connection ends, what was begun is still brought to its end.
async fn in_task<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    office: &Arc<Office>,
    work: impl FnOnce(Arc<Office>) -> F,
) -> Result<T, Response> {
    office.tasks.clone().spawn(work(office.clone())).await.map_err(unavailable)
}

fn progress(taken: Result<u64, NoUpload>) -> Result<Response, Response> {
    taken.map(|at| json(StatusCode::OK, encode(&UploadProgress { at }))).map_err(refusal)
}
