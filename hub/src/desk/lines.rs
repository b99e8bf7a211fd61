//! What the hub says in a dialog about the dialog: codes that each reader's side puts into words.

use otklik_model::Says;

/// A line of the hub. Its text is a code, a space and the name of whoever or whatever is concerned, if anything is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    Accepted(&'a str),
    Assigned(&'a str),
    Offered(&'a str),
    WaitsFor(&'a str),
    Transferred(&'a str),
    TransferredDepartment(&'a str),
    TransferredTeam(&'a str),
    GivenToBot(&'a str),
    Returned,
    Declined(&'a str),
    OfferExpired(&'a str),
    WentOffline(&'a str),
    SessionLost(&'a str),
    Silent(&'a str),
    BotGaveUp,
    Held(&'a str),
    Unheld,
    Invited(&'a str),
    Closed(&'a str),
    ClosedByCustomer,
    ClosedByBot,
    ClosedUntaken(&'a str),
    ClosedNoAnswer,
    ClosedInactive,
    ClosedOperatorRemoved,
    Finished,
    Reopened,
    ReopenedBy(&'a str),
    Blocked(&'a str),
    CustomerEdited(&'a str),
    LeftSite,
    CameBack,
    CountsAsOffline,
    SentTo(&'a str),
}

impl Line<'_> {
    pub(super) fn text(self) -> String {
        match self {
            Self::Accepted(name) => format!("accepted {name}"),
            Self::Assigned(name) => format!("assigned {name}"),
            Self::Offered(name) => format!("offered {name}"),
            Self::WaitsFor(name) => format!("waits_for {name}"),
            Self::Transferred(name) => format!("transferred {name}"),
            Self::TransferredDepartment(key) => format!("transferred_department {key}"),
            Self::TransferredTeam(key) => format!("transferred_team {key}"),
            Self::GivenToBot(name) => format!("given_to_bot {name}"),
            Self::Returned => "returned".to_owned(),
            Self::Declined(name) => format!("declined {name}"),
            Self::OfferExpired(name) => format!("offer_expired {name}"),
            Self::WentOffline(name) => format!("went_offline {name}"),
            Self::SessionLost(name) => format!("session_lost {name}"),
            Self::Silent(name) => format!("silent {name}"),
            Self::BotGaveUp => "bot_gave_up".to_owned(),
            Self::Held(name) => format!("held {name}"),
            Self::Unheld => "unheld".to_owned(),
            Self::Invited(name) => format!("invited {name}"),
            Self::Closed(name) => format!("closed {name}"),
            Self::ClosedByCustomer => "closed_by_customer".to_owned(),
            Self::ClosedByBot => "closed_by_bot".to_owned(),
            Self::ClosedUntaken(name) => format!("closed_untaken {name}"),
            Self::ClosedNoAnswer => "closed_no_answer".to_owned(),
            Self::ClosedInactive => "closed_inactive".to_owned(),
            Self::ClosedOperatorRemoved => "closed_operator_removed".to_owned(),
            Self::Finished => "finished".to_owned(),
            Self::Reopened => "reopened".to_owned(),
            Self::ReopenedBy(name) => format!("reopened {name}"),
            Self::Blocked(name) => format!("blocked {name}"),
            Self::CustomerEdited(name) => format!("customer_edited {name}"),
            Self::LeftSite => "left_site".to_owned(),
            Self::CameBack => "came_back".to_owned(),
            Self::CountsAsOffline => "counts_as_offline".to_owned(),
            Self::SentTo(name) => format!("sent_to {name}"),
        }
    }

    /// The mark by which workplaces know what they act upon.
    pub(super) fn says(self) -> Option<Says> {
        match self {
            Self::Assigned(_) => Some(Says::Assigned),
            Self::Accepted(_)
            | Self::Offered(_)
            | Self::WaitsFor(_)
            | Self::Transferred(_)
            | Self::TransferredDepartment(_)
            | Self::TransferredTeam(_)
            | Self::GivenToBot(_)
            | Self::Returned
            | Self::Declined(_)
            | Self::OfferExpired(_)
            | Self::WentOffline(_)
            | Self::SessionLost(_)
            | Self::Silent(_)
            | Self::BotGaveUp
            | Self::Held(_)
            | Self::Unheld
            | Self::Invited(_)
            | Self::Closed(_)
            | Self::ClosedByCustomer
            | Self::ClosedByBot
            | Self::ClosedUntaken(_)
            | Self::ClosedNoAnswer
            | Self::ClosedInactive
            | Self::ClosedOperatorRemoved
            | Self::Finished
            | Self::Reopened
            | Self::ReopenedBy(_)
            | Self::Blocked(_)
            | Self::CustomerEdited(_)
            | Self::LeftSite
            | Self::CameBack
            | Self::CountsAsOffline
            | Self::SentTo(_) => None,
        }
    }
}

/// Whether a line of the hub is told to the customer. Everything else is between operators: a line that is not known
/// here stays with them.
#[must_use]
pub fn is_for_customer(text: &str) -> bool {
    let code = text.split(' ').next().unwrap_or_default();
    matches!(
        code,
        "accepted"
            | "assigned"
            | "transferred"
            | "transferred_department"
            | "given_to_bot"
            | "returned"
            | "invited"
            | "closed"
            | "closed_by_customer"
            | "closed_by_bot"
            | "closed_untaken"
            | "closed_no_answer"
            | "closed_inactive"
            | "closed_operator_removed"
            | "finished"
            | "reopened"
            | "sent_to"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every line. The match has no other arms: a new one does not compile before it is here.
    macro_rules! every {
        ($($named:ident)+; $($plain:ident)+) => {{
            fn _all(line: Line<'_>) {
                match line {
                    $(Line::$named(_) => (),)+
                    $(Line::$plain => (),)+
                }
            }
            [$(Line::$named("NAME"),)+ $(Line::$plain,)+]
        }};
    }

    #[test]
    fn the_protocols_page_has_every_line_and_whom_it_is_told() {
        let page = include_str!("../../../docs/protocol.md");
        let (_, table) = page.split_once("\n| Code | Told | Means |\n").unwrap();
        let mut told = BTreeSet::new();
        for row in table.split("\n\n").next().unwrap().lines().skip(1) {
            let cells: Vec<_> = row.split('|').map(str::trim).collect();
            for code in cells[1].split('`').skip(1).step_by(2) {
                // A code with a name and the same without one are two lines.
                let (word, named) = code.split_once(' ').map_or((code, false), |(word, _)| (word, true));
                assert!(told.insert((word, named, cells[2] == "both")), "`{code}` stands twice");
            }
        }
        let lines = every!(
            Accepted Assigned Offered WaitsFor Transferred TransferredDepartment TransferredTeam
            GivenToBot Declined OfferExpired WentOffline SessionLost Silent Held Invited Closed
            ClosedUntaken ReopenedBy Blocked CustomerEdited SentTo;
            Returned BotGaveUp Unheld ClosedByCustomer ClosedByBot ClosedNoAnswer ClosedInactive
            ClosedOperatorRemoved Finished Reopened LeftSite CameBack CountsAsOffline
        );
        let texts = lines.map(Line::text);
        let said = texts.iter().map(|text| match text.split_once(' ') {
            Some((word, _)) => (word, true, is_for_customer(text)),
            None => (text.as_str(), false, is_for_customer(text)),
        });
        assert_eq!(told, said.collect());
    }
}
