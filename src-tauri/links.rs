//! Links of other programs, `otklik://…`: the system is told that they are ours, and what it hands over goes to the
//! engine, which alone knows what a link may ask for.

use crate::bridge::Bridge;
use tauri::{AppHandle, Manager};
use tauri_plugin_deep_link::DeepLinkExt;

/// How a link begins. What begins otherwise is no link, and never leaves here.
const SCHEME: &str = "otklik:";

/// The links among a program's arguments, which a stranger's page may have filled.
pub fn among<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    arguments.into_iter().find(|argument| is_link(argument))
}

fn is_link(argument: &str) -> bool {
    argument.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
}

/// Follows a link.
pub fn follow(app: &AppHandle, link: &str) {
    let Some(bridge) = app.try_state::<Bridge>() else { return };
    let (seats, app, link) = (bridge.seats().clone(), app.clone(), link.to_owned());
    // Whose dialog it names is known when every account is open.
    tauri::async_runtime::spawn(async move {
        if !seats.follow_link(&link).await {
            // The link itself is a stranger's text and stays out of the log.
            tracing::warn!(length = link.len(), "a link that leads to no dialog was refused");
            crate::window::show(&app);
        }
    });
}

/// Has the system hand our links to this program: at once where a program may say so itself, elsewhere they were
/// registered when it was installed. Links that come while it runs are followed.
pub fn register(app: &AppHandle) {
    let (registrar, follower) = (app.clone(), app.clone());
    // Asks programs of the system and waits for them: the window does not.
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = registrar.deep_link().register_all() {
            tracing::info!(%error, "this system takes no links from a running program; an installed one has them registered");
        }
    });
    app.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            follow(&follower, url.as_str());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_c22_only_a_link_is_taken_from_the_arguments() {
        let link = "otklik://dialog/17";
        assert_eq!(among(["otklik", "--data", "/x", link]), Some(link));
        assert_eq!(among(["otklik", "OTKLIK://dialog/1"]), Some("OTKLIK://dialog/1"));
        for arguments in [&["/usr/bin/otklik"][..], &["otklik", "--hidden"], &["x", "https://otklik:1/"], &["я"]] {
            assert_eq!(among(arguments.iter().copied()), None, "{arguments:?}");
        }
    }
}
