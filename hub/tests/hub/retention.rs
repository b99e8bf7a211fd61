//! What is over its term goes within a day, by a clock that is moved by hand.

use crate::kit::{CustomerPage, Desk, Workplace, seconds, within};
use otklik_hub::{
    Hands,
    centre::OwnTerms,
    store::{FileRow, Mark, Store},
};
use otklik_model::{DepartmentKey, DialogId, FileId, FileState, Op, Seq, Stamp, WorkspaceId};
use otklik_wire::customer::CustomerMessage as HubMessage;
use std::{sync::Arc, time::Duration};

const DAY: Duration = Duration::from_secs(24 * 3_600);
const DAY_MS: i64 = 24 * 3_600_000;

/// A customer writes, Ira answers and closes; a file hangs on it.
async fn conversation(desk: &Desk, ira: &mut Workplace, words: &str) -> DialogId {
    let mut maria = desk.customer().await;
    maria.write(words).await;
    let row = |ira: &Workplace| {
        let said = |row: &&otklik_model::Dialog| row.last.as_ref().is_some_and(|last| last.text == words);
        ira.state.dialogs.values().find(said).map(|row| row.id)
    };
    ira.until("a row", |ira| row(ira).is_some()).await;
    let dialog = row(ira).unwrap();
    ira.accept(dialog).await;
    ira.say(dialog, "Готово").await;
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::Close { dialog, epoch }).await;
    dialog
}

struct Books {
    store: Arc<dyn Store>,
    workspace: WorkspaceId,
    hands: Hands,
}

impl Books {
    /// Whether the dialog is kept. It may go between two readings, so its words are read before and after its row:
    /// both go in one transaction and never come back.
    async fn there(&self, dialog: DialogId) -> bool {
        let before = self.has_words(dialog).await;
        let row = self.store.dialog(self.workspace, dialog).await.unwrap().is_some();
        let after = self.has_words(dialog).await;
        assert!(before || !row, "words went before their dialog");
        assert!(row || !after, "a dialog went before its words");
        row
    }

    async fn has_words(&self, dialog: DialogId) -> bool {
        !self.store.messages(self.workspace, dialog, 1, 9, 9).await.unwrap().is_empty()
    }

    async fn add_file(&self, number: u128, dialog: DialogId, at: Stamp) -> FileId {
        let id = FileId(uuid::Uuid::from_u128(number));
        let file = FileRow {
            id,
            workspace: self.workspace,
            dialog: Some(dialog),
            by: uuid::Uuid::from_u128(9),
            name: "чек.png".into(),
            media: "image/png".into(),
            size: 7,
            sha256: [7; 32],
            state: FileState::Ready,
            pixels: None,
            at,
        };
        self.store.add_file(file).await.unwrap();
        id
    }

    async fn has_file(&self, file: FileId) -> bool {
        self.store.file(self.workspace, file).await.unwrap().is_some()
    }

