//! Who gives dialogs out takes turns: the centre's script for one dialog after the other, distribution, and whoever gives
//! a colleague one by hand.
//!
//! Whoever has the turn looks at who has room, decides, and stores it; then the next one looks. So no place is given away
//! twice. Another process of the same workspace takes turns of its own: what it has stored is read before each look, and
//! of what both store in the same few milliseconds by hand the second finds no room in the store, and is decided once
//! more. Only a placement of distribution's own, which is stored without looking twice, can cross with what is given by
//! hand elsewhere.

use super::Office;
use crate::{
    desk::{
        Actor, Colleague, Command, Event, Standing, Target,
        assign::{Candidate, Need},
    },
    script::ScriptTrouble,
    store::{OperatorFace, Room, StoreError},
};
use otklik_model::{Dialog, Op, OperatorId, TransferTarget};
use std::{sync::Arc, time::Duration};
use tokio::{sync::OwnedMutexGuard, time::timeout};

/// How long a dialog waits for its turn before the built-in rule gives it out.
const PATIENCE: Duration = Duration::from_secs(5);

/// The turn: given back when the last clone is gone.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    _held: Arc<OwnedMutexGuard<()>>,
}

impl Turn {
    fn of(held: OwnedMutexGuard<()>) -> Self {
        Self { _held: Arc::new(held) }
    }
}

impl Office {
    /// The turn of a script.
    pub(super) async fn turn_of_script(&self) -> Result<Turn, ScriptTrouble> {
        let turn = timeout(PATIENCE, self.turns.clone().lock_owned()).await;
        turn.map(Turn::of).map_err(|_| ScriptTrouble::Busy)
    }

    /// The turn of distribution.
    pub(crate) async fn turn_of_distribution(&self) -> Turn {
        Turn::of(self.turns.clone().lock_owned().await)
    }

    /// The turn of an operation that offers a dialog to a colleague by hand; no other has to wait. All that was given out
    /// before it is known by then.
    pub(super) async fn turn_of_hand(&self, op: &Op) -> Result<Option<Turn>, StoreError> {
        let Op::Transfer { to: TransferTarget::Operator { force: false, .. }, .. } = op else { return Ok(None) };
        let turn = Turn::of(self.turns.clone().lock_owned().await);
        self.read_ahead().await?;
        Ok(Some(turn))
    }

    /// The room that is taken by offering somebody a dialog, if these events do.
    pub(super) fn room_taken(&self, events: &[Event]) -> Option<Room> {
        let to = |event: &Event| if let Event::Offered { to, .. } = event { Some(*to) } else { None };
        let operator = events.iter().rev().find_map(to)?;
        Some(Room { operator, most: self.load(operator).most })
    }

    /// A command with the room that whoever it names has now: others may have taken it since he was looked up.
    pub(super) fn with_room_of_now(&self, command: &Command) -> Command {
        let mut command = command.clone();
        if let Command::Distribute { to: Target::Operator(named), .. }
        | Command::BotHandsOver { to: Target::Operator(named), .. } = &mut command
        {
            named.room = self.directory.read().colleague(named.who.id).map_or(0, |now| now.room);
        }
        command
    }

    /// Whom a script chose, as he is now: by the same rights, status and room by which distribution chooses.
    pub(super) fn chosen(&self, id: OperatorId, row: &Dialog) -> Target {
        let directory = self.directory.read();
        let Some((colleague, face)) = directory.colleague(id).zip(directory.face(id)) else { return Target::Stranger };
        let available = candidate(&face).fits_in_person(&need(row));
        Target::Operator(Colleague { available, ..colleague })
    }
}

/// An operator as distribution sees him.
pub(crate) fn candidate(face: &OperatorFace) -> Candidate {
    let actor = Actor { id: face.id, name: face.name.clone(), grants: face.grants.clone() };
    Candidate::of(actor, &face.post, face.status, face.disabled, face.last_accepted_at)
}

/// What a dialog asks of whom it is given to by name.
fn need(row: &Dialog) -> Need {
    let Standing { department, language, restricted, offline, .. } = Standing::of(row);
    Need { team: None, department, language, offline, restricted, weight: row.weight }
}
