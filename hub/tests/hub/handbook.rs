//! What the centre keeps ready, as a workplace is told it.

use crate::kit::{Desk, Socket, Workplace, workplace_hello};
use otklik_hub::centre::{Category, ChannelRules, Department, Template};
use otklik_model::{MessageKind, Op, Outcome, OwnTemplate, Refusal, Right};
use otklik_wire::operator::{ClientFrame, HubFrame};

fn words(text: &str) -> std::collections::BTreeMap<String, String> {
    [("ru".to_owned(), text.to_owned())].into()
}

fn shared(text: &str) -> Template {
    Template { folder: Vec::new(), command: None, texts: words(text), departments: [].into() }
}

fn own(text: &str) -> OwnTemplate {
    OwnTemplate { folder: vec!["Мои".into()], command: Some("пока".into()), texts: words(text) }
}

fn names(workplace: &Workplace) -> Vec<(&str, bool)> {
    workplace.handbook.templates.iter().map(|entry| (entry.name.as_str(), entry.own)).collect()
}

async fn told(workplace: &mut Workplace) {
    workplace.until("a handbook", |me| !me.handbook.digest.is_empty()).await;
}

#[tokio::test]
async fn a_workplace_is_told_what_there_is_to_choose_from_and_again_when_it_changes() {
    let (desk, _hands) = Desk::ruled(|centre| {
        centre
            .departments
            .insert("sales".parse().unwrap(), Department { names: words("Продажи"), ..Department::default() });
        centre.categories.insert("late".parse().unwrap(), Category { names: words("Опоздание"), retired: false });
        centre.templates.insert("Привет".into(), shared("Здравствуйте!"));
    })
    .await;
    let ira = desk.posted("ira", "Ира", |_| {}).await;
    let mut ira = desk.workplace(&ira).await;
    told(&mut ira).await;
    assert_eq!(names(&ira), [("Привет", false)]);
    assert_eq!(ira.handbook.departments[0].names["ru"], "Продажи");
    assert_eq!(ira.handbook.categories[0].key.as_str(), "late");
    assert!(ira.handbook.statuses.iter().any(|status| status.key.as_str() == "lunch"));
    assert!(!ira.handbook.category_required);
    desk.rule(|centre| {
        centre.category_required = true;
        centre.templates.insert("Пока".into(), shared("До свидания!"));
    })
    .await;
    ira.until("the new rules", |me| me.handbook.category_required).await;
    assert_eq!(names(&ira), [("Пока", false), ("Привет", false)]);
    assert!(ira.handbook.category_required_in.is_empty());
    assert!(ira.handbook.channels.is_empty() && ira.handbook.quotes.as_deref() == Some(&MessageKind::QUOTED));
    desk.rule(|centre| {
        let all = ChannelRules { window_h: 24, ..ChannelRules::default() };
        let few = ChannelRules { quote_kinds: vec![MessageKind::File], edit: false, ..ChannelRules::default() };
        centre.channels = [("Почта".to_owned(), all), ("Телеграм".to_owned(), few)].into();
    })
    .await;
    ira.until("what channels carry", |me| !me.handbook.channels.is_empty()).await;
    let [few] = &ira.handbook.channels[..] else { panic!("one carries everything: {:?}", ira.handbook.channels) };
    assert_eq!((few.name.as_str(), &few.quotes[..]), ("Телеграм", &[MessageKind::File][..]));
    assert_eq!((few.edit, few.delete, few.files, few.contacts), (false, true, true, true));
    desk.rule(|centre| {
        let rules = |disabled, restricted, category_required| Department {
            names: words("Отдел"),
            disabled,
            restricted,
            category_required,
            ..Department::default()
        };
        centre.departments.insert("sales".parse().unwrap(), rules(false, false, Some(false)));
        centre.departments.insert("closed".parse().unwrap(), rules(true, false, Some(true)));
        centre.departments.insert("vip".parse().unwrap(), rules(false, true, Some(true)));
        centre.departments.insert("home".parse().unwrap(), rules(false, false, None));
    })
    .await;
    ira.until("those of departments", |me| !me.handbook.category_required_in.is_empty()).await;
    let own = [("closed".parse().unwrap(), true), ("sales".parse().unwrap(), false)];
    assert_eq!(ira.handbook.category_required_in, own.into(), "of a guarded one she knows nothing");
}