    /// Lets whole passes of the job go by: a few hours, in small steps so that each slice gets its turn.
    async fn pass(&self) {
        for _ in 0..5 {
            self.hands.forward(seconds(3_600));
            for _ in 0..8 {
                self.hands.forward(seconds(1));
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    /// Moves the clock in small steps, so that each slice of the job gets its turn, until something is so.
    async fn until(&self, what: &str, so: impl AsyncFn() -> bool) {
        within(what, async {
            while !so().await {
                self.hands.forward(seconds(20));
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    }
}

#[tokio::test]
async fn nothing_is_kept_longer_than_its_term_and_a_day() {
    let sales: DepartmentKey = "sales".parse().unwrap();
    let (desk, hands) = Desk::ruled(|centre| {
        centre.retention.messages_days = 10;
        centre.retention.files_days = 3;
        centre.retention.audit_days = 20;
        let longer = OwnTerms { messages_days: Some(40), files_days: None };
        centre.retention.channels.insert("Post".into(), longer);
        let names = [("ru".to_owned(), "Продажи".to_owned())].into();
        centre.departments.insert(sales, otklik_hub::centre::Department { names, ..Default::default() });
    })
    .await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let (store, workspace) = desk.books().await;
    let books = Books { store, workspace, hands };
    let first = conversation(&desk, &mut ira, "Первый вопрос").await;
    let closed_at = ira.row(first).closed_at.unwrap();
    let file = books.add_file(1, first, closed_at).await;
    books.hands.forward(2 * DAY);
    let second = conversation(&desk, &mut ira, "Второй вопрос").await;
    let open = {
        let mut olga = desk.customer().await;
        olga.write("Я ещё подожду").await;
        let waits = |ira: &Workplace| ira.state.dialogs.values().find(|row| row.closed_at.is_none()).map(|row| row.id);
        ira.until("it waits", |ira| waits(ira).is_some()).await;
        waits(&ira).unwrap()
    };

    // A minute before the term of the file.
    books.hands.forward_to(Stamp(closed_at.0 + 3 * DAY_MS - 60_000 - 6 * 3_600_000));
    books.pass().await;
    assert!(books.has_file(file).await && books.there(first).await);
    books.hands.forward_to(Stamp(closed_at.0 + 3 * DAY_MS));
    books.until("the file goes", async || !books.has_file(file).await).await;
    assert!(books.there(first).await, "the file's term is the shorter one");

    books.hands.forward_to(Stamp(closed_at.0 + 10 * DAY_MS));
    books.until("it goes", async || !books.there(first).await).await;
    let now = desk.config.clock.now();
    assert!(now.0 < closed_at.0 + 11 * DAY_MS, "within a day");
    assert!(books.there(second).await && books.there(open).await);
    books.hands.forward_to(Stamp(closed_at.0 + 13 * DAY_MS));
    books.until("it goes", async || !books.there(second).await).await;
    assert!(books.there(open).await, "what is open has not begun to age");

    // Nothing that ended before the term is left, and the log keeps no older entries.
    let now = desk.config.clock.now();
    let before = Stamp(now.0 - 11 * DAY_MS);
    assert!(books.store.ended_before(workspace, before, Mark::START, 99).await.unwrap().is_empty());
    assert!(books.store.files_before(workspace, before, Mark::START, 99).await.unwrap().is_empty());
    let log = async || books.store.log_after(workspace, Seq(0), 999).await.unwrap();
    books
        .until("old entries go", async || log().await.entries.iter().all(|entry| entry.at.0 >= now.0 - 11 * DAY_MS))
        .await;
    let log = log().await;
    assert!(log.start.0 > 0 && log.entries.windows(2).all(|pair| pair[1].seq.0 == pair[0].seq.0 + 1), "no gap");
    let text = format!("{:?}", log.entries);
    assert!(!text.contains("Первый вопрос") && !text.contains("Второй вопрос"));

    let trail = books.store.audit(workspace, None, 99).await.unwrap();
    let erasures = trail.iter().filter(|row| row.line.what == "retention.erased").count();
    assert_eq!(erasures, 3, "two dialogs and a file: {trail:?}");
    books.hands.forward_to(Stamp(now.0 + 22 * DAY_MS));
    let oldest = now.0 + DAY_MS;
    let trail = async || books.store.audit(workspace, None, 99).await.unwrap();
    books.until("old lines of the trail go", async || trail().await.iter().all(|row| row.at.0 >= oldest)).await;
}

/// A file of Ira's in a dialog that she leads, and the page that shows it.
async fn with_a_file(desk: &Desk, token: &str, ira: &mut Workplace, words: &str) -> (CustomerPage, DialogId, FileId) {
    let mut maria = desk.customer().await;
    maria.write(words).await;
    let said = |row: &&otklik_model::Dialog| row.last.as_ref().is_some_and(|last| last.text == words);
    let row = |ira: &Workplace| ira.state.dialogs.values().find(said).map(|row| row.id);
    ira.until("a row", |ira| row(ira).is_some()).await;
    let dialog = row(ira).unwrap();
    ira.accept(dialog).await;
    let file = desk.upload(token, "чек.txt", "оплачено".as_bytes()).await.id;
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::SendFile { dialog, epoch, file, text: String::new() }).await;
    maria.until("the file", |shows| state(&shows.messages, file) == Some(FileState::Ready)).await;
    (maria, dialog, file)
}

fn state(shown: &[HubMessage], file: FileId) -> Option<FileState> {
    let of = |message: &HubMessage| message.file.as_ref().filter(|found| found.id == file).map(|found| found.state);
    shown.iter().find_map(of)
}

fn told(ira: &Workplace, file: FileId) -> Option<FileState> {
    let files = ira.messages.values().filter_map(|message| message.details.file.as_ref());
    files.filter(|found| found.id == file).map(|found| found.state).next()
}

#[tokio::test]
async fn a_file_over_its_term_is_shown_as_no_longer_kept_to_both_sides() {
    let (desk, hands) = Desk::ruled(|centre| centre.retention.files_days = 3).await;
    let token = desk.operator("ira", "Ира", None).await;
    let mut ira = desk.workplace(&token).await;
    let (mut maria, dialog, file) = with_a_file(&desk, &token, &mut ira, "Где чек?").await;
    let link = desk.link(&token, file).await.unwrap();
    assert!(desk.fetch(&link.address).await.status().is_success());
    let (store, workspace) = desk.books().await;
    let books = Books { store, workspace, hands };
    books.hands.forward(3 * DAY);
    books.until("it goes", async || !books.has_file(file).await).await;
    ira.until("she is told", |ira| told(ira, file) == Some(FileState::Expired)).await;
    maria.until("so is the customer", |shows| state(&shows.messages, file) == Some(FileState::Expired)).await;
    assert_eq!(desk.link(&token, file).await.err().map(|status| status.as_u16()), Some(404));
    // Whoever comes anew, or reads back, is shown the same; and the next passes find nothing to tell again.
    let page = desk.customer_again(&maria).await;
    drop(maria);
    let mut page = page;
    page.until("the same page", |shows| state(&shows.messages, file) == Some(FileState::Expired)).await;
    let mut again = desk.workplace(&token).await;
    let upto = again.row(dialog).last_seq;
    let read = again.history(dialog, 1, upto, 100).await.unwrap();
    let expired = |message: &otklik_model::Message| {
        message.details.file.as_ref().is_some_and(|found| found.state == FileState::Expired)
    };
    assert_eq!(read.iter().filter(|message| expired(message)).count(), 1);
    let rev = read.iter().find(|message| expired(message)).unwrap().rev;
    books.pass().await;
    let read = again.history(dialog, 1, upto, 100).await.unwrap();
    assert_eq!(read.iter().find(|message| expired(message)).unwrap().rev, rev);
}

#[tokio::test]
async fn a_file_of_a_dialog_long_closed_goes_without_bringing_the_dialog_back() {
    let (desk, hands) = Desk::ruled(|centre| {
        centre.retention.files_days = 9;
        centre.close_at_once = true;
    })
    .await;
    let token = desk.operator("ira", "Ира", None).await;
    let mut ira = desk.workplace(&token).await;
    let (_maria, dialog, file) = with_a_file(&desk, &token, &mut ira, "Где чек?").await;
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::Close { dialog, epoch }).await;
    let (store, workspace) = desk.books().await;
    let books = Books { store, workspace, hands };
    books.hands.forward(8 * DAY);
    let mut fresh = desk.workplace(&token).await;
    assert!(!fresh.state.dialogs.contains_key(&dialog), "it is beyond every snapshot");
    books.hands.forward(DAY);
    books.until("it goes", async || !books.has_file(file).await).await;
    // She has the conversation still, and sees it there; who has not is shown nothing of it.
    ira.until("she is told", |ira| told(ira, file) == Some(FileState::Expired)).await;
    let position = ira.position;
    fresh.until("it has come as far", |fresh| fresh.position >= position).await;
    assert!(!fresh.state.dialogs.contains_key(&dialog));
}
