//! S-H11: the shadow queue. New dialogs of one address that nobody answers are nobody's work, and its customers notice
//! nothing.

use crate::kit::{Assistant, CustomerPage, Desk, Socket, Workplace, http, seconds};
use otklik_hub::{
    HubConfig,
    centre::{
        Bot, BotKind, Centre, Department, FloodRules, KeywordGroup, Occasion, OutsideRouter, RoutingScript, Sharing,
    },
};
use otklik_model::{Dialog, DialogId, DialogState, Op, TransferTarget};
use serde_json::json;
use std::collections::BTreeSet;

/// What a centre is told before its desk opens.
type Rule = Box<dyn FnOnce(&mut Centre)>;

const FLOODED: &str = "203.0.113.7";
const ELSEWHERE: &str = "203.0.113.8";
const GREETING: &str = "Здравствуйте!";

fn two_at_most(centre: &mut Centre) {
    centre.flood = FloodRules { unanswered: 2, within_s: 600 };
    centre.distribution.sharing = Sharing::LeastLoaded;
    for occasion in [Occasion::NewOpen, Occasion::NewClosed] {
        centre.words.all.insert(occasion, [("ru".to_owned(), GREETING.to_owned())].into());
    }
}

fn behind_a_proxy(config: &mut HubConfig) {
    config.behind_proxy = true;
    config.bots_on_loopback = true;
}

/// Вера sees everything and is given nothing, Ира is given whatever is given out.
async fn people(desk: &Desk) -> (Workplace, Workplace) {
    let vera = desk.posted("vera", "Вера", |post| {
        (post.role, post.most) = ("administrator".parse().unwrap(), 0);
    });
    let vera = desk.workplace(&vera.await).await;
    let ira = desk.workplace(&desk.posted("ira", "Ира", |post| post.most = 10_000).await).await;
    (vera, ira)
}

/// A new customer at this address writes, and is answered as all are.
async fn writes_from(desk: &Desk, address: &str) -> CustomerPage {
    let socket = Socket::connect_from(&desk.ws("/widget/v1/socket"), address).await.unwrap();
    let mut page = CustomerPage::over(socket, None, None).await;
    assert_eq!(page.write("Купите слона").await, (Some(1), None));
    page.until("a dialog", |page| page.dialog.is_some()).await;
    page
}

fn id_of(page: &CustomerPage) -> DialogId {
    page.shows.dialog.as_ref().unwrap().id
}

/// How a dialog stands, as soon as it is told of.
async fn row_of(vera: &mut Workplace, page: &CustomerPage) -> Dialog {
    let id = id_of(page);
    vera.until("the dialog", |vera| vera.state.dialogs.contains_key(&id)).await;
    vera.row(id).clone()
}

async fn flood(desk: &Desk, vera: &mut Workplace, size: usize) -> (Vec<CustomerPage>, Vec<DialogId>) {
    let (mut pages, mut suspicious) = (Vec::new(), Vec::new());
    for _ in 0..size {
        let mut page = writes_from(desk, FLOODED).await;
        page.until("a greeting", |page| page.texts().contains(&GREETING)).await;
        let row = row_of(vera, &page).await;
        suspicious.extend(row.suspicious.then_some(row.id));
        pages.push(page);
    }
    (pages, suspicious)
}

fn is_in_the_shadow(row: &Dialog) -> bool {
    row.suspicious && row.state == DialogState::Queue && row.assignee.is_none() && row.epoch == 0
}

#[tokio::test]
async fn s_h11_a_flood_is_in_the_shadow_while_a_customer_elsewhere_is_given_out_at_once() {
    let (desk, _hands) = Desk::ruled_with(behind_a_proxy, two_at_most).await;
    let (mut vera, mut ira) = people(&desk).await;
    let (mut pages, suspicious) = flood(&desk, &mut vera, 6).await;
    assert_eq!(suspicious.len(), 4, "two are let through");
    let maria = writes_from(&desk, ELSEWHERE).await;
    ira.until_row("offered", id_of(&maria), |row| row.state == DialogState::Offered).await;
    assert!(!ira.row(id_of(&maria)).suspicious);
    // Whoever gives dialogs out has gone past the flood to get to hers.
    let all: BTreeSet<DialogId> = ira.state.dialogs.keys().copied().collect();
    assert!(
        suspicious.iter().all(|id| all.contains(id) && is_in_the_shadow(ira.row(*id))),
        "seen, and given to nobody"
    );
    let admin = desk.administrator().await;
    let status = admin.get("status").await;
    assert_eq!((&status["waiting"], &status["suspicious"]), (&json!(4), &json!(4)));
    assert_eq!(admin.get("queues").await, json!([]), "nobody is called for them");
    // Nor does an alarm go off: the two that were let through and hers are offered.
    let metrics = http().get(desk.http("/metrics")).send().await.unwrap().text().await.unwrap();
    for line in ["otklik_hub_dialogs_waiting 0", "otklik_hub_dialogs_suspicious 4"] {
        assert!(metrics.lines().any(|found| found == line), "{line} is missing in\n{metrics}");
    }

    // Taken by hand it is as any other.
    ira.accept(suspicious[0]).await;
    assert!(!ira.row(suspicious[0]).suspicious);
    ira.say(suspicious[0], "Сколько он стоит?").await;
    let asks = pages.iter_mut().find(|page| id_of(page) == suspicious[0]).unwrap();
    asks.until("an answer", |page| page.texts().contains(&"Сколько он стоит?")).await;
    // Sent to everybody by somebody who has looked, it is given out.
    let (dialog, to) = (suspicious[1], TransferTarget::Queue);
    vera.done(Op::Transfer { dialog, epoch: 0, to }).await;
    ira.until_row("offered", dialog, |row| row.state == DialogState::Offered && !row.suspicious).await;
    // Closed untaken, it is what it was when its customer goes on.
    let dialog = suspicious[2];
    vera.done(Op::Close { dialog, epoch: 0 }).await;
    let closed = pages.iter_mut().find(|page| id_of(page) == dialog).unwrap();
    assert_eq!(closed.write("Слон хороший").await.1, None);
    vera.until_row("back", dialog, |row| row.state == DialogState::Queue).await;
    assert!(vera.row(dialog).suspicious && vera.row(dialog).assignee.is_none());
    // Blocked, it is over.
    let dialog = suspicious[3];
    vera.done(Op::Block { dialog, until: None, reason: "слоны".into() }).await;
    let blocked = pages.iter_mut().find(|page| id_of(page) == dialog).unwrap();
    blocked.until("told", |page| page.blocked).await;
    vera.until_row("over", dialog, |row| row.state.is_closed()).await;
}

