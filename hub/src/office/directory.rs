//! The operators as the log last told: names, statuses, rights.

use crate::desk::{Actor, Colleague, Target};
use crate::store::{OperatorFace, OperatorRow};
use otklik_model::{OperatorId, OperatorStatus, Seq};
use std::collections::BTreeMap;

/// Who is who.
#[derive(Debug, Default)]
pub struct Directory(BTreeMap<OperatorId, (Seq, OperatorFace)>);

impl Directory {
    /// From the stored rows.
    #[must_use]
    pub fn new(rows: Vec<OperatorRow>) -> Self {
        Self(rows.into_iter().map(|row| (row.id, (Seq(0), row.face(false)))).collect())
    }

    /// Learns of a change at a position of the log. What is older than what is known is ignored, so that whoever
    /// committed a change may tell of it before the log does.
    pub fn learn(&mut self, at: Seq, face: &OperatorFace) {
        if self.0.get(&face.id).is_none_or(|(known, _)| *known <= at) {
            self.0.insert(face.id, (at, face.clone()));
        }
    }

    /// Whoever acts, unless unknown or disabled.
    #[must_use]
    pub fn actor(&self, id: OperatorId) -> Option<Actor> {
        let (_, face) = self.0.get(&id).filter(|(_, face)| !face.disabled)?;
        Some(Actor { id, name: face.name.clone(), rights: face.rights.clone() })
    }

    /// Somebody to give a dialog to.
    #[must_use]
    pub fn target(&self, id: OperatorId) -> Target {
        self.0.get(&id).map_or(Target::Stranger, |(_, face)| {
            let available = !face.disabled && face.status == OperatorStatus::Online;
            Target::Operator(Colleague { id, name: face.name.clone(), available })
        })
    }

    /// Whether anybody is online.
    #[must_use]
    pub fn is_staffed(&self) -> bool {
        self.0.values().any(|(_, face)| !face.disabled && face.status == OperatorStatus::Online)
    }
}
