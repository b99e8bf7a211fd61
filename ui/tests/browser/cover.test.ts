import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launch, open, painted, type Opened, type Page } from "./browser";

let browser: Browser;
let opened: Opened;
let page: Page;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  opened = await open(browser, { dialogs: 24, thread: 400 });
  page = opened.page;
});
afterEach(async () => {
  expect([opened.faults, opened.strangers]).toEqual([[], []]);
  await page.close();
});

const openMine = async () => {
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector(".bubble");
};

/** The dialog with the most messages. */
const openLongest = async () => {
  await page.evaluate(() => {
    const all = [...(window.fake?.desk.dialogs.values() ?? [])];
    const [longest] = all.toSorted((a, b) => b.items.length - a.items.length);
    window.fake!.tell({ event: "open_dialog", dialog: longest!.id });
  });
  await page.waitForSelector(".bubble");
};

/** Covers with the keys for it, and waits until nothing else is there. */
const cover = async () => {
  await page.keyboard.press("Control+Shift+E");
  await page.getByRole("heading", { name: "The window is covered" }).waitFor();
};

/** Every name and word of a customer that the desk knows, as far as the document has it anywhere. */
const leaks = () =>
  page.evaluate(() => {
    const all = document.documentElement.outerHTML + document.title;
    const dialogs = [...(window.fake?.desk.dialogs.values() ?? [])];
    const words = dialogs.flatMap((one) => [one.name ?? "", ...one.items.map((item) => item.text)]);
    return words.filter((word) => word.length > 5 && all.includes(word));
  });

const bubbleAtTop = () =>
  page.evaluate(() => {
    const log = document.querySelector("[role='log']")!.getBoundingClientRect();
    const bubble = [...document.querySelectorAll(".bubble")].find(
      (one) => one.getBoundingClientRect().bottom > log.top + 1,
    );
    return { text: bubble?.textContent ?? "", top: Math.round(bubble?.getBoundingClientRect().top ?? 0) };
  });

describe("the covered window", () => {
  test("S-C20: has nothing of anybody in it, and any key brings dialog, draft and place back", async () => {
    await openLongest();
    await page.fill("textarea", "Half a sent");
    await page.hover("[role='log']");
    await page.mouse.wheel(0, -2_000);
    await page.waitForFunction(() => document.querySelector(".pill") !== null);
    await painted(page);
    const before = await bubbleAtTop();
    await page.focus("textarea");
    expect(await leaks()).not.toEqual([]);

    await cover();
    expect(await leaks()).toEqual([]);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("Open");
    // What comes meanwhile changes nothing on the screen.
    await page.evaluate(() => window.fake?.newCustomer("Canary words of somebody new"));
    await painted(page);
    expect(await page.content()).not.toContain("Canary words");

    await page.keyboard.press("Shift");
    await page.keyboard.press("Tab");
    expect(await page.locator("textarea").count()).toBe(0);
    await page.keyboard.press("x");
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "Half a sent");
    await page.waitForSelector(".bubble");
    await painted(page);
    expect(await bubbleAtTop()).toEqual(before);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("TEXTAREA");
  });

  for (const over of [null, "Control+k", "Control+g"] as const) {
    test(`S-C20: nothing of anybody is in the frame after the engine says so, ${over ?? "nothing"} being open`, async () => {
      await openLongest();
      if (over !== null) {
        await page.keyboard.press(over);
        await page.waitForSelector("dialog[open]");
      }
      expect(await leaks()).not.toEqual([]);
      // Asked in the frame itself, before it is drawn: whatever the document has then somebody could read.
      const seen = await page.evaluate(async () => {
        const desk = [...(window.fake?.desk.dialogs.values() ?? [])];
        const words = desk.flatMap((one) => [one.name ?? "", ...one.items.map((item) => item.text)]);
        const known = words.filter((word) => word.length > 5);
        window.fake!.show({ screen: "covered", by: "press", wrong: false, wait_s: 0 });
        await new Promise((drawn) => requestAnimationFrame(drawn));
        const all = document.documentElement.outerHTML + document.title;
        return {
          covered: all.includes("The window is covered"),
          left: known.filter((word) => all.includes(word)),
        };
      });
      expect(seen).toEqual({ covered: true, left: [] });
    });
  }

  test("S-C20: asks for the code, says that it was wrong, and lets nobody hurry", async () => {
    await page.evaluate(() => (window.fake!.cover.code = "кот в мешке"));
    await openMine();
    await cover();
    const field = page.getByLabel("Code");
    expect(await field.evaluate((one) => one === document.activeElement)).toBe(true);
    await page.keyboard.type("a dog");
    expect(await leaks()).toEqual([]);
    await page.keyboard.press("Enter");
    await page.getByText("The next try counts in").first().waitFor();
    await page.waitForFunction(() => document.querySelector("[aria-invalid='true']") !== null);
    await page.getByText("This code is wrong.").waitFor();
    await field.fill("кот в мешке");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".bubble");
  });

  test("S-C20: also in a dialog's own window, whose title names nobody then", async () => {
    const id = await page.evaluate(() => {
      const mine = [...(window.fake?.desk.dialogs.values() ?? [])].find((one) => one.state === "active");
      return mine!.id;
    });
    const own = await open(browser, { dialogs: 24, dialog: id });
    page = (await page.close(), own.page);
    opened = own;
    await page.waitForSelector(".bubble");
    expect(await leaks()).not.toEqual([]);
    await cover();
    expect(await leaks()).toEqual([]);
    expect(await page.title()).toBe("Otklik");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".bubble");
  });

  test("is covered from the palette, and left by signing out", async () => {
    await page.keyboard.press("Control+k");
    await page.waitForSelector("dialog[open] input");
    await page.keyboard.type("cover the window now");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "The window is covered" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("removed from this computer").waitFor();
    await page.getByRole("button", { name: "Sign out now" }).click();
    await page.getByLabel("Password").waitFor();
  });

  test("a code is set, changed and removed in the settings", async () => {
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByLabel("New code").fill("123");
    expect(await page.getByText("4 to 128 characters").count()).toBeGreaterThan(0);
    await page.getByLabel("New code").fill("1234");
    await page.getByRole("button", { name: "Set a code" }).click();
    await page.getByText("A code is set.").waitFor();
    await page.getByLabel("Present code").fill("4321");
    await page.getByRole("button", { name: "Remove the code" }).click();
    await page.getByText("This code is wrong").waitFor();
    await page.getByLabel("Present code").fill("1234");
    await page.getByRole("button", { name: "Remove the code" }).click();
    await page.getByText("A code asks who is there.").waitFor();
  });
});
