//! The description of the administration, for programs.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use std::sync::LazyLock;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

/// The page without its addresses; each brings its own description.
#[derive(OpenApi)]
#[openapi(
    info(title = "Otklik hub: administration", description = "Explained in plain words in docs/admin.md."),
    modifiers(&Bearer),
    security(("token" = []))
)]
pub(super) struct Page;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, page: &mut utoipa::openapi::OpenApi) {
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        page.components.get_or_insert_default().add_security_scheme("token", token);
    }
}

static TEXT: LazyLock<String> = LazyLock::new(|| super::description().to_pretty_json().unwrap_or_default());

/// This description.
#[utoipa::path(get, path = "/api/v1/admin/openapi.json", tag = "session", security(()),
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
pub(super) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str()).into_response()
}
