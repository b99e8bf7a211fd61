//! What operators do with a dialog beyond the main job, over real sockets.

use crate::kit::{CustomerPage, Desk, Workplace};
use otklik_hub::{
    Hands,
    centre::{Category, Centre, Department, Post},
    store::FileRow,
};
use otklik_model::{
    CloseReason, CustomerEdit, DialogId, DialogState, FileId, FileState, MessageKind, Op, Outcome, Refusal, Stamp,
    TransferTarget,
};
use uuid::Uuid;

/// Ира, an administrator, leads a dialog with Мария.
struct Scene {
    desk: Desk,
    hands: Hands,
    ira: Workplace,
    maria: CustomerPage,
    dialog: DialogId,
}

impl Scene {
    async fn set(rule: impl FnOnce(&mut Centre), post: impl FnOnce(&mut Post)) -> Self {
        let (desk, hands) = Desk::ruled(rule).await;
        let token = desk
            .posted("ira", "Ира", |own| {
                own.role = "administrator".parse().unwrap();
                post(own);
            })
            .await;
        let mut ira = desk.workplace(&token).await;
        let mut maria = desk.customer().await;
        maria.write("Где заказ?").await;
        let dialog = ira.only_dialog().await;
        ira.accept(dialog).await;
        Self { desk, hands, ira, maria, dialog }
    }

    async fn usual() -> Self {
        Self::set(|_| {}, |_| {}).await
    }

    fn epoch(&self) -> u64 {
        self.ira.row(self.dialog).epoch
    }

    async fn refused(&mut self, op: Op) -> Refusal {
        match self.ira.command(op.clone()).await {
            Outcome::Refused { reason } => reason,
            done @ Outcome::Done { .. } => panic!("{op:?}: {done:?}"),
        }
    }
}

#[tokio::test]
async fn what_ira_puts_off_wakes_when_the_customer_writes() {
    let mut scene = Scene::usual().await;
    let (dialog, epoch) = (scene.dialog, scene.epoch());
    let until = Some(Stamp(scene.desk.config.clock.now().0 + 3_600_000));
    let hold = Op::Hold { dialog, epoch, until, reason: Some("ждём склад".into()) };
    scene.ira.done(hold).await;
    let held = scene.ira.row(dialog).hold.clone().unwrap();
    assert_eq!((held.until, held.reason.as_deref()), (until, Some("ждём склад")));
    scene.maria.write("Ну что?").await;
    scene.ira.until_row("awake", dialog, |row| row.state == DialogState::Active).await;
    assert_eq!(scene.ira.row(dialog).hold, None);
    let past = Op::Hold { dialog, epoch, until: Some(Stamp(1)), reason: None };
    assert_eq!(scene.refused(past).await, Refusal::Unsupported);
    // Between operators: the customer is not told.
    scene.maria.until("the own words", |page| page.texts().contains(&"Ну что?")).await;
    assert!(!scene.maria.shows.texts().iter().any(|text| text.starts_with("held")));
}

#[tokio::test]
async fn oleg_declines_what_he_was_offered() {
    let mut scene = Scene::usual().await;
    let token = scene.desk.posted("oleg", "Олег", |_| {}).await;
    let mut oleg = scene.desk.workplace(&token).await;
    let (dialog, epoch) = (scene.dialog, scene.epoch());
    let to = TransferTarget::Operator { id: oleg.welcome.me.id, force: false };
    scene.ira.done(Op::Transfer { dialog, epoch, to }).await;
    oleg.until("the offer", |oleg| oleg.state.dialogs.contains_key(&dialog)).await;
    let epoch = oleg.row(dialog).epoch;
    oleg.done(Op::Decline { dialog, epoch }).await;
    scene.ira.until_row("returned", dialog, |row| row.state == DialogState::Queue).await;
    scene.ira.until_line(dialog, "declined Олег").await;
    let epoch = scene.epoch();
    assert_eq!(scene.refused(Op::Decline { dialog, epoch }).await, Refusal::NotYourDialog { owner: None });
}

