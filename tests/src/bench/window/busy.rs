//! A customer who writes through the hub, in a dialog that the operator of the window has accepted: from another
//! device of the same operator, so that the window only has to show it.

use crate::bench::hub::{
    BenchHub,
    socket::{self, Socket},
};
use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _, stream::SplitSink};
use otklik_model::{Change, ClientId, DialogId, Op, Outcome};
use otklik_wire::{
    customer::CustomerFrame,
    decode, encode,
    operator::{ClientFrame, HubFrame},
};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use tokio_tungstenite::tungstenite::Message;

const PATIENCE: Duration = Duration::from_secs(10);

/// The customer, with an accepted dialog.
pub(super) struct Busy {
    pub(super) dialog: DialogId,
    /// His pages: what is written on one is stored before the next of it is taken, so one alone is not quick enough.
    pages: Vec<Page>,
}

struct Page {
    writing: SplitSink<Socket, Message>,
    /// Answers the hub's pings, so that it does not take the customer for gone.
    reading: JoinHandle<()>,
}

/// The customer while he writes.
pub(super) struct Traffic {
    stop: watch::Sender<bool>,
    writing: Vec<JoinHandle<Result<u32>>>,
}

/// Another device of the window's operator.
pub(super) struct Device {
    socket: Socket,
    commands: u32,
}

impl Busy {
    /// Lets a customer on so many pages write a first word, and the operator's other device accept it.
    pub(super) async fn open(hub: &BenchHub, pages: usize) -> Result<Self> {
        let mut device = Device::open(hub).await?;
        let (mut first, token) = socket::page(hub.port(), None).await?;
        say(&mut first, 0, "Здравствуйте!").await?;
        let (dialog, epoch) = device.wait_for_dialog().await?;
        device.accept((dialog, epoch)).await?;
        let mut busy = Self { dialog, pages: vec![Page::of(first)] };
        for _ in 1..pages {
            let (socket, _) = socket::page(hub.port(), Some(token.clone())).await?;
            busy.pages.push(Page::of(socket));
        }
        Ok(busy)
    }

    /// Writes again and again, on each page in turn.
    pub(super) fn write_every(self, apart: Duration) -> Traffic {
        let (stop, stopped) = watch::channel(false);
        let apart = apart * u32::try_from(self.pages.len()).unwrap_or(u32::MAX);
        let writing = self.pages.into_iter().zip(0..).map(|(page, place)| {
            let stopped = stopped.clone();
            tokio::spawn(page.write_every(apart, place, stopped))
        });
        Traffic { stop, writing: writing.collect() }
    }
}

impl Page {
    fn of(socket: Socket) -> Self {
        let (writing, mut stream) = socket.split();
        let reading = tokio::spawn(async move { while let Some(Ok(_)) = stream.next().await {} });
        Self { writing, reading }
    }

    async fn write_every(mut self, apart: Duration, place: u32, mut stopped: watch::Receiver<bool>) -> Result<u32> {
        let mut ticks = tokio::time::interval(apart);
        let mut written = 0;
        loop {
            tokio::select! {
                _ = stopped.changed() => break,
                _ = ticks.tick() => {}
            }
            written += 1;
            let send = CustomerFrame::Send { id: fresh_id(written), text: words(place, written) };
            self.writing.send(Message::text(encode(&send))).await?;
        }
        self.reading.abort();
        Ok(written)
    }
}

/// What is written on a page of those beginning with 0, as its message of those beginning with 1.
fn words(page: u32, number: u32) -> String {
    format!("Сообщение {page}-{number}: где мой заказ?")
}

/// How many of the messages that were stored of a flood on so many pages do not follow what came before them on the same
/// page.
pub(super) fn astray(stored: &[String], pages: usize) -> usize {
    let mut next = vec![1; pages];
    let mut follows = |text: &String| {
        let page = (0..).zip(&mut next).find(|(page, number)| *text == words(*page, **number));
        page.map(|(_, number)| *number += 1).is_some()
    };
    stored.iter().filter(|text| !follows(text)).count()
}

impl Traffic {
    /// Ends it; says how much was written.
    pub(super) async fn stop(self) -> Result<u32> {
        // They are gone only if writing has failed, which is told below.
        self.stop.send(true).ok();
        let mut written = 0;
        for page in self.writing {
            written += page.await??;
        }
        Ok(written)
    }
}

impl Device {
    /// Signs in as the window's operator.
    pub(super) async fn open(hub: &BenchHub) -> Result<Self> {
        let token = hub.sign_in("ira").await?;
        Ok(Self { socket: socket::operator(hub.port(), &token).await?, commands: 0 })
    }

    /// Waits for the next dialog that comes in; says which, and at which epoch it stands.
    pub(super) async fn wait_for_dialog(&mut self) -> Result<(DialogId, u64)> {
        let waiting = async {
            while let Some(message) = self.socket.next().await {
                let Message::Text(text) = message? else { continue };
                let Ok(HubFrame::Events { changes, .. }) = decode(&text) else { continue };
                for change in changes {
                    if let Change::DialogUpserted(dialog) = change
                        && dialog.assignee.is_none()
                    {
                        return Ok((dialog.id, dialog.epoch));
                    }
                }
            }
            bail!("the hub closes the device's socket")
        };
        timeout(PATIENCE, waiting).await.context("the customer's dialog does not come")?
    }

    /// Accepts a dialog.
    pub(super) async fn accept(&mut self, (dialog, epoch): (DialogId, u64)) -> Result<()> {
        self.command(Op::Accept { dialog, epoch }).await
    }

    /// Closes a dialog that this device has just accepted, so that nobody waits and nothing rings any more.
    pub(super) async fn close(&mut self, (dialog, epoch): (DialogId, u64)) -> Result<()> {
        self.command(Op::Close { dialog, epoch: epoch + 1 }).await
    }

    /// Commands, and waits until the hub has done it.
    async fn command(&mut self, op: Op) -> Result<()> {
        self.commands += 1;
        let command = ClientFrame::Command { id: fresh_id(self.commands), op };
        self.socket.send(Message::text(encode(&command))).await?;
        let waiting = async {
            while let Some(message) = self.socket.next().await {
                let Message::Text(text) = message? else { continue };
                if let Ok(HubFrame::Result { outcome, .. }) = decode(&text) {
                    ensure!(matches!(outcome, Outcome::Done { .. }), "the hub refuses: {outcome:?}");
                    return Ok(());
                }
            }
            bail!("the hub closes the device's socket")
        };
        timeout(PATIENCE, waiting).await.context("the hub does not answer a command")?
    }
}

/// Lets a customer write, and says when it was written to his socket.
pub(in crate::bench) async fn say(customer: &mut Socket, number: u32, text: &str) -> Result<Instant> {
    let send = CustomerFrame::Send { id: fresh_id(number), text: text.to_owned() };
    let at = Instant::now();
    customer.send(Message::text(encode(&send))).await?;
    Ok(at)
}

fn fresh_id(number: u32) -> ClientId {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut random = [0; 10];
    random[..4].copy_from_slice(&since.subsec_nanos().to_le_bytes());
    random[4..8].copy_from_slice(&number.to_le_bytes());
    ClientId::from_parts(u64::try_from(since.as_millis()).unwrap_or(0), random)
}
