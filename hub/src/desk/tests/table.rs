//! The state table of a dialog as data: which cause leads from where to where.

use crate::desk::{Command, Timer};
use otklik_model::DialogState::{self, *};

/// What moves a dialog. What is not listed never changes its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Accept,
    Decline,
    Transfer,
    Hold,
    Unhold,
    Close,
    OperatorSays,
    CustomerSays,
    CustomerCloses,
    BotHandsOver,
    BotCloses,
    Distribute,
    Release,
    OperatorRemoved,
    Block,
    TimeOut(Timer),
    Nothing,
}

pub(super) fn cause(command: &Command) -> Cause {
    match command {
        Command::Accept { .. } => Cause::Accept,
        Command::Decline { .. } => Cause::Decline,
        Command::Transfer { .. } => Cause::Transfer,
        Command::Hold { .. } => Cause::Hold,
        Command::Unhold { .. } => Cause::Unhold,
        Command::Close { .. } => Cause::Close,
        Command::SendText { .. } | Command::SendFile { .. } | Command::RequestContact { .. } => Cause::OperatorSays,
        Command::CustomerWrites { .. }
        | Command::CustomerSendsFile { .. }
        | Command::CustomerSendsSticker { .. }
        | Command::CustomerSendsPlace { .. }
        | Command::CustomerGivesContacts { .. } => Cause::CustomerSays,
        Command::CustomerCloses => Cause::CustomerCloses,
        Command::BotHandsOver { .. } => Cause::BotHandsOver,
        Command::BotCloses { .. } => Cause::BotCloses,
        Command::Distribute { .. } => Cause::Distribute,
        Command::Release { .. } => Cause::Release,
        Command::OperatorRemoved { .. } => Cause::OperatorRemoved,
        Command::Block { .. } | Command::BlockedElsewhere { .. } => Cause::Block,
        Command::TimeOut(timer) => Cause::TimeOut(*timer),
        Command::SendNote { .. }
        | Command::MarkRead { .. }
        | Command::Teleport { .. }
        | Command::Sort { .. }
        | Command::EditMessage { .. }
        | Command::DeleteMessage { .. }
        | Command::EditCustomer { .. }
        | Command::Invite { .. }
        | Command::CustomerRates { .. }
        | Command::CustomerSaw { .. }
        | Command::CustomerCame
        | Command::CustomerLeft
        | Command::CustomerMoved(_)
        | Command::CustomerPush { .. }
        | Command::BotSays { .. }
        | Command::LearnCustomer(_)
        | Command::SettleFile { .. }
        | Command::Reckon => Cause::Nothing,
    }
}

/// A row: its number in the rules, from where, by what, to where. How a dialog begins (1 to 4 and 29) has stories of
/// its own; 8 is no change of state, and 33, that a dialog is erased, is the store's, in any state. Rows from 40 on are this project's own.
pub(super) type Row = (u8, &'static [DialogState], Cause, &'static [DialogState]);

pub(super) const TABLE: &[Row] = &[
    (5, &[Routing], Cause::Distribute, &[Queue, Offered, Bot]),
    (6, &[Bot], Cause::BotHandsOver, &[Routing, Queue, Offered]),
    (7, &[Bot], Cause::Accept, &[Active]),
    (9, &[Queue], Cause::Distribute, &[Offered]),
    (10, &[Queue], Cause::Accept, &[Active]),
    (11, &[Queue], Cause::Transfer, &[Offered, Active]),
    (12, &[Offered], Cause::Accept, &[Active]),
    (13, &[Offered], Cause::TimeOut(Timer::Offer), &[Queue]),
    (14, &[Offered], Cause::Decline, &[Queue]),
    (15, &[Offered], Cause::Release, &[Queue]),
    (16, &[Active, Hold], Cause::Transfer, &[Offered]),
    (17, &[Active, Hold], Cause::Transfer, &[Queue]),
    (18, &[Active, Hold], Cause::Transfer, &[Bot]),
    (19, &[Active], Cause::Hold, &[Hold]),
    (19, &[Hold], Cause::Unhold, &[Active]),
    (20, &[Hold], Cause::CustomerSays, &[Active]),
    (21, &[Active], Cause::Distribute, &[Offered]),
    (22, &[Active, Hold], Cause::Close, &[ClosedSoft, Closed]),
    (23, &[Queue, Offered], Cause::Close, &[ClosedSoft, Closed]),
    (24, &[Active, Hold, Bot], Cause::CustomerCloses, &[ClosedSoft, Closed]),
    (24, &[Queue, Offered, Routing], Cause::CustomerCloses, &[Closed]),
    (25, &[ClosedSoft], Cause::CustomerSays, &[Queue]),
    (26, &[ClosedSoft], Cause::OperatorSays, &[Active]),
    (26, &[ClosedSoft], Cause::Accept, &[Active]),
    (27, &[ClosedSoft], Cause::TimeOut(Timer::FinalClose), &[Closed]),
    (27, &[ClosedSoft], Cause::Close, &[Closed]),
    (27, &[ClosedSoft], Cause::CustomerCloses, &[Closed]),
    (28, &[Active, Bot], Cause::TimeOut(Timer::Inactive), &[Closed]),
    (30, &[Invitation], Cause::CustomerSays, &[Active]),
    (31, &[Invitation], Cause::Close, &[Closed]),
    (31, &[Invitation], Cause::CustomerCloses, &[Closed]),
    (31, &[Invitation], Cause::TimeOut(Timer::Invitation), &[Closed]),
    (32, &[Routing, Bot, Queue, Offered, Active, Hold, Invitation, ClosedSoft], Cause::Block, &[Closed]),
    (34, &[Offered, Active, Hold], Cause::OperatorRemoved, &[Queue]),
    (34, &[Active, Hold], Cause::OperatorRemoved, &[ClosedSoft]),
    (34, &[Invitation], Cause::OperatorRemoved, &[Closed]),
    // Given to somebody by force, and from one offer to the next.
    (40, &[Offered, Hold], Cause::Transfer, &[Queue, Active]),
    // What was put off wakes.
    (41, &[Hold], Cause::TimeOut(Timer::Hold), &[Active]),
    // A router or a bot that does not answer.
    (42, &[Routing, Bot], Cause::TimeOut(Timer::Bot), &[Queue]),
    // A bot that has done its work.
    (43, &[Bot], Cause::BotCloses, &[ClosedSoft]),
    // An operator without a connection.
    (44, &[Active], Cause::Release, &[Queue]),
    // The queue's own dialogs can be given to a bot; a silent operator's dialog may wait for a colleague who is full.
    (45, &[Queue], Cause::Distribute, &[Bot]),
    (46, &[Active], Cause::Distribute, &[Queue]),
];

/// The row that a step is by, if the table has one.
pub(super) fn row_of(from: DialogState, by: Cause, to: DialogState) -> Option<usize> {
    TABLE.iter().position(|(_, froms, cause, tos)| froms.contains(&from) && *cause == by && tos.contains(&to))
}
