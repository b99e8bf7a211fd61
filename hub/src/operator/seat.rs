//! A workplace that was let in: frames in, answers and events out.

use super::{
    End, Sink,
    hello::{Guest, end_of, frame_of, text_of},
    lanes::{Finished, Lanes},
    outgoing::Outgoing,
    project::{Seen, Viewer, look},
    replay,
};
use crate::{
    bucket::Bucket,
    bus::Whisper,
    desk::sees,
    office::{Later, Office, now},
    store::Entry,
};
use axum::extract::ws::{Message, WebSocket};
use futures_util::{StreamExt as _, stream::SplitStream};
use otklik_model::{ClientId, DialogId, Limits, Op, Outcome, Seq, Stamp};
use otklik_wire::{
    encode,
    operator::{ByeCode, ClientFrame, Fetch, HubFrame, Welcome},
};
use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};
use tokio::{
    sync::broadcast::error::RecvError,
    time::{MissedTickBehavior, interval_at},
};
use zeroize::Zeroizing;

/// Typing of one operator is passed on at most this often.
const TYPING: Duration = Duration::from_secs(2);
/// Messages in one answer of history.
const HISTORY: u32 = 100;
/// Bytes in one answer of history.
const HISTORY_BYTES: usize = 512 * 1024;

struct Seat {
    office: Arc<Office>,
    viewer: Viewer,
    /// What he was let in with.
    token: Zeroizing<String>,
    expires_at: Stamp,
    /// The newest entry looked at.
    position: Seq,
    out: Outgoing,
    lanes: Lanes,
    bucket: Bucket,
    heard_at: Instant,
    typed: Option<(DialogId, bool, Instant)>,
}

/// Serves a workplace until the connection ends.
pub(super) async fn occupy(
    sink: &mut Sink,
    stream: &mut SplitStream<WebSocket>,
    office: &Arc<Office>,
    guest: Guest,
) -> End {
    let end = match Seat::welcome(sink, office, guest).await {
        Ok((seat, entries, whispers)) => seat.serve(sink, stream, entries, whispers).await,
        Err(end) => Err(end),
    };
    match end {
        Ok(never) => match never {},
        Err(end) => end,
    }
}

type Entries = tokio::sync::broadcast::Receiver<Arc<Entry>>;
type Whispers = tokio::sync::broadcast::Receiver<Arc<Whisper>>;

impl Seat {
    async fn welcome(sink: &mut Sink, office: &Arc<Office>, guest: Guest) -> Result<(Self, Entries, Whispers), End> {
        // Listening begins before reading, so nothing falls in between.
        let (entries, whispers) = (office.entries(), office.whispers());
        let unavailable = |error| {
            tracing::warn!(%error, "a workplace cannot be welcomed");
            End::draining(office)
        };
        let head = office.store.head(office.workspace.id).await.map_err(unavailable)?;
        let resumed = replay::resume_from(office, &guest, head).await.map_err(unavailable)?;
        let snapshot = if resumed.is_some() { None } else { Some(replay::read(office).await?) };
        let Guest { operator, session, protocol, token, .. } = guest;
        let viewer = Viewer { id: operator.id, session: session.id, rights: operator.rights.clone() };
        let head = snapshot.as_ref().map_or(head, |snapshot| snapshot.at);
        let mut out = Outgoing::new(resumed.unwrap_or(head));
        out.frame(&HubFrame::Welcome(Box::new(Welcome {
            protocol,
            hub: env!("CARGO_PKG_VERSION").to_owned(),
            session: session.id,
            stream: office.workspace.stream,
            resumed: resumed.is_some(),
            head,
            me: operator.operator(),
            desk: office.settings.desk.clone(),
            rights: operator.rights,
            limits: Limits { text_chars: office.channel().text_chars },
            beat_ms: u64::try_from(office.settings.timing.beat.as_millis()).unwrap_or(u64::MAX),
            server_at: now(),
        })))?;
        let position = match (resumed, snapshot) {
            (_, Some(read)) => replay::snapshot(office, &viewer, read, &mut out, sink).await?,
            (Some(after), None) => replay::replay(office, &viewer, &token, after, &mut out, sink).await?,
            (None, None) => head,
        };
        let bucket = Bucket::new(office.settings.limits.operator_frames, Instant::now());
        let seat = Self {
            office: office.clone(),
            viewer,
            token,
            expires_at: session.expires_at,
            position,
            out,
            lanes: Lanes::default(),
            bucket,
            heard_at: Instant::now(),
            typed: None,
        };
        Ok((seat, entries, whispers))
    }

