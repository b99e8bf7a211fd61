//! The page's socket: `{"id":1,"subscribe":{}}`, `{"id":2,"command":…}`, `{"id":3,"query":…}` one way,
//! `{"id":2,"ok":…}`, `{"id":2,"error":…}`, `{"push":…}` the other.

use super::Desk;
use crate::{PageAnswer, PageCommand, PageQuery, Push, Workplace};
use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use futures_util::{SinkExt, StreamExt};
use otklik_core::{Receipt, UiError};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

/// A page's words are short; more is no page.
const MAX_CALL_BYTES: usize = 512 * 1024;

#[derive(Deserialize)]
struct Call {
    id: u64,
    #[serde(flatten)]
    what: What,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Subscribe {},
    Command(Box<PageCommand>),
    Query(PageQuery),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Said {
    Push { push: Push },
    Done { id: u64, ok: Receipt },
    Answer { id: u64, ok: PageAnswer },
    Failed { id: u64, error: UiError },
}

pub(super) async fn upgrade(State(desk): State<Desk>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if !(desk.door.is_our_host(&headers) && desk.door.is_our_origin(&headers) && desk.door.knows(&headers)) {
        return (StatusCode::FORBIDDEN, "not your workplace").into_response();
    }
    upgrade.max_message_size(MAX_CALL_BYTES).on_upgrade(move |socket| talk(socket, desk.workplace))
}

async fn talk(socket: WebSocket, workplace: Workplace) {
    let (mut out, mut calls) = socket.split();
    let (say, mut said) = mpsc::channel::<Said>(64);
    let writer = tokio::spawn(async move {
        while let Some(words) = said.recv().await {
            let Ok(text) = serde_json::to_string(&words) else { continue };
            if out.send(Message::text(text)).await.is_err() {
                return;
            }
        }
    });
    while let Some(Ok(message)) = calls.next().await {
        let Message::Text(text) = message else { continue };
        match serde_json::from_str::<Call>(&text) {
            Ok(call) => answer(call, &workplace, &say).await,
            Err(error) => tracing::warn!(line = error.line(), column = error.column(), "a page said what is no call"),
        }
    }
    // Ends the pushes too: they see their channel close.
    writer.abort();
}

/// Answers one call. Calls run beside each other, except that they start in order.
async fn answer(call: Call, workplace: &Workplace, say: &mpsc::Sender<Said>) {
    let Call { id, what } = call;
    let (workplace, say) = (workplace.clone(), say.clone());
    match what {
        What::Subscribe {} => {
            let _ = say.send(Said::Done { id, ok: Receipt::default() }).await;
            subscribe(&workplace, say);
        }
        What::Command(command) => {
            tokio::spawn(async move {
                let said = match workplace.command(*command).await {
                    Ok(ok) => Said::Done { id, ok },
                    Err(error) => Said::Failed { id, error },
                };
                let _ = say.send(said).await;
            });
        }
        What::Query(query) => {
            tokio::spawn(async move {
                let said = match workplace.query(query).await {
                    Ok(ok) => Said::Answer { id, ok },
                    Err(error) => Said::Failed { id, error },
                };
                let _ = say.send(said).await;
            });
        }
    }
}

/// Carries pushes at the browser's own speed: what it does not read waits in the audience, which knows how to bound it.
fn subscribe(workplace: &Workplace, say: mpsc::Sender<Said>) {
    let mut watch = workplace.watch();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                push = watch.next() => if say.send(Said::Push { push }).await.is_err() {
                    return;
                },
                () = say.closed() => return,
            }
        }
    });
}
