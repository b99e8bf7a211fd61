//! What happens in dialogs by time: each time-out of the centre, in time that is moved by hand.

use crate::kit::{CustomerPage, Desk, Workplace, seconds};
use otklik_hub::{
    Hands,
    centre::{Category, Centre, Occasion},
};
use otklik_model::{
    CloseReason, DialogId, DialogState, Message, MessageKind, Op, Outcome, Refusal, Stamp, TransferTarget,
};
use std::collections::BTreeMap;

/// A desk with these rules, Ира at it, and Мария who has asked something.
struct Scene {
    desk: Desk,
    hands: Hands,
    ira: Workplace,
    maria: CustomerPage,
    dialog: DialogId,
}

impl Scene {
    async fn set(rule: impl FnOnce(&mut Centre)) -> Self {
        let (desk, hands) = Desk::ruled(rule).await;
        let token = desk.posted("ira", "Ира", |post| post.role = "administrator".parse().unwrap()).await;
        let mut ira = desk.workplace(&token).await;
        let mut maria = desk.customer().await;
        maria.write("?").await;
        let dialog = ira.only_dialog().await;
        Self { desk, hands, ira, maria, dialog }
    }

    async fn accepted(rule: impl FnOnce(&mut Centre)) -> Self {
        let mut scene = Self::set(rule).await;
        scene.ira.accept(scene.dialog).await;
        scene
    }

    fn epoch(&self) -> u64 {
        self.ira.row(self.dialog).epoch
    }

    async fn close(&mut self) {
        let (dialog, epoch) = (self.dialog, self.epoch());
        self.ira.done(Op::Close { dialog, epoch }).await;
        self.until(DialogState::ClosedSoft).await;
    }

    async fn until(&mut self, state: DialogState) {
        self.ira.until_row(&format!("{state:?}"), self.dialog, |row| row.state == state).await;
    }

    /// All messages of the dialog, as they are stored.
    async fn stored(&mut self) -> Vec<Message> {
        self.ira.history(self.dialog, 1, u32::MAX, 100).await.unwrap()
    }
}

fn words(centre: &mut Centre, occasion: Occasion, text: &str) {
    centre.words.all.insert(occasion, BTreeMap::from([("ru".to_owned(), text.to_owned())]));
}

#[tokio::test]
async fn an_offer_that_is_not_taken_goes_back_and_the_customer_is_told_once() {
    let mut scene = Scene::set(|centre| {
        centre.time_outs.offer_s = 45;
        words(centre, Occasion::Busy, "Все заняты");
    })
    .await;
    let token = scene.desk.posted("oleg", "Олег", |_| {}).await;
    let oleg = scene.desk.workplace(&token).await;
    for _ in 0..2 {
        let to = TransferTarget::Operator { id: oleg.welcome.me.id, force: false };
        let (dialog, epoch) = (scene.dialog, scene.epoch());
        scene.ira.done(Op::Transfer { dialog, epoch, to }).await;
        scene.until(DialogState::Offered).await;
        let until = scene.ira.row(dialog).offer_until.unwrap();
        assert_eq!(until, otklik_hub::later(scene.desk.config.clock.now(), seconds(45)));
        scene.hands.forward(seconds(45));
        scene.until(DialogState::Queue).await;
        scene.ira.until_line(dialog, "offer_expired Олег").await;
    }
    let busy = |message: &&Message| message.kind == MessageKind::AutoReply && message.text == "Все заняты";
    assert_eq!(scene.stored().await.iter().filter(busy).count(), 1);
    scene.maria.until("the words", |page| page.texts().contains(&"Все заняты")).await;
}

#[tokio::test]
async fn whoever_waits_is_told_once_that_somebody_will_come() {
    let mut scene = Scene::set(|centre| {
        centre.time_outs.wait_words_s = 30;
        words(centre, Occasion::Waiting, "Минуту");
    })
    .await;
    scene.hands.forward(seconds(30));
    scene.maria.until("the words", |page| page.texts().contains(&"Минуту")).await;
    scene.hands.forward(seconds(300));
    scene.ira.accept(scene.dialog).await;
    assert_eq!(scene.stored().await.iter().filter(|message| message.text == "Минуту").count(), 1);
}

