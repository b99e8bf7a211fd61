//! Forms for contacts: what a page shows, and that the hub keeps to it whatever a page says.

use crate::kit::{CustomerPage, Desk, client_id};
use otklik_hub::centre::{Centre, Department, FieldPresence, FieldRules, FormRules, Forms};
use otklik_model::{ContactField, FieldFault, FieldKind, MessageKind, Op, OperatorStatus};
use otklik_wire::customer::{AskedField, CustomerFrame, WrongField};

const MASK: &str = "+7 (999) 999-99-99";

fn required() -> FieldRules {
    FieldRules { presence: FieldPresence::Required, ..FieldRules::default() }
}

/// A phone is wanted of whoever writes while nobody is there, a name of everybody else; who is asked gives both.
fn asking(centre: &mut Centre) {
    let phone = FieldRules { mask: Some(MASK.to_owned()), ..required() };
    let hidden = FieldRules { presence: FieldPresence::Hidden, ..FieldRules::default() };
    let letters = FieldRules { kind: FieldKind::Letters, max_chars: Some(20), ..required() };
    let rules = |of: &[(ContactField, &FieldRules)]| of.iter().map(|(f, r)| (*f, (*r).clone())).collect::<FormRules>();
    centre.forms = Forms {
        default: rules(&[(ContactField::Email, &hidden)]),
        offline: Some(rules(&[(ContactField::Phone, &phone)])),
        first_question: Some(rules(&[(ContactField::Name, &letters), (ContactField::Phone, &hidden)])),
        contacts_request: Some(rules(&[(ContactField::Name, &required()), (ContactField::Phone, &phone)])),
    };
}

fn fields(asked: &[AskedField]) -> Vec<(ContactField, bool)> {
    asked.iter().map(|asked| (asked.field, asked.required)).collect()
}

fn wrong(field: ContactField, fault: FieldFault) -> Option<WrongField> {
    Some(WrongField { field, fault })
}

/// Gives contacts; what came of it, and which field was wrong.
async fn give(
    page: &mut CustomerPage,
    name: Option<&str>,
    email: Option<&str>,
    phone: Option<&str>,
) -> (Option<String>, Option<WrongField>) {
    let text = |value: Option<&str>| value.map(str::to_owned);
    let id = client_id();
    let frame = CustomerFrame::Contacts { id, name: text(name), email: text(email), phone: text(phone) };
    let (_, refused) = page.ask(id, &frame).await;
    (refused, page.shows.wrong.get(&id).copied())
}

async fn write(page: &mut CustomerPage, text: &str) -> (Option<String>, Option<WrongField>) {
    let id = client_id();
    let (_, refused) = page.write_as(id, text).await;
    (refused, page.shows.wrong.get(&id).copied())
}

#[tokio::test]
async fn a_centre_that_says_nothing_asks_as_ever() {
    let desk = Desk::start().await;
    let mut page = desk.customer().await;
    let forms = page.shows.forms.clone();
    assert_eq!((forms.offline, forms.first_question), (Vec::new(), Vec::new()));
    assert_eq!(fields(&forms.contacts_request), ContactField::ALL.map(|field| (field, false)));
    assert_eq!(write(&mut page, "Здравствуйте!").await, (None, None));
    let malformed = Some("malformed".to_owned());
    let found = give(&mut page, None, Some("не почта"), None).await;
    assert_eq!(found, (malformed.clone(), wrong(ContactField::Email, FieldFault::Kind)));
    let found = give(&mut page, None, None, Some("нет")).await;
    assert_eq!(found, (malformed, wrong(ContactField::Phone, FieldFault::Kind)));
    assert_eq!(give(&mut page, None, None, Some("доб. 12")).await, (None, None));
}

#[tokio::test]
async fn whoever_finds_nobody_leaves_a_phone_and_a_page_that_lies_is_refused() {
    let (desk, _hands) = Desk::ruled(asking).await;
    let mut page = desk.customer().await;
    let offline = page.shows.forms.offline.clone();
    assert_eq!(fields(&offline), [(ContactField::Name, false), (ContactField::Phone, true)]);
    assert_eq!(offline[1].mask.as_deref(), Some(MASK));
    let contacts = Some("contacts".to_owned());
    let malformed = Some("malformed".to_owned());
    let missing = wrong(ContactField::Phone, FieldFault::Required);
    assert_eq!(write(&mut page, "Где заказ?").await, (contacts.clone(), missing));
    assert_eq!(give(&mut page, Some("Мария"), None, None).await, (contacts, missing));
    for (email, phone, field, fault) in [
        (Some("m@example.org"), Some("+7 (900) 123-45-67"), ContactField::Email, FieldFault::Hidden),
        (None, Some("89001234567"), ContactField::Phone, FieldFault::Mask),
    ] {
        assert_eq!(give(&mut page, None, email, phone).await, (malformed.clone(), wrong(field, fault)));
    }
    assert_eq!(give(&mut page, None, None, Some("+7 (900) 123-45-67")).await, (None, None));
    page.until("no form while it goes on", |page| page.forms.offline.is_empty()).await;
    assert_eq!(write(&mut page, "Где заказ?").await, (None, None));
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    let dialog = ira.only_dialog().await;
    assert_eq!(ira.row(dialog).customer.phone.as_deref(), Some("+7 (900) 123-45-67"));
}

