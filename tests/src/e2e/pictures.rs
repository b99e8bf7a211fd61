//! Photographs of the whole screen, and of single pages, numbered in the order in which they were taken.

use super::alone::ask;
use super::browser::Browser;
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Where photographs go, and how many there are.
pub struct Pictures {
    folder: PathBuf,
    taken: u32,
}

impl Pictures {
    /// None yet.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), taken: 0 }
    }

    /// Takes one, as `NN-name.png`.
    ///
    /// # Errors
    /// The display does not answer.
    pub async fn take(&mut self, name: &str) -> Result<()> {
        self.taken += 1;
        let file = self.file(name);
        ask("import", ["-window".as_ref(), "root".as_ref(), file.as_os_str()]).await.map(drop)
    }

    /// Takes one of a page that cannot be seen on the screen, under the number of the last one.
    ///
    /// # Errors
    /// The page does not answer, or the file cannot be written.
    pub async fn take_page(&self, name: &str, page: &Browser) -> Result<()> {
        Ok(std::fs::write(self.file(name), page.photograph().await?)?)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{:02}-{}.png", self.taken, name.replace(' ', "-")))
    }
}
