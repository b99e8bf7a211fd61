//! The demonstration page and the widget's script, built into the program.

use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

const PAGE: &str = include_str!("../../widget/demo.html");
const SCRIPT: &str = include_str!("../../widget/demo.js");
const STYLE: &str = include_str!("../../widget/demo.css");
const WIDGET: &str = include_str!("../../widget/widget.js");

pub(super) async fn page(headers: HeaderMap) -> Response {
    let policy = policy(headers.get(header::HOST).and_then(|host| host.to_str().ok()));
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    (headers, PAGE).into_response()
}

pub(super) async fn script() -> Response {
    file("text/javascript; charset=utf-8", SCRIPT)
}

pub(super) async fn style() -> Response {
    file("text/css; charset=utf-8", STYLE)
}

pub(super) async fn widget() -> Response {
    file("text/javascript; charset=utf-8", WIDGET)
}

fn file(kind: &'static str, content: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], content).into_response()
}

/// Nothing but our own files, and the socket of this very host: not every browser counts it as `'self'`.
fn policy(host: Option<&str>) -> String {
    let plain =
        |host: &&str| host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
    let sockets = host.filter(plain).map(|host| format!(" ws://{host} wss://{host}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'{sockets}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_lets_nothing_foreign_in() {
        let policy = policy(Some("127.0.0.1:4000"));
        assert!(policy.contains("connect-src 'self' ws://127.0.0.1:4000 wss://127.0.0.1:4000;"), "{policy}");
        assert!(!policy.contains("unsafe"));
        let injected = super::policy(Some("x; script-src *"));
        assert!(!injected.contains('*'), "{injected}");
    }

    #[test]
    fn the_page_asks_for_our_own_files_only() {
        for file in [PAGE, STYLE] {
            for foreign in ["src=\"http", "src=\"//", "url(http", "url(//", "@import", "<link rel=\"preconnect"] {
                assert!(!file.contains(foreign), "{foreign}");
            }
        }
        assert!(!PAGE.contains("<style") && !PAGE.contains(" style=") && !PAGE.contains(" onclick="));
    }
}
