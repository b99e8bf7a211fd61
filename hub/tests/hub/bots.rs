//! Bots, and words that nobody types, over real sockets.

use crate::kit::{Assistant, CustomerPage, Desk, Workplace, seconds, within};
use otklik_hub::centre::{Bot, BotKind, Centre, Day, Hours, KeywordGroup, Occasion, Span};
use otklik_model::{
    Author, DialogId, DialogState, MessageKind, Op, OperatorStatus, Outcome, Refusal, StatusKey, TransferTarget,
};
use otklik_wire::customer::CustomerFrame;
use std::collections::BTreeMap;

const SECRET: &str = "a secret of the bot's own";

fn group(scenario: Option<&str>, word: &str, answers: &[&str], hand_over: bool) -> KeywordGroup {
    KeywordGroup {
        scenario: scenario.map(str::to_owned),
        words: vec![word.to_owned()],
        answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
        hand_over,
    }
}

fn by_words(centre: &mut Centre) {
    let kind = BotKind::Keyword {
        greeting: Some("Здравствуйте, {customer|друг}! Я бот.".into()),
        groups: vec![
            group(None, "доставка", &["За два дня.", "Курьер позвонит."], false),
            group(None, "возврат", &["Зову коллегу."], true),
            group(Some("payment"), "картой", &["Картой или наличными?", "Оплата на сайте."], false),
        ],
        stop_words: vec!["оператор".into()],
        tries: 2,
    };
    centre.bots.insert("robot".into(), Bot { departments: Default::default(), kind });
}

fn external(address: String, retries: u32) -> impl FnOnce(&mut Centre) {
    move |centre| {
        let kind = BotKind::External { address, secret: SECRET.into(), answer_ms: 1_000, retries };
        centre.bots.insert("robot".into(), Bot { departments: Default::default(), kind });
    }
}

/// Signs the bot's account in, which makes it go to work.
async fn robot(desk: &Desk) {
    desk.posted("robot", "Робот", |post| post.is_bot = true).await;
}

async fn senior(desk: &Desk) -> Workplace {
    let token = desk.posted("vera", "Вера", |post| post.role = "administrator".parse().unwrap()).await;
    desk.workplace(&token).await
}

/// What people and programs said, and the hub's lines in brackets.
fn said(vera: &Workplace, dialog: DialogId) -> Vec<String> {
    let of = vera.messages.iter().filter(|((found, _), _)| *found == dialog).map(|(_, message)| message);
    of.map(|message| match (&message.author, message.kind) {
        (Author::Bot { name, .. } | Author::Operator { name, .. }, _) => format!("{name}: {}", message.text),
        (Author::Customer, _) => format!("- {}", message.text),
        (_, MessageKind::System) => format!("[{}]", message.text),
        (_, _) => format!("* {}", message.text),
    })
    .collect()
}

async fn until_said(vera: &mut Workplace, dialog: DialogId, wanted: &[&str]) {
    within(&format!("{wanted:?}"), async {
        while said(vera, dialog) != wanted {
            let now = said(vera, dialog);
            assert!(now.len() <= wanted.len(), "{now:?} instead of {wanted:?}");
            assert!(vera.try_next().await.is_some());
        }
    })
    .await;
}

async fn writes(maria: &mut CustomerPage, text: &str) {
    let (seq, refused) = maria.write(text).await;
    assert!(seq.is_some() && refused.is_none(), "{refused:?}");
}

