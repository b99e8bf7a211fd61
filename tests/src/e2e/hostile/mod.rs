//! What hostile words, a hostile script and a hostile page can do to the real window: nothing. A customer without a
//! browser says what no page would; then a script inside the page tries to get out.
//!
//! Invariant 13.

mod corpus;
mod files;
mod ipc;
mod network;

use super::app::Installed;
use super::browser::{Browser, Named};
use super::hub_process::HubProcess;
use super::operator::Operator;
use super::patience::{SOON, until};
use super::pictures::Pictures;
use super::ports;
use super::report::Report;
use super::story::Programs;
use super::wire::WireCustomer;
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Texts in one message: they stand below each other.
const IN_ONE: usize = 60;
/// Messages of one customer: more at once the hub would not take.
const OF_ONE: usize = 8;

/// What a hostile browser says it speaks.
const LANGUAGE: &str = "<img src=x onerror=canary()>";

/// What the page tells of itself.
#[derive(Debug, Deserialize)]
struct Looked {
    seen: Seen,
    href: String,
    forbidden: Vec<String>,
    attributes: Vec<String>,
    counts: Value,
    strangers: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Seen {
    ran: u32,
    violations: Vec<String>,
    unloads: u32,
}

/// Everybody and everything in the story.
struct Scene {
    hub: HubProcess,
    ira: Operator,
    /// Names that her app looks up.
    names: network::Names,
    /// Where her app keeps what it keeps, and its log.
    out: PathBuf,
    /// The page before the first hostile word.
    before: Option<Looked>,
}

/// Plays the whole story; true if every step passed.
///
/// # Errors
/// The run could not begin: no display, a folder that cannot be written.
pub async fn play(programs: &Programs) -> Result<bool> {
    let mut report = Report::default();
    let mut pictures = Pictures::new(&programs.out);
    let mut scene = Scene::set(programs)?;
    if let Err(_already_told) = scene.play(&mut report, &mut pictures).await {
        pictures.take("failure").await?;
    }
    Ok(report.sum())
}

impl Scene {
    fn set(programs: &Programs) -> Result<Self> {
        let data = programs.out.join("data");
        fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
        let hub = HubProcess::prepare(&programs.hub, &data.join("hub"), &programs.out.join("hub.log"))?;
        let names = network::Names::open(&data)?;
        let installed = Installed {
            program: programs.app.clone(),
            data: data.join("ira"),
            hub: Some(hub.address()),
            logs: programs.out.clone(),
            login: "ira".to_owned(),
            surroundings: names.surroundings(),
            flags: Vec::new(),
        };
        let ira = Operator::new("Ира<img src=x onerror=canary()>", "крепкий чай и тихое утро", installed);
        Ok(Self { hub, ira, names, out: programs.out.clone(), before: None })
    }

    async fn play(&mut self, report: &mut Report, pictures: &mut Pictures) -> Result<()> {
        report.step("an operator with a hostile name comes to work", self.opening()).await?;
        let texts = corpus::texts();
        ensure!(texts.len() >= 1_000, "only {} texts", texts.len());
        let messages: Vec<String> = texts.chunks(IN_ONE).map(|some| some.join("\n")).collect();
        for (number, messages) in messages.chunks(OF_ONE).enumerate() {
            let name = format!("{} hostile texts of customer {}", messages.len() * IN_ONE, number + 1);
            let customer = report.step(&name, self.conversation(number + 1, messages, &texts)).await?;
            pictures.take("conversation").await?;
            drop(customer);
        }
        report.step("hostile texts among the hits of a search", self.search()).await?;
        pictures.take("search").await?;
        report.step("files that draw, run, load or swell are names in the thread", self.files()).await?;
        pictures.take("files").await?;
        report.step("an operator's own hostile words", self.own_words(&texts)).await?;
        report.step("a script in the page asks the machine for everything", self.ipc_refuses()).await?;
        report.step("a script in the page tries every way to a network", self.no_way_out()).await?;
        report.step("nobody on this machine can connect to the app", async { self.listens_to_nobody() }).await?;
        report.step("it leaves no picture of its memory if it dies", async { self.leaves_nothing() }).await?;
        report.step("the app still works", self.still_works()).await?;
        pictures.take("afterwards").await
    }

