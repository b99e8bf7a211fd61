//! What the engine does: feeds the core, carries out its wishes one by one, and dies between any two of them.

use super::{Event, World, deeds::FILE_BYTES};
use crate::sim::{cast, plan::StoreMutant, wire::Up};
use otklik_core::{
    CacheWrite, Command, CommitId, Effect, Fetched, Input, LinkInput, OutboxOp, OutboxState, OwnWrite, SendState,
    StagedFile, ThreadItem, Upload, ViewEvent, Writes,
};
use otklik_model::{Attachment, Change, ClientId, DialogState, FileId, FileState, Message, Op, Outcome, StagedId};
use rand::Rng as _;

impl World {
    /// The program starts on what is on disk.
    pub(super) fn start(&mut self, app: usize) {
        if self.machines[app].session.is_some() {
            return;
        }
        let (now, seed, mutant) = (self.agenda.now(), self.plan.seed, self.plan.mutant);
        let machine = &mut self.machines[app];
        if let Err(what) = machine.start(seed.wrapping_add(app as u64), now, mutant) {
            return self.breaks("store", what);
        }
        for item in machine.kept.outbox_in_order() {
            if let Some(text) = item.op.text() {
                self.promises.found(app as u8, item.client_id, text);
            }
        }
        self.note(|| format!("app {app} starts"));
        self.drain(app);
        let window = self.machines[app].window;
        self.feed(app, Input::Window(window));
    }

    /// Hands an input to the core and carries out what it wishes.
    pub(super) fn feed(&mut self, app: usize, input: Input) {
        let now = self.agenda.now();
        let Some(session) = &mut self.machines[app].session else { return };
        self.trace.note(now.tick, || format!("app {app} <- {input:?}"));
        session.handle(input, now);
        self.drain(app);
    }

    fn drain(&mut self, app: usize) {
        loop {
            if let Some((0, down_ms)) = self.machines[app].fuse {
                return self.crash(app, down_ms);
            }
            let Some(effect) = self.machines[app].session.as_mut().and_then(|session| session.poll_effect()) else {
                break;
            };
            if let Some((left, _)) = &mut self.machines[app].fuse {
                *left -= 1;
            }
            self.report.effects += 1;
            self.note(|| format!("app {app} -> {effect:?}"));
            self.carry_out(app, effect);
            if self.broken.is_some() {
                return;
            }
        }
        self.set_alarm(app);
    }

    fn set_alarm(&mut self, app: usize) {
        let machine = &mut self.machines[app];
        let wanted = machine.session.as_ref().and_then(|session| session.next_wakeup()).map(|(at, _)| at);
        if let Some(at) = wanted
            && machine.wake_at != Some(at)
        {
            self.agenda.at(at, Event::Alarm { app, boot: machine.boot });
        }
        machine.wake_at = wanted;
    }

    /// The alarm rings, unless it was set anew meanwhile.
    pub(super) fn alarm(&mut self, app: usize, boot: u32) {
        let machine = &mut self.machines[app];
        let now = self.agenda.tick();
        if machine.boot != boot || machine.session.is_none() || machine.wake_at.is_none_or(|at| at > now) {
            return;
        }
        if now < machine.asleep_until {
            let until = machine.asleep_until;
            return self.agenda.at(until, Event::Alarm { app, boot });
        }
        machine.wake_at = None;
        self.feed(app, Input::Tick);
    }

    /// The program dies.
    pub(super) fn crash(&mut self, app: usize, down_ms: u64) {
        self.note(|| format!("app {app} DIES"));
        self.report.crashes += 1;
        self.machines[app].die();
        self.promises.crashed(app as u8);
        self.agenda.after(down_ms, Event::Start { app });
    }

