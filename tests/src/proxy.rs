//! A TCP proxy that fails in the ways networks do: it passes on, goes silent, stalls, cuts, or crawls.
//!
//! It knows bytes and connections, nothing of what they say.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// What the proxy does with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// Passes them on.
    Clear,
    /// Swallows them in both directions, for ever on the connections that met it; new ones are taken and never
    /// answered. Nobody is told: a half-open socket.
    BlackHole,
    /// The same in one direction only.
    OneWay {
        /// Swallows what is said to the target, if true; what the target says, if not.
        up: bool,
    },
    /// Keeps them until the weather changes.
    Stalled,
    /// Closes the connections that are there and those that come.
    Cut,
    /// Passes on so many bytes a second, in each direction of each connection.
    Slow {
        /// More than 0.
        bytes_per_s: u32,
    },
}

impl Weather {
    fn swallows(self, up: bool) -> bool {
        match self {
            Self::BlackHole => true,
            Self::OneWay { up: lost } => lost == up,
            Self::Clear | Self::Stalled | Self::Cut | Self::Slow { .. } => false,
        }
    }
}

/// A running proxy. It ends, with all its connections, when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    passed: Arc<Passed>,
    task: JoinHandle<()>,
}

/// What has gone through.
#[derive(Debug, Default)]
struct Passed {
    first: Mutex<Option<Instant>>,
    down: AtomicU64,
}

