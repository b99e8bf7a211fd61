//! The whole configuration as one file, for keeping a centre in git and bringing it back.
//!
//! The order is always the same, so that a difference in the file is a difference in the centre. Passwords are never
//! in it, and secrets of bots and routers are left out; a file without them keeps those in force.

use super::{BotKind, Centre, Post, diff};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// The form of the file that this hub writes and reads.
const FORM: u32 = 1;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// TOML.
    Toml,
    /// JSON, indented.
    Json,
}

/// All of a centre: the document and the operators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whole {
    /// The form of the file.
    pub form: u32,
    /// The document.
    pub centre: Centre,
    /// The operators by login. A file without any leaves them alone.
    #[serde(default)]
    pub operators: BTreeMap<String, Person>,
}

/// An operator in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name shown.
    pub name: String,
    /// He may not sign in.
    #[serde(default)]
    pub disabled: bool,
    /// What he does here.
    pub post: Post,
}

/// Why a file cannot be read, or written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExchangeError {
    /// Not of this form.
    #[error("line {line}: {what}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// Of another form.
    #[error("the file has form {0}, this hub knows {FORM}: write it anew with a hub of this version")]
    Form(u32),
    /// It cannot be written in this syntax.
    #[error("the configuration cannot be written: {0}")]
    Unwritable(String),
}

impl Whole {
    /// A centre to be written down.
    #[must_use]
    pub fn new(centre: &Centre, operators: BTreeMap<String, Person>) -> Self {
        Self { form: FORM, centre: without_secrets(centre), operators }
    }

    /// The file.
    ///
    /// # Errors
    /// [`ExchangeError::Unwritable`].
    pub fn write(&self, syntax: Syntax) -> Result<String, ExchangeError> {
        match syntax {
            Syntax::Toml => toml::to_string_pretty(self).map_err(|error| ExchangeError::Unwritable(error.to_string())),
            Syntax::Json => serde_json::to_string_pretty(self)
                .map(|text| text + "\n")
                .map_err(|error| ExchangeError::Unwritable(error.to_string())),
        }
    }

    /// Reads a file. What it does not know it refuses.
    ///
    /// # Errors
    /// [`ExchangeError::Malformed`] with the line, or [`ExchangeError::Form`].
    pub fn read(text: &str, syntax: Syntax) -> Result<Self, ExchangeError> {
        let whole: Self = match syntax {
            Syntax::Toml => toml::from_str(text).map_err(|error| {
                let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                ExchangeError::Malformed { line, what: error.message().to_owned() }
            })?,
            Syntax::Json => serde_json::from_str(text)
                .map_err(|error| ExchangeError::Malformed { line: error.line(), what: error.to_string() })?,
        };
        if whole.form == FORM { Ok(whole) } else { Err(ExchangeError::Form(whole.form)) }
    }

    /// What taking this file over would change, in words.
    #[must_use]
    pub fn differences_from(&self, present: &Self) -> Vec<diff::Difference> {
        let value = |whole: &Self| serde_json::to_value(whole).unwrap_or_default();
        diff::differences(&value(present), &value(self))
    }
}

/// The document without what must not be read by others.
#[must_use]
pub fn without_secrets(centre: &Centre) -> Centre {
    let mut shown = centre.clone();
    for bot in shown.bots.values_mut() {
        if let BotKind::External { secret, .. } = &mut bot.kind {
            secret.clear();
        }
    }
    if let Some(router) = &mut shown.router {
        router.secret.clear();
    }
    shown.webhooks.secret.clear();
    shown
}

