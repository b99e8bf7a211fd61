//! Which dialog the operator of a connection has before him, as his colleagues hear of it. Kept nowhere but here, and
//! over with the connection.

use crate::{
    bus::{Looks, Whisper},
    desk::{Actor, sees},
    office::Office,
};
use otklik_model::{DialogId, OperatorId, SessionId};
use parking_lot::Mutex;
use std::sync::Arc;

/// What one connection's operator looks at.
pub(super) struct Looking {
    office: Arc<Office>,
    by: OperatorId,
    session: SessionId,
    place: Arc<Mutex<Place>>,
}

#[derive(Default)]
struct Place {
    /// Counts what was said: of two the later one counts, whichever was looked up first.
    turn: u64,
    look: Option<Looks>,
}

impl Looking {
    pub(super) fn new(office: Arc<Office>, by: OperatorId, session: SessionId) -> Self {
        Self { office, by, session, place: Arc::default() }
    }

    /// The operator has this dialog before him now, or none. What is returned finds out whether he may, and tells.
    pub(super) fn look(
        &self,
        me: Actor,
        dialog: Option<DialogId>,
        writes: bool,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (office, session, place) = (self.office.clone(), self.session, self.place.clone());
        let turn = {
            let mut place = place.lock();
            place.turn += 1;
            place.turn
        };
        async move {
            let next = match dialog {
                Some(dialog) => read(&office, (&me, session), dialog, writes).await,
                None => None,
            };
            let mut place = place.lock();
            if place.turn == turn {
                turn_to(&office, &mut place, next);
            }
        }
    }

    /// Somebody may not know it: says again that he has this dialog before him, if he has.
    pub(super) fn say_again(&self, dialog: DialogId) {
        let look = self.place.lock().look.clone().filter(|look| look.dialog == dialog);
        if let Some(look) = look {
            self.office.whisper(Whisper::Looks(Looks { comes: false, ..look }));
        }
    }

    /// Whose it is.
    pub(super) fn by(&self) -> OperatorId {
        self.by
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        let mut place = self.place.lock();
        place.turn += 1;
        turn_to(&self.office, &mut place, None);
    }
}

/// The dialog, if he sees it; what he sees of a colleague's he may have had told long ago, so that this is all the trail
/// hears of. A failed read costs a line above a colleague's field, nothing else.
async fn read(office: &Office, (me, session): (&Actor, SessionId), dialog: DialogId, writes: bool) -> Option<Looks> {
    let found = office.store.dialog(office.workspace.id, dialog).await.ok().flatten()?;
    let standing = found.standing();
    let rev = found.row.rev;
    if !sees(me, &standing) {
        return None;
    }
    if let Err(error) = office.note_look(me.id, session, &found.row).await {
        tracing::warn!(%error, "a look into a colleague's dialog left no line in the trail");
    }
    Some(Looks { dialog, standing, rev, by: me.id, here: true, writes, comes: true })
}

fn turn_to(office: &Office, place: &mut Place, next: Option<Looks>) {
    let before = std::mem::replace(&mut place.look, next.clone());
    let same = before.as_ref().map(|look| look.dialog) == next.as_ref().map(|look| look.dialog);
    if let Some(before) = before.filter(|_| !same) {
        office.whisper(Whisper::Looks(Looks { here: false, writes: false, comes: false, ..before }));
    }
    if let Some(next) = next {
        office.whisper(Whisper::Looks(Looks { comes: !same, ..next }));
    }
}
