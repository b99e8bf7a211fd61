//! What a file may be called: no path, nothing invisible, nothing a system takes for something else.

use otklik_model::clean_name;
use unicode_normalization::UnicodeNormalization as _;

/// The longest name, in bytes: what the narrowest of usual file systems takes, with room for a number.
const MOST_BYTES: usize = 200;
/// The longest ending that is kept when a name is cut, in bytes.
const ENDING: usize = 16;
/// Without any other name.
const NAMELESS: &str = "file";

/// A name as it is kept and shown.
#[must_use]
pub fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    // One line without controls, invisible characters and those that turn the direction of what follows.
    let line: String = clean_name(last, 1_000).nfc().collect();
    let plain = |c: char| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c };
    let line: String = line.chars().map(plain).collect();
    let line = line.trim_matches([' ', '.']);
    let line = if line.starts_with('-') { format!("_{line}") } else { line.to_owned() };
    let line = if is_device(&line) { format!("_{line}") } else { line };
    if line.is_empty() { NAMELESS.to_owned() } else { shortened(&line) }
}

/// Names that one system takes for devices, whatever follows the first dot.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |kind: &str| stem.strip_prefix(kind).is_some_and(|rest| rest.len() == 1 && rest != "0");
    let numbered = stem.is_ascii() && (numbered("COM") || numbered("LPT"));
    numbered || matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CLOCK$")
}

/// Cut in the middle, so that the ending still tells what it is.
fn shortened(name: &str) -> String {
    if name.len() <= MOST_BYTES {
        return name.to_owned();
    }
    let ending = name.rfind('.').map_or("", |at| &name[at..]);
    let ending = if ending.len() <= ENDING { ending } else { "" };
    let mut end = MOST_BYTES - ending.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", name[..end].trim_end_matches([' ', '.']))
}

/// The name with a number in it, for a place where the name itself is taken: `bill (2).pdf`.
#[must_use]
pub fn numbered(name: &str, number: u32) -> String {
    let (stem, ending) = split(name);
    format!("{stem} ({number}){ending}")
}

/// A name and its ending, which begins with a dot; `.tar.gz` is one ending.
fn split(name: &str) -> (&str, &str) {
    let at = name.rfind('.').filter(|at| *at > 0);
    let Some(at) = at else { return (name, "") };
    let (stem, ending) = name.split_at(at);
    match stem.strip_suffix(".tar") {
        Some(inner) if !inner.is_empty() => name.split_at(inner.len()),
        Some(_) | None => (stem, ending),
    }
}

/// Endings of what a system runs, mounts or obeys when it is opened: also of documents that can carry macros, and of
/// pages that can carry scripts.
const DANGEROUS: &[&str] = &[
    "action",
    "apk",
    "app",
    "appimage",
    "application",
    "appref-ms",
    "bat",
    "bin",
    "chm",
    "cmd",
    "com",
    "command",
    "cpl",
    "csh",
    "deb",
    "desktop",
    "dll",
    "dmg",
    "docm",
    "dotm",
    "exe",
    "gadget",
    "hta",
    "htm",
    "html",
    "img",
    "inf",
    "iqy",
    "iso",
    "jar",
    "jnlp",
    "js",
    "jse",
    "ksh",
    "lnk",
    "mht",
    "mhtml",
    "mobileconfig",
    "mpkg",
    "msc",
    "msi",
    "msix",
    "msp",
    "mst",
    "one",
    "ops",
    "osx",
    "pif",
    "pkg",
    "potm",
    "ppam",
    "ppsm",
    "pptm",
    "prf",
    "ps1",
    "ps1xml",
    "ps2",
    "psc1",
    "psm1",
    "py",
    "pyc",
    "pyw",
    "rdp",
    "reg",
    "rpm",
    "run",
    "scf",
    "scpt",
    "scr",
    "sct",
    "settingcontent-ms",
    "sh",
    "shb",
    "shs",
    "slk",
    "svg",
    "svgz",
    "sys",
    "terminal",
    "url",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "vhdx",
    "webloc",
    "workflow",
    "ws",
    "wsc",
    "wsf",
    "wsh",
    "xht",
    "xhtml",
    "xlam",
    "xll",
    "xlsm",
    "xltm",
    "xml",
    "xsl",
    "zsh",
];

/// Media types of the same, by what is in the file whatever it is called.
const DANGEROUS_MEDIA: &[&str] = &[
    "text/html",
    "text/x-shellscript",
    "application/vnd.microsoft.portable-executable",
    "application/x-executable",
    "application/x-mach-binary",
    "application/java",
    "application/wasm",
    "application/vnd.android.dex",
    "application/x-ole-storage",
    "application/vnd.debian.binary-package",
    "application/x-rpm",
    "application/x-llvm",
];

