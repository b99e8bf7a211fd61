//! Rights that change change at once what their holders may do: a role in the configuration, a post, a role of the
//! centre's own; and what is looked at leaves a line.

use super::{centre, post};
use crate::kit::{CustomerPage, Desk, Workplace};
use otklik_hub::centre::{Role, Scope};
use otklik_model::{DialogId, Op, Outcome, Refusal, Right, TransferTarget};
use otklik_wire::operator::{ByeCode, Fetch, HubFrame};

const FORBIDDEN: Outcome = Outcome::Refused { reason: Refusal::Forbidden };

async fn led(desk: &Desk, vera: &mut Workplace, leader: &mut Workplace) -> (DialogId, CustomerPage) {
    let (dialog, page) = vera.new_dialog(desk, "sales", "?").await;
    leader.reach(vera).await;
    leader.accept(dialog).await;
    vera.reach(leader).await;
    (dialog, page)
}

/// Comes back after the hub has sent it away, and has to start afresh.
async fn afresh(desk: &Desk, mut old: Workplace, token: &str) -> Workplace {
    let cursor = old.cursor();
    assert_eq!(old.goodbye().await.0, ByeCode::Draining);
    let new = desk.connect(token, Some(cursor)).await.unwrap();
    assert!(!new.welcome.resumed);
    new
}

#[tokio::test]
async fn a_role_that_is_edited_is_another_role_for_everybody_at_once() {
    let desk = centre().await;
    let users = desk.users().await;
    let mut vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
    drop(desk.staff("ira", "Ира", post("operator", &["sales"], &[], None, None)).await);
    let token = desk.sign_in("ira").await;
    let mut ira = desk.workplace(&token).await;
    let (dialog, _page) = led(&desk, &mut vera, &mut ira).await;
    let sort = |subject: &str| Op::SortDialog { dialog, category: None, subject: Some(subject.into()), tags: None };
    ira.done(sort("before")).await;
    let operator = "operator".parse().unwrap();
    users
        .change_centre("operators sort no more", |centre| {
            centre.roles.get_mut(&operator).unwrap().rights.remove(&Right::Sort);
        })
        .await
        .unwrap();
    let mut ira = afresh(&desk, ira, &token).await;
    assert!(!ira.welcome.rights.contains(&Right::Sort));
    assert!(ira.row(dialog).can.sort.is_some());
    assert_eq!(ira.command(sort("after")).await, FORBIDDEN);
    users
        .change_centre("they do", |centre| {
            centre.roles.get_mut(&operator).unwrap().rights.insert(Right::Sort, Scope::Own);
        })
        .await
        .unwrap();
    let mut ira = afresh(&desk, ira, &token).await;
    ira.done(sort("again")).await;
}

#[tokio::test]
async fn a_role_of_the_centres_own_allows_what_it_names_and_nothing_else() {
    let desk = centre().await;
    let users = desk.users().await;
    users
        .change_centre("who listens", |centre| {
            let rights = [(Right::SeeOthers, Scope::Department), (Right::Note, Scope::Department)].into();
            centre.roles.insert("listener".parse().unwrap(), Role { names: [].into(), rights });
        })
        .await
        .unwrap();
    let mut vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
    let mut oleg = desk.staff("oleg", "Олег", post("operator", &["sales"], &[], None, None)).await;
    let mut listener = desk.staff("lida", "Лида", post("listener", &["sales"], &["sales"], None, None)).await;
    let (dialog, _page) = led(&desk, &mut vera, &mut oleg).await;
    listener.until("sees it", |me| me.state.dialogs.contains_key(&dialog)).await;
    listener.done(Op::SendNote { dialog, text: "Предложи скидку".into() }).await;
    oleg.until("the note", |oleg| oleg.texts(dialog).contains(&"Предложи скидку")).await;
    let epoch = oleg.row(dialog).epoch;
    for op in [
        Op::SendText { dialog, epoch, text: "сама отвечу".into(), quote: None },
        Op::Close { dialog, epoch },
        Op::Transfer { dialog, epoch, to: TransferTarget::Queue },
    ] {
        let answer = listener.command(op.clone()).await;
        assert_eq!(
            answer,
            Outcome::Refused { reason: Refusal::NotYourDialog { owner: Some("Олег".into()) } },
            "{op:?}"
        );
    }
    let token = desk.sign_in("lida").await;
    let other = desk.connect(&token, None).await.unwrap();
    assert!(other.state.dialogs.contains_key(&dialog));
    users.set_post("lida", post("listener", &["sales"], &["support"], None, None)).await.unwrap();
    let moved = afresh(&desk, other, &token).await;
    assert!(moved.state.dialogs.is_empty(), "another department's listener");
}

