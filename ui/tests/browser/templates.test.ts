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
  opened = await open(browser, { language: "ru" });
  page = opened.page;
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector("textarea");
  await page.focus("textarea");
});
afterEach(async () => {
  expect([opened.faults, opened.strangers]).toEqual([[], []]);
  await page.close();
});

const value = () => page.inputValue("textarea");
const chosen = () => page.locator(".answer[aria-selected='true'] .name").textContent();
const shown = () => page.waitForSelector(".templates [role='listbox']");
const gone = () => page.waitForSelector(".templates", { state: "detached" });
const sent = () =>
  page.evaluate(() =>
    (window.fake?.asked ?? []).flatMap((one) => (one.do === "send_text" ? [one.text] : [])),
  );

describe("a ready answer", () => {
  test("comes by its command in the wrong layout, in the caret's place, and undo takes it back", async () => {
    await page.keyboard.type("Да! ");
    await page.keyboard.type("/ghbdtn");
    await shown();
    expect(await chosen()).toBe("Приветствие");
    await page.keyboard.press("Enter");
    await gone();
    const whole = await value();
    expect(whole).toMatch(/^Да! (?:Доброе утро|Добрый день|Добрый вечер|Доброй ночи|Good \w+|Hello), /u);
    expect(whole).toContain("Вера Ильина");
    expect(await sent()).toEqual([]);
    await page.keyboard.press("Control+z");
    expect(await value()).toBe("Да! /ghbdtn");
  });

  test("is read out as a list of the field, which keeps the keyboard", async () => {
    await page.keyboard.type("/");
    await shown();
    const field = page.locator("textarea");
    expect(await field.getAttribute("role")).toBe("combobox");
    expect(await field.getAttribute("aria-expanded")).toBe("true");
    const active = () =>
      page.evaluate(() => {
        const id = document.activeElement?.getAttribute("aria-activedescendant") ?? "";
        return document.getElementById(id)?.querySelector(".name")?.textContent;
      });
    const first = await active();
    await page.keyboard.press("ArrowDown");
    expect(await active()).not.toBe(first);
    expect(await active()).toBe(await chosen());
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowDown");
    expect(await active()).toBe(first);
    await page.keyboard.press("Escape");
    await gone();
    expect([await value(), await field.getAttribute("role")]).toEqual(["/", null]);
    await page.keyboard.type("пр");
    expect(await page.locator(".templates").count()).toBe(0);
  });

  test("with something to fill in marks it, and is not sent before it is, unless that is meant", async () => {
    await page.keyboard.type("/где");
    await shown();
    await page.keyboard.press("Tab");
    await gone();
    const marked = () => page.evaluate(() => String(document.getSelection()));
    expect(await value()).toContain("{track}");
    expect(await marked()).toBe("{track}");
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[role='alert'] >> text={track}");
    expect([await sent(), await marked()]).toEqual([[], "{track}"]);
    await page.keyboard.type("RB12");
    await page.waitForSelector("[role='alert']", { state: "detached" });
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
    expect((await sent())[0]).toContain("RB12");
    await page.keyboard.type("Напишите {track} сами");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Отправить так" }).click();
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
    expect((await sent())[1]).toBe("Напишите {track} сами");
  });

  test("the key writes the slash, and Escape takes it away again", async () => {
    await page.keyboard.type("Да");
    await page.keyboard.press("Control+j");
    await shown();
    expect(await value()).toBe("Да /");
    await page.keyboard.press("Escape");
    await gone();
    expect((await value()).trim()).toBe("Да");
    await page.getByRole("button", { name: "Шаблоны" }).click();
    await shown();
    await page.locator(".answer", { hasText: "Тёплые слова" }).click();
    await gone();
    expect(await value()).toMatch(/^Да (?:Спасибо, что остаётесь с нами|Thank you for staying with us)!$/u);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("TEXTAREA");
  });

  test("a path and a fraction are words like others", async () => {
    await page.keyboard.type("1/2 и /usr/bin");
    expect(await page.locator(".templates").count()).toBe(0);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
    expect(await sent()).toEqual(["1/2 и /usr/bin"]);
  });

  test("half a word of an input method opens nothing", async () => {
    const client = await page.context().newCDPSession(page);
    await client.send("Input.imeSetComposition", { text: "/", selectionStart: 1, selectionEnd: 1 });
    expect(await page.locator(".templates").count()).toBe(0);
    await client.send("Input.insertText", { text: "/" });
    await shown();
  });
});

describe("one's own", () => {
  test("is made of what is written, found by its command, put right and forgotten", async () => {
    await page.keyboard.type("Минутку, уточню у склада.");
    await page.keyboard.press("Control+j");
    await shown();
    await page.getByRole("button", { name: "Сохранить как шаблон" }).click();
    await page.waitForSelector("dialog[open]");
    expect(await page.getByLabel("Название").inputValue()).toBe("Минутку, уточню у склада.");
    await page.getByLabel("Команда").fill("склад");
    await page.getByRole("button", { name: "Сохранить", exact: true }).click();
    await page.waitForSelector("dialog", { state: "detached" });
    await page.focus("textarea");
    await page.fill("textarea", "");
    await page.keyboard.type("/склад");
    await shown();
    expect(await chosen()).toBe("Минутку, уточню у склада.");
    await page.getByRole("button", { name: "Изменить шаблон" }).click();
    await page.waitForSelector("dialog[open]");
    await page.getByLabel("Название").fill("Склад");
    await page.getByRole("button", { name: "Сохранить", exact: true }).click();
    await page.waitForSelector("dialog", { state: "detached" });
    const names = () =>
      page.evaluate(() => window.fake?.handbook.templates.filter((one) => one.own).map((one) => one.name));
    expect(await names()).toEqual(["Прощание", "Приветствие", "Склад"]);
    await page.focus("textarea");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("/склад");
    await shown();
    await page.getByRole("button", { name: "Изменить шаблон" }).click();
    await page.getByRole("button", { name: "Удалить" }).click();
    await page.getByRole("button", { name: "Удалить совсем" }).click();
    await page.waitForSelector("dialog", { state: "detached" });
    expect(await names()).toEqual(["Прощание", "Приветствие"]);
  });
});
