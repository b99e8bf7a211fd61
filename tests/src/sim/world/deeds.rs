//! The plan's steps. A step that makes no sense any more (a dialog nobody has, a program that is not running) does
//! nothing, so that a plan stays a plan when steps are taken out of it.

use super::{Event, World};
use crate::sim::{
    cast,
    plan::{Deed, Fault, Gesture, Hand, HubFault, Outside, Verdict},
};
use otklik_core::{CloseCause, Command, Deed as Asked, Input, LinkInput, Settings, StagedFile, WindowState};
use otklik_model::{Author, DialogId, Message, MessageKind, Op, OperatorStatus, StagedId, TransferTarget};
use rand::Rng as _;
use uuid::Uuid;

/// Every file is as large.
pub(super) const FILE_BYTES: u64 = 100_000;

/// What every text of Ира's begins with.
pub const MARK: &str = "Ира ";

impl World {
    pub(super) fn step(&mut self, place: usize) {
        let deed = self.plan.steps[place].deed.clone();
        self.note(|| format!("STEP {place}: {deed:?}"));
        match deed {
            Deed::InDialog { app, customer, ira } => {
                let app = self.app(app);
                if let Some(dialog) = self.shown(app, customer) {
                    self.gesture(app, dialog, ira);
                }
            }
            Deed::AtDesk { app, ira } => {
                let app = self.app(app);
                self.hand(app, ira);
            }
            Deed::Outside { customer, does } => {
                if self.hub_up {
                    self.outside(customer, does);
                    self.pump_all();
                }
            }
            Deed::Befalls { app, fault } => {
                let app = self.app(app);
                self.befall(app, fault);
            }
            Deed::Hub { hub } => self.hub_fault(hub),
        }
    }

    fn app(&self, app: u8) -> usize {
        usize::from(app) % self.machines.len()
    }

    /// The customer's dialog, if Ира sees it on this workplace.
    fn shown(&self, app: usize, customer: u8) -> Option<DialogId> {
        let page = self.machines[app].page.as_ref()?;
        let dialog = self.hub.dialog_of(customer)?;
        page.rows.contains_key(&dialog).then_some(dialog)
    }

    fn feed_awake(&mut self, app: usize, input: Input) {
        if self.agenda.tick() >= self.machines[app].asleep_until {
            self.feed(app, input);
        }
    }

    fn gesture(&mut self, app: usize, dialog: DialogId, gesture: Gesture) {
        if gesture == Gesture::ClickPopup {
            return self.feed_awake(app, Input::PopupClicked(Some(dialog)));
        }
        if gesture == Gesture::File {
            return self.send_file(app, dialog);
        }
        if let Some(command) = self.command_in(app, dialog, gesture) {
            self.command(app, command);
        }
    }

    /// What a gesture means, given what Ира sees: a button that is off is not pressed.
    fn command_in(&mut self, app: usize, dialog: DialogId, gesture: Gesture) -> Option<Command> {
        let row = self.machines[app].page.as_ref()?.rows.get(&dialog)?;
        let (can, last_seq) = (row.can, row.last_seq);
        Some(match gesture {
            Gesture::Text if can.write.is_some() => return None,
            Gesture::Text => Command::SendText { dialog, text: self.next_text(app, "текст"), quote: None },
            Gesture::Note if can.note.is_some() => return None,
            Gesture::Note => Command::SendNote { dialog, text: self.next_text(app, "заметка") },
            Gesture::TooLong => Command::SendText { dialog, text: "ё".repeat(4_001), quote: None },
            Gesture::Blank => Command::SendText { dialog, text: " \n\t ".to_owned(), quote: None },
            Gesture::Draft { note } => {
                Command::SaveDraft { dialog, text: self.next_text(app, "недописано"), note, quote: None }
            }
            Gesture::ClearDraft => Command::SaveDraft { dialog, text: String::new(), note: false, quote: None },
            Gesture::Open => Command::Open { dialog: Some(dialog) },
            Gesture::Seen => Command::Seen { dialog, upto: last_seq },
            Gesture::Accept => Command::Accept { dialog },
            Gesture::Close => Command::Close { dialog },
            Gesture::Transfer { to_oleg: true } => {
                Command::Transfer { dialog, target: TransferTarget::Operator { id: cast::OLEG, force: false } }
            }
            Gesture::Transfer { to_oleg: false } => Command::Transfer { dialog, target: TransferTarget::Queue },
            Gesture::FillGap { from, to } => Command::FillGap { dialog, from, to: to.min(last_seq.max(1)) },
            Gesture::Typing { on } => Command::Typing { dialog, on, note: false },
            Gesture::Reword { nth } => return self.reword(app, dialog, usize::from(nth)),
            Gesture::File | Gesture::ClickPopup => return None,
        })
    }

