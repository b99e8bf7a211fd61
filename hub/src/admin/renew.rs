//! The tokens of a long session follow one another here as over a workplace's connection: one is offered in an answer,
//! and takes its place when it is used. Only programs that say they can keep it are offered one.

use super::admit::Admin;
use crate::http::bearer;
use axum::http::{HeaderMap, HeaderValue};

/// A request's header: whoever asks keeps another token, if one is offered.
const RENEWS: &str = "otklik-renews";
/// An answer's header: the token to say from the next request on.
pub(super) const TOKEN: &str = "otklik-token";

/// Another token for whoever asked, if it is time.
pub(super) async fn offered(admin: &Admin, headers: &HeaderMap) -> Option<HeaderValue> {
    if headers.get(RENEWS).is_none_or(|said| said != "1") {
        return None;
    }
    let (office, session) = (&admin.open.office, &admin.session);
    if !office.is_due(session.token_since) {
        return None;
    }
    match office.offer_token(session.id, bearer(headers)?).await {
        Ok(token) => HeaderValue::from_str(&token?).ok(),
        Err(error) => {
            // The one in use is good for longer than until the next request.
            tracing::warn!(%error, "no other token can be offered");
            None
        }
    }
}
