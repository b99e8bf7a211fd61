import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launch, open, type Opened, type Page } from "./browser";

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
  await page.evaluate(() => {
    window.fake!.machine.policy = { contact: "IT, ext. 11", locked: ["popup_text", "sound_long"] };
  });
  await page.getByRole("button", { name: "Settings" }).click();
});
afterEach(async () => {
  expect([opened.faults, opened.strangers]).toEqual([[], []]);
  await page.close();
});

describe("this computer", () => {
  test("what is laid down is disabled and says why, what is not can be changed", async () => {
    await page.getByText("Set by your administrator: IT, ext. 11.").first().waitFor();
    const words = page.getByRole("switch", { name: "Show the customer's words in notifications" });
    expect(await words.isDisabled()).toBe(true);
    expect(
      await page.getByRole("group", { name: "Somebody is waiting" }).getByRole("switch").isDisabled(),
    ).toBe(true);
    expect(await page.getByRole("switch", { name: "Show notifications" }).isDisabled()).toBe(false);
  });

  test("the computer's own switches are switched", async () => {
    await page.getByRole("switch", { name: "Start with the computer" }).click();
    await page.getByRole("switch", { name: "Ctrl+Alt+O shows the window from anywhere" }).click();
    const asked = await page.evaluate(() => window.fake!.asked.filter((one) => one.do === "machine").length);
    expect(asked).toBe(2);
  });

  test("an update waits in a line and interrupts nothing", async () => {
    await page.evaluate(() => {
      const { machine } = window.fake!;
      machine.view = { ...machine.view, update: { update: "ready", version: "0.2.0" } };
    });
    // Any answer of the machine brings the news, this one too.
    await page.getByRole("switch", { name: "Start with the computer" }).click();
    await page.getByText("Otklik 0.2.0 is ready.").waitFor();
    expect(await page.getByRole("button", { name: "Restart to update" }).count()).toBe(2);
  });
});
