//! One person writes from several browsers: operators say that he is one, and take it back. He himself never hears of it.

use crate::kit::{CustomerPage, Desk, Workplace, client_id, within};
use crate::rights::{centre, post};
use otklik_model::{
    Candidate, CloseReason, CustomerEdit, CustomerId, Dialog, DialogId, DialogState, Identity, MessageSearch, Op,
    Outcome, Refusal, Side, TransferTarget, Union,
};
use otklik_wire::customer::{CustomerFrame, HubCustomerFrame};
use otklik_wire::operator::{Fetch, HubFrame};

/// An operator who leads two dialogs: Мария wrote from two browsers.
struct Scene {
    desk: Desk,
    vera: Workplace,
    dialogs: [DialogId; 2],
    pages: [CustomerPage; 2],
}

impl Scene {
    async fn begin() -> Self {
        let desk = centre().await;
        let mut vera = desk.staff("vera", "Вера", post("administrator", &[], &[], None, None)).await;
        let (one, first) = vera.new_dialog(&desk, "sales", "посылка с телефона").await;
        let (two, second) = vera.new_dialog(&desk, "sales", "посылка с работы").await;
        vera.accept(one).await;
        vera.accept(two).await;
        Self { desk, vera, dialogs: [one, two], pages: [first, second] }
    }

    async fn edit(&mut self, which: usize, edit: CustomerEdit) {
        self.vera.done(Op::EditCustomer { dialog: self.dialogs[which], edit, was: Box::default() }).await;
    }

    fn join(&self, union: Union) -> Op {
        let [person, other_person] = self.dialogs.map(|dialog| self.vera.row(dialog).customer.person());
        let [dialog, other] = self.dialogs;
        Op::JoinCustomers { dialog, other, union: Box::new(union), person, other_person }
    }

    fn separate(&self) -> Op {
        let [dialog, other] = self.dialogs;
        let customer = &self.vera.row(other).customer;
        Op::SeparateCustomer { dialog, customer: customer.id, person: customer.person() }
    }
}

fn phone(number: &str) -> CustomerEdit {
    CustomerEdit { phone: Some(number.into()), ..CustomerEdit::default() }
}

fn named(name: &str) -> CustomerEdit {
    CustomerEdit { name: Some(name.into()), ..CustomerEdit::default() }
}

async fn refused(who: &mut Workplace, op: Op) -> Refusal {
    match who.command(op).await {
        Outcome::Refused { reason } => reason,
        done @ Outcome::Done { .. } => panic!("{done:?}"),
    }
}

async fn identities(who: &mut Workplace, dialog: DialogId) -> Vec<Identity> {
    match who.ask(Fetch::Identities { dialog }).await {
        HubFrame::Identities { identities, .. } => identities,
        other => panic!("{other:?}"),
    }
}

async fn candidates(who: &mut Workplace, dialog: DialogId, wanted: Option<&str>) -> Vec<Candidate> {
    match who.ask(Fetch::Candidates { dialog, wanted: wanted.map(str::to_owned) }).await {
        HubFrame::Candidates { candidates, .. } => candidates,
        other => panic!("{other:?}"),
    }
}

async fn earlier(who: &mut Workplace, dialog: DialogId) -> Vec<DialogId> {
    match who.ask(Fetch::DialogsOf { dialog, before: None, limit: 9 }).await {
        HubFrame::Dialogs { dialogs, .. } => dialogs.iter().map(|row| row.id).collect(),
        other => panic!("{other:?}"),
    }
}

/// What a page has been told since, up to now.
async fn heard(page: &mut CustomerPage) -> Vec<HubCustomerFrame> {
    page.send(&CustomerFrame::Beat).await;
    let mut heard = Vec::new();
    loop {
        match page.next().await.unwrap() {
            HubCustomerFrame::Beat => return heard,
            frame => heard.push(frame),
        }
    }
}