#[tokio::test]
async fn a_soft_close_becomes_final() {
    let mut scene = Scene::accepted(|centre| centre.time_outs.final_close_s = 3_600).await;
    scene.close().await;
    scene.hands.forward(seconds(3_599));
    scene.maria.write("и ещё").await;
    // It goes to whoever had it.
    scene.until(DialogState::Offered).await;
    scene.ira.accept(scene.dialog).await;
    scene.close().await;
    scene.hands.forward(seconds(3_600));
    scene.until(DialogState::Closed).await;
    assert_eq!(scene.ira.row(scene.dialog).close_reason, Some(CloseReason::Operator));
}

#[tokio::test]
async fn a_dialog_in_which_nothing_happens_is_closed_once_it_has_a_category() {
    let mut scene = Scene::accepted(|centre| {
        centre.time_outs.inactive_close_s = 600;
        centre.category_required = true;
        centre.categories.insert("delivery".parse().unwrap(), Category::default());
        // Something that comes at the same time and needs no category.
        centre.time_outs.left_line_s = 600;
    })
    .await;
    let dialog = scene.dialog;
    scene.ira.say(dialog, "Чем помочь?").await;
    let token = scene.maria.shows.token.clone();
    drop(scene.maria);
    scene.ira.until_row("left", dialog, |row| row.left_at.is_some()).await;
    scene.hands.forward(seconds(600));
    scene.ira.until_line(dialog, "left_site").await;
    assert_eq!(scene.ira.row(dialog).state, DialogState::Active, "without a category it stays");
    let category = Some("delivery".to_owned());
    scene.ira.done(Op::SortDialog { dialog, category, subject: None, tags: None }).await;
    scene.hands.forward(seconds(600));
    scene.ira.until_row("closed", dialog, |row| row.state == DialogState::Closed).await;
    assert_eq!(scene.ira.row(dialog).close_reason, Some(CloseReason::TimeOut));
    scene.maria = CustomerPage::connect(&scene.desk.ws("/widget/v1/socket"), token, None).await;
}

#[tokio::test]
async fn an_invitation_that_nobody_answers_is_closed() {
    let mut scene = Scene::accepted(|centre| {
        centre.time_outs.invitation_s = 900;
        centre.close_at_once = true;
    })
    .await;
    let (dialog, epoch) = (scene.dialog, scene.epoch());
    scene.ira.done(Op::Close { dialog, epoch }).await;
    scene.until(DialogState::Closed).await;
    let customer = scene.ira.row(dialog).customer.id;
    scene.ira.done(Op::Invite { customer, text: "Ваш заказ готов".into(), department: None }).await;
    scene.ira.until("the invitation", |ira| ira.state.dialogs.len() == 2).await;
    scene.dialog = *scene.ira.state.dialogs.keys().find(|id| **id != dialog).unwrap();
    scene.until(DialogState::Invitation).await;
    scene.hands.forward(seconds(900));
    scene.until(DialogState::Closed).await;
    assert_eq!(scene.ira.row(scene.dialog).close_reason, Some(CloseReason::NoAnswer));
}

#[tokio::test]
async fn an_operator_who_does_not_answer_is_noted_as_silent() {
    let mut scene = Scene::accepted(|centre| centre.time_outs.silent_s = 180).await;
    scene.ira.say(scene.dialog, "Слушаю").await;
    scene.maria.write("Где заказ?").await;
    scene.ira.until_row("the words", scene.dialog, |row| row.last_seq == 4).await;
    scene.hands.forward(seconds(179));
    scene.ira.say(scene.dialog, "Ищу").await;
    scene.maria.write("И?").await;
    scene.ira.until_row("the words", scene.dialog, |row| row.last_seq == 6).await;
    scene.hands.forward(seconds(180));
    scene.ira.until_line(scene.dialog, "silent Ира").await;
    assert_eq!(scene.stored().await.iter().filter(|message| message.text.starts_with("silent")).count(), 1);
}

