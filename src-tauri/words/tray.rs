//! What the tray says.

use super::{Tongue, english, pick, russian};
use otklik_core::{LinkView, NextWhy};
use otklik_model::OperatorStatus;

/// Show the window.
pub fn open(tongue: Tongue) -> String {
    pick(tongue, "Открыть Otklik", "Open Otklik")
}

/// Cover the window.
pub fn cover(tongue: Tongue) -> String {
    pick(tongue, "Закрыть экран Otklik", "Cover Otklik")
}

/// End the program.
pub fn quit(tongue: Tongue) -> String {
    pick(tongue, "Выйти", "Quit")
}

/// The connection.
pub fn link(link: &LinkView, tongue: Tongue) -> String {
    match link {
        LinkView::Live { .. } => pick(tongue, "На связи", "Connected"),
        LinkView::Connecting => pick(tongue, "Подключение…", "Connecting…"),
        LinkView::CatchingUp => pick(tongue, "Получаю пропущенное…", "Catching up…"),
        LinkView::Down { .. } => pick(tongue, "Нет связи", "No connection"),
    }
}

/// Instead of the connection.
pub fn signed_out(tongue: Tongue) -> String {
    pick(tongue, "Вход не выполнен", "Not signed in")
}

/// How many dialogs want something.
pub fn counts(waiting: u32, unread: u32, tongue: Tongue) -> String {
    match (waiting, unread, tongue) {
        (0, 0, _) => pick(tongue, "Всё прочитано", "Nothing unread"),
        (_, 0, _) => waits(waiting, tongue),
        (0, _, _) => unreads(unread, tongue),
        (_, _, Tongue::Ru) => format!("{}, непрочитанных: {unread}", waits(waiting, tongue)),
        (_, _, Tongue::En) => format!("{}, {unread} unread", waits(waiting, tongue)),
    }
}

fn waits(count: u32, tongue: Tongue) -> String {
    match tongue {
        Tongue::Ru => {
            format!("{count} {}", russian(count, ["клиент ожидает", "клиента ожидают", "клиентов ожидают"]))
        }
        Tongue::En => format!("{count} {} waiting", english(count, "customer is", "customers are")),
    }
}

fn unreads(count: u32, tongue: Tongue) -> String {
    match tongue {
        Tongue::Ru => {
            let words = ["непрочитанный диалог", "непрочитанных диалога", "непрочитанных диалогов"];
            format!("{count} {}", russian(count, words))
        }
        Tongue::En => format!("{count} unread {}", english(count, "dialog", "dialogs")),
    }
}

/// Go to this customer's dialog.
pub fn next(who: &str, why: NextWhy, tongue: Tongue) -> String {
    match (tongue, why) {
        (Tongue::Ru, NextWhy::Waits) => format!("Следующий ожидает: {who}"),
        (Tongue::En, NextWhy::Waits) => format!("Next waiting: {who}"),
        (Tongue::Ru, NextWhy::Unread) => format!("Следующий непрочитанный: {who}"),
        (Tongue::En, NextWhy::Unread) => format!("Next unread: {who}"),
    }
}

/// There is none to go to.
pub fn nobody_next(tongue: Tongue) -> String {
    pick(tongue, "Никто не ожидает, всё прочитано", "Nobody is waiting, everything is read")
}

/// Somebody is next, and nobody may be named: the window is covered.
pub fn hidden_next(tongue: Tongue) -> String {
    pick(tongue, "Кто следующий — видно в открытом окне", "Who is next shows in the open window")
}

/// The menu of statuses, whose they are if that has to be told, and the present one.
pub fn status(account: Option<&str>, now: &str, tongue: Tongue) -> String {
    let word = pick(tongue, "Статус", "Status");
    let whose = account.map_or_else(|| word.clone(), |account| format!("{word} ({account})"));
    if now.is_empty() { whose } else { format!("{whose}: {now}") }
}

/// A kind of status, where the centre has no dictionary of them.
pub fn kind(kind: OperatorStatus, tongue: Tongue) -> String {
    match kind {
        OperatorStatus::Online => pick(tongue, "Онлайн", "Online"),
        OperatorStatus::Break => pick(tongue, "Перерыв", "Break"),
        OperatorStatus::OfflineRequests => pick(tongue, "Офлайн-обращения", "Offline requests"),
        OperatorStatus::Offline => pick(tongue, "Офлайн", "Offline"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Tongue::{En, Ru};

    #[test]
    fn the_counts_follow_both_languages() {
        for (waiting, unread, russian, english) in [
            (0, 0, "Всё прочитано", "Nothing unread"),
            (1, 0, "1 клиент ожидает", "1 customer is waiting"),
            (5, 0, "5 клиентов ожидают", "5 customers are waiting"),
            (0, 2, "2 непрочитанных диалога", "2 unread dialogs"),
            (0, 21, "21 непрочитанный диалог", "21 unread dialogs"),
            (3, 1, "3 клиента ожидают, непрочитанных: 1", "3 customers are waiting, 1 unread"),
        ] {
            assert_eq!((counts(waiting, unread, Ru), counts(waiting, unread, En)), (russian.into(), english.into()));
        }
    }
}
