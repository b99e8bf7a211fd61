//! The forms that customers give their contacts by: which fields are asked for when, and what may stand in them.

use super::{Centre, masks::fits};
use otklik_model::{ContactField, Customer, CustomerEdit, DepartmentKey, FieldFault, FieldKind, clean_name};
use otklik_wire::customer::AskedField;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longer than any field may be: what is cut here is too long anyway.
const LINE_CHARS: usize = 1_000;

/// The longest value of a field that the hub keeps, in Unicode scalar values. A form may allow less, never more.
#[must_use]
pub const fn most_chars(field: ContactField) -> u32 {
    match field {
        ContactField::Name => 100,
        ContactField::Email => 254,
        ContactField::Phone => 40,
    }
}

/// Whether a field is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldPresence {
    /// It is not, and is not taken.
    Hidden,
    /// It may be left empty.
    #[default]
    Optional,
    /// It has to be given, unless it is known.
    Required,
}

/// What may stand in a field. By default whatever the field itself allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldRules {
    /// Whether it is asked for.
    pub presence: FieldPresence,
    /// The longest value, in Unicode scalar values; what the hub keeps of the field, if nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_chars: Option<u32>,
    /// What it is made of.
    pub kind: FieldKind,
    /// What it looks like: `9` is a digit, `a` a letter, `*` either, whatever follows a `\` and everything else itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
}

/// Rules by field.
pub type FormRules = BTreeMap<ContactField, FieldRules>;

/// When a form is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormMode {
    /// Never: contacts that nobody asked for.
    Default,
    /// Before the first words of a conversation while nobody is there.
    Offline,
    /// Before the first words of a conversation.
    FirstQuestion,
    /// An operator asks.
    ContactsRequest,
}

/// All forms of a centre, or those of a department, which are laid over them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Forms {
    /// The rules of every field that a form below does not name, and of contacts that nobody asked for.
    pub default: FormRules,
    /// Before the first words of a conversation while nobody is there; nothing is asked then, if nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline: Option<FormRules>,
    /// Before the first words of a conversation while somebody is there; nothing is asked then, if nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_question: Option<FormRules>,
    /// Asked by an operator; as by default, if nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts_request: Option<FormRules>,
}

impl Forms {
    /// A department's forms over those of its centre: fields of `default` one by one, other forms as a whole.
    #[must_use]
    pub fn over(&self, centre: &Self) -> Self {
        let own = self.clone();
        Self {
            default: centre.default.clone().into_iter().chain(own.default).collect(),
            offline: own.offline.or_else(|| centre.offline.clone()),
            first_question: own.first_question.or_else(|| centre.first_question.clone()),
            contacts_request: own.contacts_request.or_else(|| centre.contacts_request.clone()),
        }
    }

    /// The form of one mode, with a rule for each field.
    #[must_use]
    pub fn form(&self, mode: FormMode) -> Form {
        let (asks, own) = match mode {
            FormMode::Default => (false, None),
            FormMode::Offline => (self.offline.is_some(), self.offline.as_ref()),
            FormMode::FirstQuestion => (self.first_question.is_some(), self.first_question.as_ref()),
            FormMode::ContactsRequest => (true, self.contacts_request.as_ref()),
        };
        let rule = |field: ContactField| {
            let named = own.and_then(|own| own.get(&field)).or_else(|| self.default.get(&field));
            (field, named.cloned().unwrap_or_default())
        };
        Form { asks, rules: ContactField::ALL.into_iter().map(rule).collect() }
    }
}

/// One form, with a rule for each field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Whether it is shown at all.
    asks: bool,
    rules: FormRules,
}

impl Form {
    /// What a page shows of it to this customer. What is known of him need not be given again; `anew`: it is shown all
    /// the same, so that it can be put right.
    #[must_use]
    pub fn asked_of(&self, customer: &Customer, anew: bool) -> Vec<AskedField> {
        let shown = self.rules.iter().filter(|(field, rules)| {
            self.asks && rules.presence != FieldPresence::Hidden && (anew || !is_known(customer, **field))
        });
        let asked = shown.map(|(field, rules)| AskedField {
            field: *field,
            required: rules.presence == FieldPresence::Required && !is_known(customer, *field),
            max_chars: rules.max_chars,
            kind: rules.kind,
            mask: rules.mask.clone(),
        });
        asked.collect()
    }

