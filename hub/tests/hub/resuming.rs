//! Coming back: by cursor, by snapshot, after a restart.
//!
//! Invariant 8.

use crate::kit::{Desk, Workplace};
use otklik_model::{Cursor, Seq};
use otklik_wire::operator::ByeCode;
use uuid::Uuid;

#[tokio::test]
async fn who_comes_back_gets_what_was_missed_and_believes_what_a_newcomer_does() {
    let desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    let mut ira = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    maria.write("one").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    let old = ira;
    for text in ["two", "three"] {
        maria.write(text).await;
    }
    let ira = Workplace::resume(&desk.ws("/api/v1/operator"), &token, old).await.unwrap();
    assert!(ira.welcome.resumed);
    assert_eq!(ira.texts(dialog), ["one", "accepted Ира", "two", "three"]);
    assert_eq!(ira.state, desk.workplace(&token).await.state);
}

#[tokio::test]
async fn a_cursor_of_another_history_gets_a_snapshot() {
    let desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    let head = desk.workplace(&token).await.cursor();
    let other = Cursor { stream: Uuid::now_v7(), ..head };
    let future = Cursor { after: Seq(head.after.0 + 1), ..head };
    let before_me = Cursor { after: Seq(0), ..head };
    for cursor in [other, future, before_me] {
        let ira = desk.connect(&token, Some(cursor)).await.unwrap();
        assert!(!ira.welcome.resumed, "{cursor:?}");
        assert_eq!(ira.state.operators.len(), 1);
    }
    assert!(desk.connect(&token, Some(head)).await.unwrap().welcome.resumed);
}

#[tokio::test]
async fn a_restart_keeps_everything_cursor_token_port_and_all() {
    let mut desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    let mut ira = desk.workplace(&token).await;
    let mut maria = desk.customer().await;
    maria.write("before").await;
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    let port = desk.hub().address().port();
    let stopping = desk.stop();
    let (_, (code, retry, close)) = tokio::join!(stopping, ira.goodbye());
    assert_eq!((code, close), (ByeCode::Draining, Some(1012)));
    assert!(retry.unwrap() < 50);
    maria.until("goodbye", |page| page.bye.as_deref() == Some("draining")).await;
    desk.start_again().await;
    assert_eq!(desk.hub().address().port(), port, "open pages find the way back");
    let mut ira = Workplace::resume(&desk.ws("/api/v1/operator"), &token, ira).await.unwrap();
    assert!(ira.welcome.resumed);
    maria = desk.customer_again(&maria).await;
    maria.write("after").await;
    ira.until("the message", |ira| ira.texts(dialog).contains(&"after")).await;
    assert_eq!(ira.texts(dialog), ["before", "accepted Ира", "after"]);
    ira.say(dialog, "still here").await;
    maria.until("the answer", |page| page.texts().last() == Some(&"still here")).await;
}

