//! The conversations that come with the program.

use crate::{Script, ScriptError};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../conversations/", $name, ".toml")))),*]
    };
}

/// Name and contents of each file; the order is that of the alphabet.
const FILES: &[(&str, &str)] = files![
    "bank-card-abroad-en",
    "bank-double-charge-ru",
    "bank-limit-ru",
    "bank-locked-out-en",
    "bank-mortgage-ru",
    "clinic-analyses-ru",
    "clinic-child-ru",
    "clinic-dentist-en",
    "clinic-insurance-en",
    "clinic-referral-ru",
    "shop-broken-cup-en",
    "shop-gift-en",
    "shop-order-late-ru",
    "shop-return-en",
    "shop-sizes-ru",
    "shop-workshop-ru",
];

/// Reads all of them.
///
/// # Errors
/// [`ScriptError`] of the first that is damaged.
pub(crate) fn library() -> Result<Vec<Script>, ScriptError> {
    FILES.iter().map(|(name, toml)| Script::parse(name, toml)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Place, Step};
    use std::collections::BTreeSet;

    fn scripts() -> Vec<Script> {
        library().unwrap()
    }

    #[test]
    fn each_conversation_is_complete() {
        for script in scripts() {
            let lines: Vec<_> = script.lines().collect();
            assert!((4..=10).contains(&lines.len()), "{}: {} lines", script.name, lines.len());
            assert!(script.page.url.starts_with("https://") && !script.page.title.is_empty(), "{}", script.name);
            assert!(
                matches!(
                    script.steps[0],
                    Step::Write { .. } | Step::Hesitate { .. } | Step::Pause { .. } | Step::Visit { .. }
                ),
                "{}",
                script.name
            );
            let waits = script.steps.iter().filter(|step| matches!(step, Step::Wait { .. })).count();
            assert!(waits >= 2, "{} does not listen", script.name);
            let reminds = script.steps.iter().any(|step| matches!(step, Step::Wait { remind } if !remind.is_empty()));
            assert!(reminds, "{} waits for ever without a word", script.name);
            let distinct: BTreeSet<_> = lines.iter().collect();
            assert_eq!(distinct.len(), lines.len(), "{} repeats itself", script.name);
        }
    }

    #[test]
    fn the_language_is_the_one_it_says() {
        for script in scripts() {
            let cyrillic = |text: &str| text.chars().any(|c| ('а'..='я').contains(&c));
            let russian = script.language.starts_with("ru");
            assert!(russian || script.language.starts_with("en"), "{}", script.name);
            let wrong: Vec<_> = script
                .lines()
                .filter(|line| line.chars().any(char::is_alphabetic) && cyrillic(&line.to_lowercase()) != russian)
                .collect();
            assert!(wrong.is_empty(), "{}: {wrong:?}", script.name);
            assert_eq!(script.name.ends_with("-ru"), russian, "{}", script.name);
        }
    }

    #[test]
    fn together_they_show_everything_that_customers_do() {
        let scripts = scripts();
        assert!(scripts.len() >= 12);
        for place in [Place::Shop, Place::Bank, Place::Clinic] {
            for language in ["ru", "en"] {
                let some =
                    scripts.iter().filter(|one| one.place == place && one.language.starts_with(language)).count();
                assert!(some >= 2, "{place:?} {language}: {some}");
            }
        }
        let any =
            |what: fn(&Step) -> bool| scripts.iter().flat_map(|script| &script.steps).filter(|step| what(step)).count();
        assert!(any(|step| matches!(step, Step::Leave { .. })) >= 3);
        assert!(any(|step| matches!(step, Step::Share { .. })) >= 1);
        assert!(any(|step| matches!(step, Step::Sticker { .. })) >= 1);
        assert!(any(|step| matches!(step, Step::Visit { .. })) >= 6);
        assert!(any(|step| matches!(step, Step::Hesitate { .. })) >= 3);
        assert!(any(|step| matches!(step, Step::Write { instead_of: Some(_), .. })) >= 6);
    }

    #[test]
    fn every_file_of_the_folder_is_used() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/conversations");
        let on_disk: BTreeSet<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let named: BTreeSet<_> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(on_disk, named);
    }

    /// A conversation of a word and this step.
    fn shows(step: &str) -> String {
        let head = "place = 'shop'\nlanguage = 'en'\npage = { url = 'https://a', title = 'b' }";
        format!("{head}\n[[step]]\ndo = 'write'\ntext = 'x'\n[[step]]\n{step}")
    }

    #[test]
    fn a_damaged_file_says_what_is_wrong() {
        for (toml, what) in [
            ("place = 'shop'", "missing field"),
            (
                "place = 'moon'\nlanguage = 'en'\npage = { url = 'https://a', title = 'b' }\nstep = []",
                "unknown variant",
            ),
            (
                "place = 'shop'\nlanguage = 'en'\npage = { url = 'https://a', title = 'b' }\nstep = []",
                "nothing is written",
            ),
            (
                "place = 'shop'\nlanguage = 'en'\npage = { url = 'https://a', title = 'b' }\n[[step]]\ndo = 'write'\ntext = ' '",
                "Empty",
            ),
            (
                &shows("do = 'share'\nlatitude = 91.0\nlongitude = 0.0\naccuracy = 1.0\ntitle = 'x'"),
                "no point on the Earth",
            ),
            (&shows("do = 'sticker'\npicture = 'moon'\nemoji = '🙂'"), "no picture"),
            (&shows("do = 'sticker'\npicture = 'cup'\nemoji = 'cup'"), "no emoji"),
        ] {
            let error = Script::parse("bad", toml).unwrap_err().to_string();
            assert!(error.contains(what) && error.contains("bad"), "{error}");
        }
    }
}
