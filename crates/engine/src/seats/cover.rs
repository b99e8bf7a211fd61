//! The cover over the window, which all accounts share (S-C20): when it comes, when the keys go, and who may open it.
//!
//! Decides by moments that are given to it; must not know what is under the cover.

mod watch;

use super::{LockCode, SeatId, Seats, gone};
use crate::{
    CoverCommand, CoverView, Workplace,
    cover::{self, Tries},
};
use futures_util::future::join_all;
use otklik_core::{AppView, CoverKey, UiError, UiErrorCode};
use parking_lot::Mutex;
use std::time::Instant;
use tokio::time::sleep_until;
use watch::{Due, Watch};
use zeroize::Zeroizing;

/// What is known of the cover.
pub(super) struct Cover {
    watch: Mutex<Watch>,
    tries: Mutex<Tries>,
    code: LockCode,
    has_code: Mutex<bool>,
    /// Held while somebody opens it: one try after another.
    opening: tokio::sync::Mutex<()>,
}

impl Cover {
    pub(super) fn new(code: LockCode) -> Self {
        let watch = Mutex::new(Watch::new(Instant::now()));
        Self {
            watch,
            tries: Mutex::default(),
            code,
            has_code: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
        }
    }

    /// Somebody is here.
    pub(super) fn here(&self) {
        self.watch.lock().here(Instant::now());
    }
}

impl Seats {
    /// Carries out what a page asks of the cover.
    pub(super) async fn cover_command(&self, seat: SeatId, command: CoverCommand) -> Result<(), UiError> {
        match command {
            CoverCommand::Here => {
                self.inner.cover.here();
                Ok(())
            }
            CoverCommand::Now => {
                self.cover();
                Ok(())
            }
            CoverCommand::Open { secret } => self.uncover(seat, secret.map(Zeroizing::new)).await,
            CoverCommand::SetCode { now, code } => {
                self.set_code(now.map(Zeroizing::new), code.map(Zeroizing::new)).await
            }
        }
    }

    /// What opens it.
    pub(super) fn cover_view(&self) -> CoverView {
        CoverView { by: self.cover_key() }
    }

    fn cover_key(&self) -> CoverKey {
        if self.all().iter().any(|(_, workplace)| workplace.is_vault()) {
            CoverKey::Passphrase
        } else if *self.inner.cover.has_code.lock() {
            CoverKey::Code
        } else {
            CoverKey::Press
        }
    }

    /// Covers the window at once, if there is anything under it.
    pub fn cover(&self) {
        if !self.is_deserted() && self.inner.cover.watch.lock().cover(Instant::now()) {
            self.say_on_cover(false);
            self.inner.together.stirred.notify_one();
        }
    }

    /// What a seat that comes only now begins under.
    pub(super) fn cover_for_new(&self) -> Option<AppView> {
        let (is_open, is_covered) = {
            let watch = self.inner.cover.watch.lock();
            (watch.is_open(), watch.is_covered())
        };
        match (is_open, is_covered) {
            (true, _) => None,
            (false, true) => Some(self.words_of_cover(false)),
            // Nobody has looked yet whether there is a code: nothing is shown so long.
            (false, false) => Some(AppView::Starting),
        }
    }

    fn words_of_cover(&self, wrong: bool) -> AppView {
        let wait_s = cover::seconds(self.inner.cover.tries.lock().wait(Instant::now()));
        AppView::Covered { by: self.cover_key(), wrong, wait_s }
    }

    fn say_on_cover(&self, wrong: bool) {
        let words = self.words_of_cover(wrong);
        self.all().iter().for_each(|(_, workplace)| workplace.cover(Some(words.clone())));
    }

    /// Opens it from a seat: for all of them, as far as they take the same secret.
    async fn uncover(&self, seat: SeatId, secret: Option<Zeroizing<String>>) -> Result<(), UiError> {
        let _turn = self.inner.cover.opening.lock().await;
        let workplace = self.at(seat).ok_or_else(gone)?;
        if !workplace.is_covered() {
            return Ok(());
        }
        if self.inner.cover.tries.lock().wait(Instant::now()).is_some() {
            return Err(wrong_code());
        }
        if !self.opens(&workplace, secret.clone()).await? {
            self.inner.cover.tries.lock().failed(Instant::now());
            self.say_on_cover(true);
            return Err(wrong_code());
        }
        self.inner.cover.tries.lock().succeeded();
        self.lift(secret).await;
        Ok(())
    }

    /// Whether this secret opens the cover; where a vault keeps the secrets, it has opened that seat then.
    async fn opens(&self, workplace: &Workplace, secret: Option<Zeroizing<String>>) -> Result<bool, UiError> {
        match self.cover_key() {
            CoverKey::Press => Ok(true),
            CoverKey::Passphrase => Ok(workplace.open_again(secret).await),
            CoverKey::Code => {
                let Some(said) = secret else { return Ok(false) };
                let code = self.inner.cover.code.clone();
                let checked = tokio::task::spawn_blocking(move || code.check(&said)).await;
                checked.map_err(|_| not_ready())?.map_err(|error| unread(&error))
            }
        }
    }

