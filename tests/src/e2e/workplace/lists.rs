//! Lists: sections, filters and views, many rows at once, offers.

use super::{GLEB, MARIA, NINA, PAVEL, Scene, Steps, VERA};
use crate::e2e::browser::Named;
use crate::e2e::patience::{START, until};
use anyhow::{Result, ensure};
use serde_json::json;

impl Scene {
    pub(super) async fn lists(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("those who wait, the longest first, and what one is typing", self.waiting()).await?;
        steps.screen("waiting", &self.ira).await?;
        steps.step("the keys accept whoever waits longest, and put her into the field", self.accept_oldest()).await?;
        steps.step("filtered by a mark and kept as a view", self.filter()).await?;
        steps.screen("filter", &self.ira).await?;
        steps.step("what does not fit is out of the list, which says so", self.filtered()).await?;
        steps.screen("filtered", &self.ira).await?;
        steps.step("the whole list again, and three rows chosen by keys", self.choose_many()).await?;
        steps.screen("many", &self.ira).await?;
        steps.step("two of them accepted at once, each with its outcome", self.accept_many()).await?;
        steps.screen("many-done", &self.ira).await?;
        steps.step("whoever left unanswered stands among the offline requests", self.offline_requests()).await?;
        steps.screen("offline-requests", &self.ira).await?;
        steps.step("a colleague offers a dialog: a card that counts down", self.offered()).await?;
        steps.screen("offer", &self.ira).await?;
        steps.step("she takes it from the card", self.take_offer()).await?;
        steps.step("all dialogs, also a colleague's", self.all()).await?;
        steps.screen("all", &self.ira).await
    }

    async fn waiting(&self) -> Result<()> {
        self.ira.section("Ожидают").await?;
        self.ira.wait_for_row("Вера types", |row| row.name == VERA && row.last.contains("гравир")).await?;
        let names: Vec<_> = self.ira.rows().await?.into_iter().map(|row| row.name).collect();
        let wanted = [MARIA, PAVEL, NINA, VERA];
        let found: Vec<_> = names.iter().filter(|name| wanted.contains(&name.as_str())).collect();
        ensure!(found == wanted, "the list is {names:?}");
        Ok(())
    }

    async fn accept_oldest(&self) -> Result<()> {
        self.press(["ctrl+shift+a"]).await?;
        self.ira.wait_for_text("Ведёте вы").await?;
        self.page()?.find(Named::first(".composer textarea:focus")).await.map(drop)
    }

    async fn filter(&self) -> Result<()> {
        self.press(["ctrl+6", "ctrl+shift+l"]).await?;
        self.click("[role=dialog] button[aria-pressed]", "Без ответа").await?;
        self.page()?.fill(Named::new("textbox", "Название вида"), "Утро").await?;
        self.click("button", "Сохранить").await?;
        self.page()?.find(Named::new("[role=dialog] .use", "Утро")).await.map(drop)
    }

    async fn filtered(&self) -> Result<()> {
        self.escape("[role=dialog]").await?;
        self.page()?.find(Named::first("button[aria-label^='Убрать']")).await.map(drop)
    }

    async fn choose_many(&self) -> Result<()> {
        self.press(["ctrl+k"]).await?;
        self.appears("dialog[open] [role=combobox]").await?;
        self.page()?.type_into(Named::field("dialog[open]"), "показать список целиком").await?;
        self.page()?.enter(Named::field("dialog[open]")).await?;
        self.vanishes("button[aria-label^='Убрать']").await?;
        self.ira.section("Ожидают").await?;
        let focused: bool = self
            .page()?
            .ask("const list = document.querySelector('[role=listbox]'); list.focus(); return true", Vec::new())
            .await?;
        ensure!(focused, "there is no list");
        self.press(["Home", "space", "shift+Down"]).await?;
        self.ira.wait_for_text("Выбрано 2").await
    }

    async fn accept_many(&self) -> Result<()> {
        self.page()?.click(Named::new("button", "Принять").within("[role=toolbar]")).await?;
        self.asked("Принять 2 диалога").await?;
        self.answer("footer button", "Принять").await?;
        self.ira.wait_for_text("Всё готово").await
    }

    async fn offline_requests(&self) -> Result<()> {
        self.answer("footer button", "Закрыть").await?;
        self.nothing_asked().await?;
        self.ira.section("Офлайн").await?;
        // The hub waits ten seconds for a page that is only loaded anew, and the centre two more.
        until("Глеб has left", START, || async {
            let rows = self.ira.rows().await?;
            ensure!(rows.iter().any(|row| row.name == GLEB), "the list shows {rows:?}");
            Ok(Some(()))
        })
        .await
    }

    async fn offered(&mut self) -> Result<()> {
        self.oleg()?.act(VERA, "accept", json!({})).await?;
        self.ira.section("Все").await?;
        self.ira.wait_for_row("Олег has Вера", |row| row.name == VERA && row.tone == "Ведёт Олег").await?;
        self.oleg()?.give(VERA, "Ира").await?;
        self.page()?.find(Named::first(".shelf .card")).await?;
        self.ira.wait_for_text("Отказаться").await
    }

    async fn take_offer(&self) -> Result<()> {
        self.page()?.click(Named::new("button", "Принять").within(".shelf")).await?;
        self.vanishes(".shelf .card").await?;
        self.ira.section("Мои").await?;
        self.ira.wait_for_row("Вера is hers", |row| row.name == VERA).await.map(drop)
    }

    async fn all(&mut self) -> Result<()> {
        let mut stranger = self.stranger("Добрый день, у вас есть доставка в Тверь?").await?;
        stranger.introduce("Семён Лис", "", "").await?;
        self.oleg()?.act("Семён Лис", "accept", json!({})).await?;
        self.ira.section("Все").await?;
        self.ira.wait_for_row("a colleague's", |row| row.tone == "Ведёт Олег").await.map(drop)
    }

    async fn stranger(&self, text: &str) -> Result<crate::e2e::wire::WireCustomer> {
        let page = ("https://shop.example/delivery", "Доставка и оплата");
        let mut one = crate::e2e::wire::WireCustomer::come(&self.hub.address(), "ru-RU", page.0, page.1).await?;
        one.write(text).await?;
        Ok(one)
    }
}
