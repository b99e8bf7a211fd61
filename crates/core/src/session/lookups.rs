//! What the operator wants to know that is not on this machine.

use super::{Session, commands::Answer};
use crate::{Effect, ReqId, UiError, UiErrorCode, batch::Work, link::Asked, lookups::Outcome};
use otklik_model::{Denied, Found, Lookup, Now};

impl Session {
    /// Asks the hub.
    pub(super) fn look_up(&mut self, req: ReqId, what: Lookup, now: Now) -> Result<Answer, UiErrorCode> {
        if !self.link.is_live() {
            return Err(UiErrorCode::Denied { why: Denied::Offline });
        }
        let fetch = self.history.next_req();
        self.lookups.start(fetch, req);
        self.link.ask(Asked::Fetch(fetch), 0, now);
        self.effects.push_back(Effect::LookUp { req: fetch, what });
        Ok(Answer::Later)
    }

    /// The hub answered.
    pub(super) fn handle_found(&mut self, fetch: u64, found: Found) {
        self.link.answered(Asked::Fetch(fetch));
        match self.lookups.found(fetch, found) {
            Some(Outcome::Told(req, receipt)) => self.effects.push_back(Effect::Reply { req, result: Ok(receipt) }),
            Some(Outcome::Kept(req, dialogs)) => self.sync.push(Work::Adopt { req, dialogs }),
            None => {}
        }
    }

    /// The hub could not answer, or had nothing to give. Whether it was asked for an operator at all.
    pub(super) fn handle_not_found(&mut self, fetch: u64, again: bool) -> bool {
        let Some((req, code)) = self.lookups.failed(fetch, again) else { return false };
        self.effects.push_back(Effect::Reply { req, result: Err(UiError { code }) });
        true
    }

    /// What was found is in the cache, and can be opened.
    pub(super) fn tell_adopted(&mut self, adopted: Vec<ReqId>) {
        for req in adopted {
            if let Some(receipt) = self.lookups.landed(req) {
                self.effects.push_back(Effect::Reply { req, result: Ok(receipt) });
            }
        }
    }

    /// Nobody will answer any more.
    pub(super) fn lookups_lost(&mut self) {
        for req in self.lookups.closed() {
            let result = Err(UiError { code: UiErrorCode::NoConnection });
            self.effects.push_back(Effect::Reply { req, result });
        }
    }
}
