//! What changed during one input, shown at its end: each row once, each line once.

use super::Session;
use crate::{
    Counts, Effect, ViewEvent,
    disk::Purpose,
    effect::OwnWrite,
    row::{RowSource, depends_on_link},
    section::Standpoint,
    thread::{item_of, unsent_item},
};
use otklik_model::{ClientId, DialogId, DialogState, Message, Now, Right};
use std::collections::{BTreeMap, BTreeSet};

/// The page's clock is set anew when it is off by this, in milliseconds.
const CLOCK_OFF_MS: u64 = 500;
/// Rows in one event.
const ROWS_AT_ONCE: usize = 200;

/// What has to be shown anew.
#[derive(Debug, Default)]
pub(super) struct Fresh {
    /// Rows that changed or left.
    pub(super) rows: BTreeSet<DialogId>,
    /// Unsent lines of the dialogs that are shown.
    pub(super) unsent: BTreeSet<ClientId>,
    /// Stored lines, by place.
    pub(super) lines: BTreeMap<(DialogId, u32), Message>,
    /// Keys of lines that left a dialog that is shown.
    pub(super) gone: Vec<(DialogId, String)>,
    /// Everything else, in order.
    pub(super) events: Vec<ViewEvent>,
    /// The connection changed.
    pub(super) link: bool,
    /// Whether racy things are possible changed.
    pub(super) live: bool,
    /// Everything missed has come, and whether there was anything.
    pub(super) caught_up: Option<bool>,
    /// The notices changed.
    pub(super) notices: bool,
    /// The sums as last shown.
    pub(super) counts: Counts,
    /// By how much the hub's clock was said to be ahead, in milliseconds.
    pub(super) ahead_ms: i64,
    /// From where the rows were last shown: in which section each stands depends on it.
    pub(super) shown_as: Option<Standpoint>,
}

impl Session {
    /// Tells the page.
    pub(super) fn emit(&mut self, event: ViewEvent) {
        self.fresh.events.push(event);
    }

    /// This dialog's row is to be shown anew.
    pub(super) fn touch(&mut self, dialog: DialogId) {
        self.fresh.rows.insert(dialog);
    }

    /// The sums over all rows.
    pub(super) fn counts(&self) -> Counts {
        let (hidden, hidden_offline) = self.hidden;
        Counts { unsent: self.outbox.unsent_total(), hidden, hidden_offline, ..self.board.counts() }
    }

    /// Shows what changed.
    pub(super) fn show(&mut self, now: Now) {
        self.show_thread(now);
        self.show_rows(now);
        if let Some(news) = self.fresh.caught_up.take() {
            let counts = self.board.counts();
            let scene = self.desk.scene(self.mirror.is_online(), now);
            self.alerts.link_live(news, counts.mine_unread, counts.calls(), &scene);
        }
        for event in std::mem::take(&mut self.fresh.events) {
            self.effects.push_back(Effect::Emit(event));
        }
        if std::mem::take(&mut self.fresh.link) {
            self.effects.push_back(Effect::Emit(ViewEvent::Link { link: self.link.view(now) }));
        }
        self.show_clock(now);
        if std::mem::take(&mut self.fresh.notices) {
            self.effects.push_back(Effect::Emit(ViewEvent::Notices { notices: self.all_notices() }));
        }
        self.show_counts();
        self.alerts.words_wait(!self.link.is_live() && self.outbox.unsent_total() > 0, now);
        self.effects.extend(self.alerts.take_effects());
        self.note_alerts();
    }

    fn show_clock(&mut self, now: Now) {
        let ahead_ms = self.clock.ahead_ms(now);
        if ahead_ms.abs_diff(self.fresh.ahead_ms) >= CLOCK_OFF_MS {
            self.fresh.ahead_ms = ahead_ms;
            self.effects.push_back(Effect::Emit(ViewEvent::Clock { ahead_ms }));
        }
    }

    /// Every row may stand elsewhere, if the operator looks from elsewhere.
    pub(super) fn look_from_here(&mut self) {
        let standpoint = Standpoint::of(&self.mirror);
        if self.fresh.shown_as.replace(standpoint) != Some(standpoint) {
            self.fresh.rows.extend(self.mirror.dialogs.keys().copied());
        }
    }

