//! Out of sight is not out of work: the closed window, the second start, the customer's reload.

use super::{Scene, Steps};
use crate::e2e::patience::{SOON, until_true};
use crate::e2e::popups;
use anyhow::{Result, ensure};

const LATE: &str = "Забыл спросить: можно картой?";
const CARD: &str = "Да, картой тоже можно.";

impl Scene {
    pub(super) async fn tray(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("a closed window goes to the tray, and still rings", "in-the-tray", self.closed_to_tray()).await?;
        steps.step("a second start shows the first one's window", "second-start", self.second_start()).await?;
        steps.step("the customer reloads the page: everything is there", "reloaded", self.customer_reloads()).await?;
        steps.also("reloaded pavel", self.pavel()?.page()).await
    }

    async fn closed_to_tray(&mut self) -> Result<()> {
        popups::collect(0).await?;
        self.leader().look_here().await?;
        self.leader().window()?.close().await?;
        let app = self.leader().app()?;
        until_true("the window is gone from the screen", SOON, || async { Ok(!app.window().is_visible().await) })
            .await?;
        let moment = self.ears.quiet().await?;
        self.pavel()?.say(LATE).await?;
        Self::is_short(&self.ears.sound_after(moment, SOON).await?)?;
        popups::wait_for_one().await?;
        ensure!(app.is_running(), "the app ended with its window");
        self.note_said(true, LATE);
        Ok(())
    }

    async fn second_start(&mut self) -> Result<()> {
        self.leader().start_again().await?;
        self.leader().window()?.wait_for_focus().await?;
        self.leader().wait_for_bubble(LATE, |bubble| !bubble.mine).await?;
        self.leader().say(CARD).await?;
        self.note_said(false, CARD);
        Ok(())
    }

    async fn customer_reloads(&mut self) -> Result<()> {
        self.pavel()?.wait_for(CARD).await?;
        self.pavel()?.reload().await?;
        self.pavel()?.open_chat().await?;
        self.arrived_at_customer().await?;
        self.pavel()?.wait_for_words("p", &format!("Вам отвечает {}", self.leader().name)).await
    }
}
