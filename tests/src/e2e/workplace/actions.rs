//! What is done with dialogs: given to a colleague, put off, sorted and closed, the card put right, a customer blocked;
//! what can be done by name, and what is found by words.

use super::{MARIA, NINA, PAVEL, Scene, Steps, VERA};
use crate::e2e::browser::Named;
use anyhow::{Result, ensure};

impl Scene {
    pub(super) async fn actions(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("to whom a dialog can be given, and who cannot take it", self.transfer()).await?;
        steps.screen("transfer", &self.ira).await?;
        steps.step("Олег gets it with a note, and takes it", self.transferred()).await?;
        steps.step("what else can be done with a dialog", self.menu()).await?;
        steps.screen("dialog-menu", &self.ira).await?;
        steps.step("put off, with a reason", self.hold()).await?;
        steps.screen("hold", &self.ira).await?;
        steps.step("the customer's words bring it back", self.held()).await?;
        steps.step("the customer's card is put right", self.customer()).await?;
        steps.screen("customer", &self.ira).await?;
        steps.step("it is kept, and contacts are asked for", self.contacts()).await?;
        steps.screen("card", &self.ira).await?;
        steps.step("closing asks for a category where the centre wants one", self.close()).await?;
        steps.screen("close", &self.ira).await?;
        steps.step("closed under the category", self.closed()).await?;
        steps.screen("closed", &self.ira).await?;
        steps.step("blocking asks for how long and why", self.block()).await?;
        steps.screen("block", &self.ira).await?;
        steps.step("every action by name", self.palette()).await?;
        steps.screen("palette", &self.ira).await?;
        steps.step("also in the wrong layout", self.palette_found()).await?;
        steps.screen("palette-found", &self.ira).await?;
        steps.step("the map of the keyboard", self.keys()).await?;
        steps.screen("shortcuts", &self.ira).await?;
        steps.step("words are found in every dialog", self.search()).await?;
        steps.screen("search", &self.ira).await?;
        steps.step("a hit opens at its message", self.hit()).await?;
        steps.screen("hit", &self.ira).await
    }

    async fn transfer(&self) -> Result<()> {
        self.ira.section("Мои").await?;
        self.ira.open_if_closed(NINA).await?;
        self.click("header button", "Передать").await?;
        self.asked("Передать диалог: Нина").await?;
        self.page()?.find(Named::new("[role=option]", "Олег").within("dialog[open]")).await?;
        self.page()?.type_into(Named::field("dialog[open] .note"), "Меняет адрес, спешит").await
    }

    async fn transferred(&mut self) -> Result<()> {
        self.answer("[role=option]", "Олег").await?;
        self.answer("footer button", "Передать").await?;
        self.nothing_asked().await?;
        self.oleg()?.take_offered(NINA).await?;
        self.ira.section("Все").await?;
        self.ira.wait_for_row("Нина is with Олег", |row| row.name == NINA && row.tone == "Ведёт Олег").await.map(drop)
    }

    async fn menu(&self) -> Result<()> {
        self.ira.section("Мои").await?;
        self.ira.open_dialog(PAVEL).await?;
        self.page()?.click(Named::new("button", "Действия с диалогом")).await?;
        self.page()?.find(Named::new("[role=menuitem]", "Отложить")).await.map(drop)
    }

    async fn hold(&self) -> Result<()> {
        self.click("[role=menuitem]", "Отложить").await?;
        self.asked("Отложить диалог").await?;
        self.answer("label", "До ответа клиента").await?;
        self.page()?.fill(Named::new("textbox", "Причина").within("dialog[open]"), "ждём склад").await
    }

    async fn held(&mut self) -> Result<()> {
        self.answer("footer button", "Отложить").await?;
        self.nothing_asked().await?;
        self.ira.wait_for_text("отложен до ответа").await?;
        self.ira.wait_for_row("Павел is put off", |row| row.name == PAVEL && row.tone.starts_with("Отложен")).await?;
        if let Some(pavel) = &mut self.pavel {
            pavel.write("Ну что там?").await?;
        }
        self.ira.wait_for_row("Павел is back", |row| row.name == PAVEL && row.tone == "Ответьте").await.map(drop)
    }

