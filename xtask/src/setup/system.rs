//! Which system this is, by the family of its package manager.

use std::fs;

/// Systems that install packages in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// apt.
    Debian,
    /// dnf.
    Fedora,
    /// pacman.
    Arch,
    /// zypper.
    Suse,
    /// apk.
    Alpine,
    /// Some other Unix.
    OtherUnix,
    /// brew and Xcode.
    MacOs,
    /// winget.
    Windows,
}

impl System {
    /// The system this program runs on.
    pub fn here() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::of_release(&fs::read_to_string("/etc/os-release").unwrap_or_default())
        }
    }

    /// By the text of `os-release`: its own name first, then the ones it says it is like.
    fn of_release(text: &str) -> Self {
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.unwrap_or_default().trim_matches(['"', '\'']).to_owned()
        };
        let names = format!("{} {}", field("ID"), field("ID_LIKE"));
        let known = names.split_whitespace().find_map(|name| match name {
            "debian" | "ubuntu" => Some(Self::Debian),
            "fedora" | "rhel" | "centos" => Some(Self::Fedora),
            "arch" => Some(Self::Arch),
            "alpine" => Some(Self::Alpine),
            "suse" | "opensuse" | "opensuse-tumbleweed" | "opensuse-leap" => Some(Self::Suse),
            _ => None,
        });
        known.unwrap_or(Self::OtherUnix)
    }
}

#[cfg(test)]
mod tests {
    use super::System;

    #[test]
    fn a_system_is_told_by_its_name_or_by_what_it_is_like() {
        let table = [
            ("PRETTY_NAME=\"Debian\"\nID=debian\n", System::Debian),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", System::Debian),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", System::Fedora),
            ("ID=manjaro\nID_LIKE=arch\n", System::Arch),
            ("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", System::Suse),
            ("ID=alpine\n", System::Alpine),
            ("ID=nixos\n", System::OtherUnix),
            ("", System::OtherUnix),
        ];
        for (text, system) in table {
            assert_eq!(System::of_release(text), system, "{text}");
        }
    }
}
