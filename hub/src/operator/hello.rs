//! The first frame: who comes, and may he come in.

use super::End;
use crate::office::Office;
use crate::offices::Offices;
use crate::socket::{close_code_of, close_code_of_frame};
use crate::store::{OperatorRow, SessionRow};
use axum::extract::ws::{Message, WebSocket};
use futures_util::{StreamExt as _, stream::SplitStream};
use otklik_model::{Cursor, clean_name};
use otklik_wire::{
    VersionMismatch, VersionRange, agree, decode,
    operator::{ByeCode, ClientFrame, Hello},
};
use std::sync::Arc;
use tokio::time::timeout;
use zeroize::Zeroizing;

/// Somebody who was let in.
pub(super) struct Guest {
    pub(super) operator: OperatorRow,
    pub(super) session: SessionRow,
    pub(super) protocol: u16,
    pub(super) client: String,
    pub(super) resume: Option<Cursor>,
    /// The digest of the handbook that he has.
    pub(super) handbook: Option<String>,
    /// What he was let in with: to be checked again when something old speaks against it.
    pub(super) token: Zeroizing<String>,
    /// Whether he can keep another one.
    pub(super) renews: bool,
}

/// Who comes, and to which workspace: the token tells it.
pub(super) async fn receive(
    stream: &mut SplitStream<WebSocket>,
    offices: &Offices,
) -> Result<(Guest, Arc<Office>), End> {
    let office = offices.main();
    let first = tokio::select! {
        () = office.draining.cancelled() => return Err(End::draining(office)),
        first = timeout(office.settings.timing.hello, next_text(stream)) => first,
    };
    let text = first.map_err(|_| End::bye(ByeCode::Protocol))??;
    let ClientFrame::Hello(hello) = frame_of(&text)? else { return Err(End::bye(ByeCode::Protocol)) };
    let Hello { protocol, token, client, resume, handbook, renews } = hello;
    let token = Zeroizing::new(token);
    let protocol = agree(VersionRange::OURS, protocol).map_err(|mismatch| match mismatch {
        VersionMismatch::PeerTooOld => End::bye(ByeCode::ClientTooOld),
        VersionMismatch::PeerTooNew => End::bye(ByeCode::ClientTooNew),
    })?;
    let session = offices.session(&token).await.map_err(|error| {
        tracing::warn!(%error, "a token cannot be checked");
        End::draining(office)
    })?;
    let (open, session, operator) = session.ok_or(End::bye(ByeCode::SignIn))?;
    let client = clean_name(&client, 100);
    let guest = Guest { operator, session, protocol, client, resume, handbook, token, renews };
    Ok((guest, open.office))
}

async fn next_text(stream: &mut SplitStream<WebSocket>) -> Result<String, End> {
    loop {
        match stream.next().await {
            Some(Ok(message)) => {
                if let Some(text) = text_of(message)? {
                    return Ok(text);
                }
            }
            Some(Err(error)) => return Err(end_of(&error)),
            None => return Err(End::Gone),
        }
    }
}

/// The frame in a message; nothing in a ping or pong.
pub(super) fn text_of(message: Message) -> Result<Option<String>, End> {
    match message {
        Message::Text(text) => Ok(Some(text.to_string())),
        Message::Binary(_) => Err(End::protocol(1003)),
        Message::Ping(_) | Message::Pong(_) => Ok(None),
        Message::Close(_) => Err(End::Gone),
    }
}

/// The frame in a text.
pub(super) fn frame_of(text: &str) -> Result<ClientFrame, End> {
    decode(text).map_err(|error| End::protocol(close_code_of_frame(&error)))
}

/// What a failed read means.
pub(super) fn end_of(error: &axum::Error) -> End {
    close_code_of(error).map_or(End::Gone, End::protocol)
}
