//! A workplace that was let in: frames in, answers and events out.

use super::{
    End, Sink,
    eyes::Eyes,
    focus::Focus,
    handbook::Told,
    hello::{Guest, end_of, frame_of, text_of},
    history,
    lanes::{Finished, Lanes},
    looking::Looking,
    outgoing::Outgoing,
    pass::Pass,
    project::{Seen, Viewer},
    replay, shift,
};
use crate::{
    bucket::Bucket,
    bus::{Looks, Whisper},
    desk::{Actor, can, sees},
    office::{Later, Office},
    store::{Entry, EntryBody, StoreError},
};
use axum::extract::ws::{Message, WebSocket};
use futures_util::{StreamExt as _, stream::SplitStream};
use otklik_model::{ClientId, DialogId, FileLimits, Limits, Op, Outcome, Seq};
use otklik_wire::operator::{ByeCode, ClientFrame, Fetch, HubFrame, Welcome};
use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};
use tokio::{
    sync::broadcast::error::RecvError,
    time::{MissedTickBehavior, interval_at},
};
use zeroize::Zeroizing;

/// A peer that says nothing for a beat and this long is gone.
const LATE: Duration = Duration::from_secs(10);

/// Typing of one operator is passed on at most this often.
const TYPING: Duration = Duration::from_secs(2);