/// The document with those secrets of the present one that it leaves out. A bot or a router that is asked at another
/// address needs its secret anew, so that nobody learns it by changing the address. Webhooks keep theirs, which a signature
/// does not tell.
#[must_use]
pub fn with_secrets_of(mut centre: Centre, present: &Centre) -> Centre {
    for (login, bot) in &mut centre.bots {
        let BotKind::External { address, secret, .. } = &mut bot.kind else { continue };
        let known = present.bots.get(login).map(|bot| &bot.kind);
        if let Some(BotKind::External { address: there, secret: known, .. }) = known
            && secret.is_empty()
            && address == there
        {
            secret.clone_from(known);
        }
    }
    if let (Some(router), Some(known)) = (&mut centre.router, &present.router)
        && router.secret.is_empty()
        && router.address == known.address
    {
        router.secret.clone_from(&known.secret);
    }
    if centre.webhooks.secret.is_empty() {
        centre.webhooks.secret.clone_from(&present.webhooks.secret);
    }
    centre
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::centre::{Bot, OutsideRouter};
    use proptest::prelude::*;

    fn centre() -> Centre {
        let mut centre = Centre::default();
        let kind = BotKind::External {
            address: "https://bot.example.org/".to_owned(),
            secret: "a secret of the house".to_owned(),
            answer_ms: 5_000,
            retries: 2,
        };
        centre.bots.insert("robot".to_owned(), Bot { departments: Default::default(), kind });
        centre.router = Some(OutsideRouter {
            address: "https://router.example.org/".to_owned(),
            secret: "a secret of the house".to_owned(),
            answer_ms: 3_000,
            retries: 1,
            everywhere: true,
        });
        centre.webhooks.secret = "a secret of the house".to_owned();
        centre.time_outs.offer_s = 61;
        centre.script = Some(crate::centre::RoutingScript { source: "one()\ntwo('\"')\n".to_owned(), limit_ms: 50 });
        centre
    }

    fn whole() -> Whole {
        let person = Person { name: "Ира".to_owned(), disabled: false, post: Post::default() };
        Whole::new(&centre(), [("ira".to_owned(), person)].into())
    }

    #[test]
    fn what_is_written_is_read_again_and_written_alike() {
        for syntax in [Syntax::Toml, Syntax::Json] {
            let text = whole().write(syntax).unwrap();
            let read = Whole::read(&text, syntax).unwrap();
            assert_eq!(read, whole());
            assert_eq!(read.write(syntax).unwrap(), text);
            assert!(!text.contains("a secret of the house"));
        }
    }

    #[test]
    fn a_small_change_is_a_small_difference_in_the_file() {
        let before = whole().write(Syntax::Toml).unwrap();
        let mut changed = whole();
        changed.centre.time_outs.offer_s = 90;
        let after = changed.write(Syntax::Toml).unwrap();
        let different = before.lines().zip(after.lines()).filter(|(before, after)| before != after).count();
        assert_eq!((different, before.lines().count()), (1, after.lines().count()));
        let told = changed.differences_from(&whole());
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].at.as_str(), told[0].what.as_str()), ("centre.time_outs.offer_s", "61 becomes 90"));
    }

    #[test]
    fn what_is_not_known_is_refused_with_its_line() {
        let toml = "form = 1\n\n[centre]\nname = \"Отклик\"\ncolour = \"red\"\n";
        let json = "{\n \"form\": 1,\n \"centre\": {\"name\": \"Отклик\",\n \"colour\": \"red\"}}";
        for (text, syntax, line) in [(toml, Syntax::Toml, 5), (json, Syntax::Json, 4)] {
            match Whole::read(text, syntax) {
                Err(ExchangeError::Malformed { line: found, what }) => {
                    assert!(found == line && what.contains("colour"), "{found}: {what}");
                }
                other => panic!("{other:?}"),
            }
        }
        let form = Whole::read("form = 2\n[centre]\n", Syntax::Toml);
        assert_eq!(form, Err(ExchangeError::Form(2)));
    }

    #[test]
    fn secrets_stay_where_they_are_and_follow_no_other_address() {
        let shown = without_secrets(&centre());
        assert_eq!(with_secrets_of(shown.clone(), &centre()), centre());
        let mut elsewhere = shown;
        if let Some(Bot { kind: BotKind::External { address, .. }, .. }) = elsewhere.bots.get_mut("robot") {
            *address = "https://thief.example.org/".to_owned();
        }
        if let Some(router) = &mut elsewhere.router {
            router.address = "https://thief.example.org/".to_owned();
        }
        let expected = Centre { webhooks: centre().webhooks, ..elsewhere.clone() };
        assert_eq!(with_secrets_of(elsewhere, &centre()), expected, "no secret for the thief");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            for syntax in [Syntax::Toml, Syntax::Json] {
                let _ = Whole::read(&text, syntax);
            }
        }

        #[test]
        fn any_words_survive_the_file(name in "\\PC{1,40}", source in "[ -~\n\t\"'\\\\\\r]{0,80}") {
            let mut whole = whole();
            whole.centre.name = name;
            whole.centre.script = Some(crate::centre::RoutingScript { source, limit_ms: 50 });
            for syntax in [Syntax::Toml, Syntax::Json] {
                let text = whole.write(syntax).unwrap();
                prop_assert_eq!(Whole::read(&text, syntax).unwrap(), whole.clone());
            }
        }
    }
}
