//! An administrator with a session over HTTP.

use super::{Desk, http};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use zeroize::Zeroizing;

pub const ADMIN_PASSWORD: &str = "correct horse battery staple";

/// Somebody who administers.
pub struct Admin {
    address: String,
    pub token: String,
}

/// An answer: its status, and its JSON, or its text as a JSON string.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// What was answered, which has to be good.
    pub fn good(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.body
    }
}

impl Desk {
    /// The first administrator, made on the hub's machine.
    pub async fn administrator(&self) -> Admin {
        self.user("anna", "administrator").await;
        self.admin(None, "anna", ADMIN_PASSWORD).await
    }

    /// An operator in a role.
    pub async fn user(&self, login: &str, role: &str) {
        let password = Some(Zeroizing::new(ADMIN_PASSWORD.to_owned()));
        self.users().await.add_in_role(login, login, password, role).await.unwrap();
    }

    pub async fn admin(&self, workspace: Option<&str>, login: &str, password: &str) -> Admin {
        let mut admin = self.stranger();
        let body = json!({ "workspace": workspace, "login": login, "password": password });
        let begun = admin.ask(Method::POST, "session", Some(body)).await.good();
        admin.token = begun["token"].as_str().unwrap().to_owned();
        admin
    }

    pub fn stranger(&self) -> Admin {
        Admin { address: self.http("/api/v1/admin/"), token: String::new() }
    }
}

impl Admin {
    /// Signs in at a hub that runs as a program.
    pub async fn at(hub: &str, login: &str, password: &str) -> Self {
        let mut admin = Self { address: format!("{hub}/api/v1/admin/"), token: String::new() };
        let body = json!({ "login": login, "password": password });
        let begun = admin.ask(Method::POST, "session", Some(body)).await.good();
        admin.token = begun["token"].as_str().unwrap().to_owned();
        admin
    }

    /// Sends a file to a hub that may not live to answer.
    pub async fn try_import(&self, file: &str) -> reqwest::Result<reqwest::Response> {
        let request = http().post(format!("{}centre/file", self.address)).bearer_auth(&self.token);
        request.header("content-type", "application/toml").body(file.to_owned()).send().await
    }

    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = http().request(method, format!("{}{path}", self.address)).bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        answer(request.send().await.unwrap()).await
    }

    /// Asks as a program that keeps another token. Returns the one it is offered, if any.
    pub async fn renews(&self) -> Option<String> {
        let request = http().get(format!("{}session", self.address)).bearer_auth(&self.token);
        let answer = request.header("otklik-renews", "1").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.headers().get("otklik-token").map(|token| token.to_str().unwrap().to_owned())
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, None).await.good()
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None).await
    }

    /// Sends a file.
    pub async fn import(&self, query: &str, file: &str) -> Answer {
        let request = http().post(format!("{}centre/file{query}", self.address)).bearer_auth(&self.token);
        let request = request.header("content-type", "application/toml").body(file.to_owned());
        answer(request.send().await.unwrap()).await
    }

    /// The centre as a file.
    pub async fn export(&self) -> String {
        self.get("centre/file").await.as_str().unwrap().to_owned()
    }

    /// The codes of the trail, oldest first.
    pub async fn trail(&self) -> Vec<String> {
        let lines = self.get("audit?limit=500").await;
        lines.as_array().unwrap().iter().rev().map(|line| line["what"].as_str().unwrap().to_owned()).collect()
    }
}

async fn answer(response: reqwest::Response) -> Answer {
    let status: StatusCode = response.status();
    let name = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let text = response.text().await.unwrap();
    let mut body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    if status.is_client_error() || status.is_server_error() {
        // Every refusal tells its own name, so that two of them can be alike otherwise.
        assert_eq!(body.as_object_mut().and_then(|fault| fault.remove("request")), Some(name.into()));
    }
    Answer { status: status.as_u16(), body }
}
