import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, open, painted, shoot, type Asked, type Opened, type Page } from "./browser";
import { signedIn, warns } from "./duty";
import { fromMenu, offerTwo, openMine } from "./steps";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIGN_IN = {
  screen: "sign_in",
  address: "https://hub.example",
  login: "vera",
  busy: false,
  local_desk: true,
  servers: [],
  only_these: false,
};

interface Screen {
  asked?: Asked;
  act?: (page: Page) => Promise<void>;
}

/** Files of every kind in the open dialog, one of them on its way. */
const withFiles = async (page: Page) => {
  await page.evaluate(() => {
    const fake = window.fake;
    const opened = fake?.asked.findLast((one) => one.do === "open");
    const dialog = fake?.desk.dialogs.get(opened?.dialog ?? "");
    if (fake === undefined || dialog === undefined) return;
    const put = (name: string, media: string, text: string, more: object = {}) =>
      Object.assign(fake.desk.put(dialog, "file", { by: "customer" }, text), {
        details: { file: { id: name, name, media, size: 1_250_000, state: "ready", ...more } },
      });
    fake.changed(dialog, [
      put("Витрина.png", "image/png", "Вот так это выглядит", { pixels: [960, 640] }),
      put("Голосовое сообщение.ogg", "audio/ogg", ""),
      put("Договор поставки.pdf", "application/pdf", ""),
      put("установка.exe", "application/octet-stream", "", { size: 90_000 }),
    ]);
    fake.outbox.slow = true;
  });
  await page
    .locator("input[type='file']")
    .setInputFiles([{ name: "Ответ.png", mimeType: "image/png", buffer: Buffer.alloc(90_000, 7) }]);
  await page.waitForSelector(".tray li.kept");
  await page.focus("textarea");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-send='uploading']");
  await page.evaluate(() => {
    const fake = window.fake;
    for (const dialog of fake?.desk.dialogs.values() ?? []) {
      const item = dialog.items.find((one) => one.send?.state === "uploading");
      if (item !== undefined) fake?.outbox.uploaded(dialog.id, item.key, 40_000);
    }
  });
  await page.waitForFunction(() => [...document.querySelectorAll("img")].every((img) => img.complete));
};

