use super::{Misspelt, Speller};
use std::collections::BTreeSet;
use std::sync::OnceLock;

fn speller() -> &'static Speller {
    static SPELLER: OnceLock<Speller> = OnceLock::new();
    SPELLER.get_or_init(|| Speller::load().expect("our own dictionaries"))
}

/// The wrong words of a text.
fn wrong(text: &str) -> Vec<String> {
    wrong_beside(text, &[])
}

fn wrong_beside(text: &str, own: &[&str]) -> Vec<String> {
    let own: BTreeSet<String> = own.iter().map(|word| (*word).to_owned()).collect();
    let units: Vec<u16> = text.encode_utf16().collect();
    let cut = |Misspelt { from, to }| String::from_utf16(&units[from as usize..to as usize]).expect("whole letters");
    speller().misspelt(text, &own).into_iter().map(cut).collect()
}

#[test]
fn both_languages_are_checked_in_one_text() {
    assert!(wrong("Здравствуйте! Ваш заказ отправлен, please wait for the e-mail.").is_empty());
    assert_eq!(wrong("Здраствуйте! Ваш закас отправлен, plese wait."), ["Здраствуйте", "закас", "plese"]);
    assert!(wrong("Всё ещё ждём ответа; все еще ждем.").is_empty(), "ё and е are both right");
    assert!(wrong("don't worry, it’s fine").is_empty(), "apostrophes of either make");
}

#[test]
fn places_are_told_as_a_page_counts() {
    let text = "👍🏽 превет";
    assert_eq!(speller().misspelt(text, &BTreeSet::new()), [Misspelt { from: 5, to: 11 }]);
    assert_eq!(wrong("«превет», (helo)\nпревет"), ["превет", "helo", "превет"]);
}

#[test]
fn what_no_dictionary_has_is_passed_over() {
    for text in [
        "https://shop.example/zakas?id=7 и info@shop.example",
        "Смотрите на shop.example или в файле my_fail.txt",
        "заказ №12-Бы, модель X5Pro, 10GB, 2й",
        "НДС, ИНН, CRM и API; JavaScript, iPhone",
        "Здравствуйте, {клиентт}! {unknwn}",
        "қазақ тілі, українська, їжак",
        "я и ты, в с a I",
        "#акцияя",
    ] {
        assert_eq!(wrong(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn words_that_a_hyphen_joins_are_right_if_their_parts_are() {
    assert!(wrong("SMS-рассылка, кто-нибудь, кое-как, из-за, по-русски, VIP-клиент, онлайн-магазин").is_empty());
    assert_eq!(wrong("SMS-рассылкка"), ["SMS-рассылкка"]);
}

#[test]
fn letters_of_both_alphabets_in_one_word_are_wrong() {
    let with_latin_e = "привeт";
    assert_eq!(wrong(with_latin_e), [with_latin_e]);
    assert_eq!(speller().suggestions(with_latin_e).first().map(String::as_str), Some("привет"));
}

#[test]
fn ones_own_words_are_right_in_any_case() {
    assert_eq!(wrong("Отклик-деск и отклик-деск, Вебимчик"), ["Отклик-деск", "отклик-деск", "Вебимчик"]);
    assert!(wrong_beside("Деск и деск, ВЕБИМЧИК", &["деск", "вебимчик"]).is_empty());
    assert!(wrong_beside("Отклик-деск", &["деск"]).is_empty(), "as a part too");
}

#[test]
fn what_was_meant_is_among_the_first() {
    for (typed, meant) in [
        ("здраствуйте", "здравствуйте"),
        ("превет", "привет"),
        ("агенство", "агентство"),
        ("recieve", "receive"),
        ("helo", "hello"),
        ("москва", "Москва"),
        ("ghbdtn", "привет"),
        ("Ghbdtn", "Привет"),
        ("руддщ", "hello"),
    ] {
        let all = speller().suggestions(typed);
        assert!(all.len() <= super::MOST && all.iter().any(|one| one == meant), "{typed}: {all:?}");
    }
    assert!(speller().suggestions(&"щ".repeat(4_000)).is_empty());
}

#[test]
fn a_long_text_of_a_stranger_ends() {
    let text = "ы".repeat(30_000) + &"-щ".repeat(20_000) + &"{".repeat(9_000) + &" фывфыв".repeat(5_000);
    assert_eq!(speller().misspelt(&text, &BTreeSet::new()).len(), 5_000);
}
