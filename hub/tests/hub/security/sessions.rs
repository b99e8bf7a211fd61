//! S-H2, S-H3, S-H4 and S-H9: guessing, tokens, the sockets' doors, words that become something else.

use crate::kit::{ADMIN_PASSWORD, Desk, Direct, PASSWORD, Socket, http, within};
use futures_util::{SinkExt as _, StreamExt as _};
use otklik_hub::HubConfig;
use otklik_wire::{VersionRange, encode, operator::ByeCode, operator::ClientFrame, operator::Hello};
use reqwest::Method;
use serde_json::json;
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio_tungstenite::tungstenite::{
    Message,
    client::IntoClientRequest as _,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

/// Far more than a message may have, in bytes.
const MUCH: usize = 64 * 1024 * 1024;

/// A sign-in from this address of the network.
async fn guess(client: &reqwest::Client, desk: &Desk, from: &str, login: &str, password: &str) -> u16 {
    let body = json!({ "login": login, "password": password });
    let request = client.post(desk.http("/api/v1/login")).header("x-forwarded-for", from).json(&body);
    within("a sign-in", request.send()).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn s_h2_thousands_of_guesses_of_one_account_are_ten_and_its_owner_comes_in_later() {
    let (desk, hands) = Desk::ruled_with(|config| config.behind_proxy = true, |_| {}).await;
    desk.operator("ira", "Ира", None).await;
    let client = http();
    let (mut checked, mut put_off) = (0, 0);
    for number in 0..2_000 {
        let from = format!("198.51.{}.{}", number / 250, number % 250);
        match guess(&client, &desk, &from, "ira", "guess guess guess").await {
            401 => checked += 1,
            429 => put_off += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((checked, put_off), (10, 1_990), "from however many addresses");
    let counts = client.get(desk.http("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(counts.contains("otklik_hub_failed_logins_total 10\n"), "{counts}");
    assert!(counts.contains("otklik_hub_logins_put_off_total 1990\n"), "what an alarm goes by: {counts}");
    assert_eq!(guess(&client, &desk, "192.0.2.1", "ira", PASSWORD).await, 429, "the right one as well, for now");
    hands.forward(Duration::from_secs(31));
    assert_eq!(guess(&client, &desk, "192.0.2.1", "ira", PASSWORD).await, 200, "nobody is locked out for ever");
    assert_eq!(guess(&client, &desk, "192.0.2.1", "ira", "guess guess guess").await, 401, "and all is forgiven");
}

#[tokio::test]
async fn s_h2_one_guess_at_each_of_many_accounts_is_a_matter_of_the_address() {
    let desk = Desk::start_with(|config| {
        config.behind_proxy = true;
        config.limits.address_tries = 20;
    })
    .await;
    desk.operator("ira", "Ира", None).await;
    let client = http();
    let mut checked = 0;
    for number in 0..500 {
        let status = guess(&client, &desk, "198.51.100.7", &format!("somebody{number}"), "password of many").await;
        checked += usize::from(status == 401);
        assert!(matches!(status, 401 | 429));
    }
    assert_eq!(checked, 20);
    assert_eq!(guess(&client, &desk, "198.51.100.7", "ira", PASSWORD).await, 429);
    assert_eq!(guess(&client, &desk, "198.51.100.8", "ira", PASSWORD).await, 200, "elsewhere nothing of it is felt");
    let network = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"];
    for (number, from) in network.iter().cycle().take(20).enumerate() {
        guess(&client, &desk, from, &format!("other{number}"), "password of many").await;
    }
    assert_eq!(guess(&client, &desk, "2001:db8:1:2:3::4", "ira", PASSWORD).await, 429, "one network of a provider");
    assert_eq!(guess(&client, &desk, "2001:db8:1:3::1", "ira", PASSWORD).await, 200);
}

/// What the hub has computed to check passwords.
async fn computed(desk: &Desk) -> u64 {
    let text = http().get(desk.http("/metrics")).send().await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("otklik_hub_password_checks_total ")).unwrap();
    line.parse().unwrap()
}

fn without_limits(config: &mut HubConfig) {
    (config.limits.account_tries, config.limits.address_tries) = (u32::MAX, u32::MAX);
}

#[tokio::test]
async fn s_h2_a_login_that_is_not_there_costs_the_same_work_and_gets_the_same_answer() {
    let desk = Desk::start_with(without_limits).await;
    desk.operator("ira", "Ира", None).await;
    desk.operator("oleg", "Олег", None).await;
    desk.users().await.disable("oleg").await.unwrap();
    desk.hub().local_operator_token("Оператор").await.unwrap();
    let client = http();
    let mut answers = Vec::new();
    for (workspace, login) in [
        (None, "ira"),
        (None, "nobody"),
        (None, "oleg"),
        (None, "local"),
        (None, ""),
        (Some("main"), "ira"),
        (Some("shop"), "ira"),
        (Some("shop"), "nobody"),
    ] {
        let before = computed(&desk).await;
        let body = json!({ "workspace": workspace, "login": login, "password": "guess guess guess" });
        let answer = client.post(desk.http("/api/v1/login")).json(&body).send().await.unwrap();
        let status = answer.status();
        let mut said = answer.json::<serde_json::Value>().await.unwrap();
        // The name of the request is its own.
        said.as_object_mut().unwrap().remove("request");
        assert_eq!(computed(&desk).await - before, 1, "{workspace:?} {login:?}: one hash, whoever it is");
        answers.push((status, said));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    // The right password is the same work too: what it costs beside that comes after the secret is known.
    let before = computed(&desk).await;
    assert_eq!(guess(&client, &desk, "192.0.2.1", "ira", PASSWORD).await, 200);
    assert_eq!(computed(&desk).await - before, 1);
}

/// The bytes of everything that the hub keeps.
async fn everything_kept(desk: &Desk) -> Vec<u8> {
    match Direct::open(&desk.config).await {
        Direct::Sqlite(_) => {
            let files = std::fs::read_dir(&desk.config.data).unwrap().map(|entry| entry.unwrap().path());
            files.filter(|path| path.is_file()).flat_map(|path| std::fs::read(path).unwrap()).collect()
        }
        Direct::Postgres(client) => {
            let mut all = String::new();
            for table in ["session", "customer", "operator", "audit"] {
                let rows = client.query(&format!("SELECT row_to_json({table})::text FROM {table}"), &[]).await.unwrap();
                rows.iter().for_each(|row| all.push_str(row.get::<_, &str>(0)));
            }
            all.into_bytes()
        }
    }
}

#[tokio::test]
async fn s_h3_a_token_is_long_new_each_time_and_nowhere_but_with_its_owner() {
    let desk = Desk::start().await;
    let first = desk.operator("ira", "Ира", None).await;
    let anna = desk.administrator().await;
    let mut maria = desk.customer().await;
    maria.write("Здравствуйте").await;
    // Whoever brings one of his own choice does not get it.
    let body = json!({ "login": "ira", "password": PASSWORD, "token": first, "session": "fixed" });
    let answer = http().post(desk.http("/api/v1/login")).bearer_auth(&first).json(&body).send().await.unwrap();
    let second = answer.json::<serde_json::Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let kept = everything_kept(&desk).await;
    for token in [&first, &second, &anna.token, maria.shows.token.as_ref().unwrap()] {
        assert_eq!(token.len(), 43, "256 bits");
        assert!(!kept.windows(token.len()).any(|bytes| bytes == token.as_bytes()), "it is kept as a hash only");
    }
    assert!(!kept.windows(PASSWORD.len()).any(|bytes| bytes == PASSWORD.as_bytes()));
}

#[tokio::test]
async fn s_h3_a_revoked_session_loses_its_sockets_and_files_within_a_second() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let token = desk.operator("ira", "Ира", None).await;
    for how in ["sign out", "password", "disable"] {
        let token = if how == "sign out" { token.clone() } else { desk.sign_in("ira").await };
        let (mut here, mut there) = (desk.workplace(&token).await, desk.workplace(&token).await);
        let file = desk.upload(&token, "x.txt", b"x").await;
        let began = Instant::now();
        match how {
            "sign out" => {
                let request = http().post(desk.http("/api/v1/logout")).bearer_auth(&token);
                assert_eq!(request.send().await.unwrap().status(), 204);
            }
            "password" => {
                anna.post("operators/ira/password", json!({ "password": PASSWORD })).await.good();
            }
            _ => assert_eq!(anna.post("operators/ira/disable", json!({})).await.status, 204),
        }
        for socket in [&mut here, &mut there] {
            assert_eq!(socket.goodbye().await, (ByeCode::SignIn, None, Some(4401)), "{how}");
        }
        assert!(began.elapsed() < Duration::from_secs(1), "{how}: {:?}", began.elapsed());
        assert_eq!(desk.connect(&token, None).await.err(), Some(ByeCode::SignIn), "{how}");
        assert_eq!(desk.link(&token, file.id).await.err().map(|status| status.as_u16()), Some(401), "{how}");
        let upload = http().post(desk.http("/api/v1/files?name=x")).bearer_auth(&token).body("x").send().await.unwrap();
        assert_eq!(upload.status(), 401, "{how}");
    }
}

#[tokio::test]
async fn s_h3_an_administrators_session_ends_by_itself_and_with_its_owner() {
    let (desk, hands) = Desk::ruled(|_| {}).await;
    let anna = desk.administrator().await;
    for _ in 0..24 {
        hands.forward(Duration::from_secs(30 * 60 - 3));
        assert_eq!(anna.get("session").await["login"], "anna");
    }
    hands.forward(Duration::from_secs(120));
    assert_eq!(anna.ask(Method::GET, "session", None).await.code(), "sign_in", "after twelve hours");
    let (first, second) =
        (desk.admin(None, "anna", ADMIN_PASSWORD).await, desk.admin(None, "anna", ADMIN_PASSWORD).await);
    first.post("operators/anna/password", json!({ "password": ADMIN_PASSWORD })).await.good();
    assert_eq!(second.ask(Method::GET, "session", None).await.code(), "sign_in", "another password ends them all");
}

fn hello(token: &str) -> Message {
    let hello = Hello {
        protocol: VersionRange::OURS,
        token: token.into(),
        client: String::new(),
        resume: None,
        handbook: None,
        renews: false,
    };
    Message::text(encode(&ClientFrame::Hello(hello)))
}

fn piece(bytes: &[u8], kind: Data, last: bool) -> Message {
    Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(kind), last))
}

#[tokio::test]
async fn s_h4_bytes_that_are_no_text_and_messages_without_end_close_the_door() {
    let desk = Desk::start_with(|config| config.timing.hello = Duration::from_millis(500)).await;
    let token = desk.operator("ira", "Ира", None).await;
    for path in ["/api/v1/operator", "/widget/v1/socket"] {
        let mut socket = Socket::connect(&desk.ws(path)).await;
        socket.send_raw(piece(&[b'{', 0xff, 0xfe], Data::Text, true)).await;
        assert_eq!(socket.close_code().await, Some(1007), "{path}: no UTF-8");

        // A first frame in pieces that never ends is no first frame in time.
        let mut socket = Socket::connect(&desk.ws(path)).await;
        socket.send_raw(piece(b"{\"t\":", Data::Text, false)).await;
        let ended = within("the end", socket.close_code()).await;
        assert!(matches!(ended, Some(1002) | None), "{path}: {ended:?}");
    }
    // Let in, he sends pieces until he is cut off.
    let mut socket = Socket::connect(&desk.ws("/api/v1/operator")).await;
    socket.send_raw(hello(&token)).await;
    let mut sent = 0_usize;
    socket.send_raw(piece(b"\"", Data::Text, false)).await;
    let (mut sink, mut stream) = socket.0.split();
    let cut_off = within("the cut", async {
        loop {
            let more = piece(&vec![b'x'; 64 * 1024], Data::Continue, false);
            tokio::select! {
                heard = stream.next() => match heard {
                    Some(Ok(Message::Close(frame))) => break frame.map(|frame| u16::from(frame.code)),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => break None,
                },
                done = sink.send(more), if sent < MUCH => match done {
                    Ok(()) => sent += 64 * 1024,
                    Err(_) => break None,
                },
            }
        }
    });
    assert!(matches!(cut_off.await, Some(1009) | None));
    assert!(sent < MUCH, "{sent}");
}

#[tokio::test]
async fn s_h4_nothing_is_unpacked_for_a_peer() {
    let desk = Desk::start().await;
    for path in ["/api/v1/operator", "/widget/v1/socket"] {
        let mut request = desk.ws(path).into_client_request().unwrap();
        let offer = "permessage-deflate; client_max_window_bits".parse().unwrap();
        request.headers_mut().insert("sec-websocket-extensions", offer);
        let (_, answer) = tokio_tungstenite::connect_async(request).await.unwrap();
        assert!(!answer.headers().contains_key("sec-websocket-extensions"), "{path}: there are no bombs to unpack");
    }
}

#[test]
fn s_h4_every_close_code_is_in_the_protocol() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol.md")).unwrap();
    for code in ["1002", "1003", "1009", "1012", "1013", "4401", "4426"] {
        assert!(page.contains(code), "{code}");
    }
}

#[tokio::test]
async fn s_h9_what_is_given_out_is_given_out_as_what_it_is() {
    let desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    for name in
        ["a\r\nset-cookie: x=1.txt", "\"; filename=evil.html; x=\".txt", "=cmd|' /C calc'!A0.csv", "../../../x.html"]
    {
        let file = desk.upload(&token, name, b"<script>alert(1)</script>").await;
        let link = desk.link(&token, file.id).await.unwrap();
        let answer = desk.fetch(&link.address).await;
        let headers = answer.headers();
        assert!(!headers.contains_key("set-cookie"), "{name:?}");
        let said = headers["content-disposition"].to_str().unwrap();
        assert!(said.starts_with("attachment; filename=\"") && !said.contains("evil.html\""), "{said}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(!headers["content-type"].to_str().unwrap().contains("html"), "{name:?}");
    }
    // Words in an address become no header either.
    let answer = http().get(desk.http("/w/a%0d%0aset-cookie:%20x=1/")).send().await.unwrap();
    assert!(!answer.headers().contains_key("set-cookie"));
}

/// A table that a spreadsheet opens needs its cells guarded against formulas. There is none yet.
#[test]
fn s_h9_nothing_is_exported_as_a_table() {
    fn look(folder: &Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let table = text.contains("text/csv") || text.contains("csv::") || text.contains("text/tab-separated");
                assert!(
                    !table,
                    "{}: begin every cell that starts with = + - @ or a tab with an apostrophe",
                    path.display()
                );
            }
        }
    }
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
}
