//! A PostgreSQL server of one story's own.

use super::within;
use std::{
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use tokio_postgres::NoTls;

/// A server of one story's own, which it may kill.
pub struct Server {
    folder: TempDir,
    port: u16,
    /// What it is started with besides.
    options: Vec<String>,
    process: Option<Child>,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(|_| Vec::new()).await
    }

    /// A server that also speaks TLS, with this certificate and key (PEM).
    pub async fn start_with_tls(certificate: &str, key: &str) -> Self {
        Self::start_with(|folder| {
            let option = |name: &str, file: &str, text: &str| {
                let path = folder.join(file);
                std::fs::write(&path, text).unwrap();
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
                if let Some((user, group)) = run_as() {
                    std::os::unix::fs::chown(&path, Some(user), Some(group)).unwrap();
                }
                format!("{name}={}", path.display())
            };
            let files = [option("ssl_cert_file", "server.pem", certificate), option("ssl_key_file", "server.key", key)];
            ["ssl=on".to_owned()].into_iter().chain(files).collect()
        })
        .await
    }

    async fn start_with(options: impl FnOnce(&Path) -> Vec<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if let Some((user, group)) = run_as() {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let options = options(folder.path());
        let mut server = Self { folder, port, options, process: None };
        let data = server.folder.path().join("data");
        let made =
            program("initdb").arg("-D").arg(data).args(["-U", "hub", "--auth=trust", "--encoding=UTF8"]).status();
        assert!(made.unwrap().success());
        server.start_again().await;
        server
    }

    pub fn address(&self) -> String {
        format!("postgres://hub@127.0.0.1:{}/postgres", self.port)
    }

    /// The same server at this name and with these parameters.
    pub fn address_at(&self, host: &str, parameters: &str) -> String {
        format!("postgres://hub@{host}:{}/postgres?{parameters}", self.port)
    }

    /// SIGKILL, at whatever it was.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Starts it, and returns when it answers. Right after a kill it may refuse until the last of its processes is gone.
    pub async fn start_again(&mut self) {
        within("the server's start", async {
            loop {
                let running = self.process.as_mut().is_some_and(|process| process.try_wait().unwrap().is_none());
                if !running {
                    self.process = Some(self.spawn());
                }
                if tokio_postgres::connect(&self.address(), NoTls).await.is_ok() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await;
    }

    fn spawn(&self) -> Child {
        let port = self.port.to_string();
        program("postgres")
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .args(["-p", &port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(self.options.iter().flat_map(|option| ["-c", option]))
            .spawn()
            .unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn program(name: &str) -> Command {
    use std::os::unix::process::CommandExt as _;
    let folder = std::env::var("OTKLIK_TEST_POSTGRES_BIN").expect("OTKLIK_TEST_POSTGRES_BIN: the folder of initdb");
    let mut program = Command::new(std::path::Path::new(&folder).join(name));
    // Not this process's folder, which another user may not enter.
    program.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some((user, group)) = run_as() {
        program.uid(user).gid(group);
    }
    program
}

fn run_as() -> Option<(u32, u32)> {
    let pair = std::env::var("OTKLIK_TEST_POSTGRES_AS").ok()?;
    let (user, group) = pair.split_once(':')?;
    Some((user.parse().ok()?, group.parse().ok()?))
}
