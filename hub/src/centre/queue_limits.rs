//! How many dialogs may wait before no new one begins, in the centre and in its departments.

use super::Centre;
use otklik_model::DepartmentKey;
use serde::{Deserialize, Serialize};

/// How many dialogs may wait in a department for new ones to begin; 0: any number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueueLimits {
    /// While somebody is there.
    pub online: u32,
    /// While nobody is there.
    pub offline: u32,
}

impl QueueLimits {
    /// The one that holds now; nothing, if none does.
    #[must_use]
    pub fn limit(self, somebody_is_there: bool) -> Option<u32> {
        let limit = if somebody_is_there { self.online } else { self.offline };
        (limit > 0).then_some(limit)
    }

    /// Whether so many are as many as may wait.
    #[must_use]
    pub fn is_reached(self, somebody_is_there: bool, waiting: u32) -> bool {
        self.limit(somebody_is_there).is_some_and(|most| waiting >= most)
    }
}

/// Limits of a department; 0 takes one off. What is not named is as for the whole centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnQueueLimits {
    /// While somebody is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online: Option<u32>,
    /// While nobody is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline: Option<u32>,
}

impl OwnQueueLimits {
    /// What holds in the department, laid over what holds in the centre.
    #[must_use]
    pub fn over(self, centre: QueueLimits) -> QueueLimits {
        QueueLimits { online: self.online.unwrap_or(centre.online), offline: self.offline.unwrap_or(centre.offline) }
    }
}

impl Centre {
    /// The limits that hold for what waits in this department.
    #[must_use]
    pub fn queue_limits_of(&self, department: Option<&DepartmentKey>) -> QueueLimits {
        let own = department.and_then(|key| self.departments.get(key)).and_then(|department| department.queue_limits);
        own.map_or(self.queue_limits, |own| own.over(self.queue_limits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::centre::Department;

    #[test]
    fn what_a_department_does_not_name_is_as_for_the_centre_and_nought_is_none() {
        let limits = |online, offline| QueueLimits { online, offline };
        let mut centre = Centre { queue_limits: limits(10, 3), ..Centre::default() };
        for (key, document, expected) in [
            ("usual", "{}", limits(10, 3)),
            ("short", r#"{"queue_limits":{"online":2}}"#, limits(2, 3)),
            ("open", r#"{"queue_limits":{"online":0,"offline":0}}"#, limits(0, 0)),
        ] {
            let key: DepartmentKey = key.parse().unwrap();
            let department: Department = serde_json::from_str(document).unwrap();
            let written = serde_json::to_string(&department).unwrap();
            centre.departments.insert(key.clone(), serde_json::from_str(&written).unwrap());
            assert_eq!(centre.queue_limits_of(Some(&key)), expected, "{document}");
        }
        assert_eq!(centre.queue_limits_of(None), limits(10, 3));
        assert_eq!((limits(10, 3).limit(true), limits(10, 3).limit(false)), (Some(10), Some(3)));
        assert_eq!((limits(0, 3).limit(true), limits(10, 0).limit(false)), (None, None));
        assert!(serde_json::from_str::<Department>(r#"{"queue_limits":{"colour":2}}"#).is_err());
    }
}
