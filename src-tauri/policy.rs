//! Where the administrator's policy stands on this system: a place that operators can read and not write.

use std::path::{Path, PathBuf};

/// The system's place.
#[cfg(target_os = "linux")]
const PLACE: &str = "/etc/otklik/policy.toml";
/// The system's place.
#[cfg(target_os = "macos")]
const PLACE: &str = "/Library/Application Support/Otklik/policy.toml";

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn place() -> Option<PathBuf> {
    Some(PathBuf::from(PLACE))
}

/// The system's place.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn place() -> Option<PathBuf> {
    std::env::var_os("ProgramData").map(|folder| Path::new(&folder).join("Otklik").join("policy.toml"))
}

/// The policy to obey. One named on the command line counts only where the administrator has none: it lays more down, and
/// never takes away.
pub fn file(named: Option<&Path>) -> Option<PathBuf> {
    chosen(place(), named)
}

fn chosen(place: Option<PathBuf>, named: Option<&Path>) -> Option<PathBuf> {
    // A place that cannot be looked into is no absent one: reading it says why.
    let laid_down = place.as_ref().is_some_and(|place| place.try_exists().unwrap_or(true));
    if laid_down { place } else { named.map(Path::to_owned).or(place) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_around_the_administrators_policy_with_one_of_his_own() {
        let folder = std::env::temp_dir().join(format!("otklik-policy-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (place, named) = (folder.join("policy.toml"), folder.join("mine.toml"));
        assert_eq!(chosen(Some(place.clone()), Some(&named)), Some(named.clone()));
        assert_eq!(chosen(Some(place.clone()), None), Some(place.clone()));
        std::fs::write(&place, "").unwrap();
        assert_eq!(chosen(Some(place.clone()), Some(&named)), Some(place));
        assert_eq!(chosen(None, None), None);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