#[tokio::test]
async fn s_h11_an_address_is_out_of_the_shadow_when_it_is_answered_or_its_time_is_over() {
    let (desk, hands) = Desk::ruled_with(behind_a_proxy, two_at_most).await;
    let (mut vera, mut ira) = people(&desk).await;
    let (pages, suspicious) = flood(&desk, &mut vera, 3).await;
    assert_eq!(suspicious, [id_of(&pages[2])]);
    for page in &pages[..2] {
        ira.until_row("offered", id_of(page), |row| row.state == DialogState::Offered).await;
        ira.accept(id_of(page)).await;
        // The hub that counts has heard of it.
        vera.until_row("accepted", id_of(page), |row| row.state == DialogState::Active).await;
    }
    let (_office, suspicious) = flood(&desk, &mut vera, 2).await;
    assert_eq!(suspicious.len(), 1, "one that nobody has answered is left, and one more is let through");
    hands.forward(seconds(601));
    let (mut later, suspicious) = flood(&desk, &mut vera, 3).await;
    assert_eq!(suspicious.len(), 1, "as if nothing had been");
    // Switched off, nothing is suspicious.
    let other_rules = |centre: &mut Centre| (centre.flood.unanswered, centre.name) = (0, "Слоны".to_owned());
    desk.rule(other_rules).await;
    later[0].until("the other rules", |page| page.desk == "Слоны").await;
    assert_eq!(flood(&desk, &mut vera, 4).await.1, []);
}

#[tokio::test]
async fn s_h11_no_router_script_or_bot_is_asked_about_a_flood() {
    let mut router = Assistant::start(&[(200, r#"{"department":"sales"}"#)]).await;
    let address = router.address.clone();
    let with_router = move |centre: &mut Centre| {
        let secret = "a secret of the router's own".to_owned();
        centre.router = Some(OutsideRouter { address, secret, answer_ms: 2_000, retries: 0, everywhere: true });
    };
    let with_script = |centre: &mut Centre| {
        let source = "lead.assignDialogToDepartment('sales')".to_owned();
        centre.script = Some(RoutingScript { source, limit_ms: 200 });
    };
    let with_bot = |centre: &mut Centre| {
        let (words, answers) = (vec!["слон".into()], vec!["Какой?".into()]);
        let group = KeywordGroup { scenario: None, words, answers, hand_over: false };
        let kind = BotKind::Keyword { greeting: None, groups: vec![group], stop_words: Vec::new(), tries: 2 };
        centre.bots.insert("robot".into(), Bot { departments: BTreeSet::new(), kind });
    };
    let asked: [(&str, Rule); 3] =
        [("router", Box::new(with_router)), ("script", Box::new(with_script)), ("bot", Box::new(with_bot))];
    for (who, rule) in asked {
        let rule = |centre: &mut Centre| {
            rule(centre);
            centre.flood.unanswered = 1;
            centre.departments.insert("sales".parse().unwrap(), Department::default());
        };
        let (desk, _hands) = Desk::ruled_with(behind_a_proxy, rule).await;
        desk.posted("robot", "Робот", |post| post.is_bot = true).await;
        let (mut vera, _ira) = people(&desk).await;
        let first = writes_from(&desk, FLOODED).await;
        let goes_on = |row: &Dialog| row.department.is_some() || row.state == DialogState::Bot;
        vera.until_row("asked about", id_of(&first), goes_on).await;
        let mut second = writes_from(&desk, FLOODED).await;
        let row = row_of(&mut vera, &second).await;
        assert!(is_in_the_shadow(&row) && !goes_on(&row), "{who}: {row:?}");
        assert_eq!(second.write("Слон").await, (Some(2), None), "{who}");
        desk.until_nothing_is_due().await;
        vera.until_row("more words", row.id, |row| row.last_seq == 2).await;
        assert!(is_in_the_shadow(vera.row(row.id)), "{who}");
        if who == "router" {
            assert!(router.asked.try_recv().is_ok() && router.asked.try_recv().is_err(), "once, about the first");
        }
    }
}
