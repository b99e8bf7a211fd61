//! Queues that are full: whose conversation does not begin, who is told, and that nobody loses what goes on.

use crate::kit::{CustomerPage, Desk, Socket, Workplace, client_id, hello, seconds};
use otklik_hub::{
    HubConfig,
    centre::{Bot, BotKind, Centre, Department, FloodRules, KeywordGroup, OwnQueueLimits, Post, QueueLimits},
};
use otklik_model::{
    Availability, DepartmentKey, DialogId, DialogState, OnlineState, Op, OperatorStatus, Presence, TransferTarget,
};
use otklik_wire::customer::{CustomerFrame, HubCustomerFrame};
use std::time::Duration;

const FULL: &str = "queue_full";

fn limited(online: u32, offline: u32) -> impl FnOnce(&mut Centre) {
    move |centre| centre.queue_limits = QueueLimits { online, offline }
}

async fn stands(page: &mut CustomerPage, wanted: Availability) {
    page.until(&format!("{wanted:?}"), |page| page.availability == Some(wanted)).await;
}

/// Somebody new writes, and a conversation begins.
async fn begins(desk: &Desk) -> CustomerPage {
    let mut page = desk.customer().await;
    assert_eq!(page.write("Где заказ?").await, (Some(1), None));
    page.until("a dialog", |page| page.dialog.is_some()).await;
    page
}

fn id_of(page: &CustomerPage) -> DialogId {
    page.shows.dialog.as_ref().unwrap().id
}

async fn accept(ira: &mut Workplace, page: &CustomerPage) {
    let dialog = id_of(page);
    ira.until("the dialog", |me| me.state.dialogs.contains_key(&dialog)).await;
    ira.accept(dialog).await;
}

#[tokio::test]
async fn whoever_comes_to_a_full_queue_is_told_and_begins_when_there_is_room() {
    let (mut desk, _hands) = Desk::ruled(limited(2, 9)).await;
    let token = desk.posted("ira", "Ира", |_| {}).await;
    let mut ira = desk.workplace(&token).await;
    let mut late = desk.customer().await;
    stands(&mut late, Availability::Online).await;
    let (mut first, _second) = (begins(&desk).await, begins(&desk).await);
    stands(&mut late, Availability::BusyOnline).await;
    assert_eq!(late.shows.line, Some(OnlineState::Online), "an older page hears that somebody is there");
    assert_eq!(desk.customer().await.shows.availability, Some(Availability::BusyOnline), "who comes now knows at once");
    let id = client_id();
    assert_eq!(late.write_as(id, "И мой?").await, (None, Some(FULL.to_owned())));
    // Whose conversation goes on is concerned by nothing of it.
    assert_eq!(first.shows.availability, Some(Availability::Online));
    assert_eq!(first.write("Срочно!").await.1, None);
    accept(&mut ira, &first).await;
    stands(&mut late, Availability::Online).await;
    assert_eq!(late.write_as(id, "И мой?").await, (Some(1), None), "the same words under the same id");
    let mut next = desk.customer().await;
    stands(&mut next, Availability::BusyOnline).await;
    // A new process knows what waits.
    desk.stop().await;
    desk.start_again().await;
    let _ira = desk.workplace(&token).await;
    let mut next = desk.customer_again(&next).await;
    stands(&mut next, Availability::BusyOnline).await;
    assert_eq!(next.write("А мне?").await.1, Some(FULL.to_owned()));
    // Rules that are changed hold at once.
    desk.rule(limited(3, 9)).await;
    stands(&mut next, Availability::Online).await;
    assert_eq!(next.write("А мне?").await, (Some(1), None));
}

