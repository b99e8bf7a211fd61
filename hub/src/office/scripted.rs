//! Where a new dialog goes by the centre's script, and what its script would have done with dialogs of the past.

use super::{
    EntryPoint, Office,
    returned::Aside,
    turns::{Turn, candidate},
};
use crate::centre::{Centre, RoutingScript, in_language};
use crate::desk::{
    BotFace, Command, DialogAggregate, Event, Life, Moment, ReturnedWhy, Standing, Start, admits, assign::Candidate,
    decide, page_without_cards, words_without_cards,
};
use crate::script::{
    Decision, Recorded, Route, Scene, SceneBot, SceneCentre, SceneCustomer, SceneDepartment, SceneDialog,
    SceneOperator, ScenePage, ScriptTrouble, ScriptWorker, Task, Tried, try_on,
};
use crate::store::{AuditLine, Errand, ErrandKind, OperatorFace, StoreError};
use otklik_model::{
    Author, Customer, DepartmentKey, Dialog, DialogId, MessageKind, ORDINARY_WEIGHT, OnlineState, OperatorId,
    OperatorStatus, Page, Refusal, Stamp, excerpt,
};
use std::{collections::BTreeSet, time::Duration};
use uuid::Uuid;

/// How much of the customer's words a script sees, in Unicode scalar values.
const TEXT_CHARS: usize = 500;
/// Dialogs of the past that are looked at, closed ones among them as far back as this, in milliseconds.
const PAST_MS: i64 = 7 * 24 * 3_600_000;
/// Messages of a dialog among which its customer's first one is.
const FIRST: u32 = 10;
/// A trial ends after this time, with whatever was tried by then.
const TRIAL: Duration = Duration::from_secs(20);

/// How a new dialog begins.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    /// Who answers first.
    pub(super) start: Start,
    /// For which department.
    pub(super) department: Option<DepartmentKey>,
    /// For which department it was before a script chose another.
    begun_for: Option<DepartmentKey>,
    /// Where a bot's script goes on.
    scenario: Option<String>,
    /// To whom it is offered at once.
    to: Option<OperatorId>,
    /// What other systems are told of it.
    pub(super) errands: Vec<Errand>,
    /// What administrators are told.
    pub(super) audit: Option<AuditLine>,
    /// Held until it is stored, if it takes somebody's room.
    pub(super) turn: Option<Turn>,
}

impl Opening {
    /// By an operator.
    pub(super) fn invitation(department: Option<DepartmentKey>) -> Self {
        Self { department, ..Self::with(Start::Invitation) }
    }

    fn with(start: Start) -> Self {
        let (department, begun_for, scenario, to, audit, turn) = (None, None, None, None, None, None);
        Self { start, department, begun_for, scenario, to, errands: Vec::new(), audit, turn }
    }
}

/// What a script is asked about.
pub(super) struct Subject<'a> {
    /// The dialog; one that does not exist yet is imagined.
    pub(super) row: &'a Dialog,
    /// What is remembered of it; nothing of a new one.
    pub(super) life: Option<&'a Life>,
    /// The newest words.
    pub(super) words: Option<&'a str>,
    /// Why it is everybody's again.
    pub(super) returned: Option<ReturnedWhy>,
    /// Who is not to get it again at once.
    pub(super) passed: Option<&'a BTreeSet<OperatorId>>,
}

impl Office {
    /// How a customer's dialog begins, if it is a new one: with the outside router, if the centre has one for it; else by
    /// the script, or by the built-in rule where there is none, where it leaves that open or fails.
    pub(super) async fn opening(
        &self,
        from: &Customer,
        at: &EntryPoint,
        what: &Command,
    ) -> Result<Opening, StoreError> {
        let centre = self.centre();
        let department = centre.department_of_new(at.department.as_ref(), self.rule_key());
        if centre.asks_router(department.as_ref()) {
            // What the router leaves open the script and the built-in rule decide then.
            let begun_for = department.clone();
            return Ok(Opening { department, begun_for, ..Opening::with(Start::Router) });
        }
        let scripted = match &centre.script {
            // A dialog that goes on is where it was; one that comes back is asked about then.
            Some(script) if self.store.dialog_of(self.workspace.id, from.id).await?.is_none() => Some(script),
            Some(_) | None => None,
        };
        let opening = match scripted {
            Some(script) => self.opening_by_script(script, from, at, what, department.clone()).await?,
            None => self.built_in(department.clone()),
        };
        Ok(Opening { begun_for: department, ..opening })
    }

