//! A centre whose script gives its dialogs out, over real sockets.

use crate::kit::{CustomerPage, Desk, Workplace, seconds};
use futures_util::future::join_all;
use otklik_hub::{
    centre::{Bot, BotKind, Centre, Department, KeywordGroup, RoutingScript, Sharing},
    script::FIRST_SCRIPT,
    store::ErrandKind,
};
use otklik_model::{Dialog, DialogId, DialogState, Op, OperatorStatus, Stamp, TransferTarget};
use serde_json::json;
use std::collections::BTreeMap;

fn scripted(source: &str) -> impl FnOnce(&mut Centre) {
    let script = RoutingScript { source: source.to_owned(), limit_ms: 200 };
    move |centre| {
        centre.script = Some(script);
        centre.departments.insert("sales".parse().unwrap(), Department::default());
        let group = KeywordGroup {
            scenario: Some("payment".into()),
            words: vec!["картой".into()],
            answers: vec!["Картой?".into()],
            hand_over: false,
        };
        let kind = BotKind::Keyword { greeting: None, groups: vec![group], stop_words: Vec::new(), tries: 2 };
        // Never first by itself: it is of another department.
        let departments = ["sales".parse().unwrap()].into();
        centre.bots.insert("robot".into(), Bot { departments, kind });
    }
}

/// A desk with this script, Вера at work, and the first dialog as she sees it.
async fn first_dialog(source: &str, text: &str) -> (Desk, Workplace, DialogId) {
    let (desk, vera, dialog, _maria) = talk(source, text).await;
    (desk, vera, dialog)
}

/// The same with the customer, who stays on the site.
async fn talk(source: &str, text: &str) -> (Desk, Workplace, DialogId, CustomerPage) {
    let (desk, _hands) = Desk::ruled(scripted(source)).await;
    desk.posted("robot", "Робот", |post| post.is_bot = true).await;
    let token = desk.posted("vera", "Вера", |post| post.role = "administrator".parse().unwrap()).await;
    let mut vera = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    let (seq, refused) = maria.write(text).await;
    assert_eq!((seq, refused), (Some(1), None));
    let dialog = vera.only_dialog().await;
    (desk, vera, dialog, maria)
}

#[tokio::test]
async fn one_line_offers_a_dialog_to_whoever_is_next() {
    let (_desk, mut vera, dialog) = first_dialog(FIRST_SCRIPT, "Где заказ?").await;
    let row = vera.row(dialog).clone();
    assert_eq!((row.state, row.assignee_name.as_deref()), (DialogState::Offered, Some("Вера")));
    vera.accept(dialog).await;
    vera.say(dialog, "Смотрю.").await;
}

#[tokio::test]
async fn a_script_chooses_by_what_was_written_a_department_or_a_bot() {
    let source = "if (dialog.text.includes('купить')) lead.assignDialogToDepartment('sales');
        else if (dialog.page.title === 'Shop') lead.assignDialogToBot('robot', 'payment');";
    let (_desk, vera, dialog) = first_dialog(source, "Хочу купить").await;
    let row = vera.row(dialog);
    assert_eq!(
        (row.state, row.department.as_ref().map(ToString::to_string)),
        (DialogState::Queue, Some("sales".into()))
    );
    let (_desk, mut vera, dialog) = first_dialog(source, "Как платить?").await;
    assert_eq!(vera.row(dialog).state, DialogState::Bot);
    vera.until("an answer", |me| me.texts(dialog).contains(&"Картой?")).await;
}

#[tokio::test]
async fn a_task_is_an_errand_of_the_same_commit() {
    let source = "lead.createTask('https://crm.invalid/tasks', { words: dialog.text }); lead.leaveInQueue()";
    let (desk, vera, dialog) = first_dialog(source, "Перезвоните").await;
    assert_eq!(vera.row(dialog).state, DialogState::Queue);
    let (store, workspace) = desk.books().await;
    let errands = store.errands_due(workspace, Stamp(i64::MAX), 10).await.unwrap();
    let body = json!({ "words": "Перезвоните" });
    let webhook = ErrandKind::Webhook { address: "https://crm.invalid/tasks".into(), body };
    assert!(errands.iter().any(|errand| errand.kind == webhook), "{errands:?}");
}

#[tokio::test]
async fn a_script_that_fails_costs_nobody_an_answer_and_administrators_are_told_once() {
    for (source, code) in [
        ("for (;;);", "script.too_long"),
        ("throw new Error(dialog.text)", "script.threw"),
        ("lead.createTask('http://crm.invalid/', { words: dialog.text })", "script.wrong_answer"),
    ] {
        let (desk, mut vera, dialog) = first_dialog(source, "Где заказ?").await;
        assert_eq!(vera.row(dialog).state, DialogState::Queue);
        let mut pavel = desk.customer().await;
        assert_eq!(pavel.write("И мой?").await.1, None);
        vera.until("both", |me| me.state.dialogs.len() == 2).await;
        let (store, workspace) = desk.books().await;
        let audit = store.audit(workspace, None, 20).await.unwrap();
        let told: Vec<_> = audit.iter().filter(|row| row.line.subject == "script").collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].line.what, code);
        assert!(!told[0].line.detail.to_string().contains("заказ"));
        let status = desk.administrator().await.get("status").await;
        let troubles = status["troubles"].as_array().unwrap();
        assert_eq!(troubles.iter().map(|one| one["code"].as_str().unwrap()).collect::<Vec<_>>(), [code]);
    }
}