    async fn serve(
        mut self,
        sink: &mut Sink,
        stream: &mut SplitStream<WebSocket>,
        mut entries: Entries,
        mut whispers: Whispers,
    ) -> Result<std::convert::Infallible, End> {
        let beat = self.office.settings.timing.beat;
        let mut beats = interval_at(tokio::time::Instant::now() + beat, beat);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let draining = self.office.draining.clone();
        loop {
            // In this order: what waits goes out before more is taken in.
            tokio::select! {
                biased;
                () = draining.cancelled() => return Err(self.drain(sink).await),
                written = self.out.pump(sink), if !self.out.is_idle() => written?,
                _ = beats.tick() => self.handle_beat()?,
                finished = self.lanes.next(), if self.out.has_room() => self.handle_finished(finished)?,
                message = stream.next(), if self.lanes.has_room() => match message {
                    Some(Ok(message)) => self.handle_message(message)?,
                    Some(Err(error)) => return Err(end_of(&error)),
                    None => return Err(End::Gone),
                },
                whisper = whispers.recv() => match whisper {
                    Ok(whisper) => self.handle_whisper(&whisper)?,
                    // Drafts come again; the office outlives its connections.
                    Err(RecvError::Lagged(_) | RecvError::Closed) => {}
                },
                entry = entries.recv() => match entry {
                    Ok(entry) => self.handle_entry(&entry, sink).await?,
                    Err(RecvError::Lagged(_)) => self.read_log(sink).await?,
                    Err(RecvError::Closed) => return Err(End::draining(&self.office)),
                },
            }
        }
    }

    /// What is under way is finished and answered, then the connection ends.
    async fn drain(&mut self, sink: &mut Sink) -> End {
        let office = self.office.clone();
        let finish = async {
            while !self.lanes.is_idle() {
                let finished = self.lanes.next().await;
                self.handle_finished(finished)?;
            }
            self.out.pump(sink).await
        };
        match tokio::time::timeout(office.settings.timing.goodbye, finish).await {
            Ok(Err(end)) => end,
            Ok(Ok(())) | Err(_) => End::draining(&office),
        }
    }

    async fn handle_entry(&mut self, entry: &Entry, sink: &mut Sink) -> Result<(), End> {
        if entry.seq <= self.position {
            return Ok(());
        }
        if entry.seq.0 != self.position.0 + 1 {
            return self.read_log(sink).await;
        }
        self.position = entry.seq;
        match look(&self.viewer, entry) {
            Seen::Changes(changes) if changes.is_empty() => Ok(()),
            Seen::Changes(changes) => {
                self.office.metrics.changes.fetch_add(changes.len() as u64, Relaxed);
                self.out.changes(self.position, &changes)
            }
            Seen::SignedOut => Err(End::bye(ByeCode::SignIn)),
            Seen::OtherRights => Err(End::draining(&self.office)),
        }
    }

    async fn read_log(&mut self, sink: &mut Sink) -> Result<(), End> {
        let (position, out) = (self.position, &mut self.out);
        self.position = replay::replay(&self.office, &self.viewer, &self.token, position, out, sink).await?;
        Ok(())
    }

    fn handle_whisper(&mut self, whisper: &Whisper) -> Result<(), End> {
        match whisper {
            Whisper::Draft { dialog, standing, text } if sees(self.viewer.id, &self.viewer.rights, *standing) => {
                self.out.frame(&HubFrame::Draft { dialog: *dialog, text: text.clone() })
            }
            Whisper::Draft { .. } | Whisper::Typing { .. } => Ok(()),
        }
    }

    fn handle_finished(&mut self, finished: Finished) -> Result<(), End> {
        if let Some(lane) = finished.lane
            && let Some((id, op)) = self.lanes.leave(lane)
        {
            self.begin(id, op);
        }
        finished.frame.map_or(Ok(()), |frame| self.out.frame(&frame))
    }

