//! Hands without a mouse: keys go to the window that has the focus, and eyes see where the keyboard is.

use super::Scene;
use crate::e2e::browser::{Browser, Named};
use crate::e2e::keyboard::{Keyboard, Layout};
use crate::e2e::patience::{SOON, until, until_true};
use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

/// More stops than any screen has.
const MANY: usize = 60;

/// What the keyboard is on, by the name a screen reader says.
const FOCUSED: &str = r"
const one = document.activeElement;
const words = (element) => (element?.innerText ?? element?.textContent ?? '').replace(/\s+/g, ' ').trim();
return (one?.getAttribute('aria-label') || (one?.labels?.length ? words(one.labels[0]) : '') || words(one)).slice(0, 120);
";

/// Counts whatever a mouse would do to the page.
const WATCH_POINTER: &str = r"
if (window.__pointed === undefined) {
  window.__pointed = 0;
  for (const kind of ['pointerdown', 'pointerup', 'wheel', 'touchstart']) {
    addEventListener(kind, () => (window.__pointed += 1), { capture: true, passive: true });
  }
}
return window.__pointed;
";

impl Scene {
    pub(super) fn page(&self) -> Result<&Browser> {
        self.operator.page()
    }

    /// Presses keys. The window has the focus already: nobody helps it there in between.
    pub(super) async fn press<const N: usize>(&self, chords: [&str; N]) -> Result<()> {
        Keyboard::with(self.tongue.layout).await?.press(chords).await
    }

    /// Types on the layout of this morning.
    pub(super) async fn write(&self, text: &str) -> Result<()> {
        Keyboard::with(self.tongue.layout).await?.write(text).await
    }

    /// Types what is Latin in every country: addresses, logins.
    pub(super) async fn write_latin(&self, text: &str) -> Result<()> {
        Keyboard::with(Layout::Latin).await?.write(text).await
    }

    /// Where the keyboard is.
    pub(super) async fn focused(&self) -> Result<String> {
        self.page()?.ask(FOCUSED, Vec::new()).await
    }

    /// Presses a key until the keyboard is on something with this name.
    pub(super) async fn walk_to(&self, key: &str, name: &str) -> Result<()> {
        let mut seen = Vec::new();
        for _ in 0..MANY {
            let at = self.focused().await?;
            if at.starts_with(name) {
                return Ok(());
            }
            seen.push(at);
            self.press([key]).await?;
        }
        seen.truncate(12);
        bail!("{key} never leads to {name:?}; it leads to {seen:?}")
    }

    /// Waits until the keyboard is in what this selector finds.
    pub(super) async fn keyboard_in(&self, selector: &str) -> Result<()> {
        let script = "return document.activeElement?.matches(arguments[0]) ?? false";
        until_true(&format!("the keyboard is in {selector}"), SOON, || self.asks(script, selector))
            .await
            .with_context(|| "it is elsewhere".to_owned())
    }

    /// Waits until a selector finds something, or nothing.
    pub(super) async fn shown(&self, selector: &str, is: bool) -> Result<()> {
        let script = "return document.querySelector(arguments[0]) !== null";
        let wanted = format!("{selector} is {}", if is { "there" } else { "gone" });
        until_true(&wanted, SOON, || async { Ok(self.asks(script, selector).await? == is) }).await
    }

    async fn asks(&self, script: &str, selector: &str) -> Result<bool> {
        self.page()?.ask(script, vec![json!(selector)]).await
    }

    /// Opens the palette, asks for something and takes the first that is offered.
    pub(super) async fn by_name(&self, asked: &str) -> Result<()> {
        self.press(["ctrl+k"]).await?;
        self.keyboard_in("dialog[open] input").await?;
        self.write(asked).await?;
        self.field_holds("dialog[open] input", asked).await?;
        self.shown("dialog[open] [role=option][aria-selected=true]", true).await?;
        self.press(["Return"]).await?;
        self.shown("dialog[open] [role=combobox]", false).await
    }

    /// Waits until a field holds a text: keys take their time through the display.
    pub(super) async fn field_holds(&self, selector: &str, text: &str) -> Result<()> {
        until(&format!("{selector} holds “{text}”"), SOON, || async {
            let now = self.page()?.value(Named::first(selector)).await?;
            ensure!(now == text, "it holds “{now}”");
            Ok(Some(()))
        })
        .await
    }

    /// Begins to count what a mouse does, or says how often it did something.
    pub(super) async fn pointed(&self) -> Result<u32> {
        self.page()?.ask(WATCH_POINTER, Vec::new()).await
    }
}
