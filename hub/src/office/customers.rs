//! What customers do, and how a dialog of theirs begins.

use super::Office;
use super::scripted::Opening;
use super::settle::{About, Ask, Retried, decide_on};
use crate::centre::Bot;
use crate::centre::{Form, FormMode};
use crate::desk::{
    Beginning, Command, DialogAggregate, Moment, Reach, Standing, Start, Target, first_form, may_begin,
    page_without_cards,
};
use crate::store::{OperatorFace, StoreError, key};
use otklik_model::{
    ClientId, Customer, CustomerId, DepartmentKey, DialogId, ORDINARY_WEIGHT, OnlineState, OperatorStatus, Outcome,
    Page, Refusal, Stamp,
};
use otklik_wire::customer::ContactForms;
use std::sync::atomic::Ordering::Relaxed;
use uuid::Uuid;

/// Among how many of his dialogs the customer's last words are looked for: in an invitation he may have said nothing.
const EARLIER: u32 = 20;

/// Where on a site a customer writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryPoint {
    /// The page.
    pub page: Option<Page>,
    /// The department that the site has its conversations begin with, if it names one; the centre may not know it.
    pub department: Option<DepartmentKey>,
    /// What stands for the address of the network that he writes from; nothing for this machine's own.
    pub address: Option<Uuid>,
}

/// What a dialog begins with that a customer does not have yet.
#[derive(Clone)]
pub(super) struct First {
    id: DialogId,
    from: Customer,
    page: Option<Page>,
    wrote_before: bool,
    customer_at: Option<Stamp>,
    /// The application of his last dialog can be reached by a push.
    has_push: bool,
    opening: Opening,
}

impl Office {
    /// Stores a customer's words, once per `id`; the first ones begin a dialog.
    ///
    /// # Errors
    /// [`Later`], if it could not be tried.
    pub async fn customer_writes(&self, from: &Customer, at: &EntryPoint, id: ClientId, text: &str) -> Retried {
        self.customer_says(from, at, id, Command::CustomerWrites { text: text.to_owned(), client: id }).await
    }

    /// Stores what a customer says by words, a file or contacts, once per `id`; the first begins a dialog.
    ///
    /// # Errors
    /// [`Later`], if it could not be tried.
    pub async fn customer_says(&self, from: &Customer, at: &EntryPoint, id: ClientId, what: Command) -> Retried {
        let key = key(from.id.0, id);
        if let Some(first) = self.store.first_answer(key).await? {
            return Ok(first);
        }
        // His row may have changed since his page connected: blocked, renamed, restricted.
        let now = self.store.customer(self.workspace.id, from.id).await?;
        // Whoever was erased must not come back by what his page remembers.
        let Some((from, _)) = now else { return Ok(Outcome::Refused { reason: Refusal::NotFound }) };
        let about = About::DialogOf(from.id);
        // Before a script or a router is asked about what will not begin.
        if self.is_full_for(at, &from)
            && !self.is_blocked(&from)
            && self.store.dialog_of(self.workspace.id, from.id).await?.is_none()
        {
            return Ok(Outcome::Refused { reason: Refusal::QueueFull });
        }
        let opening = if self.floods.is_flooding(at.address, self.centre().flood, self.now()) {
            self.opening_in_shadow(at)
        } else {
            self.opening(&from, at, &what).await?
        };
        let first = self.first(from, at.page.as_ref(), opening).await?;
        let ask = Ask { key: Some(key), goes_on: true, opening: Some(&first.opening), ..Ask::about(about) };
        let (mut begins, mut place) = (false, None);
        let answer = self
            .settle(ask, |found, moment| {
                begins = found.is_none();
                place = None;
                if begins && !self.is_blocked(&first.from) {
                    // What a bot or the router gets first takes no place.
                    let waits = matches!(first.opening.start, Start::Queue);
                    place = self.take_place(first.id, at, &first.from)?.filter(|_| waits);
                    may_begin(&what, &self.first_form(at, &first.from), &first.from)?;
                }
                match found {
                    Some(found) => decide_on(Some(found), what.clone(), moment),
                    // Asked where it begins for certain: others may have begun since it was looked at.
                    None if self.floods.begins(first.id, at.address, moment.centre.flood, moment.now) => {
                        place = None;
                        let first = First { opening: self.opening_in_shadow(at), ..first.clone() };
                        self.begin(self.new_dialog(&first, true, moment), &first.opening, what.clone(), moment)
                    }
                    None => self.begin(self.new_dialog(&first, false, moment), &first.opening, what.clone(), moment),
                }
            })
            .await;
        let done = matches!(answer, Ok(Outcome::Done { .. }));
        if done && place.is_some() {
            // It counts by the log from here on. What the log cannot tell now it tells in a moment.
            let _ = self.read_ahead().await;
        }
        drop(place);
        if done {
            self.metrics.customer_messages.fetch_add(1, Relaxed);
        }
        if !(done && begins) {
            // What was not begun does not count.
            self.floods.forget(first.id);
        }
        answer
    }

    /// The form that stands before a new conversation of his, as the site's line stands.
    fn first_form(&self, at: &EntryPoint, from: &Customer) -> Form {
        let forms = self.centre().forms_of(self.department_of_line(at.department.as_ref()).as_ref());
        first_form(&forms, self.line(at.department.as_ref(), from.language.as_deref()))
    }