/// What a script says of a dialog that comes back is part of what brings it back: it is nobody's in between.
#[tokio::test]
async fn a_dialog_that_is_given_back_is_asked_about_again() {
    let source = "if (dialog.returned === 'given') lead.assignDialogToNextOperator(); else lead.leaveInQueue();";
    let (desk, mut vera, dialog) = first_dialog(source, "Где заказ?").await;
    vera.accept(dialog).await;
    let epoch = vera.row(dialog).epoch;
    vera.done(Op::Transfer { dialog, epoch, to: TransferTarget::Queue }).await;
    assert_eq!(vera.row(dialog).state, DialogState::Queue, "not to her who has just given it back");
    let token = desk.posted("oleg", "Олег", |_| {}).await;
    let _oleg = desk.workplace(&token).await;
    vera.until_status("Олег", OperatorStatus::Online).await;
    vera.accept(dialog).await;
    let epoch = vera.row(dialog).epoch;
    vera.done(Op::Transfer { dialog, epoch, to: TransferTarget::Queue }).await;
    let row = vera.row(dialog);
    assert_eq!((row.state, row.assignee_name.as_deref()), (DialogState::Offered, Some("Олег")));
    let lines: Vec<_> = vera.texts(dialog).into_iter().rev().take(2).rev().map(str::to_owned).collect();
    assert_eq!(lines, ["returned", "offered Олег"]);
}

/// An offer goes from one to the next, and to nobody twice; then it waits for everybody.
#[tokio::test]
async fn a_script_offers_to_one_after_the_other() {
    let (desk, hands) = Desk::ruled(scripted(FIRST_SCRIPT)).await;
    let vera = desk.posted("vera", "Вера", |post| post.role = "administrator".parse().unwrap()).await;
    let oleg = desk.posted("oleg", "Олег", |_| {}).await;
    let (mut vera, _oleg) = (desk.workplace(&vera).await, desk.workplace(&oleg).await);
    vera.until_status("Олег", OperatorStatus::Online).await;
    let mut maria = desk.customer().await;
    maria.write("Где заказ?").await;
    let dialog = vera.only_dialog().await;
    let first = vera.row(dialog).assignee_name.clone().unwrap();
    hands.forward(seconds(60));
    let other = |row: &Dialog| row.state == DialogState::Offered && row.assignee_name.as_ref() != Some(&first);
    vera.until_row("the next one", dialog, other).await;
    hands.forward(seconds(60));
    vera.until_row("nobody is left", dialog, |row| row.state == DialogState::Queue).await;
    let offers = vera.texts(dialog).iter().filter(|text| text.starts_with("offered")).count();
    assert_eq!(offers, 2);
}

#[tokio::test]
async fn a_script_that_fails_where_a_dialog_comes_back_is_told_of_too() {
    let source = "if (dialog.returned !== null) throw new Error(); lead.leaveInQueue();";
    let (desk, mut vera, dialog) = first_dialog(source, "Где заказ?").await;
    vera.accept(dialog).await;
    let epoch = vera.row(dialog).epoch;
    vera.done(Op::Transfer { dialog, epoch, to: TransferTarget::Queue }).await;
    assert_eq!(vera.row(dialog).state, DialogState::Queue, "the built-in rule goes on");
    let (store, workspace) = desk.books().await;
    let newest = store.audit(workspace, None, 1).await.unwrap().remove(0).line;
    assert_eq!((newest.what.as_str(), newest.subject.as_str()), ("script.threw", "script"));
}

#[tokio::test]
async fn a_bot_that_gave_up_does_not_get_the_dialog_back_from_a_script() {
    let (_desk, mut vera, dialog, mut maria) = talk("lead.assignDialogToBot('robot')", "Где заказ?").await;
    vera.until("it says hello", |vera| vera.row(dialog).last_seq >= 2).await;
    maria.write("абв").await;
    vera.until("it does not understand", |vera| vera.row(dialog).last_seq >= 4).await;
    maria.write("где").await;
    vera.until_row("people", dialog, |row| row.state == DialogState::Queue).await;
    vera.accept(dialog).await;
}

