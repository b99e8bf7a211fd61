//! What machines ask: is it alive, is it ready, what does it count.

use super::Front;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use std::sync::{Arc, atomic::Ordering::Relaxed};

/// Ready: the database takes writes, and the hub is not on its way out.
pub(super) async fn ready(State(front): State<Arc<Front>>) -> Response {
    if front.office.draining.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response();
    }
    match front.office.store.check().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

pub(super) async fn metrics(State(front): State<Arc<Front>>) -> Response {
    let metrics = &front.office.metrics;
    if let Ok(waiting) = front.office.store.waiting(front.office.workspace.id).await {
        metrics.waiting.store(i64::try_from(waiting).unwrap_or(i64::MAX), Relaxed);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.text()).into_response()
}
