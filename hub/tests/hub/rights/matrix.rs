//! The matrix: each role, each thing it may do, with dialogs that stand differently to it; asked of the real hub over
//! real sockets, and written as one table.
//!
//! `+` done; `-` refused, and told why; `.` there is no such dialog for him.

use super::{centre, post};
use crate::kit::{Admin, CustomerPage, Desk, Workplace};
use otklik_hub::centre::Post;
use otklik_model::{
    CustomerEdit, CustomerId, DialogId, DialogState, Op, Operator, OperatorId, Outcome, Refusal, TransferTarget,
};
use otklik_wire::customer::CustomerFrame;
use serde_json::json;

/// Led by himself, in sales; waiting in sales; waiting in support; led by somebody of his team, in sales; led by
/// somebody else in sales; led in support; waiting in the department for restricted customers; of a restricted customer,
/// waiting in sales; of a restricted customer, led by somebody of his team.
const STANDINGS: [&str; 9] =
    ["own", "queue", "other queue", "team", "sales", "support", "vip", "restricted", "taken restricted"];

const TABLE: &str = "
                 own  queue  other queue  team  sales  support  vip  restricted  taken restricted
operator
  see              +     +         .        .      .       .      .       .              .
  read back        +     +         .        .      .       .      .       .              .
  see contacts     +     +         .        .      .       .      .       .              .
  see rating       -     -         .        .      .       .      .       .              .
  accept           +     +         .        -      -       -      .       .              .
  decline          +     -         .        .      .       .      .       .              .
  write            +     -         .        .      .       .      .       .              .
  note             +     +         .        .      .       .      .       .              .
  change           +     +         .        .      .       .      .       .              .
  take back        +     +         .        .      .       .      .       .              .
  send file        +     -         .        .      .       .      .       .              .
  hold             +     -         .        .      .       .      .       .              .
  unhold           +     -         .        .      .       .      .       .              .
  close            +     -         .        .      .       .      .       .              .
  give             +     -         .        .      .       .      .       .              .
  force            -     -         .        .      .       .      .       .              .
  sort             +     +         .        .      .       .      .       .              .
  edit customer    +     +         .        .      .       .      .       .              .
  ask contacts     +     -         .        .      .       .      .       .              .
  teleport         +     -         .        .      .       .      .       .              .
  transcript       +     +         .        .      .       .      .       .              .
  invite           +     +         -        +      +       -      .       .              .
  block            +     +         .        .      .       .      .       .              .
  unblock          -     -         -        -      -       -      -       -              -
team-lead
  see              +     +         .        +      .       .      .       .              .
  read back        +     +         .        +      .       .      .       .              .
  see contacts     +     +         .        -      .       .      .       .              .
  see rating       -     -         .        -      .       .      .       .              .
  accept           +     +         .        -      -       -      .       .              .
  decline          +     -         .        -      .       .      .       .              .
  write            +     -         .        +      .       .      .       .              .
  note             +     +         .        +      .       .      .       .              .
  change           +     +         .        +      .       .      .       .              .
  take back        +     +         .        +      .       .      .       .              .
  send file        +     -         .        +      .       .      .       .              .
  hold             +     -         .        +      .       .      .       .              .
  unhold           +     -         .        +      .       .      .       .              .
  close            +     +         .        +      .       .      .       .              .
  give             +     +         .        +      .       .      .       .              .
  force            -     -         .        -      .       .      .       .              .
  sort             +     +         .        -      .       .      .       .              .
  edit customer    +     +         .        -      .       .      .       .              .
  ask contacts     +     -         .        -      .       .      .       .              .
  teleport         +     -         .        -      .       .      .       .              .
  transcript       +     +         .        -      .       .      .       .              .
  invite           +     +         -        +      +       -      .       .              .
  block            +     +         .        -      .       .      .       .              .
  unblock          -     -         -        -      -       -      -       -              -
