//! Bots of others: what they are asked over HTTP, and what they may answer. docs/bots.md is written from this file.

use super::{Act, Outgoing, OutgoingError, Post};
use otklik_model::{Author, Customer, DepartmentKey, MAX_TEXT_CHARS, Message, MessageKind, Spot, Stamp, check_text};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};
use thiserror::Error;
use uuid::Uuid;

/// The longest answer, in bytes.
const ANSWER_BYTES: usize = 64 * 1024;
/// The most things a bot may want at once.
const ACTS: usize = 10;
/// The most answers to choose from, and the longest of them in characters.
const CHOICES: usize = 20;
const CHOICE_CHARS: u32 = 100;

/// What a bot is told. Field names are those of the document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Question {
    /// The same each time the same question is asked.
    pub request: Uuid,
    /// The login of the bot's account.
    pub bot: String,
    /// The dialog.
    pub dialog: AskedDialog,
    /// Who writes.
    pub customer: AskedCustomer,
    /// What was said since the bot got the dialog, oldest first; of a long conversation the newest.
    pub messages: Vec<AskedMessage>,
}

/// The dialog, as far as a bot is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AskedDialog {
    /// Its id.
    pub id: Uuid,
    /// The number people say aloud.
    pub number: u64,
    /// The key of the channel's rules, which no rename changes.
    pub channel: String,
    /// Its department.
    pub department: Option<String>,
    /// Where the bot's script goes on, if an operator named a scenario.
    pub scenario: Option<String>,
}

/// The customer, as far as a bot is told: no phone, no e-mail.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AskedCustomer {
    /// The id, the same over all dialogs.
    pub id: Uuid,
    /// The name, if somebody gave one.
    pub name: Option<String>,
    /// A BCP 47 tag.
    pub language: Option<String>,
    /// Values the site or an operator gave.
    pub variables: BTreeMap<String, String>,
}

/// A message, as far as a bot is told: no notes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AskedMessage {
    /// Its number in the dialog.
    pub seq: u32,
    /// "customer", "bot", "operator" or "centre".
    pub from: &'static str,
    /// The words.
    pub text: String,
    /// Where the place is that it shares, if it shares one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Spot>,
    /// Milliseconds since the Unix epoch.
    pub at: i64,
}

impl AskedCustomer {
    /// What a program is told of a customer.
    pub(super) fn of(customer: &Customer) -> Self {
        Self {
            id: customer.id.0,
            name: customer.named.then(|| customer.name.clone()),
            language: customer.language.clone(),
            variables: customer.particulars.variables.clone(),
        }
    }
}

impl AskedMessage {
    /// What a program is told of a message; nothing, if it is told nothing of it.
    pub(super) fn of(message: &Message) -> Option<Self> {
        match message.kind {
            MessageKind::Note | MessageKind::Contacts | MessageKind::System | MessageKind::Unknown => return None,
            MessageKind::Text
            | MessageKind::AutoReply
            | MessageKind::File
            | MessageKind::ContactRequest
            | MessageKind::Keyboard
            | MessageKind::Place
            | MessageKind::Sticker => {}
        }
        let from = match &message.author {
            Author::Customer => "customer",
            Author::Bot { .. } => "bot",
            Author::Operator { .. } => "operator",
            Author::System | Author::Unknown => "centre",
        };
        let (text, place) = (message.text.clone(), message.details.place);
        Some(Self { seq: message.seq, from, text, place, at: message.at.0 })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    acts: Vec<Wish>,
}

#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
enum Wish {
    Say {
        text: String,
        #[serde(default)]
        answers: Vec<String>,
    },
    HandOver {
        #[serde(default)]
        operator: Option<String>,
        #[serde(default)]
        department: Option<DepartmentKey>,
        #[serde(default)]
        silence: bool,
    },
    Close,
}

/// Why a bot's answer does not count. Says nothing of what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unanswered {
    /// It could not be asked, or did not answer.
    #[error("the bot does not answer: {0}")]
    Outgoing(#[from] OutgoingError),
    /// Not the JSON of the document.
    #[error("the bot's answer is not what docs/bots.md describes")]
    Malformed,
    /// More acts, answers to choose from or characters than allowed, or words without any.
    #[error("the bot's answer says too much, or nothing")]
    Unsayable,
    /// Something follows a hand-over or a close.
    #[error("the bot goes on after it has ended")]
    AfterTheEnd,
}

impl Unanswered {
    /// Whether asking again may help.
    #[must_use]
    pub fn is_passing(self) -> bool {
        match self {
            Self::Outgoing(error) => error.is_passing(),
            Self::Malformed | Self::Unsayable | Self::AfterTheEnd => false,
        }
    }
}

/// Asks a bot once. Whoever asks again does so with the same question.
///
/// # Errors
/// [`Unanswered`].
pub async fn ask(
    outgoing: &Outgoing,
    address: &str,
    secret: &str,
    limit: Duration,
    question: &Question,
    now: Stamp,
) -> Result<Vec<Act>, Unanswered> {
    let body = serde_json::to_vec(question).map_err(|_| Unanswered::Malformed)?;
    let post =
        Post { address, secret: Some(secret), id: question.request, body: &body, limit, most_bytes: ANSWER_BYTES, now };
    read(&outgoing.post(post).await?)
}

/// Reads an answer.
fn read(body: &[u8]) -> Result<Vec<Act>, Unanswered> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| Unanswered::Malformed)?;
    if answer.acts.len() > ACTS {
        return Err(Unanswered::Unsayable);
    }
    let acts: Vec<Act> = answer.acts.into_iter().map(checked).collect::<Result<_, _>>()?;
    let end = acts.iter().position(|act| matches!(act, Act::HandOver { .. } | Act::Close));
    if end.is_some_and(|at| at + 1 < acts.len()) { Err(Unanswered::AfterTheEnd) } else { Ok(acts) }
}

