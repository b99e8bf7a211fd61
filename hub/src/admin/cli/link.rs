//! One session with a hub's administration.

use anyhow::{Context as _, bail};
use parking_lot::Mutex;
use reqwest::{Client, Method, RequestBuilder, Response, Url, header};
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// A session.
pub(super) struct Link {
    client: Client,
    base: Url,
    token: Mutex<Zeroizing<String>>,
    /// Where the token is from; nothing, if the session was opened here, and ends here.
    file: Option<PathBuf>,
}

impl Link {
    /// With the token of a file, which is written anew when another one takes its place.
    pub(super) fn with_token(hub: &str, file: PathBuf) -> anyhow::Result<Self> {
        let token = Mutex::new(super::print::first_line(&file)?);
        Ok(Self { client: client()?, base: base(hub)?, token, file: Some(file) })
    }

    /// Signs in.
    pub(super) async fn sign_in(
        hub: &str,
        workspace: Option<&str>,
        login: &str,
        password: Zeroizing<String>,
    ) -> anyhow::Result<Self> {
        let link = Self { client: client()?, base: base(hub)?, token: Mutex::default(), file: None };
        let body = json!({ "workspace": workspace, "login": login, "password": *password });
        let begun = link.ask(Method::POST, &["session"], &[], Some(&body)).await?;
        *link.token.lock() = Zeroizing::new(begun["token"].as_str().context("the hub gave no token")?.to_owned());
        Ok(link)
    }

    /// Ends the session, if it was opened here.
    pub(super) async fn end(self) -> anyhow::Result<()> {
        if self.file.is_none() {
            self.ask(Method::DELETE, &["session"], &[], None).await?;
        }
        Ok(())
    }

    /// One question with JSON, and its answer.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, String)],
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let request = self.request(method, path, query)?;
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let text = self.answer(request).await?;
        if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text).context("the hub's answer") }
    }

    /// One question with a text, and the answer as it comes.
    pub(super) async fn text(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, String)],
        body: Option<(&'static str, String)>,
    ) -> anyhow::Result<String> {
        let request = self.request(method, path, query)?;
        self.answer(match body {
            Some((kind, text)) => request.header(header::CONTENT_TYPE, kind).body(text),
            None => request,
        })
        .await
    }

    async fn answer(&self, request: RequestBuilder) -> anyhow::Result<String> {
        let response: Response = request.send().await.context("the hub cannot be reached")?;
        if let (Some(file), Some(token)) = (&self.file, response.headers().get("otklik-token")) {
            let token = Zeroizing::new(token.to_str().context("the hub's token")?.to_owned());
            // Kept first: the one of before is good until this one is used.
            keep(file, &token).with_context(|| format!("{} cannot be written", file.display()))?;
            *self.token.lock() = token;
        }
        let status = response.status();
        let text = response.text().await.context("the hub's answer")?;
        if status.is_success() { Ok(text) } else { bail!("{}", complaint(status.as_u16(), &text)) }
    }

    fn request(&self, method: Method, path: &[&str], query: &[(&str, String)]) -> anyhow::Result<RequestBuilder> {
        let mut url = self.base.clone();
        match url.path_segments_mut() {
            Ok(mut segments) => drop(segments.pop_if_empty().extend(["api", "v1", "admin"]).extend(path)),
            Err(()) => bail!("the hub's address is not an http or https address"),
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = self.client.request(method, url).bearer_auth(&**self.token.lock());
        // One command asks one thing after the other, so nothing is under way with a token of before.
        Ok(if self.file.is_some() { request.header("otklik-renews", "1") } else { request })
    }
}

/// Puts a token in the place of the one in a file, whole or not at all, for the same eyes.
fn keep(file: &Path, token: &str) -> std::io::Result<()> {
    let fresh = file.with_extension("new");
    std::fs::write(&fresh, "")?;
    std::fs::set_permissions(&fresh, std::fs::metadata(file)?.permissions())?;
    std::fs::write(&fresh, format!("{token}\n"))?;
    std::fs::rename(&fresh, file)
}

fn client() -> anyhow::Result<Client> {
    // Installed already, if this process also serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(reqwest::redirect::Policy::none()).build().context("no connection can be made")
}

fn base(hub: &str) -> anyhow::Result<Url> {
    let url = Url::parse(hub).with_context(|| format!("{hub} is not an address"))?;
    let loopback = url.host_str().is_some_and(|host| matches!(host, "127.0.0.1" | "localhost" | "[::1]"));
    // A password goes over it.
    if url.scheme() == "https" || url.scheme() == "http" && loopback {
        Ok(url)
    } else {
        bail!("{hub}: only https, or http on this machine: a password goes over it")
    }
}

/// A fault in words.
fn complaint(status: u16, text: &str) -> String {
    let Ok(fault) = serde_json::from_str::<Value>(text) else { return format!("the hub answers {status}") };
    let russian = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .is_some_and(|value| value.starts_with("ru"));
    let mut out = fault[if russian { "ru" } else { "en" }].as_str().unwrap_or("the hub refuses").to_owned();
    // Writing into a string cannot fail.
    let _ = write!(out, " ({})", fault["code"].as_str().unwrap_or("unknown"));
    if let Some(what) = fault["what"].as_str() {
        let _ = write!(out, "\n  {what}");
    }
    if let Some(version) = fault["version"].as_u64() {
        let _ = write!(out, "\n  in force now: version {version}");
    }
    for change in fault["changes"].as_array().into_iter().flatten() {
        let _ = write!(out, "\n  {} {}", text_of(&change["at"]), text_of(&change["what"]));
    }
    for problem in fault["problems"].as_array().into_iter().flatten() {
        let (at, what, remedy) = (text_of(&problem["at"]), text_of(&problem["what"]), text_of(&problem["remedy"]));
        let _ = write!(out, "\n  {at}: {what}: {remedy}");
    }
    out
}

/// A value as people read it.
pub(super) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { "-".to_owned() } else { value.to_string() }, str::to_owned)
}
