//! The hub's protocol, as docs/protocol.md describes it: every frame of operators and of customers.
//!
//! Frames are JSON objects with a tag `t`. Unknown fields are ignored and an unknown tag decodes to `Unknown`, so
//! that a peer one version ahead is understood as far as possible. This crate does no IO.

pub mod customer;
mod decode;
mod files;
mod login;
pub mod operator;
mod version;

pub use decode::{FrameError, MAX_FRAME_BYTES, decode, encode};
pub use files::{FileLink, UploadFailure, UploadFailureCode, UploadProgress};
pub use login::{HubCard, LoginAnswer, LoginFailure, LoginFailureCode, LoginRequest, LogoutRequest};
pub use version::{PROTOCOL_MAX, PROTOCOL_MIN, VersionMismatch, VersionRange, agree};
