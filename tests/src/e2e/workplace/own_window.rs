//! A dialog in a window of its own, and the main window as a strip beside another program: what is written and read in
//! one window is so in the other, and after a restart.

use super::{MARIA, PAVEL, Scene, Steps};
use crate::e2e::browser::Named;
use crate::e2e::operator::FIELD;
use crate::e2e::patience::{SOON, until_true};
use crate::e2e::wire::WireCustomer;
use anyhow::{Context, Result};
use serde_json::json;

const BEGUN: &str = "Упаковать как подарок?";
const HALF: &str = "Если да, то";
const MORE: &str = " в какую бумагу";
const ASKS: &str = "Да, в синюю!";
const THERE: &str = "Диалог открыт в отдельном окне";

/// As wide as a strip can be made, pixels.
const WIDEST: u32 = 420;

/// A part of a customer's row, in the page's words.
const OF_ROW: &str = r"
const row = [...document.querySelectorAll('[role=option]')]
  .find((one) => one.querySelector('.who')?.innerText.trim() === arguments[0]);
return row?.querySelector(arguments[1])?.innerText.trim() ?? '';
";

impl Scene {
    pub(super) async fn own_window(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("a dialog in its own window, by a key; the main one says where it is", self.take_out()).await?;
        steps.screen("own-window-there", &self.ira).await?;
        steps.step("what was begun is in that window; she sends it and begins anew", self.write_there()).await?;
        steps.screen("own-window", &self.ira).await?;
        steps.step("both windows know what is begun and what is unread", self.follow()).await?;
        steps.screen("own-window-unread", &self.ira).await?;
        steps.step("read there is read everywhere", self.read_there()).await?;
        steps.step("given back from its menu, with what was begun", self.give_back()).await?;
        steps.step("taken out by the menu, closed as any window is", self.close_there()).await?;
        steps.step("a strip beside another program", self.strip()).await?;
        steps.screen_as_large("strip", &self.ira).await?;
        steps.step("a dialog's own window beside the strip", self.beside_strip()).await?;
        steps.step("a restart: the strip again, the dialog back in it with its draft", self.after_restart()).await?;
        steps.screen_as_large("strip-restarted", &self.ira).await?;
        steps.step("the usual window again", self.usual_again()).await
    }

    async fn take_out(&mut self) -> Result<()> {
        self.ira.section("Мои").await?;
        self.ira.open_if_closed(MARIA).await?;
        self.page()?.clear(FIELD).await?;
        self.ira.type_text(BEGUN).await?;
        self.press(["ctrl+shift+o"]).await?;
        self.ira.wait_for_text(THERE).await?;
        self.ira.app()?.other_window().await?;
        // Above the other window, for the picture.
        self.ira.look_here().await
    }

    async fn write_there(&mut self) -> Result<()> {
        self.ira.app_mut()?.turn_to_other().await?;
        self.ira.look_here().await?;
        self.page()?.find(Named::new("h1", MARIA)).await?;
        self.begun_here(BEGUN).await?;
        self.ira.send().await?;
        self.ira.wait_for_bubble(BEGUN, |bubble| bubble.mine).await?;
        self.maria()?.reads(BEGUN).await?;
        self.ira.type_text(HALF).await?;
        self.ira.window()?.to_corner().await
    }

    async fn follow(&mut self) -> Result<()> {
        self.ira.app_mut()?.turn_back().await?;
        self.ira.look_here().await?;
        self.row_says(".draft", "Черновик").await?;
        self.ira.open_dialog(PAVEL).await?;
        self.maria.as_mut().context("Мария is not there")?.write(ASKS).await?;
        self.row_says(".unread-count", "1").await?;
        let own = self.ira.app()?.other_window().await?;
        until_true("the other window's title counts", SOON, || async {
            Ok(own.title().await? == format!("(1) {MARIA}"))
        })
        .await
    }

