//! How whoever is asked knows that it is the hub that asks: HMAC-SHA256 over the time and the body.

use hmac::{Hmac, Mac};
use sha2::Sha256;

fn keyed(secret: &str, unix_seconds: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
    // A key of any length will do, so this never fails.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(unix_seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

/// The signature of a body sent at this time: `v1=` and 64 hexadecimal digits.
#[must_use]
pub(super) fn sign(secret: &str, unix_seconds: i64, body: &[u8]) -> String {
    let code = keyed(secret, unix_seconds, body).map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
    code.iter().fold("v1=".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// Whether a signature is right, and its time at most five minutes away from now: what the other side does, by
/// docs/bots.md.
#[cfg(test)]
pub(super) fn verify(secret: &str, unix_seconds: i64, body: &[u8], signature: &str, now_seconds: i64) -> bool {
    let digits = signature.strip_prefix("v1=").unwrap_or_default();
    let code: Option<Vec<u8>> = (0..digits.len())
        .step_by(2)
        .map(|at| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    let near = now_seconds.abs_diff(unix_seconds) <= 300;
    let right = keyed(secret, unix_seconds, body).zip(code).is_some_and(|(mac, code)| mac.verify_slice(&code).is_ok());
    near && right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_body_at_the_same_time_with_the_same_secret_is_right() {
        let body = br#"{"a":1}"#;
        let signature = sign("secret", 1_000, body);
        assert!(verify("secret", 1_000, body, &signature, 1_300) && verify("secret", 1_000, body, &signature, 700));
        assert!(!verify("secret", 1_000, body, &signature, 1_301), "too old");
        assert!(!verify("secret", 1_001, body, &signature, 1_000));
        assert!(!verify("Secret", 1_000, body, &signature, 1_000));
        assert!(!verify("secret", 1_000, br#"{"a":2}"#, &signature, 1_000));
        for wrong in ["", "v1=", "v1=0", "v1=zz", &signature[3..], &signature[..20], &signature.replace("v1", "v2")] {
            assert!(!verify("secret", 1_000, body, wrong, 1_000), "{wrong}");
        }
    }

    /// The example of docs/bots.md, so that it stays true.
    #[test]
    fn the_documented_example_is_signed_so() {
        let page = include_str!("../../../docs/bots.md");
        let line = |start: &str| {
            let found = page.lines().find_map(|line| line.strip_prefix(start));
            found.unwrap_or_else(|| panic!("docs/bots.md has no line that starts with {start:?}"))
        };
        let body = line("    body       ");
        let (secret, time) = (line("    secret     "), line("    timestamp  "));
        assert_eq!(sign(secret, time.parse().unwrap(), body.as_bytes()), line("    signature  "));
        let _: serde_json::Value = serde_json::from_str(body).unwrap();
    }
}
