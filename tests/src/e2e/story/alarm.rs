//! Customers come: silence while Ира looks at her window, an alarm and a notification while she does not.

use super::{MARIA, PAVEL, Scene, Steps};
use crate::e2e::ears::Heard;
use crate::e2e::popups;
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};

const MARIA_ASKS: &str = "Здравствуйте! Есть ли чайник «Берег» в наличии?";
pub(super) const PAVEL_ASKS: &str = "Заказ 1408 не приехал. Где он?";

/// The two sounds last 1.6 and 0.35 seconds.
const LONG: Duration = Duration::from_millis(1_200);
/// Longer than this is not the short one.
const SHORT: Duration = Duration::from_millis(700);

impl Scene {
    pub(super) async fn alarm(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("an opened chat without a word makes no dialog", "chat-opened", self.maria_opens()).await?;
        steps.step("a new dialog is silent while the window has the focus", "silent", self.silent_while_seen()).await?;
        steps.step("without the focus it is heard, and a notification is seen", "alarm", self.alarm_rings()).await?;
        steps.also("alarm pavel", self.pavel()?.page()).await?;
        steps.step("Олег comes; both see both customers wait", "both-wait", self.oleg_comes()).await?;
        steps.also("both-wait ira", self.ira.page()?).await
    }

    async fn maria_opens(&mut self) -> Result<()> {
        self.ira.look_here().await?;
        let maria = self.customer_opens("maria").await?;
        maria.open_chat().await?;
        maria.type_text("Здра").await?;
        self.maria = Some(maria);
        // Whatever the hub makes of it has reached the workplace when the next thing from there has.
        self.ira.wait_for_text("На связи").await?;
        ensure!(self.ira.rows().await?.is_empty(), "a dialog without a message");
        self.ira.section("Все").await?;
        ensure!(self.ira.rows().await?.is_empty(), "a dialog without a message");
        self.ira.section("Ожидают").await
    }

    async fn silent_while_seen(&mut self) -> Result<()> {
        let from = Instant::now();
        let maria = self.maria()?;
        maria.clear().await?;
        maria.say(MARIA_ASKS).await?;
        self.ira.wait_for_row("Мария waits", |row| row.name == MARIA && row.last == MARIA_ASKS).await?;
        let (quiet, unseen) =
            tokio::join!(self.ears.silence(from, popups::WATCH), popups::none_until(from + popups::WATCH));
        quiet?;
        unseen?;
        self.maria()?.wait_for_state(MARIA_ASKS, "Доставлено").await?;
        let rows = self.ira.rows().await?;
        ensure!(rows.len() == 1, "one customer wrote, and the list shows {rows:?}");
        Ok(())
    }

    async fn alarm_rings(&mut self) -> Result<()> {
        let pavel = self.customer_opens("pavel").await?;
        pavel.open_chat().await?;
        self.elsewhere.focus().await?;
        let (before, moment) = (popups::newest().await?, self.ears.quiet().await?);
        pavel.say(PAVEL_ASKS).await?;
        self.pavel = Some(pavel);
        self.note_said(true, PAVEL_ASKS);
        let alarm = self.ears.sound_after(moment, Duration::from_secs(5)).await?;
        ensure!(alarm.length > LONG, "not the long sound: {alarm:?}");
        popups::wait_for_one().await?;
        let shown = popups::collect(before).await?;
        ensure!(shown.len() == 1, "one customer wrote, and these were shown: {shown:?}");
        ensure!(shown[0].title.contains(PAVEL) && shown[0].body == PAVEL_ASKS, "shown was {shown:?}");
        Ok(())
    }

    async fn oleg_comes(&mut self) -> Result<()> {
        self.oleg.start().await?;
        self.oleg.sign_in(self.oleg.password()).await?;
        self.oleg.choose_russian().await?;
        self.oleg.wait_for_workplace().await?;
        for operator in [&self.ira, &self.oleg] {
            for name in [MARIA, PAVEL] {
                operator.wait_for_row(name, |row| row.name == name && row.tone == "Ждёт").await?;
            }
            let title = operator.window()?.title().await?;
            ensure!(title.starts_with("(2)"), "two wait, and the window is called “{title}”");
        }
        Ok(())
    }

    /// Checks that it was the short sound.
    pub(super) fn is_short(heard: &Heard) -> Result<()> {
        ensure!(heard.length < SHORT, "not the short sound: {heard:?}");
        Ok(())
    }
}
