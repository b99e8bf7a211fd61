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
  opened = await open(browser);
  page = opened.page;
});
afterEach(async () => {
  expect([opened.faults, opened.strangers]).toEqual([[], []]);
  await page.close();
});

const value = () => page.inputValue("textarea");
const sent = () =>
  page.evaluate(() =>
    (window.fake?.asked ?? []).flatMap((one) => (one.do === "send_text" ? [one.text] : [])),
  );

async function openMine(): Promise<void> {
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector("textarea");
}

test("a message is quoted from its menu by keys, and the answer shows it", async () => {
  await openMine();
  const bubble = page.locator(".message.theirs.text").last();
  const words = (await bubble.locator(".text").innerText()).trim();
  await bubble.getByRole("button", { name: "Actions with the message" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Reply with a quote" }).press("Enter");
  await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  expect(await page.locator(".composer .quote").innerText()).toContain(words.slice(0, 40));
  await page.keyboard.type("Here it is");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".composer .quote", { state: "detached" });
  const answer = page.locator(".message.mine").last();
  expect(await answer.locator("button.quote").innerText()).toContain(words.slice(0, 40));
  // The thread is short: its end stays in view, and nothing offers a way there.
  await answer.locator("button.quote").click();
  await page.waitForSelector(".message.found");
  await painted(page);
  expect(await page.locator(".pill").count()).toBe(0);
});

test("the words of any message and line are copied from its menu, also those of a colleague and of an earlier dialog", async () => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  // The first of one's own dialogs has one before it.
  await page.keyboard.press("Control+2");
  await page.waitForSelector("[role='option']");
  await page.evaluate(() => {
    const fake = window.fake;
    const first = document.querySelector("[role='option']")?.textContent ?? "";
    const open = [...(fake?.desk.dialogs.values() ?? [])].find(
      (one) => one.state === "active" && one.name !== null && first.includes(one.name),
    );
    const earlier = [...(fake?.desk.dialogs.values() ?? [])].find((one) => one.state === "closed_soft");
    if (fake === undefined || open === undefined || earlier === undefined) throw new Error("no dialogs");
    Object.assign(earlier, { customer: open.customer, number: 1 });
    const vera = { by: "operator", id: "vera", name: "Vera" } as const;
    fake.desk.put(earlier, "text", vera, "Said in another dialog");
    const note = fake.desk.put(open, "note", vera, "Only for colleagues");
    const line = fake.desk.put(open, "system", { by: "system" }, "accepted Vera");
    fake.changed(earlier, []);
    fake.changed(open, [note, line]);
  });
  await openMine();
  const copy = async (selector: string, words: string) => {
    const line = page.locator(selector, { hasText: words }).last();
    await line.getByRole("button", { name: "Actions with the message" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Copy", exact: true }).press("Enter");
    await page.waitForSelector("text=Copied");
    return page.evaluate(() => navigator.clipboard.readText());
  };
  expect(await copy(".message.note", "Only for colleagues")).toBe("Only for colleagues");
  expect(await copy(".system", "Vera")).toMatch(/Vera/u);
  const words = (await page.locator(".message.theirs.text .text").last().innerText()).trim();
  expect(await copy(".message.theirs.text", words)).toBe(words);
  await page.focus("[role='log']");
  await page.keyboard.press("Home");
  await page.click(".join button");
  expect(await copy(".message", "Said in another dialog")).toBe("Said in another dialog");
  const past = page.locator(".message", { hasText: "Said in another dialog" });
  await past.getByRole("button", { name: "Actions with the message" }).focus();
  await page.keyboard.press("Enter");
  expect(await page.getByRole("menuitem").allInnerTexts()).toEqual(["Copy"]);
});

describe("emoji", () => {
  test("found by a Russian word in an English workplace, and set where the caret stands", async () => {
    await openMine();
    await page.focus("textarea");
    await page.keyboard.type("Thank you!");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Control+e");
    await page.waitForSelector(".sign");
    await page.keyboard.type("ракета");
    await page.waitForFunction(() => document.querySelector(".sign")?.textContent?.trim() === "🚀");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".picker", { state: "detached" });
    expect(await value()).toBe("Thank you🚀!");
    await page.keyboard.type("?");
    expect(await value()).toBe("Thank you🚀?!");
    await page.keyboard.press("Control+e");
    await page.waitForSelector("text=Used last");
    expect((await page.locator(".sign").first().textContent())?.trim()).toBe("🚀");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".picker", { state: "detached" });
    await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  });

  test("arrows go through the signs, and Shift takes several", async () => {
    await openMine();
    await page.keyboard.press("Control+e");
    await page.waitForSelector(".sign.chosen");
    const chosen = () => page.locator(".sign.chosen").getAttribute("aria-label");
    const first = await chosen();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    expect(await chosen()).toBe(first);
    await page
      .locator(".sign")
      .nth(3)
      .click({ modifiers: ["Shift"] });
    await page.locator(".sign").nth(4).click();
    await page.waitForSelector(".picker", { state: "detached" });
    expect([...(await value())].length).toBeGreaterThanOrEqual(2);
  });
});