    /// How a dialog begins that is one of a flood: in the queue, and nobody is asked where it goes.
    pub(super) fn opening_in_shadow(&self, at: &EntryPoint) -> Opening {
        let department = self.centre().department_of_new(at.department.as_ref(), self.rule_key());
        Opening { begun_for: department.clone(), department, ..Opening::with(Start::Queue) }
    }

    fn built_in(&self, department: Option<DepartmentKey>) -> Opening {
        let start = self.first_answerer(department.as_ref());
        Opening { department, ..Opening::with(start) }
    }

    async fn opening_by_script(
        &self,
        script: &RoutingScript,
        from: &Customer,
        at: &EntryPoint,
        what: &Command,
        department: Option<DepartmentKey>,
    ) -> Result<Opening, StoreError> {
        let centre = self.centre();
        let bots = self.bots(&centre).await?;
        // Before anything is decided: a script's tasks tell others of it.
        let words = if let Command::CustomerWrites { text, .. } = what { Some(text) } else { None };
        let words = words.map(|text| words_without_cards(text, &centre));
        let page = at.page.clone().map(|page| page_without_cards(page, &centre));
        let row = self.imagined(from, page, department.clone());
        let subject = Subject { row: &row, life: None, words: words.as_deref(), returned: None, passed: None };
        let (route, Aside { errands, audit, turn }) = self.ask(script, &subject, &bots, None).await?;
        Ok(Opening { errands, audit, turn, ..self.opening_by(route, department, &bots) })
    }

    fn opening_by(
        &self,
        route: Option<Route>,
        department: Option<DepartmentKey>,
        bots: &[(SceneBot, OperatorId)],
    ) -> Opening {
        let queued = |department| Opening { department, ..Opening::with(Start::Queue) };
        match route {
            None => self.built_in(department),
            Some(Route::Queue) => queued(department),
            Some(Route::Department { department }) => queued(Some(department)),
            Some(Route::Operator { operator }) => Opening { to: Some(operator), ..queued(department) },
            Some(Route::Bot { bot, scenario }) => match bots.iter().find(|(known, _)| known.login == bot) {
                Some((_, id)) => Opening { scenario, start: Start::Bot { id: *id }, ..queued(department) },
                None => queued(department),
            },
        }
    }

    /// Asks the script where a dialog goes, when it is its turn or in the turn that is `held`. Whatever goes wrong is
    /// told, and the built-in rule decides.
    pub(super) async fn ask(
        &self,
        script: &RoutingScript,
        subject: &Subject<'_>,
        bots: &[(SceneBot, OperatorId)],
        held: Option<Turn>,
    ) -> Result<(Option<Route>, Aside), StoreError> {
        let turn = match held {
            Some(turn) => Ok(turn),
            None => self.turn_of_script().await,
        };
        let answer = match &turn {
            Ok(_) => self.ask_in_turn(script, subject, bots).await?,
            Err(trouble) => Err(trouble.clone()),
        };
        match answer {
            Ok(Decision { route, tasks }) => {
                let errands = tasks.into_iter().map(|task| webhook(task, self.now())).collect();
                // The next one need not wait for the store where nobody's room was taken.
                let turn = turn.ok().filter(|_| matches!(route, Some(Route::Operator { .. })));
                Ok((route, Aside { errands, audit: None, turn }))
            }
            Err(trouble) => {
                drop(turn);
                tracing::warn!(%trouble, "the built-in rule gives a dialog out in the script's place");
                Ok((None, self.tell_of_script(&trouble).await?))
            }
        }
    }

    /// Asks with everybody as he is now; once more, if the operator who was chosen had room and has none any more.
    async fn ask_in_turn(
        &self,
        script: &RoutingScript,
        subject: &Subject<'_>,
        bots: &[(SceneBot, OperatorId)],
    ) -> Result<Result<Decision, ScriptTrouble>, StoreError> {
        let centre = self.centre();
        let weight = subject.row.weight;
        let mut again = true;
        loop {
            self.read_ahead().await?;
            let scene = self.scene(&centre, subject, bots);
            let free = scene.operators.iter().filter(|operator| operator.room >= weight).map(|operator| operator.id);
            let free: BTreeSet<OperatorId> = free.collect();
            let answer = self.scripts.route(script, scene).await;
            let chosen = match &answer {
                Ok(Decision { route: Some(Route::Operator { operator }), .. }) => Some(*operator),
                Ok(_) | Err(_) => None,
            };
            let Some(chosen) = chosen else { return Ok(answer) };
            // It may have taken its time.
            self.read_ahead().await?;
            let room = self.directory.read().colleague(chosen).map_or(0, |colleague| colleague.room);
            if !again || room >= weight || !free.contains(&chosen) {
                return Ok(answer);
            }
            again = false;
        }
    }

