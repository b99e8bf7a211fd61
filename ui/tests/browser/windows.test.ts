import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { launch, open, type Opened } from "./browser";

const DIALOG = "d000005";

let browser: Browser;
let opened: Opened;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(async () => {
  expect([opened.faults, opened.strangers]).toEqual([[], []]);
  await opened.page.close();
});

const asked = (what: string) =>
  opened.page.evaluate((name) => window.fake?.asked.filter((one) => one.do === name) ?? [], what);

describe("a dialog's own window", () => {
  test("is called as its customer and counts what is unread in it alone", async () => {
    opened = await open(browser, { dialog: DIALOG });
    const { page } = opened;
    const name = await page.textContent("h1");
    await page.waitForFunction((wanted) => document.title.endsWith(wanted ?? "?"), name);
    expect(await page.title()).not.toContain("Otklik");
    expect([await page.locator("nav").count(), await page.locator("[role='tablist']").count()]).toEqual([
      0, 0,
    ]);
  });

  test("keeps what is written when the shell wants it to go, and goes then", async () => {
    opened = await open(browser, { dialog: DIALOG });
    const { page } = opened;
    const before = await page.inputValue("textarea");
    await page.focus("textarea");
    await page.keyboard.type("not finished");
    // What was pressed before the shell's word comes after it, one by one: a sixth of a second between two, however slow
    // the machine is that presses them.
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 1_000);
    await page.evaluate(() => window.dispatchEvent(new Event("otklik:closing")));
    for (const part of [" y", "et"]) {
      await page.clock.runFor(160);
      await page.keyboard.type(part);
    }
    await page.clock.resume();
    await page.waitForFunction(() => window.fake?.asked.some((one) => one.do === "close_own_window"));
    // On a slow machine what was written first has been kept before; the last to be kept is all of it.
    const kept = (await page.evaluate(() => window.fake?.asked ?? [])).filter(
      (one) => one.do === "save_draft" || one.do === "close_own_window",
    );
    expect(kept.slice(-2)).toMatchObject([
      { do: "save_draft", dialog: DIALOG, text: `${before}not finished yet` },
      { do: "close_own_window" },
    ]);
  });
});

test("a link of another program is answered from the keyboard", async () => {
  opened = await open(browser);
  const { page } = opened;
  await page.evaluate((id) => window.fake?.windows.follow(id), DIALOG);
  await page.waitForSelector("dialog[open]");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog[open]", { state: "detached" });
  expect([(await asked("drop_link")).length, (await asked("open")).length]).toEqual([1, 0]);
  await page.evaluate((id) => window.fake?.windows.follow(id), DIALOG);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.waitForSelector(".bubble");
  expect(await asked("open")).toMatchObject([{ dialog: DIALOG }]);
});
