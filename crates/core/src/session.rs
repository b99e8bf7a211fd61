//! The operator's session: routes each input to the sub-machine concerned, and gathers what follows.
//!
//! Each input runs through four steps: it is routed; what has come due by now is run; the queues to disk and network
//! are moved on; what changed is shown. A step only ever asks a sub-machine and passes its wishes on.

mod applied;
mod cards;
mod commands;
mod company;
mod desk;
mod doubt;
mod files;
mod fresh;
mod hub;
mod lookups;
mod muted;
mod pump;
mod standing;
mod texts;

use crate::{
    Account, DialogRow, Draft, Effect, Input, Notice, OutboxItem, Saved, Snapshot, ThreadItem,
    alerts::Alerts,
    batch::Work,
    blocks::Blocks,
    board::Board,
    clock::HubClock,
    company::Company,
    disk::Disk,
    history::History,
    ids::Chance,
    link::Link,
    local::Local,
    lookups::Lookups,
    mirror::{Known, Mirror, blank, is_remains, nobody},
    mutants::Mutants,
    outbox::Outbox,
    requests::Requests,
    row::RowSource,
    section::Standpoint,
    sync::Sync,
    thread::{Marks, item_of, unsent_item},
};
use desk::Desk;
use fresh::Fresh;
use muted::Muted;
use otklik_model::{Cursor, Dialog, DialogId, Message, Now, Section, Tick};
pub use standing::{NextDialog, NextWhy, Standing};
use std::collections::{BTreeSet, VecDeque};

/// Why a session wants to be woken: for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WakeReason {
    /// Connect again.
    Reconnect,
    /// The hub did not answer the call.
    ConnectDeadline,
    /// Two beats of the hub are missing.
    BeatDeadline,
    /// A send has no answer: ask whether the hub is there.
    Probe,
    /// A send still has no answer: the connection is dead.
    AnswerDeadline,
    /// The disk refused: try again.
    DiskRetry,
    /// A message waits out a passing failure.
    OutboxRetry,
    /// A request waits out a passing failure.
    RequestRetry,
    /// Missing history is asked for again.
    FetchRetry,
    /// A reminder, or a notification held back for a moment.
    Alert,
}

/// One operator's session. See the crate's documentation.
#[derive(Debug)]
pub struct Session {
    effects: VecDeque<Effect>,
    chance: Chance,
    mutants: Mutants,
    desk: Desk,
    mirror: Mirror,
    local: Local,
    link: Link,
    clock: HubClock,
    sync: Sync,
    history: History,
    outbox: Outbox,
    requests: Requests,
    lookups: Lookups,
    company: Company,
    disk: Disk,
    board: Board,
    /// Dialogs that wait and that the hub does not show: online, offline.
    hidden: (u32, u32),
    marks: Marks,
    alerts: Alerts,
    notices: Vec<Notice>,
    fresh: Fresh,
    /// The position the present connection was asked to go on from.
    asked: Option<Cursor>,
    /// Something happened while the operator was not connected.
    news: bool,
    now: Now,
}

impl Session {
    /// Takes up where the stores stopped; the first effects (to connect, the badge) are waiting.
    #[must_use]
    pub fn restore(saved: Saved, account: Account, now: Now) -> Self {
        let dialogs = saved.dialogs.into_iter().map(|saved| {
            let blocks = Blocks::new(saved.held);
            (saved.dialog.id, Known { row: saved.dialog, blocks })
        });
        let mirror = Mirror {
            dialogs: dialogs.collect(),
            operators: saved.operators.into_iter().map(|operator| (operator.id, operator)).collect(),
            channels: saved.channels.into_iter().map(|channel| (channel.id, channel)).collect(),
            profile: saved.profile.unwrap_or_else(nobody),
            handbook: saved.handbook.unwrap_or_default(),
            cursor: saved.cursor,
            stream: saved.cursor.map(|cursor| cursor.stream),
        };
        let mut session = Self {
            effects: VecDeque::new(),
            chance: Chance::new(account.seed),
            mutants: Mutants::default(),
            alerts: Alerts::new(saved.alerted, &saved.settings),
            desk: Desk::new(saved.settings),
            mirror,
            local: Local::default(),
            link: Link::new(now),
            clock: HubClock::default(),
            sync: Sync::new(),
            history: History::new(),
            outbox: Outbox::restore(saved.outbox, saved.last_order),
            requests: Requests::default(),
            lookups: Lookups::default(),
            company: Company::default(),
            disk: Disk::default(),
            board: Board::default(),
            hidden: (0, 0),
            marks: Marks::default(),
            notices: Vec::new(),
            fresh: Fresh::default(),
            asked: None,
            news: false,
            now,
        };
        session.local.drafts = saved.drafts.into_iter().map(|draft| (draft.dialog, draft)).collect();
        session.local.tray = saved.tray.into_iter().map(|tray| (tray.file.id, tray)).collect();
        let last = session.local.tray.values().map(|tray| tray.order).max();
        session.outbox.order_after(last.unwrap_or(0));
        session.set_up(now);
        session
    }