    /// What a new dialog's first decision comes to: the customer's words, and that it is offered to somebody at once.
    pub(super) fn begin(
        &self,
        mut dialog: DialogAggregate,
        opening: &Opening,
        what: Command,
        moment: &Moment<'_>,
    ) -> Result<(DialogAggregate, Vec<Event>), Refusal> {
        dialog.life.scenario.clone_from(&opening.scenario);
        dialog.life.begun_for.clone_from(&opening.begun_for);
        let mut events = decide(&dialog, what, moment)?;
        if let Some(to) = opening.to {
            let mut scratch = dialog.clone();
            events.iter().for_each(|event| scratch.apply(event));
            let target = self.chosen(to, &scratch.row);
            let give = Command::Distribute { epoch: scratch.row.epoch, to: target };
            let moment = Moment { ids: super::settle::fresh_ids(), ..*moment };
            // Whom it cannot be offered to any more does not get it: it waits for everybody.
            events.extend(decide(&scratch, give, &moment).unwrap_or_default());
        }
        Ok((dialog, events))
    }

    /// What a new script would do with dialogs of the last week, beside what the one in force does: the newest
    /// `limit`, or as many as can be tried in twenty seconds, with everybody as he is now. Nothing is changed, and
    /// nobody is told.
    ///
    /// # Errors
    /// The store fails.
    pub async fn try_script(&self, new: Option<&RoutingScript>, limit: usize) -> Result<Vec<Tried>, StoreError> {
        let centre = self.centre();
        let bots = self.bots(&centre).await?;
        let since = Stamp(self.now().0 - PAST_MS);
        let past = self.store.snapshot(self.workspace.id, since).await?.dialogs;
        let mut recorded = Vec::new();
        for dialog in past.iter().rev().take(limit) {
            recorded.push(self.recorded(&centre, dialog, &bots).await?);
        }
        // On a worker of its own: a trial that gets stuck costs no live dialog its script.
        Ok(try_on(&ScriptWorker::default(), &recorded, centre.script.as_ref(), new, TRIAL).await)
    }

    /// A dialog as a script would have seen it at its beginning: for the department it was begun for, and with the
    /// customer's first words.
    async fn recorded(
        &self,
        centre: &Centre,
        dialog: &DialogAggregate,
        bots: &[(SceneBot, OperatorId)],
    ) -> Result<Recorded, StoreError> {
        let row = &dialog.row;
        let department = centre.department_of_new(dialog.life.begun_for.as_ref(), self.rule_key());
        let begun = Dialog {
            number: row.number,
            page: row.page.clone(),
            weight: row.weight,
            start_state: row.start_state,
            department,
            ..Dialog::new(row.id, row.channel, row.customer.clone(), row.created_at)
        };
        let words = self.first_words(row.id).await?;
        let subject = Subject { row: &begun, life: None, words: words.as_deref(), returned: None, passed: None };
        Ok(Recorded { dialog: row.id, scene: self.scene(centre, &subject, bots) })
    }

    /// What the customer wrote first; nothing, if it was no text.
    async fn first_words(&self, dialog: DialogId) -> Result<Option<String>, StoreError> {
        let first = self.store.messages(self.workspace.id, dialog, 1, FIRST, FIRST).await?;
        let his = first.into_iter().find(|message| message.author == Author::Customer);
        Ok(his.filter(|message| message.kind == MessageKind::Text).map(|message| message.text))
    }

    /// A row for a dialog that does not exist yet.
    fn imagined(&self, from: &Customer, page: Option<Page>, department: Option<DepartmentKey>) -> Dialog {
        let channel = self.channel.read();
        let weight = self.centre().distribution.weights.get(self.rule_key()).copied().unwrap_or(ORDINARY_WEIGHT);
        let staffed = self.is_there_for(department.as_ref(), from.language.as_deref());
        let start_state = if staffed { OnlineState::Online } else { OnlineState::Offline };
        let id = DialogId(Uuid::nil());
        Dialog { page, weight, start_state, department, ..Dialog::new(id, channel.id, from.clone(), self.now()) }
    }

