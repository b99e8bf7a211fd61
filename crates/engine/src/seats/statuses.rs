//! One status for the operator in all his accounts: what he chose in the tray, as each centre has it.
//!
//! The tray offers the statuses of one account. What is chosen there goes to every account that has a connection, in the
//! words of its own centre: a centre's statuses are its own, but their kinds are everybody's.

use super::SeatId;
use otklik_core::{Command, Standing};
use otklik_model::{OperatorStatus, StatusKey};

/// What to ask of each account that is connected, when `chosen` was chosen among the statuses of `speaker`.
pub(super) fn for_all<'a>(
    chosen: &Command,
    speaker: &Standing,
    all: impl Iterator<Item = (SeatId, &'a Standing)>,
) -> Vec<(SeatId, Command)> {
    let Some((kind, key)) = meant(chosen, speaker) else { return Vec::new() };
    let connected = all.filter(|(_, standing)| standing.can_choose);
    connected.filter_map(|(seat, standing)| Some((seat, as_it_has_it(standing, kind, key)?))).collect()
}

/// Whether these accounts stand alike: then there is one status to tell.
pub(super) fn are_alike<'a>(all: impl Iterator<Item = &'a Standing>) -> bool {
    let mut kinds = all.filter(|standing| standing.can_choose).map(|standing| standing.status);
    let first = kinds.next();
    kinds.all(|kind| Some(kind) == first)
}

/// The kind of what was chosen, and its name in the centre's dictionary, if it was chosen by that.
fn meant<'a>(chosen: &'a Command, speaker: &Standing) -> Option<(OperatorStatus, Option<&'a StatusKey>)> {
    if let Command::SetStatus { status } = chosen {
        return Some((*status, None));
    }
    let Command::ChooseStatus { code, .. } = chosen else { return None };
    let entry = speaker.statuses.iter().find(|entry| entry.key == *code)?;
    Some((entry.kind, Some(code)))
}

/// Under the same name, else the first of the kind; nothing, if this centre has none of it.
fn as_it_has_it(standing: &Standing, kind: OperatorStatus, key: Option<&StatusKey>) -> Option<Command> {
    if standing.statuses.is_empty() {
        return Some(Command::SetStatus { status: kind });
    }
    let of_kind = || standing.statuses.iter().filter(|entry| entry.kind == kind);
    let entry = of_kind().find(|entry| Some(&entry.key) == key).or_else(|| of_kind().next())?;
    Some(Command::ChooseStatus { code: entry.key.clone(), of: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_core::LinkView;
    use otklik_model::StatusEntry;

    fn standing(statuses: &[(&str, OperatorStatus)], status: OperatorStatus, can_choose: bool) -> Standing {
        let entry = |(key, kind): &(&str, OperatorStatus)| StatusEntry {
            key: key.parse().unwrap(),
            names: [("ru".to_owned(), (*key).to_owned())].into(),
            kind: *kind,
        };
        Standing {
            centre: "Банк".to_owned(),
            operator: "Ира".to_owned(),
            link: LinkView::Connecting,
            waiting: 0,
            unread: 0,
            badge: 0,
            status,
            code: None,
            statuses: statuses.iter().map(entry).collect(),
            can_choose,
            next: None,
        }
    }

    fn choose(code: &str) -> Command {
        Command::ChooseStatus { code: code.parse().unwrap(), of: None }
    }

    #[test]
    fn what_is_chosen_goes_to_every_account_that_is_connected_as_its_centre_has_it() {
        use OperatorStatus::{Break, Offline, Online};
        let bank = standing(&[("online", Online), ("lunch", Break), ("tea", Break)], Online, true);
        let same = standing(&[("tea", Break), ("lunch", Break)], Online, true);
        let other = standing(&[("free", Online), ("pause", Break), ("lunch", Offline)], Online, true);
        let plain = standing(&[], Online, true);
        let lost = standing(&[("lunch", Break)], Online, false);
        let never = standing(&[("free", Online)], Online, true);
        let all = [&bank, &same, &other, &plain, &lost, &never];
        let asked = |chosen: &Command, speaker: &Standing| {
            let numbered = all.iter().zip(1..).map(|(standing, number)| (SeatId(number), *standing));
            for_all(chosen, speaker, numbered).into_iter().map(|(seat, command)| (seat.0, command)).collect::<Vec<_>>()
        };
        let kind = Command::SetStatus { status: Break };
        let expected = [(1, choose("lunch")), (2, choose("lunch")), (3, choose("pause")), (4, kind.clone())];
        assert_eq!(asked(&choose("lunch"), &bank), expected, "a name that means something else elsewhere is not it");
        let expected = [(1, choose("lunch")), (2, choose("tea")), (3, choose("pause")), (4, kind.clone())];
        assert_eq!(asked(&kind, &plain), expected);
        assert_eq!(asked(&choose("gone"), &bank), [], "its centre has another dictionary by now");
    }

    #[test]
    fn accounts_stand_alike_if_those_that_are_connected_do() {
        use OperatorStatus::{Break, Online};
        let (online, pause, lost) =
            (standing(&[], Online, true), standing(&[], Break, true), standing(&[], Break, false));
        assert!(are_alike([&online, &lost, &online].into_iter()));
        assert!(!are_alike([&online, &pause].into_iter()));
        assert!(are_alike([&lost].into_iter()));
    }
}
