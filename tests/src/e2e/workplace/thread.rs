//! The thread: files and pictures, what is dangerous, links, the colleague's note, one's own words changed and taken
//! back, another day.

use super::{MARIA, PAVEL, Scene, Steps};
use crate::e2e::alone::ask;
use crate::e2e::browser::Named;
use crate::e2e::patience::{SOON, until_true};
use anyhow::{Result, ensure};
use serde_json::json;
use std::fs;

const ANSWER: &str = "Здравствуйте, Мария! Да, чайник в наличии.";

/// The picture in the thread has come from the hub, was made anew and is shown.
const PICTURE_SHOWN: &str = r"
const picture = document.querySelector(arguments[0]);
return picture !== null && picture.complete && picture.naturalWidth > 0;
";

impl Scene {
    pub(super) async fn thread(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("an answer, read by the customer; a customer's picture and papers", self.files_come()).await?;
        steps.screen("thread", &self.ira).await?;
        steps.step("the card tells where she goes on the site, and what time it is there", self.way()).await?;
        steps.screen("way", &self.ira).await?;
        steps.step("the picture as large as there is room", self.lightbox()).await?;
        steps.screen("picture", &self.ira).await?;
        steps.step("a file that does something when it is opened is asked about", self.dangerous()).await?;
        steps.screen("dangerous-file", &self.ira).await?;
        steps.step("a link is shown with its real host before it opens", self.link()).await?;
        steps.screen("link", &self.ira).await?;
        steps.step("a colleague's note, one's own words put right and taken back", self.notes_and_edits()).await?;
        steps.screen("notes", &self.ira).await?;
        steps.step("the menu of one's own message", self.message_menu()).await?;
        steps.screen("message-menu", &self.ira).await?;
        steps.step("to another day", self.date()).await?;
        steps.screen("date", &self.ira).await?;
        steps.step("back in the thread", self.leave_date()).await
    }

    async fn files_come(&mut self) -> Result<()> {
        self.ira.section("Мои").await?;
        self.ira.open_dialog(MARIA).await?;
        self.ira.say(ANSWER).await?;
        let picture = self.out.join("data/vase.jpg");
        let drawn = "radial-gradient:#f4e3c8-#5b4438";
        ask("convert", ["-size", "960x640", drawn, "-quality", "80", &picture.display().to_string()]).await?;
        let picture = fs::read(picture)?;
        if let Some(maria) = &mut self.maria {
            maria.reads(ANSWER).await?;
            maria.send_file("Витрина.jpg", &picture, "Вот этот, верно?").await?;
            maria
                .send_file("Договор поставки.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", "")
                .await?;
            maria.send_file("установка.bat", b"@echo off\r\n", "").await?;
            maria.write("Нашла здесь: https://shop.example/teapots?id=7").await?;
        }
        self.appears(".bubble .picture img").await?;
        self.shows_picture(".bubble .picture img").await?;
        self.ira.wait_for_text("установка.bat").await?;
        self.ira.wait_for_text("shop.example/teapots?id=7").await
    }

    /// The page she is on comes by itself; the one before opens after a look at its host.
    async fn way(&mut self) -> Result<()> {
        if let Some(maria) = &mut self.maria {
            maria.go("https://shop.example/cart", "Корзина").await?;
        }
        until_true("she is in the cart", SOON, || async {
            const HERE: &str =
                "return document.querySelector('aside li[aria-current]')?.innerText.includes('Корзина') === true";
            self.page()?.ask(HERE, Vec::new()).await
        })
        .await?;
        self.ira.wait_for_text("Там сейчас").await?;
        self.ira.wait_for_text("GMT+10").await?;
        // The card is longer than the window, and the driver does not scroll what scrolls inside.
        const EARLIER: &str = "aside li[aria-current] ~ li button";
        self.appears(EARLIER).await?;
        let show = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' }); return true";
        self.page()?.ask::<bool>(show, vec![json!(EARLIER)]).await?;
        self.page()?.click(Named::first(EARLIER)).await?;
        self.asked("Открыть ссылку?").await?;
        self.answer("button", "Отмена").await?;
        self.nothing_asked().await
    }