    /// The first field that has to be given and is not known.
    #[must_use]
    pub fn missing(&self, customer: &Customer) -> Option<ContactField> {
        let wanted = |field: &ContactField| self.rules[field].presence == FieldPresence::Required;
        let lacks = |field: &ContactField| self.asks && wanted(field) && !is_known(customer, *field);
        self.rules.keys().copied().find(lacks)
    }

    /// The first field of what was given that breaks a rule.
    #[must_use]
    pub fn fault(&self, given: &CustomerEdit, customer: &Customer) -> Option<(ContactField, FieldFault)> {
        self.rules.iter().find_map(|(field, rules)| {
            let value = value_of(given, *field).map(|value| clean_name(value, LINE_CHARS)).unwrap_or_default();
            let fault = match (rules.presence, value.is_empty()) {
                (FieldPresence::Hidden, false) => Some(FieldFault::Hidden),
                (FieldPresence::Required, true) if !is_known(customer, *field) => Some(FieldFault::Required),
                (FieldPresence::Hidden | FieldPresence::Optional | FieldPresence::Required, true) => None,
                (FieldPresence::Optional | FieldPresence::Required, false) => rules.fault_of(&value),
            };
            fault.map(|fault| (*field, fault))
        })
    }
}

impl FieldRules {
    fn fault_of(&self, value: &str) -> Option<FieldFault> {
        let chars = value.chars().count();
        if self.max_chars.is_some_and(|max| chars > max as usize) {
            return Some(FieldFault::TooLong);
        }
        if !is_made_of(self.kind, value) {
            return Some(FieldFault::Kind);
        }
        self.mask.as_ref().is_some_and(|mask| !fits(mask, value)).then_some(FieldFault::Mask)
    }
}

/// Whether a value has nothing in it that does not belong there. `FieldKind` says what does.
fn is_made_of(kind: FieldKind, value: &str) -> bool {
    match kind {
        // No centre has one that is not known.
        FieldKind::Any | FieldKind::Unknown => true,
        FieldKind::Letters => value.chars().all(|c| c.is_alphabetic() || " -.'’".contains(c)),
        FieldKind::Digits => value.chars().all(|c| c.is_ascii_digit()),
        FieldKind::Phone => {
            let rest = value.strip_prefix('+').unwrap_or(value);
            rest.chars().all(|c| c.is_ascii_digit() || " -()".contains(c))
        }
    }
}

fn value_of(given: &CustomerEdit, field: ContactField) -> Option<&str> {
    match field {
        ContactField::Name => given.name.as_deref(),
        ContactField::Email => given.email.as_deref(),
        ContactField::Phone => given.phone.as_deref(),
    }
}

fn is_known(customer: &Customer, field: ContactField) -> bool {
    match field {
        ContactField::Name => customer.named,
        ContactField::Email => customer.email.is_some(),
        ContactField::Phone => customer.phone.is_some(),
    }
}

