//! What can go wrong with a script.
//!
//! Troubles are logged and told to administrators, so they hold no word that the script could have taken from a
//! customer: kinds of errors and numbers of lines, and never a message.

use serde::Serialize;
use thiserror::Error;

/// Why a script did not decide. The built-in rule did.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize)]
#[serde(tag = "trouble", rename_all = "snake_case")]
pub enum ScriptTrouble {
    /// It ran for longer than it may, and was stopped.
    #[error("the script ran for longer than {limit_ms} ms and was stopped")]
    TooLong {
        /// What it may, in milliseconds.
        limit_ms: u32,
    },
    /// It needed more memory than it may.
    #[error("the script needs too much memory and was stopped")]
    TooMuchMemory,
    /// It called itself too deeply.
    #[error("the script calls itself too deeply and was stopped")]
    TooDeep,
    /// It is no JavaScript.
    #[error("the script cannot be read: a {fault} in line {line}")]
    Unreadable {
        /// What it says of itself.
        fault: Fault,
        /// Where; 0, if it cannot be told.
        line: u32,
    },
    /// It threw an error and did not catch it.
    #[error("the script threw a {fault} in line {line}")]
    Threw {
        /// Which kind.
        fault: Fault,
        /// Where; 0, if it cannot be told.
        line: u32,
    },
    /// It left something for later, and there is no later: what it returns at once counts.
    #[error("the script leaves work for later, but nothing runs after it has returned")]
    Pending,
    /// What it wants cannot be.
    #[error("the script's answer cannot be carried out: {why}")]
    WrongAnswer {
        /// Why.
        why: WrongAnswer,
    },
    /// Earlier calls are still being stopped: the script is not asked now.
    #[error("the script was not asked: earlier calls of it do not end")]
    Stuck,
    /// Its turn did not come in time.
    #[error("the script was not asked: too many dialogs wait for it at once")]
    Busy,
    /// The engine itself failed.
    #[error("the script engine failed")]
    Engine,
}

/// Why an answer cannot be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongAnswer {
    /// Not what the functions of the sandbox make.
    #[error("it has another shape than the functions for it make")]
    Shape,
    /// An operator who does not exist, may not accept, or is a bot.
    #[error("there is no such operator")]
    Operator,
    /// A department that does not exist, or takes no dialogs.
    #[error("there is no such department")]
    Department,
    /// A bot that does not exist, or does not answer now.
    #[error("there is no such bot, or it is off")]
    Bot,
    /// The next operator without locks.
    #[error("useLocks cannot be switched off: scripts decide one after the other")]
    Unlocked,
    /// More tasks than allowed, one that is too large, or one for no https address.
    #[error("too many tasks, too large a task, or no https address")]
    Task,
}

/// The kinds of JavaScript's errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Its own or any other.
    #[error("Error")]
    Error,
    /// A value is not what it has to be.
    #[error("TypeError")]
    TypeError,
    /// A name that nothing has.
    #[error("ReferenceError")]
    ReferenceError,
    /// Out of range.
    #[error("RangeError")]
    RangeError,
    /// No JavaScript.
    #[error("SyntaxError")]
    SyntaxError,
    /// Of the engine.
    #[error("InternalError")]
    InternalError,
    /// Something that is no error was thrown.
    #[error("value that is no error")]
    Value,
}

impl Fault {
    /// By the name that an error gives itself. Only names of the language are passed on.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "TypeError" => Self::TypeError,
            "ReferenceError" => Self::ReferenceError,
            "RangeError" => Self::RangeError,
            "SyntaxError" => Self::SyntaxError,
            "InternalError" => Self::InternalError,
            _ => Self::Error,
        }
    }
}

impl ScriptTrouble {
    /// The code under which it stands in the audit trail.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "script.too_long",
            Self::TooMuchMemory => "script.too_much_memory",
            Self::TooDeep => "script.too_deep",
            Self::Unreadable { .. } => "script.unreadable",
            Self::Threw { .. } => "script.threw",
            Self::Pending => "script.pending",
            Self::WrongAnswer { .. } => "script.wrong_answer",
            Self::Stuck => "script.stuck",
            Self::Busy => "script.busy",
            Self::Engine => "script.engine",
        }
    }
}
