/** Customers are said to be one person, and the person is written to where he can be reached, by keyboard alone. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, open, type Page } from "./browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Axe {
  run(of: string, what: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

/** What axe finds wrong with the window that is open. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: Axe };
    const runOnly = ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"];
    const { violations } = await axe.run("dialog[open]", { runOnly });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`);
  });
}

async function card(page: Page, place = 0) {
  await page.keyboard.press("Control+2");
  await page.locator("[role='option']").nth(place).click();
  const aside = page.getByRole("complementary", { name: "Customer" });
  await aside.waitFor();
  return aside;
}

/** Joins the first of one's own dialogs with the customer of the second, by keyboard. */
async function joined(page: Page) {
  const aside = await card(page);
  await aside.getByRole("button", { name: "The same person as…" }).focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("dialog", { name: /^The same person as / });
  await panel.waitFor();
  const other = await page.evaluate(() => {
    const mine = [...(window.fake?.desk.dialogs.values() ?? [])].filter((one) => one.owner === "Вера Ильина");
    const opened = window.fake?.asked.findLast((asked) => asked.do === "open");
    const here = opened?.do === "open" ? opened.dialog : null;
    return mine.findLast((one) => one.id !== here)?.customer ?? 0;
  });
  await page.keyboard.type(String(other));
  const found = panel.getByRole("radio").first();
  await found.waitFor();
  expect(await violations(page)).toEqual([]);
  await found.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await panel.getByRole("table", { name: "Side by side" }).waitFor();
  expect(await violations(page)).toEqual([]);
  const stays = panel.getByRole("radiogroup", { name: "What stays of: Name" });
  await stays.getByRole("radio", { name: "This one's" }).focus();
  await page.keyboard.press("ArrowRight");
  await panel.getByRole("button", { name: "Join" }).focus();
  await page.keyboard.press("Enter");
  await panel.waitFor({ state: "detached" });
  await page.getByText("They are one person now.").waitFor();
  return aside;
}

test("two are said to be one, looked at side by side, and taken apart again", async () => {
  const { page, faults } = await open(browser);
  const aside = await joined(page);
  const ways = aside.getByRole("region", { name: "Writes from" });
  expect(await ways.getByRole("listitem").count()).toBe(2);
  await aside.getByRole("region", { name: "Earlier dialogs" }).getByRole("listitem").first().waitFor();
  await ways.getByRole("button", { name: "Somebody else" }).last().click();
  const panel = page.getByRole("dialog", { name: /somebody else\?$/ });
  await panel.waitFor();
  expect(await violations(page)).toEqual([]);
  await panel.getByRole("button", { name: "Separate" }).click();
  await page.getByText("is on his own again.").waitFor();
  await ways.getByRole("list").waitFor({ state: "detached" });
  await page.close();
  expect(faults).toEqual([]);
});

test("the person is written to where he can be reached, with a ready answer and for a department", async () => {
  const { page, faults } = await open(browser);
  await page.evaluate(() => {
    // One of the two ways is over: there something can be begun.
    const mine = [...(window.fake?.desk.dialogs.values() ?? [])].filter((one) => one.owner === "Вера Ильина");
    const last = mine.at(-1);
    if (last !== undefined) last.state = "closed_soft";
  });
  const aside = await joined(page);
  await aside.getByRole("button", { name: "Begin a new dialog…" }).click();
  const panel = page.getByRole("dialog", { name: /^Write to / });
  await panel.getByRole("radio").first().waitFor();
  expect(await panel.getByRole("radio").count()).toBe(2);
  expect(await panel.getByText("a dialog is open there").count()).toBeGreaterThan(0);
  expect(await violations(page)).toEqual([]);
  await panel.getByRole("combobox", { name: "Department" }).selectOption("sales");
  await panel.getByRole("button", { name: "Ready answers" }).click();
  await panel.getByRole("combobox", { name: "Ready answers" }).fill("Delivery");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  const words = panel.getByRole("textbox", { name: "First words" });
  expect(await words.inputValue()).toContain("days");
  await page.close();
  expect(faults).toEqual([]);
});

test("without a connection nobody is joined, and it is said why", async () => {
  const { page, faults } = await open(browser);
  const aside = await card(page);
  await page.evaluate(() => window.fake?.linkDown(null));
  await aside.getByRole("button", { name: "The same person as…" }).click();
  await page.getByText("Customers can be joined with a connection only").waitFor();
  await page.keyboard.press("Escape");
  await page.close();
  expect(faults).toEqual([]);
});
