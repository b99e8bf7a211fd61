import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { launch, open, type Opened, type Page } from "./browser";

let browser: Browser;
let opened: Opened;
let page: Page;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(async () => {
  expect([opened.faults, opened.strangers]).toEqual([[], []]);
  await page.close();
});

async function begin(accounts: number): Promise<void> {
  opened = await open(browser, { accounts });
  page = opened.page;
}

const strip = () => page.getByRole("navigation", { name: "Accounts" });
const second = () => strip().getByRole("button", { name: /^Банк «Север»/ });

/** This account is before the eyes, and its desk takes keys. */
async function shown(seat: number): Promise<void> {
  await page.waitForSelector(`[data-seat='${seat}'][aria-current]`);
  await page.waitForSelector("[role='tablist']");
}

describe("several accounts", () => {
  test("one alone shows no strip; another is added from the status menu, and not after all", async () => {
    await begin(1);
    expect(await strip().count()).toBe(0);
    await page.getByRole("button", { name: /^My status/ }).click();
    await page.getByRole("button", { name: "Add an account…" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await strip().getByRole("button", { name: "Waits for you" }).waitFor();
    await page.getByRole("button", { name: "Remove this account" }).click();
    await page.waitForSelector("[role='tablist']");
    expect(await strip().count()).toBe(0);
  });

  test("what is half written stays with its account, whose count goes on while another is before the eyes", async () => {
    await begin(2);
    await page.keyboard.press("Control+2");
    await page.keyboard.press("Control+ArrowDown");
    await page.waitForSelector("textarea");
    const name = await page.textContent("h1");
    const before = await page.inputValue("textarea");
    await page.focus("textarea");
    await page.keyboard.type("half a thought");
    await page.keyboard.press("Control+Alt+2");
    await page.waitForSelector("[data-seat='2'][aria-current]");
    await page.waitForSelector("textarea", { state: "detached" });

    const first = page.locator("[data-seat='1']");
    const words = (await first.getAttribute("aria-label")) ?? "";
    const title = await page.title();
    await page.evaluate(() => void window.accounts?.desk(1).newCustomer("Good morning"));
    await expect.poll(() => first.getAttribute("aria-label")).not.toBe(words);
    await expect.poll(() => page.title()).not.toBe(title);

    await first.click();
    await page.waitForSelector("textarea");
    expect(await page.textContent("h1")).toBe(name);
    await expect.poll(() => page.inputValue("textarea")).toBe(`${before}half a thought`);
  });

  test("a notification's click brings its account, the palette finds it, and signing out leaves the other", async () => {
    await begin(2);
    await page.evaluate(() => window.accounts?.show(2));
    await shown(2);
    await page.keyboard.press("Control+k");
    await page.waitForSelector("dialog[open] input");
    await page.keyboard.type("свой стол");
    await page.keyboard.press("Enter");
    await shown(1);
    await second().click();
    await shown(2);
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("button", { name: "Sign out and go offline" }).click();
    await strip().waitFor({ state: "detached" });
    await page.waitForSelector("[role='tablist']");
    expect(await page.evaluate(() => [...(window.accounts?.desks.keys() ?? [])])).toEqual([1]);
  });
});
