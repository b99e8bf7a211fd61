//! Sounds, notifications and attention: what the operator is told when he is not looking, and what he is spared.
//!
//! Decided here from the window's state, because a hidden page's timers sleep. Global rules: no sound while the
//! window is focused; one alert per message; a burst is one notification; nothing of a backlog rings; whatever lost
//! its cause is taken back. Knows names and sums; must not know the connection or the disk.

mod behind;
mod calls;
mod letters;
mod memory;
mod news;
mod sound;
mod troubles;

use crate::{
    AlertSound, AlertWhen, Effect, OwnWrite, Popup, PopupTag, Said, Settings, Toast, ViewEvent, WindowState,
    session::WakeReason,
};
use calls::Offer;
use memory::Memory;
use otklik_model::{DialogId, MessageId, Now, Section, Stamp, Tick, excerpt};
use sound::Speaker;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) use letters::Remark;

/// Messages closer together than this are one burst.
const BURST_GAP_MS: u64 = 10_000;
/// More messages than this in a burst become one notification with a count.
const BURST_SINGLES: u32 = 3;
/// How long such a notification waits for more.
const BURST_PAUSE_MS: u64 = 1_000;
/// A bell that rings later than this starts its rhythm anew.
const OVERSLEPT_MS: u64 = 1_000;
/// Characters of a message in a notification.
const TEXT_CHARS: usize = 160;

/// The moment an alert is decided in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
    /// The main window.
    pub(crate) window: WindowState,
    /// The dialog that is open in it.
    pub(crate) open: Option<DialogId>,
    /// The dialogs in windows of their own.
    pub(crate) own_windows: &'a BTreeMap<DialogId, WindowState>,
    /// What the operator chose.
    pub(crate) settings: &'a Settings,
    /// Whether the operator takes new dialogs.
    pub(crate) online: bool,
    /// Nothing is shown and nothing sounds: do not disturb, quiet hours, or the system says so.
    pub(crate) quiet: bool,
    /// Nothing sounds for a while; what is shown is shown.
    pub(crate) muted: bool,
    /// The screen is locked or the window covered: who passes by reads what is shown on it.
    pub(crate) locked: bool,
    /// The operator sits before another workplace of his, which tells him what happens.
    pub(crate) focus_elsewhere: bool,
    /// Now.
    pub(crate) now: Now,
}

/// What the operator sees of a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    /// The window with this dialog has the keyboard.
    Front,
    /// The keyboard is in another of our windows, or the dialog is not open in this one.
    Focused,
    /// A window can be seen, and none has the keyboard.
    Visible,
    /// Every window is minimised, in the tray, or the screen is locked.
    Hidden,
}

impl Scene<'_> {
    fn sight(&self, dialog: DialogId) -> Sight {
        match (self.is_hidden(), self.is_focused()) {
            (true, _) => Sight::Hidden,
            (false, false) => Sight::Visible,
            (false, true) if self.before_eyes() == Some(dialog) => Sight::Front,
            (false, true) => Sight::Focused,
        }
    }

    /// Whether one of the windows has the keyboard.
    pub(crate) fn is_focused(&self) -> bool {
        self.window.has_eyes() || self.own_windows.values().any(|window| window.has_eyes())
    }

    /// Whether none of the windows can be seen.
    fn is_hidden(&self) -> bool {
        self.window.hidden && self.own_windows.values().all(|window| window.hidden)
    }

    /// The dialog in the window that has the keyboard.
    fn before_eyes(&self) -> Option<DialogId> {
        let own = self.own_windows.iter().find(|(_, window)| window.has_eyes()).map(|(dialog, _)| *dialog);
        own.or_else(|| self.open.filter(|_| self.window.has_eyes()))
    }

    /// Whether popups and sounds are for an operator who looks elsewhere.
    fn is_elsewhere(&self) -> bool {
        match self.settings.alert_when {
            AlertWhen::Unfocused => !self.is_focused(),
            AlertWhen::Hidden => self.is_hidden(),
        }
    }

    /// Whether a notification may show what somebody wrote.
    fn may_tell_text(&self) -> bool {
        self.settings.popup_text && !self.locked
    }

    fn may_show(&self) -> bool {
        self.settings.popups && !self.quiet && self.is_elsewhere()
    }

    /// Whether another workplace tells him. The one that has the keyboard counts: of two he has just turned to this one.
    fn is_told_elsewhere(&self) -> bool {
        self.focus_elsewhere && !self.is_focused()
    }

    fn may_sound(&self, sound: AlertSound) -> bool {
        let here = self.is_focused() && self.settings.sound_in_window && sound == AlertSound::Short;
        // What is wrong here no other workplace knows.
        let told = self.is_told_elsewhere() && sound != AlertSound::Trouble;
        let wanted = self.settings.sounds && self.settings.sound(sound).on && !told;
        wanted && !self.quiet && !self.muted && (here || self.is_elsewhere())
    }
}

/// Whom an alert is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Card {
    /// The dialog.
    pub(crate) dialog: DialogId,
    /// The customer's name; `None` if made up by the hub.
    pub(crate) name: Option<String>,
    /// The hub's number of the customer.
    pub(crate) number: u64,
    /// The newest words.
    pub(crate) text: Option<Said>,
}