#[tokio::test]
async fn a_bot_answers_first_gives_up_and_gets_the_customer_back() {
    let (desk, _hands) = Desk::ruled(by_words).await;
    robot(&desk).await;
    let mut vera = senior(&desk).await;
    let mut maria = desk.customer().await;
    writes(&mut maria, "Где моя ДОСТАВКА?").await;
    let dialog = vera.only_dialog().await;
    let mut story = vec!["- Где моя ДОСТАВКА?", "Робот: Здравствуйте, друг! Я бот.", "Робот: За два дня."];
    until_said(&mut vera, dialog, &story).await;
    assert_eq!(vera.row(dialog).state, DialogState::Bot);
    let bot = vera.row(dialog).bot.unwrap();
    assert!(vera.state.operators.values().any(|row| row.id == bot && row.is_bot));
    maria.until("the bot's name", |page| page.messages.iter().any(|m| m.name.as_deref() == Some("Робот"))).await;

    writes(&mut maria, "А точнее, доставка?").await;
    story.extend(["- А точнее, доставка?", "Робот: Курьер позвонит."]);
    until_said(&mut vera, dialog, &story).await;
    writes(&mut maria, "Тогда возврат").await;
    story.extend(["- Тогда возврат", "Робот: Зову коллегу.", "[bot_gave_up]"]);
    until_said(&mut vera, dialog, &story).await;
    vera.until_row("waiting", dialog, |row| row.state == DialogState::Queue).await;

    vera.accept(dialog).await;
    vera.say(dialog, "Оплатите, пожалуйста.").await;
    let epoch = vera.row(dialog).epoch;
    let to = TransferTarget::Bot { id: bot, scenario: Some("payment".into()) };
    vera.done(Op::Transfer { dialog, epoch, to }).await;
    story.extend([
        "[accepted Вера]",
        "Вера: Оплатите, пожалуйста.",
        "[given_to_bot Робот]",
        "Робот: Картой или наличными?",
    ]);
    until_said(&mut vera, dialog, &story).await;
    writes(&mut maria, "картой").await;
    story.extend(["- картой", "Робот: Оплата на сайте."]);
    until_said(&mut vera, dialog, &story).await;
    writes(&mut maria, "Оператор!").await;
    story.extend(["- Оператор!", "[bot_gave_up]"]);
    until_said(&mut vera, dialog, &story).await;
    // The customer has called for a person: only a person who has spoken for it may give it back.
    vera.accept(dialog).await;
    let epoch = vera.row(dialog).epoch;
    vera.done(Op::Transfer { dialog, epoch, to: TransferTarget::Bot { id: bot, scenario: None } }).await;
    story.extend(["[accepted Вера]", "[given_to_bot Робот]", "Робот: Здравствуйте, друг! Я бот."]);
    until_said(&mut vera, dialog, &story).await;
}

#[tokio::test]
async fn a_bot_that_is_off_answers_nobody() {
    let (desk, _hands) = Desk::ruled(by_words).await;
    robot(&desk).await;
    let mut vera = senior(&desk).await;
    vera.until_status("Робот", OperatorStatus::Online).await;
    let of = vera.state.operators.values().find(|row| row.is_bot).map(|row| row.id);
    let choose = |code: &str| Op::ChooseStatus { code: code.parse::<StatusKey>().unwrap(), of };
    vera.until("the bot is at work", |me| me.handbook.bots.iter().any(|bot| !bot.off)).await;
    vera.done(choose("offline")).await;
    vera.until("the bot is off", |me| me.handbook.bots.iter().any(|bot| bot.off)).await;
    let mut maria = desk.customer().await;
    writes(&mut maria, "доставка").await;
    let dialog = vera.only_dialog().await;
    assert_eq!(vera.row(dialog).state, DialogState::Queue);
    vera.accept(dialog).await;
    let epoch = vera.row(dialog).epoch;
    let to = TransferTarget::Bot { id: of.unwrap(), scenario: None };
    let refused = vera.command(Op::Transfer { dialog, epoch, to }).await;
    assert_eq!(refused, Outcome::Refused { reason: Refusal::TargetUnavailable }, "nobody would answer there");
    vera.done(Op::Transfer { dialog, epoch, to: TransferTarget::Queue }).await;
    // Nobody is seen, and the bot works.
    vera.done(choose("invisible")).await;
    vera.until("the bot is at work", |me| me.handbook.bots.iter().all(|bot| !bot.off)).await;
    let mut pavel = desk.customer().await;
    writes(&mut pavel, "доставка").await;
    pavel.until("an answer", |page| page.texts().contains(&"За два дня.")).await;
    // Switched off while it leads a dialog: at the next words people take over.
    vera.done(choose("offline")).await;
    writes(&mut pavel, "доставка").await;
    vera.until("both wait", |me| me.state.dialogs.values().filter(|row| row.state == DialogState::Queue).count() == 2)
        .await;
    let (store, workspace) = desk.books().await;
    let audit = store.audit(workspace, None, 10).await.unwrap();
    assert!(audit.iter().any(|row| row.line.what == "bot.gave_up" && row.line.subject == "robot"), "{audit:?}");
}

async fn with_helper(helper: &Assistant, retries: u32) -> (Desk, otklik_hub::Hands) {
    let rule = external(helper.address.clone(), retries);
    Desk::ruled_with(|config| config.bots_on_loopback = true, rule).await
}

