//! What the centre says by itself.

use super::{DialogAggregate, Event, Moment};
use crate::centre::Occasion;
use otklik_model::{DepartmentKey, DialogState};

/// The words for an occasion after these events, if the centre has any.
pub(super) fn words_for(
    dialog: &DialogAggregate,
    events: &[Event],
    occasion: Occasion,
    moment: &Moment<'_>,
) -> Option<String> {
    // Most centres say nothing on most occasions, and then nothing is copied.
    moment.centre.words.texts(moment.carrier.key, occasion)?;
    let mut after = dialog.clone();
    events.iter().for_each(|event| after.apply(event));
    moment.centre.auto_words(occasion, &after.row, moment.carrier.key, moment.now)
}

/// What is said to a customer who begins a dialog.
pub(super) fn first_words(dialog: &DialogAggregate, moment: &Moment<'_>) -> Occasion {
    first_words_of(dialog, dialog.row.department.as_ref(), moment)
}

/// The same, where a router has kept a new dialog until now and it comes to people of this department; nothing, if it
/// was begun otherwise or a bot has spoken in it.
pub(super) fn words_after_router(
    dialog: &DialogAggregate,
    department: Option<&DepartmentKey>,
    moment: &Moment<'_>,
) -> Option<Occasion> {
    let is_new = dialog.row.state == DialogState::Routing && dialog.row.bot.is_none();
    is_new.then(|| first_words_of(dialog, department, moment))
}

fn first_words_of(dialog: &DialogAggregate, department: Option<&DepartmentKey>, moment: &Moment<'_>) -> Occasion {
    let open = moment.centre.hours_at(department, moment.now).open;
    Occasion::first_words(dialog.life.wrote_before, open)
}