#[tokio::test]
async fn who_is_there_chooses_the_limit_and_all_that_wait_count_wherever_their_customers_are() {
    let (desk, hands) = Desk::ruled(limited(2, 1)).await;
    // Nobody is there, and she stays on the site.
    let maria = begins(&desk).await;
    let mut late = desk.customer().await;
    stands(&mut late, Availability::BusyOffline).await;
    assert_eq!(late.shows.line, Some(OnlineState::Offline), "an older page hears that nobody is there");
    assert_eq!(late.write("?").await.1, Some(FULL.to_owned()));
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    stands(&mut late, Availability::Online).await;
    let oleg = begins(&desk).await;
    stands(&mut late, Availability::BusyOnline).await;
    // Both leave, and count as offline requests from then on: they still wait.
    let (maria_s, oleg_s) = (id_of(&maria), id_of(&oleg));
    drop((maria, oleg));
    for dialog in [maria_s, oleg_s] {
        ira.until_row("away", dialog, |row| row.presence != Presence::OnSite).await;
    }
    hands.forward(seconds(700));
    for dialog in [maria_s, oleg_s] {
        ira.until_row("left", dialog, |row| row.current_state == OnlineState::Offline).await;
    }
    let mut next = desk.customer().await;
    stands(&mut next, Availability::BusyOnline).await;
    assert_eq!(next.write("?").await.1, Some(FULL.to_owned()));
    ira.accept(maria_s).await;
    stands(&mut next, Availability::Online).await;
    ira.done(Op::SetStatus { status: OperatorStatus::Break }).await;
    stands(&mut next, Availability::BusyOffline).await;
}

#[tokio::test]
async fn a_department_has_limits_of_its_own_and_whoever_asks_hears_of_all() {
    let key = |key: &str| key.parse::<DepartmentKey>().unwrap();
    let own = |online| OwnQueueLimits { online, ..OwnQueueLimits::default() };
    let (desk, _hands) = Desk::ruled(|centre| {
        centre.queue_limits.online = 2;
        for (name, limits) in [("sales", own(Some(1))), ("care", own(None)), ("open", own(Some(0)))] {
            let names = [("ru".to_owned(), name.to_owned())].into();
            let department = Department { names, queue_limits: Some(limits), ..Department::default() };
            centre.departments.insert(name.parse().unwrap(), department);
        }
        centre.default_department = Some("care".parse().unwrap());
    })
    .await;
    let post = |post: &mut Post| post.departments = ["sales", "care"].map(|of| of.parse().unwrap()).into();
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", post).await).await;
    let address = desk.ws("/widget/v1/socket");
    let mut asking = hello(None, None);
    if let CustomerFrame::Hello(hello) = &mut asking {
        hello.departments = true;
    }
    let mut chooser = CustomerPage::greet(Socket::connect(&address).await, &asking, None).await;
    let all = |of: [Availability; 3]| ["care", "open", "sales"].map(key).into_iter().zip(of).collect();
    use Availability::{BusyOnline, Offline, Online};
    chooser.until("all", |page| page.departments == all([Online, Offline, Online])).await;
    let mut buyer = CustomerPage::from_site(&address, Some("sales")).await;
    assert_eq!(buyer.write("Почём?").await, (Some(1), None));
    chooser.until("sales is full", |page| page.departments == all([Online, Offline, BusyOnline])).await;
    assert_eq!(chooser.shows.availability, Some(Online), "its own line leads elsewhere");
    let mut late = CustomerPage::from_site(&address, Some("sales")).await;
    assert_eq!(late.write("Почём?").await.1, Some(FULL.to_owned()));
    assert!(late.shows.departments.is_empty(), "who does not ask hears of his own line only");
    let mut others = Vec::new();
    for _ in 0..4 {
        let mut open = CustomerPage::from_site(&address, Some("open")).await;
        assert_eq!(open.write("?").await, (Some(1), None), "0 takes the centre's limit off");
        others.push(open);
    }
    let _cared = (begins(&desk).await, begins(&desk).await);
    chooser.until("care is full", |page| page.departments == all([BusyOnline, Offline, BusyOnline])).await;
    stands(&mut chooser, BusyOnline).await;
    // What goes elsewhere leaves room behind it, whether or not there is any where it goes.
    buyer.until("a dialog", |page| page.dialog.is_some()).await;
    let dialog = id_of(&buyer);
    ira.until("the dialog", |me| me.state.dialogs.contains_key(&dialog)).await;
    ira.accept(dialog).await;
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::Transfer { dialog, epoch, to: TransferTarget::Department { key: key("care") } }).await;
    stands(&mut late, Online).await;
    assert_eq!(late.write("Почём?").await, (Some(1), None));
    desk.rule(|centre| centre.departments.get_mut(&key("open")).unwrap().disabled = true).await;
    chooser.until("it takes none", |page| !page.departments.contains_key(&key("open"))).await;
}

