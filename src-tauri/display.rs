//! Whether there is a display to open a window on, and what the web view needs to draw on it.

/// Whether a window can be opened.
#[cfg(target_os = "linux")]
pub fn exists() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    set("WAYLAND_DISPLAY").is_some() || set("DISPLAY").is_some_and(|display| answers(&display))
}

/// A display on this machine is a socket, and a forgotten variable names one where nobody listens. Whether one on
/// another machine answers is for the toolkit to find out.
#[cfg(target_os = "linux")]
fn answers(display: &str) -> bool {
    let Some(number) = display.strip_prefix(':') else { return true };
    let number = number.split('.').next().unwrap_or(number);
    std::os::unix::net::UnixStream::connect(format!("/tmp/.X11-unix/X{number}")).is_ok()
}

/// Whether a window can be opened.
#[cfg(not(target_os = "linux"))]
pub fn exists() -> bool {
    true
}

/// Without a working graphics card WebKit draws blank windows, and with it no faster ones; its switch has to be set
/// before the process begins. Starts this program once more with it, in the same process, unless the person has
/// chosen.
#[cfg(target_os = "linux")]
pub fn prefer_plain_drawing() {
    use std::os::unix::process::CommandExt;
    const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(SWITCH).is_some() {
        return;
    }
    let Ok(own) = std::env::current_exe() else { return };
    // Comes back only if it failed; then the window may be slower, and that is all.
    let error = std::process::Command::new(own).args(std::env::args_os().skip(1)).env(SWITCH, "1").exec();
    tracing::warn!(%error, "drawing without a graphics card could not be chosen");
}

/// Nothing to choose here.
#[cfg(not(target_os = "linux"))]
pub fn prefer_plain_drawing() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::answers;

    #[test]
    fn a_display_that_nobody_serves_is_none() {
        assert!(!answers(":47113"));
        assert!(!answers(":47113.0"));
        assert!(answers("elsewhere.example:0"), "another machine's display cannot be told from here");
    }
}
