//! A hub that does what a test's script says, one connection after the other.

use futures_util::{SinkExt, StreamExt};
use otklik_backends::{Backend, Connection, Failure, HubAddress, HubBackend, Incoming, NotKept, TokenKeeper};
use otklik_model::Seq;
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

/// What stands in `hello`; nothing but a hub may ever see it.
pub const TOKEN: &str = "canary-token-7f3a91";

/// Longer than every deadline of the backend.
pub const PATIENCE: Duration = Duration::from_secs(25);

/// One thing a scripted hub does.
#[derive(Clone, Debug)]
pub enum Act {
    /// Says this as a text message.
    Say(String),
    /// Says this as a binary message.
    Binary(Vec<u8>),
    /// Puts these bytes on the wire, below the WebSocket.
    Raw(Vec<u8>),
    /// Says goodbye as WebSockets do.
    Close,
    /// Is gone without a word.
    Vanish,
}

/// How a scripted conversation ended for the backend.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// Before there was a connection.
    Refused(Failure),
    /// With a connection, and what had been said before.
    Closed(Failure),
    /// It goes on: the script's end was heard.
    Alive,
}

/// Says a frame.
pub fn say(frame: &Value) -> Act {
    Act::Say(frame.to_string())
}

/// The greeting of a hub that means no harm yet.
pub fn welcome() -> Value {
    json!({
        "t": "welcome", "protocol": 1, "hub": "0.1.0", "session": "0198c0de-0000-7000-8000-000000000005",
        "stream": "0198c0de-0000-7000-8000-0000000000ff", "resumed": false, "head": 44,
        "me": {"id": "0198c0de-0000-7000-8000-00000000000a", "name": "Ира", "status": "online"},
        "desk": "Otklik", "rights": ["accept"], "limits": {"text_chars": 32000}, "beat_ms": 15000,
        "server_at": 1_766_000_000_000_i64
    })
}

/// The position that a script's last beat names, so that its end can be told from anything else.
const LAST: u64 = 987_654_321;

/// A port, and the backend that calls it.
pub struct Stage {
    listener: TcpListener,
    hub: HubBackend,
}

impl Stage {
    /// Ready for scripts.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hub = backend(listener.local_addr().unwrap());
        Self { listener, hub }
    }

    /// Plays one script after `hello` and hands over how it ended.
    pub async fn play(&self, script: Vec<Act>) -> End {
        let serving = async {
            serve(&self.listener, script).await;
            std::future::pending::<()>().await;
        };
        let ended = async {
            tokio::select! {
                end = listen(&self.hub) => end,
                () = serving => unreachable!("it waits for ever"),
            }
        };
        timeout(PATIENCE, ended).await.expect("the backend waits for ever")
    }
}

/// The backend at an address of this machine.
pub fn backend(at: SocketAddr) -> HubBackend {
    backend_at(&format!("http://{at}"))
}

/// The backend at any address.
pub fn backend_at(address: &str) -> HubBackend {
    let (address, keeper) = (HubAddress::parse(address).unwrap(), Arc::new(Forgetful));
    HubBackend::new(address, TOKEN.to_owned().into(), Some(keeper), "test".to_owned())
}

/// Keeps no token, so that each script begins with the same one, whatever a hub has offered.
struct Forgetful;

#[async_trait::async_trait]
impl TokenKeeper for Forgetful {
    async fn keep(&self, _token: zeroize::Zeroizing<String>) -> Result<(), NotKept> {
        Err(NotKept)
    }
}

/// Connects and hears everything to the end.
pub async fn listen(hub: &HubBackend) -> End {
    match hub.connect(None, None).await {
        Err(failure) => End::Refused(failure),
        Ok(connection) => hear(connection).await,
    }
}

/// Hears everything to the end.
pub async fn hear(mut connection: Connection) -> End {
    loop {
        match connection.incoming.recv().await {
            Some(Incoming::Closed(failure)) => {
                assert!(connection.incoming.recv().await.is_none(), "something was said after the end");
                return End::Closed(failure);
            }
            Some(Incoming::Beat { head: Seq(LAST) }) => return End::Alive,
            Some(_) => {}
            None => panic!("the end was not told"),
        }
    }
}

async fn serve(listener: &TcpListener, script: Vec<Act>) {
    let (stream, _) = listener.accept().await.unwrap();
    // Two writes in a row would wait for each other's acknowledgement.
    stream.set_nodelay(true).unwrap();
    let mut socket = accept_async(stream).await.unwrap();
    let hello = socket.next().await.unwrap().unwrap();
    let hello: Value = serde_json::from_str(hello.to_text().unwrap()).unwrap();
    assert_eq!((hello["t"].as_str(), hello["token"].as_str()), (Some("hello"), Some(TOKEN)));
    for act in script {
        // The backend may be gone in the middle of a script: that is what most of them are for.
        match act {
            Act::Say(text) => drop(socket.send(Message::text(text)).await),
            Act::Binary(bytes) => drop(socket.send(Message::binary(bytes)).await),
            Act::Raw(bytes) => drop(socket.get_mut().write_all(&bytes).await),
            Act::Close => drop(socket.close(None).await),
            Act::Vanish => return,
        }
    }
    drop(socket.send(Message::text(json!({"t": "beat", "head": LAST}).to_string())).await);
    stay(socket).await;
}

/// Keeps the connection until the other side lets go of it.
async fn stay(mut socket: WebSocketStream<TcpStream>) {
    while let Some(Ok(_)) = socket.next().await {}
}