#[tokio::test]
async fn two_customers_become_one_person_and_each_goes_on_in_his_own_dialog() {
    let mut scene = Scene::begin().await;
    let [one, two] = scene.dialogs;
    scene.edit(0, named("Мария")).await;
    scene.edit(0, phone("+7 900 123-45-67")).await;
    scene.edit(1, named("Маша")).await;
    let before = scene.dialogs.map(|dialog| scene.vera.row(dialog).clone());
    for page in &mut scene.pages {
        heard(page).await;
    }
    scene.vera.done(scene.join(Union { name: Side::Other, ..Union::default() })).await;
    for (row, before) in scene.dialogs.iter().map(|dialog| scene.vera.row(*dialog)).zip(&before) {
        let customer = &row.customer;
        assert_eq!((customer.name.as_str(), customer.phone.as_deref()), ("Маша", Some("+7 900 123-45-67")));
        assert_eq!((row.number, row.state, row.epoch), (before.number, before.state, before.epoch), "not disturbed");
        assert_eq!((customer.id, customer.number), (before.customer.id, before.customer.number));
    }
    assert_eq!(scene.vera.row(one).customer.person(), scene.vera.row(two).customer.person());
    // Neither of the browsers learns anything, and what is written goes where it went.
    for page in &mut scene.pages {
        assert_eq!(heard(page).await, []);
    }
    scene.vera.say(one, "Вам на телефон").await;
    scene.pages[0].until("the answer", |page| page.texts().contains(&"Вам на телефон")).await;
    assert_eq!(heard(&mut scene.pages[1]).await, []);
    scene.pages[1].write("а я тут").await;
    scene.vera.until("it", |vera| vera.texts(two).contains(&"а я тут")).await;
    assert!(!scene.vera.texts(one).contains(&"а я тут"));
    assert_eq!(heard(&mut scene.pages[0]).await, []);

    assert_eq!(earlier(&mut scene.vera, one).await, [two, one]);
    assert_eq!(earlier(&mut scene.vera, two).await, [two, one]);
    let search = |search: MessageSearch| Fetch::Search { search, before: None, limit: 9 };
    let person = scene.vera.row(one).customer.person();
    for asked in [
        MessageSearch { person: Some(person), ..MessageSearch::of("посылка") },
        MessageSearch { customer: Some("Маша".into()), ..MessageSearch::of("посылка") },
        MessageSearch { customer: Some(person.to_string()), ..MessageSearch::of("посылка") },
    ] {
        let HubFrame::Found { hits, .. } = scene.vera.ask(search(asked.clone())).await else { panic!("an answer") };
        assert_eq!(hits.len(), 2, "{asked:?}");
    }
    let told = identities(&mut scene.vera, one).await;
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|one| one.on_site && one.unreachable == Some(Refusal::DialogOpen)));
    let trail = scene.desk.administrator().await.trail().await;
    assert!(trail.contains(&"customer.joined".to_owned()));
}

#[tokio::test]
async fn what_is_put_right_in_one_card_and_a_block_hold_for_the_whole_person() {
    let mut scene = Scene::begin().await;
    let [one, two] = scene.dialogs;
    scene.vera.done(scene.join(Union::default())).await;
    scene.edit(1, phone("8 800")).await;
    scene.vera.until_row("the same card", one, |row| row.customer.phone.as_deref() == Some("8 800")).await;
    // What he fills in himself in one browser is known in the other.
    let id = client_id();
    let email = Some("maria@example.org".to_owned());
    scene.pages[0].ask(id, &CustomerFrame::Contacts { id, name: None, email: email.clone(), phone: None }).await;
    scene.vera.until_row("the address", two, |row| row.customer.email == email).await;
    scene.vera.done(Op::Block { dialog: one, until: None, reason: "брань".into() }).await;
    scene.vera.until_row("the block", two, |row| row.customer.particulars.block.is_some()).await;
    scene.pages[1].until("told", |page| page.blocked).await;
    assert_eq!(scene.pages[1].write("а так?").await.1.as_deref(), Some("blocked"));
    let customer = scene.vera.row(two).customer.id;
    free(&mut scene.vera, customer).await;
    scene.pages[1].until("free", |page| !page.blocked).await;
    assert_eq!(scene.pages[1].write("спасибо").await.1, None);
}

/// Lifts a block. Without a dialog that goes on there is nothing of it in a list.
async fn free(who: &mut Workplace, customer: CustomerId) {
    let outcome = who.command(Op::Unblock { customer }).await;
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
}

fn shut(row: &Dialog) -> bool {
    (row.state, row.close_reason) == (DialogState::Closed, Some(CloseReason::Blocked))
}

