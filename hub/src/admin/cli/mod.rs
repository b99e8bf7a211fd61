//! `otklik-hub admin`: the administration from a command line. It speaks to a running hub as every other program
//! does, so that there is one way in, and one trail.

mod centre;
mod commands;
mod day;
mod link;
mod people;
mod print;
mod run;
mod script;

pub use run::run;

use clap::{Args, Subcommand};
use commands::{Block, Centre, Customer, Dialog, Entry, Operator, Script, Setting, Trail, Workspace};
use std::path::PathBuf;

/// Where the hub is, and who asks.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The hub's address.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    hub: String,
    /// The short name of the workspace.
    #[arg(long)]
    workspace: Option<String>,
    /// Your login. The password is asked for, unless a file is named.
    #[arg(long, required_unless_present = "token_file", conflicts_with = "token_file")]
    login: Option<String>,
    /// A file whose first line is the password.
    #[arg(long, requires = "login")]
    password_file: Option<PathBuf>,
    /// A file whose first line is the token of a session.
    #[arg(long)]
    token_file: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

/// The names of all commands.
#[must_use]
pub fn names() -> Vec<String> {
    let whole = Command::augment_subcommands(clap::Command::new("admin"));
    whole.get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

#[derive(Subcommand, Debug)]
enum Command {
    /// The configuration as a whole.
    #[command(subcommand)]
    Centre(Centre),
    /// The operators.
    #[command(subcommand)]
    Operator(Operator),
    /// Departments.
    #[command(subcommand)]
    Department(Entry),
    /// Teams.
    #[command(subcommand)]
    Team(Entry),
    /// Roles.
    #[command(subcommand)]
    Role(Entry),
    /// What dialogs are about.
    #[command(subcommand)]
    Category(Entry),
    /// Ready answers that everybody uses.
    #[command(subcommand)]
    Template(Entry),
    /// Programs that answer.
    #[command(subcommand)]
    Bot(Entry),
    /// Working hours.
    #[command(subcommand)]
    Hours(Entry),
    /// The statuses of the menu.
    #[command(subcommand)]
    Statuses(Entry),
    /// Everything else of the configuration: distribution, time-outs, limits, words, survey, files, and so on.
    #[command(subcommand)]
    Setting(Setting),
    /// Who may not write.
    #[command(subcommand)]
    Block(Block),
    /// Customers whom only some operators may see.
    #[command(subcommand)]
    Customer(Customer),
    /// Single conversations.
    #[command(subcommand)]
    Dialog(Dialog),
    /// Distribution in JavaScript.
    #[command(subcommand)]
    Script(Script),
    /// Who did and saw what, newest first.
    Audit(Trail),
    /// What waits, and who is there to take it.
    Queues,
    /// The workspaces of the hub.
    #[command(subcommand)]
    Workspace(Workspace),
    /// The hub and the workspace at a glance.
    Status,
}
