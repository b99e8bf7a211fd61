//! How long something is to last, in the operator's words. The moment it ends is reckoned here, by the hub's clock: it
//! is the hub that will wait for it.

use otklik_model::Stamp;
use serde::{Deserialize, Serialize};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// No place on Earth is further from Greenwich.
const MOST_EAST_MIN: i32 = 14 * 60;

/// How long something lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "lasts", rename_all = "snake_case")]
pub enum Term {
    /// Until somebody ends it.
    Ever,
    /// So many minutes from now.
    Minutes {
        /// How many.
        minutes: u32,
    },
    /// Until the operator's clock shows a full hour, the next time or tomorrow.
    Hour {
        /// 0 to 23.
        hour: u8,
        /// Not today, even if it is still to come.
        tomorrow: bool,
        /// How far east of Greenwich his clock is then, in minutes.
        east_min: i32,
    },
}

impl Term {
    /// When it ends, beginning now.
    pub(crate) fn end(self, now: Stamp) -> Option<Stamp> {
        match self {
            Self::Ever => None,
            Self::Minutes { minutes } => Some(Stamp(now.0.saturating_add(i64::from(minutes) * MINUTE_MS))),
            Self::Hour { hour, tomorrow, east_min } => {
                let east = i64::from(east_min.clamp(-MOST_EAST_MIN, MOST_EAST_MIN)) * MINUTE_MS;
                let wall = now.0.saturating_add(east);
                let today =
                    wall.saturating_sub(wall.rem_euclid(DAY_MS)).saturating_add(i64::from(hour.min(23)) * HOUR_MS);
                let later = tomorrow || today <= wall;
                let at = today.saturating_add(if later { DAY_MS } else { 0 });
                Some(Stamp(at.saturating_sub(east)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Friday, 20 November 2026, 12:00 in Greenwich, 15:00 in Moscow.
    const NOON: i64 = 1_795_176_000_000;

    fn hour(hour: u8, tomorrow: bool, east_min: i32) -> i64 {
        let end = Term::Hour { hour, tomorrow, east_min }.end(Stamp(NOON));
        (end.unwrap().0 - NOON) / HOUR_MS
    }

    #[test]
    fn the_operators_own_hour_is_meant() {
        assert_eq!(NOON % DAY_MS, 12 * HOUR_MS);
        assert_eq!(hour(18, false, 180), 3, "15:00 in Moscow: in three hours");
        assert_eq!(hour(18, false, 0), 6);
        assert_eq!(hour(15, false, 180), 24, "the hour that has just struck is tomorrow's");
        assert_eq!(hour(9, true, 180), 18);
        assert_eq!(hour(23, true, 180), 32, "tomorrow, though today's is still to come");
        assert_eq!(hour(9, false, 14 * 60), 7, "where the next day has begun");
        assert_eq!(hour(9, true, 14 * 60), 31);
        assert_eq!(hour(0, false, -300), 17);
    }

    #[test]
    fn minutes_count_from_now_and_ever_has_no_end() {
        assert_eq!(Term::Minutes { minutes: 15 }.end(Stamp(NOON)), Some(Stamp(NOON + 900_000)));
        assert_eq!(Term::Ever.end(Stamp(NOON)), None);
    }

    #[test]
    fn nonsense_is_bounded() {
        for now in [i64::MIN, 0, i64::MAX] {
            let odd = Term::Hour { hour: 255, tomorrow: true, east_min: i32::MIN };
            assert!(odd.end(Stamp(now)).is_some());
            assert!(Term::Minutes { minutes: u32::MAX }.end(Stamp(now)).is_some());
        }
    }
}
