//! Mailboxes, and whom the hub writes to.

use super::Report;
use crate::centre::{Centre, Letters};

/// The most mailboxes that are told of one thing.
const MOST: usize = 20;

pub(super) fn check_letters(centre: &Centre, report: &mut Report) {
    let Letters { low_ratings, left_requests } = &centre.mail;
    for (name, mailboxes) in [("low_ratings", low_ratings), ("left_requests", left_requests)] {
        let at = format!("mail.{name}");
        let what = format!("more than {MOST} mailboxes are told of it");
        report.need(mailboxes.len() <= MOST, &at, what, "write to a list of your mail server instead");
        for mailbox in mailboxes {
            need_mailbox(&at, mailbox, report);
        }
    }
}

/// One mailbox, without a name.
pub(super) fn need_mailbox(at: &str, mailbox: &str, report: &mut Report) {
    report.need(is_mailbox(mailbox), at, "it is not a mailbox", "write it as name@example.org");
}

fn is_mailbox(text: &str) -> bool {
    let parts = text.split_once('@').filter(|(user, host)| !user.is_empty() && host.contains('.'));
    parts.is_some_and(|(_, host)| !host.contains('@'))
        && text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>,;\"".contains(c))
}
