//! What the centre has others told of by mail: low ratings, and requests that were left while nobody was there.

use crate::{
    kit::{Desk, Workplace, seconds, within},
    mail::{Letter, MailServer, readable},
};
use otklik_hub::{
    Hands, Security,
    centre::{Centre, LoginStatus, Occasion},
};
use otklik_model::{DialogId, Op, OperatorStatus, Stamp};
use otklik_wire::customer::CustomerFrame;
use std::collections::BTreeSet;

const CARD: &str = "4111 1111 1111 1111";

fn told(centre: &mut Centre) {
    centre.survey.stars = true;
    centre.mail.low_ratings = ["anna@example.org".to_owned(), "boris@example.org".to_owned()].into();
    centre.mail.left_requests = ["desk-requests@example.org".to_owned()].into();
    let words = [("ru".to_owned(), "Ответим утром.".to_owned())];
    centre.words.all.insert(Occasion::NewOpen, words.into());
}

async fn desk(server: &MailServer) -> (Desk, Hands) {
    let mail = Some(server.config(Security::None));
    Desk::ruled_with(|config| config.mail = mail, told).await
}

/// A dialog that Ira leads, with a note of hers in it.
async fn led(desk: &Desk, ira: &mut Workplace) -> (crate::kit::CustomerPage, DialogId) {
    let mut maria = desk.customer().await;
    maria.write("?").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    ira.done(Op::SendNote { dialog, text: "canary: сложная клиентка".into() }).await;
    (maria, dialog)
}

fn id_of(letter: &Letter) -> String {
    letter.content.lines().find(|line| line.starts_with("Message-ID: ")).expect("an id").to_owned()
}

#[tokio::test]
async fn each_low_rating_is_told_at_once_to_everybody_named_and_once() {
    let mut server = MailServer::start(Security::None, 0).await;
    let (desk, hands) = desk(&server).await;
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    let (mut maria, dialog) = led(&desk, &mut ira).await;
    let rate = |stars, note: &str| CustomerFrame::Rate { dialog, stars, note: Some(note.into()), answers: Vec::new() };
    let mut ids = BTreeSet::new();
    for (stars, note) in [(2, format!("<b>Долго</b>, и карта {CARD}")), (1, String::new())] {
        maria.send(&rate(stars, &note)).await;
        maria.until("rated", |page| page.dialog.as_ref().is_some_and(|dialog| dialog.stars == Some(stars))).await;
        let letters = [server.letter().await, server.letter().await];
        let to: BTreeSet<_> = letters.iter().map(|letter| letter.to.clone()).collect();
        assert!(to.iter().any(|to| to.contains("anna@")) && to.iter().any(|to| to.contains("boris@")), "{to:?}");
        for letter in &letters {
            let text = readable(&letter.content);
            for said in ["Диалог № 1", "Оператор: Ира", &format!("{stars} из 5"), &format!("otklik://dialog/{dialog}")]
            {
                assert!(text.contains(said), "{said}: {text}");
            }
            assert_eq!(text.contains("&lt;b&gt;Долго&lt;/b&gt;"), stars == 2, "{text}");
            assert!(!text.contains("canary") && !text.contains("4111"), "{text}");
            assert!(ids.insert(id_of(letter)), "a letter of its own");
        }
    }
    for stars in [3, 5] {
        maria.send(&rate(stars, "")).await;
        maria.until("rated", |page| page.dialog.as_ref().is_some_and(|dialog| dialog.stars == Some(stars))).await;
    }
    desk.until_nothing_is_due().await;
    hands.forward(seconds(24 * 3_600));
    desk.until_nothing_is_due().await;
    assert!(server.letters.try_recv().is_err(), "content people are not reported, and nobody is told twice");
}