    /// A frame reaches a workplace; one that sleeps hears it in the morning.
    pub(super) fn arrive_at_app(&mut self, app: usize, call: u64, input: LinkInput) {
        let now = self.agenda.tick();
        let machine = &mut self.machines[app];
        if machine.wire.call != call || machine.session.is_none() {
            return;
        }
        if now < machine.asleep_until {
            let until = machine.asleep_until;
            return self.agenda.at(until, Event::Down { app, call, input });
        }
        let completed = completed_by(&input);
        machine.in_flight.retain(|_, waiting| !completed.contains(waiting));
        machine.echoed.extend(echoes(&input));
        machine.ears.arrives(&input, now);
        if let LinkInput::Opened(session) = &input {
            machine.head_at_sign_in = (session.stream, session.head);
        }
        if matches!(input, LinkInput::Closed(_)) {
            machine.wire.begin();
            machine.in_flight.clear();
        }
        self.feed(app, Input::Link(input));
    }

    fn carry_out(&mut self, app: usize, effect: Effect) {
        match effect {
            Effect::Commit { id, writes } => self.begin_commit(app, id, writes),
            Effect::Connect { cursor, handbook: _ } => {
                self.machines[app].in_flight.clear();
                self.machines[app].wire.begin();
                self.say_up(app, Up::Hello(cursor));
            }
            Effect::Disconnect => {
                self.machines[app].in_flight.clear();
                self.machines[app].wire.begin();
            }
            Effect::SessionEnded => self.session_ends(app),
            Effect::Submit { id, op } => {
                self.check_submit(app, id, &op);
                self.say_up(app, Up::Submit(id, op));
            }
            Effect::Fetch { req, dialog, from, to, limit } => {
                self.say_up(app, Up::Fetch(req, dialog, from, to, limit));
            }
            // Nobody in this world asks for more than he is told.
            Effect::LookUp { .. } => {}
            Effect::Probe => self.say_up(app, Up::Probe),
            Effect::Emit(event) => self.show(app, &event),
            Effect::Reply { req, result } => {
                let machine = &self.machines[app];
                let queued = machine.kept.outbox.values().filter(|item| item.state == OutboxState::Queued);
                let waiting = queued.map(|item| item.client_id).collect();
                if let Err(what) = self.promises.answered(app as u8, req, &result, &waiting) {
                    self.breaks("reply", what);
                }
            }
            Effect::Sound(sound) => {
                let now = self.agenda.tick();
                let machine = &mut self.machines[app];
                let rows = machine.page.as_ref().map(|page| &page.rows);
                let heard = rows.map_or(Ok(()), |rows| machine.ears.sound(sound, machine.window, rows, now));
                if let Err(what) = heard {
                    self.breaks("invariant 12", what);
                }
            }
            Effect::Popup(popup) => {
                let now = self.agenda.tick();
                let machine = &mut self.machines[app];
                if let Err(what) = machine.ears.popup(&popup, machine.window, now) {
                    self.breaks("invariant 12", what);
                }
            }
            Effect::Badge(count) => self.machines[app].badge = Some(count),
            Effect::Upload { id, file } => self.upload(app, id, &file),
            Effect::Unstage(file) => self.check_unstaged(app, file),
            // What still comes of it is for a message that does not wait for it.
            Effect::StopUpload { .. } => {}
            Effect::Typing { .. }
            | Effect::Looks { .. }
            | Effect::Focus { .. }
            | Effect::Withdraw(_)
            | Effect::Attention(_)
            | Effect::ShowWindow
            | Effect::ShowOwnWindow(_) => {}
        }
    }

    /// The bytes of a file go up, beside the frames: whole, or not this time. With the connection the answer is lost.
    fn upload(&mut self, app: usize, id: ClientId, file: &StagedFile) {
        let (now, machine) = (self.agenda.tick(), &self.machines[app]);
        if !machine.kept.outbox.contains_key(&id) {
            return self.breaks("invariant 5", format!("{id} is uploaded while own.db does not have it"));
        }
        let (call, hole) = (machine.wire.call, machine.wire.hole_until > now);
        let half = self.rng.random_range(5..700);
        let rest = half + self.rng.random_range(1..700);
        let fails = hole || !self.hub_up || self.rng.random_bool(0.1);
        let result = if fails {
            Upload::Later { after_ms: self.rng.random_bool(0.5).then_some(300) }
        } else {
            let StagedFile { id: staged, name, media, size, .. } = file.clone();
            Upload::Done(Attachment { id: FileId(staged.0), name, media, size, state: FileState::Ready, pixels: None })
        };
        let halfway = LinkInput::Uploading { id, sent: FILE_BYTES / 2 };
        self.agenda.after(half, Event::Down { app, call, input: halfway });
        self.agenda.after(rest, Event::Down { app, call, input: LinkInput::Uploaded { id, result } });
    }

