//! What machines ask, and the headers of everything.

use crate::kit::{Desk, http};

#[tokio::test]
async fn health_readiness_and_counts() {
    let desk = Desk::start().await;
    let get = |path: &str| http().get(desk.http(path)).send();
    for path in ["/healthz", "/readyz"] {
        assert_eq!(get(path).await.unwrap().status(), 200, "{path}");
    }
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    maria.write("words that are nobody's business").await;
    let dialog = ira.only_dialog().await;
    let text = get("/metrics").await.unwrap().text().await.unwrap();
    for line in [
        "otklik_hub_operators_connected 1",
        "otklik_hub_customers_connected 1",
        "otklik_hub_dialogs_waiting 1",
        "otklik_hub_customer_messages_total 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
    }
    assert!(!text.contains("business"));
    ira.accept(dialog).await;
    let text = get("/metrics").await.unwrap().text().await.unwrap();
    assert!(text.contains("otklik_hub_dialogs_waiting 0\n"));
    assert!(text.contains("otklik_hub_commands_total{outcome=\"done\"} 1\n"));
}

#[tokio::test]
async fn the_page_is_served_under_a_strict_policy() {
    let desk = Desk::start().await;
    let page = http().get(desk.http("/")).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http:") && !policy.contains('*'));
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    assert!(page.text().await.unwrap().contains("/widget.js"));
    for (path, kind) in
        [("/widget.js", "text/javascript"), ("/widget/demo.js", "text/javascript"), ("/widget/demo.css", "text/css")]
    {
        let file = http().get(desk.http(path)).send().await.unwrap();
        assert!(file.headers()["content-type"].to_str().unwrap().starts_with(kind));
        assert_eq!(file.headers()["x-content-type-options"], "nosniff");
    }
    assert_eq!(http().get(desk.http("/etc/passwd")).send().await.unwrap().status(), 404);
}
