//! What the shell itself says, in Russian and English: notifications, the tray, the title. The page has its own words.

mod said;
pub mod tray;

use otklik_core::{Language, Popup, Said};
use otklik_model::{GoneReason, OperatorStatus};

/// A language that words exist in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Tongue {
    /// The chosen language, or the system's.
    pub fn of(language: Language) -> Self {
        match language {
            Language::Ru => Self::Ru,
            Language::En => Self::En,
            Language::Auto => Self::of_locale(&system_locale()),
        }
    }

    /// What handbooks call it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    fn of_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("ru") { Self::Ru } else { Self::En }
    }
}

/// The system's language as a locale, such as `ru_RU.UTF-8`; empty if it does not say.
pub fn system_locale() -> String {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    names.into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty()).unwrap_or_default()
}

/// A notification in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The first line, plain text.
    pub title: String,
    /// The rest, plain text; may be empty.
    pub body: String,
}

/// A notification in words.
pub fn popup(popup: &Popup, tongue: Tongue) -> Note {
    use Tongue::{En, Ru};
    match popup {
        Popup::Waiting { name, number, text, to_me, .. } => {
            let who = customer(name.as_deref(), *number, tongue);
            let title = match (tongue, to_me) {
                (Ru, true) => format!("{who}: обращение передано вам"),
                (En, true) => format!("{who} was passed to you"),
                (Ru, false) => format!("{who} ожидает ответа"),
                (En, false) => format!("{who} is waiting"),
            };
            Note { title, body: body(text.as_ref(), tongue) }
        }
        Popup::Given { name, number, text, .. } => {
            let who = customer(name.as_deref(), *number, tongue);
            let title = match tongue {
                Ru => format!("{who}: диалог назначен вам"),
                En => format!("{who} was assigned to you"),
            };
            Note { title, body: body(text.as_ref(), tongue) }
        }
        Popup::Messages { name, number, text, count, .. } => {
            let who = customer(name.as_deref(), *number, tongue);
            let many = new_messages(*count, tongue);
            let title = if *count > 1 || text.is_none() { format!("{who}: {many}") } else { who };
            Note { title, body: body(text.as_ref(), tongue) }
        }
        Popup::Unsent { count, .. } => Note { title: unsent_title(*count, tongue), body: unsent_body(tongue) },
        Popup::OfflineRequest { name, number, text, .. } => {
            let who = customer(name.as_deref(), *number, tongue);
            let title = match tongue {
                Ru => format!("{who}: офлайн-обращение"),
                En => format!("{who} left a request"),
            };
            Note { title, body: body(text.as_ref(), tongue) }
        }
        Popup::Left { name, number, reason, to, .. } => {
            let who = customer(name.as_deref(), *number, tongue);
            Note { title: left(&who, *reason, to.as_deref(), tongue), body: String::new() }
        }
        Popup::OfferEnds { name, number, seconds, .. } => {
            let who = customer(name.as_deref(), *number, tongue);
            let title = match tongue {
                Ru => format!("{who} ждёт: осталось {seconds} с"),
                En => format!("{who} is waiting: {seconds} s left"),
            };
            Note {
                title, body: pick(tongue, "Потом диалог уйдёт другому.", "Then somebody else gets the dialog.")
            }
        }
        Popup::Note { by, text, .. } => {
            let title = match (by, tongue) {
                (Some(by), Ru) => format!("Заметка от {by}"),
                (Some(by), En) => format!("A note from {by}"),
                (None, tongue) => pick(tongue, "Заметка от коллеги", "A note from a colleague"),
            };
            Note { title, body: text.clone().unwrap_or_default() }
        }
        Popup::Status { status } => Note {
            title: status_title(*status, tongue),
            body: pick(tongue, "Статус изменили не вы.", "It was not you who changed it."),
        },
        Popup::QueueLong { waiting } => Note {
            title: match tongue {
                Ru => format!("В очереди {waiting} {}", russian(*waiting, ["диалог", "диалога", "диалогов"])),
                En => format!("{waiting} {} waiting", english(*waiting, "dialog is", "dialogs are")),
            },
            body: String::new(),
        },
        Popup::LowRating { name, number, stars, .. } => {
            let who = customer(name.as_deref(), *number, tongue);
            let title = match tongue {
                Ru => format!("{who}: оценка {stars} из 5"),
                En => format!("{who} gave {stars} of 5"),
            };
            Note { title, body: String::new() }
        }
        Popup::LinkLost => Note {
            title: pick(tongue, "Нет связи", "No connection"),
            body: pick(
                tongue,
                "Всё написанное сохраняется и уйдёт, когда связь вернётся.",
                "What you write is kept and goes out when the connection is back.",
            ),
        },
        Popup::SessionEnded => Note {
            title: pick(tongue, "Сеанс завершён", "Your session has ended"),
            body: pick(
                tongue,
                "Войдите снова. Всё написанное сохранено и уйдёт после входа.",
                "Sign in again. What you wrote is kept and goes out then.",
            ),
        },
        Popup::Summary { unread, waiting } => Note {
            title: pick(tongue, "Связь восстановлена", "Connected again"),
            body: summary(*unread, *waiting, tongue),
        },
    }
}

/// What was said, if it may be shown.
fn body(text: Option<&Said>, tongue: Tongue) -> String {
    text.map(|said| said::line(said, tongue)).unwrap_or_default()
}

