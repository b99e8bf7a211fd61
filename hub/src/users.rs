//! Who may sign in, as an administrator of the machine changes it. Works beside a hub that runs on the same database:
//! that one notices within a second.

use crate::{
    centre::{Centre, Grants, Post, Teams, grants_of},
    clock::Clock,
    config::HubConfig,
    office::{by_hand, regrant},
    offices::WORKSPACE,
    password::{self, PasswordError},
    start::{StartError, all_rights, commit_act, generated_password, new_operator, open_store, usual_rights},
    store::{AuditLine, AuditRow, CentreRow, CommitError, OperatorRow, Store, StoreError, Work, Workspace},
};
use otklik_model::{DialogId, OperatorId, Right, Rights, RoleKey};
use std::sync::Arc;
use thiserror::Error;
use zeroize::Zeroizing;

/// How often a row that the hub beside us changes is read again.
const ATTEMPTS: u32 = 16;

/// Why it was not done. Nothing was changed.
#[derive(Debug, Error)]
pub enum UsersError {
    /// The store cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The login is taken.
    #[error("there is an operator with the login {0} already")]
    Taken(String),
    /// There is none.
    #[error("there is no operator with the login {0}")]
    Unknown(String),
    /// A login or name with nothing in it.
    #[error("a login and a name are needed")]
    Nameless,
    /// A right that is none.
    #[error("{0} is not a right; there are {known}", known = words(&all_rights()).join(", "))]
    NoSuchRight(String),
    /// A role that the centre does not have.
    #[error("there is no role {0}: see the centre's configuration, or give rights one by one")]
    NoSuchRole(String),
    /// A workspace that the hub does not have.
    #[error("there is no workspace {0}")]
    NoSuchWorkspace(String),
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Somebody else changed the same operator.
    #[error("the operator was changed by somebody else at the same time: try again")]
    Contended,
    /// The system has no randomness to give.
    #[error("no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}

/// An operator as the list shows him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What he signs in with.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// Whether he may sign in.
    pub disabled: bool,
    /// What he may do.
    pub rights: Vec<String>,
}

/// The operators of a hub's database.
pub struct Users {
    store: Arc<dyn Store>,
    workspace: Workspace,
    clock: Clock,
}

