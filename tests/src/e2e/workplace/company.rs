//! A colleague before the same dialog: seen while he reads and while he writes, gone when he looks elsewhere.

use super::{MARIA, Scene, Steps};
use crate::e2e::patience::{SOON, until_true};
use anyhow::Result;
use serde_json::json;

impl Scene {
    pub(super) async fn company(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("Олег reads along, and she sees it", self.read_along()).await?;
        steps.step("he writes, and she sees that", self.write_along()).await?;
        steps.screen("company", &self.ira).await?;
        steps.step("he looks elsewhere, and the line goes", self.alone_again()).await
    }

    async fn read_along(&mut self) -> Result<()> {
        self.ira.open_if_closed(MARIA).await?;
        self.oleg()?.looks(Some(MARIA), false).await?;
        self.company_says("читает").await
    }

    async fn write_along(&mut self) -> Result<()> {
        self.oleg()?.looks(Some(MARIA), true).await?;
        self.company_says("пишет").await
    }

    async fn alone_again(&mut self) -> Result<()> {
        self.oleg()?.looks(None, false).await?;
        self.vanishes(".company").await
    }

    async fn company_says(&self, doing: &str) -> Result<()> {
        until_true(&format!("Олег {doing}"), SOON, || async {
            let script = "const said = document.querySelector('.company')?.innerText ?? '';\
                          return said.includes('Олег') && said.includes(arguments[0])";
            self.page()?.ask(script, vec![json!(doing)]).await
        })
        .await
    }
}
