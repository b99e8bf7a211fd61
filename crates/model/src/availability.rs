//! Whether a new conversation can begin.

use crate::OnlineState;
use serde::{Deserialize, Serialize};

/// How a department, or a site's line that leads to one, stands for whoever would begin a conversation there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Somebody is there, and there is room.
    Online,
    /// Somebody is there, and as many wait as may: no conversation begins.
    BusyOnline,
    /// Nobody is there; what is written is left for later.
    Offline,
    /// Nobody is there, and as much is left as may be: no conversation begins.
    BusyOffline,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

impl Availability {
    /// No conversation can begin.
    #[must_use]
    pub fn is_busy(self) -> bool {
        match self {
            Self::BusyOnline | Self::BusyOffline => true,
            Self::Online | Self::Offline | Self::Unknown => false,
        }
    }

    /// Whether somebody is there, busy or not: what is told to whoever knows of nothing else.
    #[must_use]
    pub fn presence(self) -> OnlineState {
        match self {
            Self::Online | Self::BusyOnline => OnlineState::Online,
            Self::Offline | Self::BusyOffline => OnlineState::Offline,
            Self::Unknown => OnlineState::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_newer_hub_says_is_read_as_unknown_and_stops_nobody() {
        let read = |text: &str| serde_json::from_str::<Availability>(text).unwrap();
        for (text, state, busy, presence) in [
            (r#""online""#, Availability::Online, false, OnlineState::Online),
            (r#""busy_online""#, Availability::BusyOnline, true, OnlineState::Online),
            (r#""offline""#, Availability::Offline, false, OnlineState::Offline),
            (r#""busy_offline""#, Availability::BusyOffline, true, OnlineState::Offline),
            (r#""on_strike""#, Availability::Unknown, false, OnlineState::Unknown),
        ] {
            let found = read(text);
            assert_eq!((found, found.is_busy(), found.presence()), (state, busy, presence), "{text}");
        }
    }
}
