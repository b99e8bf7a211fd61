//! Frames that make no sense end in a clear word and a clean end, for this peer alone.

use crate::kit::{CustomerPage, Desk, Socket, client_id};
use otklik_model::{DialogId, Op, Outcome, Refusal};
use otklik_wire::{
    MAX_FRAME_BYTES, VersionRange,
    customer::{CustomerFrame, CustomerHello, HubCustomerFrame},
    encode,
    operator::{ByeCode, ClientFrame, Hello, HubFrame},
};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

async fn refused_as(desk: &Desk, path: &str, messages: Vec<Message>) -> (String, Option<u16>) {
    let mut socket = Socket::connect(&desk.ws(path)).await;
    for message in messages {
        socket.send_raw(message).await;
    }
    let mut last = String::new();
    let mut code = None;
    while let Some(message) = crate::kit::within("the end", futures_util::StreamExt::next(&mut socket.0)).await {
        match message {
            Ok(Message::Text(text)) => last = text.to_string(),
            Ok(Message::Close(frame)) => code = frame.map(|frame| u16::from(frame.code)),
            Ok(_) => {}
            Err(_) => break,
        }
    }
    (last, code)
}

fn bye(code: &str) -> String {
    format!(r#"{{"t":"bye","code":"{code}","retry_after_ms":null}}"#)
}

fn hello_with(token: &str, protocol: VersionRange) -> Message {
    let hello =
        Hello { protocol, token: token.into(), client: String::new(), resume: None, handbook: None, renews: false };
    Message::text(encode(&ClientFrame::Hello(hello)))
}

#[tokio::test]
async fn a_workplace_that_speaks_nonsense() {
    let desk = Desk::start_with(|config| config.timing.hello = Duration::from_millis(300)).await;
    let token = desk.operator("ira", "Ира", None).await;
    let hello = || hello_with(&token, VersionRange::OURS);
    let text = |text: &str| Message::text(text.to_owned());
    let large = Message::text(format!(r#"{{"t":"beat","x":"{}"}}"#, "x".repeat(MAX_FRAME_BYTES)));
    for (name, messages, word, code) in [
        ("no hello in time", vec![], "protocol", 1002),
        ("something else first", vec![text(r#"{"t":"beat"}"#)], "protocol", 1002),
        ("no frame", vec![text("hello")], "protocol", 1002),
        ("a list", vec![text("[]")], "protocol", 1002),
        ("hello twice", vec![hello(), hello()], "protocol", 1002),
        ("half a command", vec![hello(), text(r#"{"t":"command","id":"x"}"#)], "protocol", 1002),
        ("binary", vec![hello(), Message::binary(vec![1, 2, 3])], "protocol", 1003),
        ("too large", vec![hello(), large.clone()], "protocol", 1009),
        ("too large a hello", vec![large], "protocol", 1009),
        ("an old one", vec![hello_with(&token, VersionRange { min: 0, max: 0 })], "client_too_old", 4426),
        ("a new one", vec![hello_with(&token, VersionRange { min: 2, max: 9 })], "client_too_new", 4426),
        ("a wrong token", vec![hello_with("nonsense", VersionRange::OURS)], "sign_in", 4401),
    ] {
        let (last, close) = refused_as(&desk, "/api/v1/operator", messages).await;
        assert_eq!((last, close), (bye(word), Some(code)), "{name}");
    }
    // A peer that speaks more than we do is welcome, and what it says beyond that is ignored.
    let mut socket = Socket::connect(&desk.ws("/api/v1/operator")).await;
    socket.send_raw(hello_with(&token, VersionRange { min: 1, max: 9 })).await;
    socket.send_raw(text(r#"{"t":"fireworks","n":1}"#)).await;
    socket.send_raw(text(r#"{"t":"beat"}"#)).await;
    let mut frames = Vec::new();
    while !matches!(frames.last(), Some(HubFrame::Beat { .. })) {
        frames.push(socket.next::<HubFrame>().await.unwrap());
    }
    assert!(matches!(&frames[0], HubFrame::Welcome(welcome) if welcome.protocol == 1));
}

#[tokio::test]
async fn a_page_that_speaks_nonsense() {
    let desk = Desk::start_with(|config| config.timing.hello = Duration::from_millis(300)).await;
    let hello_of = |protocol| {
        let hello = CustomerHello {
            protocol,
            token: None,
            after: None,
            language: None,
            zone: None,
            page: None,
            department: None,
            departments: false,
        };
        Message::text(encode(&CustomerFrame::Hello(hello)))
    };
    let text = |text: &str| Message::text(text.to_owned());
    for (name, messages, code) in [
        ("no hello in time", vec![], 1002),
        ("something else first", vec![text(r#"{"t":"beat"}"#)], 1002),
        ("another version", vec![hello_of(2)], 1002),
        ("no frame", vec![hello_of(1), text("}{")], 1002),
        ("hello twice", vec![hello_of(1), hello_of(1)], 1002),
        ("binary", vec![hello_of(1), Message::binary(vec![0])], 1003),
        ("too large", vec![hello_of(1), text(&"x".repeat(MAX_FRAME_BYTES + 1))], 1009),
    ] {
        let (last, close) = refused_as(&desk, "/widget/v1/socket", messages).await;
        assert_eq!((last, close), (bye("protocol"), Some(code)), "{name}");
    }
}

#[tokio::test]
async fn a_flood_of_frames_ends_the_connection_and_a_flood_of_messages_has_to_wait() {
    let desk = Desk::start_with(|config| {
        config.limits.operator_frames.burst = 50;
        config.limits.operator_frames.per_second = 1.0;
        config.limits.customer_messages.burst = 3;
        config.limits.customer_messages.per_second = 4.0;
    })
    .await;
    let token = desk.operator("ira", "Ира", None).await;
    let mut ira = desk.workplace(&token).await;
    for _ in 0..60 {
        ira.socket.send(&ClientFrame::Beat).await;
    }
    assert_eq!(ira.goodbye().await, (ByeCode::Protocol, None, Some(1002)));
    let mut maria = desk.customer().await;
    let mut refused = 0;
    for number in 0..10 {
        let id = client_id();
        // The same message with the same id, until it is taken.
        while let (None, Some(code)) = maria.write_as(id, &format!("{number}")).await {
            assert_eq!(code, "too_fast");
            refused += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    assert!(refused > 0);
    maria.until("all", |page| page.messages.len() == 10).await;
    let texts: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    assert_eq!(maria.shows.texts(), texts);
}

#[tokio::test]
async fn texts_at_the_edges() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    for (text, code) in [("", "empty"), (" \n ", "empty"), ("\u{200b}", "empty"), ("\0", "empty")] {
        assert_eq!(maria.write(text).await, (None, Some(code.to_owned())));
    }
    assert_eq!(maria.write(&"я".repeat(32_001)).await.1.as_deref(), Some("too_long"));
    assert_eq!(maria.shows.dialog, None, "refused words make no dialog");
    let longest = "🙂".repeat(32_000);
    assert_eq!(maria.write(&longest).await, (Some(1), None));
    let hostile = "<script>alert(1)</script>\u{202e}dlrow\u{301}\u{301}' OR 1=1 -- {{7*7}}";
    assert_eq!(maria.write(hostile).await, (Some(2), None));
    let dialog = ira.only_dialog().await;
    ira.until("both", |ira| ira.messages.len() == 2).await;
    assert_eq!(ira.texts(dialog), [longest.as_str(), hostile]);
    ira.accept(dialog).await;
    let epoch = ira.row(dialog).epoch;
    let over = ira.command(Op::SendText { dialog, epoch, text: "x".repeat(32_001), quote: None }).await;
    assert_eq!(over, Outcome::Refused { reason: Refusal::TooLong { max: 32_000 } });
    let unknown = ira.command(Op::Accept { dialog: DialogId(Uuid::now_v7()), epoch: 0 }).await;
    assert_eq!(unknown, Outcome::Refused { reason: Refusal::NotFound });
}

#[tokio::test]
async fn an_operation_of_a_newer_workplace_is_refused_for_good() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let id = client_id();
    ira.socket.send_raw(Message::text(format!(r#"{{"t":"command","id":"{}","op":"sing"}}"#, id.0))).await;
    ira.until("an answer", |ira| ira.results.contains_key(&id)).await;
    assert_eq!(ira.results[&id], Outcome::Refused { reason: Refusal::Unsupported });
    ira.socket.send_raw(Message::text(r#"{"t":"fetch","req":9,"what":"weather"}"#)).await;
    while ira.next().await != (HubFrame::FetchFailed { req: 9, retry: false }) {}
}

#[tokio::test]
async fn a_forged_token_of_a_customer_is_answered_with_a_new_one() {
    let desk = Desk::start().await;
    let mut maria = desk.customer().await;
    maria.write("mine").await;
    let forged = Some("A".repeat(43));
    let other = CustomerPage::connect(&desk.ws("/widget/v1/socket"), forged.clone(), None).await;
    assert!(other.shows.token.is_some() && other.shows.token != forged);
    assert_eq!((other.shows.dialog, other.shows.messages.len()), (None, 0));
}

#[tokio::test]
async fn exchanges_that_are_none() {
    let desk = Desk::start().await;
    let address = desk.http("/widget/v1/exchange");
    for body in ["", "{", r#"{"frames":[]}"#, r#"{"frames":[{"t":"beat"}]}"#, r#"{"frames":7}"#] {
        assert_eq!(crate::kit::post(&address, body).await.status(), 400, "{body}");
    }
    assert_eq!(crate::kit::post(&address, "x".repeat(300_000)).await.status(), 413);
    let many = format!(r#"{{"frames":[{{"t":"hello","protocol":1}}{}]}}"#, r#",{"t":"beat"}"#.repeat(200));
    assert_eq!(crate::kit::post(&address, many).await.status(), 400);
    let mut page = desk.exchanger();
    page.session = Some("no such session".into());
    let frames = page.exchange(vec![CustomerFrame::Beat], false).await;
    assert_eq!(frames, [HubCustomerFrame::Bye { code: "session".into(), retry_after_ms: None }]);
}
