//! What was chosen for this machine, and not for an account: a small file in the data folder. A missing or unreadable
//! one means that nothing was.

use serde::{Deserialize, Serialize};
use std::path::Path;

const FILE: &str = "machine.json";

/// What was chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Chosen {
    /// A key shows the window from anywhere.
    pub hotkey: bool,
}

impl Chosen {
    /// As it was kept.
    pub fn load(data: &Path) -> Self {
        let read = std::fs::read(data.join(FILE)).ok();
        read.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    /// Keeps it; what cannot be kept counts until the program ends.
    pub fn save(self, data: &Path) {
        let (file, aside) = (data.join(FILE), data.join("machine.new"));
        let text = serde_json::to_vec_pretty(&self).map_err(std::io::Error::other);
        let kept = text.and_then(|text| std::fs::write(&aside, text)).and_then(|()| std::fs::rename(&aside, &file));
        if let Err(error) = kept {
            tracing::warn!(%error, "what was chosen for this machine is not kept");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_kept_and_a_torn_file_is_none() {
        let data = std::env::temp_dir().join(format!("otklik-chosen-{}", std::process::id()));
        std::fs::create_dir_all(&data).unwrap();
        assert_eq!(Chosen::load(&data), Chosen::default());
        Chosen { hotkey: true }.save(&data);
        assert_eq!(Chosen::load(&data), Chosen { hotkey: true });
        std::fs::write(data.join(FILE), "{\"hot").unwrap();
        assert_eq!(Chosen::load(&data), Chosen::default());
        std::fs::remove_dir_all(&data).unwrap();
    }
}
