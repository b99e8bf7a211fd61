//! Both accept the same dialog in the same millisecond.

use super::{PAVEL, Scene, Steps};
use crate::e2e::patience::{SOON, until};
use anyhow::{Result, ensure};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Far enough ahead for both pages to be told.
const AHEAD: Duration = Duration::from_millis(700);

impl Scene {
    pub(super) async fn accept(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("both accept at once: one wins, the other sees who", "accepted", self.both_accept()).await?;
        steps.also("accepted second", self.other().page()?).await
    }

    async fn both_accept(&mut self) -> Result<()> {
        self.ira.open_dialog(PAVEL).await?;
        self.oleg.open_dialog(PAVEL).await?;
        for operator in [&self.ira, &self.oleg] {
            operator.wait_for_text("Принять").await?;
        }
        let moment = u64::try_from((SystemTime::now() + AHEAD).duration_since(UNIX_EPOCH)?.as_millis())?;
        tokio::try_join!(self.ira.accept_at(moment), self.oleg.accept_at(moment))?;
        self.ira_leads = until("somebody leads the dialog", SOON, || async {
            let leads = [self.ira.sees("Ведёте вы").await?, self.oleg.sees("Ведёте вы").await?];
            ensure!(leads != [true, true], "both lead the same dialog");
            Ok(leads.contains(&true).then_some(leads[0]))
        })
        .await?;
        let told = format!("{} быстрее: диалог «{PAVEL}» уже принят", self.leader().name);
        self.other().wait_for_text(&told).await?;
        ensure!(!self.other().sees("Ведёте вы").await?, "both lead the same dialog");
        self.other().section("Все").await?;
        let leads = format!("Ведёт {}", self.leader().name);
        self.other().wait_for_row(&leads, |row| row.name == PAVEL && row.tone == leads).await?;
        // Two customers wrote, so this is the second dialog: an opened chat alone made none.
        ensure!(self.leader().sees("№ 2").await?, "the dialog is not the second");
        self.leader().wait_for_row("mine now", |row| row.name == PAVEL && row.tone == "Ответьте").await.map(drop)
    }
}
