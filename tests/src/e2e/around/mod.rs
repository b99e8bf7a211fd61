//! The window among the things around it: a tray, notifications that can be answered, a lock, sleep, and the end of the
//! day. The app is the real one; the desktop around it is played here, because no test machine has one.

mod bus;
mod machine;
mod papers;
mod popup_server;
mod releases;
mod settings;
mod tray_host;

use super::app::Installed;
use super::browser::Named;
use super::customer::Customer;
use super::hub_process::HubProcess;
use super::operator::Operator;
use super::patience::{SOON, until_true};
use super::pictures::Pictures;
use super::report::Report;
use super::story::Programs;
use super::windows::Elsewhere;
use anyhow::{Context, Result, ensure};
use bus::Bus;
use machine::Machine;
use popup_server::PopupServer;
use releases::Releases;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tray_host::TrayHost;

/// How the page calls the customer.
const PAVEL: &str = "Клиент 1";
const ASKS: &str = "Заказ 1408 не приехал. Где он?";
const ASKS_AGAIN: &str = "Он уже в городе?";
const ANSWER: &str = "Да, привезут сегодня.";
const SECRET: &str = "Мой телефон +7 900 123-45-67";
/// Statuses as the centre's dictionary calls them.
const HERE: &str = "В сети";
const AWAY: &str = "Офлайн-обращения";
/// What she has begun to write.
const DRAFT: &str = "черновик";
/// What a covered window says.
const COVERED: &str = "Экран закрыт";
const UNFINISHED: &str = "И ещё";
const LAST_WORD: &str = "Перезвоню вам завтра.";

/// What stands where the program's one file would be.
const OLD_IMAGE: &[u8] = b"the release of today";

fn image(out: &Path) -> PathBuf {
    out.join("data/Otklik.AppImage")
}

/// Whom the program is told to trust.
fn authority(out: &Path) -> PathBuf {
    out.join("data/authority.pem")
}

fn policy(out: &Path) -> PathBuf {
    out.join("data/policy.toml")
}

struct Scene {
    hub: HubProcess,
    bus: Bus,
    popups: PopupServer,
    machine: Machine,
    tray: Option<TrayHost>,
    elsewhere: Elsewhere,
    ira: Operator,
    releases: Releases,
    pavel: Option<Customer>,
    programs: Programs,
}

/// Plays the story; true if every step passed.
///
/// # Errors
/// The run could not begin.
pub async fn play(programs: &Programs) -> Result<bool> {
    let mut report = Report::default();
    let mut pictures = Pictures::new(&programs.out);
    let mut scene = Scene::set(programs).await?;
    if let Err(_already_told) = scene.play(&mut report, &mut pictures).await {
        pictures.take("failure").await?;
    }
    Ok(report.sum())
}

impl Scene {
    async fn set(programs: &Programs) -> Result<Self> {
        let (out, data) = (&programs.out, programs.out.join("data"));
        fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
        let bus = Bus::start(out).await?;
        let hub = HubProcess::prepare(&programs.hub, &data.join("hub"), &out.join("hub.log"))?;
        let installed = Installed {
            program: programs.app.clone(),
            data: data.join("ira"),
            hub: Some(hub.address()),
            logs: out.clone(),
            login: "ira".to_owned(),
            surroundings: bus
                .environment()
                .into_iter()
                .chain([("APPIMAGE", image(out).display().to_string())])
                .chain([("SSL_CERT_FILE", authority(out).display().to_string())])
                .collect(),
            flags: vec!["--policy".to_owned(), policy(out).display().to_string()],
        };
        let releases = Releases::open(&authority(out)).await?;
        settings::lay_down(out, &hub.address(), &releases, false)?;
        fs::write(image(out), OLD_IMAGE)?;
        Ok(Self {
            popups: PopupServer::open(&bus).await?,
            machine: Machine::open(&bus).await?,
            tray: Some(TrayHost::open(&bus).await?),
            elsewhere: Elsewhere::open(&out.join("elsewhere.log")).await?,
            ira: Operator::new("Ира", "крепкий чай и тихое утро", installed),
            releases,
            pavel: None,
            hub,
            bus,
            programs: programs.clone(),
        })
    }

