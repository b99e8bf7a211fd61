//! Where she writes: ready answers, emoji, a link, files through the tray, too long a text, a note, one message taken
//! back before it is sent.

use super::{MARIA, Scene, Steps};
use crate::e2e::browser::Named;
use crate::e2e::patience::{SOON, until_true};
use anyhow::{Result, ensure};
use serde_json::{Value, json};

const FIELD: Named<'static> = Named::field(".composer");

/// Gives files to the page as the system's chooser does.
const CHOOSE: &str = r"
const chooser = document.querySelector('.composer input[type=file]');
const files = new DataTransfer();
for (const [name, type, size] of arguments[0]) files.items.add(new File([new Uint8Array(size).fill(65)], name, { type }));
chooser.files = files.files;
chooser.dispatchEvent(new Event('change', { bubbles: true }));
return chooser.files.length;
";

/// Drops one more on the field.
const DROP: &str = r"
const files = new DataTransfer();
files.items.add(new File(['Один, два, три'], arguments[0], { type: 'text/plain' }));
const field = document.querySelector('.composer textarea');
field.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: files }));
return true;
";

impl Scene {
    pub(super) async fn composer(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("ready answers by their first letters", self.templates()).await?;
        steps.screen("templates", &self.ira).await?;
        steps.step("an answer of one's own", self.own_template()).await?;
        steps.screen("template-edit", &self.ira).await?;
        steps.step("what is to be filled in is asked for before it is sent", self.template_with_hole()).await?;
        steps.screen("template-hole", &self.ira).await?;
        steps.step("emoji by name", self.emoji()).await?;
        steps.screen("emoji", &self.ira).await?;
        steps.step("a link with words", self.link_insert()).await?;
        steps.screen("link-insert", &self.ira).await?;
        steps.step("files chosen and dropped wait in the tray", self.tray()).await?;
        steps.screen("tray", &self.ira).await?;
        steps.step("they go out, and the customer has them", self.files_sent()).await?;
        steps.step("too long a text is offered in parts", self.too_long()).await?;
        steps.screen("too-long", &self.ira).await?;
        steps.step("a note that no customer sees", self.note()).await?;
        steps.screen("note", &self.ira).await?;
        steps.step("a message back in the text", self.back_to_text()).await
    }

    async fn clear(&self) -> Result<()> {
        self.page()?.clear(FIELD).await
    }

    async fn templates(&self) -> Result<()> {
        self.ira.open_if_closed(MARIA).await?;
        self.page()?.type_into(FIELD, "/").await?;
        self.appears(".templates [role=option]").await?;
        self.page()?.find(Named::new(".templates .answer", "Где заказ")).await.map(drop)
    }

    async fn own_template(&self) -> Result<()> {
        self.page()?.type_into(FIELD, "где").await?;
        self.page()?.find(Named::new(".templates .answer[aria-selected=true]", "Где заказ")).await?;
        self.page()?.enter(FIELD).await?;
        self.vanishes(".templates").await?;
        let written = self.page()?.value(FIELD).await?;
        ensure!(written == "Мария Белова, ваш заказ № … уже в пути.", "the field holds “{written}”");
        self.clear().await?;
        self.page()?.type_into(FIELD, "Мы на Садовой, 12. Ваш заказ: {заказ}").await?;
        self.press(["ctrl+j"]).await?;
        self.appears(".templates").await?;
        self.click("button", "Сохранить как шаблон").await?;
        self.asked("Новый шаблон").await?;
        let dialog = "dialog[open]";
        self.page()?.fill(Named::new("textbox", "Название").within(dialog), "Адрес").await?;
        self.page()?.fill(Named::new("textbox", "Команда").within(dialog), "адрес").await
    }

    async fn template_with_hole(&self) -> Result<()> {
        self.answer("footer button", "Сохранить").await?;
        self.nothing_asked().await?;
        self.clear().await?;
        self.page()?.type_into(FIELD, "/адрес").await?;
        self.page()?.find(Named::new(".templates .answer[aria-selected=true]", "Адрес")).await?;
        self.page()?.enter(FIELD).await?;
        self.vanishes(".templates").await?;
        self.page()?.enter(FIELD).await?;
        self.ira.wait_for_text("Не заполнено").await
    }

    async fn emoji(&self) -> Result<()> {
        self.clear().await?;
        self.press(["ctrl+e"]).await?;
        self.appears(".sign").await?;
        self.page()?.fill(Named::new("textbox", "Поиск эмодзи"), "спасибо").await?;
        until_true("few emoji are left", SOON, || async {
            self.page()?.ask("return document.querySelectorAll('.sign').length < 60", Vec::new()).await
        })
        .await
    }

    async fn link_insert(&self) -> Result<()> {
        self.escape(".sign").await?;
        self.press(["ctrl+l"]).await?;
        self.asked("Вставить ссылку").await?;
        self.page()?.fill(Named::new("textbox", "Адрес").within("dialog[open]"), "shop.example/bereg").await?;
        self.page()?.fill(Named::new("textbox", "Слова").within("dialog[open]"), "Вот он:").await
    }

    async fn tray(&self) -> Result<()> {
        self.answer("footer button", "Вставить").await?;
        self.nothing_asked().await?;
        let files: Value = json!([
            ["Счёт на оплату.pdf", "application/pdf", 180_000],
            ["Фотографии витрины за весь прошлый год.zip", "application/zip", 340_000]
        ]);
        self.page()?.ask::<u32>(CHOOSE, vec![files]).await?;
        self.page()?.ask::<bool>(DROP, vec![json!("список.txt")]).await?;
        until_true("three files are kept", SOON * 2, || async {
            self.page()?.ask("return document.querySelectorAll('.tray li.kept').length === 3", Vec::new()).await
        })
        .await
    }

    async fn files_sent(&self) -> Result<()> {
        self.page()?.enter(FIELD).await?;
        self.vanishes(".tray li").await?;
        if let Some(maria) = &self.maria {
            maria.reads("Вот он: https://shop.example/bereg").await?;
            maria.gets("file").await?;
        }
        self.ira.wait_for_text("список.txt").await
    }

    async fn too_long(&self) -> Result<()> {
        // Pasted, as such texts are: typed it would take minutes.
        const PASTE: &str = "const field = document.querySelector('.composer textarea'); field.focus();\
            return document.execCommand('insertText', false, 'Ещё одно предложение о заказе. '.repeat(1100));";
        self.page()?.ask::<bool>(PASTE, Vec::new()).await?;
        self.page()?.find(Named::new("button", "Отправить 2 частями")).await.map(drop)
    }

    async fn note(&self) -> Result<()> {
        self.press(["ctrl+a", "Delete", "ctrl+shift+n"]).await?;
        self.appears(".composer.note").await?;
        self.page()?.type_into(FIELD, "Просит перезвонить после обеда").await
    }

    async fn back_to_text(&self) -> Result<()> {
        self.page()?.enter(FIELD).await?;
        self.page()?.find(Named::new(".message.note .text", "Просит перезвонить")).await?;
        self.press(["ctrl+shift+n"]).await?;
        self.vanishes(".composer.note").await
    }
}
