//! Hubs, workplaces and customers for the stories.

mod admin;
mod assistant;
mod centre;
mod customer;
mod dice;
mod direct;
mod generated;
mod office;
mod places;
mod postgres;
#[cfg(unix)]
mod server;
mod socket;
mod terminal;
mod workplace;

pub use admin::{ADMIN_PASSWORD, Admin};
pub use assistant::Assistant;
pub use centre::{MORNING, seconds};
pub use customer::{CustomerPage, Exchanger, hello};
pub use dice::Dice;
pub use direct::{Direct, open_store};
pub use generated::centres;
pub use office::{hire, hire_elsewhere, set_centre};
pub use places::{database, tula};
pub use postgres::{own_address, own_store};
#[cfg(unix)]
pub use server::Server;
pub use socket::Socket;
pub use workplace::{State, Workplace, hello as workplace_hello};

use otklik_hub::{Hub, HubConfig, RunningHub, users::Users};
use otklik_model::{ClientId, Cursor};
use otklik_wire::{LoginAnswer, operator::ByeCode};
use std::{sync::LazyLock, time::Duration};
use tempfile::TempDir;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Nothing in these stories takes longer, unless it never comes.
pub const DEADLINE: Duration = Duration::from_secs(20);
pub const PASSWORD: &str = "correct horse battery";

/// A hub with its folder.
pub struct Desk {
    pub config: HubConfig,
    hub: Option<RunningHub>,
    _folder: TempDir,
}

impl Desk {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(adjust: impl FnOnce(&mut HubConfig)) -> Self {
        Self::start_prepared(adjust, async |_| {}).await
    }

    /// Starts after something was done to the database that no hub can be asked for.
    pub async fn start_prepared(adjust: impl FnOnce(&mut HubConfig), prepare: impl AsyncFnOnce(&HubConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = HubConfig::embedded(folder.path().join("data"), None);
        config.store = own_store().await;
        // Stories write faster than people.
        config.limits.customer_messages.burst = 1_000;
        config.limits.customer_frames.burst = 10_000;
        config.timing.customer_grace = Duration::from_millis(300);
        config.timing.drain_spread = Duration::from_millis(50);
        adjust(&mut config);
        prepare(&config).await;
        let hub = Hub::start(config.clone()).await.unwrap();
        Self { config, hub: Some(hub), _folder: folder }
    }

    /// A second hub on the same database.
    pub async fn beside(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = HubConfig { data: folder.path().join("data"), ..self.config.clone() };
        let hub = Hub::start(config.clone()).await.unwrap();
        Self { config, hub: Some(hub), _folder: folder }
    }

    pub fn hub(&self) -> &RunningHub {
        self.hub.as_ref().expect("the hub runs")
    }

    pub async fn stop(&mut self) {
        if let Some(hub) = self.hub.take() {
            hub.stop().await;
        }
    }

    pub async fn start_again(&mut self) {
        self.hub = Some(Hub::start(self.config.clone()).await.unwrap());
    }

    pub fn http(&self, path: &str) -> String {
        format!("http://{}{path}", self.hub().address())
    }

    pub fn ws(&self, path: &str) -> String {
        format!("ws://{}{path}", self.hub().address())
    }

    pub async fn users(&self) -> Users {
        Users::open(&self.config).await.unwrap()
    }

    /// Adds an operator with these rights, or all of them, and signs in.
    pub async fn operator(&self, login: &str, name: &str, rights: Option<&[&str]>) -> String {
        let rights = rights.map(|rights| rights.iter().map(|right| (*right).to_owned()).collect::<Vec<_>>());
        let password = Some(Zeroizing::new(PASSWORD.to_owned()));
        self.users().await.add(login, name, password, rights.as_deref()).await.unwrap();
        self.sign_in(login).await
    }

    pub async fn sign_in(&self, login: &str) -> String {
        let body = format!(r#"{{"login":"{login}","password":"{PASSWORD}","device":"test"}}"#);
        let answer = post(&self.http("/api/v1/login"), body).await;
        assert_eq!(answer.status(), 200);
        answer.json::<LoginAnswer>().await.unwrap().token
    }

    pub async fn workplace(&self, token: &str) -> Workplace {
        self.connect(token, None).await.expect("let in")
    }

    pub async fn connect(&self, token: &str, resume: Option<Cursor>) -> Result<Workplace, ByeCode> {
        Workplace::connect(&self.ws("/api/v1/operator"), token, resume).await
    }

    pub async fn customer(&self) -> CustomerPage {
        CustomerPage::connect(&self.ws("/widget/v1/socket"), None, None).await
    }

    pub fn exchanger(&self) -> Exchanger {
        Exchanger::new(self.http("/widget/v1/exchange"))
    }
}

/// One for all tests of this process: a new one reads the machine's certificates first. It keeps no connection, which
/// would belong to the runtime of one test.
pub fn http() -> reqwest::Client {
    static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
        // The second of two tests finds it installed: either way it is there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap()
    });
    HTTP.clone()
}

pub async fn post(address: &str, body: impl Into<reqwest::Body>) -> reqwest::Response {
    http().post(address).header("content-type", "application/json").body(body).send().await.unwrap()
}

pub fn client_id() -> ClientId {
    ClientId(Uuid::now_v7())
}

/// Waits for something with a deadline.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: not within {DEADLINE:?}"),
    }
}

impl Desk {
    /// The same customer reloads the page, which shows nothing then.
    pub async fn customer_again(&self, page: &CustomerPage) -> CustomerPage {
        CustomerPage::connect(&self.ws("/widget/v1/socket"), page.shows.token.clone(), None).await
    }
}
