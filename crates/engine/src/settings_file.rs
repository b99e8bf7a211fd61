//! Settings as one file: to another machine, or to the next operator. Nothing secret is in it: no account, no token, no
//! word of a customer. A file is taken whole or not at all.

use crate::{names::SOUNDS, own_sounds};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use otklik_core::{AlertSound, Settings, SettingsFileTrouble};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, path::Path};

/// What says that a file is one.
const FORMAT: &str = "otklik-settings";
/// The newest version of the file that is understood.
const VERSION: u64 = 1;
/// The largest file, bytes: the sounds in it, in base64, and some words.
pub(crate) const LARGEST: usize = 3 * own_sounds::LONGEST / 3 * 4 + 256 * 1024;

/// What belongs to this machine alone.
const OF_THIS_MACHINE: &str = "sound_device";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    version: u64,
    settings: Map<String, Value>,
    #[serde(default)]
    sounds: BTreeMap<String, WrittenSound>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSound {
    name: String,
    /// In base64.
    file: String,
}

/// A sound that a file brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BroughtSound {
    pub(crate) class: AlertSound,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// The file of these settings. A sound that cannot be read any more is left out: ours plays instead of it here, too.
pub(crate) fn write(settings: &Settings, data: &Path) -> serde_json::Result<Vec<u8>> {
    let mut sounds = BTreeMap::new();
    let mut told = serde_json::to_value(settings)?.as_object().cloned().unwrap_or_default();
    told.remove(OF_THIS_MACHINE);
    for (class, name) in SOUNDS {
        if let Some(Value::Object(class)) = told.get_mut(name) {
            class.remove("own");
        }
        let Some(own) = &settings.sound(class).own else { continue };
        if let Some(Ok(bytes)) = own_sounds::path(data, &own.key).map(std::fs::read) {
            let sound = WrittenSound { name: own.name.clone(), file: BASE64.encode(bytes) };
            sounds.insert(name.to_owned(), sound);
        }
    }
    serde_json::to_vec_pretty(&Written { format: FORMAT.to_owned(), version: VERSION, settings: told, sounds })
}

/// What a file makes of the settings that are chosen now, and the sounds it brings, which nobody has listened to yet.
pub(crate) fn read(text: &str, now: &Settings) -> Result<(Settings, Vec<BroughtSound>), SettingsFileTrouble> {
    let value: Value = serde_json::from_str(text).map_err(|_| SettingsFileTrouble::NotOne)?;
    if value.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(SettingsFileTrouble::NotOne);
    }
    if value.get("version").and_then(Value::as_u64).is_none_or(|version| version > VERSION) {
        return Err(SettingsFileTrouble::Newer);
    }
    let written: Written = serde_json::from_value(value).map_err(|_| SettingsFileTrouble::NotOne)?;
    let Ok(Value::Object(mut all)) = serde_json::to_value(now) else { return Err(SettingsFileTrouble::NotOne) };
    let Ok(Value::Object(usual)) = serde_json::to_value(Settings::default()) else {
        return Err(SettingsFileTrouble::NotOne);
    };
    for (name, value) in written.settings {
        let Some(known) = usual.get(&name).filter(|_| name != OF_THIS_MACHINE) else {
            return Err(SettingsFileTrouble::Unknown { name });
        };
        if !has_no_other_names(&value, known) || !is_value(&usual, &name, &value) {
            return Err(SettingsFileTrouble::Value { name });
        }
        all.insert(name, value);
    }
    let settings: Settings = serde_json::from_value(Value::Object(all)).map_err(|_| SettingsFileTrouble::NotOne)?;
    let brought = written.sounds.into_iter().map(|(class, sound)| brought(class, sound)).collect::<Result<_, _>>()?;
    Ok((settings, brought))
}

fn brought(class: String, sound: WrittenSound) -> Result<BroughtSound, SettingsFileTrouble> {
    let Some((class, _)) = SOUNDS.iter().find(|(_, name)| *name == class) else {
        return Err(SettingsFileTrouble::Unknown { name: class });
    };
    match BASE64.decode(&sound.file) {
        Ok(bytes) if bytes.len() <= own_sounds::LONGEST => Ok(BroughtSound { class: *class, name: sound.name, bytes }),
        Ok(_) | Err(_) => Err(SettingsFileTrouble::Sound { name: sound.name }),
    }
}

/// Whether such a setting can have this value.
fn is_value(usual: &Map<String, Value>, name: &str, value: &Value) -> bool {
    let mut one = usual.clone();
    one.insert(name.to_owned(), value.clone());
    let read = serde_json::from_value::<Settings>(Value::Object(one));
    read.is_ok_and(|settings| settings.clone().within_bounds() == settings)
}

