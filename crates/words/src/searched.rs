//! What is searched of a message, and how a customer is found by a part of his name.

use crate::words::{indexed, words};
use otklik_model::{Details, MessageKind};
use std::borrow::Cow;

/// Digits that may be a part of a phone number rather than a number of something.
pub(crate) const PHONE_PART: usize = 4;

/// The entries of the index for a message: what people wrote, the names of files and of places; not what the hub noted
/// ("accepted Ира"), not what a customer filled in, which is masked for some, and not stickers, which say nothing in
/// letters.
#[must_use]
pub fn searched(kind: MessageKind, text: &str, details: &Details) -> Option<String> {
    match kind {
        MessageKind::Text | MessageKind::Note | MessageKind::Place => Some(indexed(text)),
        MessageKind::File => details.file.as_ref().map(|_| indexed(&said(text, details))),
        MessageKind::AutoReply
        | MessageKind::ContactRequest
        | MessageKind::Contacts
        | MessageKind::Keyboard
        | MessageKind::Sticker
        | MessageKind::System
        | MessageKind::Unknown => None,
    }
}

/// The words of a message's line: a file's are its caption and its name.
#[must_use]
pub fn said<'a>(text: &'a str, details: &Details) -> Cow<'a, str> {
    match &details.file {
        None => Cow::Borrowed(text),
        Some(file) if text.is_empty() => Cow::Owned(file.name.clone()),
        Some(file) => Cow::Owned(format!("{text} {}", file.name)),
    }
}

/// Whether a customer is meant by `wanted`: each word of it begins a word of what he is called by, or it is his number,
/// or it stands in a phone number.
#[must_use]
pub fn holds(names: &[&str], numbers: &[u64], wanted: &str) -> bool {
    let asked = words(wanted);
    let digits: String = wanted.chars().filter(char::is_ascii_digit).collect();
    let only_digits = !digits.is_empty() && !wanted.chars().any(char::is_alphabetic);
    if only_digits && numbers.iter().any(|number| number.to_string() == digits) {
        return true;
    }
    if only_digits && digits.len() >= PHONE_PART {
        let number_of = |name: &&str| name.chars().filter(char::is_ascii_digit).collect::<String>();
        return names.iter().any(|name| number_of(name).contains(&digits));
    }
    let called: Vec<String> = names.iter().flat_map(|name| words(name)).map(|word| word.normal).collect();
    let begins = |asked: &str| called.iter().any(|word| word.starts_with(asked));
    !asked.is_empty() && asked.iter().all(|word| begins(&word.normal))
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn a_customer_is_found_by_a_part_of_what_he_is_called_by() {
        let called = ["Мария Алёхина", "maria@example.org", "+7 900 123-45-67"];
        for (wanted, is) in [
            ("мар", true),
            ("алехина мария", true),
            ("maria", true),
            ("5", true),
            ("№ 5", true),
            ("123 45", true),
            ("55", false),
            ("рия", false),
            ("Мария Петрова", false),
            ("", false),
            ("!", false),
        ] {
            assert_eq!(holds(&called, &[5, 17], wanted), is, "{wanted}");
        }
    }
}
