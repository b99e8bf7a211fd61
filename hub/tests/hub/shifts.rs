//! What came of an operator's work, as he himself is told: dialogs that ended and stay closed, those he let pass, time on
//! duty, until he is off for six hours.

use crate::kit::{CustomerPage, Desk, Workplace, seconds};
use otklik_hub::{Hands, centre::Centre};
use otklik_model::{DialogId, DialogState, Op, OperatorStatus, Shift, TransferTarget};

struct Scene {
    desk: Desk,
    hands: Hands,
    ira: Workplace,
    oleg: Workplace,
    maria: CustomerPage,
    dialog: DialogId,
}

impl Scene {
    /// Мария has asked something, and Ира leads it.
    async fn set(rule: impl FnOnce(&mut Centre)) -> Self {
        let (desk, hands) = Desk::ruled(rule).await;
        let administrator = |post: &mut otklik_hub::centre::Post| post.role = "administrator".parse().unwrap();
        let mut ira = desk.workplace(&desk.posted("ira", "Ира", administrator).await).await;
        let oleg = desk.workplace(&desk.posted("oleg", "Олег", administrator).await).await;
        let mut maria = desk.customer().await;
        maria.write("?").await;
        let dialog = ira.only_dialog().await;
        ira.accept(dialog).await;
        Self { desk, hands, ira, oleg, maria, dialog }
    }

    async fn both_see(&mut self, state: DialogState) {
        self.ira.until_row("a state", self.dialog, |row| row.state == state).await;
        let rev = self.ira.row(self.dialog).rev;
        self.oleg.until_row("the same", self.dialog, |row| row.rev >= rev).await;
    }

    async fn offer_to_oleg(&mut self) {
        let (dialog, epoch) = (self.dialog, self.ira.row(self.dialog).epoch);
        let to = TransferTarget::Operator { id: self.oleg.welcome.me.id, force: false };
        self.ira.done(Op::Transfer { dialog, epoch, to }).await;
        self.both_see(DialogState::Offered).await;
    }
}

fn shift(of: &Workplace) -> Shift {
    let me = of.welcome.me.id;
    let day = of.state.operators[&me].day.as_ref().expect("one's own day");
    day.shift.expect("and what came of it")
}

async fn counts(of: &mut Workplace, closed: u32, missed: u32) {
    let so = |me: &Workplace| (shift(me).closed, shift(me).missed) == (closed, missed);
    of.until(&format!("{closed} closed, {missed} missed"), so).await;
}

async fn closes(of: &mut Workplace, dialog: DialogId) {
    let epoch = of.row(dialog).epoch;
    of.done(Op::Close { dialog, epoch }).await;
}

#[tokio::test]
async fn an_end_counts_once_and_for_whoever_led_it_last() {
    let mut scene = Scene::set(|_| {}).await;
    let dialog = scene.dialog;
    assert_eq!((shift(&scene.ira).closed, shift(&scene.ira).missed), (0, 0));
    closes(&mut scene.ira, dialog).await;
    counts(&mut scene.ira, 1, 0).await;

    // Мария writes once more: it is open, offered to whoever had it, and counts for nobody.
    scene.maria.write("!").await;
    scene.both_see(DialogState::Offered).await;
    counts(&mut scene.ira, 0, 0).await;
    scene.ira.accept(dialog).await;

    // Transferred, then closed: the closer's.
    scene.offer_to_oleg().await;
    scene.oleg.accept(dialog).await;
    closes(&mut scene.oleg, dialog).await;
    counts(&mut scene.oleg, 1, 0).await;
    counts(&mut scene.ira, 0, 0).await;

    // Opened again by another one: the first loses it, the second gets it when it ends.
    scene.both_see(DialogState::ClosedSoft).await;
    scene.ira.accept(dialog).await;
    counts(&mut scene.oleg, 0, 0).await;
    closes(&mut scene.ira, dialog).await;
    counts(&mut scene.ira, 1, 0).await;

    // The second close, for good, is of the same end.
    scene.maria.send(&otklik_wire::customer::CustomerFrame::Close).await;
    scene.both_see(DialogState::Closed).await;
    let oleg = scene.ira.state.operators[&scene.oleg.welcome.me.id].clone();
    assert!(oleg.day.is_some_and(|day| day.shift.is_none()), "nobody else's is told");

    // It is what the hub keeps, not what this connection has heard.
    let (token, known) = (scene.desk.sign_in("ira").await, shift(&scene.ira));
    scene.desk.stop().await;
    scene.desk.start_again().await;
    let again = scene.desk.workplace(&token).await;
    assert_eq!((shift(&again), again.welcome.me.day.as_ref().unwrap().shift), (known, Some(known)));
    assert_eq!((known.closed, known.missed), (1, 0));
}

