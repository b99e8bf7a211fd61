//! What an act changed, as the trail keeps it: who reads it later sees before and after in short.

use crate::{
    centre::diff::{Difference, differences},
    store::OperatorRow,
};
use serde_json::{Value, json};

/// Places told one by one; of more only how many there are.
const PLACES: usize = 50;

/// Differences in words, one for each place.
pub(super) fn in_short(changes: &[Difference]) -> Value {
    let mut told: Vec<String> = changes.iter().take(PLACES).map(|Difference { at, what }| word(at, what)).collect();
    let more = changes.len().saturating_sub(PLACES);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    json!(told)
}

fn word(at: &str, what: &str) -> String {
    if what.is_empty() { at.to_owned() } else { format!("{at}: {what}") }
}

/// What is another with an operator: his name, his post, whether he may sign in; never a password.
pub(super) fn of_operator(before: Option<&OperatorRow>, after: &OperatorRow) -> Vec<Difference> {
    let told = |row: &OperatorRow| {
        let OperatorRow { name, login, disabled, post, .. } = row;
        json!({ "name": name, "login": login, "disabled": disabled, "post": post })
    };
    match before {
        Some(before) => differences(&told(before), &told(after)),
        None => differences(&json!({ "post": {} }), &json!({ "post": { "role": after.post.role } })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::OperatorId;
    use uuid::Uuid;

    #[test]
    fn before_and_after_stand_beside_each_other_and_no_password() {
        let mut was = OperatorRow::new(OperatorId(Uuid::from_u128(1)), "ira".to_owned(), "Ира".to_owned());
        was.password = Some("$argon2id$old".to_owned());
        let mut is = was.clone();
        is.post.role = "supervisor".parse().unwrap();
        is.disabled = true;
        is.password = Some("$argon2id$new".to_owned());
        let told = in_short(&of_operator(Some(&was), &is));
        let wanted = json!(["disabled: false becomes true", "post.role: \"operator\" becomes \"supervisor\""]);
        assert_eq!(told, wanted);
    }

    #[test]
    fn many_places_are_counted() {
        let change = |number: usize| Difference { at: format!("{number}"), what: String::new() };
        let told = in_short(&(0..PLACES + 7).map(change).collect::<Vec<_>>());
        let told = told.as_array().unwrap();
        assert_eq!((told.len(), &told[0], &told[PLACES]), (PLACES + 1, &json!("0"), &json!("and 7 more")));
    }
}
