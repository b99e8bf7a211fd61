//! S-H11: customers who mean harm: floods, crowds behind one address, borrowed names; and that a block holds at once.

use crate::kit::{CustomerPage, Desk, Exchanger, Socket, Workplace, client_id, http, within};
use otklik_hub::Rate;
use otklik_model::Op;
use otklik_wire::customer::CustomerFrame;
use std::time::{Duration, Instant};

const NEVER_AGAIN: f64 = 1.0 / 3_600.0;

fn rate(burst: u32) -> Rate {
    Rate { burst, per_second: NEVER_AGAIN }
}

/// A page of a customer at this address of the network.
async fn page_at(desk: &Desk, address: &str) -> Result<CustomerPage, u16> {
    let socket = Socket::connect_from(&desk.ws("/widget/v1/socket"), address).await?;
    Ok(CustomerPage::over(socket, None, None).await)
}

fn too_fast() -> (Option<u32>, Option<String>) {
    (None, Some("too_fast".to_owned()))
}

#[tokio::test]
async fn s_h11_a_flood_over_many_connections_is_one_flood() {
    let desk = Desk::start_with(|config| config.limits.customer_messages = rate(5)).await;
    let mut maria = desk.customer().await;
    assert_eq!(maria.write("1").await, (Some(1), None));
    let mut pages = vec![maria];
    for _ in 0..3 {
        let again = desk.customer_again(&pages[0]).await;
        pages.push(again);
    }
    let mut taken = 1;
    for round in 0..5 {
        for page in &mut pages {
            let answer = page.write(&format!("{round}")).await;
            taken += usize::from(answer.1.is_none());
            assert!(answer.1.is_none() || answer == too_fast());
        }
    }
    assert_eq!(taken, 5, "five at once, over however many connections");
    let mut poller = Exchanger::new(desk.http("/widget/v1/exchange"));
    poller.shows.token = pages[0].shows.token.clone();
    poller.hello().await;
    let id = client_id();
    poller.exchange(vec![CustomerFrame::Send { id, text: "x".into() }], false).await;
    assert_eq!(poller.shows.results[&id], too_fast(), "nor over the other transport");
    let mut pavel = desk.customer().await;
    assert_eq!(pavel.write("?").await, (Some(1), None), "nobody else waits for it");
}

#[tokio::test]
async fn s_h11_a_crowd_of_one_address_is_kept_within_its_limits_and_no_other_feels_it() {
    let desk = Desk::start_with(|config| {
        config.behind_proxy = true;
        let address = &mut config.limits.address;
        (address.pages, address.customers, address.dialogs, address.messages) = (6, rate(5), rate(3), rate(4));
    })
    .await;
    let mut crowd = Vec::new();
    for _ in 0..5 {
        let page = page_at(&desk, "203.0.113.7").await.unwrap();
        assert_eq!(page.shows.bye, None);
        crowd.push(page);
    }
    let sixth = page_at(&desk, "10.0.0.1, 203.0.113.7").await.unwrap();
    assert_eq!(sixth.shows.bye.as_deref(), Some("too_many"), "new customers; what is before the comma may be made up");
    drop(sixth);
    let mut begun = 0;
    for page in &mut crowd {
        let answer = page.write("Где заказ?").await;
        begun += usize::from(answer.1.is_none());
        assert!(answer.1.is_none() || answer == too_fast(), "{answer:?}");
    }
    assert_eq!(begun, 3, "new dialogs");
    // The two that were refused cost the address nothing more: of four messages one is left.
    let last = [crowd[0].write("и ещё").await.1, crowd[0].write("и ещё").await.1];
    assert_eq!(last, [None, too_fast().1]);
    let mut neighbour = page_at(&desk, "203.0.113.8").await.unwrap();
    assert_eq!(neighbour.write("?").await, (Some(1), None));
    // Connections: six at a time, whoever they are.
    let known = crowd[0].shows.token.clone();
    let mut more = Vec::new();
    let refused = within("a refusal", async {
        loop {
            match Socket::connect_from(&desk.ws("/widget/v1/socket"), "203.0.113.7").await {
                Ok(socket) => more.push(CustomerPage::over(socket, known.clone(), None).await),
                Err(status) => break status,
            }
        }
    });
    assert_eq!(refused.await, 429);
    assert!(more.len() <= 1, "{}", more.len());
    let body = r#"{"session":null,"wait":false,"frames":[{"t":"hello","protocol":1}]}"#;
    let request = http().post(desk.http("/widget/v1/exchange")).header("x-forwarded-for", "203.0.113.7").body(body);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.json::<serde_json::Value>().await.unwrap()["code"], "too_many");
}