const SCREENS: Record<string, Screen> = {
  starting: { asked: { view: { screen: "starting" } } },
  passphrase_new: {
    asked: { view: { screen: "passphrase", new: true, wrong: false, wait_s: 0 } },
    act: (page) => page.locator("input").first().fill("correct horse battery"),
  },
  passphrase_wrong: { asked: { view: { screen: "passphrase", new: false, wrong: true, wait_s: 0 } } },
  covered: { asked: { view: { screen: "covered", by: "press", wrong: false, wait_s: 0 } } },
  covered_code_wrong: { asked: { view: { screen: "covered", by: "code", wrong: true, wait_s: 8 } } },
  covered_passphrase: {
    asked: { view: { screen: "covered", by: "passphrase", wrong: true, wait_s: 0 } },
    act: (page) => page.getByRole("button", { name: /^(Sign out|Выйти)$/ }).click(),
  },
  broken: {
    asked: { view: { screen: "broken", code: "newer_version", path: "/srv/otklik/desk.sqlite" } },
  },
  sign_in: { asked: { view: { ...SIGN_IN, error: { code: "certificate", detail: "UnknownIssuer" } } } },
  accounts: { asked: { accounts: 3 } },
  accounts_sign_in: { asked: { accounts: 2, view: { ...SIGN_IN, error: null } } },
  first_start: { asked: { dialogs: 0 } },
  waiting: { act: (page) => page.keyboard.press("Control+ArrowDown") },
  thread: { act: openMine },
  unsent: {
    act: async (page) => {
      await openMine(page);
      await page.evaluate(() => window.fake?.linkDown(8_000));
      for (const text of ["First", "Second", "Third"]) {
        await page.fill("textarea", text);
        await page.keyboard.press("Enter");
        await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
      }
      await page.evaluate(() => {
        const fake = window.fake;
        const dialog = [...(fake?.desk.dialogs.values() ?? [])].find((one) =>
          one.items.some((item) => item.seq === null),
        );
        const [first, second] = dialog?.items.filter((item) => item.seq === null) ?? [];
        if (fake === undefined || dialog === undefined || first === undefined || second === undefined) return;
        fake.outbox.setSend(dialog.id, first.key, {
          state: "held",
          reason: { why: "not_mine", owner: "Tom Adler" },
        });
        fake.outbox.setSend(dialog.id, second.key, { state: "failed", reason: { code: "forbidden" } });
        fake.customerTypes(dialog.id, "I am still at the counter, is there any chance that");
        fake.setNotices([{ notice: "disk", fault: "full" }, { notice: "cache_rebuilt" }]);
        fake.toast({ toast: "already_accepted", by: "Tom Adler", name: "Emma Whitfield", number: 5 });
      });
      await page.waitForSelector(".typing .bubble");
    },
  },
  note: {
    act: async (page) => {
      await openMine(page);
      await page.keyboard.press("Control+Shift+N");
      await page.fill("textarea", "In a hotel, in a hurry");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".message.note");
    },
  },
  emoji: {
    act: async (page) => {
      await openMine(page);
      await page.keyboard.press("Control+e");
      await page.waitForSelector(".sign");
      await page.keyboard.press("ArrowRight");
    },
  },
  emoji_found: {
    act: async (page) => {
      await openMine(page);
      await page.keyboard.press("Control+e");
      await page.waitForSelector(".sign");
      await page.keyboard.type("спасибо");
      await page.waitForFunction(() => document.querySelectorAll(".sign").length < 100);
    },
  },
  templates: {
    act: async (page) => {
      await openMine(page);
      await page.focus("textarea");
      await page.keyboard.type("/");
      await page.waitForSelector(".templates [role='listbox']");
      for (let i = 0; i < 4; i += 1) await page.keyboard.press("ArrowDown");
    },
  },
  templates_found: {
    act: async (page) => {
      await openMine(page);
      await page.focus("textarea");
      await page.keyboard.type("/где");
      await page.waitForSelector(".templates mark, .templates [role='option']");
    },
  },
  template_left: {
    act: async (page) => {
      await openMine(page);
      await page.focus("textarea");
      await page.keyboard.type("/где");
      await page.waitForSelector(".templates [role='option']");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".problem");
    },
  },
  template_edit: {
    act: async (page) => {
      await openMine(page);
      await page.focus("textarea");
      await page.keyboard.type("/привет");
      await page.waitForSelector(".templates [role='option']");
      await page.locator(".templates .preview button").click();
      await page.waitForSelector("dialog[open]");
    },
  },
  tray: {
    act: async (page) => {
      await openMine(page);
      await page.evaluate(() => {
        const fake = window.fake;
        if (fake === undefined) return;
        fake.limits = { text_chars: 32_000, files: { most_bytes: 500_000, media: [] } };
        fake.show(fake.view);
      });
      const bytes = (size: number) => Buffer.alloc(size, 7);
      await page.locator("input[type='file']").setInputFiles([
        { name: "Витрина магазина.png", mimeType: "image/png", buffer: bytes(90_000) },
        { name: "Договор поставки на 2027 год.pdf", mimeType: "application/pdf", buffer: bytes(300_000) },
        { name: "Видео.mp4", mimeType: "video/mp4", buffer: bytes(600_000) },
      ]);
      await page.waitForFunction(() => document.querySelectorAll(".tray li.kept").length === 2);
      await page.waitForSelector(".tray img");
    },
  },
  files: {
    act: async (page) => {
      await openMine(page);
      await withFiles(page);
    },
  },
  picture: {
    act: async (page) => {
      await openMine(page);
      await withFiles(page);
      await page.locator("button.picture").first().click();
      await page.waitForSelector("dialog[open] img.loaded");
    },
  },
  danger: {
    act: async (page) => {
      await openMine(page);
      await withFiles(page);
      await page.evaluate(() => {
        const buttons = [...document.querySelectorAll<HTMLElement>(".bubble .file button")];
        buttons.at(-1)?.click();
      });
      await page.waitForSelector("dialog[open]");
    },
  },
  pending: {
    act: async (page) => {
      await page.evaluate(() => localStorage.setItem("otklik.look.undo", "5"));
      await page.reload();
      await page.waitForSelector("[role='tablist']");
      await openMine(page);
      await page.fill("textarea", "The limit is raised until midnight, please try once more");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".pending");
    },
  },
  too_long: {
    act: async (page) => {
      await openMine(page);
      await page.fill("textarea", "One more sentence about the order. ".repeat(1_000));
      await page.waitForSelector(".problem button");
    },
  },
  date: {
    act: async (page) => {
      await openMine(page);
      await page.keyboard.press("Control+g");
      await page.waitForSelector("dialog[open]");
    },
  },
  transfer: {
    act: async (page) => {
      await openMine(page);
      await page.click("header button:has-text('Transfer'), header button:has-text('Передать')");
      await page.waitForSelector("dialog[open]");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
    },
  },
  dialog_menu: {
    act: async (page) => {
      await openMine(page);
      await page.click("header [aria-haspopup='menu']");
      await page.waitForSelector("[role='menuitem']");
    },
  },
  hold: { act: fromMenu(0) },
  about: {
    act: async (page) => {
      await fromMenu(1)(page);
      await page.keyboard.press("ArrowDown");
    },
  },
  customer: { act: fromMenu(2) },
  block: { act: fromMenu(-1) },
  own_window: {
    asked: { dialog: "d000005" },
    act: async (page) => void (await page.waitForSelector(".bubble")),
  },
  elsewhere: {
    act: async (page) => {
      await openMine(page);
      await page.keyboard.press("Control+Shift+O");
      await page.waitForSelector(".elsewhere");
    },
  },
  asked: {
    act: async (page) => {
      await page.evaluate(() => window.fake?.windows.follow("d000005"));
      await page.waitForSelector("dialog[open]");
    },
  },
  details: {
    act: async (page) => {
      await openMine(page);
      await page.evaluate(() => {
        const fake = window.fake;
        if (fake === undefined) return;
        const at = Date.now();
        const file = { id: "f1", name: "Договор поставки.pdf", media: "application/pdf", size: 1_250_000 };
        const customer = { by: "customer" } as const;
        const me = { by: "operator", id: "op-me", name: "Вера Ильина" } as const;
        for (const dialog of fake.desk.dialogs.values()) {
          const put = (
            author: typeof customer | typeof me,
            kind: "text" | "file",
            text: string,
            details: object,
          ) => Object.assign(fake.desk.put(dialog, kind, author, text), { details });
          const lines = [
            put(customer, "file", "Вот договор", { file: { ...file, state: "ready" } }),
            put(customer, "file", "", { file: { ...file, name: "virus.exe", state: "rejected" } }),
            put(me, "text", "Получила, спасибо!", {
              quote: { seq: 2, excerpt: "Вот договор" },
              edited_at: at,
            }),
            put(me, "text", "", { deleted_at: at }),
          ];
          fake.changed(dialog, lines);
        }
      });
      await page.waitForSelector(".bubble.gone");
    },
  },
  link: {
    act: async (page) => {
      await openMine(page);
      await page.locator("button.link").last().click();
      await page.waitForSelector("dialog[open]");
    },
  },
  search: {
    act: async (page) => {
      await page.keyboard.press("Control+p");
      await page.keyboard.type("card");
      await page.waitForSelector("mark");
    },
  },
  settings: {
    act: async (page) => {
      await page.locator("nav button").last().click();
      await page.waitForSelector("h1");
    },
  },
  shortcuts: {
    act: async (page) => {
      await page.keyboard.press("?");
      await page.waitForSelector("dialog[open]");
    },
  },
  filter: {
    act: async (page) => {
      await page.keyboard.press("Control+6");
      await page.keyboard.press("Control+Shift+L");
      await page.locator("[role='dialog'] button[aria-pressed]").nth(0).click();
      await page.locator("[role='dialog'] button[aria-pressed]").nth(5).click();
      await page.locator("[role='dialog'] form input").fill("Утро");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".view");
    },
  },
  filtered: {
    act: async (page) => {
      await page.keyboard.press("Control+6");
      await page.keyboard.press("Control+Shift+L");
      await page.locator("[role='dialog'] button[aria-pressed]").nth(0).click();
      await page.locator("[role='dialog'] input[type='radio']").nth(1).check();
      await page.keyboard.press("Escape");
      await page.waitForSelector("[role='dialog']", { state: "detached" });
    },
  },
  sections: {
    asked: { offers: "on" },
    act: async (page) => {
      await page.evaluate(() => window.fake?.hide(12, 3));
      await page.keyboard.press("Control+3");
    },
  },
  offer: {
    asked: { offers: "on" },
    act: async (page) => {
      await offerTwo(page);
      await page.keyboard.press("Control+1");
      await page.waitForSelector(".shelf .card");
    },
  },
  offer_open: {
    asked: { offers: "on" },
    act: async (page) => {
      await offerTwo(page);
      await page.locator(".shelf .who").click();
      await page.waitForSelector(".bar .countdown");
    },
  },
  status: {
    act: async (page) => {
      await page.evaluate(() => window.fake?.setStatus("lunch", { by: "schedule" }));
      await page.keyboard.press("Control+Shift+S");
      await page.waitForSelector("[data-status]");
    },
  },
  begin: {
    act: async (page) => {
      await signedIn(page);
      await page.waitForSelector("[data-begin] input:focus");
    },
  },
  leaving: {
    act: async (page) => {
      const ru = "Передайте открытые диалоги ночной смене: она на связи до восьми утра.";
      await warns(page, { ru, en: "Hand your open dialogs to the night shift: it is there until eight." });
      await page.keyboard.press("Control+Shift+S");
      await page.getByRole("radio", { name: /Lunch|Обед/ }).press("Enter");
      await page.waitForSelector("dialog[open]");
    },
  },
  sign_out: {
    act: async (page) => {
      await openMine(page);
      await page.evaluate(() => window.fake?.linkDown(8_000));
      await page.fill("textarea", "One moment");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Control+k");
      await page.waitForSelector("dialog[open]");
      await page.keyboard.type("sign out");
      await page.waitForSelector("dialog[open] [aria-selected='true'] >> text=/Sign out|Выйти/");
      await page.keyboard.press("Enter");
      await page.waitForSelector("dialog[open] ul");
    },
  },
  many: {
    act: async (page) => {
      await page.keyboard.press("Control+2");
      await page
        .locator("[role='option']")
        .nth(0)
        .click({ modifiers: ["Control"] });
      await page
        .locator("[role='option']")
        .nth(3)
        .click({ modifiers: ["Shift"] });
      await page.waitForSelector("[role='toolbar']");
    },
  },
  many_result: {
    act: async (page) => {
      await page.keyboard.press("Control+2");
      await page
        .locator("[role='option']")
        .nth(0)
        .click({ modifiers: ["Control"] });
      await page
        .locator("[role='option']")
        .nth(3)
        .click({ modifiers: ["Shift"] });
      await page.evaluate(() => {
        const id = document.querySelectorAll("[role='option']")[1]?.id.replace(/^.*?-(?=d\d)/, "") ?? "";
        window.fake?.stubborn.set(id, { error: "refused", reason: { code: "category_required" } });
      });
      await page.locator("[role='toolbar'] button").nth(3).click();
      await page.waitForSelector("dialog[open]");
      await page.locator("dialog[open] footer button").last().click();
      await page.waitForSelector("dialog[open] .refused");
      await page.waitForFunction(() => document.querySelectorAll("dialog[open] li.done").length === 3);
    },
  },
  mine: { act: (page) => page.keyboard.press("Control+2") },
  all: { act: (page) => page.keyboard.press("Control+6") },
  palette: {
    act: async (page) => {
      await openMine(page);
      await page.keyboard.press("Control+k");
      await page.waitForSelector("dialog[open] [role='option']");
      await page.keyboard.press("ArrowDown");
    },
  },
  palette_found: {
    act: async (page) => {
      await page.keyboard.press("Control+k");
      await page.waitForSelector("dialog[open]");
      await page.keyboard.type("ghbyz");
      await page.waitForSelector("dialog mark, dialog [role='option']");
    },
  },
  keys: {
    act: async (page) => {
      await page.keyboard.press("?");
      await page.locator("dialog[open] footer button").click();
      await page.waitForSelector("[data-part='keys']:focus");
      await page.locator(".line .keys").nth(2).click();
      await page.keyboard.press("Control+k");
      await page.waitForSelector(".trouble");
    },
  },
};