#[tokio::test]
async fn whoever_has_the_handbook_is_not_told_it_again() {
    let (desk, _hands) = Desk::ruled(|centre| {
        centre.templates.insert("Привет".into(), shared("Здравствуйте!"));
    })
    .await;
    let token = desk.posted("ira", "Ира", |_| {}).await;
    let mut ira = desk.workplace(&token).await;
    told(&mut ira).await;
    let ClientFrame::Hello(mut hello) = workplace_hello(&token, Some(ira.cursor())) else { panic!() };
    hello.handbook = Some(ira.handbook.digest.clone());
    let mut again = Socket::connect(&desk.ws("/api/v1/operator")).await;
    again.send(&ClientFrame::Hello(hello)).await;
    again.send(&ClientFrame::Beat).await;
    loop {
        match again.next::<HubFrame>().await.unwrap() {
            // Whatever belongs to the welcome stands before the answer.
            HubFrame::Beat { .. } => break,
            HubFrame::Handbook(_) => panic!("it is told what it has"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn ready_answers_of_ones_own_come_to_all_workplaces_of_their_owner_and_to_no_other() {
    let (desk, _hands) = Desk::ruled(|_| {}).await;
    let token = desk.posted("ira", "Ира", |_| {}).await;
    let other = desk.posted("oleg", "Олег", |_| {}).await;
    let (mut ira, mut home) = (desk.workplace(&token).await, desk.workplace(&token).await);
    let mut oleg = desk.workplace(&other).await;
    for workplace in [&mut ira, &mut home, &mut oleg] {
        told(workplace).await;
    }
    let keep = |name: &str, text: &str| Op::KeepTemplate { name: name.into(), template: own(text) };
    assert!(matches!(ira.command(keep("Пока", "До встречи!")).await, Outcome::Done { .. }));
    for workplace in [&mut ira, &mut home] {
        workplace.until("the new answer", |me| !me.handbook.templates.is_empty()).await;
        assert_eq!(names(workplace), [("Пока", true)]);
    }
    assert!(matches!(home.command(keep("Пока", "Хорошего дня!")).await, Outcome::Done { .. }));
    ira.until("other words", |me| me.handbook.templates[0].texts["ru"] == "Хорошего дня!").await;
    let refused = |reason| Outcome::Refused { reason };
    assert_eq!(ira.command(keep("Пусто", " ")).await, refused(Refusal::Empty));
    assert_eq!(ira.command(keep("", "да")).await, refused(Refusal::Unsupported));
    assert!(matches!(ira.command(Op::DropTemplate { name: "Пока".into() }).await, Outcome::Done { .. }));
    for workplace in [&mut ira, &mut home] {
        workplace.until("it is gone", |me| me.handbook.templates.is_empty()).await;
    }
    assert_eq!(names(&oleg), []);
    // Another one keeps his own after all this, so nothing of hers is still on its way to him.
    assert!(matches!(oleg.command(keep("Его", "да")).await, Outcome::Done { .. }));
    oleg.until("his own", |me| !me.handbook.templates.is_empty()).await;
    assert_eq!(names(&oleg), [("Его", true)]);
}

#[tokio::test]
async fn without_the_right_nobody_keeps_answers() {
    let (desk, _hands) = Desk::ruled(|centre| {
        let role = centre.roles.get_mut(&"operator".parse().unwrap()).unwrap();
        role.rights.remove(&Right::EditTemplates);
    })
    .await;
    let token = desk.posted("ira", "Ира", |_| {}).await;
    let mut ira = desk.workplace(&token).await;
    let refused = Outcome::Refused { reason: Refusal::Forbidden };
    assert_eq!(ira.command(Op::KeepTemplate { name: "Пока".into(), template: own("да") }).await, refused);
    assert_eq!(ira.command(Op::DropTemplate { name: "Пока".into() }).await, refused);
}

#[tokio::test]
async fn a_thousand_ready_answers_come_in_parts() {
    let (desk, _hands) = Desk::ruled(|centre| {
        for number in 0..1_000 {
            centre.templates.insert(format!("Ответ {number:04}"), shared(&"слово ".repeat(100)));
        }
    })
    .await;
    let token = desk.posted("ira", "Ира", |_| {}).await;
    let mut ira = desk.workplace(&token).await;
    told(&mut ira).await;
    assert_eq!(ira.handbook.templates.len(), 1_000);
    assert_eq!(ira.handbook.templates[999].name, "Ответ 0999");
}