    /// S-C22.
    fn listens_to_nobody(&self) -> Result<()> {
        let pid = self.ira.app()?.pid();
        let mut ports = ports::of(pid)?;
        if let Some(driver) = ports::of_driver(pid)? {
            ports.remove(&driver);
        }
        ensure!(ports.is_empty(), "it listens at {ports:?}");
        Ok(())
    }

    /// S-C18: the system would write no memory of it to a disk, and its environment holds no secret.
    fn leaves_nothing(&self) -> Result<()> {
        let process = Path::new("/proc").join(self.ira.app()?.pid().to_string());
        let limits = fs::read_to_string(process.join("limits"))?;
        let core = limits.lines().find(|line| line.starts_with("Max core file size"));
        let core: Vec<_> = core.context("there is no such limit")?.split_whitespace().collect();
        ensure!(core.ends_with(&["0", "0", "bytes"]), "{core:?}");
        let environment = fs::read(process.join("environ"))?;
        let environment = String::from_utf8_lossy(&environment);
        ensure!(!environment.contains(self.ira.password()), "the operator's password stands in the environment");
        Ok(())
    }

    fn page(&self) -> Result<&Browser> {
        self.ira.page()
    }

    /// Where the window is; a place inside the page does not matter.
    async fn href(&self) -> Result<String> {
        self.page()?.ask("return location.origin + location.pathname", Vec::new()).await
    }

    async fn opening(&mut self) -> Result<()> {
        self.hub.add_operator(self.ira.login(), self.ira.name, self.ira.password()).await?;
        self.hub.start().await?;
        self.ira.start().await?;
        self.ira.sign_in(self.ira.password()).await?;
        self.ira.choose_russian().await?;
        self.ira.wait_for_workplace().await?;
        self.page()?.ask::<bool>(include_str!("watch.js"), Vec::new()).await?;
        // The watch can see: what runs is counted.
        let ran: u32 = self.page()?.ask("canary(); return window.__seen.ran--", Vec::new()).await?;
        ensure!(ran == 1, "the watch sees nothing");
        self.before = Some(self.look().await?);
        Ok(())
    }

    async fn look(&self) -> Result<Looked> {
        self.page()?.ask(include_str!("look.js"), Vec::new()).await
    }

    /// Nothing ran, nothing came, nobody went anywhere.
    async fn is_unharmed(&self) -> Result<()> {
        let now = self.look().await?;
        let before = self.before.as_ref().context("the page was not looked at before")?;
        ensure!(now.seen.ran == 0, "a hostile text ran");
        ensure!(now.seen.unloads == 0 && now.href == before.href, "the window went to {}", now.href);
        ensure!(now.seen.violations.is_empty(), "something was only stopped by the policy: {:?}", now.seen.violations);
        ensure!(now.forbidden == before.forbidden, "new elements: {:?}", now.forbidden);
        ensure!(now.attributes == before.attributes, "new attributes: {:?}", now.attributes);
        ensure!(now.counts == before.counts, "{} elements instead of {}", now.counts, before.counts);
        ensure!(now.strangers.is_empty(), "elements among words: {:?}", now.strangers);
        Ok(())
    }

