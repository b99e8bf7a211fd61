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

const asked = (what: string) =>
  page.evaluate((name) => window.fake?.asked.filter((one) => one.do === name).length ?? 0, what);

async function palette(typed: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.waitForSelector("dialog[open] input");
  await page.keyboard.type(typed);
}

test("sounds are silent for a while by their keys, and heard again by the same", async () => {
  await page.keyboard.press("Control+Shift+M");
  await page.waitForSelector("footer .muted");
  await page.keyboard.press("Control+Shift+M");
  await page.waitForSelector("footer .muted", { state: "detached" });
  expect(await asked("mute")).toBe(2);
});

test("a section's tab that has the focus leaves keys with Alt and Ctrl to the workplace", async () => {
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector("textarea");
  const chosen = () => page.locator("[role='tab'][aria-selected='true']").getAttribute("data-section");
  await page.locator("[data-section='mine']").focus();
  for (const keys of ["Alt+End", "Control+End", "Alt+Home"]) {
    await page.keyboard.press(keys);
    expect([keys, await chosen()]).toEqual([keys, "mine"]);
  }
  // By itself the same key goes through the tabs.
  await page.keyboard.press("Home");
  expect(await chosen()).not.toBe("mine");
});

describe("the open dialog", () => {
  test("is put on hold by its keys, and taken up again by the same", async () => {
    await page.keyboard.press("Control+2");
    await page.keyboard.press("Control+ArrowDown");
    await page.waitForSelector("textarea");
    await page.keyboard.press("Control+Shift+H");
    await page.waitForSelector("dialog[open] input[type='radio']:checked");
    await page.locator("dialog[open] footer button").last().focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("header .held");
    await page.keyboard.press("Control+Shift+H");
    await page.waitForSelector("header .held", { state: "detached" });
    expect(await asked("do")).toBe(2);
  });
});

describe("what was found", () => {
  test("is gone through with the arrows, from the words and back to them", async () => {
    await page.keyboard.press("Control+p");
    await page.keyboard.type("card");
    await page.waitForSelector(".hit mark");
    await page.keyboard.press("ArrowDown");
    const at = () =>
      page.evaluate(() => {
        const all = [...document.querySelectorAll(".found button")];
        return all.findIndex((one) => one === document.activeElement);
      });
    expect(await at()).toBe(0);
    await page.keyboard.press("ArrowDown");
    expect(await at()).toBe(1);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("INPUT");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForSelector("main h1");
  });

  test("keeps the keys when an answer comes that has it no more", async () => {
    const focused = () =>
      page.evaluate(() => document.activeElement?.closest("li, [role='search']")?.textContent);
    const search = async (words: string) => {
      await page.locator("[role='search'] input").evaluate((field: HTMLInputElement, text) => {
        field.value = text;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }, words);
    };
    await page.keyboard.press("Control+p");
    await page.keyboard.type("card");
    await page.waitForSelector(".hit mark >> text=/card/i");
    await page.keyboard.press("ArrowDown");
    const before = await focused();
    await search("order");
    await page.waitForSelector(".hit mark >> text=/order/i");
    expect(await page.evaluate(() => document.activeElement?.closest(".found button") !== null)).toBe(true);
    expect(await focused()).not.toBe(before);
    await search("qqqq");
    await page.waitForSelector(".found button:not([role='radio'])", { state: "detached" });
    await page.waitForFunction(() => document.activeElement?.closest(".found, [role='search']") != null);
  });
});

