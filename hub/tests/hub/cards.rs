//! What is known of a customer is put right by several people, none of whom writes over another's words unseen.

use crate::kit::{Desk, Workplace};
use otklik_model::{CustomerEdit, DialogId, Op, Outcome, Refusal};
use std::collections::BTreeMap;

fn comment(words: &str) -> CustomerEdit {
    CustomerEdit { comment: Some(words.into()), ..CustomerEdit::default() }
}

fn phone(number: &str) -> CustomerEdit {
    CustomerEdit { phone: Some(number.into()), ..CustomerEdit::default() }
}

fn change(dialog: DialogId, edit: CustomerEdit, was: CustomerEdit) -> Op {
    Op::EditCustomer { dialog, edit, was: Box::new(was) }
}

async fn refused(who: &mut Workplace, op: Op) -> Refusal {
    match who.command(op).await {
        Outcome::Refused { reason } => reason,
        done @ Outcome::Done { .. } => panic!("{done:?}"),
    }
}

#[tokio::test]
async fn of_two_who_change_one_card_the_later_one_is_told_what_stands_there() {
    let (desk, _hands) = Desk::ruled(|_| {}).await;
    let supervisor = async |login: &str, name: &str| {
        let token = desk.posted(login, name, |post| post.role = "administrator".parse().unwrap()).await;
        desk.workplace(&token).await
    };
    let (mut ira, mut vera) = (supervisor("ira", "Ира").await, supervisor("vera", "Вера").await);
    let mut maria = desk.customer().await;
    maria.write("Где заказ?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;

    vera.until("the dialog", |vera| vera.state.dialogs.contains_key(&dialog)).await;
    vera.done(change(dialog, comment("торопится"), comment(""))).await;
    let now = Box::new(comment("торопится"));
    let ours = change(
        dialog,
        CustomerEdit { comment: Some("вежливая".into()), ..phone("+7 900 1") },
        CustomerEdit { comment: Some(String::new()), ..phone("") },
    );
    assert_eq!(refused(&mut ira, ours).await, Refusal::Conflict { now: now.clone() }, "only what is disputed");
    ira.done(change(dialog, phone("+7 900 1"), phone(""))).await;
    ira.done(change(dialog, comment("торопится"), comment("что-то ещё"))).await;
    ira.done(change(dialog, comment("вежливая"), comment("торопится"))).await;
    let known = &ira.row(dialog).customer;
    assert_eq!((known.particulars.comment.as_str(), known.phone.as_deref()), ("вежливая", Some("+7 900 1")));
    // An older workplace, which does not say what it saw: the last word counts.
    ira.done(change(dialog, comment("x"), CustomerEdit::default())).await;
}

#[tokio::test]
async fn a_card_that_is_put_right_in_an_old_dialog_is_todays_card_and_the_same_everywhere() {
    let (desk, _hands) = Desk::ruled(|_| {}).await;
    let token = desk.posted("ira", "Ира", |post| post.role = "administrator".parse().unwrap()).await;
    let mut ira = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    maria.write("Где заказ?").await;
    let old = ira.only_dialog().await;
    ira.done(Op::Block { dialog: old, until: None, reason: "спам".into() }).await;
    let customer = ira.row(old).customer.id;
    // Without a dialog that goes on there is nothing of it in a list.
    let freed = ira.command(Op::Unblock { customer }).await;
    assert!(matches!(freed, Outcome::Done { .. }), "{freed:?}");
    maria.until("free", |page| !page.blocked).await;
    maria.write("Так где заказ?").await;
    ira.until("another dialog", |ira| ira.state.dialogs.len() == 2).await;
    let new = *ira.state.dialogs.keys().find(|dialog| **dialog != old).unwrap();
    ira.done(change(new, phone("8 800"), phone(""))).await;

    assert!(ira.row(old).customer.particulars.block.is_some(), "what is over knows him as he was");
    let disputed = change(old, phone("+7 900 1"), phone(""));
    assert_eq!(refused(&mut ira, disputed).await, Refusal::Conflict { now: Box::new(phone("8 800")) });
    ira.done(change(old, comment("торопится"), comment(""))).await;
    ira.until_row("in the dialog that goes on", new, |row| row.customer.particulars.comment == "торопится").await;
    for dialog in [old, new] {
        let known = &ira.row(dialog).customer;
        assert_eq!((known.phone.as_deref(), &known.particulars.block), (Some("8 800"), &None), "nothing old came back");
    }
    assert_eq!(maria.write("Спасибо").await.1, None);
}

#[tokio::test]
async fn values_by_name_are_compared_one_by_one_and_an_empty_one_goes() {
    let (desk, _hands) = Desk::ruled(|_| {}).await;
    let token = desk.posted("ira", "Ира", |post| post.role = "administrator".parse().unwrap()).await;
    let mut ira = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    maria.write("Где заказ?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    let values = |values: &[(&str, &str)]| {
        let all = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        CustomerEdit { variables: Some(all.collect::<BTreeMap<_, _>>()), ..CustomerEdit::default() }
    };
    ira.done(change(dialog, values(&[("город", "Тверь"), ("заказ", "17")]), values(&[("город", "")]))).await;
    let disputed = change(dialog, values(&[("город", "Псков")]), values(&[("город", "Курск")]));
    let now = Box::new(values(&[("город", "Тверь")]));
    assert_eq!(refused(&mut ira, disputed).await, Refusal::Conflict { now });
    ira.done(change(dialog, values(&[("город", "")]), values(&[("город", "Тверь")]))).await;
    let left: Vec<_> = ira.row(dialog).customer.particulars.variables.clone().into_iter().collect();
    assert_eq!(left, [("заказ".to_owned(), "17".to_owned())]);
    assert_eq!(refused(&mut ira, change(dialog, values(&[(" ", "x")]), values(&[]))).await, Refusal::Empty);
}
