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
    let config = HubConfig::embedded(folder.to_owned(), None);
    Users::open(&config)
        .await
        .unwrap()
        .add("ira", "Ира", Some(Zeroizing::new(PASSWORD.to_owned())), None)
        .await
        .unwrap();
    Hub::start(config).await.unwrap()
}

/// Signs in as `ira`.
pub async fn sign_in(desk: &mut Desk, address: &str, password: &str) {
    let command =
        AppCommand::SignIn { address: address.to_owned(), login: "ira".to_owned(), password: password.to_owned() };
    desk.app(command).await.unwrap();
}
