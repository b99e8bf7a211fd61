//! A line between the hub processes on one database: what one of them says all hear, and nobody keeps it. By LISTEN and
//! NOTIFY, on a connection of its own.

use super::{connect, no_connection, value::get};
use crate::store::StoreError;
use futures_util::{StreamExt as _, stream};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Config, NoTls, Socket, tls::MakeTlsConnect};

/// Asks for the name under which the processes of one schema listen: others in the same database say enough of their own.
const NAME_OF_CHANNEL: &str = "SELECT 'otklik_whispers_' || md5(current_schema())";
/// What waits to be said, or to be heard here; beyond that it is lost.
const WAITING: usize = 1_024;
/// A lost connection is made again after so long.
const AGAIN: Duration = Duration::from_secs(1);
/// NOTIFY takes less than eight thousand bytes.
pub const MOST_BYTES: usize = 7_900;

/// One end of the line. It is let go when `say` is dropped.
pub struct Line {
    /// Says something of at most [`MOST_BYTES`] to everybody, this process included.
    pub say: mpsc::Sender<String>,
    /// What was said by anybody. While there is no connection nothing is heard.
    pub heard: mpsc::Receiver<String>,
}

/// Opens the line of a database; it connects by itself, again and again.
///
/// # Errors
/// [`StoreError`]: the address is none, or TLS cannot be set up.
pub fn open(address: &str, password: Option<&str>) -> Result<Line, StoreError> {
    let (config, tls) = connect::config(address, password)?;
    let (say, said) = mpsc::channel(WAITING);
    let (hears, heard) = mpsc::channel(WAITING);
    match tls {
        None => tokio::spawn(serve(config, NoTls, said, hears)),
        Some(tls) => tokio::spawn(serve(config, tls, said, hears)),
    };
    Ok(Line { say, heard })
}

async fn serve<T>(config: Config, tls: T, mut said: mpsc::Receiver<String>, hears: mpsc::Sender<String>)
where
    T: MakeTlsConnect<Socket> + Clone + Send + 'static,
    T::Stream: Send + 'static,
    T::TlsConnect: Send,
    <T::TlsConnect as tokio_postgres::tls::TlsConnect<Socket>>::Future: Send,
{
    loop {
        match talk(&config, tls.clone(), &mut said, &hears).await {
            Ok(()) => return,
            Err(error) => tracing::debug!(%error, "other processes are not heard for a moment"),
        }
        tokio::time::sleep(AGAIN).await;
        // What nobody could be told is old by now.
        while said.try_recv().is_ok() {}
        if said.is_closed() {
            return;
        }
    }
}

/// Until the line is let go, or the connection breaks.
async fn talk<T>(
    config: &Config,
    tls: T,
    said: &mut mpsc::Receiver<String>,
    hears: &mpsc::Sender<String>,
) -> Result<(), StoreError>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, mut connection) = config.connect(tls).await.map_err(no_connection)?;
    let hears = hears.clone();
    let mut pump = tokio::spawn(async move {
        let mut messages = stream::poll_fn(move |cx| connection.poll_message(cx));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(notice) = message {
                // Whoever does not keep up misses something: it is not kept either.
                let _ = hears.try_send(notice.payload().to_owned());
            }
        }
    });
    let broken = || StoreError::Unavailable("the connection broke".to_owned());
    let row = client.query_one(NAME_OF_CHANNEL, &[]).await.map_err(super::fault)?;
    let channel: String = get(&row, 0)?;
    client.batch_execute(&format!("LISTEN {channel}")).await.map_err(super::fault)?;
    loop {
        let text = tokio::select! {
            _ = &mut pump => return Err(broken()),
            text = said.recv() => text,
        };
        let Some(text) = text else {
            pump.abort();
            return Ok(());
        };
        client.execute("SELECT pg_notify($1, $2)", &[&channel, &text]).await.map_err(super::fault)?;
    }
}
