//! S-H14 over every surface: whatever is refused is refused with a stable code, words in both languages and the name of
//! the request, and tells nothing of the hub's insides.

use crate::kit::{CustomerPage, Desk, Exchanger, PASSWORD, http, set_centre, within};
use otklik_model::FileId;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What a refusal may never say, in any letter case.
const INSIDES: [&str; 14] = [
    "sql",
    "panick",
    ".rs",
    "/src/",
    "/tmp/",
    "/home/",
    "hub-data",
    "stack",
    "backtrace",
    "thread '",
    "constraint",
    "axum",
    "hyper",
    "os error",
];

/// A refusal with everything that belongs to one. Returns its code.
async fn check(what: &str, answer: Response) -> Option<(u16, String)> {
    let status = answer.status();
    let name = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert!(uuid::Uuid::parse_str(&name).is_ok(), "{what}: {name}");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{what}");
    if !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    assert_eq!(answer.headers()["content-type"], "application/json", "{what}");
    let text = answer.text().await.unwrap();
    let told: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{what}: {error}: {text}"));
    let code = told["code"].as_str().unwrap_or_else(|| panic!("{what}: no code: {text}"));
    assert!(code.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{what}: {code}");
    assert_eq!(told["request"], name, "{what}");
    let (ru, en) = (told["ru"].as_str().unwrap(), told["en"].as_str().unwrap());
    assert!(ru.ends_with('.') && ru.chars().any(|c| ('а'..='я').contains(&c)), "{what}: {ru}");
    assert!(en.ends_with('.') && en.is_ascii(), "{what}: {en}");
    let said = text.to_lowercase();
    for inside in INSIDES {
        assert!(!said.contains(inside), "{what}: {inside} in {text}");
    }
    Some((status.as_u16(), code.to_owned()))
}

/// A hub with an operator, and a customer who wrote.
struct House {
    desk: Desk,
    token: String,
    page: CustomerPage,
}

impl House {
    async fn open() -> Self {
        let desk = Desk::start_prepared(
            |config| config.limits.account_tries = 3,
            async |config| {
                set_centre(config, |centre| {
                    (centre.files.most_bytes, centre.files.media) = (10_000, vec!["image/png".to_owned()]);
                })
                .await;
            },
        )
        .await;
        let token = desk.operator("ira", "Ира", None).await;
        let mut page = desk.customer().await;
        page.write("Где мой заказ?").await;
        Self { desk, token, page }
    }

    fn ask(&self, method: &str, path: &str) -> RequestBuilder {
        http().request(method.parse::<Method>().unwrap(), self.desk.http(path))
    }

    /// Requests that nobody should send, to every kind of address but the administration's, which has a test of its own.
    fn requests(&self) -> Vec<(String, RequestBuilder)> {
        let mut all = Vec::new();
        let mut add = |what: String, request: RequestBuilder| all.push((what, request));
        let paths = [
            "/",
            "/w/none/",
            "/w/%2e%2e/",
            "/widget.js",
            "/w/none/widget.js",
            "/widget/demo.js",
            "/api/v1/hub",
            "/api/v1/login",
            "/api/v1/logout",
            "/api/v1/operator",
            "/widget/v1/socket",
            "/w/none/widget/v1/socket",
            "/widget/v1/exchange",
            "/w/none/widget/v1/exchange",
            "/api/v1/files",
            "/api/v1/files/x/link",
            "/widget/v1/files",
            "/w/none/widget/v1/files",
            "/files/x",
            "/files/x/thumbnail",
            "/w/none/files/x",
            "/no/such/address",
            "/etc/passwd",
            "/api/v1/files/%00/link",
            "/files/..%2f..%2fetc%2fpasswd",
        ];
        for path in paths {
            for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
                add(format!("{method} {path}"), self.ask(method, path));
                let odd = self.ask(method, path).bearer_auth("' OR 1=1 --").header("content-type", "text/plain");
                add(format!("{method} {path} with nonsense"), odd.body("\u{0}{\"a\":"));
            }
        }
        for body in ["", "{", "[]", "7", r#"{"login":7,"password":"x"}"#, r#"{"frames":7}"#, r#"{"frames":[]}"#] {
            for path in ["/api/v1/login", "/widget/v1/exchange"] {
                add(format!("{path}: {body}"), self.ask("POST", path).body(body));
            }
        }
        add("a huge login".into(), self.ask("POST", "/api/v1/login").body("x".repeat(20_000)));
        add("a huge exchange".into(), self.ask("POST", "/widget/v1/exchange").body("x".repeat(300_000)));
        let upgrade = |path: &str| {
            let request = self.ask("GET", path).header("connection", "upgrade").header("upgrade", "websocket");
            request.header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        };
        let foreign = upgrade("/api/v1/operator").header("sec-websocket-version", "13");
        add("another site".into(), foreign.header("origin", "https://evil.example.org"));
        for path in ["/api/v1/operator", "/widget/v1/socket"] {
            add(format!("{path}: an old socket"), upgrade(path).header("sec-websocket-version", "8"));
        }
        self.add_files(&mut add);
        all
    }

    fn add_files(&self, add: &mut impl FnMut(String, RequestBuilder)) {
        let customer = self.page.shows.token.clone().unwrap();
        let unknown = FileId(uuid::Uuid::now_v7());
        for (path, token) in [("/api/v1/files", &self.token), ("/widget/v1/files", &customer)] {
            let upload = || self.ask("POST", &format!("{path}?name=x.png")).bearer_auth(token);
            add(format!("{path}: nothing"), upload().body(""));
            add(format!("{path}: another kind"), upload().body("%PDF-1.7"));
            add(format!("{path}: too large"), upload().body("x".repeat(30_000)));
            add(format!("{path}: a little too large"), upload().body("x".repeat(10_001)));
            let other = if *token == customer { &self.token } else { &customer };
            add(format!("{path}: the other's token"), self.ask("POST", path).bearer_auth(other).body("x"));
        }
        let link = |id: String| self.ask("POST", &format!("/api/v1/files/{id}/link")).bearer_auth(&self.token);
        add("a link to nothing".into(), link(unknown.to_string()));
        add("a link to no id".into(), link("x".into()));
        for query in ["", "?until=x&sign=y", "?until=9999999999999&sign=AAAA", "?until=-1&sign="] {
            for part in ["", "/thumbnail"] {
                add(format!("{part}{query}"), self.ask("GET", &format!("/files/{unknown}{part}{query}")));
            }
        }
    }
}