#[tokio::test]
async fn a_block_closes_every_dialog_of_the_person_whoever_leads_it_and_wherever_it_is_asked() {
    let mut scene = Scene::begin().await;
    let [one, two] = scene.dialogs;
    scene.vera.done(scene.join(Union::default())).await;
    let mut anna = scene.desk.staff("anna", "Анна", post("administrator", &[], &[], None, None)).await;
    let (epoch, id) = (scene.vera.row(two).epoch, anna.me().id);
    scene.vera.done(Op::Transfer { dialog: two, epoch, to: TransferTarget::Operator { id, force: true } }).await;
    anna.until_row("hers", two, |row| row.assignee == Some(id)).await;

    let asked = Op::Block { dialog: one, until: None, reason: "брань".into() };
    let at = scene.vera.done(asked).await;
    assert!(shut(scene.vera.row(one)));
    scene.vera.until_row("the other one", two, shut).await;
    anna.until_row("it is taken from her", two, shut).await;
    assert!(anna.texts(two).contains(&"blocked Вера"), "she is told by whom");
    assert_eq!(scene.vera.row(two).rev.0, at.0 + 1, "in one piece: nothing came in between");
    for page in &mut scene.pages {
        page.until("told", |page| page.blocked).await;
        assert_eq!(page.write("ещё").await.1.as_deref(), Some("blocked"));
    }

    // He is free again, writes from work once more, and is blocked from what he wrote of old from home.
    let customer = scene.vera.row(one).customer.id;
    free(&mut scene.vera, customer).await;
    scene.pages[1].until("free", |page| !page.blocked).await;
    assert_eq!(scene.pages[1].write("опять я").await.1, None);
    scene.vera.until("a third dialog", |vera| vera.state.dialogs.len() == 3).await;
    let third = *scene.vera.state.dialogs.keys().find(|dialog| !scene.dialogs.contains(dialog)).unwrap();
    scene.vera.done(Op::Block { dialog: one, until: None, reason: "опять".into() }).await;
    scene.vera.until_row("closed", third, shut).await;
    scene.pages[1].until("told again", |page| page.blocked).await;

    // The same from an older dialog of the same customer.
    let customer = scene.vera.row(two).customer.id;
    free(&mut scene.vera, customer).await;
    scene.pages[1].until("free", |page| !page.blocked).await;
    assert_eq!(scene.pages[1].write("и снова я").await.1, None);
    scene.vera.until("a fourth dialog", |vera| vera.state.dialogs.len() == 4).await;
    let known = [one, two, third];
    let fourth = *scene.vera.state.dialogs.keys().find(|dialog| !known.contains(dialog)).unwrap();
    scene.vera.done(Op::Block { dialog: two, until: None, reason: "и снова".into() }).await;
    scene.vera.until_row("closed", fourth, shut).await;
    scene.pages[1].until("told for good", |page| page.blocked).await;
    assert_eq!(scene.pages[1].write("а так?").await.1.as_deref(), Some("blocked"));
}

#[tokio::test]
async fn a_block_of_a_customer_without_a_dialog_closes_those_of_the_same_person() {
    let mut scene = Scene::begin().await;
    let [one, two] = scene.dialogs;
    scene.vera.done(scene.join(Union::default())).await;
    scene.pages[0].send(&CustomerFrame::Close).await;
    scene.vera.until_row("closed by him", one, |row| row.state.is_closed()).await;
    let epoch = scene.vera.row(one).epoch;
    scene.vera.done(Op::Close { dialog: one, epoch }).await;
    assert_eq!(scene.vera.row(one).state, DialogState::Closed);
    let administrator = scene.desk.administrator().await;
    let number = scene.vera.row(one).customer.number;
    let path = format!("customers/{number}/block");
    administrator.put(&path, serde_json::json!({ "reason": "брань" })).await.good();
    scene.vera.until_row("the other one", two, shut).await;
    for page in &mut scene.pages {
        page.until("told", |page| page.blocked).await;
        assert_eq!(page.write("ещё").await.1.as_deref(), Some("blocked"));
    }
    assert_eq!(administrator.trail().await.iter().filter(|what| *what == "customer.blocked").count(), 1);
}

#[tokio::test]
async fn a_mistake_is_undone_and_each_has_his_own_again() {
    let mut scene = Scene::begin().await;
    let [one, two] = scene.dialogs;
    scene.edit(0, named("Мария")).await;
    scene.edit(1, phone("8 800")).await;
    let before = scene.dialogs.map(|dialog| scene.vera.row(dialog).customer.clone());
    scene.vera.done(scene.join(Union::default())).await;
    for page in &mut scene.pages {
        heard(page).await;
    }
    scene.vera.done(scene.separate()).await;
    assert_eq!(scene.dialogs.map(|dialog| scene.vera.row(dialog).customer.clone()), before);
    for (page, dialog) in scene.pages.iter_mut().zip(scene.dialogs) {
        assert_eq!(heard(page).await, []);
        assert_eq!(earlier(&mut scene.vera, dialog).await, [dialog]);
        assert_eq!(identities(&mut scene.vera, dialog).await.len(), 1);
    }
    let [first, second] = before.map(|customer| (customer.id, customer.person()));
    let again = Op::SeparateCustomer { dialog: one, customer: second.0, person: first.1 };
    assert_eq!(refused(&mut scene.vera, again).await, Refusal::Regrouped);
    let alone = Op::SeparateCustomer { dialog: two, customer: second.0, person: second.1 };
    assert_eq!(refused(&mut scene.vera, alone).await, Refusal::Regrouped);
    assert!(scene.desk.administrator().await.trail().await.contains(&"customer.separated".to_owned()));
}

