//! Frames that are none, too many, too large or out of turn.

use crate::script::{Act, End, Stage, say, welcome};
use otklik_backends::Failure;
use otklik_wire::MAX_FRAME_BYTES;
use serde_json::{Value, json};

fn part(at: u64, part: u32, last: bool) -> Value {
    json!({"t": "snapshot", "at": at, "part": part, "last": last, "dialogs": [], "operators": [], "channels": []})
}

fn bye(code: &str, retry_after_ms: Option<u64>) -> Act {
    say(&json!({"t": "bye", "code": code, "retry_after_ms": retry_after_ms}))
}

/// The header of a frame from a server, as RFC 6455 has it.
fn header(fin: bool, opcode: u8, length: u64) -> Vec<u8> {
    let mut bytes = vec![u8::from(fin) << 7 | opcode, 127];
    bytes.extend(length.to_be_bytes());
    bytes
}

#[tokio::test]
async fn before_the_welcome() {
    let stage = Stage::open().await;
    let refused = |failure| End::Refused(failure);
    let large = format!(r#"{{"t":"fireworks","x":"{}"}}"#, "x".repeat(2 * MAX_FRAME_BYTES));
    for (name, script, end) in [
        ("not JSON", vec![Act::Say("здравствуйте".to_owned())], refused(Failure::Resync)),
        ("nothing", vec![Act::Say(String::new())], refused(Failure::Resync)),
        ("a list", vec![say(&json!([1, 2]))], refused(Failure::Resync)),
        ("no tag", vec![say(&json!({"x": 1}))], refused(Failure::Resync)),
        ("half a frame", vec![Act::Say(r#"{"t":"welcome","#.to_owned())], refused(Failure::Resync)),
        ("binary", vec![Act::Binary(welcome().to_string().into_bytes())], refused(Failure::Resync)),
        ("too large", vec![Act::Say(large)], refused(Failure::Resync)),
        (
            "events first",
            vec![say(&json!({"t": "events", "after": 0, "upto": 1, "changes": []}))],
            refused(Failure::Resync),
        ),
        ("a snapshot first", vec![say(&part(1, 0, true))], refused(Failure::Resync)),
        (
            "a draft first",
            vec![say(&json!({"t": "draft", "dialog": "0198c0de-0000-7000-8000-0000000000d1", "text": null}))],
            refused(Failure::Resync),
        ),
        ("gone", vec![Act::Vanish], refused(Failure::Lost)),
        ("closed", vec![Act::Close], refused(Failure::Lost)),
        ("a wrong token", vec![bye("sign_in", None)], refused(Failure::SignIn)),
        ("we are too old", vec![bye("client_too_old", None)], refused(Failure::TooNew)),
        ("we are too new", vec![bye("client_too_new", None)], refused(Failure::TooOld)),
        ("draining", vec![bye("draining", Some(2_400))], refused(Failure::RetryAfter { ms: 2_400 })),
        ("a reason of tomorrow", vec![bye("full_moon", None)], refused(Failure::Lost)),
        (
            "a beat and the unknown first",
            vec![say(&json!({"t": "beat", "head": 1})), say(&json!({"t": "fireworks"})), say(&welcome())],
            End::Alive,
        ),
    ] {
        assert_eq!(stage.play(script).await, end, "{name}");
    }
}

#[tokio::test]
async fn after_the_welcome() {
    let stage = Stage::open().await;
    let closed = |failure| End::Closed(failure);
    let dialog = "0198c0de-0000-7000-8000-0000000000d1";
    let too_large = format!(r#"{{"t":"fireworks","x":"{}"}}"#, "x".repeat(2 * MAX_FRAME_BYTES));
    let largest = {
        let frame = |length: usize| format!(r#"{{"t":"fireworks","x":"{}"}}"#, "x".repeat(length));
        frame(MAX_FRAME_BYTES - frame(0).len())
    };
    let deep = format!(r#"{{"t":"fireworks","x":{}}}"#, "[".repeat(100_000));
    for (name, script, end) in [
        ("not JSON", vec![Act::Say("}{".to_owned())], closed(Failure::Resync)),
        ("a number", vec![say(&json!(7))], closed(Failure::Resync)),
        ("deeper than any reader", vec![Act::Say(deep)], closed(Failure::Resync)),
        ("binary", vec![Act::Binary(vec![0xff; 64])], closed(Failure::Resync)),
        ("too large", vec![Act::Say(too_large)], closed(Failure::Resync)),
        ("as large as allowed", vec![Act::Say(largest)], End::Alive),
        ("of tomorrow", vec![say(&json!({"t": "fireworks", "colour": "red"}))], End::Alive),
        ("welcome again", vec![say(&welcome())], closed(Failure::Resync)),
        ("the second part first", vec![say(&part(44, 1, true))], closed(Failure::Resync)),
        ("a part left out", vec![say(&part(44, 0, false)), say(&part(44, 2, true))], closed(Failure::Resync)),
        (
            "a part twice",
            vec![say(&part(44, 0, false)), say(&part(44, 1, false)), say(&part(44, 1, true))],
            closed(Failure::Resync),
        ),
        ("parts of two snapshots", vec![say(&part(44, 0, false)), say(&part(45, 1, true))], closed(Failure::Resync)),
        ("begun anew", vec![say(&part(44, 0, false)), say(&part(45, 0, true))], End::Alive),
        (
            "positions that go back",
            vec![say(&json!({"t": "events", "after": 44, "upto": 3, "changes": []}))],
            End::Alive,
        ),
        (
            "a change of tomorrow",
            vec![say(&json!({"t": "events", "after": 44, "upto": 45, "changes": [{"change": "weather"}]}))],
            End::Alive,
        ),
        ("an answer nobody asked for", vec![say(&json!({"t": "fetch_failed", "req": 9, "retry": true}))], End::Alive),
        (
            "a draft of nobody",
            vec![say(&json!({"t": "draft", "dialog": dialog, "text": "x".repeat(500_000)}))],
            End::Alive,
        ),
        ("sent away", vec![bye("sign_in", None)], closed(Failure::SignIn)),
        ("slow", vec![bye("too_slow", None)], closed(Failure::Lost)),
        ("told to wait for ever", vec![bye("draining", Some(u64::MAX))], closed(Failure::RetryAfter { ms: u64::MAX })),
        ("gone", vec![Act::Vanish], closed(Failure::Lost)),
        ("closed", vec![Act::Close], closed(Failure::Lost)),
        ("closed in the middle of a snapshot", vec![say(&part(44, 0, false)), Act::Close], closed(Failure::Lost)),
    ] {
        let script = std::iter::once(say(&welcome())).chain(script).collect();
        assert_eq!(stage.play(script).await, end, "{name}");
    }
}

/// What breaks the WebSocket itself. No position is in doubt then that a resumed connection would not find.
#[tokio::test]
async fn below_the_frames() {
    let stage = Stage::open().await;
    let half = "{\"t\":\"beat\",".as_bytes();
    for (name, bytes, ends) in [
        ("a reserved kind of frame", header(true, 0x3, 0), vec![Failure::Lost]),
        ("a continuation of nothing", header(true, 0x0, 0), vec![Failure::Lost]),
        ("a ping larger than allowed", header(true, 0x9, 5_000), vec![Failure::Lost]),
        ("an exabyte announced", header(true, 0x1, 1 << 60), vec![Failure::Resync]),
        ("a negative length announced", header(true, 0x1, u64::MAX), vec![Failure::Resync, Failure::Lost]),
        (
            "bytes that are no text",
            [header(true, 0x1, 4), vec![0xc3, 0x28, 0xff, 0xfe]].concat(),
            vec![Failure::Resync],
        ),
        ("a lone surrogate", [header(true, 0x1, 3), vec![0xed, 0xa0, 0x80]].concat(), vec![Failure::Resync]),
        (
            "a message in two, never ended, and another",
            [header(false, 0x1, half.len() as u64), half.to_vec(), header(true, 0x1, 0)].concat(),
            vec![Failure::Lost],
        ),
        ("masked as only we may", vec![0x81, 0x80, 1, 2, 3, 4], vec![Failure::Lost]),
        ("no WebSocket at all", b"HTTP/1.1 500 oops\r\n\r\n".to_vec(), vec![Failure::Lost]),
    ] {
        let end = stage.play(vec![say(&welcome()), Act::Raw(bytes), Act::Vanish]).await;
        let End::Closed(failure) = end else { panic!("{name}: {end:?}") };
        assert!(ends.contains(&failure), "{name}: {failure:?}");
    }
}

/// A message may come in pieces, but all of them together are no larger than one.
#[tokio::test]
async fn pieces_add_up_to_the_limit() {
    let stage = Stage::open().await;
    let piece = vec![b' '; 300_000];
    let mut script = vec![say(&welcome())];
    for number in 0..8_u8 {
        let opcode = u8::from(number == 0);
        script.push(Act::Raw([header(false, opcode, piece.len() as u64), piece.clone()].concat()));
    }
    assert_eq!(stage.play(script).await, End::Closed(Failure::Resync));
}

/// A snapshot that grows without end is no workplace but an attack on the memory of one. Its size is limited as well:
/// that is shown beside the code, without moving 256 MiB.
#[tokio::test]
async fn colleagues_stand_in_the_first_part_only() {
    let stage = Stage::open().await;
    let operators: Vec<Value> = (0..200)
        .map(|n| json!({"id": format!("0198c0de-0000-7000-8000-0000000{n:05}"), "name": "x".repeat(1_000), "status": "online"}))
        .collect();
    let many = |number: u32| json!({"t": "snapshot", "at": 44, "part": number, "last": false, "dialogs": [], "operators": operators, "channels": []});
    let script = vec![say(&welcome()), say(&many(0)), say(&many(1))];
    assert_eq!(stage.play(script).await, End::Closed(Failure::Resync));
}
