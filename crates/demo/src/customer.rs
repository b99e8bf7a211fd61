//! One customer: plays a script over the widget's socket. Knows the socket, the clock and the script; every chance is
//! its own and comes from a seed.

use crate::known::{Fate, Known, Meaning};
use crate::link::{Link, Lost, files_address};
use crate::stickers::upload;
use crate::typing::{Stroke, rub_out, type_text};
use crate::{Pace, Script, Step};
use otklik_model::{ClientId, Page};
use otklik_wire::PROTOCOL_MAX;
use otklik_wire::customer::{CustomerFrame, CustomerHello};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use url::Url;

/// How long the hub may take to answer a hello or a message.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// How long a customer waits for an operator before leaving for good.
const GIVES_UP_AFTER: Duration = Duration::from_secs(15 * 60);

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Everything was said.
    Done,
    /// No operator answered, or the hub refused a message for good.
    GaveUp,
    /// The demonstration was stopped.
    Stopped,
}

/// What happened while waiting.
enum Event {
    /// The hub said something, or it was time to mark something read.
    News,
    /// The connection went.
    Lost,
    /// The time is over.
    Elapsed,
}

/// A person with a page open.
pub(crate) struct Customer {
    script: Script,
    socket: Url,
    pace: Pace,
    chance: ChaCha8Rng,
    stop: CancellationToken,
    link: Option<Link>,
    known: Known,
    page: Page,
    /// Not sooner than this, the hub said.
    not_before: Instant,
    /// When the newest message will have been read.
    reads_at: Option<Instant>,
    /// Number of the last own message.
    asked: u32,
    drafted_at: Option<Instant>,
}

impl Customer {
    pub(crate) fn new(script: Script, socket: Url, pace: Pace, seed: u64, stop: CancellationToken) -> Self {
        Self {
            page: script.page.clone(),
            script,
            socket,
            pace,
            chance: ChaCha8Rng::seed_from_u64(seed),
            stop,
            link: None,
            known: Known::default(),
            not_before: Instant::now(),
            reads_at: None,
            asked: 0,
            drafted_at: None,
        }
    }

    /// Comes, plays the script, leaves.
    pub(crate) async fn visit(mut self) -> Ending {
        let ending = self.play().await.err().unwrap_or(Ending::Done);
        if let Some(link) = self.link.take() {
            link.close().await;
        }
        ending
    }

    async fn play(&mut self) -> Result<(), Ending> {
        self.connect().await?;
        self.rest_between(1_500, 4_000).await?;
        for step in self.script.steps.clone() {
            match step {
                Step::Write { text, instead_of } => self.write(&text, instead_of.as_deref()).await?,
                Step::Share { latitude, longitude, accuracy, title } => {
                    self.share((latitude, longitude, accuracy), &title).await?;
                }
                Step::Sticker { picture, emoji } => self.send_sticker(&picture, &emoji).await?,
                Step::Wait { remind } => self.wait_for_answer(&remind).await?,
                Step::Pause { seconds } => self.rest(self.pace.of(Duration::from_secs(seconds.into()))).await?,
                Step::Visit { url, title } => self.go_to(Page { url, title }).await?,
                Step::Hesitate { text } => self.hesitate(&text).await?,
                Step::Leave { seconds } => self.leave(Duration::from_secs(seconds.into())).await?,
            }
        }
        self.rest_between(20_000, 60_000).await
    }

    /// Types and sends.
    async fn write(&mut self, text: &str, instead_of: Option<&str>) -> Result<(), Ending> {
        self.rest_between(700, 2_500).await?;
        if let Some(first) = instead_of {
            self.hesitate(first).await?;
        }
        let strokes = type_text(text, &mut self.chance);
        self.type_out(strokes).await?;
        self.rest_between(200, 700).await?;
        self.say(&CustomerFrame::Draft { text: None }).await;
        self.send(|id| CustomerFrame::Send { id, text: text.to_owned() }).await
    }

    /// Shares a place.
    async fn share(&mut self, (latitude, longitude, accuracy): (f64, f64, f64), title: &str) -> Result<(), Ending> {
        self.rest_between(2_000, 5_000).await?;
        let accuracy = Some(accuracy);
        self.send(|id| CustomerFrame::SendPlace { id, latitude, longitude, accuracy, title: title.to_owned() }).await
    }

