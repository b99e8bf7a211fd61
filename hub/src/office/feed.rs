//! Follows the log, and passes what it says on to everybody who is connected.

use super::{DoorNews, Office};
use crate::bus::{Notice, Whisper};
use crate::desk::Event;
use crate::store::{Entry, EntryBody, StoreError};
use otklik_model::{CloseReason, Presence, Seq};
use std::sync::{Arc, Weak, atomic::Ordering::Relaxed};
use tokio::sync::broadcast::{self, error::RecvError};

/// Entries read at once.
const PAGE: u32 = 500;

/// Starts following, from after `position`. Ends when the office is closed.
pub(super) fn start(office: &Arc<Office>, notices: broadcast::Receiver<Notice>, position: Seq) {
    let follower = Follower { office: Arc::downgrade(office), position };
    tokio::spawn(follower.follow(notices, office.settings.timing.look));
}

struct Follower {
    office: Weak<Office>,
    position: Seq,
}

impl Follower {
    async fn follow(mut self, mut notices: broadcast::Receiver<Notice>, look: std::time::Duration) {
        let mut timer = tokio::time::interval(look);
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let notice = tokio::select! {
                notice = notices.recv() => notice,
                // Another process may write too, and a notice may be lost.
                _ = timer.tick() => Err(RecvError::Lagged(0)),
            };
            let Some(office) = self.office.upgrade() else { return };
            match notice {
                Ok(Notice::Reached(workspace, seq)) if workspace == office.workspace.id && seq > self.position => {
                    self.catch_up(&office).await;
                }
                Ok(Notice::Whisper(workspace, whisper)) if workspace == office.workspace.id => {
                    pass_whisper(&office, whisper);
                }
                Ok(Notice::Reached(..) | Notice::Whisper(..)) => {}
                Err(RecvError::Lagged(_)) => {
                    self.catch_up(&office).await;
                    office.watch_hours();
                    office.watch_queues();
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Passes on what the log says. A page is passed on when the office has learned the next one: whoever is told that
    /// something is free can be told in the same moment that much of it is not.
    async fn catch_up(&mut self, office: &Arc<Office>) {
        let mut coming = read(office, self.position).await;
        while let Some(entries) = coming.take() {
            if let Some(last) = entries.last().filter(|_| entries.len() == PAGE as usize) {
                coming = read(office, last.seq).await;
            }
            for entry in entries {
                if matches!(entry.body, EntryBody::Centre { .. })
                    && let Err(error) = office.learn_centre().await
                {
                    // The position stays before it: the timer tries again.
                    tracing::warn!(%error, "the configuration cannot be read");
                    return;
                }
                self.position = entry.seq;
                pass_entry(office, Arc::new(entry));
            }
        }
    }
}

/// The next page of the log, learned; nothing, if it cannot be read: then the timer tries again.
async fn read(office: &Office, after: Seq) -> Option<Vec<Entry>> {
    let read = office.store.log_after(office.workspace.id, after, PAGE).await;
    let entries =
        read.inspect_err(|error| tracing::warn!(%error, "the log cannot be read")).ok().map(|read| read.entries)?;
    learn(office, &entries);
    Some(entries)
}

impl Office {
    /// Learns what the log tells by now, ahead of its being passed on.
    pub(super) async fn read_ahead(&self) -> Result<(), StoreError> {
        loop {
            let after = self.directory.read().position();
            let entries = self.store.log_after(self.workspace.id, after, PAGE).await?.entries;
            learn(self, &entries);
            if entries.len() < PAGE as usize {
                return Ok(());
            }
        }
    }
}

/// Learns a part of the log. What was read ahead is known: the directory never goes back.
fn learn(office: &Office, entries: &[Entry]) {
    let mut directory = office.directory.write();
    let mut others_are_there = false;
    for entry in entries {
        if entry.seq <= directory.position() {
            continue;
        }
        match &entry.body {
            EntryBody::Dialog(dialog) => {
                directory.learn_dialog(&dialog.row);
                if dialog.events.iter().any(is_answer) {
                    office.floods.forget(dialog.row.id);
                }
            }
            EntryBody::Operator(face) => others_are_there |= directory.learn(entry.seq, face),
            EntryBody::Channel(_) | EntryBody::Customer(_) | EntryBody::Centre { .. } | EntryBody::SignedOut { .. } => {
            }
        }
        directory.reach(entry.seq);
    }
    drop(directory);
    if others_are_there {
        office.lines.ring();
    }
}

/// Whether somebody has answered the customer: a person took the dialog, or a bot has done its work in it.
fn is_answer(event: &Event) -> bool {
    match event {
        Event::Accepted { .. } => true,
        Event::Closed { reason, .. } | Event::Finished { reason, .. } => *reason == CloseReason::Bot,
        Event::MessageAdded(_)
        | Event::MessageChanged(_)
        | Event::Offered { .. }
        | Event::Returned { .. }
        | Event::QueuedFor { .. }
        | Event::GivenToBot { .. }
        | Event::SentToRouter { .. }
        | Event::Invited { .. }
        | Event::Answered { .. }
        | Event::Held { .. }
        | Event::Unheld { .. }
        | Event::Deleted { .. }
        | Event::Resumed
        | Event::Sorted { .. }
        | Event::CustomerChanged { .. }
        | Event::Rated { .. }
        | Event::ReadByOperator { .. }
        | Event::SeenByCustomer { .. }
        | Event::PresenceChanged { .. }
        | Event::PageChanged { .. }
        | Event::PushChanged { .. }
        | Event::Marked { .. }
        | Event::Reckoned { .. } => false,
    }
}

fn pass_entry(office: &Arc<Office>, entry: Arc<Entry>) {
    office.metrics.entries.fetch_add(1, Relaxed);
    match &entry.body {
        EntryBody::Dialog(dialog) => {
            office.doors.tell(dialog.row.customer.id, &DoorNews::Entry(entry.clone()));
            let left = dialog.row.presence != Presence::OnSite && !dialog.row.state.is_closed();
            if left && office.doors.is_here(dialog.row.customer.id) {
                office.is_here_after_all(dialog.row.customer.id);
            }
        }
        EntryBody::Channel(channel) => {
            let mut own = office.channel.write();
            if own.id == channel.id {
                *own = channel.clone();
            }
        }
        EntryBody::Customer(customer) => office.doors.tell(customer.id, &DoorNews::Entry(entry.clone())),
        EntryBody::Centre { .. } => office.doors.tell_all(&DoorNews::Entry(entry.clone())),
        EntryBody::Operator(_) | EntryBody::SignedOut { .. } => {}
    }
    // No workplace connected is no error.
    let _ = office.entries.send(entry);
}

fn pass_whisper(office: &Office, whisper: Arc<Whisper>) {
    match &*whisper {
        Whisper::Typing { customer, name, on } => {
            office.doors.tell(*customer, &DoorNews::Typing { name: name.clone(), on: *on });
        }
        Whisper::Draft { .. }
        | Whisper::Looks(_)
        | Whisper::Focused(_)
        | Whisper::Templates { .. }
        | Whisper::TokenTaken { .. } => {
            // No workplace connected is no error.
            let _ = office.whispers.send(whisper);
        }
    }
}
