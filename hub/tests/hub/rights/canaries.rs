//! The negative proof: whatever happens on a day, nothing of a dialog reaches a workplace while its operator may not
//! see the dialog. Everything that is written carries a word of its own; the bytes of every workplace are searched for
//! all of them.
//!
//! What may be seen is told here a second time, naively, from the rows that an administrator gets.
//!
//! Invariant 19.

use super::{centre, post};
use crate::kit::{CustomerPage, Desk, Dice, Workplace, client_id};
use otklik_hub::centre::Post;
use otklik_model::{Change, CustomerEdit, Dialog, DialogId, DialogState, Op, OperatorId, Page, Seq, TransferTarget};
use otklik_wire::{customer::CustomerFrame, decode, operator::HubFrame};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody who works here, and what was heard over all his connections.
struct Person {
    login: &'static str,
    me: Workplace,
    heard: Vec<String>,
    post: Post,
}

/// A word that was written somewhere.
struct Canary {
    word: String,
    dialog: DialogId,
    /// After the administrator's position of that moment.
    after: Seq,
    field: &'static str,
}

struct Day {
    desk: Desk,
    vera: Workplace,
    people: Vec<Person>,
    pages: Vec<(DialogId, CustomerPage)>,
    /// Every row that each dialog ever had.
    rows: BTreeMap<DialogId, Vec<Dialog>>,
    canaries: Vec<Canary>,
    dice: Dice,
}

/// What only administrators see of a dialog that others see.
const RATING: &str = "rating";

const DEPARTMENTS: [&str; 3] = ["sales", "support", "vip"];

impl Day {
    async fn begin(seed: u64) -> Self {
        let desk = centre().await;
        let vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
        let mut people = Vec::new();
        for (login, post) in [
            ("ira", post("operator", &["sales"], &[], None, None)),
            ("oleg", post("operator", &["sales", "support"], &[], Some("first"), None)),
            ("nina", post("operator", &["vip"], &[], None, None)),
            ("timur", post("team-lead", &["support"], &[], None, Some("first"))),
            ("sveta", post("supervisor", &["sales"], &["support"], None, None)),
            ("zoya", post("operator", &[], &[], None, None)),
        ] {
            let me = desk.staff(login, login, post.clone()).await;
            people.push(Person { login, me, heard: Vec::new(), post });
        }
        let (pages, rows, canaries) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self { desk, vera, people, pages, rows, canaries, dice: Dice(seed) }
    }

    /// A new word for a field of a dialog.
    fn word(&mut self, dialog: DialogId, field: &'static str) -> String {
        let word = format!("canary{}x", self.canaries.len());
        self.canaries.push(Canary { word: word.clone(), dialog, after: self.vera.position, field });
        word
    }

    /// The administrator reads on, and every row is noted.
    async fn look(&mut self) {
        self.vera.sync().await;
        for text in std::mem::take(&mut self.vera.socket.1) {
            let Ok(HubFrame::Events { changes, .. }) = decode(&text) else { continue };
            for change in changes {
                if let Change::DialogUpserted(row) = change {
                    self.rows.entry(row.id).or_default().push(*row);
                }
            }
        }
    }

    async fn new_customer(&mut self) {
        let department = DEPARTMENTS[self.dice.roll(3)];
        let after = self.vera.position;
        let word = format!("canary{}x", self.canaries.len());
        let (dialog, page) = self.vera.new_dialog(&self.desk, department, &word).await;
        self.canaries.push(Canary { word, dialog, after, field: "first words" });
        self.pages.push((dialog, page));
    }

    async fn customer_acts(&mut self) {
        let chosen = self.dice.roll(self.pages.len());
        let dialog = self.pages[chosen].0;
        match self.dice.roll(5) {
            4 => {
                let note = Some(self.word(dialog, RATING));
                let rating = CustomerFrame::Rate { dialog, stars: 1, note, answers: Vec::new() };
                self.pages[chosen].1.send(&rating).await;
            }
            0 => {
                let text = Some(self.word(dialog, "draft"));
                self.pages[chosen].1.send(&CustomerFrame::Draft { text }).await;
            }
            1 => {
                let url = format!("https://shop.example.org/{}", self.word(dialog, "page address"));
                let page = Page { url, title: self.word(dialog, "page title") };
                self.pages[chosen].1.send(&CustomerFrame::Page(page)).await;
            }
            _ => {
                let word = self.word(dialog, "customer's words");
                self.pages[chosen].1.write(&word).await;
            }
        }
    }

    /// Somebody does something in a dialog, his own or not.
    async fn person_acts(&mut self) {
        let chosen = self.dice.roll(self.people.len());
        let dialog = self.pages[self.dice.roll(self.pages.len())].0;
        let epoch = self.vera.row(dialog).epoch;
        let op = match self.dice.roll(12) {
            0 | 1 => Op::Accept { dialog, epoch },
            2 => Op::SendText { dialog, epoch, text: self.word(dialog, "operator's words"), quote: None },
            3 => Op::SendNote { dialog, text: self.word(dialog, "note") },
            4 => {
                let (subject, tag) = (self.word(dialog, "subject"), self.word(dialog, "tag"));
                Op::SortDialog { dialog, category: None, subject: Some(subject), tags: Some(vec![tag]) }
            }
            5 => {
                let edit = CustomerEdit {
                    name: Some(self.word(dialog, "name")),
                    email: Some(format!("{}@example.org", self.word(dialog, "e-mail"))),
                    phone: Some(format!("8900 {}", self.word(dialog, "phone"))),
                    comment: Some(self.word(dialog, "comment")),
                    tags: Some(vec![self.word(dialog, "customer's tag")]),
                    variables: Some([("city".to_owned(), self.word(dialog, "value"))].into()),
                };
                Op::EditCustomer { dialog, edit, was: Box::default() }
            }
            6 => Op::Hold { dialog, epoch, until: None, reason: Some(self.word(dialog, "reason of a hold")) },
            7 => Op::Close { dialog, epoch },
            8 => {
                self.people[chosen].me.history(dialog, 1, 100, 100).await;
                return;
            }
            _ => {
                let to = self.target();
                Op::Transfer { dialog, epoch, to }
            }
        };
        // Refused or done: both are fine here.
        self.people[chosen].me.command_as(client_id(), op).await;
    }

