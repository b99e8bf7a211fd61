import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, open, painted, SHOTS, type Asked, type Page } from "./browser";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIGN_IN = {
  screen: "sign_in",
  address: "https://hub.example",
  login: "vera",
  busy: false,
  local_desk: true,
};

interface Screen {
  asked?: Asked;
  act?: (page: Page) => Promise<void>;
}

const openMine = async (page: Page) => {
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector(".bubble");
};

const SCREENS: Record<string, Screen> = {
  starting: { asked: { view: { screen: "starting" } } },
  passphrase_new: {
    asked: { view: { screen: "passphrase", new: true, wrong: false } },
    act: (page) => page.locator("input").first().fill("correct horse battery"),
  },
  passphrase_wrong: { asked: { view: { screen: "passphrase", new: false, wrong: true } } },
  broken: {
    asked: { view: { screen: "broken", code: "newer_version", path: "/srv/otklik/desk.sqlite" } },
  },
  sign_in: { asked: { view: { ...SIGN_IN, error: { code: "certificate", detail: "UnknownIssuer" } } } },
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
        fake.setSend(dialog.id, first.key, {
          state: "held",
          reason: { why: "not_mine", owner: "Tom Adler" },
        });
        fake.setSend(dialog.id, second.key, { state: "failed", reason: { code: "forbidden" } });
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
  settings: { act: (page) => page.locator("nav button").last().click() },
  shortcuts: { act: (page) => page.keyboard.press("?") },
};

const SIZES = { wide: [1440, 900], usual: [1366, 768], narrow: [400, 800] } as const;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function axe(page: Page): Promise<string[]> {
  // Runs outside the page's policy, as an extension of a browser would.
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (what: object) => Promise<AxeResult> } };
    const result = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"] });
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

describe.each(Object.entries(SCREENS))("%s", (name, screen) => {
  test.each([
    ["en", "light", "wide"],
    ["ru", "dark", "usual"],
    ["ru", "light", "narrow"],
    ["en", "dark", "narrow"],
  ] as const)("in %s, %s, %s", async (language, theme, size) => {
    const [width, height] = SIZES[size];
    const { page, faults, strangers } = await open(
      browser,
      { language, theme, ...screen.asked },
      { width, height },
    );
    await screen.act?.(page);
    await painted(page);
    await page.screenshot({ path: `${SHOTS}/${name}-${language}-${theme}-${size}.png` });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    const serious = await axe(page);
    await page.close();
    expect(serious).toEqual([]);
    expect([wider, faults, strangers]).toEqual([0, [], []]);
  });
});

test("at 200 % text nothing is cut off sideways", async () => {
  const { page, faults } = await open(browser, { language: "ru" }, { width: 683, height: 384 });
  await openMine(page);
  await painted(page);
  await page.screenshot({ path: `${SHOTS}/zoom-200.png` });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  expect(faults).toEqual([]);
  await page.close();
});

test("at 360 px the list and the thread take turns", async () => {
  const { page } = await open(browser, { language: "ru" }, { width: 360, height: 640 });
  expect(await page.locator("[role='listbox']").isVisible()).toBe(true);
  await openMine(page);
  expect(await page.locator("[role='listbox']").isVisible()).toBe(false);
  await page.screenshot({ path: `${SHOTS}/thread-360.png` });
  await page.locator(".back button").click();
  expect(await page.locator("[role='listbox']").isVisible()).toBe(true);
  await page.close();
});
