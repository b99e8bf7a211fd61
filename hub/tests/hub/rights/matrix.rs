//! The matrix: each role, each thing it may do, with dialogs that stand differently to it; asked of the real hub over
//! real sockets, and written as one table.
//!
//! `+` done; `-` refused, and told why; `.` there is no such dialog for him.

use super::{centre, post};
use crate::kit::{CustomerPage, Desk, Workplace};
use otklik_model::{CustomerEdit, DialogId, Op, OperatorId, Outcome, Refusal, TransferTarget};

/// Led by himself, in sales; waiting in sales; waiting in support; led by somebody of his team, in sales; led by
/// somebody else in sales; led in support; waiting in the department for restricted customers.
const STANDINGS: [&str; 7] = ["own", "queue", "other queue", "team", "sales", "support", "vip"];

const TABLE: &str = "
                 own  queue  other queue  team  sales  support  vip
operator
  see             +     +        .         .      .       .      .
  read back       +     +        .         .      .       .      .
  see contacts    +     +        .         .      .       .      .
  accept          +     +        .         -      -       -      .
  write           +     -        .         .      .       .      .
  note            +     +        .         .      .       .      .
  change          +     +        .         .      .       .      .
  take back       +     +        .         .      .       .      .
  send file       +     -        .         .      .       .      .
  hold            +     -        .         .      .       .      .
  close           +     -        .         .      .       .      .
  give            +     -        .         .      .       .      .
  force           -     -        .         .      .       .      .
  sort            +     +        .         .      .       .      .
  edit customer   +     +        .         .      .       .      .
  ask contacts    +     -        .         .      .       .      .
  block           +     +        .         .      .       .      .
  unblock         -     -        -         -      -       -      -
team-lead
  see             +     +        .         +      .       .      .
  read back       +     +        .         +      .       .      .
  see contacts    +     +        .         -      .       .      .
  accept          +     +        .         -      -       -      .
  write           +     -        .         +      .       .      .
  note            +     +        .         +      .       .      .
  change          +     +        .         +      .       .      .
  take back       +     +        .         +      .       .      .
  send file       +     -        .         +      .       .      .
  hold            +     -        .         +      .       .      .
  close           +     +        .         +      .       .      .
  give            +     +        .         +      .       .      .
  force           -     -        .         -      .       .      .
  sort            +     +        .         -      .       .      .
  edit customer   +     +        .         -      .       .      .
  ask contacts    +     -        .         -      .       .      .
  block           +     +        .         -      .       .      .
  unblock         -     -        -         -      -       -      -
supervisor
  see             +     +        .         +      +       .      .
  read back       +     +        .         +      +       .      .
  see contacts    +     +        .         -      -       .      .
  accept          +     +        .         -      -       -      .
  write           +     -        .         +      +       .      .
  note            +     +        .         +      +       .      .
  change          +     +        .         +      +       .      .
  take back       +     +        .         +      +       .      .
  send file       +     -        .         +      +       .      .
  hold            +     -        .         +      +       .      .
  close           +     +        .         +      +       .      .
  give            +     +        .         +      +       .      .
  force           -     -        .         -      -       .      .
  sort            +     +        .         -      -       .      .
  edit customer   +     +        .         -      -       .      .
  ask contacts    +     -        .         -      -       .      .
  block           +     +        .         -      -       .      .
  unblock         +     +        +         +      +       +      +
administrator
  see             +     +        +         +      +       +      +
  read back       +     +        +         +      +       +      +
  see contacts    +     +        +         +      +       +      +
  accept          +     +        +         -      -       -      +
  write           +     -        -         +      +       +      -
  note            +     +        +         +      +       +      +
  change          +     +        +         +      +       +      +
  take back       +     +        +         +      +       +      +
  send file       +     -        -         +      +       +      -
  hold            +     -        -         +      +       +      -
  close           +     +        +         +      +       +      +
  give            +     +        +         +      +       +      -
  force           +     +        +         +      +       +      -
  sort            +     +        +         +      +       +      +
  edit customer   +     +        +         +      +       +      +
  ask contacts    +     -        -         +      +       +      -
  block           +     +        +         +      +       +      +
  unblock         +     +        +         +      +       +      +
";

const ACTS: [&str; 18] = [
    "see",
    "read back",
    "see contacts",
    "accept",
    "write",
    "note",
    "change",
    "take back",
    "send file",
    "hold",
    "close",
    "give",
    "force",
    "sort",
    "edit customer",
    "ask contacts",
    "block",
    "unblock",
];

/// After these a dialog stands differently.
const MOVES: [&str; 6] = ["accept", "hold", "close", "give", "force", "block"];

/// Everybody who is needed to make dialogs stand as they are wanted.
struct House {
    desk: Desk,
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
    pages: Vec<CustomerPage>,
    /// What whoever is asked about uploads with.
    token: String,
    /// What he has written last: where, and its number.
    said: Option<(DialogId, u32)>,
}

