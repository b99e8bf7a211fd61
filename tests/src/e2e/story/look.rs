//! The operator's window in both languages, both themes, wide and narrow, for people to judge.

use super::{Scene, Steps};
use crate::e2e::browser::Named;
use anyhow::Result;

const LANGUAGES: [Words; 2] = [
    Words {
        code: "ru", name: "Русский", customer: super::PAVEL, themes: [("light", "Светлая"), ("dark", "Тёмная")]
    },
    Words { code: "en", name: "English", customer: "Customer 2", themes: [("light", "Light"), ("dark", "Dark")] },
];
const SIZES: [(&str, u32, u32); 2] = [("wide", 1366, 768), ("narrow", 420, 760)];

/// What the settings and the list say in a language.
struct Words {
    code: &'static str,
    name: &'static str,
    customer: &'static str,
    themes: [(&'static str, &'static str); 2],
}

impl Scene {
    pub(super) async fn look(&mut self, steps: &mut Steps<'_>) -> Result<()> {
        self.other().window()?.minimise().await?;
        for words in LANGUAGES {
            for (theme, theme_name) in words.themes {
                for (size, width, height) in SIZES {
                    let name = format!("{} {theme} {size}", words.code);
                    let look = self.dressed(&words, theme_name, width, height);
                    steps.step(&format!("the window in {name}"), &name, look).await?;
                }
            }
        }
        Ok(())
    }

    async fn dressed(&self, words: &Words, theme: &str, width: u32, height: u32) -> Result<()> {
        let page = self.leader().page()?;
        let window = self.leader().window()?;
        window.resize(1366, 768).await?;
        // By where they lead: their names are in the language of the picture before.
        page.click(Named::first("nav [data-goes=settings]")).await?;
        page.click(Named::new("label", words.name)).await?;
        page.click(Named::new("label", theme)).await?;
        page.click(Named::first("nav [data-goes=dialogs]")).await?;
        window.resize(width, height).await?;
        self.leader().open_if_closed(words.customer).await
    }
}
