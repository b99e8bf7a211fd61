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

/// The most Unicode scalar values of one emoji: a family of four with the colours of their skin has eleven, a flag of a
/// part of a country seven.
const EMOJI_CHARS: usize = 16;

/// Whether a text is what an emoji is made of, and short enough to be one: no words, and nothing that turns their
/// direction.
#[must_use]
pub fn is_emoji(text: &str) -> bool {
    let sign = |c: char| {
        matches!(c, '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{20E3}' | '\u{2122}' | '\u{2139}'
            | '\u{2190}'..='\u{21FF}' | '\u{2300}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}'
            | '\u{1F000}'..='\u{1FAFF}')
    };
    // Digits of keycaps, joiners, colours and letters of flags stand beside a sign, never alone.
    let beside =
        |c: char| matches!(c, '0'..='9' | '#' | '*' | '\u{200D}' | '\u{FE0E}' | '\u{FE0F}' | '\u{E0020}'..='\u{E007F}');
    text.chars().take(EMOJI_CHARS + 1).count() <= EMOJI_CHARS
        && text.chars().any(sign)
        && text.chars().all(|c| sign(c) || beside(c))
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

#[cfg(test)]
mod tests {
    use super::is_emoji;

    #[test]
    fn an_emoji_is_no_word() {
        for emoji in ["🙂", "❤️", "❤", "👩‍👩‍👧‍👦", "👍🏽", "🇷🇺", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "#️⃣", "©️", "🅰️", "⌚", "〰️", "🫠", "🎉🎉"]
        {
            assert!(is_emoji(emoji), "{emoji}");
        }
        let long = "🙂".repeat(17);
        for other in [
            "",
            " ",
            "a",
            "да",
            "1",
            "#",
            "\u{200d}",
            "\u{fe0f}",
            ":)",
            "🙂 ",
            "🙂a",
            "\u{202e}🙂",
            "<b>🙂</b>",
            "🙂\n",
            long.as_str(),
        ] {
            assert!(!is_emoji(other), "{other:?}");
        }
    }
}
