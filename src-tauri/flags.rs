//! What can be said on the command line.

use clap::Parser;
use directories::ProjectDirs;
use std::path::PathBuf;

/// A native desktop workplace for contact-centre operators.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "otklik", version)]
pub struct Flags {
    /// Serve the workplace to a browser on this machine instead of opening a window.
    #[arg(long)]
    pub browser: bool,
    /// Bring a desk of its own to life with scripted customers.
    #[arg(long)]
    pub demo: bool,
    /// Keep everything in this folder.
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Sign in to the hub at this address instead of running a desk on this machine.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "demo")]
    pub hub: Option<String>,
    /// Obey the policy in this file, where the administrator of this machine has none.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Start in the tray, without showing the window.
    #[arg(long)]
    pub hidden: bool,
    /// A link to a dialog, `otklik://dialog/17`, as the system hands it over.
    #[arg(value_name = "LINK")]
    pub link: Option<String>,
}

impl Flags {
    /// Where everything is kept. The demo has a folder of its own, so that its customers never mix with real ones.
    /// `None` if this system has no home folders at all.
    pub fn data_folder(&self) -> Option<PathBuf> {
        let given = self.data.as_ref().map(|folder| std::path::absolute(folder).unwrap_or_else(|_| folder.clone()));
        given.or_else(|| {
            let own = ProjectDirs::from("org", "Otklik", "Otklik")?.data_local_dir().to_owned();
            Some(if self.demo { own.join("demo") } else { own })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_keeps_apart_from_the_real_desk() {
        let plain = Flags::parse_from(["otklik"]).data_folder();
        let demo = Flags::parse_from(["otklik", "--demo"]).data_folder();
        assert_ne!(plain, demo);
        let given = Flags::parse_from(["otklik", "--demo", "--data", "/x/y"]).data_folder();
        assert_eq!(given, Some(PathBuf::from("/x/y")));
    }

    #[test]
    fn a_demo_of_somebody_elses_hub_makes_no_sense() {
        assert!(Flags::try_parse_from(["otklik", "--demo", "--hub", "https://hub.example"]).is_err());
    }
}