    /// Other words for one of her messages that she sees, where that is possible.
    fn reword(&mut self, app: usize, dialog: DialogId, nth: usize) -> Option<Command> {
        let can = self.machines[app].page.as_ref()?.rows.get(&dialog)?.can;
        if can.reword.is_some() {
            return None;
        }
        let seen = self.machines[app].kept.messages.range((dialog, 0)..=(dialog, u32::MAX)).rev();
        let words: Vec<u32> = seen.filter(|(_, message)| is_hers(message)).map(|((_, seq), _)| *seq).collect();
        let seq = *words.get(nth % words.len().max(1))?;
        let deed = Asked::EditMessage { seq, text: self.next_text(app, "иначе") };
        Some(Command::Do { dialog, deed })
    }

    /// Chooses a file, whose bytes are on the machine at once, and sends it a moment later: into the tray it goes first.
    fn send_file(&mut self, app: usize, dialog: DialogId) {
        let row = self.machines[app].page.as_ref().and_then(|page| page.rows.get(&dialog));
        let Some(row) = row.filter(|row| row.can.write.is_none() && row.can.send_file.is_none()) else { return };
        let dialog = row.id;
        let text = self.next_text(app, "файл");
        let id = StagedId(Uuid::from_u128((0xf11e << 64) | u128::from(self.texts)));
        let (name, media) = (format!("{}.bin", self.texts), "application/octet-stream".to_owned());
        let file = StagedFile { id, name, media, size: FILE_BYTES, pixels: None };
        self.command(app, Command::Attach { dialog, file });
        let (boot, command) = (self.machines[app].boot, Command::SendFiles { dialog, files: vec![id], text });
        let after = self.rng.random_range(1..400);
        self.agenda.after(after, Event::Click { app, boot, command });
    }

    fn hand(&mut self, app: usize, hand: Hand) {
        let command = match hand {
            Hand::ShowNothing => Command::Open { dialog: None },
            Hand::Judge { nth, verdict } => match self.verdict_on(app, usize::from(nth), verdict) {
                Some(command) => command,
                None => return,
            },
            Hand::Reconnect => Command::Reconnect,
            Hand::Status { online } => {
                Command::SetStatus { status: if online { OperatorStatus::Online } else { OperatorStatus::Offline } }
            }
            Hand::Settings { reminder_s, ask_after_min, popups, sounds } => Command::SetSettings {
                settings: Settings { reminder_s, ask_after_min, popups, sounds, ..Settings::default() }.into(),
            },
            Hand::Window { focused, hidden } => return self.turn_window(app, WindowState { focused, hidden }),
        };
        self.command(app, command);
    }

    /// Ира decides about an unsent message.
    pub(super) fn verdict_on(&self, app: usize, nth: usize, verdict: Verdict) -> Option<Command> {
        let items = self.machines[app].kept.outbox_in_order();
        let messages: Vec<_> = items.into_iter().filter(|item| item.op.text().is_some()).collect();
        let message = messages.get(nth % messages.len().max(1))?.client_id;
        Some(match verdict {
            Verdict::Resend => Command::Resend { message },
            Verdict::Cancel => Command::Cancel { message },
            Verdict::Edit => Command::Edit { message },
            Verdict::AsNote => Command::AsNote { message },
        })
    }

    fn next_text(&mut self, app: usize, kind: &str) -> String {
        self.texts += 1;
        format!("{MARK}{app}: {kind} {}", self.texts)
    }

    fn turn_window(&mut self, app: usize, window: WindowState) {
        if self.agenda.tick() >= self.machines[app].asleep_until {
            self.machines[app].window = window;
            self.feed(app, Input::Window(window));
        }
    }

    fn outside(&mut self, customer: u8, does: Outside) {
        if let Outside::Writes { count } = does {
            for _ in 0..count {
                let said = self.customers_said.entry(customer).or_default();
                *said += 1;
                let text = format!("Покупатель {customer}: вопрос {said}");
                self.hub.customer_writes(customer, &text);
            }
            return;
        }
        let Some(dialog) = self.hub.dialog_of(customer) else { return };
        let epoch = self.hub.epoch(dialog);
        match does {
            Outside::Writes { .. } => {}
            Outside::Receives => self.hub.customer_receives(customer, false),
            Outside::Reads => self.hub.customer_receives(customer, true),
            Outside::Types { on } => {
                let text = on.then(|| "А когда его приве".to_owned());
                for app in 0..self.machines.len() {
                    self.whisper(app, LinkInput::Draft { dialog, text: text.clone() });
                }
            }
            Outside::ClosesForGood => self.hub.close_for_good(dialog),
            Outside::OlegAccepts => self.hub.oleg(&Op::Accept { dialog, epoch }),
            Outside::OlegNotes => self.hub.oleg(&Op::SendNote { dialog, text: "Олег: заметка".to_owned() }),
            Outside::OlegWrites => {
                self.hub.oleg(&Op::SendText { dialog, epoch, text: "Олег: ответ".to_owned(), quote: None })
            }
            Outside::OlegRewords => {
                if let Some(seq) = self.hub.newest_of(cast::OLEG, dialog) {
                    self.hub.oleg(&Op::EditMessage { dialog, seq, text: format!("Олег: иначе {seq}") });
                }
            }
            Outside::OlegTakesBack => {
                if let Some(seq) = self.hub.newest_of(cast::OLEG, dialog) {
                    self.hub.oleg(&Op::DeleteMessage { dialog, seq });
                }
            }
            Outside::OlegCloses => self.hub.oleg(&Op::Close { dialog, epoch }),
            Outside::OlegGives { to_ira } => {
                let to = if to_ira {
                    TransferTarget::Operator { id: cast::IRA, force: false }
                } else {
                    TransferTarget::Queue
                };
                self.hub.oleg(&Op::Transfer { dialog, epoch, to });
            }
            Outside::OlegSeizes => self.hub.seize_for_oleg(dialog),
        }
    }

