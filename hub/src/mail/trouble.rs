//! That the routing script or the outside router fails, as a letter to an administrator: pure.

use super::letter::{Letter, escaped, time};
use jiff::tz::TimeZone;
use otklik_model::{Stamp, clean_name};

/// The longest name of a centre in a subject, in Unicode scalar values.
const NAME_CHARS: usize = 80;

/// What happened to the script, by the code under which it stands in the trail, in Russian and in English.
const TROUBLES: [(&str, &str, &str); 10] = [
    ("script.too_long", "Он работал дольше, чем ему отведено.", "It ran for longer than it may."),
    (
        "script.too_much_memory",
        "Ему не хватило памяти, которая ему отведена.",
        "It needed more memory than it may have.",
    ),
    ("script.too_deep", "Он слишком глубоко вызывает сам себя.", "It calls itself too deeply."),
    ("script.unreadable", "Это не JavaScript.", "It is no JavaScript."),
    ("script.threw", "Он завершился ошибкой.", "It threw an error."),
    (
        "script.pending",
        "Он откладывает работу на потом, а потом его уже никто не ждёт.",
        "It leaves work for later, and there is no later.",
    ),
    ("script.wrong_answer", "Его решение нельзя выполнить.", "What it decided cannot be carried out."),
    (
        "script.stuck",
        "Прежние его вызовы всё ещё не закончились.",
        "Earlier calls of it have still not come to an end.",
    ),
    (
        "script.busy",
        "Слишком много диалогов разом ждут его решения.",
        "Too many dialogs wait for its decision at once.",
    ),
    ("script.engine", "Отказал сам движок сценариев.", "The script engine itself failed."),
];

/// The same of the router.
const OF_ROUTER: [(&str, &str, &str); 2] = [
    ("router.no_answer", "Он не отвечает.", "It does not answer."),
    (
        "router.wrong_answer",
        "Его ответ нельзя выполнить, или часть ответа.",
        "What it answers, or a part of it, cannot be carried out.",
    ),
];

/// What fails, and what to do, in Russian and in English.
struct Culprit {
    fails: [&'static str; 2],
    remedy: [&'static str; 2],
}

const SCRIPT: Culprit = Culprit {
    fails: ["сценарий распределения не сработал", "the routing script fails"],
    remedy: [
        "Вернуть прежний сценарий: otklik-hub admin ... script back",
        "The script of before: otklik-hub admin ... script back",
    ],
};
const ROUTER: Culprit = Culprit {
    fails: ["внешний маршрутизатор не сработал", "the outside router fails"],
    remedy: [
        "Отключить маршрутизатор: otklik-hub admin ... setting set router null",
        "Without the router: otklik-hub admin ... setting set router null",
    ],
};

/// Writes a letter. `why` is what the log says of it, in English.
pub(crate) fn trouble_letter(desk: &str, code: &str, why: &str, at: Stamp, language: &str, zone: &TimeZone) -> Letter {
    let known = TROUBLES.iter().chain(&OF_ROUTER).find(|(known, ..)| *known == code);
    let (russian, english) = known.map_or(("", ""), |(_, russian, english)| (*russian, *english));
    let Culprit { fails, remedy } = if code.starts_with("router.") { ROUTER } else { SCRIPT };
    let (at, desk) = (time(at, zone), clean_name(desk, NAME_CHARS));
    let (subject, words, back, tag) = if language.starts_with("ru") {
        let words = format!(
            "{at}. {russian} ({code}: {why})\n\nДиалоги раздаёт встроенное правило, клиенты ничего не заметили. Об одной и той же \
             беде мы пишем не чаще раза в сутки, все случаи — в журнале действий."
        );
        (format!("{desk}: {}", fails[0]), words, remedy[0], "ru")
    } else {
        let words = format!(
            "{at}. {english} ({code}: {why})\n\nThe built-in rule gives the dialogs out, and customers notice nothing. You are told of \
             the same trouble once a day at most; the trail has all of them."
        );
        (format!("{desk}: {}", fails[1]), words, remedy[1], "en")
    };
    let html = format!(
        "<!doctype html><html lang=\"{tag}\"><meta charset=\"utf-8\"><title>{}</title><p>{}</p><p>{}</p></html>",
        escaped(&subject),
        escaped(&words).replace('\n', "<br>"),
        escaped(back)
    );
    Letter { subject, text: format!("{words}\n\n{back}\n"), html }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bot::RouterTrouble;
    use crate::script::{Fault, ScriptTrouble, WrongAnswer};

    #[test]
    fn every_trouble_has_words_in_both_languages() {
        let troubles = [
            ScriptTrouble::TooLong { limit_ms: 50 },
            ScriptTrouble::TooMuchMemory,
            ScriptTrouble::TooDeep,
            ScriptTrouble::Unreadable { fault: Fault::SyntaxError, line: 3 },
            ScriptTrouble::Threw { fault: Fault::TypeError, line: 3 },
            ScriptTrouble::Pending,
            ScriptTrouble::WrongAnswer { why: WrongAnswer::Task },
            ScriptTrouble::Stuck,
            ScriptTrouble::Busy,
            ScriptTrouble::Engine,
        ];
        let codes: Vec<_> = troubles.iter().map(ScriptTrouble::code).collect();
        assert_eq!(codes, TROUBLES.map(|(code, ..)| code), "the same list, in the same order");
        for (trouble, (code, russian, english)) in troubles.iter().zip(TROUBLES) {
            let letter = |language| {
                let (at, zone) = (Stamp(1_766_000_000_000), TimeZone::UTC);
                trouble_letter("<Чай>", code, &trouble.to_string(), at, language, &zone)
            };
            let (ru, en) = (letter("ru"), letter("en-GB"));
            for form in [&ru.text, &ru.html] {
                assert!(
                    form.contains(russian) && form.contains("script back") && form.contains("2025-12-17"),
                    "{form}"
                );
            }
            assert!(en.text.contains(english) && en.html.contains(english), "{}", en.text);
            assert!(ru.html.contains("&lt;Чай&gt;") && !ru.html.contains("<Чай>"), "{}", ru.html);
        }
    }

    #[test]
    fn every_trouble_with_the_router_has_words_in_both_languages() {
        let troubles = [RouterTrouble::Late, RouterTrouble::Malformed];
        assert_eq!(troubles.map(RouterTrouble::code), OF_ROUTER.map(|(code, ..)| code), "the same list");
        for (trouble, (code, russian, english)) in troubles.into_iter().zip(OF_ROUTER) {
            let letter = |language| {
                trouble_letter("Чай", code, &trouble.to_string(), Stamp(1_766_000_000_000), language, &TimeZone::UTC)
            };
            let (ru, en) = (letter("ru"), letter("en"));
            assert!(ru.subject.contains("маршрутизатор") && ru.text.contains(russian), "{}", ru.text);
            assert!(en.subject.contains("router") && en.text.contains(english), "{}", en.text);
            assert!(en.text.contains("setting set router null") && !en.text.contains("script back"), "{}", en.text);
        }
    }
}