#[tokio::test]
async fn of_two_operators_who_say_it_at_once_one_is_heard_and_the_other_is_told() {
    let mut scene = Scene::begin().await;
    let mut anna = scene.desk.staff("anna", "Анна", post("administrator", &[], &[], None, None)).await;
    // The hub has heard of her post when it lets her into somebody else's dialog.
    let note = Op::SendNote { dialog: scene.dialogs[0], text: "вижу".into() };
    within("her post", async { while matches!(anna.command(note.clone()).await, Outcome::Refused { .. }) {} }).await;
    let join = scene.join(Union::default());
    let (mine, hers) = tokio::join!(scene.vera.command(join.clone()), anna.command(join.clone()));
    let done = |outcome: &Outcome| matches!(outcome, Outcome::Done { .. });
    assert!(done(&mine) != done(&hers), "{mine:?} {hers:?}");
    let loser = if done(&mine) { hers } else { mine };
    assert_eq!(loser, Outcome::Refused { reason: Refusal::SamePerson });
    // Of what was looked at before, nobody says that it is still so.
    let (third, _page) = scene.vera.new_dialog(&scene.desk, "sales", "я не он").await;
    let Op::JoinCustomers { dialog, union, other_person, .. } = join else { panic!() };
    let person = scene.vera.row(third).customer.person();
    let stale = Op::JoinCustomers { dialog: third, other: dialog, union, person, other_person: other_person + 100 };
    assert_eq!(refused(&mut scene.vera, stale).await, Refusal::Regrouped);
    // The same request again has the same answer.
    let id = client_id();
    let separate = scene.separate();
    let first = scene.vera.command_as(id, separate.clone()).await;
    assert!(done(&first));
    assert_eq!(scene.vera.command_as(id, separate).await, first);
}

#[tokio::test]
async fn s_h6_nobody_joins_or_finds_what_he_does_not_see() {
    let mut scene = Scene::begin().await;
    let [one, two] = scene.dialogs;
    scene.edit(0, phone("+7 900 123-45-67")).await;
    scene.edit(1, phone("8 (900) 123-45-67")).await;
    let found = candidates(&mut scene.vera, one, None).await;
    assert_eq!(found.iter().map(|one| (one.dialog, one.same)).collect::<Vec<_>>(), [(two, true)]);
    let number = scene.vera.row(two).customer.number.to_string();
    for wanted in ["123-45", "9001234567", number.as_str()] {
        assert_eq!(candidates(&mut scene.vera, one, Some(wanted)).await.len(), 1, "{wanted}");
    }
    assert_eq!(candidates(&mut scene.vera, one, Some("Пётр")).await, []);

    let mut oleg = scene.desk.staff("oleg", "Олег", post("operator", &["sales"], &[], None, None)).await;
    let epoch = scene.vera.row(one).epoch;
    let to = otklik_model::TransferTarget::Operator { id: oleg.welcome.me.id, force: true };
    scene.vera.done(Op::Transfer { dialog: one, epoch, to }).await;
    oleg.until("his dialog", |oleg| oleg.state.dialogs.contains_key(&one)).await;
    let join = scene.join(Union::default());
    assert_eq!(refused(&mut oleg, join).await, Refusal::NotFound, "the other one is not in his sight");
    for what in [
        Fetch::Candidates { dialog: one, wanted: Some("123-45".into()) },
        Fetch::Candidates { dialog: one, wanted: None },
    ] {
        match oleg.ask(what).await {
            HubFrame::Candidates { candidates, .. } => assert_eq!(candidates, []),
            HubFrame::FetchFailed { retry: false, .. } => {}
            other => panic!("{other:?}"),
        }
    }
    let hidden = Fetch::Identities { dialog: two };
    assert_eq!(oleg.ask(hidden).await, HubFrame::FetchFailed { req: 10, retry: false });
    scene.vera.done(scene.join(Union::default())).await;
    oleg.reach(&scene.vera).await;
    let told = identities(&mut oleg, one).await;
    assert_eq!(told.iter().map(|one| one.dialog).collect::<Vec<_>>(), [one], "his own, and not a word of the other");
    assert_eq!(earlier(&mut oleg, one).await, [one]);
    let mut auditor = scene.desk.staff("nina", "Нина", post("operator", &["support"], &[], None, None)).await;
    assert_eq!(refused(&mut auditor, scene.separate()).await, Refusal::NotFound);
}

