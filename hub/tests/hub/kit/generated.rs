//! Centres of every kind, as administrators could have made them: whatever the checks let in.

use otklik_hub::centre::{
    AutoWords, Bot, BotKind, Category, Centre, ChannelRules, Day, Department, Exception, FieldPresence, FieldRules,
    FileRules, FloodRules, FormRules, Forms, Hours, KeywordGroup, Letters, LoginStatus, Occasion, OwnQueueLimits,
    OwnTimeOuts, Post, QueueLimits, Role, RoutingScript, Scope, SessionTerms, Sharing, Span, Status, Survey, Team,
    Teleport, Template, TimeOuts, VisibleLimits, exchange::Person,
};
use otklik_model::{ContactField, FieldKind, OperatorStatus, Right};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A centre and its operators, of whom `anna` is the administrator.
pub type Made = (Centre, BTreeMap<String, Person>);

/// Any of them.
pub fn centres() -> impl Strategy<Value = Made> {
    prop::collection::vec(any::<u32>(), 64..256).prop_map(|numbers| Draw { numbers, at: 0 }.made())
}

/// Makes choices out of numbers, from the beginning again when they are used up.
struct Draw {
    numbers: Vec<u32>,
    at: usize,
}

impl Draw {
    fn below(&mut self, most: u32) -> u32 {
        self.at += 1;
        self.numbers[self.at % self.numbers.len()] % most
    }

    fn chance(&mut self) -> bool {
        self.below(2) == 0
    }

    fn one<T: Clone>(&mut self, list: &[T]) -> T {
        let place = self.below(u32::try_from(list.len()).unwrap());
        list[place as usize].clone()
    }

    fn some<T: Clone + Ord>(&mut self, list: &[T]) -> BTreeSet<T> {
        list.iter().filter(|_| self.chance()).cloned().collect()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.chance() { Some(make(self)) } else { None }
    }

    fn key(&mut self, stem: &str) -> String {
        format!("{stem}-{}", self.below(6))
    }

    fn keys<K: std::str::FromStr + Ord>(&mut self, stem: &str) -> BTreeSet<K> {
        (0..self.below(4)).filter_map(|_| self.key(stem).parse().ok()).collect()
    }

    /// Words with everything that a file could stumble over.
    fn text(&mut self) -> String {
        let parts = [
            "Привет",
            "\"",
            "'",
            "\\",
            "\n",
            " ",
            "ё",
            "🐦",
            "# no comment",
            "[table]",
            "= 1",
            "\t",
            "{customer|друг}",
            "a.b",
        ];
        let count = self.below(5);
        (0..count).map(|_| self.one(&parts)).fold("x".to_owned(), |text, part| text + part)
    }

    fn texts(&mut self) -> BTreeMap<String, String> {
        let mut texts: BTreeMap<_, _> = [("ru".to_owned(), self.text())].into();
        if self.chance() {
            texts.insert("en".to_owned(), self.text());
        }
        texts
    }

    fn time_outs(&mut self) -> TimeOuts {
        let mut any = || self.below(100_000);
        TimeOuts { offer_s: any(), silent_s: any(), idle_s: any(), edit_s: any(), bot_s: any(), ..TimeOuts::default() }
    }

    fn own_time_outs(&mut self) -> OwnTimeOuts {
        let mut any = || self.maybe(|draw| draw.below(100_000));
        OwnTimeOuts { offer_s: any(), silent_s: any(), idle_s: any(), final_close_s: any(), ..OwnTimeOuts::default() }
    }

    fn spans(&mut self) -> Vec<Span> {
        let span = |from: &str, to: &str| Span { from: from.to_owned(), to: to.to_owned() };
        self.one(&[vec![], vec![span("09:00", "18:00")], vec![span("00:00", "13:30"), span("14:00", "24:00")]])
    }

    fn hours(&mut self) -> Hours {
        let zone = self.one(&["Europe/Moscow", "America/New_York", "UTC", "Asia/Kathmandu"]).to_owned();
        let days = [Day::Monday, Day::Wednesday, Day::Saturday, Day::Sunday];
        let week = self.some(&days).into_iter().map(|day| (day, self.spans())).collect();
        let dates = self.some(&["2026-05-09", "05-01", "2028-02-29"]);
        let exception = |draw: &mut Self| Exception { name: draw.text(), open: draw.spans() };
        Hours { zone, week, exceptions: dates.into_iter().map(|date| (date.to_owned(), exception(self))).collect() }
    }

