//! The real program on a command line, signing in as the administrator for each command.

use super::{ADMIN_PASSWORD, Desk, within};
use tempfile::TempDir;
use tokio::process::Command;

/// A command line beside a hub.
pub struct Terminal {
    hub: String,
    folder: TempDir,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub done: bool,
    pub out: String,
    pub complaint: String,
}

impl Desk {
    /// A command line; [`Desk::administrator`] has to be there.
    pub fn terminal(&self) -> Terminal {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("password"), format!("{ADMIN_PASSWORD}\n")).unwrap();
        Terminal { hub: self.http("/"), folder }
    }
}

impl Terminal {
    /// The path of a file, which is written.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The path of a file.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Runs a command: its words with single spaces between.
    pub async fn run(&self, line: &str) -> Said {
        self.run_words(&line.split(' ').collect::<Vec<_>>()).await
    }

    pub async fn run_words(&self, words: &[&str]) -> Said {
        let running = Command::new(env!("CARGO_BIN_EXE_otklik-hub"))
            .args(["admin", "--hub", &self.hub, "--login", "anna", "--password-file"])
            .arg(self.folder.path().join("password"))
            .args(words)
            .env("LC_ALL", "C")
            .output();
        let done = within("the end", running).await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { done: done.status.success(), out: text(done.stdout), complaint: text(done.stderr) }
    }

    /// Runs a command that has to succeed. Returns what it printed.
    pub async fn does(&self, line: &str) -> String {
        let said = self.run(line).await;
        assert!(said.done && said.complaint.is_empty(), "{line}: {said:?}");
        said.out
    }

    /// Runs a command that has to be refused. Returns its complaint.
    pub async fn refused(&self, line: &str) -> String {
        let said = self.run(line).await;
        assert!(!said.done && said.out.is_empty(), "{line}: {said:?}");
        said.complaint
    }
}