#[tokio::test]
async fn ira_changes_and_takes_back_what_she_wrote_and_quotes_the_customer() {
    let mut scene = Scene::usual().await;
    let (dialog, epoch) = (scene.dialog, scene.epoch());
    let text = "Завтра".to_owned();
    scene.ira.done(Op::SendText { dialog, epoch, text, quote: Some(1) }).await;
    let seq = scene.ira.row(dialog).last_seq;
    let quote = scene.ira.messages[&(dialog, seq)].details.quote.clone().unwrap();
    assert_eq!((quote.seq, quote.excerpt.as_str()), (1, "Где заказ?"));
    scene.ira.done(Op::EditMessage { dialog, seq, text: "Послезавтра".into() }).await;
    let edited = scene.ira.messages[&(dialog, seq)].clone();
    assert_eq!((edited.text.as_str(), edited.details.edited_at.is_some()), ("Послезавтра", true));
    assert_eq!(scene.ira.row(dialog).last.as_ref().unwrap().text, "Послезавтра");
    assert_eq!(scene.refused(Op::EditMessage { dialog, seq: 1, text: "x".into() }).await, Refusal::NotYourMessage);
    scene.ira.done(Op::DeleteMessage { dialog, seq }).await;
    let stored = scene.ira.history(dialog, seq, seq, 1).await.unwrap().pop().unwrap();
    assert_eq!((stored.text.as_str(), stored.details.deleted_at.is_some()), ("", true));
    scene.ira.say(dialog, "Сегодня").await;
    scene.hands.forward(std::time::Duration::from_secs(3_601));
    assert_eq!(scene.refused(Op::DeleteMessage { dialog, seq: seq + 1 }).await, Refusal::TooLate);
}

#[tokio::test]
async fn a_dialog_is_sorted_before_it_is_closed() {
    let rule = |centre: &mut Centre| {
        centre.category_required = true;
        centre.categories.insert("delivery".parse().unwrap(), Category::default());
    };
    let mut scene = Scene::set(rule, |_| {}).await;
    let (dialog, epoch) = (scene.dialog, scene.epoch());
    assert_eq!(scene.refused(Op::Close { dialog, epoch }).await, Refusal::CategoryRequired);
    let sort = |category: &str| Op::SortDialog {
        dialog,
        category: Some(category.into()),
        subject: Some("Посылка".into()),
        tags: Some(vec!["vip".into()]),
    };
    assert_eq!(scene.refused(sort("unheard-of")).await, Refusal::NoSuchKey);
    scene.ira.done(sort("delivery")).await;
    let row = scene.ira.row(dialog);
    assert_eq!((row.subject.as_deref(), row.tags.as_slice()), (Some("Посылка"), ["vip".to_owned()].as_slice()));
    scene.ira.done(Op::Close { dialog, epoch }).await;
    assert_eq!(scene.ira.row(dialog).state, DialogState::ClosedSoft);
    let to = TransferTarget::Department { key: "sales".parse().unwrap() };
    assert_eq!(scene.refused(Op::Transfer { dialog, epoch, to }).await, Refusal::DialogClosed);
}

#[tokio::test]
async fn a_department_may_want_a_category_where_the_centre_does_not_and_the_other_way_round() {
    for (everywhere, department) in [(false, "strict"), (true, "lenient")] {
        let rule = |centre: &mut Centre| {
            centre.category_required = everywhere;
            centre.categories.insert("delivery".parse().unwrap(), Category::default());
            for (key, own) in [("strict", Some(true)), ("lenient", Some(false)), ("other", None)] {
                let own = Department { category_required: own, ..Department::default() };
                centre.departments.insert(key.parse().unwrap(), own);
            }
            centre.default_department = Some(department.parse().unwrap());
        };
        let mut scene = Scene::set(rule, |_| {}).await;
        let (dialog, epoch) = (scene.dialog, scene.epoch());
        let wanted = department == "strict";
        if wanted {
            assert_eq!(scene.refused(Op::Close { dialog, epoch }).await, Refusal::CategoryRequired);
            let category = Some("delivery".into());
            scene.ira.done(Op::SortDialog { dialog, category, subject: None, tags: None }).await;
        }
        scene.ira.done(Op::Close { dialog, epoch }).await;
        assert_eq!(scene.ira.row(dialog).category.is_some(), wanted);
    }
}

