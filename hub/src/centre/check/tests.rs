use super::*;
use crate::centre::{
    Bot, BotKind, Category, ChannelRules, Day, Exception, FieldRules, Forms, Hours, KeywordGroup, LoginStatus,
    Occasion, OwnQueueLimits, OwnTerms, OwnTimeOuts, Post, Scope, Span, Team, Template,
};
use otklik_model::{ContactField, FieldKind, MessageKind, Right};

fn key<K: std::str::FromStr>(text: &str) -> K
where
    K::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

fn names() -> BTreeMap<String, String> {
    [("ru".to_owned(), "Имя".to_owned())].into()
}

fn compiles(source: &str) -> Result<(), String> {
    if source.contains("((") { Err("line 1".to_owned()) } else { Ok(()) }
}

fn span(from: &str, to: &str) -> Span {
    Span { from: from.to_owned(), to: to.to_owned() }
}

fn keyword() -> BotKind {
    let group = KeywordGroup {
        scenario: None,
        words: vec!["доставка".to_owned()],
        answers: vec!["Завтра, {customer|друг}".to_owned()],
        hand_over: false,
    };
    BotKind::Keyword {
        greeting: Some("Привет!".to_owned()), groups: vec![group], stop_words: Vec::new(), tries: 2
    }
}

fn external(address: &str, secret: &str) -> BotKind {
    BotKind::External { address: address.to_owned(), secret: secret.to_owned(), answer_ms: 5_000, retries: 2 }
}

/// A centre that uses everything and is in order.
fn busy() -> Centre {
    let mut centre = Centre::default();
    let department = Department { names: names(), hours: Some("office".to_owned()), ..Department::default() };
    centre.departments.insert(key("sales"), department);
    centre.teams.insert(key("north"), Team { names: names() });
    for category in ["returns", "returns/refund"] {
        centre.categories.insert(key(category), Category { names: names(), retired: false });
    }
    let week = [(Day::Monday, vec![span("09:00", "13:00"), span("14:00", "24:00")])].into();
    let closed = |name: &str| Exception { name: name.to_owned(), open: Vec::new() };
    let exceptions = [("2026-05-08".to_owned(), closed("Переезд")), ("05-09".to_owned(), closed("День Победы"))].into();
    centre.hours.insert("office".to_owned(), Hours { zone: "Europe/Moscow".to_owned(), week, exceptions });
    centre.default_hours = Some("office".to_owned());
    let said = [("ru".to_owned(), "{greeting}, {customer|друг}! {favourite|}".to_owned())];
    centre.words.all.insert(Occasion::NewOpen, said.clone().into());
    let template = Template {
        folder: Vec::new(),
        command: Some("hi".to_owned()),
        texts: said.into(),
        departments: [key("sales")].into(),
    };
    centre.templates.insert("Приветствие".to_owned(), template);
    centre.bots.insert("robot".to_owned(), Bot { departments: [key("sales")].into(), kind: keyword() });
    centre.script = Some(RoutingScript { source: "assign(next())".to_owned(), limit_ms: 50 });
    centre.files.media = vec!["image/*".to_owned(), "application/pdf".to_owned()];
    centre
}

fn form(centre: &mut Centre, field: ContactField, change: impl FnOnce(&mut FieldRules)) {
    change(centre.forms.default.entry(field).or_default());
}

fn hours(centre: &mut Centre) -> &mut Hours {
    centre.hours.get_mut("office").unwrap()
}

fn template(centre: &mut Centre) -> &mut Template {
    centre.templates.get_mut("Приветствие").unwrap()
}

fn set_bot(centre: &mut Centre, kind: BotKind) {
    centre.bots.get_mut("robot").unwrap().kind = kind;
}

fn say(centre: &mut Centre, text: &str) {
    centre.words.all.insert(Occasion::Busy, [("ru".to_owned(), text.to_owned())].into());
}

#[test]
fn what_a_centre_begins_with_and_a_busy_one_are_in_order() {
    assert_eq!(Centre::default().check(compiles), []);
    assert_eq!(busy().check(compiles), []);
}