    pub(super) fn scene(&self, centre: &Centre, subject: &Subject<'_>, bots: &[(SceneBot, OperatorId)]) -> Scene {
        let (now, row) = (self.now(), subject.row);
        let standing = Standing::of(row);
        let directory = self.directory.read();
        let people = directory.faces().into_iter().filter(|face| !face.post.is_bot);
        let operators = people.map(|face| operator(&face, directory.load(face.id).weight, &standing));
        let shown = centre.shown_at(row.department.as_ref(), now);
        Scene {
            now: now.0,
            // The same for the same customer at the same time.
            seed: u32::try_from((row.customer.number ^ now.0.unsigned_abs()) & 0xffff_ffff).unwrap_or_default(),
            dialog: scene_dialog(subject, self.rule_key()),
            customer: scene_customer(&row.customer),
            operators: operators.collect(),
            departments: departments(centre, now),
            bots: bots.iter().map(|(bot, _)| bot.clone()).collect(),
            centre: SceneCentre {
                name: centre.name.clone(),
                open: centre.hours_at(row.department.as_ref(), now).open,
                hour: shown.map(|(_, hour)| hour),
                day: shown.map(|(day, _)| format!("{day:?}").to_lowercase()),
            },
        }
    }

    /// The bots of the configuration, with their accounts.
    pub(super) async fn bots(&self, centre: &Centre) -> Result<Vec<(SceneBot, OperatorId)>, StoreError> {
        let mut bots = Vec::new();
        for login in centre.bots.keys() {
            let Some(row) = self.store.operator_by_login(self.workspace.id, login).await? else { continue };
            let bot: Option<BotFace> = self.directory.read().bot(row.id);
            let ready = bot.is_some() && !row.disabled && row.status != OperatorStatus::Offline;
            bots.push((SceneBot { login: login.clone(), name: row.name, ready }, row.id));
        }
        Ok(bots)
    }
}

fn webhook(task: Task, now: Stamp) -> Errand {
    let Task { address, body } = task;
    Errand { id: Uuid::now_v7(), kind: ErrandKind::Webhook { address, body }, due_at: now, attempts: 0 }
}

fn operator(face: &OperatorFace, load: u32, standing: &Standing) -> SceneOperator {
    let Candidate { actor, status, may_accept, teams, most, last_accepted } = candidate(face);
    SceneOperator {
        id: actor.id,
        may_accept: may_accept && admits(&actor, standing),
        name: actor.name,
        status,
        load,
        most,
        room: most.saturating_sub(load),
        skills: teams,
        departments: actor.grants.departments,
        languages: face.post.languages.clone(),
        last_accepted_at: last_accepted.0,
    }
}

fn scene_dialog(subject: &Subject<'_>, channel: &str) -> SceneDialog {
    let Subject { row, life, words, returned, passed } = *subject;
    let language = row.customer.language.as_deref().and_then(|tag| tag.split(['-', '_']).next());
    SceneDialog {
        id: row.id.to_string(),
        number: row.number,
        channel: channel.to_owned(),
        department: row.department.clone(),
        language: language.map(str::to_lowercase),
        online: row.current_state == OnlineState::Online,
        started_online: row.start_state == OnlineState::Online,
        reopened: returned == Some(ReturnedWhy::Reopened),
        returned,
        operator: row.assignee.filter(|_| life.is_some()),
        last_operator: life.and_then(|life| life.last_operator),
        passed_by: passed.cloned().unwrap_or_default(),
        weight: row.weight,
        created_at: row.created_at.0,
        waiting_since: life.map_or(Some(row.created_at), |life| life.waiting_since).map(|since| since.0),
        category: row.category.as_ref().map(ToString::to_string),
        tags: row.tags.clone(),
        page: row.page.as_ref().map(|page| ScenePage { url: page.url.clone(), title: page.title.clone() }),
        text: words.map(|words| excerpt(words, TEXT_CHARS)),
    }
}

fn scene_customer(customer: &Customer) -> SceneCustomer {
    SceneCustomer {
        id: customer.id.to_string(),
        name: customer.name.clone(),
        number: customer.number,
        named: customer.named,
        language: customer.language.clone(),
        tags: customer.particulars.tags.clone(),
        variables: customer.particulars.variables.clone(),
        restricted: customer.particulars.restricted,
    }
}

fn departments(centre: &Centre, now: Stamp) -> Vec<SceneDepartment> {
    let open = centre.departments.iter().filter(|(_, department)| !department.disabled);
    open.map(|(key, department)| SceneDepartment {
        key: key.clone(),
        name: in_language(&department.names, None, &centre.language)
            .map_or_else(String::new, |(_, name)| name.to_owned()),
        open: centre.hours_at(Some(key), now).open,
    })
    .collect()
}
