//! One connection of a customer's page, whatever carries it.

use super::{
    Arrival, Farewell, Link, Visit,
    page::clean_page,
    refused::{refused_as, refused_for},
    told::{files_of, head_of, line_news, message_of, survey_of, way_of},
};
use crate::{
    bucket::Bucket,
    bus::Whisper,
    centre::mask_typed,
    desk::{Command, Standing},
    office::{Door, DoorNews, EntryPoint, Later, Office, Sent, SiteLine},
    places::known_zone,
    store::{DialogEntry, EntryBody, StoreError},
};
use otklik_model::{
    ClientId, Customer, CustomerEdit, Dialog, DialogId, DialogState, FileId, Journey, MAX_DRAFT_CHARS, Message,
    MessageKind, Outcome, PageVisit, Place, Refusal, Seq, Spot,
};
use otklik_wire::{
    FileLink, PROTOCOL_MAX, PROTOCOL_MIN,
    customer::{ContactForms, CustomerDialog, CustomerFrame, CustomerHello, HubCustomerFrame, Shown},
    encode,
};
use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval_at, timeout},
};

/// A draft is passed on at most this often: twice as often as a page sends them, so that jitter costs none.
const DRAFTS: Duration = Duration::from_millis(500);
/// Messages read at once.
const PAGE: u32 = 100;
/// A frame of messages ends when it reaches this many bytes.
const FRAME: usize = 256 * 1024;

/// Serves a page until the connection ends.
pub(super) async fn run(office: &Arc<Office>, arrival: Arrival, link: &mut impl Link) -> Farewell {
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
    let Arrival { visit, located } = arrival;
    let may_come = || visit.may_come(Instant::now());
    let welcomed = office.welcome_customer(hello.token.clone(), hello.language.as_deref(), may_come).await;
    let (customer, token) = match welcomed {
        Ok(Some(welcomed)) => welcomed,
        Ok(None) => return Farewell::Crowded,
        Err(error) => {
            tracing::warn!(%error, "a customer cannot be welcomed");
            return Farewell::Draining;
        }
    };
    // The door opens before the dialog is read, so nothing falls in between.
    let mut door = match office.open_door(customer.id).await {
        Ok(door) => door,
        Err(error) => return put_off(error),
    };
    let mut session = Session::new(office.clone(), visit, customer, &hello);
    // Before the dialog tells of the page, so that whoever hears of that and asks is told of it.
    session.go_on(located.place, hello.zone.as_deref().and_then(known_zone).or(located.zone)).await;
    let farewell = match session.welcome(link, &hello, token.to_string()).await {
        Ok(()) => session.serve(link, &mut door).await,
        Err(farewell) => farewell,
    };
    session.clear_draft();
    office.close_door(&door);
    farewell
}

/// What a customer says into a dialog.
enum Said {
    Words(String),
    File(FileId, String),
    Sticker(FileId, String),
    /// With its title; nothing, if there is no such place.
    Place(Option<Spot>, String),
    Contacts(CustomerEdit),
}

struct Session {
    office: Arc<Office>,
    visit: Visit,
    customer: Customer,
    at: EntryPoint,
    /// The newest row of the dialog that this connection knows.
    known: Option<(Seq, Standing)>,
    /// Words from here were stored, and the log has told of nothing since: who took the last place is not told that there is
    /// none.
    begun: bool,
    /// What the page shows.
    shown: Option<Shown>,
    /// The head as it was last told.
    told: Option<CustomerDialog>,
    frames: Bucket,
    drafted_at: Option<Instant>,
    has_draft: bool,
    /// The last words sent from here: a draft may go on with a number in them.
    said: String,
    heard_at: Instant,
    /// Whether the page was told that the customer may not write.
    blocked: bool,
    /// The centre's name, as the page was told.
    desk: String,
    /// The customer is not known any more.
    erased: bool,
    /// A push reaches the customer, as the application said.
    push: bool,
    /// How the site's line stands, as the page was told.
    line: SiteLine,
    /// The page wants to hear of all departments.
    all_lines: bool,
    line_changes: watch::Receiver<()>,
    /// The forms for contacts, as the page was told.
    forms: ContactForms,
}

