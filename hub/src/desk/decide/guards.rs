//! What has to be so before anything happens.

use crate::centre::ChannelRules;
use crate::desk::{Actor, DialogAggregate, Moment, allows, sees};
use otklik_model::{Author, DialogState, Refusal, Right, Stamp, TextError, check_text};

/// Whether the operator has this right for the dialog as it stands.
pub(super) fn may(dialog: &DialogAggregate, by: &Actor, right: Right) -> bool {
    allows(by, right, &dialog.standing())
}

/// Refuses whoever has not this right; whoever does not see the dialog is told that there is none.
pub(super) fn need(dialog: &DialogAggregate, by: &Actor, right: Right) -> Result<(), Refusal> {
    if may(dialog, by, right) { Ok(()) } else { Err(unseen_or(dialog, by, Refusal::Forbidden)) }
}

pub(super) fn is_mine(dialog: &DialogAggregate, by: &Actor) -> bool {
    dialog.row.assignee == Some(by.id)
}

/// Only the one who leads the dialog or has this right over others, and only while things are as he believes.
pub(super) fn leads_or(dialog: &DialogAggregate, by: &Actor, epoch: u64, right: Right) -> Result<(), Refusal> {
    let row = &dialog.row;
    let by_right = row.assignee.is_some() && may(dialog, by, right);
    if !is_mine(dialog, by) && !by_right {
        return Err(unseen_or(dialog, by, not_yours(dialog)));
    }
    visible(dialog, by)?;
    match row.state {
        // What the customer closed himself only he goes on with.
        DialogState::ClosedSoft if dialog.standing().left => Err(Refusal::DialogClosed),
        DialogState::Active | DialogState::Hold | DialogState::Invitation | DialogState::ClosedSoft => {
            same_epoch(dialog, epoch)
        }
        DialogState::Queue | DialogState::Offered | DialogState::Routing | DialogState::Bot => Err(not_yours(dialog)),
        DialogState::Closed | DialogState::Deleted | DialogState::Unknown => Err(Refusal::DialogClosed),
    }
}

pub(super) fn same_epoch(dialog: &DialogAggregate, epoch: u64) -> Result<(), Refusal> {
    if dialog.row.epoch == epoch { Ok(()) } else { Err(not_yours(dialog)) }
}

pub(super) fn visible(dialog: &DialogAggregate, by: &Actor) -> Result<(), Refusal> {
    if sees(by, &dialog.standing()) { Ok(()) } else { Err(Refusal::NotFound) }
}

/// Whoever led it may still say something about it, also when he no longer sees it.
pub(super) fn known(dialog: &DialogAggregate, by: &Actor) -> Result<(), Refusal> {
    if dialog.led_by.contains(&by.id) { Ok(()) } else { visible(dialog, by) }
}

/// The refusal for whoever sees the dialog or led it; for others there is no such dialog.
pub(super) fn unseen_or(dialog: &DialogAggregate, by: &Actor, refusal: Refusal) -> Refusal {
    if known(dialog, by).is_ok() { refusal } else { Refusal::NotFound }
}

pub(super) fn not_yours(dialog: &DialogAggregate) -> Refusal {
    Refusal::NotYourDialog { owner: dialog.row.assignee_name.clone() }
}

/// Refuses what comes after the final close.
pub(super) fn not_final(dialog: &DialogAggregate) -> Result<(), Refusal> {
    if dialog.row.state.is_final() { Err(Refusal::DialogClosed) } else { Ok(()) }
}

/// Words to the customer, as they are stored.
pub(super) fn checked(text: &str, moment: &Moment<'_>) -> Result<String, Refusal> {
    text_within(text, longest(moment, ChannelRules::most_of_operator))
}

/// Words of the customer, as they are stored.
pub(super) fn checked_of_customer(text: &str, moment: &Moment<'_>) -> Result<String, Refusal> {
    text_within(text, longest(moment, ChannelRules::most_of_customer))
}

/// Words between operators, as they are stored: no channel carries them.
pub(super) fn checked_note(text: &str, moment: &Moment<'_>) -> Result<String, Refusal> {
    text_within(text, moment.carrier.text_chars)
}

/// Words that may stay away, as they are stored.
pub(super) fn caption(text: &str, author: &Author, moment: &Moment<'_>) -> Result<String, Refusal> {
    let most = match author {
        Author::Customer => longest(moment, ChannelRules::most_of_customer),
        Author::Operator { .. } | Author::Bot { .. } | Author::System | Author::Unknown => {
            longest(moment, ChannelRules::most_of_operator)
        }
    };
    optional_within(text, most)
}

/// The longest text that may go over the channel: what the centre says, at most what it carries.
fn longest(moment: &Moment<'_>, own: impl Fn(&ChannelRules) -> u32) -> u32 {
    own(&moment.centre.channel_rules(moment.carrier.key)).min(moment.carrier.text_chars)
}

pub(super) fn text_within(text: &str, max: u32) -> Result<String, Refusal> {
    check_text(text, max).map_err(|error| match error {
        TextError::Empty => Refusal::Empty,
        TextError::TooLong { max } => Refusal::TooLong { max },
    })
}

/// Nothing to read in it is no words at all.
pub(super) fn optional_within(text: &str, max: u32) -> Result<String, Refusal> {
    match text_within(text, max) {
        Err(Refusal::Empty) => Ok(String::new()),
        checked => checked,
    }
}

/// Refuses what the channel cannot carry.
pub(super) fn carries(moment: &Moment<'_>, what: impl Fn(&ChannelRules) -> bool) -> Result<(), Refusal> {
    if what(&moment.centre.channel_rules(moment.carrier.key)) { Ok(()) } else { Err(Refusal::ChannelCannot) }
}

/// Refuses words to a customer whose channel takes none of ours any more.
pub(super) fn window_open(dialog: &DialogAggregate, moment: &Moment<'_>) -> Result<(), Refusal> {
    let hours = moment.centre.channel_rules(moment.carrier.key).window_h;
    let until = |last: Stamp| Stamp(last.0.saturating_add(i64::from(hours) * 3_600_000));
    let open = hours == 0 || dialog.life.customer_at.is_some_and(|last| moment.now <= until(last));
    if open { Ok(()) } else { Err(Refusal::WindowClosed) }
}
