//! Forms for contacts.

use super::Report;
use crate::centre::{Centre, FieldPresence, FieldRules, FormRules, Forms, check_mask, most_chars};
use otklik_model::{ContactField, FieldKind};

pub(super) fn check_forms(centre: &Centre, report: &mut Report) {
    check_all("forms", &centre.forms, report);
    for (key, department) in &centre.departments {
        if let Some(own) = &department.forms {
            check_all(&format!("departments.{key}.forms"), own, report);
        }
    }
}

fn check_all(at: &str, forms: &Forms, report: &mut Report) {
    let Forms { default, offline, first_question, contacts_request } = forms;
    check_form(&format!("{at}.default"), default, report);
    for (name, form) in
        [("offline", offline), ("first_question", first_question), ("contacts_request", contacts_request)]
    {
        if let Some(form) = form {
            check_form(&format!("{at}.{name}"), form, report);
        }
    }
}

fn check_form(at: &str, form: &FormRules, report: &mut Report) {
    for (field, rules) in form {
        let name = match field {
            ContactField::Name => "name",
            ContactField::Email => "email",
            ContactField::Phone => "phone",
        };
        check_field(&format!("{at}.{name}"), *field, rules, report);
    }
}

fn check_field(at: &str, field: ContactField, rules: &FieldRules, report: &mut Report) {
    let FieldRules { presence, max_chars, kind, mask } = rules;
    let most = most_chars(field);
    let chars = max_chars.unwrap_or(most);
    let remedy = format!("put 1 to {most}, or leave it out");
    report.need((1..=most).contains(&chars), format!("{at}.max_chars"), "the field cannot be that long", remedy);
    let kind_at = format!("{at}.kind");
    match (field, kind) {
        (_, FieldKind::Unknown) => report.add(kind_at, "there is no such kind", "put any, letters, digits or phone"),
        (ContactField::Email, FieldKind::Letters | FieldKind::Digits | FieldKind::Phone) => {
            report.add(kind_at, "no e-mail address is made of these", "leave it out");
        }
        (ContactField::Phone, FieldKind::Letters) => report.add(kind_at, "a phone has digits", "put digits or phone"),
        (ContactField::Name | ContactField::Phone, FieldKind::Any | FieldKind::Digits | FieldKind::Phone)
        | (ContactField::Name, FieldKind::Letters)
        | (ContactField::Email, FieldKind::Any) => {}
    }
    let Some(mask) = mask else { return };
    let at = format!("{at}.mask");
    if field == ContactField::Email {
        return report.add(at, "e-mail addresses look like nothing in common", "leave it out");
    }
    let remedy = "leave out kind, or the mask";
    report.need(*kind == FieldKind::Any, &at, "the mask says what the field is made of", remedy);
    match check_mask(mask) {
        Err(why) => report.add(at, why, "write it as +7 (999) 999-99-99: 9 is a digit, a a letter, * either"),
        Ok((places, _)) if places > chars as usize => {
            report.add(at, "it is longer than the field may be", "write a shorter one, or allow more characters");
        }
        Ok((_, has_digit)) => {
            let good = field != ContactField::Phone || has_digit || *presence == FieldPresence::Hidden;
            report.need(good, at, "a phone has digits", "put at least one 9");
        }
    }
}
