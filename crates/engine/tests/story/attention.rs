//! Who is asked for in the task bar: whoever is offered a dialog and sees no window, as long as his session lasts.

use crate::kit::{
    Customer, Desk, MemoryKeychain, PASSWORD, PATIENCE,
    hub::{hub_with, sign_in_as},
};
use otklik_core::{Command, WindowState};
use otklik_engine::{AppCommand, Push};
use otklik_model::{OperatorId, Section, TransferTarget};
use std::{path::Path, sync::Arc};

const HIDDEN: WindowState = WindowState { focused: false, hidden: true };

/// Somebody comes to work.
async fn comes(folder: &Path, hub: &str, login: &str) -> Desk {
    let mut desk = Desk::remote(&folder.join(login), hub, Arc::new(MemoryKeychain::default()));
    sign_in_as(&mut desk, hub, login, PASSWORD).await;
    desk.live().await;
    desk
}

async fn id_of(desk: &Desk) -> OperatorId {
    let mut watch = desk.workplace.watch();
    let told = async {
        loop {
            if let Push::Snapshot { snapshot } = watch.next().await {
                return snapshot.me.id;
            }
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("a first picture")
}

async fn asked_for(desk: &Desk, wanted: bool) {
    let mut attention = desk.shell.attention.subscribe();
    let waiting = tokio::time::timeout(PATIENCE, attention.wait_for(|asked| *asked == wanted));
    waiting.await.unwrap_or_else(|_| panic!("never asked for: {wanted}")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_signed_out_is_not_asked_for_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let hub = hub_with(&folder.path().join("hub"), &[("ira", "Ира"), ("oleg", "Олег")]).await;
    let address = format!("http://{}", hub.address());
    let ira = comes(folder.path(), &address, "ira").await;
    let mut oleg = comes(folder.path(), &address, "oleg").await;
    ira.workplace.window(HIDDEN);
    let mut customer = Customer::come(hub.address(), None).await;
    customer.write("Здравствуйте").await;
    let dialog = oleg.row("the new dialog", |row| row.section == Section::Waiting).await.id;
    oleg.session(Command::Accept { dialog }).await.unwrap();
    oleg.row("his dialog", |row| row.section == Section::Mine).await;
    let target = TransferTarget::Operator { id: id_of(&ira).await, force: false };
    oleg.session(Command::Transfer { dialog, target }).await.unwrap();
    asked_for(&ira, true).await;
    ira.app(AppCommand::SignOut { stay_online: true }).await.unwrap();
    asked_for(&ira, false).await;
    ira.workplace.stop().await;
    oleg.workplace.stop().await;
    hub.stop().await;
}
