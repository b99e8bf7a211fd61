//! P-D9: an operator comes back after hours away. How soon his lists are right again, and what that costs on the wire.

use super::{
    Figures,
    hub::{BenchHub, PASSWORD, socket},
    window::say,
};
use crate::{crash::line::workplace::Desk, proxy::Proxy};
use anyhow::{Context as _, Result, ensure};
use futures_util::{StreamExt as _, future::try_join_all};
use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// Customers who write at the same time.
const CUSTOMERS: u32 = 50;
/// A customer waits for the hub's answers after so many messages.
const AT_ONCE: u32 = 20;
const PATIENCE: Duration = Duration::from_secs(30);

/// How long he was away, as what he missed: the whole desk writes, or ten of its customers.
const ABSENCES: [(&str, u32, u32); 4] = [
    ("6_minutes", CUSTOMERS, 100),
    ("8_hours", CUSTOMERS, 4_000),
    ("72_hours_of_10_dialogs", 10, 400),
    ("a_month", CUSTOMERS, 50_000),
];

pub(super) async fn measure(program: &Path, quick: bool, folder: &Path, figures: &mut Figures) -> Result<()> {
    let hub = BenchHub::start(program, &folder.join("hub")).await?;
    hub.add_operator("ira", "Ира", None).await?;
    let target = SocketAddr::from(([127, 0, 0, 1], hub.port()));
    let desk = folder.join("desk");
    std::fs::remove_dir_all(&desk).ok();
    std::fs::remove_file(desk.with_extension("secrets")).ok();
    let mut customers = Vec::new();
    for _ in 0..CUSTOMERS {
        customers.push(socket::customer(hub.port()).await?);
    }
    write(&mut customers, CUSTOMERS).await?;
    let proxy = Proxy::start(target).await?;
    let address = proxy.address();
    Desk::reopen(&desk, &format!("http://{address}"), PASSWORD).await?.close().await;
    for (name, busy, missed) in ABSENCES {
        let missed = if quick { missed / 10 } else { missed };
        write(&mut customers[..busy as usize], missed).await?;
        proxy.count_anew();
        let began = Instant::now();
        let desk = Desk::reopen(&desk, &format!("http://{address}"), PASSWORD).await?;
        let live = Instant::now();
        let connected = proxy.first_connection().context("the workplace did not connect")?;
        let ms = |span: Duration| span.as_secs_f64() * 1e3;
        figures.say(&format!("P-D9_{name}_missed"), f64::from(missed), "messages");
        figures.say(&format!("P-D9_{name}_connected_to_right"), ms(live - connected), "ms");
        figures.say(&format!("P-D9_{name}_started_to_right"), ms(live - began), "ms");
        #[expect(clippy::cast_precision_loss, reason = "bytes for reading")]
        figures.say(&format!("P-D9_{name}_on_the_wire"), proxy.bytes_down() as f64 / 1024.0, "KiB");
        desk.close().await;
    }
    hub.stop().await
}

/// Lets these customers write so many messages together, and waits until the hub has them.
async fn write(customers: &mut [socket::Socket], messages: u32) -> Result<()> {
    let each = messages / u32::try_from(customers.len())?;
    try_join_all(customers.iter_mut().map(async |customer| {
        let mut left = each;
        while left > 0 {
            let some = left.min(AT_ONCE);
            for number in 0..some {
                say(customer, number, "Здравствуйте! Подскажите, пожалуйста, где мой заказ?").await?;
            }
            timeout(PATIENCE, answers(customer, some)).await.context("the hub does not answer a customer")??;
            left -= some;
        }
        Ok::<_, anyhow::Error>(())
    }))
    .await
    .map(drop)
}

async fn answers(customer: &mut socket::Socket, wanted: u32) -> Result<()> {
    let mut came = 0;
    while came < wanted {
        let message = customer.next().await.context("a customer's socket ends")??;
        ensure!(!message.is_close(), "the hub closes a customer's socket");
        came += u32::from(message.to_text().is_ok_and(|text| text.contains("\"t\":\"result\"")));
    }
    Ok(())
}
