//! What lies before the operator: the main window with the dialog open in it, dialogs in windows of their own, and a
//! link of another program that asks to be followed.

use super::{Session, muted::Muted};
use crate::{
    DialogLink, Effect, Settings, Surroundings, Toast, UiErrorCode, ViewEvent, WindowState, alerts::Scene,
    mirror::is_remains,
};
use otklik_model::{DialogId, Now};
use std::collections::{BTreeMap, BTreeSet};

/// What of them can be seen behind a locked screen.
static NO_WINDOWS: BTreeMap<DialogId, WindowState> = BTreeMap::new();

/// What the operator looks at, and how he wants it.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) settings: Settings,
    pub(super) window: WindowState,
    pub(super) around: Surroundings,
    /// The dialog that is open in the main window.
    pub(super) open: Option<DialogId>,
    /// The dialog that he turned to last, in whichever window, and whether he writes in it.
    pub(super) before_him: (Option<DialogId>, bool),
    /// Dialogs in windows of their own, and how those stand.
    pub(super) own_windows: BTreeMap<DialogId, WindowState>,
    /// What a page showed behind a locked screen, and up to which message: it is seen when the screen is unlocked.
    pub(super) behind_lock: Option<(DialogId, u32)>,
    /// What the hub was told of the keyboard on this connection: whether one of the windows has it.
    pub(super) focus_told: bool,
    /// The operator sits before another workplace of his, as the hub says on this connection.
    pub(super) focus_elsewhere: bool,
    /// Sounds are muted for a while.
    pub(super) muted: Option<Muted>,
    /// A link that waits: for its dialog to come from the hub, or for the operator's word.
    link: Option<Followed>,
}

/// How far a link has been followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Followed {
    /// Its dialog is not known here, and the hub may yet tell of it.
    Unknown(DialogLink),
    /// The operator is asked.
    Asked(DialogId),
}

impl Desk {
    /// With these settings; nothing is open, and the window is not known yet.
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            window: WindowState::default(),
            around: Surroundings::default(),
            open: None,
            before_him: (None, false),
            own_windows: BTreeMap::new(),
            behind_lock: None,
            focus_told: false,
            focus_elsewhere: false,
            muted: None,
            link: None,
        }
    }

    pub(super) fn scene(&self, online: bool, now: Now) -> Scene<'_> {
        // Behind a locked screen no window can be seen, whatever it says of itself.
        let locked = self.around.locked;
        let hidden = WindowState { focused: false, hidden: true };
        Scene {
            window: if locked { hidden } else { self.window },
            open: self.open,
            own_windows: if locked { &NO_WINDOWS } else { &self.own_windows },
            settings: &self.settings,
            online,
            quiet: self.is_quiet(now),
            muted: self.muted.is_some(),
            locked,
            focus_elsewhere: self.focus_elsewhere,
            now,
        }
    }

    /// Whether the operator wants nothing shown and nothing played now.
    fn is_quiet(&self, now: Now) -> bool {
        let settings = &self.settings;
        let by_hours = settings.quiet_hours.is_some_and(|hours| hours.holds(self.around.minute_of_day(now.stamp)));
        settings.do_not_disturb || by_hours || (settings.follow_system_quiet && self.around.quiet)
    }

    /// Whether the operator has this dialog before his eyes.
    pub(super) fn looks_at(&self, dialog: DialogId) -> bool {
        if self.around.locked {
            return false;
        }
        let here = self.open == Some(dialog) && self.window.has_eyes();
        here || self.own_windows.get(&dialog).is_some_and(|window| window.has_eyes())
    }

    /// Whether a window shows this dialog's thread.
    pub(super) fn shows(&self, dialog: DialogId) -> bool {
        self.open == Some(dialog) || self.own_windows.contains_key(&dialog)
    }

    /// The dialogs whose threads are shown.
    pub(super) fn shown(&self) -> BTreeSet<DialogId> {
        self.open.into_iter().chain(self.own_windows.keys().copied()).collect()
    }

    /// The dialog that a link asks to open.
    pub(super) fn asked_for(&self) -> Option<DialogId> {
        match self.link {
            Some(Followed::Asked(dialog)) => Some(dialog),
            Some(Followed::Unknown(_)) | None => None,
        }
    }
}

impl Session {
    pub(super) fn handle_window(&mut self, window: WindowState, now: Now) {
        self.desk.window = window;
        if window.focused {
            self.turn_to(self.desk.open);
        }
        self.alerts.window_changed(&self.desk.scene(self.mirror.is_online(), now));
        self.tell_focus(now);
    }

    pub(super) fn handle_surroundings(&mut self, around: Surroundings, now: Now) {
        let locked = std::mem::replace(&mut self.desk.around, around).locked;
        let scene = self.desk.scene(self.mirror.is_online(), now);
        self.alerts.calm(&scene);
        if locked == around.locked {
            return;
        }
        self.alerts.window_changed(&scene);
        self.alerts.take_names_back(&scene);
        self.tell_focus(now);
        if let Some((dialog, upto)) = self.desk.behind_lock.take() {
            self.read_unasked(dialog, upto, now);
        }
    }

