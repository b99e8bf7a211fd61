//! The hub starts, and Ира comes to work.

use super::{Scene, Steps};
use anyhow::Result;

impl Scene {
    pub(super) async fn opening(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("the hub starts; Ира and Олег are added to it", "hub", self.hub_opens()).await?;
        steps.step("Ира's first start shows the login screen", "login", self.ira.start()).await?;
        steps.step("a wrong password is refused in words", "wrong-password", self.wrong_password()).await?;
        steps.step("the right one opens an empty workplace that lives", "signed-in", self.ira_signs_in()).await
    }

    async fn hub_opens(&mut self) -> Result<()> {
        for operator in [&self.ira, &self.oleg] {
            self.hub.add_operator(operator.login(), operator.name, operator.password()).await?;
        }
        self.hub.start().await
    }

    async fn wrong_password(&self) -> Result<()> {
        self.ira.sign_in("не тот пароль").await?;
        self.ira.wait_for_text("The login or the password is wrong.").await
    }

    async fn ira_signs_in(&self) -> Result<()> {
        self.ira.sign_in(self.ira.password()).await?;
        self.ira.choose_russian().await?;
        self.ira.wait_for_workplace().await?;
        self.ira.wait_for_text("Никто не ждёт").await
    }
}
