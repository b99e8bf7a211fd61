//! Files that the operator sends: into the tray, out of it, into the outbox, and their bytes to the hub.

use super::{Session, commands::Answer};
use crate::{
    Effect, FileTrouble, OutboxOp, OwnWrite, Receipt, ReqId, StagedFile, TrayFile, UiErrorCode, Upload,
    disk::Purpose,
    mirror::{is_remains, writing_denied},
};
use otklik_model::{ClientId, DialogId, Now, StagedId, TextError, check_text};

/// A tray holds at most so many files: what one message of many is still looked through.
const TRAY: u32 = 20;

impl Session {
    /// Into the tray, unless the hub would not take it: that is told now, not after the upload.
    pub(super) fn attach(&mut self, req: ReqId, dialog: DialogId, file: StagedFile) -> Result<Answer, UiErrorCode> {
        let row = self.known(dialog)?;
        if is_remains(row) {
            return Err(UiErrorCode::NotFound);
        }
        if let Some(why) = file.trouble(&self.mirror.profile.limits.files) {
            return Err(UiErrorCode::File { why });
        }
        if self.local.tray.contains_key(&file.id) || self.outbox.holds(file.id) {
            return Err(UiErrorCode::Malformed);
        }
        if u32::try_from(self.local.tray_of(dialog).len()).is_ok_and(|count| count >= TRAY) {
            return Err(UiErrorCode::File { why: FileTrouble::TooMany { most: TRAY } });
        }
        let tray = TrayFile { dialog, order: self.outbox.next_order(), file };
        self.store(req, vec![OwnWrite::PutTray(tray)], Receipt::default(), Vec::new());
        Ok(Answer::Later)
    }

    /// Out of the tray; its bytes go when that is durable.
    pub(super) fn detach(&mut self, req: ReqId, file: StagedId) -> Result<Answer, UiErrorCode> {
        if !self.local.tray.contains_key(&file) {
            return Err(UiErrorCode::NotFound);
        }
        self.store(req, vec![OwnWrite::DropTray(file)], Receipt::default(), Vec::new());
        Ok(Answer::Later)
    }

    /// Out of the tray and into the outbox in one transaction: a crash leaves each file in one of them.
    pub(super) fn send_files(
        &mut self,
        req: ReqId,
        dialog: DialogId,
        files: &[StagedId],
        text: &str,
        now: Now,
    ) -> Result<Answer, UiErrorCode> {
        let row = self.known(dialog)?;
        if let Some(why) = writing_denied(row, self.mirror.me()).or(self.source().can(row).send_file) {
            return Err(UiErrorCode::Denied { why });
        }
        let text = caption(text, self.mirror.text_chars(row))?;
        let mut chosen = Vec::new();
        for id in files {
            let tray = self.local.tray.get(id).filter(|tray| tray.dialog == dialog).ok_or(UiErrorCode::NotFound)?;
            if let Some(why) = tray.file.trouble(&self.mirror.profile.limits.files) {
                return Err(UiErrorCode::File { why });
            }
            chosen.push(tray.file.clone());
        }
        if chosen.is_empty() {
            return Err(UiErrorCode::Empty);
        }
        let mut texts = std::iter::once(text).chain(std::iter::repeat_with(String::new));
        let (mut writes, mut items) = (Vec::new(), Vec::new());
        for file in chosen {
            let (id, text) = (file.id, texts.next().unwrap_or_default());
            let item = self.new_item(dialog, OutboxOp::File { file, text, uploaded: None }, now);
            items.push(item.client_id);
            self.outbox.reserve(item.clone());
            writes.extend([OwnWrite::PutOutbox(item), OwnWrite::DropTray(id)]);
        }
        writes.push(OwnWrite::DropDraft(dialog));
        let receipt = Receipt { message: items.first().copied(), ..Receipt::default() };
        self.store(req, writes, receipt, items);
        Ok(Answer::Later)
    }

    /// The files of a dialog's tray.
    #[must_use]
    pub fn tray(&self, dialog: DialogId) -> Vec<StagedFile> {
        self.local.tray_of(dialog)
    }

    /// Every file whose bytes are still wanted; all others can go.
    #[must_use]
    pub fn staged(&self) -> Vec<StagedId> {
        let waiting = self.outbox.staged();
        self.local.tray.keys().copied().chain(waiting).collect()
    }

    /// Gives the hub the bytes of a message's file.
    pub(super) fn upload(&mut self, id: ClientId) {
        if let Some(file) = self.outbox.entry(id).and_then(|entry| entry.item.op.staged().cloned()) {
            self.effects.push_back(Effect::Upload { id, file });
        }
        self.show_file(id);
    }

    /// So much of a file is on the hub.
    pub(super) fn handle_uploading(&mut self, id: ClientId, sent: u64) {
        if self.outbox.upload_goes_on(id, sent) {
            self.show_item(id);
        }
    }

    /// An upload is over: what came of it is stored before the message goes on.
    pub(super) fn handle_uploaded(&mut self, id: ClientId, result: Upload, now: Now) {
        if let Some(item) = self.outbox.upload_over(id, result, now) {
            self.commit_own(vec![OwnWrite::PutOutbox(item)], Purpose::Settle(id));
        }
        self.show_file(id);
    }

    /// Its line, and its dialog's row: whether it is stuck depends on it.
    fn show_file(&mut self, id: ClientId) {
        if let Some(dialog) = self.outbox.entry(id).map(|entry| entry.item.dialog) {
            self.touch(dialog);
        }
        self.show_item(id);
    }

    /// The operator changes this message: nobody waits for the upload of its file any more.
    pub(super) fn stop_upload(&mut self, id: ClientId) {
        if self.outbox.is_uploading(id) {
            self.effects.push_back(Effect::StopUpload { id });
        }
    }

    /// A file left its tray.
    pub(super) fn apply_untrayed(&mut self, file: StagedId) {
        if let Some(tray) = self.local.tray.remove(&file) {
            self.touch(tray.dialog);
            self.clear_remains(tray.dialog);
            self.unstage(Some(file));
        }
    }

    /// The bytes of a file go, if nothing refers to them any more.
    pub(super) fn unstage(&mut self, file: Option<StagedId>) {
        let wanted = |file: &StagedId| self.local.tray.contains_key(file) || self.outbox.holds(*file);
        if let Some(file) = file.filter(|file| !wanted(file)) {
            self.effects.push_back(Effect::Unstage(file));
        }
    }
}

/// Checks the words that go with a file, which may be none.
fn caption(text: &str, max: u32) -> Result<String, UiErrorCode> {
    match check_text(text, max) {
        Ok(text) => Ok(text),
        Err(TextError::Empty) => Ok(String::new()),
        Err(TextError::TooLong { max }) => {
            Err(UiErrorCode::TooLong { max, chars: u32::try_from(text.chars().count()).unwrap_or(u32::MAX) })
        }
    }
}
