//! What is done in a morning, step by step.

use super::{Scene, Tongue};
use crate::e2e::browser::Named;
use crate::e2e::patience::{SOON, until_true};
use crate::e2e::pictures::Pictures;
use crate::e2e::report::Report;
use crate::e2e::wire::{Colleague, WireCustomer};
use anyhow::{Context, Result, ensure};

const FIELD: &str = ".composer textarea";

/// Who is there beside the operator.
struct Others {
    colleague: Colleague,
    first: WireCustomer,
    second: WireCustomer,
}

impl Scene {
    /// The whole morning.
    pub(super) async fn morning(&mut self, report: &mut Report, pictures: &mut Pictures) -> Result<()> {
        let name = self.tongue.name;
        report.step(&format!("{name}: signs in"), self.sign_in()).await?;
        report.step("the page speaks her language", self.language()).await?;
        let mut others = report.step("goes online; two customers write", self.go_online()).await?;
        pictures.take(&format!("{name} online")).await?;
        report.step("accepts whoever waits longest", self.accept(self.tongue.first.0)).await?;
        report.step("answers with a ready answer, then in her own words", self.answer(&others)).await?;
        report.step("writes a note", self.note()).await?;
        pictures.take(&format!("{name} noted")).await?;
        report.step("puts the dialog off, until the customer writes", self.hold(&mut others)).await?;
        report.step("accepts the next one", self.accept(self.tongue.second.0)).await?;
        report.step("gives it to a colleague with a note", self.transfer(&mut others)).await?;
        pictures.take(&format!("{name} gave away")).await?;
        report.step("searches, and opens the message that was found", self.search()).await?;
        report.step("closes the dialog under a category", self.close()).await?;
        pictures.take(&format!("{name} closed")).await?;
        report.step("has a dark page, by name", self.dark()).await?;
        report.step("changes a setting", self.settings()).await?;
        pictures.take(&format!("{name} settings")).await?;
        report.step("signs out and is offline", self.sign_out()).await?;
        report.step("and has pointed at nothing", self.pointed_at_nothing()).await
    }

    async fn sign_in(&mut self) -> Result<()> {
        self.operator.start().await?;
        self.operator.look_here().await?;
        self.page()?.find(Named::new("textbox", "Password")).await?;
        self.pointed().await?;
        // Before anybody has signed in the language is the machine's.
        self.walk_to("Tab", "Hub address").await?;
        self.press(["ctrl+a"]).await?;
        self.write_latin(&self.hub.address()).await?;
        self.press(["Tab"]).await?;
        self.write_latin(self.tongue.login).await?;
        self.press(["Tab"]).await?;
        self.write(self.tongue.password).await?;
        self.press(["Return"]).await?;
        self.operator.wait_for_text("Live").await
    }

    async fn language(&self) -> Result<()> {
        if let Some(asked) = self.tongue.words.language {
            self.by_name(asked).await?;
            self.shown("html[lang=ru]", true).await?;
        }
        Ok(())
    }

    async fn go_online(&self) -> Result<Others> {
        self.press(["ctrl+shift+s"]).await?;
        self.keyboard_in("[data-status] input").await?;
        self.walk_to("Down", self.tongue.words.online).await?;
        self.press(["Return"]).await?;
        self.shown("[data-status]", false).await?;
        self.operator.wait_for_text(self.tongue.words.online).await?;
        let hub = self.hub.address();
        let colleague = &self.tongue.colleague;
        let mut colleague = Colleague::come(&hub, colleague.login, colleague.password).await?;
        colleague.go_online().await?;
        let first = come(&hub, self.tongue, self.tongue.first).await?;
        let second = come(&hub, self.tongue, self.tongue.second).await?;
        for (name, _) in [self.tongue.first, self.tongue.second] {
            self.operator.wait_for_row(name, |row| row.name == name).await?;
        }
        Ok(Others { colleague, first, second })
    }

    async fn accept(&self, name: &str) -> Result<()> {
        self.press(["ctrl+shift+a"]).await?;
        self.page()?.find(Named::new("h1", name)).await?;
        self.operator.wait_for_text(self.tongue.words.led_by_me).await?;
        self.keyboard_in(FIELD).await
    }

    async fn answer(&self, others: &Others) -> Result<()> {
        self.write(self.tongue.template).await?;
        self.shown(".templates .answer[aria-selected=true]", true).await?;
        self.press(["Return"]).await?;
        self.field_holds(FIELD, self.tongue.greeting).await?;
        self.press(["Return"]).await?;
        self.operator.wait_for_bubble(self.tongue.greeting, |bubble| bubble.mine).await?;
        self.write(self.tongue.answer).await?;
        self.field_holds(FIELD, self.tongue.answer).await?;
        self.press(["Return"]).await?;
        others.first.reads(self.tongue.greeting).await?;
        others.first.reads(self.tongue.answer).await
    }

    async fn note(&self) -> Result<()> {
        self.press(["ctrl+shift+n"]).await?;
        self.shown(".composer.note", true).await?;
        self.write(self.tongue.note).await?;
        self.field_holds(FIELD, self.tongue.note).await?;
        self.press(["Return"]).await?;
        self.page()?.find(Named::new(".message.note .text", self.tongue.note)).await?;
        self.press(["ctrl+shift+n"]).await?;
        self.shown(".composer.note", false).await
    }

