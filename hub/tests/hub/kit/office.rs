//! A centre as its administrators left it, written into a database that no hub runs on.

use super::{PASSWORD, open_store};
use otklik_hub::{
    HubConfig,
    centre::{Centre, Grants},
    store::{Commit, OperatorRow, Store, Work},
    users::Users,
};
use otklik_model::{OperatorId, Outcome, Right, Seq, Stamp, WorkspaceId};
use std::sync::Arc;
use zeroize::Zeroizing;

async fn open(config: &HubConfig, short: &str) -> (Arc<dyn Store>, WorkspaceId) {
    // Makes the folder and the database.
    drop(Users::open(config).await.unwrap());
    let store = open_store(config).await;
    let workspace = store.open_workspace(short).await.unwrap();
    (store, workspace.id)
}

async fn commit(store: &dyn Store, workspace: WorkspaceId, work: Work) {
    let outcome = Outcome::Done { at_seq: Seq(0), message: None };
    store.commit(Commit::new(workspace, Stamp(1), work, outcome)).await.unwrap();
}

/// Stores the centre's configuration.
pub async fn set_centre(config: &HubConfig, change: impl FnOnce(&mut Centre)) {
    let mut centre = Box::new(Centre::default());
    change(&mut centre);
    let (store, workspace) = open(config, "main").await;
    commit(&*store, workspace, Work::Centre { version: 0, centre, by: None, note: String::new() }).await;
}

/// Adds an operator who may do whatever operators do, with a mailbox.
pub async fn hire(config: &HubConfig, login: &str, name: &str) {
    let password = Some(Zeroizing::new(PASSWORD.to_owned()));
    Users::open(config).await.unwrap().add(login, name, password, None).await.unwrap();
    let (store, workspace) = open(config, "main").await;
    let row = store.operator_by_login(workspace, login).await.unwrap().unwrap();
    commit(&*store, workspace, hired(row)).await;
}

/// Adds somebody who works here already in another workspace, too, with the same password.
pub async fn hire_elsewhere(config: &HubConfig, short: &str, login: &str) {
    let (store, main) = open(config, "main").await;
    let here = store.operator_by_login(main, login).await.unwrap().unwrap();
    let workspace = store.open_workspace(short).await.unwrap().id;
    let row = OperatorRow::new(OperatorId(uuid::Uuid::now_v7()), here.login, here.name);
    commit(&*store, workspace, hired(OperatorRow { password: here.password, ..row })).await;
}

fn hired(mut row: OperatorRow) -> Work {
    use Right::{
        Accept, Block, CloseOwn, DeleteOwn, EditOwn, Note, RequestContact, SeeContacts, SeeOthers, SeeQueue, SendFile,
        SetOwnStatus, Transcript, TransferOthers, TransferOwn, Unblock,
    };
    let work = [Accept, SeeQueue, SeeOthers, CloseOwn, TransferOwn, TransferOthers, SetOwnStatus];
    let words = [Note, SendFile, EditOwn, DeleteOwn, RequestContact, SeeContacts, Transcript, Block, Unblock];
    row.post.email = Some(format!("{}@example.org", row.login));
    row.grants = Grants::everywhere(&work.into_iter().chain(words).collect());
    Work::Operator { row: Box::new(row), rights_changed: true }
}
