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
    if front.offices.main().draining.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response();
    }
    match front.offices.main().store.check().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

pub(super) async fn metrics(State(front): State<Arc<Front>>) -> Response {
    let metrics = &front.offices.main().metrics;
    // The sum over all workspaces: what is counted here tells of none of them.
    let (mut waiting, mut suspicious) = (0_u64, 0);
    for office in front.offices.all().await {
        let id = office.workspace.id;
        // Counted first: one that comes in between waits, and is not missed.
        let of_a_flood = office.store.waiting_suspicious(id).await.unwrap_or_default();
        waiting += office.store.waiting(id).await.unwrap_or_default().saturating_sub(of_a_flood);
        suspicious += of_a_flood;
    }
    metrics.waiting.store(i64::try_from(waiting).unwrap_or(i64::MAX), Relaxed);
    metrics.suspicious.store(i64::try_from(suspicious).unwrap_or(i64::MAX), Relaxed);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.text()).into_response()
}