impl Centre {
    /// The forms that hold for a department.
    #[must_use]
    pub fn forms_of(&self, department: Option<&DepartmentKey>) -> Forms {
        let own = department.and_then(|key| self.departments.get(key)).and_then(|department| department.forms.as_ref());
        own.map_or_else(|| self.forms.clone(), |own| own.over(&self.forms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(presence: FieldPresence) -> FieldRules {
        FieldRules { presence, ..FieldRules::default() }
    }

    fn given(field: ContactField, value: &str) -> CustomerEdit {
        let value = Some(value.to_owned());
        match field {
            ContactField::Name => CustomerEdit { name: value, ..CustomerEdit::default() },
            ContactField::Email => CustomerEdit { email: value, ..CustomerEdit::default() },
            ContactField::Phone => CustomerEdit { phone: value, ..CustomerEdit::default() },
        }
    }

    fn stranger() -> Customer {
        serde_json::from_value(serde_json::json!({
            "id": uuid::Uuid::nil(), "name": "Посетитель 1", "number": 1, "named": false, "email": null, "phone": null,
            "language": null,
        }))
        .unwrap()
    }

    #[test]
    fn a_new_centre_asks_what_it_always_asked() {
        let forms = Forms::default();
        let asked = |mode| forms.form(mode).asked_of(&stranger(), true);
        let request = asked(FormMode::ContactsRequest);
        assert_eq!(request.iter().map(|asked| asked.field).collect::<Vec<_>>(), ContactField::ALL);
        assert!(request.iter().all(|asked| !asked.required && asked.mask.is_none() && asked.max_chars.is_none()));
        assert_eq!((asked(FormMode::Offline), asked(FormMode::FirstQuestion)), (Vec::new(), Vec::new()));
        for field in ContactField::ALL {
            let form = forms.form(FormMode::Default);
            assert_eq!(form.fault(&given(field, "что угодно"), &stranger()), None);
        }
    }

    #[test]
    fn a_form_falls_back_to_the_default_and_a_department_to_its_centre() {
        use ContactField::{Email, Name, Phone};
        use FieldPresence::{Hidden, Optional, Required};
        let form =
            |of: &[(ContactField, FieldPresence)]| of.iter().map(|(f, p)| (*f, rules(*p))).collect::<FormRules>();
        let centre = Forms {
            default: form(&[(Email, Required), (Name, Hidden)]),
            offline: Some(form(&[(Phone, Required)])),
            ..Forms::default()
        };
        let own = Forms { default: form(&[(Name, Optional)]), first_question: Some(form(&[])), ..Forms::default() };
        let laid = own.over(&centre);
        let presences = |forms: &Forms, mode| {
            let form = forms.form(mode);
            [Name, Email, Phone].map(|field| form.rules[&field].presence)
        };
        assert_eq!(presences(&centre, FormMode::Offline), [Hidden, Required, Required]);
        assert_eq!(presences(&centre, FormMode::ContactsRequest), [Hidden, Required, Optional]);
        assert_eq!(presences(&laid, FormMode::Offline), [Optional, Required, Required]);
        assert_eq!(presences(&laid, FormMode::FirstQuestion), [Optional, Required, Optional]);
        assert!(!centre.form(FormMode::FirstQuestion).asks && laid.form(FormMode::FirstQuestion).asks);
    }

    #[test]
    fn each_fault_is_told_with_its_field() {
        use ContactField::{Email, Name, Phone};
        let of = |field, rules: FieldRules| {
            Forms { default: [(field, rules)].into(), ..Forms::default() }.form(FormMode::ContactsRequest)
        };
        let any = FieldRules::default();
        let long = FieldRules { max_chars: Some(5), ..any.clone() };
        let kind = |kind| FieldRules { kind, ..any.clone() };
        let mask = FieldRules { mask: Some("+7 (999) 999-99-99".to_owned()), ..any.clone() };
        for (field, rules, value, fault) in [
            (Name, rules(FieldPresence::Hidden), "Мария", Some(FieldFault::Hidden)),
            (Name, rules(FieldPresence::Required), " \u{200b}", Some(FieldFault::Required)),
            (Name, long.clone(), "Мария", None),
            (Name, long, "Марияа", Some(FieldFault::TooLong)),
            (Name, kind(FieldKind::Letters), "Анна-Мария д’Эсте", None),
            (Name, kind(FieldKind::Letters), "Мария 2", Some(FieldFault::Kind)),
            (Phone, kind(FieldKind::Digits), "79001234567", None),
            (Phone, kind(FieldKind::Digits), "+79001234567", Some(FieldFault::Kind)),
            (Phone, kind(FieldKind::Phone), "+7 (900) 123-45-67", None),
            (Phone, kind(FieldKind::Phone), "7+900", Some(FieldFault::Kind)),
            (Phone, mask.clone(), "+7 (900) 123-45-67", None),
            (Phone, mask, "89001234567", Some(FieldFault::Mask)),
            (Email, rules(FieldPresence::Required), "m@example.org", None),
        ] {
            let found = of(field, rules.clone()).fault(&given(field, value), &stranger());
            assert_eq!(found, fault.map(|fault| (field, fault)), "{rules:?} {value}");
        }
    }

    #[test]
    fn what_is_known_is_not_demanded_again() {
        let required = [(ContactField::Email, rules(FieldPresence::Required))].into();
        let forms = Forms { default: required, first_question: Some(FormRules::new()), ..Forms::default() };
        let (first, request) = (forms.form(FormMode::FirstQuestion), forms.form(FormMode::ContactsRequest));
        assert_eq!(first.missing(&stranger()), Some(ContactField::Email));
        let known = Customer { email: Some("m@example.org".to_owned()), ..stranger() };
        assert_eq!((first.missing(&known), request.fault(&CustomerEdit::default(), &known)), (None, None));
        let fields = |form: &Form, anew| form.asked_of(&known, anew).len();
        assert_eq!((fields(&first, false), fields(&request, true)), (2, 3));
        assert!(request.asked_of(&known, true).iter().all(|asked| !asked.required));
    }
}