impl Proxy {
    /// Starts one on loopback, in front of an address.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn start(target: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (weather, seen) = watch::channel(Weather::Clear);
        let passed = Arc::<Passed>::default();
        let task = tokio::spawn(serve(listener, target, seen, passed.clone()));
        Ok(Self { address, weather, passed, task })
    }

    /// Where to connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Counts anew from here on.
    pub fn count_anew(&self) {
        self.passed.first().take();
        self.passed.down.store(0, Ordering::Relaxed);
    }

    /// When somebody first connected.
    #[must_use]
    pub fn first_connection(&self) -> Option<Instant> {
        *self.passed.first()
    }

    /// How many bytes the target has said so far.
    #[must_use]
    pub fn bytes_down(&self) -> u64 {
        self.passed.down.load(Ordering::Relaxed)
    }

    /// Changes the weather of all connections at once.
    pub fn turn(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

impl Passed {
    fn first(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, target: SocketAddr, weather: watch::Receiver<Weather>, passed: Arc<Passed>) {
    let mut connections = JoinSet::new();
    while let Ok((here, _)) = listener.accept().await {
        passed.first().get_or_insert_with(Instant::now);
        while connections.try_join_next().is_some() {}
        connections.spawn(connection(here, target, weather.clone(), passed.clone()));
    }
}

/// One connection, until either side ends it or the weather does.
async fn connection(here: TcpStream, target: SocketAddr, weather: watch::Receiver<Weather>, passed: Arc<Passed>) {
    let first = *weather.borrow();
    if first == Weather::Cut {
        return;
    }
    let Ok(there) = TcpStream::connect(target).await else { return };
    // Waiting to fill a packet would hide what the peers do; a socket that refuses the wish still works.
    let _wish = (here.set_nodelay(true), there.set_nodelay(true));
    let ((from_here, to_here), (from_there, to_there)) = (here.into_split(), there.into_split());
    let up = AtomicU64::default();
    tokio::select! {
        () = pass(from_here, to_there, true, weather.clone(), &up) => {}
        () = pass(from_there, to_here, false, weather, &passed.down) => {}
    }
}

/// One direction. Returns when the connection is over.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    up: bool,
    mut weather: watch::Receiver<Weather>,
    passed: &AtomicU64,
) {
    let mut bytes = vec![0; 4_096];
    loop {
        let read = tokio::select! {
            read = from.read(&mut bytes) => read,
            changed = weather.changed() => {
                let now = *weather.borrow_and_update();
                if changed.is_err() || now == Weather::Cut {
                    return;
                }
                if now.swallows(up) {
                    return swallow(from, weather).await;
                }
                continue;
            }
        };
        let Ok(count @ 1..) = read else { return };
        let Ok(now) = weather.wait_for(|weather| *weather != Weather::Stalled).await.map(|now| *now) else { return };
        if now.swallows(up) {
            return swallow(from, weather).await;
        }
        match now {
            Weather::Clear | Weather::Stalled | Weather::OneWay { .. } | Weather::BlackHole => {}
            Weather::Slow { bytes_per_s } => {
                tokio::time::sleep(Duration::from_secs_f64(count as f64 / f64::from(bytes_per_s.max(1)))).await;
            }
            Weather::Cut => return,
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
        passed.fetch_add(count as u64, Ordering::Relaxed);
    }
}

/// Reads and forgets, whatever the weather becomes; only a cut ends it. An end of the other side is not passed on
/// either: that would be an answer.
async fn swallow(mut from: OwnedReadHalf, mut weather: watch::Receiver<Weather>) {
    let forget = async {
        let mut bytes = vec![0; 4_096];
        while from.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
        std::future::pending::<()>().await;
    };
    let cut = weather.wait_for(|weather| *weather == Weather::Cut);
    tokio::select! {
        () = forget => {}
        _over = cut => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Proxy, Weather};
    use std::time::Duration;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        time::timeout,
    };

    /// Long enough for a byte over loopback, on a busy machine too.
    const SOON: Duration = Duration::from_secs(5);
    /// Long enough to say that nothing comes.
    const WHILE: Duration = Duration::from_millis(150);

    /// A server that says back what it hears, behind a proxy, and a connection to it.
    async fn echo() -> (Proxy, TcpStream) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let target = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = socket.into_split();
                    tokio::io::copy(&mut from, &mut to).await
                });
            }
        });
        let proxy = Proxy::start(target).await.unwrap();
        let socket = TcpStream::connect(proxy.address()).await.unwrap();
        (proxy, socket)
    }

    async fn answers(socket: &mut TcpStream) -> bool {
        socket.write_all(b"?").await.unwrap();
        let mut byte = [0];
        timeout(SOON, socket.read_exact(&mut byte)).await.is_ok_and(|read| read.is_ok())
    }

    #[tokio::test]
    async fn clear_weather_passes_everything() {
        let (_proxy, mut socket) = echo().await;
        assert!(answers(&mut socket).await);
    }

    #[tokio::test]
    async fn what_fell_into_a_black_hole_never_comes_and_nobody_is_told() {
        let (proxy, mut socket) = echo().await;
        assert!(answers(&mut socket).await);
        proxy.turn(Weather::BlackHole);
        socket.write_all(b"?").await.unwrap();
        let mut byte = [0];
        assert!(timeout(WHILE, socket.read(&mut byte)).await.is_err(), "neither a byte nor an end");
        proxy.turn(Weather::Clear);
        assert!(timeout(WHILE, socket.read(&mut byte)).await.is_err(), "the connection stays lost");
        let mut fresh = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(answers(&mut fresh).await, "a new one works");
    }

    #[tokio::test]
    async fn one_way_is_lost_and_the_other_is_not() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let proxy = Proxy::start(listener.local_addr().unwrap()).await.unwrap();
        let mut here = TcpStream::connect(proxy.address()).await.unwrap();
        let (mut there, _) = listener.accept().await.unwrap();
        proxy.turn(Weather::OneWay { up: true });
        let mut byte = [0];
        here.write_all(b"?").await.unwrap();
        assert!(timeout(WHILE, there.read(&mut byte)).await.is_err(), "neither a byte nor an end");
        there.write_all(b"!").await.unwrap();
        assert_eq!(timeout(SOON, here.read_exact(&mut byte)).await.unwrap().unwrap(), 1);
        assert_eq!(&byte, b"!");
    }

    #[tokio::test]
    async fn a_stall_only_delays() {
        let (proxy, mut socket) = echo().await;
        proxy.turn(Weather::Stalled);
        socket.write_all(b"!").await.unwrap();
        let mut byte = [0];
        assert!(timeout(WHILE, socket.read(&mut byte)).await.is_err());
        proxy.turn(Weather::Clear);
        assert_eq!(timeout(SOON, socket.read_exact(&mut byte)).await.unwrap().unwrap(), 1);
        assert_eq!(&byte, b"!");
    }

    #[tokio::test]
    async fn a_cut_ends_what_is_there_and_what_comes() {
        let (proxy, mut socket) = echo().await;
        assert!(answers(&mut socket).await);
        proxy.turn(Weather::Cut);
        let mut byte = [0];
        let read = timeout(SOON, socket.read(&mut byte)).await.unwrap();
        assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
        let mut late = TcpStream::connect(proxy.address()).await.unwrap();
        let read = timeout(SOON, late.read(&mut byte)).await.unwrap();
        assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    }
}