describe("the palette", () => {
  test("accepts the oldest, typed in the wrong layout of the other language", async () => {
    await palette("ghbyznm cfvsq");
    await page.waitForSelector("[role='option'][aria-selected='true'] >> text=Accept the oldest");
    await page.keyboard.press("Enter");
    await page.waitForSelector("textarea");
    expect(await asked("accept")).toBe(1);
    await page.waitForSelector("dialog", { state: "detached" });
    await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  });

  test("opens a customer, and changes the theme", async () => {
    await palette("whitfield");
    await page.waitForSelector("[role='option'][aria-selected='true'] >> text=Emma Whitfield");
    await page.keyboard.press("Enter");
    await page.waitForSelector("h1 >> text=Emma Whitfield");
    await palette("dark");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.documentElement.dataset["theme"] === "dark");
  });

  test("what cannot be done says why, and is not done", async () => {
    await palette("close this");
    const option = page.locator("[role='option'][aria-selected='true']");
    expect(await option.getAttribute("aria-disabled")).toBe("true");
    expect(await option.textContent()).toContain("Open a dialog first");
    await page.keyboard.press("Enter");
    expect([await page.locator("dialog[open]").count(), await asked("close")]).toEqual([1, 0]);
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
  });

  test("arrows go round, and the chosen one is in sight", async () => {
    await palette("");
    await page.waitForSelector("[role='option']");
    const chosen = () => page.locator("[role='option'][aria-selected='true']");
    const first = await chosen().textContent();
    await page.keyboard.press("ArrowUp");
    await painted(page);
    expect(await chosen().textContent()).not.toBe(first);
    const inSight = await page.evaluate(() => {
      const one = document.querySelector("[role='option'][aria-selected='true']")?.getBoundingClientRect();
      const list = document.querySelector("dialog [role='listbox']")?.getBoundingClientRect();
      return one !== undefined && list !== undefined && one.bottom <= list.bottom + 1 && one.top >= list.top;
    });
    expect(inSight).toBe(true);
    await page.keyboard.press("ArrowDown");
    expect(await chosen().textContent()).toBe(first);
  });

  test("what is no command goes to the search", async () => {
    await palette("declined twice");
    await page.locator("text=Nothing is called that").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForSelector(".hit mark");
    expect(await page.inputValue("[role='search'] input")).toBe("declined twice");
  });

  test("among ten thousand customers each letter is answered at once", async () => {
    const many = await open(browser, { dialogs: 10_000 });
    await many.page.keyboard.press("Control+k");
    await many.page.waitForSelector("dialog[open] input");
    await many.page.keyboard.type("w");
    const took = await many.page.evaluate(async () => {
      const input = document.querySelector<HTMLInputElement>("dialog input");
      const times: number[] = [];
      for (const text of ["wh", "whi", "whit", "whitf", "whitfi"]) {
        const began = performance.now();
        if (input !== null) input.value = text;
        input?.dispatchEvent(new InputEvent("input", { bubbles: true }));
        await Promise.resolve();
        times.push(performance.now() - began);
      }
      return times.toSorted((a, b) => a - b)[2] ?? 0;
    });
    console.log("a letter in the palette over 10 000 customers:", took);
    await many.page.close();
    // A machine busy with other things is slower; spelling everybody out for each letter is slower by far.
    expect(took).toBeLessThan(150);
  });
});

describe("one's own keys", () => {
  async function keysPage(): Promise<void> {
    await palette("change keys");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-part='keys']:focus");
  }

  test("are taken by pressing them, asked for when they are somebody's, and kept by the engine", async () => {
    await keysPage();
    const line = page.locator(".line", { hasText: "Customer card" });
    await line.locator(".keys").click();
    await page.keyboard.press("x");
    await page.waitForSelector("text=X writes text");
    await page.keyboard.press("Control+k");
    await page.waitForSelector("text=Ctrl+K is taken: Command palette");
    await page.getByRole("button", { name: "Take it over" }).click();
    expect(await line.locator(".keys").textContent()).toContain("K");
    expect(await page.locator(".line", { hasText: "Command palette" }).textContent()).toContain("no key");
    await page.waitForFunction(() => window.fake?.settings.page?.keys.own["card"] === "mod+k");
    expect(await page.evaluate(() => window.fake?.settings.page?.keys)).toEqual({
      set: "standard",
      own: { card: "mod+k", palette: null },
    });
    await page.keyboard.press("Control+ArrowDown");
    await page.waitForSelector("aside");
    await page.keyboard.press("Control+k");
    await page.waitForSelector("aside", { state: "detached" });
  });

  test("the set with Alt, and the one of Webim, work at once", async () => {
    await keysPage();
    await page.getByText("With Alt").click();
    await page.keyboard.press("Alt+a");
    await page.waitForFunction(() => window.fake?.asked.some((one) => one.do === "accept"));
    await keysPage();
    await page.getByText("As in Webim").click();
    await page.keyboard.press("Control+ArrowRight");
    await page.waitForFunction(() => window.fake?.asked.filter((one) => one.do === "accept").length === 2);
  });
});

describe("by keyboard alone", () => {
  test("F6 walks the panes, and every one lets the keyboard in", async () => {
    await page.keyboard.press("Control+2");
    await page.keyboard.press("Control+ArrowDown");
    await page.waitForSelector("textarea");
    const stops: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      await page.keyboard.press("F6");
      stops.push(
        await page.evaluate(() => document.activeElement?.closest("[data-pane]")?.classList[0] ?? "nowhere"),
      );
    }
    expect(new Set(stops)).toEqual(new Set(["rail", "list", "thread", "card"]));
    const back = stops.at(-2);
    await page.keyboard.press("Shift+F6");
    expect(await page.evaluate(() => document.activeElement?.closest("[data-pane]")?.classList[0])).toBe(
      back,
    );
  });

  test("close and return have keys; without a dialog they say so", async () => {
    await page.keyboard.press("Control+Shift+W");
    await page.waitForSelector("text=Open a dialog first");
    await page.keyboard.press("Control+Shift+A");
    await page.waitForSelector("textarea");
    await page.keyboard.press("Control+Shift+W");
    await page.waitForSelector("dialog[open] input:focus");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => window.fake?.asked.some((one) => one.do === "close"));
  });

  test("the status is one key away", async () => {
    await page.keyboard.press("Control+Shift+S");
    await page.waitForFunction(() => document.activeElement?.getAttribute("value") === "online");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => window.fake?.day.code === "offline");
  });

  test("the sheet shows the letters of the layout that was typed last", async () => {
    await page.evaluate(() =>
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ф", code: "KeyA", bubbles: true })),
    );
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open] kbd.also >> text=Ф");
  });
});

