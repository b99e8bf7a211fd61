//! What the connection says, and what becomes of the connection.

use super::Session;
use crate::{
    CloseCause, Effect, Fetched, LinkInput, Notice, OwnWrite, SessionInfo, Toast, UiError, UiErrorCode, ViewEvent,
    batch::Work,
    disk::Purpose,
    link::{Asked, LinkStep},
    mutants::Mutant,
    outbox,
    requests::{self, winner},
    row::name_of,
    sync::Break,
};
use otklik_model::{Change, ClientId, DialogId, Now, Op, Outcome, Seq};

impl Session {
    /// Takes what the connection says.
    pub(super) fn handle_link(&mut self, said: LinkInput, now: Now) {
        self.link.heard(now);
        match said {
            LinkInput::Opened(info) => self.handle_opened(&info, now),
            LinkInput::Snapshot { .. } | LinkInput::Events { .. } if self.link.is_calling() => {
                // State before a welcome: the frames do not come as they were sent.
                self.break_off_if(Err(Break::Reconnect), now);
            }
            LinkInput::Snapshot { at, dialogs, operators, channels } => {
                self.sync.take_snapshot(at, dialogs, operators, channels);
                self.watch_debt(now);
            }
            LinkInput::Events { after, upto, changes } => {
                self.note_echoes(&changes);
                let taken = self.sync.take_events(after, upto, changes);
                self.break_off_if(taken, now);
                self.watch_debt(now);
            }
            LinkInput::Answered { id, outcome } => self.handle_answered(id, outcome, now),
            LinkInput::Uploading { id, sent } => self.handle_uploading(id, sent),
            LinkInput::Uploaded { id, result } => self.handle_uploaded(id, result, now),
            LinkInput::RetryLater { id, after_ms } => self.handle_retry_later(id, after_ms, now),
            LinkInput::Fetched { req, result } => {
                self.link.answered(Asked::Fetch(req));
                if self.handle_not_found(req, result == Fetched::Retry) {
                    return;
                }
                if let Some(page) = self.history.answered(req, result, now) {
                    self.sync.push(page);
                }
            }
            LinkInput::Found { req, found } => self.handle_found(req, found),
            LinkInput::Draft { dialog, text } => self.handle_typing(dialog, text),
            LinkInput::Colleague { dialog, operator, here, writes } => {
                self.handle_colleague(dialog, operator, here, writes);
            }
            LinkInput::FocusElsewhere { on } => self.desk.focus_elsewhere = on,
            LinkInput::Handbook(handbook) => self.sync.push(Work::Handbook(handbook)),
            LinkInput::Hidden { online, offline } => self.hidden = (online, offline),
            LinkInput::Beat { head } => self.handle_beat(head, now),
            LinkInput::Closed(cause) => self.handle_closed(cause, now),
        }
    }

    fn handle_opened(&mut self, info: &SessionInfo, now: Now) {
        if !self.link.opened(info.beat_ms, now) {
            return;
        }
        self.fresh.link = true;
        self.clock.set(info.server_at, now);
        // Nothing is hidden before the hub says so.
        self.hidden = (0, 0);
        self.clear_notices(|notice| match notice {
            Notice::HubTooOld | Notice::HubTooNew | Notice::Certificate => true,
            Notice::Disk { .. } | Notice::CacheRebuilt | Notice::OwnSalvaged { .. } => false,
        });
        let opened = self.sync.opened(info, self.asked);
        self.break_off_if(opened, now);
        self.watch_debt(now);
    }

    /// A hub that signed us in and then never tells what was missed must not keep us waiting for ever.
    fn watch_debt(&mut self, now: Now) {
        if self.sync.is_owed() { self.link.owed(now) } else { self.link.paid() }
    }

    /// One's own messages among the events: none of them has to be sent (again).
    fn note_echoes(&mut self, changes: &[Change]) {
        for change in changes {
            if let Change::MessageAdded(message) = change
                && let Some(id) = message.client_id
            {
                self.outbox.echoed(id, message.dialog);
            }
        }
    }

