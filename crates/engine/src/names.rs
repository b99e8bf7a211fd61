//! The names of settings that this crate has to know: everywhere else a setting is a field.

use otklik_core::{AlertSound, Command};

/// The classes of sound by the names of their settings.
pub(crate) const SOUNDS: [(AlertSound, &str); 3] =
    [(AlertSound::Long, "sound_long"), (AlertSound::Short, "sound_short"), (AlertSound::Trouble, "sound_trouble")];
/// What silence for a while overrules.
const SILENCED: [&str; 2] = ["sounds", "do_not_disturb"];

/// The settings that a command changes or overrules by itself: whoever lays one of them down lays down the command. The
/// settings as a whole are another matter: of them what is free is taken.
pub(crate) fn touched_by(command: &Command) -> Vec<&'static str> {
    if matches!(command, Command::Mute { on: true }) {
        return SILENCED.to_vec();
    }
    let Command::UseSound { sound, .. } = command else { return Vec::new() };
    SOUNDS.iter().filter(|(class, _)| class == sound).map(|(_, name)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_core::Settings;

    #[test]
    fn every_name_is_one_of_a_setting_and_every_class_of_sound_has_its_own() {
        let told = serde_json::to_value(Settings::default()).unwrap();
        for name in SOUNDS.map(|(_, name)| name).into_iter().chain(SILENCED) {
            assert!(told.get(name).is_some(), "{name}");
        }
        for (sound, name) in SOUNDS {
            assert_eq!(touched_by(&Command::UseSound { sound, own: None }), [name]);
        }
        assert_eq!(touched_by(&Command::Mute { on: true }), ["sounds", "do_not_disturb"]);
        assert!(touched_by(&Command::Mute { on: false }).is_empty(), "an end to silence is always allowed");
    }
}
