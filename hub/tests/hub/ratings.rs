//! What a customer can do besides writing: contacts, closing, rating; and what a blocked one cannot.

use crate::kit::{Desk, Workplace, client_id, hire, set_centre};
use otklik_model::{CloseReason, DialogState, MessageKind, Op};
use otklik_wire::customer::{CustomerFrame, Questions};

async fn desk() -> Desk {
    Desk::start_prepared(
        |_| {},
        async |config| {
            set_centre(config, |centre| {
                centre.survey.stars = true;
                centre.survey.questions = [
                    ("ru".to_owned(), vec!["Что нам улучшить?".to_owned()]),
                    ("en".to_owned(), vec!["What could be better?".to_owned()]),
                ]
                .into();
                let words = [("ru".to_owned(), "Вы больше не можете писать.".to_owned())].into();
                centre.words.all.insert(otklik_hub::centre::Occasion::Blocked, words);
            })
            .await;
            hire(config, "ira", "Ира").await;
        },
    )
    .await
}

async fn ira(desk: &Desk) -> Workplace {
    desk.workplace(&desk.sign_in("ira").await).await
}

#[tokio::test]
async fn contacts_are_asked_for_and_given() {
    let desk = desk().await;
    let (mut ira, mut maria) = (ira(&desk).await, desk.customer().await);
    maria.write("Здравствуйте!").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::RequestContact { dialog, epoch }).await;
    let asked = |kind: &Option<String>| kind.as_deref() == Some("contact_request");
    maria.until("asked", |page| page.messages.iter().any(|message| asked(&message.kind))).await;
    let contacts = |id, email: &str| CustomerFrame::Contacts {
        id,
        name: Some("Мария".into()),
        email: Some(email.into()),
        phone: None,
    };
    let id = client_id();
    assert_eq!(maria.ask(id, &contacts(id, "maria@example.org")).await.1, None);
    assert_eq!(maria.ask(id, &contacts(id, "maria@example.org")).await.1, None, "said twice, kept once");
    ira.until("known", |ira| ira.row(dialog).customer.email.as_deref() == Some("maria@example.org")).await;
    assert_eq!(ira.row(dialog).customer.name, "Мария");
    let given = |ira: &Workplace| ira.messages.values().filter(|message| message.kind == MessageKind::Contacts).count();
    ira.until("the message", |ira| given(ira) > 0).await;
    assert_eq!(given(&ira), 1);
}

#[tokio::test]
async fn a_customer_closes_and_rates_and_may_think_better_of_it() {
    let desk = desk().await;
    let (mut ira, mut maria) = (ira(&desk).await, desk.customer().await);
    let survey = Questions { stars: true, questions: vec!["Что нам улучшить?".into()] };
    assert_eq!(maria.shows.survey, Some(survey), "in the customer's language");
    maria.write("Спасибо, разобралась").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    maria.send(&CustomerFrame::Close).await;
    ira.until("closed", |ira| ira.row(dialog).state.is_closed()).await;
    assert_eq!(ira.row(dialog).close_reason, Some(CloseReason::Customer));
    maria.until("closed", |page| page.dialog.as_ref().is_some_and(|dialog| dialog.closed)).await;
    let rate = |stars| CustomerFrame::Rate { dialog, stars, note: None, answers: vec!["Ничего".into()] };
    for stars in [1, 5] {
        maria.send(&rate(stars)).await;
        maria.until("rated", |page| page.dialog.as_ref().is_some_and(|dialog| dialog.stars == Some(stars))).await;
    }
    maria.send(&rate(9)).await;
    let mut pavel = desk.customer().await;
    pavel.send(&rate(1)).await;
    pavel.write("?").await;
    maria.write("И ещё вопрос").await;
    assert_eq!(maria.shows.dialog.as_ref().unwrap().stars, Some(5), "nine stars, and another's one, are none");
}

