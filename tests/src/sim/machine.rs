//! One workplace: the real session, the real stores in memory, and what the engine would do around them.
//!
//! The databases outlive a crash, the session and everything that was on its way to them does not: that is all a crash
//! is, and why what is committed is all that may be relied on.

use super::{
    disk::Disk,
    ears::Ears,
    kept::Kept,
    page::Page,
    plan::{CoreMutant, File, Mutant, StoreMutant},
    wire::Wire,
};
use otklik_core::{Account, CacheWrite, CommitId, OwnWrite, ReqId, Session, WindowState, Writes};
use otklik_model::{ClientId, DialogId, Now, Seq, Tick};
use otklik_store::{CacheDb, OwnDb, into_saved};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One workplace.
pub struct Machine {
    /// own.db.
    pub own: OwnDb,
    /// cache.db.
    pub cache: CacheDb,
    /// The program, if it runs.
    pub session: Option<Session>,
    /// How often it was started.
    pub boot: u32,
    /// The connection.
    pub wire: Wire,
    /// The window's content.
    pub page: Option<Page>,
    /// What is committed, as the naive model has it.
    pub kept: Kept,
    /// Commits asked for and not carried out.
    pub pending: BTreeMap<CommitId, Writes>,
    /// When their results will be told.
    pub told_at: BTreeMap<CommitId, Tick>,
    /// own.db's disk.
    pub own_disk: Disk,
    /// The newest write to cache.db was refused, and has to be tried again.
    pub cache_refused: bool,
    /// cache.db's disk.
    pub cache_disk: Disk,
    /// The window.
    pub window: WindowState,
    /// What Ира hears.
    pub ears: Ears,
    /// The machine sleeps until then.
    pub asleep_until: Tick,
    /// Dies after so many more effects: (count, down for so long).
    pub fuse: Option<(u16, u64)>,
    /// The alarm that is set.
    pub wake_at: Option<Tick>,
    /// Commands without an answer on this call, by dialog: messages only.
    pub in_flight: BTreeMap<DialogId, ClientId>,
    /// The hub's stream and position when this connection was made.
    pub head_at_sign_in: (Uuid, Seq),
    /// Messages that were seen to have come back.
    pub echoed: BTreeSet<ClientId>,
    /// The number on the badge.
    pub badge: Option<u32>,
    requests: u64,
}

impl Machine {
    /// A machine on which nothing was ever stored.
    ///
    /// # Errors
    /// When SQLite cannot make a database in memory.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            own: OwnDb::open_in_memory()?,
            cache: CacheDb::open_in_memory()?,
            session: None,
            boot: 0,
            wire: Wire::default(),
            page: None,
            kept: Kept::default(),
            pending: BTreeMap::new(),
            told_at: BTreeMap::new(),
            own_disk: Disk::default(),
            cache_refused: false,
            cache_disk: Disk::default(),
            window: WindowState::default(),
            ears: Ears::default(),
            asleep_until: Tick(0),
            fuse: None,
            wake_at: None,
            in_flight: BTreeMap::new(),
            head_at_sign_in: (Uuid::nil(), Seq(0)),
            echoed: BTreeSet::new(),
            badge: None,
            requests: 0,
        })
    }

    /// Starts the program on what is on disk.
    ///
    /// # Errors
    /// A sentence, when the stores do not load or do not hold what was committed.
    pub fn start(&mut self, seed: u64, now: Now, mutant: Option<Mutant>) -> Result<(), String> {
        let own = self.own.load().map_err(|fault| format!("own.db does not load: {fault:?}"))?;
        let cache = self.cache.load().map_err(|fault| format!("cache.db does not load: {fault:?}"))?;
        let rows: Vec<_> = self.kept.outbox_in_order().into_iter().cloned().collect();
        if own.outbox != rows && mutant.is_none() {
            return Err(format!("own.db has the outbox {:?}, committed was {rows:?}", own.outbox));
        }
        self.boot += 1;
        let account = Account { seed: seed.wrapping_mul(1_000_003).wrapping_add(u64::from(self.boot)) };
        let mut session = Session::restore(into_saved(own, cache), account, now);
        if let Some(Mutant::Core(CoreMutant(mutant))) = mutant {
            session = session.with_mutant(mutant);
        }
        let mut page = Page::new(session.snapshot());
        for row in session.rows_after_snapshot() {
            page.rows.insert(row.id, row);
        }
        self.page = Some(page);
        self.session = Some(session);
        self.ears.restarted();
        Ok(())
    }

    /// The program is gone, with everything that was only in its memory.
    pub fn die(&mut self) {
        self.session = None;
        self.page = None;
        self.fuse = None;
        self.wake_at = None;
        self.pending.clear();
        self.cache_refused = false;
        self.told_at.clear();
        self.in_flight.clear();
        self.wire.begin();
    }

    /// What the hub can send again is gone.
    ///
    /// # Errors
    /// When SQLite cannot make a database in memory.
    pub fn erase_cache(&mut self) -> anyhow::Result<()> {
        self.cache = CacheDb::open_in_memory()?;
        self.kept.erase_cache();
        Ok(())
    }

    /// A number for the next request of the page.
    pub fn next_request(&mut self) -> ReqId {
        self.requests += 1;
        ReqId(self.requests)
    }

    /// Carries a commit out.
    ///
    /// # Errors
    /// A sentence, when a write breaks a rule or the store refuses.
    pub fn commit(&mut self, writes: &Writes, mutant: Option<StoreMutant>) -> Result<(), String> {
        match writes {
            Writes::Own(writes) => self.commit_own(writes, mutant),
            Writes::Cache(writes) => self.commit_cache(writes),
        }
    }

    fn commit_own(&mut self, writes: &[OwnWrite], mutant: Option<StoreMutant>) -> Result<(), String> {
        let kept: Vec<OwnWrite>;
        let writes = match mutant {
            Some(StoreMutant::ForgetsDrop) => {
                kept = writes.iter().filter(|write| !matches!(write, OwnWrite::DropOutbox(_))).cloned().collect();
                &kept
            }
            Some(StoreMutant::OneDraft) => {
                kept = self.with_one_draft(writes);
                &kept
            }
            Some(StoreMutant::NoSync | StoreMutant::CursorBeforeRows | StoreMutant::SwallowsFailure) | None => writes,
        };
        self.own.apply(writes).map_err(|fault| format!("own.db refused: {fault:?}"))?;
        self.kept.apply_own(writes);
        Ok(())
    }

    /// The mistake of a draft that is bound to the composer rather than to its dialog.
    fn with_one_draft(&self, writes: &[OwnWrite]) -> Vec<OwnWrite> {
        let mut all = Vec::new();
        for write in writes {
            if let OwnWrite::PutDraft(draft) = write {
                let others = self.kept.drafts.keys().filter(|dialog| **dialog != draft.dialog);
                all.extend(others.map(|dialog| OwnWrite::DropDraft(*dialog)));
            }
            all.push(write.clone());
        }
        all
    }

    fn commit_cache(&mut self, writes: &[CacheWrite]) -> Result<(), String> {
        self.cache.apply(writes).map_err(|fault| format!("cache.db refused: {fault:?}"))?;
        self.kept.apply_cache(writes);
        Ok(())
    }

    /// The disk under a file.
    pub fn disk(&mut self, file: File) -> &mut Disk {
        match file {
            File::Own => &mut self.own_disk,
            File::Cache => &mut self.cache_disk,
        }
    }
}
