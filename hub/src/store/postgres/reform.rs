//! A configuration with its people: looked at first, all of it, because nothing that is written can be taken back alone.

use super::{
    batch::{Batch, Stop},
    desk, people, ruled,
};
use crate::store::{Reform, Reformed};
use otklik_model::Stamp;

pub(super) async fn commit(batch: &mut Batch<'_>, at: Stamp, reform: &Reform) -> Result<(), Stop> {
    let Reform { version, centre, by, note, channel, people } = reform;
    if ruled::newest(batch).await? != *version || !reform.names_each_once() {
        return Err(Stop::Conflict);
    }
    for person in people {
        people::stored(batch, &person.row).await?;
    }
    // The workspace is locked: what was found above still holds, and nothing from here on can conflict.
    if let Some(centre) = centre {
        ruled::commit(batch, at, *version, ruled::NewCentre { centre, by: *by, note }).await?;
    }
    if let Some(channel) = channel {
        desk::commit_channel(batch, at, channel).await?;
    }
    for Reformed { row, rights_changed, signed_out } in people {
        people::commit(batch, at, row, *rights_changed).await?;
        if *signed_out {
            people::sign_out(batch, at, row.id, None).await?;
        }
    }
    Ok(())
}
