//! So many waiting dialogs are shown as fit; the others are hidden, and counted.

use super::{centre, post};
use crate::kit::{CustomerPage, Desk, Workplace};
use otklik_model::{DialogId, Op, OperatorStatus};

async fn queue(desk: &Desk, vera: &mut Workplace, how_many: usize) -> (Vec<DialogId>, Vec<CustomerPage>) {
    let (mut dialogs, mut pages) = (Vec::new(), Vec::new());
    for _ in 0..how_many {
        let (dialog, page) = vera.new_dialog(desk, "sales", "?").await;
        dialogs.push(dialog);
        pages.push(page);
    }
    (dialogs, pages)
}

fn sees(me: &Workplace, dialogs: &[DialogId]) -> Vec<bool> {
    dialogs.iter().map(|dialog| me.state.dialogs.contains_key(dialog)).collect()
}

#[tokio::test]
async fn what_is_hidden_comes_when_a_slot_frees() {
    let desk = centre().await;
    let mut vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
    let (dialogs, _pages) = queue(&desk, &mut vera, 4).await;
    desk.users().await.change_centre("three at once", |centre| centre.visible.online = 3).await.unwrap();
    vera.sync().await;
    assert_eq!((sees(&vera, &dialogs), vera.hidden), (vec![true; 4], (0, 0)), "what is shown stays");

    let mut ira = desk.staff("ira", "Ира", post("operator", &["sales"], &[], None, None)).await;
    let mut nina = desk.staff("nina", "Нина", post("operator", &["support"], &[], None, None)).await;
    ira.sync().await;
    assert_eq!((sees(&ira, &dialogs), ira.hidden), (vec![true, true, true, false], (1, 0)), "the longest waiting");
    let (more, _page) = vera.new_dialog(&desk, "sales", "?").await;
    ira.until("counted", |ira| ira.hidden == (2, 0)).await;
    assert!(!ira.state.dialogs.contains_key(&more));

    ira.accept(dialogs[1]).await;
    ira.until("the next one", |ira| ira.hidden == (1, 0)).await;
    assert!(ira.state.dialogs.contains_key(&dialogs[3]));
    assert_eq!(ira.state.dialogs.len(), 4, "three that wait, and her own");
    ira.accept(dialogs[3]).await;
    ira.until("the last one", |ira| ira.hidden == (0, 0)).await;
    assert!(ira.state.dialogs.contains_key(&more));
    assert_eq!(ira.history(more, 1, 9, 9).await.unwrap()[0].text, "?");
    nina.sync().await;
    assert_eq!((nina.state.dialogs.len(), nina.hidden), (0, (0, 0)), "another department's are not even counted");
}

#[tokio::test]
async fn a_raised_limit_shows_at_once_what_was_hidden() {
    let desk = centre().await;
    let at_once = async |online| {
        let users = desk.users().await;
        users.change_centre("another limit", |centre| centre.visible.online = online).await.unwrap();
    };
    at_once(1).await;
    let mut vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
    let mut ira = desk.staff("ira", "Ира", post("operator", &["sales"], &[], None, None)).await;
    let (dialogs, _pages) = queue(&desk, &mut vera, 5).await;
    ira.until("four are hidden", |ira| ira.hidden == (4, 0)).await;
    let session = ira.welcome.session;
    at_once(3).await;
    ira.until("two of them come", |ira| ira.hidden == (2, 0)).await;
    assert_eq!(sees(&ira, &dialogs), [true, true, true, false, false]);
    // A lowered limit takes nothing away, and what is hidden stays hidden until as many are gone.
    at_once(2).await;
    ira.accept(dialogs[0]).await;
    ira.sync().await;
    assert_eq!((sees(&ira, &dialogs), ira.hidden), (vec![true, true, true, false, false], (2, 0)));
    at_once(4).await;
    ira.until("all come", |ira| ira.hidden == (0, 0)).await;
    let (dialog, epoch) = (dialogs[0], ira.row(dialogs[0]).epoch);
    ira.done(Op::Close { dialog, epoch }).await;
    assert_eq!(sees(&ira, &dialogs), [true; 5]);
    assert_eq!((ira.welcome.session, ira.bye), (session, None), "she has not signed in anew");
}

#[tokio::test]
async fn who_comes_back_where_something_was_hidden_starts_afresh_and_who_comes_back_where_nothing_was_goes_on() {
    let desk = centre().await;
    desk.users()
        .await
        .change_centre("three at once", |centre| {
            (centre.visible.online, centre.visible.offline) = (3, 3);
        })
        .await
        .unwrap();
    let address = desk.ws("/api/v1/operator");
    let mut vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
    let ira = desk.staff("ira", "Ира", post("operator", &["sales"], &[], None, None)).await;
    let token = desk.sign_in("ira").await;
    drop(ira);
    let mut ira = desk.workplace(&token).await;
    let (dialogs, _pages) = queue(&desk, &mut vera, 2).await;
    ira.reach(&vera).await;
    // Many entries, but never more that wait than fit.
    for status in [OperatorStatus::Break, OperatorStatus::Online].repeat(5) {
        vera.done(Op::SetStatus { status }).await;
    }
    let mut ira = Workplace::resume(&address, &token, ira).await.unwrap();
    assert!(ira.welcome.resumed);
    let old = ira.cursor();
    let (third, _page) = vera.new_dialog(&desk, "sales", "?").await;
    ira.reach(&vera).await;
    assert!(ira.state.dialogs.contains_key(&third), "there was room for one");
    vera.accept(third).await;
    ira.reach(&vera).await;
    let (third, _page) = vera.new_dialog(&desk, "sales", "?").await;
    ira.reach(&vera).await;
    assert!(ira.state.dialogs.contains_key(&third), "and again");
    let (fourth, _page) = vera.new_dialog(&desk, "sales", "?").await;
    ira.until("hidden", |ira| ira.hidden == (1, 0)).await;
    assert!(!ira.state.dialogs.contains_key(&fourth));
    drop(ira);
    let again = desk.connect(&token, Some(old)).await.unwrap();
    assert!(!again.welcome.resumed, "something was hidden in between");
    assert_eq!(sees(&again, &[dialogs[0], dialogs[1], third, fourth]), [true, true, true, false]);
}
