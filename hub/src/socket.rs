//! What both kinds of sockets have in common: small buffers, one limit, one reading of failures.

use axum::extract::ws::WebSocketUpgrade;
use otklik_wire::{FrameError, MAX_FRAME_BYTES};
use tokio_tungstenite::tungstenite::error::{CapacityError, Error as WsError};

/// The read buffer: the library's default of 128 KiB a connection is for few large peers, not for many quiet ones.
const READ_BUFFER: usize = 4 * 1024;
/// Frames up to this size share one write. The buffer grows only when it is used.
const WRITE_BUFFER: usize = 16 * 1024;

/// What the library takes in at most. Above the protocol's own limit, so that a peer over that can be told; a peer over
/// this is cut off in the middle of its message.
const HARD_LIMIT: usize = 2 * MAX_FRAME_BYTES;

/// Sets buffers and limits.
pub fn tune(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(4 * MAX_FRAME_BYTES)
        .max_message_size(HARD_LIMIT)
        .max_frame_size(HARD_LIMIT)
}

/// The close code for a peer whose message is no frame.
pub fn close_code_of_frame(error: &FrameError) -> u16 {
    match error {
        FrameError::TooLarge { .. } => 1009,
        FrameError::Malformed { .. } => 1002,
    }
}

/// The close code for a peer whose message cannot be read; nothing if the connection itself is gone.
pub fn close_code_of(error: &axum::Error) -> Option<u16> {
    let inner = std::error::Error::source(error)?;
    match inner.downcast_ref::<WsError>()? {
        WsError::Capacity(CapacityError::MessageTooLong { .. }) => Some(1009),
        WsError::Capacity(_) | WsError::Protocol(_) => Some(1002),
        WsError::Utf8(_) => Some(1007),
        WsError::ConnectionClosed
        | WsError::AlreadyClosed
        | WsError::Io(_)
        | WsError::Tls(_)
        | WsError::WriteBufferFull(_)
        | WsError::AttackAttempt
        | WsError::Url(_)
        | WsError::Http(_)
        | WsError::HttpFormat(_) => None,
    }
}