    /// A dialog's own window opened, changed, or (`None`) was closed.
    pub(super) fn handle_own_window(&mut self, dialog: DialogId, window: Option<WindowState>, now: Now) {
        let before = self.desk.own_windows.contains_key(&dialog);
        match window {
            Some(state) => {
                self.desk.own_windows.insert(dialog, state);
                if state.focused {
                    self.turn_to(Some(dialog));
                }
                if !before && self.mirror.row(dialog).is_some() {
                    self.history.chase(dialog);
                }
            }
            None => {
                self.desk.own_windows.remove(&dialog);
                self.turn_from(dialog);
            }
        }
        if before != window.is_some() {
            let dialogs = self.desk.own_windows.keys().copied().collect();
            self.emit(ViewEvent::OwnWindows { dialogs });
        }
        self.alerts.window_changed(&self.desk.scene(self.mirror.is_online(), now));
        self.tell_focus(now);
    }

    pub(super) fn handle_popup_clicked(&mut self, dialog: Option<DialogId>) {
        if let Some(dialog) = dialog.filter(|id| self.desk.own_windows.contains_key(id)) {
            self.effects.push_back(Effect::ShowOwnWindow(dialog));
            return;
        }
        self.effects.push_back(Effect::ShowWindow);
        if let Some(dialog) = dialog.filter(|id| self.mirror.dialogs.contains_key(id)) {
            // A page that is not there yet finds it in its first picture.
            self.desk.open = Some(dialog);
            self.emit(ViewEvent::OpenDialog { dialog });
        }
    }

    /// Another program's link. It opens nothing by itself: the operator is asked first.
    pub(super) fn handle_link_followed(&mut self, link: DialogLink) {
        self.effects.push_back(Effect::ShowWindow);
        let earlier = self.desk.asked_for();
        self.desk.link = Some(Followed::Unknown(link));
        self.follow_link();
        if earlier.is_some() && self.desk.asked_for().is_none() {
            self.emit(ViewEvent::LinkFollowed { dialog: None });
        }
    }

    /// Goes on with a link whose dialog was not known, as far as that is possible now.
    pub(super) fn follow_link(&mut self) {
        let Some(Followed::Unknown(link)) = self.desk.link else { return };
        match self.led_to(link) {
            Some(dialog) if self.desk.open == Some(dialog) => self.desk.link = None,
            Some(dialog) => {
                self.desk.link = Some(Followed::Asked(dialog));
                self.emit(ViewEvent::LinkFollowed { dialog: Some(dialog) });
            }
            // Everything that the hub shows to this operator is here: there is no such dialog for him.
            None if self.link.is_live() => {
                self.desk.link = None;
                self.emit(ViewEvent::Toast { toast: Toast::LinkLeadsNowhere });
            }
            None => {}
        }
    }

    /// The dialog that a link leads to, if it is here.
    #[must_use]
    pub fn led_to(&self, link: DialogLink) -> Option<DialogId> {
        let known = self.mirror.dialogs.values().map(|known| &known.row).filter(|row| !is_remains(row));
        match link {
            DialogLink::Dialog(id) => self.mirror.row(id).filter(|row| !is_remains(row)).map(|row| row.id),
            DialogLink::Number(number) => known.filter(|row| row.number == number).map(|row| row.id).next(),
            // Ids sort by time: the last one is the newest dialog.
            DialogLink::Customer(number) => known.filter(|row| row.customer.number == number).map(|row| row.id).max(),
        }
    }

    /// Opens a dialog in the main window.
    pub(super) fn open_dialog(&mut self, dialog: Option<DialogId>, now: Now) -> Result<(), UiErrorCode> {
        if let Some(dialog) = dialog {
            self.known(dialog)?;
            self.history.chase(dialog);
        }
        self.desk.open = dialog;
        self.turn_to(dialog);
        if dialog.is_some() && self.desk.asked_for() == dialog {
            self.end_link();
        }
        self.alerts.seen(&self.desk.scene(self.mirror.is_online(), now));
        Ok(())
    }

    /// A dialog is gone: no window shows it any more. Its own window stays until it is closed, and says so.
    pub(super) fn close_if_open(&mut self, dialog: DialogId) {
        if self.desk.open == Some(dialog) {
            self.desk.open = None;
        }
        self.turn_from(dialog);
        if self.desk.asked_for() == Some(dialog) {
            self.end_link();
        }
    }

    /// The link is answered, or its dialog is gone.
    pub(super) fn end_link(&mut self) {
        if self.desk.link.take().is_some_and(|link| matches!(link, Followed::Asked(_))) {
            self.emit(ViewEvent::LinkFollowed { dialog: None });
        }
    }
}