    async fn read_there(&mut self) -> Result<()> {
        self.ira.app_mut()?.turn_to_other().await?;
        self.ira.look_here().await?;
        self.ira.wait_for_bubble(ASKS, |bubble| !bubble.mine).await?;
        let own = self.ira.window()?;
        until_true("it is read here", SOON, || async { Ok(own.title().await? == MARIA) }).await?;
        self.ira.app_mut()?.turn_back().await?;
        self.row_says(".unread-count", "").await
    }

    async fn give_back(&mut self) -> Result<()> {
        self.ira.app_mut()?.turn_to_other().await?;
        self.ira.look_here().await?;
        self.actions_of_dialog().await?;
        self.page()?.click_away(Named::new("[role=menuitem]", "Вернуть в главное окно")).await?;
        self.ira.app_mut()?.turn_back().await?;
        self.ira.app()?.is_alone().await?;
        self.ira.open_dialog(MARIA).await?;
        self.begun_here(HALF).await
    }

    async fn close_there(&mut self) -> Result<()> {
        self.choose_of_dialog("Открыть в отдельном окне").await?;
        self.ira.wait_for_text(THERE).await?;
        self.ira.app_mut()?.turn_to_other().await?;
        self.begun_here(HALF).await?;
        self.ira.type_text(MORE).await?;
        self.ira.window()?.close().await?;
        self.ira.app_mut()?.turn_back().await?;
        self.ira.app()?.is_alone().await?;
        self.begun_here(&format!("{HALF}{MORE}")).await
    }

    async fn strip(&mut self) -> Result<()> {
        self.press(["ctrl+shift+b"]).await?;
        self.is_strip(true).await?;
        self.ira.open_if_closed(MARIA).await
    }

    async fn beside_strip(&mut self) -> Result<()> {
        self.press(["ctrl+shift+o"]).await?;
        self.ira.wait_for_text(THERE).await?;
        self.ira.app_mut()?.turn_to_other().await?;
        self.begun_here(&format!("{HALF}{MORE}")).await?;
        self.ira.app_mut()?.turn_back().await
    }

    /// Windows of dialogs do not come back: what was written in them does.
    async fn after_restart(&mut self) -> Result<()> {
        self.press(["ctrl+q"]).await?;
        let app = self.ira.app()?;
        until_true("the app has ended by itself", SOON, || async { Ok(!app.is_running()) }).await?;
        self.ira.leave().await?;
        self.ira.start().await?;
        self.ira.wait_for_workplace().await?;
        self.ira.app()?.is_alone().await?;
        self.is_strip(true).await?;
        self.ira.section("Мои").await?;
        self.ira.open_dialog(MARIA).await?;
        self.begun_here(&format!("{HALF}{MORE}")).await
    }

    async fn usual_again(&mut self) -> Result<()> {
        self.press(["ctrl+shift+b"]).await?;
        self.is_strip(false).await?;
        self.page()?.clear(FIELD).await
    }

    /// Waits until these words stand in the field and are not sent.
    async fn begun_here(&self, words: &str) -> Result<()> {
        until_true(&format!("“{words}” is begun here"), SOON, || async {
            Ok(self.ira.unfinished().await? == words)
        })
        .await
    }

    async fn row_says(&self, part: &str, words: &str) -> Result<()> {
        until_true(&format!("{part} of the row says “{words}”"), SOON, || async {
            let said: String = self.page()?.ask(OF_ROW, vec![json!(MARIA), json!(part)]).await?;
            Ok(said == words)
        })
        .await
    }

    async fn is_strip(&self, wanted: bool) -> Result<()> {
        until_true(&format!("the window is a strip: {wanted}"), SOON, || async {
            let width: u32 = self.page()?.ask("return innerWidth", Vec::new()).await?;
            Ok((width <= WIDEST) == wanted)
        })
        .await
    }

    async fn choose_of_dialog(&self, what: &str) -> Result<()> {
        self.actions_of_dialog().await?;
        self.click("[role=menuitem]", what).await
    }

    async fn actions_of_dialog(&self) -> Result<()> {
        self.page()?.click(Named::new("button", "Действия с диалогом")).await
    }

    fn maria(&self) -> Result<&WireCustomer> {
        self.maria.as_ref().context("Мария is not there")
    }
}