impl House {
    async fn open() -> Self {
        let desk = centre().await;
        let vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
        let oleg = desk.staff("oleg", "Олег", post("operator", &["sales"], &[], Some("first"), None)).await;
        let ksenia = desk.staff("ksenia", "Ксения", post("operator", &["sales"], &[], None, None)).await;
        let nina = desk.staff("nina", "Нина", post("operator", &["support"], &[], None, None)).await;
        let pavel =
            desk.staff("pavel", "Павел", post("operator", &["sales", "support"], &[], Some("first"), None)).await;
        Self {
            desk,
            vera,
            oleg,
            ksenia,
            nina,
            pavel: pavel.welcome.me.id,
            _pavel: pavel,
            pages: Vec::new(),
            token: String::new(),
            said: None,
        }
    }

    /// A dialog that stands so to `me`.
    async fn dialog(&mut self, me: &mut Workplace, standing: &str) -> DialogId {
        let department = match standing {
            "other queue" | "support" => "support",
            "vip" => "vip",
            _ => "sales",
        };
        let (dialog, page) = self.vera.new_dialog(&self.desk, department, "Где мой заказ?").await;
        self.pages.push(page);
        let edit = CustomerEdit { phone: Some("+7 900 123-45-67".into()), ..CustomerEdit::default() };
        self.vera.done(Op::EditCustomer { dialog, edit, was: Box::default() }).await;
        let leader = match standing {
            "own" => Some(&mut *me),
            "team" => Some(&mut self.oleg),
            "sales" => Some(&mut self.ksenia),
            "support" => Some(&mut self.nina),
            _ => None,
        };
        if let Some(leader) = leader {
            leader.reach(&self.vera).await;
            leader.accept(dialog).await;
            self.vera.reach(leader).await;
        }
        me.reach(&self.vera).await;
        dialog
    }

    /// What comes of an act.
    async fn try_act(&mut self, me: &mut Workplace, act: &str, dialog: DialogId) -> char {
        let seen = me.state.dialogs.get(&dialog);
        let unseen = if seen.is_some() { '-' } else { '.' };
        match act {
            "see" => return if seen.is_some() { '+' } else { '.' },
            "see contacts" => {
                let clear = |row: &&otklik_model::Dialog| row.customer.phone.as_deref() == Some("+7 900 123-45-67");
                return if seen.filter(clear).is_some() { '+' } else { unseen };
            }
            "read back" => return if me.history(dialog, 1, 9, 9).await.is_some() { '+' } else { unseen },
            _ => {}
        }
        let row = self.vera.row(dialog);
        // What he has written here last, the customer's words if nothing.
        let said = self.said.filter(|(of, _)| *of == dialog).map_or(1, |(_, seq)| seq);
        let op = match act {
            "change" => Op::EditMessage { dialog, seq: said, text: "Посмотрю завтра.".into() },
            "take back" => Op::DeleteMessage { dialog, seq: said },
            "send file" => {
                let file = self.desk.upload(&self.token, "bill.txt", b"12 000").await.id;
                Op::SendFile { dialog, epoch: row.epoch, file, text: String::new() }
            }
            _ => op(act, dialog, row.epoch, row.customer.id, self.pavel),
        };
        match me.command(op).await {
            Outcome::Done { message, .. } => {
                self.said = message.map(|stored| (dialog, stored.seq)).or(self.said);
                '+'
            }
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
                let found = house.try_act(&mut me, act, dialog).await;
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

/// Whom each role knows, and whose day it sees.
#[tokio::test]
async fn s_h5_the_matrix_of_colleagues() {
    let desk = centre().await;
    let people = [
        ("oleg", post("operator", &["sales"], &[], Some("first"), None)),
        ("ksenia", post("operator", &["sales"], &[], None, None)),
        ("nina", post("operator", &["support"], &[], None, None)),
        ("zoya", post("operator", &[], &[], None, None)),
    ];
    let mut ids = Vec::new();
    for (login, post) in people {
        ids.push(desk.staff(login, login, post).await.welcome.me.id);
    }
    // `d`: with his day; `+`: by name and kind of status; `.`: not at all.
    for (role, supervises, leads, expected) in [
        ("operator", &[][..], None, "++.+"),
        ("team-lead", &[], Some("first"), "d+.+"),
        ("supervisor", &["sales"], None, "dd.d"),
        ("administrator", &[], None, "dddd"),
    ] {
        let me = desk.staff(role, role, post(role, &["sales"], supervises, None, leads)).await;
        let look = |id: &OperatorId| match me.state.operators.get(id) {
            Some(row) if row.day.is_some() => 'd',
            Some(_) => '+',
            None => '.',
        };
        assert_eq!(ids.iter().map(look).collect::<String>(), expected, "{role}");
        let own = me.welcome.me.day.as_ref().map(|day| day.set_by);
        assert_eq!(own, Some(otklik_model::SetBy::Login), "{role} sees his own");
    }
}
