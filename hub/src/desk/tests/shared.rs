//! Places that a customer shares, and pictures in the place of his words.

use super::*;
use otklik_model::{Attachment, MessageKind, Spot};

/// Digits enough for a card's number, whatever stands between them.
fn spot() -> Spot {
    Spot::new(41.111_111, 111.111_111, Some(12.1)).unwrap()
}

fn place(title: &str) -> Command {
    Command::CustomerSendsPlace { spot: spot(), title: title.into(), client: ClientId(uuid(7)) }
}

fn sticker(media: &str, emoji: &str) -> Command {
    let file = Attachment { media: media.into(), ..picture(FileState::Ready) };
    Command::CustomerSendsSticker { file: Some(Box::new(file)), emoji: emoji.into(), client: ClientId(uuid(8)) }
}

fn veras() -> Desk {
    let mut desk = Desk::new();
    desk.customer_says("Где вы?").unwrap();
    desk.accept(&senior()).unwrap();
    desk
}

#[test]
fn a_place_is_said_like_words_and_its_title_is_one_line() {
    let mut desk = veras();
    let unread = desk.dialog.row.unread;
    for (title, kept) in [
        ("У входа", "У входа"),
        ("", ""),
        (" \u{202e}тут\u{200b}\n<b>и там</b> ", "тут <b>и там</b>"),
        ("\u{200d}", ""),
        ("карта 4111 1111 1111 1111", "карта •••• •••• •••• 1111"),
        ("щ".repeat(200).as_str(), "щ".repeat(200).as_str()),
    ] {
        desk.run(place(title)).unwrap();
        let said = desk.messages.last().unwrap();
        assert_eq!((said.kind, said.text.as_str()), (MessageKind::Place, kept));
        assert_eq!(said.details.place, Some(spot()), "no rule about cards touches where it is");
        let last = desk.dialog.row.last.as_ref().unwrap();
        assert_eq!((last.kind, last.text.chars().count()), (MessageKind::Place, kept.chars().count().min(160)));
    }
    assert_eq!(desk.dialog.row.unread, unread + 6);
    assert_eq!(desk.run(place(&"щ".repeat(10_000))), Err(Refusal::TooLong { max: 200 }));
}

#[test]
fn a_sticker_is_a_picture_and_an_emoji_at_most() {
    let mut desk = veras();
    for emoji in ["🙂", ""] {
        desk.run(sticker("image/png", emoji)).unwrap();
        let said = desk.messages.last().unwrap();
        assert_eq!((said.kind, said.text.as_str()), (MessageKind::Sticker, emoji));
        assert_eq!(said.details.file.as_ref().map(|file| file.name.as_str()), Some("cat.png"));
    }
    for media in ["text/html", "application/pdf", "imagery/png", ""] {
        assert_eq!(desk.run(sticker(media, "🙂")), Err(Refusal::FileUnusable), "{media}");
    }
    for emoji in ["words", "<img>", " ", "\u{202e}🙂"] {
        assert_eq!(desk.run(sticker("image/png", emoji)), Err(Refusal::Unsupported), "{emoji}");
    }
    let none = Command::CustomerSendsSticker { file: None, emoji: String::new(), client: ClientId(uuid(9)) };
    assert_eq!(desk.run(none), Err(Refusal::FileUnusable));
    desk.centre.files.from_customers = false;
    assert_eq!(desk.run(sticker("image/png", "🙂")), Err(Refusal::Forbidden));
}

#[test]
fn both_can_be_quoted_by_what_there_is_to_read_of_them() {
    let mut desk = veras();
    let mut quoted = |said: Command| {
        desk.run(said).unwrap();
        let (epoch, client, seq) = (desk.epoch(), ClientId(uuid(10)), desk.dialog.row.last_seq);
        let answer = Command::SendText { by: senior(), epoch, text: "Да".into(), client, quote: Some(seq) };
        desk.run(answer).unwrap();
        desk.messages.last().unwrap().details.quote.clone().unwrap().excerpt
    };
    assert_eq!(quoted(place("У входа")), "У входа");
    assert_eq!(quoted(place("")), "41.111111, 111.111111");
    assert_eq!(quoted(sticker("image/png", "🙂")), "🙂");
    assert_eq!(quoted(sticker("image/png", "")), "cat.png");
}

#[test]
fn whoever_is_blocked_shares_nothing() {
    let mut desk = veras();
    let until = Some(Stamp(100_000));
    desk.run(Command::Block { by: senior(), until, reason: "брань".into() }).unwrap();
    let mut next = Desk::new();
    next.dialog.row.customer = desk.dialog.row.customer.clone();
    assert_eq!(next.run(place("тут")), Err(Refusal::CustomerBlocked));
    assert_eq!(next.run(sticker("image/png", "🙂")), Err(Refusal::CustomerBlocked));
}
