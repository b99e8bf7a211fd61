//! Which dialog the operator has before him, told to his colleagues; and where they are, shown to him.

use super::Session;
use crate::{Colleague, Effect, ViewEvent};
use otklik_model::{DialogId, Now, OperatorId};
use std::collections::BTreeMap;

impl Session {
    /// The operator turns to a dialog, in whichever window; if he is there already, he goes on with what he does.
    pub(super) fn turn_to(&mut self, dialog: Option<DialogId>) {
        if self.desk.before_him.0 != dialog {
            self.look_at(dialog, false);
            dialog.into_iter().for_each(|dialog| self.show_colleagues(dialog));
        }
    }

    /// A dialog's window is closed, or the dialog is gone.
    pub(super) fn turn_from(&mut self, dialog: DialogId) {
        if self.desk.before_him.0 == Some(dialog) && !self.desk.shows(dialog) {
            self.turn_to(self.desk.open);
        }
    }

    /// He writes in a dialog, or stopped.
    pub(super) fn tell_writing(&mut self, dialog: DialogId, on: bool) {
        if self.desk.shows(dialog) {
            self.look_at(Some(dialog), on);
        }
    }

    fn look_at(&mut self, dialog: Option<DialogId>, writes: bool) {
        if self.desk.before_him != (dialog, writes) {
            self.desk.before_him = (dialog, writes);
            self.tell_looks();
        }
    }

    /// Without a connection nobody hears of it; the next one begins with it.
    pub(super) fn tell_looks(&mut self) {
        if self.link.is_live() {
            let (dialog, writes) = self.desk.before_him;
            self.effects.push_back(Effect::Looks { dialog, writes });
        }
    }

    /// Tells the hub whether one of the windows has the keyboard, if it knows otherwise: his other workplaces need not
    /// ring while he sits before this one.
    pub(super) fn tell_focus(&mut self, now: Now) {
        let on = self.desk.scene(self.mirror.is_online(), now).is_focused();
        if self.link.is_live() && self.desk.focus_told != on {
            self.desk.focus_told = on;
            self.effects.push_back(Effect::Focus { on });
        }
    }

    pub(super) fn handle_colleague(&mut self, dialog: DialogId, operator: OperatorId, here: bool, writes: bool) {
        let is_ours = self.mirror.dialogs.contains_key(&dialog) && operator != self.mirror.me();
        if is_ours && self.company.heard(dialog, operator, here, writes) && self.desk.shows(dialog) {
            self.show_colleagues(dialog);
        }
    }

    /// The connection is gone, and with it what was known of others.
    pub(super) fn lose_company(&mut self) {
        (self.desk.focus_told, self.desk.focus_elsewhere) = (false, false);
        self.company.clear();
        for dialog in self.desk.shown() {
            self.show_colleagues(dialog);
        }
    }

    /// Who else has the dialogs of the windows before him.
    pub(super) fn all_colleagues(&self) -> BTreeMap<DialogId, Vec<Colleague>> {
        self.desk.shown().into_iter().map(|dialog| (dialog, self.colleagues(dialog))).collect()
    }

    /// Those whose names are known.
    fn colleagues(&self, dialog: DialogId) -> Vec<Colleague> {
        let named = self.company.of(dialog).filter_map(|(id, writes)| {
            let name = self.mirror.operators.get(&id)?.name.clone();
            Some(Colleague { id, name, writes })
        });
        named.collect()
    }

    fn show_colleagues(&mut self, dialog: DialogId) {
        let here = self.colleagues(dialog);
        self.emit(ViewEvent::Colleagues { dialog, here });
    }
}
