//! Requests that the hub makes to addresses which administrators typed: bots, webhooks.
//!
//! Signed, limited in time and size, to public addresses only, without redirects, proxies and cookies.

use super::{
    address::{Guarded, Names, Private, Reach, SystemNames},
    signature::sign,
};
use otklik_model::Stamp;
use reqwest::{
    Client,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue},
    redirect::Policy,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::{error::Error, sync::Arc, time::Duration};
use thiserror::Error as ThisError;
use url::Url;
use uuid::Uuid;

/// What to send, and how long to wait.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    /// Where.
    pub address: &'a str,
    /// Signs the request; unsigned without one.
    pub secret: Option<&'a str>,
    /// The same each time the same thing is sent, so that the other side can do it once.
    pub id: Uuid,
    /// JSON.
    pub body: &'a [u8],
    /// The whole answer has to be there within.
    pub limit: Duration,
    /// The longest answer, in bytes.
    pub most_bytes: usize,
    /// Now.
    pub now: Stamp,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum OutgoingError {
    /// Not an address the hub goes to; nothing was sent.
    #[error("the address is not public or not https; nothing was sent")]
    Address,
    /// Nobody there, or gone in the middle of the answer.
    #[error("no connection, or it broke")]
    Unreachable,
    /// Not within the limit.
    #[error("no answer in time")]
    Slow,
    /// Anything but 200 to 299; redirects are not followed.
    #[error("the answer has the status {0}")]
    Status(u16),
    /// More than was asked for.
    #[error("the answer is too long")]
    TooLong,
}

impl OutgoingError {
    /// Whether the same request may be answered a little later.
    #[must_use]
    pub fn is_passing(self) -> bool {
        match self {
            Self::Unreachable | Self::Slow => true,
            Self::Status(status) => status == 429 || status >= 500,
            Self::Address | Self::TooLong => false,
        }
    }
}

/// Makes requests.
#[derive(Clone, Debug)]
pub struct Outgoing {
    client: Client,
    reach: Reach,
}

impl Outgoing {
    /// With the system's certificate authorities.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(reach: Reach) -> Result<Self, reqwest::Error> {
        Self::with_names(reach, Arc::new(SystemNames))
    }

    pub(super) fn with_names(reach: Reach, names: Arc<dyn Names>) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls())
            .dns_resolver(Arc::new(Guarded { names, reach: reach.clone() }))
            .redirect(Policy::none())
            .no_proxy()
            // A connection for each request: every name is looked up anew, and none is found gone.
            .pool_max_idle_per_host(0)
            .user_agent("otklik-hub")
            .build()?;
        Ok(Self { client, reach })
    }

    /// Sends, and returns the body of the answer.
    ///
    /// # Errors
    /// [`OutgoingError`].
    pub async fn post(&self, post: Post<'_>) -> Result<Vec<u8>, OutgoingError> {
        let url = Url::parse(post.address).map_err(|_| OutgoingError::Address)?;
        if !self.reach.admits(&url) {
            return Err(OutgoingError::Address);
        }
        let request = self.client.post(url).headers(headers(&post)).body(post.body.to_vec());
        // One limit over everything, so that an answer that trickles ends too.
        match tokio::time::timeout(post.limit, receive(request, post.most_bytes)).await {
            Ok(answer) => answer,
            Err(_) => Err(OutgoingError::Slow),
        }
    }
}

fn headers(post: &Post<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let mut put = |name: &'static str, value: String| {
        // Digits, letters and "=" always make a header.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    };
    put("otklik-request", post.id.to_string());
    if let Some(secret) = post.secret {
        let seconds = post.now.0.div_euclid(1_000);
        put("otklik-timestamp", seconds.to_string());
        put("otklik-signature", sign(secret, seconds, post.body));
    }
    headers
}

async fn receive(request: reqwest::RequestBuilder, most: usize) -> Result<Vec<u8>, OutgoingError> {
    let mut response = request.send().await.map_err(|error| failure(&error))?;
    let status = response.status();
    if !status.is_success() {
        return Err(OutgoingError::Status(status.as_u16()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > most {
            return Err(OutgoingError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn failure(error: &(dyn Error + 'static)) -> OutgoingError {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<Private>() {
            return OutgoingError::Address;
        }
        next = error.source();
    }
    OutgoingError::Unreachable
}

fn tls() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "a system certificate store could not be read");
    }
    roots.add_parsable_certificates(native.certs);
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(rustls::DEFAULT_VERSIONS)
        .unwrap_or_else(|error| unreachable!("ring supports TLS 1.2 and 1.3: {error}"))
        .with_root_certificates(roots)
        .with_no_client_auth()
}

#[cfg(test)]
mod tests;
