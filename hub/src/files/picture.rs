//! Small pictures of pictures: a few at a time, and none that takes long.

use otklik_files::picture::{Picture, knows, remake};
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// The longer side of a small picture, in pixels.
const SIDE: u32 = 300;
/// A picture that takes longer is only a file. The thread goes on to its own, bounded end.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pictures decoded at once.
const AT_ONCE: usize = 2;

/// Makes small pictures, a few at a time.
pub(super) struct Pictures(Arc<Semaphore>);

impl Default for Pictures {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Pictures {
    /// A small picture; nothing, if it is no picture, too large a one, or one that cannot be read.
    pub(super) async fn thumbnail(&self, media: &'static str, content: Vec<u8>) -> Option<Picture> {
        if !knows(media) {
            return None;
        }
        let permit = self.0.clone().acquire_owned().await.ok()?;
        let work = tokio::task::spawn_blocking(move || {
            let made = remake(media, &content, SIDE);
            // Held to the end, also if nobody waits for it any more.
            drop(permit);
            made
        });
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(Ok(Ok(picture))) => Some(picture),
            Ok(Ok(Err(error))) => {
                tracing::debug!(%error, "a picture without a small one");
                None
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "a picture broke its decoder");
                None
            }
            Err(_) => {
                tracing::warn!("a picture took too long");
                None
            }
        }
    }
}