const SIZES = { wide: [1440, 900], usual: [1366, 768], narrow: [400, 800] } as const;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** Taken from one page: language, theme and size change under it as they do under an operator. */
const LOOKS = {
  large: [
    ["en", "light", "wide"],
    ["ru", "dark", "usual"],
  ],
  small: [
    ["ru", "light", "narrow"],
    ["en", "dark", "narrow"],
  ],
} as const;

type Look = (typeof LOOKS)[keyof typeof LOOKS][number];

async function bringAxe(page: Page): Promise<void> {
  // Runs outside the page's policy, as an extension of a browser would.
  await page.evaluate(AXE);
}

async function axe(page: Page): Promise<string[]> {
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (what: object) => Promise<AxeResult> } };
    const result = await axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"],
      // What passes is not told, and nothing of the page's has to be fetched to be judged.
      resultTypes: ["violations"],
      preload: false,
    });
    return result.violations
      .filter((one) => one.impact === "serious" || one.impact === "critical")
      .flatMap((one) =>
        one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
      );
  });
  return found;
}

interface AxeResult {
  violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
}

/** Another language, theme and size for the screen that is open. */
async function dress(page: Page, [language, theme, size]: Look): Promise<void> {
  const [width, height] = SIZES[size];
  await page.setViewportSize({ width, height });
  await page.evaluate(
    ([language, theme]) => {
      const fake = window.fake;
      fake?.tell({ event: "settings", settings: { ...fake.settings, language, theme } });
    },
    [language, theme] as const,
  );
  await page.waitForFunction(
    ([language, theme]) =>
      document.documentElement.lang === language && document.documentElement.dataset["theme"] === theme,
    [language, theme] as const,
  );
}

