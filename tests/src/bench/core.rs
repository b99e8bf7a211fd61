//! P-C13: what it costs the core of a large desk that a customer writes: the row changes, moves in its lists, is stored
//! and shown. Processor time; the disk answers at once.

use super::{
    Figures,
    fixture::{Desk, Maker},
    latency::Latency,
};
use anyhow::{Context as _, Result};
use otklik_core::{Account, Effect, Held, Input, LinkInput, Saved, SavedDialog, Session, SessionInfo};
use otklik_model::{Awaiting, Change, Cursor, Dialog, Now, Seq, Stamp, Tick};
use uuid::Uuid;

/// Events that are timed.
const EVENTS: usize = 5_000;
/// The fixture's messages end before this time.
const LATER_MS: i64 = 1_800_000_000_000;

pub(super) fn measure(dialogs: u32, figures: &mut Figures) -> Result<()> {
    let (desk, mut make) = (Desk::small(), Maker::new(1));
    let rows: Vec<_> = (1..=dialogs).map(|number| make.row(&desk, number, 1)).collect();
    let mut hub = Played::open(&desk, &rows)?;
    let spread = |run: usize| (run.wrapping_mul(2_654_435_761)) % rows.len();
    let cost = Latency::of(EVENTS, |run| hub.customer_writes(&rows[spread(run)]))?;
    cost.say("P-C13_event_in_the_core", None, figures);
    Ok(())
}

/// A session that is connected, and whoever is around it.
struct Played {
    session: Session,
    position: u64,
    /// How often the session has shown something.
    shown: usize,
}

impl Played {
    fn open(desk: &Desk, rows: &[Dialog]) -> Result<Self> {
        let cursor = Cursor { stream: Uuid::from_u128(1), after: Seq(1) };
        let held = |dialog: &Dialog| SavedDialog { dialog: dialog.clone(), held: Held { from: 1, upto: 1 } };
        let saved = Saved {
            cursor: Some(cursor),
            profile: Some(desk.profile()),
            dialogs: rows.iter().map(held).collect(),
            ..Saved::default()
        };
        let session = Session::restore(saved, Account { seed: 1 }, now(0));
        let mut played = Self { session, position: 1, shown: 0 };
        played.carry_out(0);
        let info = SessionInfo {
            profile: desk.profile(),
            stream: cursor.stream,
            resumed: true,
            head: cursor.after,
            beat_ms: 60_000,
            server_at: now(0).stamp,
        };
        played.hear(Input::Link(LinkInput::Opened(Box::new(info))), 0);
        Ok(played)
    }

    /// A customer writes: his dialog goes to another place in its lists.
    fn customer_writes(&mut self, before: &Dialog) -> Result<()> {
        let (after, upto) = (Seq(self.position), Seq(self.position + 1));
        self.position += 1;
        let at = Stamp(LATER_MS + i64::try_from(self.position)?);
        let mut row = before.clone();
        (row.rev, row.awaiting, row.awaiting_since) = (upto, Awaiting::Operator, Some(at));
        if let Some(last) = &mut row.last {
            last.at = at;
        }
        let shown = self.shown;
        let changes = vec![Change::DialogUpserted(Box::new(row))];
        self.hear(Input::Link(LinkInput::Events { after, upto, changes }), self.position);
        (self.shown > shown).then_some(()).context("the session shows nothing")
    }

    fn hear(&mut self, input: Input, ms: u64) {
        self.session.handle(input, now(ms));
        self.carry_out(ms);
    }

    /// What is to be stored is stored at once.
    fn carry_out(&mut self, ms: u64) {
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                Effect::Commit { id, .. } => self.session.handle(Input::Committed(id), now(ms)),
                Effect::Emit(_) => self.shown += 1,
                Effect::Connect { .. }
                | Effect::Disconnect
                | Effect::SessionEnded
                | Effect::Submit { .. }
                | Effect::Upload { .. }
                | Effect::StopUpload { .. }
                | Effect::Unstage(_)
                | Effect::Fetch { .. }
                | Effect::LookUp { .. }
                | Effect::Typing { .. }
                | Effect::Looks { .. }
                | Effect::Focus { .. }
                | Effect::Probe
                | Effect::Reply { .. }
                | Effect::Sound(_)
                | Effect::Popup(_)
                | Effect::Withdraw(_)
                | Effect::Attention(_)
                | Effect::Badge(_)
                | Effect::ShowWindow
                | Effect::ShowOwnWindow(_) => {}
            }
        }
    }
}

fn now(ms: u64) -> Now {
    Now { tick: Tick(ms), stamp: Stamp(LATER_MS + i64::try_from(ms).unwrap_or(i64::MAX)) }
}
