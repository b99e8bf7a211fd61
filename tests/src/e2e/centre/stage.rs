//! The stage of the story: a real hub whose clock is moved by hand, somebody who sees everything, and the protocol.

use super::page::{Away, Page};
use super::protocol::{Protocol, clock};
use super::workplace::{Seen, Workplace};
use anyhow::{Context, Result, bail};
use otklik_hub::{
    Clock, Hands, Hub, HubConfig, RunningHub, StoreAddress,
    centre::{Centre, Post, Teams, grants_of},
    open_store,
    store::{Commit, OperatorRow, Store, Work},
    users::Users,
};
use otklik_model::{Dialog, DialogState, Op, OperatorId, OperatorStatus, Outcome, Presence, Seq, Stamp, WorkspaceId};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Midnight of Monday, 2 March 2026, in Moscow.
const MIDNIGHT: Stamp = Stamp(1_772_398_800_000);
/// The hub notices a connection that is gone within.
const NOTED: Duration = Duration::from_secs(20);
const PASSWORD: &str = "correct horse battery";

/// The stage.
pub struct Stage {
    hub: RunningHub,
    clock: Clock,
    hands: Hands,
    witness: Workplace,
    protocol: Protocol,
    /// The customers who are on the site, by the number of their dialog.
    pages: BTreeMap<u64, Page>,
    store: Arc<dyn Store>,
    workspace: WorkspaceId,
}

/// Somebody of the staff.
pub struct Member {
    /// What he signs in with.
    pub login: &'static str,
    /// The name shown.
    pub name: &'static str,
    /// What he does here.
    pub post: Post,
}

impl Stage {
    /// Writes the centre's rules and its staff into the hub's database and starts the hub. The first of the staff
    /// sees everything, and is the witness.
    ///
    /// # Errors
    /// The hub does not start.
    pub async fn open(folder: &Path, address: StoreAddress, centre: Centre, staff: &[Member]) -> Result<Self> {
        let (clock, hands) = Clock::by_hand(MIDNIGHT);
        let mut config = HubConfig::embedded(folder.to_owned(), None);
        config.clock = clock.clone();
        config.store = address;
        config.timing.look = Duration::from_millis(20);
        config.timing.customer_grace = Duration::ZERO;
        let (store, workspace) = prepare(&config, centre, staff).await?;
        let hub = Hub::start(config).await?;
        let first = staff.first().context("nobody works here")?;
        let witness = Workplace::open(hub.public_address(), first.login, first.name, PASSWORD).await?;
        let mut protocol = Protocol::default();
        protocol.chapter("A day at the centre: Monday, 2 March 2026");
        // The first lines are what the witness found, not what happened.
        witness.link().look().news.clear();
        Ok(Self { hub, clock, hands, witness, protocol, pages: BTreeMap::new(), store, workspace })
    }

    /// A part of the day begins.
    pub fn chapter(&mut self, title: &str) {
        self.protocol.chapter(title);
    }

    /// Lets the time pass until a time of the day, such as "09:00:30".
    ///
    /// # Errors
    /// It is past.
    pub fn at(&self, time: &str) -> Result<()> {
        let parts: Vec<i64> = time.split(':').map(str::parse).collect::<Result<_, _>>()?;
        let [hours, minutes, seconds] = parts[..] else { bail!("{time} is no time of the day") };
        let at = Stamp(MIDNIGHT.0 + ((hours * 60 + minutes) * 60 + seconds) * 1_000);
        if at < self.clock.now() {
            bail!("{time} is past: it is {}", clock(self.clock.now()));
        }
        self.hands.forward_to(at);
        Ok(())
    }

    /// The one who sees everything.
    pub fn witness(&self) -> &Workplace {
        &self.witness
    }

    /// Somebody of the staff opens his workplace.
    ///
    /// # Errors
    /// He is not let in.
    pub async fn comes(&mut self, member: &Member) -> Result<Workplace> {
        self.comes_as(member.login, member.name).await
    }