    async fn administrator_gives(&mut self) {
        let dialog = self.pages[self.dice.roll(self.pages.len())].0;
        let (epoch, to) = (self.vera.row(dialog).epoch, self.target());
        self.vera.command(Op::Transfer { dialog, epoch, to }).await;
    }

    fn target(&mut self) -> TransferTarget {
        match self.dice.roll(5) {
            0 => TransferTarget::Queue,
            1 => TransferTarget::Department { key: DEPARTMENTS[self.dice.roll(3)].parse().unwrap() },
            2 => TransferTarget::Operator { id: self.somebody(), force: true },
            _ => TransferTarget::Operator { id: self.somebody(), force: false },
        }
    }

    fn somebody(&mut self) -> OperatorId {
        let chosen = self.dice.roll(self.people.len());
        self.people[chosen].me.welcome.me.id
    }

    /// Somebody's connection is lost, and he comes back with what he had, or with nothing.
    async fn comes_back(&mut self) {
        let chosen = self.dice.roll(self.people.len());
        let fresh = self.dice.roll(2) == 0;
        let person = &mut self.people[chosen];
        let token = self.desk.sign_in(person.login).await;
        let cursor = if fresh { None } else { Some(person.me.cursor()) };
        let mut new = self.desk.connect(&token, cursor).await.unwrap();
        std::mem::swap(&mut person.me, &mut new);
        let mut old = new;
        if person.me.welcome.resumed {
            (person.me.state, person.me.messages) = (old.state, old.messages);
        }
        person.heard.append(&mut old.socket.1);
    }

    async fn end(&mut self) {
        self.look().await;
        for person in &mut self.people {
            person.me.reach(&self.vera).await;
            person.heard.append(&mut person.me.socket.1);
        }
    }
}

/// What an operator may see, told a second time.
fn may_see(person: &Person, team: &BTreeSet<OperatorId>, row: &Dialog) -> bool {
    let department = row.department.as_ref().map(|key| key.as_str().to_owned());
    let works_for = |key: &String| person.post.departments.iter().any(|his| his.as_str() == key);
    let supervises = |key: &String| person.post.supervises.iter().any(|his| his.as_str() == key);
    if row.assignee == Some(person.me.welcome.me.id) {
        return true;
    }
    if department.as_deref() == Some("vip") {
        return row.assignee.is_none()
            && row.state == DialogState::Queue
            && department.is_some_and(|key| works_for(&key));
    }
    let served = person.post.departments.is_empty() || department.as_ref().is_none_or(works_for);
    let leads = matches!(person.post.role.as_str(), "team-lead" | "supervisor");
    match row.assignee {
        None => {
            (served && (row.state == DialogState::Queue || leads))
                || leads && department.as_ref().is_some_and(supervises)
        }
        Some(assignee) => {
            let led = person.login == "timur" && team.contains(&assignee);
            led || leads && department.as_ref().is_some_and(supervises)
        }
    }
}

async fn live(seed: u64) -> (usize, usize) {
    let mut day = Day::begin(seed).await;
    day.new_customer().await;
    for _ in 0..140 {
        match day.dice.roll(20) {
            0..=1 => day.new_customer().await,
            2..=7 => day.customer_acts().await,
            8..=15 => day.person_acts().await,
            16..=18 => day.administrator_gives().await,
            _ => day.comes_back().await,
        }
        day.look().await;
    }
    day.end().await;
    let team: BTreeSet<OperatorId> = day
        .people
        .iter()
        .filter(|person| !person.post.teams.is_empty())
        .map(|person| person.me.welcome.me.id)
        .collect();
    let (mut heard, mut kept) = (0, 0);
    for person in &day.people {
        let all = person.heard.join("\n");
        for canary in &day.canaries {
            let rows = &day.rows[&canary.dialog];
            // The row as it stood when the word was written, and all later ones.
            let first = rows.partition_point(|row| row.rev <= canary.after).saturating_sub(1);
            let may = canary.field != RATING && rows[first..].iter().any(|row| may_see(person, &team, row));
            let found = all.contains(&canary.word);
            assert!(may || !found, "seed {seed}: {} heard {} of {:?}", person.login, canary.field, canary.dialog);
            heard += usize::from(found);
            kept += usize::from(!may);
        }
    }
    (heard, kept)
}

#[tokio::test]
async fn s_h5_no_byte_of_a_dialog_reaches_whoever_may_not_see_it() {
    let (mut heard, mut kept) = (0, 0);
    for seed in [3, 11, 29, 64, 100, 2_026] {
        let day = live(seed).await;
        (heard, kept) = (heard + day.0, kept + day.1);
    }
    assert!(heard > 500 && kept > 500, "the days were too quiet to prove anything: {heard} {kept}");
}