    fn handle_beat(&mut self, head: Seq, now: Now) {
        let taken = self.sync.take_beat(head);
        self.break_off_if(taken, now);
        if self.link.is_live() {
            self.link.synced(now);
            self.fresh.link = true;
        }
    }

    /// The customer's unfinished text: for the screen only.
    fn handle_typing(&mut self, dialog: DialogId, text: Option<String>) {
        if self.mirror.dialogs.contains_key(&dialog) && self.local.types(dialog, text) {
            let text = self.local.typing_in(dialog).cloned();
            self.emit(ViewEvent::Typing { dialog, text });
        }
    }

    fn handle_answered(&mut self, id: ClientId, outcome: Outcome, now: Now) {
        self.link.answered(Asked::Op(id));
        if let Some(settled) = self.requests.answered(id, &outcome) {
            self.note_position();
            self.settle_request(settled);
            return;
        }
        match self.outbox.answered(id, outcome, &self.mirror, now) {
            outbox::Settled::NotMine | outbox::Settled::Noted => {}
            outbox::Settled::Stored(message) => {
                if self.mutants.is(Mutant::DropOutboxBeforeCache) {
                    self.outbox.landed(id, message.dialog);
                }
                self.sync.push(Work::Own(message));
            }
            outbox::Settled::ReadTold(dialog, at) => {
                self.local.read_told(dialog, at);
                self.settle_reads(false);
            }
            outbox::Settled::CardTold => self.settle_reads(false),
            outbox::Settled::ReadRefused(dialog) => {
                self.local.unread(dialog);
                self.touch(dialog);
            }
        }
        self.show_item(id);
    }

    fn handle_retry_later(&mut self, id: ClientId, after_ms: u64, now: Now) {
        self.link.answered(Asked::Op(id));
        if self.outbox.retry_later(id, after_ms, now) {
            self.show_item(id);
        } else if let Some(settled) = self.requests.retry_later(id, after_ms, now) {
            self.settle_request(settled);
        }
    }

    /// What the operator did himself and has seen happen is no more his doing from then on.
    pub(super) fn note_position(&mut self) {
        if let Some(cursor) = self.mirror.cursor {
            self.requests.seen_upto(cursor.after);
        }
    }

    /// A request of the operator was answered.
    fn settle_request(&mut self, settled: requests::Settled) {
        let requests::Settled { req, op, result } = settled;
        if let Op::Accept { dialog, .. } = op {
            let row = self.mirror.row(dialog);
            match (&result, winner(&result), row) {
                (Ok(_), ..) => self.emit(ViewEvent::OpenDialog { dialog }),
                (Err(_), Some(by), Some(row)) => {
                    let (by, name, number) = (by.to_owned(), name_of(row), row.customer.number);
                    self.emit(ViewEvent::Toast { toast: Toast::AlreadyAccepted { by, name, number } });
                }
                (Err(_), ..) => {}
            }
        }
        match (req, result) {
            (Some(req), result) => {
                let result = result.map_err(|code| UiError { code });
                self.effects.push_back(Effect::Reply { req, result });
            }
            (None, Ok(_)) => {}
            // Who was faster has been told already.
            (None, Err(code)) if winner(&Err(code.clone())).is_none() => self.tell_not_done(code),
            (None, Err(_)) => {}
        }
    }

    /// Tells why something was not done that no page waits for.
    pub(super) fn tell_not_done(&mut self, why: UiErrorCode) {
        self.emit(ViewEvent::Toast { toast: Toast::NotDone { why } });
    }

    fn break_off_if(&mut self, taken: Result<(), Break>, now: Now) {
        let cause = match taken {
            Ok(()) => return,
            Err(Break::Resync) => CloseCause::Resync,
            Err(Break::Reconnect) => CloseCause::Lost,
        };
        self.effects.push_back(Effect::Disconnect);
        self.handle_closed(cause, now);
    }

