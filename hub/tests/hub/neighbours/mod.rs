//! The programs of others that a hub works with, as they really are: ClamAV's daemon and an SMTP server. `cargo xtask test`
//! installs them and runs these stories in a step of their own; the stories in files_checked.rs and mail.rs need
//! nothing, and show what no good neighbour does.

mod clamav;
mod smtp;

use std::{net::TcpListener, path::PathBuf, process::Child};

/// Where programs for administrators are that are not on everybody's search path.
const FOLDERS: [&str; 2] = ["/usr/sbin", "/usr/local/sbin"];

/// A program by its name.
fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(FOLDERS.map(PathBuf::from));
    folders
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
        .unwrap_or_else(|| panic!("{name} is missing"))
}

/// A port on which nobody listens.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A process that ends with its story.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
