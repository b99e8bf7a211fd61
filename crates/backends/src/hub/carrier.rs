//! Files to and from a hub, over HTTP beside the socket: in parts that are acknowledged one by one, so that an upload goes
//! on where it broke off.

use super::{HubAddress, tls, tokens::Tokens};
use crate::{Content, Download, Downloads, Incoming, NoDownload, NoUpload};
use otklik_model::{Attachment, ClientId, FileId};
use otklik_wire::{FileLink, UploadFailure, UploadFailureCode, UploadProgress};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect::Policy};
use serde::de::DeserializeOwned;
use std::{sync::Arc, time::Duration};
use tokio::sync::{Semaphore, mpsc};
use url::Url;

/// Bytes of a part: what is sent again, at most, when a connection breaks.
const PART: usize = 512 * 1024;
/// A part or an answer that takes longer is lost.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// A download from which nothing comes for so long is lost.
const SILENCE: Duration = Duration::from_secs(30);
/// Files on their way at once, each way.
const AT_ONCE: usize = 3;
/// Longer answers are not a hub's.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// A part that is not taken is tried so often before the upload counts as broken off.
const TRIES: u32 = 3;

/// Carries files for one account.
pub(super) struct Carrier {
    client: Client,
    address: HubAddress,
    tokens: Arc<Tokens>,
    up: Semaphore,
    down: Semaphore,
}

/// How the hub said no.
enum No {
    Said(StatusCode, Box<UploadFailure>),
    Lost,
}

