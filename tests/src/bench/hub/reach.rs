//! P-H3, L1 and the sockets of P-H8: from a customer's socket to the operators' sockets, through the hub's database.
//!
//! A message carries the moment it was written to its socket, so that whoever receives it can say how old it is. That
//! counts more than the goal asks for (the way to the hub and the commit as well), never less.

use super::{
    Crowd,
    echo::Echo,
    process::BenchHub,
    socket::{self, Idle, Socket},
};
use crate::bench::{Figures, latency::Latency};
use anyhow::{Context, Result};
use futures_util::{SinkExt as _, StreamExt as _};
use otklik_model::ClientId;
use otklik_wire::{customer::CustomerFrame, encode};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
    time::{MissedTickBehavior, interval_at, timeout},
};
use tokio_tungstenite::tungstenite::Message;

/// Operators who see everything.
const OPERATORS: u32 = 20;
/// How long stragglers are waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is written: by so many customers, so often in all.
#[derive(Clone, Copy)]
struct Load {
    customers: u32,
    per_second: u32,
    messages: u32,
    /// Workplaces that are told all of it.
    operators: u32,
}

pub(super) async fn measure(program: &Path, crowd: Crowd, folder: &Path, figures: &mut Figures) -> Result<()> {
    let hub = BenchHub::start(program, folder).await?;
    hub.add_operator("ira", "Ира", None).await?;
    hub.add_operator("oleg", "Олег", Some("note")).await?;
    // Nobody takes these dialogs, and an operator usually sees only the first hundred that wait.
    hub.add_administrator("anna", "Анна").await?;
    hub.set("anna", "visible.online", "1000000").await?;
    let echo = Echo::start(folder).await?;
    let bench = Bench { token: hub.sign_in("ira").await?, echo: echo.bytes, hub };

    let messages = 300.min(20 * crowd.seconds);
    let calm = Load { customers: 20, per_second: 20, messages, operators: OPERATORS };
    bench.run("L1_customer_to_operator", calm, figures).await?;

    let busy = Load { customers: 100, per_second: 1_000, messages: 1_000 * crowd.seconds, operators: OPERATORS };
    let port = bench.hub.port();
    let idle = Idle::open(crowd.customers, || socket::customer(port)).await?;
    bench.run("P-H3_with_idle_customers", busy, figures).await?;
    let token = bench.hub.sign_in("oleg").await?;
    // Operators without the right to see: told nothing, but they have to look at everything.
    let colleagues = Idle::open(crowd.operators / 4, || socket::operator(port, &token)).await?;
    bench.run("P-H3_and_idle_operators", busy, figures).await?;
    #[expect(clippy::cast_precision_loss, reason = "a count for reading")]
    figures.say("P-H3_idle_sockets_lost", (idle.closed() + colleagues.closed()) as f64, "sockets");
    bench.hub.stop().await
}

/// P-H8 over sockets: five thousand messages a second, to one who sees them all.
pub(super) async fn measure_ingest(program: &Path, crowd: Crowd, folder: &Path, figures: &mut Figures) -> Result<()> {
    let hub = BenchHub::start(program, folder).await?;
    hub.add_operator("ira", "Ира", None).await?;
    hub.add_administrator("anna", "Анна").await?;
    hub.set("anna", "visible.online", "1000000").await?;
    let echo = Echo::start(folder).await?;
    let bench = Bench { token: hub.sign_in("ira").await?, echo: echo.bytes, hub };
    let load = Load { customers: 500, per_second: 5_000, messages: 5_000 * crowd.seconds, operators: 1 };
    bench.run("P-H8_customer_to_operator_at_5000_a_second", load, figures).await?;
    bench.hub.stop().await
}

struct Bench {
    hub: BenchHub,
    token: String,
    echo: u16,
}