#[tokio::test]
async fn what_is_known_is_not_asked_again_and_an_operator_asks_by_a_form_of_his_own() {
    let (desk, _hands) = Desk::ruled(asking).await;
    let mut ira = desk.workplace(&desk.operator("ira", "Ира", None).await).await;
    ira.done(Op::SetStatus { status: OperatorStatus::Online }).await;
    let mut page = desk.customer().await;
    assert_eq!(fields(&page.shows.forms.first_question), [(ContactField::Name, true)]);
    let kind = wrong(ContactField::Name, FieldFault::Kind);
    assert_eq!(give(&mut page, Some("Мария 2"), None, None).await, (Some("malformed".into()), kind));
    let long = wrong(ContactField::Name, FieldFault::TooLong);
    assert_eq!(give(&mut page, Some(&"я".repeat(21)), None, None).await, (Some("malformed".into()), long));
    assert_eq!(give(&mut page, Some("Мария"), None, None).await, (None, None));
    assert_eq!(write(&mut page, "Где заказ?").await, (None, None));
    let dialog = ira.only_dialog().await;
    ira.accept(dialog).await;
    // Nobody has asked: the default's rules.
    let hidden = wrong(ContactField::Email, FieldFault::Hidden);
    assert_eq!(give(&mut page, None, Some("m@example.org"), None).await, (Some("malformed".into()), hidden));
    assert_eq!(give(&mut page, None, None, Some("12")).await, (None, None), "no mask by default");
    let epoch = ira.row(dialog).epoch;
    ira.done(Op::RequestContact { dialog, epoch }).await;
    ira.done(Op::SendNote { dialog, text: "спросила".into() }).await;
    let mask = wrong(ContactField::Phone, FieldFault::Mask);
    assert_eq!(give(&mut page, None, None, Some("12")).await, (Some("malformed".into()), mask));
    assert_eq!(give(&mut page, None, None, Some("+7 (900) 123-45-67")).await, (None, None), "her name is known");
    ira.until("the card", |ira| {
        let customer = &ira.row(dialog).customer;
        (customer.name.as_str(), customer.phone.as_deref()) == ("Мария", Some("+7 (900) 123-45-67"))
    })
    .await;
    let given = ira.messages.values().filter(|message| message.kind == MessageKind::Contacts).count();
    assert_eq!(given, 3);
    assert!(page.shows.forms.contacts_request.iter().all(|asked| !asked.required), "all of it is known");
}

#[tokio::test]
async fn a_department_has_forms_of_its_own_and_what_is_changed_is_told_at_once() {
    let (desk, _hands) = Desk::ruled(|centre| {
        asking(centre);
        let forms = Some(Forms { offline: Some([(ContactField::Email, required())].into()), ..Forms::default() });
        let names = [("ru".to_owned(), "Продажи".to_owned())].into();
        centre.departments.insert("sales".parse().unwrap(), Department { names, forms, ..Department::default() });
    })
    .await;
    let mut sales = CustomerPage::from_site(&desk.ws("/widget/v1/socket"), Some("sales")).await;
    let mut other = desk.customer().await;
    let wanted = [(ContactField::Name, false), (ContactField::Email, true), (ContactField::Phone, false)];
    assert_eq!(fields(&sales.shows.forms.offline), wanted);
    assert_eq!(write(&mut sales, "?").await.1, wrong(ContactField::Email, FieldFault::Required));
    desk.rule(|centre| centre.forms.offline = None).await;
    other.until("nothing is asked", |page| page.forms.offline.is_empty()).await;
    assert_eq!(write(&mut other, "Здравствуйте!").await, (None, None));
    desk.rule(|centre| centre.departments.get_mut(&"sales".parse().unwrap()).unwrap().forms = None).await;
    sales.until("nothing is asked", |page| page.forms.offline.is_empty()).await;
    assert_eq!(write(&mut sales, "Здравствуйте!").await, (None, None));
}
