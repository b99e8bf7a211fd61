//! Of which changes of a dialog the centre has others told by mail: a low rating, and a request that was left while
//! nobody was online for it. The letters are errands of the change itself, so each is written once, whoever restarts.

use crate::centre::Centre;
use crate::desk::Event;
use crate::store::{DialogChange, ErrandKind};
use otklik_model::{Author, DialogState, OnlineState};

/// A rating with at most so many stars is a low one.
const LOW: u8 = 2;

/// One errand for each letter.
pub(super) fn letters(change: &DialogChange, centre: &Centre) -> Vec<ErrandKind> {
    low_ratings(change, centre).chain(left_request(change, centre)).collect()
}

/// Each word of a customer counts, also if he thinks better of it: whoever reads sees when it was said.
fn low_ratings<'a>(change: &'a DialogChange, centre: &'a Centre) -> impl Iterator<Item = ErrandKind> + 'a {
    let rated = |event: &'a Event| if let Event::Rated { rating } = event { Some(rating) } else { None };
    let low = change.events.iter().filter_map(rated).filter(|rating| rating.stars <= LOW);
    low.flat_map(move |rating| {
        centre.mail.low_ratings.iter().map(move |to| ErrandKind::TellOfRating {
            dialog: change.dialog.row.id,
            to: to.clone(),
            language: centre.language.clone(),
            rating: rating.clone(),
        })
    })
}

/// A customer's first words, if nobody was online for them. What a bot answers is not left.
fn left_request<'a>(change: &'a DialogChange, centre: &'a Centre) -> impl Iterator<Item = ErrandKind> + 'a {
    let row = &change.dialog.row;
    let said = |event: &Event| matches!(event, Event::MessageAdded(message) if message.author == Author::Customer);
    let left = change.before.is_none()
        && row.start_state == OnlineState::Offline
        && row.state != DialogState::Bot
        && !row.suspicious
        && change.events.iter().any(said);
    let mailboxes = centre.mail.left_requests.iter().filter(move |_| left);
    mailboxes.map(|to| ErrandKind::TellOfRequest { dialog: row.id, to: to.clone(), language: centre.language.clone() })
}
