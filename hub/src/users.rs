//! Who may sign in, as an administrator of the machine changes it. Works beside a hub that runs on the same database:
//! that one notices within a second.

use crate::{
    config::HubConfig,
    password::{self, PasswordError},
    start::{StartError, WORKSPACE, add_operator, all_rights, commit, generated_password, new_operator, open_store},
    store::{CommitError, OperatorRow, Store, StoreError, Work, Workspace},
};
use otklik_model::{OperatorId, Right, Rights};
use std::sync::Arc;
use thiserror::Error;
use zeroize::Zeroizing;

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
    #[error("{0} is not a right; there are accept, see_others, close_own, transfer_own, transfer_others, note")]
    NoSuchRight(String),
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
}

impl Users {
    /// Opens the database of a configuration.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn open(config: &HubConfig) -> Result<Self, UsersError> {
        let store = open_store(config, |_| {}).await?;
        let workspace = store.open_workspace(WORKSPACE).await?;
        Ok(Self { store, workspace })
    }

    /// Adds an operator. Without a password one is made, and returned. Without rights he gets all of them.
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
        let rights = rights.map_or_else(|| Ok(all_rights()), parse_rights)?;
        let (hash, made) = hashed(password)?;
        let row = new_operator(login, name, Some(hash), rights);
        if row.login.is_empty() || row.name.is_empty() {
            return Err(UsersError::Nameless);
        }
        match add_operator(&*self.store, &self.workspace, row).await {
            Ok(_) => Ok(made),
            Err(CommitError::Conflict) => Err(UsersError::Taken(login.to_owned())),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Everybody.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn list(&self) -> Result<Vec<Listed>, UsersError> {
        let word = |right: &Right| serde_json::to_string(right).unwrap_or_default().trim_matches('"').to_owned();
        let rows = self.store.operators(self.workspace.id).await?;
        let listed = rows.into_iter().map(|row| Listed {
            rights: row.rights.iter().map(word).collect(),
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
        let operator = self.change(login, false, |row| row.password = Some(hash)).await?;
        self.sign_out(operator).await?;
        Ok(made)
    }

    /// Lets an operator sign in no more, and ends all sessions.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn disable(&self, login: &str) -> Result<(), UsersError> {
        let operator = self.change(login, false, |row| row.disabled = true).await?;
        self.sign_out(operator).await
    }

    /// Gives an operator these rights and no others. His workplaces start afresh, and see what they may then.
    ///
    /// # Errors
    /// [`UsersError`].
    pub async fn set_rights(&self, login: &str, rights: &[String]) -> Result<(), UsersError> {
        let rights = parse_rights(rights)?;
        self.change(login, true, |row| row.rights = rights).await.map(drop)
    }

    async fn change(
        &self,
        login: &str,
        rights_changed: bool,
        change: impl FnOnce(&mut OperatorRow),
    ) -> Result<OperatorId, UsersError> {
        let login = crate::http::login_key(login);
        let found = self.store.operator_by_login(self.workspace.id, &login).await?;
        let mut row = found.ok_or(UsersError::Unknown(login))?;
        let operator = row.id;
        change(&mut row);
        self.commit(Work::Operator { row: Box::new(row), rights_changed }).await?;
        Ok(operator)
    }

    async fn sign_out(&self, operator: OperatorId) -> Result<(), UsersError> {
        self.commit(Work::SignOut { operator, session: None }).await
    }

    async fn commit(&self, work: Work) -> Result<(), UsersError> {
        commit(&*self.store, &self.workspace, work).await.map(drop).map_err(|error| match error {
            CommitError::Conflict => UsersError::Contended,
            CommitError::Store(error) => error.into(),
        })
    }
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

fn parse_rights(words: &[String]) -> Result<Rights, UsersError> {
    let known = all_rights();
    let parse = |word: &String| {
        let right: Right = serde_json::from_value(serde_json::Value::String(word.clone())).unwrap_or(Right::Unknown);
        if known.contains(&right) { Ok(right) } else { Err(UsersError::NoSuchRight(word.clone())) }
    };
    words.iter().map(parse).collect()
}
