//! S-H2: whether the time of an answer tells a login that is there from one that is not. In turn, so that whatever else
//! the machine does is the same for both.

use super::process::BenchHub;
use crate::bench::{Figures, latency::Latency};
use anyhow::Result;
use std::path::Path;

/// Before that many the first connections, allocations and pages are over.
const WARM_UP: u32 = 20;

pub(super) async fn measure(program: &Path, quick: bool, folder: &Path, figures: &mut Figures) -> Result<()> {
    let guesses = if quick { 200 } else { 10_000 };
    let hub = BenchHub::start(program, folder).await?;
    hub.add_operator("ira", "Ира", None).await?;
    let mut times = [Latency::default(), Latency::default()];
    for turn in 0..WARM_UP + guesses {
        for (login, times) in ["ira", "nobody"].into_iter().zip(&mut times) {
            let took = hub.guess(login).await?;
            if turn >= WARM_UP {
                times.add(took);
            }
        }
    }
    let [known, unknown] = times;
    known.say_median("S-H2_guess_at_a_login_that_is_there_p50", None, figures);
    unknown.say_median("S-H2_guess_at_one_that_is_not_p50", None, figures);
    let apart = (known.quantile(0.5) - unknown.quantile(0.5)).abs();
    figures.say("S-H2_medians_apart", apart, "ms");
    hub.stop().await
}
