//! She goes for a tea: the window is covered, names nobody, and opens to what was there.

use super::{MARIA, PAVEL, Scene, Steps};
use crate::e2e::browser::Named;
use crate::e2e::patience::{SOON, until_true};
use crate::e2e::popups;
use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};

const FIELD: Named<'static> = Named::field(".composer");
pub(super) const DRAFT: &str = "Чайник «Берег» есть, синий и";
pub(super) const SECRET: &str = "Мой телефон +7 900 123-45-67";
const COVERED: &str = "Экран закрыт";
pub(super) const CODE: &str = "tea-4-two";

/// Unlocking is due within 300 ms; this is what WebDriver's own way there and back may add on a busy machine.
const OPENS: Duration = Duration::from_millis(300 + 700);

impl Scene {
    pub(super) async fn cover(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("covered by a key: nobody and nothing of theirs is on the page", self.covers()).await?;
        // It takes no settings either: how it looks is photographed by the page's own tests.
        steps.step("a message rings, and its notification names nobody", self.rings_unnamed()).await?;
        steps.step("any key opens it: the same dialog, the same draft", self.opens()).await?;
        steps.step("a code is set", self.sets_code()).await?;
        steps.step("a wrong code is refused, the right one opens", self.opens_by_code()).await?;
        steps.screen("code", &self.ira).await?;
        steps.step("the code is removed", self.removes_code()).await
    }

    async fn covers(&mut self) -> Result<()> {
        self.ira.open_if_closed(MARIA).await?;
        self.page()?.clear(FIELD).await?;
        self.ira.type_text(DRAFT).await?;
        let began = Instant::now();
        self.press(["ctrl+shift+e"]).await?;
        self.ira.wait_for_text(COVERED).await?;
        ensure!(began.elapsed() < Duration::from_secs(2), "covered after {:?}", began.elapsed());
        self.nobody_is_there().await
    }

    async fn nobody_is_there(&self) -> Result<()> {
        let source = self.page()?.source().await?;
        for words in [MARIA, PAVEL, DRAFT, SECRET, "Вот он:"] {
            ensure!(!source.contains(words), "under the cover stands “{words}”");
        }
        let title = self.ira.window()?.title().await?;
        ensure!(!title.contains(MARIA), "the title names {title}");
        Ok(())
    }

    async fn rings_unnamed(&mut self) -> Result<()> {
        let before = popups::newest().await?;
        self.maria.as_mut().context("Мария is not there")?.write(SECRET).await?;
        popups::wait_for_one().await?;
        let shown = popups::collect(before).await?;
        ensure!(!shown.is_empty(), "no notification came");
        for popup in &shown {
            let words = format!("{} {}", popup.title, popup.body);
            ensure!(!words.contains("Мария") && !words.contains("900"), "a stranger reads “{words}”");
        }
        self.nobody_is_there().await
    }

    async fn opens(&self) -> Result<()> {
        self.ira.look_here().await?;
        let began = Instant::now();
        self.press(["x"]).await?;
        self.ira.wait_for_bubble(SECRET, |bubble| !bubble.mine).await?;
        let took = began.elapsed();
        ensure!(took < OPENS, "opened after {took:?}");
        self.page()?.find(Named::new("h1", MARIA)).await?;
        until_true("the draft is back", SOON, || async { Ok(self.ira.unfinished().await? == DRAFT) }).await
    }

    async fn sets_code(&self) -> Result<()> {
        self.press(["ctrl+,"]).await?;
        self.page()?.fill(Named::new("textbox", "Новый код"), CODE).await?;
        self.click("button", "Задать код").await?;
        self.ira.wait_for_text("Код задан. Его спросит и запуск программы.").await
    }

    async fn opens_by_code(&self) -> Result<()> {
        self.press(["ctrl+shift+e"]).await?;
        self.ira.wait_for_text(COVERED).await?;
        self.nobody_is_there().await?;
        self.page()?.fill(Named::new("textbox", "Код"), "tea").await?;
        self.click("button", "Открыть").await?;
        self.ira.wait_for_text("Код неверный. Ничего не изменено.").await?;
        self.page()?.fill(Named::new("textbox", "Код"), CODE).await?;
        self.click("button", "Открыть").await?;
        self.page()?.find(Named::new("h1", "Настройки")).await.map(drop)
    }

    async fn removes_code(&self) -> Result<()> {
        self.page()?.fill(Named::new("textbox", "Нынешний код"), CODE).await?;
        self.click("button", "Убрать код").await?;
        self.ira.wait_for_text("Без него экран откроет любая клавиша.").await?;
        self.press(["Escape"]).await?;
        self.ira.open_if_closed(MARIA).await?;
        self.page()?.clear(FIELD).await
    }
}
