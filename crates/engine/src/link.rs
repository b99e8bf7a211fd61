//! One connection at a time, as a stream of core inputs.

use otklik_backends::{Backend, Connection, Failure, Incoming, NoUpload, Opened, Request};
use otklik_core::{CloseCause, Fetched, FileTrouble, LinkInput, Profile, SessionInfo, Upload};
use otklik_model::{Attachment, Cursor};
use std::sync::Arc;
use tokio::{sync::mpsc, task::AbortHandle};

/// A connection or the try at one. Dropping it abandons both; nothing of it is heard afterwards.
pub(crate) struct Link {
    said: mpsc::Receiver<Said>,
    requests: Option<mpsc::Sender<Request>>,
    task: AbortHandle,
}

enum Said {
    Opened(Box<SessionInfo>, mpsc::Sender<Request>),
    Input(LinkInput),
}

impl Link {
    /// Begins to connect.
    pub(crate) fn open(backend: Arc<dyn Backend>, cursor: Option<Cursor>, handbook: Option<String>) -> Self {
        let (say, said) = mpsc::channel(64);
        let task = tokio::spawn(run(backend, cursor, handbook, say)).abort_handle();
        Self { said, requests: None, task }
    }

    /// What the connection says next; `None` once it has ended. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Option<LinkInput> {
        match self.said.recv().await? {
            Said::Opened(info, requests) => {
                self.requests = Some(requests);
                Some(LinkInput::Opened(info))
            }
            Said::Input(input) => Some(input),
        }
    }

    /// Says something. A connection that takes no more is dead, and the caller is told so.
    pub(crate) fn say(&self, request: Request) -> Result<(), CloseCause> {
        let Some(requests) = &self.requests else { return Ok(()) };
        requests.try_send(request).map_err(|_| CloseCause::Lost)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(backend: Arc<dyn Backend>, cursor: Option<Cursor>, handbook: Option<String>, say: mpsc::Sender<Said>) {
    let Connection { opened, mut incoming, requests } = match backend.connect(cursor, handbook).await {
        Ok(connection) => connection,
        Err(failure) => {
            tracing::info!(backend = backend.name(), %failure, "no connection");
            let _ = say.send(Said::Input(LinkInput::Closed(cause(&failure)))).await;
            return;
        }
    };
    if say.send(Said::Opened(Box::new(info(opened)), requests)).await.is_err() {
        return;
    }
    while let Some(incoming) = incoming.recv().await {
        let input = translate(incoming);
        let ended = matches!(input, LinkInput::Closed(_));
        if say.send(Said::Input(input)).await.is_err() || ended {
            return;
        }
    }
    let _ = say.send(Said::Input(LinkInput::Closed(CloseCause::Lost))).await;
}

fn info(opened: Opened) -> SessionInfo {
    let Opened { me, desk, rights, limits, stream, resumed, head, beat_ms, server_at } = opened;
    SessionInfo { profile: Profile { me, desk, rights, limits }, stream, resumed, head, beat_ms, server_at }
}

fn translate(incoming: Incoming) -> LinkInput {
    match incoming {
        Incoming::Snapshot { at, dialogs, operators, channels } => {
            LinkInput::Snapshot { at, dialogs, operators, channels }
        }
        Incoming::Events { after, upto, changes } => LinkInput::Events { after, upto, changes },
        Incoming::Answered { id, outcome } => LinkInput::Answered { id, outcome },
        Incoming::Uploading { id, sent } => LinkInput::Uploading { id, sent },
        Incoming::Uploaded { id, result } => LinkInput::Uploaded { id, result: upload(result) },
        Incoming::RetryLater { id, after_ms } => LinkInput::RetryLater { id, after_ms },
        Incoming::History { req, messages } => LinkInput::Fetched { req, result: Fetched::History(messages) },
        Incoming::HistoryFailed { req, retry: true } => LinkInput::Fetched { req, result: Fetched::Retry },
        Incoming::HistoryFailed { req, retry: false } => LinkInput::Fetched { req, result: Fetched::Refused },
        Incoming::Found { req, found } => LinkInput::Found { req, found },
        Incoming::Draft { dialog, text } => LinkInput::Draft { dialog, text },
        Incoming::Colleague { dialog, operator, here, writes } => {
            LinkInput::Colleague { dialog, operator, here, writes }
        }
        Incoming::FocusElsewhere { on } => LinkInput::FocusElsewhere { on },
        Incoming::Handbook(handbook) => LinkInput::Handbook(handbook),
        Incoming::Hidden { online, offline } => LinkInput::Hidden { online, offline },
        Incoming::Beat { head } => LinkInput::Beat { head },
        Incoming::Closed(failure) => {
            tracing::info!(%failure, "connection ended");
            LinkInput::Closed(cause(&failure))
        }
    }
}

fn upload(result: Result<Attachment, NoUpload>) -> Upload {
    match result {
        Ok(attachment) => Upload::Done(attachment),
        Err(NoUpload::Empty) => Upload::Refused(FileTrouble::Empty),
        Err(NoUpload::TooLarge(most_bytes)) => Upload::Refused(FileTrouble::TooLarge { most_bytes }),
        Err(NoUpload::Media) => Upload::Refused(FileTrouble::Media),
        Err(NoUpload::Forbidden) => Upload::Refused(FileTrouble::Forbidden),
        Err(NoUpload::Lost) => Upload::Refused(FileTrouble::Lost),
        Err(NoUpload::Later(after_ms)) => Upload::Later { after_ms },
    }
}

fn cause(failure: &Failure) -> CloseCause {
    match failure {
        Failure::Lost => CloseCause::Lost,
        Failure::RetryAfter { ms } => CloseCause::RetryAfter { ms: *ms },
        Failure::SignIn => CloseCause::SignIn,
        Failure::TooOld => CloseCause::HubTooOld,
        Failure::TooNew => CloseCause::HubTooNew,
        Failure::Certificate { .. } => CloseCause::Certificate,
        Failure::Resync => CloseCause::Resync,
    }
}
