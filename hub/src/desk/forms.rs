//! Whether what a customer says keeps to the form that his page shows.

use super::{Command, DialogAggregate};
use crate::centre::{Centre, Form, FormMode, Forms};
use otklik_model::{ContactField, Customer, CustomerEdit, FieldFault, OnlineState, Refusal};

/// The form that stands before the first words of a conversation.
#[must_use]
pub fn first_form(forms: &Forms, line: OnlineState) -> Form {
    forms.form(match line {
        OnlineState::Offline => FormMode::Offline,
        OnlineState::Online | OnlineState::Unknown => FormMode::FirstQuestion,
    })
}

/// Whether a conversation may begin with this, where `form` stands before it.
///
/// # Errors
/// [`Refusal::ContactField`] of what breaks a rule, or of what has to be given first.
pub fn may_begin(what: &Command, form: &Form, customer: &Customer) -> Result<(), Refusal> {
    let contacts = if let Command::CustomerGivesContacts { contacts, .. } = what { Some(contacts) } else { None };
    unless_wrong(match contacts {
        Some(contacts) => form.fault(contacts, customer),
        None => form.missing(customer).map(|field| (field, FieldFault::Required)),
    })
}

/// Whether contacts that are given in a conversation keep to its form. Of the first words [`may_begin`] has said so.
pub(super) fn check_given(dialog: &DialogAggregate, contacts: &CustomerEdit, centre: &Centre) -> Result<(), Refusal> {
    if dialog.version == 0 {
        return Ok(());
    }
    let mode = if dialog.life.contacts_asked { FormMode::ContactsRequest } else { FormMode::Default };
    let form = centre.forms_of(dialog.row.department.as_ref()).form(mode);
    unless_wrong(form.fault(contacts, &dialog.row.customer))
}

fn unless_wrong(found: Option<(ContactField, FieldFault)>) -> Result<(), Refusal> {
    found.map_or(Ok(()), |(field, fault)| Err(Refusal::ContactField { field, fault }))
}
