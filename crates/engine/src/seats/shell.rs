//! The shell of one seat: what is its own goes through, what all share is summed up first.

use super::{SeatId, together::Together};
use crate::{CoverRules, Machine, Policy, Shell, SoundOrder, SwitchView, UpdateView};
use otklik_core::{Language, Popup, PopupTag, Standing};
use otklik_model::DialogId;
use std::sync::{Arc, Weak};

pub(super) struct SeatShell {
    seat: SeatId,
    own: Arc<dyn Shell>,
    together: Arc<Together>,
}

impl SeatShell {
    pub(super) fn new(seat: SeatId, own: Arc<dyn Shell>, together: Arc<Together>) -> Self {
        Self { seat, own, together }
    }
}

impl Shell for SeatShell {
    fn sound(&self, order: SoundOrder) {
        self.own.sound(order);
    }

    fn sound_devices(&self) -> Vec<String> {
        self.own.sound_devices()
    }

    fn can_play(&self, file: &[u8]) -> bool {
        self.own.can_play(file)
    }

    fn is_quiet(&self) -> bool {
        self.own.is_quiet()
    }

    fn checks_spelling(&self) -> bool {
        self.own.checks_spelling()
    }

    fn is_locked(&self) -> bool {
        self.own.is_locked()
    }

    fn cover_rules(&self, rules: CoverRules) {
        self.together.change(self.seat, |place| place.rules = Some(rules));
        self.together.stirred.notify_one();
    }

    fn slept(&self) {
        self.together.slept();
    }

    /// A workplace does not know whether it is the only one.
    fn popup(&self, popup: &Popup, _account: Option<&str>, language: Language) {
        self.own.popup(popup, self.together.name(self.seat).as_deref(), language);
    }

    fn withdraw(&self, tag: PopupTag) {
        self.own.withdraw(tag);
    }

    fn attention(&self, on: bool) {
        self.together.change(self.seat, |place| place.attention = on);
        self.together.tell_attention();
    }

    fn badge(&self, count: u32) {
        self.together.change(self.seat, |place| place.badge = count);
        self.together.tell_badge();
    }

    fn standing(&self, standing: Option<&Standing>, _account: Option<&str>, language: Language) {
        self.together.change(self.seat, |place| {
            place.standing = standing.cloned();
            place.language = language;
        });
        self.together.tell_standing();
    }

    /// The window comes with the account in it that it was asked for.
    fn show_window(&self) {
        self.together.want(self.seat);
        self.own.show_window();
    }

    fn show_own_window(&self, dialog: DialogId) {
        self.own.show_own_window(dialog);
    }

    fn open_url(&self, url: &str) {
        self.own.open_url(url);
    }

    fn machine(&self) -> Option<Arc<dyn Machine>> {
        let machine = self.own.machine()?;
        Some(Arc::new(SharedMachine { machine, seat: self.seat, together: Arc::downgrade(&self.together) }))
    }
}

/// The one machine as a seat has it: whoever made it obey last, all are told of its changes.
struct SharedMachine {
    machine: Arc<dyn Machine>,
    seat: SeatId,
    /// The machine outlives the seats, and keeps what it was given.
    together: Weak<Together>,
}

impl Machine for SharedMachine {
    fn obey(&self, policy: &Policy, changed: Arc<dyn Fn() + Send + Sync>) {
        let Some(together) = self.together.upgrade() else { return };
        together.change(self.seat, |place| place.machine_changed = Some(changed));
        let _turn = together.obeying.lock();
        let together = self.together.clone();
        let all = move || {
            if let Some(together) = together.upgrade() {
                together.machine_changed();
            }
        };
        self.machine.obey(policy, Arc::new(all));
    }

    fn with_system(&self) -> SwitchView {
        self.machine.with_system()
    }

    fn set_with_system(&self, on: bool) {
        self.machine.set_with_system(on);
    }

    fn hotkey(&self) -> SwitchView {
        self.machine.hotkey()
    }

    fn set_hotkey(&self, on: bool) {
        self.machine.set_hotkey(on);
    }

    fn hotkey_name(&self) -> String {
        self.machine.hotkey_name()
    }

    fn update(&self) -> UpdateView {
        self.machine.update()
    }

    fn look_for_update(&self) {
        self.machine.look_for_update();
    }

    fn restart_to_update(&self) {
        self.machine.restart_to_update();
    }
}