#[tokio::test]
async fn a_bot_of_others_is_asked_and_its_answer_is_said() {
    let answers = [
        (200, r#"{"acts":[{"act":"say","text":"Какой заказ?","answers":["31","не знаю"]}]}"#),
        (200, r#"{"acts":[{"act":"say","text":"Спрошу."},{"act":"hand_over","silence":true}]}"#),
    ];
    let mut helper = Assistant::start(&answers).await;
    let (desk, _hands) = with_helper(&helper, 0).await;
    robot(&desk).await;
    let mut vera = senior(&desk).await;
    let mut maria = desk.customer().await;
    writes(&mut maria, "Где заказ?").await;
    let dialog = vera.only_dialog().await;
    until_said(&mut vera, dialog, &["- Где заказ?", "Робот: Какой заказ?\n31\nне знаю"]).await;
    let (_, first) = helper.asked.recv().await.unwrap();
    assert_eq!((&first["bot"], &first["messages"][0]["text"]), (&"robot".into(), &"Где заказ?".into()));
    assert_eq!((first["messages"].as_array().unwrap().len(), &first["dialog"]["number"]), (1, &1.into()));
    maria.until("choices", |page| page.messages.iter().any(|message| message.text.contains("не знаю"))).await;
    writes(&mut maria, "не знаю").await;
    let story = ["- Где заказ?", "Робот: Какой заказ?\n31\nне знаю", "- не знаю", "Робот: Спрошу.", "[bot_gave_up]"];
    until_said(&mut vera, dialog, &story).await;
    let (_, second) = helper.asked.recv().await.unwrap();
    let from: Vec<_> = second["messages"].as_array().unwrap().iter().map(|message| &message["from"]).collect();
    assert_eq!(from, ["customer", "bot", "customer"]);
    vera.until_row("waiting", dialog, |row| row.state == DialogState::Queue).await;
}

#[tokio::test]
async fn a_bot_of_others_is_told_where_a_place_is() {
    let mut helper = Assistant::start(&[(200, r#"{"acts":[{"act":"say","text":"Еду."}]}"#)]).await;
    let (desk, _hands) = with_helper(&helper, 0).await;
    robot(&desk).await;
    let mut maria = desk.customer().await;
    let (id, title) = (crate::kit::client_id(), "У входа".to_owned());
    let place = CustomerFrame::SendPlace { id, latitude: 55.5, longitude: -0.25, accuracy: Some(8.0), title };
    assert_eq!(maria.ask(id, &place).await, (Some(1), None));
    let (_, asked) = within("asked", helper.asked.recv()).await.unwrap();
    let told = serde_json::json!({ "latitude": 55.5, "longitude": -0.25, "accuracy": 8 });
    assert_eq!((&asked["messages"][0]["text"], &asked["messages"][0]["place"]), (&"У входа".into(), &told));
    maria.until("an answer", |page| page.texts().contains(&"Еду.")).await;
}

/// A bot hands over to Ира by her login.
#[tokio::test]
async fn a_bot_of_others_hands_over_to_whom_it_names_and_to_people_if_she_cannot_be_given_it() {
    let to_ira = r#"{"acts":[{"act":"say","text":"Зову Иру."},{"act":"hand_over","operator":"ira"}]}"#;
    let in_sales = r#"{"acts":[{"act":"hand_over","operator":"ira","department":"sales"}]}"#;
    let nobody = r#"{"acts":[{"act":"hand_over","operator":"nobody","department":"sales"}]}"#;
    let itself = r#"{"acts":[{"act":"hand_over","operator":"robot"}]}"#;
    let (offered, waits) = (DialogState::Offered, DialogState::Queue);
    for (answer, is_there, state, department, told) in [
        (to_ira, true, offered, None, false),
        (to_ira, false, waits, None, false),
        (in_sales, true, offered, Some("sales"), false),
        (in_sales, false, waits, Some("sales"), false),
        (nobody, true, waits, Some("sales"), true),
        (itself, true, waits, None, true),
    ] {
        let helper = Assistant::start(&[(200, answer)]).await;
        let rule = external(helper.address.clone(), 0);
        let rule = |centre: &mut Centre| {
            centre.departments.insert("sales".parse().unwrap(), Default::default());
            rule(centre);
        };
        let (desk, _hands) = Desk::ruled_with(|config| config.bots_on_loopback = true, rule).await;
        robot(&desk).await;
        let mut vera = senior(&desk).await;
        let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
        let status = if is_there { OperatorStatus::Online } else { OperatorStatus::Break };
        ira.done(Op::SetStatus { status }).await;
        let mut maria = desk.customer().await;
        writes(&mut maria, "Где Ира?").await;
        let dialog = vera.only_dialog().await;
        vera.until_row("handed over", dialog, |row| row.state != DialogState::Bot).await;
        let row = vera.row(dialog);
        let (state_now, department_now) = (row.state, row.department.as_ref().map(|key| key.as_str()));
        assert_eq!((state_now, department_now), (state, department), "{answer} {is_there}");
        let hers = (state == offered).then_some(ira.welcome.me.id);
        assert_eq!(vera.row(dialog).assignee, hers, "{answer} {is_there}");
        let (store, workspace) = desk.books().await;
        let audit = store.audit(workspace, None, 10).await.unwrap();
        let wrong = audit.iter().any(|row| row.line.what == "bot.wrong_operator" && row.line.subject == "robot");
        assert_eq!(wrong, told, "{answer}: {audit:?}");
        assert!(audit.iter().all(|row| row.line.what != "bot.gave_up"), "{answer}: {audit:?}");
    }
}

#[tokio::test]
async fn a_bot_that_stumbles_is_asked_the_same_again_and_one_that_fails_is_replaced_by_people() {
    let answers = [(503, ""), (200, r#"{"acts":[{"act":"say","text":"Я снова тут."}]}"#), (200, "<html>?</html>")];
    let mut helper = Assistant::start(&answers).await;
    let (desk, hands) = with_helper(&helper, 2).await;
    robot(&desk).await;
    let mut vera = senior(&desk).await;
    let mut maria = desk.customer().await;
    writes(&mut maria, "Алло?").await;
    let dialog = vera.only_dialog().await;
    let (first, _) = within("asked", helper.asked.recv()).await.unwrap();
    // The wait before the next try passes by hand; the errand may be noted a little later than it was answered.
    let again = within("asked again", async {
        loop {
            hands.forward(seconds(2));
            tokio::select! {
                asked = helper.asked.recv() => break asked,
                _ = vera.try_next() => {}
            }
        }
    });
    assert_eq!(again.await.unwrap().0, first, "the same question");
    until_said(&mut vera, dialog, &["- Алло?", "Робот: Я снова тут."]).await;
    writes(&mut maria, "И?").await;
    until_said(&mut vera, dialog, &["- Алло?", "Робот: Я снова тут.", "- И?", "[bot_gave_up]"]).await;
    let (store, workspace) = desk.books().await;
    let audit = store.audit(workspace, None, 10).await.unwrap();
    let why = audit.iter().find(|row| row.line.what == "bot.gave_up").map(|row| row.line.detail.to_string()).unwrap();
    assert!(why.contains("docs/bots.md") && !why.contains("html"), "{why}");
}

#[tokio::test]
async fn a_silent_bot_loses_the_dialog_by_the_time_out_and_a_private_address_is_not_asked() {
    let helper = Assistant::start(&[(0, "")]).await;
    let (desk, hands) = with_helper(&helper, 10).await;
    robot(&desk).await;
    let mut vera = senior(&desk).await;
    let mut maria = desk.customer().await;
    writes(&mut maria, "Алло?").await;
    let dialog = vera.only_dialog().await;
    assert_eq!(vera.row(dialog).state, DialogState::Bot);
    hands.forward(seconds(31));
    until_said(&mut vera, dialog, &["- Алло?", "[bot_gave_up]"]).await;

    let mut helper = Assistant::start(&[(200, r#"{"acts":[]}"#)]).await;
    let (desk, _hands) = Desk::ruled(external(helper.address.clone(), 2)).await;
    robot(&desk).await;
    let mut vera = senior(&desk).await;
    let mut maria = desk.customer().await;
    writes(&mut maria, "Алло?").await;
    let dialog = vera.only_dialog().await;
    until_said(&mut vera, dialog, &["- Алло?", "[bot_gave_up]"]).await;
    assert!(helper.asked.try_recv().is_err(), "loopback is not allowed here");
}

fn texts(text: &str) -> BTreeMap<String, String> {
    [("ru".to_owned(), text.to_owned())].into()
}

#[tokio::test]
async fn the_centre_greets_by_its_hours_and_keeps_no_card_number() {
    let (desk, hands) = Desk::ruled(|centre| {
        let day = vec![Span { from: "09:00".into(), to: "18:00".into() }];
        let week = [(Day::Monday, day)].into();
        let hours = Hours { zone: "Europe/Moscow".into(), week, exceptions: BTreeMap::new() };
        centre.hours.insert("usual".into(), hours);
        centre.default_hours = Some("usual".into());
        centre.words.all.insert(Occasion::NewOpen, texts("{greeting}! Сейчас ответим."));
        centre.words.all.insert(Occasion::NewClosed, texts("{greeting}! Мы работаем с девяти."));
        centre.mask_cards = true;
    })
    .await;
    // The day begins at eight.
    let mut maria = desk.customer().await;
    writes(&mut maria, "Моя карта 4111 1111 1111 1111").await;
    maria.until("words", |page| page.messages.len() == 2).await;
    let masked = "Моя карта •••• •••• •••• 1111";
    assert_eq!(maria.shows.texts(), [masked, "Доброе утро! Мы работаем с девяти."]);
    assert_eq!(maria.shows.messages[1].from, "hub");
    hands.forward(seconds(5 * 3_600));
    let mut pavel = desk.customer().await;
    writes(&mut pavel, "Добрый день").await;
    pavel.until("words", |page| page.messages.len() == 2).await;
    assert_eq!(pavel.shows.texts()[1], "Добрый день! Сейчас ответим.");
    writes(&mut pavel, "Вы тут?").await;
    pavel.until("no more words", |page| page.messages.len() == 3).await;
}
