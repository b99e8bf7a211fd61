//! Terms of keeping.

use super::Report;
use crate::centre::{Centre, retention::OwnTerms};

/// The longest term: a hundred years.
const LONGEST_DAYS: u32 = 36_500;
/// The longest term of the trail of acts; the hub keeps none of its rows longer.
const LONGEST_AUDIT_DAYS: u32 = 400;

pub(super) fn check_retention(centre: &Centre, report: &mut Report) {
    let retention = &centre.retention;
    check_days("retention.messages_days", Some(retention.messages_days), report);
    check_days("retention.files_days", Some(retention.files_days), report);
    let audit = (1..=LONGEST_AUDIT_DAYS).contains(&retention.audit_days);
    report.need(audit, "retention.audit_days", "the trail is kept for 1 to 400 days", "put a number of these");
    for (name, own) in &retention.channels {
        let at = format!("retention.channels.{name}");
        report.channel(&at, name);
        check_own(&at, own, report);
    }
    for (key, own) in &retention.departments {
        let at = format!("retention.departments.{key}");
        report.resolves(centre.departments.contains_key(key), &at, "department", key.as_str());
        check_own(&at, own, report);
    }
}

fn check_own(at: &str, own: &OwnTerms, report: &mut Report) {
    check_days(&format!("{at}.messages_days"), own.messages_days, report);
    check_days(&format!("{at}.files_days"), own.files_days, report);
}

fn check_days(at: &str, days: Option<u32>, report: &mut Report) {
    let good = days.is_none_or(|days| days <= LONGEST_DAYS);
    report.need(good, at, "it is longer than a hundred years", "put at most 36500, or 0 to keep it for ever");
}
