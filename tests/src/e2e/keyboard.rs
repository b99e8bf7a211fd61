//! The keyboard of the display: keys are pressed as hardware presses them, by their place, and go to whatever window has
//! the focus. What they write is the layout's affair, as for everybody.

use super::alone::ask;
use anyhow::{Context, Result};

/// What is printed on the keys of the main block, row by row, in both layouts, without and with Shift; and the number
/// of each row's first key.
const ROWS: [(u8, [&str; 4]); 4] = [
    (10, ["1234567890-=", "!@#$%^&*()_+", "1234567890-=", "!\"№;%:?*()_+"]),
    (24, ["qwertyuiop[]", "QWERTYUIOP{}", "йцукенгшщзхъ", "ЙЦУКЕНГШЩЗХЪ"]),
    (38, ["asdfghjkl;'", "ASDFGHJKL:\"", "фывапролджэ", "ФЫВАПРОЛДЖЭ"]),
    (52, ["zxcvbnm,./", "ZXCVBNM<>?", "ячсмитьбю.", "ЯЧСМИТЬБЮ,"]),
];
const SPACE: u8 = 65;
/// The key left of 1, and the one with the backslash: each stands alone.
const LONE: [(u8, [char; 4]); 2] = [(49, ['`', '~', 'ё', 'Ё']), (51, ['\\', '|', '\\', '/'])];

/// Which letters the keys write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Latin, American.
    Latin,
    /// Russian.
    Russian,
}

/// The keyboard with the layout that it has now.
#[derive(Clone, Copy, Debug)]
pub struct Keyboard(Layout);

impl Keyboard {
    /// Switches the display's keyboard to a layout.
    ///
    /// # Errors
    /// The display has none.
    pub async fn with(layout: Layout) -> Result<Self> {
        let name = match layout {
            Layout::Latin => "us",
            Layout::Russian => "ru",
        };
        ask("setxkbmap", ["-layout", name]).await?;
        Ok(Self(layout))
    }

    /// Presses combinations one after the other, such as `ctrl+shift+a`, `ctrl+,`, `Return` or `alt+End`. A single sign
    /// names the key on which an American keyboard has it, whatever the layout; other keys go by the display's names.
    ///
    /// # Errors
    /// There is no such key.
    pub async fn press<const N: usize>(self, chords: [&str; N]) -> Result<()> {
        let named = chords.map(|chord| {
            let (held, key) = chord.rsplit_once('+').map_or(("", chord), |(held, key)| (held, key));
            let mut letters = key.chars();
            let place = match (letters.next(), letters.next()) {
                (Some(letter), None) => place_of(letter, Layout::Latin).map(|(code, _)| code.to_string()),
                _ => None,
            };
            let key = place.unwrap_or_else(|| key.to_owned());
            if held.is_empty() { key } else { format!("{held}+{key}") }
        });
        self.send(&named).await
    }

    /// Types a text.
    ///
    /// # Errors
    /// The layout has no key for a sign of it.
    pub async fn write(self, text: &str) -> Result<()> {
        let mut keys = Vec::new();
        for sign in text.chars() {
            let (code, shift) = place_of(sign, self.0).with_context(|| format!("no key writes {sign:?} here"))?;
            keys.push(if shift { format!("shift+{code}") } else { code.to_string() });
        }
        self.send(&keys).await
    }

    async fn send(self, keys: &[String]) -> Result<()> {
        let line = ["key", "--delay", "8"].map(str::to_owned);
        ask("xdotool", line.iter().chain(keys)).await.map(drop)
    }
}

/// The number of the key that writes a sign, and whether with Shift.
fn place_of(sign: char, layout: Layout) -> Option<(u8, bool)> {
    if sign == ' ' {
        return Some((SPACE, false));
    }
    let plain = match layout {
        Layout::Latin => 0,
        Layout::Russian => 2,
    };
    for shift in [0, 1] {
        for (first, signs) in ROWS {
            if let Some(at) = signs[plain + shift].chars().position(|one| one == sign) {
                return Some((first + u8::try_from(at).ok()?, shift == 1));
            }
        }
        if let Some((code, _)) = LONE.iter().find(|(_, signs)| signs[plain + shift] == sign) {
            return Some((*code, shift == 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_what_it_writes() {
        for (sign, layout, place) in [
            ('k', Layout::Latin, Some((45, false))),
            ('л', Layout::Russian, Some((45, false))),
            ('K', Layout::Latin, Some((45, true))),
            ('/', Layout::Latin, Some((61, false))),
            ('/', Layout::Russian, Some((51, true))),
            ('.', Layout::Russian, Some((61, false))),
            ('?', Layout::Russian, Some((16, true))),
            ('ё', Layout::Russian, Some((49, false))),
            (' ', Layout::Russian, Some((65, false))),
            ('ы', Layout::Latin, None),
            ('y', Layout::Russian, None),
        ] {
            assert_eq!(place_of(sign, layout), place, "{sign}");
        }
    }
}
