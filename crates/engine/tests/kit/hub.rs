//! A hub of an office, with operators who sign in.

use super::Desk;
use otklik_engine::AppCommand;
use otklik_hub::{Hub, HubConfig, RunningHub, users::Users};
use std::path::Path;
use zeroize::Zeroizing;

/// Ира's.
pub const PASSWORD: &str = "правильный пароль";

/// A hub with the operator `ira`.
pub async fn hub_with_ira(folder: &Path) -> RunningHub {
    hub_with(folder, &[("ira", "Ира")]).await
}

/// A hub with these operators, by login and name; all have the same password.
pub async fn hub_with(folder: &Path, people: &[(&str, &str)]) -> RunningHub {
    start(HubConfig::embedded(folder.to_owned(), None), people).await
}

/// The hub of a centre of this name, with the operator `ira`.
pub async fn hub_of(folder: &Path, centre: &str) -> RunningHub {
    let desk = centre.to_owned();
    start(HubConfig { desk, ..HubConfig::embedded(folder.to_owned(), None) }, &[("ira", "Ира")]).await
}

async fn start(config: HubConfig, people: &[(&str, &str)]) -> RunningHub {
    let users = Users::open(&config).await.unwrap();
    for (login, name) in people {
        users.add(login, name, Some(Zeroizing::new(PASSWORD.to_owned())), None).await.unwrap();
    }
    drop(users);
    Hub::start(config).await.unwrap()
}

/// Signs in as `ira`.
pub async fn sign_in(desk: &mut Desk, address: &str, password: &str) {
    sign_in_as(desk, address, "ira", password).await;
}

/// Signs in.
pub async fn sign_in_as(desk: &mut Desk, address: &str, login: &str, password: &str) {
    let command =
        AppCommand::SignIn { address: address.to_owned(), login: login.to_owned(), password: password.to_owned() };
    desk.app(command).await.unwrap();
}
