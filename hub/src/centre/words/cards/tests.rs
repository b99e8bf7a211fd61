//! Tables, and the two figures that the rule is held to: what it finds, and what it hides in vain.

use super::*;
use rand::{Rng as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;

/// Numbers that each figure is taken from.
const MANY: usize = 100_000;

#[test]
fn cards_are_masked_in_addresses_however_their_gaps_are_written() {
    for (address, masked) in [
        ("https://shop.example/pay?card=4111111111111111&n=7", "https://shop.example/pay?card=••••••••••••1111&n=7"),
        ("https://shop.example/?q=4111+1111+1111+1111", "https://shop.example/?q=••••+••••+••••+1111"),
        ("https://shop.example/?q=4111%201111%2D1111%2d1111#x", "https://shop.example/?q=••••%20••••%2D••••%2d1111#x"),
        ("https://shop.example/заказ/1024?a=1+2%20", "https://shop.example/заказ/1024?a=1+2%20"),
    ] {
        assert_eq!(mask_address(address), masked);
    }
}

#[test]
fn cards_are_masked_and_nothing_else() {
    let table = [
        ("4111111111111111", "••••••••••••1111"),
        ("карта 4111 1111 1111 1111, срок 12/29", "карта •••• •••• •••• 1111, срок 12/29"),
        ("4111-1111-1111-1111", "••••-••••-••••-1111"),
        ("4111 – 1111 – 1111 – 1111", "•••• – •••• – •••• – 1111"),
        ("4111  1111\r\n1111\n1111", "••••  ••••\r\n••••\n1111"),
        ("1. 4111.1111.1111.1111", "1. ••••.••••.••••.1111"),
        ("2 4111 1111 1111 1111 и 5500000000000004", "2 •••• •••• •••• 1111 и ••••••••••••0004"),
        ("4111 1111 1111 1111 5500 0000 0000 0004", "•••• •••• •••• 1111 •••• •••• •••• 0004"),
        ("2200 0000 0000 0000 004", "•••• •••• •••• •••0 004"),
        ("378282246310005", "•••••••••••0005"),
        ("４１１１１１１１１１１１１１１１", "••••••••••••１１１１"),
        ("٤١١١ ١١١١ ١١١١ ١١١١", "•••• •••• •••• ١١١١"),
        ("card-4111111111111111.png", "card-••••••••••••1111.png"),
        // The last digit is wrong; no issuer's; too short; too long; words in between; a phone; nothing.
        ("4111111111111112", "4111111111111112"),
        ("1111111111111117", "1111111111111117"),
        ("411111111111", "411111111111"),
        ("41111111111111110000000", "41111111111111110000000"),
        ("4111 1111 и 1111 1111", "4111 1111 и 1111 1111"),
        ("+7 (912) 345-67-89", "+7 (912) 345-67-89"),
        ("", ""),
        ("٤١١١", "٤١١١"),
    ];
    for (text, masked) in table {
        assert_eq!(mask_cards(text), masked, "{text}");
        assert_eq!(mask_cards(masked), masked, "once is enough: {text}");
    }
}

#[test]
fn a_number_in_two_messages_is_hidden_in_both() {
    for (earlier, later, masked) in [
        ("моя карта 4111 1111", "1111 1111 вот", Some(("моя карта •••• ••••", "•••• 1111 вот"))),
        ("411111111111", "1111", Some(("••••••••••••", "1111"))),
        ("4111 1111 1111 11", "11", Some(("•••• •••• •••• 11", "11"))),
        ("4111 1111 ", "\n1111 1111", Some(("•••• •••• ", "\n•••• 1111"))),
        // Each is whole by itself, or they have nothing to do with each other.
        ("4111 1111 1111 1111", "5", None),
        ("заказ 4111", "1111 1111", None),
        ("4111 1111", "и 1111 1111", None),
    ] {
        let expected = masked.map(|(earlier, later)| (earlier.to_owned(), later.to_owned()));
        assert_eq!(mask_split(earlier, later), expected, "{earlier} / {later}");
    }
    assert!(ends_in_digits("карта 4111 1111 \n") && !ends_in_digits("4111?") && !ends_in_digits(" "));
}

#[test]
fn a_number_that_is_being_typed_is_hidden_before_it_is_whole() {
    for (earlier, typed, shown) in [
        ("", "карта 4111 1111", "карта 4111 1111"),
        ("", "карта 4111 1111 11", "карта 4111 1111 11"),
        ("", "карта 4111 1111 111", "карта 4111 •••• •••"),
        ("", "4111 1111 1111 111", "4111 •••• •••• •••"),
        ("", "4111 1111 1111 1111", "•••• •••• •••• ••••"),
        ("4111 1111", "1111 11", "•••• ••"),
        ("", "+7 912 345-67-89", "+7 912 345-67-89"),
        ("", "+7 495 123-45-67", "+7 495 123-45-67"),
        ("спасибо", "1111 1111 1111", "1111 1111 1111"),
    ] {
        assert_eq!(mask_typed(earlier, typed), shown, "{typed}");
    }
}

/// How real cards begin, and how long they are: written down here again, so that the rule is not held to itself.
const REAL: [(&str, usize); 24] = [
    ("220038", 16),
    ("220220", 16),
    ("220432", 19),
    ("220070", 17),
    ("220196", 18),
    ("427683", 16),
    ("400000", 13),
    ("489049", 19),
    ("510621", 16),
    ("559969", 16),
    ("222100", 16),
    ("272099", 16),
    ("340000", 15),
    ("379999", 15),
    ("621483", 16),
    ("629999", 19),
    ("352800", 16),
    ("358999", 16),
    ("300500", 14),
    ("361234", 14),
    ("601100", 16),
    ("676280", 18),
    ("860012", 16),
    ("986001", 16),
];

/// What people put between groups.
const BETWEEN: [&str; 10] = ["", " ", "-", "\n", "\u{a0}", " - ", "–", ".", "\r\n", "\u{2009}\u{200b}"];

/// Sizes of groups; the rest comes in groups like the last.
const GROUPS: [&[usize]; 5] = [&[4], &[4, 6, 5], &[1], &[6, 2, 4, 4, 3], &[8]];

/// One more digit than these, so that the number is right; reckoned the slow way.
fn completed(digits: &str) -> String {
    let right = |last: &u32| {
        let all: Vec<u32> = format!("{digits}{last}").chars().filter_map(|c| c.to_digit(10)).collect();
        let double = |digit: u32| (2 * digit) / 10 + (2 * digit) % 10;
        let weighed =
            (0..all.len()).map(|nth| if (all.len() - nth).is_multiple_of(2) { double(all[nth]) } else { all[nth] });
        weighed.sum::<u32>() % 10 == 0
    };
    format!("{digits}{}", (0..10).find(right).unwrap())
}

fn digits(random: &mut ChaCha8Rng, count: usize) -> String {
    (0..count).map(|_| char::from(b'0' + random.random_range(0..10_u8))).collect()
}

/// A number as one of fifty layouts has it: what stands between, the groups, the figures.
fn laid_out(card: &str, layout: usize) -> String {
    let (between, groups) = (BETWEEN[layout % 10], GROUPS[layout / 10 % 5]);
    let zero = ['0', '0', '０', '٠', '۰'][layout % 5];
    let figure = |c: char| c.to_digit(10).and_then(|value| char::from_u32(u32::from(zero) + value)).unwrap();
    let (mut text, mut left, mut nth) = (String::new(), card, 0);
    while !left.is_empty() {
        let size = groups.get(nth).or(groups.last()).copied().unwrap().min(left.len());
        let (group, rest) = left.split_at(size);
        if nth > 0 {
            text.push_str(between);
        }
        text.extend(group.chars().map(figure));
        (left, nth) = (rest, nth + 1);
    }
    text
}

#[test]
fn of_a_hundred_thousand_cards_in_fifty_layouts_hardly_one_is_missed() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut missed = 0;
    for nth in 0..MANY {
        let (begins, length) = REAL.choose(&mut random).unwrap();
        let rest = digits(&mut random, length - begins.len() - 1);
        let card = laid_out(&completed(&format!("{begins}{rest}")), nth % 50);
        let before = ["", "карта ", "Номер карты: ", "2) ", "оплатил с "].choose(&mut random).unwrap();
        let after = ["", " срок 12/29", ", спасибо", "\nИван", " cvv 123"].choose(&mut random).unwrap();
        let masked = mask_cards(&format!("{before}{card}{after}"));
        let shown: Vec<char> = masked.chars().skip(before.chars().count()).take(card.chars().count()).collect();
        let figures: Vec<usize> =
            card.chars().enumerate().filter(|(_, c)| digit(*c).is_some()).map(|(at, _)| at).collect();
        let hidden = figures[..figures.len() - KEPT].iter().all(|place| shown[*place] == HIDDEN);
        missed += usize::from(!hidden);
    }
    assert!(missed * 1_000 <= MANY, "{missed} of {MANY} were missed");
}

