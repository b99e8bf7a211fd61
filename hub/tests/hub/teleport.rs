//! An operator sends a customer to another page of the site: the pages that are there at that moment, and no other.

use crate::kit::{CustomerPage, Desk, Workplace};
use otklik_hub::centre::Teleport;
use otklik_model::{Denied, DialogId, MessageKind, Op, Outcome, Presence, Refusal};

const SHOP: &str = "https://shop.example.org";
const PAY: &str = "https://shop.example.org/pay?order=7";

impl Desk {
    /// Customers may be sent to this site, and a workplace knows of it.
    pub async fn sends_to(&self, workplace: &mut Workplace, origin: &str) {
        let teleport = Teleport { on: true, origins: [origin.to_owned()].into() };
        self.users().await.change_centre("they may be sent about", |centre| centre.teleport = teleport).await.unwrap();
        workplace.until("it is known", |workplace| workplace.handbook.teleport == [origin]).await;
    }
}

/// Ира leads the dialog of a customer who is on the site, and may send him about it.
async fn iras() -> (Desk, otklik_hub::Hands, Workplace, CustomerPage, DialogId) {
    let shop = Teleport { on: true, origins: [SHOP.to_owned()].into() };
    let (desk, hands) = Desk::ruled(|centre| centre.teleport = shop).await;
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    let mut maria = desk.customer().await;
    maria.write("Где оплата?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    (desk, hands, ira, maria, dialog)
}

fn send(ira: &Workplace, dialog: DialogId, address: &str) -> Op {
    Op::Teleport { dialog, epoch: ira.row(dialog).epoch, address: address.to_owned() }
}

#[tokio::test]
async fn each_page_that_is_there_is_told_once_and_both_sides_read_of_it() {
    let (desk, _hands, mut ira, mut maria, dialog) = iras().await;
    assert_eq!(ira.handbook.teleport, [SHOP]);
    assert_eq!(ira.row(dialog).can.teleport, None);
    let mut second = desk.customer_again(&maria).await;
    let op = send(&ira, dialog, PAY);
    ira.done(op).await;
    for page in [&mut maria, &mut second] {
        page.until("told", |page| !page.went.is_empty()).await;
        assert_eq!(page.shows.went, [PAY]);
    }
    let line = maria.shows.messages.last().unwrap();
    assert_eq!((line.from.as_str(), line.text.as_str(), line.address.as_deref()), ("system", "sent_to Ира", Some(PAY)));
    let seq = line.seq;
    ira.until("a line", |ira| ira.messages.contains_key(&(dialog, seq))).await;
    let line = &ira.messages[&(dialog, seq)];
    assert_eq!((line.kind, line.details.address.as_deref()), (MessageKind::System, Some(PAY)));
    // The answer to what is written afterwards comes after whatever is said twice.
    for page in [&mut maria, &mut second] {
        page.write("Спасибо").await;
        assert_eq!(page.shows.went, [PAY]);
    }
}

#[tokio::test]
async fn whoever_comes_back_reads_of_it_and_stays_where_he_is() {
    let (desk, _hands, mut ira, mut maria, dialog) = iras().await;
    let op = send(&ira, dialog, PAY);
    ira.done(op).await;
    maria.until("told", |page| !page.went.is_empty()).await;
    let mut again = desk.customer_again(&maria).await;
    let token = maria.shows.token.clone();
    let mut elsewhere = CustomerPage::connect(&desk.ws("/widget/v1/socket"), token, None).await;
    for page in [&mut again, &mut elsewhere] {
        page.write("Я снова тут").await;
        assert_eq!(page.shows.went, Vec::<String>::new());
    }
    assert!(elsewhere.shows.messages.iter().any(|message| message.address.as_deref() == Some(PAY)));
    for page in [maria, again, elsewhere] {
        drop(page);
    }
    ira.until_row("she has left", dialog, |row| row.presence == Presence::LeftSite).await;
    assert_eq!(ira.row(dialog).can.teleport, Some(Denied::NotOnSite));
    let op = send(&ira, dialog, PAY);
    assert_eq!(ira.command(op).await, Outcome::Refused { reason: Refusal::NotOnSite });
}

#[tokio::test]
async fn only_to_the_sites_that_the_centre_names_and_not_when_it_is_switched_off() {
    let (desk, _hands, mut ira, mut maria, dialog) = iras().await;
    for (address, reason) in [
        ("javascript:alert(1)", Refusal::BadAddress),
        ("https://anna:secret@shop.example.org/", Refusal::BadAddress),
        ("https://shop.example.org.evil.example/", Refusal::AddressNotAllowed),
        ("http://shop.example.org/", Refusal::AddressNotAllowed),
        (" ", Refusal::Empty),
    ] {
        let op = send(&ira, dialog, address);
        assert_eq!(ira.command(op).await, Outcome::Refused { reason }, "{address}");
    }
    let off = |centre: &mut otklik_hub::centre::Centre| centre.teleport.on = false;
    desk.users().await.change_centre("off", off).await.unwrap();
    ira.until("it is known", |ira| ira.handbook.teleport.is_empty()).await;
    let op = send(&ira, dialog, PAY);
    assert_eq!(ira.command(op).await, Outcome::Refused { reason: Refusal::AddressNotAllowed });
    maria.write("?").await;
    assert_eq!(maria.shows.went, Vec::<String>::new());
}
