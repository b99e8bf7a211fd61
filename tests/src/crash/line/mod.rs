//! a connection that is dead without saying so, and a program that was stopped for a while. The real
//! hub, the real engine, real sockets.

mod half_open;
pub(super) mod office;
mod stopped;
pub mod workplace;

use super::{Length, Summary};
use anyhow::Context as _;

/// Both.
///
/// # Errors
/// The first trial that broke a promise, or took too long to notice.
pub fn run(length: Length) -> anyhow::Result<Summary> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let half_open = half_open::run(length).await.context("half-open socket")?;
        let stopped = stopped::run(length).await.context("stopped program")?;
        Ok(Summary(format!("line: {half_open}; {stopped}")))
    })
}