/// Numbers that shops and carriers give, and phones.
fn harmless(random: &mut ChaCha8Rng) -> String {
    let mut some = |count| digits(random, count);
    let (a, b, c, d) = (some(2), some(3), some(4), some(8));
    let long = some(19);
    let length = random.random_range(13..=19);
    match random.random_range(0..20) {
        0 => format!("+7 (9{a}) {b}-{a}-{a}"),
        1 => format!("89{a}{b}{c}"),
        2 => format!("8 9{a} {b} {a} {a}"),
        3 => format!("+44 20 {c} {c}"),
        4 => format!("тел. 8 (495) {b}-{a}-{a} доб. {c}"),
        5 => format!("+79{a}{b}{c}, +79{b}{c}{a}"),
        6 => format!("Заказ № {d}"),
        7 => format!("заказ {d}{a}"),
        8 => format!("{d}-{c}-1"),
        9 => format!("заказ 2025{c}-{c}"),
        10 => format!("ORD-{c}-{d}"),
        11 => format!("счёт {b}/{c} от 12.11.2025"),
        12 => format!("RA{d}1RU"),
        // Inland parcels begin with the sender's postcode.
        13 => format!("трек {}{a}{b}{d}", random.random_range(1..=6)),
        14 => format!("трек 1{d}0"),
        15 => format!("1Z{b}W{d}{c}"),
        16 => format!("посылка {d}{c}"),
        17 => format!("ИНН {d}{c}"),
        18 => format!("1763{d}0"),
        // Of any length that a card has, and in one piece.
        _ => long.chars().take(length).collect(),
    }
}

#[test]
fn of_a_hundred_thousand_other_numbers_hardly_one_is_hidden() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let hidden = (0..MANY).map(|_| harmless(&mut random)).filter(|text| mask_cards(text) != *text).count();
    assert!(hidden * 200 <= MANY, "{hidden} of {MANY} were hidden in vain");
}
