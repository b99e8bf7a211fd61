//! The pictures that customers send in the place of words, and how one gets to the hub: as a page uploads it, over HTTP.

use otklik_model::{Attachment, FileId};
use std::time::Duration;
use url::Url;

/// Name and content of each.
const PICTURES: &[(&str, &[u8])] = &[("cup", include_bytes!("../stickers/cup.png"))];
/// How long an upload may take.
const WITHIN: Duration = Duration::from_secs(10);

/// The picture of this name.
pub(crate) fn picture(name: &str) -> Option<&'static [u8]> {
    PICTURES.iter().find(|(known, _)| *known == name).map(|(_, content)| *content)
}

/// Uploads a picture with a page's token. Nothing, if the hub cannot be reached or does not take it.
pub(crate) async fn upload(files: &Url, token: &str, name: &str) -> Option<FileId> {
    let content = picture(name)?;
    // Whoever runs the customers may have chosen before: either way there is one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(WITHIN).build().ok()?;
    let mut address = files.clone();
    address.query_pairs_mut().append_pair("name", &format!("{name}.png"));
    let answer = client.post(address).bearer_auth(token).body(content).send().await.ok()?;
    let attachment: Attachment = answer.error_for_status().ok()?.json().await.ok()?;
    Some(attachment.id)
}

#[cfg(test)]
mod tests {
    use super::picture;

    #[test]
    fn a_picture_is_a_png_and_small() {
        let cup = picture("cup").unwrap();
        assert!(cup.starts_with(b"\x89PNG\r\n\x1a\n") && cup.len() < 10_000);
        assert_eq!(picture("../cup"), None);
    }
}
