//! One operator of two centres: both at work at once, each by itself, under one count.

use crate::kit::{Customer, Desk, MemoryKeychain, NoKeychain, PASSWORD, PATIENCE, computer::Computer, hub::hub_of};
use otklik_core::{
    Answer, AppView, Command, DialogRow, LinkView, Query, Standing, UiErrorCode, ViewEvent, WindowState,
};
use otklik_engine::{
    AppCommand, KeychainError, PageAnswer, PageCommand, PageQuery, Push, SeatId, SeatsCommand, SeatsView,
};
use otklik_hub::RunningHub;
use otklik_model::{DialogId, OperatorStatus, Section};
use std::{path::PathBuf, sync::Arc};

const BANK: SeatId = SeatId(1);
const SHOP: SeatId = SeatId(2);
const EYES: WindowState = WindowState { focused: true, hidden: false };

/// Ира at two hubs.
struct Day {
    folder: tempfile::TempDir,
    keychain: MemoryKeychain,
    bank: RunningHub,
    shop: RunningHub,
    computer: Computer,
}

impl Day {
    async fn begin() -> Self {
        Self::at("Банк", "Магазин").await
    }

    async fn at(first: &str, second: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bank = hub_of(&folder.path().join("bank"), first).await;
        let shop = hub_of(&folder.path().join("shop"), second).await;
        let keychain = MemoryKeychain::default();
        let computer = Computer::start(&folder.path().join("ira"), Arc::new(keychain.clone()));
        let mut day = Self { folder, keychain, bank, shop, computer };
        day.computer.sign_in(BANK, &address(&day.bank), PASSWORD).await;
        day.computer.arrange(SeatsCommand::Add).await.unwrap();
        day.computer.sign_in(SHOP, &address(&day.shop), PASSWORD).await;
        day.computer.until("both accounts", |view| view.seats.iter().all(|seat| seat.centre.is_some())).await;
        day
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("ira")
    }

    async fn end(self) {
        self.computer.seats.stop().await;
        self.bank.stop().await;
        self.shop.stop().await;
    }
}

fn address(hub: &RunningHub) -> String {
    format!("http://{}", hub.address())
}

fn app(command: AppCommand) -> PageCommand {
    PageCommand::App { command }
}

/// Somebody writes, and waits.
async fn comes(hub: &RunningHub, desk: &mut Desk) -> (Customer, DialogRow) {
    let mut customer = Customer::come(hub.address(), None).await;
    customer.write("Здравствуйте").await;
    let row = desk.row("the new dialog", |row| row.section == Section::Waiting && row.unread == 1).await;
    (customer, row)
}

/// Which dialog is open, as a page finds it that begins now.
async fn open(desk: &mut Desk) -> Option<DialogId> {
    desk.until("the first picture", |push| match push {
        Push::Snapshot { snapshot } => Some(snapshot.open),
        _ => None,
    })
    .await
}

async fn draft(computer: &Computer, seat: SeatId, dialog: DialogId) -> String {
    let query = PageQuery::Session { query: Query::Draft { dialog } };
    let answer = computer.seats.query(seat, query).await.unwrap();
    let PageAnswer::Session { answer: Answer::Draft { text, .. } } = answer else { panic!("no draft: {answer:?}") };
    text
}

async fn counted(computer: &Computer, wanted: u32) {
    let mut badge = computer.shell.badge.subscribe();
    let waiting = tokio::time::timeout(PATIENCE, badge.wait_for(|count| *count == wanted));
    waiting.await.unwrap_or_else(|_| panic!("the count never came to {wanted}")).unwrap();
}

