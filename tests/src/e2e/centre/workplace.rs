//! An operator of the story: signs in over HTTP, works over the socket.

use super::link::{Belief, Link};
use anyhow::{Context, Result, bail, ensure};
use otklik_model::{
    Change, ClientId, Dialog, DialogId, DialogState, Op, Operator, OperatorId, OperatorStatus, Outcome, Refusal,
    TransferTarget,
};
use otklik_wire::{
    LoginAnswer, LoginRequest, VersionRange, encode,
    operator::{ByeCode, ClientFrame, Hello, HubFrame, Welcome},
};
use std::collections::{BTreeMap, VecDeque};
use uuid::Uuid;

/// What a workplace knows.
#[derive(Default)]
pub struct Seen {
    /// The answer to its hello.
    pub welcome: Option<Welcome>,
    /// Whether the first picture is complete.
    pub complete: bool,
    /// Dialogs in sight.
    pub dialogs: BTreeMap<DialogId, Dialog>,
    /// Colleagues.
    pub operators: BTreeMap<OperatorId, Operator>,
    /// Everything that changed since it was last asked for.
    pub news: VecDeque<Change>,
    answers: BTreeMap<ClientId, Outcome>,
    /// Commands to be sent again.
    put_off: Vec<ClientId>,
    bye: Option<ByeCode>,
}

impl Seen {
    /// The dialog of this number, if it is in sight.
    #[must_use]
    pub fn number(&self, number: u64) -> Option<&Dialog> {
        self.dialogs.values().find(|row| row.number == number)
    }

    fn take(&mut self, change: Change) {
        match &change {
            Change::DialogUpserted(row) => drop(self.dialogs.insert(row.id, (**row).clone())),
            Change::DialogGone { dialog, .. } => drop(self.dialogs.remove(dialog)),
            Change::OperatorUpserted(row) => drop(self.operators.insert(row.id, row.clone())),
            _ => {}
        }
        self.news.push_back(change);
    }
}

impl Belief for Seen {
    type Frame = HubFrame;

    fn believe(&mut self, frame: HubFrame) {
        match frame {
            HubFrame::Welcome(welcome) => self.welcome = Some(*welcome),
            HubFrame::Snapshot { last, dialogs, operators, .. } => {
                self.dialogs.extend(dialogs.into_iter().map(|row| (row.id, row)));
                self.operators.extend(operators.into_iter().map(|row| (row.id, row)));
                self.complete |= last;
            }
            HubFrame::Events { changes, .. } => changes.into_iter().for_each(|change| self.take(change)),
            HubFrame::Result { id, outcome } => drop(self.answers.insert(id, outcome)),
            HubFrame::Retry { id, .. } => self.put_off.push(id),
            HubFrame::Bye { code, .. } => self.bye = Some(code),
            _ => {}
        }
    }

    fn summary(&self) -> String {
        let rows = self.dialogs.values().map(|row| {
            let whose = row.assignee_name.as_deref().unwrap_or("nobody");
            format!("№{} {:?} {:?} {whose}", row.number, row.state, row.current_state)
        });
        let people = self.operators.values().map(|row| format!("{} {:?}", row.name, row.status));
        format!("{:?}; {:?}; bye {:?}", rows.collect::<Vec<_>>(), people.collect::<Vec<_>>(), self.bye)
    }
}

/// Somebody who answers.
pub struct Workplace {
    /// The name colleagues and customers see.
    pub name: &'static str,
    /// Who.
    pub id: OperatorId,
    hub: String,
    token: String,
    link: Link<Seen>,
}

impl Workplace {
    /// Signs in and opens the workplace.
    ///
    /// # Errors
    /// The hub does not let him in.
    pub async fn open(hub: &str, login: &str, name: &'static str, password: &str) -> Result<Self> {
        let request = LoginRequest {
            workspace: None,
            login: login.to_owned(),
            password: password.to_owned(),
            device: "story".to_owned(),
        };
        let answer = post(&format!("{hub}/api/v1/login"), None, encode(&request)).await?;
        let LoginAnswer { token, operator } = serde_json::from_str(&answer).context("no answer to a login")?;
        Self::connect(hub, name, operator.id, token).await
    }

    async fn connect(hub: &str, name: &'static str, id: OperatorId, token: String) -> Result<Self> {
        let client = "story 1".to_owned();
        let hello = Hello {
            protocol: VersionRange::OURS,
            token: token.clone(),
            client,
            resume: None,
            handbook: None,
            renews: false,
        };
        let address = format!("{}/api/v1/operator", hub.replacen("http", "ws", 1));
        let link = Link::<Seen>::open(&address, &ClientFrame::Hello(hello)).await?;
        link.until(&format!("{name} is welcome"), |seen| seen.complete.then_some(())).await?;
        Ok(Self { name, id, hub: hub.to_owned(), token, link })
    }

