//! The page: it folds the events it is told over the snapshot it was given, and infers nothing.

use otklik_core::{Counts, DialogRow, LinkView, Notice, Settings, Snapshot, ThreadItem, ViewEvent};
use otklik_model::{Channel, DialogId, Operator};
use std::collections::BTreeMap;

/// What is on the screen.
#[derive(Clone, Debug)]
pub struct Page {
    /// Rows, by dialog.
    pub rows: BTreeMap<DialogId, DialogRow>,
    /// Items of the open thread that were told since it was opened, by key.
    pub thread: BTreeMap<String, ThreadItem>,
    /// The open dialog.
    pub open: Option<DialogId>,
    /// The connection line.
    pub link: LinkView,
    /// Sums.
    pub counts: Counts,
    /// Colleagues.
    pub operators: Vec<Operator>,
    /// Channels.
    pub channels: Vec<Channel>,
    /// Settings.
    pub settings: Settings,
    /// What stands in the way.
    pub notices: Vec<Notice>,
}

impl Page {
    /// A page that was just drawn.
    #[must_use]
    pub fn new(snapshot: Snapshot) -> Self {
        Self {
            rows: snapshot.rows.into_iter().map(|row| (row.id, row)).collect(),
            thread: BTreeMap::new(),
            open: snapshot.open,
            link: snapshot.link,
            counts: snapshot.counts,
            operators: snapshot.operators,
            channels: snapshot.channels,
            settings: snapshot.settings,
            notices: snapshot.notices,
        }
    }

    /// One event, as the page's store applies it.
    pub fn apply(&mut self, event: &ViewEvent) {
        match event {
            ViewEvent::Rows { rows } => {
                for row in rows {
                    let newer = self.rows.get(&row.id).is_none_or(|old| row.rev > old.rev);
                    if newer {
                        self.rows.insert(row.id, row.clone());
                    }
                }
            }
            ViewEvent::RowsGone { dialogs } => {
                for dialog in dialogs {
                    self.rows.remove(dialog);
                    if self.open == Some(*dialog) {
                        self.turn_to(None);
                    }
                }
            }
            ViewEvent::Thread { dialog, items, gone } => {
                if self.open != Some(*dialog) {
                    return;
                }
                for key in gone {
                    self.thread.remove(key);
                }
                for item in items {
                    let newer = self.thread.get(&item.key).is_none_or(|old| item.rev >= old.rev);
                    if newer {
                        self.thread.insert(item.key.clone(), item.clone());
                    }
                }
            }
            ViewEvent::Link { link } => self.link = link.clone(),
            ViewEvent::Counts { counts } => self.counts = *counts,
            ViewEvent::Me { .. } | ViewEvent::Handbook { .. } => {}
            ViewEvent::Directory { operators, channels } => {
                self.operators.clone_from(operators);
                self.channels.clone_from(channels);
            }
            ViewEvent::Settings { settings } => self.settings = settings.clone(),
            ViewEvent::Notices { notices } => self.notices.clone_from(notices),
            ViewEvent::OpenDialog { dialog } => self.turn_to(Some(*dialog)),
            ViewEvent::Typing { dialog, text } => {
                if let Some(row) = self.rows.get_mut(dialog) {
                    row.typing.clone_from(text);
                }
            }
            ViewEvent::GapFilled { .. }
            | ViewEvent::DraftChanged { .. }
            | ViewEvent::Colleagues { .. }
            | ViewEvent::Clock { .. }
            | ViewEvent::Muted { .. }
            | ViewEvent::Toast { .. }
            | ViewEvent::OwnWindows { .. }
            | ViewEvent::LinkFollowed { .. }
            | ViewEvent::Fetching { .. } => {}
        }
    }

    /// Another thread is shown.
    pub fn turn_to(&mut self, dialog: Option<DialogId>) {
        if self.open != dialog {
            self.open = dialog;
            self.thread.clear();
        }
    }
}
