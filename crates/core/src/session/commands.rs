//! What the operator does. Each command is answered exactly once: at once if nothing has to be stored or asked,
//! otherwise when that is done.

use super::Session;
use crate::{
    Command, Deed, Draft, Effect, OwnWrite, Receipt, ReqId, Settings, UiError, UiErrorCode, disk::Purpose, link::Asked,
    mirror::is_remains,
};
use otklik_model::{Can, Denied, Dialog, DialogId, Now, Op};

impl Session {
    /// Takes a command.
    pub(super) fn handle_command(&mut self, req: ReqId, command: Command, now: Now) {
        let asker = Some(req);
        let done = match command {
            Command::Open { dialog } => self.open_dialog(dialog, now).map(|()| Answer::Now),
            Command::BringUp { dialog } => {
                self.handle_popup_clicked(Some(dialog));
                Ok(Answer::Now)
            }
            Command::DropLink => {
                self.end_link();
                Ok(Answer::Now)
            }
            Command::SendText { dialog, text, quote } => self.send_text(req, dialog, &text, quote, now),
            Command::Reply { dialog, text, read } => self.reply(req, dialog, &text, read, now),
            Command::SendNote { dialog, text } => self.send_note(req, dialog, &text, now),
            Command::LeaveNote { dialog, text } => self.leave_note(req, dialog, &text, now),
            Command::Attach { dialog, file } => self.attach(req, dialog, file),
            Command::Detach { file } => self.detach(req, file),
            Command::SendFiles { dialog, files, text } => self.send_files(req, dialog, &files, &text, now),
            Command::Resend { message } => self.resend(req, message, now),
            Command::Edit { message } => self.edit(req, message, now),
            Command::Cancel { message } => self.cancel(req, message),
            Command::AsNote { message } => self.as_note(req, message, now),
            Command::SaveDraft { dialog, text, note, quote } => {
                self.save_draft(req, Draft { dialog, text, note, quote, at: now.stamp })
            }
            Command::Typing { dialog, on, note } => Ok(self.tell_typing(dialog, on, note)),
            Command::Seen { dialog, upto } => self.mark_seen(req, dialog, upto, now),
            Command::Accept { dialog } => self.accept(asker, dialog, now),
            Command::Close { dialog } => {
                self.request(asker, dialog, |can| can.close, |dialog, epoch| Op::Close { dialog, epoch }, now)
            }
            Command::Transfer { dialog, target: to } => self.request(
                asker,
                dialog,
                |can| can.transfer,
                move |dialog, epoch| Op::Transfer { dialog, epoch, to },
                now,
            ),
            Command::EditCustomer { dialog, edit, was } => self.edit_customer(req, dialog, edit, *was, now),
            Command::Do { dialog, deed } => self.carry_out(asker, dialog, deed, now),
            Command::SetStatus { status } => self.ask_hub(asker, Op::SetStatus { status }, now),
            Command::ChooseStatus { code, of } => self.ask_hub(asker, Op::ChooseStatus { code, of }, now),
            Command::KeepTemplate { name, template } => self.ask_hub(asker, Op::KeepTemplate { name, template }, now),
            Command::DropTemplate { name } => self.ask_hub(asker, Op::DropTemplate { name }, now),
            Command::FillGap { dialog, from, to } => self.fill_gap(dialog, from, to),
            Command::LookUp { what } => self.look_up(req, what, now),
            Command::Reconnect => {
                self.reconnect(now);
                Ok(Answer::Now)
            }
            Command::TrySound { sound } => {
                self.effects.push_back(Effect::Sound(sound));
                Ok(Answer::Now)
            }
            Command::UseSound { sound, own } => {
                let settings = self.desk.settings.clone().with_sound(sound, own);
                Ok(self.set_settings(req, settings))
            }
            Command::Mute { on } => {
                self.mute(on, now);
                Ok(Answer::Now)
            }
            Command::KeepWord { word } => {
                let settings = self.desk.settings.clone().with_word(&word);
                Ok(self.set_settings(req, settings))
            }
            Command::SetSettings { settings } => Ok(self.set_settings(req, *settings)),
        };
        let result = match done {
            Ok(Answer::Later) => return,
            Ok(Answer::Now) => Ok(Receipt::default()),
            Err(code) => Err(UiError { code }),
        };
        self.effects.push_back(Effect::Reply { req, result });
    }

    /// A dialog's row, or that there is none.
    pub(super) fn known(&self, dialog: DialogId) -> Result<&Dialog, UiErrorCode> {
        self.mirror.row(dialog).ok_or(UiErrorCode::NotFound)
    }

