//! The page's socket: `{"id":1,"seats":{}}`, `{"id":2,"seat":1,"subscribe":{}}`, `{"id":3,"seat":1,"command":…}`,
//! `{"id":4,"seat":1,"query":…}` one way, `{"id":3,"ok":…}`, `{"id":3,"error":…}`, `{"seat":1,"push":…}`, `{"seats":…}`
//! the other. A call without a seat is for the one on the screen. A page has one seat before it: to subscribe to
//! another ends the pushes of the one before. A command that must not happen twice has a name of the page's own,
//! `"once":"…"`: asked again under it, on this socket or a later one, it is answered and not done again.

use super::{Desk, asked::Asked};
use crate::{PageAnswer, PageCommand, PageQuery, Push, SeatId, Seats, SeatsView};
use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use futures_util::{SinkExt, StreamExt};
use otklik_core::{Receipt, UiError, UiErrorCode};
use otklik_model::ClientId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::{sync::mpsc, task::AbortHandle};

/// A page's words are short. The page knows this bound too and does not ask for more (`ui/src/backend/socket.ts`).
const MAX_CALL_BYTES: usize = 512 * 1024;
/// More than this is no page: the socket ends without reading on.
const MAX_READ_BYTES: usize = 8 * MAX_CALL_BYTES;

#[derive(Deserialize)]
struct Call {
    id: u64,
    seat: Option<SeatId>,
    /// The page's own name for a command.
    once: Option<ClientId>,
    #[serde(flatten)]
    what: What,
}

/// What of a call that is too long is looked at.
#[derive(Deserialize)]
struct Numbered {
    id: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Seats {},
    Subscribe {},
    Command(Box<PageCommand>),
    Query(PageQuery),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Said {
    Push { seat: SeatId, push: Push },
    Seats { seats: SeatsView },
    Done { id: u64, ok: Receipt },
    Answer { id: u64, ok: PageAnswer },
    Failed { id: u64, error: UiError },
}

pub(super) async fn upgrade(State(desk): State<Desk>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if !(desk.door.is_our_host(&headers) && desk.door.is_our_origin(&headers) && desk.door.knows(&headers)) {
        return (StatusCode::FORBIDDEN, "not your workplace").into_response();
    }
    upgrade.max_message_size(MAX_READ_BYTES).on_upgrade(move |socket| talk(socket, desk.seats, desk.asked))
}

async fn talk(socket: WebSocket, seats: Seats, asked: Arc<Asked>) {
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
    let mut page = Page { seats, asked, say, shown: None };
    while let Some(Ok(message)) = calls.next().await {
        let Message::Text(text) = message else { continue };
        if text.len() > MAX_CALL_BYTES {
            page.refuse(&text).await;
            continue;
        }
        match serde_json::from_str::<Call>(&text) {
            Ok(call) => page.answer(call).await,
            Err(error) => tracing::warn!(line = error.line(), column = error.column(), "a page said what is no call"),
        }
    }
    // Ends the pushes too: they see their channel close.
    writer.abort();
}

/// The page at the other end.
struct Page {
    seats: Seats,
    asked: Arc<Asked>,
    say: mpsc::Sender<Said>,
    /// Carries the pushes of the seat that it shows.
    shown: Option<AbortHandle>,
}

impl Page {
    /// Answers one call. Calls run beside each other, except that they start in order.
    async fn answer(&mut self, call: Call) {
        let Call { id, seat, once, what } = call;
        let seat = seat.unwrap_or_else(|| self.seats.front());
        let (seats, say) = (self.seats.clone(), self.say.clone());
        match what {
            What::Seats {} => {
                let _ = say.send(Said::Done { id, ok: Receipt::default() }).await;
                tokio::spawn(tell_seats(seats, say));
            }
            What::Subscribe {} => self.subscribe(id, seat).await,
            What::Command(command) => {
                let asked = self.asked.clone();
                tokio::spawn(async move {
                    let deed = seats.command(seat, *command);
                    let outcome = match once {
                        Some(name) => asked.once(seat, name, deed).await,
                        None => deed.await,
                    };
                    let said = match outcome {
                        Ok(ok) => Said::Done { id, ok },
                        Err(error) => Said::Failed { id, error },
                    };
                    let _ = say.send(said).await;
                });
            }
            What::Query(query) => {
                tokio::spawn(async move {
                    let said = match seats.query(seat, query).await {
                        Ok(ok) => Said::Answer { id, ok },
                        Err(error) => Said::Failed { id, error },
                    };
                    let _ = say.send(said).await;
                });
            }
        }
    }

    /// Says that a call is too long, if it says which one it is.
    async fn refuse(&self, text: &str) {
        tracing::warn!(bytes = text.len(), "a page said too much at once");
        if let Ok(Numbered { id }) = serde_json::from_str(text) {
            let error = UiError { code: UiErrorCode::TooMuch };
            let _ = self.say.send(Said::Failed { id, error }).await;
        }
    }

    async fn subscribe(&mut self, id: u64, seat: SeatId) {
        let Some(workplace) = self.seats.at(seat) else {
            let error = UiError { code: UiErrorCode::NotFound };
            let _ = self.say.send(Said::Failed { id, error }).await;
            return;
        };
        let _ = self.say.send(Said::Done { id, ok: Receipt::default() }).await;
        let (mut watch, say) = (workplace.watch(), self.say.clone());
        // At the browser's own speed: what it does not read waits in the audience, which knows how to bound it.
        let carried = tokio::spawn(async move {
            loop {
                tokio::select! {
                    push = watch.next() => if say.send(Said::Push { seat, push }).await.is_err() {
                        return;
                    },
                    () = say.closed() => return,
                }
            }
        });
        if let Some(before) = self.shown.replace(carried.abort_handle()) {
            before.abort();
        }
    }
}

/// Tells which accounts there are, now and whenever that changes.
async fn tell_seats(seats: Seats, say: mpsc::Sender<Said>) {
    let mut told = seats.watch();
    told.mark_changed();
    loop {
        tokio::select! {
            changed = told.changed() => {
                let view = told.borrow_and_update().clone();
                if changed.is_err() || say.send(Said::Seats { seats: view }).await.is_err() {
                    return;
                }
            },
            () = say.closed() => return,
        }
    }
}