describe("taking back", () => {
  test("the arrow up in an empty field brings the last unsent message back", async () => {
    await openMine();
    await page.evaluate(() => window.fake?.linkDown(8_000));
    for (const text of ["first", "second"]) {
      await page.fill("textarea", text);
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
    }
    await page.waitForFunction(() => document.querySelectorAll("[data-send='queued']").length === 2);
    await page.keyboard.press("ArrowUp");
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "second");
    expect(await page.locator("[data-send='queued']").count()).toBe(1);
    // In a text the arrow moves the caret, as ever.
    await page.keyboard.press("ArrowUp");
    expect(await value()).toBe("second");
  });

  test("for five seconds, where the operator wants it: switched on from the palette", async () => {
    await openMine();
    await page.keyboard.press("Control+k");
    await page.waitForSelector("dialog[open] input");
    await page.keyboard.type("for 5 seconds");
    await page.waitForSelector("[aria-selected='true'] >> text=A sent message can be taken back");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.focus("textarea");
    await page.keyboard.type("not like this");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".pending >> text=not like this");
    expect([await value(), await sent()]).toEqual(["", []]);
    await page.keyboard.press("ArrowUp");
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "not like this");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".pending");
    await page.waitForSelector(".pending", { state: "detached" });
    expect(await sent()).toEqual(["not like this"]);
  });

  test("what waits goes out before the dialog is closed", async () => {
    await page.evaluate(() => localStorage.setItem("otklik.look.undo", "5"));
    await page.reload();
    await page.waitForSelector("[role='tablist']");
    await openMine();
    await page.fill("textarea", "Goodbye!");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".pending");
    await page.keyboard.press("Control+Shift+W");
    await page.waitForSelector("dialog[open] [role='option']");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => window.fake?.asked.some((one) => one.do === "close"));
    const order = await page.evaluate(() =>
      (window.fake?.asked ?? [])
        .map((one) => one.do)
        .filter((what) => what === "send_text" || what === "close"),
    );
    expect(order).toEqual(["send_text", "close"]);
  });
});

