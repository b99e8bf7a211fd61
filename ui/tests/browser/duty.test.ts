import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { launch, open, type Opened, type Page } from "./browser";
import { signedIn, warns } from "./duty";

let browser: Browser;
let opened: Opened;
let page: Page;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  opened = await open(browser);
  page = opened.page;
});
afterEach(async () => {
  expect([opened.faults, opened.strangers]).toEqual([[], []]);
  await page.close();
});

const status = () => page.evaluate(() => [window.fake?.day.code, window.fake?.day.set_by.by]);
const gone = () => page.waitForSelector("dialog[open]", { state: "detached" });

test("after a login the status is chosen from the keyboard alone", async () => {
  await signedIn(page);
  const question = page.getByRole("dialog", { name: "Which status do you begin with?" });
  await question.waitFor();
  expect(await question.getByRole("radio", { name: "Online" }).isChecked()).toBe(true);
  await page.waitForSelector("[data-begin] input:focus");
  await page.keyboard.press("ArrowDown");
  expect(await question.getByRole("radio", { name: "Lunch" }).isChecked()).toBe(true);
  expect(await status()).toEqual(["offline", "login"]);
  await page.keyboard.press("Enter");
  await gone();
  expect(await status()).toEqual(["lunch", "himself"]);
});

test("Enter alone begins online, and Escape stays offline for good", async () => {
  await signedIn(page);
  await page.waitForSelector("[data-begin] input:focus");
  await page.keyboard.press("Enter");
  await gone();
  expect(await status()).toEqual(["online", "himself"]);
  await page.evaluate(() => window.fake?.setStatus("offline", { by: "login" }));
  await page.waitForSelector("[data-begin] input:focus");
  await page.keyboard.press("Escape");
  await gone();
  expect(await status()).toEqual(["offline", "himself"]);
  // The page begins anew, as after a restart.
  await page.evaluate(() => window.fake?.show({ screen: "workplace" }));
  await page.waitForSelector("[role='tablist']");
  expect(await page.locator("dialog[open]").count()).toBe(0);
});

test("whoever goes off duty with open dialogs reads the centre's words first, with their number", async () => {
  await warns(page, { en: "Hand your dialogs over.\nThe night shift is there." });
  const mine = await page.evaluate(() => window.fake?.counts().mine ?? 0);
  const lunch = page.getByRole("radio", { name: "Lunch" });
  const question = page.getByRole("dialog", { name: "Change to “Lunch”?" });
  for (const [answer, left] of [
    ["Stay online", "online"],
    ["Change to “Lunch”", "lunch"],
  ] as const) {
    await page.keyboard.press("Control+Shift+S");
    await lunch.press("Enter");
    await question.waitFor();
    expect(await question.textContent()).toContain(`You still have ${mine} open dialogs.`);
    expect(await question.textContent()).toContain("The night shift is there.");
    await question.getByRole("button", { name: answer }).click();
    await gone();
    expect((await status())[0]).toBe(left);
  }
});

test("the words stand in the question before signing out, too", async () => {
  await warns(page, { en: "Hand your dialogs over." });
  await page.keyboard.press("Control+k");
  await page.waitForSelector("dialog[open] input");
  await page.keyboard.type("Sign out");
  await page.waitForSelector("dialog[open] [aria-selected='true'] >> text=Sign out");
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: /^Sign out of/ });
  await question.waitFor();
  expect(await question.locator(".warning").textContent()).toBe("Hand your dialogs over.");
  await page.keyboard.press("Escape");
  await gone();
});
