//! What the operator asks of the hub and waits for: accept, close, transfer, status. Racy, so never queued: another
//! operator may act at the same moment.

use crate::{Receipt, ReqId, UiErrorCode};
use otklik_model::{ClientId, DialogId, Now, Op, Outcome, Refusal, Seq, Tick};
use std::collections::BTreeMap;

/// A hub that is busy for longer than this is told to the operator instead of waited for.
const BUSY_MAX_MS: u64 = 10_000;
/// Repeats of one request.
const TRIES_MAX: u32 = 5;

/// A request in flight.
#[derive(Debug)]
struct Request {
    req: Option<ReqId>,
    op: Op,
    tries: u32,
    again_at: Option<Tick>,
}

/// What the operator does of his own will, until all that comes of it has been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// Asked for.
    Asked,
    /// Done: whatever the log says of it up to here is his doing.
    Done(Seq),
}

/// All requests in flight.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    flying: BTreeMap<ClientId, Request>,
    /// Dialogs the operator parts with of his own will.
    parted: BTreeMap<DialogId, Doing>,
    /// He changes his status of his own will.
    own_status: Option<Doing>,
}

/// A request that was answered.
#[derive(Debug)]
pub(crate) struct Settled {
    /// The page's request; `None` if a notification's button asked.
    pub(crate) req: Option<ReqId>,
    /// What was asked.
    pub(crate) op: Op,
    /// How it went.
    pub(crate) result: Result<Receipt, UiErrorCode>,
}

impl Requests {
    /// Whether the dialog is being accepted already.
    pub(crate) fn is_accepting(&self, dialog: DialogId) -> bool {
        self.flying.values().any(|request| matches!(request.op, Op::Accept { dialog: id, .. } if id == dialog))
    }

    /// Whether the operator himself gives this dialog away or closes it.
    pub(crate) fn parts_with(&self, dialog: DialogId) -> bool {
        self.parted.contains_key(&dialog)
    }

    /// Whether the operator himself changes his status.
    pub(crate) fn chooses_status(&self) -> bool {
        self.own_status.is_some()
    }

    /// Everything up to this position has been seen: what was done before is over.
    pub(crate) fn seen_upto(&mut self, position: Seq) {
        let goes_on = |doing: &Doing| !matches!(doing, Doing::Done(at) if *at <= position);
        self.parted.retain(|_, doing| goes_on(doing));
        self.own_status = self.own_status.filter(goes_on);
    }

    /// A request goes out.
    pub(crate) fn start(&mut self, id: ClientId, req: Option<ReqId>, op: Op) {
        if is_own_status(&op) {
            self.own_status = Some(Doing::Asked);
        }
        if let Some(dialog) = parting(&op) {
            self.parted.insert(dialog, Doing::Asked);
        }
        self.flying.insert(id, Request { req, op, tries: 1, again_at: None });
    }

    /// The hub answered.
    pub(crate) fn answered(&mut self, id: ClientId, outcome: &Outcome) -> Option<Settled> {
        let Request { req, op, .. } = self.flying.remove(&id)?;
        let result = match outcome {
            Outcome::Done { at_seq, .. } => {
                self.note_done(&op, *at_seq);
                Ok(Receipt::default())
            }
            Outcome::Refused { reason } => {
                if let Some(dialog) = parting(&op) {
                    self.parted.remove(&dialog);
                }
                self.own_status = self.own_status.filter(|_| !is_own_status(&op));
                Err(UiErrorCode::Refused { reason: reason.clone() })
            }
        };
        Some(Settled { req, op, result })
    }

    fn note_done(&mut self, op: &Op, at: Seq) {
        if is_own_status(op) {
            self.own_status = Some(Doing::Done(at));
        }
        if let Some(dialog) = parting(op) {
            self.parted.insert(dialog, Doing::Done(at));
        }
    }

    /// The hub is busy. Returns the request if it is not worth waiting.
    pub(crate) fn retry_later(&mut self, id: ClientId, after_ms: u64, now: Now) -> Option<Settled> {
        let request = self.flying.get_mut(&id)?;
        if after_ms <= BUSY_MAX_MS && request.tries < TRIES_MAX {
            request.again_at = Some(now.tick.plus(after_ms.max(1)));
            return None;
        }
        let Request { req, op, .. } = self.flying.remove(&id)?;
        Some(Settled { req, op, result: Err(UiErrorCode::NoConnection) })
    }

    /// The connection is gone: what became of the requests will show after the reconnect.
    pub(crate) fn closed(&mut self) -> Vec<Option<ReqId>> {
        self.parted.clear();
        self.own_status = None;
        std::mem::take(&mut self.flying).into_values().map(|request| request.req).collect()
    }

    /// The next request that has waited long enough, to be said again under its id.
    pub(crate) fn next_again(&mut self, now: Now) -> Option<(ClientId, Op)> {
        let due = self.flying.iter_mut().find(|(_, request)| request.again_at.is_some_and(|at| at <= now.tick));
        let (id, request) = due?;
        request.again_at = None;
        request.tries += 1;
        Some((*id, request.op.clone()))
    }

    /// When the next request is said again.
    pub(crate) fn deadline(&self) -> Option<Tick> {
        self.flying.values().filter_map(|request| request.again_at).min()
    }
}

/// The dialog that leaves its operator by this.
fn parting(op: &Op) -> Option<DialogId> {
    match op {
        Op::Close { dialog, .. }
        | Op::Transfer { dialog, .. }
        | Op::Decline { dialog, .. }
        | Op::Block { dialog, .. } => Some(*dialog),
        Op::Accept { .. }
        | Op::SendText { .. }
        | Op::SendNote { .. }
        | Op::MarkRead { .. }
        | Op::SetStatus { .. }
        | Op::ChooseStatus { .. }
        | Op::Hold { .. }
        | Op::Unhold { .. }
        | Op::SortDialog { .. }
        | Op::EditMessage { .. }
        | Op::DeleteMessage { .. }
        | Op::SendFile { .. }
        | Op::RequestContact { .. }
        | Op::Teleport { .. }
        | Op::Unblock { .. }
        | Op::EditCustomer { .. }
        | Op::SendTranscript { .. }
        | Op::Invite { .. }
        | Op::JoinCustomers { .. }
        | Op::SeparateCustomer { .. }
        | Op::KeepTemplate { .. }
        | Op::DropTemplate { .. }
        | Op::Unknown => None,
    }
}

/// Whether this changes one's own status.
fn is_own_status(op: &Op) -> bool {
    matches!(op, Op::SetStatus { .. } | Op::ChooseStatus { of: None, .. })
}

/// Who was first, if that is why an accept was refused.
pub(crate) fn winner(result: &Result<Receipt, UiErrorCode>) -> Option<&str> {
    match result {
        Err(UiErrorCode::Refused { reason: Refusal::AlreadyAccepted { by } }) => Some(by),
        Ok(_) | Err(_) => None,
    }
}