describe("length", () => {
  test("the channel's own limit counts, a note has the hub's; too long is offered in parts", async () => {
    await openMine();
    await page.evaluate(() => {
      const fake = window.fake;
      const opened = fake?.asked.findLast((one) => one.do === "open");
      const dialog = fake?.desk.dialogs.get(opened?.dialog ?? "");
      if (fake === undefined || dialog === undefined) return;
      const channel = {
        id: "c",
        name: dialog.channel,
        transport: "widget",
        text_chars: 60,
        page: null,
      } as const;
      fake.tell({ event: "directory", operators: [], channels: [channel] });
    });
    const text = "The first sentence of three is here. The second one follows it. And the third ends it.";
    await page.fill("textarea", text);
    await page.waitForSelector("text=26 characters too many");
    await page.keyboard.press("Control+Shift+N");
    await page.waitForSelector(".problem", { state: "detached" });
    await page.keyboard.press("Control+Shift+N");
    await page.getByRole("button", { name: "Send in 2 parts" }).click();
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
    expect(await sent()).toEqual([
      "The first sentence of three is here.",
      "The second one follows it. And the third ends it.",
    ]);
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll(".mine .text")].at(-1)?.textContent?.startsWith("The second one") ===
        true,
    );
  });

  test("with Ctrl+Enter as the key, Enter breaks the line; Ctrl+Enter sends in either mode", async () => {
    await openMine();
    await page.focus("textarea");
    await page.keyboard.type("at once");
    await page.keyboard.press("Control+Enter");
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
    await page.keyboard.press("Control+,");
    await page.getByText("with Ctrl+Enter", { exact: true }).click();
    await page.waitForFunction(() => window.fake?.settings.enter_sends === false);
    await page.keyboard.press("Escape");
    await page.waitForSelector("text=Ctrl+Enter sends, Enter breaks the line");
    await page.focus("textarea");
    await page.keyboard.type("one");
    await page.keyboard.press("Enter");
    await page.keyboard.type("two");
    expect(await value()).toBe("one\ntwo");
    await page.keyboard.press("Control+Enter");
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
    expect(await sent()).toEqual(["at once", "one\ntwo"]);
  });
});

test("a text of many lines leaves the thread at its end, with every letter", async () => {
  await page.close();
  opened = await open(browser, { thread: 300 });
  page = opened.page;
  await page.evaluate(() => {
    const fake = window.fake;
    const dialog = [...(fake?.desk.dialogs.values() ?? [])].find((one) => one.items.length > 200);
    if (fake !== undefined && dialog !== undefined) fake.tell({ event: "open_dialog", dialog: dialog.id });
  });
  await page.waitForSelector("[data-seq='300']");
  await page.fill("textarea", "line\n".repeat(14));
  await page.focus("textarea");
  for (const letter of "more") {
    await page.keyboard.type(letter);
    await painted(page);
    const below = await page.evaluate(() => {
      const log = document.querySelector("[role='log']");
      return log === null ? -1 : log.scrollHeight - log.clientHeight - log.scrollTop;
    });
    expect(below).toBeLessThanOrEqual(1);
    expect(await page.locator(".pill").count()).toBe(0);
  }
});

describe("a date", () => {
  test("is gone to by key; the day's first message is on the screen, and the pill leads back", async () => {
    const long = await open(browser, { thread: 2_000 });
    await long.page.evaluate(() => {
      const fake = window.fake;
      const dialog = [...(fake?.desk.dialogs.values() ?? [])].find((one) => one.items.length > 1_000);
      if (fake !== undefined && dialog !== undefined) fake.tell({ event: "open_dialog", dialog: dialog.id });
    });
    await long.page.waitForSelector("[data-seq='2000']");
    await long.page.keyboard.press("Control+g");
    await long.page.waitForSelector("dialog[open] input[type='date']:focus");
    const wanted = await long.page.evaluate(() => {
      const dialog = [...(window.fake?.desk.dialogs.values() ?? [])].find((one) => one.items.length > 1_000);
      const item = dialog?.items[1_200];
      const at = new Date(item?.at ?? 0);
      const two = (n: number) => String(n).padStart(2, "0");
      const midnight = new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
      const first = dialog?.items.find((one) => one.at >= midnight);
      return {
        day: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
        seq: first?.seq ?? 0,
      };
    });
    const field = long.page.locator("input[type='date']");
    // The field's bounds are the dialog's; a story this long begins before it was opened.
    await field.evaluate((input) => input.removeAttribute("min"));
    await field.fill(wanted.day);
    await long.page.keyboard.press("Enter");
    await long.page.waitForSelector(`[data-seq='${wanted.seq}']`);
    await long.page.locator(".pill").click();
    await long.page.waitForSelector("[data-seq='2000']");
    await long.page.keyboard.press("Control+g");
    await long.page.getByRole("button", { name: "The beginning" }).click();
    await long.page.waitForSelector("[data-seq='1']");
    await long.page.close();
    expect(long.faults).toEqual([]);
  });
});