    /// A customer whose every field is hostile.
    async fn conversation(&self, number: usize, messages: &[String], texts: &[String]) -> Result<WireCustomer> {
        let plain: Vec<&str> = texts.iter().map(String::as_str).filter(|text| is_plain(text)).collect();
        let field = |shift: usize| plain[(number * 97 + shift) % plain.len()];
        let mut customer = WireCustomer::come(&self.hub.address(), LANGUAGE, field(1), field(2)).await?;
        for message in messages {
            customer.write(message).await?;
        }
        let name = format!("Клиент {number}");
        self.ira.section("Все").await?;
        self.ira.open_dialog(&name).await?;
        self.shows_all(messages).await?;
        for shift in 0..12 {
            let (draft, title) = (field(10 + shift), field(40 + shift));
            customer.draft(draft).await?;
            customer.go(&format!("https://shop.example/{}", field(70 + shift)), title).await?;
            self.reads("aside", title_of(title).trim()).await?;
            self.is_unharmed().await?;
        }
        Ok(customer)
    }

    /// Every message can be read in the thread, letter by letter.
    async fn shows_all(&self, messages: &[String]) -> Result<()> {
        const UP: &str = "const shown = [...document.querySelectorAll('.message .text')]; \
            const words = shown.map((one) => one.textContent); \
            let scroller = shown[0]; \
            while (scroller && !(scroller.scrollHeight > scroller.clientHeight + 1 && \
              /auto|scroll/.test(getComputedStyle(scroller).overflowY))) scroller = scroller.parentElement; \
            if (scroller) scroller.scrollTop -= scroller.clientHeight / 2; \
            return words;";
        let wanted: BTreeSet<&str> = messages.iter().map(String::as_str).collect();
        let seen = std::cell::RefCell::new(BTreeSet::new());
        until("every hostile message is read in the thread", SOON * 3, || async {
            let shown: Vec<String> = self.page()?.ask(UP, Vec::new()).await?;
            self.is_unharmed().await?;
            for text in shown {
                ensure!(wanted.contains(text.as_str()), "the thread shows what nobody wrote: {text}");
                seen.borrow_mut().insert(text);
            }
            Ok((seen.borrow().len() == wanted.len()).then_some(()))
        })
        .await
    }

    /// Waits until a part of the page reads like this.
    async fn reads(&self, part: &str, text: &str) -> Result<()> {
        const HAS: &str = "return [...document.querySelectorAll(arguments[0])].some((one) => \
            one.textContent.includes(arguments[1]))";
        until(&format!("{part} reads {text:?}"), SOON, || async {
            Ok(self.page()?.ask::<bool>(HAS, vec![json!(part), json!(text)]).await?.then_some(()))
        })
        .await
    }

    async fn search(&self) -> Result<()> {
        for words in ["canary", "<script>canary()</script>", "onerror", "javascript"] {
            self.page()?.fill(Named::first("[role=search] input"), words).await?;
            until(&format!("hits for {words}"), SOON, || async {
                self.is_unharmed().await?;
                let hits = "return document.querySelectorAll('.hit mark').length";
                Ok((self.page()?.ask::<u32>(hits, Vec::new()).await? > 0).then_some(()))
            })
            .await?;
        }
        self.page()?.click(Named::first("[role=search] button")).await
    }

    /// What an operator writes comes back into the thread, the row and the composer.
    async fn own_words(&self, texts: &[String]) -> Result<()> {
        self.ira.open_if_closed("Клиент 1").await?;
        self.page()?.click(Named::new("button", "Принять")).await?;
        self.ira.wait_for_text("Ведёте вы").await?;
        for text in texts.iter().filter(|text| is_plain(text)).step_by(211) {
            self.ira.say(text.trim()).await?;
            self.is_unharmed().await?;
        }
        Ok(())
    }

    async fn still_works(&self) -> Result<()> {
        self.ira.open_if_closed("Клиент 1").await?;
        self.ira.say("Всё в порядке").await?;
        self.ira.wait_for_bubble("Всё в порядке", |bubble| bubble.mine && bubble.state == "sent").await
    }
}

/// Whether nothing in it is shown by a mark instead.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() && !matches!(c, '\u{200b}' | '\u{202e}'))
}

/// A page's title as the hub keeps it: on one line, cut to length.
fn title_of(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}
