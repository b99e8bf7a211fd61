/** Places and stickers of customers: shown, copied, opened on a map outside, and harmless. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Details, ThreadItem } from "../../src/backend/types";
import { launch, open, painted, type Asked, type Opened, type Page } from "./browser";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

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

async function desk(asked: Asked = {}, size?: { width: number; height: number }): Promise<void> {
  opened = await open(browser, asked, size);
  page = opened.page;
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector("textarea");
}

interface Said {
  kind: ThreadItem["kind"];
  text: string;
  details: Details;
}

/** Puts messages of the customer into the open dialog. */
async function customerSays(...said: Said[]): Promise<void> {
  await page.evaluate((messages) => {
    const fake = window.fake;
    const asked = fake?.asked.findLast((one) => one.do === "open");
    const dialog = fake?.desk.dialogs.get(asked?.dialog ?? "");
    if (fake === undefined || dialog === undefined) return;
    const items = messages.map(({ kind, text, details }) =>
      Object.assign(fake.desk.put(dialog, kind, { by: "customer" }, text), { details }),
    );
    fake.changed(dialog, items);
  }, said);
}

const place = (text: string, accuracy?: number): Said => ({
  kind: "place",
  text,
  details: {
    place: { latitude: 55.751244, longitude: 37.618423, ...(accuracy === undefined ? {} : { accuracy }) },
  },
});
const sticker = (text: string, pixels: [number, number] | null, id = "s1"): Said => ({
  kind: "sticker",
  text,
  details: { file: { id, name: "cup.png", media: "image/png", size: 900, state: "ready", pixels } },
});

interface Axe {
  run: (what: object) => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
}

async function violations(): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: Axe };
    const result = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"] });
    const grave = result.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    return grave.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

describe("a place", () => {
  test("says where it is, is copied, and leads to a map outside, by keyboard", async () => {
    await desk();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await customerSays(place("At the entrance", 13));
    const card = page.getByRole("group", { name: "Place: At the entrance" });
    await card.getByText("55.751244° N, 37.618423° E").waitFor();
    await card.getByText("within 13 m").waitFor();
    expect(await page.locator(".row .last").allTextContents()).toContain("Place: At the entrance");
    await card.getByRole("button", { name: "Copy the coordinates" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=Copied");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("55.751244, 37.618423");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const asked = page.locator("dialog[open]");
    await asked.getByText("www.openstreetmap.org", { exact: true }).waitFor();
    expect(await asked.textContent()).toContain("mlat=55.751244");
    await asked.getByRole("button", { name: "Open in the browser" }).click();
    await page.waitForSelector("dialog", { state: "detached" });
    expect(await violations()).toEqual([]);
  });

  test("in Russian, in the dark, on a narrow window", async () => {
    await desk({ language: "ru", theme: "dark" }, { width: 900, height: 600 });
    await customerSays(place("", 25_000), { kind: "place", text: "без места", details: {} });
    await page.getByRole("group", { name: "Место", exact: true }).getByText("с. ш.").waitFor();
    await page.getByText("В этом сообщении нет места").waitFor();
    await page.getByRole("button", { name: "Показать на карте" }).waitFor();
    expect(await violations()).toEqual([]);
  });

  test("with a hostile title is a text within its bubble", async () => {
    await desk();
    const titles = [
      "<img src=http://127.0.0.2:1/x.png onerror=alert(1)>",
      "\u202Eexe.tekram",
      "щ".repeat(10_000),
      "https://bank.example/<script>alert(1)</script>",
    ];
    await customerSays(...titles.map((title) => place(title)));
    await page.waitForFunction(
      (count) => document.querySelectorAll(".message.place").length === count,
      titles.length,
    );
    await painted(page);
    expect(await page.locator(".message.place img, .message.place script, .message.place a").count()).toBe(0);
    const wide = await page
      .locator(".message.place .bubble")
      .evaluateAll(
        (bubbles) =>
          bubbles.filter(
            (bubble) =>
              bubble.scrollWidth > bubble.clientWidth + 1 || bubble.getBoundingClientRect().height > 200,
          ).length,
      );
    expect(wide).toBe(0);
    expect(await page.getByText("\u2426exe.tekram").count()).toBeGreaterThan(0);
    expect(await violations()).toEqual([]);
  });
});

describe("a sticker", () => {
  test("is a picture without a bubble, 160 pixels at most, with its words for who cannot see it", async () => {
    await desk();
    await customerSays(sticker("☕", [640, 320]), sticker("", null, "s2"));
    const picture = page.getByRole("img", { name: "Sticker ☕" });
    await picture.waitFor();
    await painted(page);
    const box = await picture.boundingBox();
    expect([box?.width, box?.height]).toEqual([160, 80]);
    const background = await page
      .locator(".message.sticker .bubble")
      .evaluateAll((bubbles) => bubbles.map((bubble) => getComputedStyle(bubble).backgroundColor));
    expect(background[0]).toBe("rgba(0, 0, 0, 0)");
    expect(background[1]).not.toBe("rgba(0, 0, 0, 0)");
    await page.locator(".message.sticker").getByText("Sticker", { exact: true }).waitFor();
    expect(await page.locator(".row .last").allTextContents()).toContain("Sticker");
    expect(await violations()).toEqual([]);
  });

  test("that cannot be shown says what it is", async () => {
    await desk({ language: "ru" });
    await page.route("**/*s3*", (route) => route.abort());
    await customerSays(sticker("🙂", [160, 160], "s3"));
    await page.locator(".message.sticker").getByText("Стикер 🙂").waitFor();
    opened.faults.length = 0;
  });
});
