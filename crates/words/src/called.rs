//! What a customer is found by among all customers, and how that is asked for.
//!
//! An index of beginnings: a part of a name or of an address is found by how it begins, a phone number by any of its
//! digits that stand together, so each of its ends is an entry. What [`crate::holds`] finds by one question, the entry
//! of [`sought`] finds too; the index only makes the list shorter that it is asked of.

use crate::searched::PHONE_PART;
use crate::words::words;
use otklik_model::Customer;
use std::collections::BTreeSet;

/// Digits at the end of a number that make it the same, with the country and without.
const SAME_DIGITS: usize = 10;

/// The entries of the index for a customer.
#[must_use]
pub fn called(customer: &Customer) -> BTreeSet<String> {
    let name = customer.named.then_some(customer.name.as_str());
    let texts = [name, customer.email.as_deref(), customer.phone.as_deref()];
    let mut entries: BTreeSet<String> = texts.into_iter().flatten().flat_map(words).map(|word| word.normal).collect();
    entries.extend(customer.email.as_deref().map(address));
    let digits = customer.phone.as_deref().map(digits).unwrap_or_default();
    // Digits only: each is one byte.
    entries.extend((0..digits.len()).map(|from| digits[from..].to_owned()).filter(|end| end.len() >= PHONE_PART));
    entries
}

/// The beginning of an entry that whoever is meant has; nothing, if nobody can be meant.
#[must_use]
pub fn sought(wanted: &str) -> Option<String> {
    let digits = digits(wanted);
    if !wanted.chars().any(char::is_alphabetic) {
        return (digits.len() >= PHONE_PART).then_some(digits);
    }
    // The longest narrows it down most.
    words(wanted).into_iter().map(|word| word.normal).max_by_key(String::len)
}

/// The entries that a customer with the same address or phone number has.
#[must_use]
pub fn alike(customer: &Customer) -> Vec<String> {
    let phone = customer.phone.as_deref().map(digits).filter(|digits| digits.len() >= SAME_DIGITS);
    let phone = phone.map(|digits| digits[digits.len() - SAME_DIGITS..].to_owned());
    customer.email.as_deref().map(address).into_iter().chain(phone).collect()
}

fn address(email: &str) -> String {
    email.trim().to_lowercase()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::holds;
    use otklik_model::{CustomerId, Particulars};

    fn maria() -> Customer {
        Customer {
            id: CustomerId::from_parts(1, [1; 10]),
            name: "Мария Алёхина".into(),
            number: 5,
            named: true,
            email: Some("Maria@Example.org".into()),
            phone: Some("+7 900 123-45-67".into()),
            language: None,
            particulars: Particulars::default(),
        }
    }

    #[test]
    fn what_holds_by_a_question_is_found_by_its_entry() {
        let maria = maria();
        let names = [maria.name.as_str(), "Maria@Example.org", "+7 900 123-45-67"];
        let entries = called(&maria);
        for wanted in ["мар", "алехина мария", "maria", "maria@exam", "123 45", "4567", "79001234567", "рия", "Петрова"]
        {
            let beginning = sought(wanted).expect("somebody can be meant");
            let found = entries.iter().any(|entry| entry.starts_with(&beginning));
            assert!(found || !holds(&names, &[], wanted), "{wanted}");
        }
        assert_eq!((sought(""), sought("!"), sought("55")), (None, None, None));
    }

    #[test]
    fn a_name_that_nobody_gave_finds_nobody() {
        assert_eq!(called(&Customer { named: false, email: None, phone: None, ..maria() }), BTreeSet::new());
    }

    #[test]
    fn the_same_number_is_the_same_however_it_is_written() {
        let other = Customer { email: None, phone: Some("8 (900) 123 45 67".into()), ..maria() };
        let same = alike(&other);
        assert_eq!(same, ["9001234567"]);
        assert!(called(&maria()).contains(&same[0]));
        assert_eq!(alike(&Customer { email: None, phone: Some("112".into()), ..maria() }), Vec::<String>::new());
    }
}