    /// Uploads a picture and sends it as a sticker. Where a centre takes none the customer goes on without it.
    async fn send_sticker(&mut self, picture: &str, emoji: &str) -> Result<(), Ending> {
        self.rest_between(1_500, 3_500).await?;
        self.connect().await?;
        let token = self.known.token.clone().unwrap_or_default();
        let uploaded = match files_address(&self.socket) {
            Some(files) => upload(&files, &token, picture).await,
            None => None,
        };
        let Some(file) = uploaded else {
            tracing::info!(script = self.script.name, picture, "the hub does not take a sticker");
            return Ok(());
        };
        self.send(|id| CustomerFrame::SendSticker { id, file, emoji: emoji.to_owned() }).await
    }

    /// Types something and thinks better of it.
    async fn hesitate(&mut self, text: &str) -> Result<(), Ending> {
        let mut strokes = type_text(text, &mut self.chance);
        strokes.extend(rub_out(text, &mut self.chance));
        self.type_out(strokes).await?;
        self.say(&CustomerFrame::Draft { text: None }).await;
        Ok(())
    }

    async fn type_out(&mut self, strokes: Vec<Stroke>) -> Result<(), Ending> {
        for stroke in strokes {
            self.rest(self.pace.of(stroke.after)).await?;
            let now = Instant::now();
            if self.drafted_at.is_some_and(|at| now - at < self.pace.draft_every) {
                continue;
            }
            self.drafted_at = Some(now);
            self.say(&CustomerFrame::Draft { text: Some(stroke.field).filter(|field| !field.is_empty()) }).await;
        }
        Ok(())
    }

    /// Sends until the fate is known: always the same id.
    async fn send(&mut self, frame: impl Fn(ClientId) -> CustomerFrame) -> Result<(), Ending> {
        let id = self.new_id();
        self.known.expect(id);
        loop {
            self.connect().await?;
            self.say(&frame(id)).await;
            if self.link.is_none() {
                continue;
            }
            match self.fate().await? {
                Some(Fate::Stored(seq)) => {
                    self.asked = seq;
                    return Ok(());
                }
                Some(Fate::Refused(reason)) => {
                    tracing::info!(script = self.script.name, reason, "the hub refused a message");
                    return Err(Ending::GaveUp);
                }
                Some(Fate::TooFast) => self.rest_between(1_500, 3_000).await?,
                // The answer was lost; the message may have come through.
                None => self.link = None,
            }
        }
    }

    /// What became of the message in flight; `None` if the connection did not live to tell.
    async fn fate(&mut self) -> Result<Option<Fate>, Ending> {
        let deadline = Instant::now() + ANSWER_WITHIN;
        loop {
            if let Some(fate) = self.known.take_fate() {
                return Ok(Some(fate));
            }
            match self.event(deadline).await? {
                Event::News => {}
                Event::Lost | Event::Elapsed => return Ok(self.known.take_fate()),
            }
        }
    }

    /// Waits for an operator's words after the last own ones, reads them, and lets him finish.
    async fn wait_for_answer(&mut self, remind: &[String]) -> Result<(), Ending> {
        for reminder in remind {
            let patience = Duration::from_millis(self.chance.random_range(50_000..100_000));
            if self.answered_within(self.pace.of_waiting(patience)).await? {
                break;
            }
            self.write(reminder, None).await?;
        }
        if !self.answered_within(self.pace.of_waiting(GIVES_UP_AFTER)).await? {
            return Err(Ending::GaveUp);
        }
        for _ in 0..6 {
            self.rest_between(2_500, 5_000).await?;
            if !self.known.typing {
                break;
            }
        }
        Ok(())
    }

    async fn answered_within(&mut self, time: Duration) -> Result<bool, Ending> {
        let deadline = Instant::now() + time;
        loop {
            if self.known.answered > self.asked {
                return Ok(true);
            }
            if let Event::Elapsed = self.event(deadline).await? {
                return Ok(false);
            }
        }
    }

    async fn go_to(&mut self, page: Page) -> Result<(), Ending> {
        self.page = page.clone();
        self.say(&CustomerFrame::Page(page)).await;
        self.rest_between(1_000, 3_000).await
    }

    async fn leave(&mut self, time: Duration) -> Result<(), Ending> {
        if let Some(link) = self.link.take() {
            link.close().await;
        }
        let back = Instant::now() + self.pace.of(time);
        self.sleep(back).await?;
        self.connect().await
    }

    async fn rest_between(&mut self, least_ms: u64, most_ms: u64) -> Result<(), Ending> {
        let time = Duration::from_millis(self.chance.random_range(least_ms..most_ms));
        self.rest(self.pace.of(time)).await
    }