#[tokio::test]
async fn what_was_put_off_wakes_at_its_time() {
    let mut scene = Scene::accepted(|_| {}).await;
    let until = Some(otklik_hub::later(scene.desk.config.clock.now(), seconds(1_800)));
    let (dialog, epoch) = (scene.dialog, scene.epoch());
    scene.ira.done(Op::Hold { dialog, epoch, until, reason: None }).await;
    scene.until(DialogState::Hold).await;
    scene.hands.forward(seconds(1_800));
    scene.until(DialogState::Active).await;
}

#[tokio::test]
async fn an_own_message_can_be_changed_for_a_while() {
    let mut scene = Scene::accepted(|centre| centre.time_outs.edit_s = 60).await;
    let dialog = scene.dialog;
    scene.ira.say(dialog, "Завтра").await;
    let edit = |text: &str| Op::EditMessage { dialog, seq: 3, text: text.into() };
    scene.hands.forward(seconds(60));
    scene.ira.done(edit("Сегодня")).await;
    scene.hands.forward(seconds(1));
    assert_eq!(scene.ira.command(edit("Вчера")).await, Outcome::Refused { reason: Refusal::TooLate });
}

#[tokio::test]
async fn what_fell_due_while_the_hub_was_stopped_is_done_once() {
    let mut scene = Scene::set(|centre| {
        centre.time_outs.wait_words_s = 30;
        words(centre, Occasion::Waiting, "Минуту");
    })
    .await;
    let token = scene.desk.sign_in("ira").await;
    for round in 0..3 {
        scene.desk.stop().await;
        scene.hands.forward(seconds(40));
        scene.desk.start_again().await;
        scene.ira = scene.desk.workplace(&token).await;
        scene.ira.until_row("said", scene.dialog, |row| row.last_seq >= 2).await;
        let said = scene.stored().await;
        let said: Vec<(&str, Stamp)> = said.iter().map(|message| (message.text.as_str(), message.at)).collect();
        let first = otklik_hub::later(crate::kit::MORNING, seconds(40));
        assert_eq!(said[1], ("Минуту", first), "round {round}");
        assert!(said.iter().filter(|(text, _)| *text == "Минуту").count() == 1, "{said:?}");
    }
}

#[tokio::test]
async fn other_rules_reach_open_dialogs_at_once() {
    let mut scene = Scene::accepted(|centre| centre.time_outs.final_close_s = 0).await;
    scene.ira.say(scene.dialog, "Чем помочь?").await;
    scene.close().await;
    let closed = scene.dialog;
    let mut pavel = scene.desk.customer().await;
    pavel.write("А мне?").await;
    scene.ira.until("his dialog", |ira| ira.state.dialogs.len() == 2).await;
    scene.dialog = *scene.ira.state.dialogs.keys().find(|id| **id != closed).unwrap();
    scene.ira.accept(scene.dialog).await;
    scene.ira.say(scene.dialog, "И вам").await;
    scene.hands.forward(seconds(300));
    // The clock stands still from here on: what these rules make due is due now.
    scene.desk.rule(|centre| centre.time_outs.inactive_close_s = 200).await;
    scene.until(DialogState::Closed).await;
    assert_eq!(scene.ira.row(closed).state, DialogState::ClosedSoft);
    scene.desk.rule(|centre| centre.time_outs.final_close_s = 200).await;
    scene.dialog = closed;
    scene.until(DialogState::Closed).await;
}

#[tokio::test]
async fn other_rules_put_off_what_was_due() {
    let mut scene = Scene::accepted(|centre| centre.time_outs.inactive_close_s = 600).await;
    let dialog = scene.dialog;
    scene.ira.say(dialog, "Чем помочь?").await;
    scene.desk.rule(|centre| centre.time_outs.inactive_close_s = 900).await;
    let (store, workspace) = scene.desk.books().await;
    let later = otklik_hub::later(crate::kit::MORNING, seconds(900));
    crate::kit::within("another time", async {
        while store.dialog(workspace, dialog).await.unwrap().unwrap().due_at != Some(later) {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
    .await;
    scene.hands.forward(seconds(899));
    scene.ira.say(dialog, "Вы здесь?").await;
    assert_eq!(scene.ira.row(dialog).state, DialogState::Active);
}
