//! The promise: what was written is never lost, doubled or reordered, whatever dies in between.
//!
//! Invariants 1, 2 and 3.

use super::{MARIA, PAVEL, Said, Scene, Steps};
use crate::e2e::browser::Named;
use crate::e2e::patience::{SOON, until};
use anyhow::{Result, ensure};
use std::time::Duration;

const WITHOUT_HUB: [&str; 3] = ["Можно до девяти.", "Курьера зовут Семён.", "Он позвонит за полчаса."];
const WITHOUT_BOTH: [&str; 2] = ["И ещё: трек-номер RB-1408.", "Хорошего вечера!"];

const UNFINISHED: &str = "А ещё хотел";

/// Time for both sides to notice that the hub is back: they wait longer the longer it was gone.
const COME_BACK: Duration = Duration::from_secs(30);

impl Scene {
    pub(super) async fn offline(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("the hub dies: the line says so, history is there", "no-hub", self.hub_dies()).await?;
        steps.step("history is found without a hub", "search-offline", self.searched_offline()).await?;
        steps.step("three messages written without a hub are queued", "three-queued", self.write_three()).await?;
        steps.step("the hub is back: exactly these three, in order, once", "three-sent", self.three_arrive()).await?;
        steps.also("three-sent pavel", self.pavel()?.page()).await?;
        steps.step("the hub dies again, two more are queued, the app dies", "both-dead", self.both_die()).await?;
        steps.step("both are back, no password asked: exactly these two", "two-sent", self.two_arrive()).await?;
        steps.step("the whole conversation is the same on all three screens", "the-same", self.same_everywhere()).await
    }

    async fn hub_dies(&mut self) -> Result<()> {
        self.hub.kill().await?;
        self.leader().wait_for_text("Нет связи").await?;
        // Away and back: what is shown now comes from this machine.
        self.leader().section("Все").await?;
        self.leader().open_dialog(MARIA).await?;
        self.leader().open_dialog(PAVEL).await?;
        // A colleague could close it meanwhile, so that is not offered.
        self.leader().page()?.find(Named::new("button[aria-disabled=true]", "Завершить")).await?;
        self.operator_has(self.leader(), false).await
    }

    async fn searched_offline(&self) -> Result<()> {
        let page = self.leader().page()?;
        let field = Named::first("textbox").within("[role=search]");
        page.fill(field, "курьером").await?;
        page.find(Named::new("button", PAVEL).within(".found")).await?;
        ensure!(self.leader().sees("Курьер будет сегодня").await?, "the words around the hit are not shown");
        Ok(())
    }

    async fn write_three(&mut self) -> Result<()> {
        self.leader().page()?.click(Named::new("button", "Очистить поиск")).await?;
        for text in WITHOUT_HUB {
            self.leader().say(text).await?;
            self.leader().wait_for_bubble(text, |bubble| bubble.mine && bubble.state == "queued").await?;
            self.note_said(false, text);
        }
        self.leader().wait_for_text("3 сообщения ждут").await
    }

    async fn three_arrive(&mut self) -> Result<()> {
        self.customer_lacks(WITHOUT_HUB.len()).await?;
        self.hub.start().await?;
        self.arrived_at_customer().await?;
        let last = WITHOUT_HUB[WITHOUT_HUB.len() - 1];
        self.leader().wait_for_bubble(last, |bubble| bubble.state == "read").await?;
        self.leader().wait_for_text("На связи").await
    }

    async fn both_die(&mut self) -> Result<()> {
        self.hub.kill().await?;
        self.leader().wait_for_text("Нет связи").await?;
        for text in WITHOUT_BOTH {
            self.leader().say(text).await?;
            self.note_said(false, text);
        }
        self.leader().type_text(UNFINISHED).await?;
        self.leader().wait_for_text("Черновик").await?;
        self.leader_mut().kill().await
    }

    async fn two_arrive(&mut self) -> Result<()> {
        self.customer_lacks(WITHOUT_BOTH.len()).await?;
        self.hub.start().await?;
        self.leader_mut().start().await?;
        self.leader().wait_for_workplace().await?;
        self.arrived_at_customer().await?;
        self.leader().section("Мои").await?;
        self.leader().open_dialog(PAVEL).await?;
        self.operator_has(self.leader(), true).await?;
        let unfinished = self.leader().unfinished().await?;
        ensure!(unfinished == UNFINISHED, "what was not finished is now “{unfinished}”");
        self.leader().page()?.clear(Named::field(".composer")).await
    }

    async fn same_everywhere(&mut self) -> Result<()> {
        self.arrived_at_customer().await?;
        self.operator_has(self.leader(), true).await?;
        self.other().section("Все").await?;
        self.other().open_dialog(PAVEL).await?;
        self.operator_has(self.other(), false).await
    }

    /// Before the hub is back the customer has all but the last ones.
    async fn customer_lacks(&self, count: usize) -> Result<()> {
        let has = self.customer_lines().await?;
        ensure!(has == self.said[..self.said.len() - count], "before the hub was back the customer had {has:?}");
        Ok(())
    }

    /// Waits until the customer's page shows exactly what was said, in order, nothing twice.
    pub(super) async fn arrived_at_customer(&self) -> Result<()> {
        until("the customer has exactly what was said", COME_BACK, || async {
            let has = self.customer_lines().await?;
            ensure!(has == self.said, "the customer's page shows {has:?}");
            Ok(Some(()))
        })
        .await
    }

    async fn customer_lines(&self) -> Result<Vec<Said>> {
        let lines = self.pavel()?.lines().await?;
        Ok(lines.into_iter().map(|line| Said { by_customer: line.own, text: line.text }).collect())
    }

    /// Waits until an operator's thread shows exactly what was said; `read` if own words have to be marked so.
    async fn operator_has(&self, operator: &crate::e2e::operator::Operator, read: bool) -> Result<()> {
        until(&format!("{} has exactly what was said", operator.name), SOON, || async {
            let thread = operator.thread().await?;
            let texts: Vec<_> = thread.iter().map(|bubble| bubble.text.as_str()).collect();
            let wanted: Vec<_> = self.said.iter().map(|said| said.text.as_str()).collect();
            ensure!(texts == wanted, "the thread shows {texts:?}");
            let unread = thread.iter().find(|bubble| read && bubble.mine && bubble.state != "read");
            ensure!(unread.is_none(), "not marked as read: {unread:?}");
            Ok(Some(()))
        })
        .await
    }
}