/// A notification's first line with the name of its account, if that has to be told.
pub fn of_account(account: Option<&str>, title: &str) -> String {
    account.map_or_else(|| title.to_owned(), |account| format!("{account} · {title}"))
}

/// How a dialog left.
fn left(who: &str, reason: GoneReason, to: Option<&str>, tongue: Tongue) -> String {
    use Tongue::{En, Ru};
    match (tongue, reason, to) {
        (Ru, GoneReason::Closed, _) => format!("Диалог завершён: {who}"),
        (En, GoneReason::Closed, _) => format!("Dialog closed: {who}"),
        (Ru, GoneReason::Erased, _) => "Данные клиента удалены вместе с диалогом".to_owned(),
        (En, GoneReason::Erased, _) => "A customer was erased with the dialog".to_owned(),
        (Ru, GoneReason::Accepted | GoneReason::Transferred | GoneReason::Hidden, Some(to)) => {
            format!("{who}: диалог ведёт {to}")
        }
        (En, GoneReason::Accepted | GoneReason::Transferred | GoneReason::Hidden, Some(to)) => {
            format!("{who}: {to} has the dialog now")
        }
        (Ru, GoneReason::Accepted | GoneReason::Transferred | GoneReason::Hidden, None) => {
            format!("{who}: диалог больше не ваш")
        }
        (En, GoneReason::Accepted | GoneReason::Transferred | GoneReason::Hidden, None) => {
            format!("{who}: the dialog is no longer yours")
        }
    }
}

fn status_title(status: OperatorStatus, tongue: Tongue) -> String {
    match status {
        OperatorStatus::Online => pick(tongue, "Ваш статус: онлайн", "Your status: online"),
        OperatorStatus::Break => pick(tongue, "Ваш статус: перерыв", "Your status: break"),
        OperatorStatus::OfflineRequests => {
            pick(tongue, "Ваш статус: офлайн-обращения", "Your status: offline requests")
        }
        OperatorStatus::Offline => pick(tongue, "Ваш статус: офлайн", "Your status: offline"),
    }
}

/// What the customer is called.
pub fn customer(name: Option<&str>, number: u64, tongue: Tongue) -> String {
    match (name, tongue) {
        (Some(name), _) => name.to_owned(),
        (None, Tongue::Ru) => format!("Клиент {number}"),
        (None, Tongue::En) => format!("Customer {number}"),
    }
}

fn new_messages(count: u32, tongue: Tongue) -> String {
    match tongue {
        Tongue::Ru => {
            let words = ["новое сообщение", "новых сообщения", "новых сообщений"];
            format!("{count} {}", russian(count, words))
        }
        Tongue::En => format!("{count} new {}", english(count, "message", "messages")),
    }
}

fn unsent_title(count: u32, tongue: Tongue) -> String {
    match tongue {
        Tongue::Ru => {
            let words = ["сообщение не отправлено", "сообщения не отправлены", "сообщений не отправлено"];
            format!("{count} {}", russian(count, words))
        }
        Tongue::En => format!("{count} {} not sent", english(count, "message is", "messages are")),
    }
}

fn unsent_body(tongue: Tongue) -> String {
    pick(
        tongue,
        "Текст сохранён. Откройте диалог, чтобы отправить снова или исправить.",
        "The words are kept. Open the dialog to send them again or to change them.",
    )
}

fn summary(unread: u32, waiting: u32, tongue: Tongue) -> String {
    let unread = (unread > 0).then(|| match tongue {
        Tongue::Ru => {
            format!("непрочитанное в {unread} {}", russian(unread, ["диалоге", "диалогах", "диалогах"]))
        }
        Tongue::En => format!("{unread} {} with something unread", english(unread, "dialog", "dialogs")),
    });
    let waiting = (waiting > 0).then(|| match tongue {
        Tongue::Ru => {
            let words = ["клиент ожидает", "клиента ожидают", "клиентов ожидают"];
            format!("{waiting} {}", russian(waiting, words))
        }
        Tongue::En => format!("{waiting} waiting"),
    });
    let said: Vec<_> = unread.into_iter().chain(waiting).collect();
    capital(&said.join(", "))
}

/// What customers see of the one operator of a desk of one's own.
pub fn operator(tongue: Tongue) -> String {
    pick(tongue, "Оператор", "Operator")
}

/// The notification's button, on systems that show one.
pub fn show(tongue: Tongue) -> String {
    pick(tongue, "Открыть", "Open")
}

/// The notification's button to refuse what is offered, on systems that show one.
pub fn decline(tongue: Tongue) -> String {
    pick(tongue, "Отклонить", "Decline")
}

/// The notification's button to answer in it, on systems that have a field for that.
pub fn reply(tongue: Tongue) -> String {
    pick(tongue, "Ответить", "Reply")
}

/// The notification's button to become the dialog's operator, on systems that show one.
pub fn accept(tongue: Tongue) -> String {
    pick(tongue, "Принять", "Accept")
}

/// The window's title.
pub fn title(count: u32) -> String {
    if count == 0 { "Otklik".to_owned() } else { format!("({count}) Otklik") }
}

fn pick(tongue: Tongue, russian: &str, english: &str) -> String {
    match tongue {
        Tongue::Ru => russian.to_owned(),
        Tongue::En => english.to_owned(),
    }
}

/// The Russian form for a count: 1 сообщение, 2 сообщения, 5 сообщений.
fn russian(count: u32, [one, few, many]: [&'static str; 3]) -> &'static str {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        (0 | 5.., _) => many,
    }
}

fn english(count: u32, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// The same with a capital first letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