    /// Bytes go only when neither a tray nor an unsent message in own.db refers to them.
    fn check_unstaged(&mut self, app: usize, file: StagedId) {
        let kept = &self.machines[app].kept;
        let waits = kept.outbox.values().any(|item| item.op.staged().is_some_and(|staged| staged.id == file));
        if waits || kept.tray.contains_key(&file) {
            self.breaks("files", format!("the bytes of {file:?} go while own.db still refers to them"));
        }
    }

    /// Persisted before sent, one at a time, not before everything missed was received, and not into a dialog that is
    /// known to be somebody else's.
    fn check_submit(&mut self, app: usize, id: ClientId, op: &Op) {
        let (Op::SendText { dialog, .. } | Op::SendNote { dialog, .. } | Op::SendFile { dialog, .. }) = op else {
            return;
        };
        let machine = &mut self.machines[app];
        let stored = machine.kept.outbox.get(&id).map(|item| (item.state.clone(), item.attempts));
        // One that has come back already is settled, whatever its needless repetition brings.
        let settled = machine.echoed.contains(&id);
        let other = if settled { None } else { machine.in_flight.insert(*dialog, id).filter(|other| *other != id) };
        let behind = machine.kept.cursor.is_none_or(|cursor| (cursor.stream, cursor.after) < machine.head_at_sign_in);
        let mine = machine.page.as_ref().and_then(|page| page.rows.get(dialog)).is_some_and(|row| {
            let open = matches!(row.state, DialogState::Active | DialogState::ClosedSoft);
            open && row.assignee.as_deref() == Some(cast::IRA_NAME)
        });
        let first_try = stored.as_ref().is_some_and(|(_, attempts)| *attempts == 1);
        if !matches!(stored, Some((OutboxState::Sending, _))) {
            self.breaks("invariant 5", format!("{id} goes to the network while own.db has it as {stored:?}"));
        }
        if let Some(other) = other {
            self.breaks("invariant 3", format!("{id} goes out while {other} of the same dialog is unanswered"));
        }
        if behind {
            self.breaks("invariant 9", format!("{id} goes out before everything missed was received"));
        }
        if first_try && !mine && matches!(op, Op::SendText { .. } | Op::SendFile { .. }) {
            self.breaks("invariant 10", format!("{id} goes out into a dialog that is known to be somebody else's"));
        }
    }

    fn show(&mut self, app: usize, event: &ViewEvent) {
        if let ViewEvent::Thread { items, .. } = event {
            for item in items {
                if let Err(what) = self.check_shown(item) {
                    self.breaks("invariant 4", what);
                }
            }
        }
        if let ViewEvent::OpenDialog { dialog } = event {
            // The page obeys by asking for the thread, as its own clicks do.
            let (boot, dialog) = (self.machines[app].boot, Some(*dialog));
            self.agenda.after(1, Event::Click { app, boot, command: Command::Open { dialog } });
        }
        if let Some(page) = &mut self.machines[app].page {
            page.apply(event);
        }
    }

    /// The page's own command.
    pub(super) fn click(&mut self, app: usize, boot: u32, command: Command) {
        let until = self.machines[app].asleep_until;
        if self.agenda.tick() < until {
            self.agenda.at(until, Event::Click { app, boot, command });
        } else if self.machines[app].boot == boot {
            self.command(app, command);
        }
    }

