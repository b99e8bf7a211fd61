//! Carries out one command, and tells what came of it.

use super::{
    Arguments, Command,
    centre::{centre, part, setting},
    day::{audit, queues, status, workspace},
    link::Link,
    people::{block, customer, dialog, operator},
    print::first_line,
    script::script,
};
use anyhow::Context as _;
use zeroize::Zeroizing;

/// Carries out one command. Returns what to print.
///
/// # Errors
/// What went wrong, in words, and that nothing was changed.
pub async fn run(arguments: Arguments) -> anyhow::Result<String> {
    let Arguments { hub, workspace, login, password_file, token_file, command } = arguments;
    let link = match (token_file, login) {
        (Some(file), _) => Link::with_token(&hub, file)?,
        (None, Some(login)) => {
            let password = match password_file {
                Some(file) => first_line(&file)?,
                None => Zeroizing::new(rpassword::prompt_password("password: ").context("no password was given")?),
            };
            Link::sign_in(&hub, workspace.as_deref(), &login, password).await?
        }
        (None, None) => anyhow::bail!("--login or --token-file is needed"),
    };
    let done = carry_out(&link, command).await;
    // What was done is done, also if the hub cannot be told goodbye.
    let ended = link.end().await;
    done.and_then(|text| ended.map(|()| text))
}

async fn carry_out(link: &Link, command: Command) -> anyhow::Result<String> {
    match command {
        Command::Centre(command) => centre(link, command).await,
        Command::Operator(command) => operator(link, command).await,
        Command::Department(entry) => part(link, "departments", entry).await,
        Command::Team(entry) => part(link, "teams", entry).await,
        Command::Role(entry) => part(link, "roles", entry).await,
        Command::Category(entry) => part(link, "categories", entry).await,
        Command::Template(entry) => part(link, "templates", entry).await,
        Command::Bot(entry) => part(link, "bots", entry).await,
        Command::Hours(entry) => part(link, "hours", entry).await,
        Command::Statuses(entry) => part(link, "statuses", entry).await,
        Command::Setting(command) => setting(link, command).await,
        Command::Script(command) => script(link, command).await,
        Command::Block(command) => block(link, command).await,
        Command::Customer(command) => customer(link, command).await,
        Command::Dialog(command) => dialog(link, command).await,
        Command::Workspace(command) => workspace(link, command).await,
        Command::Audit(trail) => audit(link, trail).await,
        Command::Queues => queues(link).await,
        Command::Status => status(link).await,
    }
}
