//! The doors, tried from outside. Each test is named after the row of the list of demands that it shows.

mod customers;
mod floods;
mod outgoing;
mod refusals;
mod renewals;
mod sessions;
mod strangers;
mod tokens;

use crate::kit::{ADMIN_PASSWORD, Admin, Desk, Socket, http};
use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};

/// All addresses, from the hub's own description.
async fn addresses(desk: &Desk) -> Vec<(Method, String)> {
    let page = desk.stranger().get("openapi.json").await;
    let mut found = Vec::new();
    for (path, item) in page["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let path = path.strip_prefix("/api/v1/admin/").unwrap().to_owned();
            found.push((method.to_uppercase().parse().unwrap(), path));
        }
    }
    assert!(found.len() > 25);
    found
}

/// A path with something in its places that is not there.
fn filled(path: &str, with: &str) -> String {
    let path = path.replace("{version}", "77").replace("{part}", "teams").replace("{key}", with);
    path.replace("{login}", with).replace("{name}", with).replace("{customer}", with).replace("{dialog}", with)
}

/// What a role may use, by address. Whoever is not named may not.
fn may(role: &str, method: &Method, path: &str) -> bool {
    let document = path.starts_with("centre") && !path.ends_with("file");
    let of_customers =
        path.starts_with("customers") && !["restricted", "export", "erase"].iter().any(|end| path.ends_with(*end));
    let customers = path == "blocks" || of_customers;
    let statuses = path.ends_with("}/status") || path.ends_with("}/statuses");
    let supervisor = document || customers || statuses || path == "status" || path == "queues";
    match (role, path) {
        (_, "openapi.json" | "session") => true,
        ("administrator", _) => true,
        // Whoever keeps one centre does not keep the hub.
        ("administrator of another workspace", _) => path != "workspaces",
        ("auditor", "audit") => true,
        ("supervisor", _) => supervisor,
        ("team-lead" | "colleague", "queues" | "operators/{login}/statuses") => *method == Method::GET,
        ("colleague", path) => customers || path.ends_with("restricted"),
        _ => false,
    }
}

#[tokio::test]
async fn s_h5_every_address_is_open_to_those_of_the_table_and_to_nobody_else() {
    let desk = Desk::start().await;
    let mut people: Vec<(&str, Admin)> = vec![("administrator", desk.administrator().await)];
    let auditor = json!({ "value": { "names": { "ru": "Ревизор" }, "rights": { "see_audit": "all" } } });
    people[0].1.put("centre/parts/roles/auditor", auditor).await.good();
    for role in ["supervisor", "team-lead", "colleague", "operator", "auditor"] {
        desk.user(role, role).await;
        people.push((role, desk.admin(None, role, ADMIN_PASSWORD).await));
    }
    desk.user("robot", "operator").await;
    people[0].1.put("operators/robot/post", json!({ "post": { "is_bot": true } })).await.good();
    people.push(("bot", desk.admin(None, "robot", ADMIN_PASSWORD).await));
    let shop = json!({
        "short": "shop", "name": "Лавка", "login": "anna", "administrator": "Анна", "password": ADMIN_PASSWORD,
    });
    people[0].1.post("workspaces", shop).await.good();
    people.push(("administrator of another workspace", desk.admin(Some("shop"), "anna", ADMIN_PASSWORD).await));
    let stranger = desk.stranger();
    let mut cells = 0;
    for (method, path) in addresses(&desk).await {
        let address = filled(&path, "nothing");
        for (role, admin) in people.iter().filter(|_| !(path == "session" && method == Method::DELETE)) {
            let answer = admin.ask(method.clone(), &address, Some(json!({}))).await;
            let refused = matches!(answer.code(), "sign_in" | "forbidden");
            assert_eq!(!refused, may(role, &method, &path), "{role} {method} {path}: {answer:?}");
            cells += 1;
        }
        let answer = stranger.ask(method.clone(), &address, Some(json!({}))).await;
        let open = matches!((method.as_str(), path.as_str()), ("GET", "openapi.json") | ("POST", "session"));
        assert_eq!(answer.code() != "sign_in", open, "a stranger: {method} {path}");
        cells += 1;
    }
    assert!(cells > 250, "{cells}");
}