    /// "Sent" is never shown before the hub has it, "delivered" and "read" never before the customer.
    fn check_shown(&self, item: &ThreadItem) -> Result<(), String> {
        let (Some(id), Some(send)) = (item.client_id, &item.send) else { return Ok(()) };
        let reached = |pick: fn(&otklik_model::Dialog) -> u32, message: &Message| {
            self.hub.row(message.dialog).is_some_and(|row| pick(&row.dialog) >= message.seq)
        };
        let stored = self.hub.all_messages().find(|message| message.client_id == Some(id));
        let fair = match send {
            SendState::Queued
            | SendState::Uploading { .. }
            | SendState::Sending
            | SendState::Waiting { .. }
            | SendState::Held { .. }
            | SendState::NotTaken { .. }
            | SendState::Failed { .. } => true,
            SendState::Sent => stored.is_some(),
            SendState::Delivered => {
                stored.is_some_and(|message| reached(|dialog| dialog.delivered_to_customer, message))
            }
            SendState::Read => stored.is_some_and(|message| reached(|dialog| dialog.read_by_customer, message)),
        };
        if fair { Ok(()) } else { Err(format!("{id} is shown as {send:?}, and is not")) }
    }

    fn begin_commit(&mut self, app: usize, id: CommitId, mut writes: Writes) {
        let now = self.agenda.tick();
        let mutant = self.store_mutant();
        let machine = &mut self.machines[app];
        let boot = machine.boot;
        let (mut durable_at, mut told_at) = match writes {
            Writes::Own(_) => machine.own_disk.schedule(now, &mut self.rng),
            Writes::Cache(_) => machine.cache_disk.schedule(now, &mut self.rng),
        };
        if mutant == Some(StoreMutant::NoSync) && matches!(writes, Writes::Own(_)) {
            told_at = now;
            durable_at = durable_at.plus(300);
            self.agenda.at(told_at, Event::Told { app, boot, input: Input::Committed(id) });
        }
        if mutant == Some(StoreMutant::CursorBeforeRows)
            && let Writes::Cache(rows) = &mut writes
        {
            let is_cursor = |write: &CacheWrite| matches!(write, CacheWrite::PutCursor(_));
            let cursor: Vec<_> = rows.extract_if(.., |write| is_cursor(write)).collect();
            if let Err(what) = machine.commit(&Writes::Cache(cursor), None) {
                return self.breaks("store", what);
            }
        }
        self.machines[app].pending.insert(id, writes);
        self.machines[app].told_at.insert(id, told_at);
        self.agenda.at(durable_at, Event::Durable { app, boot, id });
    }

    /// A commit is carried out, or refused.
    pub(super) fn durable(&mut self, app: usize, boot: u32, id: CommitId) {
        let now = self.agenda.tick();
        let mutant = self.store_mutant();
        let machine = &mut self.machines[app];
        if machine.boot != boot {
            return;
        }
        let Some(writes) = machine.pending.remove(&id) else { return };
        let told_at = machine.told_at.get(&id).copied().unwrap_or(now);
        let fault = match writes {
            Writes::Own(_) => machine.own_disk.fault(now),
            Writes::Cache(_) => machine.cache_disk.fault(now),
        };
        if matches!(writes, Writes::Cache(_)) {
            let waited = machine.cache_refused;
            // A store that swallows its failure leaves nothing to try again.
            machine.cache_refused = fault.is_some() && mutant != Some(StoreMutant::SwallowsFailure);
            if waited && !machine.cache_refused {
                machine.ears.held_up(now);
            }
        }
        let input = match fault {
            Some(_) if mutant == Some(StoreMutant::SwallowsFailure) => Input::Committed(id),
            Some(fault) => Input::CommitFailed { id, fault },
            None => {
                self.check_drops(app, &writes);
                if let Err(what) = self.machines[app].commit(&writes, mutant) {
                    self.breaks("store", what);
                }
                Input::Committed(id)
            }
        };
        if mutant != Some(StoreMutant::NoSync) || matches!(writes, Writes::Cache(_)) {
            self.agenda.at(told_at, Event::Told { app, boot, input });
        }
    }

