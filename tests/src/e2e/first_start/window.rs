//! With a display and a keychain: nothing is asked, and the empty workplace shows the way to the first customer.

use super::Stage;
use crate::e2e::app::Installed;
use crate::e2e::browser::Named;
use crate::e2e::customer::Customer;
use crate::e2e::operator::Operator;
use crate::e2e::patience::{SOON, until, until_true};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const QUESTION: &str = "Добрый день! Вы сегодня открыты?";
const ANSWER: &str = "Yes, until eight.";
/// How the page calls a customer who has given no name.
const GUEST: &str = "Customer 1";
const ADDRESS: &str = "return document.querySelector('main code, code')?.innerText ?? ''";

impl Stage<'_> {
    pub(super) async fn in_a_window(&mut self) -> Result<()> {
        let opened = self.data.join("opened");
        let mut operator = Operator::new("Operator", "", self.installed(&opened)?);
        let Self { report, pictures, .. } = self;
        report.step("the program starts and asks nothing", starts(&mut operator)).await?;
        pictures.take("first-start").await?;
        let page = report.step("a button opens the customer's page, whose address is shown", press(&operator, &opened));
        let page = page.await?;
        let (profile, log) = (self.data.join("guest"), self.programs.out.join("guest.log"));
        let customer = self.report.step("a customer writes there", writes(&page, &profile, &log)).await?;
        self.report.step("the operator accepts and answers; the customer reads it", talk(&operator, &customer)).await?;
        self.pictures.take("first-answer").await?;
        customer.close().await;
        operator.kill().await?;
        self.report.step("the next start asks nothing either, and has what was said", again(&mut operator)).await?;
        self.pictures.take("next-start").await?;
        operator.kill().await
    }

    /// A machine on which whatever opens addresses writes them down.
    fn installed(&self, opened: &Path) -> Result<Installed> {
        let tools = self.data.join("tools");
        fs::create_dir_all(&tools)?;
        let opener = tools.join("xdg-open");
        fs::write(&opener, format!("#!/bin/sh\necho \"$1\" >>'{}'\n", opened.display()))?;
        fs::set_permissions(&opener, fs::Permissions::from_mode(0o700))?;
        let path = std::env::var_os("PATH").context("no PATH")?;
        let path = std::env::join_paths([tools].into_iter().chain(std::env::split_paths(&path)))?;
        Ok(Installed {
            program: self.programs.app.clone(),
            data: self.data.join("window"),
            hub: None,
            logs: self.programs.out.clone(),
            login: "window".to_owned(),
            surroundings: vec![("PATH", path.into_string().ok().context("a PATH in no words")?)],
            flags: Vec::new(),
        })
    }
}

async fn starts(operator: &mut Operator) -> Result<()> {
    operator.start().await?;
    let page = operator.page()?;
    page.find(Named::new("tab", "Waiting")).await?;
    operator.wait_for_text("Nobody is waiting").await?;
    operator.wait_for_text("Live").await?;
    let asked: bool = page.ask("return document.querySelector('input[type=password]') !== null", vec![]).await?;
    ensure!(!asked, "it asks for a password");
    Ok(())
}

async fn press(operator: &Operator, opened: &PathBuf) -> Result<String> {
    let page = operator.page()?;
    let shown: String = page.ask(ADDRESS, Vec::new()).await?;
    page.click(Named::new("button", "Open the customer's page")).await?;
    let asked_for = until("the system is asked to open an address", SOON, || async {
        Ok(fs::read_to_string(opened).ok().and_then(|lines| lines.lines().next().map(str::to_owned)))
    });
    let asked_for = asked_for.await?;
    ensure!(asked_for == shown, "{shown} is shown, {asked_for} is opened");
    ensure!(shown.starts_with("http://127.0.0.1:"), "{shown} is not this machine's");
    Ok(shown)
}

async fn writes(page: &str, profile: &Path, log: &Path) -> Result<Customer> {
    let customer = Customer::open(page, profile, log).await?;
    customer.open_chat().await?;
    customer.say(QUESTION).await?;
    Ok(customer)
}

async fn talk(operator: &Operator, customer: &Customer) -> Result<()> {
    operator.wait_for_row("the guest", |row| row.name == GUEST && row.last == QUESTION).await?;
    operator.open_dialog(GUEST).await?;
    operator.page()?.click(Named::new("button", "Accept")).await?;
    operator.say(ANSWER).await?;
    customer.wait_for(ANSWER).await?;
    operator.wait_for_bubble(ANSWER, |bubble| bubble.mine && bubble.state == "read").await
}

async fn again(operator: &mut Operator) -> Result<()> {
    operator.start().await?;
    operator.page()?.find(Named::new("tab", "Mine")).await?;
    operator.section("Mine").await?;
    operator.open_dialog(GUEST).await?;
    operator.wait_for_bubble(ANSWER, |bubble| bubble.mine).await?;
    let gone = "return !document.body.innerText.includes(arguments[0])";
    let page = operator.page()?;
    until_true("no word of how a customer gets here", SOON, || page.ask(gone, vec![json!("How a customer gets here")]))
        .await
}