impl Carrier {
    pub(super) fn new(address: HubAddress, tokens: Arc<Tokens>, tls: &rustls::ClientConfig) -> Option<Arc<Self>> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls.clone())
            // A hub never redirects; following one would hand the token to somebody else.
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| tracing::error!(%error, "no HTTP client: files cannot be carried"))
            .ok()?;
        let (up, down) = (Semaphore::new(AT_ONCE), Semaphore::new(AT_ONCE));
        Some(Arc::new(Self { client, address, tokens, up, down }))
    }

    /// Carries a file to the hub and says how it goes.
    pub(super) async fn upload(
        self: Arc<Self>,
        (id, file, name): (ClientId, FileId, String),
        content: Content,
        say: mpsc::Sender<Incoming>,
    ) {
        let Ok(_permit) = self.up.acquire().await else { return };
        let result = self.carry_up(id, file, &name, &content, &say).await;
        if let Err(failure) = &result {
            tracing::info!(%failure, "a file is not on the hub");
        }
        let _ = say.send(Incoming::Uploaded { id, result }).await;
    }

    async fn carry_up(
        &self,
        id: ClientId,
        file: FileId,
        name: &str,
        content: &Content,
        say: &mpsc::Sender<Incoming>,
    ) -> Result<Attachment, NoUpload> {
        let size = content.0.size();
        let address = self.address_of(&format!("api/v1/uploads/{file}")).ok_or(NoUpload::Later(None))?;
        let mut at = self.come_so_far(&address).await.map_err(no_upload)?;
        let mut tries = 0;
        loop {
            // What the hub has of it that these bytes do not have is not of these bytes.
            if at > size {
                return Err(NoUpload::Lost);
            }
            let _ = say.send(Incoming::Uploading { id, sent: at }).await;
            let step = if at < size { self.part(&address, at, content).await? } else { None };
            at = match step {
                Some(Ok(now)) => {
                    tries = 0;
                    now
                }
                Some(Err(no)) => self.come_back(&address, no, &mut tries).await?,
                None => match self.end(&address, name, size).await {
                    Ok(attachment) => return Ok(attachment),
                    Err(no) => self.come_back(&address, no, &mut tries).await?,
                },
            };
        }
    }

    /// From where to go on after a refusal that may pass.
    async fn come_back(&self, address: &Url, no: No, tries: &mut u32) -> Result<u64, NoUpload> {
        *tries += 1;
        match no {
            No::Said(StatusCode::CONFLICT, failure) if *tries <= TRIES => failure.at.ok_or(NoUpload::Later(None)),
            No::Lost if *tries <= TRIES => self.come_so_far(address).await.map_err(no_upload),
            no @ (No::Said(..) | No::Lost) => Err(no_upload(no)),
        }
    }

    async fn come_so_far(&self, address: &Url) -> Result<u64, No> {
        Ok(self.ask::<UploadProgress>(self.request(Method::GET, address.clone())).await?.at)
    }

    /// Sends the next part. The outer failure is of the bytes, the inner one of the hub.
    async fn part(&self, address: &Url, at: u64, content: &Content) -> Result<Option<Result<u64, No>>, NoUpload> {
        let bytes = content.0.clone();
        let read = tokio::task::spawn_blocking(move || bytes.read(at, PART)).await;
        let part = read.ok().and_then(Result::ok).filter(|part| !part.is_empty()).ok_or(NoUpload::Lost)?;
        let mut address = address.clone();
        address.query_pairs_mut().append_pair("at", &at.to_string());
        let request = self.request(Method::PUT, address).body(part);
        Ok(Some(self.ask::<UploadProgress>(request).await.map(|progress| progress.at)))
    }

    async fn end(&self, address: &Url, name: &str, size: u64) -> Result<Attachment, No> {
        let mut address = address.clone();
        address.query_pairs_mut().append_pair("name", name).append_pair("size", &size.to_string());
        self.ask(self.request(Method::POST, address)).await
    }

    /// Carries a file from the hub.
    pub(super) async fn download(self: Arc<Self>, file: FileId, most: u64, to: Downloads) {
        let Ok(_permit) = self.down.acquire().await else { return };
        let last = match self.carry_down(file, most, &to).await {
            Ok(()) => Download::Whole,
            Err(failure) => {
                tracing::info!(%failure, "a file is not here");
                Download::Failed(failure)
            }
        };
        let _ = to.0.send(last).await;
    }

    async fn carry_down(&self, file: FileId, most: u64, to: &Downloads) -> Result<(), NoDownload> {
        let asked = self.address_of(&format!("api/v1/files/{file}/link")).ok_or(NoDownload::Later)?;
        let link: FileLink = self.ask(self.request(Method::POST, asked)).await.map_err(no_download)?;
        let address = self.address_of(&link.address).ok_or(NoDownload::NotFound)?;
        // The address proves itself: the token stays here.
        let asked = tokio::time::timeout(SILENCE, self.client.get(address).send()).await;
        let mut answer = asked.map_err(|_| NoDownload::Later)?.map_err(|_| NoDownload::Later)?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Err(NoDownload::NotFound),
            _ => return Err(NoDownload::Later),
        }
        let mut size = 0;
        loop {
            let next = tokio::time::timeout(SILENCE, answer.chunk()).await.map_err(|_| NoDownload::Later)?;
            let Some(some) = next.map_err(|_| NoDownload::Later)? else { return Ok(()) };
            size += some.len() as u64;
            if size > most {
                return Err(NoDownload::TooLarge);
            }
            // Nobody wants it any more.
            if to.0.send(Download::Some(some.to_vec())).await.is_err() {
                return Err(NoDownload::Later);
            }
        }
    }

    /// An address below the hub's, and nowhere else, whatever the hub says.
    fn address_of(&self, path: &str) -> Option<Url> {
        let base = self.address.http("").ok()?;
        let address = self.address.http(path).ok()?;
        let below = address.origin() == base.origin() && address.path().starts_with(base.path());
        below.then_some(address)
    }

    fn request(&self, method: Method, address: Url) -> RequestBuilder {
        self.client.request(method, address).timeout(ANSWER_WITHIN)
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, No> {
        // No other token takes its place before the hub has looked at it.
        let lease = self.tokens.lease();
        let answer = request.bearer_auth(lease.token()).send().await.map_err(|error| {
            if let Some(detail) = tls::certificate_fault(&error) {
                tracing::warn!(detail, "the hub's certificate is not trusted");
            }
            No::Lost
        })?;
        let status = answer.status();
        let body = body(answer).await.ok_or(No::Lost)?;
        if status == StatusCode::OK {
            return serde_json::from_slice(&body).map_err(|_| No::Lost);
        }
        let said = serde_json::from_slice(&body).unwrap_or_else(|_| UploadFailure::new(UploadFailureCode::Unknown));
        Err(No::Said(status, Box::new(said)))
    }
}

/// Reads an answer piece by piece, so that an endless one ends at the limit.
async fn body(mut answer: Response) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(some) = answer.chunk().await.ok()? {
        bytes.extend_from_slice(&some);
        if bytes.len() > MAX_ANSWER_BYTES {
            return None;
        }
    }
    Some(bytes)
}

fn no_upload(no: No) -> NoUpload {
    let No::Said(_, failure) = no else { return NoUpload::Later(None) };
    match failure.code {
        UploadFailureCode::Empty => NoUpload::Empty,
        UploadFailureCode::TooLarge => NoUpload::TooLarge(failure.most_bytes.unwrap_or(0)),
        UploadFailureCode::Media => NoUpload::Media,
        UploadFailureCode::Forbidden => NoUpload::Forbidden,
        // The socket says of itself that the token is no longer good.
        UploadFailureCode::SignIn
        | UploadFailureCode::TooFast
        | UploadFailureCode::Broken
        | UploadFailureCode::Offset
        | UploadFailureCode::Unavailable
        | UploadFailureCode::Unknown => NoUpload::Later(failure.retry_after_ms),
    }
}

fn no_download(no: No) -> NoDownload {
    match no {
        No::Said(StatusCode::NOT_FOUND, _) => NoDownload::NotFound,
        No::Said(..) | No::Lost => NoDownload::Later,
    }
}
