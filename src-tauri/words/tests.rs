//! The words, as an operator reads them.

use super::*;
use Tongue::{En, Ru};
use otklik_model::{DialogId, MessageKind};

fn dialog() -> DialogId {
    DialogId::from_parts(0, [0; 10])
}

fn ira() -> Option<String> {
    Some("Ира".to_owned())
}

fn words(text: &str) -> Said {
    Said { kind: MessageKind::Text, text: text.to_owned() }
}

fn messages(name: Option<String>, text: Option<&str>, count: u32) -> Popup {
    Popup::Messages { dialog: dialog(), name, number: 368_646, text: text.map(words), count }
}

fn waiting(name: Option<String>, to_me: bool) -> Popup {
    Popup::Waiting { dialog: dialog(), name, number: 7, text: Some(words("Где мой заказ?")), to_me }
}

#[test]
fn what_was_put_into_ones_hands_says_so() {
    let given =
        Popup::Given { dialog: dialog(), name: ira(), number: 7, text: Some(words("Где мой заказ?")) };
    assert_eq!(popup(&given, Ru).title, "Ира: диалог назначен вам");
    let said = Note { title: "Ира was assigned to you".to_owned(), body: "Где мой заказ?".to_owned() };
    assert_eq!(popup(&given, En), said);
}

#[test]
fn a_locale_names_its_language() {
    for (locale, tongue) in [("ru_RU.UTF-8", Ru), ("RU", Ru), ("en_GB", En), ("C", En), ("", En)] {
        assert_eq!(Tongue::of_locale(locale), tongue, "{locale}");
    }
}

#[test]
fn russian_counts_follow_the_last_two_digits() {
    let table = [
        (1, "1 новое сообщение"),
        (2, "2 новых сообщения"),
        (4, "4 новых сообщения"),
        (5, "5 новых сообщений"),
        (11, "11 новых сообщений"),
        (12, "12 новых сообщений"),
        (21, "21 новое сообщение"),
        (22, "22 новых сообщения"),
        (111, "111 новых сообщений"),
        (121, "121 новое сообщение"),
    ];
    for (count, words) in table {
        assert_eq!(new_messages(count, Ru), words);
    }
    assert_eq!(new_messages(1, En), "1 new message");
    assert_eq!(new_messages(21, En), "21 new messages");
}

#[test]
fn one_message_is_shown_under_the_name_alone() {
    let note = popup(&messages(ira(), Some("Спасибо!"), 1), Ru);
    assert_eq!(note, Note { title: "Ира".to_owned(), body: "Спасибо!".to_owned() });
}

#[test]
fn what_is_more_than_words_says_what_it_is() {
    use MessageKind::{ContactRequest, Contacts, File, Keyboard, Place, Sticker, Unknown};
    for (kind, text, russian, english) in [
        (File, "", "Файл", "File"),
        (File, "вот чек", "Файл: вот чек", "File: вот чек"),
        (Place, "", "Место", "Place"),
        (Place, "У входа", "Место: У входа", "Place: У входа"),
        (Sticker, "", "Стикер", "Sticker"),
        (Sticker, "🙂", "Стикер 🙂", "Sticker 🙂"),
        (ContactRequest, "", "Запрошены контакты", "Contacts were asked for"),
        (Keyboard, "Номер знаете?", "Номер знаете?", "Номер знаете?"),
        (Unknown, "x", "x", "x"),
        (Contacts, "name: Sofia Lind", "Имя: Sofia Lind", "Name: Sofia Lind"),
        (
            Contacts,
            "name: Sofia Lind\nemail: s@x.example\nphone: +46 8 1",
            "Имя: Sofia Lind, Почта: s@x.example, Телефон: +46 8 1",
            "Name: Sofia Lind, E-mail: s@x.example, Phone: +46 8 1",
        ),
        // As a row tells it, where the lines have run together.
        (
            Contacts,
            "email: s@x.example phone: +46 8 1",
            "Почта: s@x.example, Телефон: +46 8 1",
            "E-mail: s@x.example, Phone: +46 8 1",
        ),
        // Masked, a site's own field, a name that is like one of the hub's words.
        (Contacts, "•••", "Контакты: •••", "Contacts: •••"),
        (Contacts, "size: XL", "Контакты: size: XL", "Contacts: size: XL"),
        (Contacts, "name: Rename: phone:1", "Имя: Rename: phone:1", "Name: Rename: phone:1"),
        (Contacts, "", "Контакты", "Contacts"),
    ] {
        let popup = |tongue| {
            let text = Some(Said { kind, text: text.to_owned() });
            super::popup(&Popup::OfflineRequest { dialog: dialog(), name: None, number: 7, text }, tongue).body
        };
        assert_eq!((popup(Ru).as_str(), popup(En).as_str()), (russian, english), "{kind:?} {text:?}");
    }
}

