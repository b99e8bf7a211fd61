//! What the centre says by itself.

use super::{DialogAggregate, Event, Moment};
use crate::centre::Occasion;

/// The words for an occasion after these events, if the centre has any.
pub(super) fn words_for(
    dialog: &DialogAggregate,
    events: &[Event],
    occasion: Occasion,
    moment: &Moment<'_>,
) -> Option<String> {
    // Most centres say nothing on most occasions, and then nothing is copied.
    moment.centre.words.texts(&moment.carrier.name, occasion)?;
    let mut after = dialog.clone();
    events.iter().for_each(|event| after.apply(event));
    moment.centre.auto_words(occasion, &after.row, &moment.carrier.name, moment.now)
}

/// What is said to a customer who begins a dialog.
pub(super) fn first_words(dialog: &DialogAggregate, moment: &Moment<'_>) -> Occasion {
    let open = moment.centre.hours_at(dialog.row.department.as_ref(), moment.now).open;
    Occasion::first_words(dialog.life.wrote_before, open)
}
