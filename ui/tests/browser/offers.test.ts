import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, open, painted, type Page } from "./browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** Offers the dialog that has waited longest, for so many seconds; tells which. */
const offer = (page: Page, seconds: number) =>
  page.evaluate((seconds) => {
    const free = [...(window.fake?.desk.dialogs.values() ?? [])].find((one) => one.state === "queue");
    window.fake?.offer(free?.id ?? "", seconds);
    return free?.id ?? "";
  }, seconds);

const card = (page: Page) => page.locator(".shelf .card");

test("an offer is accepted by one key, and declined by another, in every set of keys", async () => {
  for (const [set, accept, decline] of [
    ["standard", "Control+Shift+A", "Control+Shift+X"],
    ["webim", "Control+ArrowRight", "Control+Shift+X"],
    ["alt", "Alt+a", "Alt+x"],
  ] as const) {
    const { page, faults } = await open(browser, { offers: "on" });
    await page.evaluate(
      (set) => localStorage.setItem("otklik.look.keys", JSON.stringify({ set, own: {} })),
      set,
    );
    await page.reload();
    await page.waitForSelector("[role='tablist']");
    const first = await offer(page, 60);
    await card(page).waitFor();
    await page.keyboard.press(decline);
    await card(page).waitFor({ state: "detached" });
    expect(await page.evaluate((id) => window.fake?.dialog(id).state, first)).toBe("queue");
    const second = await offer(page, 60);
    await card(page).waitFor();
    await page.keyboard.press(accept);
    await page.waitForSelector("textarea:focus");
    expect(await page.evaluate((id) => window.fake?.dialog(id).state, second)).toBe("active");
    expect(faults).toEqual([]);
    await page.close();
  }
});

test("an offer is accepted and declined with the mouse, on its card and over its dialog", async () => {
  const { page, faults } = await open(browser, { offers: "on" });
  await offer(page, 60);
  await card(page).getByRole("button", { name: "Decline" }).click();
  await card(page).waitFor({ state: "detached" });
  const id = await offer(page, 60);
  await card(page).locator(".who").click();
  const bar = page.getByRole("group", { name: "This dialog is offered to you" });
  await bar.waitFor();
  await bar.getByRole("button", { name: "Accept" }).click();
  await bar.waitFor({ state: "detached" });
  expect(await page.evaluate((id) => window.fake?.dialog(id).state, id)).toBe("active");
  expect(faults).toEqual([]);
  await page.close();
});

test("the time left is the hub's, whatever the clock here says", async () => {
  const { page } = await open(browser, { offers: "on", ahead: 3_600_000 });
  await offer(page, 50);
  const left = await card(page).locator(".countdown > [aria-hidden]").textContent();
  const seconds = Number(left?.split(":")[1]);
  expect(left).toMatch(/^0:/);
  expect(seconds).toBeGreaterThan(35);
  // The page's clock ticks once a second: it may be one behind.
  expect(seconds).toBeLessThanOrEqual(51);
  await page.close();
});

test("an offer that goes moves nothing that is being read, neither in the list nor in the dialog", async () => {
  const { page, faults } = await open(browser, { dialogs: 400, offers: "on" });
  await page.keyboard.press("Control+3");
  await page.locator("[role='option']").nth(3).click();
  await page.waitForSelector(".bubble");
  const id = await page.evaluate(() => {
    const open = document.querySelector("[role='option'][aria-selected='true']")?.id ?? "";
    const id = open.slice(open.lastIndexOf("d0"));
    window.fake?.offer(id, 60);
    return id;
  });
  await page.waitForSelector(".bar");
  await painted(page);
  await page.hover("[role='listbox']");
  const places = () =>
    page.evaluate(() => ({
      bubble: document.querySelector(".bubble")?.getBoundingClientRect().top,
      row: document.querySelectorAll("[role='option']")[8]?.getBoundingClientRect().top,
      name: document.querySelectorAll("[role='option']")[8]?.id,
    }));
  const before = await places();
  await page.evaluate((id) => window.fake?.offerEnds(id, "Tom Adler"), id);
  await page.waitForSelector(".bar", { state: "detached" });
  await page.waitForSelector("text=is with Tom Adler now");
  await painted(page);
  expect(await places()).toEqual(before);
  await page.mouse.move(1_000, 500);
  await page.waitForSelector(".ended", { state: "detached" });
  expect(faults).toEqual([]);
  await page.close();
});