/// Copies the files of the database while no hub has them open.
fn copy_database(desk: &Desk, from: &std::path::Path, to: &std::path::Path) {
    if !matches!(desk.config.store, otklik_hub::StoreAddress::Sqlite) {
        return;
    }
    std::fs::create_dir_all(to).unwrap();
    for name in ["hub.sqlite", "hub.sqlite-wal"] {
        std::fs::remove_file(to.join(name)).ok();
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

#[tokio::test]
async fn a_database_put_back_from_an_older_copy_is_another_history() {
    let mut desk = Desk::start().await;
    if !matches!(desk.config.store, otklik_hub::StoreAddress::Sqlite) {
        // A server's backups are its own business: docs/operations.md.
        return;
    }
    let token = desk.operator("ira", "Ира", None).await;
    let mut maria = desk.customer().await;
    maria.write("before the copy").await;
    drop(maria);
    let data = desk.config.data.clone();
    let copy = data.with_file_name("copy");
    desk.stop().await;
    copy_database(&desk, &data, &copy);

    // What nobody will know of any more.
    desk.start_again().await;
    let mut ira = desk.workplace(&token).await;
    let stream = ira.welcome.stream;
    let mut pavel = desk.customer().await;
    pavel.write("lost").await;
    ira.until("Павел", |ira| ira.state.dialogs.len() == 2).await;
    let told = ira.cursor();
    drop((ira, pavel));
    desk.stop().await;
    copy_database(&desk, &copy, &data);
    desk.start_again().await;

    // More happens than was lost, so that the old position is one of the new history too. They stay: one who left
    // would change his row between two looks.
    let mut others = Vec::new();
    for number in 0..5 {
        let mut other = desk.customer().await;
        other.write(&format!("another {number}")).await;
        others.push(other);
    }
    let ira = desk.connect(&token, Some(told)).await.unwrap();
    assert!(ira.welcome.head >= told.after, "the position alone says nothing: {:?}", ira.welcome.head);
    assert!(ira.welcome.stream != stream && !ira.welcome.resumed);
    assert_eq!(ira.state.dialogs.len(), 6, "Мария and five others; nobody of the lost history");
    assert_eq!(ira.state, desk.workplace(&token).await.state);

    // And from there on it goes on as ever.
    let (now, stream) = (ira.cursor(), ira.welcome.stream);
    drop(ira);
    desk.stop().await;
    desk.start_again().await;
    let ira = desk.connect(&token, Some(now)).await.unwrap();
    assert!(ira.welcome.resumed && ira.welcome.stream == stream);
}

#[tokio::test]
async fn a_snapshot_of_many_dialogs_comes_in_parts() {
    let desk = Desk::start().await;
    let token = desk.operator("ira", "Ира", None).await;
    desk.users().await.change_centre("a long queue", |centre| centre.visible.online = 500).await.unwrap();
    // A row with a long preview and page is some kilobytes.
    for number in 0..120 {
        let mut page = desk.exchanger();
        page.hello().await;
        let url = format!("https://shop.example.org/{}", "x".repeat(1_900));
        let moved = otklik_wire::customer::CustomerFrame::Page(otklik_model::Page { url, title: "t".into() });
        let id = crate::kit::client_id();
        let send = otklik_wire::customer::CustomerFrame::Send { id, text: format!("{number}") };
        page.exchange(vec![moved, send], false).await;
    }
    let mut parts = 0;
    let mut socket = crate::kit::Socket::connect(&desk.ws("/api/v1/operator")).await;
    let hello = otklik_wire::operator::Hello {
        protocol: otklik_wire::VersionRange::OURS,
        token: token.clone(),
        client: String::new(),
        resume: None,
        handbook: None,
        renews: false,
    };
    socket.send(&otklik_wire::operator::ClientFrame::Hello(hello)).await;
    loop {
        match socket.next::<otklik_wire::operator::HubFrame>().await.unwrap() {
            otklik_wire::operator::HubFrame::Snapshot { part, last, operators, .. } => {
                assert_eq!((part, operators.is_empty()), (parts, parts > 0));
                parts += 1;
                if last {
                    break;
                }
            }
            otklik_wire::operator::HubFrame::Welcome(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(parts >= 2, "{parts}");
    assert_eq!(desk.workplace(&token).await.state.dialogs.len(), 120);
}

#[tokio::test]
async fn history_is_read_newest_first_and_only_by_who_may() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut nina = desk.workplace(&desk.operator("nina", "Нина", Some(&["accept"])).await).await;
    let mut maria = desk.customer().await;
    for number in 1..=10 {
        maria.write(&format!("{number}")).await;
    }
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    let seqs = |messages: Vec<otklik_model::Message>| messages.iter().map(|found| found.seq).collect::<Vec<_>>();
    assert_eq!(seqs(ira.history(dialog, 1, 11, 4).await.unwrap()), [8, 9, 10, 11]);
    assert_eq!(seqs(ira.history(dialog, 2, 3, 100).await.unwrap()), [2, 3]);
    assert_eq!(seqs(ira.history(dialog, 50, 60, 100).await.unwrap()), [0_u32; 0]);
    assert_eq!(seqs(ira.history(dialog, 9, 2, 0).await.unwrap()), [0_u32; 0]);
    nina.until("gone", |nina| !nina.gone.is_empty()).await;
    assert_eq!(nina.history(dialog, 1, 11, 4).await, None);
    assert_eq!(ira.history(otklik_model::DialogId(Uuid::now_v7()), 1, 2, 3).await, None);
}

#[tokio::test]
async fn an_answer_of_long_messages_stays_below_the_limit_of_a_frame() {
    let desk = Desk::start().await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let mut maria = desk.customer().await;
    // Six bytes of JSON each.
    let long = "\u{1}x".repeat(16_000);
    for _ in 0..12 {
        assert_eq!(maria.write(&long).await.1, None);
    }
    let dialog = ira.only_dialog().await;
    ira.until("all", |ira| ira.row(dialog).last_seq == 12).await;
    let (mut to, mut got) = (12, 0);
    while to > 0 {
        let messages = ira.history(dialog, 1, to, 100).await.unwrap();
        assert!(!messages.is_empty() && messages.last().unwrap().seq == to);
        got += messages.len();
        to = messages[0].seq - 1;
    }
    assert_eq!(got, 12);
}
