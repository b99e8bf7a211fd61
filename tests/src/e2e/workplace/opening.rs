//! The centre is set up, and Ира and her customers come.

use super::{ANNA, GLEB, IRA, MARIA, NINA, OLEG, PAVEL, Scene, Steps, VERA};
use crate::e2e::wire::{Colleague, WireCustomer};
use anyhow::Result;

impl Scene {
    pub(super) async fn opening(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("a centre with departments, categories, answers and a bot", self.centre_opens()).await?;
        steps.step("Ира's first start asks her to sign in", self.ira.start()).await?;
        steps.report.step("  in every size: sign-in", steps.album.take_bare("sign-in", &self.ira)).await?;
        steps.step("she signs in, and takes Russian", self.ira_comes()).await?;
        steps.screen("first-start", &self.ira).await?;
        steps.step("a colleague and five customers come; one leaves again", self.all_come()).await
    }

    async fn centre_opens(&mut self) -> Result<()> {
        self.hub.add_administrator(ANNA.0, "Анна", ANNA.1).await?;
        self.hub.add_operator(IRA.0, "Ира", IRA.1).await?;
        self.hub.add_operator(OLEG.0, "Олег", OLEG.1).await?;
        self.hub.start().await?;
        self.hub.take_over(ANNA, include_str!("centre.toml")).await
    }

    async fn ira_comes(&self) -> Result<()> {
        self.ira.sign_in(IRA.1).await?;
        self.ira.choose_russian().await?;
        self.ira.wait_for_workplace().await?;
        self.ira.wait_for_text("Никто не ждёт").await
    }

    async fn all_come(&mut self) -> Result<()> {
        let hub = self.hub.address();
        self.oleg = Some(Colleague::come(&hub, OLEG.0, OLEG.1).await?);
        let mut maria = come(&hub, MARIA, "Здравствуйте! Есть ли чайник «Берег» в наличии?").await?;
        maria.introduce("", "maria@example.org", "+7 912 345-67-89").await?;
        maria.write("И можно ли забрать его сегодня?").await?;
        self.maria = Some(maria);
        self.pavel = Some(come(&hub, PAVEL, "Заказ 1408 не приехал. Где он?").await?);
        self.nina = Some(come(&hub, NINA, "Хочу поменять адрес доставки").await?);
        self.vera = Some(come(&hub, VERA, "Подскажите, вы работаете в воскресенье?").await?);
        // He comes last, and closes his page; a little later what he asked is an offline request.
        let mut gleb = come(&hub, GLEB, "Как вернуть кружку?").await?;
        gleb.write("Она с трещиной").await?;
        drop(gleb);
        for name in [MARIA, PAVEL, NINA, VERA] {
            self.ira.wait_for_row(name, |row| row.name == name && row.tone == "Ждёт").await?;
        }
        // What is only typed is told to whoever sees the dialog by then, and kept for nobody.
        if let Some(vera) = &mut self.vera {
            vera.draft("И ещё такой вопрос: делаете ли вы гравир").await?;
        }
        Ok(())
    }
}

/// A customer who has said who he is and has asked something.
async fn come(hub: &str, name: &str, text: &str) -> Result<WireCustomer> {
    let page = ("https://shop.example/teapots/bereg", "Чайник «Берег», 1,2 л");
    let mut customer = WireCustomer::come(hub, "ru-RU", page.0, page.1).await?;
    customer.introduce(name, "", "").await?;
    customer.write(text).await?;
    Ok(customer)
}
