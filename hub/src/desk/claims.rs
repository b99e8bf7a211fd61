//! Names that customers give themselves and that sound like the centre's own people: "Администратор", "Оператор Ира".
//!
//! Such a name is kept, for nobody is sent away over it, and marked as what it is: a customer's. Spellings that only
//! look alike count as the same: other letter cases, Latin letters among Cyrillic ones, figures for letters, letters
//! set apart.

use crate::centre::Centre;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Found anywhere in a name: no one is called so.
const ANYWHERE: [&str; 14] = [
    "администрат",
    "модерат",
    "оператор",
    "супервизор",
    "техподдержк",
    "поддержка",
    "саппорт",
    "служба",
    "administrat",
    "moderat",
    "operator",
    "supervisor",
    "support",
    "helpdesk",
];
/// The whole of a name, or one of its words.
const WORDS: [&str; 16] = [
    "админ",
    "модер",
    "бот",
    "робот",
    "система",
    "сотрудник",
    "менеджер",
    "консультант",
    "оповещение",
    "admin",
    "bot",
    "robot",
    "system",
    "staff",
    "manager",
    "service",
];

/// The name as it is kept: with a mark, if it claims to be one of the centre's people. `colleague`: who leads the
/// dialog now. At most `most` characters, the mark included.
pub(super) fn as_claimed(name: &str, centre: &Centre, colleague: Option<&str>, most: usize) -> String {
    let mark = if centre.language == "en" { " (customer)" } else { " (клиент)" };
    let bare = name.trim_end_matches(" (customer)").trim_end_matches(" (клиент)");
    if !claims(bare, centre, colleague) {
        return name.to_owned();
    }
    let room = most.saturating_sub(mark.chars().count());
    let short: String = bare.chars().take(room).collect();
    format!("{}{mark}", short.trim_end())
}

fn claims(name: &str, centre: &Centre, colleague: Option<&str>) -> bool {
    let whole = skeleton(name);
    if whole.is_empty() {
        return false;
    }
    let is = |word: &str| skeleton(word) == whole;
    let words: Vec<String> = name.split(|c: char| !c.is_alphanumeric()).map(skeleton).collect();
    let roles = || centre.roles.values().flat_map(|role| role.names.values());
    let departments = || centre.departments.values().flat_map(|department| department.names.values());
    ANYWHERE.iter().any(|word| whole.contains(&skeleton(word)))
        || WORDS.iter().any(|word| is(word) || words.contains(&skeleton(word)))
        || is(&centre.name)
        || roles().chain(departments()).any(|name| is(name))
        || colleague.is_some_and(is)
}

/// What a text looks like: letters only, in small ones, each drawn in one way.
fn skeleton(text: &str) -> String {
    let letters = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).map(drawn);
    letters.filter(|c| c.is_alphabetic()).collect()
}

/// One letter for all that look like it.
fn drawn(c: char) -> char {
    match c {
        'a' | '@' | '4' => 'а',
        'b' | '6' => 'в',
        'c' => 'с',
        'e' | '3' => 'е',
        'h' => 'н',
        'i' | 'l' | '1' | '!' | '|' | 'і' => 'и',
        'k' => 'к',
        'm' => 'м',
        'o' | '0' | 'ο' => 'о',
        'p' | 'ρ' => 'р',
        't' | '7' => 'т',
        'u' | 'y' => 'у',
        'x' => 'х',
        'n' => 'п',
        'r' => 'г',
        's' | '5' | '$' => 'ѕ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(name: &str) -> String {
        let mut centre = Centre { name: "Лавка у дома".to_owned(), ..Centre::default() };
        centre.departments.insert(
            "sales".parse().unwrap(),
            crate::centre::Department {
                names: [("ru".into(), "Отдел продаж".into())].into(), ..Default::default()
            },
        );
        as_claimed(name, &centre, Some("Ира"), 40)
    }

    #[test]
    fn s_h11_a_name_of_the_centres_people_is_marked() {
        for claimed in [
            "Администратор",
            "АДМИНИСТРАТОР",
            "администратор сайта",
            "Aдминиcтpaтop",
            "А д м и н и с т р а т о р",
            "Aдминистратор\u{301}",
            "Админ",
            "admin",
            "ADM1N",
            "Administrator",
            "Support",
            "Supp0rt",
            "Оператор Ира",
            "Onepaтор",
            "0ператор",
            "Служба поддержки",
            "Система",
            "Бот",
            "Ира",
            "ИPА",
            "Отдел продаж",
            "Лавка у дома",
            "Супервизор",
        ] {
            assert_eq!(kept(claimed), format!("{claimed} (клиент)"), "{claimed}");
            assert_eq!(kept(&kept(claimed)), kept(claimed), "once");
        }
    }

    #[test]
    fn s_h11_a_name_of_a_person_is_left_alone() {
        for name in [
            "Мария",
            "Ирина",
            "Ираклий",
            "Ботвинник",
            "Роботов",
            "Сергей Системкин",
            "Jane Botting",
            "Lena",
            "Мурат",
            "Поздняков",
            "Admira",
            "王小明",
            "",
            "🙂",
            "Модест",
        ] {
            assert_eq!(kept(name), name);
        }
    }

    #[test]
    fn s_h11_a_long_claim_keeps_its_mark() {
        let long = kept(&format!("Администратор {}", "я".repeat(200)));
        assert!(long.chars().count() == 40 && long.ends_with(" (клиент)"), "{long}");
        let english = Centre { language: "en".to_owned(), ..Centre::default() };
        assert_eq!(as_claimed("Support", &english, None, 100), "Support (customer)");
    }
}
