//! How card numbers begin, by issuer, and how long they are then.

use std::ops::RangeInclusive;

/// First four digits and lengths of one kind of cards.
struct Issuer {
    begins: RangeInclusive<u16>,
    digits: &'static [usize],
}

const fn issuer(from: u16, to: u16, digits: &'static [usize]) -> Issuer {
    Issuer { begins: from..=to, digits }
}

/// Sixteen digits and more.
const LONG: &[usize] = &[16, 17, 18, 19];

/// What is in use now, by ISO/IEC 7812 and the issuers' own tables. Whoever is missing here is not hidden: add a line.
const ISSUERS: &[Issuer] = &[
    // Mir.
    issuer(2200, 2204, LONG),
    // Mastercard.
    issuer(2221, 2720, &[16]),
    issuer(5100, 5599, &[16]),
    // Diners Club.
    issuer(3000, 3059, &[14, 16, 19]),
    issuer(3095, 3095, &[14, 16, 19]),
    issuer(3600, 3699, &[14, 16, 19]),
    issuer(3800, 3999, &[14, 16, 19]),
    // American Express.
    issuer(3400, 3499, &[15]),
    issuer(3700, 3799, &[15]),
    // JCB.
    issuer(3528, 3589, LONG),
    // Visa.
    issuer(4000, 4999, &[13, 16, 19]),
    // Maestro and its national relatives.
    issuer(5018, 5020, &[13, 14, 15, 16, 17, 18, 19]),
    issuer(5038, 5038, &[13, 14, 15, 16, 17, 18, 19]),
    issuer(5061, 5061, &[16, 18, 19]),
    issuer(5893, 5893, &[13, 14, 15, 16, 17, 18, 19]),
    issuer(6304, 6304, &[13, 14, 15, 16, 17, 18, 19]),
    issuer(6759, 6763, &[13, 14, 15, 16, 17, 18, 19]),
    // Uzcard, Humo, Belkart, Elcart, ArCa, Troy.
    issuer(5614, 5614, &[16]),
    issuer(8600, 8600, &[16]),
    issuer(9051, 9051, &[16]),
    issuer(9112, 9112, &[16]),
    issuer(9417, 9417, &[16]),
    issuer(9792, 9792, &[16]),
    issuer(9860, 9860, &[16]),
    // Discover and RuPay.
    issuer(6011, 6011, &[16, 19]),
    issuer(6440, 6599, &[16, 19]),
    issuer(6521, 6522, &[16]),
    issuer(8172, 8172, &[16]),
    // UnionPay.
    issuer(6200, 6299, LONG),
];

/// Whether these digits are a card number: an issuer's beginning and length, and the last digit right.
pub(super) fn is_card(digits: &[u8]) -> bool {
    let Some(begins) = first_four(digits) else { return false };
    let known = ISSUERS.iter().any(|issuer| issuer.begins.contains(&begins) && issuer.digits.contains(&digits.len()));
    known && is_luhn(digits)
}

/// Whether a card number may begin with these digits.
pub(super) fn could_begin(digits: &[u8]) -> bool {
    first_four(digits).is_some_and(|begins| ISSUERS.iter().any(|issuer| issuer.begins.contains(&begins)))
}

fn first_four(digits: &[u8]) -> Option<u16> {
    Some(digits.get(..4)?.iter().fold(0, |number, digit| 10 * number + u16::from(*digit)))
}

/// Whether the last digit is right: every second one from the right is doubled, and the sum ends in zero.
fn is_luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u8| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let weighed =
        digits.iter().rev().enumerate().map(|(nth, digit)| if nth % 2 == 1 { doubled(*digit) } else { *digit });
    weighed.map(u32::from).sum::<u32>().is_multiple_of(10)
}
