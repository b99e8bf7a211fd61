//! Conversations with a bot that goes by words.

use super::*;
use Turn::{Bot, Customer};
use proptest::prelude::*;

const ENTERED: Turn<'static> = Turn::Entered { scenario: None };

fn group(scenario: Option<&str>, words: &[&str], answers: &[&str], hand_over: bool) -> KeywordGroup {
    let all = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    KeywordGroup { scenario: scenario.map(str::to_owned), words: all(words), answers: all(answers), hand_over }
}

fn shop(greeting: Option<&str>) -> BotKind {
    BotKind::Keyword {
        greeting: greeting.map(str::to_owned),
        groups: vec![
            group(None, &["доставка", "когда привезут"], &["Доставим за два дня.", "Курьер позвонит за час."], false),
            group(None, &["возврат"], &["Передаю коллеге."], true),
            group(Some("pay"), &["картой"], &["Картой можно на сайте."], false),
            group(Some("pay"), &["наличными"], &["Наличными — курьеру."], false),
        ],
        stop_words: vec!["оператор".into(), "живой человек".into()],
        tries: 2,
    }
}

/// What the bot says; "→" calls a person, "⇥" one who silences bots.
fn hears(kind: &BotKind, turns: &[Turn<'_>]) -> Vec<String> {
    let acts = KeywordBot::new(kind, "ru").unwrap().answer(turns);
    acts.into_iter()
        .map(|act| match act {
            Act::Say { text, .. } => text,
            Act::HandOver { silence: false, .. } => "→".into(),
            Act::HandOver { silence: true, .. } => "⇥".into(),
            Act::Close => "×".into(),
        })
        .collect()
}

#[test]
fn conversations() {
    let (polite, curt) = (shop(Some("Я бот.")), shop(None));
    let not_understood =
        "Не понимаю. Попробуйте, пожалуйста, сказать иначе. Или напишите «оператор», и ответит человек.";
    let table: &[(&BotKind, &[Turn<'_>], &[&str])] = &[
        (&polite, &[ENTERED, Customer("Когда ПРИВЕЗУТ?")], &["Я бот.", "Доставим за два дня."]),
        (&curt, &[ENTERED, Customer("доставка")], &["Доставим за два дня."]),
        // One answer after the other, and from the beginning.
        (&curt, &[ENTERED, Customer("доставка"), Bot, Customer("Доставка!")], &["Курьер позвонит за час."]),
        (
            &curt,
            &[ENTERED, Customer("доставка"), Bot, Customer("доставка"), Bot, Customer("доставка")],
            &["Доставим за два дня."],
        ),
        // Two questions before it came to answer.
        (
            &curt,
            &[ENTERED, Customer("доставка"), Customer("а доставка?")],
            &["Доставим за два дня.", "Курьер позвонит за час."],
        ),
        // A greeting is answered by one; what is not understood counts from then on.
        (&polite, &[ENTERED, Customer("привет")], &["Я бот."]),
        (&curt, &[ENTERED, Customer("привет")], &["Здравствуйте! Чем помочь?"]),
        (&polite, &[ENTERED, Customer("привет"), Bot, Customer("ыыы")], &[not_understood]),
        (&polite, &[ENTERED, Customer("привет"), Bot, Customer("ыыы"), Bot, Customer("эээ")], &["→"]),
        // Understood in between: it has two tries again.
        (
            &curt,
            &[ENTERED, Customer("а"), Bot, Customer("б"), Bot, Customer("доставка"), Bot, Customer("в")],
            &[not_understood],
        ),
        (&curt, &[ENTERED, Customer("возврат")], &["Передаю коллеге.", "→"]),
        // Who calls for a person is not spoken to again, also not about what came after.
        (&polite, &[ENTERED, Customer("дайте ОПЕРАТОРА")], &["Я бот."]),
        (&polite, &[ENTERED, Customer("Оператор, доставка"), Customer("доставка")], &["⇥"]),
        (&polite, &[ENTERED, Customer("мне нужен живой человек")], &["⇥"]),
        // Back from an operator: a scenario begins with its first words, and hears only its own.
        (
            &polite,
            &[ENTERED, Customer("доставка"), Bot, Turn::Entered { scenario: Some("pay") }],
            &["Картой можно на сайте."],
        ),
        (&polite, &[Turn::Entered { scenario: Some("pay") }, Bot, Customer("наличными")], &["Наличными — курьеру."]),
        (&polite, &[Turn::Entered { scenario: Some("pay") }, Bot, Customer("доставка")], &[not_understood]),
        (&polite, &[Turn::Entered { scenario: Some("gone") }], &["→"]),
        (&polite, &[ENTERED], &["Я бот."]),
        (&polite, &[ENTERED, Customer("доставка"), Bot], &[]),
    ];
    for (kind, turns, said) in table {
        assert_eq!(hears(kind, turns), *said, "{turns:?}");
    }
}

#[test]
fn its_own_words_are_in_the_language_of_the_customer() {
    let kind = shop(None);
    let bot = KeywordBot::new(&kind, "en-GB").unwrap();
    let turns = [ENTERED, Customer("hi"), Bot, Customer("?")];
    let expected = "I do not understand. Please say it in other words. Or write \"оператор\" for a person.";
    assert_eq!(bot.answer(&turns), vec![say(expected)]);
    let address = BotKind::External { address: String::new(), secret: String::new(), answer_ms: 1, retries: 1 };
    assert!(KeywordBot::new(&address, "en").is_none());
}

fn any_turn() -> impl Strategy<Value = Turn<'static>> {
    let texts = ["доставка", "возврат", "картой", "оператор", "привет", "", "ещё!"];
    prop_oneof![
        5 => prop::sample::select(texts.to_vec()).prop_map(Turn::Customer),
        3 => Just(Turn::Bot),
        1 => prop::sample::select(vec![None, Some("pay"), Some("gone")]).prop_map(|scenario| Turn::Entered { scenario }),
    ]
}

proptest! {
    /// Whatever was said, an unanswered customer gets an answer or a person, a called person is called last, and what
    /// was answered is not answered again.
    #[test]
    fn nobody_is_left_without_an_answer(mut turns in prop::collection::vec(any_turn(), 0..20)) {
        turns.insert(0, ENTERED);
        let kind = shop(Some("Я бот."));
        let bot = KeywordBot::new(&kind, "ru").unwrap();
        let acts = bot.answer(&turns);
        let waits = !matches!(turns.last(), Some(Turn::Bot));
        prop_assert_eq!(acts.is_empty(), !waits, "{:?}", &acts);
        let calls = acts.iter().position(|act| matches!(act, Act::HandOver { .. }));
        prop_assert!(calls.is_none_or(|at| at + 1 == acts.len()));
        turns.push(Turn::Bot);
        prop_assert_eq!(bot.answer(&turns), Vec::new());
    }
}
