//! Fetches what a release consists of: bounded in size and time, and never in the clear but from this very machine.

use otklik_engine::{UpdateTrouble, is_private};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use std::time::Duration;
use url::Url;

/// How long a server may take to answer, and to say the next piece.
const PATIENCE: Duration = Duration::from_secs(30);
/// Who does not say how much there is sends no more than this: nothing large is read to learn that it is too large.
const UNANNOUNCED: usize = 1024 * 1024;
/// How many times a server may send us elsewhere.
const REDIRECTS: usize = 5;

/// All of what is at this address, if it is no more than this.
///
/// # Errors
/// [`UpdateTrouble`]; nothing is kept.
pub async fn fetch(url: &Url, most: usize) -> Result<Vec<u8>, UpdateTrouble> {
    if !is_private(url) {
        return Err(UpdateTrouble::NotEncrypted);
    }
    let encrypted = url.scheme() == "https";
    // From this machine nobody is sent elsewhere; from another one only to where it is encrypted, too.
    let redirects = if encrypted { Policy::limited(REDIRECTS) } else { Policy::none() };
    let client = Client::builder().https_only(encrypted).redirect(redirects);
    let client = client.connect_timeout(PATIENCE).read_timeout(PATIENCE).build().map_err(|error| told(&error))?;
    let answer = client.get(url.clone()).send().await.map_err(|error| told(&error))?;
    if !answer.status().is_success() {
        tracing::warn!(status = %answer.status(), "the server of updates has nothing to give");
        return Err(UpdateTrouble::Unreachable);
    }
    read(answer, most).await
}

async fn read(mut answer: Response, most: usize) -> Result<Vec<u8>, UpdateTrouble> {
    let most = match answer.content_length() {
        Some(announced) if announced > most as u64 => return Err(UpdateTrouble::TooLarge),
        Some(_) => most,
        None => most.min(UNANNOUNCED),
    };
    let mut content = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| told(&error))? {
        if content.len() + piece.len() > most {
            return Err(UpdateTrouble::TooLarge);
        }
        content.extend_from_slice(&piece);
    }
    Ok(content)
}

fn told(error: &reqwest::Error) -> UpdateTrouble {
    tracing::warn!(%error, "nothing came from the server of updates");
    if error.is_builder() { UpdateTrouble::NotEncrypted } else { UpdateTrouble::Unreachable }
}