describe("words beside a control", () => {
  test("can be pointed at, and Escape hides them without doing anything else", async () => {
    await page.keyboard.press("Control+2");
    await page.keyboard.press("Control+ArrowDown");
    await page.waitForSelector("textarea");
    await page.evaluate(() => {
      const fake = window.fake;
      const opened = fake?.asked.findLast((one) => one.do === "open");
      const dialog = fake?.desk.dialogs.get(opened?.dialog ?? "");
      if (fake === undefined || dialog === undefined) return;
      const row = fake.desk.row(dialog);
      fake.tell({ event: "rows", rows: [{ ...row, can: { ...row.can, close: "offline" } }] });
    });
    const button = page.getByRole("button", { name: "Close", exact: true });
    const tip = page.getByRole("tooltip").filter({ hasText: "Not without a connection" });
    await button.hover();
    await page.waitForFunction(() => document.querySelector(".tip.shown") !== null);
    const box = await tip.boundingBox();
    if (box === null) throw new Error("no tip");
    await page.mouse.move(box.x + 8, box.y + box.height - 4, { steps: 8 });
    await painted(page);
    expect(await tip.isVisible()).toBe(true);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.querySelector(".tip.shown") === null);
    expect(await page.locator("textarea").count()).toBe(1);
    // Nothing is shown any more: the next Escape is a step back again.
    await page.mouse.move(5, 5);
    await page.keyboard.press("Escape");
    await page.waitForSelector("text=Choose a dialog");
  });
});

test("the thread is read back and on from the composer, and the keyboard stays there", async () => {
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector("textarea");
  await page.evaluate(() => {
    const fake = window.fake;
    const open = fake?.asked.findLast((one) => one.do === "open")?.dialog ?? "";
    for (let i = 0; i < 80; i += 1) fake?.customerWrites(open, `Message ${i}`);
  });
  await page.waitForSelector("text=Message 79");
  await page.focus("textarea");
  const top = () => page.evaluate(() => document.querySelector("[role='log']")?.scrollTop ?? 0);
  const end = await top();
  await page.keyboard.press("Alt+PageUp");
  const back = await top();
  await page.keyboard.press("Alt+PageUp");
  const further = await top();
  await page.keyboard.press("Alt+PageDown");
  const on = await top();
  expect([end - back > 200, back - further > 200, on - further > 200]).toEqual([true, true, true]);
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("TEXTAREA");
  expect(await page.inputValue("textarea")).toBe("");
});

test("Ctrl+F looks among the dialogs of the open customer, also with the card put away, and Esc goes back to writing", async () => {
  await page.keyboard.press("Control+2");
  await page.locator("[role='option']").first().click();
  await page.locator("textarea").waitFor();
  const field = page.getByRole("textbox", { name: "Search this customer's dialogs" });
  await field.waitFor();
  await page.keyboard.press("Control+i");
  await field.waitFor({ state: "detached" });
  await page.keyboard.press("Control+f");
  await field.waitFor();
  await page.keyboard.type("qqq");
  await page.getByText("None of the dialogs has these words.").waitFor();
  expect(await field.inputValue()).toBe("qqq");
  await page.keyboard.press("Escape");
  expect(await field.inputValue()).toBe("");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
});

test("a dialog goes back to a bot from the palette, and nobody but bots is offered", async () => {
  await page.keyboard.press("Control+2");
  await page.locator("[role='option']").first().click();
  await page.locator("textarea").waitFor();
  await page.keyboard.press("Control+k");
  await page.waitForSelector("dialog[open]");
  await page.keyboard.type("return to bot");
  await page.waitForSelector("dialog[open] [aria-selected='true'] >> text=Return to bot");
  await page.keyboard.press("Enter");
  const asked = page.getByRole("dialog", { name: /^Return to bot: / });
  await asked.waitFor();
  expect(await asked.getByRole("option").count()).toBe(2);
  await asked.getByRole("button", { name: "Transfer", exact: true }).click();
  await asked.waitFor({ state: "detached" });
  const target = await page.evaluate(() => {
    const last = window.fake?.asked.findLast((one) => one.do === "transfer");
    return last?.do === "transfer" ? last.target : null;
  });
  expect(target).toEqual({ to: "bot", id: "op-bot", scenario: null });
});
