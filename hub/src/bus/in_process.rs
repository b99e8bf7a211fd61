//! The bus of a single process.

use super::{Bus, Notice};
use tokio::sync::broadcast;

/// How many notices a listener may be behind.
const CAPACITY: usize = 1024;

/// The bus of a single process.
#[derive(Debug)]
pub struct InProcess(broadcast::Sender<Notice>);

impl Default for InProcess {
    fn default() -> Self {
        Self(broadcast::channel(CAPACITY).0)
    }
}

impl Bus for InProcess {
    fn publish(&self, notice: Notice) {
        // Nobody listening is no error.
        let _ = self.0.send(notice);
    }

    fn subscribe(&self) -> broadcast::Receiver<Notice> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test]
    async fn conforms() {
        let bus: Arc<dyn Bus> = Arc::new(InProcess::default());
        crate::bus::conformance::run(&bus, &bus).await;
    }
}