impl Card {
    fn text_for(&self, scene: &Scene<'_>) -> Option<Said> {
        self.text.as_ref().filter(|_| scene.may_tell_text()).map(shortened)
    }

    fn waiting(&self, to_me: bool, scene: &Scene<'_>) -> Popup {
        let text = self.text_for(scene);
        Popup::Waiting { dialog: self.dialog, name: self.name.clone(), number: self.number, text, to_me }
    }

    fn given(&self, scene: &Scene<'_>) -> Popup {
        let text = self.text_for(scene);
        Popup::Given { dialog: self.dialog, name: self.name.clone(), number: self.number, text }
    }

    fn messages(&self, text: Option<Said>, count: u32) -> Popup {
        Popup::Messages { dialog: self.dialog, name: self.name.clone(), number: self.number, text, count }
    }
}

/// Whether a notification is about this workplace alone, and no other one has the same.
fn is_of_this_workplace(popup: &Popup) -> bool {
    match popup {
        Popup::Unsent { .. } | Popup::LinkLost | Popup::SessionEnded => true,
        Popup::Waiting { .. }
        | Popup::Given { .. }
        | Popup::Messages { .. }
        | Popup::OfflineRequest { .. }
        | Popup::Left { .. }
        | Popup::OfferEnds { .. }
        | Popup::Note { .. }
        | Popup::Status { .. }
        | Popup::QueueLong { .. }
        | Popup::LowRating { .. }
        | Popup::Summary { .. } => false,
    }
}

/// What was said, as one line.
fn shortened(said: &Said) -> Said {
    Said { kind: said.kind, text: excerpt(&said.text, TEXT_CHARS) }
}

/// Messages of one dialog in quick succession.
#[derive(Debug)]
struct Burst {
    card: Card,
    count: u32,
    unread: u32,
    last_at: Tick,
    due: Option<Tick>,
}

/// All that may ring.
#[derive(Debug)]
pub(crate) struct Alerts {
    out: Vec<Effect>,
    memory: Memory,
    speaker: Speaker,
    shown: BTreeSet<PopupTag>,
    /// Dialogs whose notification says that somebody waits.
    called: BTreeSet<DialogId>,
    /// Dialogs whose notification says that they were put into my hands, until I look at them or they leave me.
    given: BTreeSet<DialogId>,
    offers: BTreeMap<DialogId, Offer>,
    reminders: BTreeMap<DialogId, Tick>,
    bursts: BTreeMap<DialogId, Burst>,
    /// Dialogs whose unsent messages were told about, until that is over.
    troubled: BTreeSet<DialogId>,
    /// Dialogs with something unsent on a live connection, and when that is worth a word (`None`: said).
    slow: BTreeMap<DialogId, Option<Tick>>,
    /// When words that wait for a lost connection are worth one.
    held_up: Option<Tick>,
    link_due: Option<Tick>,
    /// N13: it was told that the queue is long.
    queue_long: bool,
    attention: bool,
    period_ms: u64,
}

impl Alerts {
    /// Knows what was alerted about before the restart.
    pub(crate) fn new(alerted: Vec<(MessageId, Stamp)>, settings: &Settings) -> Self {
        Self {
            out: Vec::new(),
            memory: Memory::new(alerted),
            speaker: Speaker::default(),
            shown: BTreeSet::new(),
            called: BTreeSet::new(),
            given: BTreeSet::new(),
            offers: BTreeMap::new(),
            reminders: BTreeMap::new(),
            bursts: BTreeMap::new(),
            troubled: BTreeSet::new(),
            slow: BTreeMap::new(),
            held_up: None,
            link_due: None,
            queue_long: false,
            attention: false,
            period_ms: period_of(settings),
        }
    }