/// One fault, and where it is found.
type Fault = (&'static str, fn(&mut Centre));

const FAULTS: &[Fault] = &[
    ("name", |c| c.name = "  ".to_owned()),
    ("language", |c| c.language = "de".to_owned()),
    ("distribution.weights.Site", |c| {
        c.distribution.weights.insert("Site".to_owned(), 100_001);
    }),
    ("distribution.weights.Сайт", |c| {
        c.distribution.weights.insert("Сайт".to_owned(), 200);
    }),
    ("channels.Site.operator_chars", |c| {
        let rules = ChannelRules { operator_chars: 32_001, ..ChannelRules::default() };
        c.channels.insert("Site".to_owned(), rules);
    }),
    ("channels.Site.customer_chars", |c| {
        let rules = ChannelRules { customer_chars: 32_001, ..ChannelRules::default() };
        c.channels.insert("Site".to_owned(), rules);
    }),
    ("channels.site", |c| {
        c.channels.insert("site".to_owned(), ChannelRules::default());
    }),
    ("words.channels.Otklik", |c| {
        c.words.channels.insert("Otklik".to_owned(), BTreeMap::new());
    }),
    ("retention.channels.Otklik", |c| {
        c.retention.channels.insert("Otklik".to_owned(), OwnTerms::default());
    }),
    ("statuses", |c| c.statuses.retain(|status| status.kind != OperatorStatus::OfflineRequests)),
    ("statuses.online", |c| c.statuses.push(c.statuses[0].clone())),
    ("statuses.online.names", |c| c.statuses[0].names.clear()),
    ("login_status", |c| c.login_status = LoginStatus::This(key("asleep"))),
    ("leaving_words.ru", |c| {
        c.leaving_words.insert("ru".to_owned(), "я".repeat(501));
    }),
    ("leaving_words.en", |c| {
        c.leaving_words.insert("en".to_owned(), " ".to_owned());
    }),
    ("teleport.origins", |c| {
        c.teleport.origins.insert("https://shop.example.org/pay".to_owned());
    }),
    ("teleport.origins", |c| {
        c.teleport.origins = (0..101).map(|number| format!("https://shop{number}.example.org")).collect();
    }),
    ("channels.Site.quote_kinds", |c| {
        let rules = ChannelRules { quote_kinds: vec![MessageKind::Text, MessageKind::Note], ..ChannelRules::default() };
        c.channels.insert("Site".to_owned(), rules);
    }),
    ("mail.low_ratings", |c| {
        c.mail.low_ratings.insert("Анна <anna@example.org>".to_owned());
    }),
    ("mail.left_requests", |c| {
        c.mail.left_requests = (0..21).map(|number| format!("desk{number}@example.org")).collect();
    }),
    ("roles", |c| {
        c.roles.remove(&key("administrator"));
    }),
    ("roles", |c| {
        c.roles.get_mut(&key("administrator")).unwrap().rights.insert(Right::EditOperators, Scope::Team);
    }),
    ("roles.operator.rights", |c| {
        c.roles.get_mut(&key("operator")).unwrap().rights.insert(Right::Unknown, Scope::Own);
    }),
    ("roles.by-hand", |c| {
        let role = c.roles[&key("operator")].clone();
        c.roles.insert(key("by-hand"), role);
    }),
    ("departments.sales.names", |c| c.departments.get_mut(&key("sales")).unwrap().names.clear()),
    ("departments.sales.hours", |c| c.departments.get_mut(&key("sales")).unwrap().hours = Some("night".to_owned())),
    ("departments.sales.time_outs.offer_s", |c| {
        let times = OwnTimeOuts { offer_s: Some(u32::MAX), ..OwnTimeOuts::default() };
        c.departments.get_mut(&key("sales")).unwrap().time_outs = Some(times);
    }),
    ("teams.north.names.Русский", |c| {
        c.teams.get_mut(&key("north")).unwrap().names.insert("Русский".to_owned(), "x".to_owned());
    }),
    ("categories.returns/refund", |c| {
        c.categories.remove(&key("returns"));
    }),
    ("category_required", |c| {
        c.category_required = true;
        c.categories.values_mut().for_each(|category| category.retired = true);
    }),
    ("departments.sales.category_required", |c| {
        c.departments.get_mut(&key("sales")).unwrap().category_required = Some(true);
        c.categories.values_mut().for_each(|category| category.retired = true);
    }),
    ("forms.default.name.max_chars", |c| form(c, ContactField::Name, |rules| rules.max_chars = Some(0))),
    ("forms.default.email.max_chars", |c| form(c, ContactField::Email, |rules| rules.max_chars = Some(255))),
    ("forms.default.name.kind", |c| form(c, ContactField::Name, |rules| rules.kind = FieldKind::Unknown)),
    ("forms.default.email.kind", |c| form(c, ContactField::Email, |rules| rules.kind = FieldKind::Digits)),
    ("forms.default.phone.kind", |c| form(c, ContactField::Phone, |rules| rules.kind = FieldKind::Letters)),
    ("forms.default.email.mask", |c| form(c, ContactField::Email, |rules| rules.mask = Some("aa".to_owned()))),
    ("forms.default.phone.mask", |c| form(c, ContactField::Phone, |rules| rules.mask = Some("99\\".to_owned()))),
    ("forms.default.phone.mask", |c| form(c, ContactField::Phone, |rules| rules.mask = Some("aa".to_owned()))),
    ("forms.default.phone.mask", |c| {
        form(c, ContactField::Phone, |rules| (rules.max_chars, rules.mask) = (Some(3), Some("9999".to_owned())));
    }),
    ("forms.default.name.mask", |c| {
        let (kind, mask) = (FieldKind::Letters, Some("99".to_owned()));
        form(c, ContactField::Name, |rules| (rules.kind, rules.mask) = (kind, mask));
    }),
    ("departments.sales.forms.offline.name.mask", |c| {
        let rules = FieldRules { mask: Some("+7".to_owned()), ..FieldRules::default() };
        let offline = Some([(ContactField::Name, rules)].into());
        let own = Some(Forms { offline, ..Forms::default() });
        c.departments.get_mut(&key("sales")).unwrap().forms = own;
    }),
    ("queue_limits.online", |c| c.queue_limits.online = 100_001),
    ("queue_limits.offline", |c| c.queue_limits.offline = 100_001),
    ("departments.sales.queue_limits.offline", |c| {
        let limits = OwnQueueLimits { offline: Some(100_001), ..OwnQueueLimits::default() };
        c.departments.get_mut(&key("sales")).unwrap().queue_limits = Some(limits);
    }),
    ("flood.unanswered", |c| c.flood.unanswered = 10_001),
    ("flood.within_s", |c| c.flood.within_s = 0),
    ("flood.within_s", |c| c.flood.within_s = 86_401),
    ("time_outs.idle_s", |c| c.time_outs.idle_s = u32::MAX),
    ("retention.messages_days", |c| c.retention.messages_days = 36_501),
    ("retention.audit_days", |c| c.retention.audit_days = 0),
    ("retention.channels.Site.files_days", |c| {
        let own = OwnTerms { files_days: Some(40_000), ..OwnTerms::default() };
        c.retention.channels.insert("Site".to_owned(), own);
    }),
    ("retention.departments.nowhere", |c| {
        c.retention.departments.insert(key("nowhere"), OwnTerms::default());
    }),
    ("default_hours", |c| c.default_hours = Some("never".to_owned())),
    ("hours.office.zone", |c| hours(c).zone = "Europe/Moskva".to_owned()),
    ("hours.office.week.sunday", |c| {
        hours(c).week.insert(Day::Sunday, vec![span("9:00", "10:00")]);
    }),
    ("hours.office.week.sunday", |c| {
        hours(c).week.insert(Day::Sunday, vec![span("24:00", "24:00")]);
    }),
    ("hours.office.week.monday", |c| hours(c).week.get_mut(&Day::Monday).unwrap().push(span("12:59", "13:30"))),
    ("hours.office.exceptions.2026-02-30", |c| {
        let exception = Exception { name: String::new(), open: Vec::new() };
        hours(c).exceptions.insert("2026-02-30".to_owned(), exception);
    }),
    ("words.all.busy.ru", |c| say(c, " ")),
    ("words.all.busy.ru", |c| say(c, "Здравствуйте, {custmer}!")),
    ("templates.Приветствие.texts", |c| template(c).texts.clear()),
    ("templates.Приветствие.departments", |c| {
        template(c).departments.insert(key("returns"));
    }),
    ("templates.Приветствие.command", |c| template(c).command = Some("a b".to_owned())),
    ("templates.Прощание.command", |c| {
        let twin = template(c).clone();
        c.templates.insert("Прощание".to_owned(), twin);
    }),
    ("survey.questions", |c| {
        c.survey.questions = [("ru".to_owned(), vec!["Да?".to_owned()]), ("en".to_owned(), Vec::new())].into();
    }),
    ("bots.robot.departments", |c| {
        c.bots.get_mut("robot").unwrap().departments.insert(key("x"));
    }),
    ("bots.robot.kind.groups", |c| {
        let nothing = BotKind::Keyword { greeting: None, groups: Vec::new(), stop_words: Vec::new(), tries: 1 };
        set_bot(c, nothing);
    }),
    ("bots.robot.kind.groups.0.words", |c| {
        if let BotKind::Keyword { groups, .. } = &mut c.bots.get_mut("robot").unwrap().kind {
            groups[0].words.clear();
        }
    }),
    ("bots.robot.kind.tries", |c| {
        if let BotKind::Keyword { tries, .. } = &mut c.bots.get_mut("robot").unwrap().kind {
            *tries = 0;
        }
    }),
    ("bots.robot.kind.address", |c| set_bot(c, external("http://bot.example.org/", "0123456789abcdef"))),
    ("bots.robot.kind.address", |c| set_bot(c, external("https://a:b@bot.example.org/", "0123456789abcdef"))),
    ("bots.robot.kind.address", |c| set_bot(c, external("file:///etc/passwd", "0123456789abcdef"))),
    ("bots.robot.kind.secret", |c| set_bot(c, external("https://bot.example.org/", "short"))),
    ("script.source", |c| c.script.as_mut().unwrap().source = "((".to_owned()),
    ("script.limit_ms", |c| c.script.as_mut().unwrap().limit_ms = 0),
    ("files.most_bytes", |c| c.files.most_bytes = 0),
    ("files.link_s", |c| c.files.link_s = 1),
    ("files.media", |c| c.files.media.push("png".to_owned())),
];

#[test]
fn each_fault_is_found_where_it_is_and_alone() {
    for (number, (at, fault)) in FAULTS.iter().enumerate() {
        let mut centre = busy();
        fault(&mut centre);
        let problems = centre.check(compiles);
        let found: Vec<_> = problems.iter().map(|problem| problem.at.as_str()).collect();
        assert_eq!(found, [*at], "fault {number}: {problems:?}");
        assert!(problems.iter().all(|problem| !problem.what.is_empty() && !problem.remedy.is_empty()));
    }
}

#[test]
fn external_bots_are_asked_over_tls_or_on_this_machine() {
    for good in ["https://bot.example.org/ask", "http://127.0.0.1:9/", "http://[::1]:9/", "http://localhost/"] {
        let mut centre = busy();
        set_bot(&mut centre, external(good, "0123456789abcdef"));
        assert_eq!(centre.check(compiles), [], "{good}");
    }
}

#[test]
fn posts_name_what_there_is() {
    let centre = busy();
    let good =
        Post { departments: [key("sales")].into(), email: Some("ira@example.org".to_owned()), ..Post::default() };
    let robot = Post { is_bot: true, ..Post::default() };
    let problems = |post: &Post| {
        let ira = Colleague { login: "ira", post, disabled: false };
        check_people(&centre, &[ira, Colleague { login: "robot", post: &robot, disabled: false }])
    };
    assert_eq!(problems(&good), []);
    type PostFault = (&'static str, fn(&mut Post));
    let faults: &[PostFault] = &[
        ("operators.ira.post.role", |p| p.role = key("pilot")),
        ("operators.ira.post.departments", |p| {
            p.departments.insert(key("x"));
        }),
        ("operators.ira.post.supervises", |p| {
            p.supervises.insert(key("x"));
        }),
        ("operators.ira.post.teams", |p| {
            p.teams.insert(key("x"), 1);
        }),
        ("operators.ira.post.teams.north", |p| {
            p.teams.insert(key("north"), 101);
        }),
        ("operators.ira.post.leads", |p| {
            p.leads.insert(key("x"));
        }),
        ("operators.ira.post.languages", |p| {
            p.languages.insert("Русский".to_owned());
        }),
        ("operators.ira.post.email", |p| p.email = Some("ira@example.org\r\nBcc: x@y.z".to_owned())),
    ];
    for (at, fault) in faults {
        let mut post = good.clone();
        fault(&mut post);
        let found: Vec<_> = problems(&post).into_iter().map(|problem| problem.at).collect();
        assert_eq!(found, [*at]);
    }
    assert_eq!(check_people(&centre, &[])[0].at, "bots.robot", "a bot needs an account");
    let person = [Colleague { login: "robot", post: &good, disabled: false }];
    assert_eq!(check_people(&centre, &person)[0].at, "operators.robot.post.is_bot", "and one of a bot");
}

#[test]
fn an_administrator_can_put_everything_right() {
    let centre = Centre::default();
    for (role, expected) in [("administrator", true), ("supervisor", false), ("colleague", false), ("nobody", false)] {
        assert_eq!(is_administrator(&centre, &Post { role: key(role), ..Post::default() }), expected, "{role}");
    }
    let bot = Post { role: key("administrator"), is_bot: true, ..Post::default() };
    assert!(!is_administrator(&centre, &bot));
}