/** Before the workplace the language is the system's, so there each look is a page of its own. */
const followsSystem = (screen: Screen) => screen.asked?.view !== undefined;

async function look(page: Page, name: string, [language, theme, size]: Look): Promise<unknown[]> {
  await painted(page);
  // Colours on their way from one theme to the other are in neither. What moves for ever is left moving.
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((one) => one.finished));
  });
  await shoot(page, `${name}-${language}-${theme}-${size}`);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  return [language, theme, size, wider, await axe(page)];
}

describe.each(Object.entries(SCREENS))("%s", (name, screen) => {
  test.each(Object.entries(LOOKS))("in a %s window", async (_, looks) => {
    const said: unknown[] = [];
    let opened: Opened | undefined;
    for (const one of looks) {
      const [language, theme, size] = one;
      if (opened === undefined || followsSystem(screen)) {
        await opened?.page.close();
        const [width, height] = SIZES[size];
        opened = await open(browser, { language, theme, ...screen.asked }, { width, height });
        await screen.act?.(opened.page);
        await bringAxe(opened.page);
      } else {
        await dress(opened.page, one);
      }
      said.push(await look(opened.page, name, one), opened.faults, opened.strangers);
    }
    await opened?.page.close();
    expect(said).toEqual(looks.flatMap((one) => [[...one, 0, []], [], []]));
  });
});
