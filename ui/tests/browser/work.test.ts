import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { HOSTILE } from "../unit/hostile";
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
const value = () => page.inputValue("textarea");

async function openMine(): Promise<void> {
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector("textarea");
}

describe("by keyboard alone", () => {
  test("the oldest is accepted, answered and closed", async () => {
    await page.keyboard.press("Control+Shift+A");
    await page.waitForSelector("textarea");
    expect(await page.getByRole("tab", { name: /Mine/ }).getAttribute("aria-selected")).toBe("true");
    await page.focus("textarea");
    await page.keyboard.type("Good morning");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("How can I help?");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".mine [data-send='sent']");
    expect(await value()).toBe("");
    expect(await page.locator(".mine .text").last().textContent()).toBe("Good morning\nHow can I help?");
    await page.getByRole("button", { name: "Close", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open] [role='option']");
    await page.keyboard.press("ArrowDown");
    await page.waitForSelector("dialog[open] [role='option'][aria-selected='true'] >> text=Delivery");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]", { state: "detached" });
    await page.waitForSelector("text=Accept");
    expect(await asked("close")).toBe(1);
  });

  test("on the Russian layout the same keys do the same", async () => {
    await page.evaluate(() => {
      const press = (key: string, code: string, shiftKey: boolean) =>
        window.dispatchEvent(
          new KeyboardEvent("keydown", { key, code, ctrlKey: true, shiftKey, bubbles: true }),
        );
      press("з", "KeyP", false);
      press("Ф", "KeyA", true);
    });
    await page.waitForSelector("textarea");
    expect(await asked("accept")).toBe(1);
  });

  test("the list goes by arrows, and the focus stays in it", async () => {
    await page.keyboard.press("Control+6");
    await page.focus("[role='listbox']");
    for (const key of ["ArrowDown", "ArrowDown", "End", "Home"]) await page.keyboard.press(key);
    await painted(page);
    const active = await page.getAttribute("[role='listbox']", "aria-activedescendant");
    expect(await page.getAttribute(`[id='${active}']`, "aria-posinset")).toBe("1");
  });

  test("the sections are tabs: arrows, Home and End choose, and each tab names its panel", async () => {
    const chosen = () => page.locator("[role='tab'][aria-selected='true']").getAttribute("data-section");
    await page.focus("[role='tab'][aria-selected='true']");
    const walked = [await chosen()];
    for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowLeft", "Home", "End"]) {
      await page.keyboard.press(key);
      walked.push(await chosen());
    }
    expect(walked).toEqual([
      "waiting",
      "mine",
      "offline_requests",
      "mine",
      "waiting",
      "all",
      "waiting",
      "all",
    ]);
    const tab = page.locator("[role='tab'][data-section='all']");
    expect(await tab.evaluate((one) => one === document.activeElement)).toBe(true);
    expect(await tab.getAttribute("aria-controls")).toBe(await page.getAttribute("[role='tabpanel']", "id"));
    expect(await page.getAttribute("[role='tabpanel']", "aria-labelledby")).toBe(
      await tab.getAttribute("id"),
    );
    // One stop of the Tab key for all of them, and the next one is the list itself.
    expect(await page.locator("[role='tab'][tabindex='0']").count()).toBe(1);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("listbox");
  });

  test("a section chosen by key stays chosen when the focus comes back to where it was", async () => {
    await page.locator("[data-section='waiting']").click();
    await page.keyboard.press("Control+2");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await painted(page);
    const mine = page.locator("[data-section='mine']");
    expect(await mine.getAttribute("aria-selected")).toBe("true");
    expect(await mine.evaluate((one) => one === document.activeElement)).toBe(true);
  });

  test("a question is all that a screen reader finds", async () => {
    await openMine();
    await page.focus("[role='log']");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open]");
    const devtools = await page.context().newCDPSession(page);
    const { nodes } = await devtools.send("Accessibility.getFullAXTree");
    const found = nodes.filter((one) => !one.ignored).map((one) => String(one.role?.value));
    expect(found).toContain("dialog");
    expect(found.filter((role) => ["tab", "textbox", "listbox", "log", "radio"].includes(role))).toEqual([]);
  });

  test("a refused status is not shown as taken", async () => {
    const now = page.getByRole("button", { name: /^My status/ });
    await page.evaluate(() =>
      window.fake?.refusals.set("choose_status", { error: "denied", why: "offline" }),
    );
    await now.click();
    await page.getByRole("radio", { name: "Lunch" }).click();
    await page.waitForSelector("text=without a connection");
    expect(await page.getByRole("radio", { name: "Online" }).isChecked()).toBe(true);
    await page.evaluate(() => window.fake?.refusals.clear());
    await page.getByRole("radio", { name: "Lunch" }).press("Space");
    await page.waitForFunction(() => window.fake?.day.code === "lunch");
    await page.waitForSelector("[data-status]", { state: "detached" });
    expect(await now.textContent()).toContain("Lunch");
  });

  test("the status is chosen from the keyboard alone, and arrows by themselves change nothing", async () => {
    await page.keyboard.press("Control+Shift+S");
    await page.waitForSelector("[data-status]");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    expect(await asked("choose_status")).toBe(0);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => window.fake?.day.code === "mail");
    expect(await asked("choose_status")).toBe(1);
  });

  test("who set the status is told, and for how long it has been so", async () => {
    await page.evaluate(() => window.fake?.setStatus("lunch", { by: "schedule" }));
    await page.keyboard.press("Control+Shift+S");
    await page.waitForSelector("text=set by the schedule");
    await page.waitForSelector("text=in this status");
  });

  test("with Ctrl an arrow is the next dialog also where it would choose a status or a section", async () => {
    for (const where of [
      page.getByRole("button", { name: /^My status/ }),
      page.getByRole("tab", { name: /Mine/ }),
    ]) {
      await where.click();
      const before = await asked("open");
      await page.keyboard.press("Control+ArrowDown");
      await page.waitForFunction(
        (count) => (window.fake?.asked.filter((one) => one.do === "open").length ?? 0) > count,
        before,
      );
      // The menu of statuses stands over the sections until it is sent away.
      await page.keyboard.press("Escape");
    }
    expect(await asked("choose_status")).toBe(0);
    expect(await page.getByRole("tab", { name: /Mine/ }).getAttribute("aria-selected")).toBe("true");
  });

  test("Escape leads back step by step, and a question has the keyboard for itself", async () => {
    await openMine();
    await page.keyboard.press("Control+p");
    await page.keyboard.press("Escape");
    await page.waitForSelector("[role='tablist']");
    await page.focus("[role='log']");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Control+1");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    expect(await page.getByRole("tab", { name: /Mine/ }).getAttribute("aria-selected")).toBe("true");
    await page
      .locator(".message.theirs.text")
      .last()
      .getByRole("button", { name: "Actions with the message" })
      .focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Reply with a quote" }).press("Enter");
    await page.waitForSelector(".composer .quote");
    await page.focus("textarea");
    await page.keyboard.type("Half an answer");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".composer .quote", { state: "detached" });
    expect(await value()).toBe("Half an answer");
    await page.keyboard.press("Escape");
    await page.waitForSelector("text=Choose a dialog");
  });
});