impl Users {
    /// Opens the database of a configuration.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn open(config: &HubConfig) -> Result<Self, UsersError> {
        let store = open_store(config, |_| {}).await?;
        let workspace = store.open_workspace(WORKSPACE).await?;
        Ok(Self { store, workspace, clock: config.clock.clone() })
    }

    /// Opens the database of a configuration for one workspace of it.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn open_in(config: &HubConfig, short: &str) -> Result<Self, UsersError> {
        let Self { store, clock, .. } = Self::open(config).await?;
        let found = store.workspaces().await?.into_iter().find(|(name, _)| name == short);
        let (_, workspace) = found.ok_or(UsersError::NoSuchWorkspace(short.to_owned()))?;
        Ok(Self { store, workspace, clock })
    }

    /// Adds an operator in a role, with what follows from it. Without a password one is made, and returned.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn add_in_role(
        &self,
        login: &str,
        name: &str,
        password: Option<Zeroizing<String>>,
        role: &str,
    ) -> Result<Option<Zeroizing<String>>, UsersError> {
        let centre = self.store.centre(self.workspace.id).await?.centre;
        let found = role.parse::<RoleKey>().ok().filter(|key| centre.roles.contains_key(key));
        let role = found.ok_or(UsersError::NoSuchRole(role.to_owned()))?;
        let (hash, made) = hashed(password)?;
        let mut row = new_operator(login, name, Some(hash), &Rights::new());
        row.post = Post { role, ..Post::default() };
        row.grants = grants_of(&row.post, &centre, &Teams::default());
        self.add_row(row).await.map(|()| made)
    }

    /// Adds an operator with rights of his own. Without a password one is made, and returned. Without rights he gets
    /// the usual ones.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn add(
        &self,
        login: &str,
        name: &str,
        password: Option<Zeroizing<String>>,
        rights: Option<&[String]>,
    ) -> Result<Option<Zeroizing<String>>, UsersError> {
        let rights = rights.map_or_else(|| Ok(usual_rights()), parse_rights)?;
        let (hash, made) = hashed(password)?;
        self.add_row(new_operator(login, name, Some(hash), &rights)).await.map(|()| made)
    }

    async fn add_row(&self, row: OperatorRow) -> Result<(), UsersError> {
        let login = row.login.clone();
        if row.login.is_empty() || row.name.is_empty() {
            return Err(UsersError::Nameless);
        }
        let line = line("operator.added", &login);
        match self.commit(Work::Operator { row: Box::new(row), rights_changed: true }, Some(line)).await {
            Err(UsersError::Contended) => Err(UsersError::Taken(login)),
            done => done,
        }
    }

    /// Everybody.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn list(&self) -> Result<Vec<Listed>, UsersError> {
        let rows = self.store.operators(self.workspace.id).await?;
        let listed = rows.into_iter().map(|row| Listed {
            rights: words(&row.rights()),
            login: row.login,
            name: row.name,
            disabled: row.disabled,
        });
        Ok(listed.collect())
    }

    /// Sets a password, and ends all sessions. Without one it is made, and returned.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn set_password(
        &self,
        login: &str,
        password: Option<Zeroizing<String>>,
    ) -> Result<Option<Zeroizing<String>>, UsersError> {
        let (hash, made) = hashed(password)?;
        let operator = self.change(login, "operator.password", false, |row| row.password = Some(hash.clone())).await?;
        self.sign_out(operator).await?;
        Ok(made)
    }

    /// Lets an operator sign in no more, and ends all sessions.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn disable(&self, login: &str) -> Result<(), UsersError> {
        let operator = self.change(login, "operator.disabled", false, |row| row.disabled = true).await?;
        self.sign_out(operator).await
    }

    /// Gives an operator these rights and no others. His workplaces start afresh, and see what they may then.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn set_rights(&self, login: &str, rights: &[String]) -> Result<(), UsersError> {
        let rights = parse_rights(rights)?;
        let change = |row: &mut OperatorRow| {
            row.post.role = by_hand();
            row.grants = Grants::everywhere(&rights);
        };
        self.change(login, "operator.posted", true, change).await.map(drop)
    }

    /// Gives an operator a post; his rights, and those of whoever leads his teams, follow from it.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn set_post(&self, login: &str, post: Post) -> Result<(), UsersError> {
        self.change(login, "operator.posted", false, |row| row.post = post.clone()).await?;
        self.regrant().await
    }

    /// Changes the centre's configuration; everybody's rights follow.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn change_centre(&self, note: &str, change: impl FnOnce(&mut Centre)) -> Result<(), UsersError> {
        let CentreRow { version, mut centre, .. } = self.store.centre(self.workspace.id).await?;
        change(&mut centre);
        let work = Work::Centre { version, centre: Box::new(centre), by: None, note: note.to_owned() };
        self.commit(work, Some(line("centre.changed", "centre"))).await?;
        self.regrant().await
    }

    /// Who has looked into whose dialog, oldest first, of the newest thousand lines of the audit trail.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn looks(&self) -> Result<Vec<(OperatorId, DialogId)>, UsersError> {
        let rows = self.store.audit(self.workspace.id, None, 1_000).await?;
        let look = |row: &AuditRow| Some((row.line.by?, row.line.subject.parse().ok()?));
        Ok(rows.iter().rev().filter(|row| row.line.what == "dialog.read").filter_map(look).collect())
    }

    async fn regrant(&self) -> Result<(), UsersError> {
        regrant(&*self.store, self.workspace.id, self.clock.now()).await?;
        Ok(())
    }

    async fn change(
        &self,
        login: &str,
        what: &str,
        rights_changed: bool,
        change: impl Fn(&mut OperatorRow),
    ) -> Result<OperatorId, UsersError> {
        let login = crate::http::login_key(login);
        for _ in 0..ATTEMPTS {
            let found = self.store.operator_by_login(self.workspace.id, &login).await?;
            let mut row = found.ok_or_else(|| UsersError::Unknown(login.clone()))?;
            let operator = row.id;
            change(&mut row);
            let line = line(what, &login);
            match self.commit(Work::Operator { row: Box::new(row), rights_changed }, Some(line)).await {
                Ok(()) => return Ok(operator),
                // The hub that runs beside changes rows too: a status, rights that follow the configuration.
                Err(UsersError::Contended) => {}
                Err(error) => return Err(error),
            }
        }
        Err(UsersError::Contended)
    }

    async fn sign_out(&self, operator: OperatorId) -> Result<(), UsersError> {
        // Of the act that it belongs to there is a line.
        self.commit(Work::SignOut { operator, session: None }, None).await
    }

    async fn commit(&self, work: Work, line: Option<AuditLine>) -> Result<(), UsersError> {
        let committed = commit_act(&*self.store, &self.workspace, self.clock.now(), work, line).await;
        committed.map(drop).map_err(|error| match error {
            CommitError::Conflict | CommitError::Fenced => UsersError::Contended,
            CommitError::Store(error) => error.into(),
        })
    }
}

/// A line of the trail about what was done on the hub's own machine.
fn line(what: &str, subject: &str) -> AuditLine {
    let detail = serde_json::json!({ "from": "the hub's machine" });
    AuditLine { by: None, what: what.to_owned(), subject: subject.to_owned(), detail }
}

fn hashed(password: Option<Zeroizing<String>>) -> Result<(String, Option<Zeroizing<String>>), UsersError> {
    match password {
        Some(password) => Ok((password::hash(&password)?, None)),
        None => {
            let made = generated_password()?;
            Ok((password::hash(&made)?, Some(made)))
        }
    }
}

/// Rights as they are written.
fn words(rights: &Rights) -> Vec<String> {
    let word = |right: &Right| serde_json::to_string(right).unwrap_or_default().trim_matches('"').to_owned();
    rights.iter().map(word).collect()
}

fn parse_rights(words: &[String]) -> Result<Rights, UsersError> {
    let known = all_rights();
    let parse = |word: &String| {
        let right: Right = serde_json::from_value(serde_json::Value::String(word.clone())).unwrap_or(Right::Unknown);
        if known.contains(&right) { Ok(right) } else { Err(UsersError::NoSuchRight(word.clone())) }
    };
    words.iter().map(parse).collect()
}