/// Each decision sees those before it: nobody gets more than he may, and no place stays empty.
#[tokio::test]
async fn customers_who_write_at_once_are_shared_out_evenly_and_to_nobody_beyond_his_limit() {
    // Also where what the script leaves in the queue is offered by the built-in rule at the same time.
    for sharing in [Sharing::Everyone, Sharing::LeastLoaded] {
        let (desk, _hands) = Desk::ruled(|centre| {
            scripted(FIRST_SCRIPT)(centre);
            centre.distribution.sharing = sharing;
            // What is slow here is the machine.
            centre.script.as_mut().unwrap().limit_ms = 1_000;
        })
        .await;
        let token = desk.posted("vera", "Вера", |post| post.role = "administrator".parse().unwrap()).await;
        let mut vera = desk.workplace(&token).await;
        let mut others = Vec::new();
        for (login, name) in [("ira", "Ира"), ("oleg", "Олег")] {
            others.push(desk.workplace(&desk.posted(login, name, |post| post.most = 500).await).await);
            vera.until_status(name, OperatorStatus::Online).await;
        }
        let mut customers = Vec::new();
        for _ in 0..18 {
            customers.push(desk.customer().await);
        }
        let written = join_all(customers.iter_mut().map(|customer| customer.write("Где заказ?"))).await;
        assert!(written.iter().all(|answer| *answer == (Some(1), None)), "{written:?}");
        vera.until("all of them", |me| me.state.dialogs.len() == 18).await;
        assert_eq!(offered(&vera), BTreeMap::from([("Вера", 5), ("Ира", 5), ("Олег", 5)]), "{sharing:?}");
        let waiting = vera.state.dialogs.values().filter(|row| row.state == DialogState::Queue).count();
        assert_eq!(waiting, 3, "{sharing:?}");
        let (store, workspace) = desk.books().await;
        let audit = store.audit(workspace, None, 50).await.unwrap();
        assert!(audit.iter().all(|row| row.line.subject != "script"), "the script was asked each time: {audit:?}");
    }
}

/// How many dialogs each is offered.
fn offered(me: &Workplace) -> BTreeMap<&str, u32> {
    let mut offers = BTreeMap::new();
    for row in me.state.dialogs.values().filter(|row| row.state == DialogState::Offered) {
        *offers.entry(row.assignee_name.as_deref().unwrap()).or_default() += 1;
    }
    offers
}

/// Whom a script names gets no more than he may, either: the dialog waits.
#[tokio::test]
async fn whoever_is_named_by_a_script_gets_no_more_than_he_may() {
    let source = "lead.assignDialogToOperator(operators.find((one) => one.name === 'Вера').id)";
    let (desk, _hands) = Desk::ruled(|centre| {
        scripted(source)(centre);
        centre.script.as_mut().unwrap().limit_ms = 1_000;
        centre.distribution.wait_for_full = false;
        centre.distribution.weights = [("Site".to_owned(), 200)].into();
    })
    .await;
    let token = desk.posted("vera", "Вера", |post| post.role = "administrator".parse().unwrap()).await;
    let mut vera = desk.workplace(&token).await;
    let mut customers = Vec::new();
    for _ in 0..6 {
        customers.push(desk.customer().await);
    }
    let written = join_all(customers.iter_mut().map(|customer| customer.write("Где заказ?"))).await;
    assert!(written.iter().all(|(_, refused)| refused.is_none()), "{written:?}");
    vera.until("all of them", |me| me.state.dialogs.len() == 6).await;
    assert_eq!(offered(&vera), BTreeMap::from([("Вера", 2)]), "two of two hundred fit into five hundred");
}

/// Insiders of a department for restricted customers are those whom a script finds, and nobody else.
#[tokio::test]
async fn a_script_gives_dialogs_of_a_restricted_department_to_its_own_people() {
    let (desk, _hands) = Desk::ruled(|centre| {
        scripted(FIRST_SCRIPT)(centre);
        let vip = Department { restricted: true, ..Department::default() };
        centre.departments.insert("vip".parse().unwrap(), vip);
        centre.default_department = Some("vip".parse().unwrap());
    })
    .await;
    // He works for all departments, and is no insider of any: first of all, if it were his.
    let _oleg = desk.workplace(&desk.posted("oleg", "Олег", |_| {}).await).await;
    let token = desk.posted("ira", "Ира", |post| post.departments = ["vip".parse().unwrap()].into()).await;
    let mut ira = desk.workplace(&token).await;
    ira.until_status("Олег", OperatorStatus::Online).await;
    let mut maria = desk.customer().await;
    maria.write("Где заказ?").await;
    let dialog = ira.only_dialog().await;
    let row = ira.row(dialog);
    assert_eq!((row.state, row.assignee_name.as_deref()), (DialogState::Offered, Some("Ира")));
    let number = row.customer.number;
    ira.accept(dialog).await;
    // The customer is a restricted one, too.
    let anna = desk.administrator().await;
    anna.put(&format!("customers/{number}/restricted"), json!({ "restricted": true })).await.good();
    ira.until_row("restricted", dialog, |row| row.customer.particulars.restricted).await;
    let token = desk.posted("nina", "Нина", |post| post.departments = ["vip".parse().unwrap()].into()).await;
    let _nina = desk.workplace(&token).await;
    ira.until_status("Нина", OperatorStatus::Online).await;
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::Transfer { dialog, epoch, to: TransferTarget::Queue }).await;
    let (store, workspace) = desk.books().await;
    let found = store.dialog(workspace, dialog).await.unwrap().unwrap().row;
    assert_eq!((found.state, found.assignee_name.as_deref()), (DialogState::Offered, Some("Нина")));
}