#[tokio::test]
async fn s_h5_a_token_of_a_customer_opens_nothing() {
    let desk = Desk::start().await;
    let maria = desk.customer().await;
    let mut thief = desk.stranger();
    thief.token = maria.shows.token.clone().unwrap();
    for (method, path) in addresses(&desk).await {
        let answer = thief.ask(method.clone(), &filled(&path, "x"), Some(json!({}))).await;
        let open = matches!((method.as_str(), path.as_str()), ("GET", "openapi.json") | ("POST", "session"));
        assert_eq!(answer.code() == "sign_in", !open, "{method} {path}");
    }
}

#[tokio::test]
async fn s_h13_nobody_lifts_himself_up_and_the_last_administrator_stays() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let helper = json!({ "value": { "names": { "ru": "Помощник" }, "rights": { "edit_operators": "all", "edit_settings": "all" } } });
    anna.put("centre/parts/roles/helper", helper).await.good();
    desk.user("oleg", "helper").await;
    let oleg = desk.admin(None, "oleg", ADMIN_PASSWORD).await;
    let up = json!({ "post": { "role": "administrator" } });
    assert_eq!(oleg.put("operators/oleg/post", up.clone()).await.code(), "beyond_yours");
    let accomplice = json!({ "login": "x", "name": "x", "post": { "role": "administrator" } });
    assert_eq!(oleg.post("operators", accomplice).await.code(), "beyond_yours");
    assert_eq!(
        oleg.post("operators/anna/password", json!({})).await.code(),
        "beyond_yours",
        "nor takes an account over"
    );
    assert_eq!(oleg.post("operators/anna/disable", json!({})).await.code(), "beyond_yours");
    let more = json!({ "value": { "names": { "ru": "Помощник" }, "rights": { "see_audit": "all" } } });
    assert_eq!(oleg.put("centre/parts/roles/helper", more).await.code(), "beyond_yours");
    let file = oleg.export().await;
    let lifted = file.replace("[centre.roles.helper.rights]", "[centre.roles.helper.rights]\nsee_audit = \"all\"");
    assert_ne!(file, lifted);
    assert_eq!(oleg.import("", &lifted).await.code(), "beyond_yours", "nor by a file");
    let swapped = file.replace("role = \"helper\"", "role = \"administrator\"");
    assert_eq!(oleg.import("", &swapped).await.code(), "beyond_yours");
    // Oleg can put everything right too, so Anna may go; then he may not.
    anna.post("operators/anna/disable", json!({})).await.good();
    for answer in [
        oleg.post("operators/oleg/disable", json!({})).await,
        oleg.delete("operators/oleg").await,
        oleg.put("operators/oleg/post", json!({ "post": { "role": "helper", "is_bot": true } })).await,
        oleg.import("", &oleg.export().await.replace("role = \"helper\"", "role = \"no-one\"")).await,
    ] {
        assert!(matches!(answer.code(), "last_administrator" | "problems"), "{answer:?}");
    }
    let less = json!({ "value": { "names": { "ru": "Помощник" }, "rights": { "edit_operators": "all" } } });
    assert_eq!(oleg.put("centre/parts/roles/helper", less).await.code(), "last_administrator");
    assert_eq!(oleg.get("session").await["login"], "oleg", "he is still who he was");
}

#[tokio::test]
async fn s_h13_another_site_can_neither_ask_nor_read() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let from_a_page = http()
        .post(desk.http("/api/v1/admin/operators/anna/disable"))
        .header("origin", "https://evil.example.org")
        .header("cookie", format!("token={}", anna.token))
        .header("content-type", "text/plain")
        .send()
        .await
        .unwrap();
    assert_eq!(from_a_page.status(), 401, "nothing is taken from cookies");
    let asked = http()
        .request(Method::OPTIONS, desk.http("/api/v1/admin/centre"))
        .header("origin", "https://evil.example.org")
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "authorization")
        .send()
        .await
        .unwrap();
    assert!(!asked.headers().keys().any(|name| name.as_str().starts_with("access-control")));
}

#[tokio::test]
async fn s_h13_weak_passwords_are_refused() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let add = |login: &str, role: &str, password: &str| json!({ "login": login, "name": login, "password": password, "post": { "role": role } });
    for (login, role, password, code) in [
        ("a", "operator", "eleven char", "weak_password"),
        ("b", "administrator", "fourteen chars", "weak_password"),
        ("c", "administrator", "fifteen chars..", ""),
        ("d", "operator", "twelve chars", ""),
    ] {
        assert_eq!(anna.post("operators", add(login, role, password)).await.code(), code, "{login}");
    }
}

