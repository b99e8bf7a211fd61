//! An operator with several workplaces: each hears whether he sits before another one.

use crate::kit::{Desk, Workplace};
use otklik_wire::operator::ClientFrame;
use std::time::Duration;

async fn focus(workplace: &mut Workplace, on: bool) {
    workplace.socket.send(&ClientFrame::Focus { on }).await;
}

async fn hears(workplace: &mut Workplace, so: &[bool]) {
    workplace.until(&format!("{so:?}"), |me| me.focus_elsewhere == so).await;
}

#[tokio::test]
async fn each_workplace_of_an_operator_hears_whether_he_sits_before_another() {
    let desk = Desk::start().await;
    told_by_turns(&desk, &desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn so_does_one_at_another_hub() {
    let desk = Desk::start().await;
    told_by_turns(&desk, &desk.beside().await).await;
}

async fn told_by_turns(one: &Desk, two: &Desk) {
    let mut table = one.workplace(&one.operator("ira", "Ира", None).await).await;
    let mut oleg = two.workplace(&two.operator("oleg", "Олег", None).await).await;
    let mut laptop = two.workplace(&two.sign_in("ira").await).await;
    focus(&mut table, true).await;
    hears(&mut laptop, &[true]).await;
    // Whoever comes later is told how the others stand, and one is not told of itself.
    let mut phone = two.workplace(&two.sign_in("ira").await).await;
    hears(&mut phone, &[true]).await;
    focus(&mut laptop, true).await;
    hears(&mut table, &[true]).await;
    focus(&mut table, false).await;
    focus(&mut laptop, false).await;
    hears(&mut phone, &[true, false]).await;
    hears(&mut laptop, &[true, false]).await;
    hears(&mut table, &[true, false]).await;
    // A connection that breaks takes its operator along.
    focus(&mut phone, true).await;
    hears(&mut table, &[true, false, true]).await;
    drop(phone);
    hears(&mut table, &[true, false, true, false]).await;
    focus(&mut oleg, true).await;
    hears(&mut laptop, &[true, false, true, false]).await;
    assert_eq!(oleg.focus_elsewhere, [false; 0], "a colleague is somebody else");
}

#[tokio::test]
async fn who_does_nothing_sits_nowhere_whatever_window_has_the_keyboard() {
    let (desk, hands) = Desk::ruled_with(|config| config.timing.beat = Duration::from_secs(1), |_| {}).await;
    let mut table = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut laptop = desk.workplace(&desk.sign_in("ira").await).await;
    focus(&mut table, true).await;
    hears(&mut laptop, &[true]).await;
    hands.forward(Duration::from_secs(151));
    hears(&mut laptop, &[true, false]).await;
    table.socket.send(&ClientFrame::Here).await;
    hears(&mut laptop, &[true, false, true]).await;
}
