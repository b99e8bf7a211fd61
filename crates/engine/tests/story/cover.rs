//! S-C20: a covered window tells nothing, goes on underneath, and opens to what was there.

use crate::kit::{
    Customer, Desk, MemoryKeychain, NoKeychain, PASSWORD, PATIENCE,
    computer::Computer,
    hub::{hub_of, hub_with_ira},
};
use otklik_core::{AppView, Command, CoverKey, DialogRow, Popup, Query, Settings, UiError, UiErrorCode, WindowState};
use otklik_engine::{
    AppCommand, CoverCommand, KeychainError, PageAnswer, PageCommand, PageQuery, Push, SeatId, SeatsCommand,
};
use otklik_hub::RunningHub;
use otklik_model::{DialogId, Section};
use std::{future::Future, path::Path, sync::Arc, sync::atomic::Ordering};

const HERE: SeatId = SeatId(1);
const CODE: &str = "кот в мешке";

/// Ира at work, with a dialog of hers open and a text begun.
struct Day {
    folder: tempfile::TempDir,
    keychain: MemoryKeychain,
    hub: RunningHub,
    computer: Computer,
    desk: Desk,
    customer: Customer,
    dialog: DialogId,
}

impl Day {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hub = hub_with_ira(&folder.path().join("hub")).await;
        let keychain = MemoryKeychain::default();
        let computer = Computer::start(&folder.path().join("ira"), Arc::new(keychain.clone()));
        let mut desk = computer.sign_in(HERE, &format!("http://{}", hub.address()), PASSWORD).await;
        computer.seats.window(WindowState { focused: true, hidden: false });
        let mut customer = Customer::come(hub.address(), None).await;
        customer.write("Где мой заказ?").await;
        let dialog = desk.row("the new dialog", |row| row.section == Section::Waiting).await.id;
        for command in [
            Command::Accept { dialog },
            Command::Open { dialog: Some(dialog) },
            Command::SaveDraft { dialog, text: "Половина".to_owned(), note: false, quote: None },
        ] {
            desk.session(command).await.unwrap();
        }
        desk.row("her dialog", |row| row.section == Section::Mine).await;
        Self { folder, keychain, hub, computer, desk, customer, dialog }
    }

    async fn ask(&self, command: CoverCommand) -> Result<(), UiError> {
        ask(&self.computer, command).await
    }

    async fn cover(&mut self) -> CoverKey {
        self.ask(CoverCommand::Now).await.unwrap();
        covered(&mut self.desk).await.0
    }

    /// What a page finds that is drawn anew: the open dialog, and the rows.
    async fn found(&mut self) -> (Option<DialogId>, Vec<DialogRow>) {
        self.desk
            .until("everything, told anew", |push| match push {
                Push::Snapshot { snapshot } => Some((snapshot.open, snapshot.rows.clone())),
                _ => None,
            })
            .await
    }

    /// Nothing can be asked about what is under the cover.
    async fn assert_silent(&self) {
        let query = PageQuery::Session { query: Query::Draft { dialog: self.dialog } };
        assert_eq!(self.computer.seats.query(HERE, query).await.map(drop), Err(not_ready()));
        assert!(self.computer.seats.file("1/file/0190b6f0-1a2b-7c3d-8e4f-5a6b7c8d9e0f/small", None).await.is_err());
        let export = self.computer.seats.command(HERE, PageCommand::App { command: AppCommand::ExportSettings }).await;
        assert_eq!(export.map(drop), Err(not_ready()));
    }

    async fn settle(&self, settings: Settings) {
        self.desk.session(Command::SetSettings { settings: Box::new(settings) }).await.unwrap();
    }

    async fn end(self) {
        self.computer.seats.stop().await;
        self.hub.stop().await;
    }
}

fn not_ready() -> UiError {
    UiError { code: UiErrorCode::NotReady }
}

fn wrong() -> Result<(), UiError> {
    Err(UiError { code: UiErrorCode::WrongCode })
}

async fn ask(computer: &Computer, command: CoverCommand) -> Result<(), UiError> {
    computer.seats.command(HERE, PageCommand::App { command: AppCommand::Cover { command } }).await.map(drop)
}

fn open(secret: Option<&str>) -> CoverCommand {
    CoverCommand::Open { secret: secret.map(str::to_owned) }
}

/// Waits for the cover: what opens it, whether the last try was wrong, and for how long none counts.
async fn covered(desk: &mut Desk) -> (CoverKey, bool, u32) {
    desk.screen("the cover", |view| match view {
        AppView::Covered { by, wrong, wait_s } => Some((*by, *wrong, *wait_s)),
        _ => None,
    })
    .await
}

