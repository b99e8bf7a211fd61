//! What time it is, and waiting for a later one.
//!
//! Everything that the hub's rules count in minutes asks here, so that a test can let a night pass in an instant.
//! Waiting for a peer on the other end of a socket is no rule's time, and stays with the runtime's own timers.

use otklik_model::Stamp;
use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::sync::watch;

/// Tells the time, and wakes at one. Clones tell the same time.
#[derive(Clone)]
pub struct Clock(Face);

#[derive(Clone)]
enum Face {
    System,
    ByHand(watch::Receiver<Stamp>),
}

/// Moves a clock that does not move by itself. The clock stands for ever when the last of its hands is gone.
#[derive(Clone, Debug)]
pub struct Hands(watch::Sender<Stamp>);

impl Clock {
    /// The clock of this machine.
    #[must_use]
    pub const fn system() -> Self {
        Self(Face::System)
    }

    /// A clock that stands at `start` until its hands are moved.
    #[must_use]
    pub fn by_hand(start: Stamp) -> (Self, Hands) {
        let (hands, face) = watch::channel(start);
        (Self(Face::ByHand(face)), Hands(hands))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Stamp {
        match &self.0 {
            Face::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Stamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Face::ByHand(face) => *face.borrow(),
        }
    }

    /// Returns after so much time, at once if it is none.
    pub async fn sleep(&self, time: Duration) {
        match &self.0 {
            // Unlike the wall clock this timer is not moved by a correction of the time.
            Face::System => tokio::time::sleep(time).await,
            Face::ByHand(face) => wait(face.clone(), later(self.now(), time)).await,
        }
    }

    /// Returns at this time, at once if it is past.
    pub async fn sleep_until(&self, at: Stamp) {
        let left = at.0.saturating_sub(self.now().0);
        match &self.0 {
            Face::System => tokio::time::sleep(Duration::from_millis(u64::try_from(left).unwrap_or(0))).await,
            Face::ByHand(face) => wait(face.clone(), at).await,
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Face::System => out.write_str("Clock::System"),
            Face::ByHand(face) => write!(out, "Clock::ByHand({})", face.borrow().0),
        }
    }
}

impl Hands {
    /// Lets so much time pass: whoever sleeps until then or earlier wakes.
    pub fn forward(&self, time: Duration) {
        self.0.send_modify(|now| *now = later(*now, time));
    }

    /// Lets the time pass until then. A time that is past changes nothing: no clock goes back.
    pub fn forward_to(&self, at: Stamp) {
        self.0.send_if_modified(|now| {
            let moves = *now < at;
            *now = at.max(*now);
            moves
        });
    }
}

/// So much later.
#[must_use]
pub fn later(at: Stamp, time: Duration) -> Stamp {
    Stamp(at.0.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
}

async fn wait(mut face: watch::Receiver<Stamp>, at: Stamp) {
    if face.wait_for(|now| *now >= at).await.is_err() {
        // Nobody is left to move the hands.
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    #[tokio::test]
    async fn whoever_sleeps_wakes_when_the_hands_are_moved_past() {
        let (clock, hands) = Clock::by_hand(Stamp(1_000));
        let sleeper = clock.clone();
        let mut nap = tokio::spawn(async move {
            sleeper.sleep(HOUR).await;
            sleeper.now()
        });
        hands.forward(HOUR - Duration::from_millis(1));
        // It cannot be shown that nobody wakes too early by waiting: that it still sleeps is shown by what it returns.
        tokio::task::yield_now().await;
        assert!(!nap.is_finished());
        hands.forward(2 * HOUR);
        assert_eq!((&mut nap).await.unwrap(), Stamp(1_000 + 3 * 3_600_000 - 1));
        clock.sleep_until(Stamp(7)).await;
        clock.sleep(Duration::ZERO).await;
    }

    #[tokio::test]
    async fn no_clock_goes_back() {
        let (clock, hands) = Clock::by_hand(Stamp(1_000));
        hands.forward_to(Stamp(5_000));
        hands.forward_to(Stamp(2_000));
        assert_eq!(clock.now(), Stamp(5_000));
    }

    #[tokio::test]
    async fn the_systems_clock_tells_the_time() {
        let clock = Clock::system();
        let before = clock.now();
        clock.sleep_until(Stamp(before.0 + 5)).await;
        assert!(clock.now().0 >= before.0 + 5 && before.0 > 1_700_000_000_000);
    }
}