describe("writing", () => {
  test("each dialog has its own unfinished text, also after the page is loaded anew", async () => {
    await openMine();
    await page.fill("textarea", "for the first");
    await page.keyboard.press("Control+ArrowDown");
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
    await page.fill("textarea", "for the second");
    await page.keyboard.press("Control+ArrowUp");
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "for the first");
    await page.keyboard.press("Control+ArrowDown");
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "for the second");
    expect(await page.locator(".draft").count()).toBeGreaterThan(0);
  });

  test("what the disk refuses stays in the composer, and says why", async () => {
    await openMine();
    await page.evaluate(() => window.fake?.refusals.set("send_text", { error: "disk", fault: "full" }));
    await page.fill("textarea", "not to be lost");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[role='alert'] >> text=The disk is full");
    expect(await value()).toBe("not to be lost");
  });

  test("too many characters are stopped with a word, and none is cut off", async () => {
    await openMine();
    for (const [sign, chars, told] of [
      ["я", 32_001, "1 character too many"],
      ["🙂", 100_000, "68,000 characters too many"],
      ["x", 1_048_576, "1,016,576 characters too many"],
    ] as const) {
      await page.fill("textarea", sign.repeat(chars));
      await page.waitForSelector(`text=${told}`);
      await page.keyboard.press("Enter");
      expect([await asked("send_text"), (await value()).length]).toEqual([0, chars * sign.length]);
    }
    await page.fill("textarea", "я".repeat(31_990));
    await page.waitForSelector("text=10 characters left");
  });

  test("what is pasted is words only, and undo takes it back", async () => {
    await openMine();
    await page.focus("textarea");
    await page.keyboard.type("before ");
    const elements = await page.evaluate(() => {
      const clipboard = new DataTransfer();
      clipboard.setData("text/html", "<b onclick='canary()'>bold</b><img src=x>");
      clipboard.setData("text/plain", "bold\r\nline");
      const field = document.querySelector("textarea");
      field?.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }),
      );
      return document.querySelectorAll("textarea *, .composer img, .composer b").length;
    });
    expect([await value(), elements]).toEqual(["before bold\nline", 0]);
    await page.keyboard.press("Control+z");
    expect(await value()).not.toContain("bold");
  });

  test("with the other setting Enter breaks the line and Shift+Enter sends", async () => {
    await openMine();
    await page.evaluate(() => {
      const fake = window.fake;
      if (fake !== undefined)
        fake.tell({ event: "settings", settings: { ...fake.settings, enter_sends: false } });
    });
    await page.focus("textarea");
    await page.keyboard.type("one");
    await page.keyboard.press("Enter");
    await page.keyboard.type("two");
    expect([await value(), await asked("send_text")]).toEqual(["one\ntwo", 0]);
    await page.keyboard.press("Shift+Enter");
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
    expect(await asked("send_text")).toBe(1);
  });

  test("without a connection it queues in order, and goes out once the connection is back", async () => {
    await openMine();
    await page.evaluate(() => window.fake?.linkDown(8_000));
    for (const text of ["first", "second", "third"]) {
      await page.fill("textarea", text);
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
    }
    await page.waitForSelector("footer >> text=3 messages waiting");
    expect(await page.locator("[data-send='queued']").count()).toBe(3);
    await page.locator("footer >> text=Try now").click();
    await page.waitForFunction(() => document.querySelectorAll("[data-send='sent']").length === 3);
    const own = await page.locator(".mine .text").allTextContents();
    expect(own.slice(-3)).toEqual(["first", "second", "third"]);
  });

  test("a message taken back is in the composer, and gone from the thread", async () => {
    await openMine();
    await page.evaluate(() => window.fake?.linkDown(8_000));
    await page.fill("textarea", "to be put better");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-send='queued']");
    await page.getByRole("button", { name: "Edit" }).click();
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "to be put better");
    expect(await page.locator("[data-send='queued']").count()).toBe(0);
  });

  test("a message taken back stands before what is being written, which stays", async () => {
    await openMine();
    await page.evaluate(() => window.fake?.linkDown(8_000));
    await page.fill("textarea", "to be put better");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-send='queued']");
    await page.fill("textarea", "and then the long one");
    await page.getByRole("button", { name: "Edit" }).click();
    await page.waitForFunction(
      () => document.querySelector("textarea")?.value === "to be put better\nand then the long one",
    );
    expect(await page.locator("[data-send='queued']").count()).toBe(0);
  });

  test("where writing is not allowed the reason stands there, with what helps", async () => {
    await page.keyboard.press("Control+ArrowDown");
    await page.waitForSelector(".composer >> text=Accept the dialog first");
    await page.locator(".composer >> text=Accept >> nth=-1").click();
    await page.waitForSelector("textarea");
  });
});