impl Bench {
    async fn run(&self, name: &str, load: Load, figures: &mut Figures) -> Result<()> {
        let port = self.hub.port();
        let began = Instant::now();
        let bytes = Arc::new(AtomicU64::new(0));
        let mut listening = Vec::new();
        for _ in 0..load.operators {
            let socket = socket::operator(port, &self.token).await?;
            listening.push(tokio::spawn(listen(socket, began, load.messages, bytes.clone())));
        }
        let mut customers = Vec::new();
        for _ in 0..load.customers {
            customers.push(socket::customer(port).await?);
        }
        let floor = tokio::spawn(floor(self.echo, load));
        let work = self.hub.work()?;
        let writing: Vec<_> =
            (0..).zip(customers).map(|(number, socket)| tokio::spawn(write(socket, number, load, began))).collect();
        let mut held = Vec::new();
        for writing in writing {
            held.push(writing.await??);
        }
        let mut all = Latency::default();
        for listening in listening {
            all.join(listening.await?);
        }
        held.iter().for_each(JoinHandle::abort);
        let work = (self.hub.work()? - work).as_secs_f64();
        all.say(name, Some(&floor.await??), figures);
        let wanted = f64::from(load.messages) * f64::from(load.operators);
        let came = all.count();
        figures.say(&format!("{name}_missing"), wanted - came, "deliveries");
        figures.say(&format!("{name}_deliveries_per_cpu_second"), came / work.max(0.01), "1/s");
        #[expect(clippy::cast_precision_loss, reason = "a mean for reading")]
        figures.say(&format!("{name}_bytes_per_delivery"), bytes.load(Relaxed) as f64 / came.max(1.0), "bytes");
        Ok(())
    }
}

/// Writes this customer's share, evenly. Returns the task that keeps the socket open.
async fn write(socket: Socket, number: u32, load: Load, began: Instant) -> Result<JoinHandle<()>> {
    let (mut sink, mut stream) = socket.split();
    let draining = tokio::spawn(async move { while let Some(Ok(_)) = stream.next().await {} });
    let apart = Duration::from_secs(1) / load.per_second;
    let mut ticks = interval_at(tokio::time::Instant::now() + apart * number, apart * load.customers);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut random = [0; 10];
    random[..4].copy_from_slice(&number.to_le_bytes());
    for message in (number..load.messages).step_by(load.customers as usize) {
        ticks.tick().await;
        let id = ClientId::from_parts(1_760_000_000_000 + u64::from(message), random);
        let text = format!(
            "<b:{message}:{}> Здравствуйте! Подскажите, пожалуйста, где мой заказ?",
            began.elapsed().as_nanos()
        );
        sink.send(Message::text(encode(&CustomerFrame::Send { id, text }))).await?;
    }
    // The reading half keeps the socket open.
    Ok(draining)
}

/// How old each message is when it comes; each is counted once.
async fn listen(mut socket: Socket, began: Instant, messages: u32, bytes: Arc<AtomicU64>) -> Latency {
    let mut latency = Latency::default();
    let mut seen = vec![false; messages as usize];
    let mut left = messages;
    while left > 0 {
        let Ok(Some(Ok(message))) = timeout(PATIENCE, socket.next()).await else { break };
        let now = began.elapsed();
        let Message::Text(text) = message else { continue };
        bytes.fetch_add(text.len() as u64, Relaxed);
        for (number, at) in text.split("<b:").skip(1).filter_map(stamp) {
            if let Some(seen @ false) = seen.get_mut(number) {
                *seen = true;
                left -= 1;
                latency.add(now.saturating_sub(at));
            }
        }
    }
    latency
}

/// Number and moment of a message, from what follows its mark.
fn stamp(rest: &str) -> Option<(usize, Duration)> {
    let (number, rest) = rest.split_once(':')?;
    let (at, _) = rest.split_once('>')?;
    Some((number.parse().ok()?, Duration::from_nanos(at.parse().ok()?)))
}

/// As many bytes, as often, to a server that sends them back at once.
async fn floor(port: u16, load: Load) -> Result<Latency> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.context("the echo is gone")?;
    stream.set_nodelay(true)?;
    let mut ticks = interval_at(tokio::time::Instant::now(), Duration::from_secs(1) / load.per_second);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut buffer = [0; 200];
    let mut latency = Latency::default();
    for _ in 0..load.messages {
        ticks.tick().await;
        let start = Instant::now();
        stream.write_all(&buffer).await?;
        stream.read_exact(&mut buffer).await?;
        latency.add(start.elapsed());
    }
    Ok(latency)
}