supervisor
  see              +     +         .        +      +       .      .       .              .
  read back        +     +         .        +      +       .      .       .              .
  see contacts     +     +         .        -      -       .      .       .              .
  see rating       -     -         .        -      -       .      .       .              .
  accept           +     +         .        -      -       -      .       .              .
  decline          +     -         .        -      -       .      .       .              .
  write            +     -         .        +      +       .      .       .              .
  note             +     +         .        +      +       .      .       .              .
  change           +     +         .        +      +       .      .       .              .
  take back        +     +         .        +      +       .      .       .              .
  send file        +     -         .        +      +       .      .       .              .
  hold             +     -         .        +      +       .      .       .              .
  unhold           +     -         .        +      +       .      .       .              .
  close            +     +         .        +      +       .      .       .              .
  give             +     +         .        +      +       .      .       .              .
  force            -     -         .        -      -       .      .       .              .
  sort             +     +         .        -      -       .      .       .              .
  edit customer    +     +         .        -      -       .      .       .              .
  ask contacts     +     -         .        -      -       .      .       .              .
  teleport         +     -         .        -      -       .      .       .              .
  transcript       +     +         .        -      -       .      .       .              .
  invite           +     +         -        +      +       -      .       .              .
  block            +     +         .        -      -       .      .       .              .
  unblock          +     +         +        +      +       +      +       .              .
administrator
  see              +     +         +        +      +       +      +       +              +
  read back        +     +         +        +      +       +      +       +              +
  see contacts     +     +         +        +      +       +      +       +              +
  see rating       +     +         +        +      +       +      +       +              +
  accept           +     +         +        -      -       -      +       +              -
  decline          +     -         -        -      -       -      -       -              -
  write            +     -         -        +      +       +      -       -              +
  note             +     +         +        +      +       +      +       +              +
  change           +     +         +        +      +       +      +       +              +
  take back        +     +         +        +      +       +      +       +              +
  send file        +     -         -        +      +       +      -       -              +
  hold             +     -         -        +      +       +      -       -              +
  unhold           +     -         -        +      +       +      -       -              +
  close            +     +         +        +      +       +      +       +              +
  give             +     +         +        +      +       +      -       -              -
  force            +     +         +        +      +       +      -       -              -
  sort             +     +         +        +      +       +      +       +              +
  edit customer    +     +         +        +      +       +      +       +              +
  ask contacts     +     -         -        +      +       +      -       -              +
  teleport         +     -         -        +      +       +      -       -              +
  transcript       +     +         +        +      +       +      +       +              +
  invite           +     +         +        +      +       +      +       +              +
  block            +     +         +        +      +       +      +       +              +
  unblock          +     +         +        +      +       +      +       +              +
";

const ACTS: [&str; 24] = [
    "see",
    "read back",
    "see contacts",
    "see rating",
    "accept",
    "decline",
    "write",
    "note",
    "change",
    "take back",
    "send file",
    "hold",
    "unhold",
    "close",
    "give",
    "force",
    "sort",
    "edit customer",
    "ask contacts",
    "teleport",
    "transcript",
    "invite",
    "block",
    "unblock",
];

/// After these a dialog stands differently.
const MOVES: [&str; 9] = ["accept", "decline", "hold", "unhold", "close", "give", "force", "invite", "block"];

/// Everybody who is needed to make dialogs stand as they are wanted.
struct House {
    desk: Desk,
    anna: Admin,
    /// Sees and may do everything.
    vera: Workplace,
    /// Of the team, in sales.
    oleg: Workplace,
    /// In sales, of no team.
    ksenia: Workplace,
    /// In support.
    nina: Workplace,
    /// Of the team, in sales and support: to be given dialogs.
    pavel: OperatorId,
    _pavel: Workplace,
    // A page that is closed would have left.
    pages: Vec<(DialogId, CustomerPage)>,
    /// What whoever is asked about uploads with.
    token: String,
    /// What he has written last: where, and its number.
    said: Option<(DialogId, u32)>,
}

fn department(standing: &str) -> &'static str {
    match standing {
        "other queue" | "support" => "support",
        "vip" => "vip",
        _ => "sales",
    }
}

impl House {
    async fn open() -> Self {
        let desk = centre().await;
        let anna = desk.administrator().await;
        let vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
        let oleg = desk.staff("oleg", "Олег", post("operator", &["sales"], &[], Some("first"), None)).await;
        let ksenia = desk.staff("ksenia", "Ксения", post("operator", &["sales"], &[], None, None)).await;
        let nina = desk.staff("nina", "Нина", post("operator", &["support"], &[], None, None)).await;
        let pavel =
            desk.staff("pavel", "Павел", post("operator", &["sales", "support"], &[], Some("first"), None)).await;
        let (pages, token, said) = (Vec::new(), String::new(), None);
        let colleague = pavel.welcome.me.id;
        Self { desk, anna, vera, oleg, ksenia, nina, pavel: colleague, _pavel: pavel, pages, token, said }
    }