    /// Lets time pass, with an ear on the hub.
    async fn rest(&mut self, time: Duration) -> Result<(), Ending> {
        let deadline = Instant::now() + time;
        while !matches!(self.event(deadline).await?, Event::Elapsed) {}
        Ok(())
    }

    /// Lets time pass without a page.
    async fn sleep(&mut self, until: Instant) -> Result<(), Ending> {
        tokio::select! {
            () = self.stop.cancelled() => Err(Ending::Stopped),
            () = sleep_until(until) => Ok(()),
        }
    }

    /// The next thing that happens before the deadline. A connection that went is made again first.
    async fn event(&mut self, deadline: Instant) -> Result<Event, Ending> {
        self.connect().await?;
        let Some(link) = &mut self.link else { return Ok(Event::Lost) };
        // Without anything to read the deadline ends the wait anyway.
        let reads_at = self.reads_at.unwrap_or(deadline);
        let heard = tokio::select! {
            () = self.stop.cancelled() => return Err(Ending::Stopped),
            heard = link.hear() => heard,
            () = sleep_until(reads_at), if self.reads_at.is_some() => {
                self.reads_at = None;
                let upto = self.known.upto();
                self.say(&CustomerFrame::Seen { delivered: upto, read: upto }).await;
                return Ok(Event::News);
            }
            () = sleep_until(deadline) => return Ok(Event::Elapsed),
        };
        let Ok(frame) = heard else {
            self.link = None;
            return Ok(Event::Lost);
        };
        let meaning = self.known.hear(frame);
        Ok(self.act_on(meaning).await)
    }

    async fn act_on(&mut self, meaning: Meaning) -> Event {
        match meaning {
            Meaning::Noted | Meaning::Welcome => Event::News,
            Meaning::Messages { chars } => {
                let chars = u32::try_from(chars).unwrap_or(u32::MAX).min(1_000);
                let time = Duration::from_millis(600) + Duration::from_millis(30) * chars;
                self.reads_at = Some(Instant::now() + self.pace.of(time));
                let delivered = self.known.upto();
                // Read marks only move forward, so 0 says nothing about reading.
                self.say(&CustomerFrame::Seen { delivered, read: 0 }).await;
                Event::News
            }
            Meaning::Gap => {
                self.link = None;
                Event::Lost
            }
            Meaning::Dismissed { after } => {
                self.not_before = Instant::now() + after;
                self.link = None;
                Event::Lost
            }
        }
    }

    /// Says it if there is anybody to say it to.
    async fn say(&mut self, frame: &CustomerFrame) {
        if let Some(link) = &mut self.link
            && let Err(Lost) = link.say(frame).await
        {
            self.link = None;
        }
    }

    /// Makes sure of a connection, however long it takes.
    async fn connect(&mut self) -> Result<(), Ending> {
        let mut tries: u32 = 0;
        while self.link.is_none() {
            if tries > 0 || Instant::now() < self.not_before {
                let most = 1_000_u64.saturating_mul(1 << tries.min(4)).min(10_000);
                let spread = Duration::from_millis(self.chance.random_range(0..most));
                let again = self.not_before.max(Instant::now()) + self.pace.of(spread);
                self.sleep(again).await?;
            }
            tries += 1;
            let stop = self.stop.clone();
            self.link = tokio::select! {
                () = stop.cancelled() => return Err(Ending::Stopped),
                link = self.introduce() => link.ok(),
            };
        }
        Ok(())
    }

    /// Opens a socket and says hello.
    async fn introduce(&mut self) -> Result<Link, Lost> {
        let mut link = Link::open(&self.socket).await?;
        let hello = CustomerHello {
            protocol: PROTOCOL_MAX,
            token: self.known.token.clone(),
            after: self.known.shown,
            language: Some(self.script.language.clone()),
            zone: None,
            page: Some(self.page.clone()),
            department: None,
            departments: false,
        };
        link.say(&CustomerFrame::Hello(hello)).await?;
        let frame = timeout(ANSWER_WITHIN, link.hear()).await.map_err(|_| Lost)??;
        match self.known.hear(frame) {
            Meaning::Welcome => Ok(link),
            Meaning::Dismissed { after } => {
                self.not_before = Instant::now() + after;
                Err(Lost)
            }
            Meaning::Noted | Meaning::Messages { .. } | Meaning::Gap => Err(Lost),
        }
    }

    fn new_id(&mut self) -> ClientId {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        ClientId::from_parts(u64::try_from(now.as_millis()).unwrap_or(u64::MAX), self.chance.random())
    }
}
