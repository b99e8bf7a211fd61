//! What is left of this program if it dies: no picture of its memory, which has keys, tokens and conversations in it.

/// Has the system write no core file of this process, nor of any that it begins.
#[cfg(unix)]
pub fn leave_none() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
        tracing::warn!(%error, "core files cannot be forbidden");
    }
}

/// Where there are none by default.
#[cfg(not(unix))]
pub fn leave_none() {}
