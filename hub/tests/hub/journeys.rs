//! Where a customer is and which pages he went to: asked for by whoever sees his dialog, told to nobody else, and gone
//! with him.

use crate::kit::{CustomerPage, Desk, Socket, Workplace, database, hello, tula};
use otklik_hub::Hub;
use otklik_model::{DialogId, Journey, Page, Place, PlaceName};
use otklik_wire::{
    customer::CustomerFrame,
    operator::{Fetch, HubFrame},
};
use std::net::Ipv4Addr;

fn page(path: &str) -> Page {
    Page { url: format!("https://shop.example.org/{path}"), title: path.to_owned() }
}

async fn journey(of: &mut Workplace, dialog: DialogId) -> Option<Journey> {
    match of.ask(Fetch::Journey { dialog }).await {
        HubFrame::Journey { dialog: told, journey, .. } => {
            assert_eq!(told, dialog);
            Some(journey)
        }
        HubFrame::FetchFailed { retry: false, .. } => None,
        other => panic!("{other:?}"),
    }
}

fn paths(journey: &Journey) -> Vec<&str> {
    journey.pages.iter().map(|visit| visit.page.url.trim_start_matches("https://shop.example.org/")).collect()
}

/// Comes in a zone, from an address that a proxy tells.
async fn comes(desk: &Desk, token: Option<String>, zone: &str, from: &str) -> CustomerPage {
    let mut first = hello(token, None);
    if let CustomerFrame::Hello(hello) = &mut first {
        hello.zone = Some(zone.to_owned());
    }
    let socket = Socket::connect_from(&desk.ws("/widget/v1/socket"), from).await.unwrap();
    CustomerPage::greet(socket, &first, None).await
}

/// Tells of a page, and waits until that is done.
async fn goes(customer: &mut CustomerPage, page: Page) {
    customer.send(&CustomerFrame::Page(page)).await;
    customer.send(&CustomerFrame::Beat).await;
    while !matches!(customer.next().await, Some(otklik_wire::customer::HubCustomerFrame::Beat)) {}
}

#[tokio::test]
async fn the_pages_of_a_customer_are_told_from_his_first_one_on() {
    let mut desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    let mut ira = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    goes(&mut maria, page("cart")).await;
    goes(&mut maria, page("cart")).await;
    let secret = maria.shows.token.clone();
    drop(maria);
    let mut maria = CustomerPage::connect(&desk.ws("/widget/v1/socket"), secret.clone(), None).await;
    let (store, workspace) = desk.books().await;
    let head = store.head(workspace).await.unwrap();
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    let told = journey(&mut ira, dialog).await.unwrap();
    assert_eq!(paths(&told), ["", "cart", ""], "also before she wrote, over a reload and another connection");
    assert!(told.pages.is_sorted_by_key(|visit| visit.at) && told.place.is_none() && told.zone.is_none());

    goes(&mut maria, page("orders")).await;
    ira.until("the page", |ira| ira.row(dialog).page.as_ref().is_some_and(|page| page.title == "orders")).await;
    assert_eq!(paths(&journey(&mut ira, dialog).await.unwrap()), ["", "cart", "", "orders"]);
    assert_eq!(store.head(workspace).await.unwrap().0, head.0 + 2, "the words and the present page, as ever");

    desk.stop().await;
    desk.start_again().await;
    let mut ira = desk.workplace(&token).await;
    assert_eq!(paths(&journey(&mut ira, dialog).await.unwrap()), ["", "cart", "", "orders"], "it is kept");
}

#[tokio::test]
async fn a_hostile_page_takes_no_more_than_its_place() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    for number in 0..70 {
        goes(&mut maria, page(&number.to_string())).await;
    }
    for bad in ["javascript:alert(1)", "file:///etc/passwd", "", "data:text/html,x"] {
        goes(&mut maria, Page { url: bad.to_owned(), title: "bad".to_owned() }).await;
    }
    let long = Page { url: page(&"y".repeat(9_000)).url, title: format!("a\u{202e}b\n{}", "z".repeat(900)) };
    goes(&mut maria, long).await;
    let told = journey(&mut ira, dialog).await.unwrap();
    assert_eq!((told.pages.len(), paths(&told)[48]), (50, "69"));
    let last = &told.pages[49].page;
    assert_eq!((last.url.len(), last.title.chars().count(), &last.title[..3]), (2_000, 200, "ab "));
}

#[tokio::test]
async fn no_card_number_is_kept_in_a_title() {
    let (desk, _hands) = Desk::ruled(|centre| centre.mask_cards = true).await;
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    let mut maria = desk.customer().await;
    goes(&mut maria, Page { title: "Оплата 4111 1111 1111 1111".to_owned(), ..page("pay") }).await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    let title = journey(&mut ira, dialog).await.unwrap().pages.remove(1).page.title;
    assert!(title.starts_with("Оплата ") && !title.contains("1111 1111"), "{title}");
}

