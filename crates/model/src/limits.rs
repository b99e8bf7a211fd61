//! Lengths that every side agrees on.

use serde::{Deserialize, Serialize};

/// The longest message text, in Unicode scalar values. Source: the limit of Webim's visitor SDK.
pub const MAX_TEXT_CHARS: u32 = 32_000;

/// How much of a customer's unfinished text travels as a preview, in Unicode scalar values.
pub const MAX_DRAFT_CHARS: usize = 2_000;

/// What the hub accepts, told to every client at sign-in so that no client hard-codes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Limits {
    /// Longest message text, in Unicode scalar values.
    pub text_chars: u32,
    /// Which files.
    #[serde(default)]
    pub files: FileLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self { text_chars: MAX_TEXT_CHARS, files: FileLimits::default() }
    }
}

/// Which files a centre takes. The hub looks again when one comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct FileLimits {
    /// Largest size, in bytes.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub most_bytes: u64,
    /// Media types, such as `image/png` or `image/*`; all of them, if none is named.
    pub media: Vec<String>,
}

impl FileLimits {
    /// Whether files of this media type are taken.
    #[must_use]
    pub fn take(&self, media: &str) -> bool {
        takes_media(&self.media, media)
    }
}

/// Whether a centre that names these media types takes one. Names none: all of them.
#[must_use]
pub fn takes_media(named: &[String], media: &str) -> bool {
    let fits = |rule: &String| match rule.trim().strip_suffix("/*") {
        Some("*") => true,
        Some(kind) => media.split('/').next().is_some_and(|found| found.eq_ignore_ascii_case(kind)),
        None => media.eq_ignore_ascii_case(rule.trim()),
    };
    named.is_empty() || named.iter().any(fits)
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { most_bytes: 20 * 1024 * 1024, media: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::takes_media;

    #[test]
    fn a_centre_takes_what_it_names() {
        let rules = |rules: &[&str]| rules.iter().map(|rule| (*rule).to_owned()).collect::<Vec<_>>();
        for (media, named, taken) in [
            ("text/html", &[][..], true),
            ("image/png", &["image/*"], true),
            ("image/png", &["IMAGE/PNG"], true),
            ("text/html", &["image/*", "application/pdf"], false),
            ("imagery/x", &["image/*"], false),
            ("application/pdf", &["*/*"], true),
        ] {
            assert_eq!(takes_media(&rules(named), media), taken, "{media} {named:?}");
        }
    }
}
