//! The operator's window in both languages, both themes, wide and narrow, for people to judge.

use super::{PAVEL, Scene, Steps};
use crate::e2e::browser::Named;
use anyhow::Result;

const LANGUAGES: [(&str, &str); 2] = [("ru", "Русский"), ("en", "English")];
const THEMES: [(&str, [&str; 2]); 2] = [("light", ["Светлая", "Light"]), ("dark", ["Тёмная", "Dark"])];
const SIZES: [(&str, u32, u32); 2] = [("wide", 1366, 768), ("narrow", 420, 760)];

impl Scene {
    pub(super) async fn look(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        for (nth, (language, language_name)) in LANGUAGES.into_iter().enumerate() {
            for (theme, theme_names) in THEMES {
                for (size, width, height) in SIZES {
                    let name = format!("{language} {theme} {size}");
                    let look = self.dressed(language_name, theme_names[nth], width, height);
                    steps.step(&format!("the window in {name}"), &name, look).await?;
                }
            }
        }
        Ok(())
    }

    async fn dressed(&self, language: &str, theme: &str, width: u32, height: u32) -> Result<()> {
        let page = self.leader().page()?;
        let window = self.leader().window().await?;
        window.resize(1366, 768).await?;
        page.click(Named::first("nav button:last-of-type")).await?;
        page.click(Named::new("label", language)).await?;
        page.click(Named::new("label", theme)).await?;
        page.click(Named::first("nav button:first-of-type")).await?;
        window.resize(width, height).await?;
        self.leader().open_if_closed(PAVEL).await
    }
}
