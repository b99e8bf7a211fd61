//! What the operator chose.

mod page;

pub use page::{KeyChoice, PageChoices, SavedView};

use crate::AlertSound;
use serde::{Deserialize, Serialize};

/// Minutes in a day.
const DAY_MIN: u16 = 24 * 60;
/// A window waits no longer than a day to be covered, and its keys no longer to go.
const LONGEST_COVER_MIN: u32 = DAY_MIN as u32;
/// A word of one's own, in characters.
const WORD: usize = 60;
/// More words of his own the operator does not keep; the oldest goes.
const MOST_WORDS: usize = 2_000;

/// The language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// The system's, English if it is neither.
    #[default]
    Auto,
    /// Russian.
    Ru,
    /// English.
    En,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// The system's.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How one class of sound is played.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct SoundClass {
    /// Played at all.
    pub on: bool,
    /// Loudness beside the other classes, 0 to 100; [`Settings::volume`] is over all of them.
    pub volume: u8,
    /// The operator's own sound; ours if `None`.
    pub own: Option<OwnSound>,
}

/// A sound that the operator brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OwnSound {
    /// What he called the file.
    pub name: String,
    /// What it is kept under on this machine.
    pub key: String,
}

impl Default for SoundClass {
    fn default() -> Self {
        Self { on: true, volume: 100, own: None }
    }
}

/// When the operator counts as looking elsewhere, so that popups and sounds are for him.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AlertWhen {
    /// As soon as the window has not the keyboard.
    #[default]
    Unfocused,
    /// Only while nobody can see the window.
    Hidden,
}

/// A span of the day, by the clock on the operator's wall, in minutes after midnight; over midnight if it ends before
/// it begins, empty if both are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct QuietHours {
    /// The first quiet minute, 0 to 1439.
    pub from: u16,
    /// The first minute that is not quiet any more, 0 to 1439.
    pub to: u16,
}

impl QuietHours {
    /// Whether a minute of the day is quiet.
    #[must_use]
    pub fn holds(self, minute: u16) -> bool {
        if self.from <= self.to {
            (self.from..self.to).contains(&minute)
        } else {
            minute >= self.from || minute < self.to
        }
    }
}

/// Settings of one account on this machine. Unknown fields of a newer version are ignored, missing ones take their
/// default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct Settings {
    /// The language of the interface.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Enter sends and Shift+Enter breaks the line; the other way round if false.
    pub enter_sends: bool,
    /// Loudness of all sounds, 0 to 100.
    pub volume: u8,
    /// Sounds on.
    pub sounds: bool,
    /// N1 and N3: somebody new waits.
    pub sound_long: SoundClass,
    /// N2, N5, N7, N9, N13: something in a dialog of one's own, or for a supervisor.
    pub sound_short: SoundClass,
    /// N10 and N11: what was written does not go out, there is no connection. Off unless wanted.
    pub sound_trouble: SoundClass,
    /// The device that plays, by the system's name of it; the system's choice if `None` or unplugged.
    pub sound_device: Option<String>,
    /// A short sound also for a message in another dialog while the window has the keyboard.
    pub sound_in_window: bool,
    /// When the operator counts as looking elsewhere.
    pub alert_when: AlertWhen,
    /// No sound and no notification, until switched off; badge and tray still count.
    pub do_not_disturb: bool,
    /// The same each day in these hours.
    pub quiet_hours: Option<QuietHours>,
    /// The same while the system itself says so.
    pub follow_system_quiet: bool,
    /// N4: a notification for a new offline request while the window is hidden.
    pub offline_popups: bool,
    /// N13: told when more dialogs than this wait; never if 0.
    pub queue_over: u32,
    /// N13: told when a customer rates a conversation with one or two stars.
    pub low_ratings: bool,
    /// Notifications on.
    pub popups: bool,
    /// Notifications show the customer's words; else only that there are some.
    pub popup_text: bool,
    /// N5: how often an unread message in one's own dialog is recalled while the window is hidden, seconds, 15 to 600.
    pub reminder_s: u32,
    /// A message older than this asks before it is sent, minutes.
    pub ask_after_min: u32,
    /// The window is covered when nobody has touched it for so long, minutes; never if 0.
    pub cover_after_min: u32,
    /// The keys of what was read go when it has been covered for so long, minutes; at once if 0.
    pub close_after_min: u32,
    /// Wrong words are underlined while they are written.
    pub spelling: bool,
    /// Words that are right though no dictionary has them, in small letters, the oldest first.
    pub own_words: Vec<String>,
    /// What the operator chose of his page; `None` until it says what it kept by itself in earlier versions.
    pub page: Option<Box<PageChoices>>,
}

