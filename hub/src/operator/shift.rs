//! What came of an operator's work since it began: read anew whenever an entry of the log says that it is another.
//!
//! Work goes on until he is off duty for six hours. Whoever never is has worked for a week at most.

use crate::office::Office;
use crate::store::{Entry, EntryBody, StatusChange, StoreError, counted};
use otklik_model::{OperatorId, OperatorStatus, Shift, Stamp};

/// Whoever is off duty for so long begins anew, in milliseconds.
const PAUSE_MS: i64 = 6 * 3_600_000;
/// Work is looked back for so long, in milliseconds.
const LOOKED_BACK_MS: i64 = 7 * 24 * 3_600_000;

/// Reads it.
pub(super) async fn read(office: &Office, operator: OperatorId) -> Result<Shift, StoreError> {
    let (workspace, back) = (office.workspace.id, Stamp(office.now().0 - LOOKED_BACK_MS));
    let changes = office.store.status_changes(workspace, operator, back).await?;
    let Some((since, worked_ms)) = worked(&changes, back) else { return Ok(Shift::default()) };
    let tally = office.store.tally(workspace, operator, since).await?;
    // What was closed before and opened again since is no debt.
    let count = |count: i64| u32::try_from(count.max(0)).unwrap_or(u32::MAX);
    Ok(Shift { since, worked_ms, closed: count(tally.closed), missed: count(tally.missed) })
}

/// Whether an entry may make it another.
pub(super) fn concerns(me: OperatorId, entry: &Entry) -> bool {
    match &entry.body {
        EntryBody::Operator(face) => face.id == me,
        EntryBody::Dialog(dialog) => counted(dialog.before.as_ref(), dialog.row.state, &dialog.events)
            .is_some_and(|(operator, _)| operator == me),
        EntryBody::Channel(_) | EntryBody::Customer(_) | EntryBody::Centre { .. } | EntryBody::SignedOut { .. } => {
            false
        }
    }
}

/// Since when somebody works, and how long he was on duty before his present status, in milliseconds; nothing, if he
/// has not begun. `changes`: his statuses from a time on, oldest first, of which the first may be older.
fn worked(changes: &[StatusChange], back: Stamp) -> Option<(Stamp, u64)> {
    let (mut begun, mut off_since) = (None, None::<Stamp>);
    let ends = changes.iter().skip(1).map(|next| Some(next.at)).chain([None]);
    for (change, end) in changes.iter().zip(ends) {
        let at = change.at.max(back);
        if change.status == OperatorStatus::Offline {
            off_since = off_since.or(Some(at));
            continue;
        }
        let paused = off_since.take().is_some_and(|off| at.0 - off.0 >= PAUSE_MS);
        let (since, worked_ms) = begun.filter(|_| !paused).unwrap_or((at, 0));
        begun = Some((since, worked_ms + end.map_or(0, |end| u64::try_from(end.0 - at.0).unwrap_or(0))));
    }
    begun
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{SetBy, usual_code};

    const HOUR: i64 = 3_600_000;

    fn worked_of(changes: &[(i64, OperatorStatus)], back: i64) -> Option<(i64, u64)> {
        let change = |(hour, status): &(i64, OperatorStatus)| StatusChange {
            at: Stamp(hour * HOUR),
            status: *status,
            code: usual_code(*status),
            set_by: SetBy::Himself,
        };
        let changes: Vec<_> = changes.iter().map(change).collect();
        worked(&changes, Stamp(back * HOUR)).map(|(since, ms)| (since.0 / HOUR, ms / HOUR.unsigned_abs()))
    }

    #[test]
    fn work_goes_on_until_somebody_is_off_duty_for_six_hours() {
        use OperatorStatus::{Break, Offline, Online};
        for (changes, expected) in [
            (&[][..], None),
            (&[(0, Offline)][..], None),
            (&[(0, Offline), (9, Online)][..], Some((9, 0))),
            (&[(9, Online), (13, Break), (14, Online)][..], Some((9, 5))),
            (&[(9, Online), (13, Offline), (18, Online)][..], Some((9, 4))),
            (&[(9, Online), (13, Offline), (19, Online)][..], Some((19, 0))),
            (&[(9, Online), (18, Offline)][..], Some((9, 9))),
            (&[(9, Online), (18, Offline), (20, Online), (21, Offline), (28, Online)][..], Some((28, 0))),
            (&[(9, Online), (13, Offline), (16, Offline), (20, Online)][..], Some((20, 0))),
        ] {
            assert_eq!(worked_of(changes, 0), expected, "{changes:?}");
        }
        assert_eq!(worked_of(&[(0, Online), (50, Break)], 40), Some((40, 10)), "no further than one looks back");
    }
}