describe("what others wrote", () => {
  test("a link shows its real host before it is opened", async () => {
    await openMine();
    const id = await page.evaluate(
      () => window.fake?.asked.findLast((one) => one.do === "open")?.dialog ?? "",
    );
    await page.evaluate(
      (to) => void window.fake?.customerWrites(to, "http://bank.example@evil.example/x."),
      id,
    );
    await page.locator("button.link").last().click();
    const dialog = page.locator("dialog[open]");
    await dialog.waitFor();
    expect(await dialog.locator(".host").textContent()).toBe("evil.example");
    expect(await dialog.locator(".warning").count()).toBe(2);
    await dialog.getByRole("button", { name: "Open in the browser" }).click();
    await page.waitForFunction(() => window.fake?.asked.some((one) => one.do === "open_link"));
  });

  test("the whole corpus of hostile texts: nothing runs, nothing is fetched, every letter is shown", async () => {
    await openMine();
    await page.evaluate(() => {
      (window as unknown as { ran: number }).ran = 0;
      for (const name of ["canary", "alert"]) {
        (window as unknown as Record<string, unknown>)[name] = () =>
          ((window as unknown as { ran: number }).ran += 1);
      }
    });
    const shown = await page.evaluate(async (texts) => {
      const fake = window.fake;
      const opened = fake?.asked.findLast((one) => one.do === "open");
      const dialog = fake?.desk.dialogs.get(opened?.dialog ?? "");
      if (fake === undefined || dialog === undefined) throw new Error("not ready");
      const STRANGE =
        "#page script, #page img:not([src='/mark.svg']), #page iframe, #page object, #page embed, #page a, #page form, #page [onclick], #page [onerror], #page style, #page link";
      const lost: string[] = [];
      let strange = 0;
      for (const [at, text] of texts.entries()) {
        dialog.name = text;
        dialog.page = { url: text, title: text };
        const item = fake.customerWrites(dialog.id, text);
        fake.customerTypes(dialog.id, text);
        // Each is put on the page, some dozens of them at a time are painted.
        await new Promise<void>((done) => queueMicrotask(() => queueMicrotask(done)));
        if (at % 25 === 24) await new Promise<void>((done) => setTimeout(done));
        const drawn = document.querySelector(`[data-key="${item.key}"] .text`)?.textContent;
        if (drawn !== text) lost.push(text);
        strange += document.querySelectorAll(STRANGE).length;
      }
      await new Promise<void>((done) => setTimeout(done, 100));
      return { lost, strange, ran: (window as unknown as { ran: number }).ran };
    }, HOSTILE);
    expect(shown).toEqual({ lost: [], strange: 0, ran: 0 });
    // A thousand texts are drawn one after the other: work that a busy machine stretches.
  }, 300_000);

  test("floods of combining marks, endless words and turned letters stay inside their bubble", async () => {
    await openMine();
    const id = await page.evaluate(
      () => window.fake?.asked.findLast((one) => one.do === "open")?.dialog ?? "",
    );
    const texts = [
      `Z${"\u0336\u0489\u0310".repeat(3_000)}`,
      "х".repeat(20_000),
      "invoice\u202Efdp.exe",
      "עברית שלום",
    ];
    for (const text of texts) {
      await page.evaluate(
        ([to, words]) => void window.fake?.customerWrites(to ?? "", words ?? ""),
        [id, text],
      );
    }
    await painted(page);
    const boxes = await page.evaluate(() =>
      [...document.querySelectorAll(".message")].slice(-4).map((one) => {
        const bubble = one.querySelector(".bubble")?.getBoundingClientRect();
        const view = document.querySelector("[role='log']")?.getBoundingClientRect();
        return (
          bubble !== undefined && view !== undefined && bubble.right <= view.right && bubble.left >= view.left
        );
      }),
    );
    expect(boxes).not.toContain(false);
    const flood = await page.evaluate(
      () =>
        [...document.querySelectorAll(".message .bubble")].find((one) => one.textContent?.startsWith("Z"))
          ?.clientHeight,
    );
    expect(flood ?? 0).toBeLessThan(120);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  });
});

