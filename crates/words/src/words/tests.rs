use super::*;

fn normals(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.normal).collect()
}

#[test]
fn a_word_has_one_normal_form_however_it_is_written() {
    for (written, normal) in [
        ("Ёлка", "елка"),
        ("елка", "елка"),
        ("е\u{308}лка", "елка"),
        ("ЗА\u{301}МОК", "замок"),
        ("и\u{306}од", "йод"),
        ("при\u{ad}вет", "привет"),
        ("при\u{200b}вет", "привет"),
        ("İstanbul", "istanbul"),
        ("iPhone15", "iphone15"),
    ] {
        assert_eq!(normals(written), [normal], "{written:?}");
    }
}

#[test]
fn the_short_way_and_the_long_way_lead_to_the_same_form() {
    let mut taken = 0;
    for c in (0..=0x600).filter_map(char::from_u32) {
        if let Some(short) = lowered(c) {
            assert_eq!(composed(&c.to_string()), short.to_string(), "{c:?}");
            taken += 1;
        }
    }
    assert_eq!(taken, 2 * 26 + 2 * 33 + 10);
    // Also where a mark stands after the last letter that is taken.
    let last = ["\u{301}", "\u{306}", "и\u{306}", "жж"].map(|end| format!("{}{end}", "И".repeat(64)));
    for written in last.into_iter().chain(["и\u{306}".repeat(64), "Ж".repeat(64)]) {
        assert_eq!(normals(&written), [composed(&written)], "{written:?}");
    }
}

#[test]
fn a_stem_is_the_same_when_it_is_remembered() {
    for word in ["заказами", "deliveries", "iphone15", "заказами"] {
        with_stem(word, |remembered| assert_eq!(remembered, stem(word)));
    }
}

#[test]
fn words_end_at_everything_that_is_neither_letter_nor_digit() {
    assert_eq!(
        normals("ivan.petrov@mail.ru, «да»—нет🙂ок\u{202e}!"),
        ["ivan", "petrov", "mail", "ru", "да", "нет", "ок"]
    );
    assert_eq!(normals("\u{301}\u{200b} \u{0}"), Vec::<String>::new());
    assert_eq!(normals(""), Vec::<String>::new());
}

#[test]
fn spans_cut_the_original_text() {
    let text = "Где мой зака\u{301}з?";
    let cut: Vec<&str> = words(text).iter().map(|word| &text[word.span.clone()]).collect();
    assert_eq!(cut, ["Где", "мой", "зака\u{301}з"]);
}

#[test]
fn a_text_without_spaces_becomes_a_short_word() {
    assert_eq!(normals(&"ж".repeat(32_000)), ["ж".repeat(64)]);
}

#[test]
fn a_phone_is_one_number_however_it_is_written() {
    for text in [
        "+7 (912) 345-67-89",
        "89123456789",
        "8 912 345 67 89",
        "9123456789",
        "тел. +79123456789!",
        "7-912-345-67-89 или 5 шт.",
        "8 (912)\u{a0}345\u{2013}67\u{2013}89",
    ] {
        let found = phones(text, &words(text));
        assert_eq!(found.len(), 1, "{text:?}");
        assert_eq!(found[0].digits, "9123456789", "{text:?}");
        assert!(indexed(text).ends_with("9123456789 3456789 6789"), "{text:?}");
    }
}

#[test]
fn what_is_too_short_or_too_long_is_no_phone() {
    for text in ["12345", "4276 3800 1234 5678", "2026-11-20", "заказ 77-1234"] {
        assert_eq!(phones(text, &words(text)), [], "{text:?}");
    }
    let two = "89123456789 89990001122";
    assert_eq!(phones(two, &words(two)).len(), 2);
}
