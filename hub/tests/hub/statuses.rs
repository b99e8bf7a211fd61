//! Statuses: who changes which, what signing in and out does, who is switched off and when.

use crate::kit::{Desk, Workplace, seconds};
use otklik_hub::{
    centre::{Day, Department, Hours, LoginStatus, OwnTimeOuts, Post, Span},
    store::SetBy,
};
use otklik_model::{DialogState, Op, OperatorStatus, Outcome, Refusal, Right, Stamp, StatusKey, TransferTarget};
use std::collections::BTreeMap;

fn code(text: &str) -> StatusKey {
    text.parse().unwrap()
}

fn choose(status: &str, of: Option<&Workplace>) -> Op {
    Op::ChooseStatus { code: code(status), of: of.map(|of| of.welcome.me.id) }
}

/// Who set an operator's statuses, and to what.
async fn changes(desk: &Desk, login: &str) -> Vec<(String, SetBy)> {
    let (store, workspace) = desk.books().await;
    let id = store.operator_by_login(workspace, login).await.unwrap().unwrap().id;
    let changes = store.status_changes(workspace, id, Stamp(0)).await.unwrap();
    changes.into_iter().map(|change| (change.code.to_string(), change.set_by)).collect()
}

#[tokio::test]
async fn a_status_of_the_dictionary_is_chosen_and_by_right_for_others() {
    let (desk, _hands) = Desk::ruled(|_| {}).await;
    let anna = desk.posted("anna", "Анна", |post| post.role = "administrator".parse().unwrap()).await;
    let ira = desk.posted("ira", "Ира", |_| {}).await;
    let (mut anna, mut ira) = (desk.workplace(&anna).await, desk.workplace(&ira).await);
    ira.done(choose("lunch", None)).await;
    anna.until_status("Ира", OperatorStatus::Break).await;
    let refused = |reason| Outcome::Refused { reason };
    assert_eq!(ira.command(choose("siesta", None)).await, refused(Refusal::NoSuchKey));
    assert_eq!(ira.command(choose("lunch", Some(&anna))).await, refused(Refusal::Forbidden));
    anna.done(choose("online", Some(&ira))).await;
    ira.until_status("Ира", OperatorStatus::Online).await;
    ira.done(Op::SetStatus { status: OperatorStatus::OfflineRequests }).await;
    let by_anna = SetBy::Operator { id: anna.welcome.me.id };
    let (offline, login) = ("offline", "online");
    let wanted = [
        (offline, SetBy::Hub),
        (login, SetBy::Login),
        ("lunch", SetBy::Himself),
        ("online", by_anna),
        ("offline-requests", SetBy::Himself),
    ];
    assert_eq!(changes(&desk, "ira").await, wanted.map(|(code, by)| (code.to_owned(), by)));
}

#[tokio::test]
async fn what_signing_in_sets_is_the_centres_policy() {
    for (policy, first, again) in [
        (LoginStatus::Online, "online", "online"),
        (LoginStatus::Offline, "offline", "offline"),
        (LoginStatus::This(code("meeting")), "meeting", "meeting"),
        (LoginStatus::Restore, "online", "lunch"),
    ] {
        let (desk, _hands) = Desk::ruled(|centre| centre.login_status = policy.clone()).await;
        let ira = desk.posted("ira", "Ира", |_| {}).await;
        let status = || async {
            let (store, workspace) = desk.books().await;
            store.operator_by_login(workspace, "ira").await.unwrap().unwrap().status_code
        };
        assert_eq!(status().await, code(first), "{policy:?}");
        let mut workplace = desk.workplace(&ira).await;
        workplace.done(choose("lunch", None)).await;
        sign_out(&desk, &ira, "").await;
        assert_eq!(status().await, code("offline"), "{policy:?}");
        desk.sign_in("ira").await;
        assert_eq!(status().await, code(again), "{policy:?}");
    }
}

