//! Bytes that are no frames end in an error that names the place and never the content.

use otklik_wire::customer::{CustomerFrame, Exchange, HubCustomerFrame};
use otklik_wire::operator::{ClientFrame, HubFrame};
use otklik_wire::{
    FrameError, LoginRequest, MAX_FRAME_BYTES, PROTOCOL_MAX, VersionMismatch, VersionRange, agree, decode,
};
use proptest::prelude::*;

#[test]
fn nonsense_is_refused_without_repeating_it() {
    for text in
        ["", "{", "null", "[]", "7", r#"{"t":7}"#, r#"{"kind":"hello"}"#, r#"{"t":"command","id":"secret-words"}"#]
    {
        let error = decode::<ClientFrame>(text).unwrap_err();
        assert!(matches!(error, FrameError::Malformed { .. }), "{text}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn the_limit_is_exact() {
    let frame = |padding: usize| format!(r#"{{"t":"beat"{}}}"#, " ".repeat(padding));
    let empty = frame(0).len();
    assert_eq!(decode::<ClientFrame>(&frame(MAX_FRAME_BYTES - empty)), Ok(ClientFrame::Beat));
    let over = decode::<ClientFrame>(&frame(MAX_FRAME_BYTES - empty + 1));
    assert_eq!(over, Err(FrameError::TooLarge { bytes: MAX_FRAME_BYTES + 1 }));
}

#[test]
fn the_newest_common_version_is_spoken() {
    let range = |min, max| VersionRange { min, max };
    assert_eq!(agree(range(1, 3), range(2, 5)), Ok(3));
    assert_eq!(agree(range(2, 5), range(1, 3)), Ok(3));
    assert_eq!(agree(range(2, 5), range(1, 1)), Err(VersionMismatch::PeerTooOld));
    assert_eq!(agree(range(1, 1), range(2, 5)), Err(VersionMismatch::PeerTooNew));
    assert_eq!(agree(VersionRange::OURS, VersionRange::OURS), Ok(PROTOCOL_MAX));
}

proptest! {
    /// No text makes a decoder panic; whatever decodes encodes and decodes to itself.
    #[test]
    fn any_text_is_a_frame_or_an_error(text in r#"(\{"t":"(hello|command|fetch|typing|beat|send|seen|page|draft|bye|events)")?[ -~]{0,80}\}?"#) {
        let _ = decode::<ClientFrame>(&text);
        let _ = decode::<HubFrame>(&text);
        let _ = decode::<CustomerFrame>(&text);
        let _ = decode::<HubCustomerFrame>(&text);
        let _ = decode::<Exchange>(&text);
        let _ = decode::<LoginRequest>(&text);
    }
}
