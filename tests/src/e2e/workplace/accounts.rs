//! A second account in the same window: another hub, its own lists, one count over both.

use super::{IRA, Scene, Steps};
use crate::e2e::{
    browser::Named,
    hub_process::HubProcess,
    patience::{SOON, until_true},
    wire::WireCustomer,
};
use anyhow::{Context as _, Result};
use serde_json::json;
use std::fs;

const SOFIA: &str = "Sofia Lind";
const QUESTION: &str = "Is the lamp still there?";
const ANSWER: &str = "It is, shall I keep it for you?";

impl Scene {
    pub(super) async fn accounts(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        let mut second = steps.step("another centre, at which Ира works too", self.another_centre()).await?;
        steps.step("she adds that account by its name in the palette", self.add_account(&second)).await?;
        steps.step("and is back with the first by a key", self.back_to_first()).await?;
        let mut sofia = steps.step("a customer there counts beside the first's", self.counted_beside(&second)).await?;
        steps.screen("accounts", &self.ira).await?;
        steps.step("the second by a key: she takes the customer and answers", self.answer_there(&mut sofia)).await?;
        steps.step("one hub dies, and only its account says so", self.one_without_hub(&mut second)).await?;
        steps.step("she signs out there, and the account is gone", self.remove_account(&mut second)).await
    }

    async fn another_centre(&self) -> Result<HubProcess> {
        let folder = self.out.join("data").join("second-hub");
        fs::create_dir_all(&folder)?;
        let mut hub = HubProcess::prepare(self.hub.program(), &folder, &self.out.join("second-hub.log"))?;
        hub.add_operator(IRA.0, "Ira", IRA.1).await?;
        hub.start().await?;
        Ok(hub)
    }

    async fn add_account(&self, second: &HubProcess) -> Result<()> {
        self.by_name("учётную").await?;
        // The page speaks on as it did; nobody has chosen a language there yet, so it speaks as the machine does then.
        let page = self.page()?;
        page.fill(Named::new("textbox", "Адрес"), &second.address()).await?;
        page.fill(Named::new("textbox", "Логин"), IRA.0).await?;
        page.fill(Named::new("textbox", "Пароль"), IRA.1).await?;
        page.click(Named::new("button", "Войти")).await?;
        self.page()?.find(Named::new("tab", "Waiting")).await.map(drop)
    }

    async fn back_to_first(&self) -> Result<()> {
        self.press(["ctrl+alt+1"]).await?;
        self.page()?.find(Named::new("tab", "Ожидают")).await.map(drop)
    }

    async fn counted_beside(&self, second: &HubProcess) -> Result<WireCustomer> {
        let mut sofia = WireCustomer::come(&second.address(), "en-GB", "https://lamps.example/", "Lamps").await?;
        sofia.introduce(SOFIA, "", "").await?;
        sofia.write(QUESTION).await?;
        self.disc_says(2, "1").await?;
        Ok(sofia)
    }

    async fn answer_there(&self, sofia: &mut WireCustomer) -> Result<()> {
        self.press(["ctrl+alt+2"]).await?;
        self.page()?.find(Named::new("tab", "Waiting")).await?;
        self.ira.wait_for_row(SOFIA, |row| row.name == SOFIA).await?;
        self.press(["ctrl+shift+a"]).await?;
        self.page()?.find(Named::field(".composer")).await?;
        self.ira.say(ANSWER).await?;
        sofia.reads(ANSWER).await
    }

    async fn one_without_hub(&self, second: &mut HubProcess) -> Result<()> {
        second.kill().await?;
        self.ira.wait_for_text("No connection").await?;
        self.back_to_first().await?;
        self.ira.wait_for_text("На связи").await?;
        self.appears("[data-seat='2'] .offline").await?;
        second.start().await?;
        self.vanishes("[data-seat='2'] .offline").await
    }

    async fn remove_account(&self, second: &mut HubProcess) -> Result<()> {
        self.press(["ctrl+alt+2"]).await?;
        self.page()?.find(Named::new("tab", "Waiting")).await?;
        self.by_name("sign out").await?;
        self.answer("footer button", "Sign out and go offline").await?;
        self.page()?.find(Named::new("tab", "Ожидают")).await?;
        self.vanishes("[data-seat]").await?;
        second.kill().await
    }

    /// An action by its name.
    async fn by_name(&self, name: &str) -> Result<()> {
        self.press(["ctrl+k"]).await?;
        self.appears("dialog[open] [role=combobox]").await?;
        self.page()?.type_into(Named::field("dialog[open]"), name).await?;
        self.page()?.enter(Named::field("dialog[open]")).await
    }

    async fn disc_says(&self, seat: u32, count: &str) -> Result<()> {
        until_true(&format!("the account {seat} counts {count}"), SOON, || async {
            let script =
                "return document.querySelector(`[data-seat='${arguments[0]}'] .badge`)?.innerText.trim() === arguments[1]";
            self.page()?.ask(script, vec![json!(seat), json!(count)]).await
        })
        .await
        .with_context(|| "the strip of accounts")
    }
}
