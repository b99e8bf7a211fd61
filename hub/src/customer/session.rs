//! One connection of a customer's page, whatever carries it.

use super::{
    Farewell, Link,
    told::{head_of, message_of},
};
use crate::{
    bucket::Bucket,
    bus::Whisper,
    desk::{Command, Standing},
    office::{Door, DoorNews, Later, Office, now},
    store::{DialogEntry, EntryBody, StoreError},
};
use otklik_model::{
    ClientId, Customer, Dialog, DialogId, MAX_DRAFT_CHARS, Message, Outcome, Page, Refusal, Seq, clean_name,
};
use otklik_wire::{
    PROTOCOL_MAX, PROTOCOL_MIN,
    customer::{CustomerDialog, CustomerFrame, CustomerHello, HubCustomerFrame, Shown},
    encode,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::{MissedTickBehavior, interval_at, timeout};

const URL_CHARS: usize = 2_000;
const TITLE_CHARS: usize = 200;
/// A draft is passed on at most this often: twice as often as a page sends them, so that jitter costs none.
const DRAFTS: Duration = Duration::from_millis(500);
/// Messages read at once.
const PAGE: u32 = 100;
/// A frame of messages ends when it reaches this many bytes.
const FRAME: usize = 256 * 1024;

/// Serves a page until the connection ends.
pub(super) async fn run(office: &Arc<Office>, link: &mut impl Link) -> Farewell {
    let first = tokio::select! {
        () = office.draining.cancelled() => return Farewell::Draining,
        first = timeout(office.settings.timing.hello, link.receive()) => first,
    };
    let hello = match first {
        Ok(Ok(CustomerFrame::Hello(hello))) => hello,
        Ok(Ok(_)) | Err(_) => return Farewell::Protocol(1002),
        Ok(Err(farewell)) => return farewell,
    };
    if !(PROTOCOL_MIN..=PROTOCOL_MAX).contains(&hello.protocol) {
        return Farewell::Protocol(1002);
    }
    let welcomed = office.welcome_customer(hello.token.clone(), hello.language.as_deref()).await;
    let (customer, token) = match welcomed {
        Ok(welcomed) => welcomed,
        Err(error) => {
            tracing::warn!(%error, "a customer cannot be welcomed");
            return Farewell::Draining;
        }
    };
    // The door opens before the dialog is read, so nothing falls in between.
    let mut door = office.open_door(customer.id);
    let mut session = Session::new(office.clone(), customer, &hello);
    let farewell = match session.welcome(link, &hello, token.to_string()).await {
        Ok(()) => session.serve(link, &mut door).await,
        Err(farewell) => farewell,
    };
    session.clear_draft();
    office.close_door(&door);
    farewell
}

struct Session {
    office: Arc<Office>,
    customer: Customer,
    page: Option<Page>,
    /// The newest row of the dialog that this connection knows.
    known: Option<(Seq, Standing)>,
    /// What the page shows.
    shown: Option<Shown>,
    /// The head as it was last told.
    told: Option<CustomerDialog>,
    frames: Bucket,
    messages: Bucket,
    drafted_at: Option<Instant>,
    has_draft: bool,
    heard_at: Instant,
}

impl Session {
    fn new(office: Arc<Office>, customer: Customer, hello: &CustomerHello) -> Self {
        let at = Instant::now();
        let limits = &office.settings.limits;
        let (frames, messages) = (Bucket::new(limits.customer_frames, at), Bucket::new(limits.customer_messages, at));
        Self {
            office,
            customer,
            page: hello.page.clone().and_then(clean_page),
            known: None,
            shown: hello.after,
            told: None,
            frames,
            messages,
            drafted_at: None,
            has_draft: false,
            heard_at: at,
        }
    }

    async fn welcome(&mut self, link: &mut impl Link, hello: &CustomerHello, token: String) -> Result<(), Farewell> {
        let mut found = self.find_dialog().await?;
        if found.is_some() {
            self.act(Command::CustomerCame).await?;
            if let Some(page) = self.page.clone() {
                self.act(Command::CustomerMoved(page)).await?;
            }
            found = self.find_dialog().await?;
        }
        let dialog = found.as_ref().map(head_of);
        self.told.clone_from(&dialog);
        let welcome = HubCustomerFrame::Welcome {
            protocol: hello.protocol,
            token,
            desk: self.office.settings.desk.clone(),
            text_chars: self.office.channel().text_chars,
            beat_ms: u64::try_from(self.office.settings.timing.beat.as_millis()).unwrap_or(u64::MAX),
            dialog,
        };
        link.send(vec![welcome]).await?;
        let Some(row) = found else { return Ok(()) };
        self.known = Some((row.rev, standing(&row)));
        // A page that shows more than there is shows another history: it gets this one from the start.
        if self.shown.is_none_or(|shown| shown.dialog != row.id || shown.upto > row.last_seq) {
            self.shown = Some(Shown { dialog: row.id, upto: 0 });
        }
        self.show_upto(link, row.id, row.last_seq).await
    }

    async fn serve(&mut self, link: &mut impl Link, door: &mut Door) -> Farewell {
        let beat = self.office.settings.timing.beat;
        let mut beats = interval_at(tokio::time::Instant::now() + beat, beat);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let draining = self.office.draining.clone();
        loop {
            let done = tokio::select! {
                () = draining.cancelled() => Err(Farewell::Draining),
                frame = link.receive() => match frame {
                    Ok(frame) => self.handle(link, frame).await,
                    Err(farewell) => Err(farewell),
                },
                news = door.news.recv() => match news {
                    Some(DoorNews::Entry(entry)) => match &entry.body {
                        EntryBody::Dialog(dialog) => self.handle_news(link, dialog).await,
                        EntryBody::Operator(_) | EntryBody::Channel(_) | EntryBody::SignedOut { .. } => Ok(()),
                    },
                    Some(DoorNews::Typing { name, on }) => {
                        link.send(vec![HubCustomerFrame::Typing { on, name }]).await
                    }
                    None => Err(Farewell::TooSlow),
                },
                _ = beats.tick() => self.handle_beat(link).await,
            };
            if let Err(farewell) = done {
                return farewell;
            }
        }
    }

    async fn handle(&mut self, link: &mut impl Link, frame: CustomerFrame) -> Result<(), Farewell> {
        self.heard_at = Instant::now();
        if !self.frames.take(self.heard_at) {
            return Err(Farewell::Protocol(1002));
        }
        match frame {
            CustomerFrame::Hello(_) => Err(Farewell::Protocol(1002)),
            CustomerFrame::Send { id, text } => {
                let result = self.write(id, &text).await;
                link.send(vec![result]).await
            }
            CustomerFrame::Draft { text } => {
                self.draft(text);
                Ok(())
            }
            CustomerFrame::Seen { delivered, read } => self.act(Command::CustomerSaw { delivered, read }).await,
            CustomerFrame::Page(page) => {
                self.page = clean_page(page);
                match self.page.clone() {
                    Some(page) => self.act(Command::CustomerMoved(page)).await,
                    None => Ok(()),
                }
            }
            CustomerFrame::Beat => link.send(vec![HubCustomerFrame::Beat]).await,
            CustomerFrame::Unknown => Ok(()),
        }
    }

    async fn write(&mut self, id: ClientId, text: &str) -> HubCustomerFrame {
        let refused = |code: &str| HubCustomerFrame::Result { id, seq: None, at: None, refused: Some(code.to_owned()) };
        if !self.messages.take(self.heard_at) {
            return refused("too_fast");
        }
        match self.office.customer_writes(&self.customer, self.page.as_ref(), id, text).await {
            Ok(Outcome::Done { message, .. }) => {
                self.clear_draft();
                let (seq, at) = (message.map(|stored| stored.seq), message.map(|stored| stored.at));
                HubCustomerFrame::Result { id, seq, at, refused: None }
            }
            Ok(Outcome::Refused { reason: Refusal::Empty }) => refused("empty"),
            Ok(Outcome::Refused { reason: Refusal::TooLong { .. } }) => refused("too_long"),
            Ok(Outcome::Refused { .. }) => refused("blocked"),
            // Passing: the page sends the same again.
            Err(Later { .. }) => refused("too_fast"),
        }
    }

    fn draft(&mut self, text: Option<String>) {
        let text = text.filter(|text| !text.trim().is_empty());
        let early = self.drafted_at.is_some_and(|at| at.elapsed() < DRAFTS);
        match text {
            None => self.clear_draft(),
            Some(_) if early => {}
            Some(text) => {
                let text = text.replace('\0', "").chars().take(MAX_DRAFT_CHARS).collect();
                if self.whisper(Some(text)) {
                    self.drafted_at = Some(self.heard_at);
                    self.has_draft = true;
                }
            }
        }
    }

    fn clear_draft(&mut self) {
        if std::mem::take(&mut self.has_draft) {
            self.whisper(None);
        }
    }

    /// Tells operators. A customer without a dialog has nobody to see the draft, and then it is not told.
    fn whisper(&self, text: Option<String>) -> bool {
        let (Some((_, standing)), Some(shown)) = (self.known, self.shown) else { return false };
        self.office.whisper(Whisper::Draft { dialog: shown.dialog, standing, text });
        true
    }

    async fn handle_news(&mut self, link: &mut impl Link, entry: &DialogEntry) -> Result<(), Farewell> {
        let row = &entry.row;
        if self.known.is_some_and(|(rev, _)| row.rev <= rev) {
            return Ok(());
        }
        self.known = Some((row.rev, standing(row)));
        if self.shown.is_none_or(|shown| shown.dialog != row.id) {
            self.shown = Some(Shown { dialog: row.id, upto: 0 });
        }
        let head = head_of(row);
        if self.told.as_ref() != Some(&head) {
            self.told = Some(head.clone());
            link.send(vec![HubCustomerFrame::Dialog(head)]).await?;
        }
        let upto = self.shown.map_or(0, |shown| shown.upto);
        let fresh: Vec<&Message> = entry.messages().filter(|message| message.seq > upto).collect();
        match fresh.first() {
            Some(first) if first.seq == upto + 1 => self.show(link, &fresh, row.last_seq).await,
            Some(_) => self.show_upto(link, row.id, row.last_seq).await,
            None => Ok(()),
        }
    }

    /// Shows stored messages, up to this one.
    async fn show_upto(&mut self, link: &mut impl Link, dialog: DialogId, last: u32) -> Result<(), Farewell> {
        while let Some(shown) = self.shown.filter(|shown| shown.upto < last) {
            let to = last.min(shown.upto.saturating_add(PAGE));
            let read = self.office.store.messages(dialog, shown.upto + 1, to, PAGE).await.map_err(put_off)?;
            self.show(link, &read.iter().collect::<Vec<_>>(), to).await?;
        }
        Ok(())
    }

    /// Shows messages that continue what is shown, and moves the position to `upto`.
    async fn show(&mut self, link: &mut impl Link, messages: &[&Message], upto: u32) -> Result<(), Farewell> {
        let Some(shown) = self.shown.as_mut() else { return Ok(()) };
        let (mut items, mut bytes) = (Vec::new(), 0);
        for (place, message) in messages.iter().enumerate() {
            if let Some(item) = message_of(message) {
                bytes += encode(&item).len();
                items.push(item);
            }
            let last = place + 1 == messages.len();
            if bytes >= FRAME || last {
                let upto = if last { upto } else { message.seq };
                let (dialog, after) = (shown.dialog, shown.upto);
                shown.upto = upto;
                let items = std::mem::take(&mut items);
                bytes = 0;
                link.send(vec![HubCustomerFrame::Messages { dialog, after, upto, items }]).await?;
            }
        }
        Ok(())
    }

    async fn handle_beat(&mut self, link: &mut impl Link) -> Result<(), Farewell> {
        link.send(vec![HubCustomerFrame::Beat]).await?;
        link.ping().await
    }

    /// Something besides writing; before the first word there is no dialog to do it in.
    async fn act(&mut self, command: Command) -> Result<(), Farewell> {
        if self.known.is_none() && self.find_dialog().await?.is_none() {
            return Ok(());
        }
        // Put off, it is done by the next of its kind: marks only move forward, and presence comes with each hello.
        if let Err(later) = self.office.customer_acts(self.customer.id, command).await {
            tracing::debug!(%later, at = now().0, "a mark of a customer was not kept");
        }
        Ok(())
    }

    async fn find_dialog(&self) -> Result<Option<Dialog>, Farewell> {
        let found = self.office.store.dialog_of(self.office.workspace.id, self.customer.id).await;
        Ok(found.map_err(put_off)?.map(|dialog| dialog.row))
    }
}

fn standing(row: &Dialog) -> Standing {
    Standing { state: row.state, assignee: row.assignee }
}

fn put_off(error: StoreError) -> Farewell {
    tracing::warn!(%error, "a customer has to come back");
    Farewell::Draining
}

/// A page as it may be shown: an address of the web, cut to length, on one line.
fn clean_page(page: Page) -> Option<Page> {
    let url = clean_name(&page.url, URL_CHARS);
    let parsed = url::Url::parse(&url).ok().filter(|parsed| matches!(parsed.scheme(), "http" | "https"))?;
    parsed.host_str()?;
    Some(Page { url, title: clean_name(&page.title, TITLE_CHARS) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_cleaned() {
        let clean = |url: &str, title: &str| clean_page(Page { url: url.to_owned(), title: title.to_owned() });
        let page = clean("https://shop.example.org/a b\u{202e}", "  Orders\n\u{200b}today\0 ").unwrap();
        assert_eq!((page.url.as_str(), page.title.as_str()), ("https://shop.example.org/a b", "Orders today"));
        let long = clean(&format!("https://x.example/{}", "y".repeat(9_000)), &"z".repeat(900)).unwrap();
        assert_eq!((long.url.len(), long.title.len()), (URL_CHARS, TITLE_CHARS));
        for bad in ["", "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "not an address"] {
            assert_eq!(clean(bad, "title"), None, "{bad}");
        }
    }
}