fn checked(wish: Wish) -> Result<Act, Unanswered> {
    let sayable = |text: &str, most| check_text(text, most).map_err(|_| Unanswered::Unsayable);
    Ok(match wish {
        Wish::Say { text, answers } => {
            if answers.len() > CHOICES {
                return Err(Unanswered::Unsayable);
            }
            // One line each: a line break would make two of one.
            let choice = |answer: &String| sayable(answer, CHOICE_CHARS).map(|text| text.replace('\n', " "));
            let answers = answers.iter().map(choice).collect::<Result<_, _>>()?;
            Act::Say { text: sayable(&text, MAX_TEXT_CHARS)?, answers }
        }
        Wish::HandOver { operator, department, silence } => Act::HandOver { operator, department, silence },
        Wish::Close => Act::Close,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str, answers: &[&str]) -> Act {
        Act::Say { text: text.into(), answers: answers.iter().map(|answer| (*answer).to_owned()).collect() }
    }

    #[test]
    fn good_answers_are_taken_and_bad_ones_named() {
        let taken = |body: &str| read(body.as_bytes());
        let body = r#"{"acts":[{"act":"say","text":"Да?","answers":["да","нет\nили"]},{"act":"hand_over","operator":"ira","department":"sales"}]}"#;
        let sales = Some("sales".to_owned().try_into().unwrap());
        let acts = vec![
            say("Да?", &["да", "нет или"]),
            Act::HandOver { operator: Some("ira".into()), department: sales, silence: false },
        ];
        assert_eq!(taken(body), Ok(acts));
        assert_eq!(taken(r#"{"acts":[]}"#), Ok(Vec::new()));
        assert_eq!(taken(r#"{"acts":[{"act":"close"}]}"#), Ok(vec![Act::Close]));
        let many = |n: usize| format!(r#"{{"acts":[{}]}}"#, vec![r#"{"act":"say","text":"x"}"#; n].join(","));
        assert_eq!(taken(&many(10)).map(|acts| acts.len()), Ok(10));
        let long = format!(r#"{{"acts":[{{"act":"say","text":"{}"}}]}}"#, "x".repeat(40_000));
        let choices =
            format!(r#"{{"acts":[{{"act":"say","text":"x","answers":[{}]}}]}}"#, vec![r#""y""#; 21].join(","));
        let table = [
            ("", Unanswered::Malformed),
            ("[]", Unanswered::Malformed),
            ("<html>", Unanswered::Malformed),
            (r#"{"acts":[{"act":"sing"}]}"#, Unanswered::Malformed),
            (r#"{"acts":[{"act":"say","text":"x","html":"<b>"}]}"#, Unanswered::Malformed),
            (r#"{"acts":[],"more":1}"#, Unanswered::Malformed),
            (r#"{"acts":[{"act":"hand_over","department":"no key!"}]}"#, Unanswered::Malformed),
            (r#"{"acts":[{"act":"say","text":" "}]}"#, Unanswered::Unsayable),
            (r#"{"acts":[{"act":"say","text":"x","answers":[""]}]}"#, Unanswered::Unsayable),
            (&many(11), Unanswered::Unsayable),
            (&long, Unanswered::Unsayable),
            (&choices, Unanswered::Unsayable),
            (r#"{"acts":[{"act":"close"},{"act":"say","text":"x"}]}"#, Unanswered::AfterTheEnd),
        ];
        for (body, why) in table {
            assert_eq!(taken(body), Err(why), "{:.60}", body);
        }
    }
}
