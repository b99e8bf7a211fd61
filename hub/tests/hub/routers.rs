//! The outside router: asked over HTTP before anybody gets a dialog, and what goes on without its word.

use crate::kit::{Assistant, CustomerPage, Desk, Workplace, seconds, within};
use otklik_hub::{
    Hands,
    centre::{Bot, BotKind, Centre, KeywordGroup, Occasion, OutsideRouter, RoutingScript},
    store::{Commit, OperatorRow, Work},
};
use otklik_model::{DialogId, DialogState, Op, OperatorId, OperatorStatus, Outcome, Seq, Stamp};

fn rule(address: String, retries: u32) -> impl FnOnce(&mut Centre) {
    move |centre| {
        let secret = "a secret of the router's own".to_owned();
        centre.router = Some(OutsideRouter { address, secret, answer_ms: 2_000, retries, everywhere: false });
        for key in ["home", "sales"] {
            centre.departments.insert(key.parse().unwrap(), Default::default());
        }
        centre.departments.get_mut(&"home".parse().unwrap()).unwrap().routing = true;
        centre.default_department = Some("home".parse().unwrap());
        let greeting = [("ru".to_owned(), "Здравствуйте!".to_owned())];
        for occasion in [Occasion::NewOpen, Occasion::NewClosed] {
            centre.words.all.insert(occasion, greeting.clone().into());
        }
    }
}

async fn with_router(router: &Assistant, retries: u32, more: impl FnOnce(&mut Centre)) -> (Desk, Hands) {
    let rule = rule(router.address.clone(), retries);
    let rule = |centre: &mut Centre| {
        rule(centre);
        more(centre);
    };
    Desk::ruled_with(|config| config.bots_on_loopback = true, rule).await
}

async fn senior(desk: &Desk) -> Workplace {
    let token = desk.posted("vera", "Вера", |post| post.role = "administrator".parse().unwrap()).await;
    let mut vera = desk.workplace(&token).await;
    // Nobody is given anything here but by the router.
    vera.done(Op::SetStatus { status: OperatorStatus::Break }).await;
    vera
}

async fn ira(desk: &Desk, status: OperatorStatus) -> Workplace {
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    ira.done(Op::SetStatus { status }).await;
    ira
}

async fn writes(maria: &mut CustomerPage, text: &str) {
    let (seq, refused) = maria.write(text).await;
    assert!(seq.is_some() && refused.is_none(), "{refused:?}");
}

async fn until_gone_on(vera: &mut Workplace, dialog: DialogId) {
    vera.until_row("gone on", dialog, |row| row.state != DialogState::Routing).await;
}

/// Where it is: its state, its department, and whose it is or who is offered it.
fn place(vera: &Workplace, dialog: DialogId) -> (DialogState, Option<String>, Option<OperatorId>) {
    let row = vera.row(dialog);
    (row.state, row.department.as_ref().map(ToString::to_string), row.assignee)
}

/// The lines of the trail about the router.
async fn told(desk: &Desk) -> Vec<String> {
    let (store, workspace) = desk.books().await;
    let audit = store.audit(workspace, None, 20).await.unwrap();
    audit.into_iter().filter(|row| row.line.subject == "router").map(|row| row.line.what).collect()
}