/// A notification came that names this account.
async fn notified(computer: &Computer, account: &str) {
    let mut popups = computer.shell.popups.subscribe();
    let waiting = popups.wait_for(|shown| shown.iter().any(|(_, whose)| whose.as_deref() == Some(account)));
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("no notification of {account}")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn both_ring_under_one_count_and_a_click_leads_to_the_right_one() {
    let mut day = Day::begin().await;
    // The shop is looked at: what rings is the bank, which is behind it, although the window has the keyboard.
    day.computer.seats.window(EYES);
    let mut at_bank = day.computer.desk(BANK);
    let mut at_shop = day.computer.desk(SHOP);
    let (_first, bank_row) = comes(&day.bank, &mut at_bank).await;
    let (_second, shop_row) = comes(&day.shop, &mut at_shop).await;
    counted(&day.computer, 2).await;
    let view = day.computer.until("a count of each", |view| view.seats.iter().all(|seat| seat.badge == 1)).await;
    let names: Vec<_> = view.seats.iter().filter_map(|seat| seat.centre.as_deref()).collect();
    assert_eq!((names, view.front), (vec!["Банк", "Магазин"], SHOP));
    notified(&day.computer, "Банк").await;
    let shop = day.computer.shell.popups.borrow().iter().any(|(_, whose)| whose.as_deref() == Some("Магазин"));
    assert!(!shop, "nobody is rung for what he looks at");

    at_bank.workplace.popup_clicked(Some(bank_row.id));
    day.computer.until("the bank on the screen", |view| view.front == BANK).await;
    assert_eq!(open(&mut day.computer.desk(BANK)).await, Some(bank_row.id), "a page that begins now shows it");
    assert_ne!(open(&mut day.computer.desk(SHOP)).await, Some(shop_row.id));

    let link = format!("otklik://dialog/{}", shop_row.id);
    assert!(day.computer.seats.follow_link(&link).await);
    day.computer.until("the shop, whose dialog it is", |view| view.front == SHOP).await;
    assert!(!day.computer.seats.follow_link("otklik://dialog/1/close").await);
    day.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_of_the_tray_is_set_in_every_account_that_is_connected_as_long_as_one_is() {
    let Day { folder: _folder, bank, shop, mut computer, .. } = Day::begin().await;
    let (mut at_bank, mut at_shop) = (computer.desk(BANK), computer.desk(SHOP));
    let pause = || Command::SetStatus { status: OperatorStatus::Break };
    is_told(&computer, "both are connected", |told| matches!(told.link, LinkView::Live { .. })).await;
    computer.seats.choose_status(pause()).await.unwrap();
    for desk in [&mut at_bank, &mut at_shop] {
        becomes(desk, OperatorStatus::Break).await;
    }

    // The account on the screen loses its hub: the other one is still to be had.
    shop.stop().await;
    let lost = |seat: SeatId| move |view: &SeatsView| view.seats.iter().any(|one| one.seat == seat && one.offline);
    computer.until("the shop is lost", lost(SHOP)).await;
    // The worst connection is told, and the status of the account that is there.
    let whose = is_told(&computer, "the menu can be used", |told| {
        matches!(told.link, LinkView::Down { .. }) && told.can_choose && told.status == OperatorStatus::Break
    });
    assert_eq!(whose.await, None, "those that are there stand alike");
    computer.seats.choose_status(Command::SetStatus { status: OperatorStatus::Online }).await.unwrap();
    becomes(&mut at_bank, OperatorStatus::Online).await;

    bank.stop().await;
    computer.until("the bank is lost too", lost(BANK)).await;
    let nobody = computer.seats.choose_status(pause()).await.unwrap_err();
    assert_eq!(nobody.code, UiErrorCode::NotReady);
    computer.seats.stop().await;
}

/// Waits until the tray is told that all accounts together stand like this; says whose status that is.
async fn is_told(computer: &Computer, what: &str, like_this: impl Fn(&Standing) -> bool) -> Option<String> {
    let mut told = computer.shell.standing.subscribe();
    let waiting = told.wait_for(|(standing, _)| standing.as_ref().is_some_and(&like_this));
    let told = tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_elapsed| panic!("not told: {what}"));
    told.unwrap().1.clone()
}

/// An account is told that its operator has this status now.
async fn becomes(desk: &mut Desk, status: OperatorStatus) {
    desk.until("the status", |push| match push {
        Push::Snapshot { snapshot } => (snapshot.me.status == status).then_some(()),
        Push::Events { events } => {
            let is_told = |event: &ViewEvent| matches!(event, ViewEvent::Me { me, .. } if me.status == status);
            events.iter().any(is_told).then_some(())
        }
        Push::App { .. } | Push::Machine { .. } => None,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_asked_for_in_one_is_kept_by_both() {
    let day = Day::begin().await;
    for on in [true, false] {
        let command = PageCommand::Session { command: Command::Mute { on } };
        day.computer.seats.command(SHOP, command).await.unwrap();
        for seat in [BANK, SHOP] {
            let mut desk = day.computer.desk(seat);
            let muted = desk.until("a page that begins now", |push| match push {
                Push::Snapshot { snapshot } => Some(snapshot.muted_until.is_some()),
                Push::App { .. } | Push::Events { .. } | Push::Machine { .. } => None,
            });
            assert_eq!(muted.await, on, "{seat:?}");
        }
    }
    day.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_in_one_stays_there_and_both_come_back_after_a_restart() {
    let mut day = Day::begin().await;
    let mut at_bank = day.computer.desk(BANK);
    let (mut customer, row) = comes(&day.bank, &mut at_bank).await;
    let say = |command| PageCommand::Session { command };
    let seats = day.computer.seats.clone();
    seats.command(BANK, say(Command::Accept { dialog: row.id })).await.unwrap();
    at_bank.row("my dialog", |row| row.section == Section::Mine).await;
    let half = Command::SaveDraft { dialog: row.id, text: "Половина".to_owned(), note: false, quote: None };
    seats.command(BANK, say(half)).await.unwrap();
    day.computer.arrange(SeatsCommand::Show { seat: BANK }).await.unwrap();
    day.computer.arrange(SeatsCommand::Show { seat: SHOP }).await.unwrap();
    assert_eq!(draft(&day.computer, BANK, row.id).await, "Половина");
    assert!(seats.query(SHOP, PageQuery::Session { query: Query::Draft { dialog: row.id } }).await.is_ok());
    assert_eq!(draft(&day.computer, SHOP, row.id).await, "", "the other one knows nothing of it");
    let nowhere = seats.query(SeatId(7), PageQuery::Windows).await;
    assert!(nowhere.is_err(), "{nowhere:?}");
    seats.stop().await;

    day.computer = Computer::start(&day.data(), Arc::new(day.keychain.clone()));
    day.computer.until("both at work again", |view| view.seats.iter().all(|seat| seat.centre.is_some())).await;
    assert_eq!(day.computer.seats.front(), SHOP, "the last one on the screen");
    let mut at_bank = day.computer.desk(BANK);
    at_bank.live().await;
    day.computer.desk(SHOP).live().await;
    assert_eq!(draft(&day.computer, BANK, row.id).await, "Половина");
    at_bank.write(row.id, "Целое").await;
    customer.reads(&["Целое"]).await;
    day.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_of_one_works_on_in_the_other_and_finds_his_words_when_he_comes_back() {
    let mut day = Day::begin().await;
    let (mut at_bank, mut at_shop) = (day.computer.desk(BANK), day.computer.desk(SHOP));
    let (_first, row) = comes(&day.bank, &mut at_bank).await;
    let (mut second, _) = comes(&day.shop, &mut at_shop).await;
    let half = Command::SaveDraft { dialog: row.id, text: "Половина".to_owned(), note: false, quote: None };
    at_bank.session(half).await.unwrap();
    counted(&day.computer, 2).await;
    let seats = day.computer.seats.clone();
    let busy = day.computer.arrange(SeatsCommand::Remove { seat: BANK }).await;
    assert!(busy.is_err(), "nobody is signed out by the way: {busy:?}");

    seats.command(BANK, app(AppCommand::SignOut { stay_online: false })).await.unwrap();
    counted(&day.computer, 1).await;
    day.computer.arrange(SeatsCommand::Remove { seat: BANK }).await.unwrap();
    let left = day.computer.until("the shop alone", |view| view.seats.len() == 1).await;
    assert_eq!((left.front, left.seats[0].seat), (SHOP, SHOP));
    second.write("Вы здесь?").await;
    at_shop.row("what came after", |row| row.unread == 2).await;
    seats.stop().await;

    day.computer = Computer::start(&day.data(), Arc::new(day.keychain.clone()));
    day.computer.until("the shop again", |view| view.seats[0].centre.as_deref() == Some("Магазин")).await;
    let seats = day.computer.seats.clone();
    assert_eq!((seats.watch().borrow().seats.len(), seats.front()), (1, SHOP));
    seats.command(SHOP, app(AppCommand::SignOut { stay_online: false })).await.unwrap();
    day.computer.desk(SHOP).screen("its sign-in", |view| matches!(view, AppView::SignIn { .. }).then_some(())).await;
    let (address, login, password) = (address(&day.bank), "ira".to_owned(), PASSWORD.to_owned());
    let sign_in = AppCommand::SignIn { address, login, password };
    seats.command(SHOP, app(sign_in.clone())).await.unwrap();
    day.computer.until("the bank at its own seat", |view| view.front == BANK && view.seats.len() == 1).await;
    day.computer.desk(BANK).live().await;
    assert_eq!(draft(&day.computer, BANK, row.id).await, "Половина", "what he had written is there");

    day.computer.arrange(SeatsCommand::Add).await.unwrap();
    seats.command(SHOP, app(sign_in)).await.unwrap();
    day.computer.until("no second seat for one account", |view| view.front == BANK && view.seats.len() == 1).await;
    day.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_one_passphrase_opens_every_seat_that_it_fits() {
    let folder = tempfile::tempdir().unwrap();
    let shop = hub_of(&folder.path().join("shop"), "Магазин").await;
    let (data, none) = (folder.path().join("ira"), Arc::new(NoKeychain(KeychainError::Absent)));
    let unlock = || app(AppCommand::Unlock { passphrase: "длинная фраза".to_owned() });
    let asked = |view: &AppView| matches!(view, AppView::Passphrase { .. }).then_some(());
    let mut computer = Computer::with_desk(&data, none.clone());
    computer.desk(BANK).screen("the first passphrase", asked).await;
    computer.seats.command(BANK, unlock()).await.unwrap();
    computer.desk(BANK).live().await;
    computer.arrange(SeatsCommand::Add).await.unwrap();
    computer.desk(SHOP).screen("a passphrase of its own", asked).await;
    computer.seats.command(SHOP, unlock()).await.unwrap();
    computer.sign_in(SHOP, &address(&shop), PASSWORD).await;
    computer.seats.stop().await;

    computer = Computer::with_desk(&data, none);
    for seat in [BANK, SHOP] {
        computer.desk(seat).screen("the passphrase again", asked).await;
    }
    computer.seats.command(SHOP, unlock()).await.unwrap();
    for seat in [BANK, SHOP] {
        computer.desk(seat).live().await;
    }
    computer.seats.stop().await;
    shop.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_of_one_name_are_told_apart_by_their_places() {
    let day = Day::at("Банк", "Банк").await;
    let mut desk = day.computer.desk(SHOP);
    let (_customer, _) = comes(&day.shop, &mut desk).await;
    notified(&day.computer, "Банк, Ира (2)").await;
    day.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_does_not_open_stops_nobody_else() {
    let mut day = Day::begin().await;
    day.computer.seats.stop().await;
    let shops = std::fs::read_dir(day.data().join("seats/2/accounts")).unwrap().next().unwrap().unwrap().path();
    let held = std::fs::File::open(shops.join("lock")).unwrap();
    held.lock().unwrap();

    day.computer = Computer::start(&day.data(), Arc::new(day.keychain.clone()));
    let broken = |view: &AppView| match view {
        AppView::Broken { code, .. } => Some(code.clone()),
        _ => None,
    };
    assert_eq!(day.computer.desk(SHOP).screen("what is wrong", broken).await, "already_running");
    let mut at_bank = day.computer.desk(BANK);
    at_bank.live().await;
    let (_customer, _) = comes(&day.bank, &mut at_bank).await;
    counted(&day.computer, 1).await;
    drop(held);
    day.computer.seats.command(SHOP, app(AppCommand::TryAgain)).await.unwrap();
    day.computer.desk(SHOP).live().await;
    day.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_added_beside_a_local_desk_and_taken_away_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut computer = Computer::with_desk(folder.path(), Arc::new(MemoryKeychain::default()));
    computer.desk(BANK).live().await;
    assert!(computer.arrange(SeatsCommand::Remove { seat: BANK }).await.is_err(), "the only one stays");
    computer.arrange(SeatsCommand::Add).await.unwrap();
    let ask = |view: &AppView| match view {
        AppView::SignIn { local_desk, .. } => Some(*local_desk),
        _ => None,
    };
    assert!(!computer.desk(SHOP).screen("the sign-in", ask).await, "there is one local desk, and it has its seat");
    let view = computer.until("both", |view| view.seats.len() == 2).await;
    assert_eq!((view.front, view.seats[1].centre.as_deref()), (SHOP, None));
    computer.arrange(SeatsCommand::Remove { seat: SHOP }).await.unwrap();
    let view = computer.until("one", |view| view.seats.len() == 1).await;
    assert_eq!(view.front, BANK);
    for _ in 0..7 {
        computer.arrange(SeatsCommand::Add).await.unwrap();
    }
    assert!(computer.arrange(SeatsCommand::Add).await.is_err(), "eight is the most");
    computer.seats.stop().await;
}
