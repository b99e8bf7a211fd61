//! Customers' rights over what is kept about them, and card numbers: looked for byte by byte where they must not be.

use crate::kit::{ADMIN_PASSWORD, CustomerPage, Desk, Direct, PASSWORD, Socket, Workplace, client_id, hello, within};
use otklik_hub::{centre::RoutingScript, store::Store};
use otklik_model::{Attachment, Change, CustomerId, DialogId, FileId, GoneReason, Op, Page, Stamp, WorkspaceId};
use otklik_wire::customer::CustomerFrame;
use reqwest::Method;
use std::{path::Path, sync::Arc, time::Duration};

const PNG: &[u8] = include_bytes!("../../widget/test/support/dot.png");

/// What somebody leaves behind.
struct Traces {
    page: CustomerPage,
    dialog: DialogId,
    customer: CustomerId,
    number: u64,
    file: FileId,
}

/// The words by which somebody is looked for.
fn canaries(who: &str) -> Vec<String> {
    ["words", "more", "answer", "note", "address", "name", "mail", "rating", "file"]
        .map(|what| format!("canary-{who}-{what}"))
        .into()
}

/// Somebody writes, gives contacts, sends a file and rates; Ира answers and notes.
async fn live(desk: &Desk, ira: &mut Workplace, who: &str) -> Traces {
    let mut page = desk.customer().await;
    let words = format!("canary-{who}-words");
    page.write(&words).await;
    let row = |ira: &Workplace| {
        let said = |row: &&otklik_model::Dialog| row.last.as_ref().is_some_and(|last| last.text == words);
        ira.state.dialogs.values().find(said).map(|row| (row.id, row.customer.id, row.customer.number))
    };
    ira.until("a row", |ira| row(ira).is_some()).await;
    let (dialog, customer, number) = row(ira).unwrap();
    ira.accept(dialog).await;
    ira.say(dialog, &format!("canary-{who}-answer")).await;
    ira.done(Op::SendNote { dialog, text: format!("canary-{who}-note") }).await;
    desk.sends_to(ira, "https://shop.example.org").await;
    let (epoch, address) = (ira.row(dialog).epoch, format!("https://shop.example.org/?as=canary-{who}-address"));
    ira.done(Op::Teleport { dialog, epoch, address }).await;
    page.write(&format!("canary-{who}-more")).await;
    let id = client_id();
    let (name, email) = (Some(format!("canary-{who}-name")), Some(format!("canary-{who}-mail@example.org")));
    assert_eq!(page.ask(id, &CustomerFrame::Contacts { id, name, email, phone: None }).await.1, None);
    let content = [PNG, format!("canary-{who}-content").as_bytes()].concat();
    let sent = desk.customer_uploads(&page, &format!("canary-{who}-file.png"), &content).await;
    let file: Attachment = sent.json().await.unwrap();
    assert_eq!(page.send_file(&file).await.1, None);
    let note = Some(format!("canary-{who}-rating"));
    page.send(&CustomerFrame::Rate { dialog, stars: 5, note, answers: vec![] }).await;
    let (store, workspace) = desk.books().await;
    within("a rating", async {
        while store.dialog(workspace, dialog).await.unwrap().unwrap().row.rating.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    Traces { page, dialog, customer, number, file: file.id }
}

async fn all_errands_are_done(store: &Arc<dyn Store>, workspace: WorkspaceId) {
    within("errands", async {
        // What is due in a day (files that nobody sends) is none of these.
        let soon = Stamp(otklik_hub::Clock::system().now().0 + 3_600_000);
        while !store.errands_due(workspace, soon, 99).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

/// Where a text stands: in which files of the hub, and in which tables of its database, if that is a server's.
async fn places_with(desk: &Desk, text: &str) -> Vec<String> {
    let mut found = files_with(&desk.config.data, text);
    found.extend(Direct::open(&desk.config).await.tables_with(text).await);
    found
}

/// In which files under a folder a text stands.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if std::fs::read(&path).unwrap().windows(text.len()).any(|part| part == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test]
async fn a_customer_is_told_everything_about_himself_and_nothing_about_another() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let maria = live(&desk, &mut ira, "maria").await;
    let _pavel = live(&desk, &mut ira, "pavel").await;
    for named in [maria.customer.to_string(), maria.number.to_string()] {
        let told = anna.get(&format!("customers/{named}/export")).await;
        let text = told.to_string();
        for canary in canaries("maria") {
            assert!(text.contains(&canary), "{canary}");
        }
        assert!(!text.contains("canary-pavel"));
        assert_eq!(told["files"][0]["id"], maria.file.to_string());
        assert_eq!(told["dialogs"][0]["messages"].as_array().unwrap().len(), 8);
    }
    let mine = desk.admin(None, "ira", PASSWORD).await;
    let refused = mine.ask(Method::GET, &format!("customers/{}/export", maria.customer), None).await;
    assert_eq!((refused.status, refused.code()), (403, "forbidden"));
    let refused = mine.ask(Method::POST, &format!("customers/{}/erase", maria.customer), None).await;
    assert_eq!((refused.status, refused.code()), (403, "forbidden"));
    for (named, code) in
        [("99999", "not_found"), (uuid::Uuid::nil().to_string().as_str(), "not_found"), ("x", "not_found")]
    {
        assert_eq!(anna.ask(Method::GET, &format!("customers/{named}/export"), None).await.code(), code, "{named}");
    }
    assert_eq!(anna.trail().await.iter().filter(|what| *what == "customer.told").count(), 2);
}

#[tokio::test]
async fn whoever_is_erased_is_in_no_file_and_at_no_workplace() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let token = desk.operator("oleg", "Олег", None).await;
    let away = desk.workplace(&token).await;
    let long_away = desk.workplace(&token).await.cursor();
    let mut maria = live(&desk, &mut ira, "maria").await;
    let pavel = live(&desk, &mut ira, "pavel").await;
    let mut oleg = Workplace::resume(&desk.ws("/api/v1/operator"), &token, away).await.unwrap();
    oleg.until("all of it", |oleg| oleg.messages.contains_key(&(pavel.dialog, 8))).await;
    let (store, workspace) = desk.books().await;
    all_errands_are_done(&store, workspace).await;
    assert!(!places_with(&desk, "canary-maria-content").await.is_empty(), "the test can find what is there");

    for (who, words) in [("maria", "canary-maria-words"), ("pavel", "canary-pavel-words")] {
        assert!(!places_with(&desk, words).await.is_empty(), "{who}'s words can be found, too");
    }

    let away = oleg;
    let taken = anna.post(&format!("customers/{}/erase", maria.number), serde_json::json!(null)).await.good();
    assert_eq!((taken["dialogs"].as_array().unwrap().len(), &taken["messages"]), (1, &serde_json::json!(8)));
    assert_eq!(taken["files"][0], maria.file.to_string());
    let erased = Change::DialogGone { dialog: maria.dialog, reason: GoneReason::Erased, to: Some("Ира".into()) };
    ira.until("forgotten", |ira| ira.gone.contains(&erased)).await;
    maria.page.until("goodbye", |page| page.bye.as_deref() == Some("draining")).await;

    let back = Workplace::resume(&desk.ws("/api/v1/operator"), &token, away).await.unwrap();
    assert!(back.welcome.resumed && back.gone.contains(&erased) && !back.state.dialogs.contains_key(&maria.dialog));
    all_errands_are_done(&store, workspace).await;
    for what in ["canary-maria", "maria-content"] {
        assert_eq!(places_with(&desk, what).await, Vec::<String>::new());
    }
    assert!(!places_with(&desk, "canary-pavel-content").await.is_empty(), "Павел is still there");
    assert!(store.file(workspace, maria.file).await.unwrap().is_none());

    // From before she wrote: the log is told again, and has not a word of hers.
    let mut late = desk.connect(&token, Some(long_away)).await.unwrap();
    late.until("caught up", |late| late.position >= late.welcome.head).await;
    let told = format!("{:?}{:?}", late.state.dialogs, late.messages);
    assert!(!told.contains("canary-maria") && told.contains("canary-pavel"));
    // Whoever was away for longer than the log reaches is told by name what to forget.
    let mut newcomer = desk.workplace(&token).await;
    newcomer.until("told", |newcomer| !newcomer.gone.is_empty()).await;
    assert!(
        matches!(newcomer.gone[0], Change::DialogGone { dialog, reason: GoneReason::Erased, .. } if dialog == maria.dialog)
    );

    // She comes back as somebody new.
    let mut again = desk.customer_again(&maria.page).await;
    assert_ne!(again.shows.token, maria.page.shows.token);
    again.write("Здравствуйте").await;
    again.until("a dialog", |page| page.dialog.is_some()).await;
    assert_ne!(again.shows.dialog.as_ref().map(|head| head.id), Some(maria.dialog));
    let told = anna.ask(Method::GET, &format!("customers/{}/export", maria.customer), None).await;
    assert_eq!(told.code(), "not_found");
    assert!(anna.trail().await.contains(&"customer.erased".to_owned()));
}

#[tokio::test]
async fn no_card_number_is_in_any_file_however_it_was_written() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    maria.write("карта 4111 1111 1111 1111").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    maria.write("или 5500 0000 00").await;
    ira.say(dialog, "Не пишите сюда номер карты").await;
    maria.write("00 0004").await;
    maria.write("２２０２２００１１１１１１１１６, 378282246310005").await;
    ira.done(Op::SendNote { dialog, text: "диктует 4111-1111-1111-1111".into() }).await;
    let id = client_id();
    let phone = Some("4111.1111.1111.1111".to_owned());
    maria.ask(id, &CustomerFrame::Contacts { id, name: None, email: None, phone }).await;
    let sent = desk.customer_uploads(&maria, "4111111111111111.png", PNG).await;
    let file: Attachment = sent.json().await.unwrap();
    assert_eq!(file.name, "••••••••••••1111.png");
    maria.send_file(&file).await;
    maria.send(&CustomerFrame::Draft { text: Some("4111 1111 1111 1".into()) }).await;
    ira.until("a draft", |ira| !ira.drafts.is_empty()).await;
    let (store, workspace) = desk.books().await;
    all_errands_are_done(&store, workspace).await;
    store.scour().await.unwrap();
    let customer = ira.row(dialog).customer.id;
    let told = anna.get(&format!("customers/{customer}/export")).await.to_string();
    let seen = format!("{:?}{:?}{:?}", ira.state.dialogs, ira.drafts, ira.messages);
    for number in
        ["4111 1111", "4111111", "4111-1111", "4111.1111", "5500 0000", "00 0004", "２２０２", "2202200", "378282"]
    {
        // The half of a number that came before the other half was told to whoever was there, and is taken back.
        assert!(!told.contains(number), "{number} in the export");
        assert!(number == "4111 1111" || !seen.contains(number), "{number} at a workplace: {seen}");
        assert_eq!(places_with(&desk, number).await, Vec::<String>::new(), "{number}");
    }
    assert_ne!(ADMIN_PASSWORD, PASSWORD);
}

/// What is not said in a dialog: what a script passes on before there is one, the pages, why somebody is blocked.
#[tokio::test]
async fn no_card_number_gets_past_by_a_script_a_page_or_a_block() {
    let source = "lead.createTask('https://crm.invalid/tasks', { words: dialog.text, page: dialog.page });
        lead.leaveInQueue()";
    let script = RoutingScript { source: source.to_owned(), limit_ms: 200 };
    let (desk, _hands) = Desk::ruled(|centre| centre.script = Some(script)).await;
    let anna = desk.administrator().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let page = |number: &str, title: &str| Page {
        url: format!("https://shop.example.org/pay?card={number}"),
        title: format!("Оплата {title}"),
    };
    let mut first = hello(None, None);
    if let CustomerFrame::Hello(hello) = &mut first {
        hello.page = Some(page("4111+1111+1111+1111", "5500 0000 0000 0004"));
    }
    let mut maria = CustomerPage::greet(Socket::connect(&desk.ws("/widget/v1/socket")).await, &first, None).await;
    maria.write("карта 378282246310005").await;
    let dialog = ira.only_dialog().await;
    let shown = page("••••+••••+••••+1111", "•••• •••• •••• 0004");
    assert_eq!(ira.row(dialog).page.as_ref(), Some(&shown));
    let (store, workspace) = desk.books().await;
    let errands = store.errands_due(workspace, Stamp(i64::MAX), 10).await.unwrap();
    let told = format!("{errands:?}");
    assert!(told.contains("•••••••••••0005") && told.contains(&shown.title), "{told}");
    maria.send(&CustomerFrame::Page(page("2202200111111116", "2202 2001 1111 1116"))).await;
    let shown = page("••••••••••••1116", "•••• •••• •••• 1116");
    ira.until_row("the page", dialog, |row| row.page.as_ref() == Some(&shown)).await;
    // Павел has no dialog.
    let _pavel = desk.customer().await;
    let number = ira.row(dialog).customer.number + 1;
    let reason = serde_json::json!({ "reason": "диктует 4111-1111-1111-1111" });
    let blocked = anna.put(&format!("customers/{number}/block"), reason).await.good();
    assert_eq!(blocked["block"]["reason"], "диктует ••••-••••-••••-1111");
    store.scour().await.unwrap();
    let seen = format!("{:?}{:?}", ira.state.dialogs, ira.messages);
    let kept = anna.get(&format!("customers/{}/export", ira.row(dialog).customer.id)).await.to_string();
    for number in ["4111+1111", "4111-1111", "5500 0000", "378282", "2202200", "2202 2001"] {
        let said = [&told, &seen, &kept].map(|text| text.contains(number));
        assert_eq!(said, [false; 3], "{number}");
        assert_eq!(places_with(&desk, number).await, Vec::<String>::new(), "{number}");
    }
}

#[tokio::test]
async fn a_dialog_that_is_deleted_is_nowhere_and_its_neighbours_stay() {
    let desk = Desk::start().await;
    let anna = desk.administrator().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let token = desk.operator("oleg", "Олег", None).await;
    let away = desk.workplace(&token).await;
    let mut maria = live(&desk, &mut ira, "maria").await;
    let pavel = live(&desk, &mut ira, "pavel").await;
    let mut oleg = Workplace::resume(&desk.ws("/api/v1/operator"), &token, away).await.unwrap();
    oleg.until("all of it", |oleg| oleg.messages.contains_key(&(pavel.dialog, 8))).await;
    let away = oleg;
    let mine = desk.admin(None, "ira", PASSWORD).await;
    let path = format!("dialogs/{}", maria.dialog);
    let refused = mine.ask(Method::DELETE, &path, None).await;
    assert_eq!((refused.status, refused.code()), (403, "forbidden"));
    let (store, workspace) = desk.books().await;
    all_errands_are_done(&store, workspace).await;
    for canary in canaries("maria") {
        assert!(!places_with(&desk, &canary).await.is_empty(), "{canary} can be found");
    }

    // She is in the middle of a talk with Ира.
    let taken = anna.ask(Method::DELETE, &path, None).await.good();
    assert_eq!((taken["dialogs"][0].as_str(), &taken["messages"]), (Some(&*maria.dialog.to_string()), &8.into()));
    assert_eq!(taken["files"][0], maria.file.to_string());
    let erased = Change::DialogGone { dialog: maria.dialog, reason: GoneReason::Erased, to: Some("Ира".into()) };
    ira.until("forgotten", |ira| ira.gone.contains(&erased)).await;
    assert!(!ira.state.dialogs.contains_key(&maria.dialog) && ira.state.dialogs.contains_key(&pavel.dialog));
    maria.page.until("goodbye", |page| page.bye.as_deref() == Some("draining")).await;
    let back = Workplace::resume(&desk.ws("/api/v1/operator"), &token, away).await.unwrap();
    assert!(back.welcome.resumed && back.gone.contains(&erased) && !back.state.dialogs.contains_key(&maria.dialog));

    all_errands_are_done(&store, workspace).await;
    for what in ["canary-maria", "maria-content"] {
        assert_eq!(places_with(&desk, what).await, Vec::<String>::new(), "{what}");
    }
    assert!(!places_with(&desk, "canary-pavel-content").await.is_empty(), "Павел is still there");
    let line =
        &store.audit(workspace, None, 9).await.unwrap().into_iter().find(|row| row.line.what == "dialog.deleted");
    let line = &line.as_ref().unwrap().line;
    let administrator = store.operator_by_login(workspace, "anna").await.unwrap().unwrap().id;
    assert_eq!((line.by, line.subject.as_str()), (Some(administrator), &*maria.dialog.to_string()));
    assert_eq!(
        (&line.detail["number"], &line.detail["customers"], &line.detail["messages"]),
        (&1.into(), &1.into(), &8.into())
    );
    for named in [path.as_str(), "dialogs/1"] {
        assert_eq!(anna.ask(Method::DELETE, named, None).await.code(), "not_found", "{named}");
    }
}

/// Whoever has another is still known, by what he is called and by what he said elsewhere; and nobody is given what waited.
#[tokio::test]
async fn of_two_dialogs_of_one_customer_the_one_that_waits_is_deleted() {
    let (desk, _hands) = Desk::ruled(|centre| centre.close_at_once = true).await;
    let anna = desk.administrator().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    maria.write("canary-first").await;
    let first = ira.only_dialog().await;
    ira.accept(first).await;
    let epoch = ira.row(first).epoch;
    ira.done(Op::Close { dialog: first, epoch }).await;
    maria.write("canary-second").await;
    let waits = |ira: &Workplace| ira.state.dialogs.values().find(|row| row.id != first).map(|row| row.id);
    ira.until("the second", |ira| waits(ira).is_some()).await;
    let second = waits(&ira).unwrap();
    let (number, customer) = (ira.row(second).number, ira.row(second).customer.clone());

    let taken = anna.ask(Method::DELETE, &format!("dialogs/{second}"), None).await.good();
    assert_eq!((taken["customer"].as_str(), &taken["messages"]), (Some(&*customer.id.to_string()), &1.into()));
    ira.until("forgotten", |ira| !ira.state.dialogs.contains_key(&second)).await;
    maria.until("goodbye", |page| page.bye.as_deref() == Some("draining")).await;
    let (store, workspace) = desk.books().await;
    all_errands_are_done(&store, workspace).await;
    assert_eq!(places_with(&desk, "canary-second").await, Vec::<String>::new());
    assert!(!places_with(&desk, "canary-first").await.is_empty());
    let told = anna.get(&format!("customers/{}/export", customer.id)).await;
    assert_eq!((told["dialogs"].as_array().unwrap().len(), &told["customer"]["number"]), (1, &customer.number.into()));

    // She comes back as who she was; what she writes then is another dialog with the next number.
    let mut again = desk.customer_again(&maria).await;
    assert_eq!(again.shows.token, maria.shows.token);
    assert!(!again.shows.texts().contains(&"canary-second"));
    again.write("Вы здесь?").await;
    ira.until("the third", |ira| waits(ira).is_some_and(|id| id != second)).await;
    let third = ira.row(waits(&ira).unwrap());
    assert_eq!((third.customer.number, third.number), (customer.number, number + 1));
}