#[tokio::test]
async fn a_conversation_that_there_is_goes_on_and_is_opened_again_however_many_wait() {
    let (desk, hands) = Desk::ruled(|centre| {
        limited(1, 1)(centre);
        centre.time_outs.final_close_s = 3_600;
        centre.distribution.same_operator = false;
    })
    .await;
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    let mut maria = begins(&desk).await;
    accept(&mut ira, &maria).await;
    let dialog = id_of(&maria);
    // What somebody has put off does not wait for anybody.
    let (epoch, until, reason) = (ira.row(dialog).epoch, None, None);
    ira.done(Op::Hold { dialog, epoch, until, reason }).await;
    let _oleg = begins(&desk).await;
    let mut late = desk.customer().await;
    stands(&mut late, Availability::BusyOnline).await;
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::Close { dialog, epoch }).await;
    maria.until("it is over", |page| page.dialog.as_ref().is_some_and(|dialog| dialog.closed)).await;
    assert_eq!(maria.shows.availability, Some(Availability::Online), "she can open it again");
    assert_eq!(maria.write("Ещё вопрос").await.1, None);
    ira.until_row("it waits", dialog, |row| row.state == DialogState::Queue).await;
    ira.accept(dialog).await;
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::Close { dialog, epoch }).await;
    hands.forward(seconds(3_700));
    // Closed for good it is no more hers than anybody's.
    stands(&mut maria, Availability::BusyOnline).await;
    assert_eq!(maria.write("И ещё").await.1, Some(FULL.to_owned()));
}

#[tokio::test]
async fn what_a_bot_has_does_not_wait_until_it_gives_up() {
    let (desk, _hands) = Desk::ruled(|centre| {
        limited(1, 1)(centre);
        let group = KeywordGroup {
            scenario: None,
            words: vec!["заказ".to_owned()],
            answers: vec!["Завтра".to_owned()],
            hand_over: false,
        };
        let kind =
            BotKind::Keyword {
                greeting: None, groups: vec![group], stop_words: vec!["оператор".to_owned()], tries: 9
            };
        centre.bots.insert("robot".to_owned(), Bot { departments: Default::default(), kind });
    })
    .await;
    desk.posted("robot", "Робот", |post| post.is_bot = true).await;
    let _ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    let (mut first, mut late) = (begins(&desk).await, begins(&desk).await);
    let mut other = desk.customer().await;
    assert_eq!(other.shows.availability, Some(Availability::Online));
    assert_eq!(first.write("оператор").await.1, None);
    stands(&mut other, Availability::BusyOnline).await;
    // It has begun: what a bot gives up is taken in, whatever waits.
    assert_eq!(late.write("оператор").await.1, None);
    assert_eq!(other.write("?").await.1, Some(FULL.to_owned()));
}

