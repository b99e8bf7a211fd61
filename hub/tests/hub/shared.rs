//! Places and stickers, from a customer's page to an operator's workplace and back.

use crate::files::PNG;
use crate::kit::{CustomerPage, Desk, Workplace, client_id, hire, set_centre};
use otklik_model::{Attachment, DialogId, MessageKind, MessageSearch, Op, Spot};
use otklik_wire::{
    customer::CustomerFrame,
    operator::{Fetch, HubFrame},
};

/// What a page is answered: the message's number, or why there is none.
type Answer = (Option<u32>, Option<String>);

/// Мария has asked where the shop is, and Ира leads the dialog.
struct Scene {
    desk: Desk,
    ira: Workplace,
    token: String,
    maria: CustomerPage,
    dialog: DialogId,
}

impl Scene {
    async fn set() -> Self {
        let desk = Desk::start_prepared(|_| {}, async |config| hire(config, "ira", "Ира").await).await;
        let token = desk.sign_in("ira").await;
        let mut ira = desk.workplace(&token).await;
        let mut maria = desk.customer().await;
        maria.write("Где вы?").await;
        let dialog = ira.only_dialog().await;
        ira.accept(dialog).await;
        Self { desk, ira, token, maria, dialog }
    }

    async fn place(&mut self, latitude: f64, longitude: f64, accuracy: Option<f64>, title: &str) -> Answer {
        let id = client_id();
        let frame = CustomerFrame::SendPlace { id, latitude, longitude, accuracy, title: title.to_owned() };
        self.maria.ask(id, &frame).await
    }

    async fn sticker(&mut self, file: &Attachment, emoji: &str) -> Answer {
        let id = client_id();
        self.maria.ask(id, &CustomerFrame::SendSticker { id, file: file.id, emoji: emoji.to_owned() }).await
    }

    async fn upload(&self, name: &str, content: &[u8]) -> Attachment {
        self.desk.customer_uploads(&self.maria, name, content).await.json().await.unwrap()
    }
}

#[tokio::test]
async fn a_place_reaches_the_operator_is_answered_found_and_told_again() {
    let mut scene = Scene::set().await;
    let (seq, refused) = scene.place(55.751_244, 37.618_423, Some(12.5), "У входа\u{202e}").await;
    let (seq, dialog) = (seq.unwrap(), scene.dialog);
    assert_eq!(refused, None);
    let spot = Spot::new(55.751_244, 37.618_423, Some(13.0)).unwrap();
    scene.ira.until("the place", |ira| ira.messages.contains_key(&(dialog, seq))).await;
    let message = scene.ira.messages[&(dialog, seq)].clone();
    assert_eq!((message.kind, message.text.as_str()), (MessageKind::Place, "У входа"));
    assert_eq!(message.details.place, Some(spot));
    let last = scene.ira.row(dialog).last.clone().unwrap();
    assert_eq!((last.kind, last.text.as_str()), (MessageKind::Place, "У входа"));

    let epoch = scene.ira.row(dialog).epoch;
    scene.ira.done(Op::SendText { dialog, epoch, text: "Выхожу".into(), quote: Some(seq) }).await;
    let found = scene.ira.ask(Fetch::Search { search: MessageSearch::of("входа"), before: None, limit: 9 }).await;
    let HubFrame::Found { hits, .. } = found else { panic!("{found:?}") };
    assert_eq!(hits.iter().map(|hit| hit.seq).collect::<Vec<_>>(), [seq], "by its title");

    // The page that comes back is told of it whole, and so is a workplace that reads the history.
    scene.maria.until("the answer", |page| page.texts().contains(&"Выхожу")).await;
    let mut again =
        CustomerPage::connect(&scene.desk.ws("/widget/v1/socket"), scene.maria.shows.token.clone(), None).await;
    again.until("the thread", |page| page.messages.len() == scene.maria.shows.messages.len()).await;
    let shown = again.shows.messages.iter().find(|message| message.seq == seq).unwrap();
    assert_eq!((shown.kind.as_deref(), shown.from.as_str(), shown.place), (Some("place"), "customer", Some(spot)));
    let quote = again.shows.messages.last().unwrap().quote.clone().unwrap();
    assert_eq!((quote.seq, quote.excerpt.as_str()), (seq, "У входа"));
    assert_eq!(scene.ira.history(dialog, seq, seq, 1).await.unwrap(), [message]);
}