#[tokio::test]
async fn a_new_dialog_begins_with_the_one_who_was_chosen() {
    let (desk, _hands) = Desk::ruled(|centre| centre.close_at_once = true).await;
    let token = desk.posted("ira", "Ира", |post| post.role = "administrator".parse().unwrap()).await;
    let mut ira = desk.workplace(&token).await;
    let (mut dialogs, mut pages) = (Vec::new(), Vec::new());
    for words in ["с телефона", "с работы"] {
        let mut page = desk.customer().await;
        page.write(words).await;
        ira.until("the next one", |ira| ira.state.dialogs.len() == dialogs.len() + 1).await;
        let dialog = *ira.state.dialogs.iter().find(|(_, row)| row.state == DialogState::Queue).unwrap().0;
        ira.accept(dialog).await;
        dialogs.push(dialog);
        pages.push(page);
    }
    let [person, other_person] = [dialogs[0], dialogs[1]].map(|dialog| ira.row(dialog).customer.person());
    let union = Box::default();
    ira.done(Op::JoinCustomers { dialog: dialogs[0], other: dialogs[1], union, person, other_person }).await;
    let epoch = ira.row(dialogs[1]).epoch;
    ira.done(Op::Close { dialog: dialogs[1], epoch }).await;
    pages[1].until("over", |page| page.dialog.as_ref().is_some_and(|head| head.closed)).await;
    let told = identities(&mut ira, dialogs[0]).await;
    let of = |dialog| told.iter().find(|one| one.dialog == dialog).unwrap();
    assert_eq!(
        (of(dialogs[0]).unreachable.clone(), of(dialogs[0]).open),
        (Some(Refusal::DialogOpen), Some(dialogs[0]))
    );
    assert_eq!((of(dialogs[1]).unreachable.clone(), of(dialogs[1]).open), (None, None));
    let customer = of(dialogs[1]).customer;
    heard(&mut pages[0]).await;
    ira.done(Op::Invite { customer, text: "Ваш заказ приехал".into(), department: None }).await;
    pages[1].until("the invitation", |page| page.texts().contains(&"Ваш заказ приехал")).await;
    assert_eq!(heard(&mut pages[0]).await.len(), 0, "not over the other way");
    let begun = ira.state.dialogs.values().find(|row| row.state == DialogState::Invitation).unwrap();
    assert_eq!((begun.customer.id, begun.customer.person()), (customer, person.min(other_person)));
    // What becomes of his earlier dialog is not shown to him in its place.
    let (old, begun) = (dialogs[1], begun.id);
    heard(&mut pages[1]).await;
    ira.done(Op::EditCustomer { dialog: old, edit: named("Мария"), was: Box::default() }).await;
    assert_eq!(heard(&mut pages[1]).await, []);
    assert_eq!(pages[1].shows.dialog.as_ref().map(|head| head.id), Some(begun));
}

#[tokio::test]
async fn whoever_asks_what_is_kept_is_told_of_the_whole_person_and_all_of_it_is_erased() {
    let mut scene = Scene::begin().await;
    scene.edit(1, named("canary-masha")).await;
    scene.vera.done(scene.join(Union::default())).await;
    let anna = scene.desk.administrator().await;
    let number = scene.vera.row(scene.dialogs[0]).customer.number;
    let told = anna.get(&format!("customers/{number}/export")).await;
    assert_eq!(told["dialogs"].as_array().unwrap().len(), 2);
    assert_eq!((told["others"].as_array().unwrap().len(), told["apart"].as_array().unwrap().len()), (1, 2));
    assert!(told.to_string().contains("посылка с работы"));
    assert_eq!(anna.get(&format!("customers/{number}")).await["person"], number);
    let taken = anna.post(&format!("customers/{number}/erase"), serde_json::json!({})).await.good();
    assert_eq!(taken["dialogs"].as_array().unwrap().len(), 2);
    for dialog in scene.dialogs {
        scene.vera.until("gone", |vera| !vera.state.dialogs.contains_key(&dialog)).await;
    }
    for page in &scene.pages {
        let again = scene.desk.customer_again(page).await;
        assert_ne!(again.shows.token, page.shows.token, "he comes back as somebody new");
    }
}
