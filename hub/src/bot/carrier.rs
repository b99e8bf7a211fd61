//! Carries out the errands that go to bots, routers and webhooks: asks, and has the office do what the answer wants.

use super::{
    Act, KeywordBot, Outgoing, Post, Question, Turn, ask,
    external::{AskedCustomer, AskedDialog, AskedMessage},
};
use crate::{
    centre::{BotKind, Centre, render},
    day::errands::{Carried, Carrier},
    desk::{BotFace, Command, DialogAggregate, Target},
    office::{Granted, Later, Office, Wishes},
    store::{AuditLine, Errand, ErrandKind, OperatorRow, StoreError, key},
};
use async_trait::async_trait;
use otklik_model::{
    Author, ClientId, DialogId, DialogState, Message, MessageKind, OperatorId, OperatorStatus, Refusal,
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// The longest conversation that a bot is told of, in messages.
pub(super) const HEARD: u32 = 100;
/// The wait before a bot is asked again; it doubles with each further time.
pub(super) const FIRST_WAIT: Duration = Duration::from_secs(1);
/// A webhook is given up after so many tries, the last of them about a day after the first.
const WEBHOOK_TRIES: u32 = 150;
/// A webhook answers within.
const WEBHOOK_LIMIT: Duration = Duration::from_secs(10);
/// Nobody reads what a webhook answers.
const WEBHOOK_BYTES: usize = 64 * 1024;

/// Speaks with bots, routers and webhooks.
#[derive(Debug)]
pub struct BotCarrier {
    pub(super) outgoing: Outgoing,
}

/// A bot that leads a dialog, and what it has heard there.
struct Led {
    dialog: DialogAggregate,
    bot: OperatorRow,
    kind: Option<BotKind>,
    /// Since it got the dialog, oldest first.
    messages: Vec<Message>,
    /// The configuration in force.
    centre: Arc<Centre>,
    /// The channel's key.
    channel: String,
}

#[async_trait]
impl Carrier for BotCarrier {
    fn carries(&self, kind: &ErrandKind) -> bool {
        match kind {
            ErrandKind::AskBot { .. } | ErrandKind::AskRouter { .. } | ErrandKind::Webhook { .. } => true,
            ErrandKind::Transcript { .. }
            | ErrandKind::TellOfScript { .. }
            | ErrandKind::TellOfRating { .. }
            | ErrandKind::TellOfRequest { .. }
            | ErrandKind::ScanFile { .. }
            | ErrandKind::FileSent { .. }
            | ErrandKind::Scrub { .. }
            | ErrandKind::ForgetWords { .. }
            | ErrandKind::DropFile { .. } => false,
        }
    }

    async fn carry(&self, office: &Arc<Office>, errand: &Errand) -> Carried {
        let carried = match &errand.kind {
            ErrandKind::AskBot { dialog, bot, .. } => self.ask_bot(office, errand, *dialog, *bot).await,
            ErrandKind::AskRouter { dialog, epoch } => self.ask_router(office, errand, *dialog, *epoch).await,
            ErrandKind::Webhook { address, body } => Ok(self.tell(office, errand, address, body).await),
            ErrandKind::Transcript { .. }
            | ErrandKind::TellOfScript { .. }
            | ErrandKind::TellOfRating { .. }
            | ErrandKind::TellOfRequest { .. }
            | ErrandKind::ScanFile { .. }
            | ErrandKind::FileSent { .. }
            | ErrandKind::Scrub { .. }
            | ErrandKind::ForgetWords { .. }
            | ErrandKind::DropFile { .. } => Ok(Carried::Failed { why: "it is no errand of a bot".to_owned() }),
        };
        carried.unwrap_or_else(|later| Carried::Again {
            after: Some(Duration::from_millis(later.after_ms)),
            why: "the store cannot answer, or is contended".to_owned(),
        })
    }
}

impl BotCarrier {
    /// Speaks over these connections.
    #[must_use]
    pub fn new(outgoing: Outgoing) -> Self {
        Self { outgoing }
    }

    async fn ask_bot(
        &self,
        office: &Arc<Office>,
        errand: &Errand,
        dialog: DialogId,
        bot: OperatorId,
    ) -> Result<Carried, Later> {
        let Some(led) = Led::load(office, dialog, bot).await? else { return Ok(Carried::Done) };
        if !led.is_waited_for() {
            return Ok(Carried::Done);
        }
        let acts = match &led.kind {
            Some(kind @ BotKind::Keyword { .. }) if led.is_at_work() => Ok(led.keyword_acts(kind, office)),
            Some(BotKind::External { address, secret, answer_ms, retries }) if led.is_at_work() => {
                let limit = Duration::from_millis((*answer_ms).into());
                let question = led.question(errand.id);
                match ask(&self.outgoing, address, secret, limit, &question, office.now()).await {
                    Err(why) if why.is_passing() && errand.attempts < *retries => {
                        let after = Some(FIRST_WAIT.saturating_mul(1 << errand.attempts.min(6)));
                        return Ok(Carried::Again { after, why: why.to_string() });
                    }
                    answer => answer.map_err(|why| why.to_string()),
                }
            }
            Some(BotKind::Keyword { .. } | BotKind::External { .. }) => Err("the bot is off".to_owned()),
            None => Err("the bot is in no configuration".to_owned()),
        };
        led.settle(office, errand, acts).await
    }

    async fn tell(&self, office: &Office, errand: &Errand, address: &str, body: &serde_json::Value) -> Carried {
        let body = body.to_string().into_bytes();
        let now = office.now();
        let (limit, most_bytes) = (WEBHOOK_LIMIT, WEBHOOK_BYTES);
        let centre = office.centre();
        let secret = Some(centre.webhooks.secret.as_str()).filter(|secret| !secret.is_empty());
        let post = Post { address, secret, id: errand.id, body: &body, limit, most_bytes, now };
        match self.outgoing.post(post).await {
            Ok(_) => Carried::Done,
            Err(why) if why.is_passing() && errand.attempts < WEBHOOK_TRIES => {
                Carried::Again { after: None, why: why.to_string() }
            }
            Err(why) => Carried::Failed { why: why.to_string() },
        }
    }
}

impl Led {
    /// Nothing, if the bot does not lead the dialog any more.
    async fn load(office: &Office, id: DialogId, bot: OperatorId) -> Result<Option<Self>, StoreError> {
        let workspace = office.workspace.id;
        let Some(dialog) = office.store.dialog(workspace, id).await? else { return Ok(None) };
        if dialog.row.state != DialogState::Bot || dialog.row.bot != Some(bot) {
            return Ok(None);
        }
        let Some(bot) = office.store.operator(workspace, bot).await? else { return Ok(None) };
        let last = dialog.row.last_seq;
        let mut messages = office.store.messages(workspace, id, 1, last, HEARD).await?;
        if let Some(given) = messages.iter().rposition(is_given) {
            messages.drain(..=given);
        }
        let centre = office.centre();
        let kind = centre.bots.get(&bot.login).map(|bot| bot.kind.clone());
        Ok(Some(Self { dialog, bot, kind, messages, centre, channel: office.rule_key().to_owned() }))
    }

    /// Online or on a break: a bot may work while the site shows that nobody is there. Only offline stops it.
    fn is_at_work(&self) -> bool {
        !self.bot.disabled && self.bot.status != OperatorStatus::Offline
    }

    /// Whether anything has been said since it last spoke, or it was given the dialog and has not spoken yet.
    fn is_waited_for(&self) -> bool {
        let said = self.messages.iter().rev().find_map(|message| match &message.author {
            Author::Customer => Some(true),
            Author::Bot { .. } => Some(false),
            Author::Operator { .. } | Author::System | Author::Unknown => None,
        });
        said.unwrap_or(true)
    }

    fn keyword_acts(&self, kind: &BotKind, office: &Office) -> Vec<Act> {
        let customer = &self.dialog.row.customer;
        let language = customer.language.as_deref().unwrap_or(&self.centre.language);
        let entered = Turn::Entered { scenario: self.dialog.life.scenario.as_deref() };
        let turns: Vec<Turn<'_>> = std::iter::once(entered)
            .chain(self.messages.iter().filter_map(|message| match &message.author {
                Author::Customer => Some(Turn::Customer(&message.text)),
                Author::Bot { .. } => Some(Turn::Bot),
                Author::Operator { .. } | Author::System | Author::Unknown => None,
            }))
            .collect();
        let variables = self.centre.variables(&self.dialog.row, language, office.now());
        let acts = KeywordBot::new(kind, language).map(|bot| bot.answer(&turns)).unwrap_or_default();
        let rendered = acts.into_iter().map(|act| match act {
            Act::Say { text, answers } => Act::Say { text: render(&text, &variables), answers },
            Act::HandOver { .. } | Act::Close => act,
        });
        rendered.collect()
    }

    fn question(&self, request: Uuid) -> Question {
        let row = &self.dialog.row;
        Question {
            request,
            bot: self.bot.login.clone(),
            dialog: AskedDialog {
                id: row.id.0,
                number: row.number,
                channel: self.channel.clone(),
                department: row.department.as_ref().map(ToString::to_string),
                scenario: self.dialog.life.scenario.clone(),
            },
            customer: AskedCustomer::of(&row.customer),
            messages: self.messages.iter().filter_map(AskedMessage::of).collect(),
        }
    }

    /// Has the answer carried out; without a good one people take over, and administrators are told why.
    async fn settle(&self, office: &Office, errand: &Errand, acts: Result<Vec<Act>, String>) -> Result<Carried, Later> {
        let why = match acts {
            Ok(acts) => match self.grant(office, errand, &acts).await? {
                Granted::Done | Granted::Outdated => return Ok(Carried::Done),
                // Somebody else has it by now.
                Granted::Refused(Refusal::NotYourDialog { .. } | Refusal::DialogClosed | Refusal::NotFound) => {
                    return Ok(Carried::Done);
                }
                Granted::Refused(refusal) => format!("its answer is refused: {refusal:?}"),
            },
            Err(why) => why,
        };
        let give_up = [Act::HandOver { operator: None, department: None, silence: false }];
        office.remember_trouble("bot.gave_up", &why);
        let audit = self.line("bot.gave_up", &why);
        match office.grant(self.dialog.row.id, &self.wishes(errand, &give_up, None, Some(audit))).await? {
            // The customer has written on: the bot is asked again, and may be back by then.
            Granted::Outdated | Granted::Refused(_) => Ok(Carried::Done),
            Granted::Done => Ok(Carried::Failed { why }),
        }
    }

    /// Has the acts carried out. Whom the bot names to go on with it gets it if he can be given it; if not, the department
    /// does as if nobody were named.
    async fn grant(&self, office: &Office, errand: &Errand, acts: &[Act]) -> Result<Granted, Later> {
        let (row, mut audit) = (&self.dialog.row, None);
        if let Some(Act::HandOver { operator: Some(login), department, .. }) = acts.last() {
            let person = office.person_named(login, row, department.as_ref()).await?;
            if person == Target::Stranger {
                audit = Some(self.line("bot.wrong_operator", "it names an operator who does not work here"));
            } else {
                let granted = office.grant(row.id, &self.wishes(errand, acts, Some(person), None)).await?;
                if !matches!(granted, Granted::Refused(Refusal::TargetUnavailable | Refusal::LimitReached)) {
                    return Ok(granted);
                }
            }
        }
        office.grant(row.id, &self.wishes(errand, acts, None, audit)).await
    }

    fn line(&self, what: &str, why: &str) -> AuditLine {
        AuditLine {
            by: None,
            what: what.to_owned(),
            subject: self.bot.login.clone(),
            detail: json!({ "dialog": self.dialog.row.number, "why": why }),
        }
    }

    /// `person` is who goes on with it, if the bot named somebody who may be able to.
    fn wishes(&self, errand: &Errand, acts: &[Act], person: Option<Target>, audit: Option<AuditLine>) -> Wishes {
        let (bot, epoch) = (BotFace { id: self.bot.id, name: self.bot.name.clone() }, self.dialog.row.epoch);
        let mut commands = Vec::new();
        for act in acts {
            match act {
                Act::Say { text, answers } => commands.push(Command::BotSays {
                    bot: bot.clone(),
                    epoch,
                    text: text.clone(),
                    answers: answers.clone(),
                }),
                Act::HandOver { operator: _, department, silence } => {
                    let to_department = department.clone().map(Target::Department);
                    let (to, then) = match (to_department, person.clone()) {
                        // The department has it first, which is one change of hands.
                        (Some(department), Some(person)) => {
                            (department, Some(Command::Distribute { epoch: epoch + 1, to: person }))
                        }
                        (Some(target), None) | (None, Some(target)) => (target, None),
                        (None, None) => (Target::Queue, None),
                    };
                    let bot = bot.clone();
                    commands.push(Command::BotHandsOver { bot, epoch, to, silenced: *silence });
                    commands.extend(then);
                }
                Act::Close => commands.push(Command::BotCloses { bot: bot.clone(), epoch }),
            }
        }
        Wishes {
            commands,
            // The same errand does it once, however often it is begun.
            key: key(self.bot.id.0, ClientId(errand.id)),
            heard: self.dialog.row.last_seq,
            audit,
            errands: Vec::new(),
        }
    }
}

/// That the dialog was given to a bot: what was said before is between others.
fn is_given(message: &Message) -> bool {
    message.kind == MessageKind::System && message.text.starts_with("given_to_bot")
}