    fn words(&mut self) -> AutoWords {
        let occasions = [Occasion::NewOpen, Occasion::NewClosed, Occasion::KnownOpen, Occasion::Busy, Occasion::Closed];
        let mut some = || self.some(&occasions).into_iter().map(|occasion| (occasion, self.texts())).collect();
        let (all, of_site) = (some(), some());
        AutoWords { all, channels: self.maybe(|_| ("Site".to_owned(), of_site)).into_iter().collect() }
    }

    fn role(&mut self) -> Role {
        let rights = [Right::Accept, Right::Note, Right::SeeOthers, Right::Assign, Right::EditSettings, Right::Unblock];
        let scopes = [Scope::Own, Scope::Team, Scope::Department, Scope::All];
        Role {
            names: self.texts(),
            rights: self.some(&rights).into_iter().map(|right| (right, self.one(&scopes))).collect(),
        }
    }

    fn bot(&mut self, centre: &Centre) -> Bot {
        let group = |draw: &mut Self| KeywordGroup {
            scenario: draw.maybe(|draw| draw.key("scenario")),
            words: vec![draw.text()],
            answers: vec![draw.text(), draw.text()],
            hand_over: draw.chance(),
        };
        let groups = (0..=self.below(2)).map(|_| group(self)).collect();
        let (greeting, stop_words) = (self.maybe(Self::text), self.maybe(Self::text).into_iter().collect());
        let kind = BotKind::Keyword { greeting, groups, stop_words, tries: 1 + self.below(5) };
        Bot { departments: self.some(&centre.departments.keys().cloned().collect::<Vec<_>>()), kind }
    }

    fn template(&mut self, centre: &Centre, number: u32) -> Template {
        let departments: Vec<_> = centre.departments.keys().cloned().collect();
        Template {
            folder: self.maybe(Self::text).into_iter().collect(),
            command: self.maybe(|_| format!("ответ{number}")),
            texts: self.texts(),
            departments: self.some(&departments),
        }
    }

    fn places(&mut self, centre: &mut Centre) {
        for number in 0..self.below(3) {
            centre.hours.insert(format!("часы {number}"), self.hours());
        }
        let schedules: Vec<_> = centre.hours.keys().cloned().collect();
        let schedule = |draw: &mut Self| {
            if schedules.is_empty() { None } else { draw.maybe(|draw| draw.one(&schedules)) }
        };
        centre.default_hours = schedule(self);
        centre.teams = self.keys("team").into_iter().map(|key| (key, Team { names: self.texts() })).collect();
        let teams: Vec<_> = centre.teams.keys().cloned().collect();
        for key in self.keys("department") {
            let department = Department {
                names: self.texts(),
                disabled: self.chance(),
                hours: schedule(self),
                routing: self.chance(),
                team: if teams.is_empty() { None } else { self.maybe(|draw| draw.one(&teams)) },
                time_outs: self.maybe(Self::own_time_outs),
                queue_limits: self.maybe(|draw| OwnQueueLimits { online: Some(draw.below(500)), offline: None }),
                // Categories are drawn later, and there may be none: only that is asked for which can be had.
                category_required: self.maybe(|_| false),
                forms: self.maybe(Self::forms),
                restricted: self.chance(),
            };
            centre.departments.insert(key, department);
        }
    }

    fn rules(&mut self, centre: &mut Centre) {
        centre.name = self.text();
        centre.language = self.one(&["ru", "en"]).to_owned();
        centre.distribution.sharing = self.one(&[Sharing::Everyone, Sharing::LeastLoaded, Sharing::MostSkilled]);
        centre.distribution.weights = [("Site".to_owned(), self.below(1_000))].into();
        centre.visible = VisibleLimits { online: self.below(500), offline: self.below(500) };
        centre.queue_limits = QueueLimits { online: self.below(500), offline: self.below(500) };
        centre.flood = FloodRules { unanswered: self.below(500), within_s: 1 + self.below(500) };
        centre.time_outs = self.time_outs();
        centre.sessions =
            SessionTerms { supervisor_hours: self.below(720), supervisor_idle_minutes: self.below(1_440) };
        let lunch = LoginStatus::This("lunch".parse().unwrap());
        centre.login_status = self.one(&[LoginStatus::Online, LoginStatus::Restore, LoginStatus::Ask, lunch]);
        centre.leaving_words = self.maybe(|draw| ("ru".to_owned(), draw.text())).into_iter().collect();
        let sites = ["https://shop.example.org".to_owned(), "http://localhost:8080".to_owned()];
        centre.teleport = Teleport { on: self.below(2) == 1, origins: self.some(&sites).into_iter().collect() };
        let mailboxes = ["anna@example.org".to_owned(), "desk@example.org".to_owned()];
        centre.mail = Letters {
            low_ratings: self.some(&mailboxes).into_iter().collect(),
            left_requests: self.some(&mailboxes).into_iter().collect(),
        };
        let extra = Status {
            key: self.key("status").parse().unwrap(),
            names: self.texts(),
            kind: self.one(&[OperatorStatus::Break, OperatorStatus::Online]),
            manual_take: self.chance(),
        };
        centre.statuses.insert(self.below(3) as usize, extra);
        (centre.close_at_once, centre.mask_cards) = (self.chance(), self.chance());
        centre.survey = Survey { stars: self.chance(), questions: [("ru".to_owned(), vec![self.text()])].into() };
        let source = self.one(&["lead.assignDialogToNextOperator();\n", "// \"\"\" '''\n\tlead.leaveInQueue()"]);
        centre.script = self.maybe(|draw| RoutingScript { source: source.to_owned(), limit_ms: 1 + draw.below(999) });
        let media = self.some(&["image/*".to_owned(), "application/pdf".to_owned()]).into_iter().collect();
        centre.files = FileRules { most_bytes: 1 + u64::from(self.below(9_999)), media, ..FileRules::default() };
        centre.forms = self.forms();
        let (operator_chars, customer_chars) = (self.below(32_000), self.below(32_000));
        let (edit, window_h) = (self.chance(), self.below(48));
        let rules = ChannelRules { edit, window_h, operator_chars, customer_chars, ..ChannelRules::default() };
        centre.channels = self.maybe(|_| ("Site".to_owned(), rules)).into_iter().collect();
    }

