//! What a workplace does not have is found on the hub, as far as its operator may see.

use crate::kit::{Desk, Workplace};
use crate::rights::{centre, post};
use otklik_model::{DialogId, DialogState, MessageSearch, Op};
use otklik_wire::operator::{Fetch, HubFrame};

fn search(words: &str) -> Fetch {
    Fetch::Search { search: MessageSearch::of(words), before: None, limit: 50 }
}

/// What is found, as (dialog, number of the message), newest first.
async fn found(who: &mut Workplace, what: Fetch) -> Vec<(DialogId, u32)> {
    match who.ask(what).await {
        HubFrame::Found { hits, before: None, .. } => hits.iter().map(|hit| (hit.dialog, hit.seq)).collect(),
        other => panic!("{other:?}"),
    }
}

async fn close(who: &mut Workplace, dialog: DialogId) {
    let epoch = who.row(dialog).epoch;
    who.done(Op::Close { dialog, epoch }).await;
}

#[tokio::test]
async fn words_are_found_in_any_form_in_texts_and_notes_and_not_in_what_the_hub_said() {
    let desk = centre().await;
    let mut vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
    let (dialog, _page) = vera.new_dialog(&desk, "sales", "Где мой ЗАКАЗ на ёлку?").await;
    vera.accept(dialog).await;
    vera.say(dialog, "Заказы едут завтра").await;
    vera.done(Op::SendNote { dialog, text: "срочный заказ".into() }).await;
    assert_eq!(found(&mut vera, search("заказ")).await.len(), 3);
    assert_eq!(found(&mut vera, search("елки заказа ")).await, [(dialog, 1)]);
    assert_eq!(found(&mut vera, search("зак")).await.len(), 3, "unfinished");
    assert!(found(&mut vera, search("accepted Вера")).await.is_empty());
    assert!(found(&mut vera, search("!?")).await.is_empty());
    let HubFrame::Found { hits, .. } = vera.ask(search("елка")).await else { panic!("an answer") };
    assert_eq!(hits[0].pieces, ["Где мой ЗАКАЗ на ", "ёлку", "?"]);

    let last = vera.row(dialog).last_seq;
    let note = last;
    vera.done(Op::EditMessage { dialog, seq: note, text: "срочная посылка".into() }).await;
    assert_eq!(found(&mut vera, search("срочный заказ")).await, [], "the old words are gone");
    assert_eq!(found(&mut vera, search("посылка")).await, [(dialog, note)]);
    vera.done(Op::DeleteMessage { dialog, seq: note }).await;
    assert_eq!(found(&mut vera, search("посылка")).await, []);
}

#[tokio::test]
async fn s_h6_nobody_finds_what_he_does_not_see() {
    let desk = centre().await;
    let mut vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
    let mut nina = desk.staff("nina", "Нина", post("operator", &["support"], &[], None, None)).await;
    let mut oleg = desk.staff("oleg", "Олег", post("operator", &["sales"], &[], None, None)).await;
    let (dialog, _page) = vera.new_dialog(&desk, "sales", "canary-qzx").await;
    assert_eq!(found(&mut vera, search("canary")).await, [], "what waits is told, not looked for");
    vera.accept(dialog).await;
    assert_eq!(found(&mut vera, search("canary")).await, [(dialog, 1)]);
    for stranger in [&mut nina, &mut oleg] {
        assert_eq!(found(stranger, search("canary")).await, []);
        let dialogs_of = Fetch::DialogsOf { dialog, before: None, limit: 9 };
        for what in [Fetch::Dialog { dialog }, dialogs_of, Fetch::Journey { dialog }] {
            let answer = stranger.ask(what).await;
            assert_eq!(answer, HubFrame::FetchFailed { req: 10, retry: false }, "as if there were none");
        }
    }
    let to_oleg = otklik_model::TransferTarget::Operator { id: oleg.welcome.me.id, force: true };
    let epoch = vera.row(dialog).epoch;
    vera.done(Op::Transfer { dialog, epoch, to: to_oleg }).await;
    oleg.until("his dialog", |oleg| oleg.state.dialogs.contains_key(&dialog)).await;
    assert_eq!(found(&mut oleg, search("canary")).await, [(dialog, 1)]);
}

