//! Whether somebody is there for a site's line, as its customers are told.

use crate::kit::{CustomerPage, Desk, seconds};
use otklik_hub::centre::{Centre, Day, Department, Hours, Span};
use otklik_model::{OnlineState, Op, OperatorStatus};
use std::collections::BTreeMap;

const ONLINE: Option<OnlineState> = Some(OnlineState::Online);
const OFFLINE: Option<OnlineState> = Some(OnlineState::Offline);

/// Two departments; sales from nine to eighteen, and it is eight in the morning.
fn two(centre: &mut Centre) {
    let spans = vec![Span { from: "09:00".into(), to: "18:00".into() }];
    let week = BTreeMap::from([(Day::Monday, spans)]);
    let hours = Hours { zone: "Europe/Moscow".into(), week, exceptions: BTreeMap::new() };
    centre.hours.insert("office".into(), hours);
    let named = |name: &str, hours: Option<&str>| Department {
        names: [("ru".to_owned(), name.to_owned())].into(),
        hours: hours.map(str::to_owned),
        ..Department::default()
    };
    centre.departments.insert("sales".parse().unwrap(), named("Продажи", Some("office")));
    centre.departments.insert("care".parse().unwrap(), named("Забота", None));
    centre.default_department = Some("care".parse().unwrap());
}

async fn site(desk: &Desk, department: Option<&str>) -> CustomerPage {
    CustomerPage::from_site(&desk.ws("/widget/v1/socket"), department).await
}

async fn until(pages: &mut [CustomerPage; 3], wanted: [Option<OnlineState>; 3]) {
    for (page, wanted) in pages.iter_mut().zip(wanted) {
        page.until(&format!("{wanted:?}"), |page| page.line == wanted).await;
    }
}

#[tokio::test]
async fn each_site_is_told_of_its_own_department_and_as_it_changes() {
    let (desk, hands) = Desk::ruled(two).await;
    // What a site names that there is not, and what it does not name, leads to the centre's own.
    let mut pages = [site(&desk, Some("sales")).await, site(&desk, Some("care")).await, site(&desk, Some("x")).await];
    assert_eq!([0, 1, 2].map(|page: usize| pages[page].shows.line), [OFFLINE; 3], "nobody is here yet");
    let ira = desk.posted("ira", "Ира", |post| post.departments = ["care".parse().unwrap()].into()).await;
    let oleg = desk.posted("oleg", "Олег", |post| post.departments = ["sales".parse().unwrap()].into()).await;
    let (mut ira, mut oleg) = (desk.workplace(&ira).await, desk.workplace(&oleg).await);
    until(&mut pages, [OFFLINE, ONLINE, ONLINE]).await;
    // Олег is there before his department opens.
    hands.forward(seconds(3_600));
    until(&mut pages, [ONLINE, ONLINE, ONLINE]).await;
    assert_eq!(site(&desk, None).await.shows.line, ONLINE);
    ira.done(Op::SetStatus { status: OperatorStatus::Break }).await;
    until(&mut pages, [ONLINE, OFFLINE, OFFLINE]).await;
    ira.done(Op::SetStatus { status: OperatorStatus::Online }).await;
    until(&mut pages, [ONLINE, ONLINE, ONLINE]).await;
    oleg.done(Op::SetStatus { status: OperatorStatus::OfflineRequests }).await;
    until(&mut pages, [OFFLINE, ONLINE, ONLINE]).await;
    oleg.done(Op::SetStatus { status: OperatorStatus::Online }).await;
    until(&mut pages, [ONLINE, ONLINE, ONLINE]).await;
    // Administrators send sites that name nothing elsewhere.
    desk.rule(|centre| centre.default_department = Some("sales".parse().unwrap())).await;
    oleg.done(Op::SetStatus { status: OperatorStatus::Offline }).await;
    until(&mut pages, [OFFLINE, ONLINE, OFFLINE]).await;
}

#[tokio::test]
async fn a_customer_of_another_language_is_told_of_those_who_speak_it() {
    let (desk, _hands) = Desk::ruled(|_| {}).await;
    let german = |post: &mut otklik_hub::centre::Post| post.languages = ["de".to_owned()].into();
    let _klaus = desk.workplace(&desk.posted("klaus", "Klaus", german).await).await;
    let mut maria = desk.customer().await;
    assert_eq!(maria.shows.line, OFFLINE, "the page is Russian");
    let _ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    maria.until("somebody who speaks Russian", |page| page.line == ONLINE).await;
    // The other way of speaking with the hub tells the same.
    let mut page = desk.exchanger();
    page.hello().await;
    assert_eq!(page.shows.line, ONLINE);
}

/// What the site shows is how a dialog begins: of whoever is there before the doors open nobody is told.
#[tokio::test]
async fn a_dialog_begins_as_its_site_stands() {
    let (desk, hands) = Desk::ruled(two).await;
    let mut oleg = desk.workplace(&desk.posted("oleg", "Олег", |_| {}).await).await;
    let mut begun = Vec::new();
    for (number, open) in [(1, false), (2, true)] {
        let mut page = site(&desk, Some("sales")).await;
        page.until("as it stands", |page| page.line == if open { ONLINE } else { OFFLINE }).await;
        page.write("Есть кто?").await;
        oleg.until("it waits", |oleg| oleg.state.dialogs.values().any(|row| row.number == number)).await;
        let row = oleg.state.dialogs.values().find(|row| row.number == number).unwrap();
        assert_eq!(Some(row.start_state), page.shows.line, "{open}");
        begun.push(page);
        hands.forward(seconds(3_600));
    }
}
