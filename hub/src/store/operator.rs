//! An operator as the hub keeps him.

use super::OperatorFace;
use crate::centre::{Grants, Post};
use otklik_model::{Operator, OperatorId, OperatorStatus, Rights, Seq, Stamp, StatusKey};
use serde::{Deserialize, Serialize};

/// An operator as the hub keeps him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorRow {
    /// Who.
    pub id: OperatorId,
    /// What he signs in with; unique in the workspace.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// The password's hash; nobody can sign in without one.
    pub password: Option<String>,
    /// The kind of the present status.
    pub status: OperatorStatus,
    /// The present status in the centre's dictionary.
    pub status_code: StatusKey,
    /// Since when; filled in by the store.
    pub status_since: Stamp,
    /// Who or what set it.
    pub set_by: SetBy,
    /// He logged out and stays online: the loss of his sessions does not switch him off.
    pub keep_online: bool,
    /// When a dialog last became his. Filled in by the store, which sees every change of owner; a commit of the row
    /// does not change it.
    pub last_accepted_at: Option<Stamp>,
    /// What he does here, as administrators wrote it.
    pub post: Post,
    /// What follows from it: what he may do, and how far it reaches.
    pub grants: Grants,
    /// He may not sign in.
    pub disabled: bool,
    /// The position at which his rights were last changed, filled in by the store: who resumes from before it would
    /// see the log with other eyes than he had then, and has to start afresh.
    pub rights_at: Seq,
    /// How often the row was stored; 0: never.
    pub version: u64,
}

impl OperatorRow {
    /// A new operator, offline, of the usual post, who may do nothing yet.
    #[must_use]
    pub fn new(id: OperatorId, login: String, name: String) -> Self {
        Self {
            id,
            login,
            name,
            password: None,
            status: OperatorStatus::Offline,
            status_code: usual_code(OperatorStatus::Offline),
            status_since: Stamp(0),
            set_by: SetBy::Hub,
            keep_online: false,
            last_accepted_at: None,
            post: Post::default(),
            grants: Grants::default(),
            disabled: false,
            rights_at: Seq(0),
            version: 0,
        }
    }

    /// What he may do, however far it reaches.
    #[must_use]
    pub fn rights(&self) -> Rights {
        self.grants.flat()
    }

    /// Fills in what the store fills in, as the row is stored over `stored` at a position. Returns the status to note,
    /// if it is another one.
    #[must_use]
    pub fn stamp(&mut self, stored: Option<&Self>, at: Stamp, seq: Seq, rights_changed: bool) -> Option<StatusChange> {
        self.version += 1;
        self.last_accepted_at = stored.and_then(|stored| stored.last_accepted_at);
        if rights_changed {
            self.rights_at = seq;
        }
        let same = |stored: &Self| stored.status == self.status && stored.status_code == self.status_code;
        match stored {
            Some(stored) if same(stored) => {
                self.status_since = stored.status_since;
                None
            }
            Some(_) | None => {
                self.status_since = at;
                Some(StatusChange { at, status: self.status, code: self.status_code.clone(), set_by: self.set_by })
            }
        }
    }

    /// What others may know of him, for an entry of the log.
    #[must_use]
    pub fn face(&self, rights_changed: bool) -> OperatorFace {
        OperatorFace {
            id: self.id,
            name: self.name.clone(),
            bot_login: self.post.is_bot.then(|| self.login.clone()),
            status: self.status,
            status_code: self.status_code.clone(),
            status_since: self.status_since,
            set_by: self.set_by,
            keep_online: self.keep_online,
            last_accepted_at: self.last_accepted_at,
            // His mailbox is nobody's business.
            post: Post { email: None, ..self.post.clone() },
            grants: self.grants.clone(),
            rights_changed,
            disabled: self.disabled,
        }
    }

    /// The row that is told to workplaces.
    #[must_use]
    pub fn operator(&self) -> Operator {
        Operator { is_bot: self.post.is_bot, ..Operator::new(self.id, self.name.clone(), self.status) }
    }
}

/// Who or what set a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum SetBy {
    /// He himself.
    Himself,
    /// Somebody with the right to.
    Operator {
        /// Who.
        id: OperatorId,
    },
    /// Signing in.
    Login,
    /// Signing out.
    Logout,
    /// He did nothing for too long.
    Idle,
    /// His working day began or ended.
    Schedule,
    /// His workplaces were gone for longer than the grace period.
    SessionLost,
    /// The hub: a new account, or a row of before this was known.
    Hub,
}

impl From<SetBy> for otklik_model::SetBy {
    fn from(set_by: SetBy) -> Self {
        match set_by {
            SetBy::Himself => Self::Himself,
            SetBy::Operator { id } => Self::Operator { id },
            SetBy::Login => Self::Login,
            SetBy::Logout => Self::Logout,
            SetBy::Idle => Self::Idle,
            SetBy::Schedule => Self::Schedule,
            SetBy::SessionLost => Self::SessionLost,
            SetBy::Hub => Self::Hub,
        }
    }
}

/// A status and since when it held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// From when on.
    pub at: Stamp,
    /// Its kind.
    pub status: OperatorStatus,
    /// Which of the centre's dictionary.
    pub code: StatusKey,
    /// Who or what set it.
    pub set_by: SetBy,
}

/// Where an operator's workplaces are, as far as the processes of the hub have noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attendance {
    /// Whose.
    pub operator: OperatorId,
    /// One was connected then.
    pub seen_at: Stamp,
    /// He last did something.
    pub active_at: Stamp,
    /// The last one was closed or lost; nothing while one is connected.
    pub left_at: Option<Stamp>,
}

/// The status of this kind in the dictionary that a centre begins with.
#[must_use]
pub fn usual_code(status: OperatorStatus) -> StatusKey {
    let code = match status {
        OperatorStatus::Online => "online",
        OperatorStatus::Break => "break",
        OperatorStatus::OfflineRequests => "offline-requests",
        OperatorStatus::Offline => "offline",
    };
    #[expect(clippy::expect_used, reason = "a literal of this function, and a test reads them all")]
    StatusKey::try_from(code.to_owned()).expect("a good key")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::centre::Centre;

    #[test]
    fn the_usual_codes_are_of_the_usual_dictionary() {
        use OperatorStatus::{Break, Offline, OfflineRequests, Online};
        for status in [Online, Break, OfflineRequests, Offline] {
            let centre = Centre::default();
            assert_eq!(centre.status(&usual_code(status)).map(|found| found.kind), Some(status));
        }
    }
}