    /// The forms that his page shows: those before a conversation, unless `dialog` goes on, and the one he is asked by.
    pub fn forms_for(&self, at: &EntryPoint, customer: &Customer, dialog: Option<&Standing>) -> ContactForms {
        let centre = self.centre();
        let goes_on = dialog.filter(|dialog| !dialog.state.is_final());
        let of_dialog = goes_on.map(|dialog| dialog.department.clone());
        let department = of_dialog.unwrap_or_else(|| self.department_of_line(at.department.as_ref()));
        let forms = centre.forms_of(department.as_ref());
        let first =
            |line| if goes_on.is_some() { Vec::new() } else { first_form(&forms, line).asked_of(customer, false) };
        ContactForms {
            offline: first(OnlineState::Offline),
            first_question: first(OnlineState::Online),
            contacts_request: forms.form(FormMode::ContactsRequest).asked_of(customer, true),
        }
    }

    /// What a customer's page does besides writing. Without a dialog it is nothing.
    ///
    /// # Errors
    /// [`Later`], if it could not be tried.
    pub async fn customer_acts(&self, customer: CustomerId, command: Command) -> Retried {
        let ask = Ask::about(About::DialogOf(customer));
        self.settle(ask, |found, moment| decide_on(found, command.clone(), moment)).await
    }

    /// What a customer's page does to a dialog that it names, and that may be closed for good: rating it.
    ///
    /// # Errors
    /// [`Later`], if it could not be tried.
    pub async fn customer_acts_on(&self, customer: CustomerId, dialog: DialogId, command: Command) -> Retried {
        let ask = Ask::about(About::Dialog(dialog));
        self.settle(ask, |found, moment| {
            decide_on(found.filter(|found| found.row.customer.id == customer), command.clone(), moment)
        })
        .await
    }

    /// What a dialog of this customer begins with, if he has none.
    pub(super) async fn first(
        &self,
        from: Customer,
        page: Option<&Page>,
        opening: Opening,
    ) -> Result<First, StoreError> {
        let wrote_before = self.store.has_written(self.workspace.id, from.id).await?;
        let (id, customer_at, has_push) = (DialogId(Uuid::now_v7()), None, false);
        Ok(First { id, from, page: page.cloned(), wrote_before, customer_at, has_push, opening })
    }

    /// What a dialog begins with that is not begun by the customer: he may have said something not long ago, and some
    /// channels carry nothing to whoever has not.
    pub(super) async fn first_words_to(&self, whom: Customer, opening: Opening) -> Result<First, StoreError> {
        let earlier = self.store.dialogs_of(self.workspace.id, whom.id, None, EARLIER).await?;
        let customer_at = earlier.iter().filter_map(|dialog| dialog.life.customer_at).max();
        let newest = earlier.iter().max_by_key(|dialog| dialog.row.number);
        let has_push = newest.is_some_and(|dialog| dialog.life.has_push);
        Ok(First { customer_at, has_push, ..self.first(whom, None, opening).await? })
    }

    /// Who answers a new dialog first, if no script says: a bot that is at work, or whoever takes it.
    pub(super) fn first_answerer(&self, department: Option<&DepartmentKey>) -> Start {
        let centre = self.centre();
        if centre.bots.is_empty() {
            return Start::Queue;
        }
        let takes = |bot: &Bot| {
            bot.departments.is_empty() || department.is_some_and(|department| bot.departments.contains(department))
        };
        let at_work =
            |face: &OperatorFace| !face.disabled && face.post.is_bot && face.status != OperatorStatus::Offline;
        let bots = self.directory.read().faces().into_iter().filter(at_work);
        let mut named = bots.filter_map(|face| Some((face.id, centre.bots.get(face.bot_login.as_ref()?)?)));
        named.find(|(_, bot)| takes(bot)).map_or(Start::Queue, |(id, _)| Start::Bot { id })
    }

    /// The bot that answers first, as somewhere to send a dialog; nothing, if people do.
    pub(super) fn first_bot(&self, department: Option<&DepartmentKey>) -> Option<Target> {
        match self.first_answerer(department) {
            Start::Bot { id } => Some(Target::Bot { bot: self.directory.read().bot(id), scenario: None }),
            Start::Router | Start::Queue | Start::Invitation => None,
        }
    }

    pub(super) fn new_dialog(&self, first: &First, suspicious: bool, moment: &Moment<'_>) -> DialogAggregate {
        let First { id, from, page, wrote_before, customer_at, has_push, opening } = first.clone();
        let reach = match opening.start {
            // A page of his that is connected to another process is told of by that one, as soon as it hears of this.
            Start::Invitation if has_push => Reach::ByPush,
            Start::Invitation if !self.is_here(from.id) => Reach::Away,
            // Whoever writes is here.
            Start::Invitation | Start::Router | Start::Bot { .. } | Start::Queue => Reach::Here,
        };
        let weights = &moment.centre.distribution.weights;
        DialogAggregate::begin(Beginning {
            id,
            channel: self.channel.read().id,
            operator_online: self.is_there_for(opening.department.as_ref(), from.language.as_deref()),
            customer: from,
            page: page.map(|page| page_without_cards(page, moment.centre)),
            wrote_before,
            customer_at,
            department: opening.department,
            weight: weights.get(moment.carrier.key).copied().unwrap_or(ORDINARY_WEIGHT),
            start: opening.start,
            suspicious,
            reach,
            at: moment.now,
        })
    }
}