    /// Who leads a dialog that stands so; nobody, if it waits.
    fn leader<'a>(&'a mut self, me: &'a mut Workplace, standing: &str) -> Option<&'a mut Workplace> {
        match standing {
            "own" => Some(me),
            "team" | "taken restricted" => Some(&mut self.oleg),
            "sales" => Some(&mut self.ksenia),
            "support" => Some(&mut self.nina),
            _ => None,
        }
    }

    /// A rated dialog of a customer with a phone, which waits.
    async fn waiting(&mut self, standing: &str) -> DialogId {
        let (dialog, mut page) = self.vera.new_dialog(&self.desk, department(standing), "Где мой заказ?").await;
        let rating = CustomerFrame::Rate { dialog, stars: 2, note: Some("Долго".into()), answers: Vec::new() };
        page.send(&rating).await;
        self.pages.push((dialog, page));
        let edit = CustomerEdit { phone: Some("+7 900 123-45-67".into()), ..CustomerEdit::default() };
        self.vera.done(Op::EditCustomer { dialog, edit, was: Box::default() }).await;
        self.vera.until_row("a rating", dialog, |row| row.rating.is_some()).await;
        dialog
    }

    /// The customer of a dialog is restricted from now on, if the dialog has to stand so.
    async fn restrict(&mut self, dialog: DialogId, standing: &str) {
        if standing.ends_with("restricted") {
            let customer = self.vera.row(dialog).customer.id;
            self.anna.put(&format!("customers/{customer}/restricted"), json!({ "restricted": true })).await.good();
            self.vera.until_row("restricted", dialog, |row| row.customer.particulars.restricted).await;
        }
    }

    /// A dialog that stands so to `me`.
    async fn dialog(&mut self, me: &mut Workplace, standing: &str) -> DialogId {
        let dialog = self.waiting(standing).await;
        let position = self.vera.position;
        if let Some(leader) = self.leader(me, standing) {
            leader.reach_position(position).await;
            leader.accept(dialog).await;
            let position = leader.position;
            self.vera.reach_position(position).await;
        }
        self.restrict(dialog, standing).await;
        me.reach(&self.vera).await;
        dialog
    }

    /// The same, put off by whoever leads it.
    async fn held(&mut self, me: &mut Workplace, standing: &str) -> DialogId {
        let dialog = self.dialog(me, standing).await;
        let epoch = self.vera.row(dialog).epoch;
        if let Some(leader) = self.leader(me, standing) {
            leader.done(Op::Hold { dialog, epoch, until: None, reason: None }).await;
            let position = leader.position;
            self.vera.reach_position(position).await;
        }
        me.reach(&self.vera).await;
        dialog
    }

    /// A dialog that is only offered to whoever would lead it.
    async fn offered(&mut self, me: &mut Workplace, standing: &str) -> DialogId {
        let dialog = self.waiting(standing).await;
        let epoch = self.vera.row(dialog).epoch;
        if let Some(id) = self.leader(me, standing).map(|leader| leader.welcome.me.id) {
            let to = TransferTarget::Operator { id, force: false };
            self.vera.done(Op::Transfer { dialog, epoch, to }).await;
            assert_eq!(self.vera.row(dialog).state, DialogState::Offered);
        }
        self.restrict(dialog, standing).await;
        me.reach(&self.vera).await;
        dialog
    }

    /// The customer of a dialog that stood so, and is over for good.
    async fn left(&mut self, me: &mut Workplace, standing: &str) -> CustomerId {
        let dialog = self.dialog(me, standing).await;
        let page = self.pages.iter_mut().find(|(of, _)| *of == dialog).map(|(_, page)| page);
        page.unwrap().send(&CustomerFrame::Close).await;
        let closed = |state| matches!(state, DialogState::ClosedSoft | DialogState::Closed);
        self.vera.until_row("closed", dialog, |row| closed(row.state)).await;
        if self.vera.row(dialog).state == DialogState::ClosedSoft {
            let epoch = self.vera.row(dialog).epoch;
            self.vera.done(Op::Close { dialog, epoch }).await;
        }
        assert_eq!(self.vera.row(dialog).state, DialogState::Closed);
        me.reach(&self.vera).await;
        self.vera.row(dialog).customer.id
    }