/// Whether a value has no names inside that the known one has not. Sounds of one's own come in a place of theirs.
fn has_no_other_names(value: &Value, known: &Value) -> bool {
    match (value, known) {
        (Value::Object(value), Value::Object(known)) => {
            value.keys().all(|name| name != "own" && known.contains_key(name))
        }
        (_, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_core::{OwnSound, QuietHours, SoundClass, Theme};

    fn chosen() -> Settings {
        Settings {
            theme: Theme::Dark,
            volume: 35,
            quiet_hours: Some(QuietHours { from: 1_320, to: 480 }),
            sound_device: Some("Headset".to_owned()),
            ..Settings::default()
        }
    }

    fn text(settings: &Settings, data: &Path) -> String {
        String::from_utf8(write(settings, data).unwrap()).unwrap()
    }

    #[test]
    fn settings_come_back_as_they_were_but_for_what_is_this_machines() {
        let data = tempfile::tempdir().unwrap();
        let here = Settings { sound_device: Some("Speaker".to_owned()), ..Settings::default() };
        let (read, sounds) = read(&text(&chosen(), data.path()), &here).unwrap();
        assert_eq!(read, Settings { sound_device: here.sound_device, ..chosen() });
        assert_eq!(sounds, []);
    }

    #[test]
    fn a_sound_of_ones_own_travels_with_its_bytes() {
        let data = tempfile::tempdir().unwrap();
        let key = own_sounds::keep(data.path(), b"ding").unwrap();
        let own = Some(OwnSound { name: "ding.wav".to_owned(), key });
        let settings = Settings { sound_long: SoundClass { own, ..SoundClass::default() }, ..Settings::default() };
        let (read, sounds) = read(&text(&settings, data.path()), &Settings::default()).unwrap();
        assert_eq!(read.sound_long.own, None, "a key means nothing elsewhere");
        let sound = BroughtSound { class: AlertSound::Long, name: "ding.wav".to_owned(), bytes: b"ding".to_vec() };
        assert_eq!(sounds, [sound]);
    }

    #[test]
    fn nothing_of_a_file_with_a_mistake_is_taken() {
        let file = |settings: &str, rest: &str| {
            format!("{{\"format\":\"otklik-settings\",\"version\":1,\"settings\":{settings}{rest}}}")
        };
        let name = |name: &str| name.to_owned();
        for (text, wrong) in [
            (name(""), SettingsFileTrouble::NotOne),
            (name("[]"), SettingsFileTrouble::NotOne),
            (name("{\"format\":\"another\"}"), SettingsFileTrouble::NotOne),
            (file("{\"volume\":1", ""), SettingsFileTrouble::NotOne),
            (file("{}", ",\"token\":\"x\""), SettingsFileTrouble::NotOne),
            (file("{}", "").replace(":1,", ":2,"), SettingsFileTrouble::Newer),
            (file("{\"volum\":1}", ""), SettingsFileTrouble::Unknown { name: name("volum") }),
            (file("{\"sound_device\":\"x\"}", ""), SettingsFileTrouble::Unknown { name: name("sound_device") }),
            (file("{\"volume\":\"loud\"}", ""), SettingsFileTrouble::Value { name: name("volume") }),
            (file("{\"volume\":101}", ""), SettingsFileTrouble::Value { name: name("volume") }),
            (file("{\"sound_long\":{\"loud\":1}}", ""), SettingsFileTrouble::Value { name: name("sound_long") }),
            (
                file("{\"sound_long\":{\"own\":{\"name\":\"x\",\"key\":\"../own.db\"}}}", ""),
                SettingsFileTrouble::Value { name: name("sound_long") },
            ),
            (
                file("{}", ",\"sounds\":{\"sound_long\":{\"name\":\"x.wav\",\"file\":\"?\"}}"),
                SettingsFileTrouble::Sound { name: name("x.wav") },
            ),
            (
                file("{}", ",\"sounds\":{\"sound_loud\":{\"name\":\"x\",\"file\":\"\"}}"),
                SettingsFileTrouble::Unknown { name: name("sound_loud") },
            ),
        ] {
            assert_eq!(read(&text, &chosen()), Err(wrong), "{text}");
        }
    }

    #[test]
    fn what_a_file_does_not_say_stays_as_it_is() {
        let text = "{\"format\":\"otklik-settings\",\"version\":1,\"settings\":{\"volume\":10}}";
        assert_eq!(read(text, &chosen()).unwrap().0, Settings { volume: 10, ..chosen() });
    }
}