#[test]
fn a_burst_is_counted() {
    assert_eq!(popup(&messages(ira(), Some("Алло?"), 4), Ru).title, "Ира: 4 новых сообщения");
    assert_eq!(popup(&messages(None, Some("Hello?"), 2), En).title, "Customer 368646: 2 new messages");
}

#[test]
fn without_the_words_it_still_says_what_happened() {
    let note = popup(&messages(None, None, 1), Ru);
    assert_eq!(note, Note { title: "Клиент 368646: 1 новое сообщение".to_owned(), body: String::new() });
}

#[test]
fn who_waits_and_whose_it_is() {
    assert_eq!(popup(&waiting(ira(), false), Ru).title, "Ира ожидает ответа");
    assert_eq!(popup(&waiting(ira(), true), Ru).title, "Ира: обращение передано вам");
    assert_eq!(popup(&waiting(None, false), En).title, "Customer 7 is waiting");
    assert_eq!(popup(&waiting(None, true), En).body, "Где мой заказ?");
}

#[test]
fn what_happened_elsewhere_is_said_in_one_line() {
    let left = |reason, to: Option<&str>| Popup::Left {
        dialog: dialog(),
        name: ira(),
        number: 7,
        reason,
        to: to.map(str::to_owned),
    };
    assert_eq!(popup(&left(GoneReason::Transferred, Some("Олег")), Ru).title, "Ира: диалог ведёт Олег");
    assert_eq!(popup(&left(GoneReason::Closed, None), Ru).title, "Диалог завершён: Ира");
    assert_eq!(popup(&left(GoneReason::Erased, None), En).title, "A customer was erased with the dialog");
    let rated = Popup::LowRating { dialog: dialog(), name: None, number: 7, stars: 1 };
    assert_eq!(popup(&rated, Ru).title, "Клиент 7: оценка 1 из 5");
    assert_eq!(popup(&Popup::QueueLong { waiting: 22 }, Ru).title, "В очереди 22 диалога");
    assert_eq!(popup(&Popup::QueueLong { waiting: 1 }, En).title, "1 dialog is waiting");
    assert_eq!(popup(&Popup::Status { status: OperatorStatus::Break }, Ru).title, "Ваш статус: перерыв");
    let note =
        Popup::Note { dialog: dialog(), by: Some("Олег".to_owned()), text: Some("@Ира, глянь".to_owned()) };
    let unnamed = Popup::Note { dialog: dialog(), by: None, text: None };
    assert_eq!(popup(&unnamed, Ru).title, "Заметка от коллеги", "behind a cover nobody is named");
    assert_eq!(popup(&note, En), Note { title: "A note from Олег".to_owned(), body: "@Ира, глянь".to_owned() });
}

#[test]
fn a_summary_says_only_what_there_is() {
    let body = |unread, waiting, tongue| popup(&Popup::Summary { unread, waiting }, tongue).body;
    assert_eq!(body(2, 1, Ru), "Непрочитанное в 2 диалогах, 1 клиент ожидает");
    assert_eq!(body(1, 0, Ru), "Непрочитанное в 1 диалоге");
    assert_eq!(body(0, 5, Ru), "5 клиентов ожидают");
    assert_eq!(body(1, 2, En), "1 dialog with something unread, 2 waiting");
}

#[test]
fn unsent_messages_say_that_they_are_kept() {
    let note = popup(&Popup::Unsent { dialog: dialog(), count: 3 }, Ru);
    assert_eq!(note.title, "3 сообщения не отправлены");
    assert!(note.body.contains("сохранён"));
}

#[test]
fn the_title_counts_only_when_there_is_something() {
    assert_eq!([title(0), title(3)], ["Otklik", "(3) Otklik"]);
}
