//! How long a centre keeps what customers leave behind.

use otklik_model::DepartmentKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long things are kept, in days; 0: for ever. What is due goes within a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// A dialog with all its messages, from its close on.
    pub messages_days: u32,
    /// A file, from its arrival on; never longer than its dialog.
    pub files_days: u32,
    /// A line of the trail of acts; never for ever.
    pub audit_days: u32,
    /// Other terms, by a key of [`super::CHANNEL_KEYS`].
    pub channels: BTreeMap<String, OwnTerms>,
    /// Other terms, by department; they stand above a channel's.
    pub departments: BTreeMap<DepartmentKey, OwnTerms>,
}

impl Default for Retention {
    fn default() -> Self {
        let (channels, departments) = (BTreeMap::new(), BTreeMap::new());
        Self { messages_days: 0, files_days: 0, audit_days: 400, channels, departments }
    }
}

/// Terms of a channel or department; what is not named is as for the whole centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnTerms {
    /// A dialog with all its messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages_days: Option<u32>,
    /// A file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_days: Option<u32>,
}

impl Retention {
    /// Whether anything but the trail is ever due.
    #[must_use]
    pub fn has_terms(&self) -> bool {
        self.shortest_messages().or(self.shortest_files()).is_some()
    }

    /// How many days a dialog of this channel and department is kept after its close; for ever, if nothing.
    #[must_use]
    pub fn messages_of(&self, channel: &str, department: Option<&DepartmentKey>) -> Option<u32> {
        self.of(channel, department, self.messages_days, |own| own.messages_days)
    }

    /// How many days a file of such a dialog is kept; for ever, if nothing.
    #[must_use]
    pub fn files_of(&self, channel: &str, department: Option<&DepartmentKey>) -> Option<u32> {
        self.of(channel, department, self.files_days, |own| own.files_days)
    }

    /// The shortest term of dialogs, if there is any.
    #[must_use]
    pub fn shortest_messages(&self) -> Option<u32> {
        self.shortest(self.messages_days, |own| own.messages_days)
    }

    /// The shortest term of files, if there is any.
    #[must_use]
    pub fn shortest_files(&self) -> Option<u32> {
        self.shortest(self.files_days, |own| own.files_days)
    }

    fn of(
        &self,
        channel: &str,
        department: Option<&DepartmentKey>,
        usual: u32,
        own: impl Fn(&OwnTerms) -> Option<u32>,
    ) -> Option<u32> {
        let by_department = department.and_then(|key| self.departments.get(key)).and_then(&own);
        let by_channel = || self.channels.get(channel).and_then(&own);
        Some(by_department.or_else(by_channel).unwrap_or(usual)).filter(|days| *days > 0)
    }

    fn shortest(&self, usual: u32, own: impl Fn(&OwnTerms) -> Option<u32>) -> Option<u32> {
        let others = self.channels.values().chain(self.departments.values()).filter_map(own);
        others.chain([usual]).filter(|days| *days > 0).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_term_counts() {
        let own = |messages_days, files_days| OwnTerms { messages_days, files_days };
        let sales: DepartmentKey = "sales".parse().unwrap();
        let retention = Retention {
            messages_days: 90,
            channels: [("Chat".to_owned(), own(Some(30), Some(7)))].into(),
            departments: [(sales.clone(), own(Some(0), None))].into(),
            ..Retention::default()
        };
        for (channel, department, messages, files) in [
            ("Site", None, Some(90), None),
            ("Chat", None, Some(30), Some(7)),
            ("Site", Some(&sales), None, None),
            ("Chat", Some(&sales), None, Some(7)),
        ] {
            assert_eq!(retention.messages_of(channel, department), messages, "{channel} {department:?}");
            assert_eq!(retention.files_of(channel, department), files, "{channel} {department:?}");
        }
        assert_eq!((retention.shortest_messages(), retention.shortest_files()), (Some(30), Some(7)));
        assert_eq!(Retention::default().shortest_messages(), None);
    }
}
