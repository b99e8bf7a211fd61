//! The program `otklik-hub`: the command line around the library.

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use otklik_hub::{ConfigFile, Hub, LogFile, admin, users::Users};
use std::{
    io::{BufRead as _, Write as _},
    path::PathBuf,
    process::ExitCode,
};
use zeroize::Zeroizing;

/// The contact-centre server of Otklik.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the hub until SIGTERM or Ctrl+C.
    Serve {
        /// The configuration, TOML.
        #[arg(long)]
        config: PathBuf,
    },
    /// Who may sign in, as the machine's own administrator says: works on the database, with or without a hub.
    #[command(subcommand)]
    User(UserCommand),
    /// Administers a centre over a running hub.
    Admin(admin::cli::Arguments),
}

#[derive(Subcommand)]
enum UserCommand {
    /// Adds an operator. Without --password-stdin a password is made, and printed once.
    Add {
        /// The configuration, TOML.
        #[arg(long)]
        config: PathBuf,
        /// What the operator signs in with.
        #[arg(long)]
        login: String,
        /// The name that customers see.
        #[arg(long)]
        name: String,
        /// Reads the password from the first line of the standard input.
        #[arg(long)]
        password_stdin: bool,
        /// His role, such as administrator; the usual rights if neither role nor rights are given.
        #[arg(long, conflicts_with = "rights")]
        role: Option<String>,
        /// What the operator may do, separated by commas, instead of a role.
        #[arg(long, value_delimiter = ',')]
        rights: Option<Vec<String>>,
        /// The workspace.
        #[arg(long, default_value = "main")]
        workspace: String,
    },
    /// Lists the operators.
    List {
        /// The configuration, TOML.
        #[arg(long)]
        config: PathBuf,
        /// The workspace.
        #[arg(long, default_value = "main")]
        workspace: String,
    },
    /// Gives an operator another password, and signs him out everywhere.
    SetPassword {
        /// The configuration, TOML.
        #[arg(long)]
        config: PathBuf,
        /// Whose.
        #[arg(long)]
        login: String,
        /// Reads the password from the first line of the standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Gives an operator these rights and no others.
    SetRights {
        /// The configuration, TOML.
        #[arg(long)]
        config: PathBuf,
        /// Whose.
        #[arg(long)]
        login: String,
        /// What the operator may do, separated by commas.
        #[arg(long, value_delimiter = ',')]
        rights: Vec<String>,
    },
    /// Lets an operator sign in no more, and signs him out everywhere.
    Disable {
        /// The configuration, TOML.
        #[arg(long)]
        config: PathBuf,
        /// Whom.
        #[arg(long)]
        login: String,
    },
}

fn main() -> ExitCode {
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot start")
        .and_then(|runtime| runtime.block_on(run(Arguments::parse())));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        Command::Serve { config } => serve(config).await,
        Command::User(command) => user(command).await,
        Command::Admin(arguments) => write_out(&admin::cli::run(arguments).await?),
    }
}

async fn serve(path: PathBuf) -> anyhow::Result<()> {
    let file = ConfigFile::read(&path)?;
    start_log(&file.log)?;
    let hub = Hub::start(file.hub(&path)?).await?;
    say(&format!("listening on {}", hub.public_address()))?;
    wait_for_the_end().await?;
    hub.stop().await;
    Ok(())
}

async fn user(command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add { config, login, name, password_stdin, role, rights, workspace } => {
            let password = read_password(password_stdin)?;
            let users = open_users_in(config, &workspace).await?;
            let made = match role {
                Some(role) => users.add_in_role(&login, &name, password, &role).await?,
                None => users.add(&login, &name, password, rights.as_deref()).await?,
            };
            tell_made(made)
        }
        UserCommand::List { config, workspace } => {
            for listed in open_users_in(config, &workspace).await?.list().await? {
                let mark = if listed.disabled { " (disabled)" } else { "" };
                say(&format!("{}\t{}{mark}\t{}", listed.login, listed.name, listed.rights.join(",")))?;
            }
            Ok(())
        }
        UserCommand::SetPassword { config, login, password_stdin } => {
            let password = read_password(password_stdin)?;
            let made = open_users(config).await?.set_password(&login, password).await?;
            tell_made(made)
        }
        UserCommand::SetRights { config, login, rights } => {
            Ok(open_users(config).await?.set_rights(&login, &rights).await?)
        }
        UserCommand::Disable { config, login } => Ok(open_users(config).await?.disable(&login).await?),
    }
}

async fn open_users(path: PathBuf) -> anyhow::Result<Users> {
    Ok(Users::open(&ConfigFile::read(&path)?.hub(&path)?).await?)
}

async fn open_users_in(path: PathBuf, workspace: &str) -> anyhow::Result<Users> {
    let config = ConfigFile::read(&path)?.hub(&path)?;
    Ok(match workspace {
        "main" => Users::open(&config).await?,
        other => Users::open_in(&config, other).await?,
    })
}

fn read_password(from_stdin: bool) -> anyhow::Result<Option<Zeroizing<String>>> {
    if !from_stdin {
        return Ok(None);
    }
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).context("the standard input cannot be read")?;
    Ok(Some(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned())))
}

fn tell_made(made: Option<Zeroizing<String>>) -> anyhow::Result<()> {
    made.map_or(Ok(()), |password| say(&format!("password: {}", *password)))
}

async fn wait_for_the_end() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            ended = tokio::signal::ctrl_c() => ended?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}

fn start_log(log: &LogFile) -> anyhow::Result<()> {
    let filter = otklik_hub::log_filter(&log.level).context("log.level is not a level or filter")?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if log.json {
        subscriber.json().init()
    } else {
        subscriber.init()
    }
    Ok(())
}

fn say(line: &str) -> anyhow::Result<()> {
    write_out(&format!("{line}\n"))
}

fn write_out(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("the standard output cannot be written")
}

#[allow(clippy::print_stderr, reason = "the command line's own answer")]
fn complain(error: &anyhow::Error) {
    eprintln!("otklik-hub: {error:#}");
}
