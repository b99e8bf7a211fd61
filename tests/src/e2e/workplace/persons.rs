//! One person of several customers: suggested, found, compared and joined, written to where there is no dialog yet, and
//! taken apart again.

use super::{ANNA, MARIA, Scene, Steps};
use crate::e2e::browser::Named;
use crate::e2e::patience::{SOON, until_true};
use crate::e2e::wire::WireCustomer;
use anyhow::{Result, bail, ensure};
use serde_json::json;

/// Мария once more, from the computer at her work.
const MASHA: &str = "Маша";
const ASKS: &str = "Это снова я, с работы. Чайник отложили?";
const ANSWER: &str = "Отложили, ждём вас.";
const FIRST: &str = "Добрый день! Чайник ждёт вас до пятницы.";

const OPEN: &str = "dialog[open]";

/// Finds the part of the card under a heading.
const PART: &str = r"
const part = [...document.querySelectorAll('aside section')]
  .find((one) => one.querySelector('h3')?.innerText.trim() === arguments[0]);
";

/// Brings a button of the card into view; the driver does not scroll what scrolls inside.
const SHOW: &str = r"
const one = [...document.querySelectorAll('aside button')]
  .find((one) => one.innerText.trim().startsWith(arguments[0]));
one?.scrollIntoView({ block: 'center' });
return one !== undefined;
";

/// The ways to a person: which can be chosen, which is, and what stands there.
const WAYS: &str = r"
return [...document.querySelectorAll('dialog[open] .way')].map((way) => {
  const choice = way.querySelector('input');
  return [choice.disabled, choice.checked, way.innerText];
});
";

impl Scene {
    pub(super) async fn persons(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        let work = steps.step("Мария writes from her work too, and that dialog is over", self.at_work()).await?;
        steps.step("the card suggests whoever has the same phone", self.suggested()).await?;
        steps.screen("join", &self.ira).await?;
        steps.step("she is found by the end of her number and by her name", self.found()).await?;
        steps.screen("join-found", &self.ira).await?;
        steps.step("the two side by side, with a choice of what differs", self.compared()).await?;
        steps.screen("join-compare", &self.ira).await?;
        steps.step("one person: both ways and the earlier dialogs of both", self.joined()).await?;
        steps.screen("person", &self.ira).await?;
        steps.step("a new dialog: the way with an open one says why it cannot be", self.write_first()).await?;
        steps.screen("write-first", &self.ira).await?;
        steps.step("it opens, and the words are on her page at work", self.written_first(&work)).await?;
        steps.screen("written-first", &self.ira).await?;
        steps.step("they are told apart again", self.separated()).await?;
        steps.screen("separated", &self.ira).await?;
        steps.step("the new dialog is over too", self.end_of_persons()).await
    }

    async fn at_work(&mut self) -> Result<WireCustomer> {
        // Closed for good within a second, so that somebody without a dialog can be written to.
        let centre = include_str!("centre.toml").replace("left_offline_s = 2", "left_offline_s = 2\nfinal_close_s = 1");
        self.hub.take_over(ANNA, &centre).await?;
        let page = ("https://shop.example/", "Чай и глина");
        let mut work = WireCustomer::come(&self.hub.address(), "ru-RU", page.0, page.1).await?;
        work.introduce(MASHA, "", "8 (912) 345-67-89").await?;
        work.write(ASKS).await?;
        self.ira.section("Ожидают").await?;
        self.ira.open_dialog(MASHA).await?;
        self.click("header button", "Принять").await?;
        self.page()?.find(Named::new("header button", "Завершить")).await?;
        self.ira.say(ANSWER).await?;
        work.reads(ANSWER).await?;
        self.close_under_late().await?;
        self.ira.section("Все").await?;
        self.ira.open_dialog(MASHA).await?;
        self.page()?.find(Named::new("button", "Начать новый диалог").within("aside")).await?;
        Ok(work)
    }

    async fn suggested(&self) -> Result<()> {
        self.ira.section("Мои").await?;
        self.ira.open_dialog(MARIA).await?;
        self.click_on_card("Тот же человек, что").await?;
        self.asked(&format!("Тот же человек, что {MARIA}")).await?;
        self.page()?.find(Named::new("legend", "Та же почта или телефон").within(OPEN)).await?;
        self.page()?.find(Named::new("label", &format!("{MASHA} та же почта или телефон")).within(OPEN)).await.map(drop)
    }