#[tokio::test]
async fn whoever_is_asked_stays_off_duty_until_he_has_said_and_is_asked_once() {
    let (desk, _hands) = Desk::ruled(|centre| centre.login_status = LoginStatus::Ask).await;
    let token = desk.posted("ira", "Ира", |_| {}).await;
    let mut ira = desk.workplace(&token).await;
    // A workplace asks whoever is off duty by signing in: only that is told, and that it is to ask.
    let asked = |ira: &Workplace| {
        let day = ira.me().day.as_ref().expect("her own day");
        ira.handbook.asks_status && day.code == code("offline") && day.set_by == otklik_model::SetBy::Login
    };
    ira.until("asked", asked).await;
    drop(ira);
    let mut ira = desk.workplace(&token).await;
    ira.until("asked still: she has not said", asked).await;
    ira.done(choose("offline", None)).await;
    ira.until("she has said that she stays so", |ira| !asked(ira)).await;
    drop(ira);
    let mut ira = desk.workplace(&token).await;
    ira.until("the handbook", |ira| ira.handbook.asks_status).await;
    assert!(!asked(&ira), "the same session does not ask again");
    ira.done(choose("lunch", None)).await;
    // At another workplace she is at work already.
    let mut second = desk.workplace(&desk.sign_in("ira").await).await;
    second.until("the handbook", |ira| ira.handbook.asks_status).await;
    second.until_status("Ира", OperatorStatus::Break).await;
    assert!(!asked(&second));
    sign_out(&desk, &token, "").await;
    let mut again = desk.workplace(&desk.sign_in("ira").await).await;
    again.until("asked at the next login", asked).await;
}

#[tokio::test]
async fn whoever_may_not_choose_a_status_is_not_asked_for_one() {
    let (desk, _hands) = Desk::ruled(|centre| {
        centre.login_status = LoginStatus::Ask;
        centre.leaving_words = BTreeMap::from([("ru".to_owned(), "Сначала закройте диалоги.".to_owned())]);
        let operator = centre.roles.get_mut(&"operator".parse().unwrap()).unwrap();
        operator.rights.remove(&Right::SetOwnStatus);
    })
    .await;
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    ira.until_status("Ира", OperatorStatus::Online).await;
    ira.until("the handbook", |ira| !ira.handbook.leaving.is_empty()).await;
    assert!(!ira.handbook.asks_status);
    assert_eq!(ira.handbook.leaving["ru"], "Сначала закройте диалоги.");
    desk.rule(|centre| centre.leaving_words.clear()).await;
    ira.until("no warning any more", |ira| ira.handbook.leaving.is_empty()).await;
}

async fn sign_out(desk: &Desk, token: &str, body: &str) {
    let answer = crate::kit::http().post(desk.http("/api/v1/logout")).bearer_auth(token).body(body.to_owned());
    assert_eq!(answer.send().await.unwrap().status(), 204);
}

/// A customer's dialog that this operator leads, and one he is offered by the other.
async fn two_dialogs(desk: &Desk, ira: &mut Workplace, anna: &mut Workplace) -> [otklik_model::DialogId; 2] {
    let mut ids = Vec::new();
    for number in 1..=2 {
        let mut customer = desk.customer().await;
        customer.write("?").await;
        anna.until("the dialog", |anna| anna.state.dialogs.values().any(|row| row.number == number)).await;
        ids.push(anna.state.dialogs.values().find(|row| row.number == number).unwrap().id);
    }
    ira.until("both", |ira| ira.state.dialogs.len() == 2).await;
    ira.accept(ids[0]).await;
    let to = TransferTarget::Operator { id: ira.welcome.me.id, force: false };
    anna.done(Op::Transfer { dialog: ids[1], epoch: anna.row(ids[1]).epoch, to }).await;
    anna.until_row("led", ids[0], |row| row.state == DialogState::Active).await;
    ids.try_into().unwrap()
}

#[tokio::test]
async fn a_lost_operator_is_switched_off_after_the_grace_and_his_dialogs_go_back() {
    let (desk, hands) = Desk::ruled(|centre| centre.time_outs.offer_s = 0).await;
    let anna = desk.posted("anna", "Анна", |post| post.role = "administrator".parse().unwrap()).await;
    let token = desk.posted("ira", "Ира", |_| {}).await;
    let (mut anna, mut ira) = (desk.workplace(&anna).await, desk.workplace(&token).await);
    let [led, offered] = two_dialogs(&desk, &mut ira, &mut anna).await;
    // A reconnect within the grace does not show. That it was noted is known when the second workplace is welcome.
    for _ in 0..3 {
        drop(ira);
        until_gone(&desk, "ira").await;
        hands.forward(seconds(59));
        ira = desk.workplace(&token).await;
    }
    let second = desk.workplace(&token).await;
    drop(ira);
    hands.forward(seconds(90));
    drop(second);
    until_gone(&desk, "ira").await;
    let left = desk.config.clock.now();
    hands.forward(seconds(60));
    anna.until_status("Ира", OperatorStatus::Offline).await;
    for dialog in [led, offered] {
        anna.until_row("back", dialog, |row| row.state == DialogState::Queue && row.assignee.is_none()).await;
    }
    anna.until_line(led, "session_lost Ира").await;
    let wanted = [("offline", SetBy::Hub), ("online", SetBy::Login), ("offline", SetBy::SessionLost)];
    assert_eq!(changes(&desk, "ira").await, wanted.map(|(code, by)| (code.to_owned(), by)), "and it did not flicker");
    let (store, workspace) = desk.books().await;
    let row = store.operator_by_login(workspace, "ira").await.unwrap().unwrap();
    assert_eq!(
        row.status_since,
        otklik_hub::later(left, seconds(60)),
        "while the second one was there nothing happened"
    );
}