    async fn hold(&self, others: &mut Others) -> Result<()> {
        self.press(["ctrl+shift+h"]).await?;
        self.shown("dialog[open] input[type=radio]", true).await?;
        // The terms are one stop: the arrows go through them.
        self.walk_to("Tab", self.tongue.words.an_hour).await?;
        self.walk_to("Down", self.tongue.words.until_reply).await?;
        self.walk_to("Tab", self.tongue.words.reason).await?;
        self.write(self.tongue.reason).await?;
        self.walk_to("Tab", self.tongue.words.hold).await?;
        self.press(["Return"]).await?;
        self.shown("dialog[open]", false).await?;
        self.operator.wait_for_text(self.tongue.words.held).await?;
        others.first.write(self.tongue.reminder).await?;
        let (name, answer) = (self.tongue.first.0, self.tongue.words.answer);
        self.press(["ctrl+2"]).await?;
        self.operator.wait_for_row("back from hold", |row| row.name == name && row.tone == answer).await.map(drop)
    }

    async fn transfer(&self, others: &mut Others) -> Result<()> {
        self.press(["ctrl+shift+r"]).await?;
        self.keyboard_in("dialog[open] [role=combobox]").await?;
        self.write(self.tongue.colleague_typed).await?;
        self.shown("dialog[open] [role=option]", true).await?;
        self.press(["Return"]).await?;
        self.shown("dialog[open] [role=option][aria-selected=true]", true).await?;
        self.walk_to("Tab", self.tongue.words.worth_knowing).await?;
        self.write(self.tongue.handed_over).await?;
        self.walk_to("Tab", self.tongue.words.give).await?;
        self.press(["Return"]).await?;
        self.shown("dialog[open]", false).await?;
        others.colleague.take_offered(self.tongue.second.0).await?;
        others.colleague.reads_note(self.tongue.handed_over).await?;
        others.colleague.act(self.tongue.second.0, "send_text", serde_json::json!({"text": "."})).await?;
        others.second.reads(".").await
    }

    async fn search(&self) -> Result<()> {
        self.press(["ctrl+p"]).await?;
        self.keyboard_in("[role=search] input").await?;
        self.write(self.tongue.searched).await?;
        self.shown(".found .hit mark", true).await?;
        self.press(["Down"]).await?;
        self.keyboard_in(".found button").await?;
        self.press(["Return"]).await?;
        self.page()?.find(Named::new("h1", self.tongue.first.0)).await?;
        self.shown(".message.found", true).await?;
        self.press(["Escape"]).await?;
        self.shown(".found .hit", false).await
    }

    async fn close(&self) -> Result<()> {
        self.press(["ctrl+shift+w"]).await?;
        self.keyboard_in("dialog[open] [role=combobox]").await?;
        self.write(self.tongue.category).await?;
        self.field_holds("dialog[open] [role=combobox]", self.tongue.category).await?;
        self.press(["Return"]).await?;
        self.shown("dialog[open] [role=option][aria-selected=true]", true).await?;
        self.press(["Return"]).await?;
        self.shown("dialog[open]", false).await?;
        self.press(["ctrl+2"]).await?;
        let name = self.tongue.first.0;
        until_true("the closed dialog has left her list", SOON, || async {
            Ok(!self.operator.rows().await?.iter().any(|row| row.name == name))
        })
        .await
    }

    async fn dark(&self) -> Result<()> {
        self.by_name(self.tongue.dark).await?;
        self.shown("html[data-theme=dark]", true).await
    }

    async fn settings(&self) -> Result<()> {
        self.press(["ctrl+,"]).await?;
        self.page()?.find(Named::new("h1", self.tongue.words.settings)).await?;
        self.walk_to("Tab", self.tongue.words.undo).await?;
        let is_on =
            "const one = document.activeElement; return one.checked ?? one.getAttribute('aria-checked') === 'true'";
        let before: bool = self.page()?.ask(is_on, Vec::new()).await?;
        self.press(["space"]).await?;
        until_true("the switch has another position", SOON, || async {
            Ok(self.page()?.ask::<bool>(is_on, Vec::new()).await? != before)
        })
        .await?;
        self.press(["Escape"]).await?;
        self.page()?.find(Named::first("[role=tab]")).await.map(drop)
    }

    async fn sign_out(&self) -> Result<()> {
        self.by_name(self.tongue.leave).await?;
        self.shown("dialog[open]", true).await?;
        self.walk_to("Tab", self.tongue.words.leave_offline).await?;
        self.press(["Return"]).await?;
        self.shown("input[type=password]", true).await
    }

    async fn pointed_at_nothing(&self) -> Result<()> {
        let pointed = self.pointed().await?;
        ensure!(pointed == 0, "a mouse did {pointed} things");
        Ok(())
    }
}

/// A customer who has said who he is and has asked something.
async fn come(hub: &str, tongue: &Tongue, (name, text): (&str, &str)) -> Result<WireCustomer> {
    let page = ("https://shop.example/orders", "Orders");
    let mut customer = WireCustomer::come(hub, tongue.browser, page.0, page.1).await.context(name.to_owned())?;
    customer.introduce(name, "", "").await?;
    customer.write(text).await?;
    Ok(customer)
}
