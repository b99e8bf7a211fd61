//! Questions of a page, answered from the store.

use crate::{
    runner::Told,
    workplace::{Running, not_ready},
};
use otklik_core::{Answer, DiskFault, Gap, Query, ThreadPage, UiError, UiErrorCode};
use otklik_model::DialogId;
use otklik_store::{Block, Hits, Reader};

/// The most messages one page of a thread holds.
const MAX_MESSAGES: u32 = 200;
/// The most hits one search brings.
const MAX_HITS: u32 = 100;

/// Answers one question.
pub(crate) async fn answer(running: &Running, query: Query) -> Result<Answer, UiError> {
    match query {
        Query::Thread { dialog, before, limit } => {
            let limit = limit.clamp(1, MAX_MESSAGES);
            let page =
                thread(running, dialog, before.is_none(), move |reader| reader.thread(dialog, before, limit)).await?;
            Ok(Answer::Thread { page })
        }
        Query::Around { dialog, seq, limit } => {
            let limit = limit.clamp(1, MAX_MESSAGES);
            let page = thread(running, dialog, false, move |reader| reader.around(dialog, seq, limit)).await?;
            Ok(Answer::Thread { page })
        }
        Query::Search { search, order, limit } => {
            let limit = limit.clamp(1, MAX_HITS);
            let Hits { hits, more, alike } = read(running, move |reader| reader.search(&search, order, limit)).await?;
            Ok(Answer::Hits { hits, more, alike })
        }
        Query::Draft { dialog } => {
            let (draft, files) = running.handle.ask(|reply| Told::Draft(dialog, reply)).await?;
            let (text, note, quote) =
                draft.map_or_else(Default::default, |draft| (draft.text, draft.note, draft.quote));
            Ok(Answer::Draft { text, note, quote, files })
        }
    }
}

/// A page of a thread: the union of cache and outbox, joined by client id.
///
/// The outbox is read first: an item that moves to the cache in between is then seen in both and shown once, never in
/// neither.
async fn thread(
    running: &Running,
    dialog: DialogId,
    newest: bool,
    block: impl FnOnce(&Reader) -> Result<Block, DiskFault> + Send + 'static,
) -> Result<ThreadPage, UiError> {
    let (mut unsent, last_seq) = running.handle.ask(|reply| Told::Unsent(dialog, reply)).await?;
    let Block { messages, older, newer, mut gaps } = read(running, block).await?;
    let newest = newest || !newer;
    if newest {
        unsent.retain(|item| {
            item.op.text().is_some() && messages.iter().all(|message| message.client_id != Some(item.client_id))
        });
        let have = messages.last().map_or(0, |message| message.seq);
        if have < last_seq {
            gaps.push(Gap { from: have + 1, to: last_seq });
        }
    } else {
        unsent.clear();
    }
    let items = running.handle.ask(|reply| Told::Items(messages, unsent, reply)).await?;
    Ok(ThreadPage { dialog, items, gaps, older, newer })
}

/// Reads off the loop's thread.
async fn read<T: Send + 'static>(
    running: &Running,
    question: impl FnOnce(&Reader) -> Result<T, DiskFault> + Send + 'static,
) -> Result<T, UiError> {
    let reader = running.reading()?.reader.clone();
    tokio::task::spawn_blocking(move || question(&reader))
        .await
        .map_err(|_| not_ready())?
        .map_err(|fault| UiError { code: UiErrorCode::Disk { fault } })
}