/// S-H12: who looks into somebody else's dialog is written down, once in a session.
#[tokio::test]
async fn s_h12_a_look_into_somebody_elses_dialog_leaves_one_line_in_a_session() {
    let desk = centre().await;
    let users = desk.users().await;
    let mut vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
    let mut oleg = desk.staff("oleg", "Олег", post("operator", &["sales"], &[], None, None)).await;
    let (dialog, _page) = led(&desk, &mut vera, &mut oleg).await;
    let (waiting, _page) = vera.new_dialog(&desk, "sales", "?").await;
    let looks = async || users.looks().await.unwrap();
    oleg.history(dialog, 1, 9, 9).await.unwrap();
    vera.history(waiting, 1, 9, 9).await.unwrap();
    assert_eq!(looks().await, [], "his own, and what waits for anybody");
    for _ in 0..3 {
        vera.history(dialog, 1, 9, 9).await.unwrap();
    }
    let line = (vera.welcome.me.id, dialog);
    assert_eq!(looks().await, [line]);
    let mut again = desk.workplace(&desk.sign_in("vera").await).await;
    again.history(dialog, 1, 9, 9).await.unwrap();
    assert_eq!(looks().await, [line, line], "another session, another line");
    assert_eq!(oleg.history(waiting, 1, 9, 9).await.map(|found| !found.is_empty()), Some(true));
}

/// S-H12: rows of what is over, and the cards of their customers, are looks too; of what is open they are shown anyway.
#[tokio::test]
async fn s_h12_rows_and_cards_of_what_is_over_leave_their_line_whichever_way_they_are_asked_for() {
    let desk = centre().await;
    let users = desk.users().await;
    let mut vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
    let mut oleg = desk.staff("oleg", "Олег", post("operator", &["sales"], &[], None, None)).await;
    let (over, page) = led(&desk, &mut vera, &mut oleg).await;
    let (open, _page) = led(&desk, &mut vera, &mut oleg).await;
    let number = format!("{}", vera.row(over).customer.number);
    let customer = vera.row(over).customer.id;
    drop(page);
    oleg.done(Op::Close { dialog: over, epoch: oleg.row(over).epoch }).await;
    let block = Op::Block { dialog: over, until: None, reason: "spam".into() };
    oleg.done(block).await;
    oleg.until("over for good", |oleg| oleg.row(over).state.is_final()).await;
    let (store, workspace) = desk.books().await;
    assert_eq!(store.dialogs_of(workspace, customer, None, 9).await.unwrap().len(), 1);
    let looks = async || users.looks().await.unwrap().len();
    let fetches = |of: DialogId| {
        [
            Fetch::Dialog { dialog: of },
            Fetch::DialogsOf { dialog: of, before: None, limit: 9 },
            Fetch::Identities { dialog: of },
        ]
    };
    for what in fetches(open) {
        vera.ask(what).await;
    }
    assert_eq!(looks().await, 0, "what is open is in her list");
    for what in fetches(over) {
        oleg.ask(what).await;
    }
    assert_eq!(looks().await, 0, "his own");
    let card = Fetch::Candidates { dialog: open, wanted: Some(number) };
    for (before, what) in fetches(over).into_iter().chain([card]).enumerate() {
        // A session of its own for each, that no look hides the next.
        let mut again = desk.workplace(&desk.sign_in("vera").await).await;
        for _ in 0..2 {
            let told = again.ask(what.clone()).await;
            assert!(!matches!(told, HubFrame::FetchFailed { .. }), "{what:?}");
        }
        assert_eq!(looks().await, before + 1, "{what:?}");
    }
}