/// Asks again until it is so.
async fn until<F: Future<Output = bool>>(what: &str, mut is: impl FnMut() -> F) {
    let waiting = async {
        while !is().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("waited in vain for {what}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s_c20_under_the_cover_nothing_is_told_and_work_goes_on() {
    let mut day = Day::begin().await;
    let dialog = day.dialog;
    assert_eq!(day.cover().await, CoverKey::Press);
    // What a page had still in hand when the cover came is taken, and goes out.
    day.desk.write(dialog, "Уже едет").await;
    day.customer.reads(&["Уже едет"]).await;
    day.assert_silent().await;
    let mut another = day.computer.desk(HERE);
    covered(&mut another).await;

    let sounds = || day.desk.shell.sounds.lock().unwrap().len();
    let before = sounds();
    day.customer.write("Паспорт 4509 123456").await;
    until("a sound", || async { sounds() > before }).await;
    until("a notification", || async { !day.desk.shell.notified.lock().unwrap().is_empty() }).await;
    for popup in &*day.desk.shell.notified.lock().unwrap() {
        let Popup::Messages { name: None, text: None, .. } = popup else { panic!("a stranger reads {popup:?}") };
    }
    until("the count", || async { *day.desk.shell.badge.borrow() == 1 }).await;
    day.assert_silent().await;
    let again = || Command::SaveDraft { dialog, text: "Половина".to_owned(), note: false, quote: None };
    until("commands are refused too", || async { day.desk.session(again()).await == Err(not_ready()) }).await;

    day.ask(open(None)).await.unwrap();
    let (shown, rows) = day.found().await;
    assert_eq!(shown, Some(dialog), "the same dialog");
    assert!(rows.iter().any(|row| row.id == dialog && row.unread == 2), "{rows:?}");
    let texts: Vec<_> = day.desk.texts(dialog).await.into_iter().map(|(text, _)| text).collect();
    assert_eq!(texts, ["Где мой заказ?", "Уже едет", "Паспорт 4509 123456"]);
    // The other page is told everything as well.
    another.until("everything, told anew", |push| matches!(push, Push::Snapshot { .. }).then_some(())).await;
    day.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s_c20_a_page_that_looks_hears_nothing_but_that_it_is_covered() {
    let mut day = Day::begin().await;
    day.cover().await;
    day.customer.write("Паспорт 4509 123456").await;
    until("the count", || async { *day.desk.shell.badge.borrow() == 1 }).await;
    day.ask(open(None)).await.unwrap();
    // Everything between the cover and the workplace, in the order in which a page hears it.
    let next = day.desk.watch.next().await;
    assert_eq!(next, Push::App { view: AppView::Workplace });
    let draft = PageQuery::Session { query: Query::Draft { dialog: day.dialog } };
    let PageAnswer::Session { answer } = day.computer.seats.query(HERE, draft).await.unwrap() else { panic!() };
    assert!(format!("{answer:?}").contains("Половина"), "the same draft: {answer:?}");
    day.end().await;
}

/// Which files of these names this process has open.
#[cfg(target_os = "linux")]
fn open_files(folder: &Path, name: &str) -> usize {
    let links =
        std::fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    links.filter(|path| path.starts_with(folder) && path.ends_with(name)).count()
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn s_c20_when_the_keys_are_gone_the_queue_goes_on_and_everything_comes_back() {
    let mut day = Day::begin().await;
    let (dialog, data) = (day.dialog, day.folder.path().join("ira"));
    day.settle(Settings { close_after_min: 0, ..Settings::default() }).await;
    assert!(open_files(&data, "cache.db") > 0);
    day.cover().await;
    until("a closed cache", || async { open_files(&data, "cache.db") + open_files(&data, "cache.db-wal") == 0 }).await;
    assert!(open_files(&data, "own.db") > 0, "what was written stays at hand");
    day.desk.write(dialog, "Уже едет").await;
    day.customer.reads(&["Уже едет"]).await;
    let sounds = || day.desk.shell.sounds.lock().unwrap().len();
    let before = sounds();
    day.customer.write("Когда?").await;
    until("a sound", || async { sounds() > before }).await;

    day.ask(open(None)).await.unwrap();
    day.desk.live().await;
    day.desk.has_all(dialog, 3).await;
    let said = |texts: Vec<(String, _)>| texts.into_iter().map(|(text, _)| text).collect::<Vec<_>>();
    assert_eq!(said(day.desk.texts(dialog).await), ["Где мой заказ?", "Уже едет", "Когда?"]);
    assert!(open_files(&data, "cache.db") > 0);
    day.desk.write(dialog, "Через час").await;
    day.customer.reads(&["Уже едет", "Через час"]).await;
    day.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s_c20_a_lock_of_the_system_and_sleep_cover_and_unlocking_opens_nothing_by_itself() {
    let mut day = Day::begin().await;
    day.desk.shell.locked.store(true, Ordering::SeqCst);
    day.computer.seats.look_around();
    covered(&mut day.desk).await;
    day.desk.shell.locked.store(false, Ordering::SeqCst);
    day.computer.seats.look_around();
    day.assert_silent().await;
    day.ask(open(None)).await.unwrap();
    day.found().await;
    day.computer.seats.cover();
    covered(&mut day.desk).await;
    // A button of a notification that is still there accepts nothing: nobody knows whose hand it was.
    let mut second = Customer::come(day.hub.address(), None).await;
    second.write("Есть кто?").await;
    let waits = || match day.desk.shell.notified.lock().unwrap().last() {
        Some(Popup::Waiting { dialog, .. }) => Some(*dialog),
        _ => None,
    };
    until("a notification", || async { waits().is_some() }).await;
    let dialog = waits().unwrap();
    day.desk.workplace.popup_accepted(dialog);
    day.ask(open(None)).await.unwrap();
    let (shown, rows) = day.found().await;
    assert_eq!(shown, Some(dialog), "it leads there");
    assert!(rows.iter().any(|row| row.id == dialog && row.section == Section::Waiting), "{rows:?}");
    day.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s_c20_a_code_is_asked_for_after_a_start_too_and_goes_with_the_session() {
    let mut day = Day::begin().await;
    let set = |now: Option<&str>, code: Option<&str>| CoverCommand::SetCode {
        now: now.map(str::to_owned),
        code: code.map(str::to_owned),
    };
    assert!(day.ask(set(None, Some("123"))).await.is_err(), "too short to be one");
    day.ask(set(None, Some(CODE))).await.unwrap();
    assert_eq!(day.ask(set(None, None)).await, wrong(), "it is removed by whoever knows it");
    assert_eq!(day.cover().await, CoverKey::Code);
    assert_eq!(day.ask(open(Some("кот"))).await, wrong());
    assert_eq!(covered(&mut day.desk).await, (CoverKey::Code, true, 1), "one slip was made before");
    assert_eq!(day.ask(open(Some(CODE))).await, wrong(), "nobody may hurry");
    day.computer.seats.stop().await;
    assert!(!format!("{:?}", day.keychain.0.lock().unwrap()).contains(CODE));

    day.computer = Computer::start(&day.folder.path().join("ira"), Arc::new(day.keychain.clone()));
    day.desk = day.computer.desk(HERE);
    let first = day.desk.screen("a screen", |view| (*view != AppView::Starting).then(|| view.clone())).await;
    assert!(matches!(first, AppView::Covered { by: CoverKey::Code, .. }), "a start shows {first:?}");
    day.assert_silent().await;
    until("the right code counts", || async { day.ask(open(Some(CODE))).await.is_ok() }).await;
    day.desk.live().await;

    day.cover().await;
    let leave = PageCommand::App { command: AppCommand::SignOut { stay_online: false } };
    day.computer.seats.command(HERE, leave).await.unwrap();
    day.computer.sign_in(HERE, &format!("http://{}", day.hub.address()), PASSWORD).await;
    assert_eq!(day.computer.seats.query(HERE, PageQuery::Cover).await.unwrap(), by(CoverKey::Press));
    day.end().await;
}

fn by(by: CoverKey) -> PageAnswer {
    PageAnswer::Cover { cover: otklik_engine::CoverView { by } }
}

#[tokio::test(flavor = "multi_thread")]
async fn s_c20_a_vault_is_opened_by_its_passphrase_and_locks_up_the_keys_of_what_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("ira");
    let computer = Computer::with_desk(&data, Arc::new(NoKeychain(KeychainError::Absent)));
    let mut desk = computer.desk(HERE);
    desk.screen("the passphrase", |view| matches!(view, AppView::Passphrase { .. }).then_some(())).await;
    let unlock = AppCommand::Unlock { passphrase: "длинная фраза".to_owned() };
    computer.seats.command(HERE, PageCommand::App { command: unlock }).await.unwrap();
    desk.live().await;
    let settings = Box::new(Settings { close_after_min: 0, ..Settings::default() });
    desk.session(Command::SetSettings { settings }).await.unwrap();
    assert_eq!(computer.seats.query(HERE, PageQuery::Cover).await.unwrap(), by(CoverKey::Passphrase));
    ask(&computer, CoverCommand::Now).await.unwrap();
    assert_eq!(covered(&mut desk).await, (CoverKey::Passphrase, false, 0));
    #[cfg(target_os = "linux")]
    until("a closed cache", || async { open_files(&data, "cache.db") == 0 }).await;

    assert_eq!(ask(&computer, open(None)).await, wrong());
    assert_eq!(covered(&mut desk).await, (CoverKey::Passphrase, true, 0));
    assert_eq!(ask(&computer, open(Some("длинная"))).await, wrong());
    assert_eq!(covered(&mut desk).await, (CoverKey::Passphrase, true, 1));
    until("the passphrase counts", || async { ask(&computer, open(Some("длинная фраза"))).await.is_ok() }).await;
    desk.live().await;
    computer.seats.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s_c20_one_cover_lies_over_all_accounts() {
    let mut day = Day::begin().await;
    let shop = hub_of(&day.folder.path().join("shop"), "Магазин").await;
    day.computer.arrange(SeatsCommand::Add).await.unwrap();
    let mut at_shop = day.computer.sign_in(SeatId(2), &format!("http://{}", shop.address()), PASSWORD).await;
    day.cover().await;
    covered(&mut at_shop).await;
    // A seat that comes only now is under it too.
    day.computer.arrange(SeatsCommand::Add).await.unwrap();
    day.ask(open(None)).await.unwrap();
    day.found().await;
    at_shop.until("everything, told anew", |push| matches!(push, Push::Snapshot { .. }).then_some(())).await;
    day.computer.seats.stop().await;
    shop.stop().await;
    day.hub.stop().await;
}
