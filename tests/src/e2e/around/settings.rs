//! The settings of the machine: what the administrator has laid down, the key that works everywhere, the start with the
//! system, and updates.

use super::releases::{Releases, Trick};
use super::{OLD_IMAGE, Scene, image, policy};
use crate::e2e::alone::ask;
use crate::e2e::browser::Named;
use crate::e2e::patience::{SOON, until, until_true};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::fs;
use std::path::Path;

/// More than this is a body that was read, KiB.
const MUCH_KIB: u64 = 128 * 1024;
const CONTACT: &str = "отдел поддержки, доб. 1100";

/// Whether the control of this setting is there and cannot be used.
const IS_FIXED: &str = r#"
const label = [...document.querySelectorAll("label")].find((one) => one.textContent.trim() === arguments[0]);
const control = label && document.getElementById(label.htmlFor);
return control?.matches(":disabled") ?? null;
"#;

/// Writes the policy.
/// `rotated`: with the keys that the last release has brought.
pub(super) fn lay_down(out: &Path, hub: &str, releases: &Releases, rotated: bool) -> Result<()> {
    let [first, second] = releases.keys(rotated);
    let text = format!(
        "contact = {CONTACT:?}\n[hub]\nonly_these = true\nlocal_desk = false\nservers = [{{ name = \"Центр\", address = {hub:?} }}]\n\
         [settings]\nreminder_s = 90\n[updates]\nendpoint = {:?}\nkeys = [{first:?}, {second:?}]\n",
        releases.endpoint()
    );
    Ok(fs::write(policy(out), text)?)
}

impl Scene {
    pub(super) async fn policy_holds(&self) -> Result<()> {
        let page = self.ira.page()?;
        page.click(Named::new("button", "Настройки")).await?;
        self.ira.wait_for_text(&format!("Задано администратором: {CONTACT}.")).await?;
        for (label, fixed) in [("Напоминать о непрочитанном каждые", true), ("Показывать уведомления", false)]
        {
            let found: Option<bool> = page.ask(IS_FIXED, vec![json!(label)]).await?;
            ensure!(found == Some(fixed), "“{label}” cannot be changed: {found:?}");
        }
        Ok(())
    }

    pub(super) async fn hotkey(&self) -> Result<()> {
        let page = self.ira.page()?;
        page.click(Named::new("label", "Ctrl+Alt+O показывает окно откуда угодно")).await?;
        let window = self.ira.window()?;
        for away in [false, true] {
            self.elsewhere.focus().await?;
            if away {
                window.minimise().await?;
            }
            until_true("the key brings the window to the front", SOON, || async {
                ask("xdotool", ["key", "ctrl+alt+o"]).await?;
                Ok(crate::e2e::windows::focused().await == Some(window))
            })
            .await?;
        }
        Ok(())
    }

    pub(super) async fn with_system(&self) -> Result<()> {
        let home = std::env::var("HOME").context("the rig has no home")?;
        let entry = Path::new(&home).join(".config/autostart/Otklik.desktop");
        let page = self.ira.page()?;
        page.click(Named::new("label", "Запускать вместе с компьютером")).await?;
        let text = until("an entry of the autostart", SOON, || async { Ok(Some(fs::read_to_string(&entry)?)) }).await?;
        let line = format!("Exec=\"{}\" --hidden", image(&self.programs.out).display());
        ensure!(text.lines().any(|one| one == line), "the entry says {text}, and not {line}");
        page.click(Named::new("label", "Запускать вместе с компьютером")).await?;
        until_true("the entry is gone", SOON, || async { Ok(!entry.exists()) }).await
    }

    /// S-C24.
    pub(super) async fn bad_updates(&self) -> Result<()> {
        let before = self.ira.app()?.most_memory()?;
        let signature = "Новая версия отклонена: её подписи эта программа не доверяет.";
        for (trick, told) in [
            // No two after one another end in the same words: what is read is the answer to this one.
            (Trick::Unsigned, signature),
            (Trick::Nonsense, "Ответ сервера обновлений непонятен."),
            (Trick::Stranger, signature),
            (Trick::OtherMachine, "Ответ сервера обновлений непонятен."),
            (Trick::OtherVersion, signature),
            (Trick::Redirect, "Сервер обновлений недоступен."),
            (Trick::Truncated, signature),
            (Trick::Clear, "Новая версия отклонена: она пришла бы без шифрования."),
            (Trick::Unvouched, "Сервер обновлений недоступен."),
            (Trick::ClearHere, "Новая версия отклонена: она пришла бы без шифрования."),
            (Trick::Swapped, signature),
            (Trick::Endless, "Новая версия отклонена: она слишком велика."),
            (Trick::ThirdKey, signature),
            (Trick::Flood, "Новая версия отклонена: она слишком велика."),
            (Trick::Older, "Насколько известно, это последняя версия."),
        ] {
            self.releases.announce(trick)?;
            self.look_for_update().await?;
            self.ira.wait_for_text(told).await.with_context(|| format!("{trick:?}"))?;
            ensure!(!self.ira.sees("Перезапустить и обновить").await?, "{trick:?} is offered");
            ensure!(fs::read(image(&self.programs.out))? == OLD_IMAGE, "{trick:?} was put in place");
        }
        let grown = self.ira.app()?.most_memory()?.saturating_sub(before);
        ensure!(grown < MUCH_KIB, "what was refused took {grown} KiB of memory");
        Ok(())
    }

    /// The drill for a lost key, second half: the release that came brings the next two keys, as the policy stands for
    /// it here. Two releases after the loss nobody trusts the lost key any more.
    pub(super) async fn keys_rotate(&mut self) -> Result<()> {
        lay_down(&self.programs.out, &self.hub.address(), &self.releases, true)?;
        fs::write(image(&self.programs.out), OLD_IMAGE)?;
        self.ira.start().await?;
        self.ira.wait_for_workplace().await?;
        self.ira.page()?.click(Named::new("button", "Настройки")).await?;
        self.releases.announce(Trick::FirstKey)?;
        self.look_for_update().await?;
        self.ira.wait_for_text("Новая версия отклонена: её подписи эта программа не доверяет.").await?;
        self.releases.announce(Trick::ThirdKey)?;
        self.look_for_update().await?;
        self.ira.wait_for_text("Готова версия 9.9.9.").await
    }

    /// Signed by the second key: how one gives way to the next.
    pub(super) async fn good_update(&mut self) -> Result<()> {
        self.releases.announce(Trick::SecondKey)?;
        self.look_for_update().await?;
        self.ira.wait_for_text("Готова версия 9.9.9.").await?;
        ensure!(fs::read(image(&self.programs.out))? == OLD_IMAGE, "nobody asked to be interrupted");
        self.ira.page()?.click(Named::new("button", "Перезапустить и обновить").within("main")).await?;
        let app = self.ira.app()?;
        until_true("the app has ended by itself", SOON * 2, || async { Ok(!app.is_running()) }).await?;
        self.ira.leave().await?;
        let placed = fs::read(image(&self.programs.out))?;
        ensure!(placed == self.releases.package(), "the update was not put in place: {} bytes", placed.len());
        Ok(())
    }

    /// Another look is possible when the last one is over.
    async fn look_for_update(&self) -> Result<()> {
        let page = self.ira.page()?;
        page.click(Named::new("button", "Проверить обновления")).await
    }
}