#[tokio::test]
async fn a_router_is_asked_before_anybody_and_its_word_is_done() {
    let (offered, waits) = (DialogState::Offered, DialogState::Queue);
    let (online, away) = (OperatorStatus::Online, OperatorStatus::Break);
    for (answer, status, state, department) in [
        (r#"{"operator":"ira"}"#, online, offered, "home"),
        (r#"{"department":"sales"}"#, online, waits, "sales"),
        (r#"{"operator":"ira","department":"sales"}"#, online, offered, "sales"),
        // Whom it cannot be offered to now is no mistake of the router's.
        (r#"{"operator":"ira","department":"sales"}"#, away, waits, "sales"),
        (r#"{"operator":"ira"}"#, away, waits, "home"),
        ("{}", online, waits, "home"),
    ] {
        let mut router = Assistant::start(&[(200, answer)]).await;
        let (desk, _hands) = with_router(&router, 0, |_| {}).await;
        let (mut vera, ira) = (senior(&desk).await, ira(&desk, status).await);
        let mut maria = desk.customer().await;
        writes(&mut maria, "Где мой заказ?").await;
        let dialog = vera.only_dialog().await;
        until_gone_on(&mut vera, dialog).await;
        let hers = (state == offered).then_some(ira.welcome.me.id);
        assert_eq!(place(&vera, dialog), (state, Some(department.to_owned()), hers), "{answer} {status:?}");
        maria.until("a greeting", |page| page.texts().contains(&"Здравствуйте!")).await;
        assert_eq!(told(&desk).await, [] as [&str; 0], "{answer}");

        let (request, asked) = router.asked.recv().await.unwrap();
        assert_eq!(asked["request"], request.as_str());
        let about = &asked["dialog"];
        assert_eq!(
            (&about["number"], &about["department"], &about["after_bot"]),
            (&1.into(), &"home".into(), &false.into())
        );
        assert_eq!((&about["online"], &about["id"]), (&(status == online).into(), &dialog.to_string().into()));
        assert_eq!(asked["messages"][0]["text"], "Где мой заказ?");
        desk.until_nothing_is_due().await;
        assert!(router.asked.try_recv().is_err(), "once");
    }
}

#[tokio::test]
async fn a_department_that_is_not_routed_asks_nobody_unless_all_are() {
    for everywhere in [false, true] {
        let mut router = Assistant::start(&[(200, r#"{"department":"sales"}"#)]).await;
        let more = |centre: &mut Centre| {
            centre.default_department = None;
            centre.router.as_mut().unwrap().everywhere = everywhere;
        };
        let (desk, _hands) = with_router(&router, 0, more).await;
        let mut vera = senior(&desk).await;
        let mut maria = desk.customer().await;
        writes(&mut maria, "?").await;
        let dialog = vera.only_dialog().await;
        until_gone_on(&mut vera, dialog).await;
        desk.until_nothing_is_due().await;
        let department = everywhere.then(|| "sales".to_owned());
        assert_eq!(place(&vera, dialog), (DialogState::Queue, department, None));
        assert_eq!(router.asked.try_recv().is_ok(), everywhere);
    }
}

#[tokio::test]
async fn what_makes_no_sense_or_is_foreign_has_no_effect_and_is_told() {
    let twice = r#"{"operator":"ira","operator":"ira"}"#;
    for (status, answer, code) in [
        (200, "<html>?</html>", "router.wrong_answer"),
        (200, twice, "router.wrong_answer"),
        (200, r#"{"operator":"ira","epoch":7}"#, "router.wrong_answer"),
        (200, r#"{"department":"nowhere"}"#, "router.wrong_answer"),
        (200, r#"{"department":"closed"}"#, "router.wrong_answer"),
        (200, r#"{"operator":"nobody"}"#, "router.wrong_answer"),
        // Of another workspace.
        (200, r#"{"operator":"oleg"}"#, "router.wrong_answer"),
        // A program.
        (200, r#"{"operator":"robot"}"#, "router.wrong_answer"),
        (403, r#"{"operator":"ira"}"#, "router.no_answer"),
        (302, r#"{"operator":"ira"}"#, "router.no_answer"),
    ] {
        let router = Assistant::start(&[(status, answer)]).await;
        let more = |centre: &mut Centre| {
            let closed = otklik_hub::centre::Department { disabled: true, ..Default::default() };
            centre.departments.insert("closed".parse().unwrap(), closed);
        };
        let (desk, _hands) = with_router(&router, 3, more).await;
        let (mut vera, _ira) = (senior(&desk).await, ira(&desk, OperatorStatus::Online).await);
        desk.posted("robot", "Робот", |post| post.is_bot = true).await;
        elsewhere(&desk, "oleg").await;
        let mut maria = desk.customer().await;
        writes(&mut maria, "?").await;
        let dialog = vera.only_dialog().await;
        until_gone_on(&mut vera, dialog).await;
        assert_eq!(place(&vera, dialog), (DialogState::Queue, Some("home".to_owned()), None), "{answer}");
        assert_eq!(told(&desk).await, [code], "{answer}");
    }
}

/// Somebody who works in another workspace only.
async fn elsewhere(desk: &Desk, login: &str) {
    let (store, _) = desk.books().await;
    let other = store.open_workspace("other").await.unwrap().id;
    let row = OperatorRow::new(OperatorId(uuid::Uuid::now_v7()), login.to_owned(), "Олег".to_owned());
    let row = OperatorRow { status: OperatorStatus::Online, ..row };
    let done = Outcome::Done { at_seq: Seq(0), message: None };
    let work = Work::Operator { row: Box::new(row), rights_changed: true };
    store.commit(Commit::new(other, Stamp(1), work, done)).await.unwrap();
}

#[tokio::test]
async fn what_is_said_while_a_router_is_silent_is_kept_and_people_get_it_in_time() {
    let router = Assistant::start(&[(0, "")]).await;
    let (desk, hands) = with_router(&router, 10, |_| {}).await;
    let mut vera = senior(&desk).await;
    let mut maria = desk.customer().await;
    writes(&mut maria, "Алло?").await;
    let dialog = vera.only_dialog().await;
    assert_eq!(vera.row(dialog).state, DialogState::Routing);
    writes(&mut maria, "Вы тут?").await;
    vera.until("both", |me| me.texts(dialog) == ["Алло?", "Вы тут?"]).await;
    assert_eq!(vera.row(dialog).state, DialogState::Routing, "his words take it from nobody");
    hands.forward(seconds(31));
    until_gone_on(&mut vera, dialog).await;
    assert_eq!(place(&vera, dialog), (DialogState::Queue, Some("home".to_owned()), None));
    vera.until("greeted once", |me| me.texts(dialog) == ["Алло?", "Вы тут?", "Здравствуйте!"]).await;
    assert_eq!(told(&desk).await, ["router.no_answer"]);
}

#[tokio::test]
async fn an_answer_that_comes_too_late_changes_nothing() {
    let mut router = Assistant::start(&[(1, r#"{"operator":"ira","department":"sales"}"#)]).await;
    let more = |centre: &mut Centre| centre.router.as_mut().unwrap().answer_ms = 20_000;
    let (desk, hands) = with_router(&router, 0, more).await;
    let (mut vera, _ira) = (senior(&desk).await, ira(&desk, OperatorStatus::Online).await);
    let mut maria = desk.customer().await;
    writes(&mut maria, "?").await;
    let dialog = vera.only_dialog().await;
    within("asked", router.asked.recv()).await.unwrap();
    hands.forward(seconds(31));
    until_gone_on(&mut vera, dialog).await;
    router.gate.notify_one();
    desk.until_nothing_is_due().await;
    let (store, workspace) = desk.books().await;
    let found = store.dialog(workspace, dialog).await.unwrap().unwrap().row;
    let now = (found.state, found.department.map(|key| key.to_string()), found.assignee);
    assert_eq!(now, (DialogState::Queue, Some("home".to_owned()), None));
    assert_eq!(told(&desk).await, ["router.no_answer"]);
}

#[tokio::test]
async fn a_hub_that_stopped_asks_the_same_again() {
    let mut router = Assistant::start(&[(0, ""), (200, r#"{"department":"sales"}"#)]).await;
    let more = |centre: &mut Centre| centre.router.as_mut().unwrap().answer_ms = 20_000;
    let (mut desk, _hands) = with_router(&router, 0, more).await;
    let token = desk.posted("vera", "Вера", |post| post.role = "administrator".parse().unwrap()).await;
    let mut maria = desk.customer().await;
    writes(&mut maria, "?").await;
    let (first, _) = within("asked", router.asked.recv()).await.unwrap();
    desk.stop().await;
    desk.start_again().await;
    let (again, _) = within("asked again", router.asked.recv()).await.unwrap();
    assert_eq!(again, first, "the same question");
    let mut vera = desk.workplace(&token).await;
    let dialog = vera.only_dialog().await;
    until_gone_on(&mut vera, dialog).await;
    assert_eq!(place(&vera, dialog), (DialogState::Queue, Some("sales".to_owned()), None));
}

fn by_words(centre: &mut Centre) {
    let group =
        KeywordGroup {
            scenario: None, words: vec!["заказ".into()], answers: vec!["В пути.".into()], hand_over: false
        };
    let kind =
        BotKind::Keyword { greeting: None, groups: vec![group], stop_words: vec!["оператор".into()], tries: 2 };
    centre.bots.insert("robot".into(), Bot { departments: Default::default(), kind });
}

#[tokio::test]
async fn what_it_leaves_open_begins_as_without_it_and_what_a_bot_gives_up_comes_to_it() {
    let mut router = Assistant::start(&[(200, "{}"), (200, r#"{"department":"sales"}"#)]).await;
    let (desk, _hands) = with_router(&router, 0, by_words).await;
    desk.posted("robot", "Робот", |post| post.is_bot = true).await;
    let mut vera = senior(&desk).await;
    let mut maria = desk.customer().await;
    writes(&mut maria, "Где заказ?").await;
    let dialog = vera.only_dialog().await;
    maria.until("an answer", |page| page.texts().contains(&"В пути.")).await;
    assert_eq!(maria.shows.texts(), ["Где заказ?", "В пути."], "people's greeting is not the bot's");
    vera.until_row("with the bot", dialog, |row| row.state == DialogState::Bot).await;
    assert_eq!(router.asked.recv().await.unwrap().1["dialog"]["after_bot"], false);
    writes(&mut maria, "оператор").await;
    let (_, asked) = within("asked", router.asked.recv()).await.unwrap();
    let from: Vec<_> = asked["messages"].as_array().unwrap().iter().map(|message| &message["from"]).collect();
    assert_eq!(from, ["customer", "bot", "customer"]);
    assert_eq!(asked["dialog"]["after_bot"], true);
    vera.until_row("in sales", dialog, |row| row.state == DialogState::Queue).await;
    assert_eq!(place(&vera, dialog), (DialogState::Queue, Some("sales".to_owned()), None));
}

#[tokio::test]
async fn the_script_decides_what_the_router_leaves_open() {
    let router = Assistant::start(&[(200, "{}")]).await;
    let source = "if (dialog.returned === null) lead.assignDialogToDepartment('sales'); else lead.leaveInQueue();";
    let script = |centre: &mut Centre| centre.script = Some(RoutingScript { source: source.into(), limit_ms: 500 });
    let (desk, _hands) = with_router(&router, 0, script).await;
    let mut vera = senior(&desk).await;
    let mut maria = desk.customer().await;
    writes(&mut maria, "?").await;
    let dialog = vera.only_dialog().await;
    until_gone_on(&mut vera, dialog).await;
    assert_eq!(place(&vera, dialog), (DialogState::Queue, Some("sales".to_owned()), None));
    vera.until("greeted once", |me| me.texts(dialog).iter().filter(|text| **text == "Здравствуйте!").count() == 1)
        .await;
}