#[tokio::test]
async fn what_is_no_place_is_refused_by_its_name_and_harms_nothing() {
    let mut scene = Scene::set().await;
    for (latitude, longitude, accuracy) in
        [(90.01, 0.0, None), (0.0, -180.01, None), (1e300, 0.0, None), (0.0, 0.0, Some(-1.0)), (0.0, 0.0, Some(1e12))]
    {
        let answer = scene.place(latitude, longitude, accuracy, "").await;
        assert_eq!(answer, (None, Some("place".into())), "{latitude} {longitude} {accuracy:?}");
    }
    assert_eq!(scene.place(0.0, 0.0, None, &"щ".repeat(10_000)).await, (None, Some("too_long".into())));
    let last_seq = scene.ira.row(scene.dialog).last_seq;
    let (seq, refused) = scene.place(-90.0, 180.0, Some(0.0), "<script>alert(1)</script>").await;
    assert_eq!((seq, refused), (Some(last_seq + 1), None), "nothing of the others was stored");
}

#[tokio::test]
async fn a_place_may_begin_a_dialog_over_a_long_poll_and_is_stored_once() {
    let desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    let mut ira = desk.workplace(&token).await;
    let mut maria = desk.exchanger();
    maria.hello().await;
    let id = client_id();
    let frame = CustomerFrame::SendPlace { id, latitude: 0.0, longitude: 0.0, accuracy: None, title: String::new() };
    for _ in 0..2 {
        maria.exchange(vec![frame.clone()], false).await;
        assert_eq!(maria.shows.results[&id], (Some(1), None));
    }
    let dialog = ira.only_dialog().await;
    let last = ira.row(dialog).last.clone().unwrap();
    assert_eq!((last.kind, last.text.as_str(), ira.row(dialog).unread), (MessageKind::Place, "", 1));
}

#[tokio::test]
async fn a_sticker_is_a_picture_of_his_own_that_passed_as_a_file() {
    let mut scene = Scene::set().await;
    let (cat, page) = (scene.upload("cat.png", PNG).await, scene.upload("cat.txt", b"<b>cat</b>").await);
    let refused = |why: &str| (None, Some(why.to_owned()));
    assert_eq!(scene.sticker(&page, "🙂").await, refused("file"), "no picture");
    assert_eq!(scene.sticker(&cat, "meow").await, refused("malformed"), "no emoji");
    let foreign = scene.desk.upload(&scene.token, "ours.png", PNG).await;
    assert_eq!(scene.sticker(&foreign, "").await, refused("file"), "not his");
    let (seq, none) = scene.sticker(&cat, "🙂").await;
    let (seq, dialog) = (seq.unwrap(), scene.dialog);
    assert_eq!(none, None);
    assert_eq!(scene.sticker(&cat, "🙂").await, refused("file"), "it was sent");
    scene.ira.until("the sticker", |ira| ira.messages.contains_key(&(dialog, seq))).await;
    let message = scene.ira.messages[&(dialog, seq)].clone();
    let file = message.details.file.unwrap();
    assert_eq!((message.kind, message.text.as_str(), file.id), (MessageKind::Sticker, "🙂", cat.id));
    assert_eq!(file.pixels, Some((2, 2)), "there is a small picture of it");
    let link = scene.desk.link(&scene.token, cat.id).await.unwrap();
    assert_eq!(scene.desk.fetch(&link.address).await.bytes().await.unwrap(), PNG);
    let is_shown = |message: &otklik_wire::customer::CustomerMessage| {
        message.seq == seq && message.kind.as_deref() == Some("sticker") && message.file.is_some()
    };
    scene.maria.until("his own sticker", |page| page.messages.iter().any(is_shown)).await;
}

#[tokio::test]
async fn a_centre_that_takes_no_files_takes_no_stickers_and_places_all_the_same() {
    let prepare = async |config: &otklik_hub::HubConfig| {
        hire(config, "ira", "Ира").await;
        set_centre(config, |centre| centre.files.from_customers = false).await;
    };
    let desk = Desk::start_prepared(|_| {}, prepare).await;
    let mut maria = desk.customer().await;
    let id = client_id();
    let file = otklik_model::FileId(uuid::Uuid::now_v7());
    let sticker = CustomerFrame::SendSticker { id, file, emoji: String::new() };
    assert_eq!(maria.ask(id, &sticker).await, (None, Some("file".into())));
    let id = client_id();
    let place = CustomerFrame::SendPlace { id, latitude: 1.0, longitude: 1.0, accuracy: None, title: "тут".into() };
    assert_eq!(maria.ask(id, &place).await, (Some(1), None));
}