#[tokio::test]
async fn s_h14_every_refusal_has_a_code_words_and_a_name_and_nothing_of_the_insides() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let mut answers = Vec::new();
    for (method, path) in addresses(&desk).await {
        for body in [json!({}), json!([]), json!({ "version": -1 }), json!("x".repeat(100))] {
            let ends_the_session = path == "session" && method == Method::DELETE;
            if !ends_the_session {
                answers.push(anna.ask(method.clone(), &filled(&path, "'; DROP TABLE operator; --"), Some(body)).await);
            }
        }
        answers.push(anna.ask(Method::PATCH, &filled(&path, "x"), None).await);
    }
    answers.push(anna.ask(Method::GET, "centre/versions/x", None).await);
    answers.push(anna.ask(Method::GET, "audit?limit=many", None).await);
    answers.push(anna.ask(Method::GET, "no/such/address", None).await);
    answers.push(anna.ask(Method::GET, "../../../etc/passwd", None).await);
    answers.push(anna.import("", &"x".repeat(5 * 1024 * 1024)).await);
    answers.push(anna.import("?dry_run=perhaps", "form = 1").await);
    let mut refused = 0;
    for answer in answers.into_iter().filter(|answer| answer.status >= 400) {
        refused += 1;
        let Value::Object(fault) = &answer.body else { panic!("no words: {answer:?}") };
        assert!(fault["ru"].as_str().unwrap().ends_with('.') && fault["en"].as_str().unwrap().ends_with('.'));
        let text = answer.body.to_string();
        for inside in ["sqlite", "SQL", "panicked", ".rs:", "/src/", "hub.sqlite", "stack", "rusqlite"] {
            assert!(!text.contains(inside), "{inside} in {text}");
        }
    }
    assert!(refused > 100, "{refused}");
    assert_eq!(anna.get("operators").await.as_array().unwrap().len(), 1, "and nothing happened");
}

#[tokio::test]
async fn s_h9_hostile_words_are_words_in_every_field() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let hostile = [
        "'; DROP TABLE operator; --",
        "=cmd|' /C calc'!A0",
        "{{7*7}}",
        "a\r\nSet-Cookie: x=1",
        "../../etc/passwd",
        "<script>",
    ];
    for (number, words) in hostile.iter().enumerate() {
        let value = json!({ "value": { "names": { "ru": words } }, "note": words });
        let answer = anna.put(&format!("centre/parts/teams/t{number}"), value).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let kept = anna.get("centre/parts/teams").await["entries"][format!("t{number}")]["names"]["ru"].clone();
        assert_eq!(kept, *words);
        let login = json!({ "login": words, "name": words });
        let answer = anna.post("operators", login).await;
        assert!(answer.status == 200 || answer.code() == "malformed", "{answer:?}");
    }
    let file = anna.export().await;
    assert_eq!(anna.import("", &file).await.good()["changes"], json!([]), "the file carries them unharmed");
}

#[tokio::test]
async fn s_h4_the_door_of_the_workplace_opens_to_programs_and_to_its_own_page() {
    let desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    let host = desk.ws("/").trim_start_matches("ws://").trim_end_matches('/').to_owned();
    let evil = format!("http://{host}.evil.example.org");
    for (origin, let_in) in [
        (None, true),
        (Some(format!("http://{host}")), true),
        (Some("https://evil.example.org".to_owned()), false),
        (Some("null".to_owned()), false),
        (Some(evil), false),
    ] {
        let mut request = desk.ws("/api/v1/operator").into_client_request().unwrap();
        if let Some(origin) = &origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        let connected = tokio_tungstenite::connect_async(request).await;
        assert_eq!(connected.is_ok(), let_in, "{origin:?}");
    }
    // A token in the address is no token: it would stand in logs.
    let mut socket = Socket::connect(&desk.ws(&format!("/api/v1/operator?token={token}"))).await;
    socket.send_raw(Message::text(r#"{"t":"command"}"#)).await;
    assert_eq!(socket.close_code().await, Some(1002));
    for (message, code) in [
        (Message::text("x".repeat(2 * 1024 * 1024)), 1009),
        (Message::binary(vec![1, 2, 3]), 1003),
        (Message::text("{".repeat(100_000)), 1002),
    ] {
        let mut socket = Socket::connect(&desk.ws("/api/v1/operator")).await;
        socket.send_raw(message).await;
        let closed = socket.close_code().await;
        assert!(
            closed.is_none_or(|closed| closed == code || closed == 1007 || closed == 1002),
            "{closed:?} for {code}"
        );
    }
}