    /// Dropped without a connection: by the time there is one it would be stale.
    fn tell_typing(&mut self, dialog: DialogId, on: bool, note: bool) -> Answer {
        self.tell_writing(dialog, on);
        let leads = self.mirror.row(dialog).is_some_and(|row| row.assignee == Some(self.mirror.me()));
        // Of a note the customer hears nothing.
        if leads && !note && self.link.is_live() {
            self.effects.push_back(Effect::Typing { dialog, on });
        }
        Answer::Now
    }

    fn accept(&mut self, asker: Option<ReqId>, dialog: DialogId, now: Now) -> Result<Answer, UiErrorCode> {
        self.known(dialog)?;
        if self.requests.is_accepting(dialog) {
            return Err(UiErrorCode::Denied { why: Denied::AlreadyTaken });
        }
        self.request(asker, dialog, |can| can.accept, |dialog, epoch| Op::Accept { dialog, epoch }, now)
    }

    /// A notification's button: the dialog is shown at once, and whatever stands in the way is told beside it.
    pub(super) fn accept_from_popup(&mut self, dialog: DialogId, now: Now) {
        self.handle_popup_clicked(Some(dialog));
        if let Err(why) = self.accept(None, dialog, now) {
            self.tell_not_done(why);
        }
    }

    /// A notification's other button. There is nothing to be shown, unless something stands in the way.
    pub(super) fn decline_from_popup(&mut self, dialog: DialogId, now: Now) {
        if let Err(why) = self.carry_out(None, dialog, Deed::Decline, now) {
            self.handle_popup_clicked(Some(dialog));
            self.tell_not_done(why);
        }
    }

    fn carry_out(
        &mut self,
        asker: Option<ReqId>,
        dialog: DialogId,
        deed: Deed,
        now: Now,
    ) -> Result<Answer, UiErrorCode> {
        let row = self.known(dialog)?;
        if is_remains(row) {
            return Err(UiErrorCode::NotFound);
        }
        if let Some(why) = deed.denied(&self.source().can(row)) {
            return Err(UiErrorCode::Denied { why });
        }
        let op = deed.op(row, self.clock.now(now));
        self.ask_hub(asker, op, now)
    }

    /// Asks the hub for something racy: only what may be done now, and never later.
    fn request(
        &mut self,
        asker: Option<ReqId>,
        dialog: DialogId,
        part: impl Fn(&Can) -> Option<Denied>,
        op: impl FnOnce(DialogId, u64) -> Op,
        now: Now,
    ) -> Result<Answer, UiErrorCode> {
        let row = self.known(dialog)?;
        if let Some(why) = part(&self.source().can(row)) {
            return Err(UiErrorCode::Denied { why });
        }
        let op = op(dialog, row.epoch);
        self.ask_hub(asker, op, now)
    }

    fn ask_hub(&mut self, asker: Option<ReqId>, op: Op, now: Now) -> Result<Answer, UiErrorCode> {
        if !self.link.is_live() {
            return Err(UiErrorCode::Denied { why: Denied::Offline });
        }
        let id = self.chance.client_id(now.stamp);
        self.requests.start(id, asker, op.clone());
        self.link.ask(Asked::Op(id), 0, now);
        self.effects.push_back(Effect::Submit { id, op });
        Ok(Answer::Later)
    }

    fn fill_gap(&mut self, dialog: DialogId, from: u32, to: u32) -> Result<Answer, UiErrorCode> {
        let row = self.known(dialog)?;
        if from == 0 || from > to || is_remains(row) {
            return Err(UiErrorCode::Malformed);
        }
        let to = to.min(row.last_seq);
        if !self.link.is_live() {
            return Err(UiErrorCode::NoConnection);
        }
        if from <= to && !self.history.fill(dialog, from, to) {
            return Err(UiErrorCode::NotReady);
        }
        Ok(Answer::Now)
    }

    fn set_settings(&mut self, req: ReqId, settings: Settings) -> Answer {
        self.store(req, vec![OwnWrite::PutSettings(settings.within_bounds())], Receipt::default(), Vec::new());
        Answer::Later
    }

    /// Stores something for the operator, who is answered when it is durable.
    pub(super) fn store(
        &mut self,
        req: ReqId,
        writes: Vec<OwnWrite>,
        receipt: Receipt,
        items: Vec<otklik_model::ClientId>,
    ) {
        self.commit_own(writes, Purpose::Command { req, receipt: Box::new(receipt), items });
    }
}

/// When a command is answered, if it was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// At once.
    Now,
    /// When the disk or the hub has answered.
    Later,
}
