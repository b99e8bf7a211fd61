//! Questions that only the hub can answer, and who waits for them. Asked now or not at all: whoever waits for an answer
//! looks at the screen.

use crate::{Receipt, ReqId, UiErrorCode};
use otklik_model::{Dialog, Found};
use std::collections::BTreeMap;

/// All questions that wait for their answer.
#[derive(Debug, Default)]
pub(crate) struct Lookups {
    flying: BTreeMap<u64, ReqId>,
    /// Answered, and told once the dialogs in the answer are in the cache.
    landing: BTreeMap<ReqId, Found>,
}

/// What becomes of an answer.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is told at once.
    Told(ReqId, Receipt),
    /// These dialogs go to the cache first, so that what is told can be opened.
    Kept(ReqId, Vec<Dialog>),
}

impl Lookups {
    /// A question goes out.
    pub(crate) fn start(&mut self, fetch: u64, req: ReqId) {
        self.flying.insert(fetch, req);
    }

    /// The hub answered.
    pub(crate) fn found(&mut self, fetch: u64, found: Found) -> Option<Outcome> {
        let req = self.flying.remove(&fetch)?;
        let over: Vec<Dialog> = match &found {
            // A way is looked at and forgotten, and so are those who may be somebody: nothing to keep on many machines.
            Found::Messages { .. } | Found::Journey { .. } | Found::Identities { .. } | Found::Candidates { .. } => {
                Vec::new()
            }
            // What goes on is told by events or is not for this operator's eyes now: only what is over stays as it is.
            Found::Dialogs { dialogs, .. } => dialogs.iter().filter(|row| row.state.is_closed()).cloned().collect(),
        };
        if over.is_empty() {
            return Some(Outcome::Told(req, receipt(found)));
        }
        self.landing.insert(req, found);
        Some(Outcome::Kept(req, over))
    }

    /// What the answer named is in the cache.
    pub(crate) fn landed(&mut self, req: ReqId) -> Option<Receipt> {
        self.landing.remove(&req).map(receipt)
    }

    /// The hub could not, or would not, answer.
    pub(crate) fn failed(&mut self, fetch: u64, again: bool) -> Option<(ReqId, UiErrorCode)> {
        let code = if again { UiErrorCode::NoConnection } else { UiErrorCode::NotFound };
        self.flying.remove(&fetch).map(|req| (req, code))
    }

    /// The connection is gone, and all questions with it.
    pub(crate) fn closed(&mut self) -> Vec<ReqId> {
        std::mem::take(&mut self.flying).into_values().collect()
    }
}

fn receipt(found: Found) -> Receipt {
    Receipt { found: Some(found), ..Receipt::default() }
}
