//! The two mornings: who works, on which layout, and what the page says.

use crate::e2e::keyboard::Layout;

/// Somebody beside the operator.
pub(super) struct Person {
    pub(super) login: &'static str,
    pub(super) name: &'static str,
    pub(super) password: &'static str,
}

/// What is said and read in one morning.
pub(super) struct Tongue {
    pub(super) layout: Layout,
    pub(super) login: &'static str,
    pub(super) name: &'static str,
    pub(super) password: &'static str,
    pub(super) colleague: Person,
    /// The language of the customers' browsers.
    pub(super) browser: &'static str,
    /// Two customers, and what they ask.
    pub(super) first: (&'static str, &'static str),
    pub(super) second: (&'static str, &'static str),
    /// Typed to find the greeting, and what it becomes.
    pub(super) template: &'static str,
    pub(super) greeting: &'static str,
    pub(super) answer: &'static str,
    pub(super) note: &'static str,
    pub(super) reason: &'static str,
    pub(super) reminder: &'static str,
    pub(super) handed_over: &'static str,
    /// The beginning of the colleague's name, as it is typed.
    pub(super) colleague_typed: &'static str,
    /// The beginning of the category, as it is typed.
    pub(super) category: &'static str,
    /// A word of the first customer, to be searched for.
    pub(super) searched: &'static str,
    /// Typed into the palette: for the dark theme, and to leave. In the wrong layout where there is one.
    pub(super) dark: &'static str,
    pub(super) leave: &'static str,
    pub(super) words: Words,
}

/// The page's own words.
pub(super) struct Words {
    pub(super) online: &'static str,
    pub(super) led_by_me: &'static str,
    /// The term that is proposed, and another.
    pub(super) an_hour: &'static str,
    pub(super) until_reply: &'static str,
    pub(super) reason: &'static str,
    pub(super) hold: &'static str,
    pub(super) held: &'static str,
    pub(super) answer: &'static str,
    pub(super) worth_knowing: &'static str,
    pub(super) give: &'static str,
    pub(super) settings: &'static str,
    pub(super) undo: &'static str,
    pub(super) leave_offline: &'static str,
    /// How the palette is asked for the language of this morning, on its layout.
    pub(super) language: Option<&'static str>,
}

pub(super) static TONGUES: [Tongue; 2] = [
    Tongue {
        layout: Layout::Latin,
        login: "kate",
        name: "Kate",
        password: "strong tea and a quiet morning",
        colleague: Person { login: "tom", name: "Tom Adler", password: "forty two rainy wednesdays" },
        browser: "en-GB",
        first: ("Emma Whitfield", "Where is my parcel with the teapot?"),
        second: ("John Reed", "Can I pay by card?"),
        template: "/hello",
        greeting: "Hello! This is Kate, how can I help?",
        answer: "It is on its way, let me look.",
        note: "In a hurry, call back.",
        reason: "asked the depot",
        reminder: "Any news?",
        handed_over: "Wants an invoice",
        colleague_typed: "tom",
        category: "late",
        searched: "teapot",
        dark: "theme dark",
        leave: "sign out",
        words: Words {
            online: "Online",
            led_by_me: "With you",
            an_hour: "For an hour",
            until_reply: "Until the customer replies",
            reason: "Reason",
            hold: "Put off",
            held: "on hold until a reply",
            answer: "Answer",
            worth_knowing: "Worth knowing",
            give: "Transfer",
            settings: "Settings",
            undo: "A sent message can be taken back",
            leave_offline: "Sign out and go offline",
            language: None,
        },
    },
    Tongue {
        layout: Layout::Russian,
        login: "ira",
        name: "Ира",
        password: "крепкий чай и тихое утро",
        colleague: Person {
            login: "oleg", name: "Олег", password: "сорок две дождливые среды"
        },
        browser: "ru-RU",
        first: ("Мария Белова", "Где моя посылка с чайником?"),
        second: ("Павел Седов", "Можно ли оплатить картой?"),
        template: "/приве",
        greeting: "Здравствуйте! Меня зовут Ира, чем помочь?",
        answer: "Она уже в пути, сейчас посмотрю.",
        note: "Спешит, перезвонить.",
        reason: "спросила склад",
        reminder: "Есть новости?",
        handed_over: "Нужен счёт",
        colleague_typed: "оле",
        category: "опозд",
        searched: "чайником",
        dark: "тема темная",
        leave: "выйти",
        words: Words {
            online: "В сети",
            led_by_me: "Ведёте вы",
            an_hour: "На час",
            until_reply: "До ответа клиента",
            reason: "Причина",
            hold: "Отложить",
            held: "отложен до ответа",
            answer: "Ответьте",
            worth_knowing: "Что стоит знать",
            give: "Передать",
            settings: "Настройки",
            undo: "Отправленное можно вернуть",
            leave_offline: "Выйти и стать офлайн",
            language: Some("язык русский"),
        },
    },
];
