//! What the administrator of a fleet has laid down for this machine: a file in the system's own place, which operators
//! can read and not write. It is obeyed here, not in the page; a file that cannot be understood stops the start, because
//! what it forbids is not known.

use otklik_backends::HubAddress;
use otklik_core::{PresetServer, Settings};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{
    fmt, io,
    path::{Path, PathBuf},
};
use url::Url;

/// The largest file that is read, bytes.
const LARGEST: u64 = 256 * 1024;

/// What is laid down. Empty on a machine of one's own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// Where it stands; `None`: nowhere.
    pub file: Option<PathBuf>,
    /// Whom to ask about it, in the administrator's words.
    pub contact: Option<String>,
    /// Hubs to choose from.
    pub servers: Vec<PresetServer>,
    /// No other hubs than these.
    pub only_these: bool,
    /// A desk of one's own on this machine is not offered.
    pub no_local_desk: bool,
    /// Settings that are laid down, by their names.
    locked: Map<String, Value>,
    /// Updates.
    pub updates: UpdatePolicy,
    /// Started with the system, or not; `None`: as the operator likes.
    pub with_system: Option<bool>,
    /// Keys that work everywhere on this machine, or not; `None`: as the operator likes.
    pub hotkey: Option<bool>,
}

/// What is laid down about updates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdatePolicy {
    /// The program does not update itself.
    pub off: bool,
    /// Where releases are announced, instead of what the program was built with.
    pub endpoint: Option<Url>,
    /// Keys that releases may be signed with, instead of those the program was built with.
    pub keys: Option<Vec<String>>,
}

/// Why a policy cannot be obeyed: where it stands, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyTrouble {
    /// The file.
    pub file: PathBuf,
    /// What is wrong, with the line where it is known. In English, for the administrator.
    pub what: String,
}

impl fmt::Display for PolicyTrouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.file.display(), self.what)
    }
}

/// The file as it is written. An unknown name is a mistake, not a wish of a newer program: what it forbids would be
/// allowed.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    contact: Option<String>,
    hub: WrittenHub,
    settings: toml::Table,
    updates: WrittenUpdates,
    start: WrittenStart,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WrittenHub {
    servers: Vec<WrittenServer>,
    only_these: bool,
    local_desk: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenServer {
    name: String,
    address: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WrittenUpdates {
    on: Option<bool>,
    endpoint: Option<String>,
    keys: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WrittenStart {
    with_system: Option<bool>,
    hotkey: Option<bool>,
}

impl Policy {
    /// Reads the file; where there is none, nothing is laid down.
    ///
    /// # Errors
    /// [`PolicyTrouble`]: it is there and cannot be obeyed.
    pub fn load(file: &Path) -> Result<Self, PolicyTrouble> {
        let trouble = |what: String| PolicyTrouble { file: file.to_owned(), what };
        let size = match std::fs::metadata(file) {
            Ok(found) => found.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(trouble(format!("cannot be read: {error}"))),
        };
        if size > LARGEST {
            return Err(trouble(format!("has {size} bytes; a policy has {LARGEST} at most")));
        }
        let text = std::fs::read_to_string(file).map_err(|error| trouble(format!("cannot be read: {error}")))?;
        let policy = Self::parse(&text).map_err(trouble)?;
        Ok(Self { file: Some(file.to_owned()), ..policy })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|error| with_line(text, &error))?;
        let servers = written.hub.servers.into_iter().map(server).collect::<Result<Vec<_>, _>>()?;
        if written.hub.only_these && servers.is_empty() {
            return Err("hub.only_these without any hub.servers would let nobody sign in".to_owned());
        }
        Ok(Self {
            file: None,
            contact: written.contact,
            only_these: written.hub.only_these,
            no_local_desk: written.hub.local_desk == Some(false),
            servers,
            locked: locked(written.settings)?,
            updates: updates(written.updates)?,
            with_system: written.start.with_system,
            hotkey: written.start.hotkey,
        })
    }

    /// Whether anything is laid down.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.file.is_some()
    }

    /// The names of the settings that are laid down.
    #[must_use]
    pub fn locked(&self) -> Vec<String> {
        self.locked.keys().cloned().collect()
    }

    /// Whether a setting is laid down.
    #[must_use]
    pub fn locks(&self, name: &str) -> bool {
        self.locked.contains_key(name)
    }

    /// Settings with what is laid down over what was chosen.
    #[must_use]
    pub fn over(&self, chosen: Settings) -> Settings {
        if self.locked.is_empty() {
            return chosen;
        }
        // What is laid down was tried on settings when it was read, so that this does not fail.
        laid_over(&chosen, &self.locked).map_or(chosen, Settings::within_bounds)
    }

    /// Whether somebody may sign in at this hub.
    #[must_use]
    pub fn allows_hub(&self, address: &str) -> bool {
        let same = |server: &PresetServer| match (HubAddress::parse(&server.address), HubAddress::parse(address)) {
            (Ok(one), Ok(other)) => one == other,
            (Err(_), _) | (_, Err(_)) => false,
        };
        !self.only_these || self.servers.iter().any(same)
    }
}

fn server(written: WrittenServer) -> Result<PresetServer, String> {
    let WrittenServer { name, address } = written;
    match HubAddress::parse(&address) {
        Ok(_) => Ok(PresetServer { name, address }),
        Err(error) => Err(format!("hub.servers: {address:?} is no address of a hub ({error:?})")),
    }
}

fn locked(table: toml::Table) -> Result<Map<String, Value>, String> {
    let Ok(Value::Object(known)) = serde_json::to_value(Settings::default()) else {
        return Err("settings cannot be told by their names".to_owned());
    };
    let mut locked = Map::new();
    for (name, value) in table {
        if !known.contains_key(&name) {
            return Err(format!("settings.{name}: there is no setting of this name"));
        }
        let value = serde_json::to_value(value).map_err(|error| format!("settings.{name}: {error}"))?;
        let one = Map::from_iter([(name.clone(), value)]);
        let tried = laid_over(&Settings::default(), &one).map_err(|error| format!("settings.{name}: {error}"))?;
        if tried != tried.clone().within_bounds() {
            return Err(format!("settings.{name}: the value is out of bounds"));
        }
        locked.extend(one);
    }
    Ok(locked)
}

fn laid_over(chosen: &Settings, locked: &Map<String, Value>) -> serde_json::Result<Settings> {
    let mut all = serde_json::to_value(chosen)?;
    if let Value::Object(all) = &mut all {
        all.extend(locked.clone());
    }
    serde_json::from_value(all)
}

fn updates(written: WrittenUpdates) -> Result<UpdatePolicy, String> {
    let endpoint = match written.endpoint {
        Some(address) => Some(
            Url::parse(&address).map_err(|error| format!("updates.endpoint: {address:?} is no address: {error}"))?,
        ),
        None => None,
    };
    if endpoint.as_ref().is_some_and(|endpoint| !is_private(endpoint)) {
        return Err("updates.endpoint: has to begin with https".to_owned());
    }
    Ok(UpdatePolicy { off: written.on == Some(false), endpoint, keys: written.keys })
}

/// Whether nobody between here and there can change what is said: by encryption, or because it is this machine.
#[must_use]
pub fn is_private(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => match url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(_)) | None => false,
        },
        _ => false,
    }
}

fn with_line(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().replace('\n', " ");
    match error.span() {
        Some(span) => {
            let line = text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1);
            format!("line {line}: {message}")
        }
        None => message,
    }
}

#[cfg(test)]
mod tests;
