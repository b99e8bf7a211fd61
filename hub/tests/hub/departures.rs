//! What becomes of the dialogs of somebody who may not work here any more.

use crate::kit::{CustomerPage, Desk, PASSWORD, Workplace, seconds};
use otklik_hub::{Hands, centre::Sharing};
use otklik_model::{DialogId, DialogState, Op, OperatorStatus};

/// Ира leads a dialog whose customer waits for her and one whose customer does not, and is offered a third. Вера, who
/// administers, is at lunch and looks on.
struct Scene {
    desk: Desk,
    hands: Hands,
    /// Вера's.
    token: String,
    vera: Workplace,
    _customers: Vec<CustomerPage>,
    waits: DialogId,
    answered: DialogId,
    offered: DialogId,
}

impl Scene {
    async fn set() -> Self {
        let (desk, hands) = Desk::ruled(|centre| centre.distribution.sharing = Sharing::LeastLoaded).await;
        let role = |role: &'static str| move |post: &mut otklik_hub::centre::Post| post.role = role.parse().unwrap();
        let token = desk.posted("vera", "Вера", role("administrator")).await;
        let mut vera = desk.workplace(&token).await;
        vera.done(Op::SetStatus { status: OperatorStatus::Break }).await;
        let mut ira = desk.workplace(&desk.posted("ira", "Ира", role("operator")).await).await;
        let (mut dialogs, mut customers) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            let mut customer = desk.customer().await;
            customer.write("Здравствуйте").await;
            let new = |ira: &Workplace| ira.state.dialogs.keys().copied().find(|id| !dialogs.contains(id));
            ira.until("a dialog", |ira| new(ira).is_some()).await;
            let dialog = new(&ira).unwrap();
            ira.until_row("offered", dialog, |row| row.state == DialogState::Offered).await;
            if dialogs.len() < 2 {
                ira.accept(dialog).await;
            }
            dialogs.push(dialog);
            customers.push(customer);
        }
        let [waits, answered, offered] = dialogs[..] else { panic!("three dialogs") };
        ira.say(answered, "Готово").await;
        vera.until_row("answered", answered, |row| row.last.as_ref().is_some_and(|last| last.text == "Готово")).await;
        Self { desk, hands, token, vera, _customers: customers, waits, answered, offered }
    }

    /// Within a turn of the day's work what she led is closed or waits for others.
    async fn until_hers_are_free(&mut self) {
        self.hands.forward(seconds(1));
        for waits in [self.waits, self.offered] {
            let free = |row: &otklik_model::Dialog| row.state == DialogState::Queue && row.assignee.is_none();
            self.vera.until_row("waits", waits, free).await;
        }
        let closed = |row: &otklik_model::Dialog| row.state == DialogState::ClosedSoft;
        self.vera.until_row("closed", self.answered, closed).await;
        // Asked for: whoever connects after the turn is told rows, and no lines of before.
        let thread = self.vera.history(self.answered, 1, u32::MAX, 100).await.unwrap();
        assert!(thread.iter().any(|message| message.text == "closed_operator_removed"), "{thread:?}");
    }
}

#[tokio::test]
async fn the_dialogs_of_a_removed_operator_are_closed_or_wait_for_others() {
    let mut scene = Scene::set().await;
    scene.desk.admin(None, "vera", PASSWORD).await.delete("operators/ira").await.good();
    scene.until_hers_are_free().await;
    // They are offered to whoever comes next.
    scene.vera.done(Op::SetStatus { status: OperatorStatus::Online }).await;
    let vera = scene.vera.me().id;
    for dialog in [scene.waits, scene.offered] {
        let hers = |row: &otklik_model::Dialog| row.state == DialogState::Offered && row.assignee == Some(vera);
        scene.vera.until_row("offered", dialog, hers).await;
    }
}

#[tokio::test]
async fn so_are_those_of_one_who_was_disabled_on_the_command_line_while_no_hub_ran() {
    let mut scene = Scene::set().await;
    scene.desk.stop().await;
    scene.desk.users().await.disable("ira").await.unwrap();
    // Longer than any lease of the hub that stopped.
    scene.hands.forward(seconds(10));
    scene.desk.start_again().await;
    scene.vera = scene.desk.workplace(&scene.token).await;
    scene.until_hers_are_free().await;
}
