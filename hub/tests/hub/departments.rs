//! For which department a new dialog is, and who may be told of it.

use crate::kit::{CustomerPage, Desk};
use otklik_hub::centre::{Bot, BotKind, Centre, ChannelRules, Department, RoutingScript};
use otklik_model::{CustomerId, DialogState, Op, Outcome, Refusal, Seq};

/// Three departments, the second of which takes nothing, and the third is the centre's own.
fn three(centre: &mut Centre) {
    for (key, disabled) in [("sales", false), ("closed", true), ("home", false)] {
        centre.departments.insert(key.parse().unwrap(), Department { disabled, ..Department::default() });
    }
    centre.default_department = Some("home".parse().unwrap());
}

/// The department of the dialog that a customer begins from a site that names this one.
async fn begun(desk: &Desk, named: Option<&str>) -> (CustomerPage, Option<String>, DialogState) {
    let token = desk.sign_in("vera").await;
    let mut vera = desk.workplace(&token).await;
    let before: Vec<_> = vera.state.dialogs.keys().copied().collect();
    let mut maria = CustomerPage::from_site(&desk.ws("/widget/v1/socket"), named).await;
    assert_eq!(maria.write("Здравствуйте").await.1, None);
    let new = |vera: &crate::kit::Workplace| vera.state.dialogs.keys().copied().find(|id| !before.contains(id));
    vera.until("her dialog", |vera| new(vera).is_some()).await;
    let row = vera.row(new(&vera).unwrap());
    (maria, row.department.as_ref().map(ToString::to_string), row.state)
}

async fn desk(rule: impl FnOnce(&mut Centre)) -> Desk {
    let (desk, _hands) = Desk::ruled(|centre| {
        three(centre);
        rule(centre);
    })
    .await;
    desk.posted("vera", "Вера", |post| post.role = "administrator".parse().unwrap()).await;
    desk
}

#[tokio::test]
async fn the_site_names_a_department_else_its_channel_does_else_the_centre() {
    let desk = desk(|_| {}).await;
    for (named, found) in [
        (Some("sales"), "sales"),
        (Some("closed"), "home"),
        (Some("unheard-of"), "home"),
        (Some("Отдел <b>"), "home"),
        (None, "home"),
    ] {
        assert_eq!(begun(&desk, named).await.1.as_deref(), Some(found), "{named:?}");
    }
    let channel = desk.books().await.0.channels(desk.books().await.1).await.unwrap().remove(0).name;
    desk.rule(|centre| {
        let department = Some("sales".parse().unwrap());
        centre.channels.insert(channel, ChannelRules { department, ..ChannelRules::default() });
    })
    .await;
    crate::kit::within("the rule is known", async { while begun(&desk, None).await.1.as_deref() != Some("sales") {} })
        .await;
    assert_eq!(begun(&desk, Some("home")).await.1.as_deref(), Some("home"));
}

#[tokio::test]
async fn a_conversation_that_goes_on_stays_where_it_is() {
    let desk = desk(|_| {}).await;
    let (maria, found, _) = begun(&desk, Some("sales")).await;
    assert_eq!(found.as_deref(), Some("sales"));
    let dialog = maria.shows.dialog.as_ref().map(|dialog| dialog.id);
    let token = maria.shows.token.clone();
    drop(maria);
    let mut again = CustomerPage::from_site_as(&desk.ws("/widget/v1/socket"), token, Some("home")).await;
    assert_eq!(again.write("Я ещё здесь").await.1, None);
    let (store, workspace) = desk.books().await;
    let row = store.dialog(workspace, dialog.unwrap_or_else(|| again.shows.dialog.as_ref().unwrap().id)).await.unwrap();
    assert_eq!(row.unwrap().row.department.map(|key| key.to_string()).as_deref(), Some("sales"));
}

#[tokio::test]
async fn a_script_sees_the_department_and_may_choose_another() {
    let source = "if (dialog.department === 'home') lead.assignDialogToDepartment('sales'); else lead.leaveInQueue();";
    let desk = desk(|centre| centre.script = Some(RoutingScript { source: source.into(), limit_ms: 500 })).await;
    assert_eq!(begun(&desk, None).await.1.as_deref(), Some("sales"));
    assert_eq!(begun(&desk, Some("sales")).await.1.as_deref(), Some("sales"));
}

