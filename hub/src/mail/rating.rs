//! That a customer is not content, as a letter to whoever the centre names: pure.

use super::letter::{Foot, Letter, escaped, time};
use jiff::tz::TimeZone;
use otklik_model::{DialogId, Rating, clean_name};

/// The longest name in a letter, in Unicode scalar values.
const NAME_CHARS: usize = 80;

/// The words of a language.
struct Words {
    tag: &'static str,
    subject: &'static str,
    dialog: &'static str,
    operator: &'static str,
    nobody: &'static str,
    stars: &'static str,
    of: &'static str,
    when: &'static str,
    comment: &'static str,
    none: &'static str,
}

const RUSSIAN: Words = Words {
    tag: "ru",
    subject: "Низкая оценка: диалог №",
    dialog: "Диалог №",
    operator: "Оператор",
    nobody: "никто не отвечал",
    stars: "Оценка",
    of: "из",
    when: "Когда",
    comment: "Комментарий",
    none: "нет",
};

const ENGLISH: Words = Words {
    tag: "en",
    subject: "A low rating: dialog No.",
    dialog: "Dialog No.",
    operator: "Operator",
    nobody: "nobody had answered",
    stars: "Rating",
    of: "of",
    when: "When",
    comment: "Comment",
    none: "none",
};

/// Whom and what a rating is about.
pub(crate) struct Rated<'a> {
    pub(crate) desk: &'a str,
    pub(crate) dialog: DialogId,
    pub(crate) number: u64,
    /// The name of who was rated; nothing, if no operator had led the dialog.
    pub(crate) operator: Option<&'a str>,
    pub(crate) rating: &'a Rating,
}

/// Writes a letter.
pub(crate) fn rating_letter(rated: &Rated<'_>, language: &str, zone: &TimeZone) -> Letter {
    let Rated { desk, dialog, number, operator, rating } = rated;
    let words = if language.starts_with("ru") { &RUSSIAN } else { &ENGLISH };
    let subject = format!("{}: {} {number}", clean_name(desk, NAME_CHARS), lower_first(words.subject));
    let operator = operator.map_or_else(|| words.nobody.to_owned(), |name| clean_name(name, NAME_CHARS));
    let comment = rating.note.as_deref().unwrap_or(words.none);
    let facts = [
        (words.dialog, number.to_string()),
        (words.operator, operator),
        (words.stars, format!("{} {} 5", rating.stars, words.of)),
        (words.when, time(rating.at, zone)),
        (words.comment, comment.to_owned()),
    ];
    let Foot { line, paragraph } = Foot::leads_to(*dialog, language);
    let mut text = String::new();
    let mut html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><h1>{title}</h1>",
        words.tag,
        title = escaped(&subject)
    );
    for (name, value) in facts {
        let colon = if name.ends_with(['№', '.']) { "" } else { ":" };
        // Words that look like the next line are not one: they stand further to the right.
        text.push_str(&format!("{name}{colon} {}\n", value.replace('\n', "\n    ")));
        let value = escaped(&value).replace('\n', "<br>");
        html.push_str(&format!("<p>{name}{colon} <bdi>{value}</bdi></p>"));
    }
    text.push_str(&format!("\n{line}"));
    html.push_str(&format!("{paragraph}</body></html>"));
    Letter { subject, text, html }
}

fn lower_first(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::Stamp;
    use uuid::Uuid;

    #[test]
    fn it_tells_who_was_rated_how_and_why_and_where_that_is() {
        let note = "<b>Долго</b>\nОператор: Анна";
        let mut rating = Rating {
            operator: None,
            stars: 2,
            note: Some(note.into()),
            answers: Vec::new(),
            at: Stamp(1_766_000_000_000),
        };
        let letter = |rating: &Rating, operator, language| {
            let (desk, dialog) = ("Чай\r\nBcc: x", DialogId(Uuid::from_u128(7)));
            rating_letter(&Rated { desk, dialog, number: 17, operator, rating }, language, &TimeZone::UTC)
        };
        let russian = letter(&rating, Some("Ира <i>"), "ru");
        assert_eq!(russian.subject, "Чай Bcc: x: низкая оценка: диалог № 17");
        for said in [
            "Диалог № 17\n",
            "Оператор: Ира <i>\n",
            "Оценка: 2 из 5\n",
            "2025-12-17 19:33:20 UTC",
            "Комментарий: <b>Долго</b>\n    Оператор: Анна\n",
            "otklik://dialog/00000000-0000-0000-0000-000000000007",
        ] {
            assert!(russian.text.contains(said), "{said}: {}", russian.text);
        }
        assert!(russian.html.contains("&lt;b&gt;Долго&lt;/b&gt;<br>") && !russian.html.contains("<b>"));
        assert!(russian.html.contains("<a href=\"otklik://dialog/00000000-0000-0000-0000-000000000007\">"));
        rating.note = None;
        let english = letter(&rating, None, "en-GB");
        assert!(english.subject.ends_with("a low rating: dialog No. 17"), "{}", english.subject);
        assert!(english.text.contains("Operator: nobody had answered\nRating: 2 of 5\n"), "{}", english.text);
        assert!(english.text.contains("Comment: none\n"), "{}", english.text);
    }
}