    fn handle_message(&mut self, message: Message) -> Result<(), End> {
        self.heard_at = Instant::now();
        if !self.bucket.take(self.heard_at) {
            return Err(End::bye(ByeCode::Protocol));
        }
        let Some(text) = text_of(message)? else { return Ok(()) };
        match frame_of(&text)? {
            ClientFrame::Hello(_) => Err(End::bye(ByeCode::Protocol)),
            ClientFrame::Command { id, op } => {
                if let Some((id, op)) = self.lanes.enter(id, op) {
                    self.begin(id, op);
                }
                Ok(())
            }
            ClientFrame::Fetch { req, what } => {
                self.fetch(req, what);
                Ok(())
            }
            ClientFrame::Typing { dialog, on } => {
                self.typing(dialog, on);
                Ok(())
            }
            ClientFrame::Beat => self.beat(),
            ClientFrame::Unknown => Ok(()),
        }
    }

    fn begin(&mut self, id: ClientId, op: Op) {
        let (office, by, lane) = (self.office.clone(), self.viewer.id, op.dialog());
        self.lanes.begin(lane, async move { answer(id, office.operate(by, id, op).await) });
    }

    fn fetch(&mut self, req: u64, what: Fetch) {
        let (office, viewer) = (self.office.clone(), self.viewer.clone());
        self.lanes.run(async move { Some(fetch(&office, &viewer, req, what).await) });
    }

    fn typing(&mut self, dialog: DialogId, on: bool) {
        let again = |(typed_in, typed, at): &(DialogId, bool, Instant)| {
            *typed_in == dialog && *typed == on && at.elapsed() < TYPING
        };
        if self.typed.as_ref().is_some_and(again) {
            return;
        }
        self.typed = Some((dialog, on, self.heard_at));
        let (office, me) = (self.office.clone(), self.viewer.id);
        self.lanes.run(async move {
            // A failed read costs a "writes..." line, nothing else.
            let found = office.store.dialog(office.workspace.id, dialog).await.ok().flatten()?;
            let name = found.row.assignee_name.filter(|_| found.row.assignee == Some(me))?;
            office.whisper(Whisper::Typing { customer: found.row.customer.id, name, on });
            None
        });
    }

    fn handle_beat(&mut self) -> Result<(), End> {
        let beat = self.office.settings.timing.beat;
        if self.heard_at.elapsed() > beat * 5 / 2 {
            return Err(End::Gone);
        }
        if self.expires_at <= now() {
            return Err(End::bye(ByeCode::SignIn));
        }
        self.out.ping()?;
        self.beat()
    }

    fn beat(&mut self) -> Result<(), End> {
        self.out.skip_to(self.position)?;
        self.out.frame(&HubFrame::Beat { head: self.position })
    }
}

fn answer(id: ClientId, answer: Result<Outcome, Later>) -> HubFrame {
    match answer {
        Ok(outcome) => HubFrame::Result { id, outcome },
        Err(Later { after_ms }) => HubFrame::Retry { id, after_ms },
    }
}

async fn fetch(office: &Office, viewer: &Viewer, req: u64, what: Fetch) -> HubFrame {
    let Fetch::History { dialog, from, to, limit } = what else {
        return HubFrame::FetchFailed { req, retry: false };
    };
    let messages = async {
        let found = office.store.dialog(office.workspace.id, dialog).await?;
        if !found.is_some_and(|found| sees(viewer.id, &viewer.rights, found.standing())) {
            return Ok(None);
        }
        office.store.messages(dialog, from, to, limit.clamp(1, HISTORY)).await.map(Some)
    };
    match messages.await {
        Ok(Some(mut messages)) => {
            // The newest that fit; the asker asks again for the rest.
            let mut bytes = 0;
            let fits = messages.iter().rev().take_while(|message| {
                bytes += encode(*message).len();
                bytes <= HISTORY_BYTES
            });
            let keep = fits.count().max(1).min(messages.len());
            messages.drain(..messages.len() - keep);
            HubFrame::History { req, dialog, messages }
        }
        Ok(None) => HubFrame::FetchFailed { req, retry: false },
        Err(error) => {
            tracing::warn!(%error, "history cannot be read");
            HubFrame::FetchFailed { req, retry: true }
        }
    }
}