    async fn customer(&self) -> Result<()> {
        self.ira.open_dialog(MARIA).await?;
        self.page()?.click(Named::new("button", "Действия с диалогом")).await?;
        self.click("[role=menuitem]", "Изменить карточку").await?;
        self.asked("Карточка клиента").await?;
        let dialog = "dialog[open]";
        self.page()?.fill(Named::new("textbox", "Метки").within(dialog), "постоянный клиент, опт").await?;
        self.page()?.fill(Named::new("textbox", "Заметка").within(dialog), "Берёт чайники для кафе").await
    }

    async fn contacts(&self) -> Result<()> {
        self.answer("footer button", "Сохранить").await?;
        self.nothing_asked().await?;
        self.ira.wait_for_text("Карточку клиента изменил оператор Ира").await?;
        self.page()?.click(Named::new("button", "Действия с диалогом")).await?;
        self.click("[role=menuitem]", "Запросить контакты").await?;
        if let Some(maria) = &self.maria {
            maria.gets("contact_request").await?;
        }
        self.ira.wait_for_text("+7 912 345-67-89").await
    }

    async fn close(&self) -> Result<()> {
        self.ira.open_dialog(VERA).await?;
        self.ira.say("Да, с десяти до шести.").await?;
        self.press(["ctrl+shift+w"]).await?;
        self.asked("Завершить диалог").await?;
        self.page()?.type_into(Named::field("dialog[open] .pick"), "опозд").await?;
        self.page()?.find(Named::new("[role=option]", "Доставка / Опоздание").within("dialog[open]")).await.map(drop)
    }

    async fn closed(&self) -> Result<()> {
        self.answer("[role=option]", "Доставка / Опоздание").await?;
        self.answer("footer button", "Завершить").await?;
        self.nothing_asked().await?;
        self.ira.section("Все").await?;
        self.ira.open_dialog(VERA).await?;
        self.ira.wait_for_text("Диалог завершён: Ира").await
    }

    async fn block(&self) -> Result<()> {
        self.page()?.click(Named::new("button", "Действия с диалогом")).await?;
        self.click("[role=menuitem]", "Заблокировать").await?;
        self.asked("Заблокировать: Вера Ильина").await?;
        self.page()?.fill(Named::new("textbox", "Причина").within("dialog[open]"), "брань").await
    }

    async fn palette(&self) -> Result<()> {
        self.answer("footer button", "Отмена").await?;
        self.nothing_asked().await?;
        self.press(["ctrl+k"]).await?;
        self.page()?.find(Named::first("dialog[open] [role=option]")).await.map(drop)
    }

    async fn palette_found(&self) -> Result<()> {
        self.page()?.type_into(Named::field("dialog[open]"), "gthtlfnm").await?;
        self.page()?.find(Named::new("dialog[open] [role=option][aria-selected=true]", "Передать")).await.map(drop)
    }

    async fn keys(&self) -> Result<()> {
        self.escape("dialog[open]").await?;
        self.press(["ctrl+/"]).await?;
        self.asked("Клавиши").await
    }

    async fn search(&self) -> Result<()> {
        self.escape("dialog[open]").await?;
        self.press(["ctrl+p"]).await?;
        self.page()?.type_into(Named::first("[role=search] input"), "чайник").await?;
        self.page()?.find(Named::new(".found .hit", MARIA)).await.map(drop)
    }

    async fn hit(&self) -> Result<()> {
        self.page()?.click(Named::new(".found .hit", MARIA)).await?;
        self.page()?.find(Named::new("h1", MARIA)).await?;
        self.appears(".message.found").await?;
        self.click("button", "Очистить поиск").await?;
        ensure!(!self.page()?.has(Named::first(".found .hit")).await?, "the search stays");
        Ok(())
    }
}
