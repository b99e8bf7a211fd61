//! Who sees a dialog, and what is left of an address for those who may not see it.

use super::{Actor, Standing, admits, allows};
use otklik_model::{DialogState, Right};

/// Whether an operator sees a dialog that stands so: his own always, what nobody has taken and what others have as
/// far as his rights reach. A restricted customer's dialog only if it may be shown to him at all.
#[must_use]
pub fn sees(me: &Actor, standing: &Standing) -> bool {
    if standing.state == DialogState::Deleted {
        return false;
    }
    let queue = || standing.is_untaken() && allows(me, Right::SeeQueue, standing);
    standing.assignee == Some(me.id) || admits(me, standing) && (queue() || allows(me, Right::SeeOthers, standing))
}

/// An e-mail address as it is shown to whoever may not see it: as much as is needed to recognise it, and no more.
#[must_use]
pub fn masked_address(address: &str) -> String {
    let first: String = address.chars().take_while(|c| *c != '@').take(1).collect();
    format!("{first}•••@•••")
}