    /// What is to be played, shown and taken back, in order.
    pub(crate) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.out)
    }

    /// What has to be remembered on disk.
    pub(crate) fn take_writes(&mut self) -> Vec<OwnWrite> {
        self.memory.take_writes()
    }

    fn popup(&mut self, popup: Popup, scene: &Scene<'_>) {
        let told = scene.is_told_elsewhere() && !is_of_this_workplace(&popup);
        if scene.may_show() && !told {
            self.shown.insert(popup.tag());
            self.out.push(Effect::Popup(if scene.locked { behind::nameless(popup) } else { popup }));
        }
    }

    fn withdraw(&mut self, tag: PopupTag) {
        if self.shown.remove(&tag) {
            self.out.push(Effect::Withdraw(tag));
        }
    }

    fn toast(&mut self, toast: Toast) {
        self.out.push(Effect::Emit(ViewEvent::Toast { toast }));
    }

    fn sound(&mut self, sound: AlertSound, scene: &Scene<'_>) {
        if scene.may_sound(sound) {
            self.out.extend(self.speaker.wish(sound, scene.now).map(Effect::Sound));
        }
    }

    /// Asks for attention in the task bar, which N1 alone does where a notification may be shown, or stops asking.
    fn attend(&mut self, on: bool) {
        if self.attention != on {
            self.attention = on;
            self.out.push(Effect::Attention(on));
        }
    }

    /// A dialog's row changed: whatever lost its cause is taken back, and N5 starts or ends.
    pub(crate) fn settle(&mut self, dialog: DialogId, section: Section, to_me: bool, unread: u32, now: Now) {
        let still_waits = matches!(section, Section::Waiting | Section::Queue | Section::OfflineRequests);
        if !still_waits && self.called.remove(&dialog) {
            self.withdraw(PopupTag::Dialog(dialog));
        }
        if !to_me {
            self.offer_over(dialog);
        }
        if section != Section::Mine {
            self.given.remove(&dialog);
        }
        if section == Section::Mine && unread > 0 {
            self.reminders.entry(dialog).or_insert(now.tick.plus(self.period_ms));
            if let Some(burst) = self.bursts.get_mut(&dialog) {
                burst.unread = unread;
            }
        } else {
            self.reminders.remove(&dialog);
            self.bursts.remove(&dialog);
            if !self.called.contains(&dialog) && !self.given.contains(&dialog) {
                self.withdraw(PopupTag::Dialog(dialog));
            }
        }
        if self.offers.is_empty() && self.given.is_empty() {
            self.attend(false);
        }
    }

    /// A dialog is gone.
    pub(crate) fn gone(&mut self, dialog: DialogId, now: Now) {
        self.called.remove(&dialog);
        self.settle(dialog, Section::All, false, 0, now);
        self.unsent_over(dialog);
    }

    /// A dialog is before the operator's eyes.
    pub(crate) fn seen(&mut self, scene: &Scene<'_>) {
        if let Some(open) = scene.before_eyes() {
            self.bursts.remove(&open);
            self.given.remove(&open);
            self.withdraw(PopupTag::Dialog(open));
            self.withdraw(PopupTag::News(open));
        }
    }

    /// The window changed. What came due while the operator looked does not ring the moment he looks away.
    pub(crate) fn window_changed(&mut self, scene: &Scene<'_>) {
        if scene.is_focused() {
            self.attend(false);
            self.withdraw(PopupTag::Summary);
            self.speaker.hush();
            self.seen(scene);
        }
        let (now, period) = (scene.now.tick, self.period_ms);
        for at in self.reminders.values_mut() {
            *at = after(*at, period, now);
        }
        for offer in self.offers.values_mut() {
            offer.again_at = after(offer.again_at, calls::EVERY_MS, now);
        }
    }

    /// Whoever wants nothing shown any more is not asked for either.
    pub(crate) fn calm(&mut self, scene: &Scene<'_>) {
        if !scene.may_show() {
            self.attend(false);
        }
    }

    /// The settings changed.
    pub(crate) fn set_period(&mut self, settings: &Settings, now: Now) {
        let period_ms = period_of(settings);
        if period_ms != self.period_ms {
            self.period_ms = period_ms;
            for at in self.reminders.values_mut() {
                *at = now.tick.plus(period_ms);
            }
        }
    }

    /// Rings what has come due. `waiting`: somebody waits still.
    pub(crate) fn tick(&mut self, waiting: bool, scene: &Scene<'_>) {
        let now = scene.now.tick;
        if let Some(sound) = self.speaker.due(now)
            && waiting
            && scene.may_sound(sound)
        {
            self.out.push(Effect::Sound(sound));
        }
        self.calm(scene);
        self.tick_bursts(scene);
        self.tick_offers(scene);
        self.tick_endings(scene);
        self.tick_reminders(scene);
        self.tick_slow(scene);
        self.tick_link(scene);
    }

    /// When something rings next, if nothing happens before.
    pub(crate) fn deadline(&self, scene: &Scene<'_>) -> Option<(Tick, WakeReason)> {
        let offers = self.offer_deadlines(scene);
        let reminders = self.reminders.values().copied().filter(|_| scene.is_hidden());
        let bursts = self.bursts.values().filter_map(|burst| burst.due);
        let slow = self.slow.values().filter_map(|at| *at);
        let lost = [self.link_due, self.held_up].into_iter().flatten().filter(|at| at.0 != u64::MAX);
        let next = offers.chain(reminders).chain(bursts).chain(slow).chain(lost).chain(self.speaker.deadline()).min();
        next.map(|at| (at, WakeReason::Alert))
    }
}

/// When a rhythm rings next, having rung now. It keeps its beat, unless the machine slept over it.
fn next_ring(at: Tick, period_ms: u64, now: Tick) -> Tick {
    if now.since(at) < OVERSLEPT_MS { at.plus(period_ms) } else { now.plus(period_ms) }
}

/// The next moment of a rhythm that lies after `now`.
fn after(at: Tick, period_ms: u64, now: Tick) -> Tick {
    if at > now {
        return at;
    }
    let missed = now.since(at) / period_ms.max(1);
    at.plus(missed.saturating_add(1).saturating_mul(period_ms.max(1)))
}

/// N5's rhythm.
fn period_of(settings: &Settings) -> u64 {
    u64::from(settings.reminder_s.clamp(15, 600)) * 1_000
}
