//! How a phone number or an address is shown to whoever may not see it: as much as is needed to recognise it, and no
//! more.

use super::{Actor, DialogAggregate, allows, masked_address};
use otklik_model::{Customer, Message, MessageKind, Preview, Right};

const DOT: char = '•';
/// Digits that are left of a number.
const LEFT: usize = 2;
/// A value with as many digits may be a phone number.
const NUMBER: usize = 5;

/// The customer of a dialog as an operator sees him.
pub(super) fn as_seen(dialog: &DialogAggregate, by: &Actor) -> Customer {
    let mut customer = dialog.row.customer.clone();
    if !allows(by, Right::SeeContacts, &dialog.standing()) {
        mask_customer(&mut customer);
    }
    customer
}

/// Masks what is known of a customer.
pub fn mask_customer(customer: &mut Customer) {
    customer.email = customer.email.take().map(|email| masked_address(&email));
    customer.phone = customer.phone.take().map(|phone| number(&phone));
    for value in customer.particulars.variables.values_mut() {
        *value = masked(value);
    }
}

/// Masks what a customer filled in. What customers write in their own words stays as it is.
pub fn mask_message(message: &mut Message) {
    if message.kind == MessageKind::Contacts {
        let lines: Vec<String> = message.text.lines().map(line).collect();
        message.text = lines.join("\n");
    }
}

/// The same for a list row, where the lines have run together.
pub fn mask_preview(preview: &mut Preview) {
    if preview.kind == MessageKind::Contacts {
        preview.text = DOT.to_string().repeat(3);
    }
}

fn line(line: &str) -> String {
    match line.split_once(": ") {
        Some((name, value)) => format!("{name}: {}", masked(value)),
        None => masked(line),
    }
}

fn masked(value: &str) -> String {
    if value.contains('@') {
        masked_address(value)
    } else if value.chars().filter(char::is_ascii_digit).count() >= NUMBER {
        number(value)
    } else {
        value.to_owned()
    }
}

fn number(number: &str) -> String {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let mut nth = 0;
    let mask = |c: char| match c {
        '0'..='9' => {
            nth += 1;
            if nth + LEFT > digits { c } else { DOT }
        }
        ' ' | '+' | '-' | '(' | ')' => c,
        // Whatever else was written there may tell as much as the number.
        _ => DOT,
    };
    number.chars().map(mask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_is_left_to_recognise_it() {
        for (value, expected) in [
            ("+7 900 123-45-67", "+• ••• •••-••-67"),
            ("maria@example.org", "m•••@•••"),
            ("@", "•••@•••"),
            ("89001234567", "•••••••••67"),
            ("12345 ext. Мария", "•••45 •••• •••••"),
            ("1234", "1234"),
            ("Мария", "Мария"),
        ] {
            assert_eq!(masked(value), expected);
        }
        assert_eq!(line("phone: 8 900 123 45 67"), "phone: • ••• ••• •• 67");
    }
}
