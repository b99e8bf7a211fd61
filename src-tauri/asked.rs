//! What a page asks, read. No page of ours asks what makes no sense, or for what there is not: each such call is refused,
//! and written into the log, because it is the sign of a stranger's script (S-C3).

use serde::Deserialize;
use tauri::ipc::{CommandArg, CommandItem, Invoke, InvokeError};
use tauri::{Error, Runtime};

/// An argument of a call.
pub struct Asked<T>(pub T);

impl<'a, R: Runtime, T: Deserialize<'a>> CommandArg<'a, R> for Asked<T> {
    fn from_command(item: CommandItem<'a, R>) -> Result<Self, InvokeError> {
        let (name, key) = (item.name, item.key);
        let label = item.message.webview_ref().label();
        T::deserialize(item).map(Self).map_err(|error| {
            // The error can quote what was sent: whoever sends it does not write into the log.
            tracing::warn!(window = label, call = name, argument = key, "refused: a call that makes no sense");
            Error::InvalidArgs(name, key, error).into()
        })
    }
}

/// The calls that there are, with a line in the log for each that is none of them.
pub fn only<R: Runtime>(calls: impl Fn(Invoke<R>) -> bool + Send + Sync + 'static) -> impl Fn(Invoke<R>) -> bool {
    move |invoke| {
        let label = invoke.message.webview_ref().label().to_owned();
        let known = calls(invoke);
        if !known {
            tracing::warn!(window = label, "refused: a call that there is not");
        }
        known
    }
}