#[tokio::test]
async fn a_blocked_customer_is_refused_until_somebody_lifts_it() {
    let mut scene = Scene::usual().await;
    let dialog = scene.dialog;
    let customer = scene.ira.row(dialog).customer.id;
    scene.ira.done(Op::Block { dialog, until: None, reason: "брань".into() }).await;
    let row = scene.ira.row(dialog);
    assert_eq!((row.state, row.close_reason), (DialogState::Closed, Some(CloseReason::Blocked)));
    assert_eq!(scene.maria.write("Ещё").await, (None, Some("blocked".into())));
    let invite = Op::Invite { customer, text: "x".into(), department: None };
    assert_eq!(scene.refused(invite).await, Refusal::CustomerBlocked);
    scene.ira.done(Op::Unblock { customer }).await;
    let (_, refused) = scene.maria.write("Простите").await;
    assert_eq!(refused, None);
    scene.ira.until("a new dialog", |ira| ira.state.dialogs.values().any(|row| row.number == 2)).await;
}

#[tokio::test]
async fn what_ira_learns_of_the_customer_stays_with_him() {
    let mut scene = Scene::set(|centre| centre.close_at_once = true, |_| {}).await;
    let (dialog, epoch) = (scene.dialog, scene.epoch());
    let edit = CustomerEdit {
        name: Some("Мария".into()),
        email: Some("maria@shop.example".into()),
        ..CustomerEdit::default()
    };
    scene.ira.done(Op::EditCustomer { dialog, edit, was: Box::default() }).await;
    assert_eq!(scene.ira.row(dialog).customer.email.as_deref(), Some("maria@shop.example"));
    scene.ira.done(Op::Close { dialog, epoch }).await;
    assert_eq!(scene.ira.row(dialog).state, DialogState::Closed);
    let customer = scene.ira.row(dialog).customer.id;
    scene.ira.done(Op::Invite { customer, text: "Ваш заказ приехал.".into(), department: None }).await;
    let found = |ira: &Workplace| ira.state.dialogs.values().find(|row| row.number == 2).map(|row| row.id);
    scene.ira.until("the invitation", |ira| found(ira).is_some()).await;
    let second = found(&scene.ira).unwrap();
    let row = scene.ira.row(second);
    assert_eq!((row.state, row.customer.name.as_str()), (DialogState::Invitation, "Мария"));
    let again = Op::Invite { customer, text: "x".into(), department: None };
    assert_eq!(scene.refused(again).await, Refusal::DialogOpen);
    scene.maria.write("Спасибо!").await;
    scene.ira.until_row("answered", second, |row| row.state == DialogState::Active).await;
}

#[tokio::test]
async fn a_file_is_sent_once_by_whoever_uploaded_it() {
    let mut scene = Scene::usual().await;
    let (dialog, epoch) = (scene.dialog, scene.epoch());
    let (books, workspace) = scene.desk.books().await;
    let row = |by| FileRow {
        id: FileId(Uuid::now_v7()),
        workspace,
        dialog: None,
        by,
        name: "cat.png".into(),
        media: "image/png".into(),
        size: 10,
        sha256: [0; 32],
        state: FileState::Ready,
        pixels: None,
        at: Stamp(1),
    };
    let (own, foreign) = (row(scene.ira.welcome.me.id.0), row(Uuid::now_v7()));
    books.add_file(own.clone()).await.unwrap();
    books.add_file(foreign.clone()).await.unwrap();
    let send = |file| Op::SendFile { dialog, epoch, file, text: "Вот".into() };
    assert_eq!(scene.refused(send(foreign.id)).await, Refusal::FileUnusable);
    assert_eq!(scene.refused(send(FileId(Uuid::now_v7()))).await, Refusal::FileUnusable);
    scene.ira.done(send(own.id)).await;
    let seq = scene.ira.row(dialog).last_seq;
    let sent = scene.ira.messages[&(dialog, seq)].clone();
    assert_eq!((sent.kind, sent.details.file.unwrap().name.as_str()), (MessageKind::File, "cat.png"));
    assert_eq!(scene.refused(send(own.id)).await, Refusal::FileUnusable, "it has its dialog");
    scene.ira.done(Op::RequestContact { dialog, epoch }).await;
    let asked = scene.ira.messages[&(dialog, seq + 1)].kind;
    assert_eq!(asked, MessageKind::ContactRequest);
}