#[tokio::test]
async fn a_way_is_told_to_whoever_sees_the_dialog_and_a_foreign_one_leaves_its_line() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut oleg = desk.workplace(&desk.operator("oleg", "Олег", Some(&["accept"])).await).await;
    let mut boris = desk.workplace(&desk.operator("boris", "Борис", None).await).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    assert_eq!(paths(&journey(&mut ira, dialog).await.unwrap()), [""]);
    oleg.until("out of sight", |oleg| !oleg.state.dialogs.contains_key(&dialog)).await;
    assert_eq!(journey(&mut oleg, dialog).await, None, "he does not see what others lead");
    let reads = async || anna.trail().await.iter().filter(|what| *what == "dialog.read").count();
    assert_eq!(reads().await, 0, "one's own leaves no line");
    boris.until("hers", |boris| boris.state.dialogs.get(&dialog).is_some_and(|row| row.assignee.is_some())).await;
    assert!(journey(&mut boris, dialog).await.is_some());
    assert_eq!(reads().await, 1);
    let nowhere = DialogId(uuid::Uuid::nil());
    assert_eq!(journey(&mut ira, nowhere).await, None);
}

#[tokio::test]
async fn a_way_is_exported_and_erased_with_its_customer() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    goes(&mut maria, page("canary-way")).await;
    let (id, number) = (ira.row(dialog).customer.id, ira.row(dialog).customer.number);
    let told = anna.get(&format!("customers/{number}/export")).await;
    assert_eq!(told["journey"]["pages"][1]["title"], "canary-way");
    anna.post(&format!("customers/{number}/erase"), serde_json::json!(null)).await.good();
    let (store, workspace) = desk.books().await;
    assert!(store.journey(workspace, id).await.unwrap().is_empty());
    let later = Journey { zone: Some("Europe/Moscow".to_owned()), ..Journey::default() };
    assert!(!store.go_on(workspace, id, otklik_model::Stamp(0), later).await.unwrap(), "and nothing is kept any more");
    assert_eq!(journey(&mut ira, dialog).await, None);
}

#[tokio::test]
async fn where_a_customer_is_comes_from_his_address_and_his_clock() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cities.mmdb");
    let networks = vec![(Ipv4Addr::new(203, 0, 113, 0), 24, tula())];
    std::fs::write(&file, database("Test-City", networks)).unwrap();
    let desk = Desk::start_with(|config| (config.places, config.behind_proxy) = (Some(file), true)).await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let named = |en: &str, ru: &str| Some(PlaceName { en: Some(en.to_owned()), ru: Some(ru.to_owned()) });
    let (region, city) = (named("Tula Oblast", "Тульская область"), named("Tula", "Тула"));
    let place = Some(Place { country: Some("RU".to_owned()), region, city });
    let stories = [
        ("Asia/Vladivostok", "203.0.113.7", (place.clone(), Some("Asia/Vladivostok"))),
        ("No/Such", "::ffff:203.0.113.9", (place, Some("Europe/Moscow"))),
        ("Asia/Omsk", "198.51.100.1", (None, Some("Asia/Omsk"))),
        ("\0", "2001:db8::1", (None, None)),
    ];
    for (number, (zone, from, expected)) in (1..).zip(stories) {
        let mut maria = comes(&desk, None, zone, from).await;
        maria.write("?").await;
        let his = |ira: &Workplace| ira.state.dialogs.values().find(|row| row.number == number).map(|row| row.id);
        ira.until("a dialog", |ira| his(ira).is_some()).await;
        let dialog = his(&ira).unwrap();
        let told = journey(&mut ira, dialog).await.unwrap();
        assert_eq!((told.place, told.zone.as_deref()), expected, "{from}");
    }
    assert!(!ira.socket.1.iter().any(|frame| frame.contains("203.0.113")), "no address is told");
}

#[tokio::test]
async fn a_hub_does_not_start_without_the_places_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let start = async |name: &str, content: Option<Vec<u8>>| {
        let file = folder.path().join(name);
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        let mut config = otklik_hub::HubConfig::embedded(folder.path().join("data"), None);
        config.places = Some(file);
        Hub::start(config).await.map(|_| ()).unwrap_err().to_string()
    };
    let whole = database("Test-City", vec![(Ipv4Addr::new(203, 0, 113, 0), 24, tula())]);
    for (name, content, expected) in [
        ("missing.mmdb", None, "missing.mmdb cannot be read"),
        ("empty.mmdb", Some(Vec::new()), "empty.mmdb cannot be read"),
        ("torn.mmdb", Some(whole[..whole.len() - 40].to_vec()), "torn.mmdb cannot be read"),
        ("other.mmdb", Some(database("Test-ASN", Vec::new())), "cities or countries is wanted"),
    ] {
        let said = start(name, content).await;
        assert!(said.contains(expected), "{said}");
    }
}