struct Seat {
    office: Arc<Office>,
    eyes: Eyes,
    handbook: Told,
    pass: Pass,
    /// The newest entry looked at.
    position: Seq,
    out: Outgoing,
    lanes: Lanes,
    bucket: Bucket,
    heard_at: Instant,
    typed: Option<(DialogId, bool, Instant)>,
    looking: Looking,
    focus: Focus,
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
        let limits = office.centre().visible;
        let me =
            Actor { id: guest.operator.id, name: guest.operator.name.clone(), grants: guest.operator.grants.clone() };
        let resumed = replay::resume_from(office, &guest, &me, limits, head).await.map_err(unavailable)?;
        let snapshot = if resumed.is_some() { None } else { Some(replay::read(office).await?) };
        let Guest { operator, session, protocol, token, resume, handbook, renews, .. } = guest;
        let shift = shift::read(office, me.id).await.map_err(unavailable)?;
        let viewer = Viewer { me, session: session.id, shift };
        let face = operator.face(false);
        let me = viewer.colleague(&face, office.load(face.id)).unwrap_or_else(|| operator.operator());
        let mut eyes = match &resumed {
            Some(resume) => Eyes::resumed(viewer, limits, resume.waiting),
            None => Eyes::new(viewer, limits),
        };
        let resumed = resumed.map(|resume| resume.after);
        let head = snapshot.as_ref().map_or(head, |snapshot| snapshot.at);
        let mut out = Outgoing::new(resumed.unwrap_or(head));
        out.frame(&HubFrame::Welcome(Box::new(Welcome {
            protocol,
            hub: env!("CARGO_PKG_VERSION").to_owned(),
            session: session.id,
            stream: office.workspace.stream,
            resumed: resumed.is_some(),
            head,
            me,
            desk: office.desk(),
            rights: operator.rights(),
            limits: accepted(office),
            beat_ms: u64::try_from(office.settings.timing.beat.as_millis()).unwrap_or(u64::MAX),
            server_at: office.now(),
        })))?;
        let position = match (resumed, snapshot) {
            (_, Some(read)) => {
                let at = replay::snapshot(office, &mut eyes, read, &mut out, sink).await?;
                replay::erased(office, resume, at, &mut out, sink).await?;
                at
            }
            (Some(after), None) => replay::replay(office, &mut eyes, &token, after, &mut out, sink).await?,
            (None, None) => head,
        };
        let mut handbook = Told::new(handbook);
        handbook.tell(office, &eyes.viewer.me, &mut out, sink).await?;
        let bucket = Bucket::new(office.settings.limits.operator_frames, Instant::now());
        let seat = Self {
            office: office.clone(),
            looking: Looking::new(office.clone(), eyes.viewer.me.id, eyes.viewer.session),
            focus: Focus::new(office.clone(), eyes.viewer.me.id, session.acted_at),
            eyes,
            handbook,
            pass: Pass::new(session, token, renews),
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
                _ = beats.tick() => self.handle_beat().await?,
                finished = self.lanes.next(), if self.out.has_room() => self.handle_finished(finished)?,
                message = stream.next(), if self.lanes.has_room() => match message {
                    Some(Ok(message)) => self.handle_message(message).await?,
                    Some(Err(error)) => return Err(end_of(&error)),
                    None => return Err(End::Gone),
                },
                whisper = whispers.recv() => match whisper {
                    Ok(whisper) => self.handle_whisper(&whisper, sink).await?,
                    // Drafts come again; what else was whispered may have been missed.
                    Err(RecvError::Lagged(_)) => self.tell_own_templates(sink).await?,
                    // The office outlives its connections.
                    Err(RecvError::Closed) => {}
                },
                entry = entries.recv() => match entry {
                    Ok(entry) => self.handle_entry(&entry, entries.is_empty(), sink).await?,
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

    /// `last`: there is no other entry yet.
    async fn handle_entry(&mut self, entry: &Entry, last: bool, sink: &mut Sink) -> Result<(), End> {
        if entry.seq <= self.position {
            return Ok(());
        }
        if entry.seq.0 != self.position.0 + 1 {
            return self.read_log(sink).await;
        }
        self.position = entry.seq;
        if is_of_the_handbook(&entry.body) {
            self.tell_handbook(sink).await?;
        }
        match self.eyes.look(&self.office, entry).await.map_err(|error| failed(&self.office, &error))? {
            Seen::Changes(changes) => {
                if !changes.is_empty() {
                    self.office.metrics.changes.fetch_add(changes.len() as u64, Relaxed);
                    self.out.changes(self.position, &changes)?;
                }
                // With the next one it would be another number.
                if last { replay::tell_hidden(&mut self.eyes, &mut self.out) } else { Ok(()) }
            }
            Seen::SignedOut => Err(End::bye(ByeCode::SignIn)),
            Seen::OtherRights => Err(End::draining(&self.office)),
        }
    }

    async fn tell_handbook(&mut self, sink: &mut Sink) -> Result<(), End> {
        self.handbook.tell(&self.office, &self.eyes.viewer.me, &mut self.out, sink).await
    }

    async fn tell_own_templates(&mut self, sink: &mut Sink) -> Result<(), End> {
        self.handbook.forget_own();
        self.tell_handbook(sink).await
    }

    async fn read_log(&mut self, sink: &mut Sink) -> Result<(), End> {
        let (position, out) = (self.position, &mut self.out);
        self.position = replay::replay(&self.office, &mut self.eyes, self.pass.token(), position, out, sink).await?;
        // The configuration may have changed in what was read.
        self.tell_handbook(sink).await
    }

    async fn handle_whisper(&mut self, whisper: &Whisper, sink: &mut Sink) -> Result<(), End> {
        match whisper {
            Whisper::Draft { dialog, standing, rev, text } if self.eyes.hears(*dialog, standing, *rev) => {
                self.out.frame(&HubFrame::Draft { dialog: *dialog, text: text.clone() })
            }
            Whisper::Looks(looks) => self.hear_of(looks),
            Whisper::Focused(said) => {
                self.focus.hear(said);
                self.tell_focus()
            }
            Whisper::Templates { of } if *of == self.eyes.viewer.me.id => self.tell_own_templates(sink).await,
            Whisper::TokenTaken { session, token } if *session == self.eyes.viewer.session => {
                self.pass.hear_of_token(&self.office, *token)
            }
            Whisper::Draft { .. } | Whisper::Typing { .. } | Whisper::Templates { .. } | Whisper::TokenTaken { .. } => {
                Ok(())
            }
        }
    }

    /// A colleague is at a dialog, or left it.
    fn hear_of(&mut self, looks: &Looks) -> Result<(), End> {
        let &Looks { dialog, by, here, writes, .. } = looks;
        if by == self.looking.by() {
            // Of his two windows one has left, and he is there still.
            if !here {
                self.looking.say_again(dialog);
            }
            return Ok(());
        }
        if looks.comes {
            self.looking.say_again(dialog);
        }
        let viewer = &self.eyes.viewer;
        let knows = self.office.face(by).is_some_and(|face| viewer.colleague(&face, self.office.load(by)).is_some());
        if knows && self.eyes.hears(dialog, &looks.standing, looks.rev) {
            self.out.frame(&HubFrame::Colleague { dialog, operator: by, here, writes })?;
        }
        Ok(())
    }

    fn handle_finished(&mut self, finished: Finished) -> Result<(), End> {
        if let Some(lane) = finished.lane
            && let Some((id, op)) = self.lanes.leave(lane)
        {
            self.begin(id, op);
        }
        match finished.frame {
            // Given away while it was read: what he asked for then is not his to see any more.
            Some(HubFrame::History { req, dialog, .. } | HubFrame::Journey { req, dialog, .. })
                if self.eyes.lost(dialog) =>
            {
                self.out.frame(&HubFrame::FetchFailed { req, retry: true })
            }
            Some(HubFrame::Found { req, hits, .. }) if hits.iter().any(|hit| self.eyes.lost(hit.dialog)) => {
                self.out.frame(&HubFrame::FetchFailed { req, retry: true })
            }
            Some(HubFrame::Dialogs { req, dialogs, .. }) if dialogs.iter().any(|row| self.eyes.lost(row.id)) => {
                self.out.frame(&HubFrame::FetchFailed { req, retry: true })
            }
            Some(frame) => self.out.frame(&frame),
            None => Ok(()),
        }
    }

    async fn handle_message(&mut self, message: Message) -> Result<(), End> {
        self.heard_at = Instant::now();
        if !self.bucket.take(self.heard_at) {
            return Err(End::bye(ByeCode::Protocol));
        }
        let Some(text) = text_of(message)? else { return Ok(()) };
        let frame = frame_of(&text)?;
        self.pass.hear(&self.office, &frame);
        self.focus.stir(self.pass.acted_at());
        match frame {
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
            ClientFrame::Looks { dialog, writes } => {
                let told = self.looking.look(self.eyes.viewer.me.clone(), dialog, writes);
                self.lanes.run(async move {
                    told.await;
                    None
                });
                Ok(())
            }
            ClientFrame::Focus { on } => {
                self.focus.set(on);
                Ok(())
            }
            ClientFrame::Renewed { token } => self.pass.renew(&self.office, &Zeroizing::new(token)).await,
            ClientFrame::Beat => self.beat(),
            ClientFrame::Here => {
                self.office.attending.stir(self.eyes.viewer.me.id, self.office.now());
                Ok(())
            }
            ClientFrame::Unknown => Ok(()),
        }
    }

    fn begin(&mut self, id: ClientId, op: Op) {
        let (office, by, lane) = (self.office.clone(), self.eyes.viewer.me.id, op.dialog());
        office.attending.stir(by, office.now());
        self.lanes.begin(lane, async move { answer(id, office.operate(by, id, op).await) });
    }

    fn fetch(&mut self, req: u64, what: Fetch) {
        let (office, viewer) = (self.office.clone(), self.eyes.viewer.clone());
        self.lanes.run(async move { Some(history::fetch(&office, &viewer, req, what).await) });
    }

    fn typing(&mut self, dialog: DialogId, on: bool) {
        let again = |(typed_in, typed, at): &(DialogId, bool, Instant)| {
            *typed_in == dialog && *typed == on && at.elapsed() < TYPING
        };
        if self.typed.as_ref().is_some_and(again) {
            return;
        }
        self.typed = Some((dialog, on, self.heard_at));
        let (office, me) = (self.office.clone(), self.eyes.viewer.me.clone());
        office.attending.stir(me.id, office.now());
        self.lanes.run(async move {
            // A failed read costs a "writes..." line, nothing else.
            let found = office.store.dialog(office.workspace.id, dialog).await.ok().flatten()?;
            let standing = found.standing();
            let writes = sees(&me, &standing) && can(&me, &standing).write.is_none();
            writes.then(|| office.whisper(Whisper::Typing { customer: found.row.customer.id, name: me.name, on }));
            None
        });
    }

    async fn handle_beat(&mut self) -> Result<(), End> {
        let beat = self.office.settings.timing.beat;
        // Looked at with each beat: of fifteen seconds, half a minute after the last sign of life.
        if self.heard_at.elapsed() > beat + LATE.min(beat * 3 / 2) {
            return Err(End::Gone);
        }
        if let Some(renew) = self.pass.check(&self.office, &self.eyes.viewer.me.grants).await? {
            self.out.frame(&renew)?;
        }
        self.focus.beat();
        self.tell_focus()?;
        self.out.ping()?;
        self.beat()
    }

    /// Tells whether the operator sits before another workplace, if that is news.
    fn tell_focus(&mut self) -> Result<(), End> {
        match self.focus.news() {
            Some(on) => self.out.frame(&HubFrame::FocusElsewhere { on }),
            None => Ok(()),
        }
    }

    fn beat(&mut self) -> Result<(), End> {
        self.out.skip_to(self.position)?;
        self.out.frame(&HubFrame::Beat { head: self.position })
    }
}

/// What a workplace is told beforehand, so that nothing is sent in vain.
fn accepted(office: &Office) -> Limits {
    let centre = office.centre();
    let files = FileLimits { most_bytes: centre.files.most_bytes, media: centre.files.media.clone() };
    Limits { files, ..Limits::default() }
}

/// Whether an entry can make another handbook: a change of the centre, or a bot that comes, goes or is switched off.
fn is_of_the_handbook(body: &EntryBody) -> bool {
    match body {
        EntryBody::Centre { .. } => true,
        EntryBody::Operator(face) => face.post.is_bot,
        EntryBody::Dialog(_) | EntryBody::Customer(_) | EntryBody::Channel(_) | EntryBody::SignedOut { .. } => false,
    }
}

fn answer(id: ClientId, answer: Result<Outcome, Later>) -> HubFrame {
    match answer {
        Ok(outcome) => HubFrame::Result { id, outcome },
        Err(Later { after_ms }) => HubFrame::Retry { id, after_ms },
    }
}

fn failed(office: &Office, error: &StoreError) -> End {
    tracing::warn!(%error, "an entry cannot be looked at");
    End::draining(office)
}