    async fn found(&self) -> Result<()> {
        let field = Named::new("textbox", "Найти клиента").within(OPEN);
        for words in ["345-67-89", "маш"] {
            self.page()?.fill(field, "никого такого нет").await?;
            self.ira.wait_for_text("Никого не найдено").await?;
            self.page()?.fill(field, words).await?;
            self.page()?.find(Named::new("label", MASHA).within(OPEN)).await?;
        }
        self.answer("label", MASHA).await
    }

    async fn compared(&self) -> Result<()> {
        self.answer("footer button", "Сравнить").await?;
        self.page()?.find(Named::new("td", MASHA).within(OPEN)).await?;
        self.page()?.find(Named::new("[role=radiogroup]", "Что останется: Имя").within(OPEN)).await.map(drop)
    }

    async fn joined(&self) -> Result<()> {
        self.answer("footer button", "Объединить").await?;
        self.nothing_asked().await?;
        self.ira.wait_for_text("Теперь это один человек.").await?;
        self.lines_of_card("Откуда пишет", 2).await?;
        self.lines_of_card("Прежние обращения", 1).await?;
        self.show_on_card("Тот же человек, что").await
    }

    async fn write_first(&self) -> Result<()> {
        self.click_on_card("Начать новый диалог").await?;
        self.asked(&format!("Написать: {MARIA}")).await?;
        self.page()?.find(Named::first("dialog[open] .way")).await?;
        let mut ways: Vec<(bool, bool, String)> = self.page()?.ask(WAYS, Vec::new()).await?;
        ways.sort();
        let [free, taken] = &ways[..] else { bail!("the ways are {ways:?}") };
        ensure!(!free.0 && free.1, "nobody can be written to: {ways:?}");
        ensure!(taken.0 && !taken.1 && taken.2.contains("там открыт диалог"), "two dialogs of one: {ways:?}");
        self.page()?.fill(Named::new("textbox", "Первые слова").within(OPEN), FIRST).await
    }

    async fn written_first(&self, work: &WireCustomer) -> Result<()> {
        self.answer("footer button", "Написать").await?;
        self.nothing_asked().await?;
        work.reads(FIRST).await?;
        self.ira.wait_for_bubble(FIRST, |bubble| bubble.mine && bubble.state != "queued").await?;
        self.page()?.find(Named::new("h1", MARIA)).await.map(drop)
    }

    async fn separated(&self) -> Result<()> {
        self.lines_of_card("Откуда пишет", 2).await?;
        self.click_on_card("Другой человек").await?;
        self.asked("Клиент").await?;
        self.answer("footer button", "Разъединить").await?;
        self.nothing_asked().await?;
        self.ira.wait_for_text("снова сам по себе").await?;
        // Each has his own name again.
        self.page()?.find(Named::new("h1", MASHA)).await?;
        self.lines_of_card("Откуда пишет", 0).await
    }

    async fn end_of_persons(&self) -> Result<()> {
        self.close_under_late().await?;
        self.hub.take_over(ANNA, include_str!("centre.toml")).await?;
        self.ira.open_dialog(MARIA).await
    }

    /// Closes the open dialog, under the category that the centre wants.
    async fn close_under_late(&self) -> Result<()> {
        self.press(["ctrl+shift+w"]).await?;
        self.asked("Завершить диалог").await?;
        self.page()?.type_into(Named::field("dialog[open] .pick"), "опозд").await?;
        self.answer("[role=option]", "Доставка / Опоздание").await?;
        self.answer("footer button", "Завершить").await?;
        self.nothing_asked().await?;
        self.ira.section("Мои").await?;
        until_true("she has no dialog of Маша", SOON, || async {
            Ok(self.ira.rows().await?.iter().all(|row| row.name != MASHA))
        })
        .await
    }

    async fn show_on_card(&self, name: &str) -> Result<()> {
        until_true(&format!("the card has “{name}”"), SOON, || async {
            self.page()?.ask(SHOW, vec![json!(name)]).await
        })
        .await
    }

    async fn click_on_card(&self, name: &str) -> Result<()> {
        self.show_on_card(name).await?;
        self.page()?.click(Named::new("button", name).within("aside")).await
    }

    async fn lines_of_card(&self, title: &str, count: usize) -> Result<()> {
        let script =
            format!("{PART} return part !== undefined && part.querySelectorAll('li').length === arguments[1];");
        until_true(&format!("“{title}” has {count} lines"), SOON, || async {
            self.page()?.ask(&script, vec![json!(title), json!(count)]).await
        })
        .await
    }
}