#[tokio::test]
async fn what_a_lost_operator_has_put_off_is_everybodys_when_it_wakes() {
    let (desk, hands) = Desk::ruled(|centre| centre.time_outs.offer_s = 0).await;
    let anna = desk.posted("anna", "Анна", |post| post.role = "administrator".parse().unwrap()).await;
    let mut anna = desk.workplace(&anna).await;
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::Hold { dialog, epoch, until: None, reason: None }).await;
    drop(ira);
    until_gone(&desk, "ira").await;
    hands.forward(seconds(60));
    anna.until_status("Ира", OperatorStatus::Offline).await;
    anna.until_row("put off: it waits for her", dialog, |row| row.state == DialogState::Hold).await;
    maria.write("Есть новости?").await;
    anna.until_row("everybody's", dialog, |row| row.state == DialogState::Queue && row.assignee.is_none()).await;
    anna.until_line(dialog, "session_lost Ира").await;
}

/// Waits until the hub has noted that an operator has no workplace open.
async fn until_gone(desk: &Desk, login: &str) {
    let (store, workspace) = desk.books().await;
    let id = store.operator_by_login(workspace, login).await.unwrap().unwrap().id;
    crate::kit::within("gone", async {
        loop {
            let noted = store.attendance(workspace).await.unwrap();
            if noted.iter().any(|noted| noted.operator == id && noted.left_at.is_some()) {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_logged_out_and_stays_online_is_not_switched_off() {
    let (desk, hands) = Desk::ruled(|_| {}).await;
    let anna = desk.posted("anna", "Анна", |post| post.role = "administrator".parse().unwrap()).await;
    let (ira, oleg) = (desk.posted("ira", "Ира", |_| {}).await, desk.posted("oleg", "Олег", |_| {}).await);
    let mut anna = desk.workplace(&anna).await;
    let (at_ira, at_oleg) = (desk.workplace(&ira).await, desk.workplace(&oleg).await);
    sign_out(&desk, &ira, r#"{"keep_online":true}"#).await;
    drop((at_ira, at_oleg));
    until_gone(&desk, "ira").await;
    until_gone(&desk, "oleg").await;
    hands.forward(seconds(60));
    anna.until_status("Олег", OperatorStatus::Offline).await;
    anna.until_status("Ира", OperatorStatus::Online).await;
    // Whoever comes back is as before, and is switched off like everybody.
    desk.sign_in("ira").await;
    hands.forward(seconds(60));
    anna.until_status("Ира", OperatorStatus::Offline).await;
}

#[tokio::test]
async fn a_restart_of_the_hub_switches_nobody_off_who_comes_back_and_whoever_does_not() {
    let (mut desk, hands) = Desk::ruled(|_| {}).await;
    let anna = desk.posted("anna", "Анна", |post| post.role = "administrator".parse().unwrap()).await;
    let (ira, oleg) = (desk.posted("ira", "Ира", |_| {}).await, desk.posted("oleg", "Олег", |_| {}).await);
    let workplaces = (desk.workplace(&ira).await, desk.workplace(&oleg).await);
    let left = {
        drop(workplaces.1);
        until_gone(&desk, "oleg").await;
        desk.config.clock.now()
    };
    desk.stop().await;
    drop(workplaces.0);
    hands.forward(seconds(30));
    desk.start_again().await;
    let (mut anna, _ira) = (desk.workplace(&anna).await, desk.workplace(&ira).await);
    // Олег's time runs on over the restart; Ира's is over, and she is here.
    hands.forward(seconds(30));
    anna.until_status("Олег", OperatorStatus::Offline).await;
    assert_eq!(desk.config.clock.now().0 - left.0, 60_000);
    hands.forward(seconds(600));
    anna.done(choose("meeting", None)).await;
    let last = changes(&desk, "ira").await.pop();
    assert_eq!(last, Some(("online".to_owned(), SetBy::Login)));
}

#[tokio::test]
async fn whoever_does_nothing_is_on_a_break() {
    let (desk, hands) = Desk::ruled(|centre| {
        centre.time_outs.idle_s = 300;
        for (key, idle_s) in [("letters", Some(900)), ("chat", None)] {
            let time_outs = Some(OwnTimeOuts { idle_s, ..OwnTimeOuts::default() });
            centre.departments.insert(key.parse().unwrap(), Department { time_outs, ..Department::default() });
        }
    })
    .await;
    let anna = desk.posted("anna", "Анна", |post| post.role = "administrator".parse().unwrap()).await;
    let ira = desk.posted("ira", "Ира", |_| {}).await;
    // Who answers letters reads for long: the longest of his departments counts.
    let both = |post: &mut Post| post.departments = ["letters", "chat"].map(|key| key.parse().unwrap()).into();
    let _oleg = desk.workplace(&desk.posted("oleg", "Олег", both).await).await;
    let (mut anna, mut ira) = (desk.workplace(&anna).await, desk.workplace(&ira).await);
    hands.forward(seconds(200));
    // Any command is a sign of life, also one that changes nothing.
    ira.done(Op::SetStatus { status: OperatorStatus::Online }).await;
    hands.forward(seconds(299));
    anna.until_status("Анна", OperatorStatus::Break).await;
    assert_eq!(changes(&desk, "ira").await.len(), 2, "Ира has a second left");
    hands.forward(seconds(1));
    anna.until_status("Ира", OperatorStatus::Break).await;
    assert_eq!(changes(&desk, "ira").await.pop(), Some(("invisible".to_owned(), SetBy::Idle)));
    hands.forward(seconds(399));
    ira.done(Op::SetStatus { status: OperatorStatus::Online }).await;
    assert_eq!(changes(&desk, "oleg").await.len(), 2, "Олег has a second left");
    hands.forward(seconds(1));
    anna.until_status("Олег", OperatorStatus::Break).await;
    assert_eq!(changes(&desk, "oleg").await.pop(), Some(("invisible".to_owned(), SetBy::Idle)));
}

#[tokio::test]
async fn whoever_goes_has_closed_what_waits_for_nobody_if_the_centre_wants_it() {
    let (desk, hands) = Desk::ruled(|centre| {
        centre.distribution.close_on_leaving = true;
        centre.time_outs.idle_s = 300;
    })
    .await;
    let anna = desk.posted("anna", "Анна", |post| post.role = "administrator".parse().unwrap()).await;
    let ira = desk.posted("ira", "Ира", |_| {}).await;
    let (mut anna, mut ira) = (desk.workplace(&anna).await, desk.workplace(&ira).await);
    let [first, second] = two_dialogs(&desk, &mut ira, &mut anna).await;
    ira.until_row("offered", second, |row| row.state == DialogState::Offered).await;
    ira.accept(second).await;
    ira.say(first, "Готово").await;
    hands.forward(seconds(300));
    anna.until_status("Ира", OperatorStatus::Break).await;
    anna.until_row("nobody waits in it", first, |row| row.state == DialogState::ClosedSoft).await;
    assert_eq!(anna.row(second).state, DialogState::Active, "its customer waits for her");
    ira.done(Op::SetStatus { status: OperatorStatus::Online }).await;
    ira.say(second, "Тоже готово").await;
    ira.done(Op::SetStatus { status: OperatorStatus::Offline }).await;
    anna.until_row("she went", second, |row| row.state == DialogState::ClosedSoft).await;
}

#[tokio::test]
async fn the_working_day_begins_and_ends_once() {
    let (desk, hands) = Desk::ruled(|centre| {
        let spans = vec![Span { from: "09:00".into(), to: "18:00".into() }];
        let week = BTreeMap::from([(Day::Monday, spans.clone()), (Day::Tuesday, spans)]);
        let hours = Hours { zone: "Europe/Moscow".into(), week, exceptions: BTreeMap::new() };
        centre.hours.insert("office".into(), hours);
        centre.default_hours = Some("office".into());
    })
    .await;
    let token = desk.posted("ira", "Ира", |_| {}).await;
    let mut ira = desk.workplace(&token).await;
    let hour = |hours: u64| seconds(hours * 3_600);
    // She came an hour early, and has chosen that.
    ira.until_status("Ира", OperatorStatus::Online).await;
    hands.forward(hour(1));
    hands.forward(hour(9));
    ira.until_status("Ира", OperatorStatus::Offline).await;
    // Whoever works on in the evening does so.
    ira.done(Op::SetStatus { status: OperatorStatus::Online }).await;
    hands.forward(hour(2));
    ira.done(choose("lunch", None)).await;
    ira.done(Op::SetStatus { status: OperatorStatus::Online }).await;
    hands.forward(hour(13));
    hands.forward(hour(9));
    ira.until_status("Ира", OperatorStatus::Offline).await;
    let last = changes(&desk, "ira").await.pop();
    assert_eq!(last, Some(("offline".to_owned(), SetBy::Schedule)));
}
