//! The commands and their words.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use std::path::PathBuf;

/// How a change is made.
#[derive(Args, Debug)]
pub(super) struct How {
    /// The version it is made from; refused if another one is in force by now.
    #[arg(long)]
    pub(super) version: Option<u64>,
    /// Why, for the list of versions.
    #[arg(long, default_value = "")]
    pub(super) note: String,
    /// Only tell what would change.
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Form {
    Toml,
    Json,
}

#[derive(Subcommand, Debug)]
pub(super) enum Centre {
    /// Writes everything into a file: no passwords, no bots' secrets.
    Export {
        /// Where to; the standard output if not given.
        #[arg(long)]
        out: Option<PathBuf>,
        /// How it is written.
        #[arg(long, value_enum, default_value = "toml")]
        form: Form,
    },
    /// Takes a file over.
    Import {
        /// The file; JSON if its name ends so, else TOML.
        file: PathBuf,
        #[command(flatten)]
        how: How,
    },
    /// Tells what is wrong: with a file, or with what is in force.
    Check {
        /// The file.
        file: Option<PathBuf>,
    },
    /// The versions, newest first.
    Versions {
        /// At most so many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Puts an earlier version into force again.
    SwitchBack {
        /// Which.
        to: u64,
        #[command(flatten)]
        how: How,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum Operator {
    /// Everybody.
    List,
    /// Adds somebody. The password is made, and printed once, unless a file is named.
    Add {
        /// What he signs in with.
        login: String,
        /// The name customers see.
        #[arg(long)]
        name: String,
        /// His role.
        #[arg(long, default_value = "operator")]
        role: String,
        /// A file whose first line is his password.
        #[arg(long)]
        password_file: Option<PathBuf>,
        /// A file with his whole post, TOML or JSON, instead of a role.
        #[arg(long, conflicts_with = "role")]
        post_file: Option<PathBuf>,
    },
    /// One of them, with his post, which `post` takes, and his rights.
    Show {
        /// Whom.
        login: String,
    },
    /// Gives another status.
    Status {
        /// Whose.
        login: String,
        /// Its key in the centre's dictionary.
        status: String,
    },
    /// The statuses he had, oldest first.
    Statuses {
        /// Whose.
        login: String,
        /// Since then, as 2026-03-01T09:00:00Z; the last 24 hours if not given.
        #[arg(long)]
        since: Option<Timestamp>,
    },
    /// Gives another post.
    Post {
        /// Whose.
        login: String,
        /// A file with the post, TOML or JSON.
        file: PathBuf,
        /// Another name.
        #[arg(long)]
        name: Option<String>,
    },
    /// Gives another password, and signs him out. It is made, and printed once, unless a file is named.
    Password {
        /// Whose.
        login: String,
        /// A file whose first line is the password.
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Lets him sign in no more.
    Disable {
        /// Whom.
        login: String,
    },
    /// Lets him sign in again.
    Enable {
        /// Whom.
        login: String,
    },
    /// Gives up his account; his name stays in the conversations.
    Remove {
        /// Whom.
        login: String,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum Entry {
    /// All of them.
    List,
    /// One of them, as `put` takes it.
    Show {
        /// Its key.
        key: String,
    },
    /// Adds or changes one.
    Put {
        /// Its key.
        key: String,
        /// A file with it, TOML or JSON; '-' for the standard input.
        file: PathBuf,
        #[command(flatten)]
        how: How,
    },
    /// Removes one.
    Remove {
        /// Its key.
        key: String,
        #[command(flatten)]
        how: How,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum Script {
    /// The script in force, or that of a version of the configuration.
    Show {
        /// Which.
        version: Option<u64>,
    },
    /// The scripts there were, newest first, with the version of the configuration that brought each.
    List,
    /// Tries a script on the dialogs of the last week beside the one in force. Nothing is changed, and no task is sent.
    Try {
        /// The JavaScript.
        file: PathBuf,
        /// Longest run, in milliseconds.
        #[arg(long)]
        limit_ms: Option<u32>,
        /// At most so many dialogs, newest first.
        #[arg(long, default_value_t = 200)]
        dialogs: u32,
        /// Also those to which both scripts say the same.
        #[arg(long)]
        all: bool,
    },
    /// Puts the script of a version of the configuration into force again.
    Switch {
        /// Which: see `script list`.
        to: u64,
        #[command(flatten)]
        how: How,
    },
    /// Puts a script into force.
    Put {
        /// The JavaScript.
        file: PathBuf,
        /// Longest run, in milliseconds.
        #[arg(long)]
        limit_ms: Option<u32>,
        #[command(flatten)]
        how: How,
    },
    /// Puts the script before this one into force again.
    Back {
        #[command(flatten)]
        how: How,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum Workspace {
    /// All of them.
    List,
    /// Makes one, with its first administrator, whose password is printed once.
    Add {
        /// Its short name.
        short: String,
        /// The centre's name.
        #[arg(long)]
        name: String,
        /// The administrator's login.
        #[arg(long)]
        admin_login: String,
        /// His name.
        #[arg(long)]
        admin_name: String,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum Setting {
    /// All of them.
    List,
    /// One, such as survey or time_outs.offer_s.
    Show {
        /// Which, with full stops between its parts.
        name: String,
    },
    /// Changes one.
    Set {
        /// Which, with full stops between its parts.
        name: String,
        /// The value, as JSON; what is no JSON is a text. null: what a new centre begins with.
        #[arg(required_unless_present = "file", conflicts_with = "file")]
        value: Option<String>,
        /// A file with the value instead, TOML or JSON; '-' for the standard input.
        #[arg(long)]
        file: Option<PathBuf>,
        #[command(flatten)]
        how: How,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum Block {
    /// Who may not write now: number, name, since, until, by whom, why.
    List,
    /// Blocks a customer; the dialogs of whoever is one person with him are closed.
    Add {
        /// His number or id.
        customer: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Until then, as 2026-03-01T09:00:00Z; for ever if neither this nor --hours is given.
        #[arg(long, conflicts_with = "hours")]
        until: Option<Timestamp>,
        /// For so many hours.
        #[arg(long)]
        hours: Option<u32>,
    },
    /// Lets a customer write again.
    Lift {
        /// His number or id.
        customer: String,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum Customer {
    /// What administrators decided about him.
    Show {
        /// His number or id.
        customer: String,
    },
    /// From now on only operators with the right to see restricted customers see his dialogs.
    Restrict {
        /// His number or id.
        customer: String,
    },
    /// From now on everybody sees his dialogs as others'.
    Unrestrict {
        /// His number or id.
        customer: String,
    },
    /// Writes everything that is kept about him into a file, as JSON.
    Export {
        /// His number or id.
        customer: String,
        /// Where to; the standard output if not given.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Erases him and everything about him, for good.
    Erase {
        /// His number or id.
        customer: String,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum Dialog {
    /// Deletes it with its messages and files, whatever state it is in, for good.
    Delete {
        /// Its id.
        dialog: String,
    },
}

/// Which lines of the trail.
#[derive(Args, Debug)]
pub(super) struct Trail {
    /// Lines before this number.
    #[arg(long)]
    pub(super) before: Option<u64>,
    /// At most so many.
    #[arg(long, default_value_t = 100)]
    pub(super) limit: u32,
    /// Only what this operator did, by login.
    #[arg(long = "by")]
    pub(super) login: Option<String>,
    /// Only this, such as centre.changed, or all that begins so, such as centre.
    #[arg(long)]
    pub(super) what: Option<String>,
    /// Only what was done to this.
    #[arg(long)]
    pub(super) subject: Option<String>,
    /// Since then, as 2026-03-01T09:00:00Z.
    #[arg(long)]
    pub(super) since: Option<Timestamp>,
    /// Before then.
    #[arg(long)]
    pub(super) until: Option<Timestamp>,
}
