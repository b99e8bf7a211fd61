//! Greetings by the time of day.

/// What one says to a person at this hour (0 to 23) of the wall clock; where the hour is not known, what is right at
/// any time. Russian and English; any other language is greeted in English.
#[must_use]
pub fn greeting(language: &str, hour: Option<u8>) -> &'static str {
    let russian = super::choice::primary(language).eq_ignore_ascii_case("ru");
    let (ru, en) = match hour {
        Some(5..=11) => ("Доброе утро", "Good morning"),
        Some(12..=16) => ("Добрый день", "Good afternoon"),
        Some(17..=22) => ("Добрый вечер", "Good evening"),
        // "Good night" is a farewell.
        Some(_) => ("Доброй ночи", "Hello"),
        None => ("Здравствуйте", "Hello"),
    };
    if russian { ru } else { en }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hour_has_its_greeting() {
        let hours: Vec<_> = (0..24).map(|hour| greeting("ru", Some(hour))).collect();
        assert_eq!((hours[4], hours[5], hours[11]), ("Доброй ночи", "Доброе утро", "Доброе утро"));
        assert_eq!((hours[12], hours[16], hours[17]), ("Добрый день", "Добрый день", "Добрый вечер"));
        assert_eq!((hours[22], hours[23]), ("Добрый вечер", "Доброй ночи"));
        assert_eq!((greeting("RU-ru", None), greeting("de", Some(9))), ("Здравствуйте", "Good morning"));
    }
}
