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
use tokio::{sync::oneshot, task::JoinHandle, time::timeout};
use tokio_tungstenite::tungstenite::Message;

const PATIENCE: Duration = Duration::from_secs(10);

/// The customer, with an accepted dialog.
pub(super) struct Busy {
    pub(super) dialog: DialogId,
    customer: SplitSink<Socket, Message>,
    /// Answers the hub's pings, so that it does not take the customer for gone.
    reading: JoinHandle<()>,
}

/// The customer while he writes.
pub(super) struct Traffic {
    stop: oneshot::Sender<()>,
    writing: JoinHandle<Result<u32>>,
}

/// Another device of the window's operator.
pub(super) struct Device {
    socket: Socket,
    commands: u32,
}

impl Busy {
    /// Lets a customer write a first word and the operator's other device accept it.
    pub(super) async fn open(hub: &BenchHub) -> Result<Self> {
        let mut device = Device::open(hub).await?;
        let mut customer = socket::customer(hub.port()).await?;
        say(&mut customer, 0, "Здравствуйте!").await?;
        let (dialog, epoch) = device.wait_for_dialog().await?;
        device.accept((dialog, epoch)).await?;
        let (customer, mut stream) = customer.split();
        let reading = tokio::spawn(async move { while let Some(Ok(_)) = stream.next().await {} });
        Ok(Self { dialog, customer, reading })
    }

    /// Writes again and again.
    pub(super) fn write_every(self, apart: Duration) -> Traffic {
        let (stop, mut stopped) = oneshot::channel();
        let Self { customer: mut sink, reading, .. } = self;
        let writing = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(apart);
            let mut written = 0;
            loop {
                tokio::select! {
                    _ = &mut stopped => break,
                    _ = ticks.tick() => {}
                }
                written += 1;
                let text = format!("Сообщение номер {written}: где мой заказ?");
                let send = CustomerFrame::Send { id: fresh_id(written), text };
                sink.send(Message::text(encode(&send))).await?;
            }
            reading.abort();
            Ok(written)
        });
        Traffic { stop, writing }
    }
}

impl Traffic {
    /// Ends it; says how much was written.
    pub(super) async fn stop(self) -> Result<u32> {
        // It is gone only if writing has failed, which is told below.
        self.stop.send(()).ok();
        self.writing.await?
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