    /// Derives what is derived, and asks for the first effects.
    fn set_up(&mut self, now: Now) {
        let reads: Vec<_> = self.outbox.reads().collect();
        for (dialog, upto) in reads {
            self.local.read(dialog, upto);
        }
        let keep = self.kept();
        let source =
            RowSource { mirror: &self.mirror, outbox: &self.outbox, local: &self.local, live: self.link.is_live() };
        for (id, known) in &self.mirror.dialogs {
            let place = source.place(&known.row);
            self.board.put(*id, place);
            if place.section == Section::Mine {
                self.alerts.settle(*id, place.section, false, self.local.unread_of(&known.row), now);
            }
            if is_remains(&known.row) && !keep.contains(id) {
                self.sync.push(Work::Clear(*id));
            }
        }
        for id in keep {
            // The app died between the end of a dialog and what was to remain of it.
            if self.mirror.row(id).is_none() {
                self.sync.push(Work::Remain(Box::new(blank(id))));
            }
        }
        self.alerts.link_down(now);
        self.fresh.counts = self.counts();
        self.fresh.shown_as = Some(Standpoint::of(&self.mirror));
        self.effects.push_back(Effect::Badge(self.fresh.counts.badge));
        self.pump(now);
    }

    /// Builds in a fault.
    #[cfg(feature = "mutants")]
    #[must_use]
    pub fn with_mutant(mut self, mutant: crate::Mutant) -> Self {
        self.mutants.active = Some(mutant);
        self.sync.set_mutants(self.mutants);
        self.history.set_mutants(self.mutants);
        if mutant == crate::Mutant::ForgetOutboxOnRestart {
            self.outbox = Outbox::restore(Vec::new(), 0);
        }
        self.outbox.set_mutants(self.mutants);
        self
    }

    /// Takes what happened at `now`. Total: whatever comes, it never fails and never blocks.
    pub fn handle(&mut self, input: Input, now: Now) {
        self.now = now;
        match input {
            Input::Command { req, command } => self.handle_command(req, command, now),
            Input::Link(said) => self.handle_link(said, now),
            Input::Committed(id) => self.handle_committed(id, now),
            Input::CommitFailed { id, fault } => self.handle_commit_failed(id, fault, now),
            Input::Window(window) => self.handle_window(window, now),
            Input::OwnWindow { dialog, window } => self.handle_own_window(dialog, window, now),
            Input::LinkFollowed(link) => self.handle_link_followed(link),
            Input::Surroundings(around) => self.handle_surroundings(around, now),
            Input::PopupClicked(dialog) => self.handle_popup_clicked(dialog),
            Input::PopupAccepted(dialog) => self.accept_from_popup(dialog, now),
            Input::PopupDeclined(dialog) => self.decline_from_popup(dialog, now),
            Input::Woke => self.reconnect(now),
            Input::Tick => {}
        }
        self.run_due(now);
        self.pump(now);
        self.show(now);
    }

