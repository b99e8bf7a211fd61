//! Which of the centre's words are said, in which language, and what their variables stand for.

use super::{AutoWords, Occasion, Variables, greeting, render};
use crate::centre::Centre;
use otklik_model::{Dialog, Stamp};
use std::collections::BTreeMap;

/// The first part of a BCP 47 tag: the language itself.
pub(super) fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

/// Of texts by language the one in the customer's language, else the one in the centre's, else any, with its
/// language; `None`, if there is none.
#[must_use]
pub fn in_language<'a>(
    texts: &'a BTreeMap<String, String>,
    customer: Option<&str>,
    centre: &str,
) -> Option<(&'a str, &'a str)> {
    let find = |wanted: &str, cut: fn(&str) -> &str| {
        texts.iter().find(|(language, _)| cut(language).eq_ignore_ascii_case(cut(wanted)))
    };
    // "pt-BR" before "pt" before the centre's own.
    let his = customer.and_then(|tag| find(tag, |tag| tag).or_else(|| find(tag, primary)));
    let found = his.or_else(|| find(centre, primary)).or_else(|| texts.first_key_value());
    found.map(|(language, text)| (language.as_str(), text.as_str()))
}

impl Occasion {
    /// What is said to a customer who begins a dialog.
    #[must_use]
    pub fn first_words(known: bool, open: bool) -> Self {
        match (known, open) {
            (false, true) => Self::NewOpen,
            (false, false) => Self::NewClosed,
            (true, true) => Self::KnownOpen,
            (true, false) => Self::KnownClosed,
        }
    }
}

impl AutoWords {
    /// The texts for an occasion in a channel, by language. What a channel says of an occasion goes before what is
    /// said everywhere, also if it says nothing: a channel without any text for it stays silent.
    #[must_use]
    pub fn texts(&self, channel: &str, occasion: Occasion) -> Option<&BTreeMap<String, String>> {
        let own = self.channels.get(channel).and_then(|words| words.get(&occasion));
        own.or_else(|| self.all.get(&occasion))
    }
}

impl Centre {
    /// What the hub says by itself in this dialog, ready to be sent; `None`: nothing. `channel` is the key of the
    /// rules for its channel.
    #[must_use]
    pub fn auto_words(&self, occasion: Occasion, dialog: &Dialog, channel: &str, now: Stamp) -> Option<String> {
        let texts = self.words.texts(channel, occasion)?;
        let (language, text) = in_language(texts, dialog.customer.language.as_deref(), &self.language)?;
        let rendered = render(text, &self.variables(dialog, language, now));
        (!rendered.trim().is_empty()).then_some(rendered)
    }

