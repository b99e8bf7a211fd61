//! The end of the day: the three ways out of the question.

use super::{IRA, MARIA, PAVEL, Scene, Steps, VERA};
use crate::e2e::browser::Named;
use anyhow::{Result, ensure};
use std::fs;

impl Scene {
    pub(super) async fn leaving(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("signing out lists the open dialogs", self.ask_to_leave()).await?;
        steps.screen("sign-out", &self.ira).await?;
        steps.step("she stays after all", self.stay()).await?;
        steps.step("she goes and stays online, and comes back as she went", self.leave_online()).await?;
        steps.step("she goes for the day: offline", self.leave_offline()).await?;
        steps.step("nothing of anybody stands in what the app has logged", async { self.logs_name_nobody() }).await
    }

    /// S-C21: at the finest level of our own parts, and whatever a panic would have said.
    fn logs_name_nobody(&self) -> Result<()> {
        let log = fs::read_to_string(self.out.join("ira-app.log"))?;
        ensure!(log.contains("DEBUG") && log.len() > 1_000, "next to nothing was logged: {} bytes", log.len());
        for words in [MARIA, PAVEL, VERA, "Мария", super::cover::SECRET, super::cover::DRAFT, super::cover::CODE, IRA.1]
        {
            ensure!(!log.contains(words), "the log has “{words}”");
        }
        ensure!(!log.contains("panicked at"), "a part of the app has panicked");
        Ok(())
    }

    async fn ask_to_leave(&self) -> Result<()> {
        self.press(["ctrl+,"]).await?;
        self.page()?.click(Named::new("button", "Выйти").within("[data-part=account] + section")).await?;
        self.asked("Выйти из «Чай и глина»?").await?;
        self.ira.wait_for_text("У вас открыты 2 диалога").await
    }

    async fn stay(&self) -> Result<()> {
        self.answer("footer button", "Отмена").await?;
        self.nothing_asked().await?;
        self.page()?.find(Named::new("h1", "Настройки")).await.map(drop)
    }

    async fn leave_online(&self) -> Result<()> {
        self.ask_to_leave().await?;
        self.answer("footer button", "Выйти и остаться").await?;
        // The page speaks on as it did; who she is and where the hub is need not be said again.
        self.page()?.fill(Named::new("textbox", "Пароль"), IRA.1).await?;
        self.click("button", "Войти").await?;
        self.ira.wait_for_workplace().await?;
        self.page()?.find(Named::new("button", "Мой статус: В сети")).await.map(drop)
    }

    async fn leave_offline(&self) -> Result<()> {
        self.ask_to_leave().await?;
        self.answer("footer button", "Выйти и стать офлайн").await?;
        self.page()?.find(Named::new("textbox", "Пароль")).await.map(drop)
    }
}
