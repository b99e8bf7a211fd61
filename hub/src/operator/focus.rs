//! Whether the operator sits before another workplace of his: there he is told what happens, and here nothing has to
//! ring. Kept nowhere but here, and over with the connection.

use crate::{
    bus::{Focused, Whisper},
    office::Office,
};
use otklik_model::{OperatorId, Stamp};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::time::Instant;
use uuid::Uuid;

/// Whoever did nothing for so long sits before no workplace, whatever window has the keyboard there. A workplace tells
/// once a minute that he does something.
const GONE_MS: i64 = 150_000;
/// What is not said again with some beat does not hold: its process may have died.
const BEATS: u32 = 3;
/// On top of those beats.
const LATE: Duration = Duration::from_secs(10);

/// The windows of one operator, as one connection of his knows them.
pub(super) struct Focus {
    office: Arc<Office>,
    by: OperatorId,
    connection: Uuid,
    /// A window of this workplace has the keyboard, since then.
    since: Option<Stamp>,
    /// When its operator was last active.
    acted_at: Stamp,
    /// What the others were told last.
    told: bool,
    /// His other workplaces that he sits before, and until when that holds.
    others: BTreeMap<Uuid, Instant>,
    /// What this workplace was told last.
    knows: bool,
}

impl Focus {
    /// Of a connection that begins: his others are asked to say how they stand.
    pub(super) fn new(office: Arc<Office>, by: OperatorId, acted_at: Stamp) -> Self {
        let connection = Uuid::now_v7();
        office.whisper(Whisper::Focused(Focused { by, connection, on: false, comes: true }));
        Self { office, by, connection, since: None, acted_at, told: false, others: BTreeMap::new(), knows: false }
    }

    /// A window here has the keyboard now, or none has.
    pub(super) fn set(&mut self, on: bool) {
        self.since = on.then(|| self.office.now());
        self.tell(false);
    }

    /// He was last active then.
    pub(super) fn stir(&mut self, acted_at: Stamp) {
        if acted_at > self.acted_at {
            self.acted_at = acted_at;
            self.tell(false);
        }
    }

    /// It is time to say again what holds, and to forget what others did not say again.
    pub(super) fn beat(&mut self) {
        self.tell(true);
        let now = Instant::now();
        self.others.retain(|_, until| *until > now);
    }

    /// Some connection said how it stands.
    pub(super) fn hear(&mut self, said: &Focused) {
        if said.by != self.by || said.connection == self.connection {
            return;
        }
        if said.comes {
            self.tell(true);
        }
        if said.on {
            let beat = self.office.settings.timing.beat;
            self.others.insert(said.connection, Instant::now() + beat * BEATS + LATE);
        } else {
            self.others.remove(&said.connection);
        }
    }

    /// Whether he sits before another workplace, if this one knows otherwise.
    pub(super) fn news(&mut self) -> Option<bool> {
        let elsewhere = !self.others.is_empty();
        (std::mem::replace(&mut self.knows, elsewhere) != elsewhere).then_some(elsewhere)
    }

    /// Tells the others what changed, or what holds. `again`: although they know.
    fn tell(&mut self, again: bool) {
        let now = self.office.now();
        let on = self.since.is_some_and(|since| now.0 - since.max(self.acted_at).0 < GONE_MS);
        let changed = std::mem::replace(&mut self.told, on) != on;
        if changed || (on && again) {
            self.say(on);
        }
    }

    fn say(&self, on: bool) {
        let said = Focused { by: self.by, connection: self.connection, on, comes: false };
        self.office.whisper(Whisper::Focused(said));
    }
}

impl Drop for Focus {
    fn drop(&mut self) {
        if self.told {
            self.say(false);
        }
    }
}