impl Session {
    fn new(office: Arc<Office>, visit: Visit, customer: Customer, hello: &CustomerHello) -> Self {
        let now = Instant::now();
        let frames = Bucket::new(office.settings.limits.customer_frames, now);
        // What is no key names no department of any centre.
        let department = hello.department.as_ref().and_then(|key| key.parse().ok());
        let page = hello.page.clone().and_then(clean_page);
        let at = EntryPoint { page, department, address: visit.address() };
        Self {
            desk: office.desk(),
            // Listening begins before looking, so nothing falls in between.
            line_changes: office.line_changes(),
            line: office.site_line(&at, &customer, false, hello.departments),
            all_lines: hello.departments,
            office,
            visit,
            customer,
            at,
            known: None,
            begun: false,
            shown: hello.after,
            told: None,
            frames,
            drafted_at: None,
            has_draft: false,
            said: String::new(),
            heard_at: now,
            blocked: false,
            erased: false,
            push: false,
            forms: ContactForms::default(),
        }
    }

    async fn welcome(&mut self, link: &mut impl Link, hello: &CustomerHello, token: String) -> Result<(), Farewell> {
        let mut found = self.find_dialog().await?;
        if found.is_some() {
            self.act(Command::CustomerCame).await?;
            if let Some(page) = self.at.page.clone() {
                self.act(Command::CustomerMoved(page)).await?;
            }
            found = self.find_dialog().await?;
        }
        let dialog = found.as_ref().map(head_of);
        self.told.clone_from(&dialog);
        self.blocked = self.office.is_blocked(&self.customer);
        let standing = found.as_ref().map(Standing::of);
        self.forms = self.office.forms_for(&self.at, &self.customer, standing.as_ref());
        let goes_on = standing.is_some_and(|standing| !standing.state.is_final());
        self.line = self.office.site_line(&self.at, &self.customer, goes_on, self.all_lines);
        let centre = self.office.centre();
        let welcome = HubCustomerFrame::Welcome {
            protocol: hello.protocol,
            token,
            desk: self.desk.clone(),
            text_chars: centre.channel_rules(self.office.rule_key()).most_of_customer(),
            beat_ms: u64::try_from(self.office.settings.timing.beat.as_millis()).unwrap_or(u64::MAX),
            dialog,
            files: files_of(&centre, self.office.rule_key()),
            survey: survey_of(&centre, self.customer.language.as_deref()),
            blocked: self.blocked,
            line: Some(self.line.own.presence()),
            availability: Some(self.line.own),
            departments: self.line.departments.clone(),
            forms: Some(Box::new(self.forms.clone())),
        };
        link.send(vec![welcome]).await?;
        let Some(row) = found else { return Ok(()) };
        self.known = Some((row.rev, Standing::of(&row)));
        // A page that shows more than there is shows another history: it gets this one from the start.
        if self.shown.is_none_or(|shown| shown.dialog != row.id || shown.upto > row.last_seq) {
            self.shown = Some(Shown { dialog: row.id, upto: 0 });
        }
        self.show_changed(link, row.id).await?;
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
                        EntryBody::Customer(customer) => self.note_customer(link, customer).await,
                        EntryBody::Centre { .. } => self.note_centre(link).await,
                        EntryBody::Operator(_) | EntryBody::Channel(_) | EntryBody::SignedOut { .. } => Ok(()),
                    },
                    Some(DoorNews::Typing { name, on }) => {
                        link.send(vec![HubCustomerFrame::Typing { on, name }]).await
                    }
                    None => Err(Farewell::TooSlow),
                },
                Ok(()) = self.line_changes.changed() => self.tell_line(link).await,
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
            CustomerFrame::Send { id, text } => self.say(link, id, Said::Words(text)).await,
            CustomerFrame::SendFile { id, file, text } => self.say(link, id, Said::File(file, text)).await,
            CustomerFrame::SendSticker { id, file, emoji } => self.say(link, id, Said::Sticker(file, emoji)).await,
            CustomerFrame::SendPlace { id, latitude, longitude, accuracy, title } => {
                let spot = Spot::new(latitude, longitude, accuracy).ok();
                self.say(link, id, Said::Place(spot, title)).await
            }
            CustomerFrame::Contacts { id, name, email, phone } => {
                let contacts = CustomerEdit { name, email, phone, ..CustomerEdit::default() };
                self.say(link, id, Said::Contacts(contacts)).await
            }
            CustomerFrame::Link { file } => self.link(link, file).await,
            CustomerFrame::Close => self.act(Command::CustomerCloses).await,
            CustomerFrame::Rate { dialog, stars, note, answers } => self.rate(dialog, stars, note, answers).await,
            CustomerFrame::Draft { text } => {
                self.draft(text);
                Ok(())
            }
            CustomerFrame::Seen { delivered, read } => self.act(Command::CustomerSaw { delivered, read }).await,
            CustomerFrame::Page(page) => {
                self.at.page = clean_page(page);
                self.go_on(None, None).await;
                match self.at.page.clone() {
                    Some(page) => self.act(Command::CustomerMoved(page)).await,
                    None => Ok(()),
                }
            }
            CustomerFrame::Push { on } => {
                self.push = on;
                self.act(Command::CustomerPush { on }).await
            }
            CustomerFrame::Beat => link.send(vec![HubCustomerFrame::Beat]).await,
            CustomerFrame::Unknown => Ok(()),
        }
    }

    /// Tells of the customer's way: the page he is on, and where he is if that is told.
    async fn go_on(&self, place: Option<Place>, zone: Option<String>) {
        let visit = |page| PageVisit { page, at: self.office.now() };
        let pages = self.at.page.clone().map(visit).into_iter().collect();
        self.office.customer_goes_on(self.customer.id, Journey { pages, place, zone }).await;
    }

    async fn say(&mut self, link: &mut impl Link, id: ClientId, said: Said) -> Result<(), Farewell> {
        let goes_on = self.has_dialog();
        let result = self.store(id, said).await;
        if !(goes_on && self.has_dialog()) {
            // The page hears how the line stands for it now before it hears what became of its words.
            self.tell_line(link).await?;
        }
        link.send(vec![result]).await?;
        if self.push && !self.erased {
            // A conversation that began with these words does not know of it yet.
            self.act(Command::CustomerPush { on: true }).await?;
        }
        if self.erased { Err(Farewell::Draining) } else { Ok(()) }
    }

    async fn store(&mut self, id: ClientId, said: Said) -> HubCustomerFrame {
        let refused = |code: &str| refused_as(id, code);
        if !self.visit.may_say(self.customer.id, !self.has_dialog(), self.heard_at) {
            return refused("too_fast");
        }
        let (office, from, at) = (&self.office, &self.customer, &self.at);
        let answer = match said {
            Said::Words(text) => {
                self.said.clone_from(&text);
                office.customer_writes(from, at, id, &text).await
            }
            Said::File(file, text) => office.customer_sends_file(from, at, id, Sent::File(text), file).await,
            Said::Sticker(file, emoji) => office.customer_sends_file(from, at, id, Sent::Sticker(emoji), file).await,
            Said::Place(None, _) => return refused("place"),
            Said::Place(Some(spot), title) => {
                let command = Command::CustomerSendsPlace { spot, title, client: id };
                office.customer_says(from, at, id, command).await
            }
            Said::Contacts(contacts) => {
                let command = Command::CustomerGivesContacts { contacts, client: id };
                office.customer_says(from, at, id, command).await
            }
        };
        match answer {
            Ok(Outcome::Done { message, .. }) => {
                self.begun = true;
                self.office.keep_way(self.customer.id).await;
                self.clear_draft();
                let (seq, at) = (message.map(|stored| stored.seq), message.map(|stored| stored.at));
                HubCustomerFrame::Result { id, seq, at, refused: None, wrong: None }
            }
            // Passing: the page comes back as somebody new, and sends the same again.
            Ok(Outcome::Refused { reason: Refusal::NotFound }) => {
                self.erased = true;
                refused("too_fast")
            }
            Ok(Outcome::Refused { reason }) => {
                if reason == Refusal::QueueFull {
                    self.begun = false;
                    self.office.metrics.queue_full.fetch_add(1, Relaxed);
                }
                refused_for(id, &reason)
            }
            // Passing: the page sends the same again.
            Err(Later { .. }) => refused("too_fast"),
        }
    }

    /// Whether what he says goes into a dialog that there is.
    fn has_dialog(&self) -> bool {
        self.begun || self.known.as_ref().is_some_and(|(_, standing)| !standing.state.is_final())
    }

    /// Where a file can be fetched. Whatever stands in the way is the same answer.
    async fn link(&self, link: &mut impl Link, file: FileId) -> Result<(), Farewell> {
        let found = self.office.customers_file(self.customer.id, file).await.map_err(put_off)?;
        let (address, thumbnail, until) = match found.and_then(|row| self.office.link_to(&row)) {
            Some(FileLink { address, thumbnail, until }) => (Some(address), thumbnail, Some(until)),
            None => (None, None, None),
        };
        link.send(vec![HubCustomerFrame::Link { file, address, thumbnail, until }]).await
    }

    /// A conversation may be rated that is closed for good, so it is named.
    async fn rate(
        &self,
        dialog: DialogId,
        stars: u8,
        note: Option<String>,
        answers: Vec<String>,
    ) -> Result<(), Farewell> {
        let command = Command::CustomerRates { stars, note, answers };
        if let Err(later) = self.office.customer_acts_on(self.customer.id, dialog, command).await {
            tracing::debug!(%later, "a rating was not kept");
        }
        Ok(())
    }

    /// What is known of the customer changed.
    async fn note_customer(&mut self, link: &mut impl Link, customer: &Customer) -> Result<(), Farewell> {
        self.customer = customer.clone();
        self.tell_forms(link).await?;
        self.tell_block(link).await
    }

    async fn note_centre(&mut self, link: &mut impl Link) -> Result<(), Farewell> {
        self.tell_desk(link).await?;
        self.tell_forms(link).await
    }

    /// Says what the forms ask for, if that is news.
    async fn tell_forms(&mut self, link: &mut impl Link) -> Result<(), Farewell> {
        let standing = self.known.as_ref().map(|(_, standing)| standing);
        let forms = self.office.forms_for(&self.at, &self.customer, standing);
        if std::mem::replace(&mut self.forms, forms.clone()) == forms {
            return Ok(());
        }
        link.send(vec![HubCustomerFrame::Forms(forms)]).await
    }

    /// Says what the centre is called, if that is news.
    async fn tell_desk(&mut self, link: &mut impl Link) -> Result<(), Farewell> {
        let name = self.office.desk();
        if std::mem::replace(&mut self.desk, name.clone()) == name {
            return Ok(());
        }
        link.send(vec![HubCustomerFrame::Desk { name }]).await
    }

    /// Says how the site's line stands, if that is news.
    async fn tell_line(&mut self, link: &mut impl Link) -> Result<(), Farewell> {
        let line = self.office.site_line(&self.at, &self.customer, self.has_dialog(), self.all_lines);
        let told = std::mem::replace(&mut self.line, line.clone());
        if told == line {
            return Ok(());
        }
        link.send(vec![line_news(&told, &line)]).await
    }

    /// Says whether the customer may write, if that is news.
    async fn tell_block(&mut self, link: &mut impl Link) -> Result<(), Farewell> {
        let on = self.office.is_blocked(&self.customer);
        if std::mem::replace(&mut self.blocked, on) == on {
            return Ok(());
        }
        link.send(vec![HubCustomerFrame::Blocked { on }]).await
    }

    fn draft(&mut self, text: Option<String>) {
        let text = text.filter(|text| !text.trim().is_empty());
        let early = self.drafted_at.is_some_and(|at| at.elapsed() < DRAFTS);
        match text {
            None => self.clear_draft(),
            Some(_) if early => {}
            Some(text) => {
                let text: String = text.replace('\0', "").chars().take(MAX_DRAFT_CHARS).collect();
                let text = if self.office.centre().mask_cards { mask_typed(&self.said, &text) } else { text };
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
        let (Some((rev, standing)), Some(shown)) = (self.known.clone(), self.shown) else { return false };
        self.office.whisper(Whisper::Draft { dialog: shown.dialog, standing, rev, text });
        true
    }

    async fn handle_news(&mut self, link: &mut impl Link, entry: &DialogEntry) -> Result<(), Farewell> {
        let row = &entry.row;
        if self.known.as_ref().is_some_and(|(rev, _)| row.rev <= *rev) {
            return Ok(());
        }
        if row.state == DialogState::Deleted {
            // Whoever is erased comes back as somebody new.
            return Err(Farewell::Draining);
        }
        let is_over = entry.before.as_ref().is_some_and(|before| before.state.is_final());
        if is_over && self.shown.is_none_or(|shown| shown.dialog != row.id) {
            // What becomes of an earlier dialog long after its end is not shown in the place of the present one.
            return self.note_customer(link, &row.customer).await;
        }
        let went_on = self.has_dialog();
        (self.known, self.begun) = (Some((row.rev, Standing::of(row))), false);
        if went_on != self.has_dialog() {
            // No limit keeps out whoever has a dialog.
            self.tell_line(link).await?;
        }
        if self.shown.is_none_or(|shown| shown.dialog != row.id) {
            self.shown = Some(Shown { dialog: row.id, upto: 0 });
        }
        let head = head_of(row);
        if self.told.as_ref() != Some(&head) {
            self.told = Some(head.clone());
            link.send(vec![HubCustomerFrame::Dialog(head)]).await?;
        }
        self.note_customer(link, &row.customer).await?;
        let upto = self.shown.map_or(0, |shown| shown.upto);
        let items: Vec<_> = entry.changed().filter(|message| message.seq <= upto).filter_map(message_of).collect();
        if !items.is_empty() {
            link.send(vec![HubCustomerFrame::Changed { dialog: row.id, items }]).await?;
        }
        let fresh: Vec<&Message> = entry.added().filter(|message| message.seq > upto).collect();
        match fresh.first() {
            Some(first) if first.seq == upto + 1 => self.show(link, &fresh, row.last_seq).await?,
            Some(_) => self.show_upto(link, row.id, row.last_seq).await?,
            None => {}
        }
        // Only what happens while the page is here: whoever comes later reads of it, and stays where he is.
        match way_of(entry, self.office.now()) {
            Some(address) => link.send(vec![HubCustomerFrame::Go { address }]).await,
            None => Ok(()),
        }
    }

    /// What the page shows may be another by now: it was away. Tells again whatever can have changed.
    async fn show_changed(&mut self, link: &mut impl Link, dialog: DialogId) -> Result<(), Farewell> {
        let Some(upto) = self.shown.map(|shown| shown.upto).filter(|upto| *upto > 0) else { return Ok(()) };
        let from = upto.saturating_sub(PAGE - 1).max(1);
        let read = self.office.store.messages(self.office.workspace.id, dialog, from, upto, PAGE).await;
        let messages = read.map_err(put_off)?;
        let told = messages.iter().filter(|message| message.kind != MessageKind::System && !message.details.is_plain());
        let items: Vec<_> = told.filter_map(message_of).collect();
        if items.is_empty() { Ok(()) } else { link.send(vec![HubCustomerFrame::Changed { dialog, items }]).await }
    }

    /// Shows stored messages, up to this one.
    async fn show_upto(&mut self, link: &mut impl Link, dialog: DialogId, last: u32) -> Result<(), Farewell> {
        while let Some(shown) = self.shown.filter(|shown| shown.upto < last) {
            let to = last.min(shown.upto.saturating_add(PAGE));
            let read = self
                .office
                .store
                .messages(self.office.workspace.id, dialog, shown.upto + 1, to, PAGE)
                .await
                .map_err(put_off)?;
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
        // A block may have come to its end.
        self.tell_block(link).await?;
        link.ping().await
    }

    /// Something besides writing; before the first word there is no dialog to do it in.
    async fn act(&mut self, command: Command) -> Result<(), Farewell> {
        if self.known.is_none() && self.find_dialog().await?.is_none() {
            return Ok(());
        }
        // Put off, it is done by the next of its kind: marks only move forward, and presence comes with each hello.
        if let Err(later) = self.office.customer_acts(self.customer.id, command).await {
            tracing::debug!(%later, at = self.office.now().0, "a mark of a customer was not kept");
        }
        Ok(())
    }

    async fn find_dialog(&self) -> Result<Option<Dialog>, Farewell> {
        let found = self.office.store.dialog_of(self.office.workspace.id, self.customer.id).await;
        Ok(found.map_err(put_off)?.map(|dialog| dialog.row))
    }
}

fn put_off(error: StoreError) -> Farewell {
    tracing::warn!(%error, "a customer has to come back");
    Farewell::Draining
}