    async fn play(&mut self, report: &mut Report, pictures: &mut Pictures) -> Result<()> {
        report.step("the icon is in the tray and tells how things stand", self.opening()).await?;
        report.step("the tray counts who waits, and leads there", self.tray_leads()).await?;
        pictures.take("from-the-tray").await?;
        report.step("a tray that was restarted has the icon and its counts again", self.tray_returns()).await?;
        report.step("the status is chosen in the tray", self.status_in_tray()).await?;
        pictures.take("status").await?;
        report.step("an answer is written in the notification", self.reply_in_popup()).await?;
        pictures.take("answered").await?;
        report.step("behind a locked screen nothing is read, and nobody's words are shown", self.locked()).await?;
        pictures.take("covered").await?;
        report
            .step("unlocking opens nothing by itself; a key does, and everything is there", self.opens_again())
            .await?;
        report.step("the machine wakes from sleep: connected at once", self.wakes()).await?;
        report.step("the machine goes down: it waits for the app, and nothing is lost", self.goes_down()).await?;
        pictures.take("the-next-day").await?;
        report
            .step("what the administrator has laid down cannot be changed, and says why", self.policy_holds())
            .await?;
        pictures.take("policy").await?;
        report.step("a key shows the window from anywhere", self.hotkey()).await?;
        report.step("the app starts with the system, in the tray", self.with_system()).await?;
        report.step("updates that are not what they should be are refused", self.bad_updates()).await?;
        report.step("a good update waits, and takes the next restart", self.good_update()).await?;
        report.step("its keys are the next ones: a lost key signs no more, a new one does", self.keys_rotate()).await
    }

    fn tray(&self) -> Result<&TrayHost> {
        self.tray.as_ref().context("the tray is closed")
    }

    fn pavel(&self) -> Result<&Customer> {
        self.pavel.as_ref().context("Павел has no browser open")
    }

    async fn opening(&mut self) -> Result<()> {
        self.hub.add_operator(self.ira.login(), self.ira.name, self.ira.password()).await?;
        self.hub.start().await?;
        self.ira.start().await?;
        self.tray()?.wait_for_line("Not signed in", false).await?;
        self.ira.sign_in_here(self.ira.password()).await?;
        self.ira.choose_russian().await?;
        self.ira.wait_for_workplace().await?;
        for (text, enabled) in [
            ("На связи", false),
            ("Всё прочитано", false),
            ("Никто не ожидает, всё прочитано", false),
            ("Статус: В сети", true),
            ("Открыть Otklik", true),
            ("Выйти", true),
        ] {
            self.tray()?.wait_for_line(text, enabled).await?;
        }
        Ok(())
    }

    async fn tray_leads(&mut self) -> Result<()> {
        let calm = self.tray()?.picture().await?;
        let profile = self.programs.out.join("data/pavel");
        let pavel = Customer::open(&self.hub.address(), &profile, &self.programs.out.join("pavel.log")).await?;
        pavel.open_chat().await?;
        self.elsewhere.focus().await?;
        pavel.say(ASKS).await?;
        self.pavel = Some(pavel);
        self.tray()?.wait_for_line("1 клиент ожидает", false).await?;
        ensure!(self.tray()?.picture().await? != calm, "the icon looks as if nobody waited");
        let next = self.tray()?.wait_for_line(&format!("Следующий ожидает: {PAVEL}"), true).await?;
        self.tray()?.choose(&next).await?;
        self.ira.window()?.wait_for_focus().await?;
        self.ira.wait_for_bubble(ASKS, |bubble| !bubble.mine).await
    }

    async fn tray_returns(&mut self) -> Result<()> {
        self.tray.take().context("the tray is closed")?.close().await?;
        self.tray = Some(TrayHost::open(&self.bus).await?);
        self.tray()?.wait_for_line("1 клиент ожидает", false).await?;
        self.elsewhere.focus().await?;
        let open = self.tray()?.wait_for_line("Открыть Otklik", true).await?;
        self.tray()?.choose(&open).await?;
        self.ira.window()?.wait_for_focus().await
    }

    async fn status_in_tray(&mut self) -> Result<()> {
        for (line, status) in [(AWAY, "Статус: Офлайн-обращения"), (HERE, "Статус: В сети")]
        {
            let wanted = self.tray()?.wait_for_line(line, true).await?;
            self.tray()?.choose(&wanted).await?;
            let menu = self.tray()?.wait_for_line(status, true).await?;
            ensure!(menu.lines.iter().all(|one| one.checked == (one.text == line)), "ticked is {menu:?}");
        }
        Ok(())
    }