impl Settings {
    /// How a class of sound is played.
    #[must_use]
    pub fn sound(&self, sound: AlertSound) -> &SoundClass {
        match sound {
            AlertSound::Long => &self.sound_long,
            AlertSound::Short => &self.sound_short,
            AlertSound::Trouble => &self.sound_trouble,
        }
    }

    /// The same with another sound for a class; ours if `None`.
    #[must_use]
    pub fn with_sound(mut self, sound: AlertSound, own: Option<OwnSound>) -> Self {
        let class = match sound {
            AlertSound::Long => &mut self.sound_long,
            AlertSound::Short => &mut self.sound_short,
            AlertSound::Trouble => &mut self.sound_trouble,
        };
        class.own = own;
        self
    }

    /// The same with a word more that is spelt right.
    #[must_use]
    pub fn with_word(mut self, word: &str) -> Self {
        let word: String = word.trim().to_lowercase().chars().take(WORD).collect();
        if !word.is_empty() && !self.own_words.contains(&word) {
            self.own_words.push(word);
        }
        self
    }

    /// How loud a class of sound is after all, 0 to 100.
    #[must_use]
    pub fn loudness(&self, sound: AlertSound) -> u8 {
        let of_all = u16::from(self.volume.min(100)) * u16::from(self.sound(sound).volume.min(100));
        u8::try_from(of_all / 100).unwrap_or(100)
    }

    /// The same with every number within its bounds.
    #[must_use]
    pub fn within_bounds(self) -> Self {
        let bounded = |class: SoundClass| SoundClass { volume: class.volume.min(100), ..class };
        Self {
            volume: self.volume.min(100),
            sound_long: bounded(self.sound_long),
            sound_short: bounded(self.sound_short),
            sound_trouble: bounded(self.sound_trouble),
            quiet_hours: self.quiet_hours.filter(|hours| hours.from < DAY_MIN && hours.to < DAY_MIN),
            reminder_s: self.reminder_s.clamp(15, 600),
            ask_after_min: self.ask_after_min.max(1),
            cover_after_min: self.cover_after_min.min(LONGEST_COVER_MIN),
            close_after_min: self.close_after_min.min(LONGEST_COVER_MIN),
            own_words: last_of(self.own_words, MOST_WORDS),
            page: self.page.map(|page| Box::new(page.within_bounds())),
            ..self
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::Auto,
            theme: Theme::Auto,
            enter_sends: true,
            volume: 80,
            sounds: true,
            sound_long: SoundClass::default(),
            sound_short: SoundClass::default(),
            sound_trouble: SoundClass { on: false, ..SoundClass::default() },
            sound_device: None,
            sound_in_window: false,
            alert_when: AlertWhen::Unfocused,
            do_not_disturb: false,
            quiet_hours: None,
            follow_system_quiet: true,
            offline_popups: true,
            queue_over: 10,
            low_ratings: true,
            popups: true,
            popup_text: true,
            reminder_s: 60,
            ask_after_min: 15,
            cover_after_min: 10,
            close_after_min: 30,
            spelling: true,
            own_words: Vec::new(),
            page: None,
        }
    }
}

fn last_of(mut words: Vec<String>, most: usize) -> Vec<String> {
    let surplus = words.len().saturating_sub(most);
    words.drain(..surplus);
    words
}