    /// Its connection breaks off without a word.
    #[must_use]
    pub fn dies(self) -> Dead {
        Dead { name: self.name, id: self.id, hub: self.hub, token: self.token }
    }

    /// What it knows and learns.
    pub fn link(&self) -> &Link<Seen> {
        &self.link
    }

    /// Asks for something and waits for the answer.
    ///
    /// # Errors
    /// None comes.
    pub async fn ask(&self, op: Op) -> Result<Result<(), Refusal>> {
        let id = ClientId(Uuid::now_v7());
        let command = ClientFrame::Command { id, op };
        self.link.send(&command)?;
        loop {
            let answer = self
                .link
                .until(&format!("{} gets an answer", self.name), |seen| {
                    if let Some(place) = seen.put_off.iter().position(|put_off| *put_off == id) {
                        seen.put_off.swap_remove(place);
                        return Some(None);
                    }
                    seen.answers.get(&id).cloned().map(Some)
                })
                .await?;
            match answer {
                Some(Outcome::Done { .. }) => return Ok(Ok(())),
                Some(Outcome::Refused { reason }) => return Ok(Err(reason)),
                None => self.link.send(&command)?,
            }
        }
    }

    /// Asks for something that has to be done.
    ///
    /// # Errors
    /// It is refused.
    pub async fn do_it(&self, op: Op) -> Result<()> {
        if let Err(reason) = self.ask(op.clone()).await? {
            bail!("{}: {op:?} was refused: {reason:?}", self.name);
        }
        Ok(())
    }

    /// The dialog of this number with the epoch in which he sees it.
    ///
    /// # Errors
    /// He does not see it.
    pub async fn dialog(&self, number: u64) -> Result<(DialogId, u64)> {
        let what = format!("{} sees №{number}", self.name);
        self.link.until(&what, |seen| seen.number(number).map(|row| (row.id, row.epoch))).await
    }

    /// Accepts.
    ///
    /// # Errors
    /// It is refused.
    pub async fn accept(&self, number: u64) -> Result<()> {
        let (dialog, epoch) = self.dialog(number).await?;
        self.do_it(Op::Accept { dialog, epoch }).await?;
        // What he does next is done with the epoch that accepting made.
        let me = self.id;
        let what = format!("{} leads №{number}", self.name);
        let leads = |seen: &mut Seen| {
            seen.number(number).filter(|row| row.assignee == Some(me) && row.state == DialogState::Active).map(drop)
        };
        self.link.until(&what, leads).await
    }

    /// Writes to the customer.
    ///
    /// # Errors
    /// It is refused.
    pub async fn say(&self, number: u64, text: &str) -> Result<()> {
        let (dialog, epoch) = self.dialog(number).await?;
        self.do_it(Op::SendText { dialog, epoch, text: text.to_owned(), quote: None }).await
    }

    /// Closes.
    ///
    /// # Errors
    /// It is refused.
    pub async fn close(&self, number: u64) -> Result<()> {
        let (dialog, epoch) = self.dialog(number).await?;
        self.do_it(Op::Close { dialog, epoch }).await
    }

    /// Gives a dialog away.
    ///
    /// # Errors
    /// No answer comes.
    pub async fn transfer(&self, number: u64, to: TransferTarget) -> Result<Result<(), Refusal>> {
        let (dialog, epoch) = self.dialog(number).await?;
        self.ask(Op::Transfer { dialog, epoch, to }).await
    }

    /// Chooses his own status.
    ///
    /// # Errors
    /// It is refused.
    pub async fn status(&self, status: OperatorStatus) -> Result<()> {
        self.do_it(Op::SetStatus { status }).await
    }
}

/// A workplace without a connection.
pub struct Dead {
    name: &'static str,
    id: OperatorId,
    hub: String,
    token: String,
}

impl Dead {
    /// It is connected again, with the sign-in it had.
    ///
    /// # Errors
    /// The hub does not let him in.
    pub async fn revive(self) -> Result<Workplace> {
        Workplace::connect(&self.hub, self.name, self.id, self.token).await
    }
}

async fn post(address: &str, token: Option<&str>, body: String) -> Result<String> {
    // The second to install it finds it installed: either way it is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut request = reqwest::Client::new().post(address).header("content-type", "application/json").body(body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await?;
    ensure!(answer.status().is_success(), "{address} answers {}", answer.status());
    Ok(answer.text().await?)
}
