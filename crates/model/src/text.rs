//! Rules for the words people write. Both sides apply the same ones, so what the composer lets through the hub stores.

/// Why a text is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// Nothing in it can be seen.
    Empty,
    /// Longer than `max` Unicode scalar values.
    TooLong {
        /// The limit.
        max: u32,
    },
}

/// Checks a message text and returns it as it is stored: NUL removed, line ends as `\n`, otherwise untouched.
///
/// # Errors
/// [`TextError::Empty`] if only white space and invisible characters remain; [`TextError::TooLong`] above `max`.
pub fn check_text(text: &str, max: u32) -> Result<String, TextError> {
    let stored = text.replace('\0', "").replace("\r\n", "\n").replace('\r', "\n");
    if stored.chars().count() > max as usize {
        return Err(TextError::TooLong { max });
    }
    if stored.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Err(TextError::Empty);
    }
    Ok(stored)
}

/// Makes a one-line name of untrusted text: control, bidi-override and invisible characters dropped, white space
/// folded, at most `max` characters.
#[must_use]
pub fn clean_name(text: &str, max: usize) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").chars().take(max).collect()
}

/// The first `max` characters of a text as one line, for list rows and notifications. Joiners and variation
/// selectors stay, so that emoji keep their shape; controls and bidi overrides go.
#[must_use]
pub fn excerpt(text: &str, max: usize) -> String {
    let mut line = String::new();
    let mut taken = 0;
    for c in text.chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        let folded = c == ' ' && (line.is_empty() || line.ends_with(' '));
        if folded || c.is_control() || is_bidi_control(c) {
            continue;
        }
        line.push(c);
        taken += 1;
        if taken == max {
            break;
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Characters that turn the direction of what stands around them.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Characters that draw nothing or turn the direction of what stands around them.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}