    /// What comes of an act.
    async fn try_act(&mut self, me: &mut Workplace, act: &str, standing: &str, dialog: DialogId) -> char {
        let seen = me.state.dialogs.get(&dialog);
        let unseen = if seen.is_some() { '-' } else { '.' };
        match act {
            "see" => return if seen.is_some() { '+' } else { '.' },
            "see contacts" => {
                let clear = |row: &&otklik_model::Dialog| row.customer.phone.as_deref() == Some("+7 900 123-45-67");
                return if seen.filter(clear).is_some() { '+' } else { unseen };
            }
            "see rating" => return if seen.is_some_and(|row| row.rating.is_some()) { '+' } else { unseen },
            "read back" => return if me.history(dialog, 1, 9, 9).await.is_some() { '+' } else { unseen },
            _ => {}
        }
        let row = self.vera.row(dialog);
        let (epoch, customer) = (row.epoch, row.customer.id);
        // What he has written here last, the customer's words if nothing.
        let said = self.said.filter(|(of, _)| *of == dialog).map_or(1, |(_, seq)| seq);
        let op = match act {
            "change" => Op::EditMessage { dialog, seq: said, text: "Посмотрю завтра.".into() },
            "take back" => Op::DeleteMessage { dialog, seq: said },
            "send file" => {
                let file = self.desk.upload(&self.token, "bill.txt", b"12 000").await.id;
                Op::SendFile { dialog, epoch, file, text: String::new() }
            }
            "decline" => {
                let dialog = self.offered(me, standing).await;
                Op::Decline { dialog, epoch: self.vera.row(dialog).epoch }
            }
            "unhold" => {
                let dialog = self.held(me, standing).await;
                Op::Unhold { dialog, epoch: self.vera.row(dialog).epoch }
            }
            "invite" => {
                let customer = self.left(me, standing).await;
                let department = Some(department(standing).parse().unwrap());
                Op::Invite { customer, text: "Ваш заказ приехал.".into(), department }
            }
            _ => op(act, dialog, epoch, customer, self.pavel),
        };
        match me.command(op).await {
            Outcome::Done { message, .. } => {
                self.said = message.map(|stored| (dialog, stored.seq)).or(self.said);
                '+'
            }
            // He might have it sent, if this hub could send anything.
            Outcome::Refused { reason: Refusal::NoMailbox } if act == "transcript" => '+',
            Outcome::Refused { reason: Refusal::NotYourMessage } => '-',
            Outcome::Refused { reason: Refusal::NotFound } => '.',
            Outcome::Refused { reason: Refusal::Forbidden | Refusal::NotYourDialog { .. } } => '-',
            Outcome::Refused { reason: Refusal::AlreadyAccepted { .. } } => '-',
            // Whoever is to get it may not see it.
            Outcome::Refused { reason: Refusal::TargetUnavailable } => '-',
            Outcome::Refused { reason } => panic!("{act}: {reason:?}"),
        }
    }
}