#[tokio::test]
async fn stars_are_for_whoever_may_see_them() {
    let desk = desk().await;
    let mut ira = ira(&desk).await;
    let sees_all = ["accept", "see_others", "see_ratings"];
    let mut boris = desk.workplace(&desk.operator("boris", "Борис", Some(&sees_all)).await).await;
    let mut nina = desk.workplace(&desk.operator("nina", "Нина", Some(&sees_all[..2])).await).await;
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    maria.send(&CustomerFrame::Close).await;
    ira.until("closed", |ira| ira.row(dialog).state.is_closed()).await;
    maria.send(&CustomerFrame::Rate { dialog, stars: 1, note: Some("canary".into()), answers: Vec::new() }).await;
    boris.until_row("one star", dialog, |row| row.rating.as_ref().is_some_and(|rating| rating.stars == 1)).await;
    let rev = boris.row(dialog).rev;
    nina.until_row("the same change", dialog, |row| row.rev >= rev).await;
    assert_eq!(nina.row(dialog).rating, None);
    assert!(!format!("{:?}", nina.state).contains("canary"));
}

#[tokio::test]
async fn a_blocked_customer_is_told_once_and_cannot_write() {
    let desk = desk().await;
    let (mut ira, mut maria) = (ira(&desk).await, desk.customer().await);
    maria.write("брань").await;
    let dialog = ira.only_dialog().await;
    let customer = ira.row(dialog).customer.id;
    ira.done(Op::Block { dialog, until: None, reason: "брань".into() }).await;
    maria.until("told", |page| page.blocked).await;
    let told = |texts: &[&str]| texts.iter().filter(|text| **text == "Вы больше не можете писать.").count();
    maria.until("in words", |page| told(&page.texts()) == 1).await;
    assert_eq!(maria.shows.messages.last().unwrap().from, "hub");
    for _ in 0..3 {
        assert_eq!(maria.write("ещё").await.1.as_deref(), Some("blocked"));
    }
    assert_eq!(told(&maria.shows.texts()), 1);
    let refused = desk.customer_uploads(&maria, "a.txt", b"a").await;
    assert_eq!(refused.status(), 403);
    let mut again = desk.customer_again(&maria).await;
    assert!(again.shows.blocked, "also on the next page");
    assert_eq!(again.write("и отсюда").await.1.as_deref(), Some("blocked"));
    assert_eq!(ira.row(dialog).state, DialogState::Closed);
    ira.done(Op::Unblock { customer }).await;
    maria.until("free", |page| !page.blocked).await;
    assert_eq!(maria.write("простите").await.1, None);
}

#[tokio::test]
async fn what_is_edited_or_taken_back_changes_on_the_page_also_while_it_was_away() {
    let desk = desk().await;
    let (mut ira, mut maria) = (ira(&desk).await, desk.customer().await);
    maria.write("Когда?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    ira.say(dialog, "Завтро.").await;
    ira.say(dialog, "Это не вам.").await;
    maria.until("both", |page| page.texts().contains(&"Это не вам.")).await;
    let seq = |text: &str| maria.shows.messages.iter().find(|message| message.text == text).unwrap().seq;
    let (first, second) = (seq("Завтро."), seq("Это не вам."));
    ira.done(Op::EditMessage { dialog, seq: first, text: "Завтра.".into() }).await;
    let edited = |page: &crate::kit::CustomerPage| {
        page.shows.messages.iter().any(|message| message.text == "Завтра." && message.edited)
    };
    maria.until("edited", |page| page.messages.iter().any(|message| message.edited)).await;
    assert!(edited(&maria));
    let mut shows = maria.shows.clone();
    drop(maria);
    ira.done(Op::DeleteMessage { dialog, seq: second }).await;
    let (token, after) = (shows.token.clone(), shows.shown);
    let mut again = crate::kit::CustomerPage::connect(&desk.ws("/widget/v1/socket"), token, after).await;
    again.shows.messages.append(&mut shows.messages);
    again.until("taken back", |page| page.messages.iter().any(|message| message.deleted)).await;
    let gone = again.shows.messages.iter().find(|message| message.seq == second).unwrap();
    assert_eq!((gone.text.as_str(), gone.deleted), ("", true));
}
