//! What becomes of a command: events, or a refusal.

mod bots;
mod centre;
mod closing;
mod content;
mod customer;
mod guards;
mod hands;
mod presence;
mod sorting;
mod teleport;
mod time;

pub(in crate::desk) use sorting::{COMMENT_CHARS, MOST_TAGS, MOST_VARIABLES};
pub use sorting::{blocked, unblocked};

use super::{Command, DialogAggregate, Event, Moment, masking::without_cards};
use otklik_model::Refusal;

/// Decides a command on a dialog. No events: there is nothing to do, and that is a success.
///
/// # Errors
/// The [`Refusal`] to answer with.
pub fn decide(dialog: &DialogAggregate, command: Command, moment: &Moment<'_>) -> Result<Vec<Event>, Refusal> {
    Ok(without_cards(dialog, decided(dialog, command, moment)?, moment))
}

fn decided(dialog: &DialogAggregate, command: Command, moment: &Moment<'_>) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Accept { by, epoch, taking } => hands::accept(dialog, &by, epoch, taking, moment),
        Command::Decline { by, epoch } => hands::decline(dialog, &by, epoch, moment),
        Command::Transfer { by, epoch, to } => hands::transfer(dialog, &by, epoch, to, moment),
        Command::Hold { by, epoch, until, reason } => hands::hold(dialog, &by, epoch, until, reason.as_deref(), moment),
        Command::Unhold { by, epoch } => hands::unhold(dialog, &by, epoch, moment),
        Command::Close { by, epoch } => closing::close(dialog, &by, epoch, moment),
        Command::Invite { by, text, client } => hands::invite(dialog, &by, &text, client, moment),

        Command::SendText { by, epoch, text, client, quote } => {
            content::send_text(dialog, &by, epoch, &text, client, quote, moment)
        }
        Command::SendNote { by, text, client } => content::send_note(dialog, &by, &text, client, moment),
        Command::SendFile { by, epoch, file, text, client } => {
            content::send_file(dialog, &by, epoch, file, &text, client, moment)
        }
        Command::RequestContact { by, epoch, client } => content::request_contact(dialog, &by, epoch, client, moment),
        Command::Teleport { by, epoch, address } => teleport::send(dialog, &by, epoch, &address, moment),
        Command::MarkRead { by, upto } => content::mark_read(dialog, &by, upto),
        Command::EditMessage { by, seq, text } => content::edit(dialog, &by, seq, &text, moment),
        Command::DeleteMessage { by, seq } => content::delete(dialog, &by, seq, moment),
        Command::SettleFile { seq, state, pixels } => Ok(content::settle_file(dialog, seq, state, pixels, moment)),

        Command::Sort { by, category, subject, tags } => {
            sorting::sort(dialog, &by, sorting::Sorting { category, subject, tags }, moment)
        }
        Command::EditCustomer { by, edit, was } => sorting::edit_customer(dialog, &by, &edit, &was, moment),
        Command::Block { by, until, reason } => sorting::block(dialog, &by, until, &reason, moment),
        Command::BlockedElsewhere { by, block } => Ok(sorting::blocked_elsewhere(dialog, &by, block, moment)),
        Command::LearnCustomer(customer) => Ok(sorting::learn(dialog, customer)),

        Command::CustomerWrites { text, client } => customer::write(dialog, &text, client, moment),
        Command::CustomerSendsFile { file, text, client } => customer::send_file(dialog, file, &text, client, moment),
        Command::CustomerSendsSticker { file, emoji, client } => {
            customer::send_sticker(dialog, file, emoji, client, moment)
        }
        Command::CustomerSendsPlace { spot, title, client } => {
            customer::send_place(dialog, spot, &title, client, moment)
        }
        Command::CustomerGivesContacts { contacts, client } => {
            customer::give_contacts(dialog, &contacts, client, moment)
        }
        Command::CustomerRates { stars, note, answers } => customer::rate(dialog, stars, note, answers, moment),
        Command::CustomerCloses => Ok(closing::customer_closes(dialog, moment)),
        Command::CustomerSaw { delivered, read } => Ok(presence::saw(dialog, delivered, read)),
        Command::CustomerCame => Ok(presence::came(dialog, moment)),
        Command::CustomerLeft => Ok(presence::left(dialog, moment)),
        Command::CustomerMoved(page) => Ok(presence::moved(dialog, page)),
        Command::CustomerPush { on } => Ok(presence::push(dialog, on, moment)),

        Command::BotSays { bot, epoch, text, answers } => bots::say(dialog, &bot, epoch, &text, &answers, moment),
        Command::BotHandsOver { bot, epoch, to, silenced } => {
            bots::hand_over(dialog, &bot, epoch, to, silenced, moment)
        }
        Command::BotCloses { bot, epoch } => bots::close(dialog, &bot, epoch, moment),

        Command::Distribute { epoch, to } => centre::distribute(dialog, epoch, to, moment),
        Command::Release { operator, why } => Ok(centre::release(dialog, operator, why, moment)),
        Command::OperatorRemoved { operator } => Ok(centre::operator_removed(dialog, operator, moment)),
        Command::TimeOut(timer) => Ok(time::time_out(dialog, timer, moment)),
        Command::Reckon => Ok(time::reckon(dialog, moment)),
    }
}
