//! Operators whom the hub itself gives another status, and the workplaces of this process.

use super::{
    HoursAt, Watch,
    schedule::{due_by_schedule, next_hours},
    statuses::{SILENT_MS, Whereabouts, due_by_absence},
};
use crate::{
    day::Attending,
    office::Office,
    store::{Attendance, FenceToken, OperatorFace, SetBy, StoreError},
};
use otklik_model::{OperatorId, OperatorStatus, Stamp};
use std::{collections::BTreeMap, sync::Arc};

/// The workplaces of a process are noted this often, in milliseconds: often enough that one note may be late.
const NOTE_MS: i64 = SILENT_MS / 3;

impl Watch {
    /// Notes that this process lives and which workplaces it has, for whoever is in charge.
    pub(super) async fn note_workplaces(&mut self, now: Stamp) -> Result<(), StoreError> {
        // Alone, a process hears of everybody who comes and goes.
        let alone = self.office.settings.alone;
        if alone || self.noted_at.is_some_and(|at| now.0 < at.0 + NOTE_MS) {
            return Ok(());
        }
        let (store, workspace) = (&self.office.store, self.office.workspace.id);
        store.note_node(workspace, self.office.node, now).await?;
        let _noting = self.office.noting.lock().await;
        let here = self.office.attending.all();
        let noted = |(operator, active_at)| Attendance { operator, seen_at: now, active_at, left_at: None };
        store.note_attendance(workspace, here.into_iter().map(noted).collect()).await?;
        self.noted_at = Some(now);
        Ok(())
    }

    /// Changes the statuses of those for whom it is time.
    pub(super) async fn look_after_people(&mut self, fence: FenceToken) -> Result<(), StoreError> {
        let Some(duty) = self.duty else { return Ok(()) };
        let (office, now) = (self.office.clone(), self.office.now());
        let centre = office.centre();
        let hours = self.hours_may_have_changed(now);
        let mut settled = true;
        let faces = office.faces();
        let sight = Sight::of(&office, &faces).await?;
        for face in faces {
            let whereabouts = sight.whereabouts(&office.attending, face.id);
            let present = whereabouts.is_present(duty.since, now);
            let returns = face.set_by == SetBy::Schedule && present;
            let due = due_by_absence(&face, whereabouts, &centre, duty.since, now)
                .or_else(|| due_by_schedule(&face, present, &centre, now).filter(|_| hours.is_some() || returns));
            if let Some(due) = due {
                settled &= office.hub_sets_status(&face, due, fence).await?;
            }
        }
        // Not before: whoever was passed over by an error or a conflict would be on duty until the next change.
        if let Some(next) = hours.filter(|_| settled) {
            self.hours_at = Some(next);
        }
        Ok(())
    }

    /// Whether anybody's working hours may stand differently since the last look: then what to keep, once all that
    /// follows is stored.
    fn hours_may_have_changed(&self, now: Stamp) -> Option<HoursAt> {
        let centre = self.office.centre();
        let known = self.hours_at.as_ref().filter(|(known, _)| Arc::ptr_eq(known, &centre));
        if known.is_some_and(|(_, next)| next.is_none_or(|next| now < next)) {
            return None;
        }
        let next = next_hours(&centre, now);
        Some((centre, next))
    }
}

/// Where operators are, as far as this process can know.
struct Sight {
    /// Who was here before the store was read. Whoever leaves after that may be noted too late to be found there, and
    /// what was noted of him before says that nobody has heard of him for hours.
    here: BTreeMap<OperatorId, Stamp>,
    noted: BTreeMap<OperatorId, Attendance>,
}

impl Sight {
    /// Looks who is here, and reads what is noted of the others if it matters for anybody.
    async fn of(office: &Office, faces: &[OperatorFace]) -> Result<Self, StoreError> {
        let here: BTreeMap<_, _> = office.attending.all().into_iter().collect();
        let matters = |face: &OperatorFace| {
            let off = face.status == OperatorStatus::Offline && face.set_by != SetBy::Schedule;
            !face.disabled && !face.post.is_bot && !off && !here.contains_key(&face.id)
        };
        let noted =
            if faces.iter().any(matters) { office.store.attendance(office.workspace.id).await? } else { Vec::new() };
        Ok(Self { here, noted: noted.into_iter().map(|noted| (noted.operator, noted)).collect() })
    }

    fn whereabouts(&self, attending: &Attending, operator: OperatorId) -> Whereabouts {
        // Whoever came or did something since counts as he is now.
        let active_at = attending.active_at(operator).or_else(|| self.here.get(&operator).copied());
        if let Some(active_at) = active_at {
            return Whereabouts::Here { active_at };
        }
        match self.noted.get(&operator) {
            Some(Attendance { left_at: Some(left_at), .. }) => Whereabouts::Gone { left_at: *left_at },
            Some(Attendance { seen_at, active_at, .. }) => {
                Whereabouts::Elsewhere { seen_at: *seen_at, active_at: *active_at }
            }
            None => Whereabouts::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const IRA: OperatorId = OperatorId(Uuid::from_u128(1));

    fn noted(left_at: Option<Stamp>) -> BTreeMap<OperatorId, Attendance> {
        [(IRA, Attendance { operator: IRA, seen_at: Stamp(10), active_at: Stamp(10), left_at })].into()
    }

    #[test]
    fn whoever_leaves_while_it_is_read_who_is_gone_is_no_longer_gone_than_that() {
        let attending = Attending::default();
        attending.come(IRA, Stamp(20));
        let here: BTreeMap<_, _> = attending.all().into_iter().collect();
        attending.go(IRA);
        for noted in [BTreeMap::new(), noted(None), noted(Some(Stamp(10)))] {
            let sight = Sight { here: here.clone(), noted };
            assert_eq!(sight.whereabouts(&attending, IRA), Whereabouts::Here { active_at: Stamp(20) });
        }
    }

    #[test]
    fn whoever_comes_while_it_is_read_who_is_gone_is_here() {
        let attending = Attending::default();
        let sight = Sight { here: BTreeMap::new(), noted: noted(Some(Stamp(10))) };
        assert_eq!(sight.whereabouts(&attending, IRA), Whereabouts::Gone { left_at: Stamp(10) });
        attending.come(IRA, Stamp(20));
        attending.stir(IRA, Stamp(30));
        assert_eq!(sight.whereabouts(&attending, IRA), Whereabouts::Here { active_at: Stamp(30) });
    }
}