test("language and theme change at once, and the window's title counts", async () => {
  expect(await page.title()).toMatch(/^\(\d+\) Otklik$/);
  await page.locator("nav button").last().click();
  await page.getByText("Русский").click();
  await page.waitForSelector("h1 >> text=Настройки");
  await page.getByText("Тёмная").click();
  await page.waitForFunction(() => document.documentElement.dataset["theme"] === "dark");
  expect(await page.title()).toMatch(/^\(\d+\) Отклик$/);
});

test("a waiting customer's timer ticks, turns amber, then red", async () => {
  const id = await page.evaluate(() => window.fake?.newCustomer("hello").id ?? "");
  const timer = page.locator(`[role='option'][id$='${id}'] .timer`);
  await timer.waitFor();
  const first = await timer.textContent();
  await page.waitForFunction(
    ([of, was]) => document.querySelector(`[id$='${of}'] .timer`)?.textContent !== was,
    [id, first ?? ""],
  );
  const shades = await page.evaluate(() =>
    [...document.querySelectorAll(".timer")].map(
      (one) => [...one.classList].filter((name) => /fresh|soon|late/.test(name))[0],
    ),
  );
  expect(new Set(shades)).toEqual(new Set(["fresh", "soon"].concat(shades.includes("late") ? ["late"] : [])));
});
