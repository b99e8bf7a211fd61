//! What the shell was last told of how the session stands, and when it is to be told again.
//!
//! A tray is another program's: it may have been restarted since, or have dropped what it was told. So it is told the
//! whole truth whenever that changes, and the same truth again now and then.

use otklik_core::{Language, LinkView, Standing};
use otklik_model::Stamp;
use std::time::Duration;
use tokio::time::Instant;

/// The longest that a tray which lost something shows something else.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// The last word.
#[derive(Default)]
pub(crate) struct Glance {
    told: Option<(Standing, Language, Instant)>,
}

impl Glance {
    /// Whether the shell is to be told this now; if so, it counts as told.
    pub(crate) fn is_due(&mut self, standing: &Standing, language: Language, now: Instant) -> bool {
        let standing = Standing { link: without_times(&standing.link), ..standing.clone() };
        let known = self.told.as_ref().is_some_and(|(told, in_language, at)| {
            *told == standing && *in_language == language && now.duration_since(*at) < AGAIN_AFTER
        });
        if !known {
            self.told = Some((standing, language, now));
        }
        !known
    }
}

/// The connection says with every beat when it was last heard of: no tray shows that.
fn without_times(link: &LinkView) -> LinkView {
    match link {
        LinkView::Live { .. } => LinkView::Live { synced_at: Stamp(0) },
        LinkView::Connecting => LinkView::Connecting,
        LinkView::CatchingUp => LinkView::CatchingUp,
        LinkView::Down { .. } => LinkView::Down { since: Stamp(0), retry_at: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::OperatorStatus;

    fn standing(link: LinkView, badge: u32) -> Standing {
        let (status, statuses) = (OperatorStatus::Online, Vec::new());
        let (centre, operator) = ("Банк".to_owned(), "Ира".to_owned());
        let (waiting, unread, code, can_choose, next) = (badge, 0, None, true, None);
        Standing { centre, operator, link, waiting, unread, badge, status, code, statuses, can_choose, next }
    }

    fn live(at: i64) -> LinkView {
        LinkView::Live { synced_at: Stamp(at) }
    }

    #[test]
    fn a_tray_is_told_what_changed_and_the_same_again_after_a_while() {
        let (mut glance, start) = (Glance::default(), Instant::now());
        let mut told = |standing: &Standing, after| glance.is_due(standing, Language::Ru, start + after);
        assert!(told(&standing(live(1), 0), Duration::ZERO));
        assert!(!told(&standing(live(2), 0), Duration::from_secs(15)), "a beat is no news");
        assert!(told(&standing(live(3), 1), Duration::from_secs(16)));
        assert!(told(&standing(LinkView::Connecting, 1), Duration::from_secs(17)));
        assert!(!told(&standing(LinkView::Connecting, 1), Duration::from_secs(46)));
        assert!(told(&standing(LinkView::Connecting, 1), Duration::from_secs(47)), "whatever the tray lost comes back");
    }

    #[test]
    fn another_language_is_news() {
        let (mut glance, now) = (Glance::default(), Instant::now());
        let standing = standing(live(1), 0);
        assert!(glance.is_due(&standing, Language::Ru, now));
        assert!(glance.is_due(&standing, Language::En, now));
    }
}
