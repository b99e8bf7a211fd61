import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { launch, open, type Page } from "./browser";

let browser: Browser;
let page: Page;
let faults: string[];
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  ({ page, faults } = await open(browser, { offers: "on" }));
  await page.keyboard.press("Control+2");
  await page.waitForSelector("[role='option']");
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await page.close();
});

const bar = () => page.getByRole("toolbar", { name: "What to do with the chosen dialogs" });
const chosen = () => page.locator("[role='option'][aria-selected='true'] .picked").count();
const row = (place: number) => page.locator("[role='option']").nth(place);

test("rows are chosen with Ctrl and Shift, by mouse", async () => {
  await row(0).click({ modifiers: ["Control"] });
  await row(2).click({ modifiers: ["Control"] });
  expect(await chosen()).toBe(2);
  await row(4).click({ modifiers: ["Shift"] });
  expect(await chosen()).toBe(3);
  expect(await bar().locator("[role='status']").textContent()).toBe("3 chosen");
  await row(1).click();
  await bar().waitFor({ state: "detached" });
});

test("rows are chosen from the keyboard, and Escape chooses none", async () => {
  await page.focus("[role='listbox']");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  expect(await chosen()).toBe(3);
  await page.keyboard.press("Space");
  expect(await chosen()).toBe(2);
  await page.keyboard.press("Control+a");
  const all = Number(await row(0).getAttribute("aria-setsize"));
  expect(await chosen()).toBe(all);
  await page.keyboard.press("Escape");
  await bar().waitFor({ state: "detached" });
  expect(await page.locator("[role='option'][aria-selected='true']").count()).toBe(1);
});

test("each dialog's outcome is told, the refused ones with their reason", async () => {
  const ids = await page.evaluate(() =>
    [...(window.fake?.desk.dialogs.values() ?? [])]
      .filter((one) => one.state === "active")
      .map((one) => one.id),
  );
  await row(0).click({ modifiers: ["Control"] });
  await row(2).click({ modifiers: ["Shift"] });
  const second = await row(1).evaluate((one) => one.id.slice(one.id.lastIndexOf("d0")));
  expect(ids).toContain(second);
  await page.evaluate(
    (id) => window.fake?.stubborn.set(id, { error: "refused", reason: { code: "wrong_state" } }),
    second,
  );
  await bar().getByRole("button", { name: "Close" }).click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  await dialog.locator("text=2 of 3 done").waitFor();
  expect(await dialog.locator("li.done").count()).toBe(2);
  expect(await dialog.locator("li.refused .words").textContent()).toMatch(/state/);
  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  await dialog.waitFor({ state: "detached" });
});

test("tags are added to those that are there", async () => {
  const id = await row(0).evaluate((one) => one.id.slice(one.id.lastIndexOf("d0")));
  await page.evaluate((id) => {
    const dialog = window.fake?.dialog(id);
    if (dialog === undefined) return;
    dialog.tags = ["vip"];
    window.fake?.changed(dialog, []);
  }, id);
  await row(0).click({ modifiers: ["Control"] });
  await row(1).click({ modifiers: ["Control"] });
  await bar().getByRole("button", { name: "Tag" }).click();
  await page.getByLabel("Tags to add").fill("spring, vip");
  await page.locator("dialog[open] footer .primary").click();
  await page.waitForSelector("text=All done");
  expect(await page.evaluate((id) => window.fake?.dialog(id).tags, id)).toEqual(["vip", "spring"]);
});

test("what no chosen dialog allows says why, and what some allow says how many", async () => {
  await row(0).click({ modifiers: ["Control"] });
  const accept = bar().getByRole("button", { name: "Accept" });
  expect(await accept.getAttribute("aria-disabled")).toBe("true");
  await accept.hover();
  await page.waitForSelector(".tip.shown >> text=already accepted");
  await page.keyboard.press("Control+5");
  await page
    .locator("[role='option'] .others")
    .first()
    .click({ modifiers: ["Control"] });
  await page
    .locator("[role='option'] .mine_unanswered, [role='option'] .mine_answered")
    .first()
    .click({
      modifiers: ["Control"],
    });
  expect(await bar().getByRole("button", { name: "Close (1)" }).getAttribute("aria-disabled")).toBeNull();
});
