//! The demonstration page and the widget's script, built into the program.

use super::Front;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;

const PAGE: &str = include_str!("../../widget/demo.html");
const SCRIPT: &str = include_str!("../../widget/demo.js");
const STYLE: &str = include_str!("../../widget/demo.css");
/// The parts in the order of their names, in a scope of their own: the site around them keeps its names.
const WIDGET: &str = concat!(
    "(() => {\n'use strict';\n",
    include_str!("../../widget/parts/01-protocol.js"),
    include_str!("../../widget/parts/02-words.js"),
    include_str!("../../widget/parts/03-texts.js"),
    include_str!("../../widget/parts/04-ids.js"),
    include_str!("../../widget/parts/05-storage.js"),
    include_str!("../../widget/parts/06-turns.js"),
    include_str!("../../widget/parts/07-outbox.js"),
    include_str!("../../widget/parts/08-conversation.js"),
    include_str!("../../widget/parts/09-links.js"),
    include_str!("../../widget/parts/10-connection.js"),
    include_str!("../../widget/parts/11-draft.js"),
    include_str!("../../widget/parts/11-forms.js"),
    include_str!("../../widget/parts/11-going.js"),
    include_str!("../../widget/parts/11-kept.js"),
    include_str!("../../widget/parts/11-links.js"),
    include_str!("../../widget/parts/11-places.js"),
    include_str!("../../widget/parts/11-ratings.js"),
    include_str!("../../widget/parts/11-uploads.js"),
    include_str!("../../widget/parts/12-chat.js"),
    include_str!("../../widget/parts/12-entries.js"),
    include_str!("../../widget/parts/12-quotes.js"),
    include_str!("../../widget/parts/13-blocks.js"),
    include_str!("../../widget/parts/13-contacts.js"),
    include_str!("../../widget/parts/14-attachments.js"),
    include_str!("../../widget/parts/14-quotes.js"),
    include_str!("../../widget/parts/14-thread.js"),
    include_str!("../../widget/parts/15-composer.js"),
    include_str!("../../widget/parts/15-place.js"),
    include_str!("../../widget/parts/15-survey.js"),
    include_str!("../../widget/parts/16-panel.js"),
    include_str!("../../widget/parts/17-start.js"),
    "})();\n"
);

pub(super) async fn page(headers: HeaderMap) -> Response {
    show(&headers, PAGE.to_owned())
}

/// The page of a workspace, with its own script.
pub(super) async fn page_of(
    State(front): State<Arc<Front>>,
    folder: Option<Path<String>>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let short = super::workspace(&front, folder).await?.short;
    Ok(show(&headers, PAGE.replace("\"/widget.js\"", &format!("\"/w/{short}/widget.js\""))))
}

fn show(headers: &HeaderMap, page: String) -> Response {
    let policy = policy(headers.get(header::HOST).and_then(|host| host.to_str().ok()));
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    (headers, page).into_response()
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
    fn every_part_of_the_widget_is_served_in_order() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("widget/parts");
        let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let parts: String = paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
        let whole = format!("(() => {{\n'use strict';\n{parts}}})();\n");
        // Two scripts of a thousand lines say nothing when they are printed beside each other.
        let line = WIDGET.lines().zip(whole.lines()).find(|(served, written)| served != written);
        assert_eq!(line, None, "the first line that is served otherwise than written");
        assert_eq!(WIDGET.len(), whole.len());
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
