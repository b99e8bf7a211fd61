//! One WebSocket to a hub: opening it, and the task that carries frames both ways.

use super::{
    HubAddress,
    carrier::Carrier,
    tls,
    tokens::{Renewal, Tokens},
    translate::{Meaning, Translator, farewell, opened},
};
use crate::{Connection, Failure, Incoming, NoUpload, Opened, Request};
use futures_util::{SinkExt, StreamExt};
use otklik_model::{ClientId, Lookup};
use otklik_wire::{
    MAX_FRAME_BYTES, decode, encode,
    operator::{ClientFrame, Fetch, Hello, HubFrame},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::{
    net::TcpStream,
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::timeout,
};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{Error as SocketError, Message as SocketMessage, protocol::WebSocketConfig},
};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long connecting and the welcome may take, each.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// How long a write may take before the peer counts as dead.
const WRITE_WITHIN: Duration = Duration::from_secs(10);

/// Opens a socket and signs in.
pub(crate) async fn connect(
    address: &HubAddress,
    hello: Hello,
    tls: Arc<rustls::ClientConfig>,
    tokens: Arc<Tokens>,
    carrier: Option<Arc<Carrier>>,
) -> Result<Connection, Failure> {
    let url = address.socket().map_err(|_| Failure::Lost)?;
    let config =
        WebSocketConfig::default().max_message_size(Some(MAX_FRAME_BYTES)).max_frame_size(Some(MAX_FRAME_BYTES));
    let connecting = connect_async_tls_with_config(url.as_str(), Some(config), true, Some(Connector::Rustls(tls)));
    let (mut socket, _) =
        timeout(OPEN_WITHIN, connecting).await.map_err(|_| Failure::Lost)?.map_err(|error| classify(&error))?;
    write(&mut socket, &ClientFrame::Hello(hello)).await?;
    let opened = timeout(OPEN_WITHIN, welcome(&mut socket)).await.map_err(|_| Failure::Lost)??;
    let (say, incoming) = mpsc::channel(256);
    let (requests, asked) = mpsc::channel(256);
    tokio::spawn(carry(socket, say, asked, Renewal::new(tokens), carrier));
    Ok(Connection { opened, incoming, requests })
}

async fn welcome(socket: &mut Socket) -> Result<Opened, Failure> {
    loop {
        match read(socket).await?.0 {
            HubFrame::Welcome(welcome) => return Ok(opened(*welcome)),
            HubFrame::Bye { code, retry_after_ms } => return Err(farewell(code, retry_after_ms)),
            HubFrame::Unknown | HubFrame::Beat { .. } => {}
            HubFrame::Snapshot { .. }
            | HubFrame::Events { .. }
            | HubFrame::Result { .. }
            | HubFrame::Retry { .. }
            | HubFrame::History { .. }
            | HubFrame::FetchFailed { .. }
            | HubFrame::Found { .. }
            | HubFrame::Dialogs { .. }
            | HubFrame::Journey { .. }
            | HubFrame::Identities { .. }
            | HubFrame::Candidates { .. }
            | HubFrame::Hidden { .. }
            | HubFrame::Handbook(_)
            | HubFrame::Renew { .. }
            | HubFrame::Colleague { .. }
            | HubFrame::FocusElsewhere { .. }
            | HubFrame::Draft { .. } => return Err(Failure::Resync),
        }
    }
}

/// Carries frames until either side is gone. Ends with one [`Incoming::Closed`]. Files that are on their way end with
/// it: whoever wants them asks over the next connection.
async fn carry(
    mut socket: Socket,
    say: mpsc::Sender<Incoming>,
    mut asked: mpsc::Receiver<Request>,
    mut renewal: Renewal,
    carrier: Option<Arc<Carrier>>,
) {
    let mut translator = Translator::default();
    let mut files = Files { carrier, say: say.clone(), tasks: JoinSet::new(), uploads: BTreeMap::new() };
    let end = loop {
        tokio::select! {
            request = asked.recv() => match request {
                Some(request) => if let Some(frame) = files.take(request)
                    && let Err(failure) = write(&mut socket, &frame).await
                {
                    break failure;
                },
                // Our side let go: say goodbye and end without a word.
                None => {
                    let _ = timeout(WRITE_WITHIN, socket.close(None)).await;
                    return;
                }
            },
            token = renewal.done() => {
                let renewed = ClientFrame::Renewed { token: token.to_string() };
                if let Err(failure) = write(&mut socket, &renewed).await {
                    break failure;
                }
            }
            frame = read(&mut socket) => match frame.map(|(frame, bytes)| translator.frame(frame, bytes)) {
                Ok(Meaning::Say(incoming)) => if say.send(incoming).await.is_err() {
                    return;
                },
                Ok(Meaning::Keep(token)) => renewal.begin(token),
                Ok(Meaning::Nothing) => {}
                Ok(Meaning::End(failure)) | Err(failure) => break failure,
            },
        }
    };
    let _ = say.send(Incoming::Closed(end)).await;
}

