//! What a customer said, in a line of a notification.

use super::{Tongue, pick};
use otklik_core::Said;
use otklik_model::MessageKind;

/// What a form asks for: the hub's own word, then what it is called, in the order of the form.
const FIELDS: [(&str, &str, &str); 3] =
    [("name", "Имя", "Name"), ("email", "Почта", "E-mail"), ("phone", "Телефон", "Phone")];

/// The line. Of what is more than words it says what it is.
pub(super) fn line(said: &Said, tongue: Tongue) -> String {
    let text = said.text.as_str();
    match said.kind {
        MessageKind::Text
        | MessageKind::Note
        | MessageKind::System
        | MessageKind::AutoReply
        | MessageKind::Keyboard
        | MessageKind::Unknown => text.to_owned(),
        MessageKind::File => labelled("Файл", "File", text, tongue),
        MessageKind::Place => labelled("Место", "Place", text, tongue),
        MessageKind::Sticker => format!("{} {text}", pick(tongue, "Стикер", "Sticker")).trim_end().to_owned(),
        MessageKind::ContactRequest if text.is_empty() => pick(tongue, "Запрошены контакты", "Contacts were asked for"),
        MessageKind::ContactRequest => text.to_owned(),
        MessageKind::Contacts => contacts(text, tongue),
    }
}

fn labelled(russian: &str, english: &str, text: &str, tongue: Tongue) -> String {
    let label = pick(tongue, russian, english);
    if text.is_empty() { label } else { format!("{label}: {text}") }
}

/// A filled form, whose lines may have run together. What names no field of the form, or hides its values, stands as
/// it is behind a word for the whole.
fn contacts(text: &str, tongue: Tongue) -> String {
    let mut parts: Vec<(&str, String)> = Vec::new();
    let mut rest = text;
    for (field, russian, english) in FIELDS {
        let Some((before, after)) = at_field(rest, field) else { continue };
        match parts.last_mut() {
            Some((value, _)) => *value = before,
            None if before.trim().is_empty() => {}
            None => return labelled("Контакты", "Contacts", text, tongue),
        }
        parts.push((after, pick(tongue, russian, english)));
        rest = after;
    }
    if parts.is_empty() {
        return labelled("Контакты", "Contacts", text, tongue);
    }
    let said = parts.iter().map(|(value, label)| format!("{label}: {}", value.trim()));
    said.collect::<Vec<_>>().join(", ")
}

/// What stands before and behind the name of a field.
fn at_field<'a>(text: &'a str, field: &str) -> Option<(&'a str, &'a str)> {
    let begins = |at: &usize| text[..*at].chars().next_back().is_none_or(char::is_whitespace);
    let mut places = text.match_indices(field).map(|(at, _)| at).filter(begins);
    places.find_map(|at| Some((&text[..at], text[at + field.len()..].strip_prefix(": ")?)))
}
