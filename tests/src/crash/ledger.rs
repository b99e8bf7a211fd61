//! The simulated hub with a memory: every command is in a file before it is answered, so that a killed child finds the
//! hub as it left it.

use crate::sim::hub::{Habits, Hub, Reach};
use anyhow::Context as _;
use otklik_core::{Fetched, LinkInput, SessionInfo};
use otklik_model::{ClientId, Cursor, DialogId, Message, Op, Seq};
use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::Path,
};

/// A hub whose commands outlive the process.
#[derive(Debug)]
pub struct LedgerHub {
    hub: Hub,
    file: File,
    /// The connection, if there is one: what was sent on it.
    sent: Option<Seq>,
}

impl LedgerHub {
    /// Opens the ledger, and takes everything in it as done. Three customers have written before the first line.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let habits = Habits { sees_others: false, joint: true, row_first: false, reopens_to_last: false };
        let mut hub = Hub::new(habits, None);
        for customer in 0..3 {
            hub.customer_writes(customer, "Здравствуйте, где мой заказ?");
        }
        let text = if path.exists() { std::fs::read_to_string(path)? } else { String::new() };
        // A line that was cut off was never answered.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        for line in text[..whole].lines() {
            let (id, op): (ClientId, Op) = serde_json::from_str(line).context("the ledger has a line of its own")?;
            hub.submit(id, &op);
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        file.set_len(whole as u64)?;
        Ok(Self { hub, file, sent: None })
    }

    /// The dialogs, in the order of their customers.
    #[must_use]
    pub fn dialogs(&self) -> Vec<DialogId> {
        (0..3).filter_map(|customer| self.hub.dialog_of(customer)).collect()
    }

    /// Everything that was said.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.hub.all_messages()
    }

    /// A connection is made.
    pub fn connect(&mut self, cursor: Option<Cursor>) -> Vec<LinkInput> {
        let reach = self.hub.reach(cursor);
        let mut said = vec![LinkInput::Opened(Box::new(SessionInfo {
            profile: self.hub.profile(),
            stream: self.hub.stream(),
            resumed: matches!(reach, Reach::Resumed(_)),
            head: self.hub.head(),
            beat_ms: 15_000,
            server_at: self.hub.clock(),
        }))];
        match reach {
            Reach::Resumed(after) => self.sent = Some(after),
            Reach::Afresh => {
                self.sent = Some(self.hub.head());
                said.push(self.hub.snapshot());
            }
        }
        self.pump(&mut said);
        said
    }

    /// The connection is given up.
    pub fn disconnect(&mut self) {
        self.sent = None;
    }

    /// A command comes.
    ///
    /// # Errors
    /// When the ledger cannot be written: nothing is answered then.
    pub fn submit(&mut self, id: ClientId, op: &Op) -> anyhow::Result<Vec<LinkInput>> {
        if self.hub.answer(id).is_none() {
            let mut line = serde_json::to_vec(&(id, op))?;
            line.push(b'\n');
            self.file.write_all(&line)?;
        }
        let outcome = self.hub.submit(id, op);
        let mut said = vec![LinkInput::Answered { id, outcome }];
        self.pump(&mut said);
        Ok(said)
    }

    /// History is asked for.
    #[must_use]
    pub fn fetch(&self, req: u64, dialog: DialogId, from: u32, to: u32, limit: u32) -> LinkInput {
        let result: Fetched = self.hub.fetch(dialog, from, to, limit);
        LinkInput::Fetched { req, result }
    }

    /// Are you there?
    #[must_use]
    pub fn beat(&self) -> Option<LinkInput> {
        self.sent.map(|head| LinkInput::Beat { head })
    }

    fn pump(&mut self, said: &mut Vec<LinkInput>) {
        while let Some(sent) = self.sent {
            let Some((upto, frame)) = self.hub.events(sent, 100) else { break };
            self.sent = Some(upto);
            said.push(frame);
        }
    }
}
