//! Words as a bot compares them: case, "ё" and the way a letter is put together make no difference.

use unicode_normalization::UnicodeNormalization;

/// The words of a text, in their order.
pub(super) fn words(text: &str) -> Vec<String> {
    let plain: String = text.nfkc().flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c }).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether all of `phrase` stands in `text` as it is, word for word. No phrase stands nowhere.
pub(super) fn contains(text: &[String], phrase: &[String]) -> bool {
    !phrase.is_empty() && text.windows(phrase.len()).any(|window| window == phrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_are_found_whatever_they_look_like() {
        let table = [
            ("Ещё раз: где мой ЗАКАЗ?!", "еще", true),
            ("еще", "ЕЩЁ", true),
            ("где мой заказ", "где заказ", false),
            ("где мой заказ", "мой, заказ", true),
            ("заказать", "заказ", false),
            ("re-order", "order", true),
            // A letter of two characters, and a wide one.
            ("и\u{306}од", "йод", true),
            ("ＯＫ", "ok", true),
            ("", "", false),
            ("что угодно", "  !", false),
            ("STRASSE", "strasse", true),
        ];
        for (text, phrase, found) in table {
            assert_eq!(contains(&words(text), &words(phrase)), found, "{phrase:?} in {text:?}");
        }
    }
}