    fn handle_closed(&mut self, cause: CloseCause, now: Now) {
        if !self.link.is_engaged() {
            return;
        }
        match cause {
            CloseCause::Lost | CloseCause::RetryAfter { .. } => {}
            CloseCause::SignIn => self.end(now),
            CloseCause::HubTooOld => self.set_notice(Notice::HubTooOld),
            CloseCause::HubTooNew => self.set_notice(Notice::HubTooNew),
            CloseCause::Certificate => self.set_notice(Notice::Certificate),
            CloseCause::Resync => self.sync.push(Work::Forget),
        }
        let was_live = self.link.is_live();
        self.link.closed(cause, &mut self.chance, now);
        self.connection_lost(was_live, now);
    }

    /// The hub has ended the session for good.
    fn end(&mut self, now: Now) {
        self.alerts.session_ended(&self.desk.scene(self.mirror.is_online(), now));
        self.effects.push_back(Effect::SessionEnded);
    }

    /// Connects anew at once: the operator wants it, or the machine woke up and the connection is probably dead.
    pub(super) fn reconnect(&mut self, now: Now) {
        let was_live = self.link.is_live();
        if self.link.is_engaged() {
            self.effects.push_back(Effect::Disconnect);
        }
        self.link.hurry(now);
        self.connection_lost(was_live, now);
    }

    /// Every sub-machine learns that the connection is gone.
    fn connection_lost(&mut self, was_live: bool, now: Now) {
        self.sync.closed();
        self.history.closed();
        self.lookups_lost();
        self.outbox.link_closed();
        for req in self.requests.closed() {
            match req {
                Some(req) => {
                    let result = Err(UiError { code: UiErrorCode::NoConnection });
                    self.effects.push_back(Effect::Reply { req, result });
                }
                None => self.tell_not_done(UiErrorCode::NoConnection),
            }
        }
        for dialog in self.local.all_stopped() {
            self.emit(ViewEvent::Typing { dialog, text: None });
        }
        self.lose_company();
        self.alerts.link_down(now);
        self.show_open_unsent();
        self.fresh.live |= was_live;
        self.fresh.link = true;
    }

    /// Runs what has come due by now.
    pub(super) fn run_due(&mut self, now: Now) {
        let was_live = self.link.is_live();
        while let Some(step) = self.link.step(&mut self.chance, now) {
            match step {
                LinkStep::Connect => self.fresh.link = true,
                LinkStep::Probe => self.effects.push_back(Effect::Probe),
                LinkStep::Dead => {
                    self.effects.push_back(Effect::Disconnect);
                    self.connection_lost(was_live, now);
                }
            }
        }
        self.outbox.tick(now);
        self.unmute_in_time(now);
        if self.disk.is_to_be_asked(now) {
            // What is there already, written once more: the smallest write that really reaches the disk.
            self.commit_own(vec![OwnWrite::PutSettings(self.desk.settings.clone())], Purpose::Note);
        }
        while let Some((id, op)) = self.requests.next_again(now) {
            self.link.ask(Asked::Op(id), 0, now);
            self.effects.push_back(Effect::Submit { id, op });
        }
        if self.alerts.is_held_up(now) {
            let words = self.outbox.unsent_by_dialog();
            self.alerts.tell_held_up(&words, &self.desk.scene(self.mirror.is_online(), now));
        }
        let counts = self.board.counts();
        self.alerts.tick(counts.calls() > 0, &self.desk.scene(self.mirror.is_online(), now));
    }

    /// The unsent lines of the open dialog look different without a connection.
    fn show_open_unsent(&mut self) {
        for shown in self.desk.shown() {
            self.fresh.unsent.extend(self.outbox.unsent_of(shown).map(|entry| entry.item.client_id));
        }
    }

    /// This unsent line is to be shown anew, if its dialog is open.
    pub(super) fn show_item(&mut self, id: ClientId) {
        if self.outbox.entry(id).is_some_and(|entry| self.desk.shows(entry.item.dialog)) {
            self.fresh.unsent.insert(id);
        }
    }
}
