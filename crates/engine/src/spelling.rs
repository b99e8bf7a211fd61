//! Spelling of what the operator writes, off every thread that somebody waits for. The dictionaries are read when the
//! first word is asked about: whoever has spelling switched off, or a web view that checks by itself, never has them.

use crate::{
    PageAnswer, Shell,
    page::WrongWord,
    runner::{Handle, Told},
};
use otklik_core::{UiError, UiErrorCode};
use otklik_spelling::Speller;
use parking_lot::Mutex;
use std::{collections::BTreeSet, sync::Arc};

/// A text of more bytes is not looked through.
const LONGEST: usize = 256 * 1024;

/// The dictionaries, once they were needed.
#[derive(Default)]
pub(crate) struct Spelling {
    speller: Mutex<Option<Arc<Speller>>>,
}

impl Spelling {
    /// Blocks while the dictionaries are read, which happens once.
    fn speller(&self) -> Option<Arc<Speller>> {
        let mut speller = self.speller.lock();
        if speller.is_none() {
            match Speller::load() {
                Ok(loaded) => *speller = Some(Arc::new(loaded)),
                Err(error) => tracing::error!(%error, "spelling is not checked"),
            }
        }
        speller.clone()
    }
}

/// The words of a text that are spelt wrong; none if the operator wants none, or the web view looks itself.
pub(crate) async fn check(
    spelling: &Arc<Spelling>,
    handle: &Handle,
    shell: &dyn Shell,
    text: String,
) -> Result<PageAnswer, UiError> {
    let by_view = shell.checks_spelling();
    let settings = handle.ask(Told::Settings).await?;
    if by_view || !settings.spelling || text.is_empty() || text.len() > LONGEST {
        return Ok(PageAnswer::Spelling { by_view, words: Vec::new() });
    }
    let own: BTreeSet<String> = settings.own_words.into_iter().collect();
    let spelling = Arc::clone(spelling);
    let words = aside(move || {
        let wrong = spelling.speller()?.misspelt(&text, &own);
        Some(wrong.into_iter().map(|word| WrongWord { from: word.from, to: word.to }).collect())
    });
    Ok(PageAnswer::Spelling { by_view, words: words.await? })
}

/// What may have been meant by a word.
pub(crate) async fn suggest(spelling: &Arc<Spelling>, word: String) -> Result<PageAnswer, UiError> {
    let spelling = Arc::clone(spelling);
    let words = aside(move || Some(spelling.speller()?.suggestions(&word)));
    Ok(PageAnswer::Suggestions { words: words.await? })
}

async fn aside<T: Default + Send + 'static>(work: impl FnOnce() -> Option<T> + Send + 'static) -> Result<T, UiError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map(Option::unwrap_or_default).map_err(|_| UiError { code: UiErrorCode::NotReady })
}