    /// The same, of whoever has this login and name.
    ///
    /// # Errors
    /// He is not let in.
    pub async fn comes_as(&mut self, login: &str, name: &'static str) -> Result<Workplace> {
        let workplace = Workplace::open(self.hub.public_address(), login, name, PASSWORD).await?;
        self.until_status(name, OperatorStatus::Online).await?;
        Ok(workplace)
    }

    /// The witness gives somebody of the staff another status, as administrators may.
    ///
    /// # Errors
    /// It is refused.
    pub async fn sets(&mut self, member: &Member, code: &str, status: OperatorStatus) -> Result<()> {
        let of = self.store.operator_by_login(self.workspace, member.login).await?.map(|row| row.id);
        self.witness.do_it(Op::ChooseStatus { code: code.parse()?, of }).await?;
        self.until_status(member.name, status).await
    }

    /// Waits until the hub has noted that an operator's connection is gone.
    ///
    /// # Errors
    /// The store fails, or it does not.
    pub async fn noted_as_gone(&self, operator: OperatorId) -> Result<()> {
        let gone = async {
            loop {
                let noted = self.store.attendance(self.workspace).await?;
                if noted.iter().any(|noted| noted.operator == operator && noted.left_at.is_some()) {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(NOTED, gone).await.context("the hub does not notice")?
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Stamp {
        self.clock.now()
    }

    /// The number of the dialog that waits in a department.
    ///
    /// # Errors
    /// None does.
    pub fn waiting(&self, department: &str) -> Result<u64> {
        let seen = self.witness.link().look();
        let waits = |row: &&Dialog| {
            row.state == DialogState::Queue && row.department.as_ref().is_some_and(|key| key.as_str() == department)
        };
        let number = seen.dialogs.values().find(waits).map(|row| row.number);
        number.with_context(|| format!("nothing waits in {department}"))
    }

    /// A customer opens the site and writes, and stays on the site. Returns the number of the dialog.
    ///
    /// # Errors
    /// The words are not taken.
    pub async fn begins(&mut self, name: &'static str, words: &str) -> Result<u64> {
        self.begins_at(name, words, None).await
    }

    /// The same, on a page of this department.
    ///
    /// # Errors
    /// The words are not taken.
    pub async fn begins_at(&mut self, name: &'static str, words: &str, department: Option<&str>) -> Result<u64> {
        let page = Page::open(self.hub.public_address(), name, department).await?;
        if let Some(refused) = page.write(words).await? {
            bail!("{name} may not write: {refused}");
        }
        let (dialog, number) = page.dialog().await?;
        self.protocol.introduce(dialog, name);
        self.until_row(number, "stored", |row| row.last_seq > 0).await?;
        self.pages.insert(number, page);
        Ok(number)
    }

    /// What the customer of a dialog sees.
    ///
    /// # Errors
    /// He is not on the site.
    pub fn page(&self, number: u64) -> Result<&Page> {
        self.pages.get(&number).with_context(|| format!("the customer of №{number} is not on the site"))
    }

    /// A customer writes once more.
    ///
    /// # Errors
    /// The words are not taken.
    pub async fn writes(&mut self, number: u64, words: &str) -> Result<()> {
        let before = self.look(number)?.last_seq;
        let page = self.page(number)?;
        if let Some(refused) = page.write(words).await? {
            bail!("{} may not write: {refused}", page.name);
        }
        self.until_row(number, words, |row| row.last_seq > before).await
    }

    /// A customer leaves the site.
    ///
    /// # Errors
    /// Nobody notices.
    pub async fn leaves(&mut self, number: u64) -> Result<Away> {
        let page = self.pages.remove(&number).with_context(|| format!("the customer of №{number} is not here"))?;
        let away = page.leave();
        self.until_row(number, "left", |row| row.left_at.is_some()).await?;
        Ok(away)
    }

    /// He comes back.
    ///
    /// # Errors
    /// Nobody notices.
    pub async fn returns(&mut self, away: Away, number: u64) -> Result<()> {
        self.pages.insert(number, away.come_back().await?);
        self.until_row(number, "back", |row| row.presence == Presence::OnSite).await
    }

    /// Waits until a dialog is like that, and writes down what happened until then.
    ///
    /// # Errors
    /// It does not come to be.
    pub async fn until_row(&mut self, number: u64, what: &str, so: impl Fn(&Dialog) -> bool) -> Result<()> {
        let what = format!("№{number}: {what}");
        self.until(&what, |seen| seen.number(number).is_some_and(&so)).await
    }

    /// Waits until somebody has a status, and writes down what happened until then.
    ///
    /// # Errors
    /// It does not come to be.
    pub async fn until_status(&mut self, name: &str, status: OperatorStatus) -> Result<()> {
        let so = |seen: &Seen| seen.operators.values().any(|row| row.name == name && row.status == status);
        self.until(&format!("{name} is {status:?}"), so).await
    }

    /// Waits until something is so, and writes down what happened until then.
    ///
    /// # Errors
    /// It does not come to be.
    pub async fn until(&mut self, what: &str, so: impl Fn(&Seen) -> bool) -> Result<()> {
        self.settle(what, false, so).await
    }

    /// The same, of what happens to many dialogs at once.
    ///
    /// # Errors
    /// It does not come to be.
    pub async fn until_all(&mut self, what: &str, so: impl Fn(&Seen) -> bool) -> Result<()> {
        self.settle(what, true, so).await
    }

    async fn settle(&mut self, what: &str, together: bool, so: impl Fn(&Seen) -> bool) -> Result<()> {
        let take = |seen: &mut Seen| so(seen).then(|| seen.news.drain(..).collect::<Vec<_>>());
        let news = self.witness.link().until(what, take).await?;
        self.protocol.tell(self.clock.now(), news, together);
        Ok(())
    }

    /// Writes down what the log does not show.
    pub fn note(&mut self, words: &str) {
        self.protocol.note(self.clock.now(), words);
    }

    /// A dialog as the witness sees it.
    ///
    /// # Errors
    /// He does not see it.
    pub fn look(&self, number: u64) -> Result<Dialog> {
        let seen = self.witness.link().look();
        seen.number(number).cloned().with_context(|| format!("№{number} is not in sight"))
    }

    /// Waits until somebody sees a dialog as the witness does.
    ///
    /// # Errors
    /// He does not see it.
    pub async fn seen_by(&self, who: &Workplace, number: u64) -> Result<()> {
        let rev = self.look(number)?.rev;
        let sees = |seen: &mut Seen| seen.number(number).filter(|row| row.rev >= rev).map(drop);
        who.link().until(&format!("{} sees №{number} as it stands", who.name), sees).await
    }

    /// Ends the day. Returns the protocol.
    pub async fn close(self) -> String {
        let Self { hub, witness, protocol, pages, .. } = self;
        drop((witness, pages));
        hub.stop().await;
        protocol.text().to_owned()
    }
}

async fn prepare(config: &HubConfig, centre: Centre, staff: &[Member]) -> Result<(Arc<dyn Store>, WorkspaceId)> {
    let users = Users::open(config).await?;
    let store = open_store(config, |_| {}).await?;
    let workspace = store.open_workspace("main").await?.id;
    let work = Work::Centre { version: 0, centre: Box::new(centre.clone()), by: None, note: String::new() };
    commit(&store, workspace, work).await?;
    for member in staff {
        users.add(member.login, member.name, Some(PASSWORD.to_owned().into()), None).await?;
        let row = store.operator_by_login(workspace, member.login).await?.context("nobody was added")?;
        let grants = grants_of(&member.post, &centre, &Teams::default());
        let row = Box::new(OperatorRow { post: member.post.clone(), grants, ..row });
        commit(&store, workspace, Work::Operator { row, rights_changed: true }).await?;
    }
    Ok((store, workspace))
}

async fn commit(store: &Arc<dyn Store>, workspace: WorkspaceId, work: Work) -> Result<()> {
    let done = Outcome::Done { at_seq: Seq(0), message: None };
    store.commit(Commit::new(workspace, MIDNIGHT, work, done)).await?;
    Ok(())
}