#[tokio::test]
async fn s_h11_this_machine_itself_is_no_crowd() {
    let desk = Desk::start_with(|config| {
        let address = &mut config.limits.address;
        (address.pages, address.customers, address.dialogs, address.messages) = (1, rate(1), rate(1), rate(1));
    })
    .await;
    for _ in 0..3 {
        // Without a proxy that is known of, the header means nothing.
        let mut page = page_at(&desk, "203.0.113.7").await.unwrap();
        assert_eq!(page.write("?").await, (Some(1), None));
    }
}

#[tokio::test]
async fn s_h11_who_calls_himself_an_administrator_is_shown_as_a_customer() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let names = [("Администратор", "Администратор (клиент)"), ("Ира", "Ира (клиент)"), ("Мария", "Мария")];
    for (name, shown) in names {
        let mut page = desk.customer().await;
        page.write("Здравствуйте").await;
        page.until("a dialog", |page| page.dialog.is_some()).await;
        let dialog = page.shows.dialog.as_ref().unwrap().id;
        ira.until("the dialog", |ira| ira.state.dialogs.contains_key(&dialog)).await;
        ira.accept(dialog).await;
        let id = client_id();
        let contacts = CustomerFrame::Contacts { id, name: Some(name.into()), email: None, phone: None };
        assert_eq!(page.ask(id, &contacts).await.1, None);
        ira.until("the name", |ira| ira.row(dialog).customer.named).await;
        assert_eq!(ira.row(dialog).customer.name, shown);
        ira.until("the words", |ira| ira.texts(dialog).contains(&format!("name: {shown}").as_str())).await;
        // An operator who knows better names him as he likes.
        let edit = otklik_model::CustomerEdit { name: Some(name.into()), ..Default::default() };
        ira.done(Op::EditCustomer { dialog, edit, was: Box::default() }).await;
        assert_eq!(ira.row(dialog).customer.name, name);
    }
}

async fn blocks(ira: &mut Workplace) -> Instant {
    let dialog = ira.only_dialog().await;
    let began = Instant::now();
    ira.done(Op::Block { dialog, until: None, reason: "брань".into() }).await;
    began
}

#[tokio::test]
async fn s_h11_a_block_holds_within_a_second_on_every_way_in() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    maria.write("брань").await;
    let mut beside = desk.customer_again(&maria).await;
    let mut poller = Exchanger::new(desk.http("/widget/v1/exchange"));
    poller.shows.token = maria.shows.token.clone();
    poller.hello().await;
    let began = blocks(&mut ira).await;
    maria.until("told", |page| page.blocked).await;
    beside.until("told", |page| page.blocked).await;
    poller.until("told", |page| page.blocked).await;
    let blocked = (None, Some("blocked".to_owned()));
    assert_eq!(maria.write("брань").await, blocked);
    assert_eq!(beside.write("брань").await, blocked);
    let id = client_id();
    poller.exchange(vec![CustomerFrame::Send { id, text: "брань".into() }], false).await;
    assert_eq!(poller.shows.results[&id], blocked);
    assert_eq!(desk.customer_uploads(&maria, "x.txt", b"x").await.status(), 403);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    let mut again = desk.customer_again(&maria).await;
    assert!(again.shows.blocked, "nor after a reload");
    assert_eq!(again.write("брань").await, blocked);
}
