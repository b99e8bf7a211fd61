//! The outside router: what it is asked over HTTP, and what it may answer. docs/router.md is written from this file.

use super::{
    Outgoing, OutgoingError, Post,
    external::{AskedCustomer, AskedMessage},
};
use crate::centre::OutsideRouter;
use otklik_model::{DepartmentKey, Page, Stamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use thiserror::Error;
use uuid::Uuid;

/// The longest answer, in bytes.
const ANSWER_BYTES: usize = 16 * 1024;

/// What a router is told. Field names are those of the document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct RouterQuestion {
    /// The same each time the same question is asked.
    pub(super) request: Uuid,
    /// The dialog.
    pub(super) dialog: RoutedDialog,
    /// Who writes.
    pub(super) customer: AskedCustomer,
    /// What was said, oldest first; of a long conversation the newest.
    pub(super) messages: Vec<AskedMessage>,
}

/// The dialog, as far as a router is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct RoutedDialog {
    /// Its id.
    pub(super) id: Uuid,
    /// The number people say aloud.
    pub(super) number: u64,
    /// The key of the channel's rules, which no rename changes.
    pub(super) channel: String,
    /// Its department.
    pub(super) department: Option<String>,
    /// Somebody was online for it when it began.
    pub(super) online: bool,
    /// The page the customer was on.
    pub(super) page: Option<RoutedPage>,
    /// A bot has led it and calls for people.
    pub(super) after_bot: bool,
}

/// A page, as far as a router is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct RoutedPage {
    /// Its address.
    pub(super) url: String,
    /// Its title.
    pub(super) title: String,
}

impl RoutedPage {
    pub(super) fn of(page: &Page) -> Self {
        Self { url: page.url.clone(), title: page.title.clone() }
    }
}

/// What a router answers: where the dialog goes. With nothing in it, it leaves that open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouterAnswer {
    /// The login of the operator it is offered to.
    #[serde(default)]
    pub operator: Option<String>,
    /// The department whose it is from now on.
    #[serde(default)]
    pub department: Option<DepartmentKey>,
}

/// Why a router's answer does not count, or a part of it. Says nothing of what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RouterTrouble {
    /// It could not be asked, or did not answer.
    #[error("the router does not answer: {0}")]
    Outgoing(#[from] OutgoingError),
    /// It had not answered when the time-out for bots and routers was over.
    #[error("the router does not answer within time_outs.bot_s")]
    Late,
    /// Not the JSON of the document.
    #[error("the router's answer is not what docs/router.md describes")]
    Malformed,
    /// An operator who does not work here.
    #[error("the router names an operator who does not work here")]
    Stranger,
    /// A department that does not exist, or takes no dialogs.
    #[error("the router names a department that does not exist or is disabled")]
    Department,
}

impl RouterTrouble {
    /// Whether asking again may help.
    #[must_use]
    pub fn is_passing(self) -> bool {
        match self {
            Self::Outgoing(error) => error.is_passing(),
            Self::Late | Self::Malformed | Self::Stranger | Self::Department => false,
        }
    }

    /// Under which code it stands in the trail.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Outgoing(_) | Self::Late => "router.no_answer",
            Self::Malformed | Self::Stranger | Self::Department => "router.wrong_answer",
        }
    }
}

/// Asks a router once. Whoever asks again does so with the same question.
///
/// # Errors
/// [`RouterTrouble`].
pub(super) async fn ask(
    outgoing: &Outgoing,
    router: &OutsideRouter,
    question: &RouterQuestion,
    now: Stamp,
) -> Result<RouterAnswer, RouterTrouble> {
    let body = serde_json::to_vec(question).map_err(|_| RouterTrouble::Malformed)?;
    let post = Post {
        address: &router.address,
        secret: Some(&router.secret),
        id: question.request,
        body: &body,
        limit: Duration::from_millis(router.answer_ms.into()),
        most_bytes: ANSWER_BYTES,
        now,
    };
    read(&outgoing.post(post).await?)
}

fn read(body: &[u8]) -> Result<RouterAnswer, RouterTrouble> {
    // A list would be read as the fields in their order.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(RouterTrouble::Malformed);
    }
    serde_json::from_slice(body).map_err(|_| RouterTrouble::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_answers_are_taken_and_all_others_are_not() {
        let sales = Some("sales".parse().unwrap());
        let ira = Some("ira".to_owned());
        for (body, operator, department) in [
            ("{}", None, None),
            (r#"{"operator":null,"department":null}"#, None, None),
            (r#"{"operator":"ira"}"#, ira.clone(), None),
            (r#"{"department":"sales"}"#, None, sales.clone()),
            (r#"{"department":"sales","operator":"ira"}"#, ira, sales),
        ] {
            assert_eq!(read(body.as_bytes()), Ok(RouterAnswer { operator, department }), "{body}");
        }
        for body in [
            "",
            "[]",
            "null",
            "<html>",
            r#"{"operator":7}"#,
            r#"{"department":"no key!"}"#,
            r#"{"queue":true}"#,
            r#"{"operator":"ira"}{"operator":"oleg"}"#,
            r#"{"operator":"ira","operator":"oleg"}"#,
        ] {
            assert_eq!(read(body.as_bytes()), Err(RouterTrouble::Malformed), "{body}");
        }
    }

    #[test]
    fn only_what_may_pass_is_asked_again() {
        for (trouble, passing, code) in [
            (RouterTrouble::Outgoing(OutgoingError::Slow), true, "router.no_answer"),
            (RouterTrouble::Outgoing(OutgoingError::Status(503)), true, "router.no_answer"),
            (RouterTrouble::Outgoing(OutgoingError::Status(403)), false, "router.no_answer"),
            (RouterTrouble::Late, false, "router.no_answer"),
            (RouterTrouble::Malformed, false, "router.wrong_answer"),
            (RouterTrouble::Stranger, false, "router.wrong_answer"),
            (RouterTrouble::Department, false, "router.wrong_answer"),
        ] {
            assert_eq!((trouble.is_passing(), trouble.code()), (passing, code), "{trouble}");
        }
    }
}