    fn show_counts(&mut self) {
        let counts = self.counts();
        let shown = std::mem::replace(&mut self.fresh.counts, counts);
        if counts != shown {
            self.effects.push_back(Effect::Emit(ViewEvent::Counts { counts }));
        }
        if counts.badge != shown.badge {
            self.effects.push_back(Effect::Badge(counts.badge));
        }
        let waiting = |counts: &Counts| counts.calls().saturating_add(counts.hidden);
        if waiting(&counts) != waiting(&shown) && self.link.is_live() && self.watches_queues() {
            self.alerts.queue_is(waiting(&counts), &self.desk.scene(self.mirror.is_online(), self.now));
        }
    }

    /// Whether the length of the queues is this operator's business.
    fn watches_queues(&self) -> bool {
        let rights = &self.mirror.profile.rights;
        rights.contains(&Right::SeeQueue) && rights.contains(&Right::SeeReports)
    }

    /// Remembers on disk what was alerted about; nothing waits for it.
    fn note_alerts(&mut self) {
        let writes: Vec<OwnWrite> = self.alerts.take_writes();
        if !writes.is_empty() {
            self.commit_own(writes, Purpose::Note);
        }
    }

    fn show_thread(&mut self, now: Now) {
        let (lines, unsent) = (std::mem::take(&mut self.fresh.lines), std::mem::take(&mut self.fresh.unsent));
        let gone = std::mem::take(&mut self.fresh.gone);
        for dialog in self.desk.shown() {
            let rev = self.board.next_rev();
            let stored = lines.values().filter(|line| line.dialog == dialog);
            let stored = stored.map(|line| item_of(line, &self.mirror, rev));
            let waiting = unsent
                .iter()
                .filter_map(|id| self.outbox.entry(*id))
                .filter(|entry| entry.is_unsent() && entry.item.dialog == dialog)
                .map(|entry| unsent_item(&entry.item, &self.outbox, &self.mirror, rev, now));
            let items: Vec<_> = stored.chain(waiting).collect();
            let gone: Vec<_> = gone.iter().filter(|(of, _)| *of == dialog).map(|(_, key)| key.clone()).collect();
            if !items.is_empty() || !gone.is_empty() {
                self.effects.push_back(Effect::Emit(ViewEvent::Thread { dialog, items, gone }));
            }
        }
    }

    fn show_rows(&mut self, now: Now) {
        if std::mem::take(&mut self.fresh.live) {
            let concerned = self.mirror.dialogs.values().filter(|known| depends_on_link(&known.row));
            self.fresh.rows.extend(concerned.map(|known| known.row.id));
        }
        let (mut rows, mut gone) = (Vec::new(), Vec::new());
        for id in std::mem::take(&mut self.fresh.rows) {
            match self.show_row(id, now) {
                Some(row) => rows.push(row),
                None if self.board.remove(id) => {
                    self.alerts.gone(id, now);
                    gone.push(id);
                }
                None => {}
            }
        }
        if !gone.is_empty() {
            self.effects.push_back(Effect::Emit(ViewEvent::RowsGone { dialogs: gone }));
        }
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let rows = rows.by_ref().take(ROWS_AT_ONCE).collect();
            self.effects.push_back(Effect::Emit(ViewEvent::Rows { rows }));
        }
    }

    /// The new version of one row; its place, its reminders and its alarms follow.
    fn show_row(&mut self, id: DialogId, now: Now) -> Option<crate::DialogRow> {
        let live = self.link.is_live();
        let source = RowSource { mirror: &self.mirror, outbox: &self.outbox, local: &self.local, live };
        let dialog = self.mirror.row(id)?;
        let place = source.place(dialog);
        let to_me = dialog.state == DialogState::Offered && dialog.assignee == Some(self.mirror.me());
        let rev = self.board.put(id, place);
        let row = source.row(id, rev)?;
        self.alerts.settle(id, place.section, to_me, row.unread, now);
        let scene = self.desk.scene(self.mirror.is_online(), now);
        // A file takes its time: that its message is still here is no sign of trouble.
        let may_move = live && !self.outbox.is_uploading_in(id);
        self.alerts.unsent(id, row.unsent, row.unsent_trouble, may_move, &scene);
        Some(row)
    }
}
