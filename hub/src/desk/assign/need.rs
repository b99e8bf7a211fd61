//! What a waiting dialog asks of an operator, and the rule by which one is chosen.

use crate::{
    centre::{Distribution, Sharing},
    desk::Standing,
};
use otklik_model::{DepartmentKey, DialogState, OperatorId, Stamp, TeamKey};

/// What a dialog asks of whoever gets it. Dialogs with equal needs wait in one queue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Somebody of this team.
    pub team: Option<TeamKey>,
    /// Somebody who works for this department.
    pub department: Option<DepartmentKey>,
    /// Somebody who answers in this language: the first part of a BCP 47 tag, in small letters.
    pub language: Option<String>,
    /// The customer is away: an offline request.
    pub offline: bool,
    /// Only those who may see restricted customers.
    pub restricted: bool,
    /// How much room it takes, in hundredths of an ordinary dialog.
    pub weight: u32,
}

impl Need {
    /// How a dialog of this need stands before the rules of sight.
    pub(super) fn standing(&self) -> Standing {
        Standing {
            state: DialogState::Queue,
            assignee: None,
            department: self.department.clone(),
            language: self.language.clone(),
            restricted: self.restricted,
            offline: self.offline,
            left: false,
            // Nobody's place in a queue depends on it.
            on_site: false,
        }
    }
}

/// A dialog that is looking for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Since when: the oldest of all queues is served first.
    pub since: Stamp,
    /// What it asks.
    pub need: Need,
    /// It was given to this colleague, who had no room: it waits for him, whatever his department, as long as he is
    /// at work.
    pub only: Option<OperatorId>,
    /// It was given to this team: it waits for somebody of it, as long as one of them is at work who could be given it.
    pub team: Option<TeamKey>,
    /// Who had it before it was closed: he gets it again if he may and has room.
    pub prefer: Option<OperatorId>,
}

/// How dialogs are given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// To whom.
    pub sharing: Sharing,
    /// A re-opened dialog goes to whoever had it.
    pub same_operator: bool,
    /// Offline requests are given out too.
    pub offer_offline: bool,
}

impl From<&Distribution> for Rule {
    fn from(distribution: &Distribution) -> Self {
        let Distribution { sharing, same_operator, offer_offline, .. } = *distribution;
        Self { sharing, same_operator, offer_offline }
    }
}
