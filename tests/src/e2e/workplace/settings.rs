//! Her status, and her settings: how it looks, how she writes, what she hears and sees, which keys do what.

use super::{MARIA, Scene, Steps};
use crate::e2e::browser::Named;
use crate::e2e::patience::{SOON, until_true};
use anyhow::Result;
use serde_json::json;

/// Shows a part of the settings from its top.
const SHOW: &str =
    "document.querySelector(`[data-part=\"${arguments[0]}\"]`).scrollIntoView({block: 'start'}); return true";

impl Scene {
    pub(super) async fn settings(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("the statuses of the centre", self.statuses()).await?;
        steps.screen("status", &self.ira).await?;
        steps.step("lunch, and back", self.lunch()).await?;
        steps.step("the settings: how it looks and how one writes", self.look_and_writing()).await?;
        steps.screen("settings", &self.ira).await?;
        steps.step("the theme is another one as soon as it is chosen", self.themes()).await?;
        steps.step("alerts", self.alerts()).await?;
        steps.screen("settings-alerts", &self.ira).await?;
        steps.step("keys, and two who want the same", self.own_keys()).await?;
        steps.screen("settings-keys", &self.ira).await?;
        steps.step("back at work", self.back()).await
    }

    async fn statuses(&self) -> Result<()> {
        self.ira.section("Мои").await?;
        self.press(["ctrl+shift+s"]).await?;
        self.appears("[data-status]").await?;
        self.ira.wait_for_text("Обучение").await
    }

    async fn lunch(&self) -> Result<()> {
        self.click("[data-status] label", "Обед").await?;
        self.vanishes("[data-status]").await?;
        self.page()?.find(Named::new("button", "Мой статус: Обед")).await?;
        self.press(["ctrl+shift+s"]).await?;
        self.click("[data-status] label", "В сети").await?;
        self.vanishes("[data-status]").await?;
        self.page()?.find(Named::new("button", "Мой статус: В сети")).await.map(drop)
    }

    async fn look_and_writing(&self) -> Result<()> {
        self.press(["ctrl+,"]).await?;
        self.page()?.find(Named::new("h1", "Настройки")).await.map(drop)
    }

    async fn themes(&self) -> Result<()> {
        for (name, theme) in [("Тёмная", "dark"), ("Светлая", "light")] {
            self.click("label", name).await?;
            until_true("the page has the theme", SOON, || async {
                let is = "return document.documentElement.dataset.theme === arguments[0]";
                self.page()?.ask(is, vec![json!(theme)]).await
            })
            .await?;
        }
        Ok(())
    }

    async fn alerts(&self) -> Result<()> {
        self.page()?.ask::<bool>(SHOW, vec![json!("alerts")]).await?;
        self.page()?.find(Named::new("button", "Послушать")).await.map(drop)
    }

    async fn own_keys(&self) -> Result<()> {
        self.page()?.ask::<bool>(SHOW, vec![json!("keys")]).await?;
        self.click("button", "Изменить клавиши: Отказаться от предложения").await?;
        self.press(["ctrl+k"]).await?;
        self.ira.wait_for_text("занято: Палитра команд").await
    }

    async fn back(&self) -> Result<()> {
        self.click("button", "Отмена").await?;
        self.page()?.click(Named::first("nav [data-goes=dialogs]")).await?;
        self.ira.section("Мои").await?;
        self.ira.open_if_closed(MARIA).await
    }
}