fn op(act: &str, dialog: DialogId, epoch: u64, customer: otklik_model::CustomerId, colleague: OperatorId) -> Op {
    let to = |force| TransferTarget::Operator { id: colleague, force };
    match act {
        "accept" => Op::Accept { dialog, epoch },
        "write" => Op::SendText { dialog, epoch, text: "Сейчас посмотрю.".into(), quote: None },
        "note" => Op::SendNote { dialog, text: "Постоянный клиент".into() },
        "hold" => Op::Hold { dialog, epoch, until: None, reason: None },
        "close" => Op::Close { dialog, epoch },
        "give" => Op::Transfer { dialog, epoch, to: to(false) },
        "force" => Op::Transfer { dialog, epoch, to: to(true) },
        "sort" => Op::SortDialog { dialog, category: None, subject: Some("Заказ".into()), tags: None },
        "edit customer" => {
            let edit = CustomerEdit { comment: Some("вежливый".into()), ..CustomerEdit::default() };
            Op::EditCustomer { dialog, edit, was: Box::default() }
        }
        "ask contacts" => Op::RequestContact { dialog, epoch },
        "teleport" => Op::Teleport { dialog, epoch, address: "https://shop.example.org/pay".into() },
        "transcript" => Op::SendTranscript { dialog },
        "block" => Op::Block { dialog, until: None, reason: "брань".into() },
        "unblock" => Op::Unblock { customer },
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn s_h5_the_matrix_of_rights() {
    let mut house = House::open().await;
    let roles = [
        ("operator", post("operator", &["sales"], &[], Some("first"), None)),
        ("team-lead", post("team-lead", &["sales"], &[], None, Some("first"))),
        ("supervisor", post("supervisor", &["sales"], &["sales"], None, None)),
        ("administrator", post("administrator", &["sales"], &[], None, None)),
    ];
    let mut table = format!("\n{:17}{}\n", "", STANDINGS.join("  "));
    for (role, post) in roles {
        let mut me = house.desk.staff(role, role, post).await;
        house.token = house.desk.sign_in(role).await;
        table.push_str(&format!("{role}\n"));
        let mut lines = ACTS.map(|act| format!("  {act:13}  "));
        for standing in STANDINGS {
            let mut dialog = house.dialog(&mut me, standing).await;
            for (act, line) in ACTS.iter().zip(&mut lines) {
                let found = house.try_act(&mut me, act, standing, dialog).await;
                line.push_str(&format!("{found:^width$}", width = standing.len() + 2));
                if found == '+' && MOVES.contains(act) {
                    dialog = house.dialog(&mut me, standing).await;
                }
            }
        }
        lines.iter().for_each(|line| table.push_str(&format!("{}\n", line.trim_end())));
    }
    let plain = |table: &str| {
        table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(plain(&table), plain(TABLE), "{table}");
}

/// Whom each role knows, whose day it sees, and whose status it changes.
#[tokio::test]
async fn s_h5_the_matrix_of_colleagues() {
    let desk = centre().await;
    let mut vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
    let bot = |departments: &[&str]| Post { is_bot: true, ..post("operator", departments, &[], None, None) };
    let people = [
        ("oleg", post("operator", &["sales"], &[], Some("first"), None)),
        ("ksenia", post("operator", &["sales"], &[], None, None)),
        ("nina", post("operator", &["support"], &[], None, None)),
        ("zoya", post("operator", &[], &[], None, None)),
        ("robot", bot(&["sales"])),
        ("robot-of-support", bot(&["support"])),
    ];
    let mut ids = Vec::new();
    for (login, post) in people {
        let person = desk.staff(login, login, Post { is_bot: false, ..post.clone() }).await;
        ids.push(person.welcome.me.id);
        // Nobody signs in as a program.
        desk.users().await.set_post(login, post).await.unwrap();
    }
    // Seen: `d` with his day; `+` by name and kind of status; `.` not at all. Changed: `+` done; `-` refused; `.` there
    // is nobody like that.
    for (role, supervises, leads, seen, changed) in [
        ("operator", &[][..], None, "++.++.", "+--.--."),
        ("team-lead", &[], Some("first"), "d+.++.", "+--.--."),
        ("supervisor", &["sales"], None, "dd.dd.", "+++.+-."),
        ("administrator", &[], None, "dddddd", "+++++++"),
    ] {
        let mut me = desk.staff(role, role, post(role, &["sales"], supervises, None, leads)).await;
        let look = |id: &OperatorId| match me.state.operators.get(id) {
            Some(row) if row.day.is_some() => 'd',
            Some(_) => '+',
            None => '.',
        };
        assert_eq!(ids.iter().map(look).collect::<String>(), seen, "{role}");
        let own = me.welcome.me.day.as_ref().map(|day| day.set_by);
        assert_eq!(own, Some(otklik_model::SetBy::Login), "{role} sees his own");
        // The post was given beside the hub, which has to have heard of it.
        let post = |row: &Operator| row.day.as_ref().is_some_and(|day| !day.departments.is_empty());
        let id = me.welcome.me.id;
        vera.until("his post", |vera| vera.state.operators.get(&id).is_some_and(post)).await;
        let mut found = String::new();
        for of in std::iter::once(None).chain(ids.iter().copied().map(Some)) {
            found.push(match me.command(Op::ChooseStatus { code: "meeting".parse().unwrap(), of }).await {
                Outcome::Done { .. } => '+',
                Outcome::Refused { reason: Refusal::Forbidden } => '-',
                Outcome::Refused { reason: Refusal::NotFound } => '.',
                Outcome::Refused { reason } => panic!("{role}: {reason:?}"),
            });
        }
        assert_eq!(found, changed, "{role}");
    }
}