#[tokio::test]
async fn s_h14_whatever_is_refused_anywhere_has_a_code_words_and_a_name() {
    let house = House::open().await;
    let (mut refused, mut codes) = (0, BTreeSet::new());
    for (what, request) in house.requests() {
        let answer = within(&what, request.send()).await.unwrap();
        if let Some((status, code)) = check(&what, answer).await {
            refused += 1;
            codes.insert((status, code));
        }
    }
    // Guessing until one has to wait.
    for _ in 0..4 {
        let body = json!({ "login": "ira", "password": "guess guess guess" });
        let answer = house.ask("POST", "/api/v1/login").json(&body).send().await.unwrap();
        codes.insert(check("a guess", answer).await.unwrap());
    }
    let has = |status: u16, code: &str| codes.contains(&(status, code.to_owned()));
    for (status, code) in [
        (400, "malformed"),
        (400, "empty"),
        (401, "sign_in"),
        (401, "wrong_password"),
        (403, "forbidden"),
        (404, "not_found"),
        (405, "wrong_method"),
        (413, "too_large"),
        (415, "media"),
        (429, "too_many_tries"),
    ] {
        assert!(has(status, code), "{status} {code} was not met: {codes:?}");
    }
    assert!(refused > 200, "{refused}");
}

#[tokio::test]
async fn s_h14_a_hub_that_cannot_answer_says_so_and_not_why() {
    let house = House::open().await;
    let database = crate::kit::Direct::open(&house.desk.config).await;
    for table in ["session", "operator", "file", "workspace"] {
        database.run(&database.dropping(table)).await;
    }
    let login = json!({ "login": "ira", "password": PASSWORD });
    let unknown = FileId(uuid::Uuid::now_v7());
    let mut failed = 0;
    for (what, request) in [
        ("sign-in", house.ask("POST", "/api/v1/login").json(&login)),
        ("administration", house.ask("GET", "/api/v1/admin/operators").bearer_auth(&house.token)),
        ("upload", house.ask("POST", "/api/v1/files").bearer_auth(&house.token).body("x")),
        ("link", house.ask("POST", &format!("/api/v1/files/{unknown}/link")).bearer_auth(&house.token)),
        ("another workspace", house.ask("GET", "/w/other/")),
    ] {
        let answer = within(what, request.send()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{what}");
        let (_, code) = check(what, answer).await.unwrap();
        assert_eq!(code, "unavailable", "{what}");
        failed += 1;
    }
    assert_eq!(failed, 5);
    // What a page is told over its exchange has no words of the database either.
    let mut page = Exchanger::new(house.desk.http("/widget/v1/exchange"));
    page.hello().await;
    let told = format!("{:?}", page.shows).to_lowercase();
    assert!(INSIDES.iter().all(|inside| !told.contains(inside)), "{told}");
}
