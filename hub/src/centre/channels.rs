//! Where a channel's rules stand in the document.

use super::Centre;
use otklik_model::Transport;
use std::collections::BTreeMap;

/// The key of the rules for the hub's widget on a site.
pub const SITE: &str = "Site";
/// Every key that rules for a channel can stand under.
pub const CHANNEL_KEYS: [&str; 1] = [SITE];

/// The key of the rules for a channel that carries messages so: what it weighs, carries, says and keeps. It is never
/// what the channel is called, which changes with the centre's name.
#[must_use]
pub const fn rule_key(transport: Transport) -> &'static str {
    match transport {
        Transport::Widget => SITE,
        // This hub has none, and so no rules for it.
        Transport::Unknown => "",
    }
}

/// Which of two rules for one channel stays: the ones under its key, or those under its old name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stays {
    Keyed,
    Named,
}

impl Centre {
    /// The document as it is read from a store: rules that stand under the centre's name, as they had to once, are the
    /// site's. They were in force; what stood under the key beside them was not.
    #[must_use]
    pub fn with_rules_by_key(mut self) -> Self {
        let name = self.name.clone();
        self.carry(&name, Stays::Named);
        self
    }

    /// Carries rules to the site's key in a document that is about to replace one called `before`, whichever of the two
    /// names they stand under. Where the site has rules already the others are left for the check to find.
    pub fn carry_channel_rules(&mut self, before: &str) {
        let name = self.name.clone();
        for name in [name.as_str(), before] {
            self.carry(name, Stays::Keyed);
        }
    }

    fn carry(&mut self, name: &str, stays: Stays) {
        carry(&mut self.distribution.weights, name, stays);
        carry(&mut self.channels, name, stays);
        carry(&mut self.words.channels, name, stays);
        carry(&mut self.retention.channels, name, stays);
    }
}

fn carry<T>(rules: &mut BTreeMap<String, T>, name: &str, stays: Stays) {
    if CHANNEL_KEYS.contains(&name) || stays == Stays::Keyed && rules.contains_key(SITE) {
        return;
    }
    if let Some(own) = rules.remove(name) {
        rules.insert(SITE.to_owned(), own);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::centre::{ChannelRules, Occasion, OwnTerms};

    /// A centre called so, with all four kinds of rules under a key.
    fn ruled(name: &str, key: &str, weight: u32) -> Centre {
        let mut centre = Centre { name: name.to_owned(), ..Centre::default() };
        centre.distribution.weights.insert(key.to_owned(), weight);
        centre.channels.insert(key.to_owned(), ChannelRules { window_h: weight, ..ChannelRules::default() });
        centre.words.channels.entry(key.to_owned()).or_default().insert(Occasion::Closed, BTreeMap::new());
        centre.retention.channels.insert(key.to_owned(), OwnTerms { messages_days: Some(weight), files_days: None });
        centre
    }

    #[test]
    fn rules_under_the_centre_s_name_are_the_site_s() {
        assert_eq!(ruled("Чай", "Чай", 7).with_rules_by_key(), ruled("Чай", SITE, 7));
        assert_eq!(ruled("Чай", SITE, 7).with_rules_by_key(), ruled("Чай", SITE, 7));
        assert_eq!(ruled(SITE, SITE, 7).with_rules_by_key(), ruled(SITE, SITE, 7));
        assert_eq!(ruled("Чай", "Почта", 7).with_rules_by_key(), ruled("Чай", "Почта", 7), "of another, or a mistake");
    }

    #[test]
    fn of_stored_rules_those_stay_that_were_in_force() {
        let mut centre = ruled("Чай", "Чай", 7);
        centre.distribution.weights.insert(SITE.to_owned(), 1);
        assert_eq!(centre.with_rules_by_key(), ruled("Чай", SITE, 7));
    }

    #[test]
    fn a_rename_carries_rules_over_and_puts_none_into_the_place_of_others() {
        for key in ["Чай", "Глина"] {
            let mut next = ruled("Глина", key, 7);
            next.carry_channel_rules("Чай");
            assert_eq!(next, ruled("Глина", SITE, 7), "{key}");
        }
        let mut both = ruled("Чай", SITE, 7);
        both.distribution.weights.insert("Чай".to_owned(), 1);
        let left = both.clone();
        both.carry_channel_rules("Чай");
        assert_eq!(both, left);
    }
}
