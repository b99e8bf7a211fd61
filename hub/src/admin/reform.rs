//! What a change comes to in rows: the configuration, what is told of the channel, everybody whose post or rights are others now.
//!
//! All of it is one commit: whoever kills the hub in the middle finds everything as it was, rights included.

use super::admit::Admin;
use crate::{
    centre::{Centre, Teams, rule_key},
    office::granted,
    store::{CentreRow, OperatorRow, Reform, Reformed},
};
use otklik_model::Channel;

/// A configuration and the people who work by it.
#[derive(Clone, Copy)]
pub(super) struct Staffed<'a> {
    pub(super) centre: &'a Centre,
    pub(super) people: &'a [OperatorRow],
}

impl Admin {
    /// What has to be stored for a configuration and its people to follow the present ones.
    pub(super) fn reform(&self, present: (&CentreRow, &[OperatorRow]), next: Staffed<'_>, note: String) -> Reform {
        let (row, were) = present;
        let channel = self.open.office.channel();
        let text_chars = next.centre.channel_rules(rule_key(channel.transport)).most_of_operator();
        let told = Channel { name: next.centre.name.clone(), text_chars, ..channel.clone() };
        Reform {
            version: row.version,
            centre: (*next.centre != row.centre).then(|| Box::new(next.centre.clone())),
            by: Some(self.row.id),
            note,
            channel: (told != channel).then_some(told),
            people: reformed(were, next),
        }
    }
}

/// Who is new, or another: rights follow from posts and from the configuration.
fn reformed(were: &[OperatorRow], next: Staffed<'_>) -> Vec<Reformed> {
    let teams = Teams::of(next.people.iter().map(|row| (row.id, &row.post)));
    let rows = next.people.iter().map(|row| OperatorRow { grants: granted(row, next.centre, &teams), ..row.clone() });
    rows.filter_map(|row| {
        let was = were.iter().find(|was| was.id == row.id);
        let rights_changed = was.is_none_or(|was| was.grants != row.grants);
        let signed_out = row.disabled && was.is_some_and(|was| !was.disabled);
        (was != Some(&row)).then_some(Reformed { row, rights_changed, signed_out })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::OperatorId;
    use uuid::Uuid;

    fn person(number: u128, role: &str) -> OperatorRow {
        let mut row = OperatorRow::new(OperatorId(Uuid::from_u128(number)), format!("{number}"), "Ира".into());
        row.version = 1;
        row.post.role = role.parse().unwrap();
        row
    }

    #[test]
    fn only_who_is_another_is_stored_and_only_who_was_let_go_is_signed_out() {
        let centre = Centre::default();
        let settle = |people: &[OperatorRow]| -> Vec<OperatorRow> {
            let next = Staffed { centre: &centre, people };
            people
                .iter()
                .map(|row| reformed(&[], next).into_iter().find(|new| new.row.id == row.id).unwrap().row)
                .collect()
        };
        let were = settle(&[person(1, "operator"), person(2, "operator"), person(3, "operator")]);
        let stored = |are: &[OperatorRow]| -> Vec<(u128, bool, bool)> {
            let people = reformed(&were, Staffed { centre: &centre, people: are });
            people.iter().map(|new| (new.row.id.0.as_u128(), new.rights_changed, new.signed_out)).collect()
        };
        assert_eq!(stored(&were), []);
        let mut are = were.clone();
        are[0].post.role = "supervisor".parse().unwrap();
        are[1].disabled = true;
        are[2].name = "Вера".into();
        are.push(person(4, "operator"));
        assert_eq!(stored(&are), [(1, true, false), (2, false, true), (3, false, false), (4, true, false)]);
    }

    #[test]
    fn a_changed_role_reaches_whoever_has_it() {
        let before = Centre::default();
        let mut after = before.clone();
        after.roles.get_mut(&"operator".parse().unwrap()).unwrap().rights.clear();
        let people: Vec<_> =
            reformed(&[], Staffed { centre: &before, people: &[person(1, "operator"), person(2, "administrator")] })
                .into_iter()
                .map(|new| new.row)
                .collect();
        let changed = reformed(&people, Staffed { centre: &after, people: &people });
        assert_eq!(changed.len(), 1);
        assert!(changed[0].rights_changed && changed[0].row.grants.rights.is_empty());
    }
}
