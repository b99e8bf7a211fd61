//! Whether there is a display to open a window on, and what the program needs of its surroundings to draw on it.

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

/// What has to be set before the process begins, each unless the person has chosen. Without a working graphics card
/// WebKit draws blank windows, and with it no faster ones. The system's allocator keeps what each thread ever needed;
/// with two arenas that give back what they do not use, the rows of a large desk are paid for once.
#[cfg(target_os = "linux")]
const SWITCHES: [(&str, &str); 3] =
    [("WEBKIT_DISABLE_DMABUF_RENDERER", "1"), ("MALLOC_ARENA_MAX", "2"), ("MALLOC_TRIM_THRESHOLD_", "262144")];

/// Starts this program once more with what it needs of its surroundings, in the same process.
#[cfg(target_os = "linux")]
pub fn prepare() {
    use std::os::unix::process::CommandExt;
    const DONE: &str = "OTKLIK_PREPARED";
    if std::env::var_os(DONE).is_some() {
        return;
    }
    let Ok(own) = std::env::current_exe() else { return };
    let open = SWITCHES.into_iter().filter(|(name, _)| std::env::var_os(name).is_none());
    // Comes back only if it failed; then the window is slower and larger, and that is all.
    let error = std::process::Command::new(own).args(std::env::args_os().skip(1)).envs(open).env(DONE, "1").exec();
    tracing::warn!(%error, "the program's surroundings could not be prepared");
}

/// Nothing to prepare here.
#[cfg(not(target_os = "linux"))]
pub fn prepare() {}

/// Whether a key can be had that works whatever window has the keyboard. Wayland has none for a program to take.
#[cfg(target_os = "linux")]
pub fn has_global_keys() -> bool {
    let set = |name| std::env::var(name).is_ok_and(|value| !value.is_empty());
    set("DISPLAY") && !set("WAYLAND_DISPLAY")
}

/// Whether a key can be had that works whatever window has the keyboard.
#[cfg(not(target_os = "linux"))]
pub fn has_global_keys() -> bool {
    true
}

/// Whether this program is one file that it may put another in the place of. What a system's packages have installed,
/// they keep up to date.
#[cfg(target_os = "linux")]
pub fn can_replace_itself() -> bool {
    std::env::var_os("APPIMAGE").is_some_and(|file| !file.is_empty())
}

/// Whether this program may put another in its place.
#[cfg(not(target_os = "linux"))]
pub fn can_replace_itself() -> bool {
    true
}

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
