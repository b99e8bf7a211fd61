//! P-H1: memory of the hub for each socket that is open and silent.

use super::{
    Crowd,
    echo::Echo,
    process::BenchHub,
    socket::{self, Idle},
};
use crate::bench::Figures;
use anyhow::{Result, ensure};
use std::{future::Future, path::Path, time::Duration};

/// Opened before the first look, so that what a first socket brings with it is not counted.
const WARM_UP: usize = 200;
/// Memory is looked at when nothing has moved for so long.
const SETTLE: Duration = Duration::from_secs(2);

pub(super) async fn measure(program: &Path, crowd: Crowd, folder: &Path, figures: &mut Figures) -> Result<()> {
    let echo = Echo::start(folder).await?;
    let floor = per_socket(crowd.customers, || socket::open(echo.sockets, "/"), || echo.memory()).await?;

    let hub = BenchHub::start(program, &folder.join("customers")).await?;
    let port = hub.port();
    let customer = per_socket(crowd.customers, || socket::customer(port), || hub.memory()).await?;
    figures.say_with_floor("P-H1_memory_per_customer_socket", customer, "KiB", floor);
    hub.stop().await?;

    let hub = BenchHub::start(program, &folder.join("operators")).await?;
    hub.add_operator("ira", "Ира", None).await?;
    let (port, token) = (hub.port(), hub.sign_in("ira").await?);
    let operator = per_socket(crowd.operators, || socket::operator(port, &token), || hub.memory()).await?;
    figures.say_with_floor("P-H1_memory_per_operator_socket", operator, "KiB", floor);
    hub.stop().await
}

async fn per_socket<F: Future<Output = Result<socket::Socket>>>(
    count: usize,
    open: impl Fn() -> F,
    memory: impl Fn() -> Result<f64>,
) -> Result<f64> {
    let first = Idle::open(WARM_UP, &open).await?;
    tokio::time::sleep(SETTLE).await;
    let before = memory()?;
    let others = Idle::open(count, &open).await?;
    tokio::time::sleep(SETTLE).await;
    let after = memory()?;
    ensure!(
        first.closed() + others.closed() == 0,
        "the other side has closed {} sockets",
        first.closed() + others.closed()
    );
    #[expect(clippy::cast_precision_loss, reason = "a mean for reading")]
    Ok((after - before) / count as f64)
}