    fn forms(&mut self) -> Forms {
        let field = |draw: &mut Self| {
            let mask = draw.maybe(|draw| draw.one(&["+7 (999) 999-99-99", "\\9aa **9"]).to_owned());
            FieldRules {
                presence: draw.one(&[FieldPresence::Hidden, FieldPresence::Optional, FieldPresence::Required]),
                max_chars: draw.maybe(|draw| 20 + draw.below(20)),
                kind: if mask.is_some() { FieldKind::Any } else { draw.one(&[FieldKind::Digits, FieldKind::Phone]) },
                mask,
            }
        };
        let form =
            |draw: &mut Self| FormRules::from([(ContactField::Phone, field(draw)), (ContactField::Name, field(draw))]);
        Forms {
            default: form(self),
            offline: self.maybe(form),
            first_question: self.maybe(form),
            contacts_request: self.maybe(form),
        }
    }

    fn made(mut self) -> Made {
        let mut centre = Centre::default();
        self.rules(&mut centre);
        self.places(&mut centre);
        centre.words = self.words();
        for key in self.keys("role") {
            centre.roles.insert(key, self.role());
        }
        for root in ["returns", "delivery"] {
            let category = Category { names: self.texts(), retired: self.chance() };
            centre.categories.insert(root.parse().unwrap(), category.clone());
            centre.categories.insert(format!("{root}/late").parse().unwrap(), category);
        }
        for number in 0..self.below(4) {
            let template = self.template(&centre, number);
            centre.templates.insert(format!("ответ {number}"), template);
        }
        let mut people = self.people(&centre);
        if let Some(bot) = self.maybe(|draw| draw.bot(&centre)) {
            centre.bots.insert("robot".to_owned(), bot);
            let post = Post { is_bot: true, ..Post::default() };
            people.insert("robot".to_owned(), Person { name: "Робот".to_owned(), disabled: false, post });
        }
        (centre, people)
    }

    fn people(&mut self, centre: &Centre) -> BTreeMap<String, Person> {
        let departments: Vec<_> = centre.departments.keys().cloned().collect();
        let teams: Vec<_> = centre.teams.keys().cloned().collect();
        let anna = Post { role: "administrator".parse().unwrap(), ..Post::default() };
        let anna = Person { name: "anna".to_owned(), disabled: false, post: anna };
        let mut people: BTreeMap<_, _> = [("anna".to_owned(), anna)].into();
        // Few and the same ones, because a password is made for each who is new.
        for login in self.some(&["ira", "oleg"]) {
            let post = Post {
                role: self.one(&["operator", "team-lead", "supervisor"]).parse().unwrap(),
                departments: self.some(&departments),
                supervises: self.some(&departments),
                teams: self
                    .some(&teams)
                    .into_iter()
                    .map(|team| (team, 1 + u8::try_from(self.below(100)).unwrap()))
                    .collect(),
                leads: self.some(&teams),
                languages: self.some(&["ru".to_owned(), "en".to_owned()]),
                most: self.below(1_000),
                email: self.maybe(|_| format!("{login}@example.org")),
                is_bot: false,
            };
            people.insert(
                login.to_owned(),
                Person { name: format!("Имя {}", self.below(9)), disabled: self.chance(), post },
            );
        }
        people
    }
}