#[tokio::test]
async fn a_letter_that_waits_goes_out_after_a_restart_and_is_not_written_twice() {
    // Each is put off once, so that the hub stops with both on its hands.
    let mut server = MailServer::start(Security::None, 2).await;
    let (mut desk, hands) = desk(&server).await;
    let token = desk.posted("ira", "Ира", |_| {}).await;
    let mut ira = desk.workplace(&token).await;
    let (mut maria, dialog) = led(&desk, &mut ira).await;
    maria.send(&CustomerFrame::Rate { dialog, stars: 1, note: None, answers: Vec::new() }).await;
    maria.until("rated", |page| page.dialog.as_ref().is_some_and(|dialog| dialog.stars == Some(1))).await;
    let (store, workspace) = desk.books().await;
    within("both were tried", async {
        loop {
            let due = store.errands_due(workspace, Stamp(i64::MAX), 9).await.unwrap();
            if due.len() == 2 && due.iter().all(|errand| errand.attempts == 1) {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    desk.stop().await;
    desk.start_again().await;
    hands.forward(seconds(60));
    let ids: BTreeSet<_> = [server.letter().await, server.letter().await].iter().map(id_of).collect();
    assert_eq!(ids.len(), 2);
    desk.until_nothing_is_due().await;
    desk.stop().await;
    desk.start_again().await;
    hands.forward(seconds(24 * 3_600));
    desk.until_nothing_is_due().await;
    assert!(server.letters.try_recv().is_err(), "what was sent stays sent");
}

#[tokio::test]
async fn a_request_that_is_left_goes_to_the_mailbox_for_them_without_notes() {
    let mut server = MailServer::start(Security::None, 0).await;
    let (desk, _hands) = desk(&server).await;
    desk.rule(|centre| centre.login_status = LoginStatus::Offline).await;
    let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
    let mut maria = desk.customer().await;
    maria.write(&format!("Перезвоните. Платила картой {CARD}")).await;
    let letter = server.letter().await;
    assert!(letter.to.contains("<desk-requests@example.org>"), "{}", letter.to);
    let text = readable(&letter.content);
    let dialog = ira.only_dialog().await;
    for said in ["Перезвоните. Платила картой", "1111", "Ответим утром.", &format!("otklik://dialog/{dialog}")]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("4111"), "as it is stored: {text}");
    // What follows in the same request is no new one.
    ira.done(Op::SendNote { dialog, text: "canary".into() }).await;
    maria.write("И ещё вопрос").await;
    // Somebody is there now: what comes is answered, not left.
    ira.done(Op::SetStatus { status: OperatorStatus::Online }).await;
    let mut pavel = desk.customer().await;
    pavel.write("Есть кто?").await;
    ira.done(Op::SetStatus { status: OperatorStatus::Break }).await;
    let mut oleg = desk.customer().await;
    oleg.write("А теперь?").await;
    let next = server.letter().await;
    assert!(readable(&next.content).contains("А теперь?"), "the next one that is left is the next that is told");
    desk.until_nothing_is_due().await;
    assert!(server.letters.try_recv().is_err());
}

#[tokio::test]
async fn without_a_mail_server_or_without_mailboxes_nothing_is_written() {
    let mut server = MailServer::start(Security::None, 0).await;
    let mail = server.config(Security::None);
    for (mail, mailboxes) in [(None, true), (Some(mail), false)] {
        let rule = |centre: &mut Centre| {
            if mailboxes {
                told(centre);
            }
            centre.login_status = LoginStatus::Offline;
        };
        let (desk, _hands) = Desk::ruled_with(|config| config.mail = mail, rule).await;
        let mut ira = desk.workplace(&desk.posted("ira", "Ира", |_| {}).await).await;
        // Left while nobody is online, led later, and rated low.
        let mut maria = desk.customer().await;
        maria.write("?").await;
        let dialog = ira.only_dialog().await;
        ira.done(Op::SetStatus { status: OperatorStatus::Online }).await;
        ira.accept(dialog).await;
        maria.send(&CustomerFrame::Rate { dialog, stars: 1, note: None, answers: Vec::new() }).await;
        maria.until("rated", |page| page.dialog.as_ref().is_some_and(|dialog| dialog.stars == Some(1))).await;
        let (store, workspace) = desk.books().await;
        assert!(store.errands_due(workspace, Stamp(i64::MAX), 9).await.unwrap().is_empty(), "{mailboxes}");
    }
    assert!(server.letters.try_recv().is_err());
}
