//! A customer is sent to another page of the site.

use super::*;
use otklik_model::{Author, Denied, DialogState, MessageKind, Transport};

/// Вера leads a dialog whose customer looks at the site, and may send him about the shop.
fn veras() -> Desk {
    let mut desk = Desk::new();
    desk.sends_to(&["https://shop.example.org"]);
    desk.customer_says("Где оплата?").unwrap();
    desk.accept(&senior()).unwrap();
    desk
}

fn send(desk: &Desk, by: Actor, address: &str) -> Command {
    Command::Teleport { by, epoch: desk.epoch(), address: address.into() }
}

fn answer(desk: &mut Desk, address: &str) -> Result<usize, Refusal> {
    desk.run(send(desk, senior(), address))
}

#[test]
fn whoever_is_sent_on_both_sides_read_of_it_and_nothing_else_changes() {
    let mut desk = veras();
    let before = desk.dialog.row.clone();
    assert_eq!(answer(&mut desk, " https://SHOP.example.org:443/pay?order=7#top "), Ok(1));
    let line = desk.messages.last().unwrap();
    assert_eq!((line.kind, &line.author, line.text.as_str()), (MessageKind::System, &Author::System, "sent_to Вера"));
    assert_eq!(line.details.address.as_deref(), Some("https://shop.example.org/pay?order=7#top"));
    assert!(is_for_customer(&line.text));
    let row = &desk.dialog.row;
    assert_eq!(
        (row.state, row.awaiting, row.unread, row.epoch),
        (before.state, before.awaiting, before.unread, before.epoch)
    );
}

#[test]
fn each_no_says_which_it_is() {
    let long = format!("https://shop.example.org/{}", "x".repeat(2_000));
    for (address, expected) in [
        ("", Refusal::Empty),
        (long.as_str(), Refusal::TooLong { max: 2_000 }),
        ("shop.example.org/pay", Refusal::BadAddress),
        ("javascript:alert(1)//https://shop.example.org", Refusal::BadAddress),
        ("data:text/html,<script>", Refusal::BadAddress),
        ("file:///etc/passwd", Refusal::BadAddress),
        ("https://anna:secret@shop.example.org/", Refusal::BadAddress),
        ("https://shop.example.org/?card=4111111111111111", Refusal::BadAddress),
        ("http://shop.example.org/pay", Refusal::AddressNotAllowed),
        ("https://shop.example.org.evil.example/", Refusal::AddressNotAllowed),
        ("https://shop.example.org:8443/", Refusal::AddressNotAllowed),
    ] {
        assert_eq!(answer(&mut veras(), address), Err(expected), "{address}");
    }
    let mut off = veras();
    off.centre.teleport.on = false;
    assert_eq!(answer(&mut off, PAY), Err(Refusal::AddressNotAllowed));
    let mut nowhere = veras();
    nowhere.sends_to(&[]);
    assert_eq!(answer(&mut nowhere, PAY), Err(Refusal::AddressNotAllowed));
    let mut mobile = veras();
    mobile.carrier.transport = Transport::Unknown;
    assert_eq!(answer(&mut mobile, PAY), Err(Refusal::ChannelCannot));
    let mut left = veras();
    left.run(Command::CustomerLeft).unwrap();
    assert_eq!(answer(&mut left, PAY), Err(Refusal::NotOnSite));
    left.run(Command::CustomerCame).unwrap();
    assert_eq!(answer(&mut left, PAY), Ok(1));
    let mut closed = veras();
    closed.close(&senior()).unwrap();
    assert_eq!(answer(&mut closed, PAY), Err(Refusal::DialogClosed));
    let mut late = veras();
    let old = Command::Teleport { by: senior(), epoch: late.epoch() - 1, address: PAY.into() };
    assert_eq!(late.run(old), Err(not_yours(Some("Вера"))));
    let others = send(&late, ira(), PAY);
    assert_eq!(late.run(others), Err(not_yours(Some("Вера"))));
}

#[test]
fn a_card_number_is_no_matter_where_the_centre_masks_none() {
    let mut desk = veras();
    desk.centre.mask_cards = false;
    assert_eq!(answer(&mut desk, "https://shop.example.org/?card=4111111111111111"), Ok(1));
}

#[test]
fn the_button_says_beforehand_why_not() {
    let denied = |desk: &Desk, by: &Actor| can(by, &desk.dialog.standing()).teleport;
    let mut desk = veras();
    assert_eq!(denied(&desk, &senior()), None);
    assert_eq!(denied(&desk, &ira()), Some(Denied::NotYours));
    let untaken = Desk::new();
    assert_eq!(denied(&untaken, &senior()), Some(Denied::NotAccepted));
    desk.run(Command::CustomerLeft).unwrap();
    assert_eq!(denied(&desk, &senior()), Some(Denied::NotOnSite));
    desk.close(&senior()).unwrap();
    assert_eq!((desk.dialog.row.state, denied(&desk, &senior())), (DialogState::ClosedSoft, Some(Denied::Closed)));
    let mut iras = Desk::new();
    iras.customer_says("?").unwrap();
    iras.accept(&ira()).unwrap();
    assert_eq!(denied(&iras, &ira()), Some(Denied::NoRight));
}