/// Whether opening it may do something: by its ending, its last but one ending (`bill.exe.pdf` means no good either),
/// or by what is in it.
#[must_use]
pub fn is_dangerous(name: &str, media: &str) -> bool {
    let lower = name.to_lowercase();
    let endings = lower.rsplit('.').take(2.min(lower.split('.').count() - 1));
    let by_name = endings.into_iter().any(|ending| DANGEROUS.contains(&ending.trim()));
    by_name || DANGEROUS_MEDIA.contains(&media)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_cleaned() {
        for (given, kept) in [
            ("отчёт за май.pdf", "отчёт за май.pdf"),
            ("../../etc/passwd", "passwd"),
            ("/etc/shadow", "shadow"),
            ("C:\\Users\\Ira\\x.doc", "x.doc"),
            ("a.txt:hidden", "a.txt_hidden"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\u{200b}\u{2066}b\0\n.png", "ab .png"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("com1", "_com1"),
            ("command.txt", "command.txt"),
            ("-rf", "_-rf"),
            (".htaccess", "htaccess"),
            ("x. . .", "x"),
            ("", "file"),
            ("..", "file"),
            ("a/", "file"),
            ("e\u{301}.txt", "\u{e9}.txt"),
            ("\u{e9}.txt", "\u{e9}.txt"),
            ("a\rb\tc.txt", "a b c.txt"),
            ("aux.pdf.exe", "_aux.pdf.exe"),
            ("😀.gif", "😀.gif"),
        ] {
            assert_eq!(clean(given), kept, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = clean(&format!("{}.jpeg", "ж".repeat(500)));
        assert!(name.len() <= MOST_BYTES && name.ends_with("ж.jpeg"), "{name}");
        assert!(clean(&format!("a.{}", "b".repeat(500))).len() <= MOST_BYTES);
    }

    #[test]
    fn a_taken_name_gets_a_number_before_its_ending() {
        for (name, second) in [
            ("чек.pdf", "чек (2).pdf"),
            ("чек", "чек (2)"),
            ("a.b.c", "a.b (2).c"),
            ("архив.tar.gz", "архив (2).tar.gz"),
            (".tar.gz", ".tar (2).gz"),
        ] {
            assert_eq!(numbered(name, 2), second);
        }
    }

    #[test]
    fn what_does_something_when_it_is_opened_is_dangerous_whatever_it_looks_like() {
        for (name, media) in [
            ("setup.exe", "application/octet-stream"),
            ("SETUP.EXE", "text/plain"),
            ("чек.pdf.exe", "application/pdf"),
            ("чек.exe.pdf", "application/pdf"),
            ("page.html", "text/html"),
            ("drawing.svg", "text/html"),
            ("holiday.jpg", "application/vnd.microsoft.portable-executable"),
            ("report.docm", "application/zip"),
            ("disk.iso", "application/octet-stream"),
            ("run.sh", "text/plain"),
            ("link.url", "text/plain"),
            ("saver.scr", "text/plain"),
            ("shortcut.lnk", "text/plain"),
            ("menu.desktop", "text/plain"),
            ("setup.msi", "text/plain"),
            ("tool.jar", "application/zip"),
            ("fix.ps1", "text/plain"),
            ("app.hta", "text/plain"),
            ("page.xhtml", "text/plain"),
            ("drawing.svg", "text/plain"),
            ("code.js", "text/plain"),
            ("чек.pdf. .exe", "text/plain"),
            ("invoice\u{202e}fdp.exe", "text/plain"),
            ("noending", "application/x-executable"),
        ] {
            assert!(is_dangerous(name, media), "{name}");
        }
        for (name, media) in [
            ("чек.pdf", "application/pdf"),
            ("фото.jpeg", "image/jpeg"),
            ("exe", "text/plain"),
            ("v1.2.txt", "text/plain"),
            ("отчёт.docx", "application/zip"),
            ("архив.zip", "application/zip"),
        ] {
            assert!(!is_dangerous(name, media), "{name}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_given_a_name_is_one_safe_part(given in "\\PC{0,300}|[\\x00-\\x7f]{0,300}") {
            let name = clean(&given);
            prop_assert!(!name.is_empty() && name.len() <= MOST_BYTES + 1);
            prop_assert!(!name.contains(['/', '\\', '\0', '\n', ':', '"']) && !name.starts_with(['.', '-']));
            prop_assert_eq!(clean(&name), name);
        }
    }
}
