//! Time-outs, of the centre and of its departments.

use super::Centre;
use otklik_model::DepartmentKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Time-outs, in seconds; 0 switches one off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeOuts {
    /// An offer that is not taken.
    pub offer_s: u32,
    /// Words to a customer whom nobody has taken yet.
    pub wait_words_s: u32,
    /// A customer who left the site is told of in the dialog.
    pub left_line_s: u32,
    /// A customer who left the site counts as offline.
    pub left_offline_s: u32,
    /// A softly closed dialog is closed for good.
    pub final_close_s: u32,
    /// A dialog in which nothing happens is closed.
    pub inactive_close_s: u32,
    /// An invitation that nobody answers is closed.
    pub invitation_s: u32,
    /// A dialog whose operator does not answer goes to another.
    pub silent_s: u32,
    /// A bot that does not answer gives up.
    pub bot_s: u32,
    /// An operator without a connection loses his dialogs and his status.
    pub session_lost_s: u32,
    /// An operator who does nothing counts as on a break.
    pub idle_s: u32,
    /// An own message can be edited or deleted for so long.
    pub edit_s: u32,
}

impl Default for TimeOuts {
    fn default() -> Self {
        Self {
            offer_s: 60,
            wait_words_s: 0,
            left_line_s: 120,
            left_offline_s: 600,
            final_close_s: 86_400,
            inactive_close_s: 0,
            invitation_s: 86_400,
            silent_s: 0,
            bot_s: 30,
            session_lost_s: 60,
            idle_s: 0,
            edit_s: 3_600,
        }
    }
}

/// Time-outs of a department, in seconds; 0 switches one off. What is not named is as for the whole centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnTimeOuts {
    /// An offer that is not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer_s: Option<u32>,
    /// Words to a customer whom nobody has taken yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_words_s: Option<u32>,
    /// A customer who left the site is told of in the dialog.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_line_s: Option<u32>,
    /// A customer who left the site counts as offline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_offline_s: Option<u32>,
    /// A softly closed dialog is closed for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub final_close_s: Option<u32>,
    /// A dialog in which nothing happens is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_close_s: Option<u32>,
    /// An invitation that nobody answers is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation_s: Option<u32>,
    /// A dialog whose operator does not answer goes to another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_s: Option<u32>,
    /// A bot that does not answer gives up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot_s: Option<u32>,
    /// An operator without a connection loses his dialogs and his status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_lost_s: Option<u32>,
    /// An operator who does nothing counts as on a break.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_s: Option<u32>,
    /// An own message can be edited or deleted for so long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit_s: Option<u32>,
}

impl OwnTimeOuts {
    /// What holds in the department, laid over what holds in the centre.
    #[must_use]
    pub fn over(&self, centre: &TimeOuts) -> TimeOuts {
        TimeOuts {
            offer_s: self.offer_s.unwrap_or(centre.offer_s),
            wait_words_s: self.wait_words_s.unwrap_or(centre.wait_words_s),
            left_line_s: self.left_line_s.unwrap_or(centre.left_line_s),
            left_offline_s: self.left_offline_s.unwrap_or(centre.left_offline_s),
            final_close_s: self.final_close_s.unwrap_or(centre.final_close_s),
            inactive_close_s: self.inactive_close_s.unwrap_or(centre.inactive_close_s),
            invitation_s: self.invitation_s.unwrap_or(centre.invitation_s),
            silent_s: self.silent_s.unwrap_or(centre.silent_s),
            bot_s: self.bot_s.unwrap_or(centre.bot_s),
            session_lost_s: self.session_lost_s.unwrap_or(centre.session_lost_s),
            idle_s: self.idle_s.unwrap_or(centre.idle_s),
            edit_s: self.edit_s.unwrap_or(centre.edit_s),
        }
    }
}

impl Centre {
    /// The time-outs that hold for a dialog of this department.
    #[must_use]
    pub fn time_outs_of(&self, department: Option<&DepartmentKey>) -> TimeOuts {
        let department = department.and_then(|key| self.departments.get(key));
        let own = department.and_then(|department| department.time_outs);
        own.map_or(self.time_outs, |own| own.over(&self.time_outs))
    }

    /// A time-out of an operator himself: the longest of the departments that he works for by name, the centre's own if
    /// he names none. One that is switched off, 0, is the longest.
    #[must_use]
    pub fn longest_of(&self, departments: &BTreeSet<DepartmentKey>, which: impl Fn(&TimeOuts) -> u32) -> u32 {
        let all = departments.iter().map(|department| which(&self.time_outs_of(Some(department))));
        // Nothing below nothing: 0 wraps to the end.
        all.max_by_key(|seconds| seconds.wrapping_sub(1)).unwrap_or_else(|| which(&self.time_outs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::centre::Department;

    fn with(own: OwnTimeOuts) -> Department {
        Department { time_outs: Some(own), ..Department::default() }
    }

    #[test]
    fn what_a_department_does_not_name_is_as_for_the_centre() {
        let sales: DepartmentKey = "sales".parse().unwrap();
        let mut centre = Centre::default();
        centre.time_outs = TimeOuts { offer_s: 90, silent_s: 300, edit_s: 7, ..centre.time_outs };
        // As it was written, and as hubs have stored it: with all twelve.
        let part: Department = serde_json::from_str(r#"{"time_outs":{"offer_s":20}}"#).unwrap();
        let full = serde_json::json!({ "time_outs": TimeOuts { offer_s: 20, ..TimeOuts::default() } });
        let full: Department = serde_json::from_value(full).unwrap();
        for (department, expected) in [
            (part, TimeOuts { offer_s: 20, ..centre.time_outs }),
            (full, TimeOuts { offer_s: 20, ..TimeOuts::default() }),
            (with(OwnTimeOuts::default()), centre.time_outs),
            (Department::default(), centre.time_outs),
        ] {
            let written = serde_json::to_string(&department).unwrap();
            centre.departments.insert(sales.clone(), serde_json::from_str(&written).unwrap());
            assert_eq!(centre.time_outs_of(Some(&sales)), expected, "{written}");
        }
        assert_eq!(centre.time_outs_of(None), centre.time_outs);
        assert!(serde_json::from_str::<Department>(r#"{"time_outs":{"colour_s":20}}"#).is_err());
    }

    #[test]
    fn of_an_operators_departments_the_most_patient_counts() {
        let mut centre = Centre::default();
        centre.time_outs.idle_s = 600;
        for (key, idle_s) in [("short", Some(60)), ("long", Some(900)), ("never", Some(0)), ("usual", None)] {
            let own = OwnTimeOuts { idle_s, ..OwnTimeOuts::default() };
            centre.departments.insert(key.parse().unwrap(), with(own));
        }
        for (departments, expected) in [
            (&[][..], 600),
            (&["short"], 60),
            (&["short", "usual"], 600),
            (&["short", "usual", "long"], 900),
            (&["long", "never", "short"], 0),
        ] {
            let departments = departments.iter().map(|key| key.parse().unwrap()).collect();
            assert_eq!(centre.longest_of(&departments, |set| set.idle_s), expected, "{departments:?}");
        }
    }
}
