//! Masks: what the value of a field has to look like, character by character.
//!
//! No regular expressions: a mask is read once from left to right, as long as the value is, so that neither who writes
//! one nor who fills it in can make the hub work for long.

/// The longest mask, in Unicode scalar values.
pub const MASK_CHARS: usize = 100;

/// One place of a mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// `9`: a digit from 0 to 9.
    Digit,
    /// `a`: a letter of any alphabet.
    Letter,
    /// `*`: either.
    Either,
    /// Itself.
    Itself(char),
}

impl Place {
    fn takes(self, c: char) -> bool {
        match self {
            Self::Digit => c.is_ascii_digit(),
            Self::Letter => c.is_alphabetic(),
            Self::Either => c.is_ascii_digit() || c.is_alphabetic(),
            Self::Itself(itself) => c == itself,
        }
    }
}

/// The places of a mask; nothing, if it ends in a `\` that escapes nothing.
fn places(mask: &str) -> Option<Vec<Place>> {
    let mut chars = mask.chars();
    let mut places = Vec::new();
    while let Some(c) = chars.next() {
        places.push(match c {
            '9' => Place::Digit,
            'a' => Place::Letter,
            '*' => Place::Either,
            '\\' => Place::Itself(chars.next()?),
            itself => Place::Itself(itself),
        });
    }
    Some(places)
}

/// Whether a value looks like its mask. To one that cannot be read nothing does.
#[must_use]
pub fn fits(mask: &str, value: &str) -> bool {
    let Some(places) = places(mask) else { return false };
    let mut chars = value.chars();
    places.iter().all(|place| chars.next().is_some_and(|c| place.takes(c))) && chars.next().is_none()
}

/// What a value of this mask has: how many characters, and whether a digit is among them. `Err` says why it cannot be
/// a mask.
pub fn check_mask(mask: &str) -> Result<(usize, bool), &'static str> {
    let places = places(mask).ok_or("it ends in a \\ that nothing follows")?;
    if places.len() > MASK_CHARS {
        return Err("it is longer than 100 characters");
    }
    let fixed = |place: &Place| matches!(place, Place::Itself(_));
    if places.iter().all(fixed) {
        return Err("nothing can be filled in");
    }
    let clean = |place: &Place| {
        let Place::Itself(c) = place else { return true };
        !c.is_control() && (!c.is_whitespace() || *c == ' ')
    };
    let ends_in_space = [places.first(), places.last()].contains(&Some(&Place::Itself(' ')));
    let two_spaces = places.windows(2).any(|pair| pair == [Place::Itself(' '); 2]);
    if !places.iter().all(clean) || ends_in_space || two_spaces {
        return Err("its white space is not kept: single spaces between other characters are");
    }
    let digit = |place: &Place| match place {
        Place::Digit => true,
        Place::Itself(c) => c.is_ascii_digit(),
        Place::Letter | Place::Either => false,
    };
    Ok((places.len(), places.iter().any(digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_looks_like_its_mask_or_does_not() {
        for (mask, value, is) in [
            ("+7 (999) 999-99-99", "+7 (900) 123-45-67", true),
            ("+7 (999) 999-99-99", "+7 (900) 123-45-6", false),
            ("+7 (999) 999-99-99", "+7 (900) 123-45-678", false),
            ("+7 (999) 999-99-99", "+7 (900) 123-45-6٧", false),
            ("aa-99", "Яж-01", true),
            ("aa-99", "Я1-01", false),
            ("***", "Я1z", true),
            ("***", "Я1-", false),
            (r"\9\a\*9", "9a*0", true),
            (r"\9\a\*9", "1b*0", false),
            (r"\\9", r"\5", true),
            ("9", "", false),
            ("9\\", "9", false),
        ] {
            assert_eq!(fits(mask, value), is, "{mask} {value}");
        }
    }

    #[test]
    fn a_mask_that_nobody_could_fill_in_is_none() {
        assert_eq!(check_mask("+7 (999) 999-99-99"), Ok((18, true)));
        assert_eq!(check_mask("aaa"), Ok((3, false)));
        let long = "9".repeat(101);
        for bad in ["", "+7", r"\9", "99\\", " 99", "99 ", "9  9", "9\t9", "9\u{0}", &long] {
            assert!(check_mask(bad).is_err(), "{bad:?}");
        }
    }
}