#[tokio::test]
async fn conditions_narrow_it_down_and_pages_follow_each_other() {
    let desk = centre().await;
    let mut vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
    let (first, _one) = vera.new_dialog(&desk, "sales", "посылка").await;
    let (second, _two) = vera.new_dialog(&desk, "support", "посылка").await;
    vera.accept(first).await;
    vera.accept(second).await;
    for turn in 0..5 {
        vera.say(first, &format!("посылка {turn}")).await;
    }
    let of = |search: MessageSearch| Fetch::Search { search, before: None, limit: 50 };
    let words = || MessageSearch::of("посылка");
    let number = vera.row(second).customer.number.to_string();
    let his = MessageSearch { customer: Some(number), ..words() };
    assert_eq!(found(&mut vera, of(his)).await, [(second, 1)]);
    let nobodys = MessageSearch { operator: Some(otklik_model::OperatorId(uuid::Uuid::from_u128(9))), ..words() };
    assert_eq!(found(&mut vera, of(nobodys)).await, []);
    let hers = MessageSearch { operator: Some(vera.welcome.me.id), channel: Some(vera.row(first).channel), ..words() };
    assert_eq!(found(&mut vera, of(hers)).await.len(), 7);
    let later = MessageSearch { since: Some(otklik_model::Stamp(i64::MAX - 1)), ..words() };
    assert_eq!(found(&mut vera, of(later)).await, []);

    let (mut before, mut all) = (None, Vec::new());
    for _ in 0..9 {
        let page = Fetch::Search { search: words(), before, limit: 3 };
        let HubFrame::Found { hits, before: next, .. } = vera.ask(page).await else { panic!("an answer") };
        assert!(hits.len() <= 3);
        all.extend(hits.iter().map(|hit| (hit.dialog, hit.seq)));
        before = next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(all, found(&mut vera, of(words())).await, "in pages as at once");
}

#[tokio::test]
async fn the_earlier_dialogs_of_a_customer_are_told_newest_first() {
    let desk = Desk::ruled(|centre| centre.close_at_once = true).await.0;
    let token = desk.posted("ira", "Ира", |post| post.role = "administrator".parse().unwrap()).await;
    let mut ira = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    let mut dialogs = Vec::new();
    for turn in 0..3 {
        maria.write(&format!("вопрос {turn}")).await;
        ira.until("the next one", |ira| ira.state.dialogs.len() == turn + 1).await;
        let dialog = *ira.state.dialogs.iter().find(|(_, row)| row.state == DialogState::Queue).unwrap().0;
        ira.accept(dialog).await;
        dialogs.push(dialog);
        if turn < 2 {
            close(&mut ira, dialog).await;
            maria.until("it is over", |page| page.dialog.as_ref().is_some_and(|head| head.closed)).await;
        }
    }
    let ask = |before, limit| Fetch::DialogsOf { dialog: dialogs[2], before, limit };
    let HubFrame::Dialogs { dialogs: all, more, .. } = ira.ask(ask(None, 9)).await else { panic!("an answer") };
    let ids: Vec<DialogId> = all.iter().map(|row| row.id).collect();
    assert_eq!((ids, more), (vec![dialogs[2], dialogs[1], dialogs[0]], false));
    let HubFrame::Dialogs { dialogs: page, more, .. } = ira.ask(ask(Some(dialogs[2]), 1)).await else {
        panic!("an answer")
    };
    assert_eq!((page[0].id, more), (dialogs[1], true));
    let HubFrame::Dialogs { dialogs: one, .. } = ira.ask(Fetch::Dialog { dialog: dialogs[0] }).await else {
        panic!("an answer")
    };
    assert_eq!((one[0].id, one[0].can.write), (dialogs[0], Some(otklik_model::Denied::Closed)));
}