    async fn reply_in_popup(&mut self) -> Result<()> {
        self.ira.open_if_closed(PAVEL).await?;
        self.ira.wait_for_text("Принять").await?;
        self.ira.accept_at(0).await?;
        self.ira.wait_for_text("Ведёте вы").await?;
        self.ira.type_text(DRAFT).await?;
        self.elsewhere.focus().await?;
        self.popups.clear().await?;
        self.pavel()?.say(ASKS_AGAIN).await?;
        let shown = self.popups.wait_for("what he asks", |shown| shown.body == ASKS_AGAIN).await?;
        ensure!(shown.buttons.iter().any(|button| button == "inline-reply"), "its buttons: {:?}", shown.buttons);
        self.popups.reply(&shown, ANSWER).await?;
        self.pavel()?.wait_for(ANSWER).await?;
        ensure!(self.ira.unfinished().await? == DRAFT, "the composer holds {:?}", self.ira.unfinished().await?);
        Ok(())
    }

    async fn locked(&mut self) -> Result<()> {
        self.ira.look_here().await?;
        self.popups.clear().await?;
        self.machine.lock(true).await?;
        let began = Instant::now();
        self.ira.wait_for_text(COVERED).await?;
        ensure!(began.elapsed() < Duration::from_secs(1), "covered after {:?}", began.elapsed());
        self.nobody_is_on_the_page().await?;
        self.pavel()?.say(SECRET).await?;
        let shown = self.popups.wait_for("that somebody wrote", |shown| shown.title.contains("1")).await?;
        ensure!(shown.body.is_empty() && !shown.title.contains("900"), "a locked screen shows {shown:?}");
        ensure!(!shown.buttons.iter().any(|button| button == "inline-reply"), "strangers may answer: {shown:?}");
        self.tray()?.wait_for_line("1 непрочитанный диалог", false).await?;
        self.tray()?.wait_for_line("Кто следующий — видно в открытом окне", false).await?;
        self.pavel()?.wait_for_state(SECRET, "Доставлено").await?;
        self.nobody_is_on_the_page().await
    }

    async fn opens_again(&self) -> Result<()> {
        self.machine.lock(false).await?;
        ensure!(self.ira.sees(COVERED).await?, "unlocking the screen has opened the window");
        self.open().await?;
        self.pavel()?.wait_for_state(SECRET, "Прочитано").await?;
        ensure!(self.ira.unfinished().await? == DRAFT, "the composer holds {:?}", self.ira.unfinished().await?);
        self.tray()?.wait_for_line("Всё прочитано", false).await.map(drop)
    }

    /// Takes the cover away.
    async fn open(&self) -> Result<()> {
        self.ira.wait_for_text(COVERED).await?;
        self.ira.page()?.click(Named::new("button", "Открыть")).await
    }

    /// S-C20: the document has nothing of anybody, seen or unseen.
    async fn nobody_is_on_the_page(&self) -> Result<()> {
        let source = self.ira.page()?.source().await?;
        for words in [PAVEL, ASKS, ASKS_AGAIN, ANSWER, SECRET, DRAFT] {
            ensure!(!source.contains(words), "under the cover stands “{words}”");
        }
        Ok(())
    }

    /// The connection is well, as it seems; after a sleep nobody believes that. Who wakes the machine is not known.
    async fn wakes(&self) -> Result<()> {
        let before = self.connections()?;
        ensure!(before > 0, "the hub's log tells of no connection");
        self.machine.sleep().await?;
        until_true("the workplace has connected anew", SOON, || async { Ok(self.connections()? > before) }).await?;
        self.open().await?;
        self.ira.wait_for_text("На связи").await
    }

    /// How often a workplace has connected, by the hub's log.
    fn connections(&self) -> Result<usize> {
        let log = fs::read_to_string(self.programs.out.join("hub.log"))?;
        Ok(log.matches("workplace connected").count())
    }

    async fn goes_down(&mut self) -> Result<()> {
        self.hub.kill().await?;
        self.ira.wait_for_text("Нет связи").await?;
        self.ira.page()?.clear(super::operator::FIELD).await?;
        self.ira.say(LAST_WORD).await?;
        // Within the time in which a page only waits whether more is typed.
        self.ira.type_text(UNFINISHED).await?;
        self.machine.shut_down().await?;
        let app = self.ira.app()?;
        until_true("the app has ended by itself", SOON, || async { Ok(!app.is_running()) }).await?;
        self.ira.leave().await?;
        self.hub.start().await?;
        self.ira.start().await?;
        self.pavel()?.wait_for(LAST_WORD).await?;
        self.ira.open_if_closed(PAVEL).await?;
        until_true("what was being typed is there again", SOON, || async {
            Ok(self.ira.unfinished().await? == UNFINISHED)
        })
        .await?;
        self.ira.page()?.clear(super::operator::FIELD).await
    }
}
