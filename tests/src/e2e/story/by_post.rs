//! A customer whose page has no WebSocket: it speaks with the hub by POST, and nobody sees a difference.

use super::{NINA, Scene, Steps};
use crate::e2e::browser::Named;
use crate::e2e::customer::Customer;
use anyhow::{Context, Result, ensure};

const ASKS: &str = "С рабочего места пишу. Вы доставляете по средам?";
const ANSWER: &str = "По средам и субботам.";
const THANKS: &str = "Отлично, закажу.";

impl Scene {
    pub(super) async fn by_post(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("a page without a WebSocket: what is written comes by POST", "by-post", self.nina_asks()).await?;
        steps.step("they talk by POST, with drafts and marks", "by-post-talk", self.talk_by_post()).await?;
        steps.also("by-post nina", self.nina()?.page()).await
    }

    fn nina(&self) -> Result<&Customer> {
        self.nina.as_ref().context("Нина has no browser open")
    }

    async fn nina_asks(&mut self) -> Result<()> {
        let (profile, log) = self.room_of("nina");
        let nina = Customer::open_without_sockets(&self.hub.address(), &profile, &log).await?;
        nina.open_chat().await?;
        nina.say(ASKS).await?;
        self.nina = Some(nina);
        self.leader().section("Ожидают").await?;
        self.leader().wait_for_row("Нина waits", |row| row.name == NINA && row.last == ASKS).await?;
        self.leader().open_dialog(NINA).await?;
        self.leader().page()?.click(Named::new("header button", "Принять")).await?;
        self.leader().wait_for_text("Ведёте вы").await
    }

    async fn talk_by_post(&self) -> Result<()> {
        let (nina, leader) = (self.nina()?, self.leader());
        let (begun, rest) = ANSWER.split_at(ANSWER.find(' ').unwrap_or_default());
        leader.type_text(begun).await?;
        nina.wait_for_words("p, span", &format!("{} печатает", leader.name)).await?;
        leader.type_text(rest).await?;
        leader.send().await?;
        nina.wait_for(ANSWER).await?;
        leader.wait_for_bubble(ANSWER, |bubble| bubble.mine && bubble.state == "read").await?;
        nina.type_text(THANKS).await?;
        leader.wait_for_text(THANKS).await?;
        nina.send().await?;
        leader.wait_for_bubble(THANKS, |bubble| !bubble.mine).await?;
        nina.wait_for_state(THANKS, "Прочитано").await?;
        let texts: Vec<_> = nina.lines().await?.into_iter().map(|line| line.text).collect();
        ensure!(texts == [ASKS, ANSWER, THANKS], "the customer's page shows {texts:?}");
        let ways = nina.ways().await?;
        // Each of the three texts is one exchange at least.
        ensure!(!ways.sockets && ways.exchanges >= 3, "it was not by POST: {ways:?}");
        leader.section("Мои").await
    }
}