    /// What the variables of a text in this language stand for in a dialog.
    #[must_use]
    pub fn variables(&self, dialog: &Dialog, language: &str, now: Stamp) -> Variables {
        let customer = &dialog.customer;
        let mut variables = Variables::default()
            // A name that the hub made up ("Customer 368646") greets nobody.
            .with("customer", if customer.named { customer.name.as_str() } else { "" })
            .with("operator", dialog.assignee_name.clone().unwrap_or_default())
            .with("greeting", greeting(language, self.shown_at(dialog.department.as_ref(), now).map(|(_, hour)| hour)))
            .with("number", if dialog.number > 0 { dialog.number.to_string() } else { String::new() })
            .with("centre", self.name.clone());
        let until = customer.particulars.block.as_ref().and_then(|block| block.until);
        if let Some(until) = until {
            variables = variables.with("until", self.written(dialog.department.as_ref(), until, language));
        }
        let department = dialog.department.as_ref().and_then(|key| self.departments.get(key));
        if let Some((_, name)) = department.and_then(|found| in_language(&found.names, Some(language), &self.language))
        {
            variables = variables.with("department", name);
        }
        let own = &customer.particulars.variables;
        // After the hub's own, so that a site cannot put other words into their place.
        own.iter().fold(variables, |variables, (name, value)| variables.with(name, value.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::centre::{Department, Hours};
    use jiff::Timestamp;
    use otklik_model::{Block, ChannelId, Customer, CustomerId, DialogId, OperatorId, Particulars};
    use uuid::Uuid;

    fn texts(texts: &[(&str, &str)]) -> BTreeMap<String, String> {
        texts.iter().map(|(language, text)| ((*language).to_owned(), (*text).to_owned())).collect()
    }

    fn maria() -> Dialog {
        let customer = Customer {
            id: CustomerId(Uuid::from_u128(1)),
            name: "Мария".into(),
            number: 5,
            named: true,
            email: None,
            phone: None,
            language: Some("ru-RU".into()),
            particulars: Particulars::default(),
        };
        Dialog::new(DialogId(Uuid::from_u128(2)), ChannelId(Uuid::from_u128(3)), customer, Stamp(0))
    }

    fn centre() -> Centre {
        let hours = Hours { zone: "Asia/Vladivostok".into(), week: BTreeMap::new(), exceptions: BTreeMap::new() };
        let mut centre = Centre { name: "Лавка".into(), default_hours: Some("usual".into()), ..Centre::default() };
        centre.hours.insert("usual".into(), hours);
        let welcome = texts(&[("ru", "{greeting}, {customer|друг}! {centre} слушает."), ("en", "{greeting}!")]);
        centre.words.all.insert(Occasion::NewOpen, welcome);
        centre
    }

    #[test]
    fn the_customers_language_goes_first() {
        let all = texts(&[("de", "d"), ("en", "e"), ("pt", "p"), ("pt-BR", "b")]);
        let table = [
            (Some("pt-BR"), "b"),
            (Some("pt-PT"), "b"),
            (Some("pt"), "p"),
            (Some("EN-gb"), "e"),
            (Some("zh"), "e"),
            (None, "e"),
        ];
        for (tag, text) in table {
            let found = in_language(&all, tag, "en").map(|(_, text)| text);
            // A variant that the centre does not have is answered in one that it has.
            assert!(found == Some(text) || (tag == Some("pt-PT") && found == Some("p")), "{tag:?}: {found:?}");
        }
        assert_eq!(in_language(&all, None, "fr"), Some(("de", "d")));
        assert_eq!(in_language(&texts(&[]), None, "fr"), None);
    }

    #[test]
    fn words_are_said_in_the_zone_and_language_of_the_dialog() {
        let (centre, mut dialog) = (centre(), maria());
        let said = |dialog: &Dialog, at: &str| {
            let now = Stamp(at.parse::<Timestamp>().unwrap().as_millisecond());
            centre.auto_words(Occasion::NewOpen, dialog, "Site", now)
        };
        // Vladivostok is ten hours ahead of universal time.
        assert_eq!(said(&dialog, "2026-05-06T00:00:00Z").unwrap(), "Доброе утро, Мария! Лавка слушает.");
        dialog.customer.named = false;
        assert_eq!(said(&dialog, "2026-05-06T09:00:00Z").unwrap(), "Добрый вечер, друг! Лавка слушает.");
        dialog.customer.language = Some("en".into());
        assert_eq!(said(&dialog, "2026-05-06T15:00:00Z").unwrap(), "Hello!");
        assert_eq!(centre.auto_words(Occasion::Closed, &dialog, "Site", Stamp(0)), None);
    }

    #[test]
    fn whoever_is_blocked_can_be_told_until_when() {
        let (mut centre, mut dialog) = (centre(), maria());
        let words = texts(&[("ru", "До {until|конца времён}."), ("en", "Until {until|the end of time}.")]);
        centre.words.all.insert(Occasion::Blocked, words);
        let said = |centre: &Centre, dialog: &Dialog| centre.auto_words(Occasion::Blocked, dialog, "Site", Stamp(0));
        assert_eq!(said(&centre, &dialog).as_deref(), Some("До конца времён."));
        let by = OperatorId(Uuid::from_u128(9));
        let until = Some(Stamp("2026-05-06T03:04:00Z".parse::<Timestamp>().unwrap().as_millisecond()));
        dialog.customer.particulars.block = Some(Block { by, since: Stamp(0), until, reason: "spam".into() });
        // As the clock in Vladivostok shows.
        assert_eq!(said(&centre, &dialog).as_deref(), Some("До 06.05.2026 13:04."));
        dialog.customer.language = Some("en".into());
        assert_eq!(said(&centre, &dialog).as_deref(), Some("Until 2026-05-06 13:04."));
        centre.default_hours = None;
        assert_eq!(said(&centre, &dialog).as_deref(), Some("Until 2026-05-06 03:04 UTC."));
    }

    #[test]
    fn a_channel_says_its_own_words_or_nothing() {
        let mut centre = centre();
        let own = centre.words.channels.entry("Quiet".into()).or_default();
        own.insert(Occasion::NewOpen, BTreeMap::new());
        let own = centre.words.channels.entry("Shop".into()).or_default();
        own.insert(Occasion::NewOpen, texts(&[("ru", "Магазин")]));
        let said = |channel| centre.auto_words(Occasion::NewOpen, &maria(), channel, Stamp(0));
        assert_eq!((said("Quiet"), said("Shop").as_deref()), (None, Some("Магазин")));
        assert!(said("Site").unwrap().contains("Лавка"));
    }

    #[test]
    fn a_site_cannot_put_words_into_the_hubs_place() {
        let (mut centre, mut dialog) = (centre(), maria());
        let sales = "sales".parse::<String>().unwrap().try_into().unwrap();
        centre.departments.insert(sales, Department { names: texts(&[("ru", "Продажи")]), ..Department::default() });
        dialog.department = Some("sales".to_owned().try_into().unwrap());
        let own = [("centre", "Чужие"), ("plan", "gold"), ("department", "x")];
        dialog.customer.particulars.variables = texts(&own);
        let variables = centre.variables(&dialog, "ru", Stamp(0));
        let found = ["centre", "plan", "department", "operator", "number"].map(|name| variables.get(name));
        assert_eq!(found, [Some("Лавка"), Some("gold"), Some("Продажи"), None, None]);
    }

    #[test]
    fn new_and_known_customers_hear_different_words_by_day_and_night() {
        use Occasion::{KnownClosed, KnownOpen, NewClosed, NewOpen};
        let all = [(false, true), (false, false), (true, true), (true, false)];
        assert_eq!(
            all.map(|(known, open)| Occasion::first_words(known, open)),
            [NewOpen, NewClosed, KnownOpen, KnownClosed]
        );
    }
}
