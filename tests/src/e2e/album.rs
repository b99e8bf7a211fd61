//! Photographs of one screen in every look an operator may give the window, and what an inspector of accessibility
//! finds on it.

use super::browser::Browser;
use super::operator::Operator;
use super::patience::{SOON, until, until_true};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// A language, a theme and a size, and whether the screen is inspected in it.
struct Look {
    language: &'static str,
    theme: &'static str,
    size: &'static str,
    width: u32,
    height: u32,
    inspected: bool,
}

const fn look(
    language: &'static str,
    theme: &'static str,
    (size, width, height): (&'static str, u32, u32),
    inspected: bool,
) -> Look {
    Look { language, theme, size, width, height, inspected }
}

const WIDE: (&str, u32, u32) = ("wide", 1440, 900);
const COMMON: (&str, u32, u32) = ("common", 1366, 768);
const NARROW: (&str, u32, u32) = ("narrow", 400, 800);

/// Every pair of a theme with a size and with a language, and of a language with a size. The first is what the story
/// goes on in.
static LOOKS: [Look; 6] = [
    look("ru", "light", WIDE, true),
    look("en", "dark", WIDE, false),
    look("ru", "dark", COMMON, false),
    look("en", "light", COMMON, false),
    look("ru", "light", NARROW, false),
    look("en", "dark", NARROW, true),
];

/// The page's own call for its settings. Walking to their page would close what is to be photographed; that the
/// switches there work is a step of the story. What is not named takes its default.
const DRESS: &str = r"
const settings = { language: arguments[0], theme: arguments[1] };
window.__TAURI_INTERNALS__.invoke('command', {
  seat: 1,
  command: { kind: 'session', command: { do: 'set_settings', settings } },
});
return true;
";

const IS_DRESSED: &str = r"
const page = document.documentElement;
return page.lang === arguments[0] && page.dataset.theme === arguments[1];
";

/// Painted frames after the last change, and nothing on its way from one look to the other any more; what moves for
/// ever is left moving.
const PAINTED: &str = r"
const done = arguments[arguments.length - 1];
const frames = (count, then) => (count === 0 ? then() : requestAnimationFrame(() => frames(count - 1, then)));
frames(2, () => {
  const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
  Promise.allSettled(ending.map((one) => one.finished)).then(() => frames(2, () => done(true)));
});
";

const INSPECT: &str = r"
const done = arguments[arguments.length - 1];
axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] }).then(
  (result) => done(result.violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`))),
  (why) => done([`it cannot be inspected: ${why}`]),
);
";

/// What sticks out of the window, by its name.
const STICKS_OUT: &str = r"
const wide = document.documentElement.clientWidth;
const out = document.documentElement.scrollWidth > wide ? ['the page itself'] : [];
return out;
";

/// What the page says of its own size.
#[derive(Deserialize)]
struct Inner {
    width: u32,
    height: u32,
}

/// The album of one story.
pub struct Album {
    folder: PathBuf,
    axe: String,
    taken: u32,
    found: Vec<String>,
}

impl Album {
    /// An empty one; `axe` is the inspector, as it stands among the page's packages.
    ///
    /// # Errors
    /// The folder cannot be made, or the packages are not installed.
    pub fn new(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(&axe).with_context(|| format!("the inspector is not at {}", axe.display()))?;
        Ok(Self { folder: folder.to_owned(), axe, taken: 0, found: Vec::new() })
    }

    /// Takes the screen that is open in all looks, and inspects it in two. Afterwards it looks as it did before.
    ///
    /// # Errors
    /// The window does not take a look, something sticks out of it, or the inspector finds something serious.
    pub async fn take(&mut self, screen: &str, operator: &Operator) -> Result<()> {
        self.taken += 1;
        for look in &LOOKS {
            self.take_in(screen, operator, look).await.with_context(|| format!("{screen} in {}", named(look)))?;
        }
        put_on(operator, &LOOKS[0]).await?;
        self.sum_up(screen)
    }

    /// Takes a screen that comes before the workplace, where the look is the system's, in all sizes.
    ///
    /// # Errors
    /// As [`Album::take`].
    pub async fn take_bare(&mut self, screen: &str, operator: &Operator) -> Result<()> {
        self.taken += 1;
        for (size, width, height) in [WIDE, COMMON, NARROW] {
            resize(operator, width, height).await?;
            let file = self.folder.join(format!("{:02}-{screen}-{size}.png", self.taken));
            operator.window()?.photograph(&file).await?;
            self.inspect(operator.page()?, size).await?;
        }
        resize(operator, LOOKS[0].width, LOOKS[0].height).await?;
        self.sum_up(screen)
    }

    /// Takes a screen in a window that has a size of its own, in the first look and in the one that differs most.
    ///
    /// # Errors
    /// As [`Album::take`].
    pub async fn take_as_large(&mut self, screen: &str, operator: &Operator) -> Result<()> {
        self.taken += 1;
        let page = operator.page()?;
        for look in [&LOOKS[1], &LOOKS[0]] {
            dress(page, look).await?;
            let file = self.folder.join(format!("{:02}-{screen}-{}-{}.png", self.taken, look.language, look.theme));
            operator.window()?.photograph(&file).await?;
            self.inspect(page, look.language).await?;
        }
        self.sum_up(screen)
    }

    /// Says what was found since the last screen.
    fn sum_up(&mut self, screen: &str) -> Result<()> {
        let found = std::mem::take(&mut self.found);
        ensure!(found.is_empty(), "{screen}:\n{}", found.join("\n"));
        Ok(())
    }

    async fn take_in(&mut self, screen: &str, operator: &Operator, look: &Look) -> Result<()> {
        put_on(operator, look).await?;
        let file = self.folder.join(format!("{:02}-{screen}-{}.png", self.taken, named(look)));
        operator.window()?.photograph(&file).await?;
        let page = operator.page()?;
        let out: Vec<String> = page.ask(STICKS_OUT, Vec::new()).await?;
        self.found.extend(out.into_iter().map(|what| format!("{}: {what} is wider than the window", named(look))));
        if look.inspected {
            self.inspect(page, &named(look)).await?;
        }
        Ok(())
    }

    async fn inspect(&mut self, page: &Browser, name: &str) -> Result<()> {
        if !page.ask::<bool>("return 'axe' in window", Vec::new()).await? {
            page.ask::<bool>(&format!("{}; return true;", self.axe), Vec::new()).await?;
        }
        let found: Vec<String> = page.ask_later(INSPECT, Vec::new()).await?;
        self.found.extend(found.into_iter().map(|what| format!("{name}: {what}")));
        Ok(())
    }
}

fn named(look: &Look) -> String {
    format!("{}-{}-{}", look.language, look.theme, look.size)
}

async fn put_on(operator: &Operator, look: &Look) -> Result<()> {
    resize(operator, look.width, look.height).await?;
    dress(operator.page()?, look).await
}

/// Gives the page a look's language and theme, whatever size it has.
async fn dress(page: &Browser, look: &Look) -> Result<()> {
    let args = || vec![json!(look.language), json!(look.theme)];
    page.ask::<bool>(DRESS, args()).await?;
    until_true("the window has another language and theme", SOON, || page.ask::<bool>(IS_DRESSED, args())).await?;
    page.ask_later::<bool>(PAINTED, Vec::new()).await.map(drop)
}

async fn resize(operator: &Operator, width: u32, height: u32) -> Result<()> {
    operator.window()?.resize(width, height).await?;
    let page = operator.page()?;
    until("the page has the window's new size", SOON, || async {
        let now: Inner = page.ask("return {width: innerWidth, height: innerHeight}", Vec::new()).await?;
        ensure!((now.width, now.height) == (width, height), "it is {} by {}", now.width, now.height);
        Ok(Some(()))
    })
    .await?;
    page.ask_later::<bool>(PAINTED, Vec::new()).await.map(drop)
}
