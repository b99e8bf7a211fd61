//! Dialogs that are given to a team: offered to whoever belongs to it while one of them is at work, and then to others.

use crate::kit::{Desk, Workplace};
use otklik_hub::{
    Hands,
    centre::{Centre, Post, Sharing, Team},
};
use otklik_model::{DialogId, DialogState, Op, OperatorStatus, Outcome, Refusal, TransferTarget};

fn rules(centre: &mut Centre) {
    let names = [("ru".to_owned(), "Карты".to_owned())].into();
    centre.teams.insert("cards".parse().unwrap(), Team { names });
    centre.distribution.sharing = Sharing::LeastLoaded;
}

fn of_cards(post: &mut Post) {
    post.teams = [("cards".parse().unwrap(), 50)].into();
}

async fn at_work(desk: &Desk, login: &str, name: &str, post: impl FnOnce(&mut Post)) -> Workplace {
    desk.workplace(&desk.posted(login, name, post).await).await
}

async fn becomes(of: &mut Workplace, status: OperatorStatus) {
    of.done(Op::SetStatus { status }).await;
}

async fn give(by: &mut Workplace, dialog: DialogId, team: &str) -> Outcome {
    let epoch = by.row(dialog).epoch;
    by.command(Op::Transfer { dialog, epoch, to: TransferTarget::Team { key: team.parse().unwrap() } }).await
}

/// Вера leads a dialog and may give any away; Олег and Пётр are of the team of cards, Ира is not.
struct Scene {
    desk: Desk,
    _hands: Hands,
    vera: Workplace,
    ira: Workplace,
    oleg: Workplace,
    dialog: DialogId,
}

impl Scene {
    async fn set() -> Self {
        let (desk, hands) = Desk::ruled(rules).await;
        let mut vera = at_work(&desk, "vera", "Вера", |post| post.role = "administrator".parse().unwrap()).await;
        let mut maria = desk.customer().await;
        maria.write("Потеряла карту").await;
        let dialog = vera.only_dialog().await;
        vera.until_row("offered", dialog, |row| row.state == DialogState::Offered).await;
        vera.accept(dialog).await;
        becomes(&mut vera, OperatorStatus::Break).await;
        let ira = at_work(&desk, "ira", "Ира", |_| {}).await;
        let oleg = at_work(&desk, "oleg", "Олег", of_cards).await;
        Self { desk, _hands: hands, vera, ira, oleg, dialog }
    }

    async fn until_offered(&mut self, to: &str) {
        let offered =
            |row: &otklik_model::Dialog| row.state == DialogState::Offered && row.assignee_name.as_deref() == Some(to);
        self.vera.until_row(to, self.dialog, offered).await;
    }
}

#[tokio::test]
async fn a_team_gets_what_it_is_given_and_others_only_when_nobody_of_it_is_there() {
    let mut scene = Scene::set().await;
    let dialog = scene.dialog;
    assert_eq!(scene.vera.handbook.teams[0].names["ru"], "Карты");
    // Олег is at lunch: he is waited for, though Ира is free.
    becomes(&mut scene.oleg, OperatorStatus::Break).await;
    assert!(matches!(give(&mut scene.vera, dialog, "cards").await, Outcome::Done { .. }));
    scene.vera.until_line(dialog, "transferred_team cards").await;
    let mut petr = at_work(&scene.desk, "petr", "Пётр", of_cards).await;
    scene.until_offered("Пётр").await;
    // What one of the team lets pass is the team's still.
    petr.until_row("offered", dialog, |row| row.state == DialogState::Offered).await;
    let epoch = petr.row(dialog).epoch;
    petr.done(Op::Decline { dialog, epoch }).await;
    becomes(&mut petr, OperatorStatus::Offline).await;
    becomes(&mut scene.oleg, OperatorStatus::Online).await;
    scene.until_offered("Олег").await;
    // Nobody of it is left: it is offered as anything else.
    becomes(&mut scene.oleg, OperatorStatus::Offline).await;
    scene.until_offered("Ира").await;
}

#[tokio::test]
async fn whoever_may_give_to_a_department_may_give_to_a_team_and_no_other_team_is_one() {
    let mut scene = Scene::set().await;
    let dialog = scene.dialog;
    let unknown = give(&mut scene.vera, dialog, "unheard-of").await;
    assert_eq!(unknown, Outcome::Refused { reason: Refusal::NoSuchKey });
    // Ира may give away what is her own only, and does not even see this.
    let (epoch, key) = (scene.vera.row(dialog).epoch, "cards".parse().unwrap());
    let hers = scene.ira.command(Op::Transfer { dialog, epoch, to: TransferTarget::Team { key } }).await;
    assert_eq!(hers, Outcome::Refused { reason: Refusal::NotFound });
    assert_eq!(scene.vera.row(dialog).state, DialogState::Active);
    // By hand it is taken by whoever may, as all that waits.
    becomes(&mut scene.oleg, OperatorStatus::Break).await;
    assert!(matches!(give(&mut scene.vera, dialog, "cards").await, Outcome::Done { .. }));
    scene.ira.until_row("waiting", dialog, |row| row.state == DialogState::Queue).await;
    scene.ira.accept(dialog).await;
}
