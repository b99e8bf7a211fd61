//! A PostgreSQL server of its own for one command: private folder, free port, stopped when the command ends, however it
//! ends. The command learns where by variables of its environment; hub/tests/hub/kit/postgres.rs reads them.

use crate::program::{Program, root};
use crate::setup::{Wanted, ensure_packages};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where distributions put the programs if not on the search path; the last part is a version.
const FOLDERS: [&str; 3] = ["/usr/lib/postgresql", "/usr/lib", "/opt/homebrew/opt"];
/// The oldest version the hub works with.
const OLDEST: u32 = 15;
/// A server starts within.
const START: Duration = Duration::from_secs(30);

/// A command to run beside a server.
#[derive(Args)]
pub struct Beside {
    /// The command and its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<String>,
}

impl Beside {
    /// Runs it.
    pub fn run(self) -> Result<()> {
        ensure_packages(Wanted::Tests)?;
        let server = Server::start()?;
        let (program, arguments) = self.command.split_first().context("no command")?;
        server.tell(Program::new(program).args(arguments)).run()
    }
}

/// A server that runs. Dropping it stops it and removes its folder.
struct Server {
    programs: PathBuf,
    folder: PathBuf,
    run_as: Option<(u32, u32)>,
    port: u16,
    process: Option<Child>,
}

impl Server {
    fn start() -> Result<Self> {
        let (programs, run_as) = (programs()?, run_as()?);
        // Whoever it runs as may not be allowed to come through root's own folders.
        let place = if run_as.is_some() { std::env::temp_dir() } else { root().join("target/xtask") };
        let folder = place.join(format!("otklik-postgres-{}", std::process::id()));
        for wanted in [&folder, &root().join("target/xtask/log")] {
            fs::create_dir_all(wanted).with_context(|| format!("cannot make {}", wanted.display()))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut server = Self { programs, folder, run_as, port, process: None };
        server.give_away()?;
        server.make_data()?;
        server.process = Some(server.spawn()?);
        server.wait()?;
        Ok(server)
    }

    /// Tells a command where the server is, and where its programs are to start another.
    fn tell(&self, program: Program) -> Program {
        let program = program
            .env("OTKLIK_TEST_POSTGRES", format!("postgres://otklik@127.0.0.1:{}/postgres", self.port))
            .env("OTKLIK_TEST_POSTGRES_BIN", &self.programs);
        match self.run_as {
            Some((user, group)) => program.env("OTKLIK_TEST_POSTGRES_AS", format!("{user}:{group}")),
            None => program,
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The programs refuse to run as root; the folder is then somebody else's.
    #[cfg(unix)]
    fn give_away(&self) -> Result<()> {
        let Some((user, group)) = self.run_as else { return Ok(()) };
        std::os::unix::fs::chown(&self.folder, Some(user), Some(group)).context("cannot give the folder away")
    }

    #[cfg(not(unix))]
    fn give_away(&self) -> Result<()> {
        Ok(())
    }

    fn program(&self, name: &str) -> Result<Command> {
        let mut program = Command::new(self.programs.join(name));
        let log = File::options().create(true).append(true).open(self.log())?;
        program.current_dir("/").stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.as_somebody_else(&mut program);
        Ok(program)
    }

    #[cfg(unix)]
    fn as_somebody_else(&self, program: &mut Command) {
        use std::os::unix::process::CommandExt as _;
        if let Some((user, group)) = self.run_as {
            program.uid(user).gid(group);
        }
    }

    #[cfg(not(unix))]
    fn as_somebody_else(&self, _program: &mut Command) {}

    fn make_data(&self) -> Result<()> {
        let options = ["-U", "otklik", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions"];
        let made = self.program("initdb")?.arg("-D").arg(self.data()).args(options).status();
        if !made.context("cannot start initdb")?.success() {
            bail!("initdb failed: {}", self.said());
        }
        Ok(())
    }

    fn spawn(&self) -> Result<Child> {
        let port = self.port.to_string();
        let options = ["-p", &port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="];
        // It is the hub that is tested, and a disk that is waited for proves nothing of it.
        let careless = ["-c", "fsync=off", "-c", "full_page_writes=off"];
        let mut program = self.program("postgres")?;
        program.arg("-D").arg(self.data()).args(options).args(["-c", "max_connections=500"]).args(careless);
        program.spawn().context("cannot start postgres")
    }

    /// Whether it takes questions: it listens a moment before.
    fn answers(&self) -> Result<bool> {
        let port = self.port.to_string();
        let asked = self.program("pg_isready")?.args(["-q", "-h", "127.0.0.1", "-p", &port]).status();
        Ok(asked.context("cannot start pg_isready")?.success())
    }

    fn wait(&mut self) -> Result<()> {
        let begun = Instant::now();
        while !self.answers()? {
            let ended = self.process.as_mut().and_then(|process| process.try_wait().ok().flatten());
            if ended.is_some() || begun.elapsed() > START {
                bail!("the PostgreSQL server does not start: {}", self.said());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn log(&self) -> PathBuf {
        root().join("target/xtask/log/postgres-server.log")
    }

    fn said(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let stop = self.program("pg_ctl").map(|mut stop| {
                stop.arg("stop").arg("-D").arg(self.data()).args(["-m", "immediate", "-w", "-t", "20"]).status()
            });
            if !matches!(stop, Ok(Ok(status)) if status.success()) {
                // It did not listen to reason; what it leaves behind goes with the folder.
                let _ = process.kill();
            }
            let _ = process.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The folder of the newest programs there are.
fn programs() -> Result<PathBuf> {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&on_path).map(|folder| (version(&folder.join("postgres")), folder));
    let elsewhere = FOLDERS.iter().flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    let elsewhere = elsewhere.map(|entry| entry.path().join("bin"));
    let elsewhere = elsewhere.map(|folder| (version(&folder.join("postgres")), folder));
    let found = on_path.chain(elsewhere).filter_map(|(version, folder)| Some((version?, folder)));
    match found.max_by_key(|(version, _)| *version) {
        Some((version, folder)) if version >= OLDEST => Ok(folder),
        Some((version, _)) => bail!("PostgreSQL {version} is too old: the hub wants {OLDEST} or newer"),
        None => bail!("PostgreSQL is missing: install {OLDEST} or newer from your system's packages and try again"),
    }
}

/// The version of a server's program, if it is one.
fn version(program: &Path) -> Option<u32> {
    if !program.is_file() {
        return None;
    }
    let said = Program::new(program).args(["--version"]).output().ok()?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let number = said.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Whom the server runs as, if this is root: the packages' own user, or nobody.
fn run_as() -> Result<Option<(u32, u32)>> {
    let id = |arguments: &[&str]| -> Result<u32> {
        let said = Program::new("id").args(arguments).output()?;
        Ok(String::from_utf8_lossy(&said.stdout).trim().parse()?)
    };
    if cfg!(not(unix)) || id(&["-u"])? != 0 {
        return Ok(None);
    }
    let of = |name: &str| -> Result<(u32, u32)> { Ok((id(&["-u", name])?, id(&["-g", name])?)) };
    Ok(Some(of("postgres").or_else(|_| of("nobody"))?))
}
