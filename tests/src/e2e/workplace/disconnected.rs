//! Without a hub: work goes on, what is written waits, what cannot be done says why.

use super::{MARIA, Scene, Steps};
use crate::e2e::browser::Named;
use anyhow::Result;

const LATER: &str = "Отложу чайник до вечера.";

impl Scene {
    pub(super) async fn without_a_connection(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("the hub dies; what she writes waits for it", self.hub_dies()).await?;
        steps.screen("no-connection", &self.ira).await?;
        steps.step("signing out then says what stays behind", self.leave_without_hub()).await?;
        steps.screen("sign-out-unsent", &self.ira).await?;
        steps.step("the hub is back, and what waited goes out", self.hub_returns()).await
    }

    async fn hub_dies(&mut self) -> Result<()> {
        self.hub.kill().await?;
        self.ira.wait_for_text("Нет связи").await?;
        self.ira.open_if_closed(MARIA).await?;
        // What she had begun before she left is still there.
        self.page()?.clear(Named::field(".composer")).await?;
        self.ira.say(LATER).await?;
        self.ira.wait_for_bubble(LATER, |bubble| bubble.state == "queued").await?;
        self.page()?.find(Named::new("button[aria-disabled=true]", "Завершить")).await.map(drop)
    }

    async fn leave_without_hub(&self) -> Result<()> {
        self.press(["ctrl+k"]).await?;
        self.appears("dialog[open] [role=combobox]").await?;
        self.page()?.type_into(Named::field("dialog[open]"), "выйти").await?;
        self.page()?.enter(Named::field("dialog[open]")).await?;
        self.asked("Выйти из").await?;
        self.ira.wait_for_text("Не отправлено 1 сообщение").await
    }

    async fn hub_returns(&mut self) -> Result<()> {
        self.answer("footer button", "Отмена").await?;
        self.nothing_asked().await?;
        self.hub.start().await?;
        self.ira.wait_for_bubble(LATER, |bubble| bubble.state == "sent").await?;
        self.ira.wait_for_text("На связи").await
    }
}