#[tokio::test]
async fn a_flood_takes_no_place_and_is_kept_out_as_everybody_is() {
    let proxy = |config: &mut HubConfig| config.behind_proxy = true;
    let (desk, _hands) = Desk::ruled_with(proxy, |centre| {
        limited(2, 2)(centre);
        centre.flood = FloodRules { unanswered: 1, within_s: 600 };
    })
    .await;
    let from = async |address: &str| {
        let socket = Socket::connect_from(&desk.ws("/widget/v1/socket"), address).await.unwrap();
        CustomerPage::over(socket, None, None).await
    };
    let mut pages = Vec::new();
    // The first is an ordinary one, the others stand in the shadow.
    for _ in 0..4 {
        let mut page = from("203.0.113.7").await;
        assert_eq!(page.write("Купите слона").await, (Some(1), None));
        pages.push(page);
    }
    let mut maria = from("203.0.113.8").await;
    assert_eq!(maria.write("Где заказ?").await, (Some(1), None));
    for address in ["203.0.113.7", "203.0.113.9"] {
        assert_eq!(from(address).await.write("?").await.1, Some(FULL.to_owned()), "{address}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_come_at_once_to_one_process_no_more_begin_than_there_is_room_for() {
    let (desk, _hands) = Desk::ruled(limited(3, 3)).await;
    let mut pages = Vec::new();
    for _ in 0..12 {
        pages.push(desk.customer().await);
    }
    let writing = pages.into_iter().map(|mut page| tokio::spawn(async move { (page.write("?").await.1, page) }));
    let mut answers = Vec::new();
    for answer in writing.collect::<Vec<_>>() {
        answers.push(answer.await.unwrap());
    }
    let begun = answers.iter().filter(|(refused, _)| refused.is_none()).count();
    assert!(answers.iter().all(|(refused, _)| refused.as_deref().is_none_or(|code| code == FULL)));
    assert_eq!(begun, 3);
}

#[tokio::test]
async fn a_queue_that_is_full_and_not_again_between_two_looks_is_not_told() {
    let slow = |config: &mut HubConfig| config.timing.look = Duration::from_secs(3_600);
    let (desk, _hands) = Desk::ruled_with(slow, limited(1, 1)).await;
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    let mut late = desk.customer().await;
    assert_eq!(late.shows.availability, Some(Availability::Online));
    for _ in 0..3 {
        let page = begins(&desk).await;
        accept(&mut ira, &page).await;
    }
    late.send(&CustomerFrame::Beat).await;
    let heard = late.next().await;
    assert_eq!(heard, Some(HubCustomerFrame::Beat), "nothing else was told");
    // Who is turned away hears first that the queue is full, and not only by the look.
    let _waits = begins(&desk).await;
    let id = client_id();
    late.send(&CustomerFrame::Send { id, text: "?".to_owned() }).await;
    let told = late.next().await;
    assert!(
        matches!(told, Some(HubCustomerFrame::Line { availability: Some(Availability::BusyOnline), .. })),
        "{told:?}"
    );
    let told = late.next().await;
    assert!(matches!(told, Some(HubCustomerFrame::Result { refused: Some(ref code), .. }) if code == FULL), "{told:?}");
}

/// Each process knows by the log what waits, and of what the other is just writing nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn two_processes_keep_one_limit_and_go_over_it_by_no_more_than_cross() {
    let (one, _hands) = Desk::ruled(limited(4, 4)).await;
    let two = one.beside().await;
    let mut late = two.customer().await;
    for _ in 0..4 {
        begins(&one).await;
    }
    stands(&mut late, Availability::BusyOffline).await;
    assert_eq!(late.write("?").await.1, Some(FULL.to_owned()));
    one.rule(limited(8, 8)).await;
    stands(&mut late, Availability::Offline).await;
    let mut pages = Vec::new();
    for number in 0..12 {
        pages.push(if number % 2 == 0 { one.customer().await } else { two.customer().await });
    }
    let writing = pages.into_iter().map(|mut page| tokio::spawn(async move { (page.write("?").await.1, page) }));
    let mut begun = 0;
    for answer in writing.collect::<Vec<_>>() {
        let (refused, _page) = answer.await.unwrap();
        assert!(refused.as_deref().is_none_or(|code| code == FULL), "{refused:?}");
        begun += u32::from(refused.is_none());
    }
    // Four were free; each process alone gives out no more than these.
    assert!((4..=8).contains(&begun), "{begun}");
    for desk in [&one, &two] {
        let mut page = desk.customer().await;
        stands(&mut page, Availability::BusyOffline).await;
        assert_eq!(page.write("?").await.1, Some(FULL.to_owned()));
    }
}