#[tokio::test]
async fn what_ends_by_itself_counts_for_whoever_led_it() {
    let mut scene = Scene::set(|centre| centre.time_outs.inactive_close_s = 600).await;
    scene.ira.say(scene.dialog, "Чем помочь?").await;
    scene.hands.forward(seconds(601));
    scene.both_see(DialogState::Closed).await;
    counts(&mut scene.ira, 1, 0).await;
    counts(&mut scene.oleg, 0, 0).await;
}

#[tokio::test]
async fn what_is_let_pass_is_missed() {
    let rules = |centre: &mut Centre| (centre.time_outs.offer_s, centre.time_outs.silent_s) = (45, 300);
    let mut scene = Scene::set(rules).await;
    let dialog = scene.dialog;
    scene.offer_to_oleg().await;
    let epoch = scene.oleg.row(dialog).epoch;
    scene.oleg.done(Op::Decline { dialog, epoch }).await;
    counts(&mut scene.oleg, 0, 1).await;
    scene.both_see(DialogState::Queue).await;
    scene.ira.accept(dialog).await;
    scene.offer_to_oleg().await;
    scene.hands.forward(seconds(46));
    counts(&mut scene.oleg, 0, 2).await;
    scene.both_see(DialogState::Queue).await;
    // Silence is missed only where somebody else gets the dialog for it: here nobody is given any.
    scene.ira.accept(dialog).await;
    scene.hands.forward(seconds(301));
    let silent = |me: &Workplace| me.texts(dialog).last().is_some_and(|text| text.starts_with("silent"));
    scene.ira.until("the line of her silence", silent).await;
    counts(&mut scene.ira, 0, 0).await;
    counts(&mut scene.oleg, 0, 2).await;
}

#[tokio::test]
async fn work_begins_anew_after_six_hours_off_duty() {
    let mut scene = Scene::set(|_| {}).await;
    let (dialog, begun) = (scene.dialog, shift(&scene.ira).since);
    closes(&mut scene.ira, dialog).await;
    scene.hands.forward(seconds(3_600));
    let becomes = async |ira: &mut Workplace, status| {
        ira.done(Op::SetStatus { status }).await;
        shift(ira)
    };
    let on_break = becomes(&mut scene.ira, OperatorStatus::Break).await;
    assert_eq!((on_break.since, on_break.worked_ms, on_break.closed), (begun, 3_600_000, 1));
    scene.hands.forward(seconds(600));
    let off = becomes(&mut scene.ira, OperatorStatus::Offline).await;
    assert_eq!((off.since, off.worked_ms, off.closed), (begun, 4_200_000, 1));
    scene.hands.forward(seconds(6 * 3_600 - 1));
    let back = becomes(&mut scene.ira, OperatorStatus::Online).await;
    assert_eq!((back.since, back.worked_ms, back.closed), (begun, 4_200_000, 1), "a long lunch");
    becomes(&mut scene.ira, OperatorStatus::Offline).await;
    scene.hands.forward(seconds(6 * 3_600));
    let anew = becomes(&mut scene.ira, OperatorStatus::Online).await;
    assert_eq!((anew.since.0 - begun.0, anew.worked_ms, anew.closed), (4_200_000 + 12 * 3_600_000 - 1_000, 0, 0));
}