    /// The next wish, in the order they are to be carried out.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When [`Input::Tick`] is wanted, if nothing else happens before, and why.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<(Tick, WakeReason)> {
        let scene = self.desk.scene(self.mirror.is_online(), self.now);
        [
            self.link.deadline(),
            self.sync.deadline().map(|at| (at, WakeReason::DiskRetry)),
            self.disk.deadline().map(|at| (at, WakeReason::DiskRetry)),
            self.outbox.deadline().map(|at| (at, WakeReason::OutboxRetry)),
            self.requests.deadline().map(|at| (at, WakeReason::RequestRetry)),
            self.history.deadline().map(|at| (at, WakeReason::FetchRetry)),
            self.alerts.deadline(&scene),
            self.desk.muted.map(|muted| (muted.ends(), WakeReason::Alert)),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The view for a new page: everything but the rows beyond a first screen.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let profile = self.mirror.profile.clone();
        let first = self.board.first_screen(&self.desk.shown());
        Snapshot {
            me: profile.me,
            desk: profile.desk,
            rights: profile.rights,
            limits: profile.limits,
            asks_status: self.mirror.asks_status(),
            link: self.link.view(self.now),
            ahead_ms: self.clock.ahead_ms(self.now),
            counts: self.counts(),
            operators: self.mirror.operators.values().cloned().collect(),
            channels: self.mirror.channels.values().cloned().collect(),
            handbook: self.mirror.handbook.clone(),
            settings: self.desk.settings.clone(),
            open: self.desk.open,
            colleagues: self.all_colleagues(),
            own_windows: self.desk.own_windows.keys().copied().collect(),
            asked_for: self.desk.asked_for(),
            rows: first.into_iter().filter_map(|id| self.row(id)).collect(),
            notices: self.all_notices(),
            muted_until: self.desk.muted.map(Muted::until),
        }
    }

    /// The rows that [`Self::snapshot`] left out, those where something happened last first.
    #[must_use]
    pub fn rows_after_snapshot(&self) -> Vec<DialogRow> {
        let first = self.board.first_screen(&self.desk.shown());
        self.board.newest_first().filter(|id| !first.contains(id)).filter_map(|id| self.row(id)).collect()
    }

    /// What was written in a dialog and is not yet known to be on the hub, by `order`. Ask before reading the
    /// cache: a message that lands in between is then in both, and one in neither cannot be.
    #[must_use]
    pub fn outbox_of(&self, dialog: DialogId) -> Vec<OutboxItem> {
        self.outbox.unsent_of(dialog).map(|entry| entry.item.clone()).collect()
    }

    /// A dialog's row as the cache has it.
    #[must_use]
    pub fn dialog(&self, id: DialogId) -> Option<&Dialog> {
        self.mirror.row(id)
    }

    /// The unfinished text of a dialog.
    #[must_use]
    pub fn draft(&self, id: DialogId) -> Option<&Draft> {
        self.local.drafts.get(&id)
    }

    /// A stored message as a line of a thread, with the mark that its dialog's watermarks give it.
    #[must_use]
    pub fn thread_item(&self, message: &Message) -> ThreadItem {
        item_of(message, &self.mirror, self.board.rev())
    }

    /// An unsent message as a line of a thread.
    #[must_use]
    pub fn unsent_item(&self, item: &OutboxItem, now: Now) -> ThreadItem {
        unsent_item(item, &self.outbox, &self.mirror, self.board.rev(), now)
    }

    /// Adds a word that stays until its cause is gone, such as [`Notice::CacheRebuilt`] at a start.
    pub fn set_notice(&mut self, notice: Notice) {
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
            self.fresh.notices = true;
        }
    }

    fn clear_notices(&mut self, over: impl Fn(&Notice) -> bool) {
        let before = self.notices.len();
        self.notices.retain(|notice| !over(notice));
        self.fresh.notices |= self.notices.len() != before;
    }

    fn all_notices(&self) -> Vec<Notice> {
        let disk = self.disk.fault().map(|fault| Notice::Disk { fault });
        disk.into_iter().chain(self.notices.iter().cloned()).collect()
    }

    fn row(&self, id: DialogId) -> Option<DialogRow> {
        self.source().row(id, self.board.rev_of(id))
    }

    fn source(&self) -> RowSource<'_> {
        RowSource { mirror: &self.mirror, outbox: &self.outbox, local: &self.local, live: self.link.is_live() }
    }

    /// Dialogs to which words of the operator are bound, or are about to be: they stay visible whatever the hub says.
    fn kept(&self) -> BTreeSet<DialogId> {
        let mut kept = self.outbox.dialogs_with_words();
        kept.extend(self.local.drafts.keys().copied());
        kept.extend(self.local.tray.values().map(|tray| tray.dialog));
        kept.extend(self.disk.drafts_on_the_way());
        kept
    }
}

#[cfg(test)]
mod tests;