    fn hub_fault(&mut self, fault: HubFault) {
        match fault {
            HubFault::PutsOff { count, ms } => self.put_off = Some((count, ms)),
            HubFault::Refuses { count } => self.hub.refuses = count,
            HubFault::Mute { ms } => self.mute_until = self.agenda.tick().plus(ms),
            HubFault::Restarts { new_stream, forget_log, down_ms } => {
                if self.hub_up {
                    self.restart_hub(new_stream, forget_log, down_ms);
                }
            }
            HubFault::SaysUnknown => {
                if self.hub_up {
                    self.hub.say_unknown();
                    self.pump_all();
                }
            }
        }
    }

    fn befall(&mut self, app: usize, fault: Fault) {
        let now = self.agenda.tick();
        let machine = &mut self.machines[app];
        match fault {
            Fault::Down { skip, mishap } => machine.wire.down.plan(skip, mishap),
            Fault::Up { skip, mishap } => machine.wire.up.plan(skip, mishap),
            Fault::LoseAnswer => machine.wire.lose_answer = true,
            Fault::Cut { how } => self.cut(app, how),
            Fault::BlackHole { ms } => {
                machine.wire.hole_until = now.plus(ms);
                machine.wire.open = false;
            }
            Fault::SignInExpires { ms } => {
                machine.wire.expired_until = now.plus(ms);
                if machine.wire.open {
                    self.hang_up(app, CloseCause::SignIn);
                }
            }
            Fault::DiskFails { file, why, ms } => machine.disk(file).fail(why, now.plus(ms)),
            Fault::DiskSlow { file, by_ms, ms } => machine.disk(file).slow_down(by_ms, now.plus(ms)),
            Fault::Sleep { ms, link_survives } => self.fall_asleep(app, ms, link_survives),
            Fault::WallJump { by_ms } => self.agenda.skew(by_ms),
            Fault::Crash { .. } if machine.session.is_none() => {}
            Fault::Crash { after_effects: 0, down_ms } => self.crash(app, down_ms),
            Fault::Crash { after_effects, down_ms } => machine.fuse = Some((after_effects, down_ms)),
        }
    }

    fn fall_asleep(&mut self, app: usize, ms: u64, link_survives: bool) {
        let until = self.agenda.tick().plus(ms);
        let machine = &mut self.machines[app];
        if machine.asleep_until >= until {
            return;
        }
        machine.asleep_until = until;
        if !link_survives {
            machine.wire.open = false;
            machine.wire.hole_until = machine.wire.hole_until.max(until);
        }
        self.agenda.at(until, Event::Morning { app });
    }

    /// The machine wakes, and its engine notices.
    pub(super) fn morning(&mut self, app: usize) {
        let now = self.agenda.tick();
        if now >= self.machines[app].asleep_until {
            self.machines[app].ears.held_up(now);
            self.feed(app, Input::Woke);
        }
    }

    /// The hub has ended the session: what it has sent is erased, and the program begins anew when Ира has signed in
    /// again. As hard as a crash, where the real one puts its commits on the disk first.
    pub(super) fn session_ends(&mut self, app: usize) {
        let machine = &mut self.machines[app];
        let signed_in = machine.wire.expired_until.max(self.agenda.tick()).plus(1);
        machine.die();
        let erased = machine.erase_cache();
        self.promises.crashed(app as u8);
        self.agenda.at(signed_in, Event::Start { app });
        if let Err(error) = erased {
            self.breaks("setup", error.to_string());
        }
    }
}

/// A text or note that Ира wrote.
fn is_hers(message: &Message) -> bool {
    let wrote = matches!(&message.author, Author::Operator { id, .. } if *id == cast::IRA);
    wrote && matches!(message.kind, MessageKind::Text | MessageKind::Note)
}