    /// An acknowledged message is in the cache before it leaves the outbox: a bubble never vanishes in between.
    fn check_drops(&mut self, app: usize, writes: &Writes) {
        let Writes::Own(writes) = writes else { return };
        for write in writes {
            let OwnWrite::DropOutbox(id) = write else { continue };
            let kept = &self.machines[app].kept;
            let Some(item) = kept.outbox.get(id) else { continue };
            let done = matches!(self.hub.answer(*id), Some(Outcome::Done { .. }));
            let message = matches!(item.op, OutboxOp::Text { .. } | OutboxOp::Note { .. } | OutboxOp::File { .. });
            if done && message && !kept.was_cached.contains(id) && kept.dialogs.contains_key(&item.dialog) {
                let what = format!("{id} left the outbox and is not in the cache");
                self.breaks("invariant 6", what);
            }
        }
    }

    /// A commit's result reaches the core.
    pub(super) fn told(&mut self, app: usize, boot: u32, input: Input) {
        let machine = &self.machines[app];
        if machine.boot != boot || machine.session.is_none() {
            return;
        }
        let (now, until) = (self.agenda.tick(), machine.asleep_until);
        if now < until {
            return self.agenda.at(until, Event::Told { app, boot, input });
        }
        if let Input::Committed(id) | Input::CommitFailed { id, .. } = &input {
            self.machines[app].told_at.remove(id);
        }
        self.feed(app, input);
    }

    /// Ира gives a command.
    pub(super) fn command(&mut self, app: usize, command: Command) {
        let machine = &mut self.machines[app];
        if machine.session.is_none() || self.agenda.tick() < machine.asleep_until {
            return;
        }
        let req = machine.next_request();
        if let (Command::Open { dialog }, Some(page)) = (&command, &mut machine.page) {
            page.turn_to(*dialog);
        }
        self.promises.ask(app as u8, req, &command);
        self.feed(app, Input::Command { req, command });
    }
}

/// Which commands are settled by what arrives: by their answer, or by their message.
fn completed_by(input: &LinkInput) -> Vec<ClientId> {
    match input {
        LinkInput::Answered { id, .. } | LinkInput::RetryLater { id, .. } => vec![*id],
        LinkInput::Events { .. }
        | LinkInput::Fetched { .. }
        | LinkInput::Found { .. }
        | LinkInput::Uploading { .. }
        | LinkInput::Uploaded { .. }
        | LinkInput::Opened(_)
        | LinkInput::Snapshot { .. }
        | LinkInput::Draft { .. }
        | LinkInput::Colleague { .. }
        | LinkInput::FocusElsewhere { .. }
        | LinkInput::Handbook(_)
        | LinkInput::Hidden { .. }
        | LinkInput::Beat { .. }
        | LinkInput::Closed(_) => echoes(input),
    }
}

/// Whose messages come back, in the stream or in history.
fn echoes(input: &LinkInput) -> Vec<ClientId> {
    match input {
        LinkInput::Events { changes, .. } => changes
            .iter()
            .filter_map(|change| match change {
                Change::MessageAdded(message) => message.client_id,
                Change::DialogUpserted(_)
                | Change::DialogGone { .. }
                | Change::OperatorUpserted(_)
                | Change::ChannelUpserted(_)
                | Change::RightsChanged(_)
                | Change::Unknown(_) => None,
            })
            .collect(),
        LinkInput::Fetched { result: Fetched::History(messages), .. } => {
            messages.iter().filter_map(|message| message.client_id).collect()
        }
        LinkInput::Fetched { result: Fetched::Retry | Fetched::Refused, .. }
        | LinkInput::Found { .. }
        | LinkInput::Answered { .. }
        | LinkInput::RetryLater { .. }
        | LinkInput::Uploading { .. }
        | LinkInput::Uploaded { .. }
        | LinkInput::Opened(_)
        | LinkInput::Snapshot { .. }
        | LinkInput::Draft { .. }
        | LinkInput::Colleague { .. }
        | LinkInput::FocusElsewhere { .. }
        | LinkInput::Handbook(_)
        | LinkInput::Hidden { .. }
        | LinkInput::Beat { .. }
        | LinkInput::Closed(_) => Vec::new(),
    }
}
