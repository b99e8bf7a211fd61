//! What is known of operators' workplaces.

use super::*;
use crate::store::Attendance;

pub(crate) async fn the_latest_note_counts_and_times_never_go_back(store: Arc<dyn Store>) {
    let desk = Fixture::new(store).await;
    let other = desk.store.open_workspace("other").await.unwrap().id;
    let note = |operator, seen_at, active_at, left_at: Option<i64>| Attendance {
        operator: OperatorId(id(operator)),
        seen_at: Stamp(seen_at),
        active_at: Stamp(active_at),
        left_at: left_at.map(Stamp),
    };
    let noted = |notes| desk.store.note_attendance(desk.workspace.id, notes);
    noted(vec![note(11, 100, 90, None), note(12, 100, 100, None)]).await.unwrap();
    noted(vec![note(11, 120, 80, Some(120))]).await.unwrap();
    noted(vec![note(12, 70, 130, None)]).await.unwrap();
    noted(Vec::new()).await.unwrap();
    let read = desk.store.attendance(desk.workspace.id).await.unwrap();
    assert_eq!(read, [note(11, 120, 90, Some(120)), note(12, 100, 130, None)]);
    noted(vec![note(11, 200, 200, None)]).await.unwrap();
    assert_eq!(desk.store.attendance(desk.workspace.id).await.unwrap()[0], note(11, 200, 200, None), "he is back");
    assert_eq!(desk.store.attendance(other).await.unwrap(), []);
}