    /// Takes it away.
    async fn lift(&self, secret: Option<Zeroizing<String>>) {
        self.inner.cover.watch.lock().open(Instant::now());
        let all = self.all();
        join_all(all.iter().map(|(_, workplace)| async {
            if !workplace.is_covered() {
                workplace.cover(None);
            } else if !workplace.open_again(secret.clone()).await {
                tracing::warn!("an account stays covered: its vault has another passphrase");
            }
        }))
        .await;
        self.inner.together.stirred.notify_one();
    }

    /// Whether nobody is at work: then nothing is under the cover.
    pub(super) fn is_deserted(&self) -> bool {
        !self.all().iter().any(|(_, workplace)| workplace.is_at_work())
    }

    /// Nothing is covered any more: whoever signed in where nobody was at work has said who he is, and where nobody is
    /// left at work there is nothing to cover.
    pub(super) fn uncover_deserted(&self) {
        self.inner.cover.tries.lock().succeeded();
        self.inner.cover.watch.lock().open(Instant::now());
        self.all().iter().for_each(|(_, workplace)| workplace.cover(None));
        self.inner.together.stirred.notify_one();
    }

    /// Whoever was the last to sign out takes the code with him.
    pub(super) async fn forget_code(&self) {
        if !*self.inner.cover.has_code.lock() {
            return;
        }
        let code = self.inner.cover.code.clone();
        match tokio::task::spawn_blocking(move || code.set(None)).await {
            Ok(Ok(())) => *self.inner.cover.has_code.lock() = false,
            Ok(Err(error)) => tracing::warn!(%error, "the code of the cover stays"),
            Err(error) => tracing::error!(%error, "the code of the cover stays"),
        }
    }

    async fn set_code(&self, now: Option<Zeroizing<String>>, code: Option<Zeroizing<String>>) -> Result<(), UiError> {
        let _turn = self.inner.cover.opening.lock().await;
        if self.inner.cover.watch.lock().is_covered() || self.cover_key() == CoverKey::Passphrase {
            return Err(not_ready());
        }
        if code.as_ref().is_some_and(|code| !LockCode::is_one(code)) {
            return Err(UiError { code: UiErrorCode::Malformed });
        }
        if self.inner.cover.tries.lock().wait(Instant::now()).is_some() {
            return Err(wrong_code());
        }
        let (keeps, sets) = (self.inner.cover.code.clone(), code.is_some());
        let set = tokio::task::spawn_blocking(move || {
            let known = now.unwrap_or_default();
            let right = keeps.check(&known)?;
            if right { keeps.set(code.as_ref().map(|code| code.as_str())).map(|()| true) } else { Ok(false) }
        });
        match set.await.map_err(|_| not_ready())?.map_err(|error| unread(&error))? {
            true => {
                *self.inner.cover.has_code.lock() = sets;
                self.inner.cover.tries.lock().succeeded();
                Ok(())
            }
            false => {
                self.inner.cover.tries.lock().failed(Instant::now());
                Err(wrong_code())
            }
        }
    }

    /// Keeps watch over the window for as long as the program runs.
    pub(super) async fn keep_watch(self) {
        self.begin_cover().await;
        loop {
            if self.inner.together.has_slept() {
                self.cover();
            }
            let due = self.inner.together.cover_rules().and_then(|rules| self.inner.cover.watch.lock().due(rules));
            let stirred = self.inner.together.stirred.notified();
            match due {
                None => stirred.await,
                Some((at, due)) if at <= Instant::now() => self.act(due).await,
                Some((at, _)) => tokio::select! {
                    () = stirred => {}
                    () = sleep_until(at.into()) => {}
                },
            }
        }
    }

    /// A start is as good as a cover where a code is set: it asks for that.
    async fn begin_cover(&self) {
        let code = self.inner.cover.code.clone();
        let wrong = tokio::task::spawn_blocking(move || code.wrong_tries()).await;
        let wrong = match wrong {
            Ok(Ok(wrong)) => wrong,
            Ok(Err(error)) => {
                tracing::warn!(%error, "whether a code is set is not known");
                Some(0)
            }
            Err(_) => Some(0),
        };
        *self.inner.cover.has_code.lock() = wrong.is_some();
        if let Some(wrong) = wrong {
            self.inner.cover.tries.lock().begin(wrong, Instant::now());
        }
        if wrong.is_some() || self.inner.together.is_screen_locked() {
            self.inner.cover.watch.lock().cover(Instant::now());
            return self.say_on_cover(false);
        }
        // What came meanwhile decides for itself: another hand has covered it, or nothing has.
        if self.inner.cover.watch.lock().open_if_unknown(Instant::now()) {
            self.all().iter().for_each(|(_, workplace)| workplace.cover(None));
        }
    }

    async fn act(&self, due: Due) {
        match due {
            Due::Cover => {
                self.cover();
                // Where nobody is at work there is nothing to cover: looked at again as long after now.
                self.inner.cover.here();
            }
            Due::Close => {
                // Whoever opens it meanwhile is first, or finds it closed.
                let _turn = self.inner.cover.opening.lock().await;
                if !self.inner.cover.watch.lock().closed() {
                    return;
                }
                join_all(self.all().iter().map(|(_, workplace)| workplace.close_cache())).await;
            }
        }
    }
}

fn wrong_code() -> UiError {
    UiError { code: UiErrorCode::WrongCode }
}

fn not_ready() -> UiError {
    UiError { code: UiErrorCode::NotReady }
}

fn unread(error: &crate::KeychainError) -> UiError {
    tracing::warn!(%error, "the code of the cover cannot be used");
    not_ready()
}