/// The next frame and its size. Cancel-safe: a frame is taken from the socket whole or not at all.
async fn read(socket: &mut Socket) -> Result<(HubFrame, usize), Failure> {
    loop {
        match socket.next().await {
            Some(Ok(SocketMessage::Text(text))) => {
                return decode(&text).map(|frame| (frame, text.len())).map_err(|error| {
                    tracing::warn!(%error, "the hub sent what is no frame");
                    Failure::Resync
                });
            }
            Some(Ok(SocketMessage::Ping(_) | SocketMessage::Pong(_) | SocketMessage::Frame(_))) => {}
            Some(Ok(SocketMessage::Binary(_))) => return Err(Failure::Resync),
            Some(Ok(SocketMessage::Close(_))) | None => return Err(Failure::Lost),
            Some(Err(error)) => return Err(classify(&error)),
        }
    }
}

async fn write(socket: &mut Socket, frame: &ClientFrame) -> Result<(), Failure> {
    let message = SocketMessage::text(encode(frame));
    match timeout(WRITE_WITHIN, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(classify(&error)),
        Err(_) => Err(Failure::Lost),
    }
}

/// Files on their way while one socket lives.
struct Files {
    carrier: Option<Arc<Carrier>>,
    say: mpsc::Sender<Incoming>,
    /// Ended with this.
    tasks: JoinSet<()>,
    uploads: BTreeMap<ClientId, AbortHandle>,
}

impl Files {
    /// Sees to what goes beside the socket; returns the frame of what goes over it.
    fn take(&mut self, request: Request) -> Option<ClientFrame> {
        // What has ended is forgotten.
        while self.tasks.try_join_next().is_some() {}
        self.uploads.retain(|_, task| !task.is_finished());
        match request {
            Request::Submit { id, op } => Some(ClientFrame::Command { id, op }),
            Request::History { req, dialog, from, to, limit } => {
                Some(ClientFrame::Fetch { req, what: Fetch::History { dialog, from, to, limit } })
            }
            Request::LookUp { req, what } => Some(ClientFrame::Fetch { req, what: fetch(what) }),
            Request::Typing { dialog, on } => Some(ClientFrame::Typing { dialog, on }),
            Request::Looks { dialog, writes } => Some(ClientFrame::Looks { dialog, writes }),
            Request::Focus { on } => Some(ClientFrame::Focus { on }),
            Request::Here => Some(ClientFrame::Here),
            Request::Probe => Some(ClientFrame::Beat),
            Request::Upload { id, file, name, content } => {
                match &self.carrier {
                    Some(carrier) => {
                        let task = carrier.clone().upload((id, file, name), content, self.say.clone());
                        self.uploads.insert(id, self.tasks.spawn(task));
                    }
                    // A full channel means that nobody listens, and the connection is about to end.
                    None => drop(self.say.try_send(Incoming::Uploaded { id, result: Err(NoUpload::Later(None)) })),
                }
                None
            }
            Request::StopUpload { id } => {
                if let Some(task) = self.uploads.remove(&id) {
                    task.abort();
                }
                None
            }
            Request::Download { file, most, to } => {
                let carrier = self.carrier.clone()?;
                self.tasks.spawn(carrier.download(file, most, to));
                None
            }
        }
    }
}

/// A question in the words of the hub.
fn fetch(what: Lookup) -> Fetch {
    match what {
        Lookup::Messages { search, before, limit } => Fetch::Search { search, before, limit },
        Lookup::DialogsOf { dialog, before, limit } => Fetch::DialogsOf { dialog, before, limit },
        Lookup::Dialog { dialog } => Fetch::Dialog { dialog },
        Lookup::Journey { dialog } => Fetch::Journey { dialog },
        Lookup::Identities { dialog } => Fetch::Identities { dialog },
        Lookup::Candidates { dialog, wanted } => Fetch::Candidates { dialog, wanted },
    }
}

/// Every way a socket fails, in the classes of all backends.
fn classify(error: &SocketError) -> Failure {
    if let Some(detail) = tls::certificate_fault(error) {
        return Failure::Certificate { detail };
    }
    match error {
        SocketError::Capacity(_) | SocketError::Utf8(_) | SocketError::AttackAttempt => Failure::Resync,
        // The hub lets a socket open before it says who may stay: a 401 is somebody's in between, and no word of his may
        // end a session, whose end erases what was read.
        SocketError::Http(_)
        | SocketError::ConnectionClosed
        | SocketError::AlreadyClosed
        | SocketError::Io(_)
        | SocketError::Tls(_)
        | SocketError::Protocol(_)
        | SocketError::WriteBufferFull(_)
        | SocketError::Url(_)
        | SocketError::HttpFormat(_) => Failure::Lost,
    }
}
