import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
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

test("who else is at the dialog stands above the field as long as he is", async () => {
  opened = await open(browser, { dialog: DIALOG });
  const { page } = opened;
  const meet = (...here: [string, boolean][]) =>
    page.evaluate(
      ([dialog, met]) =>
        window.fake?.windows.meet(
          dialog,
          met.map(([name, writes]) => ({ id: name, name, writes })),
        ),
      [DIALOG, here] as const,
    );
  const line = page.locator(".company");
  await meet(["Oleg", false]);
  await page.waitForFunction(
    () => document.querySelector(".company")?.textContent.trim() === "Oleg is reading",
  );
  await meet(["Oleg", true], ["Ira", false], ["Nina", false], ["Vera", false], ["Pavel", false]);
  await page.waitForFunction(() => document.querySelector(".company b")?.textContent === "Oleg is writing");
  expect(await line.locator("span").textContent()).toBe("Ira, Nina, Vera, and 1 other are reading");
  await meet();
  await line.waitFor({ state: "detached" });
});
