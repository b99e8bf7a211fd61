//! Texts with variables in them.

use std::collections::BTreeMap;

/// What variables stand for, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables(BTreeMap<String, String>);

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// As it stands.
    Plain(&'a str),
    /// `{name}` or `{name|fallback}`.
    Variable {
        /// Letters, digits, '_' and '-'.
        name: &'a str,
        /// What stands there if nothing is known.
        fallback: Option<&'a str>,
    },
}

impl Variables {
    /// With one more. What is empty counts as not known; a name that is known already keeps its value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.trim().is_empty() {
            self.0.entry(name.to_owned()).or_insert(value);
        }
        self
    }

    /// What it stands for.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// The pieces of a text, in their order. Braces that enclose no name are plain.
pub fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (part, length) = first_part(rest)?;
        rest = rest.get(length..).unwrap_or_default();
        Some(part)
    })
}

/// The first piece, and its length in bytes.
fn first_part(text: &str) -> Option<(Part<'_>, usize)> {
    if let Some((part, length)) = variable(text) {
        return Some((part, length));
    }
    let starts = text.char_indices().skip(1).filter(|(_, c)| *c == '{').map(|(at, _)| at);
    let end = starts.into_iter().find(|at| variable(text.get(*at..).unwrap_or_default()).is_some());
    let plain = text.get(..end.unwrap_or(text.len()))?;
    (!plain.is_empty()).then_some((Part::Plain(plain), plain.len()))
}

/// The variable that a text begins with.
fn variable(text: &str) -> Option<(Part<'_>, usize)> {
    let (inside, _) = text.strip_prefix('{')?.split_once('}')?;
    let (name, fallback) = inside.split_once('|').map_or((inside, None), |(name, fallback)| (name, Some(fallback)));
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let good = !name.is_empty() && name.chars().all(plain);
    good.then_some((Part::Variable { name, fallback }, inside.len() + 2))
}

/// Puts in what variables stand for. What is put in is not looked through again, so a customer whose name is
/// `{operator}` is called just that. A variable that nothing is known of and that has no fallback is left out,
/// together with the comma and the space that joined it to the rest.
#[must_use]
pub fn render(text: &str, variables: &Variables) -> String {
    let mut rendered = String::new();
    let mut left_out = false;
    for part in parts(text) {
        let piece = match part {
            Part::Plain(plain) => plain,
            Part::Variable { name, fallback } => match variables.get(name).or(fallback) {
                Some(value) => value,
                None => {
                    left_out = true;
                    continue;
                }
            },
        };
        if std::mem::take(&mut left_out) {
            join(&mut rendered, piece);
        } else {
            rendered.push_str(piece);
        }
    }
    if left_out {
        join(&mut rendered, "");
    }
    rendered
}

/// Closes the gap that a variable left.
fn join(before: &mut String, after: &str) {
    let joint = |c: char| c == ',' || c == ' ';
    if before.is_empty() || before.ends_with('\n') {
        before.push_str(after.trim_start_matches(joint));
        return;
    }
    // Before a mark of punctuation, a space or the end nothing may be left hanging.
    if after.chars().next().is_none_or(|c| !c.is_alphanumeric()) {
        before.truncate(before.trim_end_matches(joint).len());
    }
    before.push_str(after);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn variables_are_put_in_and_what_is_not_known_leaves_no_hole() {
        let maria = Variables::default().with("customer", "Мария").with("operator", "  ").with("number", "7");
        let table = [
            ("Здравствуйте, {customer}!", "Здравствуйте, Мария!"),
            ("Здравствуйте, {name}!", "Здравствуйте!"),
            ("{greeting}, {customer}!", "Мария!"),
            ("{greeting|Hello}, {customer}! No. {number}.", "Hello, Мария! No. 7."),
            ("Вам ответит {operator|первый свободный оператор}.", "Вам ответит первый свободный оператор."),
            ("Ask {operator} now", "Ask now"),
            ("The end, {operator}", "The end"),
            ("{customer|friend}{number}", "Мария7"),
            ("{unknown|}done", "done"),
            ("{} { customer } {a b} {customer", "{} { customer } {a b} {customer"),
            ("{{customer}}", "{Мария}"),
            ("", ""),
        ];
        for (text, rendered) in table {
            assert_eq!(render(text, &maria), rendered, "{text}");
        }
    }

    #[test]
    fn what_is_put_in_is_not_looked_through_again() {
        let sly = Variables::default().with("customer", "{operator|x}").with("operator", "Ира");
        assert_eq!(render("{customer}", &sly), "{operator|x}");
        assert_eq!(sly.clone().with("operator", "Олег"), sly, "what is known stays");
    }

    proptest! {
        #[test]
        fn any_text_falls_into_pieces_that_make_it_up(text in "[ a-zа-я{}|,_0-9\n-]{0,60}") {
            let whole: String = parts(&text).map(|part| match part {
                Part::Plain(plain) => plain.to_owned(),
                Part::Variable { name, fallback: None } => format!("{{{name}}}"),
                Part::Variable { name, fallback: Some(fallback) } => format!("{{{name}|{fallback}}}"),
            }).collect();
            prop_assert_eq!(&whole, &text);
            // With everything known nothing else is touched.
            if parts(&text).all(|part| matches!(part, Part::Plain(_))) {
                prop_assert_eq!(render(&text, &Variables::default()), text);
            }
        }
    }
}
