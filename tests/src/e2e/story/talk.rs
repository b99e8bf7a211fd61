//! They talk: drafts and marks in both directions, the short sound, a click on the notification, the reminder.

use super::{MARIA, PAVEL, Scene, Steps};
use crate::e2e::browser::Named;
use crate::e2e::patience::SOON;
use crate::e2e::popups;
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};

const ANSWER: &str = "Здравствуйте! Проверяю, одну минуту.";
const FOUND: &str = "Нашёл: посылка уже в вашем городе.";
const DRAFT: &str = "Хорошо, жд";
const PATIENT: &str = "Хорошо, жду.";
const REPLY: &str = "Курьер будет сегодня с 18 до 20.";
const THANKS: &str = "Спасибо! А можно до девяти?";

/// The shortest reminder that can be chosen.
const REMINDER: Duration = Duration::from_secs(15);

impl Scene {
    pub(super) async fn talk(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        steps.step("the operator answers; it is read, and says so", "answered", self.answered()).await?;
        steps.also("answered pavel", self.pavel()?.page()).await?;
        steps.step("with the chat closed it is delivered, and not yet read", "delivered", self.delivered()).await?;
        steps.step("the operator sees the draft while it is typed", "draft", self.draft_is_seen()).await?;
        steps.step("unfocused: a short sound, a notification; a click opens it", "clicked", self.click_opens()).await?;
        steps.step("minimised: an unread message is recalled with a sound", "reminded", self.reminded()).await?;
        steps.step("opened, it is not recalled again", "opened", self.ends_when_opened()).await
    }

    async fn answered(&mut self) -> Result<()> {
        self.leader().look_here().await?;
        let (begun, rest) = ANSWER.split_at(ANSWER.find(' ').unwrap_or_default());
        self.leader().type_text(begun).await?;
        self.pavel()?.wait_for_words("p, span", &format!("{} печатает", self.leader().name)).await?;
        self.leader().type_text(rest).await?;
        self.leader().send().await?;
        self.pavel()?.wait_for(ANSWER).await?;
        self.leader().wait_for_bubble(ANSWER, |bubble| bubble.mine && bubble.state == "read").await?;
        self.pavel()?.wait_for_state(super::alarm::PAVEL_ASKS, "Прочитано").await?;
        self.note_said(false, ANSWER);
        Ok(())
    }

    async fn delivered(&mut self) -> Result<()> {
        self.pavel()?.close_chat().await?;
        self.leader().say(FOUND).await?;
        self.note_said(false, FOUND);
        self.leader().wait_for_bubble(FOUND, |bubble| bubble.state == "delivered").await?;
        self.pavel()?.wait_for_words("button", "Открыть чат, 1 новое сообщение").await?;
        self.pavel()?.open_chat().await?;
        self.leader().wait_for_bubble(FOUND, |bubble| bubble.state == "read").await
    }

    async fn draft_is_seen(&mut self) -> Result<()> {
        self.pavel()?.type_text(DRAFT).await?;
        self.leader().wait_for_text(DRAFT).await?;
        ensure!(self.leader().sees(&format!("{PAVEL} пишет")).await?, "whose draft it is, is not said");
        Ok(())
    }

    async fn click_opens(&mut self) -> Result<()> {
        // Another dialog is open, so that the click has something to do.
        self.leader().section("Все").await?;
        self.leader().open_dialog(MARIA).await?;
        self.elsewhere.focus().await?;
        popups::collect(0).await?;
        let (before, moment) = (popups::newest().await?, self.ears.quiet().await?);
        self.pavel()?.clear().await?;
        self.pavel()?.say(PATIENT).await?;
        self.note_said(true, PATIENT);
        Self::is_short(&self.ears.sound_after(moment, SOON).await?)?;
        popups::wait_for_one().await?;
        popups::click().await?;
        let window = self.leader().window()?;
        window.wait_for_focus().await?;
        self.leader().wait_for_bubble(PATIENT, |bubble| !bubble.mine).await?;
        self.pavel()?.wait_for_state(PATIENT, "Прочитано").await?;
        let shown = popups::collect(before).await?;
        ensure!(shown.iter().any(|popup| popup.title.contains(PAVEL) && popup.body == PATIENT), "shown was {shown:?}");
        self.leader().say(REPLY).await?;
        self.note_said(false, REPLY);
        self.leader().wait_for_bubble(REPLY, |bubble| bubble.state == "read").await
    }

    async fn reminded(&mut self) -> Result<()> {
        let page = self.leader().page()?;
        page.click(Named::new("button", "Настройки")).await?;
        page.fill(Named::new("textbox", "Напоминать о непрочитанном"), &REMINDER.as_secs().to_string()).await?;
        // A number is taken when its field is left.
        page.click(Named::new("button", "Диалоги")).await?;
        self.leader().window()?.minimise().await?;
        let moment = self.ears.quiet().await?;
        self.pavel()?.say(THANKS).await?;
        self.note_said(true, THANKS);
        let first = self.ears.sound_after(moment, SOON).await?;
        let again = self.ears.sound_after(first.began + first.length + SECOND, REMINDER + SOON).await?;
        Self::is_short(&again)?;
        let apart = again.began - first.began;
        ensure!(apart + SECOND > REMINDER, "recalled after {apart:?} instead of {REMINDER:?}");
        Ok(())
    }

    async fn ends_when_opened(&mut self) -> Result<()> {
        popups::wait_for_one().await?;
        self.leader().look_here().await?;
        self.pavel()?.wait_for_state(THANKS, "Прочитано").await?;
        // What it told of is seen, so the notification goes too.
        popups::wait_for_none().await?;
        self.leader().window()?.minimise().await?;
        self.ears.silence(Instant::now(), REMINDER + SECOND).await?;
        self.leader().look_here().await
    }
}

const SECOND: Duration = Duration::from_secs(1);
