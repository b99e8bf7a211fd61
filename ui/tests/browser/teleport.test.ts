/** The customer is sent to another page: asked from the menu, checked while it is typed, told in the thread. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, open, type Page } from "./browser";
import { openMine } from "./steps";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Axe {
  run: (where: string, how: object) => Promise<{ violations: { id: string }[] }>;
}

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function wrongs(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: Axe };
    const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    return (await axe.run("dialog[open]", { runOnly })).violations.map(({ id }) => id);
  });
}

async function ask(page: Page) {
  await openMine(page);
  await page.evaluate(() => {
    for (const one of window.fake?.desk.dialogs.values() ?? []) {
      one.onSite = true;
      window.fake?.changed(one, []);
    }
  });
  await page.click("header [aria-haspopup='menu']");
  await page.getByRole("menuitem", { name: "Send to a page…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  return dialog;
}

test("an address is checked while it is typed, sent with Enter, and stands in the thread as a link", async () => {
  const { page, faults } = await open(browser);
  const dialog = await ask(page);
  expect(await dialog.getByRole("listitem").allTextContents()).toEqual([
    "https://shop.example.org",
    "https://bank.example.org",
  ]);
  const field = dialog.getByRole("textbox", { name: "The page's address" });
  expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
  await field.fill("https://evil.example/");
  await dialog.getByText("The centre does not send customers to this site").first().waitFor();
  expect(await wrongs(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await field.fill("https://bank.example.org/order?id=7");
  expect(await wrongs(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  const asked = await page.evaluate(() =>
    (window.fake?.asked ?? []).flatMap((one) =>
      one.do === "do" && one.deed.deed === "teleport" ? [one.deed.address] : [],
    ),
  );
  expect(asked).toEqual(["https://bank.example.org/order?id=7"]);
  await page.getByRole("button", { name: "bank.example.org/order" }).click();
  await page.getByRole("dialog", { name: "Open this link?" }).waitFor();
  await page.close();
  expect(faults).toEqual([]);
});

test("without a connection the open question says so and sends nothing", async () => {
  const { page, faults } = await open(browser);
  const dialog = await ask(page);
  await page.evaluate(() => window.fake?.linkDown(null));
  const button = dialog.getByRole("button", { name: "Send", exact: true });
  await expect.poll(() => button.getAttribute("aria-disabled")).toBe("true");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => (window.fake?.asked ?? []).filter((one) => one.do === "do").length)).toBe(
    0,
  );
  await page.close();
  expect(faults).toEqual([]);
});
