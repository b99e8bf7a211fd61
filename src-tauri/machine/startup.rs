//! The entry by which the system starts the program, out of sight, when its user signs in.
//!
//! The library that writes it puts the program's path into the line as it is given. The line is read by rules of the
//! system's own, so a path with a blank, as in many a user's name, has to be written by these.

use auto_launch::{AutoLaunch, AutoLaunchBuilder, WindowsEnableMode};
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager as _};

/// What the entry is called.
const NAME: &str = "Otklik";
/// The window does not come by itself then.
const OUT_OF_SIGHT: &str = "--hidden";

/// The entry of this program; nothing, if it does not know where it lies, or that cannot be written down.
pub(super) fn entry(app: &AppHandle) -> Option<AutoLaunch> {
    let entry = program(app).map_err(|error| error.to_string()).and_then(|program| of_program(&program));
    entry.inspect_err(|error| tracing::warn!(error, "the program cannot be started with the system")).ok()
}

fn of_program(program: &Path) -> Result<AutoLaunch, String> {
    let path = program.to_str().and_then(written).ok_or("its path cannot be written into an entry")?;
    let mut entry = AutoLaunchBuilder::new();
    entry.set_app_name(NAME).set_app_path(&path).set_args(&[OUT_OF_SIGHT]);
    // The switch is one user's, also if he may change the system for all.
    entry.set_windows_enable_mode(WindowsEnableMode::CurrentUser);
    entry.build().map_err(|error| error.to_string())
}

/// Where the program lies: an AppImage is the file that was started, not what it unpacks to.
fn program(app: &AppHandle) -> std::io::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        tauri::process::current_binary(&app.env())
    } else if cfg!(windows) {
        // As it was started: what is canonical there is not known to all who read the registry.
        std::env::current_exe()
    } else {
        std::env::current_exe()?.canonicalize()
    }
}

/// A path as the first word of the line that this system reads; nothing, if it cannot be one.
fn written(path: &str) -> Option<String> {
    if cfg!(target_os = "linux") {
        Some(in_desktop_entry(path))
    } else if cfg!(windows) {
        // No path has a quotation mark in it there.
        Some(format!("\"{path}\""))
    } else {
        in_property_list(path)
    }
}

/// As a text of a property list, which keeps words apart by itself. The library puts it there as it is and looks for the
/// file under the same name, so what XML would read otherwise cannot be written.
fn in_property_list(path: &str) -> Option<String> {
    (!path.contains(['&', '<'])).then(|| path.to_owned())
}

/// As a quoted argument of `Exec`, by the Desktop Entry Specification: what is special between quotation marks has a
/// backslash before it, and each backslash is doubled because the value is a string first; a per cent sign is doubled
/// because it would begin a code of a field.
fn in_desktop_entry(path: &str) -> String {
    let mut written = String::from('"');
    for sign in path.chars() {
        match sign {
            '"' | '`' | '$' => written.extend(['\\', '\\', sign]),
            '\\' => written.push_str(r"\\\\"),
            '%' => written.push_str("%%"),
            '\n' => written.push_str(r"\n"),
            '\r' => written.push_str(r"\r"),
            '\t' => written.push_str(r"\t"),
            _ => written.push(sign),
        }
    }
    written.push('"');
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of a key as a reader of the file has it: the rules of the specification, the other way round.
    fn string(value: &str) -> String {
        let (mut read, mut signs) = (String::new(), value.chars());
        while let Some(sign) = signs.next() {
            read.push(match sign {
                '\\' => match signs.next().expect("something is escaped") {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    '\\' => '\\',
                    other => panic!("no such escape: {other}"),
                },
                '\n' | '\r' => panic!("the line ends here"),
                _ => sign,
            });
        }
        read
    }

    /// The words of a command line, as a reader of `Exec` has them.
    fn words(line: &str) -> Vec<String> {
        let (mut all, mut word, mut quoted, mut signs) = (Vec::new(), String::new(), false, line.chars().peekable());
        while let Some(sign) = signs.next() {
            match sign {
                '"' => quoted = !quoted,
                '\\' if quoted => word.extend(signs.next()),
                '%' => word.push(signs.next_if_eq(&'%').expect("no code of a field")),
                ' ' if !quoted => all.push(std::mem::take(&mut word)),
                _ => word.push(sign),
            }
        }
        all.push(word);
        all
    }

    #[test]
    fn a_path_is_one_word_of_the_entry_whatever_is_in_it() {
        for path in [
            "/opt/otklik",
            "/opt/Ира Петрова/Otklik 1.0.AppImage",
            "/opt/ira/100% \"так\"/$HOME/`otklik`",
            r"/opt/ira/a\b\\c",
            "/opt/ira/two\nlines\tand a column",
        ] {
            let exec = format!("{} {OUT_OF_SIGHT}", in_desktop_entry(path));
            assert_eq!(words(&string(&exec)), [path, OUT_OF_SIGHT], "{exec}");
        }
        assert_eq!(in_desktop_entry("/a b/$c"), r#""/a b/\\$c""#, "as the specification has its own example");
    }

    #[test]
    fn a_path_that_a_property_list_would_read_otherwise_is_not_written_into_one() {
        let kept = "/Applications/Отклик 2/Otklik.app/Contents/MacOS/otklik";
        assert_eq!(in_property_list(kept).as_deref(), Some(kept));
        for other in ["/Volumes/R&D/otklik", "/Volumes/<new>/otklik"] {
            assert_eq!(in_property_list(other), None);
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_entry_that_is_kept_has_the_path_in_quotation_marks() {
        let entry = of_program(Path::new("/opt/Ира Петрова/otklik")).unwrap();
        assert_eq!(entry.get_app_path(), "\"/opt/Ира Петрова/otklik\"");
        assert_eq!(entry.get_args(), [OUT_OF_SIGHT]);
    }
}
