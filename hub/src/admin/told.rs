//! What a request says, as JSON: understood whole, or refused with where and why.

use super::fault::{Fault, FaultCode};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
    response::IntoResponse as _,
};
use serde::de::DeserializeOwned;

/// A JSON body.
pub(super) struct Told<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Told<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let body = bytes(request, state).await?;
        serde_json::from_slice(&body)
            .map(Self)
            .map_err(|error| Fault { line: Some(error.line()), ..Fault::malformed(error.to_string()) })
    }
}

/// A body as it came.
pub(super) struct Text(pub(super) String);

impl<S: Send + Sync> FromRequest<S> for Text {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let body = bytes(request, state).await?;
        String::from_utf8(body.into()).map(Self).map_err(|_| Fault::malformed("it is not UTF-8"))
    }
}

async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Fault> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => FaultCode::TooLarge.into(),
        _ => Fault::malformed("the body ended too early"),
    })
}