/// Nothing outside answers for a department that has its dialogs routed: they wait for nobody.
#[tokio::test]
async fn where_no_router_is_the_built_in_rule_goes_on_at_once() {
    let desk = desk(|centre| {
        centre.departments.get_mut(&"home".parse().unwrap()).unwrap().routing = true;
        let kind =
            BotKind::Keyword {
                greeting: None, groups: Vec::new(), stop_words: vec!["оператор".into()], tries: 2
            };
        centre.bots.insert("robot".into(), Bot { departments: ["home".parse().unwrap()].into(), kind });
    })
    .await;
    assert_eq!(begun(&desk, None).await.2, DialogState::Queue);
    desk.posted("robot", "Робот", |post| post.is_bot = true).await;
    let (mut maria, _, state) = begun(&desk, None).await;
    assert_eq!(state, DialogState::Bot, "a bot of the department comes first");
    assert_eq!(maria.write("оператор").await.1, None);
    let (store, workspace) = desk.books().await;
    let id = maria.shows.dialog.as_ref().unwrap().id;
    crate::kit::within("people", async {
        while store.dialog(workspace, id).await.unwrap().unwrap().row.state == DialogState::Bot {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
    .await;
    // The clock has stood still: no time-out brought it here, and nobody saw it wait for a router.
    let log = store.log_after(workspace, Seq(0), 1_000).await.unwrap().entries;
    let states: Vec<_> = log
        .iter()
        .filter_map(|entry| match &entry.body {
            otklik_hub::store::EntryBody::Dialog(dialog) if dialog.row.id == id => Some(dialog.row.state),
            _ => None,
        })
        .collect();
    assert_eq!(states.last(), Some(&DialogState::Queue));
    assert!(!states.contains(&DialogState::Routing), "{states:?}");
}

/// The department of the dialog that an operator begins with a customer who has written before.
async fn invited(
    desk: &Desk,
    login: &str,
    customer: CustomerId,
    named: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let mut workplace = desk.workplace(&desk.sign_in(login).await).await;
    let before: Vec<_> = workplace.state.dialogs.keys().copied().collect();
    let department = named.map(|named| named.parse().unwrap());
    match workplace.command(Op::Invite { customer, text: "Ваш заказ приехал.".into(), department }).await
    {
        Outcome::Refused { reason } => Err(reason),
        Outcome::Done { .. } => {
            let new = |me: &crate::kit::Workplace| {
                me.state.dialogs.values().find(|row| !before.contains(&row.id)).map(|row| row.id)
            };
            workplace.until("the invitation", |me| new(me).is_some()).await;
            let row = workplace.row(new(&workplace).unwrap()).clone();
            assert_eq!(row.state, DialogState::Invitation);
            let (dialog, epoch) = (row.id, row.epoch);
            // An invitation that is closed is closed for good: the next one can begin.
            workplace.done(Op::Close { dialog, epoch }).await;
            Ok(row.department.map(|key| key.to_string()))
        }
    }
}

#[tokio::test]
async fn a_dialog_that_an_operator_begins_has_his_department_or_the_one_he_names() {
    let desk = desk(|centre| centre.close_at_once = true).await;
    let departments =
        |keys: &[&str]| keys.iter().map(|key| key.parse().unwrap()).collect::<std::collections::BTreeSet<_>>();
    for (login, of) in
        [("sasha", &["sales"][..]), ("gena", &[]), ("boris", &["closed", "sales"]), ("kira", &["closed"])]
    {
        desk.posted(login, login, |post| post.departments = departments(of)).await;
    }
    let mut vera = desk.workplace(&desk.sign_in("vera").await).await;
    let mut maria = desk.customer().await;
    maria.write("Здравствуйте").await;
    let dialog = vera.only_dialog().await;
    let customer = vera.row(dialog).customer.id;
    vera.accept(dialog).await;
    let epoch = vera.row(dialog).epoch;
    vera.done(Op::Close { dialog, epoch }).await;
    for (login, named, found) in [
        ("sasha", None, Ok("sales")),
        ("gena", None, Ok("home")),
        ("boris", None, Ok("sales")),
        // Where she works nothing new is taken: hers is nobody's in particular.
        ("kira", None, Ok("")),
        ("gena", Some("sales"), Ok("sales")),
        ("sasha", Some("sales"), Ok("sales")),
        // Where he does not work he begins nothing.
        ("sasha", Some("home"), Err(Refusal::Forbidden)),
        ("gena", Some("closed"), Err(Refusal::TargetUnavailable)),
        ("vera", Some("unheard-of"), Err(Refusal::NoSuchKey)),
        ("vera", Some("home"), Ok("home")),
    ] {
        let found = found.map(|found| Some(found.to_owned()).filter(|found| !found.is_empty()));
        assert_eq!(invited(&desk, login, customer, named).await, found, "{login} {named:?}");
    }
}