    async fn shows_picture(&self, selector: &str) -> Result<()> {
        until_true(&format!("the picture {selector}"), SOON * 2, || async {
            self.page()?.ask(PICTURE_SHOWN, vec![json!(selector)]).await
        })
        .await
    }

    async fn lightbox(&self) -> Result<()> {
        self.click("button", "Посмотреть изображение").await?;
        self.appears("dialog[open] img.loaded").await?;
        self.shows_picture("dialog[open] img.loaded").await
    }

    async fn dangerous(&self) -> Result<()> {
        self.escape("dialog[open]").await?;
        self.click("button", "Сохранить установка.bat").await?;
        self.asked("Сохранить опасный файл?").await
    }

    async fn link(&self) -> Result<()> {
        self.answer("button", "Отмена").await?;
        self.nothing_asked().await?;
        self.page()?.click(Named::first(".bubble button.link")).await?;
        self.asked("Открыть ссылку?").await?;
        self.ira.wait_for_text("shop.example").await
    }

    async fn notes_and_edits(&mut self) -> Result<()> {
        self.answer("button", "Отмена").await?;
        self.nothing_asked().await?;
        self.oleg()?.act(MARIA, "send_note", json!({"text": "Постоянный клиент, скидка 5 %"})).await?;
        self.appears(".message.note").await?;
        self.ira.say("Забрать можно до девети.").await?;
        self.of_message("Забрать можно до девети.", "Изменить").await?;
        self.asked("Изменить сообщение").await?;
        self.page()?.fill(Named::field("dialog[open]"), "Забрать можно до девяти.").await?;
        self.answer("button", "Сохранить").await?;
        self.nothing_asked().await?;
        self.ira.wait_for_text("изменено").await?;
        self.ira.say("Ой, не сюда").await?;
        self.of_message("Ой, не сюда", "Удалить у всех").await?;
        self.ira.wait_for_text("Сообщение удалено").await?;
        if let Some(maria) = &self.maria {
            maria.reads("Забрать можно до девяти.").await?;
        }
        ensure!(!self.ira.sees("Ой, не сюда").await?, "what was taken back is still there");
        Ok(())
    }

    /// Opens the menu of one's own message and chooses from it.
    async fn of_message(&self, text: &str, what: &str) -> Result<()> {
        self.open_menu_of(text).await?;
        self.click("[role=menuitem]", what).await
    }

    async fn open_menu_of(&self, text: &str) -> Result<()> {
        // By its words: the menu of a line is seen by whoever points at the line or walks to it with Tab.
        const OPEN: &str = "const line = [...document.querySelectorAll('.message.mine')]\
            .findLast((one) => one.querySelector('.text')?.textContent.trim() === arguments[0]);\
            const button = line?.querySelector('.menu button'); button?.focus(); return button != null;";
        self.ira.wait_for_bubble(text, |bubble| bubble.mine && bubble.state != "queued").await?;
        until_true("the message has a menu", SOON, || async { self.page()?.ask(OPEN, vec![json!(text)]).await })
            .await?;
        self.press(["Return"]).await?;
        self.appears("[role=menuitem]").await
    }

    async fn message_menu(&self) -> Result<()> {
        self.open_menu_of("Забрать можно до девяти.").await
    }

    async fn date(&self) -> Result<()> {
        self.escape("[role=menuitem]").await?;
        self.ira.open_if_closed(MARIA).await?;
        self.press(["ctrl+g"]).await?;
        self.asked("К дате").await
    }

    async fn leave_date(&mut self) -> Result<()> {
        self.escape("dialog[open]").await?;
        // Other words for somebody whose dialog is hers but not open: they are counted in the row.
        if let Some(pavel) = &mut self.pavel {
            pavel.write("Вы тут?").await?;
        }
        self.ira.wait_for_row("Павел writes on", |row| row.name == PAVEL && row.last == "Вы тут?").await.map(drop)
    }
}
