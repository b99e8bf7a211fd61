//! Who listens on this machine, as the system itself knows it.

use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The state of a socket that waits for connections, as the system writes it.
const LISTENING: &str = "0A";

/// The TCP and UDP ports at which a process or one of its children takes what comes.
///
/// # Errors
/// The process is gone.
pub fn of(pid: u32) -> Result<BTreeSet<u16>> {
    let mut ports = BTreeSet::new();
    for process in family(pid)? {
        let sockets = sockets(process);
        for table in ["tcp", "tcp6", "udp", "udp6"] {
            let text = fs::read_to_string(format!("/proc/{process}/net/{table}")).unwrap_or_default();
            ports.extend(text.lines().skip(1).filter_map(|line| port(line, table.starts_with("udp"), &sockets)));
        }
    }
    Ok(ports)
}

/// A process and everything that it has started.
fn family(pid: u32) -> Result<BTreeSet<u32>> {
    let mut family = BTreeSet::from([pid]);
    let all: Vec<(u32, u32)> = fs::read_dir("/proc")?.filter_map(|entry| parent_of(&entry.ok()?.path())).collect();
    anyhow::ensure!(all.iter().any(|(one, _)| *one == pid), "process {pid} is gone");
    loop {
        let children: Vec<u32> = all
            .iter()
            .filter(|(one, parent)| family.contains(parent) && !family.contains(one))
            .map(|(one, _)| *one)
            .collect();
        if children.is_empty() {
            return Ok(family);
        }
        family.extend(children);
    }
}

fn parent_of(process: &Path) -> Option<(u32, u32)> {
    let pid = process.file_name()?.to_str()?.parse().ok()?;
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    // The name before the last bracket may have brackets and spaces of its own.
    let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
    Some((pid, parent))
}

/// The numbers of the sockets that a process holds. One that has ended meanwhile holds none.
fn sockets(pid: u32) -> BTreeSet<u64> {
    let Ok(held) = fs::read_dir(format!("/proc/{pid}/fd")) else { return BTreeSet::new() };
    let links = held.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    links.filter_map(|link| link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()).collect()
}

/// A line's port, if it is one of these sockets and takes what comes from anywhere.
fn port(line: &str, datagrams: bool, of: &BTreeSet<u64>) -> Option<u16> {
    let parts: Vec<&str> = line.split_whitespace().collect();
    let (local, remote, state) = (parts.get(1)?, parts.get(2)?, parts.get(3)?);
    let inode = parts.get(9)?.parse().ok()?;
    let open = if datagrams { remote.ends_with(":0000") } else { *state == LISTENING };
    let port = u16::from_str_radix(local.rsplit_once(':')?.1, 16).ok()?;
    (open && of.contains(&inode)).then_some(port)
}

/// The port at which the view itself waits for the driver of these tests; no other program is started with one.
///
/// # Errors
/// The process is gone.
pub fn of_driver(pid: u32) -> Result<Option<u16>> {
    let environment = fs::read(format!("/proc/{pid}/environ")).context("the process is gone")?;
    let text = String::from_utf8_lossy(&environment);
    let server = text.split('\0').find_map(|pair| pair.strip_prefix("WEBKIT_INSPECTOR_SERVER="));
    Ok(server.and_then(|server| server.rsplit_once(':')?.1.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::of;
    use std::net::{TcpListener, TcpStream, UdpSocket};

    #[test]
    fn finds_who_listens_and_not_who_has_merely_connected() {
        let (listener, datagrams) =
            (TcpListener::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        let port = listener.local_addr().unwrap().port();
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let found = of(std::process::id()).unwrap();
        assert!(found.contains(&port) && found.contains(&datagrams.local_addr().unwrap().port()), "{found:?}");
        assert!(!found.contains(&stream.local_addr().unwrap().port()), "{found:?}");
    }
}
