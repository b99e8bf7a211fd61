/** Large text, small and very large windows, the system's own colours, less motion. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, open, painted, shoot, type Page } from "./browser";

const openMine = async (page: Page) => {
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector(".bubble");
};

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("at 200 % text nothing is cut off sideways", async () => {
  const { page, faults } = await open(browser, { language: "ru" }, { width: 683, height: 384 });
  await openMine(page);
  await painted(page);
  await shoot(page, "zoom-200");
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  expect(faults).toEqual([]);
  await page.close();
});

test("at 360 px the list and the thread take turns", async () => {
  const { page } = await open(browser, { language: "ru" }, { width: 360, height: 640 });
  expect(await page.locator("[role='listbox']").isVisible()).toBe(true);
  await openMine(page);
  expect(await page.locator("[role='listbox']").isVisible()).toBe(false);
  await shoot(page, "thread-360");
  await page.locator(".back button").click();
  expect(await page.locator("[role='listbox']").isVisible()).toBe(true);
  await page.close();
});

test("at 360 px the search is seen from a thread, and its hit is", async () => {
  const { page, faults } = await open(browser, { language: "en" }, { width: 360, height: 640 });
  await openMine(page);
  await page.keyboard.press("Control+p");
  await page.waitForSelector("[role='search'] input:focus");
  expect(await page.locator("[role='search'] input").isVisible()).toBe(true);
  await page.keyboard.type("order");
  await page.locator(".hit").first().click();
  await page.waitForSelector(".bubble");
  expect(await page.locator("[role='search'] input").isVisible()).toBe(false);
  await page.close();
  expect(faults).toEqual([]);
});

test("an open menu is inside the window, at its button, also when the window gets smaller", async () => {
  const { page } = await open(browser, { language: "ru" }, { width: 1_440, height: 900 });
  await openMine(page);
  await page.click("header [aria-haspopup='menu']");
  await page.waitForSelector("[role='menuitem']:focus");
  const edges = () =>
    page.evaluate(() => {
      const menu = document.querySelector("[role='menu']:popover-open")?.getBoundingClientRect();
      const button = document.querySelector("header [aria-haspopup='menu']")?.getBoundingClientRect();
      if (menu === undefined || button === undefined) throw new Error("no menu");
      return [menu.left >= 0, Math.round(menu.right - button.right), window.innerWidth - menu.right > 0];
    });
  expect(await edges()).toEqual([true, 0, true]);
  await page.setViewportSize({ width: 900, height: 700 });
  await painted(page);
  expect(await edges()).toEqual([true, 0, true]);
  // Escape is one step back: the dialog under the menu stays.
  await page.keyboard.press("Escape");
  await page.waitForSelector("[role='menuitem']", { state: "detached" });
  await painted(page);
  expect(await page.locator(".bubble").count()).toBeGreaterThan(0);
  await page.close();
});

test("with the text alone at 200 % nothing overlaps and nothing leaves the window", async () => {
  const { page, faults } = await open(browser, { language: "ru" }, { width: 1366, height: 768 });
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  await openMine(page);
  await painted(page);
  await shoot(page, "text-200");
  const told = await page.evaluate(() => {
    const wider = document.documentElement.scrollWidth - window.innerWidth;
    const rows = [...document.querySelectorAll(".row")].map((row) => row.scrollHeight - row.clientHeight > 1);
    const foot = document.querySelector("footer");
    return { wider, cut: rows.includes(true) || (foot?.scrollHeight ?? 0) > (foot?.clientHeight ?? 0) + 1 };
  });
  expect(told).toEqual({ wider: 0, cut: false });
  const tabs = await page.evaluate(() =>
    [...document.querySelectorAll("[role='tab']")].map((tab) => tab.scrollWidth - tab.clientWidth),
  );
  expect(tabs).toEqual([0, 0, 0, 0, 0]);
  for (const keys of ["Control+k", "Control+/"]) {
    await page.keyboard.press(keys);
    const dialog = page.locator("dialog[open]");
    await dialog.waitFor();
    await shoot(page, `text-200-${keys === "Control+k" ? "palette" : "keys"}`);
    const box = await dialog.boundingBox();
    expect(box !== null && box.x >= 0 && box.y >= 0 && box.x + box.width <= 1366).toBe(true);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  }
  expect(faults).toEqual([]);
  await page.close();
});

test("in the system's own colours what is chosen is marked by a line, and messages have an edge", async () => {
  const { page, faults } = await open(browser, {}, { width: 1366, height: 768 });
  await page.emulateMedia({ forcedColors: "active" });
  await openMine(page);
  await painted(page);
  await shoot(page, "forced-colours");
  const outlines = await page.evaluate(() =>
    ["[role='option'][aria-selected='true']", "[role='tab'][aria-selected='true']", ".bubble", ".disc"].map(
      (one) => getComputedStyle(document.querySelector(one) as Element).outlineStyle,
    ),
  );
  expect(outlines).toEqual(["solid", "solid", "solid", "solid"]);
  await page.keyboard.press("Control+k");
  await page.waitForSelector("dialog[open] [role='option']");
  await shoot(page, "forced-colours-palette");
  expect(faults).toEqual([]);
  await page.close();
});

test("whoever wants less motion gets none", async () => {
  const { page } = await open(browser);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openMine(page);
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll("*")].filter((one) => {
        const style = getComputedStyle(one);
        const durations = style.transitionDuration.split(",").concat(style.animationDuration.split(","));
        return durations.some((duration) => Number.parseFloat(duration) > 0);
      }).length,
  );
  expect(moving).toBe(0);
  await page.close();
});

test("at 3840x2160 the thread and its lines keep a width that can be read", async () => {
  const { page, faults } = await open(
    browser,
    { language: "ru", thread: 200 },
    { width: 3840, height: 2160 },
  );
  await openMine(page);
  await painted(page);
  await shoot(page, "thread-4k");
  const widest = await page.evaluate(() =>
    Math.max(...[...document.querySelectorAll(".bubble")].map((one) => one.getBoundingClientRect().width)),
  );
  expect(widest).toBeLessThan(700);
  const across = await page.evaluate(() => {
    const edges = [...document.querySelectorAll(".bubble")].map((one) => one.getBoundingClientRect());
    return Math.max(...edges.map((one) => one.right)) - Math.min(...edges.map((one) => one.left));
  });
  expect(across).toBeLessThan(1_100);
  expect(faults).toEqual([]);
  await page.close();
});

test("at the end of a thread one stays there, whatever becomes of the window", async () => {
  const { page, faults } = await open(browser, { thread: 60 });
  await page.keyboard.press("Control+2");
  await page.locator("[role='option']").first().click();
  const thread = page.getByRole("log");
  await thread.waitFor();
  const away = () => thread.evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
  await expect.poll(away).toBeLessThan(4);
  for (const size of [
    { width: 1440, height: 600 },
    { width: 900, height: 1000 },
    { width: 1366, height: 768 },
    { width: 700, height: 500 },
    { width: 1440, height: 900 },
  ]) {
    await page.setViewportSize(size);
    await painted(page);
    await painted(page);
    expect(await away(), `${size.width}x${size.height}`).toBeLessThan(4);
  }
  await page.close();
  expect(faults).toEqual([]);
});

test("how a message is sent stands under the field whole or not at all, and what inserts a link goes first", async () => {
  const { page, faults } = await open(browser, { language: "ru" }, { width: 1_440, height: 900 });
  await openMine(page);
  const told: [number, string, boolean][] = [];
  for (const width of [1_920, 1_440, 1_366, 1_100, 1_050, 1_000, 920, 600, 400]) {
    await page.setViewportSize({ width, height: 900 });
    await painted(page);
    told.push(
      await page.evaluate((width) => {
        const [hint, how] = [".foot .hint", ".foot .how"].map((one) =>
          document.querySelector(one)?.getBoundingClientRect(),
        );
        if (hint === undefined || how === undefined) throw new Error("no hint");
        const gone = how.height === 0 || how.top >= hint.bottom - 1;
        const whole =
          how.left >= hint.left - 1 && how.right <= hint.right + 1 && how.bottom <= hint.bottom + 1;
        const link = document.querySelector(".foot .link")?.getClientRects().length !== 0;
        return [width, gone ? "gone" : whole ? "whole" : "cut", link] as [number, string, boolean];
      }, width),
    );
    await shoot(page, `foot-${width}`);
  }
  expect(told.filter(([, how]) => how === "cut")).toEqual([]);
  expect([told[0]?.[1], told[0]?.[2], told.at(-1)?.[1], told.at(-1)?.[2]]).toEqual([
    "whole",
    true,
    "gone",
    false,
  ]);
  await page.close();
  expect(faults).toEqual([]);
});
