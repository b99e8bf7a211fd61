//! Every field of every frame that a hub says: missing, of another kind, huge, negative, nested. The valid frames are
//! the examples of docs/protocol.md, so a frame that is added there is tortured here.

use crate::script::{Act, End, Stage, say, welcome};
use otklik_backends::Failure;
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../../../docs/protocol.md");

/// The examples of what a hub says, and of the changes inside its events.
fn examples() -> Vec<Value> {
    let blocks = |kind: &str| -> Vec<Value> {
        let fence = format!("```json {kind}\n");
        let parts = PAGE.split(fence.as_str()).skip(1);
        parts.map(|part| serde_json::from_str(part.split("```").next().unwrap()).unwrap()).collect()
    };
    let changes =
        blocks("change").into_iter().map(|change| json!({"t": "events", "after": 44, "upto": 45, "changes": [change]}));
    blocks("hub").into_iter().chain(changes).collect()
}

/// Everywhere in a value, as JSON pointers.
fn places(of: &Value, at: &str, into: &mut Vec<String>) {
    let inside: Vec<(String, &Value)> = match of {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (name, value) in inside {
        let place = format!("{at}/{name}");
        places(value, &place, into);
        into.push(place);
    }
}

fn wrong_values() -> Vec<Value> {
    let deep = (0..60).fold(json!(1), |inner, _| json!([inner]));
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1.5e300),
        json!(""),
        json!("\u{202e}\0<img src=x onerror=alert(1)>"),
        json!("x".repeat(40_000)),
        json!([]),
        json!({}),
        deep,
    ]
}

/// The frame with everything that can be wrong in one place.
fn tortured(frame: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let mut everywhere = Vec::new();
    places(frame, "", &mut everywhere);
    for place in everywhere {
        for wrong in wrong_values() {
            let mut copy = frame.clone();
            let name = format!("{place} = {}", wrong.to_string().chars().take(40).collect::<String>());
            *copy.pointer_mut(&place).unwrap() = wrong;
            all.push((name, copy));
        }
        let (parent, name) = place.rsplit_once('/').unwrap();
        let mut copy = frame.clone();
        if let Some(Value::Object(fields)) = copy.pointer_mut(parent) {
            fields.remove(name);
            all.push((format!("without {place}"), copy));
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_field_anywhere_ends_in_a_documented_way() {
    let stage = Stage::open().await;
    let (mut tried, mut refused) = (0, 0);
    for frame in examples() {
        let greeting = frame["t"] == "welcome";
        for (what, wrong) in tortured(&frame) {
            // A greeting without its tag is a frame of tomorrow, and the backend goes on waiting for one of today.
            let script = if greeting { vec![say(&wrong), Act::Vanish] } else { vec![say(&welcome()), say(&wrong)] };
            let end = stage.play(script).await;
            let documented = match &end {
                End::Alive => true,
                End::Refused(failure) => greeting && documented(failure),
                End::Closed(failure) => documented(failure),
            };
            assert!(documented, "{}: {what}: {end:?}", frame["t"]);
            (tried, refused) = (tried + 1, refused + usize::from(end != End::Alive));
        }
    }
    // Most of what a row has may be absent, and a word of a newer hub is no fault: not every wrong value is refused.
    assert!(tried > 2_000 && refused > tried / 3, "{refused} of {tried}");
}

fn documented(failure: &Failure) -> bool {
    match failure {
        Failure::Resync | Failure::Lost | Failure::SignIn | Failure::RetryAfter { .. } => true,
        Failure::TooOld | Failure::TooNew | Failure::Certificate { .. } => false,
    }
}

/// Numbers that JSON allows and no machine holds.
#[tokio::test]
async fn numbers_beyond_numbers() {
    let stage = Stage::open().await;
    for number in ["1e999", "-0", "18446744073709551616", "NaN", "Infinity", "1.0", "0x10", "007"] {
        let end = stage.play(vec![say(&welcome()), Act::Say(format!(r#"{{"t":"beat","head":{number}}}"#))]).await;
        assert_eq!(end, End::Closed(Failure::Resync), "{number}");
    }
}
