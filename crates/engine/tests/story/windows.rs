//! Links of other programs, and a dialog that two pages show, with the real hub.

use crate::kit::{Customer, Desk, MemoryKeychain, PASSWORD, hub_with_ira, sign_in};
use otklik_core::{Command, ViewEvent, WindowState};
use otklik_engine::Push;
use otklik_model::{DialogId, Section};
use std::sync::Arc;

const EYES: WindowState = WindowState { focused: true, hidden: false };

fn asked_for(push: &Push) -> Option<DialogId> {
    match push {
        Push::Snapshot { snapshot } => snapshot.asked_for,
        Push::Events { events } => events.iter().find_map(|event| match event {
            ViewEvent::LinkFollowed { dialog } => *dialog,
            _ => None,
        }),
        Push::App { .. } | Push::Machine { .. } => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s_c22_a_link_asks_while_the_workplace_runs_and_when_it_starts_with_one() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with_ira(&folder.path().join("hub")).await;
    let address = format!("http://{}", hub.address());
    let (data, keychain) = (folder.path().join("ira"), MemoryKeychain::default());
    let mut ira = Desk::remote(&data, &address, Arc::new(keychain.clone()));
    sign_in(&mut ira, &address, PASSWORD).await;
    ira.live().await;
    let mut customer = Customer::come(hub.address(), None).await;
    customer.write("Здравствуйте").await;
    let row = ira.row("the new dialog", |row| row.section == Section::Waiting && row.unread == 1).await;

    for hostile in ["otklik://dialog/17/close", "otklik://send/17", "file:///etc/passwd", ""] {
        assert!(!ira.workplace.follow_link(hostile), "{hostile}");
    }
    assert!(ira.workplace.follow_link(&format!("otklik://dialog/{}", row.number)));
    assert_eq!(ira.until("the question", asked_for).await, row.id);
    ira.session(Command::DropLink).await.unwrap();
    ira.workplace.stop().await;

    let mut ira = Desk::remote(&data, &address, Arc::new(keychain));
    assert!(ira.workplace.follow_link(&format!("otklik://dialog/{}", row.id)));
    assert_eq!(ira.until("the question at the start", asked_for).await, row.id);
    ira.workplace.stop().await;
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dialog_in_its_own_window_goes_on_there_while_the_main_one_shows_another() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with_ira(&folder.path().join("hub")).await;
    let address = format!("http://{}", hub.address());
    let mut ira = Desk::remote(&folder.path().join("ira"), &address, Arc::new(MemoryKeychain::default()));
    sign_in(&mut ira, &address, PASSWORD).await;
    ira.live().await;
    let mut customer = Customer::come(hub.address(), None).await;
    customer.write("Здравствуйте").await;
    let row = ira.row("the new dialog", |row| row.section == Section::Waiting && row.unread == 1).await;
    ira.session(Command::Accept { dialog: row.id }).await.unwrap();
    ira.row("my dialog", |row| row.section == Section::Mine).await;

    ira.workplace.own_window(row.id, Some(EYES));
    let mut own = ira.workplace.watch();
    let first = tokio::time::timeout(crate::kit::PATIENCE, async {
        loop {
            if let Push::Snapshot { snapshot } = own.next().await {
                return snapshot;
            }
        }
    });
    let first = first.await.expect("a snapshot for the second page");
    assert_eq!((first.own_windows.as_slice(), first.open), ([row.id].as_slice(), None));
    assert!(first.rows.iter().any(|shown| shown.id == row.id), "its row is among the first");

    customer.write("Вы здесь?").await;
    // The line and its row come in one push or in two.
    let (mut line, mut upto) = (false, None);
    let upto = ira.until("the line, though the main window has nothing open", |push| {
        let Push::Events { events } = push else { return None };
        for event in events {
            match event {
                ViewEvent::Thread { dialog, items, .. } if *dialog == row.id => {
                    line |= items.iter().any(|item| item.text == "Вы здесь?");
                }
                ViewEvent::Rows { rows } => {
                    let unread = rows.iter().find(|shown| shown.id == row.id && shown.unread == 2);
                    upto = unread.map(|shown| shown.last_seq).or(upto);
                }
                _ => {}
            }
        }
        upto.filter(|_| line)
    });
    let upto = upto.await;
    ira.session(Command::Seen { dialog: row.id, upto }).await.unwrap();
    ira.row("read in its own window", |row| row.unread == 0).await;
    ira.write(row.id, "Здесь").await;
    customer.reads(&["Здесь"]).await;
    ira.workplace.own_window(row.id, None);
    ira.event("the window is closed", |event| match event {
        ViewEvent::OwnWindows { dialogs } => dialogs.is_empty().then_some(()),
        _ => None,
    })
    .await;
    ira.workplace.stop().await;
    hub.stop().await;
}
